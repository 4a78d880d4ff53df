"""What changed between two versions of a record, part by part.

Items of lists are matched by what they are, not by where they stand: a report by its id, a name by text and
language, a citation by its source, whatever has no identity by its likeness. A place is told by field names
that a page can translate: `part` and `field` of a step are the keys of docs/fields.toml.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect
from msgspec.structs import replace
from rapidfuzz import fuzz

from heritage_registry.claim import BreakdownRow, Claim, ClaimRelation
from heritage_registry.errors import Field
from heritage_registry.parts import Citation, Identifier, LineString, Point, Polygon, Review
from heritage_registry.site import (
    EvidenceFile,
    Name,
    PlaceName,
    Relation,
    Report,
    Site,
    SiteType,
    preferred_location,
)
from heritage_registry.source import ArchivedCopy, Source

LABELS: Mapping[str, str] = {
    "": "the record",
    "according_to": "according to",
    "acquired": "taken on",
    "as_stated": "words of the source",
    "by": "made by",
    "container_title": "published in",
    "container-title": "published in",
    "date_as_stated": "date in the words of the source",
    "derives_from": "repeats the source",
    "doi": "DOI",
    "DOI": "DOI",
    "geometry": "shape",
    "of": "what the shape shows",
    "observed": "seen on",
    "party": "tied to the party",
    "public": "shown to everybody",
    "published": "report came out on",
    "read_at": "read at",
    "sha256": "digest",
    "stated": "as printed",
    "superseded_by": "corrected by",
    "uncertainty_m": "holds within metres",
    "URL": "address",
    "url": "address",
    "what": "what it is",
    "archived": "kept copies",
    "author": "authors",
    "breakdown": "rows of the division",
    "history": "events",
    "types": "types of site",
}
"""English for fields by their name; a field that is not here is called by its name without underscores."""

ITEM_LABELS: Mapping[str, str] = {
    "archived": "kept copy",
    "attributions": "attribution",
    "breakdown": "row of the division",
    "causes": "cause",
    "citations": "citation",
    "collections": "collection",
    "communities": "community",
    "content_notes": "content note",
    "corrections": "correction",
    "derives_from": "repeated source",
    "effects": "effect",
    "excerpts": "excerpt",
    "fates": "fate",
    "files": "file of evidence",
    "history": "event",
    "identifiers": "identifier",
    "images": "image",
    "interventions": "intervention",
    "locations": "location",
    "names": "name",
    "notes": "note",
    "places": "place",
    "protections": "protection",
    "relations": "relation",
    "reports": "report",
    "responses": "response",
    "responsibility": "responsibility",
    "reviews": "act of a review",
    "threats": "threat",
    "types": "type of site",
}
"""English for one item of a list."""

_IDENTITIES: Mapping[type, tuple[str, ...]] = {
    ArchivedCopy: ("url",),
    BreakdownRow: ("label",),
    Citation: ("source",),
    ClaimRelation: ("relation", "claim"),
    EvidenceFile: ("sha256",),
    Identifier: ("scheme", "value"),
    Name: ("text", "language"),
    PlaceName: ("text", "language"),
    Relation: ("relation", "site"),
    Report: ("id",),
    Review: ("act", "by", "date", "content"),
    SiteType: ("type",),
}
_GEOMETRIES = (Point, LineString, Polygon)
WHOLE = frozenset({"author"})
"""Lists that are one statement: authors stand in an order that means something."""

_ALIKE = 0.5
_MOST_COMPARISONS = 250_000


class Step(msgspec.Struct, frozen=True):
    """One step down a record: a field of a class of parts and, in a list or text, which item or language."""

    part: str
    field: str
    item: str | None = None


Place = tuple[Step, ...]


class Change(msgspec.Struct, frozen=True):
    """One difference. `old` and `new` are values or parts of the record, None where there is nothing.

    `path` leads to it in the file of the new version, of what was removed in that of the old one.
    `vocabulary` names the list that a plain value's label is in.
    """

    kind: Literal["added", "removed", "changed", "reordered"]
    place: Place
    path: Field
    old: Any
    new: Any
    vocabulary: str | None = None


def differences(old: Site | Source | Claim, new: Site | Source | Claim) -> tuple[Change, ...]:
    """Return what is different in `new`, in the order of the record; what was removed from a list comes last.

    The shape of a site as a whole is left out where it follows from the locations.
    """
    if isinstance(old, Site) and isinstance(new, Site) and _shape_follows(old) and _shape_follows(new):
        old = replace(old, geometry=new.geometry)
    return tuple(_of_parts(old, new, _At()))


def _shape_follows(site: Site) -> bool:
    location = preferred_location(site)
    return same(site.geometry, location.geometry if location else None)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are written alike: 1 and 1.0, which Python calls equal, are not."""
    if one is other:
        return True
    return type(one) is type(other) and one == other and _text(one) == _text(other)


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def is_part(value: Any) -> bool:
    """Tell whether a value is a part whose fields are compared one by one; a shape is one value."""
    return isinstance(value, msgspec.Struct) and not isinstance(value, _GEOMETRIES)


