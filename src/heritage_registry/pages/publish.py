"""Writing a registry down as a folder of plain pages that any web host, or no host at all, can show.

Same records, same bytes. A file that already holds just what it should is left alone. Pages of records that
are no longer public are removed, because a page left behind would go on publishing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from heritage_registry.citation import cite_site, cite_source, csl_json
from heritage_registry.errors import RegistryError
from heritage_registry.exports import EXPORTS
from heritage_registry.maps.page import map_page
from heritage_registry.pages.claims_page import claim_page, claim_rows, claims_page
from heritage_registry.pages.coverage_page import coverage_page
from heritage_registry.pages.edition import Edition, edition
from heritage_registry.pages.environment import Book, Compiled, book
from heritage_registry.pages.lists import overview_page, sites_page, sources_page
from heritage_registry.pages.site_page import site_page
from heritage_registry.pages.source_page import source_page
from heritage_registry.registry import Progress, Registry

_OF_RECORDS = ("*/sites/*.html", "*/sources/*.html", "*/claims/*.html", "sites/*.bib", "sites/*.csl.json")
"""Where pages of records lie."""

_RECORD_NAME = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*\.(?:html|bib|csl\.json)")


_PAGES_PER_LANGUAGE = 5
"""Overview, the lists of sites, sources and claims, and coverage."""


class Published(msgspec.Struct, frozen=True):
    """What a publication came to: files in all, how many changed, how many were removed, size in bytes."""

    files: int
    changed: int
    removed: int
    size: int


def publish(
    registry: Registry, directory: Path, base_url: str | None = None, progress: Progress | None = None
) -> Published:
    """Write the published part of a registry as pages and files into a folder.

    `base_url` is where the folder will stand on the web; with it pages name their own addresses and a
    `sitemap.txt` lists them. Raises `RegistryError` for an address that is none, and for a folder in which
    records lie.
    """
    _check_folder(registry.directory, directory)
    made = edition(registry, _checked_address(base_url) if base_url else None)
    total = _count(made)
    paths: set[Path] = set()
    changed = size = 0
    for done, (name, content) in enumerate(pages(made), start=1):
        path = directory / name
        changed += _write(path, content)
        size += len(content)
        paths.add(path)
        if progress:
            progress(done, total)
    return Published(len(paths), changed, _remove_stale(directory, paths), size)


def pages(made: Edition) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a publication: its path within the folder, and its bytes."""
    yield "index.html", map_page(made.registry).encode()
    yield "style.css", (files("heritage_registry.pages") / "static" / "style.css").read_bytes()
    yield from _downloads(made)
    for key, site in made.sites.items():
        reference = cite_site(
            site, made.digests[key], made.config, made.config.reader_languages[0], made.base_url
        )
        yield f"sites/{key}.bib", reference.bibtex.encode()
        yield f"sites/{key}.csl.json", csl_json([reference]).encode()
    addresses: list[str] = []
    compiled = Compiled()
    for language in made.config.reader_languages:
        for name, page in _pages_in(book(made, language, compiled)):
            addresses.append(f"{made.base_url}{language}/{name}")
            yield f"{language}/{name}", page.encode()
    if made.base_url:
        yield "sitemap.txt", "\n".join((f"{made.base_url}index.html", *addresses, "")).encode()


def _pages_in(made: Book) -> Iterator[tuple[str, str]]:
    yield "index.html", overview_page(made)
    yield "sites/index.html", sites_page(made)
    claims = claim_rows(made)
    yield "claims/index.html", claims_page(made, claims)
    yield "sources/index.html", sources_page(made)
    yield "coverage.html", coverage_page(made)
    for key, site in made.edition.sites.items():
        yield f"sites/{key}.html", site_page(made, site)
    for row in claims:
        yield f"claims/{row.claim.id}.html", claim_page(made, row)
    for key, source in made.edition.sources.items():
        yield f"sources/{key}.html", source_page(made, source)


def _downloads(made: Edition) -> Iterator[tuple[str, bytes]]:
    language = made.config.reader_languages[0]
    for name, export in EXPORTS.items():
        yield f"downloads/sites.{name}", export(made.registry, language)
    yield "downloads/sources.csl.json", csl_json(map(cite_source, made.sources.values())).encode()


def _count(made: Edition) -> int:
    """Return how many files `pages` yields."""
    records = len(made.sites) + len(made.sources) + len(made.claims)
    per_language = records + _PAGES_PER_LANGUAGE
    common = 2 + len(EXPORTS) + 1 + 2 * len(made.sites) + bool(made.base_url)
    return common + per_language * len(made.config.reader_languages)


def _check_folder(records: Path, directory: Path) -> None:
    """Refuse a folder in which records lie: pages of sites would be written among them."""
    inside, outside = directory.resolve(), records.resolve()
    if inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise RegistryError(
            f"{directory} holds records of the registry or lies among them; choose another folder"
        )


def _checked_address(base_url: str) -> str:
    """Return the address with a slash at its end."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"[\s<>\"{}|\\^`?#]", base_url):
        raise RegistryError(
            f"{base_url!r} is no address of a folder on the web; write one such as https://example.org/"
        )
    return base_url.rstrip("/") + "/"


def _write(path: Path, content: bytes) -> bool:
    """Write a file unless it holds just that, and tell whether it was written."""
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _remove_stale(directory: Path, written: set[Path]) -> int:
    """Remove pages of records that an earlier publication wrote and this one does not hold."""
    stale = [
        path
        for pattern in _OF_RECORDS
        for path in directory.glob(pattern)
        if path not in written and path.name != "index.html" and _RECORD_NAME.fullmatch(path.name)
    ]
    for path in stale:
        path.unlink()
    return len(stale)
