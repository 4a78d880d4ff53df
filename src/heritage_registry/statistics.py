"""What a registry holds, counted: published sites and their reports, as the public sees them.

A site can have several types, communities and grades: the rows of a table may add up to more than all sites.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

import msgspec

from heritage_registry.assessed import assessed_sites
from heritage_registry.registry import Registry
from heritage_registry.site import asserted_communities, site_types
from heritage_registry.vocabulary import STANDINGS, vocabulary


class Statistics(msgspec.Struct, frozen=True):
    """Counts, each table in the order of its vocabulary and without its empty rows.

    `status` counts all records of sites, `community` the sites that somebody connects with a community,
    `condition` the sites by their standing, `evidence` reports by what they rest on,
    `single_source` sites whose reports go back to one origin.
    """

    status: dict[str, int]
    sources: int
    claims: int
    community: dict[str, int]
    type: dict[str, int]
    condition: dict[str, int]
    reports: int
    evidence: dict[str, int]
    located: int
    contested: int
    single_source: int


def statistics(registry: Registry) -> Statistics:
    """Count what a registry holds."""
    assessed = assessed_sites(registry)
    sites = [one.site for one in assessed]
    assessments = [one.assessment for one in assessed]
    communities = registry.config.communities_by_id
    reports = [report for site in sites for report in site.properties.reports]
    return Statistics(
        status=_counts(
            (site.properties.status for site in registry.sites.values()), vocabulary("status").ids
        ),
        sources=len(registry.sources),
        claims=len(registry.claims),
        community=_counts(chain.from_iterable(map(asserted_communities, sites)), communities),
        type=_counts(chain.from_iterable(map(site_types, sites)), vocabulary("site_type").ids),
        condition=_counts((assessment.standing for assessment in assessments), STANDINGS),
        reports=len(reports),
        evidence=_counts((report.evidence.type for report in reports), vocabulary("evidence_type").ids),
        located=sum(site.geometry is not None for site in sites),
        contested=sum(bool(assessment.disagreements) for assessment in assessments),
        single_source=sum(len(assessment.lines) == 1 for assessment in assessments),
    )


def _counts(values: Iterable[str], order: Iterable[str] | Mapping[str, object]) -> dict[str, int]:
    counter = Counter(values)
    return {value: counter[value] for value in order if counter[value]}
