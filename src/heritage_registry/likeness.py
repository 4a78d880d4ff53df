"""How like one another a place about to be entered and a recorded one are, in points, and why.

Four things are weighed, each on its own: a name in common, how near the places are for how exactly they are
known, the kind of place, and the settlement. docs/duplicates.md has the method and how well it does.

- A name counts by its rarest shared words. A word that many sites bear says little, the name of the
  settlement says less than a name of the site itself, and generic words (church, məscid) say nothing here:
  they count as the kind of place where none is given.
- Nearness is the logarithm of `_REACH_M` over the distance and both uncertainties together. Two surveyed
  points ten metres apart say much, two sites at the point of one town next to nothing.

How like it is says whether to ask if a recorded place is the same. What is shown besides, because it may
touch the entered place, is ordered by `closeness`: there the distance counts as it is, and ground such as a
fortress or a settlement, which others stand on, comes before what merely stands as near.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from heritage_registry.names import MATCH, generic_meaning, tokens
from heritage_registry.parts import Geometry, LineString, Point
from heritage_registry.shapes import distance_m
from heritage_registry.vocabulary import vocabulary

_BIAS = -4.0
_NAME_POINTS = 7.0
_SAME_KIND, _RELATED_KIND, _OTHER_KIND = 1.0, 0.5, -0.3
_SAME_SETTLEMENT = 1.5
_NEAREST_POINTS, _FARTHEST_POINTS = 3.0, -6.0
_REACH_M = 5_000
_BEYOND = 1.5  # farther apart than that, distance counts for more, as saints and quarters recur
_SETTLEMENT_M = 1_000  # what a settlement's point leaves open at the least, whatever a record says
_BESIDE_M = 300  # sites of one street or churchyard are as close as can be
_DOUBT = 0.1  # of two sites as far away, the better known point comes first
_AWAY_M = 15_000  # how far a site without a location is taken to be
_ENCLOSING_POINTS = 1.0
_UNSTATED_M = {"monument": 500, "settlement": 2_000, "area": 10_000}

_COMMON = 1_000  # in a smaller registry a word of two sites would else count as common
_ENOUGH = 0.7  # the weight of shared words that makes a name as strong as it gets
_PLACE_WORD = 0.4
_SAME_NAME = 0.5  # the least for one name with one kind, though the name be the settlement's: Fuzuli cemetery
_ALL_WORDS = 0.35  # the least for all words in common, and the most where they only name the settlement

_KINDS: tuple[frozenset[str], ...] = (
    frozenset({"church", "chapel", "monastery", "prayer_house", "shrine", "khachkar", "temple"}),
    frozenset({"mosque", "madrasa", "prayer_house", "shrine", "mausoleum"}),
    frozenset({"synagogue", "prayer_house"}),
    frozenset({"cemetery", "gravestone", "khachkar", "mausoleum", "shrine", "memorial"}),
    frozenset({"memorial", "monument", "bust_or_statue", "khachkar", "inscription"}),
    frozenset({"museum", "house", "library", "archive", "manuscript_collection", "cultural_centre"}),
    frozenset({"theatre", "cultural_centre", "school", "madrasa", "library"}),
    frozenset({"palace", "house", "caravanserai", "bathhouse"}),
)
"""Kinds that one place is easily taken for."""

_ENCLOSING = frozenset({"settlement", "fortress", "archaeological_site", "place_name"})
"""Kinds of place that others lie in."""

_GROUNDS = _ENCLOSING | {"archaeological_remains"}
"""Kinds that sites of every other kind stand on or in."""

_KINDS_OF_WORDS: Mapping[str, str] = {"cross-stone": "khachkar", "tomb": "mausoleum"}


class Reason(msgspec.Struct, frozen=True):
    """Why a site is shown: what kind of reason, and the values that a sentence about it needs.

    - `same_name`, `similar_name`: `ours` is the name typed, `theirs` the name of the site
    - `shared_word`: the same, where the names have only a word or more in common
    - `distance`: `metres`; `near_settlement` where a point is that of a settlement, not of the site itself
    - `same_type`, `related_type`: ids of site types
    - `same_settlement`: its name as typed and as the site's record has it
    """

    kind: Literal[
        "same_name",
        "similar_name",
        "shared_word",
        "distance",
        "near_settlement",
        "same_type",
        "related_type",
        "same_settlement",
    ]
    ours: str = ""
    theirs: str = ""
    metres: int | None = None


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A located shape and how far around it the place may be; `point` where the shape is one."""

    shape: BaseGeometry
    point: tuple[float, float] | None
    radius_m: int
    is_settlement: bool


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What is compared of one site."""

    id: str
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    all_words: frozenset[str]
    places: Mapping[str, str]
    place_words: frozenset[str]
    types: tuple[str, ...]
    spots: tuple[Spot, ...]


class Compared(msgspec.Struct, frozen=True):
    """How like two places are.

    `score` is 0..1 for one place being the other, `closeness` in points for one touching the other. `metres`
    apart and the `point` compared are None where either place has none.
    """

    score: float
    closeness: float
    reasons: tuple[Reason, ...]
    metres: int | None
    point: tuple[float, float] | None


class Asked(msgspec.Struct, frozen=True):
    """A candidate made ready.

    `close` holds, for each of its words, how close words of the index are; `met` all of the latter.
    """

    names: tuple[tuple[str, tuple[str, ...]], ...]
    close: Mapping[str, Mapping[str, float]]
    met: frozenset[str]
    weights: Mapping[str, float]
    kinds: tuple[str, ...]
    places: Mapping[str, str]
    spot: Spot | None
    by_word: Mapping[str, Sequence[int]]
    sites: int


def compare(asked: Asked, entry: Entry) -> Compared:
    """Return how like the two are, and why."""
    name_points, name = _compare_names(asked, entry)
    near_points, near, theirs = _compare_spots(asked.spot, entry.spots)
    kind_points, kind = _compare_kinds(asked.kinds, entry.types)
    place_points, place = _compare_places(asked.places, entry.places)
    alike = name_points + kind_points + place_points
    metres = near.metres if near else None
    return Compared(
        score=1 / (1 + math.exp(-(_BIAS + alike + near_points))),
        closeness=alike + _closeness(metres, asked.spot, theirs, entry),
        reasons=tuple(reason for reason in (name, near, place, kind) if reason),
        metres=metres,
        point=theirs.point if theirs else None,
    )


def _closeness(metres: int | None, ours: Spot | None, theirs: Spot | None, entry: Entry) -> float:
    if metres is None or ours is None or theirs is None:
        return _BEYOND * math.log(_REACH_M / _AWAY_M)
    apart = metres + _BESIDE_M + _DOUBT * (ours.radius_m + theirs.radius_m)
    ground = 0.0 if _ENCLOSING.isdisjoint(entry.types) else _ENCLOSING_POINTS
    return _BEYOND * math.log(_REACH_M / apart) + ground


def spot(geometry: Geometry, of: str, uncertainty_m: int | None) -> Spot:
    """Return what is compared of a location. A settlement's point is never taken as exact."""
    radius = uncertainty_m or _UNSTATED_M.get(of, _SETTLEMENT_M)
    is_settlement = of == "settlement"
    if is_settlement:
        radius = max(radius, _SETTLEMENT_M)
    point = geometry.coordinates if isinstance(geometry, Point) else None
    return Spot(_shape(geometry), point, radius, is_settlement)


