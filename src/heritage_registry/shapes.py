"""Shapes and distances on the globe, without a library: what lies where, how far and in which direction."""

from __future__ import annotations

import math

from heritage_registry.parts import Geometry, LineString, Point, Polygon, Position

EARTH_RADIUS_M = 6_371_009
"""Mean radius; the globe is taken as a sphere, which is wrong by half a per cent at the most."""


def outline(geometry: Geometry) -> tuple[Position, ...]:
    """Return the positions of a shape (longitude, latitude), of a polygon those of the outer ring."""
    match geometry:
        case Point():
            return (geometry.coordinates,)
        case LineString():
            return geometry.coordinates
        case Polygon():
            return geometry.coordinates[0]


def distance_m(a: Position, b: Position) -> float:
    """Return the metres between two points along a great circle."""
    south, north = math.radians(a[1]), math.radians(b[1])
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(math.radians(b[0] - a[0]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def bearing(start: Position, end: Position) -> float:
    """Return the direction in degrees from north in which the great circle from start to end sets out."""
    south, north, east = math.radians(start[1]), math.radians(end[1]), math.radians(end[0] - start[0])
    y = math.sin(east) * math.cos(north)
    x = math.cos(south) * math.sin(north) - math.sin(south) * math.cos(north) * math.cos(east)
    return math.degrees(math.atan2(y, x))
