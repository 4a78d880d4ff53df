"""What is derived from claims, by rules written once, and never stored.

Observation: a report that grades the condition of the whole site and says when it was seen, unless the same
observer superseded it. Its day is the one by which the state had been seen for certain: the last possible day of
`observed`; for an open-ended date ("from 1992 on") the last possible day of its beginning. An interval whose
grade is "no visible damage" was seen so at both ends, so its day is its end.

Every result names the reports it rests on, so that a reader can ask why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from heritage_registry.dates import EdtfDate, parse
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

_REPAIRS = frozenset({"renovated", "restored", "reconstructed", "rebuilt", "replaced"})


class Observation(msgspec.Struct, frozen=True):
    """A graded, dated report: the day by which the state was seen, the first day it can have been seen, the grade."""

    day: date
    first_day: date | None
    condition: str
    report: str


class Condition(msgspec.Struct, frozen=True):
    """The condition at a day: the grades of the latest observations up to it, which may disagree.

    `day` is when it was seen, `age_days` how long before the day asked for, `reports` the basis.
    """

    grades: tuple[str, ...]
    day: date
    age_days: int
    reports: tuple[str, ...]


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
    """Why a site is contested: a response to one of its statements, reports that cannot both hold, or attributions."""

    kind: Literal["response", "reports", "attribution"]
    reports: tuple[str, ...]
    element: str | None = None
    scope: str | None = None


class IndependentLine(msgspec.Struct, frozen=True):
    """Reports that go back to one origin: ten reprints of one report are one line of evidence.

    An encyclopedia observes nothing itself, so an article without a known origin is no line at all.
    """

    origin: str
    affiliation: str
    party: str
    reports: tuple[str, ...]


class Assessment(msgspec.Struct, frozen=True):
    """Everything that is derived for one site; `condition` is as of its last observation."""

    condition: Condition | None
    bracket: Bracket | None
    states: tuple[Span, ...]
    disagreements: tuple[Disagreement, ...]
    lines: tuple[IndependentLine, ...]


def assess(site: Site, sources: Mapping[str, Source]) -> Assessment:
    """Derive everything for one site from its reports and their sources."""
    return Assessment(
        condition=condition_at(site, date.max),
        bracket=bracket(site),
        states=states(site),
        disagreements=disagreements(site),
        lines=independent_lines(site, sources),
    )


def observations(site: Site) -> tuple[Observation, ...]:
    """Return the graded, dated, unsuperseded reports on the whole site, ordered by day and report."""
    found = [o for report in site.properties.reports if (o := _observation(report))]
    return tuple(sorted(found, key=lambda o: (o.day, o.report)))


def _observation(report: Report) -> Observation | None:
    if report.condition not in _SEVERITY or not report.observed or report.superseded_by or report.part:
        return None
    seen = parse(report.observed)
    day = _seen_by(seen, report.condition)
    if day is None:
        return None
    seen_at_both_ends = report.condition == UNDAMAGED and seen.kind == "interval"
    return Observation(day, day if seen_at_both_ends else seen.earliest, report.condition, report.id)


def _seen_by(seen: EdtfDate, condition: str) -> date | None:
    """Return the day by which a state had been seen for certain."""
    start, _, end = seen.text.partition("/")
    if seen.latest is None:
        # Open towards the present: the state had been seen when the interval begins, at the latest.
        return parse(start).latest if seen.kind == "interval" else None
    if condition == UNDAMAGED:
        # "Intact in the 1990s" is certain for the first day of it only; an interval was seen at both its ends;
        # "intact no later than 2021" is certain for no day.
        return parse(end).earliest if seen.kind == "interval" and seen.earliest else seen.earliest
    return seen.latest


def condition_at(site: Site, day: date) -> Condition | None:
    """Return the latest observed condition up to a day, or None where nothing had been observed by then."""
    seen = [o for o in observations(site) if o.day <= day]
    if not seen:
        return None
    latest = [o for o in seen if o.day == seen[-1].day]
    grades = tuple(sorted({o.condition for o in latest}, key=lambda grade: _SEVERITY[grade]))
    return Condition(grades, latest[-1].day, (day - latest[-1].day).days, tuple(o.report for o in latest))


def bracket(site: Site) -> Bracket | None:
    """Return last seen undamaged → first seen damaged, or None where no damage was observed.

    Only an undamaged observation before the first damaged one opens the bracket: a place can be repaired later.
    """
    seen = observations(site)
    damaged = [o for o in seen if o.condition != UNDAMAGED]
    if not damaged:
        return None
    first = damaged[0]
    before = [o for o in seen if o.condition == UNDAMAGED and o.day <= first.day]
    last = before[-1] if before else None
    return Bracket(last.day if last else None, first.day, tuple(o.report for o in (last, first) if o))


def states(site: Site) -> tuple[Span, ...]:
    """Return the three-state history: seen undamaged, not known, seen damaged.

    A place seen undamaged was so since it was last seen damaged, or since ever; a place seen damaged stays so
    until it is seen undamaged; between an undamaged and a damaged observation, and after the last undamaged
    one, nothing is known.
    """
    spans: list[Span] = []
    previous: Observation | None = None
    for current in observations(site):
        for span in _step(previous, current):
            if not spans or span.state != spans[-1].state:
                spans.append(span)
        previous = current
    if previous and previous.condition == UNDAMAGED:
        spans.append(Span(_next_day(previous.day), "unknown", (previous.report,)))
    return tuple(spans) or (Span(None, "unknown", ()),)


def _step(previous: Observation | None, current: Observation) -> Iterable[Span]:
    if current.condition != UNDAMAGED:
        if previous is None:
            yield Span(None, "unknown", ())
        elif previous.condition == UNDAMAGED and previous.day < current.day:
            yield Span(_next_day(previous.day), "unknown", (previous.report, current.report))
        yield Span(current.day, "damaged", (current.report,))
    elif previous is None:
        yield Span(None, "undamaged", (current.report,))
    elif previous.condition != UNDAMAGED:
        yield Span(current.day, "undamaged", (current.report,))


def _next_day(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def disagreements(site: Site) -> tuple[Disagreement, ...]:
    """Return every reason why the site is contested; none means it is not.

    A response that denies or disputes; two observations that cannot both hold with no repair reported between
    them; a community's tie asserted by one and denied by another.
    """
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
    found += [Disagreement("reports", pair) for pair in _irreconcilable(site)]
    if any(attribution.stance == "denies" for attribution in site.properties.attributions):
        found.append(Disagreement("attribution", (), "attribution"))
    return tuple(found)


def _irreconcilable(site: Site) -> Iterable[tuple[str, str]]:
    """Yield pairs of reports where the later one sees less harm than the earlier one saw at the least."""
    seen = observations(site)
    repairs = _repair_days(site)
    for n, earlier in enumerate(seen):
        for later in seen[n + 1 :]:
            # Only what was certainly seen later can be too mild; periods that overlap may hold both states.
            surely_later = later.first_day is not None and later.first_day > earlier.day
            milder = surely_later and _SEVERITY[later.condition][1] < _SEVERITY[earlier.condition][0]
            same_day = earlier.day == later.day == earlier.first_day == later.first_day
            differ = same_day and earlier.condition != later.condition
            if (milder or differ) and not _repaired_between(repairs, earlier.day, later.day):
                yield (earlier.report, later.report)


def _repair_days(site: Site) -> list[tuple[date | None, date | None]]:
    """Return the first and last possible day of every reported repair."""
    dates = [event.date for event in site.properties.history if event.event in _REPAIRS]
    dates += [
        report.observed for report in site.properties.reports if _REPAIRS.intersection(report.interventions)
    ]
    return [(parse(text).earliest, parse(text).latest) if text else (None, None) for text in dates]


def _repaired_between(repairs: list[tuple[date | None, date | None]], start: date, end: date) -> bool:
    return any((last is None or last >= start) and (first is None or first <= end) for first, last in repairs)


def independent_lines(site: Site, sources: Mapping[str, Source]) -> tuple[IndependentLine, ...]:
    """Return the reports of a site grouped at the origin of what they cite, ordered by origin."""
    by_origin: dict[str, list[str]] = {}
    for report in site.properties.reports:
        for citation in report.citations:
            for origin in origins(citation.source, sources):
                if sources[origin].kind == "encyclopedia":
                    continue
                reports = by_origin.setdefault(origin, [])
                if report.id not in reports:
                    reports.append(report.id)
    return tuple(
        IndependentLine(origin, sources[origin].affiliation, sources[origin].party, tuple(reports))
        for origin, reports in sorted(by_origin.items())
    )


def origins(key: str, sources: Mapping[str, Source]) -> frozenset[str]:
    """Return the sources at the beginning of what a source repeats: itself, if it repeats nothing."""
    found: set[str] = set()
    seen: set[str] = set()
    open_keys = [key]
    while open_keys:
        current = open_keys.pop()
        if current not in seen:
            seen.add(current)
            open_keys += sources[current].derives_from
            if not sources[current].derives_from:
                found.add(current)
    return frozenset(found)
