"""Names of settlements to points, for forms: from the registry's own base data, offline, in any script.

The data are `basemap/settlements.geojson` (docs/basemap.md). They hold no country and no district, so places
of one name are told apart by the town that lies nearest, and by the distance to a given point.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rapidfuzz.fuzz import partial_ratio

from heritage_registry.names import MATCH, fold, score
from heritage_registry.parts import Position
from heritage_registry.shapes import EARTH_RADIUS_M, bearing, distance_m

_HALF_ALIKE = 50  # per cent
_TOWN_RANK = 5  # 5,000 people and more


class Neighbour(msgspec.Struct, frozen=True):
    """A place of the same size or more beside one; `bearing` is in degrees from north as seen from it."""

    names: Mapping[str, tuple[str, ...]]
    distance_m: int
    bearing: int


class GazetteerPlace(msgspec.Struct, frozen=True):
    """A settlement that answers a query. Its point is the gazetteer's for the whole settlement.

    `name` is the one that answers, as written; `names` all by language, the first of each as maps show it.
    `rank` runs from 1, the largest, to 7. `distance_m` is None unless a point was given. `credit` is the line
    that a page showing the point must show.
    """

    name: str
    names: Mapping[str, tuple[str, ...]]
    longitude: float
    latitude: float
    population: int | None
    rank: int
    score: float
    neighbour: Neighbour | None
    distance_m: int | None
    credit: str


class _Properties(msgspec.Struct, frozen=True):
    names: dict[str, tuple[str, ...]]
    rank: int
    population: int | None = None


class _Point(msgspec.Struct, frozen=True):
    coordinates: Position


class _Feature(msgspec.Struct, frozen=True):
    geometry: _Point
    properties: _Properties


class _Collection(msgspec.Struct, frozen=True):
    credit: str
    features: tuple[_Feature, ...]


class Gazetteer(msgspec.Struct, frozen=True):
    """The settlements of a registry, read once; `keys` are the search keys of all their names.

    `towns` are, for each rank of a town, the places of that rank and the larger ones from south to north.
    """

    credit: str
    settlements: Sequence[_Feature]
    keys: Mapping[str, Sequence[tuple[int, str]]]
    towns: Mapping[int, Sequence[_Feature]] = {}


def read_gazetteer(directory: Path) -> Gazetteer:
    """Read the settlements of the registry in a folder. A registry without a base map knows none."""
    path = directory / "basemap" / "settlements.geojson"
    if not path.is_file():
        return Gazetteer("", (), {})
    held = msgspec.json.decode(path.read_bytes(), type=_Collection)
    keys: dict[str, list[tuple[int, str]]] = {}
    for n, feature in enumerate(held.features):
        for name in dict.fromkeys(name for names in feature.properties.names.values() for name in names):
            keys.setdefault(fold(name), []).append((n, name))
    northwards = sorted(held.features, key=_latitude)
    towns = {rank: [x for x in northwards if x.properties.rank <= rank] for rank in range(1, _TOWN_RANK + 1)}
    return Gazetteer(held.credit, held.features, keys, towns)


def _latitude(settlement: _Feature) -> float:
    return settlement.geometry.coordinates[1]


def find_places(
    query: str, gazetteer: Gazetteer, limit: int = 10, near: Position | None = None
) -> list[GazetteerPlace]:
    """Return the settlements that a name in any script answers to, best first.

    Equal answers are ordered by distance to `near` where it is given, else the larger before the smaller.
    All of one name are among them, though they be more than `limit`: which is meant, a person decides.
    """
    answers: dict[int, tuple[float, str]] = {}
    asked = fold(query)
    longest = max(asked.split(), key=len, default="")
    for key, bearers in gazetteer.keys.items():
        # `score` is slow, and most keys have nothing of the query in them.
        if not longest or partial_ratio(longest, key, score_cutoff=_HALF_ALIKE) == 0:
            continue
        found = 1.0 if key == asked else score(asked, key)
        if found >= MATCH:
            for n, name in bearers:
                if found > answers.get(n, (0.0, ""))[0]:
                    answers[n] = (found, name)
    places = [_place(gazetteer, n, name, found, near) for n, (found, name) in answers.items()]
    places.sort(key=_best_first)
    homonyms = sum(place.score == 1 for place in places)
    return places[: max(limit, homonyms)]


def _best_first(place: GazetteerPlace) -> tuple[float, ...]:
    distance = place.distance_m or 0
    return -place.score, distance, place.rank, -(place.population or 0), place.longitude, place.latitude


def _place(gazetteer: Gazetteer, n: int, name: str, found: float, near: Position | None) -> GazetteerPlace:
    settlement = gazetteer.settlements[n]
    spot = settlement.geometry.coordinates
    return GazetteerPlace(
        name=name,
        names=settlement.properties.names,
        longitude=spot[0],
        latitude=spot[1],
        population=settlement.properties.population,
        rank=settlement.properties.rank,
        score=found,
        neighbour=_neighbour(gazetteer, settlement),
        distance_m=None if near is None else round(distance_m(near, spot)),
        credit=gazetteer.credit,
    )


def _neighbour(gazetteer: Gazetteer, settlement: _Feature) -> Neighbour | None:
    """Return the nearest place of some size that is not itself smaller."""
    spot, rank = settlement.geometry.coordinates, min(settlement.properties.rank, _TOWN_RANK)
    nearest, least = None, math.inf
    for town, apart in _by_latitude(gazetteer.towns.get(rank, ()), spot[1]):
        if apart >= least:  # all that follow lie further north or south than that
            break
        away = distance_m(spot, town.geometry.coordinates)
        if town is not settlement and away < least:
            nearest, least = town, away
    if nearest is None:
        return None
    centre = nearest.geometry.coordinates
    direction = round(bearing(centre, spot)) % 360
    return Neighbour(nearest.properties.names, round(least), direction)


def _by_latitude(towns: Sequence[_Feature], latitude: float) -> Iterator[tuple[_Feature, float]]:
    """Yield towns, the nearest in latitude first, each with the metres that it is north or south at least."""
    north = bisect_left(towns, latitude, key=_latitude)
    south = north - 1
    while south >= 0 or north < len(towns):
        below = latitude - _latitude(towns[south]) if south >= 0 else math.inf
        above = _latitude(towns[north]) - latitude if north < len(towns) else math.inf
        metres = math.radians(min(below, above)) * EARTH_RADIUS_M
        if below <= above:
            yield towns[south], metres
            south -= 1
        else:
            yield towns[north], metres
            north += 1
