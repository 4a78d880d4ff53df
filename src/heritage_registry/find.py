"""Finding records: by id, and sites by a name in any script or by the name of a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

import msgspec

from heritage_registry.errors import RecordNotFound
from heritage_registry.names import MATCH, fold, score
from heritage_registry.registry import KINDS, AnyRecord, Registry, records_of
from heritage_registry.site import Name, Site

_PLACE_WEIGHT = 0.96
"""A site that bears the name asked for comes before one that lies in a place of that name."""


class Hit(msgspec.Struct, frozen=True):
    """A site that answers a query, and how well: 1 is the best."""

    site: Site
    score: float


def find_sites(query: str, sites: Iterable[Site]) -> list[Hit]:
    """Return the sites that answer a query, best first, then by name and id.

    An id finds its site alone. Otherwise a site answers by any name or by a place it is said to lie in.
    """
    candidates = list(sites)
    for site in candidates:
        if site.id == query:
            return [Hit(site, 1.0)]
    answers = cache(partial(score, query))  # sites share the names of their places
    hits = [Hit(site, found) for site in candidates if (found := _score(answers, site))]
    return sorted(hits, key=lambda hit: (-hit.score, by_name(hit.site)))


def by_name(site: Site) -> tuple[str, str, str]:
    """Return what sites are ordered by: the search key of the first name, the same in every script."""
    text = site.properties.names[0].text
    return fold(text), text, site.id


def _score(answers: Callable[[str], float], site: Site) -> float:
    by_own_name = max(answers(name.text) for name in site.properties.names)
    by_place = max((answers(text) for text in place_names(site)), default=0.0)
    return max(
        by_own_name if by_own_name >= MATCH else 0.0,
        by_place * _PLACE_WEIGHT if by_place >= MATCH else 0.0,
    )


def place_names(site: Site) -> Iterator[str]:
    """Yield every name of every place that a site is said to lie in, each spelling once."""
    yield from dict.fromkeys(name.text for place in site.properties.places for name in place.names)


def names_for(site: Site, language: str) -> list[Name]:
    """Return the names of a site with those in a reader's language first, else in the order of the record.

    `az` also takes `az-Cyrl`, behind the names in plain `az`.
    """

    def rank(name: Name) -> int:
        if name.language == language:
            return 0
        return 1 if name.language.partition("-")[0] == language.partition("-")[0] else 2

    return sorted(site.properties.names, key=rank)


def record_of_id(registry: Registry, key: str) -> AnyRecord | None:
    """Return the site, source or claim with this id, or None."""
    groups = (records_of(registry, kind) for kind in KINDS)
    return next((group[key] for group in groups if key in group), None)


def find_one_or_more(registry: Registry, query: str) -> list[AnyRecord]:
    """Return the record with this id, or the sites that answer to it as a name, best first.

    Raises `RecordNotFound` where there is none.
    """
    record = record_of_id(registry, query)
    if record is not None:
        return [record]
    hits = find_sites(query, registry.sites.values())
    if not hits:
        raise RecordNotFound(
            f"no record has the id {query!r}, and no site that name or place; 'heritage list' shows all sites"
        )
    return [hit.site for hit in hits]