def step(part: msgspec.Struct, name: str) -> Step:
    """Return the step to a field, by the field's name in the class."""
    return Step(type(part).__name__, _encoded(type(part))[name])


@cache
def _encoded(part_type: type[msgspec.Struct]) -> dict[str, str]:
    names = zip(part_type.__struct_fields__, part_type.__struct_encode_fields__, strict=True)
    return dict(names)


@cache
def vocabularies(part_type: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return the vocabulary of every field that has one, by the field's name on disk."""
    info = inspect.type_info(part_type)
    assert isinstance(info, inspect.StructType)
    return {f.encode_name: name for f in info.fields if (name := _vocabulary(f.type))}


def _vocabulary(expected: inspect.Type) -> str | None:
    match expected:
        case inspect.Metadata():
            return (expected.extra or {}).get("vocabulary") or _vocabulary(expected.type)
        case inspect.UnionType():
            return next(filter(None, map(_vocabulary, expected.types)), None)
        case inspect.VarTupleType():
            return _vocabulary(expected.item_type)
        case _:
            return None


class _At(msgspec.Struct, frozen=True):
    """A place that both versions have: how it is told, and the paths to it in their files."""

    place: Place = ()
    old: Field = ()
    new: Field = ()
    vocabulary: str | None = None

    def field(self, part: msgspec.Struct, name: str) -> _At:
        here = step(part, name)
        term = vocabularies(type(part)).get(here.field)
        return _At((*self.place, here), (*self.old, here.field), (*self.new, here.field), term)

    def item(self, label: str, old: str | int, new: str | int) -> _At:
        return _At(at(self.place, label), (*self.old, old), (*self.new, new), self.vocabulary)

    def change(self, old: Any, new: Any) -> Change:
        if old is None:
            return Change("added", self.place, self.new, None, new, self.vocabulary)
        if new is None:
            return Change("removed", self.place, self.old, old, None, self.vocabulary)
        return Change("changed", self.place, self.new, old, new, self.vocabulary)


def _of_parts(old: msgspec.Struct, new: msgspec.Struct, here: _At) -> Iterator[Change]:
    for name in type(new).__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if not same(before, after):
            yield from _of_values(before, after, here.field(new, name))


def _of_values(old: Any, new: Any, here: _At) -> Iterator[Change]:
    if is_part(old) and is_part(new):
        yield from _of_parts(old, new, here)
    elif isinstance(old, dict) or isinstance(new, dict):
        before, after = old or {}, new or {}
        for key in dict.fromkeys((*after, *before)):
            if not same(before.get(key), after.get(key)):
                yield here.item(key, key, key).change(before.get(key), after.get(key))
    elif isinstance(new, tuple) and here.place[-1].field not in WHOLE:
        yield from _of_lists(old, new, here)
    else:
        yield here.change(None if old == () else old, None if new == () else new)


def _of_lists(old: tuple[Any, ...], new: tuple[Any, ...], here: _At) -> Iterator[Change]:
    pairs = match_items(old, new)
    by_new = {j: i for i, j in pairs.items()}
    old_labels, new_labels = item_labels(old), item_labels(new)
    for j, item in enumerate(new):
        if j not in by_new:
            yield here.item(new_labels[j], j, j).change(None, item)
        elif not same(before := old[by_new[j]], item):
            yield from _of_values(before, item, here.item(old_labels[by_new[j]], by_new[j], j))
    for i, item in enumerate(old):
        if i not in pairs:
            yield here.item(old_labels[i], i, i).change(item, None)
    if list(pairs.values()) != sorted(pairs.values()):
        yield Change("reordered", here.place, here.new, old, new, here.vocabulary)


def at(place: Place, item: str) -> Place:
    """Return the place of one item of the list, or of one language of the text, that a place leads to."""
    return (*place[:-1], replace(place[-1], item=item))


def item_labels(items: Sequence[Any]) -> list[str]:
    """Return what tells each item of a list from the others: its identity, else its number from 1."""
    labels: list[str] = []
    for n, item in enumerate(items, start=1):
        label = _label(item) or str(n)
        labels.append(f"{label} #{n}" if label in labels else label)
    return labels


def _label(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    if isinstance(item, Name | PlaceName):
        return f"{item.text} ({item.language})"
    identity = identity_of(item)
    if not isinstance(identity, tuple):
        return None
    unsaid = (None, item.content) if isinstance(item, Review) else (None,)
    return " ".join(str(part) for part in identity if part not in unsaid)


def identity_of(item: Any) -> Hashable:
    """Return what makes an item of a list the same one in another version, None where nothing does."""
    if isinstance(item, str):
        return item
    names = _IDENTITIES.get(type(item))
    return tuple(getattr(item, name) for name in names) if names else None


def match_items(old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Return which item of a list became which one of another: positions in `old` to positions in `new`."""
    pairs: dict[int, int] = {}
    free: dict[tuple[type, bytes], list[int]] = {}
    for j, item in reversed([*enumerate(new)]):
        free.setdefault((type(item), _text(item)), []).append(j)
    for i, item in enumerate(old):
        if found := free.get((type(item), _text(item))):
            pairs[i] = found.pop()
    left = [i for i in range(len(old)) if i not in pairs]
    right = sorted(set(range(len(new))) - set(pairs.values()))
    scored = sorted(
        (-score, i, j)
        for i, j in _worth_comparing(old, new, left, right)
        if (score := _likeness(old[i], new[j])) >= _ALIKE or identity_of(old[i]) is not None
    )
    taken: set[int] = set()
    for _, i, j in scored:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return dict(sorted(pairs.items()))


def _worth_comparing(
    old: Sequence[Any], new: Sequence[Any], left: list[int], right: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs that can be one item: of one identity or, where lists are not huge, without any."""
    by_identity: dict[Hashable, list[int]] = {}
    for j in right:
        by_identity.setdefault((type(new[j]), identity_of(new[j])), []).append(j)
    huge = len(left) * len(right) > _MOST_COMPARISONS
    for i in left:
        identity = identity_of(old[i])
        if identity is not None or not huge:
            yield from ((i, j) for j in by_identity.get((type(old[i]), identity), ()))


def _likeness(one: Any, other: Any) -> float:
    """Return how alike two values are, from 0 to 1: of parts the mean over the fields that either has."""
    if same(one, other):
        return 1.0
    if isinstance(one, str) and isinstance(other, str):
        is_prose = " " in one or " " in other
        return fuzz.ratio(one, other) / 100 if is_prose else 0.0
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        return sum(_likeness(one.get(key), other.get(key)) for key in keys) / len(keys)
    if isinstance(one, tuple) and isinstance(other, tuple):
        shared = len({*map(_text, one)} & {*map(_text, other)})
        return 2 * shared / (len(one) + len(other))
    if is_part(one) and type(one) is type(other):
        blank = {f.name: f.default for f in msgspec.structs.fields(one)}
        names = [
            n for n in blank if not (same(getattr(one, n), blank[n]) and same(getattr(other, n), blank[n]))
        ]
        return sum(_likeness(getattr(one, n), getattr(other, n)) for n in names) / len(names)
    return 0.0
