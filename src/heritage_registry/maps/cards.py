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
from heritage_registry.names import fold
from heritage_registry.site import Site
from heritage_registry.source import Source

BLOCK_SIZE = 1024
"""Sites in one block of names or cards, and sources in one block of sources."""

Item = TypeVar("Item")


def name_blocks(rows: Sequence[AssessedSite]) -> Iterator[bytes]:
    """Yield JSON of ids, names, places and folded search keys, a block of sites at a time."""
    for block in _in_blocks(rows):
        sites = [row.site for row in block]
        yield msgspec.json.encode(
            {
                "ids": [site.id for site in sites],
                "names": [[[name.text, name.language] for name in site.properties.names] for site in sites],
                "places": [_place_names(site) for site in sites],
                "keys": [_search_keys(site) for site in sites],
            }
        )


def card_blocks(rows: Sequence[AssessedSite]) -> Iterator[bytes]:
    """Yield JSON of the whole public records with what is derived for them, a block of sites at a time."""
    numbers = {row.site.id: number for number, row in enumerate(rows)}
    related = _related(rows, numbers)
    for block in _in_blocks(rows):
        yield msgspec.json.encode(
            [
                {
                    "id": row.site.id,
                    "geometry": row.site.geometry,
                    "properties": row.site.properties,
                    "derived": _derived(row.assessment),
                    "related": related.get(row.site.id, ()),
                }
                for row in block
            ]
        )


def source_blocks(sources: Mapping[str, Source]) -> Iterator[tuple[str, bytes]]:
    """Yield the first key of a block of sources and its JSON, in the order of the keys."""
    for block in _in_blocks(sorted(sources)):
        yield block[0], msgspec.json.encode({key: sources[key] for key in block})


def _in_blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BLOCK_SIZE):
        yield items[start : start + BLOCK_SIZE]


def _derived(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment for a card, as of its last observation: of that day there is no age to tell."""
    derived = msgspec.structs.asdict(assessment)
    if assessment.condition:
        derived["condition"] = msgspec.structs.asdict(assessment.condition)
        del derived["condition"]["age_days"]
    return derived


def _place_names(site: Site) -> list[tuple[str, str]]:
    """Return the names of the places a site lies in, each with its language, once each."""
    names = (name for place in site.properties.places for name in place.names)
    return list(dict.fromkeys((name.text, name.language) for name in names))


def _search_keys(site: Site) -> list[str]:
    names = [name.text for name in site.properties.names]
    return sorted({fold(text) for text in (*names, *(text for text, _ in _place_names(site)))} - {""})


def _related(rows: Sequence[AssessedSite], numbers: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return, for each site, the relations that lead from it and to it."""
    sites = {row.site.id: row.site for row in rows}
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
