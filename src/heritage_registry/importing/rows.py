"""One row to one site: a draft with everything the row says, and every problem of every cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from shapely import GEOSException, wkt
from shapely.geometry import mapping as geometry_mapping

from heritage_registry.coordinates import METRES_PER_DEGREE, Coordinates
from heritage_registry.importing import cells
from heritage_registry.importing.columns import IN_A_LANGUAGE
from heritage_registry.importing.errors import CellProblem, UnreadableFile
from heritage_registry.importing.mapping import Column, ColumnMapping
from heritage_registry.importing.tables import GEOMETRY, Row
from heritage_registry.registry import ID_SIGNS, Registry
from heritage_registry.site import Site
from heritage_registry.vocabulary import vocabulary

DRAFT_REASON = "Imported; not reviewed yet"

_TERMS: Mapping[str, str] = {
    "type": "site_type", "condition": "condition", "cause": "cause", "effect": "effect",
    "evidence": "evidence_type", "certainty": "certainty", "extent": "extent", "precision": "location_of",
}  # fmt: skip
_REPEATED = frozenset({"type", "cause", "effect", "community"})
_SPLIT = re.compile(r"[;|\n]")
_SCRIPTS = (("hy", re.compile("[\u0530-\u058f]")), ("ka", re.compile("[\u10a0-\u10ff]")))
_LETTERS_OF_SCRIPTS = (re.compile("[A-Za-zÀ-ɏ]"), re.compile("[\u0400-\u04ff]"), *(s for _, s in _SCRIPTS))


class TakenRow(msgspec.Struct, frozen=True):
    """What a row comes to: the record, if it comes to one, and what is to be said of it."""

    number: int
    site: Site | None
    problems: tuple[CellProblem, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing stands in the way of taking it over."""
        return self.site is not None


class Said(msgspec.Struct, frozen=True):
    """A value of a cell, with the column it stands in and the words that stand there."""

    column: str
    language: str | None
    value: Any
    words: str


