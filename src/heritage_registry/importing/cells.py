"""Cells to values: texts made fit, words to terms, dates, points, sources, each told where it is not clear.

Whatever a column repeats is worked out once: a reader keeps what it made of each text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from math import isfinite, nan
from typing import Generic, TypeVar

import msgspec

from heritage_registry.coordinates import Coordinates, InvalidCoordinates, doubts, read_coordinates
from heritage_registry.dates import InvalidDate
from heritage_registry.importing.columns import is_nothing
from heritage_registry.names import fold
from heritage_registry.phrases import read_phrase
from heritage_registry.references import normalised_address
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary

V = TypeVar("V")

_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>", re.DOTALL)
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff]")
_MOJIBAKE = re.compile(r"[ÃÄÅÉÐÑÕÖ][\x80-\xbf¡-ª¬-º¼-¿€ƒ†‡ˆŠŒŽ˜™š›œžŸ]|Ð[^\s]|\ufffd")
_TIME_OF_DAY = re.compile(r"(?<=^\d{4}-\d\d-\d\d)[T ]\d\d:\d\d[\d:.+Z-]*$")
_SHEET_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!)")


class Value(msgspec.Struct, Generic[V], frozen=True):
    """What a cell comes to. `problem` says why it comes to nothing, `note` what was done to it."""

    value: V | None = None
    problem: str = ""
    note: str = ""


Reading = Callable[[str], Value[V]]


class Remembered(Generic[V]):
    """A reading of cells that works out each text once."""

    def __init__(self, reading: Reading[V]) -> None:
        self._reading = reading
        self._known: dict[str, Value[V]] = {}

    def __call__(self, cell: str) -> Value[V]:
        """Return what a cell comes to."""
        found = self._known.get(cell)
        if found is None:
            if is_nothing(cell):
                found = Value(note="was taken for nothing") if cell.strip() else Value()
            else:
                found = self._reading(cell)
            if len(self._known) < _MOST_KEPT:
                self._known[cell] = found
        return found


_MOST_KEPT = 200_000


def text(cell: str) -> Value[str]:
    """Return one line of text: composed letters, single blanks, no markup, no hidden signs."""
    if cell[0] == "#" and _SHEET_ERROR.fullmatch(cell.strip()):
        return Value(problem="is what a spreadsheet shows for a formula that failed")
    if cell.isascii() and cell.isprintable() and "<" not in cell and "&" not in cell and "  " not in cell:
        return Value(cell.strip())
    plain, notes = cell, []
    if _TAG.search(plain) or "&" in plain:
        plain = html.unescape(_TAG.sub(" ", plain))
        if _TAG.search(cell) or plain != cell:
            notes.append("held markup, which was left out")
    if _UNFIT.search(plain):
        plain = _UNFIT.sub("", plain)
        notes.append("held hidden signs, which were left out")
    if _MOJIBAKE.search(plain):
        return Value(problem="seems to be read in a wrong encoding; say the right one in [file] encoding")
    plain = " ".join(unicodedata.normalize("NFC", plain).split())
    return Value(plain or None, note="; ".join(notes))


def terms(name: str, values: Mapping[str, str]) -> Reading[str]:
    """Return a reading of words of a vocabulary: ids, labels of any language, translated ones, EAMENA's."""
    known = vocabulary(name)
    by_word = {fold(m.id): term.id for term in known.terms for m in term.match if m.scheme == "eamena"}
    by_word |= {fold(label): term.id for term in known.terms for label in term.label.values()}
    by_word |= {fold(term.id.replace("_", " ")): term.id for term in known.terms}
    by_word |= {term.id: term.id for term in known.terms}
    own = {" ".join(word.split()).casefold(): term for word, term in values.items()}

    def read(cell: str) -> Value[str]:
        plain = " ".join(unicodedata.normalize("NFC", cell).split())
        term = own.get(plain.casefold()) or by_word.get(plain) or by_word.get(fold(plain))
        if term is None:
            return Value(
                problem=f"is no term of {name}; say in values of this column which one it stands for: "
                f"{', '.join(known.ids)}"
            )
        return Value(term)

    return read


def one_of(known: Iterable[str], kind: str, values: Mapping[str, str]) -> Reading[str]:
    """Return a reading of ids that `registry.toml` lists."""
    ids = tuple(known)
    own = {" ".join(word.split()).casefold(): term for word, term in values.items()}

    def read(cell: str) -> Value[str]:
        plain = " ".join(cell.split())
        found = own.get(plain.casefold(), plain.casefold().replace(" ", "_"))
        if found in ids:
            return Value(found)
        say = "say in values of this column which one it stands for"
        return Value(problem=f"is no {kind} of registry.toml; {say}: {', '.join(ids)}")

    return read


def date(cell: str) -> Value[str]:
    """Return a date in EDTF, from words of any of the languages or from figures."""
    plain = _TIME_OF_DAY.sub("", cell.strip())
    try:
        found = read_phrase(plain)
    except InvalidDate as error:
        return Value(problem=str(error).partition(": ")[2] or str(error))
    if found.edtf is None:
        return Value(problem=f"can be read as {' or '.join(found.readings)}: write the one that is meant")
    return Value(found.edtf, note="; ".join(found.notes))


def degrees(cell: str) -> Value[float]:
    """Return a number of degrees as one cell of a pair holds it: a comma is a decimal sign."""
    found = number(cell)
    if found.value is not None and not -360 <= found.value <= 360:
        return Value(problem="is no number of degrees; if it is in metres, say the system in [file] crs")
    return found


def number(cell: str) -> Value[float]:
    """Return a number; a comma is a decimal sign."""
    plain = cell.strip().replace(",", ".").rstrip("°").replace("\u2212", "-")
    try:
        value = float(plain) if "_" not in plain else nan
    except ValueError:
        value = nan
    if not isfinite(value):
        return Value(problem="is no number; write it such as 39.7581, or use one column for the whole point")
    return Value(value)


def point(bbox: tuple[float, float, float, float]) -> Reading[Coordinates]:
    """Return a reading of points; one outside of the region is questioned and not taken."""

    def read(cell: str) -> Value[Coordinates]:
        try:
            found = read_coordinates(cell)
        except InvalidCoordinates as error:
            return Value(problem=str(error).partition(": ")[2] or str(error))
        return placed(found, bbox)

    return read


def placed(found: Coordinates, bbox: tuple[float, float, float, float]) -> Value[Coordinates]:
    """Return a point that lies in the region, or the question to be answered before it is taken."""
    west, south, east, north = bbox
    if west <= found.longitude <= east and south <= found.latitude <= north:
        return Value(found)
    far = [doubt for doubt in doubts(found, bbox) if doubt.kind in ("swapped", "hemisphere", "far")]
    return Value(problem=far[0].message if far else "lies outside of the region; look at the figures")


def sources(held: Mapping[str, Source]) -> Reading[str]:
    """Return a reading of sources: keys, addresses and titles that the registry holds."""
    by_address: dict[str, str] = {}
    by_title: dict[str, str] = {}
    for key, source in held.items():
        for address in (source.url, source.read_at):
            if address:
                by_address.setdefault(normalised_address(address), key)
        if source.title:
            by_title.setdefault(fold(source.title), key)

    def read(cell: str) -> Value[str]:
        plain = " ".join(cell.split())
        found = plain if plain in held else None
        if found is None and "://" in plain:
            found = by_address.get(normalised_address(plain))
        found = found or by_title.get(fold(plain))
        if found is None:
            return Value(
                problem="is no source of the registry; add it first, or say it once in [constants] source"
            )
        return Value(found)

    return read
