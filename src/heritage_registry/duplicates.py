"""The same place already? Which sites of a registry are like a place that somebody is about to enter.

Four things are weighed, each on its own and all in points that are added up: a name in common, how near the
places are for how exactly they are known, the kind of place, and the settlement. `Likeness.score` turns the
points into 0..1. Nothing is ever merged or refused: a person is shown sites with the reasons and decides.
docs/duplicates.md has the method and how well it does.

- A name counts by its rarest shared words. A word that many sites bear says little, the name of the
  settlement says less than a name of the site itself, and generic words (church, məscid) say nothing here:
  they count as the kind of place where none is given.
- Nearness is the logarithm of `_REACH_M` over the distance and both uncertainties together. Two surveyed
  points ten metres apart say much, two sites at the point of one town next to nothing.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Literal

import msgspec
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from heritage_registry.find import place_names
from heritage_registry.names import MATCH, alike, tokens
from heritage_registry.parts import Geometry, LineString, Point
from heritage_registry.places import place_key
from heritage_registry.site import Location, Site, preferred_location

WARNING = 0.5
"""From this score up a page should ask whether it is the same place; below it, it shows what lies near."""

_BIAS = -4.0
_NAME_POINTS = 7.0
_SAME_KIND, _RELATED_KIND, _OTHER_KIND = 1.0, 0.5, -0.3
_SAME_SETTLEMENT = 1.5
_NEAREST_POINTS, _FARTHEST_POINTS = 3.0, -6.0
_REACH_M = 5_000
_BEYOND = 1.5  # farther apart than that, distance counts for more, as saints and quarters recur
_SETTLEMENT_M = 1_000  # what a settlement's point leaves open at the least, whatever a record says
_UNSTATED_M = {"monument": 500, "settlement": 2_000, "area": 10_000}

_COMMON = 1_000  # in a smaller registry a word of two sites would else count as common
_ENOUGH = 0.7  # the weight of shared words that makes a name as strong as it gets
_PLACE_WORD = 0.4
_SAME_NAME = 0.35  # the least for one whole name, though it be only that of the settlement, as Fuzuli cemetery
_COMMON_TOKEN = 500  # a word of more sites than this leads to none of them, it only counts where it is shared
_NEAREST = 300
_SEARCH_M = 15_000

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

_GROUNDS = frozenset({"settlement", "fortress", "archaeological_site", "archaeological_remains", "place_name"})
"""Kinds that sites of every other kind stand on or in."""
_SETTLEMENTS = frozenset({"settlement", "place_name"})

_KINDS_OF_WORDS: Mapping[str, str] = {"cross-stone": "khachkar", "tomb": "mausoleum"}


class Candidate(msgspec.Struct, frozen=True):
    """What somebody has typed of a new site so far; every part may be empty.

    `places` are names of the settlement. `uncertainty_m` is what the form says, if it does.
    """

    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    geometry: Geometry | None = None
    location_of: str = "monument"
    uncertainty_m: int | None = None
    places: tuple[str, ...] = ()


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


class Likeness(msgspec.Struct, frozen=True):
    """A site that may be the place somebody enters. `distance_m` is None where either has no location."""

    site: str
    score: float
    reasons: tuple[Reason, ...]
    distance_m: int | None

    @property
    def is_warning(self) -> bool:
        """Tell whether a page should ask before the new site is saved."""
        return self.score >= WARNING


class _Spot(msgspec.Struct, frozen=True):
    """A located shape and how far around it the place may be."""

    shape: BaseGeometry
    radius_m: int
    is_settlement: bool


class _Entry(msgspec.Struct, frozen=True):
    """What is compared of one site."""

    id: str
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    places: Mapping[str, str]
    place_words: frozenset[str]
    types: tuple[str, ...]
    spots: tuple[_Spot, ...]


class DuplicateIndex(msgspec.Struct, frozen=True):
    """Sites prepared for `likely_duplicates`; made by `index_sites`, good until a site changes."""

    entries: tuple[_Entry, ...]
    by_word: Mapping[str, Sequence[int]]
    by_place: Mapping[str, Sequence[int]]
    by_skeleton: Mapping[str, Sequence[str]]
    tree: shapely.STRtree
    owners: Sequence[int]


def candidate_of(site: Site) -> Candidate:
    """Return a site's record as if it were about to be entered."""
    location = preferred_location(site)
    properties = site.properties
    return Candidate(
        names=tuple(name.text for name in properties.names),
        types=tuple(kind.type for kind in properties.types),
        geometry=location.geometry if location else None,
        location_of=location.of if location else "monument",
        uncertainty_m=location.uncertainty_m if location else None,
        places=tuple(_settlements(site).values()),
    )


