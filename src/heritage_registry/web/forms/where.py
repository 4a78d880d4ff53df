"""Where a site is, as its form asks: a point questioned, a settlement chosen by name, a radius in words.

Beside the answer of a shape stand what only the form needs: `@place`, the name that is looked up; `@chosen`,
the settlement marked among those found; `@taken`, what a choice filled in, as JSON, so that it can go again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.config import RegistryConfig
from heritage_registry.coordinates import Coordinates, Doubt, InvalidCoordinates, doubts, read_coordinates
from heritage_registry.gazetteer import Gazetteer, GazetteerPlace, Neighbour, find_places
from heritage_registry.names import fold
from heritage_registry.pages.site_page import distance
from heritage_registry.registry import Registry
from heritage_registry.source import Source
from heritage_registry.web.forms.data import Flat, count_items, tidy
from heritage_registry.web.looking.working import AppBook, AppWords

VERBS = frozenset({"find-place", "take-place", "drop-place", "take-point", "radius"})
"""What the buttons of this part ask for, each with the path of the answer behind a colon."""

RADII = (10, 100, 500, 2_000, 10_000)
_LONGEST_NAME = 200
_MOST_SHOWN = 8
_SETTLEMENT_RADII = {1: 15_000, 2: 10_000, 3: 6_000, 4: 4_000, 5: 3_000, 6: 2_500}
_VILLAGE_RADIUS = 2_000
_SHAPE = re.compile(r"[a-z]+\.locations\.\d{1,3}\.geometry")
_RADIUS = re.compile(r"([a-z]+\.locations\.\d{1,3}\.uncertainty_m):(\d{1,6})")
_DIRECTIONS = 8


class Choice(msgspec.Struct, frozen=True):
    """A settlement that a name may mean, as somebody chooses it. `point` stands for it in answers."""

    point: str
    name: str
    others: str
    beside: str
    longitude: float
    latitude: float
    uncertainty_m: int


class Where(msgspec.Struct, frozen=True):
    """What the form needs to know of the ground, in the words of its reader."""

    gazetteer: Gazetteer
    words: AppWords
    config: RegistryConfig
    sources: Mapping[str, Source]

    def choices(self, flat: Flat, path: str) -> list[Choice]:
        """Return the settlements that the name asked for may mean, best first."""
        return [self._choice(place) for place in self._places(flat, path)]

    def radii(self) -> list[tuple[str, str]]:
        """Return ready radii in metres, each with what it is right for."""
        say = self.words.say
        return [
            (str(metres), f"{distance(metres, self.words)} – {say(f'radius.{metres}')}") for metres in RADII
        ]

    def map_words(self) -> str:
        """Return the words of the map as JSON."""
        begin = "where.map."
        found = {k.removeprefix(begin): v for k, v in self.words.messages.items() if k.startswith(begin)}
        return msgspec.json.encode(found).decode()

    def taken(self, flat: Flat, path: str) -> Flat:
        """Return the answers that a choice filled in and nobody changed since."""
        return {name: value for name, value in _taken(flat, path).items() if flat.get(name) == value}

    def taken_names(self, flat: Flat, path: str) -> list[str]:
        """Return the names of a settlement that a choice filled in."""
        return [
            value
            for name, value in self.taken(flat, path).items()
            if ".places." in name and name.endswith(".text")
        ]

    def done(self, verb: str, path: str, flat: Flat) -> Flat:
        """Return the answers after one of the buttons was pressed."""
        if verb == "radius":
            match = _RADIUS.fullmatch(path)
            return flat | {match[1]: match[2]} if match else flat
        if not _SHAPE.fullmatch(path):
            return flat
        match verb:
            case "take-place":
                return self._with_place(flat, path)
            case "drop-place":
                return {k: v for k, v in self._without_place(flat, path).items() if k != f"{path}.@place"}
            case "take-point":
                return self._with_alternative(flat, path)
        return flat

    def _places(self, flat: Flat, path: str) -> list[GazetteerPlace]:
        asked = tidy(flat.get(f"{path}.@place", ""))[:_LONGEST_NAME]
        given = read_point(flat.get(path, ""))
        near = (given.longitude, given.latitude) if given else None
        return find_places(asked, self.gazetteer, _MOST_SHOWN, near) if asked else []

    def _choice(self, place: GazetteerPlace) -> Choice:
        own = {place.name}
        others = [text for _, text in _names(place, self.words.language) if text not in own]
        return Choice(
            _point_of(place),
            place.name,
            " · ".join(dict.fromkeys(others)),
            self._beside(place.neighbour) if place.neighbour else "",
            place.longitude,
            place.latitude,
            _radius_of(place),
        )

    def _beside(self, town: Neighbour) -> str:
        say, language = self.words.say, self.words.language
        names = town.names.get(language) or town.names.get("und") or next(iter(town.names.values()))
        direction = round(town.bearing / (360 / _DIRECTIONS)) % _DIRECTIONS
        shown = town.distance_m if town.distance_m < 1000 else round(town.distance_m, -2)
        return say(
            "where.beside",
            town=names[0],
            distance=distance(shown, self.words),
            direction=say(f"direction.{direction}"),
        )

    def _with_place(self, flat: Flat, path: str) -> Flat:
        chosen = flat.get(f"{path}.@chosen", "")
        place = next((x for x in self._places(flat, path) if _point_of(x) == chosen), None)
        if place is None:
            return flat
        flat = self._without_place(flat, path)
        wanted: Flat = {}
        if not flat.get(path, "").strip():
            # A point that somebody gave is not the settlement's, and neither is how it was found.
            wanted = self._location(flat, path, place)
        wanted |= self._names_of_place(flat, path, place)
        filled = {name: value for name, value in wanted.items() if not flat.get(name, "").strip()}
        return flat | filled | {f"{path}.@taken": msgspec.json.encode(filled).decode()}

    def _without_place(self, flat: Flat, path: str) -> Flat:
        """Return the answers without what a choice before filled in, where nobody changed it."""
        gone = self.taken(flat, path).keys() | {f"{path}.@taken"}
        return {name: value for name, value in flat.items() if name not in gone}

    def _location(self, flat: Flat, path: str, place: GazetteerPlace) -> Flat:
        base = path.removesuffix(".geometry")
        wanted = {
            path: _point_of(place),
            f"{base}.of": "settlement",
            f"{base}.method": "gazetteer",
            f"{base}.uncertainty_m": str(_radius_of(place)),
            f"{base}.stated": tidy(flat.get(f"{path}.@place", "")),
        }
        return wanted | self._cited(flat, base)

    def _names_of_place(self, flat: Flat, path: str, place: GazetteerPlace) -> Flat:
        """Return the entry of the settlement among the places of the site, unless it is there already."""
        listed = f"{path.partition('.')[0]}.places"
        known = {fold(name) for names in place.names.values() for name in names}
        free = count_items(flat, listed)
        for n in reversed(range(free)):
            texts = [
                flat.get(f"{listed}.{n}.names.{m}.text", "")
                for m in range(count_items(flat, f"{listed}.{n}.names"))
            ]
            if any(fold(text) in known for text in texts if text.strip()):
                return {}
            if not any(text.strip() for text in texts):
                free = n
        tags = {language.tag for language in self.config.languages}
        names = [(tag, text) for tag, text in _names(place, self.words.language) if tag in tags]
        if not names:
            return {}
        wanted = {f"{listed}.{free}.level": "settlement"}
        for m, (tag, text) in enumerate(names):
            wanted |= {f"{listed}.{free}.names.{m}.text": text, f"{listed}.{free}.names.{m}.language": tag}
        return wanted | self._cited(flat, f"{listed}.{free}")

    def _cited(self, flat: Flat, part: str) -> Flat:
        key = gazetteer_source(self.gazetteer.credit, self.sources)
        is_cited = any(value for name, value in flat.items() if name.startswith(f"{part}.citations."))
        return {f"{part}.citations.0.source": key} if key and not is_cited else {}

    def _with_alternative(self, flat: Flat, path: str) -> Flat:
        point = read_point(flat.get(path, ""))
        if point is None:
            return flat
        for doubt in questioned(point, flat, path, self.config.region.bbox):
            if doubt.instead is not None:
                return flat | {path: shown_point(doubt.instead)}
        return flat


def where_of(book: AppBook, registry: Registry) -> Where:
    """Return what the forms of a registry know of the ground."""
    return Where(book.edition.gazetteer, book.own_words, registry.config, registry.sources)


def shape_path(text: str) -> str | None:
    """Return the path of a location's shape, if a text is one."""
    return text if _SHAPE.fullmatch(text) else None


