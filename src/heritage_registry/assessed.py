"""Public sites with what is derived for them: what maps, comparisons, coverage and pages are made from."""

from __future__ import annotations

from datetime import date

import msgspec

from heritage_registry.assessment import Assessment, Condition, assess, observations
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.site import Site


class AssessedSite(msgspec.Struct, frozen=True):
    """A site as the public sees it, with what is derived for it."""

    site: Site
    assessment: Assessment


def assessed_sites(registry: Registry) -> tuple[AssessedSite, ...]:
    """Return the public view of a registry's sites, ordered by id, each assessed as the public sees it."""
    return tuple(
        AssessedSite(site, assess(site, registry.sources)) for site in public_view(registry.sites.values())
    )


def day_seen(site: Site, condition: Condition) -> date | None:
    """Return the day by which a condition had been seen; None where that day is not known."""
    settled = {seen.report for seen in observations(site) if seen.settled}
    return condition.day if settled.intersection(condition.reports) else None
