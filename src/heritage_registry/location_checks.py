"""Rules about where a site is: locations agree, are near, say how sure they are, and show nothing hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from heritage_registry.errors import Field
from heritage_registry.findings import Finding, Records, of_site
from heritage_registry.parts import Geometry, LineString, Point, Polygon, Position
from heritage_registry.public import covering_cell, is_grid_cell, public_site
from heritage_registry.site import Location, Site

COORDINATE_DECIMALS = 6

_COORDINATES = re.compile(
    r"\d{1,3}\s*[°º]\s*\d|\d{1,3}[.,]\d{3,}\s*°"  # 39° 45' and 39.758°
    r"|(?<![\d.])\d{1,3}\.\d{2,}\s*°?\s*[NSEW]?\s*[,;/ ]\s*-?\d{1,3}\.\d{2,}"  # 39.75, 46.75
    r"|\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b"  # plus codes
    r"|\b\d{1,2}[C-HJ-NP-X] ?[A-HJ-NP-Z]{2} ?\d{2,5} ?\d{2,5}\b"  # military grid
)


def locations_agree(records: Records) -> Iterator[Finding]:
    """One location is preferred at most, the feature shows its shape, and each says what it is known by."""
    for site in records.sites.values():
        locations = site.properties.locations
        preferred = [n for n, x in enumerate(locations) if x.standing == "preferred" and x.geometry]
        for n in preferred[1:]:
            say = "is 'preferred' as an earlier location is; prefer one"
            yield of_site(site, "locations", n, "standing", say=say)
        expected = locations[preferred[0]].geometry if preferred else None
        if site.geometry != expected:
            message = f"is not the preferred location's shape; write {msgspec.json.encode(expected).decode()}"
            yield Finding("records", site.id, ("geometry",), message)
        for n, location in enumerate(locations):
            if location.geometry is None and location.stated is None:
                say = "has neither a geometry nor the words of a source in 'stated'; give one of them"
                yield of_site(site, "locations", n, say=say)
            if location.geometry is not None and location.uncertainty_m is None:
                say = "is missing; say within how many metres the shape holds"
                yield of_site(site, "locations", n, "uncertainty_m", say=say)


def shapes_are_sound(records: Records) -> Iterator[Finding]:
    """Shapes lie in the region, are no finer than a source can be, and polygons are closed."""
    bbox = records.config.region.bbox
    for site in records.sites.values():
        for n, location in enumerate(site.properties.locations):
            for say in _shape_problems(location, bbox):
                yield of_site(site, "locations", n, "geometry", "coordinates", say=say)


def _shape_problems(location: Location, bbox: tuple[float, float, float, float]) -> Iterator[str]:
    """Say what is wrong with a shape, each kind of mistake once however many positions have it."""
    west, south, east, north = bbox
    positions = _positions(location.geometry)
    outside = [(x, y) for x, y in positions if not (west <= x <= east and south <= y <= north)]
    if outside and location.standing != "implausible":
        longitude, latitude = outside[0]
        swapped = west <= latitude <= east and south <= longitude <= north
        hint = (
            "they look swapped: longitude comes first"
            if swapped
            else "correct them, or set 'standing' to 'implausible' with the reason"
        )
        yield (
            f"[{longitude}, {latitude}] is outside the region of this registry "
            f"({west}–{east}° E, {south}–{north}° N); {hint}"
        )
    for position in positions:
        if any(round(degrees, COORDINATE_DECIMALS) != degrees for degrees in position):
            longitude, latitude = position
            fine = f"[{longitude}, {latitude}] has more than {COORDINATE_DECIMALS} decimals"
            yield f"{fine}, finer than any source; round it"
            break
    if isinstance(location.geometry, Polygon) and any(x[0] != x[-1] for x in location.geometry.coordinates):
        yield "has a ring whose last position is not its first; close it"


def _positions(geometry: Geometry | None) -> tuple[Position, ...]:
    match geometry:
        case Point():
            return (geometry.coordinates,)
        case LineString():
            return geometry.coordinates
        case Polygon():
            return tuple(position for ring in geometry.coordinates for position in ring)
        case None:
            return ()


def hidden_locations_are_absent(records: Records) -> Iterator[Finding]:
    """What must not be published is not in the registry's files: they are public, and so is their history."""
    for site in records.sites.values():
        if site.properties.sensitivity == "open":
            continue
        yield from _hidden_shapes(site)
        yield from _hidden_fields(site)
        for field, text in _texts(msgspec.to_builtins(site.properties), ()):
            if _COORDINATES.search(text):
                yield of_site(site, *field, say=f"seems to hold coordinates, and {_KEEP_OUTSIDE}")


_KEEP_OUTSIDE = "the location is not to be shown; keep it in a private folder outside the registry"


def _hidden_shapes(site: Site) -> Iterator[Finding]:
    for n, location in enumerate(site.properties.locations):
        if location.geometry is None:
            continue
        if site.properties.sensitivity == "withheld":
            yield of_site(site, "locations", n, "geometry", say=f"is given, but {_KEEP_OUTSIDE}")
        elif not is_grid_cell(location.geometry):
            cell = msgspec.json.encode(covering_cell(location.geometry)).decode()
            say = f"is finer than a cell of the grid; write {cell} and keep the shape outside the registry"
            yield of_site(site, "locations", n, "geometry", say=say)


def _hidden_fields(site: Site) -> Iterator[Finding]:
    """Find what the public view of the site leaves out, other than shapes."""
    shown = public_site(site).properties
    for name in ("places", "protections", "relations", "identifiers", "excerpts", "notes"):
        if getattr(site.properties, name) != getattr(shown, name):
            say = f"leads nearer to the place than its public view, and {_KEEP_OUTSIDE}"
            yield of_site(site, name, say=say)
    for n, location in enumerate(site.properties.locations):
        if location.stated or location.identifiers:
            name = "stated" if location.stated else "identifiers"
            yield of_site(site, "locations", n, name, say=f"tells the place, and {_KEEP_OUTSIDE}")


def _texts(value: Any, field: Field) -> Iterator[tuple[Field, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*field, key))
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from _texts(item, (*field, n))
