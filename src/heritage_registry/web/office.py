"""What all pages of the app share: the files, what is made from them, drafts, and who is reading."""

from __future__ import annotations

import base64
import gc
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heritage_registry.duplicates import DuplicateIndex, index_sites, updated_index
from heritage_registry.errors import NotARegistry
from heritage_registry.maps.page import map_page
from heritage_registry.pages.environment import page_environment
from heritage_registry.pages.words import messages as page_messages
from heritage_registry.registry import registry_digest
from heritage_registry.site import Site
from heritage_registry.web.accounts.actions import ActionLog
from heritage_registry.web.accounts.store import Accounts
from heritage_registry.web.evidence.answers import EvidenceView, Where
from heritage_registry.web.evidence.handed_in import HandedIn, Intake
from heritage_registry.web.evidence.multipart import Bounds
from heritage_registry.web.forms.source_finder import SourceFinder
from heritage_registry.web.looking.indexes import changed_between
from heritage_registry.web.looking.large_map import LargeMap, is_large
from heritage_registry.web.looking.published import PublicDesk
from heritage_registry.web.looking.state import Look, RegistryState
from heritage_registry.web.looking.working import AppBook, Desk
from heritage_registry.web.people import ANYBODY, Chosen, Writer
from heritage_registry.web.review.letters import LetterBox, Letters
from heritage_registry.web.review.waiting import Queue, Reviews
from heritage_registry.web.where.ground import Ground
from heritage_registry.web.wording import LANGUAGES, reader_language, web_messages
from heritage_registry.web.writing.drafts import Drafts

LANGUAGE_COOKIE = "language"
_REMEMBERED = 1_000
_LARGE = 10_000
"""From so many sites on, lists and counts are worked out before somebody asks."""
_MANY_CHANGED = 1_000
"""With more changed sites the index of likely duplicates is made anew."""


class MapPage(msgspec.Struct, frozen=True):
    """The map as a file, and the policy under which its own scripts and styles run and nothing else."""

    page: bytes
    policy: str


class Reader(msgspec.Struct, frozen=True):
    """One request: the registry as it is now and as this reader may see it, in the reader's language."""

    look: Look
    book: AppBook
    language: str
    writer: Writer
    drafts: Drafts

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page of one of the app's templates."""
        return HTMLResponse(self.book.page(template, "", **values), status)