class RowReader:
    """Reads the rows of one table by a mapping.

    Raises `UnreadableFile` for a mapping under which no row can become a record.
    """

    def __init__(self, sheet: str, header: Sequence[str], mapping: ColumnMapping, registry: Registry) -> None:
        self._sheet = sheet
        self._constants = mapping.constants
        self._config = registry.config
        self._held = registry.sites
        self._to_wgs84 = _transformer(mapping.file.crs) if GEOMETRY not in header else None
        self._columns: list[tuple[int, str, Column, cells.Remembered[Any]]] = [
            (header.index(name), name, column, self._reading(column, registry))
            for name, column in mapping.columns.items()
            if column.field != "ignore"
        ]
        self._schemes = {name: column.scheme for name, column in mapping.columns.items() if column.scheme}
        self._field_of = {name: column.field for name, column in mapping.columns.items()}
        self._keys = [place for place, _, column, _ in self._columns if column.field == "identifier"]
        self._fields = {column.field for _, _, column, _ in self._columns}
        self._check(registry)

    def _reading(self, column: Column, registry: Registry) -> cells.Remembered[Any]:
        return cells.remembered(self._plain_reading(column, registry))

    def _plain_reading(self, column: Column, registry: Registry) -> cells.Reading[Any]:
        field, values = column.field, column.values
        if field in _TERMS:
            return cells.terms(_TERMS[field], values)
        by_field: dict[str, Callable[[], cells.Reading[Any]]] = {
            "community": lambda: cells.one_of(registry.config.communities_by_id, "community", values),
            "coordinates": lambda: cells.point(registry.config.region.bbox),
            "source": lambda: cells.sources(registry.sources),
            **dict.fromkeys(("observed", "published", "built"), lambda: cells.date),
            **dict.fromkeys(
                ("latitude", "longitude"), lambda: cells.number if self._to_wgs84 else cells.degrees
            ),
        }
        return by_field.get(field, lambda: cells.text)()

    def _check(self, registry: Registry) -> None:
        """Refuse a mapping under which every row would fail, with all that is missing at once."""
        constants, fields = self._constants, self._fields
        lacks = []
        if "name" not in fields:
            lacks.append('no column is a name: give one field = "name"')
        if constants.source is None and "source" not in fields:
            lacks.append('nothing says the source: write source = "its-key" under [constants]')
        if constants.source is not None and constants.source not in registry.sources:
            lacks.append(f"{constants.source!r} is no source of this registry; add it first")
        if constants.type is None and "type" not in fields:
            lacks.append(
                'nothing says what kind of site it is: write type = "other" or another under [constants]'
            )
        if "shape" in fields and constants.uncertainty_m is None:
            lacks.append(
                "nothing says how far the shapes can be trusted: write uncertainty_m = 100 (metres) or "
                "another number under [constants]"
            )
        located = fields & {"latitude", "coordinates", "shape"}
        if located and constants.precision is None and "precision" not in fields:
            lacks.append(
                "nothing says what the points show: write precision = "
                f"{' or '.join(map(repr, vocabulary('location_of').ids))} under [constants]"
            )
        for name, term, known in (
            ("type", constants.type, vocabulary("site_type").ids),
            ("precision", constants.precision, vocabulary("location_of").ids),
            ("evidence", constants.evidence, vocabulary("evidence_type").ids),
            ("community", constants.community, tuple(registry.config.communities_by_id)),
        ):
            if term is not None and term not in known:
                lacks.append(f"{name} = {term!r} under [constants] is not one of {', '.join(known)}")
        if lacks:
            raise UnreadableFile("the mapping is not complete:\n  " + "\n  ".join(lacks))

    def read(self, row: Row) -> TakenRow:
        """Return what a row comes to."""
        said: dict[str, list[Said]] = {}
        problems: list[CellProblem] = []
        for place, name, column, reading in self._columns:
            cell = row.cells[place]
            if not cell:
                continue
            for word in self._parts(cell, column):
                found = reading(word)
                if found.problem or found.note:
                    message = found.problem or found.note
                    problems.append(
                        CellProblem(self._sheet, row.number, name, word[:200], message, not found.problem)
                    )
                if found.value is not None:
                    language = self._language(column, found.value, row, name, problems)
                    said.setdefault(column.field, []).append(Said(name, language, found.value, word))
        site = self._site(row, said, problems)
        stops = any(not problem.is_note for problem in problems)
        return TakenRow(row.number, None if stops else site, tuple(problems))

    def _parts(self, cell: str, column: Column) -> Iterable[str]:
        if column.split:
            return [part.strip() for part in cell.split(column.split) if part.strip()]
        if column.field in _REPEATED and _SPLIT.search(cell):
            return [part.strip() for part in _SPLIT.split(cell) if part.strip()]
        return (cell,)

    def _language(
        self, column: Column, value: Any, row: Row, name: str, problems: list[CellProblem]
    ) -> str | None:
        """Return the language of a text: that of its script where a script has one, else what is said."""
        if column.field not in IN_A_LANGUAGE:
            return None
        if column.language:
            return column.language
        if column.field == "name" and sum(1 for script in _LETTERS_OF_SCRIPTS if script.search(value)) > 1:
            message = "holds letters of two scripts; if these are two names, say split for this column"
            problems.append(CellProblem(self._sheet, row.number, name, value, message, is_note=True))
        for language, script in _SCRIPTS:
            if script.search(value):
                return language
        if self._constants.language is None:
            message = "is in an unknown language; say language for this column or under [constants]"
            problems.append(CellProblem(self._sheet, row.number, name, value, message))
        return self._constants.language

    def _site(self, row: Row, said: Mapping[str, list[Said]], problems: list[CellProblem]) -> Site | None:
        def tell(column: str, value: str, message: str) -> None:
            problems.append(CellProblem(self._sheet, row.number, column, value, message))

        unclear = {self._field_of[problem.column] for problem in problems if not problem.is_note}
        cited = [{"source": source} for source in self._sources(said)]
        locator = _first(said, "locator")
        if locator:
            cited = [part | {"locator": locator} for part in cited]
        if not {"name"} & (said.keys() | unclear):
            tell("", "", "has no name; a record needs one, if only what the source calls it")
        if not cited and "source" not in unclear:
            tell("", "", "has no source; name one in the row or under [constants]")
        if "type" not in said.keys() | unclear and self._constants.type is None:
            tell("", "", "says not what kind of site it is; name it in the row or under [constants]")
        shape = self._shape(said, tell)
        if any(not problem.is_note for problem in problems):
            return None
        record = {
            "type": "Feature",
            "id": self._id(row, cited),
            "geometry": shape,
            "properties": self._properties(said, cited, shape),
        }
        try:
            return msgspec.convert(record, Site)
        except msgspec.ValidationError as error:
            tell("", "", f"does not fit a record: {error}")
            return None

    def _sources(self, said: Mapping[str, list[Said]]) -> list[str]:
        named = [one.value for one in said.get("source", ())]
        constant = self._constants.source
        return list(dict.fromkeys([*named, *([constant] if constant else [])]))

    def _shape(self, said: Mapping[str, list[Said]], tell: Any) -> dict[str, Any] | None:
        bbox = self._config.region.bbox
        if "shape" in said:
            [one, *_] = said["shape"]
            return _shape_of(one, bbox, tell)
        if "coordinates" in said:
            found: Coordinates = said["coordinates"][0].value
            return _point(found.longitude, found.latitude)
        latitude, longitude = said.get("latitude"), said.get("longitude")
        if latitude and longitude:
            x, y = longitude[0].value, latitude[0].value
            if self._to_wgs84:
                x, y = self._to_wgs84.transform(x, y)
            there = Coordinates(longitude=x, latitude=y, precision_m=1.0, form="degrees")
            placed = cells.placed(there, bbox)
            if placed.problem:
                tell(latitude[0].column, f"{latitude[0].words}, {longitude[0].words}", placed.problem)
            return _point(there.longitude, there.latitude)
        if latitude or longitude:
            one = (latitude or longitude or [])[0]
            tell(one.column, one.words, "is half of a point; give both latitude and longitude or neither")
        return None

    def _properties(
        self, said: Mapping[str, list[Said]], cited: list[dict[str, str]], shape: dict[str, Any] | None
    ) -> dict[str, Any]:
        constants = self._constants
        found: dict[str, Any] = {
            "status": "draft",
            "status_reason": DRAFT_REASON,
            "names": list(_names(said, cited)),
            "types": list(_types(said, constants.type, cited)),
        }
        communities = [one.value for one in said.get("community", ())]
        if not communities and constants.community:
            communities = [constants.community]
        optional: dict[str, list[Any]] = {
            "attributions": [{"community": c, "stance": "asserts", "citations": cited} for c in communities],
            "locations": [self._location(said, shape, cited)] if shape else [],
            "places": list(_places(said, cited)),
            "history": [
                {"event": "built", "date": one.value, "as_stated": one.words, "citations": cited}
                for one in said.get("built", ())
            ],
            "reports": self._reports(said, cited),
            "protections": [
                {"register": one.value, "citations": cited} for one in said.get("protection", ())
            ],
            "identifiers": [
                {"scheme": self._schemes.get(one.column, one.column), "value": one.value, "citations": cited}
                for one in said.get("identifier", ())
            ],
            "notes": [
                {"text": {one.language: one.value}, "citations": cited} for one in said.get("note", ())
            ],
        }
        return found | {name: parts for name, parts in optional.items() if parts}

    def _location(
        self, said: Mapping[str, list[Said]], shape: dict[str, Any], cited: list[dict[str, str]]
    ) -> dict[str, Any]:
        precision = _first(said, "precision") or self._constants.precision
        radius = self._constants.uncertainty_m or _radius(said)
        stated = [
            one.words for name in ("coordinates", "latitude", "longitude") for one in said.get(name, ())
        ]
        return {
            "of": precision,
            "method": "published",
            "standing": "preferred",
            "citations": cited,
            "geometry": shape,
            **({"uncertainty_m": radius} if radius else {}),
            **({"stated": ", ".join(stated)} if stated else {}),
        }

    def _reports(self, said: Mapping[str, list[Said]], cited: list[dict[str, str]]) -> list[dict[str, Any]]:
        condition = said.get("condition")
        about_it = ("observed", "cause", "effect", "extent", "certainty", "published")
        if not condition and not any(name in said for name in about_it):
            return []
        optional = {
            "observed": _first(said, "observed"),
            "date_as_stated": said["observed"][0].words if "observed" in said else None,
            "published": _first(said, "published"),
            "as_stated": condition[0].words if condition else None,
            "extent": _first(said, "extent"),
            "causes": list(dict.fromkeys(one.value for one in said.get("cause", ()))) or None,
            "effects": list(dict.fromkeys(one.value for one in said.get("effect", ()))) or None,
            "certainty": _first(said, "certainty"),
            "according_to": _first(said, "assessor") or self._constants.assessor,
            "summary": _texts(said.get("summary", ())) or None,
        }
        if optional["date_as_stated"] == optional["observed"]:
            optional["date_as_stated"] = None
        evidence = _first(said, "evidence") or self._constants.evidence or "not_stated"
        report = {
            "id": "r1",
            "condition": condition[0].value if condition else "not_stated",
            "evidence": {"type": evidence},
            "citations": cited,
        }
        return [report | {name: value for name, value in optional.items() if value is not None}]

    def _id(self, row: Row, cited: list[dict[str, str]]) -> str:
        """Return an id that the same row of the same source gets each time.

        It is drawn from the row's own number or code where a column has one, else from all that was mapped.
        """
        key = [row.cells[place] for place in self._keys if row.cells[place].strip()]
        if len(key) == 1 and key[0] in self._held:
            return key[0]  # a row that came from this registry
        told = key or [row.cells[place] for place, *_ in self._columns]
        text = "\0".join((cited[0]["source"], "key" if key else "row", *told))
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        letters = ID_SIGNS[10:]
        signs = [letters[drawn % len(letters)]]
        drawn //= len(letters)
        for _ in range(7):
            drawn, rest = divmod(drawn, len(ID_SIGNS))
            signs.append(ID_SIGNS[rest])
        return "".join(signs)


