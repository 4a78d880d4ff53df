"""The accounts of a registry that others reach: a file in the private folder, changed one at a time."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from heritage_registry.errors import RegistryError
from heritage_registry.names import fold
from heritage_registry.web.accounts.passphrases import MAX_LENGTH, Passphrases, fault_of_passphrase
from heritage_registry.web.people import (
    ROLES,
    Role,
    Writer,
    cleaned,
    fault_of_name,
    fault_of_organisation,
)
from heritage_registry.web.private_files import private_lock, write_private
from heritage_registry.web.wording import web_messages

FILE = "accounts.json"


class AccountFault(RegistryError):  # noqa: N818 - what it is
    """Why an account is not made or changed: `key` of a message and what stands in it."""

    def __init__(self, key: str, **values: str) -> None:
        self.key, self.values = key, values
        super().__init__(web_messages("en")[key].format(**values))


class Account(msgspec.Struct, frozen=True):
    """Somebody who may sign in.

    `stamp` changes whenever the passphrase, the role or the standing does, which ends the sessions begun
    before. `is_given` while the passphrase is one that a keeper handed over.
    """

    name: str
    role: Role
    passphrase: str
    created: str
    stamp: str
    organisation: str = ""
    disabled: str = ""
    is_given: bool = False

    @property
    def writer(self) -> Writer:
        """Who this is at work."""
        return Writer(self.name, self.role, self.organisation)


class _File(msgspec.Struct):
    accounts: tuple[Account, ...] = ()


_State = tuple[int, int, int]


class Accounts:
    """The accounts as the file says now, whoever changed it: the app or the command line.

    `titles` gives the registry's names, which no passphrase may be.
    """

    def __init__(
        self,
        folder: Path,
        passphrases: Passphrases | None = None,
        titles: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.path = folder / FILE
        self.passphrases = passphrases or Passphrases()
        self._titles = titles
        self._lock = threading.Lock()
        self._read: tuple[_State, tuple[Account, ...]] | None = None

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name. Raises `AccountFault` where the file cannot be read."""
        try:
            found = self.path.stat()
            state = (found.st_mtime_ns, found.st_size, found.st_ino)
            with self._lock:
                if self._read is None or self._read[0] != state:
                    accounts = msgspec.json.decode(self.path.read_bytes(), type=_File).accounts
                    self._read = (state, accounts)
                return self._read[1]
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError) as error:
            raise AccountFault("accounts.unreadable", file=str(self.path)) from error

    def get(self, name: str) -> Account | None:
        """Return the account of a name, however its letters are written, or None."""
        key = _key(name)
        return next((one for one in self.all() if _key(one.name) == key), None)

    def keepers(self) -> tuple[Account, ...]:
        """Return those who can do everything."""
        return tuple(one for one in self.all() if one.role == "keeper" and not one.disabled)

    def opened_by_others(self) -> bool:
        """Tell whether other users of this machine could read the file."""
        return self.path.exists() and bool(self.path.stat().st_mode & 0o077)

    def verified(self, name: str, passphrase: str) -> Account | None:
        """Return the account that a name and a passphrase open; it takes as long to find that none does."""
        account = self.get(name)
        if account is not None and account.disabled:
            account = None
        kept = account.passphrase if account else None
        if not self.passphrases.is_right(kept, passphrase[: MAX_LENGTH + 1]) or account is None:
            return None
        if self.passphrases.is_outdated(account.passphrase):
            stronger = self.passphrases.keep(passphrase)
            return self._change(account.name, lambda one: replace(one, passphrase=stronger))
        return account

    def add(
        self, name: str, role: Role, organisation: str, passphrase: str, *, is_given: bool = False
    ) -> Account:
        """Make an account. Raises `AccountFault`."""
        name, organisation = cleaned(name), cleaned(organisation)
        fault = fault_of_name(name) or fault_of_organisation(organisation)
        fault = fault or self.fault_of(passphrase, name, organisation)
        if fault:
            raise AccountFault(fault)
        if role not in ROLES:
            raise AccountFault("accounts.no_role", roles=", ".join(ROLES))
        account = Account(
            name=name,
            role=role,
            passphrase=self.passphrases.keep(passphrase),
            created=_now(),
            stamp=_stamp(),
            organisation=organisation,
            is_given=is_given,
        )

        def added(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
            same = next((one for one in accounts if _is_like(one.name, name)), None)
            if same is not None:
                raise AccountFault("accounts.exists", name=same.name)
            return (*accounts, account)

        self._write(added)
        return account

    def fault_of(self, passphrase: str, name: str, organisation: str = "") -> str | None:
        """Return the key of the message that says why somebody may not have a passphrase, or None."""
        return fault_of_passphrase(passphrase, name, organisation, *self._titles())

    def change_role(self, name: str, role: Role) -> Account:
        """Let an account do more or less. Raises `AccountFault`, also for the last keeper."""
        if role not in ROLES:
            raise AccountFault("accounts.no_role", roles=", ".join(ROLES))
        return self._change(name, lambda one: replace(one, role=role, stamp=_stamp()))

    def change_organisation(self, name: str, organisation: str) -> Account:
        """Note whom somebody works for. Raises `AccountFault`."""
        organisation = cleaned(organisation)
        fault = fault_of_organisation(organisation)
        if fault:
            raise AccountFault(fault)
        return self._change(name, lambda one: replace(one, organisation=organisation))

    def disable(self, name: str) -> Account:
        """Let nobody in by this account; it stays, because its name stands in the history."""
        now = _now()
        return self._change(name, lambda one: replace(one, disabled=one.disabled or now, stamp=_stamp()))

    def enable(self, name: str) -> Account:
        """Let an account in again."""
        return self._change(name, lambda one: replace(one, disabled="", stamp=_stamp()))

    def change_passphrase(self, name: str, passphrase: str, *, is_given: bool = False) -> Account:
        """Give an account another passphrase. Raises `AccountFault` for a weak one."""
        account = self._existing(self.all(), name)
        fault = self.fault_of(passphrase, account.name, account.organisation)
        if fault:
            raise AccountFault(fault)
        kept = self.passphrases.keep(passphrase)
        return self._change(
            name, lambda one: replace(one, passphrase=kept, stamp=_stamp(), is_given=is_given)
        )

    def _change(self, name: str, change: Callable[[Account], Account]) -> Account:
        changed: list[Account] = []

        def written(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
            before = self._existing(accounts, name)
            after = change(before)
            changed.append(after)
            found = tuple(after if one is before else one for one in accounts)
            if _keepers(accounts) and not _keepers(found):
                raise AccountFault("accounts.last_keeper", name=before.name)
            return found

        self._write(written)
        return changed[0]

    def _existing(self, accounts: tuple[Account, ...], name: str) -> Account:
        for one in accounts:
            if _key(one.name) == _key(name):
                return one
        raise AccountFault("accounts.missing", name=cleaned(name)[:40])

    def _write(self, change: Callable[[tuple[Account, ...]], tuple[Account, ...]]) -> None:
        with private_lock(self.path):
            accounts = sorted(change(self.all()), key=lambda one: _key(one.name))
            raw = msgspec.json.format(msgspec.json.encode(_File(tuple(accounts))), indent=2)
            try:
                write_private(self.path, raw + b"\n")
            except OSError as error:
                raise AccountFault("accounts.not_written", why=error.strerror or str(error)) from error


def _keepers(accounts: tuple[Account, ...]) -> list[Any]:
    return [one for one in accounts if one.role == "keeper" and not one.disabled]


def _key(name: str) -> str:
    return cleaned(name).casefold()


def _is_like(one: str, other: str) -> bool:
    """Tell whether two names are taken for each other, also where their letters are of several scripts."""
    return _key(one) == _key(other) or (fold(one) != "" and fold(one) == fold(other))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _stamp() -> str:
    return secrets.token_hex(8)
