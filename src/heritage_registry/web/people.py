"""Who is at work: a pseudonym, what they may do, and the organisation they say they work for."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Literal

import msgspec

from heritage_registry.web.private_files import write_private

Role = Literal["reader", "contributor", "reviewer", "keeper"]
ROLES: tuple[Role, ...] = ("reader", "contributor", "reviewer", "keeper")
"""Each may do what those before it may: look; write drafts and changes; judge them; and everything else."""

MAX_NAME = 40
MAX_ORGANISATION = 80
_NAME = re.compile(r"[^\W_](?:[ .'’-]?[^\W_]|_)*", re.UNICODE)
_RESERVED = frozenset({"registry", "heritage", "anonymous", "nobody", "system", "unknown"})


class Writer(msgspec.Struct, frozen=True):
    """Somebody at work. `name` is a pseudonym and empty where none was chosen yet."""

    name: str
    role: Role
    organisation: str = ""

    def may(self, role: Role) -> bool:
        """Tell whether somebody may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


AT_THIS_MACHINE = Writer("", "keeper")
"""Whoever sits at this machine, before they chose a pseudonym."""

ANYBODY = Writer("", "reader")
"""Whoever comes from elsewhere and did not sign in."""


class _Person(msgspec.Struct):
    name: str = ""
    organisation: str = ""


class Chosen:
    """The pseudonym that the person at this machine chose, kept in the private folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "person.json"

    def writer(self) -> Writer:
        """Return who is at work; nobody in particular where no pseudonym was chosen or it cannot be read."""
        try:
            person = msgspec.json.decode(self._path.read_bytes(), type=_Person)
        except (OSError, msgspec.DecodeError):
            return AT_THIS_MACHINE
        if fault_of_name(person.name) or fault_of_organisation(person.organisation):
            return AT_THIS_MACHINE
        return Writer(person.name, "keeper", person.organisation)

    def choose(self, name: str, organisation: str) -> None:
        """Keep a pseudonym and an organisation. An empty pseudonym forgets both."""
        person = _Person(name, organisation if name else "")
        write_private(self._path, msgspec.json.encode(person))


def cleaned(text: str) -> str:
    """Return a name as it is kept: composed letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fault_of_name(name: str) -> str | None:
    """Return the key of the message that says why this can be no pseudonym, or None."""
    if len(name) < 2 or len(name) > MAX_NAME:
        return "people.name_length"
    if not _NAME.fullmatch(name) or name != cleaned(name):
        return "people.name_signs"
    return "people.name_reserved" if name.casefold() in _RESERVED else None


def fault_of_organisation(organisation: str) -> str | None:
    """Return the key of the message that says why this can be no organisation, or None."""
    if len(organisation) > MAX_ORGANISATION:
        return "people.organisation_length"
    is_text = all(sign.isprintable() and sign not in "<>" for sign in organisation)
    return None if is_text and organisation == cleaned(organisation) else "people.organisation_signs"
