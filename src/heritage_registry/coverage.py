"""What the registry sees and is blind to, by community, type, district and time, and the missing work.

Every value of a dimension gets the same figures, so that both sides of a comparison are shown alike. Figures
count sites, so that each can be set against the sites recorded. A site can have several communities, types
and districts and be seen in several periods: it is counted under each, and rows may add up to more than the
total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

import msgspec

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import observations
from heritage_registry.comparison import has_no_origin, is_located_exactly
from heritage_registry.config import Period
from heritage_registry.dates import bounds
from heritage_registry.lines import origins
from heritage_registry.names import MATCH, alike
from heritage_registry.place_names import Text
from heritage_registry.places import districts, place_key, unit_name
from heritage_registry.public import public_claims
from heritage_registry.registry import Registry
from heritage_registry.site import Report, Site, asserted_communities, preferred_location, site_types
from heritage_registry.source import Source
from heritage_registry.vocabulary import UNGRADED, vocabulary

NOT_RECORDED = "not_recorded"
"""The row of sites whose record names no value of a dimension; no community or district is called so."""

NOT_OBSERVED = "not_observed"
"""The row of sites that nobody is known to have seen by a certain day, in the dimension of periods."""


class Figures(msgspec.Struct, frozen=True):
    """Counts of sites. `at_monument`, `at_settlement` and `not_located` add up to `recorded`.

    `observed`: a report grades the whole site and is dated. `single_source`: all reports have one known
    origin; `without_origin`: they have none, as in encyclopedias. `evidence`, `affiliation` and `party` count
    the sites with at least one report of that evidence, or whose origin has that affiliation or party.
    """

    recorded: int
    at_monument: int
    at_settlement: int
    not_located: int
    observed: int
    unreported: int
    single_source: int
    without_origin: int
    contested: int
    evidence: Mapping[str, int]
    affiliation: Mapping[str, int]
    party: Mapping[str, int]

    @property
    def located(self) -> int:
        """Sites with a location of any precision."""
        return self.at_monument + self.at_settlement

    @property
    def reported(self) -> int:
        """Sites with at least one report."""
        return self.recorded - self.unreported


class Value(msgspec.Struct, frozen=True):
    """One row of a dimension. `spellings`: a district's names with their language, the usual one first."""

    id: str
    figures: Figures
    spellings: tuple[Text, ...] = ()


class Dimension(msgspec.Struct, frozen=True):
    """All values of one property, also listed ones that no site has; the last row is of sites without any."""

    id: str
    values: tuple[Value, ...]


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


class Coverage(msgspec.Struct, frozen=True):
    """What is covered, by dimension, and what is missing. Of drafts the number only: they are not public."""

    total: Figures
    dimensions: tuple[Dimension, ...]
    work: tuple[Work, ...]
    drafts: int


class _Seen(msgspec.Struct, frozen=True):
    """A site with those of its reports that count."""

    row: AssessedSite
    reports: frozenset[str]


def coverage(rows: Sequence[AssessedSite], registry: Registry) -> Coverage:
    """Count what the public sites of a registry cover; `rows` are its public view."""
    everything = [_Seen(row, frozenset(r.id for r in row.site.properties.reports)) for row in rows]
    communities, types = registry.config.communities_by_id, vocabulary("site_type").ids
    return Coverage(
        total=_figures(everything),
        dimensions=(
            _dimension("community", everything, asserted_communities, communities),
            _dimension("type", everything, site_types, types),
            _districts(everything),
            _periods(rows, registry.config.periods),
        ),
        work=tuple(_work(rows, registry)),
        drafts=sum(site.properties.status in ("draft", "in_review") for site in registry.sites.values()),
    )


def _figures(seen: Sequence[_Seen]) -> Figures:
    """Count some sites, of each only the reports that count."""
    evidence: Counter[str] = Counter()
    affiliation: Counter[str] = Counter()
    party: Counter[str] = Counter()
    single = without = unreported = 0
    for one in seen:
        lines = [line for line in one.row.assessment.lines if not one.reports.isdisjoint(line.reports)]
        single += len(lines) == 1
        without += bool(one.reports) and not lines
        unreported += not one.reports
        reports = one.row.site.properties.reports
        evidence.update({report.evidence.type for report in reports if report.id in one.reports})
        affiliation.update({line.affiliation for line in lines})
        party.update({line.party for line in lines})
    exact = sum(is_located_exactly(one.row.site) for one in seen)
    nowhere = sum(one.row.site.geometry is None for one in seen)
    return Figures(
        recorded=len(seen),
        at_monument=exact,
        at_settlement=len(seen) - exact - nowhere,
        not_located=nowhere,
        observed=sum(one.row.assessment.condition is not None for one in seen),
        unreported=unreported,
        single_source=single,
        without_origin=without,
        contested=sum(bool(one.row.assessment.disagreements) for one in seen),
        evidence=_ordered(evidence, vocabulary("evidence_type").ids),
        affiliation=_ordered(affiliation, vocabulary("affiliation").ids),
        party=_ordered(party, sorted(party)),
    )


