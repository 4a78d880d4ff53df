"""Dates as people write them, read into EDTF: English, Armenian, Azerbaijani and Russian.

What the form cannot say is never invented and never dropped without a note:

- 'early', 'mid' and 'late' have no form: the whole decade or century is kept, with a note.
- 'before 1994' and 'after 1994' keep the year itself in: `../1994` and `1994/..`.
- Halves, quarters and thirds of a century are years counted from 1 (1601/1650), of a decade from 0 (1990/1994).
- Years of the hijri calendar become the years they overlap, Julian before 1582 as historians write them.
- Text that can be read in two ways gives two readings: 12/05/2020, 'winter 2021', 'the 1900s', '2021-24'.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

import msgspec

from heritage_registry.dates import InvalidDate, in_words, parse

LANGUAGES: tuple[str, ...] = ("en", "hy", "az", "ru")

_EXAMPLES = "'18th century', 'the 1990s', 'between May 2003 and 2009', 'before 1994', '12 May 2020'"
_DASHES = ("-", "–")
_MARKERS = ("from", "after", "until", "before", "between")
#: Parts of a century, a decade or a year that have their own noun, by how many make the whole.
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "tenth": 10}
_SYMBOLS = {
    ",": "comma",
    "՝": "comma",
    "/": "slash",
    "=": "slash",
    "-": "-",
    "–": "–",
    "~": "about",
    "?": "uncertain",
    "%": "about uncertain",
    "<": "before",
    ">": "after",
}


class Reading(msgspec.Struct, frozen=True):
    """What a phrase says: one date in EDTF, or several where it can be read in more than one way.

    `notes` tell what was left out, widened or converted; a form shows them beside the date.
    """

    text: str
    readings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def edtf(self) -> str | None:
        """The date, or None where somebody has to choose among the readings."""
        return self.readings[0] if len(self.readings) == 1 else None


class _Token(msgspec.Struct, frozen=True):
    kind: str
    value: int = 0
    text: str = ""
    is_ordinal: bool = False
    is_decade: bool = False
    is_ablative: bool = False
    dates: tuple[str, ...] = ()


_Tokens = list[_Token]
#: First and last date of what a phrase names, alike but for intervals.
_Ends = tuple[str, str]


def read_phrase(text: str, language: str | None = None) -> Reading:
    """Read a date in words. Without a language all four are tried. Raises InvalidDate."""
    if language is not None and language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(f"there are no words for dates in {language!r}: write one of {known}")
    plain = " ".join(text.split())
    if not plain:
        raise _invalid(text, "it is empty", f"nothing at all (leave the field out), or for instance {_EXAMPLES}")
    if (direct := _edtf(plain)) is not None:
        return Reading(text, *direct)
    found: dict[str, None] = {}
    notes: dict[str, None] = {}
    faults: list[tuple[int, InvalidDate]] = []
    for each in (language,) if language else LANGUAGES:
        phrase = _Phrase(text, each)
        try:
            found.update(dict.fromkeys(phrase.read(plain)))
            notes.update(dict.fromkeys(phrase.notes))
        except InvalidDate as error:
            faults.append((phrase.understood, error))
    if not found:
        # The language that understood most of the words says best what is missing.
        raise max(faults, key=lambda fault: fault[0])[1]
    return Reading(text, tuple(found), tuple(notes))


def _invalid(text: str, why: str, write: str) -> InvalidDate:
    return InvalidDate(f"{text!r} is not a date: {why}: write {write}")


def _edtf(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the readings of a text that is EDTF already, and their notes."""
    try:
        parse(text)
    except InvalidDate:
        return None
    match = re.fullmatch(r"(\d\d)(\d\d)-(\d\d)", text)
    if match and int(match[3]) > 12 and int(match[3]) > int(match[2]):
        years = f"{match[1]}{match[2]}/{match[1]}{match[3]}"
        return (text, years), (f"{text} is {in_words(text, 'en')} in EDTF, and may mean {years}",)
    return (text,), ()


def _fold(text: str) -> str:
    """Fold case and diacritics, so that 'İyun', 'iyun' and 'yanvarı', 'yanvari' are one."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ə", "e").replace("ı", "i"))
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub("[‐‑−]", "-", re.sub("[—‒]", "–", folded)).replace("’", "'").replace("ʼ", "'")


class _Lexicon:
    """The words of one language as one pattern, and what each of its groups means."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.ablative = tuple(map(_fold, words["ablative"]))
        entries = [(_fold(x), kind, 0) for kind, group in words["words"].items() for x in _spelt(group)]
        for field, kind in (("months", "month"), ("seasons", "season"), ("quarters", "named quarter")):
            entries += [(_fold(x), kind, n) for n, x in _numbered(words[field])]
        entries += [(_fold(x), "ordinal", n) for n, x in _numbered(words["numbers"])]
        entries += [(_fold(x), "ordinal", -1) for x in _spelt(words["last"])]
        entries.sort(key=lambda entry: -len(entry[0]))
        self.meanings = [(kind, value) for _, kind, value in entries]
        self.words = re.compile(
            "|".join(rf"(?P<w{n}>{_pattern(entry, kind)})" for n, (entry, kind, _) in enumerate(entries))
        )
        suffixes = {
            name: sorted(map(_fold, _spelt(endings)), key=len, reverse=True)
            for name, endings in words["suffixes"].items()
        }
        groups = "|".join(f"(?P<{name}>{'|'.join(endings)})" for name, endings in suffixes.items())
        ending = rf"(?:[-–']?(?:{groups})(?![^\W\d_]))?"
        self.number = re.compile(rf"(\d+){ending}")
        self.roman = re.compile(rf"([ivxхі]+)(?![^\W_]){ending}")


def _spelt(group: Iterable[str]) -> Iterator[str]:
    """Yield every spelling of entries like 'centur{y,ies}'."""
    for entry in group:
        stem, brace, endings = entry.partition("{")
        yield from (stem + ending for ending in endings.rstrip("}").split(",")) if brace else (entry,)


def _numbered(group: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, entry in enumerate(group, start=1):
        for spelling in _spelt(entry.split("|")):
            yield number, spelling


def _pattern(entry: str, kind: str) -> str:
    pattern = re.escape(entry).replace(r"\ ", r"\s+").replace(r"\.", r"\.?\s*").replace(",", ",?")
    before = "-?" if kind in ("century", "millennium") else ""
    # 'mid-17th', 'pre-1994': the hyphen joins and is no dash between two dates.
    after = "-?" if kind in ("early", "mid", "late", "before", "after") else ""
    return rf"(?<![^\W\d_]){before}{pattern}(?![^\W\d_])\.?{after}"


@cache
def _lexicon(language: str) -> _Lexicon:
    text = files("heritage_registry").joinpath("languages/phrases.json").read_text("utf-8")
    return _Lexicon(json.loads(text)[language])


class _Part(msgspec.Struct):
    """What one date of a phrase names, before it is known what its neighbour lends it."""

    numbers: _Tokens
    fractions: list[tuple[int, int]]
    dates: tuple[str, ...] = ()
    unit: str = ""
    count: int = 0
    month: int = 0
    season: int = 0
    year: int | None = None
    day: int = 0
    is_about: bool = False
    is_uncertain: bool = False
    is_bc: bool = False
    is_ad: bool = False
    is_hijri: bool = False


class _Phrase:
    """One reading of a text in one language; `understood` counts its characters that were understood."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.lexicon = _lexicon(language)
        self.notes: list[str] = []
        self.understood = 0
