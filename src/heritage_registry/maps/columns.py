"""The map's summary of all sites as compressed columns: one number per site and property, no objects.

A page of a million sites opens in half a second this way, where a list of objects does not open at all. The
layout is described in docs/map-page.md; `static/columns.js` reads it.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from heritage_registry.assessed import AssessedSite
from heritage_registry.parts import Geometry, Point, Position
from heritage_registry.shapes import outline
from heritage_registry.site import Site, asserted_communities, preferred_location, site_types

WORLD_PIXELS = 256 << 14
"""Width of the Web Mercator world at zoom 14: positions are whole pixels of it, 9.6 m at the equator."""

FROM_EVER = -(2**31)
_EPOCH = 719_163  # ordinal of 1970-01-01
_MAX_LATITUDE = 85.051129
_STATES = ("undamaged", "unknown", "damaged")


class Codes(msgspec.Struct, frozen=True):
    """The ids that the code columns count through."""

    condition: tuple[str, ...]
    type: tuple[str, ...]
    community: tuple[str, ...]
    location_of: tuple[str, ...]


class Columns(msgspec.Struct, frozen=True):
    """Columns one after another in `data`; `layout` tells name, dtype and length of each in order."""

    layout: tuple[tuple[str, str, int], ...]
    data: bytes


def centre(geometry: Geometry) -> Position:
    """Return the point that stands for a shape on the map: the middle of its bounds (longitude, latitude)."""
    if isinstance(geometry, Point):
        return geometry.coordinates
    longitudes, latitudes = zip(*outline(geometry), strict=True)
    return ((min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2)


def in_map_order(sites: Sequence[Site]) -> list[int]:
    """Return the places of sites in the order of the columns.

    Sites with a location come first, along a Hilbert curve, so that neighbours lie together and compress;
    sites at one point follow one another. Sites without a location come last. Ties are settled by id.
    """
    located = [n for n, site in enumerate(sites) if site.geometry is not None]
    rest = sorted((n for n, site in enumerate(sites) if site.geometry is None), key=lambda n: sites[n].id)
    curve = _hilbert(*_pixels(sites[n] for n in located)).tolist()
    points = [centre(sites[n].geometry) for n in located]  # type: ignore[arg-type]
    ranked = sorted(
        (distance, point, sites[n].id, n) for distance, point, n in zip(curve, points, located, strict=True)
    )
    return [n for *_, n in ranked] + rest


def columns(rows: Sequence[AssessedSite], codes: Codes) -> Columns:
    """Return the columns of rows that are in map order."""
    located = [row.site for row in rows if row.site.geometry is not None]
    x, y = _pixels(located)
    arrays: list[tuple[str, NDArray[np.generic]]] = []
    for axis, values in (("x", x), ("y", y)):
        arrays += [(f"{axis}_plane{n}", plane) for n, plane in enumerate(_delta_planes(values))]
    locations = [preferred_location(site) for site in located]
    location_of, condition = _code_of(codes.location_of), _code_of(codes.condition)
    arrays += [
        (
            "uncertainty",
            whole_numbers((min((x.uncertainty_m or 0) // 10, 65_535) if x else 0 for x in locations), "<u2"),
        ),
        ("precision", whole_numbers((location_of[x.of] if x else 0 for x in locations), "u1")),
        ("condition", whole_numbers((condition[row.assessment.standing] for row in rows), "u1")),
        ("contested", whole_numbers((bool(row.assessment.disagreements) for row in rows), "u1")),
        ("lines", whole_numbers((min(len(row.assessment.lines), 255) for row in rows), "u1")),
        ("reports", whole_numbers((min(len(row.site.properties.reports), 255) for row in rows), "u1")),
    ]
    type_code, community_code = _code_of(codes.type), _code_of(codes.community)
    arrays += _listed("type", "types", ([type_code[x] for x in site_types(row.site)] for row in rows))
    arrays += _listed(
        "community",
        "communities",
        ([community_code[x] for x in asserted_communities(row.site)] for row in rows),
    )
    return joined(arrays)


def state_arrays(rows: Sequence[AssessedSite]) -> list[tuple[str, NDArray[np.generic]]]:
    """Return the columns of the three-state history of rows that are in map order."""
    spans = [row.assessment.states for row in rows]
    state_code = _code_of(_STATES)
    return [
        ("state_count", whole_numbers(map(len, spans), "u1")),
        ("state_day", whole_numbers((day_number(span.start) for group in spans for span in group), "<i4")),
        ("state", whole_numbers((state_code[span.state] for group in spans for span in group), "u1")),
    ]


def joined(arrays: Sequence[tuple[str, NDArray[np.generic]]]) -> Columns:
    """Return named columns one after another, with their layout."""
    layout = tuple((name, values.dtype.str.lstrip("<|"), len(values)) for name, values in arrays)
    return Columns(layout, b"".join(values.tobytes() for _, values in arrays))


def packed(raw: bytes) -> str:
    """Return bytes as text for a page: gzip, without name or time, in base 64."""
    return base64.b64encode(gzip.compress(raw, compresslevel=6, mtime=0)).decode("ascii")


def whole_numbers(values: Iterable[int], dtype: str) -> NDArray[np.generic]:
    """Return a column of numbers."""
    return np.fromiter(values, dtype=dtype)


def _listed(
    count_name: str, name: str, groups: Iterable[Sequence[int]]
) -> list[tuple[str, NDArray[np.generic]]]:
    """Return a column of lengths and a column of all items one after another."""
    lists = list(groups)
    return [
        (f"{count_name}_count", whole_numbers(map(len, lists), "u1")),
        (name, whole_numbers((item for items in lists for item in items), "u1")),
    ]


def _code_of(ids: Sequence[str]) -> dict[str, int]:
    return {one: code for code, one in enumerate(ids)}


def day_number(start: date | None) -> int:
    """Return the days since 1970-01-01, `FROM_EVER` for None."""
    return FROM_EVER if start is None else start.toordinal() - _EPOCH


def _pixels(sites: Iterable[Site]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the Web Mercator pixels of sites with a location: x from 180° W, y from the north."""
    points = [centre(site.geometry) for site in sites if site.geometry is not None]
    degrees = np.array(points, dtype="f8").reshape(-1, 2)
    longitude, latitude = degrees[:, 0], np.clip(degrees[:, 1], -_MAX_LATITUDE, _MAX_LATITUDE)
    x = (longitude + 180) / 360
    sine = np.sin(np.radians(latitude))
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return tuple(np.clip(np.floor(v * WORLD_PIXELS), 0, WORLD_PIXELS - 1).astype("i8") for v in (x, y))  # type: ignore[return-value]


def _delta_planes(values: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
    """Return differences to the value before, zigzag, as three planes of bytes from the lowest."""
    deltas = np.diff(values, prepend=0)
    zigzag = (deltas << 1) ^ (deltas >> 63)
    return [((zigzag >> shift) & 0xFF).astype("u1") for shift in (0, 8, 16)]


def _hilbert(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how far along a Hilbert curve over the world's pixels each point lies."""
    x, y = x.copy(), y.copy()
    distance = np.zeros(len(x), dtype="i8")
    side = WORLD_PIXELS // 2
    while side:
        right = (x & side) > 0
        lower = (y & side) > 0
        distance += side * side * ((3 * right) ^ lower)
        turn = ~lower
        flip = turn & right
        x[flip], y[flip] = WORLD_PIXELS - 1 - x[flip], WORLD_PIXELS - 1 - y[flip]
        x[turn], y[turn] = y[turn], x[turn].copy()
        side //= 2
    return distance
