"""A file as tables: sheets with a header and rows of text, whatever it was kept in.

A file is opened as what its ending says and as nothing else. Rows keep the numbers that a spreadsheet shows,
so that every problem can be found where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.limits import check_size

GEOMETRY = "(shape)"
"""The column that holds the shape of a feature as WKT in WGS 84, longitude first."""


class Row(msgspec.Struct, frozen=True):
    """One row: its number as the file counts, and a text for each column; an empty text is nothing.

    `surplus` is how many cells with something in them stand behind the last column.
    """

    number: int
    cells: tuple[str, ...]
    surplus: int = 0


class Table(msgspec.Struct, frozen=True):
    """A sheet or layer. `rows` is read once, row by row, so that a large file is never held whole.

    `notes` are what a reader should know of how it was read: an encoding that was guessed, merged cells.
    """

    sheet: str
    header: tuple[str, ...]
    rows: Iterator[Row]
    notes: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """What a mapping says of the file; what it leaves out is found out."""

    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    crs: str | None = None


Reader = Callable[[Path, Asked], Table]


def open_table(path: Path, asked: Asked, readers: Mapping[str, Reader]) -> Table:
    """Return the table of a file. Raises `UnreadableFile`."""
    reader = readers.get(ending(path))
    if reader is None:
        known = ", ".join(sorted(readers))
        raise UnreadableFile(f"{path.name}: files that end in {ending(path)!r} are not read; use {known}")
    check_size(path)
    return reader(path, asked)


def ending(path: Path) -> str:
    """Return what a file is declared to be: its last ending in lower case, without the dot."""
    return path.suffix.lower().removeprefix(".")


def named_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns: an empty one gets its letter, one that is there twice a number."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split()) or f"column {letters(place)}"
        twice = sum(1 for other in found if other == name or other.startswith(f"{name} ("))
        found.append(f"{name} ({twice + 1})" if twice else name)
    return tuple(found)


def letters(place: int) -> str:
    """Return how a spreadsheet calls a column, counted from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


HEADER_LOOK = 20
"""So many rows are looked at for the one with the names of columns."""


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the row that names the columns: the first with most cells filled.

    Titles and remarks above a table fill one or two cells; the header fills as many as the rows below it.
    """
    widths = [sum(1 for cell in row if cell.strip()) for row in rows[:HEADER_LOOK]]
    if not widths or not max(widths):
        return 0
    most = max(widths)
    for place, (row, width) in enumerate(zip(rows, widths, strict=False)):
        filled = [cell.strip() for cell in row if cell.strip()]
        if width >= max(1, 0.6 * most) and 2 * len(set(filled)) > width and not _is_all_numbers(filled):
            return place
    return 0


def _is_all_numbers(cells: Sequence[str]) -> bool:
    return all(cell.replace(".", "", 1).replace("-", "", 1).isdecimal() for cell in cells)