def read_point(text: str) -> Coordinates | None:
    """Return the point that a text names, if it names one."""
    try:
        return read_coordinates(text)
    except InvalidCoordinates:
        return None


def questioned(
    point: Coordinates, flat: Flat, path: str, bbox: tuple[float, float, float, float]
) -> list[Doubt]:
    """Return what has to be asked about a point, after what the answers beside it say."""
    part = path.rpartition(".")[0]
    return doubts(
        point,
        bbox,
        of=flat.get(f"{part}.of", ""),
        uncertainty_m=_metres(flat.get(f"{part}.uncertainty_m", "")),
    )


def shown_point(point: Coordinates) -> str:
    """Write a point as answers have it, latitude first."""
    return f"{round(point.latitude, 6)}, {round(point.longitude, 6)}"


def pasted_shape(value: Any) -> Any:
    """Return the geometry of pasted GeoJSON, without the feature around it and without heights."""
    for _ in range(2):
        match value:
            case {"type": "FeatureCollection", "features": [only]} | {"type": "Feature", "geometry": only}:
                value = only
    match value:
        case {"type": str(kind), "coordinates": list(coordinates)}:
            return {"type": kind, "coordinates": _flat_positions(coordinates)}
    return value


def gazetteer_source(credit: str, sources: Mapping[str, Source]) -> str:
    """Return the key of the source that the place names come from, the first that their credit line names."""
    named = credit.rpartition(":")[2].partition("(")[0].partition(",")[0].strip().casefold()
    if not named:
        return ""
    for key, source in sources.items():
        titles = (source.title or "", source.publisher or "")
        if source.kind == "dataset" and any(title.casefold().startswith(named) for title in titles):
            return key
    return ""


