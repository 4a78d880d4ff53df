"""The work that is missing: what records lack, why it matters, and which records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from heritage_registry.assessed import AssessedSite
from heritage_registry.comparison import has_no_origin
from heritage_registry.lines import origins
from heritage_registry.public import public_claims
from heritage_registry.registry import Registry
from heritage_registry.site import Report, Site, preferred_location
from heritage_registry.source import Source
from heritage_registry.vocabulary import UNGRADED


class Item(msgspec.Struct, frozen=True):
    """A record with work to do; `detail` tells more where there is more to tell, such as languages."""

    id: str
    detail: tuple[str, ...] = ()


class Work(msgspec.Struct, frozen=True):
    """One kind of work that is missing: the folder of the records, why it matters, and which records."""

    id: str
    folder: str
    reason: str
    items: tuple[Item, ...]


class SiteWork:
    """What is missing in the records of sites; also kinds of work that nothing is left of."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._languages = languages
        self._items: list[list[Item]] = [[] for _ in _SITE_WORK]
        self._unnamed: list[Item] = []

    def look_at(self, row: AssessedSite) -> None:
        """Note what one site lacks."""
        for (_, _, find), items in zip(_SITE_WORK, self._items, strict=True):
            if (detail := find(row)) is not None:
                items.append(Item(row.site.id, detail))
        if lacking := _languages_without_name(row.site, self._languages):
            self._unnamed.append(Item(row.site.id, lacking))

    def found(self) -> Iterator[Work]:
        """Yield each kind of work with its records by id."""
        for (name, reason, _), items in zip(_SITE_WORK, self._items, strict=True):
            yield Work(name, "records", reason, _by_id(items))
        reason = "No name is recorded in some language of the readers, who then cannot find the site in it."
        yield Work("names_missing", "records", reason, _by_id(self._unnamed))


def other_work(registry: Registry) -> Iterator[Work]:
    """Yield what is missing in claims and sources."""
    claims = public_claims(registry.claims.values())
    relayed = (
        Item(claim.id, tuple(sorted(_origins([c.source for c in claim.citations], registry.sources))))
        for claim in claims
        if all(registry.sources[citation.source].derives_from for citation in claim.citations)
    )
    reason = "The claim is known from sources that repeat another one; the original was not read for it."
    yield Work("claims_at_second_hand", "claims", reason, _by_id(relayed))
    for name, reason, is_lacking in _SOURCE_WORK:
        found = (Item(source.id) for source in registry.sources.values() if is_lacking(source))
        yield Work(name, "sources", reason, _by_id(found))


def _by_id(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.id))


def _origins(keys: Iterable[str], sources: Mapping[str, Source]) -> set[str]:
    return {origin for key in keys for origin in origins(key, sources)}


def _languages_without_name(site: Site, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the languages without a name; one in another script (az-Cyrl, hy-Latn) does not count."""
    named = {name.language for name in site.properties.names}
    return tuple(language for language in languages if language not in named)


_Detail = tuple[str, ...] | None
"""What more there is to tell, or None where a record lacks nothing."""


def _no_location(row: AssessedSite) -> _Detail:
    return () if row.site.geometry is None else None


def _coarse_location(row: AssessedSite) -> _Detail:
    location = preferred_location(row.site)
    return (location.of,) if location and location.of != "monument" else None


def _no_report(row: AssessedSite) -> _Detail:
    return None if row.site.properties.reports else ()


def _undated_reports(row: AssessedSite) -> _Detail:
    reports = row.site.properties.reports
    return _ids(reports) if reports and not any(report.observed for report in reports) else None


def _dated_without_observation(row: AssessedSite) -> _Detail:
    reports = row.site.properties.reports
    dated = any(report.observed for report in reports)
    return _ids(reports) if dated and row.assessment.condition is None else None


def _never_graded(row: AssessedSite) -> _Detail:
    reports = row.site.properties.reports
    return _ids(reports) if reports and all(report.condition in UNGRADED for report in reports) else None


def _no_origin(row: AssessedSite) -> _Detail:
    return _ids(row.site.properties.reports) if has_no_origin(row) else None


def _single_source(row: AssessedSite) -> _Detail:
    lines = row.assessment.lines
    return (lines[0].origin,) if len(lines) == 1 else None


def _ids(reports: Iterable[Report]) -> tuple[str, ...]:
    return tuple(report.id for report in reports)


_SITE_WORK: tuple[tuple[str, str, Callable[[AssessedSite], _Detail]], ...] = (
    ("no_location", "No source or gazetteer gives a point; the site is on no map.", _no_location),
    (
        "location_of_settlement",
        "The point is that of the settlement or of an area, not of the monument.",
        _coarse_location,
    ),
    ("no_report", "Nobody is recorded as saying in which condition the site is.", _no_report),
    ("undated_reports_only", "No report says when the condition was seen.", _undated_reports),
    ("never_graded", "Reports speak of the site and none grades its condition.", _never_graded),
    (
        "dated_but_not_observed",
        "Reports are dated, but none grades the whole site by a certain day.",
        _dated_without_observation,
    ),
    ("without_origin", "It is not known who saw what the reports tell.", _no_origin),
    ("single_source", "All reports go back to one origin; nothing independent confirms it.", _single_source),
)

_SOURCE_WORK: tuple[tuple[str, str, Callable[[Source], bool]], ...] = (
    (
        "source_without_address",
        "No address is recorded under which a reader finds the source.",
        lambda source: not (source.url or source.read_at),
    ),
    (
        "source_without_date",
        "It is not recorded when the source was published.",
        lambda source: not source.issued,
    ),
    (
        "source_not_archived",
        "No kept copy is recorded; the source can disappear or change.",
        lambda source: not source.archived,
    ),
    (
        "source_affiliation_unknown",
        "It could not be found out what kind of body speaks in the source.",
        lambda source: source.affiliation == "unknown",
    ),
)
