"""What is said of a file, a row or a cell that cannot be taken over as it is."""

from __future__ import annotations

import msgspec

from heritage_registry.errors import RegistryError


class UnreadableFile(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """A file that cannot be read as what its name says it is; the message says what to do instead."""


class CellProblem(msgspec.Struct, frozen=True, order=True):
    """A problem of one row: where it stands, what stands there, and what to write instead.

    `row` is counted from 1 as a spreadsheet counts; 0 stands for the whole sheet. `is_note` marks what was
    taken over all the same and is only told.
    """

    sheet: str
    row: int
    column: str
    value: str
    message: str
    is_note: bool = False

    def __str__(self) -> str:
        place = f"{self.sheet}, row {self.row}" if self.row else self.sheet
        column = f", {self.column!r}" if self.column else ""
        shown = f": {self.value!r}" if self.value else ""
        return f"{place}{column}{shown} {self.message}"
