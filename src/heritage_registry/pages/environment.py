"""Jinja set up so that a record's text is text: everything is escaped, and a name that is not there is an error."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from heritage_registry.citation import cite_registry
from heritage_registry.find import names_for
from heritage_registry.pages.edition import Edition
from heritage_registry.pages.locator import WIDTH, city_name
from heritage_registry.pages.words import UNKNOWN_LANGUAGE, Spoken, Words, words
from heritage_registry.site import Name

SECTIONS = {
    "overview": "index.html",
    "map": "../index.html",
    "sites": "sites/index.html",
    "claims": "claims/index.html",
    "coverage": "coverage.html",
    "sources": "sources/index.html",
}
"""What the head of every page leads to, from the folder of its language."""


class References:
    """The numbers of the sources on one page, given in the order in which the page names them."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}

    def number(self, key: str) -> int:
        """Return a source's number on this page."""
        return self.keys.setdefault(key, len(self.keys) + 1)


class Book(msgspec.Struct, frozen=True):
    """An edition in one language: makes pages of templates."""

    edition: Edition
    words: Words
    environment: Environment

    def page(self, template: str, path: str, **values: Any) -> str:
        """Return one page. `path` is its file in the folder of the language, by which links are made."""
        depth = path.count("/")
        config = self.edition.config
        tags = config.reader_languages
        home, root = "../" * depth, "../" * (depth + 1)
        return self.environment.get_template(template).render(
            path=path,
            home=home,
            root=root,
            languages=[(tag, words(tag, config).say("language.own")) for tag in tags],
            address=self.address(path),
            alternates=[(tag, f"{self.edition.base_url or root}{tag}/{path}") for tag in tags],
            refs=References(),
            **values,
        )

    def address(self, path: str) -> str | None:
        """Return a page's address on the web, or None where that is not known."""
        base = self.edition.base_url
        return f"{base}{self.words.language}/{path}" if base else None

    def name(self, site_id: str) -> Name:
        """Return the name of a site that comes first for this reader."""
        return names_for(self.edition.sites[site_id], self.words.language)[0]


def book(edition: Edition, language: str) -> Book:
    """Return an edition in one language."""
    environment = Environment(
        loader=PackageLoader("heritage_registry.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made = Book(edition, words(language, edition.config), environment)
    environment.globals |= {
        "w": made.words,
        "t": made.words.say,
        "language": language,
        "edition": edition,
        "config": edition.config,
        "sections": SECTIONS,
        "name_of": made.name,
        "web": web_address,
        "spoken": Spoken,
        "und": UNKNOWN_LANGUAGE,
        "locator_width": WIDTH,
        "city_name": city_name,
        "registry_reference": cite_registry(edition.digest, edition.config, language, edition.base_url),
    }
    return made


def web_address(address: str | None) -> str | None:
    """Return an address if it is one of the web, so that no other scheme ever becomes a link."""
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def inert_script(json_text: str) -> Markup:
    """Let JSON pass unescaped into a script element; give it text of `inert_json` only."""
    return Markup(json_text)  # noqa: S704 - inert_json leaves no sign that a parser of HTML looks for
