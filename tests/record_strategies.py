"""Hypothesis strategies for records, made from the field types of their classes."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from heritage_registry.form import unfit_text
from heritage_registry.vocabulary import vocabulary

DATES = (
    "1994",
    "1994-05",
    "1994-05-08",
    "199X",
    "18XX",
    "2020~",
    "1868/1887",
    "../1994",
    "1992/..",
    "1992-05?",
)

letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf"])
names_in_use = st.sampled_from(
    ("Şuşa", "Շուշի", "شوشا", "می‌شود", "Дадиванк", "ჟალეთი", "“Old” <Mosque> & \\t", "👩‍👩‍👧")
)


def _fit(text: str) -> bool:
    return bool(text) and text == text.strip() and not unfit_text(text)


lines = names_in_use | st.text(letters, min_size=1, max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text).strip()
).filter(lambda text: _fit(text) and len(text.splitlines()) == 1)
prose = st.lists(lines, min_size=1, max_size=3).map("\n".join).filter(_fit)


def records(record_type: type) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for plain JSON data that is a record of a class."""
    return _value(inspect.type_info(record_type))


def _value(  # noqa: PLR0911, PLR0912 - one line for each kind of type
    expected: inspect.Type,
) -> st.SearchStrategy[Any]:
    match expected:
        case inspect.Metadata():
            extra = expected.extra or {}
            return _annotated_text(expected.type, extra) if extra else _value(expected.type)
        case inspect.StructType():
            return _struct(expected)
        case inspect.UnionType():
            return st.one_of([_value(choice) for choice in expected.types])
        case inspect.VarTupleType():
            return st.lists(
                _value(expected.item_type),
                min_size=expected.min_length or 0,
                max_size=(expected.min_length or 0) + 1,
            )
        case inspect.TupleType():
            return st.tuples(*map(_value, expected.item_types)).map(list)
        case inspect.DictType():
            return st.dictionaries(
                _value(expected.key_type), _value(expected.value_type), min_size=1, max_size=2
            )
        case inspect.IntType():
            return st.integers(expected.ge or 0, expected.le or 10**9)
        case inspect.FloatType():
            low, high = expected.ge, expected.le
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType():
            return st.sampled_from(expected.values)
        case inspect.StrType():
            assert expected.pattern
            return st.from_regex(expected.pattern)
        case _:
            raise TypeError(f"no strategy for {expected}")


_TEXTS = {
    "one line of text": lines,
    "write text": prose,
    "https://": st.sampled_from(("https://example.org/a?b=c&d=%20", "http://пример.рф/գիր")),
}


def _annotated_text(expected: inspect.Type, extra: dict[str, Any]) -> st.SearchStrategy[Any]:
    if not isinstance(expected, inspect.StrType):
        return _value(expected)
    if "vocabulary" in extra:
        return st.sampled_from(vocabulary(extra["vocabulary"]).ids)
    if extra.get("edtf"):
        return st.sampled_from(DATES)
    assert expected.pattern
    by_pattern = st.from_regex(expected.pattern, alphabet=st.characters(codec="ascii"))
    return next((texts for words, texts in _TEXTS.items() if words in extra["expected"]), by_pattern)


def _struct(expected: inspect.StructType) -> st.SearchStrategy[dict[str, Any]]:
    required = {f.encode_name: _value(f.type) for f in expected.fields if f.required}
    optional = {f.encode_name: _value(f.type) for f in expected.fields if not f.required}
    tag = {expected.tag_field: st.just(expected.tag)} if expected.tag_field else {}
    return st.fixed_dictionaries({**tag, **required}, optional=optional)
