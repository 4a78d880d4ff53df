"""RIS, the form that libraries and journals offer most often."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import rispy

from heritage_registry.references.entry import Entry
from heritage_registry.references.fields import Collector, shown

_TYPES: Mapping[str, str] = {
    "ADVS": "motion_picture", "ART": "graphic", "BILL": "bill", "BLOG": "post-weblog", "BOOK": "book",
    "CASE": "legal_case", "CHAP": "chapter", "CHART": "graphic", "CONF": "paper-conference",
    "CPAPER": "paper-conference", "DATA": "dataset", "DICT": "entry-encyclopedia", "EBOOK": "book",
    "ECHAP": "chapter", "EDBOOK": "book", "EJOUR": "article-journal", "ELEC": "webpage",
    "ENCYC": "entry-encyclopedia", "FIGURE": "graphic", "GEN": "document", "GOVDOC": "report",
    "HEAR": "hearing", "ICOMM": "personal_communication", "INPR": "article", "JFULL": "article-journal",
    "JOUR": "article-journal", "LEGAL": "legislation", "MANSCPT": "manuscript", "MAP": "map",
    "MGZN": "article-magazine", "MULTI": "webpage", "NEWS": "article-newspaper", "PAMP": "report",
    "PCOMM": "personal_communication", "RPRT": "report", "SLIDE": "speech", "STAND": "regulation",
    "STAT": "legislation", "THES": "thesis", "UNBILL": "bill", "UNPB": "manuscript",
    "VIDEO": "motion_picture",
}  # fmt: skip
#: Some programs write one blank where the form has two before the hyphen.
_TAG = re.compile(r"^([A-Z][A-Z0-9]) {1,3}- ?(.*)$")
_MAX_LINES = 2_000


def read_ris(text: str, taken: Collection[str]) -> Iterator[Entry]:
    """Yield the entries of a RIS file. Each is read by itself, so that a broken one harms no other."""
    used = set(taken)
    for number, (line, lines, problems) in enumerate(_entries(text), start=1):
        entry = _entry(number, line, lines, problems, used)
        if entry.draft:
            used.add(entry.draft.id)
        yield entry


def _entries(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield the first line, the lines between TY and ER, and what is wrong with the frame of each entry."""
    start, lines, problems = 0, list[str](), list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        tag = _TAG.match(line)
        name = tag.group(1) if tag else ""
        if name == "TY" and lines:
            yield start, lines, [*problems, "ER: is missing at the end of the entry"]
            lines = []
        if not lines and line.strip():
            if name == "ER":
                continue
            start = number
            problems = [] if name == "TY" else ["TY: is missing at the beginning of the entry"]
        if name == "ER":
            yield start, lines, problems
            lines = []
        elif line.strip():
            lines.append(f"{name}  - {tag.group(2)}" if tag else line)
    if lines:
        yield start, lines, [*problems, "ER: is missing at the end of the entry"]


def _entry(number: int, line: int, lines: list[str], problems: list[str], taken: Collection[str]) -> Entry:
    if len(lines) > _MAX_LINES:
        return Entry(number, line, None, (*problems, f"has more than {_MAX_LINES:,} lines; left out"))
    head = [] if lines[0].startswith("TY  -") else ["TY  - GEN"]
    read = rispy.loads("\n".join([*head, *lines, "ER  - ", ""]))
    if not read:
        return Entry(number, line, None, (*problems, "holds nothing that RIS has; left out"))
    item: dict[str, Any] = read[0]
    found = Collector()
    found.problems += problems
    found.line("TI", _first(item, "title", "primary_title", "translated_title"), "title")
    names = [found.name("AU", *_split(name)) for name in _all(item, "authors", "first_authors")]
    found.authors([name for name in names if name])
    found.line("PB", _first(item, "publisher", "institution"), "publisher")
    container = _first(item, "journal_name", "alternate_title3", "secondary_title", "alternate_title2")
    found.line("T2", container, "container_title")
    _dates(item, found)
    addresses = _all(item, "urls")
    found.address("UR", addresses[0] if addresses else None)
    if len(addresses) > 1:
        found.tell("UR", f"holds {len(addresses)} addresses; only the first is kept")
    found.doi("DO", _first(item, "doi"))
    found.language("LA", _first(item, "language"))
    for note in _all(item, "notes"):
        found.note("N1", note)
    csl_type = _TYPES.get(str(item.get("type_of_reference")).upper())
    draft = found.draft(csl_type, item.get("type_of_reference"), taken)
    return Entry(number, line, draft, tuple(found.problems))


def _first(item: Mapping[str, Any], *names: str) -> Any:
    return next((item[name] for name in names if item.get(name)), None)


def _all(item: Mapping[str, Any], *names: str) -> list[Any]:
    found: list[Any] = []
    for name in names:
        value = item.get(name, [])
        found += value if isinstance(value, list) else [value]
    return [value for value in found if value]


def _split(name: str) -> tuple[str | None, str | None, str | None]:
    """Return family, given and literal name: a comma parts a person's names, a body's name has none."""
    family, comma, given = (piece.strip() for piece in name.partition(","))
    return (family, given, None) if comma and given else (None, None, family)


def _dates(item: Mapping[str, Any], found: Collector) -> None:
    date = _first(item, "date", "publication_year", "year")
    if date:
        _date("DA", str(date), "issued", found)
    accessed = _first(item, "access_date")
    if accessed:
        _date("Y2", str(accessed), "accessed", found)


def _date(tag: str, text: str, into: str, found: Collector) -> None:
    """Take YYYY/MM/DD/other, of which the last three may be empty."""
    pieces = [piece.strip() for piece in text.split("/")]
    numbers, other = pieces[:3], [piece for piece in pieces[3:] if piece]
    while numbers and not numbers[-1]:
        numbers.pop()
    if all(piece.isdecimal() for piece in numbers) and numbers:
        found.date(tag, "-".join(numbers), into)
    else:
        found.date(tag, text, into)
    if other:
        found.tell(tag, f"{shown('/'.join(other))} behind the date is left out")
