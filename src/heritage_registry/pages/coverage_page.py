"""What the registry sees and is blind to: the same figures for everybody, and the work that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from heritage_registry.coverage import (
    NOT_OBSERVED,
    NOT_RECORDED,
    Coverage,
    Dimension,
    Figures,
    Value,
)
from heritage_registry.missing_work import Item, Work
from heritage_registry.pages.charts import Segment, stacked
from heritage_registry.pages.environment import Book
from heritage_registry.pages.words import Words
from heritage_registry.place_names import PlaceNames, place_line
from heritage_registry.vocabulary import vocabulary

ROWS_WITHOUT_VALUE = (NOT_RECORDED, NOT_OBSERVED)


class Line(msgspec.Struct, frozen=True):
    """One row of a dimension with its two bars, whose length is told by the largest row."""

    label: str
    is_record_text: bool
    others: tuple[str, ...]
    figures: Figures
    seen: tuple[Segment, ...]
    located: tuple[Segment, ...]


class Crossing(msgspec.Struct, frozen=True):
    """A table of how many sites of each row have a report of each kind of evidence, affiliation or party."""

    id: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Line, tuple[int, ...]], ...]


class Section(msgspec.Struct, frozen=True):
    """A dimension: rows with sites, labels of values without any, and tables of what reports rest on."""

    id: str
    lines: tuple[Line, ...]
    empty: tuple[str, ...]
    crossings: tuple[Crossing, ...]


def coverage_page(book: Book, held: Coverage, most: int | None = None, **values: Any) -> str:
    """Return the page on what is covered and what is missing, of each kind of work no more than `most`."""
    return book.page(
        "coverage.html",
        "coverage.html",
        **values,
        total=held.total,
        drafts=held.drafts,
        sections=_sections(held.dimensions, book.words),
        work=[(work, work.items[:most]) for work in (_public(one, book) for one in held.work)],
        detail=lambda work, text: _detail(work, text, book.words),
    )


def _sections(dimensions: Iterable[Dimension], words: Words) -> list[Section]:
    return [_section(dimension, words) for dimension in dimensions]


def _section(dimension: Dimension, words: Words) -> Section:
    values = [value for value in dimension.values if value.figures.recorded]
    if dimension.id != "period":
        # The largest first, so that an imbalance is seen at once; sites without a value stay last.
        values.sort(key=lambda value: (value.id in ROWS_WITHOUT_VALUE, -value.figures.recorded))
    longest = max((value.figures.recorded for value in values), default=0)
    lines = tuple(_line(dimension, value, longest, words) for value in values)
    return Section(
        id=dimension.id,
        lines=lines,
        empty=tuple(
            _label(dimension, value, words)
            for value in dimension.values
            if not value.figures.recorded and value.id not in ROWS_WITHOUT_VALUE
        ),
        crossings=tuple(_crossing(name, lines, words) for name in ("evidence", "affiliation", "party")),
    )


def _line(dimension: Dimension, value: Value, longest: int, words: Words) -> Line:
    figures = value.figures
    seen = (
        ("observed", figures.observed),
        ("reported", figures.reported - figures.observed),
        ("unreported", figures.unreported),
    )
    located = (
        ("at_monument", figures.at_monument),
        ("at_settlement", figures.at_settlement),
        ("not_located", figures.not_located),
    )
    return Line(
        label=_label(dimension, value, words),
        is_record_text=dimension.id == "district" and value.id not in ROWS_WITHOUT_VALUE,
        others=tuple(dict.fromkeys(text for text, _ in value.spellings)),
        figures=figures,
        seen=_bar(seen, longest, words),
        located=_bar(located, longest, words),
    )


def _bar(counts: Iterable[tuple[str, int]], whole: int, words: Words) -> tuple[Segment, ...]:
    return stacked(((group, words.say(f"coverage.{group}"), count) for group, count in counts), whole)


def _label(dimension: Dimension, value: Value, words: Words) -> str:
    if value.id in ROWS_WITHOUT_VALUE:
        return words.say(f"coverage.{value.id}")
    match dimension.id:
        case "community":
            return words.community(value.id)
        case "type":
            return words.label("site_type", value.id)
        case "district":
            names = PlaceNames(known=(), recorded=value.spellings)
            return " / ".join(text for text, _ in place_line(names, words.language))
        case "period":
            return next(words.text(x.label).text for x in words.config.periods if x.id == value.id)
    raise ValueError(f"there is no label for the dimension {dimension.id!r}")


def _crossing(name: str, lines: tuple[Line, ...], words: Words) -> Crossing:
    counted = [getattr(line.figures, name) for line in lines]
    found = {key for counts in counted for key in counts}
    if name == "party":
        keys = sorted(found, key=lambda key: words.party(key).casefold())
        heads = tuple(map(words.party, keys))
    else:
        terms = "evidence_type" if name == "evidence" else name
        keys = [key for key in vocabulary(terms).ids if key in found]
        heads = tuple(words.label(terms, key) for key in keys)
    rows = tuple(
        (line, tuple(counts.get(key, 0) for key in keys)) for line, counts in zip(lines, counted, strict=True)
    )
    return Crossing(name, heads, rows)


def _public(work: Work, book: Book) -> Work:
    """Leave out sources that no public record rests on: they have no page, and speak of hidden records.

    Claims that are gone since they were counted are left out too.
    """
    if work.folder == "records":
        return work
    shown: Mapping[str, object] = book.edition.sources if work.folder == "sources" else book.edition.claims
    return msgspec.structs.replace(work, items=tuple(item for item in work.items if item.id in shown))


def _detail(work: Work, item: Item, words: Words) -> str:
    """Return what more there is to tell of an item, in words."""
    match work.id:
        case "names_missing":
            return ", ".join(words.language_name(tag) for tag in item.detail)
        case "location_of_settlement":
            return words.labels("location_of", item.detail)
        case _:
            return ", ".join(item.detail)
