"""The forms there are: which part of a record each fills in, and what of it is asked at first sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.parts import Response
from heritage_registry.site import Report, SiteProperties
from heritage_registry.source import Source
from heritage_registry.web.forms.data import Flat, shown_geometry
from heritage_registry.web.forms.tree import Node, tree

Group = tuple[str, tuple[str, ...]]
"""A heading of the short form (a key of the messages), and the answers below it."""


class Sheet(msgspec.Struct, frozen=True):
    """A form. Answers stand below `path`; `short` is what is asked at first sight, `more` what is folded.

    `cites` tells whether one source can be named for everything that names none itself.
    """

    key: str
    node: Node
    path: str
    short: tuple[Group, ...]
    more: tuple[str, ...]
    cites: bool = True

    def leaf(self, path: str) -> Node:
        """Return the field of an answer of the short form."""
        return self._way(path)[-1]

    def parent(self, path: str) -> Node:
        """Return the field in whose part an answer lies."""
        return self._way(path)[-2]

    def needs(self, path: str) -> bool:
        """Tell whether there is no record without this answer, and not only no such part of one."""
        return all(node.required for node in self._way(path) if node.owner)

    def _way(self, path: str) -> list[Node]:
        """Return the fields that lead to an answer, the answer's own last."""
        node, way = self.node, [self.node]
        for step in path[len(self.path) + 1 :].split("."):
            if step.isdecimal():
                assert node.item is not None
                node = node.item
                if node.is_leaf:
                    way.append(node)
            else:
                node = (node.item or node).field(step) if node.kind == "texts" else node.field(step)
                way.append(node)
        return way


def _without(node: Node, *names: str) -> Node:
    return msgspec.structs.replace(node, fields=tuple(f for f in node.fields if f.name not in names))


def _below(path: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{path}.{name}" for name in names)


def _groups(path: str, groups: Mapping[str, Iterable[str]]) -> tuple[Group, ...]:
    return tuple((heading, _below(path, names)) for heading, names in groups.items())


_SEEN = ("condition", "observed", "evidence.type", "summary.0.text", "summary.0.language")
_SEEN_MORE = ("as_stated", "date_as_stated", "part", "according_to", "causes.0", "extent", "published")

SITE = Sheet(
    "site",
    # Who may publish, withdraw or answer is no matter of filling in a form.
    _without(tree(SiteProperties), "status", "withdrawn", "corrections", "reviews"),
    "properties",
    _groups(
        "properties",
        {
            "group.name": ("names.0.text", "names.0.language"),
            "group.kind": ("types.0.type",),
            "group.where": tuple(
                f"locations.0.{name}" for name in ("geometry", "of", "method", "uncertainty_m", "stated")
            ),
            "group.seen": tuple(f"reports.0.{name}" for name in _SEEN),
        },
    ),
    _below(
        "properties",
        (
            "names.1.text",
            "names.1.language",
            "places.0.names.0.text",
            "places.0.names.0.language",
            "places.0.level",
            "attributions.0.community",
            "attributions.0.stance",
            "attributions.0.according_to",
            "reports.0.as_stated",
            "reports.0.according_to",
            "reports.0.causes.0",
        ),
    ),
)
REPORT = Sheet(
    "report",
    _without(tree(Report), "id"),
    "report",
    _groups("report", {"group.seen": _SEEN}),
    _below("report", _SEEN_MORE),
)
RESPONSE = Sheet(
    "response",
    tree(Response),
    "response",
    _groups(
        "response",
        {
            "group.response": (
                "according_to", "stance", "element", "scope", "summary.0.text", "summary.0.language", "date",
            )
        },
    ),
    _below("response", ("party", "relayed")),
)  # fmt: skip
SOURCE = Sheet(
    "source",
    tree(Source),
    "record",
    _groups(
        "record",
        {
            "group.what": (
                "title", "author.0.literal", "publisher", "container-title", "issued", "URL", "language",
            ),
            "group.speaks": ("type", "kind", "affiliation", "party"),
            "group.repeats": ("derives_from.0",),
        },
    ),
    _below("record", ("author.0.family", "author.0.given", "accessed", "access", "note", "id")),
    cites=False,
)  # fmt: skip
CLAIM = Sheet(
    "claim",
    _without(tree(Claim), "id", "status", "corrections", "reviews"),
    "record",
    _groups(
        "record",
        {
            "group.claim": (
                "claimant", "party", "statement.0.text", "statement.0.language", "date",
            ),
            "group.number": ("numerator.as_stated", "numerator.value", "denominator.as_stated", "unit"),
            "group.scope": ("scope.types.0", "scope.communities.0", "scope.places.0", "scope.period"),
        },
    ),
    _below("record", ("according_to", "meaning.0.text", "meaning.0.language")),
)  # fmt: skip


def without_id(sheet: Sheet) -> Sheet:
    """Return the form of a record that has its id, which never changes."""
    return msgspec.structs.replace(sheet, node=_without(sheet.node, "id"), more=())


def stored(node: Node, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every date and shape of a record as a form shows it, with what it stands for."""
    if value is None:
        return
    match node.kind:
        case "struct":
            for field in node.fields:
                yield from stored(field, value.get(field.name))
        case "list":
            assert node.item is not None
            for item in value:
                yield from stored(node.item, item)
        case "date":
            yield value, value
        case "geometry":
            yield shown_geometry(value), value


def completed_site(properties: dict[str, Any], taken_reports: Iterable[str] = ()) -> dict[str, Any]:
    """Return a site's parts with what follows from the others, such as the numbers of reports."""
    numbers = [int(key[1:]) for key in taken_reports if key[1:].isdecimal()]
    reports = [item for item in properties.get("reports", ()) if isinstance(item, dict)]
    numbers += [int(r["id"][1:]) for r in reports if r.get("id", "")[1:].isdecimal()]
    for report in reports:
        if not report.get("id"):
            numbers.append(max(numbers, default=0) + 1)
            report["id"] = f"r{numbers[-1]}"
    locations = properties.get("locations", ())
    for location in locations:
        if not location.get("standing"):
            has_preferred = any(other.get("standing") == "preferred" for other in locations)
            location["standing"] = "alternative" if has_preferred else "preferred"
        if "geometry" not in location and "stated" in location:
            # A description without a shape shows no more than an area, found by what is described.
            location.setdefault("of", "area")
            location.setdefault("method", "described")
    for attribution in properties.get("attributions", ()):
        attribution.setdefault("stance", "asserts")
    for place in properties.get("places", ()):
        place.setdefault("level", "settlement")
    return properties


def preferred_shape(properties: Mapping[str, Any]) -> Any:
    """Return the geometry a site's feature takes from its preferred location."""
    for location in properties.get("locations", ()):
        if location.get("standing") == "preferred" and location.get("geometry"):
            return location["geometry"]
    return None


def started(sheet: Sheet, language: str) -> Flat:
    """Return an empty form with the reader's language set for what they write in their own words."""
    paths = [path for _, group in sheet.short for path in group]
    return {
        path: language
        for path in (*paths, *sheet.more)
        if path.endswith(("summary.0.language", "statement.0.language"))
    }
