"""A claim beside what the registry holds within the claim's own scope. No test of the claim, no verdict.

Which sites are compared, what the groups mean and why two times are shown is explained in docs/comparison.md.
Records are no sample of the sites that exist, so nothing here divides one number by another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import DESTROYED, UNDAMAGED, Observation, observations, works_since
from heritage_registry.claim import Claim
from heritage_registry.config import Area
from heritage_registry.dates import bounds
from heritage_registry.places import PlaceIndex, lies_in, place_index
from heritage_registry.site import Site, asserted_communities, preferred_location, site_types
from heritage_registry.vocabulary import UNGRADED, vocabulary

GRADES = tuple(grade for grade in reversed(vocabulary("condition").ids) if grade not in UNGRADED)
"""Grades of condition, from destroyed to no visible damage."""

OTHER_TIMES = "seen_at_other_times"

GROUPS = (*GRADES, "disagree", "works_since", OTHER_TIMES, "undated", "in_part", "none")
"""What a site can be counted as; every site of a comparison is in exactly one group.

They are those of `assessment.standing`, by which the map is coloured and filtered, and one more.
`seen_at_other_times`: observed, but not within the time asked for.
"""


_POINTING = re.compile(r"\b(?:here|there)\b", re.IGNORECASE)


class Window(msgspec.Struct, frozen=True):
    """The days whose observations count, both ends included; None is open."""

    start: date | None = None
    end: date | None = None


class Origin(msgspec.Struct, frozen=True):
    """A source at which reports that count have their origin, and the number of sites it speaks of."""

    source: str
    affiliation: str
    party: str
    sites: int


class Tally(msgspec.Struct, frozen=True):
    """Sites by the state in which they were last seen within a window, and what that rests on.

    `groups` has every id of `GROUPS`, in that order, with the ids of its sites. `reports` is the number of
    those that the states rest on; `evidence` counts them by type; each of `origins` is one independent line.
    """

    window: Window
    groups: Mapping[str, tuple[str, ...]]
    reports: int
    evidence: Mapping[str, int]
    origins: tuple[Origin, ...]

    def count(self, *groups: str) -> int:
        """Return how many sites are in some groups together."""
        return sum(len(self.groups[group]) for group in groups)

    @property
    def destroyed(self) -> int:
        """Sites last seen destroyed."""
        return self.count(DESTROYED)

    @property
    def damaged(self) -> int:
        """Sites last seen damaged, of any degree, and not destroyed."""
        return self.count(*(grade for grade in GRADES if grade not in (DESTROYED, UNDAMAGED)))

    @property
    def undamaged(self) -> int:
        """Sites last seen without visible damage."""
        return self.count(UNDAMAGED)


class Link(msgspec.Struct, frozen=True):
    """How another claim stands to this one. `outgoing`: this claim's record says so, else the other's."""

    relation: str
    claim: str
    outgoing: bool
    reason: str | None

    @property
    def points(self) -> bool:
        """Whether the reason says "here", the claim whose record says so, or "there", the other one."""
        return bool(self.reason and _POINTING.search(self.reason))


class Comparison(msgspec.Struct, frozen=True):
    """A claim beside the records within its scope.

    `latest` takes all observations; `at_claim` only those of the time that the claim speaks of, None where it
    names none. `single_source` are sites whose reports have one known origin, `without_origin` those whose
    reports have none. `left_open` are the parts of a scope that the claim does not restrict, so that the
    comparison may cover more than was meant; `places_not_found` the places it names that no record lies in.
    `filters` are values for the map's filters: where the scope names places, which names alone do not find,
    the ids of the sites are among them. `not_in_filters` are the parts of the scope they cannot carry.
    """

    claim: str
    sites: tuple[str, ...]
    located: int
    located_exactly: int
    contested: int
    single_source: int
    without_origin: int
    latest: Tally
    at_claim: Tally | None
    relations: tuple[Link, ...]
    left_open: tuple[str, ...]
    places_not_found: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    not_in_filters: tuple[str, ...]


def compare(
    claim: Claim, rows: Sequence[AssessedSite], claims: Iterable[Claim], areas: Iterable[Area]
) -> Comparison:
    """Set a claim beside the sites of `rows` within its scope and the claims it is linked with; all public.

    `areas` are those of `registry.toml`: what names of larger areas stand for.
    """
    return _compare(claim, rows, claims, place_index((row.site for row in rows), areas))


def compare_all(
    keys: Iterable[str], rows: Sequence[AssessedSite], claims: Mapping[str, Claim], areas: Iterable[Area]
) -> dict[str, Comparison]:
    """Set some of the claims beside the sites of `rows`, as `compare` does; by the claim's id."""
    index = place_index((row.site for row in rows), areas)
    return {key: _compare(claims[key], rows, claims.values(), index) for key in keys}


