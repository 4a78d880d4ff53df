"""The page of one source: what it is, what it repeats, and which records rest on it."""

from __future__ import annotations

from heritage_registry.citation import cite_source, csl_json
from heritage_registry.names import fold
from heritage_registry.pages.environment import Book
from heritage_registry.source import Source


def source_page(book: Book, source: Source) -> str:
    """Return the page of a source that a public record cites or that such a source derives from."""
    edition = book.edition
    return book.page(
        "source.html",
        f"sources/{source.id}.html",
        source=source,
        title=source.title or source.publisher or source.id,
        sites=by_shown_name(book, edition.site_citers.get(source.id, ())),
        claims=edition.claim_citers.get(source.id, ()),
        derivatives=edition.derivatives.get(source.id, ()),
        reference=cite_source(source),
        csl_json=csl_json,
    )


def by_shown_name(book: Book, ids: tuple[str, ...]) -> list[str]:
    """Return ids of sites ordered by the name that this reader sees."""
    return sorted(ids, key=lambda key: (fold(book.name(key).text), book.name(key).text, key))
