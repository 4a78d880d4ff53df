"""What a column can be taken for, and what its name suggests.

The names that people use for columns, in several languages, are data in `languages/import_headers.json`;
among them are the usual ones of EAMENA and Arches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from heritage_registry.names import fold

TARGETS: Mapping[str, str] = {
    "name": "a name of the site, in the language said",
    "former_name": "a name the site had, in the language said",
    "type": "kind of site: a term, or a word that the mapping translates",
    "community": "community that the source connects the site with",
    "latitude": "latitude, in degrees",
    "longitude": "longitude, in degrees",
    "coordinates": "a point in one cell, in any usual form",
    "shape": "a shape as WKT, longitude first",
    "precision": "what the point shows: monument, settlement, area",
    "settlement": "settlement, in the language said",
    "district": "district, in the language said",
    "condition": "condition: a term, or a word that the mapping translates",
    "observed": "when that condition was seen: a date in words or EDTF",
    "published": "when the report came out",
    "cause": "cause of damage: a term, or a word that the mapping translates",
    "effect": "effect of damage: a term, or a word that the mapping translates",
    "evidence": "what the observation rests on: a term, or a word that the mapping translates",
    "certainty": "how sure the source is: a term, or a word that the mapping translates",
    "extent": "how much is damaged: a term, or a word that the mapping translates",
    "assessor": "who says it, where that is not the source itself",
    "summary": "what is said, in the language said",
    "source": "the source: its key, title or address in the registry",
    "locator": "where in the source",
    "identifier": "number or code of the site in the list it comes from",
    "built": "when the site was built",
    "protection": "a register that the site stands in",
    "note": "a remark, in the language said",
    "ignore": "nothing: the column is left out",
}
"""Every target with its meaning."""

IN_A_LANGUAGE = frozenset({"name", "former_name", "settlement", "district", "summary", "note"})
"""Targets whose text needs to be said in which language it is."""

MANY = IN_A_LANGUAGE | {
    "type", "community", "cause", "effect", "source", "identifier", "built", "protection",
}  # fmt: skip
"""Targets that a row can have several values of."""


class Guess(msgspec.Struct, frozen=True):
    """What a column seems to be, and in which language, where its name says so."""

    field: str | None = None
    language: str | None = None


class _Words(msgspec.Struct, frozen=True):
    headers: Mapping[str, str]
    languages: Mapping[str, str]
    nothing: frozenset[str]


@cache
def _words() -> _Words:
    file = resources.files("heritage_registry") / "languages" / "import_headers.json"
    read = json.loads(file.read_text("utf-8"))
    return _Words(
        {_key(word): field for field, words in read["headers"].items() for word in words},
        {_key(word): language for language, words in read["languages"].items() for word in words},
        frozenset(word.casefold() for word in read["nothing"]),
    )


def _key(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", fold(spaced)).split()) or text.strip()


def guess_columns(header: Sequence[str]) -> dict[str, Guess]:
    """Return what each column seems to be; of several that seem the same only the first is."""
    found: dict[str, Guess] = {}
    taken: set[tuple[str, str | None]] = set()
    for column in header:
        guess = _guess(column)
        place = (guess.field or "", guess.language)
        found[column] = guess if guess.field and place not in taken else Guess()
        taken.add(place)
    return found


def _guess(column: str) -> Guess:
    words = _words()
    key = _key(column)
    if key in words.headers:
        return Guess(words.headers[key])
    tokens = key.split()
    spoken = [words.languages[token] for token in tokens if token in words.languages]
    rest = " ".join(token for token in tokens if token not in words.languages)
    if spoken and not rest:
        return Guess("name", spoken[0])
    bare = " ".join(re.sub(r"\([^)]*\)", " ", column).split())
    for candidate in (rest, _key(bare)):
        if candidate in words.headers:
            return Guess(words.headers[candidate], spoken[0] if spoken else None)
    return Guess()


def is_nothing(cell: str) -> bool:
    """Tell whether a cell holds a word for nothing, such as "None" or "-", or is empty."""
    return not cell or cell.strip().casefold() in _words().nothing
