"""The first page, and the lists of all sites and of all sources."""

from __future__ import annotations

from datetime import date

import msgspec

from heritage_registry.assessed import day_seen
from heritage_registry.citation import csl_json
from heritage_registry.names import fold
from heritage_registry.pages.environment import Book
from heritage_registry.pages.site_page import communities, place_shown
from heritage_registry.site import Name, site_types
from heritage_registry.source import Source, source_title


class Row(msgspec.Struct, frozen=True):
    """One site of the list."""

    id: str
    name: Name
    kinds: str
    places: tuple[tuple[str, str], ...]
    communities: list[str]
    standing: str
    seen: date | None
    contested: bool


def overview_page(book: Book) -> str:
    """Return the first page: what the registry is, how to read it, what it holds."""
    return book.page("overview.html", "index.html", figures=book.edition.figures, csl_json=csl_json)


def sites_page(book: Book) -> str:
    """Return the list of all sites, by the name that comes first for the reader."""
    ids = book.in_order(book.edition.sites)
    return book.page("sites.html", "sites/index.html", rows=[site_row(book, key) for key in ids])


def site_row(book: Book, key: str) -> Row:
    """Return what a list shows of one site."""
    site, derived, words = book.edition.sites[key], book.edition.assessments[key], book.words
    return Row(
        id=key,
        name=book.names[key],
        kinds=words.labels("site_type", site_types(site)),
        places=place_shown(book, site),
        communities=communities(site, words),
        standing=derived.standing,
        seen=day_seen(site, derived.condition) if derived.condition else None,
        contested=bool(derived.disagreements),
    )


def sources_page(book: Book) -> str:
    """Return the list of all sources that public records rest on, by title."""

    def order(source: Source) -> tuple[str, str]:
        return fold(source_title(source)), source.id

    return book.page(
        "sources.html", "sources/index.html", sources=sorted(book.edition.sources.values(), key=order)
    )
