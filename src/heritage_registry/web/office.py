"""What all pages of the app share: the files, what is made from them, drafts, and who is reading."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.duplicates import DuplicateIndex, index_sites
from heritage_registry.maps.page import map_page
from heritage_registry.pages.environment import page_environment
from heritage_registry.pages.words import messages as page_messages
from heritage_registry.registry import Registry, registry_digest
from heritage_registry.web.drafts import Drafts
from heritage_registry.web.people import AT_THIS_MACHINE, Writer
from heritage_registry.web.state import Look, RegistryState
from heritage_registry.web.wording import LANGUAGES, reader_language, web_messages
from heritage_registry.web.working import AppBook, Desk, Known

LANGUAGE_COOKIE = "language"
_REMEMBERED = 1_000


class MapPage(msgspec.Struct, frozen=True):
    """The map as a file, and the policy under which its own scripts and styles run and nothing else."""

    page: bytes
    policy: str


class Reader(msgspec.Struct, frozen=True):
    """One request: the registry as it is now, in the reader's language."""

    look: Look
    book: AppBook
    language: str
    writer: Writer

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page of one of the app's templates."""
        return HTMLResponse(self.book.page(template, "", **values), status)


class Office:
    """One registry in the app."""

    def __init__(self, directory: Path, private: Path) -> None:
        self.state = RegistryState(directory)
        self.desk = Desk()
        self.drafts = Drafts(private / "drafts")
        self._plain = page_environment(PackageLoader("heritage_registry.web"))
        # One lock each: pages are read while a large map or index is being made.
        self._lock = threading.Lock()
        self._map_lock = threading.Lock()
        self._index_lock = threading.Lock()
        self._map: tuple[str, MapPage] | None = None
        self._map_revision = -1
        self._index: tuple[int, DuplicateIndex] | None = None
        self._done: OrderedDict[str, str] = OrderedDict()

    def reader(self, request: Request) -> Reader:
        """Look at the files and return what this reader sees of them. Raises `NotARegistry`."""
        look = self.state.look()
        language = request_language(request, look.registry.config.reader_languages)
        with self._lock:
            book = self.desk.book(look, language)
        beside = {"problems_count": len(look.problems), "saved": request.query_params.get("saved") == "1"}
        writer = request.scope.get("writer", AT_THIS_MACHINE)
        return Reader(look, msgspec.structs.replace(book, beside=beside), language, writer)

    def map(self, look: Look) -> MapPage:
        """Return the map of what everybody may see, made anew when that changed."""
        with self._map_lock:
            if self._map is None or self._map_revision != look.revision:
                shown = _with_sources(look)
                digest = registry_digest(shown)
                if self._map is None or self._map[0] != digest:
                    page = map_page(shown)
                    self._map = (digest, MapPage(page.encode(), map_policy(page)))
                self._map_revision = look.revision
            return self._map[1]

    def index(self, look: Look) -> DuplicateIndex:
        """Return the sites prepared for the question whether a place is held already."""
        with self._index_lock:
            if self._index is None or self._index[0] != look.revision:
                self._index = (look.revision, index_sites(look.registry.sites.values()))
            return self._index[1]

    def done(self, draft_id: str) -> str | None:
        """Return where a form that was sent before led to, so that sending it twice adds nothing twice."""
        with self._lock:
            return self._done.get(draft_id)

    def remember(self, draft_id: str, address: str) -> None:
        """Note that a form was saved, and throw its draft away."""
        if draft_id:
            with self._lock:
                self._done[draft_id] = address
                while len(self._done) > _REMEMBERED:
                    self._done.popitem(last=False)
            self.drafts.discard(draft_id)

    def plain(self, language: str, status: int, reason: str, words: str = "") -> HTMLResponse:
        """Return a page that needs nothing of the registry: what is refused or cannot be shown, and why."""
        messages = {**page_messages(language), **web_messages(language)}
        page = self._plain.get_template("plain.html").render(
            language=language, t=messages.__getitem__, reason=reason, words=words
        )
        return HTMLResponse(page, status)


def _with_sources(look: Look) -> Registry:
    """Return the registry without the sites that rest on a source which cannot be read: the map draws all."""
    registry = look.registry
    sources = registry.sources
    whole = {
        key for key, source in sources.items() if all(origin in sources for origin in source.derives_from)
    }
    if len(whole) == len(sources) and not any(folder == "sources" for folder, _ in look.broken):
        return registry
    known = Known(sources)
    sites = {
        key: site
        for key, site in registry.sites.items()
        if with_origins(cited_keys(site), known) <= sources.keys()
    }
    return msgspec.structs.replace(registry, sites=sites)


def request_language(request: Request, offered: tuple[str, ...] = LANGUAGES) -> str:
    """Return the language a request asks for, kept from before, or set in the browser."""
    kept = request.cookies.get(LANGUAGE_COOKIE)
    return reader_language(
        request.query_params.get("lang"), kept, request.headers.get("accept-language", ""), offered
    )


def keep_language(request: Request, response: Response) -> None:
    """Keep the language that an address asked for."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=31_536_000, httponly=True, samesite="strict", path="/"
        )


def map_policy(page: str) -> str:
    """Return the policy of the map: its scripts and styles by their digests, and no request anywhere."""
    scripts = [text for kind, text in _elements(page, "script") if "type=" not in kind]
    styles = [text for _, text in _elements(page, "style")]
    return (
        f"default-src 'none'; script-src {_digests(scripts)}; style-src {_digests(styles)};"
        " img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _elements(page: str, name: str) -> list[tuple[str, str]]:
    return re.findall(rf"<{name}\b([^>]*)>(.*?)</{name}>", page, re.DOTALL)


def _digests(texts: list[str]) -> str:
    found = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in found)
