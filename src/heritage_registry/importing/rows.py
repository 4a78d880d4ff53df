"""One row to one site: a draft with everything the row says, and every problem of every cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from heritage_registry.coordinates import METRES_PER_DEGREE, Coordinates
from heritage_registry.importing import cells, layers, statements
from heritage_registry.importing.columns import IN_A_LANGUAGE, is_nothing
from heritage_registry.importing.errors import CellProblem
from heritage_registry.importing.fitting import TERMS, check_mapping
from heritage_registry.importing.limits import MAX_CELL
from heritage_registry.importing.mapping import Column, ColumnMapping
from heritage_registry.importing.statements import Cited, Said
from heritage_registry.importing.tables import GEOMETRY, Row
from heritage_registry.parts import Citation
from heritage_registry.registry import ID_SIGNS, Registry
from heritage_registry.site import Site

DRAFT_REASON = "Imported; not reviewed yet"

_REPEATED = frozenset({"type", "cause", "effect", "community"})
_ONCE = frozenset({"observed", "published", "extent", "certainty"})
_OF_REPORTS = _ONCE | {"condition", "cause", "effect", "summary"}
_SPLIT = re.compile(r"[;|\n]")
_SCRIPTS = (
    (("hy", "hyw", "xcl", "axm"), re.compile("[\u0530-\u058f]")),
    (("ka", "oge", "xmf", "sva"), re.compile("[\u10a0-\u10ff]")),
)
"""Scripts of one language and its elder or sister forms; the first is the usual one."""
_LETTERS_OF_SCRIPTS = (re.compile("[A-Za-zÀ-ɏ]"), re.compile("[\u0400-\u04ff]"), *(s for _, s in _SCRIPTS))
_ID_SHIFTS = range(0, 35, 5)


class TakenRow(msgspec.Struct, frozen=True):
    """What a row comes to: the record, if it comes to one, and what is to be said of it."""

    number: int
    site: Site | None
    problems: tuple[CellProblem, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing stands in the way of taking it over."""
        return self.site is not None


class _Read(msgspec.Struct, frozen=True):
    """A column that is read: where it stands, what it is called and taken for, and what reads its cells."""

    place: int
    name: str
    field: str
    column: Column
    reading: cells.Remembered[Any]
    holds_several: bool
    is_in_a_language: bool


