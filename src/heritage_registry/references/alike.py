"""Which sources of a registry a draft may be already: by address, by DOI, by title and year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import msgspec
from rapidfuzz import fuzz

from heritage_registry.names import fold
from heritage_registry.references.draft import SourceDraft
from heritage_registry.source import Source

_TRACKING = re.compile(
    r"utm_.*|(?:fb|g|y|ms|dc|tw)clid|mc_[ce]id|_ga|_gl|_openstat|igshid|igsh|ref_src|ref_url|spm|cmpid|fb_.*",
    re.IGNORECASE,
)
_ALIKE = 90
"""Of 100: how alike two folded titles of one year are that may be one source."""

_TELLING = 12
"""Letters a folded title needs to tell one source from another ("Report" does not)."""


class Likeness(msgspec.Struct, frozen=True):
    """A source that a draft may be, and what the two share: `address`, `doi` or `title`."""

    source: str
    shared: str


def same_source(draft: Source | SourceDraft, sources: Iterable[Source]) -> list[Likeness]:
    """Return the sources a draft may be: first by address, then by DOI, then by title; a person decides."""
    found = [Likeness(s.id, shared) for s in sources if s.id and (shared := _shared(draft, s))]
    return sorted(found, key=lambda one: (("address", "doi", "title").index(one.shared), one.source))


def _shared(draft: Source | SourceDraft, source: Source) -> str | None:
    if _addresses(draft) & _addresses(source):
        return "address"
    if draft.doi and source.doi:
        return "doi" if draft.doi.lower() == source.doi.lower() else None
    return "title" if _same_title(draft, source) else None


def _addresses(source: Source | SourceDraft) -> set[str]:
    read_at = source.read_at if isinstance(source, Source) else None
    copies = [copy.url for copy in source.archived]
    return {normalised_address(url) for url in (source.url, read_at, *copies) if url}


def _same_title(draft: Source | SourceDraft, source: Source) -> bool:
    if not draft.title or not source.title:
        return False
    one, other = _folded(draft.title), _folded(source.title)
    if min(len(one), len(other)) < _TELLING:
        return False
    if not draft.issued or not source.issued:
        return one == other
    return _year(draft.issued) == _year(source.issued) and fuzz.ratio(one, other, score_cutoff=_ALIKE) > 0


@lru_cache(maxsize=65536)
def _folded(title: str) -> str:
    return fold(title)


def _year(edtf: str) -> str:
    found = re.search(r"[0-9X]{4}", edtf)
    return found.group() if found else edtf


@lru_cache(maxsize=65536)
def normalised_address(url: str) -> str:
    """Return what two addresses of one page share: no scheme, www, fragment, final slash or tracking.

    A fragment that names a page inside a page (`#!`, `#/`) is kept.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    host = (parts.hostname or "").removeprefix("www.")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    if port and port not in (80, 443):
        host += f":{port}"
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._").rstrip("/")
    query = sorted(p for p in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(p[0]))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    address = host + path + ("?" + urlencode(query) if query else "")
    return f"{address}#{fragment}" if fragment else address
