"""The pages that show what the files hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.citation import Reference, cite_site, csl_json
from heritage_registry.claim import Claim
from heritage_registry.names import fold
from heritage_registry.pages.claims_page import claim_page, claim_row, claims_in_order
from heritage_registry.pages.coverage_page import coverage_page
from heritage_registry.pages.lists import site_row
from heritage_registry.pages.site_page import site_page
from heritage_registry.pages.source_page import source_page
from heritage_registry.pages.style import page_style
from heritage_registry.registry import CLAIMS, SITES, SOURCES, Kind, record_path
from heritage_registry.site import Site, asserted_communities
from heritage_registry.vocabulary import STANDINGS, vocabulary
from heritage_registry.web.forms.view import Option
from heritage_registry.web.office import Office, Reader, request_language
from heritage_registry.web.respond import Page, page

PER_PAGE = 100
CLAIMS_PER_PAGE = 20
_LONGEST = 200

Item = TypeVar("Item")

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}
_MAX_SHOWN_RAW = 200_000


class Filters(msgspec.Struct, frozen=True):
    """What a list of sites is narrowed to, as an address says it; what is no term narrows nothing."""

    q: str = ""
    community: str = ""
    type: str = ""
    condition: str = ""
    status: str = ""
    source: str = ""
    page: int = 1

    def address(self, number: int) -> str:
        """Return the address of another page of the same list."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__ if name != "page"}
        return "/sites?" + urlencode({k: v for k, v in fields.items() if v} | {"page": number})


