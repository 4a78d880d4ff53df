"""What is derived from claims, by rules written once, and never stored.

Observation: a report that grades the condition of the whole site and says when it was seen or published,
unless the same observer superseded it. Its day is the one by which the state had certainly been seen:

- damage: the last day that `observed` allows; where that end is open ("from 1992 on") or the date is missing,
  the last day of `published`, because what was published had been seen;
- no visible damage: the first day that `observed` allows. An interval was seen so at both ends, as in a
  comparison of images: its day is the first one that its end allows.

Damage with an open end and no day of publication is known to have been seen, but not by when. It keeps its
place among the observations by the last day of its beginning, and no day ever shows as damaged for it.

Every result names the reports it rests on, so that a reader can ask why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Literal

import msgspec

from heritage_registry.dates import bounds, parse
from heritage_registry.lines import IndependentLine, independent_lines
from heritage_registry.site import Report, Site
from heritage_registry.source import Source

State = Literal["undamaged", "unknown", "damaged"]

UNDAMAGED = "no_visible_damage"
DESTROYED = "destroyed"
_SEVERITY = {
    UNDAMAGED: (0, 0),
    "slight_damage": (1, 1),
    "moderate_damage": (2, 2),
    "severe_damage": (3, 3),
    "damaged": (1, 3),
    DESTROYED: (4, 4),
}
"""Least and greatest severity that a grade can mean; "damaged" leaves the degree open."""

_REPAIRS = frozenset({"renovated", "restored", "reconstructed", "rebuilt"})
"""Ids of events and interventions. A new building in the place of an old one is none: the old one is gone."""


class Observation(msgspec.Struct, frozen=True):
    """A graded, dated report and the day by which the state was seen.

    `settled` is false where only the beginning of an open time is known, which `day` then is. `observed` is
    the date as the report has it.
    """

    day: date
    condition: str
    report: str
    observed: str | None
    settled: bool = True


Observations = tuple[Observation, ...]


class Condition(msgspec.Struct, frozen=True):
    """The condition at a day: the grades of the latest observations up to it, which may disagree.

    `day` is when it was seen, `age_days` how long before the day asked for, `reports` the basis. Where
    `settled` is false, it was seen on an unknown day after `day`.
    """

    grades: tuple[str, ...]
    day: date
    age_days: int
    reports: tuple[str, ...]
    settled: bool = True


class Bracket(msgspec.Struct, frozen=True):
    """Between which days damage came about, as far as observations tell; None where none was made."""

    last_undamaged: date | None
    first_damaged: date
    reports: tuple[str, ...]


class Span(msgspec.Struct, frozen=True):
    """A state from a day (None: from ever) until the next span begins."""

    start: date | None
    state: State
    reports: tuple[str, ...]


class Disagreement(msgspec.Struct, frozen=True):
    """Why a site is contested: a response to a statement, reports that cannot both hold, or attributions."""

    kind: Literal["response", "reports", "attribution"]
    reports: tuple[str, ...]
    element: str | None = None
    scope: str | None = None


class Repair(msgspec.Struct, frozen=True):
    """The first and last possible day of a reported repair; `report` is None where an event tells of it."""

    first: date | None
    last: date | None
    report: str | None


class Assessment(msgspec.Struct, frozen=True):
    """Everything that is derived for one site; `condition` is as of its last observation.

    `standing` is what is shown of it in one word, `works_since` the repairs reported to begin later.
    """

    standing: str
    condition: Condition | None
    works_since: tuple[Repair, ...]
    bracket: Bracket | None
    states: tuple[Span, ...]
    disagreements: tuple[Disagreement, ...]
    lines: tuple[IndependentLine, ...]


def assess(site: Site, sources: Mapping[str, Source]) -> Assessment:
    """Derive everything for one site from its reports and their sources."""
    seen, repairs = observations(site), _repairs(site)
    condition, works = _condition_at(seen, date.max), _works_since(seen, repairs)
    return Assessment(
        standing=_standing(site, condition, works),
        condition=condition,
        works_since=works,
        bracket=_bracket(seen),
        states=_states(seen, repairs),
        disagreements=_disagreements(site, seen, repairs),
        lines=independent_lines(site, sources),
    )


def observations(site: Site) -> Observations:
    """Return the graded, dated, unsuperseded reports on the whole site, by day and place in the record."""
    found = [o for report in site.properties.reports if (o := _observation(report))]
    if len(found) > 1:
        found.sort(key=lambda o: o.day)
    return tuple(found)


def _observation(report: Report) -> Observation | None:
    if report.condition not in _SEVERITY or report.superseded_by or report.part:
        return None
    settled = True
    if report.condition == UNDAMAGED:
        day = _undamaged_day(report)
    else:
        day = _damaged_day(report)
        if day is None and report.observed:
            day, settled = _end_of_beginning(report.observed), False
    return Observation(day, report.condition, report.id, report.observed, settled) if day else None


def _undamaged_day(report: Report) -> date | None:
    if not report.observed:
        return None
    seen = parse(report.observed)
    if seen.kind == "interval" and seen.latest:
        return parse(report.observed.partition("/")[2]).earliest
    return seen.earliest


def _damaged_day(report: Report) -> date | None:
    """Return the last day that the date of observation allows, else the last day of publication."""
    seen = parse(report.observed) if report.observed else None
    if seen and seen.latest:
        return seen.latest
    published = parse(report.published).latest if report.published else None
    if published and seen and seen.earliest and published < seen.earliest:
        return None
    return published


def _end_of_beginning(observed: str) -> date | None:
    """Return the last day of the date that an interval begins with."""
    return parse(observed.partition("/")[0]).latest if "/" in observed else None


def condition_at(site: Site, day: date) -> Condition | None:
    """Return the latest observed condition up to a day, or None where nothing had been observed by then."""
    return _condition_at(observations(site), day)


def _condition_at(observed: Observations, day: date) -> Condition | None:
    seen = [o for o in observed if o.day <= day]
    if not seen:
        return None
    latest = [o for o in seen if o.day == seen[-1].day]
    grades = tuple(sorted({o.condition for o in latest}, key=lambda grade: _SEVERITY[grade]))
    age_days = (day - latest[-1].day).days
    settled = all(o.settled for o in latest)
    return Condition(grades, latest[-1].day, age_days, tuple(o.report for o in latest), settled)


def standing(site: Site) -> str:
    """Return what is shown as the condition of a site: a grade, or an id of the vocabulary `standing`.

    The grade is that of the latest observation, unless works are reported to begin after it (`works_since`)
    or the observations of that day differ (`disagree`). Without any observation it is told why: a grade of
    the whole site without a day (`undated`), grades of parts only (`in_part`), or no grade at all (`none`).
    """
    seen = observations(site)
    return _standing(site, _condition_at(seen, date.max), _works_since(seen, _repairs(site)))


def _standing(site: Site, latest: Condition | None, works: Sequence[Repair]) -> str:
    if latest is None:
        graded = [r for r in site.properties.reports if r.condition in _SEVERITY and not r.superseded_by]
        if not graded:
            return "none"
        return "in_part" if all(report.part for report in graded) else "undated"
    if works:
        return "works_since"
    return latest.grades[0] if len(latest.grades) == 1 else "disagree"


def works_since(site: Site, seen: Observations, by: date = date.max) -> tuple[Repair, ...]:
    """Return the repairs reported to begin after the last of some observations and by a day, earliest first.

    Damage seen at some time "from 1992 on" is taken to be seen when that time began: nothing tells that it
    was still there after the works.
    """
    return tuple(x for x in _works_since(seen, _repairs(site)) if x.first and x.first <= by)


def _works_since(seen: Observations, repairs: Sequence[Repair]) -> tuple[Repair, ...]:
    if not seen or not repairs:
        return ()
    latest = [o for o in seen if o.day == seen[-1].day]
    ends = [_last_possible_day(o) for o in latest]
    known = [end for end in ends if end]
    if len(known) < len(ends):
        return ()
    begun = [repair for repair in repairs if repair.first and repair.first > max(known)]
    return tuple(sorted(begun, key=lambda repair: repair.first or date.max))


def _last_possible_day(observation: Observation) -> date | None:
    """Return the last day on which the state can have been seen, None where that is open."""
    if observation.condition != UNDAMAGED:
        return observation.day
    return bounds(observation.observed)[1] if observation.observed else None


def bracket(site: Site) -> Bracket | None:
    """Return last seen undamaged → first seen damaged, or None where no damage was observed.

    Only an undamaged observation before the first damaged one opens the bracket: a place can be repaired.
    """
    return _bracket(observations(site))


def _bracket(seen: Observations) -> Bracket | None:
    damaged = [o for o in seen if o.condition != UNDAMAGED and o.settled]
    if not damaged:
        return None
    first = damaged[0]
    before = [o for o in seen if o.condition == UNDAMAGED and o.day <= first.day]
    last = before[-1] if before else None
    return Bracket(last.day if last else None, first.day, tuple(o.report for o in (last, first) if o))


def states(site: Site) -> tuple[Span, ...]:
    """Return the three-state history: seen undamaged, not known, seen damaged.

    - A place first seen undamaged counts so before that day too, but not before its last reported repair.
    - A place seen damaged counts so until it is seen undamaged or a repair begins, after which nothing is
      known.
    - Nothing is known between an undamaged and a damaged observation, after the last undamaged one, and from
      a day on which one report sees damage and another none.
    """
    return _states(observations(site), _repairs(site))


def _states(seen: Observations, repairs: Sequence[Repair]) -> tuple[Span, ...]:
    sightings = [o for o in seen if o.settled]
    spans: list[Span] = []
    last: Span | None = None
    for day, group in groupby(sightings, key=lambda o: o.day):
        sighting = _sighting(day, tuple(group))
        if last is None:
            spans += _before_first(sighting, repairs)
        else:
            spans += _until(sighting, last, repairs)
        last = sighting
    if last is None:
        return (Span(None, "unknown", ()),)
    spans += _until(None, last, repairs)
    return tuple(span for n, span in enumerate(spans) if n == 0 or span.state != spans[n - 1].state)


def _sighting(day: date, seen: Observations) -> Span:
    kinds = {o.condition == UNDAMAGED for o in seen}
    state: State = "unknown" if len(kinds) > 1 else "undamaged" if True in kinds else "damaged"
    return Span(day, state, tuple(o.report for o in seen))


def _before_first(seen: Span, repairs: Sequence[Repair]) -> Iterator[Span]:
    """Yield what is known before the first sighting, and the sighting."""
    assert seen.start is not None
    start: date | None = seen.start
    if seen.state == "undamaged":
        ends = [
            min(r.last or seen.start, seen.start) for r in repairs if not r.first or r.first <= seen.start
        ]
        start = max(ends, default=None)
    if start is not None and seen.state != "unknown":
        yield Span(None, "unknown", ())
    yield Span(start if seen.state != "unknown" else None, seen.state, seen.reports)


def _until(seen: Span | None, last: Span, repairs: Sequence[Repair]) -> Iterator[Span]:
    """Yield what is known between two sightings, and the later one; None is the end of all sightings."""
    assert last.start is not None
    after = _next_day(last.start)
    end = seen.start if seen and seen.start else date.max
    if last.state == "undamaged" and (seen is None or seen.state != "undamaged"):
        if after < end:
            yield Span(after, "unknown", (*last.reports, *(seen.reports if seen else ())))
    elif last.state == "damaged":
        later = [r for r in repairs if (r.first or r.last) and (r.last is None or r.last >= after)]
        begins = min((max(r.first or after, after) for r in later), default=end)
        if begins < end:
            yield Span(begins, "unknown", tuple(r.report for r in later if r.report))
    if seen:
        yield seen


def _next_day(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def disagreements(site: Site) -> tuple[Disagreement, ...]:
    """Return every reason why the site is contested; none means it is not.

    A response that denies or disputes; two observations that cannot both hold with no repair reported between
    them; a community's tie asserted by one and denied by another.
    """
    return _disagreements(site, observations(site), _repairs(site))


def _disagreements(site: Site, seen: Observations, repairs: Sequence[Repair]) -> tuple[Disagreement, ...]:
    found = [
        Disagreement("response", (report.id,), response.element, response.scope)
        for report in site.properties.reports
        for response in report.responses
        if response.stance in ("denies", "disputes")
    ]
    found += [
        Disagreement("response", (), response.element, response.scope)
        for event in site.properties.history
        for response in event.responses
        if response.stance in ("denies", "disputes")
    ]
    found += [Disagreement("reports", pair) for pair in _irreconcilable(seen, repairs)]
    if any(attribution.stance == "denies" for attribution in site.properties.attributions):
        found.append(Disagreement("attribution", (), "attribution"))
    return tuple(found)


def _irreconcilable(seen: Observations, repairs: Sequence[Repair]) -> Iterable[tuple[str, str]]:
    """Yield pairs of reports that cannot both hold.

    The later one sees less harm than the earlier one saw at the least, or both speak of one time and no grade
    fits both; and no repair is reported that may lie between them.
    """
    for n, earlier in enumerate(seen):
        for later in seen[n + 1 :]:
            least, greatest = _SEVERITY[earlier.condition]
            milder = _SEVERITY[later.condition][1] < least
            harsher = _SEVERITY[later.condition][0] > greatest
            same_time = earlier.day == later.day or earlier.observed == later.observed is not None
            if (milder or (harsher and same_time)) and not _repaired_between(repairs, earlier.day, later.day):
                yield (earlier.report, later.report)


def _repairs(site: Site) -> list[Repair]:
    told: list[tuple[str | None, str | None]]
    told = [(event.date, None) for event in site.properties.history if event.event in _REPAIRS]
    told += [(r.observed, r.id) for r in site.properties.reports if _REPAIRS.intersection(r.interventions)]
    return [Repair(*(bounds(text) if text else (None, None)), report) for text, report in told]


def _repaired_between(repairs: Sequence[Repair], start: date, end: date) -> bool:
    return any((not r.last or r.last >= start) and (not r.first or r.first <= end) for r in repairs)