def index_sites(sites: Iterable[Site]) -> DuplicateIndex:
    """Prepare sites for `likely_duplicates`.

    What is shown of a likeness is as open as the sites given: hand in public views for a public page.
    """
    entries = tuple(_entry(site) for site in sites)
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    by_place: defaultdict[str, list[int]] = defaultdict(list)
    by_skeleton: defaultdict[str, list[str]] = defaultdict(list)
    for n, entry in enumerate(entries):
        for word in sorted({*chain.from_iterable(entry.words), *entry.place_words}):
            by_word[word].append(n)
        for key in entry.places:
            by_place[key].append(n)
    for word in by_word:
        for skeleton in _skeletons(word):
            by_skeleton[skeleton].append(word)
    owners = [n for n, entry in enumerate(entries) for _ in entry.spots]
    tree = shapely.STRtree([spot.shape for entry in entries for spot in entry.spots])
    return DuplicateIndex(entries, by_word, by_place, by_skeleton, tree, owners)


def likely_duplicates(candidate: Candidate, index: DuplicateIndex, limit: int = 5) -> list[Likeness]:
    """Return the sites most like a place about to be entered, best first.

    Those with `is_warning` may be the same place; the others only lie near or share something.
    """
    asked = _asked(candidate, index)
    found = (_likeness(asked, index.entries[n]) for n in _worth_comparing(asked, index))
    ranked = sorted(
        (likeness for likeness in found if likeness.reasons),
        key=lambda x: (-x.score, x.distance_m if x.distance_m is not None else math.inf, x.site),
    )
    return ranked[:limit]


# What is compared


def _entry(site: Site) -> _Entry:
    names = tuple(dict.fromkeys(name.text for name in site.properties.names))
    return _Entry(
        id=site.id,
        names=names,
        words=tuple(_specific(name) for name in names),
        places=_settlements(site),
        place_words=frozenset(word for text in place_names(site) for word in _specific(text)),
        types=tuple(dict.fromkeys(kind.type for kind in site.properties.types)),
        spots=tuple(spot for location in site.properties.locations if (spot := _spot_of(location))),
    )


def _settlements(site: Site) -> dict[str, str]:
    """Return the names of the settlements a site is said to lie in, or is, by search key."""
    places = (place for place in site.properties.places if place.level in ("settlement", "quarter"))
    texts = [name.text for place in places for name in place.names]
    if any(kind.type in _SETTLEMENTS for kind in site.properties.types):
        texts += [name.text for name in site.properties.names]
    return {key: text for text in texts if (key := place_key(text))}


def _spot_of(location: Location) -> _Spot | None:
    if location.geometry is None or location.standing == "implausible":
        return None
    return _spot(location.geometry, location.of, location.uncertainty_m)


def _spot(geometry: Geometry, of: str, uncertainty_m: int | None) -> _Spot:
    radius = uncertainty_m or _UNSTATED_M.get(of, _SETTLEMENT_M)
    is_settlement = of == "settlement"
    return _Spot(_shape(geometry), max(radius, _SETTLEMENT_M) if is_settlement else radius, is_settlement)


def _shape(geometry: Geometry) -> BaseGeometry:
    if isinstance(geometry, Point):
        return shapely.Point(geometry.coordinates)
    if isinstance(geometry, LineString):
        return shapely.LineString(geometry.coordinates)
    return shapely.Polygon(geometry.coordinates[0], geometry.coordinates[1:])


# Words