def _transformer(crs: str | None) -> Any:
    """Return what leads from a system of coordinates to WGS 84, longitude first; None where none is said."""
    if crs is None:
        return None
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except CRSError as error:
        raise UnreadableFile(
            f"[file] crs: {crs!r} is no system of coordinates; write such as EPSG:32638"
        ) from error


def _texts(said: Iterable[Said]) -> dict[str, str]:
    """Return texts by language; what several columns say in one language is kept one after the other."""
    found: dict[str, str] = {}
    for one in said:
        before = found.get(one.language or "")
        found[one.language or ""] = f"{before} {one.value}" if before else one.value
    return found


def _first(said: Mapping[str, list[Said]], field: str) -> Any:
    return said[field][0].value if field in said else None


def _names(said: Mapping[str, list[Said]], cited: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for field, kind in (("name", None), ("former_name", "former")):
        for one in said.get(field, ()):
            extra = {"kind": kind} if kind else {}
            yield {"text": one.value, "language": one.language, "citations": cited, **extra}


def _types(
    said: Mapping[str, list[Said]], constant: str | None, cited: list[dict[str, str]]
) -> Iterator[dict[str, Any]]:
    for one in said.get("type", ()):
        own = {} if one.words == one.value else {"as_stated": one.words}
        yield {"type": one.value, "citations": cited, **own}
    if "type" not in said and constant:
        yield {"type": constant, "citations": cited}


def _radius(said: Mapping[str, list[Said]]) -> int | None:
    """Return the metres that the last figure written of a point stands for, 10 at least."""
    if "coordinates" in said:
        found: Coordinates = said["coordinates"][0].value
        return max(10, round(found.precision_m))
    pair = [said[name][0].words for name in ("latitude", "longitude") if name in said]
    if not pair:
        return None
    figures = min(len(re.split("[.,]", f"{words.strip()}.")[1]) for words in pair)
    unit: float = METRES_PER_DEGREE / 10**figures
    return max(10, round(unit))


def _places(said: Mapping[str, list[Said]], cited: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for level in ("settlement", "district"):
        names = [{"text": one.value, "language": one.language} for one in said.get(level, ())]
        if names:
            yield {"level": level, "names": names, "citations": cited}


def _point(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": (round(longitude, 6), round(latitude, 6))}


def _shape_of(one: Said, bbox: tuple[float, float, float, float], tell: Any) -> dict[str, Any] | None:
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
