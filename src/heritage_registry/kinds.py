"""Kinds of site in a query: "mosques in Shusha" asks for mosques, in any language, singular or plural.

A word asks for a kind when it begins with a label of it, or means the same by the table of generic words in
`languages/folding.json`. `maps/static/kinds.js` does the same in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import msgspec

from heritage_registry.names import fold, generic_meaning, tokens
from heritage_registry.vocabulary import vocabulary

_ENDING = 5
"""Letters that a plural or a case may add to a label."""

_SHORT = 4
"""A label as short as this has only the endings below: Qalabaynı is no qala."""

_SHORT_ENDINGS = ("s", "as", "lar", "lari", "nar", "ar", "i", "a", "v", "ov")
"""Folded endings of plurals in English, Azerbaijani, Armenian and Russian."""

_ALTERNATIVES = re.compile(r"[()/,]| or | կամ | və ya | или ")
_WEAK = "aeiouyj"


class KindQuery(msgspec.Struct, frozen=True):
    """What a query asks for: kinds of site, any of which will do, and the search key of its other words."""

    kinds: frozenset[str]
    rest: str


def kinds_in(query: str) -> KindQuery:
    """Part a query into kinds of site and the rest, without words such as "in" where kinds were found."""
    words = [word for word in tokens(query) if generic_meaning(word) != ""]
    kinds: set[str] = set()
    rest: list[str] = []
    labels = _by_letter()
    while words:
        length, found = _label_at(words, labels)
        if not found:
            length, found = 1, _by_meaning().get(generic_meaning(words[0]) or "", frozenset())
        if found:
            kinds |= found
        else:
            rest.append(words[0])
        words = words[length:]
    return KindQuery(frozenset(kinds), " ".join(rest) if kinds else fold(query))


_Labels = Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[str]]]]
"""Labels by their first letter, which every form of a word keeps."""


def _label_at(words: list[str], labels: _Labels) -> tuple[int, frozenset[str]]:
    """Return the kinds whose label the words begin with, and its length in words; the longest label wins."""
    length, found = 1, frozenset[str]()
    for label, kinds in labels.get(words[0][0], ()):
        size = len(label)
        if length <= size <= len(words) and all(map(_is_form_of, words, label)):
            found = found | kinds if size == length else kinds
            length = size
    return length, found


def _is_form_of(word: str, label: str) -> bool:
    stem = label[:-1] if label[-1] in _WEAK else label
    if len(stem) > _SHORT:
        return word.startswith(stem) and len(word) - len(stem) <= _ENDING
    bases = {label, stem} if len(stem) == _SHORT else {label}
    return word == label or any(word == base + ending for base in bases for ending in _SHORT_ENDINGS)


@cache
def _by_letter() -> _Labels:
    found: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    for words, kinds in _labels().items():
        found.setdefault(words[0][0], []).append((words, kinds))
    return found


@cache
def _labels() -> dict[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for kind, label in _all_labels():
        for text in _ALTERNATIVES.split(label):
            words = tuple(word for word in tokens(text) if generic_meaning(word) != "")
            if words:
                found.setdefault(words, set()).add(kind)
    return {words: frozenset(kinds) for words, kinds in found.items()}


@cache
def _by_meaning() -> dict[str, frozenset[str]]:
    """Return the kinds whose label is a generic word, by its meaning."""
    found: dict[str, set[str]] = {}
    for words, kinds in _labels().items():
        meaning = generic_meaning(words[0]) if len(words) == 1 else None
        if meaning:
            found.setdefault(meaning, set()).update(kinds)
    return {meaning: frozenset(kinds) for meaning, kinds in found.items()}


def _all_labels() -> Iterator[tuple[str, str]]:
    for term in vocabulary("site_type").terms:
        if term.id != "other":
            yield from ((term.id, label) for label in term.label.values())