def _shape(geometry: Geometry) -> BaseGeometry:
    if isinstance(geometry, Point):
        return shapely.Point(geometry.coordinates)
    if isinstance(geometry, LineString):
        return shapely.LineString(geometry.coordinates)
    return shapely.Polygon(geometry.coordinates[0], geometry.coordinates[1:])


def specific(text: str) -> tuple[str, ...]:
    """Return the words that are not generic; of a name in a script without a table, the name as it is."""
    words = tokens(text) or [text.casefold()]
    return tuple(dict.fromkeys(word for word in words if generic_meaning(word) is None))


def kinds_in(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of place that the generic words of names tell."""
    told = (meaning for name in names for word in tokens(name) if (meaning := generic_meaning(word)))
    kinds = dict.fromkeys(_KINDS_OF_WORDS.get(meaning, meaning) for meaning in told)
    return tuple(kind for kind in kinds if kind in vocabulary("site_type").ids)


def rarity(bearers: int, sites: int) -> float:
    """Return 1 for a word of one site, and less the more sites bear it."""
    size = math.log(max(sites, _COMMON) + 1)
    return max(0.0, 1 - math.log(max(bearers, 1)) / size) ** 2


def _compare_names(asked: Asked, entry: Entry) -> tuple[float, Reason | None]:
    if asked.met.isdisjoint(entry.all_words):
        return 0.0, None
    best, reason = 0.0, None
    for ours, our_words in asked.names:
        for theirs, their_words in zip(entry.names, entry.words, strict=True):
            strength, covered = _compare_words(asked, entry, our_words, their_words)
            if not strength:
                continue
            kind = _name_kind(ours, theirs, covered)
            if kind == "same_name":
                strength = max(strength, _SAME_NAME)
            if strength > best:
                best, reason = strength, Reason(kind, ours, theirs)
    return best * _NAME_POINTS, reason


def _name_kind(ours: str, theirs: str, covered: float) -> Literal["same_name", "similar_name", "shared_word"]:
    if covered >= 0.99 and set(kinds_in([ours])) == set(kinds_in([theirs])):
        return "same_name"
    return "similar_name" if covered >= MATCH else "shared_word"


def _compare_words(
    asked: Asked, entry: Entry, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[float, float]:
    """Return how strongly two names speak for one place, and how much of both they have in common."""
    shared = held = 0.0
    only_places = True
    met: set[str] = set()
    for word in ours:
        others = asked.close[word]
        is_place = not entry.place_words.isdisjoint(others)
        weight = asked.weights[word] * (_PLACE_WORD if is_place else 1)
        held += weight
        other = max((w for w in theirs if w in others), key=lambda w: others[w], default=None)
        if other is not None:
            met.add(other)
            only_places = only_places and is_place
            shared += weight * others[other] ** 2
    if not shared:
        return 0.0, 0.0
    for word in theirs:
        if word not in met:
            weight = rarity(len(asked.by_word[word]), asked.sites)
            held += weight * (_PLACE_WORD if word in entry.place_words else 1)
    covered = shared / held
    least = _ALL_WORDS if covered >= MATCH else 0.0
    most = _ALL_WORDS if only_places else 1.0
    return covered * min(most, max(least, shared / _ENOUGH)), covered


def _compare_spots(ours: Spot | None, spots: Iterable[Spot]) -> tuple[float, Reason | None, Spot | None]:
    """Return the points, the reason, and which of the spots was compared."""
    if ours is None:
        return 0.0, None, None
    best, reason, compared = -math.inf, None, None
    for theirs in spots:
        metres = _distance_m(ours, theirs)
        points = math.log(_REACH_M / (metres + ours.radius_m + theirs.radius_m))
        if points > best:
            settlement = ours.is_settlement or theirs.is_settlement
            kind: Literal["near_settlement", "distance"] = "near_settlement" if settlement else "distance"
            best, reason, compared = points, Reason(kind, metres=round(metres)), theirs
    if reason is None:
        return 0.0, None, None
    points = min(best, _NEAREST_POINTS) if best > 0 else max(best * _BEYOND, _FARTHEST_POINTS)
    return points, reason, compared


def _distance_m(a: Spot, b: Spot) -> float:
    if a.point and b.point:
        return distance_m(a.point, b.point)
    (x0, y0), (x1, y1) = shapely.shortest_line(a.shape, b.shape).coords
    return distance_m((x0, y0), (x1, y1))


def _compare_kinds(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, Reason | None]:
    if not ours or not theirs:
        return 0.0, None
    for kind in ours:
        if kind in theirs:
            return _SAME_KIND, Reason("same_type", kind, kind)
    for kind in ours:
        for other in theirs:
            if kind in _GROUNDS or other in _GROUNDS or any({kind, other} <= group for group in _KINDS):
                return _RELATED_KIND, Reason("related_type", kind, other)
    return _OTHER_KIND, None


def _compare_places(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[float, Reason | None]:
    for key, text in ours.items():
        if key in theirs:
            return _SAME_SETTLEMENT, Reason("same_settlement", text, theirs[key])
    return 0.0, None
