"""What the map filters by beside its first columns: one list of codes per site and recorded field.

The page opens these columns only when a reader asks for more filters or another order of the list, so that
they cost nothing when it opens. A report that its own observer replaced counts in none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import Assessment, observations
from heritage_registry.config import RegistryConfig
from heritage_registry.dates import bounds
from heritage_registry.maps.columns import Columns, day_number, joined, state_arrays, whole_numbers
from heritage_registry.places import place_key, without_remark
from heritage_registry.site import Report, Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary

_NAMED_RESPONSIBLE = frozenset({"alleged", "admitted", "found"})
"""Kinds of responsibility in which somebody names a party; "denied" names one to say the contrary."""


class Told(msgspec.Struct, frozen=True):
    """A site with what several facets look at: reports that nobody replaced, sources, places by name.

    A place is its key, its printed text and the language of that.
    """

    site: Site
    assessment: Assessment
    reports: tuple[Report, ...]
    cited: frozenset[str]
    places: tuple[tuple[str, str, str], ...]


class Facet(msgspec.Struct, frozen=True):
    """A field to filter by: `list` says where its labels are, `ids` gives what a site has of it."""

    id: str
    list: str
    order: tuple[str, ...] | None
    ids: Callable[[Told], Iterable[str]]


class More(msgspec.Struct, frozen=True):
    """`facets`: id, list of labels and options in the order of their codes; `labels`: those of long lists."""

    columns: Columns
    facets: tuple[dict[str, Any], ...]
    labels: dict[str, list[tuple[str, str, str | None]]]


def more_columns(
    rows: Sequence[AssessedSite],
    cited: Sequence[frozenset[str]],
    config: RegistryConfig,
    sources: Mapping[str, Source],
) -> More:
    """Return the columns of rows in map order: states in time, days last seen, a list of codes per facet.

    `cited` are the keys of the sources that each row cites or quotes. Options of sources and places can be
    thousands; they are not among `facets`, but in `labels`.
    """
    told = [_told(row, keys) for row, keys in zip(rows, cited, strict=True)]
    arrays = [*state_arrays(rows), *_last_seen(rows)]
    described: list[dict[str, Any]] = []
    options_of: dict[str, tuple[str, ...]] = {}
    for facet in _facets(config):
        found = [tuple(facet.ids(one)) for one in told]
        distinct = set(found)  # far fewer than sites
        used = frozenset[str]().union(*distinct)
        options = tuple(one for one in facet.order if one in used) if facet.order else tuple(sorted(used))
        codes = {one: code for code, one in enumerate(options)}
        coded = {ids: sorted({codes[one] for one in ids}) for ids in distinct}
        arrays += _listed_codes(facet.id, [coded[ids] for ids in found], len(options))
        options_of[facet.id] = options
        described.append({"id": facet.id, "list": facet.list, "options": options if facet.order else None})
    printed = _printed_places(told)
    labels: dict[str, list[tuple[str, str, str | None]]] = {
        "source": [(key, *_title(sources[key])) for key in options_of["source"]],
        "place": [(key, *printed[key]) for key in options_of["place"]],
    }
    return More(joined(arrays), tuple(described), labels)


def _facets(config: RegistryConfig) -> tuple[Facet, ...]:
    """Return all facets, in the order in which the page offers them."""
    periods = {period.id: _days(period.start, period.end) for period in config.periods}
    parties = tuple(config.parties_by_id)

    @cache
    def around(day: date) -> tuple[str, ...]:
        return tuple(key for key, (first, last) in periods.items() if first <= day <= last)

    def seen_in(told: Told) -> Iterable[str]:
        return (key for o in observations(told.site) if o.settled for key in around(o.day))

    return (
        _of_terms("cause", "cause", lambda report: report.causes),
        _of_terms("effect", "effect", lambda report: report.effects),
        _of_terms("intervention", "intervention", lambda report: report.interventions),
        _of_terms("threat", "threat_likelihood", lambda report: (x.likelihood for x in report.threats)),
        _of_terms("evidence", "evidence_type", lambda report: (report.evidence.type,)),
        _of_terms("certainty", "certainty", lambda report: (report.certainty,)),
        Facet("source", "source", None, lambda told: told.cited),
        Facet("affiliation", "affiliation", vocabulary("affiliation").ids, _affiliations),
        Facet("party", "party", parties, lambda told: (x.party for x in told.assessment.lines)),
        Facet("community_denied", "community", tuple(config.communities_by_id), _denied),
        Facet("responsibility", "party", parties, _held_responsible),
        Facet(
            "contested_by",
            "word",
            ("contested_by_response", "contested_by_reports", "contested_by_attribution"),
            lambda told: (f"contested_by_{x.kind}" for x in told.assessment.disagreements),
        ),
        Facet("element", "response_element", vocabulary("response_element").ids, _elements),
        Facet("period", "period", tuple(periods), seen_in),
        Facet(
            "dating",
            "word",
            ("dating_day", "dating_open", "dating_published", "dating_none", "dating_no_report"),
            lambda told: (_dating(told.reports),),
        ),
        Facet("place", "place", None, lambda told: (key for key, _, _ in told.places)),
        Facet("protection", "word", ("protection_listed",), _listed_in_register),
        Facet(
            "content_note",
            "content_note",
            vocabulary("content_note").ids,
            lambda told: told.site.properties.content_notes,
        ),
    )


def _of_terms(facet_id: str, name: str, terms: Callable[[Report], Iterable[str]]) -> Facet:
    """Return a facet of what reports say in terms of a vocabulary."""
    return Facet(
        facet_id,
        name,
        vocabulary(name).ids,
        lambda told: (term for report in told.reports for term in terms(report)),
    )


def _told(row: AssessedSite, cited: frozenset[str]) -> Told:
    properties = row.site.properties
    return Told(
        row.site,
        row.assessment,
        tuple(report for report in properties.reports if not report.superseded_by),
        cited,
        tuple(_places(row.site)),
    )


def _affiliations(told: Told) -> Iterable[str]:
    return (line.affiliation for line in told.assessment.lines)


def _denied(told: Told) -> Iterable[str]:
    return (x.community for x in told.site.properties.attributions if x.stance == "denies")


def _held_responsible(told: Told) -> Iterable[str]:
    held = (one for report in told.reports for one in report.responsibility)
    return (one.party for one in held if one.party and one.kind in _NAMED_RESPONSIBLE)


def _elements(told: Told) -> Iterable[str]:
    return (x.element for x in told.assessment.disagreements if x.element)


def _listed_in_register(told: Told) -> Iterable[str]:
    return ("protection_listed",) if told.site.properties.protections else ()


def _dating(reports: Sequence[Report]) -> str:
    """Return how exactly the best dated report says when the state was seen."""
    seen = [bounds(report.observed) for report in reports if report.observed]
    if not reports:
        return "dating_no_report"
    if any(last for _, last in seen):
        return "dating_day"
    if seen:
        return "dating_open"
    return "dating_published" if any(report.published for report in reports) else "dating_none"


def _places(site: Site) -> Iterable[tuple[str, str, str]]:
    """Yield key, printed text and language of every name of the places a site is said to lie in."""
    for place in site.properties.places:
        for name in place.names:
            key, printed = _place_key_and_text(name.text)
            if key:
                yield key, printed, name.language


@lru_cache(maxsize=1 << 16)  # many sites lie in one place
def _place_key_and_text(text: str) -> tuple[str, str]:
    return place_key(text), without_remark(text)


def _printed_places(told: Iterable[Told]) -> dict[str, tuple[str, str]]:
    """Return, for each key, the name that records print most often, with its language."""
    printed: dict[str, Counter[tuple[str, str]]] = {}
    for one in told:
        for key, text, language in one.places:
            printed.setdefault(key, Counter())[text, language] += 1
    return {key: min(names, key=lambda name: (-names[name], name)) for key, names in printed.items()}


def _title(source: Source) -> tuple[str, str | None]:
    """Return what a reader knows a source by, and its language; a publisher's name has none."""
    if source.title:
        return source.title, source.language
    return source.publisher or source.container_title or source.id, None


def _last_seen(rows: Sequence[AssessedSite]) -> list[tuple[str, NDArray[np.generic]]]:
    """Return the day of the latest observation, and whether it is only the beginning of an open time."""
    latest = [row.assessment.condition for row in rows]
    return [
        ("seen_day", whole_numbers((day_number(x.day if x else None) for x in latest), "<i4")),
        ("seen_open", whole_numbers((int(x is not None and not x.settled) for x in latest), "u1")),
    ]


def _listed_codes(
    name: str, groups: Sequence[Sequence[int]], options: int
) -> list[tuple[str, NDArray[np.generic]]]:
    longest = max(map(len, groups), default=0)
    return [
        (f"{name}_count", whole_numbers(map(len, groups), "u1" if longest < 256 else "<u2")),
        (name, whole_numbers(chain.from_iterable(groups), "u1" if options < 256 else "<u2")),
    ]


def _days(start: str | None, end: str | None) -> tuple[date, date]:
    first = bounds(start)[0] if start else None
    last = bounds(end)[1] if end else None
    return first or date.min, last or date.max
