"""Which sites are worth asking whether they answer a query, so that a large registry answers at once.

`find_sites` decides and orders. All that it would find is among what is returned here.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from heritage_registry.find import place_names
from heritage_registry.kinds import kinds_in
from heritage_registry.names import MATCH, generic_meaning, skeleton, stem, tokens
from heritage_registry.site import Site, site_types
from heritage_registry.web.looking.indexes import changed_between

_FEW = 3_000
"""So many sites can all be asked."""

_CHANGED = 500
"""With more changes the words are listed anew; up to then the changed sites are always asked."""


_PART = 2 * (1 - MATCH)
"""Edits of key and skeleton together, as a part of the longer key, up to which two are close."""

_FAR = 1_000_000


class Spellings:
    """Words or whole names run together, prepared for the question which of them may answer one asked for."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = list(keys)
        self._stems = [stem(key) for key in self._keys]
        self._skeletons = [skeleton(key) for key in self._stems]
        self._lengths = np.fromiter(map(len, self._stems), dtype=np.int32, count=len(self._stems))

    def answering(self, asked: str) -> list[str]:
        """Return all keys that begin with one asked for or are as close to it as `score` asks for."""
        if not self._keys:
            return []
        short = stem(asked)
        # A key that differs by more is longer by more than that, too, and no longer close.
        most = int(_PART / (1 - _PART) * len(short)) + 2
        edits = _edits(short, self._stems, most) + _edits(skeleton(short), self._skeletons, most)
        longer = np.maximum(self._lengths, len(short))
        close = np.flatnonzero(edits <= (_PART + 1e-9) * longer)
        found = {self._keys[row] for row in close}
        found.update(key for key in self._keys if key.startswith(asked))
        return list(found)


def _edits(key: str, others: list[str], most: int) -> Any:
    """Return by how many letters a key differs from others; far more than `most` stands for all above it."""
    found = cdist([key], others, scorer=Levenshtein.distance, score_cutoff=most, dtype=np.int32)[0]
    found[found > most] = _FAR
    return found


class SiteFinder:
    """The words of all names of sites, and of the places they lie in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sites: Mapping[str, Site] = {}
        self._ids: list[str] = []
        self._by_word: Mapping[str, array[int]] = {}
        self._by_name: Mapping[str, array[int]] = {}
        self._by_kind: Mapping[str, array[int]] = {}
        self._words = self._names = Spellings(())

    def worth_asking(self, query: str, sites: Mapping[str, Site]) -> set[str] | None:
        """Return ids of sites that may answer a query; None where all may."""
        if len(sites) <= _FEW:
            return None
        with self._lock:
            changed, _ = changed_between(self._sites, sites)
            if len(changed) > _CHANGED:
                self._list(sites)
                changed = []
        asked = kinds_in(query)
        found = {self._ids[row] for row in self._answering(tokens(query))}
        if asked.kinds:
            of_kind = set(chain.from_iterable(self._by_kind.get(kind, ()) for kind in asked.kinds))
            if asked.rest:
                of_kind &= self._answering(tokens(asked.rest))
            found.update(self._ids[row] for row in of_kind)
        return {*found, *changed, query} & sites.keys()

    def _answering(self, asked: list[str]) -> set[int]:
        """Return the rows of sites of which a word answers each of some words, as `names.score` has it."""
        specific = [word for word in asked if generic_meaning(word) is None]
        if not specific:
            meanings = {meaning for word in asked if (meaning := generic_meaning(word))}
            words = {m: [w for w in self._by_word if generic_meaning(w) == m] for m in meanings}
            return self._in_all(words.values())
        together = "".join(specific)
        whole = chain(
            (self._by_name[name] for name in self._names.answering(together)),
            (self._by_word[word] for word in self._words.answering(together)),
        )
        return self._in_all(map(self._words.answering, specific)) | set(chain.from_iterable(whole))

    def _in_all(self, groups: Iterable[Iterable[str]]) -> set[int]:
        """Return the rows that have a word of each group."""
        found: set[int] | None = None
        for words in groups:
            rows = set(chain.from_iterable(self._by_word[word] for word in words))
            found = rows if found is None else found & rows
        return found or set()

    def _list(self, sites: Mapping[str, Site]) -> None:
        by_word: dict[str, array[int]] = {}
        by_name: dict[str, array[int]] = {}
        by_kind: dict[str, array[int]] = {}
        for row, site in enumerate(sites.values()):
            words: set[str] = set()
            names: set[str] = set()
            for text in chain((name.text for name in site.properties.names), place_names(site)):
                found = tokens(text)
                words.update(found)
                specific = [word for word in found if generic_meaning(word) is None]
                if len(specific) > 1:
                    names.add("".join(specific))
            for word in words:
                by_word.setdefault(word, array("I")).append(row)
            for name in names:
                by_name.setdefault(name, array("I")).append(row)
            for kind in site_types(site):
                by_kind.setdefault(kind, array("I")).append(row)
        self._sites, self._ids = sites, list(sites)
        self._by_word, self._by_name, self._by_kind = by_word, by_name, by_kind
        self._words, self._names = Spellings(by_word), Spellings(by_name)
