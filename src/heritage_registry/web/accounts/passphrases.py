"""Passphrases: how strong one has to be, how it is kept, and how it is compared without telling anything."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from heritage_registry.names import fold

MIN_LENGTH = 12
MAX_LENGTH = 1_000
_AT_ONCE = 2
_MOST_WAITING = 8
_PATIENCE_SECONDS = 5.0
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other when they are read out or copied by hand."""

_COMMON = frozenset(
    fold(text)
    for text in (
        "passphrase",
        "password",
        "heritage",
        "heritage registry",
        "correct horse battery staple",
        "qwertyuiop",
        "abcdefghijklmnop",
        "letmein",
        "changeme",
        "administrator",
    )
)


class Busy(Exception):  # noqa: N818 - what it is
    """So many passphrases wait to be compared that one more is not taken."""


class Passphrases:
    """Keeps passphrases as Argon2id hashes, a few at a time: each takes much memory, which is the point."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._waiting = 0
        self._nobodys: str | None = None

    def keep(self, passphrase: str) -> str:
        """Return what is kept of a passphrase."""
        with self._turn():
            return self._hasher.hash(_normal(passphrase))

    def is_right(self, kept: str | None, passphrase: str) -> bool:
        """Tell whether a passphrase is the kept one. Where none is kept it takes as long to say no."""
        with self._turn():
            if self._nobodys is None:
                self._nobodys = self._hasher.hash(secrets.token_hex(16))
            try:
                self._hasher.verify(kept or self._nobodys, _normal(passphrase))
            except (VerificationError, InvalidHashError):
                return False
            return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Tell whether something is kept in a weaker way than it would be now."""
        return self._hasher.check_needs_rehash(kept)

    def prepare(self) -> None:
        """Make ready what the first unknown name is compared with, so that it takes no longer."""
        self.is_right(None, "")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            if self._waiting >= _MOST_WAITING:
                raise Busy
            self._waiting += 1
        try:
            if not self._turns.acquire(timeout=_PATIENCE_SECONDS):
                raise Busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            with self._lock:
                self._waiting -= 1


def fault_of_passphrase(passphrase: str, *known: str) -> str | None:
    """Return the key of the message that says why a passphrase is too weak, or None.

    `known` is what an attacker tries first: the pseudonym, the organisation, the name of the registry.
    """
    text = _normal(passphrase)
    if len(text) < MIN_LENGTH:
        return "passphrase.short"
    if len(text) > MAX_LENGTH:
        return "passphrase.long"
    if len(set(text.casefold())) < 6:
        return "passphrase.repeats"
    key = fold(text).strip(" 0123456789")
    if not key and text.isascii():
        return "passphrase.digits" if any(sign.isdigit() for sign in text) else None
    guessed = {*_COMMON, *(fold(name) for name in known)} - {""}
    rest = key.replace(" ", "")
    for guess in sorted(guessed, key=len, reverse=True):
        rest = rest.replace(guess.replace(" ", ""), "") if len(guess) > 2 else rest
    return "passphrase.guessed" if key and len(rest) < 4 else None


def new_passphrase() -> str:
    """Return a passphrase to hand to somebody: 98 bits, to be typed once and then replaced."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def _normal(passphrase: str) -> str:
    """Return a passphrase as every keyboard and system writes it."""
    return unicodedata.normalize("NFKC", passphrase)