class Office:
    """One registry in the app."""

    def __init__(self, directory: Path, private: Path, *, has_accounts: bool = False) -> None:
        self.private = private
        self.has_accounts = has_accounts
        self.state = RegistryState(directory)
        self.desk = Desk()
        self._public = PublicDesk()
        self.ground = Ground(directory)
        self.chosen = Chosen(private)
        self.intake = Intake(directory)
        self.bounds = Bounds()
        self.accounts = Accounts(private, titles=self._titles)
        self.log = ActionLog(private)
        self.finder = SourceFinder()
        self.letters = Letters(private / "letters")
        self.letter_box = LetterBox()
        self._plain = page_environment(PackageLoader("heritage_registry.web"))
        # One lock each: pages are read while a large map or index is being made.
        self._lock = threading.Lock()
        self._map_lock = threading.Lock()
        self._index_lock = threading.Lock()
        self._map: tuple[str, MapPage] | None = None
        self._map_revision = -1
        self.large_map = LargeMap(directory, private / "map")
        self._index: tuple[Mapping[str, Site], DuplicateIndex] | None = None
        self._kept: tuple[tuple[int, int], Mapping[str, tuple[Where, ...]]] | None = None
        self.queue = Queue()
        self._done: OrderedDict[str, str] = OrderedDict()

    def reader(self, request: Request) -> Reader:
        """Look at the files and return what this reader sees of them. Raises `NotARegistry`.

        Who may not write gets the public view: drafts and hidden places are in nothing that is made from it.
        """
        writer = request.scope.get("writer", ANYBODY)
        look = self.state.look()
        language = request_language(request, look.registry.config.reader_languages)
        with self._lock:
            if writer.may("contributor"):
                book = self.desk.book(look, language)
            else:
                look = self._public.look(look)
                book = self._public.desk.book(look, language)
        beside = {
            "problems_count": len(look.problems) if writer.may("contributor") else 0,
            "saved": request.query_params.get("saved") == "1",
            "proposed": request.query_params.get("saved") == "proposal",
            "letters_waiting": self.letters.count() if writer.may("reviewer") else 0,
            "merged": request.query_params.get("merged") == "1",
            "uncommitted": request.query_params.get("uncommitted") == "1",
            "writer": writer,
            "reviews": Reviews(look, self.queue, writer),
            "has_accounts": self.has_accounts,
            "evidence": EvidenceView(
                self.handed_in(self.drafts_of(writer)), language, partial(self.kept, look)
            ),
            "log_fault": self.log.fault if writer.may("keeper") else "",
        }
        beside_book = msgspec.structs.replace(book, beside=beside)
        return Reader(look, beside_book, language, writer, self.drafts_of(writer))

    def begin(self) -> None:
        """Read the files now, and work out beside the pages what they will ask for of a large registry."""
        threading.Thread(target=self._begin, daemon=True).start()

    def _begin(self) -> None:
        try:
            look = self.state.look()
        except NotARegistry:
            return  # every page says so
        if len(look.registry.sites) < _LARGE:
            return
        with self._lock:
            books = [self.desk.book(look, tag) for tag in look.registry.config.reader_languages]
        self.desk.prepare(look, books)
        self.index(look)
        gc.freeze()  # what was made stays: no search for garbage goes through it again

    def desk_of(self, reader: Reader) -> Desk:
        """Return the desk at which the pages of a reader are made."""
        return self.desk if reader.writer.may("contributor") else self._public.desk

    def _titles(self) -> Iterable[str]:
        try:
            return self.state.look().registry.config.title.values()
        except NotARegistry:
            return ()

    def drafts_of(self, writer: Writer) -> Drafts:
        """Return the drafts of somebody: those of this machine, or of an account."""
        if not self.has_accounts:
            return Drafts(self.private / "drafts")
        return Drafts(self.private / "drafts-of" / hashlib.sha256(writer.name.encode()).hexdigest()[:24])

    def handed_in(self, drafts: Drafts) -> HandedIn:
        """Return the files that wait with somebody's unfinished forms."""
        return HandedIn(drafts.folder / "files", self.intake)

    def kept(self, look: Look, sha256: str) -> tuple[Where, ...]:
        """Return the reports that hold a file, by the digest of its original."""
        with self._index_lock:
            if self._kept is None or self._kept[0] != (look.revision, len(look.registry.sites)):
                found: dict[str, tuple[Where, ...]] = {}
                for site in look.registry.sites.values():
                    for report in site.properties.reports:
                        for file in report.evidence.files:
                            where = (site.id, report.id)
                            found[file.sha256] = (*found.get(file.sha256, ()), where)
                self._kept = ((look.revision, len(look.registry.sites)), found)
            return self._kept[1].get(sha256, ())

    def map(self, look: Look) -> MapPage | None:
        """Return the map of what everybody may see, made anew when that changed.

        That of a large registry is made beside the pages: it is the last one, None before the first.
        """
        if is_large(len(look.registry.sites)):
            return self._large_map_page(look)
        look = self._public.look(look)
        with self._map_lock:
            if self._map is None or self._map_revision != look.revision:
                digest = registry_digest(look.registry)
                if self._map is None or self._map[0] != digest:
                    page = map_page(look.registry)
                    self._map = (digest, MapPage(page.encode(), map_policy(page)))
                self._map_revision = look.revision
            return self._map[1]

    def _large_map_page(self, look: Look) -> MapPage | None:
        raw = self.large_map.page(look.revision)
        with self._map_lock:
            if raw is not None and (self._map is None or self._map[1].page != raw):
                policy = map_policy(raw.decode()) + "; connect-src 'self'"
                self._map = ("", MapPage(raw, policy))
            return self._map[1] if self._map else None

    def index(self, look: Look) -> DuplicateIndex:
        """Return the sites prepared for the question whether a place is held already."""
        sites = look.registry.sites
        with self._index_lock:
            if self._index is None:
                self._index = (sites, index_sites(sites.values()))
            elif self._index[0] is not sites:
                changed, gone = changed_between(self._index[0], sites)
                if len(changed) + len(gone) + len(self._index[1].newer) > _MANY_CHANGED:
                    made = index_sites(sites.values())
                else:
                    made = updated_index(self._index[1], [sites[key] for key in changed], gone)
                self._index = (sites, made)
            return self._index[1]

    def done(self, draft_id: str) -> str | None:
        """Return where a form that was sent before led to, so that sending it twice adds nothing twice."""
        with self._lock:
            return self._done.get(draft_id)

    def remember(self, reader: Reader, draft_id: str, address: str) -> None:
        """Note that a form was saved, and throw its draft away."""
        if draft_id:
            with self._lock:
                self._done[draft_id] = address
                while len(self._done) > _REMEMBERED:
                    self._done.popitem(last=False)
            reader.drafts.discard(draft_id)

    def plain(self, language: str, status: int, reason: str, words: str = "") -> HTMLResponse:
        """Return a page that needs nothing of the registry: what is refused or cannot be shown, and why."""
        messages = {**page_messages(language), **web_messages(language)}
        page = self._plain.get_template("plain.html").render(
            language=language, t=messages.__getitem__, reason=reason, words=words
        )
        return HTMLResponse(page, status)


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
    """Return the policy of the map: its scripts and styles by digests, pictures from here, nothing else."""
    scripts = [text for kind, text in _elements(page, "script") if "type=" not in kind]
    styles = [text for _, text in _elements(page, "style")]
    return (
        f"default-src 'none'; script-src {_digests(scripts)}; style-src {_digests(styles)};"
        " img-src data: blob: 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _elements(page: str, name: str) -> list[tuple[str, str]]:
    return re.findall(rf"<{name}\b([^>]*)>(.*?)</{name}>", page, re.DOTALL)


def _digests(texts: list[str]) -> str:
    found = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in found)
