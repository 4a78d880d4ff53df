"""JSON Schema (2020-12) of the records, for editors that complete and check while somebody types.

It is made from the record classes. What it cannot say (a missing source, 30 February), `heritage check` does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import VOCABULARIES, Vocabulary, constraint, vocabulary

RECORD_TYPES: Mapping[str, type[msgspec.Struct]] = {"site": Site, "source": Source, "claim": Claim}
"""The record class of every kind."""


def json_schema(kind: str) -> dict[str, Any]:
    """Return the schema of one kind of record, with the words of the vocabularies in its definitions."""
    schema: dict[str, Any] = _for_editors(msgspec.json.schema(RECORD_TYPES[kind]))
    used = sorted(name for name in VOCABULARIES if f"'#/$defs/{name}'" in repr(schema))
    definitions = schema["$defs"] | {name: _terms(vocabulary(name)) for name in used}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.capitalize(),
        **schema,
        "$defs": definitions,
    }


def _for_editors(part: Any) -> Any:
    """Put vocabularies and patterns of ECMA 262 in place of Python's, everywhere below a part."""
    if isinstance(part, list):
        return [_for_editors(item) for item in part]
    if not isinstance(part, dict):
        return part
    if isinstance(name := _vocabulary_of_pattern().get(str(part.get("pattern"))), str):
        others = {key: value for key, value in part.items() if key not in ("type", "pattern")}
        return {"$ref": f"#/$defs/{name}", **others}
    changed = {key: _for_editors(value) for key, value in part.items()}
    if isinstance(changed.get("pattern"), str):
        changed["pattern"] = ecma_pattern(changed["pattern"])
    if isinstance(changed.get("description"), str):
        changed["description"] = inspect.cleandoc(changed["description"])
    return changed


def ecma_pattern(pattern: str) -> str:
    r"""Return a Python pattern as ECMA 262 writes it in Unicode mode.

    There `$` is the end of the text alone, so `\Z` and the look-ahead that refuses a last line break go; only
    signs with a meaning may be escaped.
    """
    pattern = pattern.replace(r"\A", "^").replace(r"\Z", "$").replace(r"$(?!\n)", "$")
    return re.sub(r'\\(["#&~\- ])', r"\1", pattern)


@cache
def _vocabulary_of_pattern() -> dict[str, str]:
    return {str(constraint(name).pattern): name for name in VOCABULARIES}


def _terms(words: Vocabulary) -> dict[str, Any]:
    """Return an enumeration; `enumDescriptions` is what editors show beside each word."""
    return {
        "title": words.title["en"],
        "description": words.definition["en"],
        "enum": list(words.ids),
        "enumDescriptions": [f"{term.label['en']}: {term.definition['en']}" for term in words.terms],
    }
