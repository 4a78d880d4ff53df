"""Jinja set up so that a record's text is text: all is escaped, and a name that is not there is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from jinja2 import BaseLoader, BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from heritage_registry.citation import cite_registry, page_address
from heritage_registry.find import names_for
from heritage_registry.names import fold
from heritage_registry.pages.edition import Edition
from heritage_registry.pages.locator import WIDTH, city_name
from heritage_registry.pages.words import UNKNOWN_LANGUAGE, Spoken, Words, words
from heritage_registry.site import Name
from heritage_registry.source import source_maker

MENU = {
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
    """An edition in one language: makes pages of templates.

    `names` are those that come first for this reader, `ranks` what the sites are ordered by.
    """

    edition: Edition
    words: Words
    environment: Environment
    names: Mapping[str, Name]
    ranks: Mapping[str, Any]

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
        return page_address(self.edition.base_url, self.words.language, path)

    def in_order(self, site_ids: Iterable[str]) -> Sequence[str]:
        """Return ids of sites ordered by the name that this reader sees."""
        return sorted(site_ids, key=self.ranks.__getitem__)


class Compiled(BytecodeCache):
    """Templates compiled once for all languages."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template that was compiled before."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


def page_environment(loader: BaseLoader, compiled: BytecodeCache | None = None) -> Environment:
    """Return Jinja for pages: whatever a template is given is text, unless it is marked as markup."""
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )


def page_globals(made: Book) -> dict[str, Any]:
    """Return what every template and macro may use of a book."""
    edition = made.edition
    return {
        "w": made.words,
        "t": made.words.say,
        "language": made.words.language,
        "edition": edition,
        "config": edition.config,
        "menu": MENU,
        "file": "{}.html".format,
        "beside": _beside,
        "source_maker": source_maker,
        "correct_address": "correct.html#{}/{}".format,
        "name_of": made.names.__getitem__,
        "web": web_address,
        "spoken": Spoken,
        "und": UNKNOWN_LANGUAGE,
        "locator_width": WIDTH,
        "city_name": city_name,
        "registry_reference": cite_registry(
            edition.digest, edition.config, made.words.language, edition.base_url
        ),
    }


def _beside(_folder: str, key: str) -> str:
    """Return the file of a record as the list in its folder links to it."""
    return f"{key}.html"


def book(edition: Edition, language: str, compiled: Compiled | None = None) -> Book:
    """Return an edition in one language."""
    environment = page_environment(PackageLoader("heritage_registry.pages"), compiled)
    names = {key: names_for(site, language)[0] for key, site in edition.sites.items()}
    order = sorted(names, key=lambda key: (fold(names[key].text), names[key].text, key))
    ranks = {key: rank for rank, key in enumerate(order)}
    made = Book(edition, words(language, edition.config), environment, names, ranks)
    environment.globals |= page_globals(made)
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
    return Markup(json_text)
