"""What the registry sees and is blind to, by community, type, district and time, and the missing work.

Every value of a dimension gets the same figures, so that both sides of a comparison are shown alike. Figures
count sites, so that each can be set against the sites recorded. A site can have several communities, types
and districts and be seen in several periods: it is counted under each, and rows may add up to more than the
total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from itertools import combinations

import msgspec

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import observations
from heritage_registry.comparison import is_located_exactly
from heritage_registry.config import Period
from heritage_registry.dates import bounds
from heritage_registry.missing_work import SiteWork, Work, other_work
from heritage_registry.names import MATCH, alike
from heritage_registry.place_names import Text
from heritage_registry.places import districts, place_key, unit_name
from heritage_registry.registry import Registry
from heritage_registry.site import Place, Site, asserted_communities, site_types
from heritage_registry.vocabulary import vocabulary

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


class Coverage(msgspec.Struct, frozen=True):
    """What is covered, by dimension, and what is missing. Of drafts the number only: they are not public."""

    total: Figures
    dimensions: tuple[Dimension, ...]
    work: tuple[Work, ...]
    drafts: int


class _Counted(msgspec.Struct):
    """Figures while sites are counted. They add up: those of two groups together are the sums of both."""

    recorded: int = 0
    at_monument: int = 0
    not_located: int = 0
    observed: int = 0
    unreported: int = 0
    single_source: int = 0
    without_origin: int = 0
    contested: int = 0
    evidence: Counter[str] = msgspec.field(default_factory=Counter)
    affiliation: Counter[str] = msgspec.field(default_factory=Counter)
    party: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, row: AssessedSite, counting: Container[str]) -> None:
        """Count a site, with those of its reports alone whose ids are in `counting`."""
        reports = [report for report in row.site.properties.reports if report.id in counting]
        lines = [line for line in row.assessment.lines if any(key in counting for key in line.reports)]
        self.recorded += 1
        self.at_monument += is_located_exactly(row.site)
        self.not_located += row.site.geometry is None
        self.observed += row.assessment.condition is not None
        self.unreported += not reports
        self.single_source += len(lines) == 1
        self.without_origin += bool(reports) and not lines
        self.contested += bool(row.assessment.disagreements)
        self.evidence.update({report.evidence.type for report in reports})
        self.affiliation.update({line.affiliation for line in lines})
        self.party.update({line.party for line in lines})

    def add(self, other: _Counted) -> None:
        """Count the sites of another group, too."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self) -> Figures:
        """Return what was counted."""
        return Figures(
            recorded=self.recorded,
            at_monument=self.at_monument,
            at_settlement=self.recorded - self.at_monument - self.not_located,
            not_located=self.not_located,
            observed=self.observed,
            unreported=self.unreported,
            single_source=self.single_source,
            without_origin=self.without_origin,
            contested=self.contested,
            evidence=_ordered(self.evidence, vocabulary("evidence_type").ids),
            affiliation=_ordered(self.affiliation, vocabulary("affiliation").ids),
            party=_ordered(self.party, sorted(self.party)),
        )


def coverage(rows: Iterable[AssessedSite], registry: Registry) -> Coverage:
    """Count what the public sites of a registry cover; `rows` are its public view.

    The rows are walked through once and none is kept, so that a large registry can be assessed on the way.
    """
    everything = _Counted()
    communities = _Values("community", asserted_communities, registry.config.communities_by_id)
    types = _Values("type", site_types, vocabulary("site_type").ids)
    districts_counted, periods = _Districts(), _Periods(registry.config.periods)
    work = SiteWork(registry.config.reader_languages)
    for row in rows:
        reports = frozenset(report.id for report in row.site.properties.reports)
        everything.count(row, reports)
        communities.count(row, reports)
        types.count(row, reports)
        districts_counted.count(row, reports)
        periods.count(row, reports)
        work.look_at(row)
    return Coverage(
        total=everything.figures(),
        dimensions=(
            communities.dimension(),
            types.dimension(),
            districts_counted.dimension(),
            periods.dimension(),
        ),
        work=(*work.found(), *other_work(registry)),
        drafts=sum(site.properties.status in ("draft", "in_review") for site in registry.sites.values()),
    )