class Paging(msgspec.Struct, frozen=True):
    """One page of a list that was searched for."""

    folder: str
    q: str
    total: int
    page: int
    pages: int

    def address(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return f"/{self.folder}?" + urlencode(({"q": self.q} if self.q else {}) | {"page": number})


def _paged(
    request: Request, folder: str, q: str, found: Sequence[Item], size: int
) -> tuple[list[Item], Paging]:
    """Return what stands on the page that a request asks for."""
    pages = max(1, -(-len(found) // size))
    number = min(max(_number(request), 1), pages)
    shown = list(found[(number - 1) * size : number * size])
    return shown, Paging(folder, q, len(found), number, pages)


def _query(request: Request) -> str:
    return request.query_params.get("q", "").strip()[:_LONGEST]


def _number(request: Request) -> int:
    number = request.query_params.get("page", "1")
    return int(number) if number.isdecimal() and len(number) < 7 else 1


def filters_of(request: Request, reader: Reader) -> Filters:
    """Read the filters of an address."""
    asked = request.query_params
    known = {
        "community": tuple(reader.book.edition.config.communities_by_id),
        "type": vocabulary("site_type").ids,
        "condition": STANDINGS,
        "status": vocabulary("status").ids,
    }
    chosen = {name: asked.get(name, "") for name in known if asked.get(name, "") in known[name]}
    if asked.get("source", "") in reader.book.edition.sources:
        chosen["source"] = asked["source"]
    return Filters(q=_query(request), page=_number(request), **chosen)


def listed(reader: Reader, filters: Filters, office: Office) -> Sequence[str]:
    """Return the ids of the sites that pass, by the names the reader sees, or best finds first."""
    edition = reader.book.edition
    held = edition.sites
    keys = reader.book.in_order(edition.site_citers.get(filters.source, ()) if filters.source else held)
    if filters.community or filters.type or filters.status:
        keys = [key for key in keys if _passes(held[key], filters)]
    if filters.condition:
        standings = office.desk_of(reader).standings(reader.book)
        keys = [key for key in keys if standings[key] == filters.condition]
    if filters.q:
        return office.desk_of(reader).found(reader.book, filters.q, keys)
    return keys


def _passes(site: Site, filters: Filters) -> bool:
    properties = site.properties
    return (
        (not filters.status or properties.status == filters.status)
        and (not filters.type or any(item.type == filters.type for item in properties.types))
        and (not filters.community or filters.community in asserted_communities(site))
    )


def new(_request: Request, reader: Reader, _office: Office) -> HTMLResponse:
    """What can be added."""
    return reader.page("new.html")


def start(_request: Request, reader: Reader, _office: Office) -> HTMLResponse:
    """The map inside the app."""
    return reader.page("start.html")


def map_frame(_request: Request, reader: Reader, office: Office) -> Response:
    """The map itself, which is shown in a frame and is a whole page of its own."""
    made = office.map(reader.look)
    if made is None:
        waiting = reader.page("map-waiting.html")
        policy = "default-src 'none'; style-src 'self'; frame-ancestors 'self'"
        waiting.headers.update({"Refresh": "5", "Content-Security-Policy": policy})
        return waiting
    return Response(made.page, media_type="text/html", headers={"Content-Security-Policy": made.policy})


def map_part(request: Request, reader: Reader, office: Office) -> Response:
    """A part of the map of a large registry, which its page asks for when it needs it."""
    found = office.large_map.part(request.path_params["folder"], request.path_params["name"])
    if found is None:
        return office.plain(reader.language, 404, "refused.missing")
    return Response(found, media_type="text/plain", headers={"Cache-Control": "max-age=31536000, immutable"})


def sites(request: Request, reader: Reader, office: Office) -> HTMLResponse:
    """The list of sites with its filters."""
    filters = filters_of(request, reader)
    keys = listed(reader, filters, office)
    pages = max(1, -(-len(keys) // PER_PAGE))
    filters = msgspec.structs.replace(filters, page=min(max(filters.page, 1), pages))
    begin = (filters.page - 1) * PER_PAGE
    found = reader.book.edition.sites
    return reader.page(
        "sites.html",
        rows=[
            (site_row(reader.book, key), found[key].properties.status)
            for key in keys[begin : begin + PER_PAGE]
        ],
        total=len(keys),
        pages=pages,
        filters=filters,
        options=_options(reader),
        here=filters.address(filters.page).partition("?")[2],
        broken=_broken_of(reader, SITES),
    )


def _options(reader: Reader) -> dict[str, list[Option]]:
    words = reader.book.words
    communities = [(key, words.community(key)) for key in reader.book.edition.config.communities_by_id]
    return {
        "community": sorted(communities, key=lambda option: option[1].casefold()),
        "type": [(term, words.label("site_type", term)) for term in vocabulary("site_type").ids],
        "condition": [(standing, words.standing(standing)) for standing in STANDINGS],
        "status": [(term, words.label("status", term)) for term in vocabulary("status").ids],
    }


def _broken_of(reader: Reader, kind: Kind) -> list[str]:
    return sorted(name for folder, name in reader.look.broken if folder == kind.folder)


def site(request: Request, reader: Reader, office: Office) -> Response:
    """The page of a site, whatever its status."""
    key = request.path_params["key"]
    found = reader.look.registry.sites.get(key)
    if found is None:
        return broken_or_missing(reader, office, SITES, key)
    return HTMLResponse(site_page(reader.book, found))


def site_bibtex(request: Request, reader: Reader, office: Office) -> Response:
    """How to cite a site, in BibTeX."""
    reference = _reference(request, reader)
    if reference is None:
        return broken_or_missing(reader, office, SITES, request.path_params["key"])
    return Response(reference.bibtex, media_type="application/x-bibtex")


def site_csl(request: Request, reader: Reader, office: Office) -> Response:
    """How to cite a site, in CSL-JSON."""
    reference = _reference(request, reader)
    if reference is None:
        return broken_or_missing(reader, office, SITES, request.path_params["key"])
    return Response(csl_json([reference]), media_type="application/vnd.citationstyles.csl+json")


def _reference(request: Request, reader: Reader) -> Reference | None:
    key, edition = request.path_params["key"], reader.book.edition
    found = edition.sites.get(key)
    return cite_site(found, edition.digests[key], edition.config, reader.language, None) if found else None


def sources(request: Request, reader: Reader, office: Office) -> HTMLResponse:
    """The list of sources, or those that answer a query."""
    edition, query = reader.book.edition, _query(request)
    found = (
        office.finder.find(query, reader.look, most=None) if query else office.desk_of(reader).titles(edition)
    )
    shown, paging = _paged(request, "sources", query, found, PER_PAGE)
    by_sites, by_claims = edition.site_citers, edition.claim_citers
    rows = [(edition.sources[key], len(by_sites.get(key, ())), len(by_claims.get(key, ()))) for key in shown]
    return reader.page(
        "sources.html", rows=rows, paging=paging, here=paging.address(paging.page).partition("?")[2]
    )


def source(request: Request, reader: Reader, office: Office) -> Response:
    """The page of a source."""
    key = request.path_params["key"]
    found = reader.look.registry.sources.get(key)
    if found is None:
        return broken_or_missing(reader, office, SOURCES, key)
    return HTMLResponse(source_page(reader.book, found, PER_PAGE))


def claims(request: Request, reader: Reader, office: Office) -> HTMLResponse:
    """The list of claims, or those that answer a query, each beside what the registry holds."""
    query = _query(request)
    asked = fold(query).split()
    found = [one for one in claims_in_order(reader.book) if not asked or says(one, asked)]
    shown, paging = _paged(request, "claims", query, found, CLAIMS_PER_PAGE)
    rows = [claim_row(reader.book, one) for one in shown]
    made = office.desk_of(reader).claims_as_of(reader.look)
    here = paging.address(paging.page).partition("?")[2]
    return HTMLResponse(reader.book.page("claims.html", "", rows=rows, paging=paging, made=made, here=here))


def says(found: Claim, asked: Iterable[str]) -> bool:
    """Tell whether every word begins a word of a claim or of who makes it."""
    words = f" {fold(' '.join([found.claimant, *found.statement.values()]))}"
    return all(f" {word}" in words for word in asked)


def claim(request: Request, reader: Reader, office: Office) -> Response:
    """The page of a claim."""
    key = request.path_params["key"]
    found = reader.look.registry.claims.get(key)
    if found is None:
        return broken_or_missing(reader, office, CLAIMS, key)
    row = claim_row(reader.book, found)
    made = office.desk_of(reader).claims_as_of(reader.look)
    return HTMLResponse(claim_page(reader.book, row, PER_PAGE, made=made))


def coverage(_request: Request, reader: Reader, office: Office) -> HTMLResponse:
    """What the registry sees and is blind to."""
    counted = office.desk_of(reader).coverage(reader.look)
    made = None if counted.is_current else counted.made
    return HTMLResponse(coverage_page(reader.book, counted.value, PER_PAGE, made=made))


def problems(_request: Request, reader: Reader, _office: Office) -> HTMLResponse:
    """Every file that cannot be shown as it is, with what to mend."""
    return reader.page("problems.html", problems=reader.look.problems[:1000], total=len(reader.look.problems))


def broken_or_missing(reader: Reader, office: Office, kind: Kind, key: str) -> HTMLResponse:
    """Return the page of a record that cannot be shown, with its text as it is, or say that there is none."""
    found = reader.look.broken.get((kind.folder, key))
    if found is None:
        return office.plain(reader.language, 404, "refused.missing")
    try:
        with record_path(reader.look.registry.directory, kind, key).open("rb") as file:
            raw = file.read(_MAX_SHOWN_RAW).decode("utf-8", "backslashreplace")
    except OSError:
        raw = ""
    return reader.page("broken.html", key=key, folder=kind.folder, problems=found, raw=raw)


def _static() -> dict[str, tuple[bytes, str, str]]:
    """Return the app's own files by name: content, media type, digest. No other file is ever served."""
    found: dict[str, tuple[bytes, str, str]] = {}
    for package in ("heritage_registry.pages", "heritage_registry.web"):
        for item in (files(package) / "static").iterdir():
            media_type = _MEDIA_TYPES.get(item.name.rpartition(".")[2])
            if media_type:
                content = page_style().encode() if item.name == "style.css" else item.read_bytes()
                found[item.name] = (content, media_type, hashlib.sha256(content).hexdigest()[:32])
    return found


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of all pages that show something."""
    served = _static()

    async def static(request: Request) -> Response:
        found = served.get(request.path_params["name"])
        if found is None:
            return office.plain(request_language(request), 404, "refused.missing")
        content, media_type, tag = found
        headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    async def old_start(_request: Request) -> Response:
        return RedirectResponse("/", 301)

    shown: dict[str, Page] = {
        "/": start,
        "/map": map_frame,
        "/parts/{folder}/{name}": map_part,
        "/sites": sites,
        "/sites/{key}.bib": site_bibtex,
        "/sites/{key}.csl.json": site_csl,
        "/sites/{key}": site,
        "/sources": sources,
        "/sources/{key}": source,
        "/claims": claims,
        "/claims/{key}": claim,
        "/coverage": coverage,
        "/new": new,
        "/problems": problems,
    }
    return [
        *(Route(path, page(office, make), methods=["GET"]) for path, make in shown.items()),
        Route("/index.html", old_start, methods=["GET"]),
        Route("/static/{name}", static, methods=["GET"]),
    ]
