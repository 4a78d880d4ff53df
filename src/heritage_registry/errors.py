"""What can go wrong with a registry: a list of problems to mend, and the few exceptions that carry it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

Field = tuple[str | int, ...]
"""The path to a field inside a record, as it stands in the file; positions in lists count from 0."""


def dotted(field: Field) -> str:
    """Return a path as problems show it: `reports.0.observed`."""
    return ".".join(map(str, field))


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing to mend.

    `file` is relative to the registry's folder, `line` counts from 1 (0: the file as a whole), `field` is
    dotted, `message` names the value and says what to write instead.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class RegistryError(Exception):
    """Base of every error this package raises on purpose; the command line and the web app catch this one."""


class InvalidRecords(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """Records that cannot be read or written as they are; `problems` holds all of them, sorted."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class RecordExists(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """A new record would take the place of one that is there already."""


class RecordNotFound(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """No record answers to the id or name asked for."""


class StaleRecord(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """The file changed since it was read, so writing would lose somebody's edit."""


class NotARegistry(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """The folder holds no `registry.toml`, or one that cannot be used."""
