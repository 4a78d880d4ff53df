"""The page of one source: what it is, what it repeats, and which records rest on it."""

from __future__ import annotations

from heritage_registry.citation import cite_source, csl_json
from heritage_registry.pages.environment import Book
from heritage_registry.source import Source, source_title


def source_page(book: Book, source: Source) -> str:
    """Return the page of a source that a public record cites or that such a source derives from."""
    edition = book.edition
    return book.page(
        "source.html",
        f"sources/{source.id}.html",
        source=source,
        title=source_title(source),
        sites=book.in_order(edition.site_citers.get(source.id, ())),
        claims=edition.claim_citers.get(source.id, ()),
        derivatives=edition.derivatives.get(source.id, ()),
        reference=cite_source(source),
        csl_json=csl_json,
    )
