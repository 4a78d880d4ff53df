"""Every mistake of a decoded JSON value against a record class, in words an editor can act on.

`msgspec` stops at the first mistake; this walk over the same type description finds them all. It runs only on
records that were refused, so it may be slow.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from heritage_registry.dates import InvalidDate, parse
from heritage_registry.errors import Field
from heritage_registry.vocabulary import vocabulary

Mistake = tuple[Field, str]

_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_SHOWN = 60


@cache
def _type_info(record_type: type) -> inspect.Type:
    return inspect.type_info(record_type)


def explain(value: Any, record_type: type[msgspec.Struct]) -> list[Mistake]:
    """Return every (field, message) in which `value`, plain JSON data, is not a `record_type`."""
    return _explain(value, _type_info(record_type), (), {})


def _explain(  # noqa: PLR0911 - one line for each kind of type reads best
    value: Any, expected: inspect.Type, field: Field, extra: dict[str, Any]
) -> list[Mistake]:
    match expected:
        case inspect.Metadata():
            return _explain(value, expected.type, field, {**extra, **(expected.extra or {})})
        case inspect.StructType():
            return _explain_struct(value, expected, field)
        case inspect.UnionType():
            return _explain_union(value, expected, field, extra)
        case inspect.VarTupleType():
            return _explain_list(value, expected, field)
        case inspect.TupleType():
            return _explain_fixed_list(value, expected, field)
        case inspect.DictType():
            return _explain_mapping(value, expected, field)
        case inspect.StrType():
            return _explain_text(value, expected, field, extra)
        case inspect.IntType() | inspect.FloatType():
            return _explain_number(value, expected, field)
        case inspect.BoolType():
            return [] if isinstance(value, bool) else [(field, _wrong_kind(value, "true or false"))]
        case inspect.NoneType():
            return [] if value is None else [(field, _wrong_kind(value, "null"))]
        case inspect.LiteralType():
            choices = expected.values
            return [] if value in choices else [(field, f"{_shown(value)} is not {_one_of(choices)}")]
        case _:
            raise TypeError(f"a record field of type {expected} has no words for its mistakes")


def _explain_struct(value: Any, expected: inspect.StructType, field: Field) -> list[Mistake]:
    if not isinstance(value, dict):
        return [(field, _wrong_kind(value, "an object"))]
    known = {f.encode_name: f for f in expected.fields}
    tag = {expected.tag_field} if expected.tag_field else set()
    mistakes: list[Mistake] = []
    for key in value:
        if key not in known and key not in tag:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; the fields here are {', '.join(known)}"
            mistakes.append(((*field, key), f"{key!r} is not a field of this part{hint}"))
    for name, member in known.items():
        if name in value:
            mistakes += _explain(value[name], member.type, (*field, name), {})
        elif member.required:
            mistakes.append(((*field, name), "is missing; " + _needed(member.type)))
    return mistakes


def _needed(expected: inspect.Type) -> str:
    extra: dict[str, Any] = {}
    while isinstance(expected, inspect.Metadata):
        extra |= expected.extra or {}
        expected = expected.type
    if "vocabulary" in extra:
        return f"write {_one_of(vocabulary(extra['vocabulary']).ids)}"
    if "expected" in extra:
        return str(extra["expected"])
    if isinstance(expected, inspect.VarTupleType) and expected.min_length:
        return "write at least one"
    return "it must be given"


def _explain_union(
    value: Any, expected: inspect.UnionType, field: Field, extra: dict[str, Any]
) -> list[Mistake]:
    if value is None and any(isinstance(t, inspect.NoneType) for t in expected.types):
        return []
    choices = [t for t in expected.types if not isinstance(t, inspect.NoneType)]
    tagged = {t.tag: t for t in choices if isinstance(t, inspect.StructType) and t.tag is not None}
    if tagged:
        if not isinstance(value, dict):
            return [(field, _wrong_kind(value, "an object"))]
        if "type" not in value:
            return [((*field, "type"), f"is missing; write {_one_of(tagged)}")]
        if value["type"] not in tagged:
            return [((*field, "type"), f"{_shown(value['type'])} is not {_one_of(tagged)}")]
        return _explain(value, tagged[value["type"]], field, {})
    attempts = [_explain(value, choice, field, extra) for choice in choices]
    return min(attempts, key=len)


def _explain_list(value: Any, expected: inspect.VarTupleType, field: Field) -> list[Mistake]:
    if not isinstance(value, list):
        return [(field, _wrong_kind(value, "a list"))]
    if expected.min_length and len(value) < expected.min_length:
        has = "is empty" if not value else f"has {len(value)} of them"
        wanted = "at least one" if expected.min_length == 1 else f"at least {expected.min_length}"
        return [(field, f"{has}; write {wanted}")]
    return [m for n, item in enumerate(value) for m in _explain(item, expected.item_type, (*field, n), {})]


def _explain_fixed_list(value: Any, expected: inspect.TupleType, field: Field) -> list[Mistake]:
    length = len(expected.item_types)
    if not isinstance(value, list) or len(value) != length:
        wanted = "a pair [longitude, latitude]" if length == 2 else f"a list of {length} numbers"
        return [(field, f"{_shown(value)} is not {wanted}")]
    pairs = zip(value, expected.item_types, strict=True)
    return [
        m for n, (item, item_type) in enumerate(pairs) for m in _explain(item, item_type, (*field, n), {})
    ]


def _explain_mapping(value: Any, expected: inspect.DictType, field: Field) -> list[Mistake]:
    if not isinstance(value, dict):
        return [(field, _wrong_kind(value, "an object"))]
    if expected.min_length and len(value) < expected.min_length:
        return [(field, "is empty; write at least one text or leave the field out")]
    return [
        mistake
        for key, item in value.items()
        for mistake in [
            *_explain(key, expected.key_type, (*field, key), {}),
            *_explain(item, expected.value_type, (*field, key), {}),
        ]
    ]


def _explain_text(
    value: Any, expected: inspect.StrType, field: Field, extra: dict[str, Any]
) -> list[Mistake]:
    if not isinstance(value, str):
        return [(field, _wrong_kind(value, "text"))]
    if "vocabulary" in extra:
        return _explain_term(value, extra["vocabulary"], field)
    if extra.get("edtf"):
        return _explain_date(value, field, extra)
    if not value:
        return [(field, "is empty; write text, or leave out what has none")]
    if expected.pattern and not re.search(expected.pattern, value):
        return [(field, f"{_shown(value)}: {extra.get('expected', 'does not have the right form')}")]
    return []


def _explain_term(value: str, name: str, field: Field) -> list[Mistake]:
    ids = vocabulary(name).ids
    if value in ids:
        return []
    near = get_close_matches(value, ids, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return [(field, f"{_shown(value)} is not {_one_of(ids)}{hint}")]


def _explain_date(value: str, field: Field, extra: dict[str, Any]) -> list[Mistake]:
    try:
        parse(value)
    except InvalidDate as error:
        return [(field, str(error) if len(value) <= _SHOWN else f"{_shown(value)}: {extra['expected']}")]
    return []


def _explain_number(value: Any, expected: inspect.IntType | inspect.FloatType, field: Field) -> list[Mistake]:
    whole = isinstance(expected, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return [(field, _wrong_kind(value, "a whole number" if whole else "a number"))]
    if expected.ge is not None and value < expected.ge:
        return [(field, f"{value} is less than {expected.ge}")]
    if expected.le is not None and value > expected.le:
        return [(field, f"{value} is more than {expected.le}")]
    return []


def _wrong_kind(value: Any, wanted: str) -> str:
    if value is None:
        return f"is null; write {wanted}"
    return f"{_shown(value)} is {_KINDS[type(value)]}; write {wanted}"


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _one_of(choices: Any) -> str:
    return "one of " + ", ".join(map(str, choices))
