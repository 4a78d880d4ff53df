"""The page on which a reader writes down a correction or an objection, as a file to hand over."""

from __future__ import annotations

from importlib.resources import files

from heritage_registry.pages.environment import Book


def correct_page(book: Book) -> str:
    """Return the page. Which record it is about stands in the fragment of the address: `#sites/<id>`."""
    return book.page("correct.html", "correct.html")


def correct_script() -> str:
    """Return the page's script, the only one of the plain pages."""
    return files("heritage_registry.pages").joinpath("static", "correct.js").read_text("utf-8")