@cache
def _folding() -> tuple[Mapping[str, str], Mapping[int, str]]:
    """Return the meaning of each generic word by its key, and the table that makes a skeleton of a key."""
    table = json.loads((files("heritage_registry") / "languages" / "folding.json").read_text("utf-8"))
    generic = table["generic"].items()
    meanings = {key: meaning for meaning, words in generic for word in words for key in tokens(word)}
    return meanings, str.maketrans(table["skeleton"])


def _specific(text: str) -> tuple[str, ...]:
    """Return the words that are not generic; of a name in a script without a table, the name as it is."""
    meanings, _ = _folding()
    words = tokens(text) or [text.casefold()]
    return tuple(dict.fromkeys(word for word in words if word not in meanings))


def _kinds_in(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of place that the generic words of names tell."""
    meanings, _ = _folding()
    told = (meanings[word] for name in names for word in tokens(name) if meanings.get(word))
    return tuple(dict.fromkeys(_KINDS_OF_WORDS.get(meaning, meaning) for meaning in told))


def _skeletons(word: str) -> Iterator[str]:
    """Yield the word's consonants, and where there are enough also without each: they meet for near words."""
    skeleton = word.translate(_folding()[1])
    yield skeleton
    if len(skeleton) > 3:
        yield from {skeleton[:n] + skeleton[n + 1 :] for n in range(len(skeleton))} - {skeleton}


class _Asked(msgspec.Struct, frozen=True):
    """A candidate made ready: `close` holds, for each of its words, how close words of the index are."""

    names: tuple[tuple[str, tuple[str, ...]], ...]
    close: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    kinds: tuple[str, ...]
    places: Mapping[str, str]
    spot: _Spot | None
    index: DuplicateIndex


def _asked(candidate: Candidate, index: DuplicateIndex) -> _Asked:
    names = [(name, words) for name in candidate.names if (words := _specific(name))]
    asked = {word for _, words in names for word in words}
    close = {word: _close_words(word, index) for word in sorted(asked)}
    bearers = {word: sum(len(index.by_word[w]) for w in others) for word, others in close.items()}
    places = {key: text for text in candidate.places if (key := place_key(text))}
    if not places:  # a name such as Mets Tagher cemetery tells the settlement too
        places = {key: name for name, words in names for key in (*words, " ".join(words))}
    geometry = candidate.geometry
    spot = _spot(geometry, candidate.location_of, candidate.uncertainty_m) if geometry else None
    return _Asked(
        names=tuple(names),
        close=close,
        weights={word: _rarity(n, len(index.entries)) for word, n in bearers.items()},
        kinds=candidate.types or _kinds_in(candidate.names),
        places=places,
        spot=spot,
        index=index,
    )


def _close_words(word: str, index: DuplicateIndex) -> dict[str, float]:
    """Return the words of the index that are a find for this one, with how close they are."""
    near = {other for skeleton in _skeletons(word) for other in index.by_skeleton.get(skeleton, ())}
    longest = len(word) + 2
    near = {other for other in near if len(word) - 2 <= len(other) <= longest}
    likeness = {other: 1.0 if other == word else alike(word, other) for other in sorted(near)}
    return {other: found for other, found in likeness.items() if found >= MATCH}


def _rarity(bearers: int, sites: int) -> float:
    """Return 1 for a word of one site, and less the more sites bear it."""
    size = math.log(max(sites, _COMMON) + 1)
    return max(0.0, 1 - math.log(max(bearers, 1)) / size) ** 2


# Which sites


def _worth_comparing(asked: _Asked, index: DuplicateIndex) -> list[int]:
    found: set[int] = set()
    for others in asked.close.values():
        for other in others:
            bearers = index.by_word[other]
            if len(bearers) <= _COMMON_TOKEN:
                found.update(bearers)
    for key in asked.places:
        found.update(index.by_place.get(key, ())[:_COMMON_TOKEN])
    if asked.spot is not None:
        found.update(_nearest(asked.spot, index))
    return sorted(found)


def _nearest(spot: _Spot, index: DuplicateIndex) -> Iterator[int]:
    """Yield the sites nearest to a spot."""
    west, south, east, north = spot.shape.bounds
    up = (_SEARCH_M + spot.radius_m) / 111_320
    side = up / max(0.01, math.cos(math.radians((south + north) / 2)))
    boxes = [
        shapely.box(west - side + turn, south - up, east + side + turn, north + up) for turn in (-360, 0, 360)
    ]
    rows = np.unique(index.tree.query(boxes)[1])
    distances = shapely.distance(spot.shape, index.tree.geometries[rows])
    nearest = rows[np.argsort(distances, kind="stable")[:_NEAREST]]
    yield from (index.owners[row] for row in nearest)


# How like


def _likeness(asked: _Asked, entry: _Entry) -> Likeness:
    name_points, name = _compare_names(asked, entry)
    near_points, near = _compare_spots(asked.spot, entry.spots)
    kind_points, kind = _compare_kinds(asked.kinds, entry.types)
    place_points, place = _compare_places(asked.places, entry.places)
    points = _BIAS + name_points + near_points + kind_points + place_points
    return Likeness(
        site=entry.id,
        score=1 / (1 + math.exp(-points)),
        reasons=tuple(reason for reason in (name, near, place, kind) if reason),
        distance_m=near.metres if near else None,
    )


def _compare_names(asked: _Asked, entry: _Entry) -> tuple[float, Reason | None]:
    best, reason = 0.0, None
    for ours, our_words in asked.names:
        for theirs, their_words in zip(entry.names, entry.words, strict=True):
            strength, covered = _compare_words(asked, entry, our_words, their_words)
            if strength > best:
                kind: Literal["same_name", "similar_name", "shared_word"]
                kind = (
                    "same_name" if covered >= 0.99 else "similar_name" if covered >= MATCH else "shared_word"
                )
                best, reason = strength, Reason(kind, ours, theirs)
    return best * _NAME_POINTS, reason


def _compare_words(
    asked: _Asked, entry: _Entry, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[float, float]:
    """Return how strongly two names speak for one place, and how much of both they have in common."""
    shared = held = 0.0
    met: set[str] = set()
    for word in ours:
        others = asked.close[word]
        weight = asked.weights[word]
        if not entry.place_words.isdisjoint(others):
            weight *= _PLACE_WORD
        held += weight
        other = max((w for w in theirs if w in others), key=lambda w: others[w], default=None)
        if other is not None:
            met.add(other)
            shared += weight * others[other] ** 2
    if not shared:
        return 0.0, 0.0
    size = len(asked.index.entries)
    for word in theirs:
        if word not in met:
            weight = _rarity(len(asked.index.by_word[word]), size)
            held += weight * (_PLACE_WORD if word in entry.place_words else 1)
    covered = shared / held
    least = _SAME_NAME if covered >= MATCH else 0.0
    return covered * max(least, min(1.0, shared / _ENOUGH)), covered


def _compare_spots(ours: _Spot | None, spots: Iterable[_Spot]) -> tuple[float, Reason | None]:
    if ours is None:
        return 0.0, None
    best, reason = -math.inf, None
    for theirs in spots:
        metres = distance_m(ours.shape, theirs.shape)
        points = math.log(_REACH_M / (metres + ours.radius_m + theirs.radius_m))
        if points > best:
            settlement = ours.is_settlement or theirs.is_settlement
            kind: Literal["near_settlement", "distance"] = "near_settlement" if settlement else "distance"
            best, reason = points, Reason(kind, metres=round(metres))
    if reason is None:
        return 0.0, None
    points = min(best, _NEAREST_POINTS) if best > 0 else max(best * _BEYOND, _FARTHEST_POINTS)
    return points, reason


def distance_m(a: BaseGeometry, b: BaseGeometry) -> float:
    """Return the metres between two shapes in WGS 84 degrees where they are nearest to each other."""
    if a.geom_type == b.geom_type == "Point":
        (x0, y0), (x1, y1) = a.coords[0], b.coords[0]
    else:
        (x0, y0), (x1, y1) = shapely.shortest_line(a, b).coords
    south, north = math.radians(y0), math.radians(y1)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(math.radians(x1 - x0) / 2) ** 2
    return 2 * 6_371_009 * math.asin(min(1.0, math.sqrt(half)))


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
