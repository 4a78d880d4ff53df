"""The same place already? Which sites of a registry are like a place that somebody is about to enter.

Nothing is ever merged or refused: a person is shown sites with the reasons and decides. `likeness.py`
compares two places; here is which sites are worth comparing, so that a large registry answers at once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import shapely
from rapidfuzz.distance import Levenshtein

from heritage_registry.find import place_names
from heritage_registry.likeness import (
    Asked,
    Entry,
    Reason,
    Spot,
    compare,
    kinds_in,
    rarity,
    specific,
    spot,
)
from heritage_registry.names import MATCH, alike, skeleton, stem
from heritage_registry.parts import Geometry
from heritage_registry.places import place_key
from heritage_registry.site import Location, Site, preferred_location, site_types

WARNING = 0.5
"""From this score up a page should ask whether it is the same place; below it, it shows what lies near."""

_LED_TO = 150  # sites that one word or settlement leads to; a word of more only counts where it is shared
_NEAREST = 200
_SEARCH_M = 15_000
_SETTLEMENTS = frozenset({"settlement", "place_name"})


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


class Likeness(msgspec.Struct, frozen=True):
    """A site that may be the place somebody enters, or touch it.

    `distance_m` is None where either has no location, `point` too where its location is a line or an area.
    """

    site: str
    score: float
    closeness: float
    reasons: tuple[Reason, ...]
    distance_m: int | None
    point: tuple[float, float] | None

    @property
    def is_warning(self) -> bool:
        """Tell whether a page should ask before the new site is saved."""
        return self.score >= WARNING


class DuplicateIndex(msgspec.Struct, frozen=True):
    """Sites prepared for `likely_duplicates`; made by `index_sites`, good until a site changes.

    An entry is None where its site is gone. `newer` are the rows of sites that changed since the tree was
    made: there their spots are not to be found.
    """

    entries: Sequence[Entry | None]
    rows: Mapping[str, int]
    by_word: Mapping[str, Sequence[int]]
    by_place: Mapping[str, Sequence[int]]
    by_skeleton: Mapping[str, Sequence[str]]
    tree: shapely.STRtree
    owners: Sequence[int]
    newer: frozenset[int] = frozenset()


def candidate_of(site: Site) -> Candidate:
    """Return a site's record as if it were about to be entered."""
    location = preferred_location(site)
    properties = site.properties
    return Candidate(
        names=tuple(name.text for name in properties.names),
        types=site_types(site),
        geometry=location.geometry if location else None,
        location_of=location.of if location else "monument",
        uncertainty_m=location.uncertainty_m if location else None,
        places=tuple(_settlements(site, place_key).values()),
    )


def index_sites(sites: Iterable[Site]) -> DuplicateIndex:
    """Prepare sites for `likely_duplicates`.

    What is shown of a likeness is as open as the sites given: hand in public views for a public page.
    """
    words_of, key_of = cache(specific), cache(_settlement_key)  # sites share the names of their places
    same: dict[Any, Any] = {}
    entries = tuple(_shared(_entry(site, words_of, key_of), same) for site in sites)
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    by_place: defaultdict[str, list[int]] = defaultdict(list)
    by_skeleton: defaultdict[str, list[str]] = defaultdict(list)
    for n, entry in enumerate(entries):
        for word in sorted(entry.all_words | entry.place_words):
            by_word[word].append(n)
        for key in entry.places:
            by_place[key].append(n)
    for word in by_word:
        for consonants in _skeletons(word):
            by_skeleton[consonants].append(word)
    owners = [n for n, entry in enumerate(entries) for _ in entry.spots]
    tree = shapely.STRtree([where.shape for entry in entries for where in entry.spots])
    rows = {entry.id: n for n, entry in enumerate(entries)}
    return DuplicateIndex(entries, rows, dict(by_word), dict(by_place), dict(by_skeleton), tree, owners)


