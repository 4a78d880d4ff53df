"""A small picture of a new place and of those like it: points, how sure they are, and a scale. No script."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, radians

import msgspec

from heritage_registry.pages.site_page import distance
from heritage_registry.pages.words import Words

WIDTH, HEIGHT = 320, 200
_MARGIN = 26
_METRES_PER_DEGREE = 111_320
_LEAST_M = 300
"""The picture never shows less ground than this, or every point would look far from the other."""

_SCALES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_LONGEST_SCALE = 110
_LEAST_RADIUS = 9


class Spot(msgspec.Struct, frozen=True):
    """A place on the ground; the new one has the number 0."""

    number: int
    longitude: float
    latitude: float
    metres: float


class Dot(msgspec.Struct, frozen=True):
    """A place in the picture, with the radius within which it holds where that is worth drawing."""

    number: int
    x: float
    y: float
    radius: float


class Picture(msgspec.Struct, frozen=True):
    """The picture, and the bar that tells how long a distance is."""

    dots: tuple[Dot, ...]
    bar: float
    bar_words: str
    width: int = WIDTH
    height: int = HEIGHT


def picture(own: Spot | None, others: Iterable[Spot], words: Words) -> Picture | None:
    """Return the picture of places, or nothing where there are not two to compare."""
    spots = [*others, *((own,) if own else ())]
    if own is None or len(spots) < 2:
        return None
    longitudes, latitudes = [x.longitude for x in spots], [x.latitude for x in spots]
    east, north = (min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2
    narrow = max(0.01, cos(radians(north)))
    wide = (max(longitudes) - min(longitudes)) * narrow * _METRES_PER_DEGREE
    high = (max(latitudes) - min(latitudes)) * _METRES_PER_DEGREE
    per_metre = min((WIDTH - 2 * _MARGIN) / max(wide, _LEAST_M), (HEIGHT - 2 * _MARGIN) / max(high, _LEAST_M))

    def dot(spot: Spot) -> Dot:
        x = WIDTH / 2 + (spot.longitude - east) * narrow * _METRES_PER_DEGREE * per_metre
        y = HEIGHT / 2 - (spot.latitude - north) * _METRES_PER_DEGREE * per_metre
        radius = spot.metres * per_metre
        return Dot(spot.number, round(x, 1), round(y, 1), round(radius, 1) if radius > _LEAST_RADIUS else 0)

    metres = next((x for x in reversed(_SCALES) if x * per_metre <= _LONGEST_SCALE), _SCALES[0])
    return Picture(tuple(map(dot, spots)), round(metres * per_metre, 1), distance(metres, words))
