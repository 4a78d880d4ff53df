"""Whether a mapping can make records at all, told before the first row is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import msgspec

from heritage_registry.form import LanguageTag
from heritage_registry.importing.columns import MANY
from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.mapping import Column, ColumnMapping, Constants
from heritage_registry.registry import Registry
from heritage_registry.vocabulary import vocabulary

TERMS: Mapping[str, str] = {
    "type": "site_type", "condition": "condition", "cause": "cause", "effect": "effect",
    "evidence": "evidence_type", "certainty": "certainty", "extent": "extent", "precision": "location_of",
}  # fmt: skip
"""Fields that hold a term, and its vocabulary."""


def check_mapping(mapping: ColumnMapping, registry: Registry) -> None:
    """Refuse a mapping under which every row would fail or lose something, with all of it at once."""
    columns = {name: column for name, column in mapping.columns.items() if column.field != "ignore"}
    lacks = [
        *_missing(mapping.constants, {column.field for column in columns.values()}, registry),
        *_unknown_constants(mapping.constants, registry),
        *_losing(columns),
        *_untranslated(columns, registry),
        *_no_languages([mapping.constants.language, *(column.language for column in columns.values())]),
    ]
    if lacks:
        raise UnreadableFile("the mapping is not complete:\n  " + "\n  ".join(lacks))


def _missing(constants: Constants, fields: Set[str], registry: Registry) -> Iterator[str]:
    if "name" not in fields:
        yield 'no column is a name: give one field = "name"'
    if constants.source is None and "source" not in fields:
        yield 'nothing says the source: write source = "its-key" under [constants]'
    if constants.source is not None and constants.source not in registry.sources:
        yield f"{constants.source!r} is no source of this registry; add it first"
    if constants.type is None and "type" not in fields:
        yield 'nothing says what kind of site it is: write type = "other" or another under [constants]'
    if "shape" in fields and constants.uncertainty_m is None:
        yield (
            "nothing says how far the shapes can be trusted: write uncertainty_m = 100 (metres) or "
            "another number under [constants]"
        )
    located = fields & {"latitude", "coordinates", "shape"}
    if located and constants.precision is None and "precision" not in fields:
        yield (
            "nothing says what the points show: write precision = "
            f"{' or '.join(map(repr, vocabulary('location_of').ids))} under [constants]"
        )


def _unknown_constants(constants: Constants, registry: Registry) -> Iterator[str]:
    for name, term, known in (
        ("type", constants.type, vocabulary("site_type").ids),
        ("precision", constants.precision, vocabulary("location_of").ids),
        ("evidence", constants.evidence, vocabulary("evidence_type").ids),
        ("community", constants.community, tuple(registry.config.communities_by_id)),
    ):
        if term is not None and term not in known:
            yield f"{name} = {term!r} under [constants] is not one of {', '.join(known)}"


def _losing(columns: Mapping[str, Column]) -> Iterator[str]:
    """Yield the columns of which a row could keep only one value of several."""
    first: dict[str, str] = {}
    for name, column in columns.items():
        if column.field in MANY:
            continue
        before = first.setdefault(column.field, name)
        if before != name:
            yield f"{before!r} and {name!r} are both {column.field}, of which a row has one; ignore one"
        if column.split:
            yield f"{name!r} has split, and of {column.field} a row has one"


def _untranslated(columns: Mapping[str, Column], registry: Registry) -> Iterator[str]:
    for name, column in columns.items():
        if column.field == "community":
            known = tuple(registry.config.communities_by_id)
        elif column.field in TERMS:
            known = vocabulary(TERMS[column.field]).ids
        else:
            continue
        for word, term in column.values.items():
            if term not in known:
                yield f"values of {name!r}: {word!r} = {term!r} is not one of {', '.join(known)}"


def _no_languages(tags: list[str | None]) -> Iterator[str]:
    for tag in tags:
        try:
            msgspec.convert(tag, LanguageTag | None)
        except msgspec.ValidationError:
            yield f"{tag!r} is no language; write a BCP 47 tag such as hy, az, az-Cyrl, ru or en"
