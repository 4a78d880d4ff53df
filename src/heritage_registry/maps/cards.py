"""What a map page holds beside its columns: names for search, and cards with all that is said of a site.

Blocks are compressed one by one and opened by the page when a card or a search needs them, so that opening a
page costs the same with ten sites or a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import Assessment
from heritage_registry.citation import site_digest
from heritage_registry.gazetteer import Gazetteer
from heritage_registry.names import fold
from heritage_registry.place_names import PlaceNames, place_line, place_names
from heritage_registry.site import Site
from heritage_registry.source import Source

BLOCK_SIZE = 1024
"""Sites in one block of names or cards, and sources in one block of sources."""

Item = TypeVar("Item")


def in_blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield items in groups of `BLOCK_SIZE`; the last may be smaller."""
    for start in range(0, len(items), BLOCK_SIZE):
        yield items[start : start + BLOCK_SIZE]


def name_block(rows: Sequence[AssessedSite], gazetteer: Gazetteer, languages: Sequence[str]) -> bytes:
    """Return JSON of ids, names, the place in each language and folded search keys of a block of sites."""
    sites = [row.site for row in rows]
    places = [place_names(site, gazetteer) for site in sites]
    return msgspec.json.encode(
        {
            "ids": [site.id for site in sites],
            "names": [[[name.text, name.language] for name in site.properties.names] for site in sites],
            "places": [_place_lines(names, languages) for names in places],
            "keys": [_search_keys(site, names) for site, names in zip(sites, places, strict=True)],
        }
    )


def card_block(
    rows: Sequence[AssessedSite],
    related: Mapping[str, Sequence[dict[str, Any]]],
    sources: Mapping[str, Source],
) -> bytes:
    """Return JSON of the whole public records of a block of sites with what is derived for them."""
    return msgspec.json.encode(
        [
            {
                "id": row.site.id,
                "digest": site_digest(row.site, sources),
                "geometry": row.site.geometry,
                "properties": row.site.properties,
                "derived": _derived(row.assessment),
                "related": related.get(row.site.id, ()),
            }
            for row in rows
        ]
    )


def source_block(sources: Sequence[Source]) -> bytes:
    """Return JSON of a block of sources by key."""
    return msgspec.json.encode({source.id: source for source in sources})


def _derived(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment for a card, as of its last observation: of that day there is no age to tell."""
    derived = msgspec.structs.asdict(assessment)
    if assessment.condition:
        derived["condition"] = msgspec.structs.asdict(assessment.condition)
        del derived["condition"]["age_days"]
    return derived


def _place_lines(names: PlaceNames | None, languages: Sequence[str]) -> list[str]:
    if names is None:
        return []
    return [" / ".join(text for text, _ in place_line(names, language)) for language in languages]


def _search_keys(site: Site, names: PlaceNames | None) -> list[str]:
    texts = {name.text for name in site.properties.names} | {
        text for text, _ in (names.all() if names else ())
    }
    texts |= {name.text for place in site.properties.places for name in place.names}
    return sorted({fold(text) for text in texts} - {""})


def related_sites(rows: Sequence[AssessedSite]) -> dict[str, list[dict[str, Any]]]:
    """Return, for each site that has any, the relations that lead from it and to it."""
    sites = {row.site.id: row.site for row in rows}
    numbers = {key: number for number, key in enumerate(sites)}
    found: dict[str, list[dict[str, Any]]] = {}
    for site in sites.values():
        for relation in site.properties.relations:
            for start, end, inverse in ((site.id, relation.site, False), (relation.site, site.id, True)):
                name = sites[end].properties.names[0]
                link: dict[str, Any] = {
                    "relation": relation.relation,
                    "inverse": inverse,
                    "site": end,
                    "name": [name.text, name.language],
                    "number": numbers[end],
                }
                if relation.reason:
                    link["reason"] = relation.reason
                found.setdefault(start, []).append(link)
    return found