def updated_index(index: DuplicateIndex, changed: Iterable[Site], gone: Iterable[str]) -> DuplicateIndex:
    """Return an index as it is after some sites changed or came and others went; the old one stays good."""
    entries, rows, newer = list(index.entries), dict(index.rows), set(index.newer)
    by_word, by_place, by_skeleton = dict(index.by_word), dict(index.by_place), dict(index.by_skeleton)
    for key in gone:
        n = rows.pop(key)
        _take_out(n, entries[n], by_word, by_place)
        entries[n] = None
        newer.add(n)
    for site in changed:
        entry = _entry(site, specific, _settlement_key)
        n = rows.setdefault(site.id, len(entries))
        if n == len(entries):
            entries.append(None)
        _take_out(n, entries[n], by_word, by_place)
        entries[n] = entry
        newer.add(n)
        for word in entry.all_words | entry.place_words:
            if word not in by_word:
                for consonants in _skeletons(word):
                    by_skeleton[consonants] = (*by_skeleton.get(consonants, ()), word)
            by_word[word] = sorted((*by_word.get(word, ()), n))
        for place in entry.places:
            by_place[place] = sorted((*by_place.get(place, ()), n))
    return DuplicateIndex(
        entries, rows, by_word, by_place, by_skeleton, index.tree, index.owners, frozenset(newer)
    )


def _take_out(
    row: int, entry: Entry | None, by_word: dict[str, Sequence[int]], by_place: dict[str, Sequence[int]]
) -> None:
    for key in entry.all_words | entry.place_words if entry else ():
        by_word[key] = [n for n in by_word[key] if n != row]
    for key in entry.places if entry else ():
        by_place[key] = [n for n in by_place[key] if n != row]


def likely_duplicates(candidate: Candidate, index: DuplicateIndex, limit: int = 5) -> list[Likeness]:
    """Return the sites most like a place about to be entered, best first.

    Those with `is_warning` may be the same place; behind them come those that may touch it.
    """
    return _ranked(candidate, index)[:limit]


def places_beside(candidate: Candidate, index: DuplicateIndex, limit: int = 3) -> list[tuple[Likeness, ...]]:
    """Return the places where sites like a candidate lie, best first: what a person is shown of them.

    Sites at one and the same point, mostly that of a settlement, make one place, as nothing tells which of
    them is nearer; else the sites of one town would take up all the room. What is warned of stands alone.
    """
    places: dict[object, list[Likeness]] = {}
    for found in _ranked(candidate, index):
        alone = found.is_warning or found.point is None
        places.setdefault(found.site if alone else found.point, []).append(found)
    return [tuple(place) for place in places.values()][:limit]


def _ranked(candidate: Candidate, index: DuplicateIndex) -> list[Likeness]:
    asked = _asked(candidate, index)
    entries = (index.entries[n] for n in _worth_comparing(asked, index))
    compared = ((entry.id, compare(asked, entry)) for entry in entries if entry is not None)
    return sorted(
        (
            Likeness(key, found.score, found.closeness, found.reasons, found.metres, found.point)
            for key, found in compared
            if found.reasons
        ),
        key=_order,
    )


def _order(found: Likeness) -> tuple[bool, float, float, str]:
    metres = found.distance_m if found.distance_m is not None else math.inf
    return not found.is_warning, -found.score if found.is_warning else -found.closeness, metres, found.site


def _entry(site: Site, words_of: Callable[[str], tuple[str, ...]], key_of: Callable[[str], str]) -> Entry:
    names = tuple(dict.fromkeys(name.text for name in site.properties.names))
    words = tuple(words_of(name) for name in names)
    return Entry(
        id=site.id,
        names=names,
        words=words,
        all_words=frozenset(chain.from_iterable(words)),
        places=_settlements(site, key_of),
        place_words=frozenset(word for text in place_names(site) for word in words_of(text)),
        types=site_types(site),
        spots=tuple(where for location in site.properties.locations if (where := _spot_of(location))),
    )


def _shared(entry: Entry, same: dict[Any, Any]) -> Entry:
    """Return an entry with one object for what many sites of one place have in common."""
    places = same.setdefault(tuple(entry.places.items()), entry.places)
    place_words = same.setdefault(entry.place_words, entry.place_words)
    return msgspec.structs.replace(
        entry, places=places, place_words=place_words, types=same.setdefault(entry.types, entry.types)
    )


