"""Independent lines of evidence: reports grouped by where what they cite comes from."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from heritage_registry.site import Site
from heritage_registry.source import Source


class IndependentLine(msgspec.Struct, frozen=True):
    """Reports that go back to one origin: ten reprints of one report are one line of evidence.

    An encyclopedia observes nothing itself, so an article without a known origin is no line at all.
    """

    origin: str
    affiliation: str
    party: str
    reports: tuple[str, ...]


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
    if not sources[key].derives_from:
        return frozenset((key,))
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