class RowReader:
    """Reads the rows of one table by a mapping.

    Raises `UnreadableFile` for a mapping under which no row can become a record.
    """

    def __init__(self, sheet: str, header: Sequence[str], mapping: ColumnMapping, registry: Registry) -> None:
        self._sheet = sheet
        self._constants = mapping.constants
        self._config = registry.config
        self._held = registry.sites
        self._to_wgs84 = layers.transformer(mapping.file.crs) if GEOMETRY not in header else None
        self._columns = [
            _Read(
                header.index(name),
                name,
                column.field,
                column,
                cells.Remembered(self._reading(column, registry)),
                holds_several=bool(column.split) or column.field in _REPEATED,
                is_in_a_language=column.field in IN_A_LANGUAGE,
            )
            for name, column in mapping.columns.items()
            if column.field != "ignore"
        ]
        self._schemes = {name: column.scheme for name, column in mapping.columns.items() if column.scheme}
        self._field_of = {name: column.field for name, column in mapping.columns.items()}
        self._keys = [one.place for one in self._columns if one.field == "identifier"]
        self._last_cited: tuple[tuple[str, ...], str | None, Cited] = ((), None, ())
        check_mapping(mapping, registry)

    def _reading(self, column: Column, registry: Registry) -> cells.Reading[Any]:
        field, values = column.field, column.values
        if field in TERMS:
            return cells.terms(TERMS[field], values)
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

    def read(self, row: Row) -> TakenRow:
        """Return what a row comes to."""
        said: dict[str, list[Said]] = {}
        problems: list[CellProblem] = []
        if row.surplus:
            message = (
                f"has {row.surplus} more cells than columns: put a cell with a separator in it in quotes"
            )
            problems.append(CellProblem(self._sheet, row.number, "", "", message))
        for one in self._columns:
            cell = row.cells[one.place]
            if not cell:
                continue
            if len(cell) > MAX_CELL:
                message = f"has {len(cell):,} letters; {MAX_CELL:,} are allowed"
                problems.append(CellProblem(self._sheet, row.number, one.name, cell[:40], message))
                continue
            for word in _parts(cell, one.column) if one.holds_several else (cell,):
                found = one.reading(word)
                if found.problem or found.note:
                    message = found.problem or found.note
                    problems.append(
                        CellProblem(self._sheet, row.number, one.name, word[:200], message, not found.problem)
                    )
                if found.value is not None:
                    language = (
                        self._language(one, found.value, row, problems) if one.is_in_a_language else None
                    )
                    said.setdefault(one.field, []).append(Said(one.name, language, found.value, word.strip()))
        site = self._site(row, said, problems)
        stops = any(not problem.is_note for problem in problems)
        return TakenRow(row.number, None if stops else site, tuple(problems))

    def _language(self, one: _Read, value: str, row: Row, problems: list[CellProblem]) -> str | None:
        """Return the language of a text: that of its script where a script has one, else what is said."""
        said = one.column.language or self._constants.language
        if said is not None and value.isascii():
            return said
        if one.field == "name" and sum(1 for s in _LETTERS_OF_SCRIPTS if s.search(value)) > 1:
            message = "holds letters of two scripts; if these are two names, say split for this column"
            problems.append(CellProblem(self._sheet, row.number, one.name, value, message, is_note=True))
        for languages, script in _SCRIPTS:
            # A sentence that quotes a name in another script is not in the language of that script.
            if 2 * len(script.findall(value)) > sum(map(str.isalpha, value)):
                return said if said is not None and said.partition("-")[0] in languages else languages[0]
        if said is None:
            message = "is in an unknown language; say language for this column or under [constants]"
            problems.append(CellProblem(self._sheet, row.number, one.name, value, message))
        return said

    def _site(self, row: Row, said: Mapping[str, list[Said]], problems: list[CellProblem]) -> Site | None:
        def tell(column: str, value: str, message: str) -> None:
            problems.append(CellProblem(self._sheet, row.number, column, value, message))

        unclear = {self._field_of.get(problem.column) for problem in problems if not problem.is_note}
        cited = self._cited(said)
        if "name" not in said and "name" not in unclear:
            tell("", "", "has no name; a record needs one, if only what the source calls it")
        if not cited and "source" not in unclear:
            tell("", "", "has no source; name one in the row or under [constants]")
        if self._constants.type is None and "type" not in said and "type" not in unclear:
            tell("", "", "says not what kind of site it is; name it in the row or under [constants]")
        shape = self._shape(said, tell)
        if shape and self._constants.precision is None and "precision" not in said.keys() | unclear:
            tell("", "", "says not what its point shows; write precision in the row or under [constants]")
        if unclear or not all(problem.is_note for problem in problems):
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

    def _cited(self, said: Mapping[str, list[Said]]) -> Cited:
        """Return the citations of every statement of a row; those of the last row serve while they hold."""
        named = (*(one.value for one in said.get("source", ())), self._constants.source)
        sources, locator = tuple(dict.fromkeys(filter(None, named))), statements.first(said, "locator")
        if self._last_cited[:2] != (sources, locator):
            cited = tuple(Citation(source=source, locator=locator) for source in sources)
            self._last_cited = (sources, locator, cited)
        return self._last_cited[2]

    def _shape(self, said: Mapping[str, list[Said]], tell: Any) -> dict[str, Any] | None:
        bbox = self._config.region.bbox
        if "shape" in said:
            [one, *_] = said["shape"]
            return statements.shape_of(one, bbox, tell)
        if "coordinates" in said:
            found: Coordinates = said["coordinates"][0].value
            return statements.point(found.longitude, found.latitude)
        latitude, longitude = said.get("latitude"), said.get("longitude")
        if latitude and longitude:
            x, y = longitude[0].value, latitude[0].value
            if self._to_wgs84:
                x, y = self._to_wgs84.transform(x, y)
            there = Coordinates(longitude=x, latitude=y, precision_m=1.0, form="degrees")
            placed = cells.placed(there, bbox)
            if placed.problem:
                tell(latitude[0].column, f"{latitude[0].words}, {longitude[0].words}", placed.problem)
            return statements.point(there.longitude, there.latitude)
        if latitude or longitude:
            one = (latitude or longitude or [])[0]
            tell(one.column, one.words, "is half of a point; give both latitude and longitude or neither")
        return None

    def _properties(
        self, said: Mapping[str, list[Said]], cited: Cited, shape: dict[str, Any] | None
    ) -> dict[str, Any]:
        constants = self._constants
        found: dict[str, Any] = {
            "status": "draft",
            "status_reason": DRAFT_REASON,
            "names": list(statements.names(said, cited)),
            "types": list(statements.types(said, constants.type, cited)),
        }
        communities = [one.value for one in said.get("community", ())]
        if not communities and constants.community:
            communities = [constants.community]
        if communities:
            found["attributions"] = [
                {"community": name, "stance": "asserts", "citations": cited} for name in communities
            ]
        if shape:
            found["locations"] = [self._location(said, shape, cited)]
        if "settlement" in said or "district" in said:
            found["places"] = list(statements.places(said, cited))
        found["reports"] = self._reports(said, cited)
        for field in statements.LISTED.keys() & said.keys():
            name, made = statements.LISTED[field]
            found[name] = [made(one) | {"citations": cited} for one in said[field]]
        if "identifier" in said:
            found["identifiers"] = [
                {"scheme": self._schemes.get(one.column, one.column), "value": one.value, "citations": cited}
                for one in said["identifier"]
                if one.value not in self._held  # a row that came from this registry
            ]
        return found

    def _location(
        self, said: Mapping[str, list[Said]], shape: dict[str, Any], cited: Cited
    ) -> dict[str, Any]:
        precision = statements.first(said, "precision") or self._constants.precision
        radius = self._constants.uncertainty_m or statements.radius(
            said, 1 if self._to_wgs84 else METRES_PER_DEGREE
        )
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

    def _reports(self, said: Mapping[str, list[Said]], cited: Cited) -> list[dict[str, Any]]:
        condition = said.get("condition")
        if said.keys().isdisjoint(_OF_REPORTS):
            return []
        evidence = statements.first(said, "evidence") or self._constants.evidence or "not_stated"
        report: dict[str, Any] = {
            "id": "r1",
            "condition": condition[0].value if condition else "not_stated",
            "evidence": {"type": evidence},
            "citations": cited,
        }
        if condition:
            report["as_stated"] = condition[0].words
        for name in _ONCE & said.keys():
            report[name] = said[name][0].value
        if "observed" in said and said["observed"][0].words != report["observed"]:
            report["date_as_stated"] = said["observed"][0].words
        for field, name in (("cause", "causes"), ("effect", "effects")):
            if field in said:
                report[name] = list(dict.fromkeys(one.value for one in said[field]))
        assessor = statements.first(said, "assessor") or self._constants.assessor
        if assessor:
            report["according_to"] = assessor
        if "summary" in said:
            report["summary"] = statements.texts(said["summary"])
        return [report]

    def _id(self, row: Row, cited: Cited) -> str:
        """Return an id that the same row of the same source gets each time.

        It is drawn from the row's own number or code where a column has one, else from all that was mapped.
        """
        key = [
            " ".join(cell.split()) for cell in map(row.cells.__getitem__, self._keys) if not is_nothing(cell)
        ]
        if len(key) == 1 and key[0] in self._held:
            return key[0]  # a row that came from this registry
        told = key or [row.cells[one.place] for one in self._columns]
        text = "\0".join((cited[0].source, "key" if key else "row", *told))
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        rest, first = divmod(drawn, len(ID_SIGNS) - 10)
        return ID_SIGNS[10 + first] + "".join([ID_SIGNS[rest >> shift & 31] for shift in _ID_SHIFTS])


def _parts(cell: str, column: Column) -> Iterable[str]:
    if column.split:
        return [part.strip() for part in cell.split(column.split) if part.strip()]
    if _SPLIT.search(cell):
        return [part.strip() for part in _SPLIT.split(cell) if part.strip()]
    return (cell,)
