"""The public view of a record: the only way to anything that leaves the registry.

Maps, exports, searches, bounds, counts and pages are made from what these functions return. Locations that
help looters or attackers are replaced here before anything else sees them. A generalised location is the
cell of a fixed grid, never a random shift: shifts can be averaged away, a cell says what is known to the
public and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal

from msgspec.structs import replace

from heritage_registry.claim import Claim
from heritage_registry.parts import Geometry, Polygon, Position
from heritage_registry.shapes import outline
from heritage_registry.site import EvidenceFile, Location, Place, Site, preferred_location

GRID_DEGREES = Decimal("0.1")
"""Side of a grid cell: about 9 km by 11 km in the South Caucasus."""

_CELL_RADIUS_M = 8_000
"""From a cell's centre to its farthest corner, rounded up."""

Files = tuple[EvidenceFile, ...]

_FINE_LEVELS = frozenset({"settlement", "quarter", "landform"})


def public_view(sites: Iterable[Site]) -> tuple[Site, ...]:
    """Return the published sites as everybody may see them, in the order given.

    Relations lead to published sites whose location is shown: "near" a hidden one would give it away.
    """
    return tuple(each_public(sites))


def each_public(sites: Iterable[Site]) -> Iterator[Site]:
    """Yield the sites of the public view, none of which is kept."""
    published = [site for site in sites if site.properties.status == "published"]
    shown = {site.id for site in published if site.properties.sensitivity == "open"}
    return (_with_relations_to(shown, public_site(site)) for site in published)


def public_claims(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the published claims, each without its links to unpublished ones."""
    shown = [claim for claim in claims if claim.status == "published"]
    ids = {claim.id for claim in shown}
    return tuple(
        replace(claim, relations=tuple(link for link in claim.relations if link.claim in ids), reviews=())
        for claim in shown
    )


def public_site(site: Site) -> Site:
    """Return a site with its location as coarse as its sensitivity asks for.

    A generalised site keeps the grid cell of its shapes and the units that contain it; a withheld one keeps
    the units only. Descriptions of the way there are left out of both, and so is what leads to a point
    elsewhere: identifiers, numbers in registers, relations to other sites, excerpts, notes and corrections.
    The log of reviews is left out of all.
    """
    if site.properties.reviews:
        site = replace(site, properties=replace(site.properties, reviews=()))
    properties = site.properties
    if properties.sensitivity == "open":
        return _with_reports(site, _shown_files)
    locations: tuple[Location, ...] = ()
    if properties.sensitivity == "generalised":
        locations = tuple(_generalised(location) for location in properties.locations if location.geometry)
    hidden = replace(
        site,
        properties=replace(
            properties,
            locations=locations,
            places=tuple(map(_coarse_place, (p for p in properties.places if p.level not in _FINE_LEVELS))),
            protections=tuple(replace(x, reference=None) for x in properties.protections),
            relations=(),
            identifiers=(),
            excerpts=(),
            notes=(),
            corrections=(),
        ),
    )
    preferred = preferred_location(hidden)
    # A picture shows the place, and its name and caption may say it.
    hidden = _with_reports(hidden, lambda _: ())
    return replace(hidden, geometry=preferred.geometry if preferred else None)


def _shown_files(files: Files) -> Files:
    return tuple(file for file in files if file.public and file.public_copy)


def _with_reports(site: Site, shown: Callable[[Files], Files]) -> Site:
    """Return a site whose reports carry only the evidence files that are to be shown."""
    reports = site.properties.reports
    if not any(report.evidence.files for report in reports):
        return site
    changed = tuple(
        replace(report, evidence=replace(report.evidence, files=shown(report.evidence.files)))
        for report in reports
    )
    return replace(site, properties=replace(site.properties, reports=changed))


def grid_cell(position: Position) -> Polygon:
    """Return the cell of the grid that holds a position, counter-clockwise from its south-west corner.

    A position on a line belongs to the cell north or east of it, at the end of the world to the last cell.
    """
    west, south = _floor_to_grid(position[0], 180), _floor_to_grid(position[1], 90)
    east, north = west + GRID_DEGREES, south + GRID_DEGREES
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Polygon(coordinates=(tuple((float(x), float(y)) for x, y in corners),))


def covering_cell(geometry: Geometry) -> Polygon:
    """Return the cell of the grid that holds the middle of a shape."""
    return grid_cell(_middle(geometry))


def is_grid_cell(geometry: Geometry) -> bool:
    """Tell whether a shape is exactly one cell of the grid, so that it gives away nothing finer."""
    return isinstance(geometry, Polygon) and geometry == covering_cell(geometry)


def _generalised(location: Location) -> Location:
    return replace(
        location,
        geometry=covering_cell(location.geometry) if location.geometry else None,
        of="area",
        uncertainty_m=_CELL_RADIUS_M,
        stated=None,
        reason=None,
        identifiers=(),
    )


def _coarse_place(place: Place) -> Place:
    """A unit's printed form may name the village with it."""
    return replace(place, stated=None)


def _with_relations_to(ids: set[str], site: Site) -> Site:
    relations = tuple(relation for relation in site.properties.relations if relation.site in ids)
    if len(relations) == len(site.properties.relations):
        return site
    return replace(site, properties=replace(site.properties, relations=relations))


def _floor_to_grid(value: float, limit: int) -> Decimal:
    below = (Decimal(str(value)) / GRID_DEGREES).to_integral_value(ROUND_FLOOR) * GRID_DEGREES
    return min(below, limit - GRID_DEGREES)


def _middle(geometry: Geometry) -> Position:
    """Return the middle of a shape's bounds (longitude, latitude)."""
    longitudes, latitudes = zip(*outline(geometry), strict=True)
    return (_halfway(longitudes), _halfway(latitudes))


def _halfway(values: Iterable[float]) -> float:
    decimals = [Decimal(str(value)) for value in values]
    return float((min(decimals) + max(decimals)) / 2)
