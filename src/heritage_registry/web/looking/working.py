"""The files as the pages see them now: drafts too, and each part worked out when a page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import Assessment, assess
from heritage_registry.citation import site_digest
from heritage_registry.comparison import Comparison, compare_all
from heritage_registry.config import RegistryConfig, Word
from heritage_registry.coverage import Coverage, coverage
from heritage_registry.dates import InvalidDate
from heritage_registry.find import find_sites, names_for
from heritage_registry.gazetteer import Gazetteer, read_gazetteer
from heritage_registry.names import fold
from heritage_registry.pages.edition import Edition, Link
from heritage_registry.pages.environment import Book, Compiled, References, page_environment, page_globals
from heritage_registry.pages.locator import Locator, read_locator
from heritage_registry.pages.words import UNKNOWN_LANGUAGE, Words
from heritage_registry.pages.words import messages as page_messages
from heritage_registry.public import each_public, public_site
from heritage_registry.registry import Registry
from heritage_registry.site import Name, Site
from heritage_registry.source import Source, source_title
from heritage_registry.statistics import statistics
from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.looking.indexes import CitersIndex, Dated, Latest, Order, Ordered, PerRecord
from heritage_registry.web.looking.site_finder import SiteFinder
from heritage_registry.web.looking.state import Look
from heritage_registry.web.wording import web_messages

V = TypeVar("V")

_FEW = 500
"""Up to so many sites are put in order by themselves."""


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


_NOTHING_BESIDE: Mapping[str, Any] = {
    "here": "",
    "saved": False,
    "proposed": False,
    "uncommitted": False,
    "problems_count": 0,
}


class AppBook(Book, frozen=True):
    """The book of the running app: links are addresses, the language is asked for and not a folder.

    `order` is that of all sites for this reader. `beside` is what every template of the app may ask for
    besides what its page is made from.
    """

    order: Order | None = None
    beside: Mapping[str, Any] = {}

    def in_order(self, site_ids: Iterable[str]) -> Sequence[str]:
        """Return ids of sites ordered by the name that this reader sees; of many, when they are looked at."""
        ids = site_ids if isinstance(site_ids, Collection) else list(site_ids)
        if self.order is None or len(ids) <= _FEW:
            return super().in_order(ids)
        order, sites = self.order, self.edition.sites
        return order.of(sites) if ids is sites else Ordered(ids, lambda: order.of(sites))

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
            **{**_NOTHING_BESIDE, **self.beside, **values},
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
        self._orders: dict[str, Order] = {}
        self._site_citers, self._claim_citers = CitersIndex(), CitersIndex()
        self._standings: PerRecord[Site, str] = PerRecord(_standing)
        self._finder = SiteFinder()
        self._titles: PerRecord[Source, str] = PerRecord(lambda source: fold(source_title(source)))
        self._coverage: Latest[Coverage] = Latest()
        self._comparisons: Latest[Mapping[str, Comparison]] = Latest()
        self._ground: tuple[RegistryConfig, Locator, Gazetteer] | None = None

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
        order = self._orders.setdefault(language, Order(lambda site: names_for(site, language)[0].text))
        ranks = Each(edition.sites, lambda key: order.rank(edition.sites[key]))
        words = app_words(language, edition.config)
        made = AppBook(edition, words, environment, names, ranks, order=order)
        environment.globals |= page_globals(made) | {
            "file": _address,
            "beside": lambda folder, key: f"/{folder}/{key}",
            "correct_address": "correct/{}/{}".format,
            "menu": MENU,
        }
        return made

    def standings(self, book: AppBook) -> Mapping[str, str]:
        """Return what is shown of each site in one word, by id."""
        return self._standings.of(book.edition.sites)

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

        def compared(keys: Iterable[str]) -> Mapping[str, Comparison]:
            rows = tuple(_assessed(registry.sites.values(), sources))
            return compare_all(keys, rows, claims, areas)

        def comparison(key: str) -> Comparison:
            held = self._comparisons.get(look.revision, lambda: compared(claims)).value
            return held[key] if key in held else compared([key])[key]

        claims = registry.claims
        areas = registry.config.areas
        locator, gazetteer = self._ground_of(registry)
        return Edition(
            registry=registry,
            config=registry.config,
            sites=registry.sites,
            assessments=assessments,
            digests=Each(registry.sites, lambda key: site_digest(public_site(registry.sites[key]), sources)),
            sources=sources,
            claims=claims,
            site_citers=Later(lambda: self._site_citers.of(registry.sites)),
            claim_citers=Later(lambda: self._claim_citers.of(claims)),
            derivatives=Later(lambda: _inverted({k: s.derives_from for k, s in registry.sources.items()})),
            links=Later(lambda: _links(registry.sites)),
            comparisons=Each(claims, comparison),
            coverage=coverage((), nothing),  # the page of the coverage has it counted
            figures=statistics(nothing),
            digest="",
            locator=locator,
            gazetteer=gazetteer,
            base_url=None,
        )

    def prepare(self, look: Look, books: Sequence[AppBook]) -> None:
        """Work out what the lists and counts need, the soonest asked for first."""
        sites = look.registry.sites
        self.coverage(look)  # first, as what it needs for the moment is then used again
        for book in books:
            book.in_order(sites)
        books[0].edition.site_citers.get("")
        self._finder.worth_asking("", sites)
        self.standings(books[0])
        for claim in books[0].edition.claims:
            books[0].edition.comparisons[claim]

    def found(self, book: AppBook, query: str, keys: Collection[str]) -> list[str]:
        """Return which of some sites answer a query, best first."""
        sites = book.edition.sites
        likely = self._finder.worth_asking(query, sites)
        wanted = [sites[key] for key in keys if likely is None or key in likely]
        return [hit.site.id for hit in find_sites(query, wanted)]

    def titles(self, edition: Edition) -> list[str]:
        """Return the keys of all sources by title."""
        titles = self._titles.of(edition.sources)
        return sorted(edition.sources, key=lambda key: (titles[key], key))

    def claims_as_of(self, look: Look) -> datetime | None:
        """Return when claims were last set beside the records, None where that is what the files say now."""
        return self._comparisons.outdated(look.revision)

    def coverage(self, look: Look) -> Dated[Coverage]:
        """Return the coverage of what everybody may see, as it was counted last."""

        def counted() -> Coverage:
            sources = Known(look.registry.sources)
            rows = _assessed(look.registry.sites.values(), sources)
            return coverage(rows, msgspec.structs.replace(look.registry, sources=sources))

        return self._coverage.get(look.revision, counted)

    def _ground_of(self, registry: Registry) -> tuple[Locator, Gazetteer]:
        if self._ground is None or self._ground[0] is not registry.config:
            drawn = read_locator(registry.directory / "basemap", registry.config.region.bbox)
            self._ground = (registry.config, drawn, read_gazetteer(registry.directory))
        return self._ground[1:]


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


def _assessed(sites: Iterable[Site], sources: Mapping[str, Source]) -> Iterator[AssessedSite]:
    """Yield what everybody may see, assessed, for a count of all: none of it is kept."""
    return (AssessedSite(site, assess(site, sources)) for site in each_public(sites))


def _standing(site: Site) -> str:
    return assess(site, Known()).standing


def _no_name(key: str) -> Name:
    return Name(text=key, language=UNKNOWN_LANGUAGE, citations=())


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
