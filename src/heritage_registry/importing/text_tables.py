"""CSV and TSV: the encoding and the separator are found out where nobody says them, and told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.limits import MAX_COLUMNS, MAX_ROWS
from heritage_registry.importing.tables import (
    HEADER_LOOK,
    Asked,
    Row,
    Table,
    ending,
    find_header,
    named_columns,
)

_SAMPLE = 200_000
_KEPT_AS_TEXT = frozenset(f"'{sign}" for sign in "=+-@\t\r")
_DELIMITERS = ",;\t|"
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OLD_ENCODINGS = ("cp1251", "cp1254", "cp1252")
"""Windows' own of the region: Cyrillic, Turkish and Azerbaijani, western."""


def read_text_table(path: Path, asked: Asked) -> Table:
    """Return the table of a CSV or TSV file."""
    encoding, notes = _encoding(path, asked)
    try:
        with path.open(encoding=encoding, newline="") as file:
            sample = file.read(_SAMPLE)
    except LookupError as error:
        raise UnreadableFile(f"[file] encoding: {encoding!r} is no encoding; write such as cp1251") from error
    except UnicodeError as error:
        raise _unreadable(path, encoding, error) from error
    delimiter = asked.delimiter or ("\t" if ending(path) == "tsv" else _delimiter(sample))
    first = _first_rows(sample, delimiter, max(HEADER_LOOK, asked.header_row or 0))
    place = asked.header_row - 1 if asked.header_row else find_header(first)
    if place >= len(first):
        raise UnreadableFile(f"{path.name}: there is no row {place + 1}; look at header_row of the mapping")
    header = named_columns(first[place])
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile(f"{path.name} has {len(header):,} columns; {MAX_COLUMNS:,} are allowed")
    if place:
        notes.append(f"the names of columns stand in row {place + 1}; what is above was left out")
    return Table(path.name, header, _rows(path, encoding, delimiter, place, len(header)), tuple(notes))


def _rows(path: Path, encoding: str, delimiter: str, place: int, width: int) -> Iterator[Row]:
    number = place + 1
    with path.open(encoding=encoding, newline="") as file:
        # A reader that is not strict takes all rows after an unclosed quotation mark for one cell.
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(islice(reader, place + 1, None), start=place + 2):
                if number > MAX_ROWS:
                    raise UnreadableFile(f"{path.name} has more than {MAX_ROWS:,} rows; split it")
                if any(cells):
                    surplus = sum(map(bool, cells[width:])) if len(cells) > width else 0
                    yield Row(number, _as_wide(cells, width), surplus)
        except UnicodeError as error:
            raise _unreadable(path, encoding, error) from error
        except csv.Error as error:
            raise UnreadableFile(f"{path.name}, row {number + 1}: {_said(error)}") from error


def _as_wide(cells: list[str], width: int) -> tuple[str, ...]:
    """Return the cells of a row, without the apostrophe that keeps a text from running as a formula."""
    plain = (cell[1:] if cell[:2] in _KEPT_AS_TEXT else cell for cell in cells[:width])
    return (*plain, *("" for _ in range(width - len(cells))))


def _said(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"a cell has more than {csv.field_size_limit():,} letters; is a quotation mark not closed?"
    if "end of data" in str(error):
        return "a quotation mark opens a cell and none closes it; what follows was taken for one cell"
    return f"{error}; a quotation mark inside a cell is written twice"


def _first_rows(sample: str, delimiter: str, most: int) -> list[list[str]]:
    """Return the first rows; what cannot be read is told, with its row, when all rows are read."""
    found: list[list[str]] = []
    try:
        for cells in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), most):
            found.append(cells)
    except csv.Error:
        pass
    return found


def _encoding(path: Path, asked: Asked) -> tuple[str, list[str]]:
    if asked.encoding:
        return asked.encoding, []
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, []
    if b"\0" in start:
        raise UnreadableFile(f"{path.name} holds no text; save it as CSV in UTF-8")
    try:
        _whole_signs(start).decode("utf-8")
    except UnicodeDecodeError:
        encoding = _old_encoding(start)
        return encoding, [
            f"is not UTF-8 and was read as {encoding}; look at its letters, or say the encoding"
        ]
    return "utf-8", []


def _whole_signs(raw: bytes) -> bytes:
    """Return bytes without the beginning of a sign that the sample cut in two."""
    for cut in range(1, 4):
        if len(raw) >= cut and raw[-cut] >= 0xC0:
            return raw[:-cut]
    return raw


def _old_encoding(raw: bytes) -> str:
    """Return the old encoding in which the letters above ASCII make the most words of one script."""
    scores = {encoding: _letters_in_words(raw.decode(encoding, "replace")) for encoding in _OLD_ENCODINGS}
    return max(_OLD_ENCODINGS, key=lambda encoding: scores[encoding])


def _letters_in_words(text: str) -> int:
    """Count letters beyond ASCII beside a letter of the same script, less those that no word has."""
    score = 0
    for before, sign in pairwise(text):
        if ord(sign) < 128:
            continue
        cyrillic = "\u0400" <= sign <= "\u04ff"
        if not sign.isalpha():
            score -= 2
        elif before.isalpha():
            same = cyrillic == ("\u0400" <= before <= "\u04ff")
            score += 1 if same else -2
    return score


def _delimiter(sample: str) -> str:
    """Return the separator with which the first rows have the most columns, the same in each."""

    def columns(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in _first_rows(sample, delimiter, 30) if row]
        if not widths:
            return 0, 0
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) if usual > 1 else 0), usual

    return max(_DELIMITERS, key=columns)


def _unreadable(path: Path, encoding: str, error: UnicodeError) -> UnreadableFile:
    said = f"byte {error.object[error.start]:#04x}" if isinstance(error, UnicodeDecodeError) else "this"
    return UnreadableFile(f"{path.name}: {said} is no {encoding}; say the encoding it was saved in")
