"""What can be filled in: the fields of a record class as a tree, each with the kind of answer it takes."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from heritage_registry.form import Line

_LINE_PATTERN = Line.__metadata__[0].pattern  # type: ignore[attr-defined]

_BY_NAME = {
    "community": "community",
    "communities": "community",
    "used_by": "community",
    "party": "party",
    "language": "language",
    "derives_from": "source",
    "claim": "claim",
}
_KEPT = frozenset({"files"})
"""Fields that no form changes: they come back as they were."""


class Node(msgspec.Struct, frozen=True):
    """A field. `name` is that of the file, `owner` the class it belongs to.

    `kind` is how it is answered: line, prose, term, choice, date, number, yes, community, party, language,
    source, site, claim, geometry, kept, or with further nodes: struct (`fields`), list (`item`) and texts,
    a list of a language and a text each.
    """

    name: str
    kind: str
    owner: str = ""
    required: bool = False
    is_whole: bool = False
    vocabulary: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    fields: tuple[Node, ...] = ()
    item: Node | None = None
    part: str = ""

    @property
    def is_leaf(self) -> bool:
        """Whether one text answers it."""
        return self.kind not in ("struct", "list", "texts")

    def field(self, name: str) -> Node:
        """Return a field by its name."""
        return next(field for field in self.fields if field.name == name)


@cache
def tree(part_type: type[msgspec.Struct]) -> Node:
    """Return the fields of a record or of a part of one."""
    info = inspect.type_info(part_type)
    assert isinstance(info, inspect.StructType)
    return _struct(info, "", "", required=True)


def _struct(info: inspect.StructType, name: str, owner: str, *, required: bool) -> Node:
    part = info.cls.__name__
    fields = tuple(_field(field, part) for field in info.fields)
    return Node(name, "struct", owner, required, fields=fields, part=part)


def _field(field: inspect.Field, owner: str) -> Node:
    default = field.default if isinstance(field.default, str) else ""
    return _node(field.type, field.encode_name, owner, {}, required=field.required, default=default)


def _node(  # noqa: PLR0911 - one line for each kind of type
    expected: inspect.Type, name: str, owner: str, extra: dict[str, Any], *, required: bool, default: str = ""
) -> Node:
    match expected:
        case _ if name in _KEPT:
            return Node(name, "kept", owner)
        case inspect.Metadata():
            merged = {**extra, **(expected.extra or {})}
            return _node(expected.type, name, owner, merged, required=required, default=default)
        case inspect.UnionType():
            choices = [t for t in expected.types if not isinstance(t, inspect.NoneType)]
            if any(isinstance(t, inspect.StructType) and t.tag is not None for t in choices):
                return Node(name, "geometry", owner, required)
            return _node(choices[-1], name, owner, extra, required=required, default=default)
        case inspect.StructType():
            return _struct(expected, name, owner, required=required)
        case inspect.VarTupleType():
            item = _node(expected.item_type, name, owner, {}, required=False)
            return Node(name, "list", owner, required or bool(expected.min_length), item=item)
        case inspect.DictType():
            pair = (Node("language", "language", "Texts", True), Node("text", "prose", "Texts", True))
            item = Node(name, "struct", owner, fields=pair, part="Texts")
            return Node(name, "texts", owner, required, item=item)
        case _:
            return _leaf(expected, name, owner, extra, required=required, default=default)


def _leaf(  # noqa: PLR0911 - one line for each kind of type
    expected: inspect.Type, name: str, owner: str, extra: dict[str, Any], *, required: bool, default: str
) -> Node:
    if isinstance(expected, inspect.BoolType):
        return Node(name, "yes", owner)
    if isinstance(expected, inspect.IntType | inspect.FloatType):
        return Node(name, "number", owner, required, is_whole=isinstance(expected, inspect.IntType))
    if isinstance(expected, inspect.LiteralType):
        return Node(name, "choice", owner, required, choices=tuple(map(str, expected.values)))
    assert isinstance(expected, inspect.StrType)
    if "vocabulary" in extra:
        return Node(name, "term", owner, required, vocabulary=extra["vocabulary"], default=default)
    if extra.get("edtf"):
        return Node(name, "date", owner, required)
    if (owner, name) in (("Citation", "source"), ("Excerpt", "source")):
        return Node(name, "source", owner, required)
    if (owner, name) in (("Relation", "site"), ("Withdrawal", "superseded_by")):
        return Node(name, "site", owner, required)
    kind = _BY_NAME.get(name) or ("prose" if _is_prose(expected) else "line")
    return Node(name, kind, owner, required)


def _is_prose(expected: inspect.StrType) -> bool:
    return (
        expected.pattern is not None and r"[\s\S]" in expected.pattern and expected.pattern != _LINE_PATTERN
    )
