"""Text defaults of record classes, which canonical form leaves out.

`msgspec` leaves a default out only where the value is the very object of the class, which a text that was
read never is. So the class's own object is put in the place of an equal text before a record is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect
from msgspec.structs import replace


@cache
def spelled_defaults(record_type: type[msgspec.Struct]) -> tuple[bytes, ...]:
    """Return how the text defaults of a class and its parts look in compact JSON, sorted."""
    spelled = {
        msgspec.json.encode({field.encode_name: field.default})[1:-1]
        for part in _part_types(inspect.type_info(record_type))
        for field in part.fields
        if isinstance(field.default, str)
    }
    return tuple(sorted(spelled))


def text_defaults(record_types: Iterable[type[msgspec.Struct]]) -> tuple[str, ...]:
    """Return the very objects that are defaults of classes and their parts, each once."""
    found = {
        id(field.default): field.default
        for record_type in record_types
        for part in _part_types(inspect.type_info(record_type))
        for field in part.fields
        if isinstance(field.default, str)
    }
    return tuple(found.values())


def _part_types(expected: inspect.Type) -> Iterator[inspect.StructType]:
    match expected:
        case inspect.StructType():
            yield expected
            for field in expected.fields:
                yield from _part_types(field.type)
        case inspect.Metadata():
            yield from _part_types(expected.type)
        case inspect.UnionType():
            for choice in expected.types:
                yield from _part_types(choice)
        case inspect.VarTupleType():
            yield from _part_types(expected.item_type)


def without_defaults(part: Any) -> Any:
    """Return a record or part of one in which every text that equals its default is the default itself."""
    if isinstance(part, tuple):
        return tuple(map(without_defaults, part))
    if not isinstance(part, msgspec.Struct):
        return part
    defaults = _text_defaults(type(part))
    values = {name: getattr(part, name) for name in part.__struct_fields__}
    return replace(
        part,
        **{
            name: defaults[name] if name in defaults and value == defaults[name] else without_defaults(value)
            for name, value in values.items()
        },
    )


@cache
def _text_defaults(part_type: type[msgspec.Struct]) -> dict[str, str]:
    info = inspect.type_info(part_type)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{part_type.__name__} is no record part")
    return {field.name: field.default for field in info.fields if isinstance(field.default, str)}
