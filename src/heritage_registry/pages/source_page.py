"""The page of one source: what it is, what it repeats, and which records rest on it."""

from __future__ import annotations

from heritage_registry.citation import cite_source, csl_json
from heritage_registry.pages.environment import Book
from heritage_registry.source import Source, source_title


def source_page(book: Book, source: Source, most: int | None = None) -> str:
    """Return the page of a source that a public record cites or that such a source derives from.

    It names no more than `most` of the sites that cite it, and says how many there are.
    """
    edition = book.edition
    sites = book.in_order(edition.site_citers.get(source.id, ()))
    return book.page(
        "source.html",
        f"sources/{source.id}.html",
        source=source,
        title=source_title(source),
        sites=sites[:most],
        sites_count=len(sites),
        claims=edition.claim_citers.get(source.id, ()),
        derivatives=edition.derivatives.get(source.id, ()),
        reference=cite_source(source),
        csl_json=csl_json,
    )