def _compare(
    claim: Claim, rows: Sequence[AssessedSite], claims: Iterable[Claim], index: PlaceIndex
) -> Comparison:
    found = sorted((row for row in rows if _in_scope(row.site, claim, index)), key=lambda row: row.site.id)
    scope = claim.scope
    said = {
        "types": scope.types,
        "communities": scope.communities,
        "places": scope.places,
        "period": scope.period,
    }
    filters = {"type": scope.types, "community": scope.communities}
    window = window_of(claim)
    return Comparison(
        claim=claim.id,
        sites=tuple(row.site.id for row in found),
        located=sum(row.site.geometry is not None for row in found),
        located_exactly=sum(is_located_exactly(row.site) for row in found),
        contested=sum(bool(row.assessment.disagreements) for row in found),
        single_source=sum(len(row.assessment.lines) == 1 for row in found),
        without_origin=sum(has_no_origin(row) for row in found),
        latest=tally(found, Window()),
        at_claim=tally(found, window) if window else None,
        relations=tuple(_links(claim, claims)),
        left_open=tuple(part for part, value in said.items() if not value),
        places_not_found=tuple(
            name for name in scope.places if not any(lies_in(row.site, name, index) for row in rows)
        ),
        filters={name: values for name, values in filters.items() if values}
        | ({"sites": tuple(row.site.id for row in found)} if scope.places else {}),
        not_in_filters=("period",) if scope.period else (),
    )


def is_located_exactly(site: Site) -> bool:
    """Tell whether the preferred location shows the monument itself, not its settlement or an area."""
    location = preferred_location(site)
    return location is not None and location.of == "monument"


def has_no_origin(row: AssessedSite) -> bool:
    """Tell whether there are reports and nobody is known who saw what they tell, as in encyclopedias."""
    return bool(row.site.properties.reports) and not row.assessment.lines


def window_of(claim: Claim) -> Window | None:
    """Return the time a claim speaks of, or None where it names none.

    It begins with the scope's period. It ends with the period or on the day the claim was made, whichever is
    earlier: nobody can speak of what was seen later.
    """
    start, end = bounds(claim.scope.period) if claim.scope.period else (None, None)
    made = bounds(claim.date)[1] if claim.date else None
    if made and (start is None or start <= made):
        end = min(end, made) if end else made
    return Window(start, end) if start or end else None


def tally(rows: Iterable[AssessedSite], window: Window) -> Tally:
    """Count sites by the state in which they were last seen within a window."""
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    evidence: Counter[str] = Counter()
    sites_of_origin: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        seen = _seen_within(row.site, window)
        groups[_group(row, seen, window)].append(row.site.id)
        basis = frozenset(observation.report for observation in seen)
        evidence.update(r.evidence.type for r in row.site.properties.reports if r.id in basis)
        lines = (line for line in row.assessment.lines if not basis.isdisjoint(line.reports))
        sites_of_origin.update((line.origin, line.affiliation, line.party) for line in lines)
    ordered = sorted(sites_of_origin.items(), key=lambda item: (-item[1], item[0]))
    return Tally(
        window=window,
        groups={group: tuple(ids) for group, ids in groups.items()},
        reports=evidence.total(),
        evidence={word: evidence[word] for word in vocabulary("evidence_type").ids if evidence[word]},
        origins=tuple(Origin(*origin, sites=count) for origin, count in ordered),
    )


def _seen_within(site: Site, window: Window) -> tuple[Observation, ...]:
    """Return the observations of the last day within a window on which the site was seen."""
    seen = [observation for observation in observations(site) if _counts(observation, window)]
    return tuple(observation for observation in seen if observation.day == seen[-1].day)


def _counts(observation: Observation, window: Window) -> bool:
    if window.start and observation.day < window.start:
        return False
    # What was seen at some time "from 1992 on" had not certainly been seen by any later day that is named.
    return window.end is None or (observation.settled and observation.day <= window.end)


def _group(row: AssessedSite, seen: tuple[Observation, ...], window: Window) -> str:
    if window == Window() or not observations(row.site):
        return row.assessment.standing
    if not seen:
        return OTHER_TIMES
    if works_since(row.site, seen, window.end or date.max):
        return "works_since"
    grades = {observation.condition for observation in seen}
    return grades.pop() if len(grades) == 1 else "disagree"


def _in_scope(site: Site, claim: Claim, index: PlaceIndex) -> bool:
    scope = claim.scope
    return (
        (not scope.types or not set(site_types(site)).isdisjoint(scope.types))
        and (not scope.communities or not set(asserted_communities(site)).isdisjoint(scope.communities))
        and (not scope.places or any(lies_in(site, name, index) for name in scope.places))
    )


def _links(claim: Claim, claims: Iterable[Claim]) -> Iterable[Link]:
    """Yield what this claim's record says of others, then what theirs say of this one."""
    others = sorted((other for other in claims if other.id != claim.id), key=lambda other: other.id)
    shown = {other.id for other in others}
    own = [Link(x.relation, x.claim, True, x.reason) for x in claim.relations if x.claim in shown]
    yield from own
    # A contradiction that both records tell is one.
    told = {(link.relation, link.claim) for link in own if link.relation == "contradicts"}
    for other in others:
        for x in other.relations:
            if x.claim == claim.id and (x.relation, other.id) not in told:
                yield Link(x.relation, other.id, False, x.reason)
