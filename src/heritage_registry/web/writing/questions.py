"""What a new record may be already: shown with the reasons, and decided by the writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.citation import cited_keys
from heritage_registry.duplicates import (
    Candidate,
    DuplicateIndex,
    Likeness,
    candidate_of,
    likely_duplicates,
    places_beside,
)
from heritage_registry.likeness import Reason
from heritage_registry.pages.lists import site_row
from heritage_registry.pages.site_page import distance
from heritage_registry.pages.words import Words
from heritage_registry.parts import Point
from heritage_registry.references import Likeness as SourceLikeness
from heritage_registry.site import Name, Site, preferred_location
from heritage_registry.source import source_title
from heritage_registry.web.forms.data import Flat, count_items, tidy
from heritage_registry.web.forms.where import read_point
from heritage_registry.web.office import Reader
from heritage_registry.web.where.ground import spot_of
from heritage_registry.web.writing.nearby_map import Picture, Spot, picture

DECISIONS: Mapping[str, str] = {"part_of": "part_of", "near": "near", "different": "distinct_from"}
"""What a writer can say of a site that is shown, besides that it is the same, and the relation it makes."""

REASON = "Decided when the record was entered, with both places shown side by side."
"""Why the two are linked or kept apart, where the writer gives no reason of their own."""

_DECIDED = "_place."
_WHY = "_why."
_SOURCES_SHOWN = 3
_NEARBY_M = 10_000
_LISTED_NEARBY = 6
_MAX_NAMES = 20


class Place(msgspec.Struct, frozen=True):
    """A site that may be the one somebody enters, and what its reader needs to tell."""

    number: int
    id: str
    name: Name
    others: tuple[Name, ...]
    kinds: str
    settlements: str
    status: str
    sources: tuple[str, ...]
    more_sources: int
    distance: str
    reasons: tuple[str, ...]
    decision: str
    why: str


class Places(msgspec.Struct, frozen=True):
    """The sites shown, and where they lie beside the one that is entered."""

    listed: tuple[Place, ...]
    picture: Picture | None


class NearbySite(msgspec.Struct, frozen=True):
    """A site at a place nearby."""

    id: str
    name: Name
    kinds: str


class Nearby(msgspec.Struct, frozen=True):
    """A place nearby: how far it or its settlement is, and its sites; `more` need not be seen at once."""

    distance: str
    sites: tuple[NearbySite, ...]
    more: tuple[NearbySite, ...]


class Held(msgspec.Struct, frozen=True):
    """A source that may be the one somebody enters, and what the two share."""

    id: str
    title: str
    shared: str


def same_place(
    site: Site, reader: Reader, index: DuplicateIndex, control: Mapping[str, str] = {}
) -> Places | None:
    """Return the sites of which a writer has still to say whether one of them is meant."""
    settled = {relation.site for relation in site.properties.relations}
    settled |= {link.other for link in reader.book.edition.links.get(site.id, ()) if link.inverse}
    found = [x for x in _warnings(candidate_of(site), index) if x.site not in settled]
    location = preferred_location(site)
    own = spot_of(site)
    metres = location.uncertainty_m if location else None
    return _shown(found, Spot(0, *own.at, metres or 0) if own else None, reader, control) if found else None


def places_like(
    flat: Flat, reader: Reader, index: DuplicateIndex, control: Mapping[str, str]
) -> Places | None:
    """Return the sites like the one that is being typed, whatever was decided of them."""
    candidate = candidate_from(flat)
    found = _warnings(candidate, index) if candidate.names else []
    if not found:
        return None
    own = None
    if isinstance(candidate.geometry, Point):
        own = Spot(0, *candidate.geometry.coordinates, candidate.uncertainty_m or 0)
    return _shown(found, own, reader, control)


def places_nearby(flat: Flat, reader: Reader, index: DuplicateIndex) -> tuple[Nearby, ...]:
    """Return the first places with sites at or near the one that is being typed, but for those warned of."""
    candidate = candidate_from(flat)
    if candidate.geometry is None:
        return ()
    return tuple(
        _nearby(place, reader)
        for place in places_beside(candidate, index)
        if not place[0].is_warning and (metres := place[0].distance_m) is not None and metres <= _NEARBY_M
    )


def _nearby(place: tuple[Likeness, ...], reader: Reader) -> Nearby:
    rows = [(found.site, site_row(reader.book, found.site)) for found in place]
    sites = tuple(NearbySite(key, row.name, row.kinds) for key, row in rows)
    (far,) = (_in_words(reason, reader) for reason in place[0].reasons if reason.metres is not None)
    return Nearby(far, sites[:_LISTED_NEARBY], sites[_LISTED_NEARBY:])


def candidate_from(flat: Flat) -> Candidate:
    """Return what is typed of a new site so far; what cannot be read yet is left out."""
    names = list(_texts(flat, "properties.names", "text"))[:_MAX_NAMES]
    geometry, where = None, "properties.locations.0"
    point = read_point(flat.get(f"{where}.geometry", ""))
    if point is not None:
        geometry = Point(coordinates=(point.longitude, point.latitude))
    metres = flat.get(f"{where}.uncertainty_m", "").strip()
    settlements = [
        text
        for n in range(count_items(flat, "properties.places"))
        if flat.get(f"properties.places.{n}.level", "settlement") in ("", "settlement", "quarter")
        for text in _texts(flat, f"properties.places.{n}.names", "text")
    ]
    return Candidate(
        names=tuple(names),
        types=tuple(_texts(flat, "properties.types", "type")),
        geometry=geometry,
        location_of=flat.get(f"{where}.of") or "monument",
        uncertainty_m=int(metres) if metres.isdecimal() and len(metres) < 8 else None,
        places=tuple(settlements[:_MAX_NAMES]),
    )


def _texts(flat: Flat, listed: str, name: str) -> Iterator[str]:
    for n in range(count_items(flat, listed)):
        text = tidy(flat.get(f"{listed}.{n}.{name}", ""))
        if text:
            yield text[:300]


def decided(made: dict[str, Any], control: Mapping[str, str], known: Mapping[str, Site]) -> dict[str, Any]:
    """Return a new site with a relation for each site that its writer said something of."""
    properties = made["properties"]
    relations = list(properties.get("relations", ()))
    linked = {relation.get("site") for relation in relations}
    for name, choice in sorted(control.items()):
        key = name.removeprefix(_DECIDED)
        if name.startswith(_DECIDED) and choice in DECISIONS and key in known and key not in linked:
            reason = tidy(control.get(f"{_WHY}{key}", "")) or REASON
            relations.append({"relation": DECISIONS[choice], "site": key, "reason": reason})
    return {**made, "properties": {**properties, "relations": relations}} if relations else made


def all_different(places: Places, control: Mapping[str, str]) -> dict[str, str]:
    """Return the controls with every site that was shown said to be another place."""
    return {f"{_DECIDED}{place.id}": "different" for place in places.listed} | {
        name: value for name, value in control.items() if value or not name.startswith(_DECIDED)
    }


def _warnings(candidate: Candidate, index: DuplicateIndex) -> list[Likeness]:
    return [x for x in likely_duplicates(candidate, index) if x.is_warning]


def _shown(found: list[Likeness], own: Spot | None, reader: Reader, control: Mapping[str, str]) -> Places:
    listed = tuple(_place(n, x, reader, control) for n, x in enumerate(found, 1))
    spots = [_spot(place, reader) for place in listed]
    return Places(listed, picture(own, [spot for spot in spots if spot], reader.book.words))


def _spot(place: Place, reader: Reader) -> Spot | None:
    at = spot_of(reader.look.registry.sites[place.id])
    return Spot(place.number, *at.at, at.uncertainty_m or 0) if at else None


def _place(number: int, found: Likeness, reader: Reader, control: Mapping[str, str]) -> Place:
    book, words = reader.book, reader.book.words
    site, row = book.edition.sites[found.site], site_row(book, found.site)
    sources = book.edition.sources
    titles = [source_title(sources[key]) for key in sorted(cited_keys(site))]
    return Place(
        number=number,
        id=found.site,
        name=row.name,
        others=tuple(name for name in site.properties.names if name.text != row.name.text)[:3],
        kinds=row.kinds,
        settlements=" / ".join(text for text, _ in row.places),
        status=words.label("status", site.properties.status),
        sources=tuple(titles[:_SOURCES_SHOWN]),
        more_sources=max(0, len(titles) - _SOURCES_SHOWN),
        distance=_distance(found, words),
        reasons=tuple(_in_words(reason, reader) for reason in found.reasons),
        decision=control.get(f"{_DECIDED}{found.site}", ""),
        why=control.get(f"{_WHY}{found.site}", ""),
    )


def _distance(found: Likeness, words: Words) -> str:
    """Return how far apart the two are, unless a reason says so already."""
    if found.distance_m is None or any(reason.metres is not None for reason in found.reasons):
        return ""
    return distance(found.distance_m, words)


def _in_words(reason: Reason, reader: Reader) -> str:
    words = reader.book.words
    ours, theirs = reason.ours, reason.theirs
    if reason.kind in ("same_type", "related_type"):
        ours = words.label("site_type", ours) if ours else ours
        theirs = words.label("site_type", theirs) if theirs else theirs
    metres = distance(reason.metres, words) if reason.metres is not None else ""
    return words.say(f"reason.{reason.kind}", ours=ours, theirs=theirs, metres=metres)


def same_source_held(found: Iterable[SourceLikeness], reader: Reader) -> list[Held]:
    """Return the sources of which a writer should say whether one of them is meant."""
    sources = reader.look.readable.sources
    return [
        Held(x.source, source_title(sources[x.source]), reader.book.words.say(f"held.by_{x.shared}"))
        for x in list(found)[:5]
    ]
