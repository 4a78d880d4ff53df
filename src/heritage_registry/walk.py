"""Walking the parts of a record: every struct below it, with or without the path that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
from msgspec import inspect

from heritage_registry.errors import Field


@cache
def fields_with_parts(part_type: type) -> tuple[tuple[str, str], ...]:
    """Return (attribute, name on disk) of the fields of a class that hold further parts."""
    info = inspect.type_info(part_type)
    assert isinstance(info, inspect.StructType)
    return tuple((f.name, f.encode_name) for f in info.fields if _holds_parts(f.type))


def _holds_parts(expected: inspect.Type) -> bool:
    match expected:
        case inspect.StructType():
            return True
        case inspect.Metadata():
            return _holds_parts(expected.type)
        case inspect.UnionType():
            return any(_holds_parts(choice) for choice in expected.types)
        case inspect.VarTupleType():
            return _holds_parts(expected.item_type)
        case _:
            return False


def parts(record: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """Yield a record and every part of it, in no particular order: for rules that look at all of them."""
    stack = [record]
    while stack:
        part = stack.pop()
        yield part
        for name, _ in fields_with_parts(type(part)):
            value = getattr(part, name)
            if not value:
                continue
            if type(value) is tuple:
                stack += value
            else:
                stack.append(value)


def parts_with_fields(record: msgspec.Struct) -> Iterator[tuple[Field, msgspec.Struct]]:
    """Yield a record and every part of it with the path to it as it stands in the file."""
    stack: list[tuple[Field, msgspec.Struct]] = [((), record)]
    while stack:
        field, part = stack.pop()
        yield field, part
        for name, encoded in fields_with_parts(type(part)):
            value = getattr(part, name)
            if type(value) is tuple:
                stack += [((*field, encoded, n), item) for n, item in enumerate(value)]
            elif value is not None:
                stack.append(((*field, encoded), value))
