"""The files as the pages see them now: drafts too, and each part worked out when a page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import Assessment, assess
from heritage_registry.citation import cited_keys, site_digest
from heritage_registry.comparison import compare
from heritage_registry.config import RegistryConfig, Word
from heritage_registry.coverage import coverage
from heritage_registry.dates import InvalidDate
from heritage_registry.find import names_for
from heritage_registry.names import fold
from heritage_registry.pages.edition import Edition, Link
from heritage_registry.pages.environment import Book, Compiled, References, page_environment, page_globals
from heritage_registry.pages.locator import Locator, read_locator
from heritage_registry.pages.words import UNKNOWN_LANGUAGE, Words
from heritage_registry.pages.words import messages as page_messages
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.site import Name, Site
from heritage_registry.source import Source
from heritage_registry.statistics import statistics
from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.state import Look
from heritage_registry.web.wording import web_messages

V = TypeVar("V")


class Each(Mapping[str, V]):
    """Values worked out one by one, when they are asked for, of records that are all there."""

    def __init__(self, keys: Mapping[str, object], make: Callable[[str], V]) -> None:
        self._keys, self._make = keys, make
        self._made: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        if key not in self._made:
            self._made[key] = self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


class Later(Mapping[str, V]):
    """A mapping that is made as a whole when somebody first looks into it."""

    def __init__(self, make: Callable[[], Mapping[str, V]]) -> None:
        self._make = make
        self._made: Mapping[str, V] | None = None

    def _whole(self) -> Mapping[str, V]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: str) -> V:
        return self._whole()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


class Known(dict[str, Source]):
    """All sources; one that is cited and cannot be read is shown as its key, and nothing is made up of it."""

    def __missing__(self, key: str) -> Source:
        return Source(id=key, type="document", kind="?", affiliation="unknown", party="unknown")


class AppWords(Words, frozen=True):
    """Words that also find something to say of what `registry.toml` does not list."""

    def _word(self, words: Mapping[str, Word], word: str) -> str:
        return self.text(words[word].label).text if word in words else word

    def label(self, name: str, term: str) -> str:
        """Return the label of a term, or the term where no vocabulary has it."""
        return super().label(name, term) if term in vocabulary(name).ids else term

    def terms(self, name: str) -> tuple[str, ...]:
        """Return the terms of a vocabulary in the order a form shows them."""
        return vocabulary(name).ids

    def date(self, edtf: str) -> str:
        """Write a date in words, or as it is where no calendar has it."""
        try:
            return super().date(edtf)
        except InvalidDate:
            return edtf


class AppBook(Book, frozen=True):
    """The book of the running app: links are addresses, the language is asked for and not a folder.

    `beside` is what every template of the app may ask for besides what its page is made from.
    """

    beside: Mapping[str, Any] = {}

    @property
    def own_words(self) -> AppWords:
        """The words of the pages and of the app."""
        assert isinstance(self.words, AppWords)
        return self.words

    def page(self, template: str, path: str, **values: Any) -> str:
        """Return one page."""
        config = self.edition.config
        return self.environment.get_template(template).render(
            path=path,
            home="/",
            root="/",
            languages=[(tag, page_messages(tag)["language.own"]) for tag in config.reader_languages],
            address=None,
            alternates=(),
            refs=References(),
            **({"here": "", "saved": False, "problems_count": 0} | dict(self.beside) | values),
        )


def app_words(language: str, config: RegistryConfig) -> AppWords:
    """Return the words of the pages and of the app in one language."""
    return AppWords(language, {**page_messages(language), **web_messages(language)}, config)


class Desk:
    """Everything made from looks at the files, kept until the files change."""

    def __init__(self) -> None:
        self._compiled = Compiled()
        self._loader = ChoiceLoader(
            [
                PackageLoader("heritage_registry.web"),
                PackageLoader("heritage_registry.pages"),
                PrefixLoader({"pages": PackageLoader("heritage_registry.pages")}),
            ]
        )
        self._revision = -1
        self._edition: Edition | None = None
        self._books: dict[str, AppBook] = {}
        self._assessed: dict[str, tuple[Site, int, Assessment]] = {}
        self._folded: dict[str, str] = {}
        self._locator: tuple[RegistryConfig, Locator] | None = None

    def book(self, look: Look, language: str) -> AppBook:
        """Return the pages of a look in a reader's language."""
        if look.revision != self._revision:
            self._edition, self._books, self._revision = self._edition_of(look), {}, look.revision
        edition = self._edition
        assert edition is not None
        if language not in self._books:
            self._books[language] = self._book(edition, language)
        return self._books[language]

    def _book(self, edition: Edition, language: str) -> AppBook:
        environment = page_environment(self._loader, self._compiled)

        def name(key: str) -> Name:
            site = edition.sites.get(key)
            return names_for(site, language)[0] if site else _no_name(key)

        names = Each(edition.sites, name)
        ranks = Each(edition.sites, lambda key: (self.folded(names[key].text), names[key].text, key))
        made = AppBook(edition, app_words(language, edition.config), environment, names, ranks)
        environment.globals |= page_globals(made) | {
            "file": _address,
            "beside": lambda folder, key: f"/{folder}/{key}",
            "menu": MENU,
        }
        return made

    def folded(self, text: str) -> str:
        """Return the search key of a name; names stay, so each is worked out once."""
        key = self._folded.get(text)
        if key is None:
            key = self._folded[text] = fold(text)
        return key

    def _edition_of(self, look: Look) -> Edition:
        registry = look.registry
        sources = Known(registry.sources)
        nothing = Registry(registry.directory, registry.config, {}, {}, {})

        def assessed(key: str) -> Assessment:
            site = registry.sites[key]
            before = self._assessed.get(key)
            if before is None or before[0] is not site or before[1] != look.sources_revision:
                before = self._assessed[key] = (site, look.sources_revision, assess(site, sources))
            return before[2]

        assessments = Each(registry.sites, assessed)
        public = Later(lambda: {site.id: site for site in public_view(registry.sites.values())})

        def rows() -> list[AssessedSite]:
            return [AssessedSite(site, assessments[key]) for key, site in public.items()]

        claims = registry.claims
        areas = registry.config.areas
        return Edition(
            registry=registry,
            config=registry.config,
            sites=registry.sites,
            assessments=assessments,
            digests=Each(registry.sites, lambda key: site_digest(registry.sites[key], sources)),
            sources=sources,
            claims=claims,
            site_citers=Later(lambda: _citers(registry.sites)),
            claim_citers=Later(lambda: _citers(claims)),
            derivatives=Later(lambda: _inverted({k: s.derives_from for k, s in registry.sources.items()})),
            links=Later(lambda: _links(registry.sites)),
            comparisons=Each(claims, lambda key: compare(claims[key], rows(), claims.values(), areas)),
            coverage=coverage((), nothing),  # the page of the coverage has it counted
            figures=statistics(nothing),
            digest="",
            locator=self._locator_of(registry),
            base_url=None,
        )

    def with_coverage(self, book: AppBook) -> AppBook:
        """Return a book that knows the coverage of what everybody may see."""
        edition = book.edition
        rows = [
            AssessedSite(site, edition.assessments[site.id])
            for site in public_view(edition.registry.sites.values())
        ]
        counted = msgspec.structs.replace(
            edition,
            coverage=coverage(rows, msgspec.structs.replace(edition.registry, sources=edition.sources)),
        )
        return msgspec.structs.replace(book, edition=counted)

    def _locator_of(self, registry: Registry) -> Locator:
        if self._locator is None or self._locator[0] is not registry.config:
            read = read_locator(registry.directory / "basemap", registry.config.region.bbox)
            self._locator = (registry.config, read)
        return self._locator[1]


MENU = {
    "map": "",
    "sites": "sites",
    "claims": "claims",
    "coverage": "coverage",
    "sources": "sources",
}
"""What the head of every page leads to."""


def _address(path: str) -> str:
    """Return the address of what the published pages keep in a file."""
    return path.removesuffix("index").rstrip("/")


def _no_name(key: str) -> Name:
    return Name(text=key, language=UNKNOWN_LANGUAGE, citations=())


def _citers(records: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return _inverted({key: cited_keys(record) for key, record in records.items()})


def _inverted(keys: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for record, cited in keys.items():
        for key in cited:
            found.setdefault(key, []).append(record)
    return {key: tuple(records) for key, records in found.items()}


def _links(sites: Mapping[str, Site]) -> dict[str, tuple[Link, ...]]:
    found: dict[str, list[Link]] = {}
    for site in sites.values():
        for relation in site.properties.relations:
            found.setdefault(site.id, []).append(Link(relation, relation.site, inverse=False))
            found.setdefault(relation.site, []).append(Link(relation, site.id, inverse=True))
    return {key: tuple(links) for key, links in found.items()}
