"""CSL-JSON, as Zotero and this registry write it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

import msgspec

from heritage_registry.references.draft import UnreadableReferences
from heritage_registry.references.entry import Entry
from heritage_registry.references.fields import Collector, shown
from heritage_registry.source import CslName, CslType

#: Types a source does not have, and the nearest that it has.
_TYPES: Mapping[str, str] = {
    **{name: name for name in get_args(CslType)},
    "article-news": "article-newspaper",
    "broadcast": "motion_picture",
    "entry": "entry-encyclopedia",
    "entry-dictionary": "entry-encyclopedia",
    "figure": "graphic",
    "pamphlet": "report",
    "periodical": "article-magazine",
    "review": "article-journal",
    "review-book": "article-journal",
}
_SEASONS = {1: 21, 2: 22, 3: 23, 4: 24, 21: 21, 22: 22, 23: 23, 24: 24}
_CONTAINERS = ("container-title", "collection-title", "event-title")


def read_csl(text: str, taken: Collection[str]) -> Iterator[Entry]:
    """Yield the entries of a CSL-JSON file: a list of items, or one item."""
    try:
        read = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"is no JSON ({error}); export the file again as CSL JSON"
        raise UnreadableReferences(message) from error
    if not isinstance(read, list | dict):
        raise UnreadableReferences("holds no list of items; export the file again as CSL JSON")
    used = set(taken)
    for number, item in enumerate(read if isinstance(read, list) else [read], start=1):
        entry = _entry(number, item, used)
        if entry.draft:
            used.add(entry.draft.id)
        yield entry


def _entry(number: int, item: Any, taken: Collection[str]) -> Entry:
    if not isinstance(item, dict):
        return Entry(number, None, None, (f"{shown(item)} is no CSL-JSON item; left out",))
    found = Collector()
    found.line("title", item.get("title"), "title")
    found.authors(_names(item.get("author") or item.get("editor") or [], found))
    found.line("publisher", item.get("publisher"), "publisher")
    container = next((name for name in _CONTAINERS if item.get(name)), "container-title")
    found.line(container, item.get(container), "container_title")
    for name in ("issued", "accessed"):
        if item.get(name):
            _date(name, item[name], found)
    found.address("URL", item.get("URL"))
    found.doi("DOI", item.get("DOI"))
    found.language("language", item.get("language"))
    found.note("note", item.get("note"))
    found_type = item.get("type")
    csl_type = _TYPES.get(found_type) if isinstance(found_type, str) else None
    draft = found.draft(csl_type, found_type, taken)
    return Entry(number, None, draft, tuple(found.problems))


def _names(items: Any, found: Collector) -> list[CslName]:
    names: list[CslName] = []
    for item in items if isinstance(items, list) else [items]:
        if not isinstance(item, dict):
            found.tell("author", f"{shown(item)} is no name of CSL-JSON; left out")
            continue
        family = item.get("family")
        before = item.get("non-dropping-particle")
        if isinstance(before, str) and isinstance(family, str):
            family = f"{before} {family}"
        name = found.name("author", family, item.get("given"), item.get("literal"))
        if name:
            names.append(name)
    return names


def _date(name: str, value: Any, found: Collector) -> None:
    edtf = _edtf(value)
    if edtf is None:
        found.tell(name, f"{shown(value)} is no date; left out")
    else:
        found.date(name, edtf, name)


def _edtf(value: Any) -> str | None:
    """Return the EDTF text of a date of CSL-JSON: numbers, a range of them, or text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    for text in (value.get("raw"), value.get("literal")):
        if isinstance(text, str):
            return text
    parts = value.get("date-parts")
    if not isinstance(parts, list) or not 1 <= len(parts) <= 2:
        return None
    ends = [_numbers(part) for part in parts]
    if None in ends:
        return None
    season = value.get("season")
    if str(season).isdecimal() and int(str(season)) in _SEASONS and len(str(ends[0])) == 4:
        ends[0] = f"{ends[0]}-{_SEASONS[int(str(season))]}"
    about = "~" if value.get("circa") else ""
    return "/".join(f"{end}{about}" for end in ends)


def _numbers(part: Any) -> str | None:
    if not isinstance(part, list) or not 1 <= len(part) <= 3:
        return None
    texts = [str(number) for number in part if number is not None]
    if not all(text.isdecimal() and len(text) <= 4 for text in texts):
        return None
    return "-".join((texts[0].zfill(4), *(text.zfill(2) for text in texts[1:]))) if texts else None
