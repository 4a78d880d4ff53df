"""Names of places compared: which district a site is said to lie in, and whether it lies in a named place.

Records name one district in many ways (Ağdam, Agdam Rayon, Aghdam District). A key puts such spellings
together; it never says that two names of different words are one place, nor whose the place is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from heritage_registry.config import Area
from heritage_registry.names import fold, tokens
from heritage_registry.site import Place, Site

_UNIT_LEVELS = frozenset({"district", "province", "state"})
_CONTAINING_LEVELS = frozenset({"district", "province"})
_REMARK = re.compile(r"\([^()]*\)")

_UNIT_WORDS = frozenset(
    word
    for text in (
        "district region county province municipality autonomous republic",
        "rayon rayonu muxtar respublikası əyalət vilayət",
        "район область губерния автономная республика",
        "շրջան մարզ ինքնավար հանրապետություն",
    )
    for word in tokens(text)
)


def without_remark(text: str) -> str:
    """Return a place's name without what stands in brackets."""
    return " ".join(_REMARK.sub(" ", text).split()) or text


def place_key(text: str) -> str:
    """Return the search key of a place's name without remarks in brackets and words such as district."""
    words = tokens(without_remark(text))
    return " ".join(word for word in words if word not in _UNIT_WORDS) or " ".join(words)


def unit_name(text: str) -> str:
    """Return a unit's name as printed without remarks in brackets and words such as district."""
    words = without_remark(text).split()
    return " ".join(word for word in words if not set(tokens(word)) & _UNIT_WORDS) or " ".join(words)


def districts(site: Site) -> tuple[Place, ...]:
    """Return the districts that a site is said to lie in, as its record names them."""
    return tuple(place for place in site.properties.places if place.level == "district")


class PlaceIndex(msgspec.Struct, frozen=True):
    """What is needed to tell which sites lie in a named place.

    `units` are the keys of all districts, provinces and states that records name, `areas` the keys that the
    name of an area stands for.
    """

    units: frozenset[str]
    areas: Mapping[str, frozenset[str]]


def place_index(sites: Iterable[Site], areas: Iterable[Area]) -> PlaceIndex:
    """Prepare the matching of places for some sites and the areas of `registry.toml`."""
    return PlaceIndex(
        units=frozenset(key for site in sites for key in _unit_keys(site)),
        areas={
            place_key(name): frozenset(map(place_key, area.places)) for area in areas for name in area.names
        },
    )


def lies_in(site: Site, name: str, index: PlaceIndex) -> bool:
    """Tell whether a site is said to lie in the place of this name, as printed.

    A district, province or state of that name counts always. A settlement or a landform of that name counts
    unless the name is known as a unit's and the site's record names another unit: a village Aghdam elsewhere
    is not in Aghdam district. An area's name counts for each place listed for the area.
    """
    key = place_key(name)
    wanted = {key} | index.areas.get(key, frozenset())
    if wanted & _unit_keys(site):
        return True
    placed = any(place.level in _CONTAINING_LEVELS for place in site.properties.places)
    if placed:
        # The whole name, because "Irevan province" is not the town Irevan.
        wanted = set() if key in index.units or key in index.areas else {fold(name)}
    else:
        wanted = {fold(name)} | index.areas.get(key, frozenset())
    return bool(wanted & _local_keys(site))


def _unit_keys(site: Site) -> frozenset[str]:
    places = (place for place in site.properties.places if place.level in _UNIT_LEVELS)
    return frozenset(place_key(name.text) for place in places for name in place.names) - {""}


def _local_keys(site: Site) -> frozenset[str]:
    places = (place for place in site.properties.places if place.level not in _UNIT_LEVELS)
    return frozenset(fold(name.text) for place in places for name in place.names) - {""}
