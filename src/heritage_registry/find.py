"""Finding records: by id, and sites by a name in any script or by the name of a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

import msgspec

from heritage_registry.errors import RecordNotFound
from heritage_registry.kinds import KindQuery, kinds_in
from heritage_registry.names import MATCH, fold, score
from heritage_registry.registry import KINDS, AnyRecord, Registry, records_of
from heritage_registry.site import Name, Site, site_types

_PLACE_WEIGHT = 0.96
"""A site that bears the name asked for comes before one that lies in a place of that name."""


_OF_KIND = 0.98
"""A site of the kind asked for comes behind one that bears the word in its name."""


class Hit(msgspec.Struct, frozen=True):
    """A site that answers a query, and how well: 1 is the best."""

    site: Site
    score: float


def find_sites(query: str, sites: Iterable[Site]) -> list[Hit]:
    """Return the sites that answer a query, best first, then by name and id.

    An id finds its site alone. Otherwise a site answers by any name or by a place it is said to lie in. Where
    the query names a kind of site too, only sites of that kind answer, or those that bear it in their name;
    a kind alone finds its sites.
    """
    candidates = list(sites)
    for site in candidates:
        if site.id == query:
            return [Hit(site, 1.0)]
    answers = cache(partial(score, query))  # sites share the names of their places
    hits = [Hit(site, found) for site in candidates if (found := _score(answers, site))]
    asked = kinds_in(query)
    if asked.kinds:
        hits = _of_kind(asked, candidates, hits)
    return sorted(hits, key=lambda hit: (-hit.score, by_name(hit.site)))


def _of_kind(asked: KindQuery, candidates: Iterable[Site], hits: Iterable[Hit]) -> list[Hit]:
    """Return the sites of a kind that answer to the rest of a query, whose `hits` are those of the whole.

    Where there is none, the name may be right and the kind another one: then names answer, and places do not.
    """
    if not asked.rest:
        of_kind = (Hit(site, _OF_KIND) for site in candidates if not asked.kinds.isdisjoint(site_types(site)))
        return _best([*hits, *of_kind])
    rest = cache(partial(score, asked.rest))
    answering = [Hit(site, found) for site in candidates if (found := _score(rest, site))]
    fitting = [hit for hit in _best([*hits, *answering]) if _is_of_kind(asked, hit.site)]
    return fitting or [
        Hit(hit.site, found) for hit in answering if (found := _score_of_name(rest, hit.site)) >= MATCH
    ]


def _best(hits: Iterable[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        before = best.get(hit.site.id)
        if before is None or before.score < hit.score:
            best[hit.site.id] = hit
    return list(best.values())


def _is_of_kind(asked: KindQuery, site: Site) -> bool:
    """Tell whether a site is of a kind asked for, or bears it in a name."""
    return not asked.kinds.isdisjoint(site_types(site)) or any(
        not asked.kinds.isdisjoint(kinds_in(name.text).kinds) for name in site.properties.names
    )


def by_name(site: Site) -> tuple[str, str, str]:
    """Return what sites are ordered by: the search key of the first name, the same in every script."""
    text = site.properties.names[0].text
    return fold(text), text, site.id


def _score(answers: Callable[[str], float], site: Site) -> float:
    by_own_name = _score_of_name(answers, site)
    by_place = max((answers(text) for text in place_names(site)), default=0.0)
    return max(
        by_own_name if by_own_name >= MATCH else 0.0,
        by_place * _PLACE_WEIGHT if by_place >= MATCH else 0.0,
    )


def _score_of_name(answers: Callable[[str], float], site: Site) -> float:
    return max(answers(name.text) for name in site.properties.names)


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
