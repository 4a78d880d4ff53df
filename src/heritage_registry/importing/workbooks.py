"""Sheets of XLSX and ODS: values as they are shown, formulas as their last result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.limits import MAX_COLUMNS, MAX_ROWS, check_archive
from heritage_registry.importing.tables import HEADER_LOOK, Asked, Row, Table, find_header, named_columns


def read_workbook(path: Path, asked: Asked) -> Table:
    """Return one sheet: the one asked for, else the first that is not empty."""
    from python_calamine import CalamineError, CalamineWorkbook

    check_archive(path)
    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        sheets = {name: book.get_sheet_by_name(name) for name in names}
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(
            f"{path.name} is no workbook that can be read: {error}; save it again"
        ) from error
    if asked.sheet is not None and asked.sheet not in sheets:
        raise UnreadableFile(
            f"{path.name} has no sheet {asked.sheet!r}; it has {', '.join(map(repr, names))}"
        )
    filled = [name for name in names if sheets[name].height]
    if not filled:
        raise UnreadableFile(f"{path.name} has no sheet with anything in it")
    name = asked.sheet or filled[0]
    sheet = sheets[name]
    if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
        raise UnreadableFile(
            f"{path.name}, {name}: {sheet.height:,} rows and {sheet.width:,} columns; "
            f"{MAX_ROWS:,} and {MAX_COLUMNS:,} are allowed"
        )
    notes = [f"only the sheet {name!r} was read; there are {len(filled)}"] if len(filled) > 1 else []
    return _table(path, name, sheet, asked, notes)


def _table(path: Path, name: str, sheet: Any, asked: Asked, notes: list[str]) -> Table:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    place = asked.header_row - 1 if asked.header_row else find_header(rows[:HEADER_LOOK])
    if place >= len(rows):
        raise UnreadableFile(f"{path.name}: there is no row {place + 1}; look at header_row of the mapping")
    if place:
        notes.append(f"the names of columns stand in row {place + 1}; what is above was left out")
    merged = [area for area in (sheet.merged_cell_ranges or []) if area[1][0] > place]
    if merged:
        notes.append(
            f"{len(merged)} merged areas below the names of columns: each value was taken for all its rows"
        )
        _spread(rows, merged)
    header = named_columns(rows[place])
    return Table(name, header, _rows(rows, place, len(header)), tuple(notes))


def _spread(rows: list[list[str]], merged: Sequence[Any]) -> None:
    """Write the value of each merged area into all its cells."""
    for (top, left), (bottom, right) in merged:
        for row in range(top, min(bottom, len(rows) - 1) + 1):
            for column in range(left, min(right, len(rows[row]) - 1) + 1):
                rows[row][column] = rows[top][left]


def _rows(rows: list[list[str]], place: int, width: int) -> Iterator[Row]:
    for number, cells in enumerate(rows[place + 1 :], start=place + 2):
        if any(cell.strip() for cell in cells):
            yield Row(number, tuple(cells[:width]) + ("",) * (width - len(cells)))


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