def _metres(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _flat_positions(value: list[Any], depth: int = 0) -> list[Any]:
    if len(value) == 3 and all(isinstance(x, int | float) for x in value):
        return value[:2]
    return [_flat_positions(x, depth + 1) if isinstance(x, list) and depth < 4 else x for x in value]


def _taken(flat: Flat, path: str) -> Mapping[str, str]:
    try:
        return msgspec.json.decode(flat.get(f"{path}.@taken", ""), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _point_of(place: GazetteerPlace) -> str:
    return f"{place.latitude}, {place.longitude}"


def _radius_of(place: GazetteerPlace) -> int:
    return _SETTLEMENT_RADII.get(place.rank, _VILLAGE_RADIUS)


def _names(place: GazetteerPlace, language: str) -> list[tuple[str, str]]:
    """Return one name of each language, the one that answered and the reader's first; none twice."""
    answered = next((tag for tag, names in place.names.items() if place.name in names), "und")
    found = {answered: place.name}
    for tag in _first(language, place.names):
        found.setdefault(tag, place.names[tag][0])
    if answered != "und" and list(found.values()).count(found.get("und", "")) > 1:
        del found["und"]
    return list(found.items())


def _first(language: str, tags: Iterable[str]) -> Iterator[str]:
    listed = list(tags)
    yield from (tag for tag in listed if tag == language)
    yield from (tag for tag in listed if tag != language)