def _ordered(counts: Counter[str], order: Iterable[str]) -> dict[str, int]:
    return {word: counts[word] for word in order if counts[word]}


def _dimension(
    name: str,
    seen: Sequence[_Seen],
    values_of: Callable[[Site], Iterable[str]],
    order: Iterable[str],
    spellings: Mapping[str, tuple[Text, ...]] | None = None,
) -> Dimension:
    """Return a row for each value in the order given, then one of the sites without any."""
    groups: dict[str, list[_Seen]] = {value: [] for value in (*order, NOT_RECORDED)}
    for one in seen:
        for value in set(values_of(one.row.site)) or {NOT_RECORDED}:
            groups[value].append(one)
    return Dimension(
        name,
        tuple(
            Value(value, _figures(group), (spellings or {}).get(value, ())) for value, group in groups.items()
        ),
    )


def _districts(seen: Sequence[_Seen]) -> Dimension:
    """Group districts: spellings of one name, and names that a record gives one district, are together."""
    printed: dict[str, Counter[Text]] = {}
    together: list[set[str]] = []
    for one in seen:
        for place in districts(one.row.site):
            keys = set()
            for name in place.names:
                if key := place_key(name.text):
                    keys.add(key)
                    printed.setdefault(key, Counter())[unit_name(name.text), name.language] += 1
            together.append(keys)
    leader = _leaders(printed, together)
    names: dict[str, Counter[Text]] = {}
    for key, counted in printed.items():
        names.setdefault(leader[key], Counter()).update(counted)
    spellings = {
        key: tuple(name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])))
        for key, counted in names.items()
    }

    def of_site(site: Site) -> Iterator[str]:
        for place in districts(site):
            yield from (leader[key] for name in place.names if (key := place_key(name.text)))

    return _dimension("district", seen, of_site, sorted(spellings), spellings)


def _leaders(keys: Iterable[str], together: Iterable[Iterable[str]]) -> dict[str, str]:
    """Return for each key the one that stands for all keys of the same district."""
    leader = {key: key for key in keys}
    alike_keys = ({a, b} for a, b in combinations(sorted(leader), 2) if alike(a, b) >= MATCH)
    for group in (*together, *alike_keys):
        first = min((leader[key] for key in group), default="")
        old = {leader[key] for key in group}
        leader = {key: first if before in old else before for key, before in leader.items()}
    return leader


def _periods(rows: Sequence[AssessedSite], periods: Iterable[Period]) -> Dimension:
    """Count each site in every period in which it was observed, with the reports of that period alone."""
    days = {row.site.id: [(o.day, o.report) for o in observations(row.site) if o.settled] for row in rows}
    values = []
    for period in periods:
        first = bounds(period.start)[0] if period.start else None
        last = bounds(period.end)[1] if period.end else None
        seen = []
        for row in rows:
            found = days[row.site.id]
            reports = {r for day, r in found if (first or date.min) <= day <= (last or date.max)}
            if reports:
                seen.append(_Seen(row, frozenset(reports)))
        values.append(Value(period.id, _figures(seen)))
    unseen = [
        _Seen(row, frozenset(r.id for r in row.site.properties.reports))
        for row in rows
        if not days[row.site.id]
    ]
    return Dimension("period", (*values, Value(NOT_OBSERVED, _figures(unseen))))


def _work(rows: Sequence[AssessedSite], registry: Registry) -> Iterator[Work]:
    """Yield each kind of missing work, also one that nothing is left of."""
    for name, reason, find in _SITE_WORK:
        items = (Item(row.site.id, detail) for row in rows if (detail := find(row)) is not None)
        yield Work(name, "records", reason, _by_id(items))
    languages = registry.config.reader_languages
    lacking = (Item(row.site.id, _languages_without_name(row.site, languages)) for row in rows)
    reason = "No name is recorded in some language of the readers, who then cannot find the site in it."
    yield Work("names_missing", "records", reason, _by_id(item for item in lacking if item.detail))
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
