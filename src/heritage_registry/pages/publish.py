"""Writing a registry down as a folder of plain pages that any web host, or no host at all, can show.

Same records, same bytes. A file that already holds just what it should is left alone. Pages of records that
are no longer public are removed, because a page left behind would go on publishing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from heritage_registry.attachments import copy_path, read_copy
from heritage_registry.citation import Reference, cite_site, cite_source, csl_json
from heritage_registry.errors import RegistryError
from heritage_registry.exports import EXPORTS
from heritage_registry.maps.page import MOST_IN_PAGE, Content, map_files
from heritage_registry.outputs import write_if_changed
from heritage_registry.pages.claims_page import claim_page, claim_rows, claims_page
from heritage_registry.pages.correct_page import correct_page, correct_script
from heritage_registry.pages.coverage_page import coverage_page
from heritage_registry.pages.edition import Edition, edition
from heritage_registry.pages.environment import Book, Compiled, book
from heritage_registry.pages.lists import overview_page, sites_page, sources_page
from heritage_registry.pages.site_page import site_page
from heritage_registry.pages.source_page import source_page
from heritage_registry.pages.style import page_style
from heritage_registry.registry import Progress, Registry
from heritage_registry.site import PublicCopy

_OF_RECORDS = (
    "*/sites/*.html",
    "*/sources/*.html",
    "*/claims/*.html",
    "sites/*.bib",
    "sites/*.csl.json",
    "parts/*/*.txt",
    "evidence/*/*",
)
"""Where pages of records, parts of the map and pictures lie."""

_RECORD_NAME = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*\.(?:html|bib|csl\.json|txt|jpg|png|webp)")


class Published(msgspec.Struct, frozen=True):
    """What a publication came to: files in all, how many changed, how many were removed, size in bytes."""

    files: int
    changed: int
    removed: int
    size: int


def publish(
    registry: Registry,
    directory: Path,
    base_url: str | None = None,
    progress: Progress | None = None,
    most_in_page: int = MOST_IN_PAGE,
) -> Published:
    """Write the published part of a registry as pages and files into a folder.

    `base_url` is where the folder will stand on the web; with it pages name their own addresses and a
    `sitemap.txt` lists them. The map of more than `most_in_page` sites keeps its cards in files beside it and
    needs a host. Raises `RegistryError` for an address that is none, and for a folder in which
    records lie.
    """
    _check_folder(registry.directory, directory)
    made = edition(registry, _checked_address(base_url) if base_url else None)
    planned = list(pages(made, most_in_page))
    paths: set[Path] = set()
    changed = size = 0
    for done, (name, content) in enumerate(planned, start=1):
        path = directory / name
        raw = content().encode()
        changed += write_if_changed(path, raw)
        size += len(raw)
        paths.add(path)
        if progress:
            progress(done, len(planned))
    for copy in _public_copies(made):
        path, raw = copy_path(directory, copy), read_copy(registry.directory, copy)
        changed += write_if_changed(path, raw)
        size += len(raw)
        paths.add(path)
    return Published(len(paths), changed, _remove_stale(directory, paths), size)


def _public_copies(made: Edition) -> Iterator[PublicCopy]:
    """Yield the pictures that cards of the map show; the public view has dropped all others."""
    for site in made.sites.values():
        for report in site.properties.reports:
            yield from (file.public_copy for file in report.evidence.files if file.public_copy)


def pages(made: Edition, most_in_page: int = MOST_IN_PAGE) -> Iterator[tuple[str, Content]]:
    """Yield every file of a publication: its path within the folder, and what makes its text."""
    yield from map_files(made.registry, most_in_page)
    yield "style.css", page_style
    yield "correct.js", correct_script
    yield from _downloads(made)
    compiled = Compiled()
    addresses = [f"{made.base_url}index.html"]
    for language in made.config.reader_languages:
        for name, page in _pages_in(book(made, language, compiled)):
            addresses.append(f"{made.base_url}{language}/{name}")
            yield f"{language}/{name}", page
    if made.base_url:
        yield "sitemap.txt", lambda: "\n".join((*addresses, ""))


def _pages_in(made: Book) -> Iterator[tuple[str, Content]]:
    claims = claim_rows(made)
    yield "index.html", partial(overview_page, made)
    yield "sites/index.html", partial(sites_page, made)
    yield "claims/index.html", partial(claims_page, made, claims)
    yield "sources/index.html", partial(sources_page, made)
    yield "coverage.html", partial(coverage_page, made, made.edition.coverage)
    yield "correct.html", partial(correct_page, made)
    for key, site in made.edition.sites.items():
        yield f"sites/{key}.html", partial(site_page, made, site)
    for row in claims:
        yield f"claims/{row.claim.id}.html", partial(claim_page, made, row)
    for key, source in made.edition.sources.items():
        yield f"sources/{key}.html", partial(source_page, made, source)


def _downloads(made: Edition) -> Iterator[tuple[str, Content]]:
    for name in ("csv", "geojson"):
        yield f"downloads/{EXPORTS[name].file_name}", partial(_exported, name, made)
    yield "downloads/sources.csl.json", lambda: csl_json(map(cite_source, made.sources.values()))
    for key in made.sites:
        yield f"sites/{key}.bib", partial(_bibtex, key, made)
        yield f"sites/{key}.csl.json", partial(_csl_json, key, made)


def _exported(name: str, made: Edition) -> str:
    return EXPORTS[name].make(made.registry, made.config.reader_languages[0]).decode()


def _bibtex(key: str, made: Edition) -> str:
    return _site_reference(key, made).bibtex


def _csl_json(key: str, made: Edition) -> str:
    return csl_json([_site_reference(key, made)])


def _site_reference(key: str, made: Edition) -> Reference:
    language = made.config.reader_languages[0]
    return cite_site(made.sites[key], made.digests[key], made.config, language, made.base_url)


def _check_folder(records: Path, directory: Path) -> None:
    """Refuse a folder in which records lie: pages of sites would be written among them."""
    target, held = directory.resolve(), records.resolve()
    if target.is_relative_to(held) or held.is_relative_to(target):
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
        for folder in path.relative_to(directory).parents:
            if folder.name and not any((directory / folder).iterdir()):
                (directory / folder).rmdir()
    return len(stale)
