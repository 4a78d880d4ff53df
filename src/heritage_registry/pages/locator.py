"""A small picture of where a site lies: land, lakes, a few cities, and the site. No boundary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import cos, radians
from pathlib import Path
from typing import Any

import msgspec
from shapely.geometry import Polygon as Shape
from shapely.geometry import box

from heritage_registry.maps.basemap import UNDETERMINED, read_basemap
from heritage_registry.parts import Geometry, Point, Polygon
from heritage_registry.shapes import outline
from heritage_registry.site import Location

WIDTH = 320
_METRES_PER_DEGREE = 111_320
_LEAST_LAKE = 0.008
"""Square degrees; smaller lakes are specks at this size."""
_LEAST_CITY = 1
"""Rank of settlements named in the picture: half a million people and more."""
_MARGIN = 14

Bounds = tuple[float, float, float, float]


class City(msgspec.Struct, frozen=True):
    """A city that helps the reader to find the way; the picture's x and y."""

    names: Mapping[str, str]
    x: float
    y: float
    anchor: str


class Locator(msgspec.Struct, frozen=True):
    """The ground of the picture, the same on every page. Shapes are SVG paths."""

    bounds: Bounds
    height: int
    land: str
    lakes: str
    cities: tuple[City, ...]
    credits: tuple[str, ...]


class Mark(msgspec.Struct, frozen=True):
    """A location in the picture: a point with the radius within which it holds, or a path."""

    preferred: bool
    x: float
    y: float
    radius: float
    path: str | None


def read_locator(directory: Path, bounds: Bounds) -> Locator:
    """Read the ground of the picture from a registry's base map; without one it is plain."""
    basemap = read_basemap(directory)
    height = round(WIDTH * (bounds[3] - bounds[1]) / ((bounds[2] - bounds[0]) * _narrowing(bounds)))
    return Locator(
        bounds=bounds,
        height=height,
        land=_paths(basemap.land, bounds, least=0),
        lakes=_paths(basemap.water, bounds, least=_LEAST_LAKE),
        cities=tuple(_cities(basemap.settlements, bounds, height)),
        credits=basemap.credits,
    )


def marks(locations: Iterable[Location], bounds: Bounds) -> list[Mark]:
    """Return the marks of the locations that hold, the preferred one last so that it lies on top."""
    shown = [x for x in locations if x.geometry is not None and x.standing != "implausible"]
    shown.sort(key=lambda location: location.standing == "preferred")
    return [_mark(x, x.geometry, bounds) for x in shown if x.geometry is not None]


def _mark(location: Location, geometry: Geometry, bounds: Bounds) -> Mark:
    preferred = location.standing == "preferred"
    placed = [_place(point, bounds) for point in outline(geometry)]
    x, y = _middle(placed)
    end = "Z" if isinstance(geometry, Polygon) else ""
    path = None if isinstance(geometry, Point) else _path(placed, end)
    per_degree = WIDTH / ((bounds[2] - bounds[0]) * _narrowing(bounds))
    radius = round((location.uncertainty_m or 0) / _METRES_PER_DEGREE * per_degree, 1)
    return Mark(preferred, x, y, radius, path)


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    xs, ys = zip(*points, strict=True)
    return round((min(xs) + max(xs)) / 2, 1), round((min(ys) + max(ys)) / 2, 1)


def _narrowing(bounds: Bounds) -> float:
    """How much shorter a degree of longitude is than one of latitude, in the middle of the region."""
    return cos(radians((bounds[1] + bounds[3]) / 2))


def _place(position: Iterable[float], bounds: Bounds) -> tuple[float, float]:
    west, _, east, north = bounds
    longitude, latitude = position
    scale = WIDTH / (east - west)
    return round((longitude - west) * scale, 1), round((north - latitude) * scale / _narrowing(bounds), 1)


def _paths(features: Iterable[Any], bounds: Bounds, least: float) -> str:
    return "".join(
        _path([_place(point, bounds) for point in ring.coords], "Z")
        for shape in _clipped(features, bounds)
        if shape.area > least
        for ring in (shape.exterior, *shape.interiors)
    )


def _clipped(features: Iterable[Any], bounds: Bounds) -> Iterator[Shape]:
    frame = box(*bounds)
    for feature in features:
        outer, *holes = feature["geometry"]["coordinates"]
        found = Shape(outer, holes).intersection(frame).simplify(0.012)
        yield from (part for part in getattr(found, "geoms", [found]) if part.geom_type == "Polygon")


def _path(points: list[tuple[float, float]], end: str) -> str:
    steps = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in steps) + end


def _cities(features: Iterable[Any], bounds: Bounds, height: int) -> Iterator[City]:
    for feature in features:
        x, y = _place(feature["geometry"]["coordinates"], bounds)
        inside = _MARGIN < x < WIDTH - _MARGIN and _MARGIN < y < height - _MARGIN
        if feature["properties"]["rank"] <= _LEAST_CITY and inside:
            names = {tag: held[0] for tag, held in feature["properties"]["names"].items()}
            yield City(names, x, y, "end" if x > WIDTH * 0.6 else "start")


def city_name(city: City, language: str) -> tuple[str, str]:
    """Return a city's name in a language, else the gazetteer's main one, with its language."""
    return next((city.names[tag], tag) for tag in (language, UNDETERMINED) if tag in city.names)