def _settlements(site: Site, key_of: Callable[[str], str]) -> dict[str, str]:
    """Return the names of the settlements a site is said to lie in, or is, by search key."""
    places = (place for place in site.properties.places if place.level in ("settlement", "quarter"))
    texts = [name.text for place in places for name in place.names]
    if not _SETTLEMENTS.isdisjoint(site_types(site)):
        texts += [name.text for name in site.properties.names]
    return {key: text for text in texts if (key := key_of(text))}


def _settlement_key(text: str) -> str:
    """Return what Shusha and Shushi have in common: a weak last letter changes with language and case."""
    return stem(place_key(text))


def _spot_of(location: Location) -> Spot | None:
    if location.geometry is None or location.standing == "implausible":
        return None
    return spot(location.geometry, location.of, location.uncertainty_m)


def _skeletons(word: str) -> Iterator[str]:
    """Yield the word's consonants, and where there are enough also without each: they meet for near words."""
    whole = skeleton(word)
    yield whole
    if len(whole) > 3:
        yield from {whole[:n] + whole[n + 1 :] for n in range(len(whole))} - {whole}


def _asked(candidate: Candidate, index: DuplicateIndex) -> Asked:
    names = [(name, words) for name in candidate.names if (words := specific(name))]
    asked = {word for _, words in names for word in words}
    close = {word: _close_words(word, index) for word in sorted(asked)}
    bearers = {word: sum(len(index.by_word[w]) for w in others) for word, others in close.items()}
    places = {key: text for text in candidate.places if (key := _settlement_key(text))}
    if not places:  # a name such as Mets Tagher cemetery tells the settlement too
        places = {key: name for name, words in names for key in map(stem, (*words, " ".join(words)))}
    geometry = candidate.geometry
    where = spot(geometry, candidate.location_of, candidate.uncertainty_m) if geometry else None
    return Asked(
        names=tuple(names),
        close=close,
        met=frozenset(chain.from_iterable(close.values())),
        weights={word: rarity(n, len(index.rows)) for word, n in bearers.items()},
        kinds=candidate.types or kinds_in(candidate.names),
        places=places,
        spot=where,
        by_word=index.by_word,
        sites=len(index.rows),
    )


def _close_words(word: str, index: DuplicateIndex) -> dict[str, float]:
    """Return the words of the index that are a find for this one, with how close they are."""
    near = {other for consonants in _skeletons(word) for other in index.by_skeleton.get(consonants, ())}
    # `alike` is slow: first leave out what has too many edits for it, but for a weak last letter of each.
    likeness = {
        other: 1.0 if other == word else alike(word, other)
        for other in sorted(near)
        if _edits(word, other) <= 2 * (1 - MATCH) * max(len(word), len(other)) + 2
    }
    return {other: found for other, found in likeness.items() if found >= MATCH}


def _edits(word: str, other: str) -> int:
    return Levenshtein.distance(word, other) + Levenshtein.distance(skeleton(word), skeleton(other))


def _worth_comparing(asked: Asked, index: DuplicateIndex) -> list[int]:
    found: set[int] = set()
    for others in asked.close.values():
        for other in others:
            bearers = index.by_word[other]
            if len(bearers) <= _LED_TO:
                found.update(bearers)
    for key in asked.places:
        found.update(index.by_place.get(key, ())[:_LED_TO])
    if asked.spot is not None:
        found.update(_nearest(asked.spot, index))
    return sorted(found)


def _nearest(where: Spot, index: DuplicateIndex) -> Iterator[int]:
    """Yield the sites nearest to a spot."""
    west, south, east, north = where.shape.bounds
    up = (_SEARCH_M + where.radius_m) / 111_320
    side = up / max(0.01, math.cos(math.radians((south + north) / 2)))
    boxes = [
        shapely.box(west - side + turn, south - up, east + side + turn, north + up) for turn in (-360, 0, 360)
    ]
    rows = [row for row in np.unique(index.tree.query(boxes)[1]) if index.owners[row] not in index.newer]
    near = [(index.owners[row], index.tree.geometries[row]) for row in rows]
    near += (
        (n, one.shape)
        for n in sorted(index.newer)
        if (entry := index.entries[n])
        for one in entry.spots
        if any(box.intersects(one.shape) for box in boxes)
    )
    distances = shapely.distance(where.shape, [shape for _, shape in near])
    yield from (near[n][0] for n in np.argsort(distances, kind="stable")[:_NEAREST])
