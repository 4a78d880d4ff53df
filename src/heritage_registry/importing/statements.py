"""What a row says as the parts of a record: names, types, places, shapes, each with its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from shapely import GEOSException, wkt
from shapely.geometry import mapping as geometry_mapping

from heritage_registry.coordinates import Coordinates
from heritage_registry.importing import cells
from heritage_registry.parts import Citation

Cited = tuple[Citation, ...]
"""Citations, which every statement of a row has the same of."""


class Said(msgspec.Struct, frozen=True):
    """A value of a cell, with the column it stands in and the words that stand there."""

    column: str
    language: str | None
    value: Any
    words: str


LISTED: Mapping[str, tuple[str, Callable[[Said], dict[str, Any]]]] = {
    "built": ("history", lambda one: {"event": "built", "date": one.value, "as_stated": one.words}),
    "protection": ("protections", lambda one: {"register": one.value}),
    "note": ("notes", lambda one: {"text": {one.language: one.value}}),
}
"""Fields of which every value is a part of a list of the record, and what the part says beside its source."""


def texts(said: Iterable[Said]) -> dict[str, str]:
    """Return texts by language; what several columns say in one language is kept one after the other."""
    found: dict[str, str] = {}
    for one in said:
        before = found.get(one.language or "")
        found[one.language or ""] = f"{before} {one.value}" if before else one.value
    return found


def first(said: Mapping[str, list[Said]], field: str) -> Any:
    """Return the first value of a field, or None."""
    return said[field][0].value if field in said else None


def names(said: Mapping[str, list[Said]], cited: Cited) -> Iterator[dict[str, Any]]:
    """Yield the names, those of today first."""
    for field, kind in (("name", None), ("former_name", "former")):
        for one in said.get(field, ()):
            extra = {"kind": kind} if kind else {}
            yield {"text": one.value, "language": one.language, "citations": cited, **extra}


def types(said: Mapping[str, list[Said]], constant: str | None, cited: Cited) -> Iterator[dict[str, Any]]:
    """Yield the types, each with the word that stands for it where that is another."""
    for one in said.get("type", ()):
        own = {} if one.words == one.value else {"as_stated": one.words}
        yield {"type": one.value, "citations": cited, **own}
    if "type" not in said and constant:
        yield {"type": constant, "citations": cited}


def radius(said: Mapping[str, list[Said]], unit: float) -> int | None:
    """Return the metres that the last figure written of a point stands for, 10 at least.

    `unit` is how many metres one of the point's units has.
    """
    if "coordinates" in said:
        found: Coordinates = said["coordinates"][0].value
        return max(10, round(found.precision_m))
    pair = [said[name][0].words for name in ("latitude", "longitude") if name in said]
    if not pair:
        return None
    figures = min(_decimals(words) for words in pair)
    return max(10, round(unit / float(10**figures)))


def _decimals(number: str) -> int:
    """Return how many figures stand behind the decimal sign."""
    behind = number.strip().rstrip("°").replace(",", ".").partition(".")[2]
    return len(behind) if behind.isdecimal() else 0


def places(said: Mapping[str, list[Said]], cited: Cited) -> Iterator[dict[str, Any]]:
    """Yield the settlement and the district."""
    for level in ("settlement", "district"):
        named = [{"text": one.value, "language": one.language} for one in said.get(level, ())]
        if named:
            yield {"level": level, "names": named, "citations": cited}


def point(longitude: float, latitude: float) -> dict[str, Any]:
    """Return a point to six decimals, a hand's breadth."""
    return {"type": "Point", "coordinates": (round(longitude, 6), round(latitude, 6))}


def shape_of(one: Said, bbox: tuple[float, float, float, float], tell: Any) -> dict[str, Any] | None:
    """Return a shape of one part, or say what is wrong with it."""
    try:
        shape = wkt.loads(one.value)
    except (GEOSException, ValueError, TypeError):
        tell(one.column, one.words[:80], "is no shape; write WKT such as POINT (46.7512 39.7581)")
        return None
    if hasattr(shape, "geoms"):
        if len(shape.geoms) != 1:
            tell(
                one.column,
                one.words[:80],
                f"has {len(shape.geoms)} parts; a location is one shape: split the row",
            )
            return None
        shape = shape.geoms[0]
    if shape.is_empty or shape.geom_type not in ("Point", "LineString", "Polygon"):
        tell(one.column, one.words[:80], "is no point, line or polygon; leave it empty if no place is known")
        return None
    if not shape.is_valid:
        tell(one.column, one.words[:80], "is a shape that crosses itself; mend it in a GIS program")
        return None
    west, south, east, north = shape.bounds
    if west < bbox[0] or south < bbox[1] or east > bbox[2] or north > bbox[3]:
        middle = Coordinates(
            longitude=(west + east) / 2, latitude=(south + north) / 2, precision_m=1.0, form="degrees"
        )
        placed = cells.placed(middle, bbox)
        tell(one.column, one.words[:80], placed.problem or "reaches out of the region; look at the figures")
        return None
    found = geometry_mapping(shape)
    return {"type": found["type"], "coordinates": _rounded(found["coordinates"])}


def _rounded(part: Any) -> Any:
    if isinstance(part[0], float | int):
        return tuple(round(number, 6) for number in part[:2])
    return tuple(map(_rounded, part))
