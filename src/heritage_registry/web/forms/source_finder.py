"""The sources held, found by words of their title, author, publisher, year, address or key, in any script."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec

from heritage_registry.names import MATCH, alike, skeleton, tokens
from heritage_registry.references import normalised_address
from heritage_registry.references.draft import find_doi
from heritage_registry.source import Source, source_title
from heritage_registry.web.looking.state import Look
from heritage_registry.web.looking.working import AppWords

BEST = 20
"""Sources that one search shows."""

_LONGEST = 300
_ADDRESS = re.compile(r"(?:https?://|www\.|doi:|10\.[0-9]{4,9}/)\S+", re.IGNORECASE)
_TITLE, _SPEAKER, _OTHER = 3, 2, 1


class Found(msgspec.Struct, frozen=True):
    """A source as somebody chooses it."""

    key: str
    title: str
    line: str
    affiliation: str
    party: str


class _Index(msgspec.Struct, frozen=True):
    revision: int
    keys: tuple[str, ...]
    words: Mapping[str, Mapping[int, int]]
    skeletons: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, int]


def shown_source(key: str, sources: Mapping[str, Source]) -> str:
    """Return a source as a form shows it, by its title with its key; what is no key stays as it was typed."""
    source = sources.get(key)
    return f"{source_title(source)} [{key}]" if source else key


def described(source: Source, words: AppWords) -> Found:
    """Return a source as somebody chooses it, in the words of a reader's language."""
    authors = (" ".join(filter(None, (name.given, name.family, name.literal))) for name in source.author)
    year = words.date(source.issued) if source.issued else ""
    told = dict.fromkeys(filter(None, (*authors, source.publisher, source.container_title, year)))
    title = source_title(source)
    line = ", ".join(text for text in told if text != title)
    affiliation = words.label("affiliation", source.affiliation)
    return Found(source.id, title, line, affiliation, words.party(source.party))


def is_address(text: str) -> bool:
    """Tell whether a text is a web address or a DOI."""
    return _ADDRESS.fullmatch(text.strip()) is not None


class SourceFinder:
    """Finds sources; its index is made anew when a source changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: _Index | None = None

    def find(self, query: str, look: Look, most: int | None = BEST) -> list[str]:
        """Return the keys of the sources that answer a query, best first, no more than `most`."""
        query = query.strip()[:_LONGEST]
        index = self._of(look)
        by_address = index.addresses.get(_address(query)) if is_address(query) else None
        if by_address is not None:
            return [index.keys[by_address]]
        asked = list(dict.fromkeys(_split(query)))
        if not asked or is_address(query):
            return []
        totals = _bearers(asked[0], index)
        for word in asked[1:]:
            found = _bearers(word, index)
            # What was asked for must all be there.
            totals = {row: weight + found[row] for row, weight in totals.items() if row in found}
        ranked = sorted(totals.items(), key=lambda item: (-item[1], index.keys[item[0]]))
        return [index.keys[row] for row, _ in ranked[:most]]

    def _of(self, look: Look) -> _Index:
        with self._lock:
            if self._index is None or self._index.revision != look.sources_revision:
                self._index = _indexed(look)
            return self._index


def _indexed(look: Look) -> _Index:
    words: defaultdict[str, dict[int, int]] = defaultdict(dict)
    addresses: dict[str, int] = {}
    keys = tuple(look.readable.sources)
    for row, source in enumerate(look.readable.sources.values()):
        for text, weight in _texts(source):
            for word in _split(text):
                words[word][row] = max(weight, words[word].get(row, 0))
        copies = (copy.url for copy in source.archived)
        for url in filter(None, (source.url, source.read_at, source.doi, *copies)):
            addresses.setdefault(_address(url), row)
    skeletons: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        skeletons[skeleton(word)].append(word)
    return _Index(
        look.sources_revision, keys, dict(words), {k: tuple(v) for k, v in skeletons.items()}, addresses
    )


def _texts(source: Source) -> Iterator[tuple[str, int]]:
    yield source.title or "", _TITLE
    yield source.publisher or "", _SPEAKER
    yield source.container_title or "", _SPEAKER
    for name in source.author:
        yield " ".join(filter(None, (name.given, name.family, name.literal))), _SPEAKER
    yield (source.issued or "")[:4], _SPEAKER
    yield source.id, _OTHER
    yield source.url or "", _OTHER


def _split(text: str) -> list[str]:
    return tokens(re.sub(r"[^\w]+|_", " ", text))


def _address(text: str) -> str:
    doi = find_doi(text)
    return f"doi:{doi}" if doi else normalised_address(text)


def _bearers(asked: str, index: _Index) -> dict[int, int]:
    """Return the rows with a word that begins with the one asked for, else with one that is close to it."""
    found: dict[int, int] = {}
    words = [word for word in index.words if word.startswith(asked)]
    if not words:
        words = [word for word in index.skeletons.get(skeleton(asked), ()) if alike(asked, word) >= MATCH]
    for word in words:
        for row, weight in index.words[word].items():
            found[row] = max(weight + (word == asked), found.get(row, 0))
    return found