def _ordered(counts: Counter[str], order: Iterable[str]) -> dict[str, int]:
    return {word: counts[word] for word in order if counts[word]}


class _Values:
    """A dimension with a row for each value in the order given, then one of the sites without any."""

    def __init__(self, name: str, values_of: Callable[[Site], Iterable[str]], order: Iterable[str]) -> None:
        self._name, self._values_of = name, values_of
        self._groups = {value: _Counted() for value in (*order, NOT_RECORDED)}

    def count(self, row: AssessedSite, reports: Container[str]) -> None:
        for value in set(self._values_of(row.site)) or {NOT_RECORDED}:
            self._groups[value].count(row, reports)

    def dimension(self) -> Dimension:
        return Dimension(
            self._name, tuple(Value(value, group.figures()) for value, group in self._groups.items())
        )


class _Districts:
    """Districts: spellings of one name, and names that a record gives one district, are together.

    Which names are one district is known only when all have been seen: until then sites are counted by all
    the names of their districts.
    """

    def __init__(self) -> None:
        self._printed: dict[str, Counter[Text]] = {}
        self._together: set[frozenset[str]] = set()
        self._by_names: dict[frozenset[str], _Counted] = {}

    def count(self, row: AssessedSite, reports: Container[str]) -> None:
        of_site = [self._names(place) for place in districts(row.site)]
        self._together.update(of_site)
        names = frozenset().union(*of_site)
        self._by_names.setdefault(names, _Counted()).count(row, reports)

    def _names(self, place: Place) -> frozenset[str]:
        keys = set()
        for name in place.names:
            if key := place_key(name.text):
                keys.add(key)
                self._printed.setdefault(key, Counter())[unit_name(name.text), name.language] += 1
        return frozenset(keys)

    def dimension(self) -> Dimension:
        leader = _leaders(self._printed, self._together)
        spellings: dict[str, Counter[Text]] = {}
        for key, counted in self._printed.items():
            spellings.setdefault(leader[key], Counter()).update(counted)
        groups = {value: _Counted() for value in (*sorted(spellings), NOT_RECORDED)}
        for names, group in self._by_names.items():
            for value in {leader[name] for name in names} or {NOT_RECORDED}:
                groups[value].add(group)
        return Dimension(
            "district",
            tuple(
                Value(value, group.figures(), _usual_first(spellings.get(value, Counter())))
                for value, group in groups.items()
            ),
        )


def _usual_first(spellings: Counter[Text]) -> tuple[Text, ...]:
    return tuple(name for name, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])))


def _leaders(keys: Iterable[str], together: Iterable[Iterable[str]]) -> dict[str, str]:
    """Return for each key the one that stands for all keys of the same district."""
    leader = {key: key for key in keys}
    alike_keys = ({a, b} for a, b in combinations(sorted(leader), 2) if alike(a, b) >= MATCH)
    for group in (*together, *alike_keys):
        first = min((leader[key] for key in group), default="")
        old = {leader[key] for key in group}
        leader = {key: first if before in old else before for key, before in leader.items()}
    return leader


class _Periods:
    """Each site in every period in which it was observed, with the reports of that period alone."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._periods = [(period.id, *_days(period), _Counted()) for period in periods]
        self._unseen = _Counted()

    def count(self, row: AssessedSite, reports: Container[str]) -> None:
        seen = [(o.day, o.report) for o in observations(row.site) if o.settled]
        for _, first, last, group in self._periods:
            within = {report for day, report in seen if first <= day <= last}
            if within:
                group.count(row, within)
        if not seen:
            self._unseen.count(row, reports)

    def dimension(self) -> Dimension:
        values = [Value(period, group.figures()) for period, _, _, group in self._periods]
        return Dimension("period", (*values, Value(NOT_OBSERVED, self._unseen.figures())))


def _days(period: Period) -> tuple[date, date]:
    first = bounds(period.start)[0] if period.start else None
    last = bounds(period.end)[1] if period.end else None
    return first or date.min, last or date.max
