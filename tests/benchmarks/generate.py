"""Write a registry of invented sites, as large as asked for, as real record files in canonical form.

    python tests/benchmarks/generate.py 10000 /tmp/registry-10000 [--short]

The same number gives the same files. Names, places and sources are made of syllables and speak of nothing
real; the registry's own data and its base map are the project's.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
from collections.abc import Iterator, Sequence
from operator import add
from pathlib import Path

import msgspec

from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.form import encode
from heritage_registry.parts import Citation, Point, Response, Review
from heritage_registry.publishing import content_digest, with_state
from heritage_registry.registry import (
    ID_SIGNS,
    SITES,
    SOURCES,
    Kind,
    Registry,
    collector_paused,
    record_path,
)
from heritage_registry.site import (
    Attribution,
    Evidence,
    Location,
    Name,
    Place,
    PlaceName,
    Report,
    Site,
    SiteProperties,
    SiteType,
)
from heritage_registry.source import CslName, Source
from heritage_registry.vocabulary import vocabulary

SEED = 20261124
PROJECT_REGISTRY = Path(__file__).parents[2] / "sites"

_SCRIPTS = ("en", "hy", "ru")
_TEXT = (
    "the north wall and part of the roof are seen in outline on the image while the yard is covered by "
    "growth and a new track passes beside it stones lie near the entrance no change was seen at the eastern "
    "side of the building since the image before"
)
_WORDS = _TEXT.split()
_CONDITIONS = (
    "no_visible_damage",
    "slight_damage",
    "moderate_damage",
    "severe_damage",
    "damaged",
    "destroyed",
)
_EVIDENCE = ("satellite_imagery", "ground_photo", "video", "site_visit", "press", "official_statement")
_CAUSES = ("shelling", "demolition", "vandalism", "road_building", "construction", "neglect")


class Written(msgspec.Struct, frozen=True):
    """What was written: numbers of files, and bytes of the site records together."""

    sites: int
    sources: int
    site_bytes: int

    @property
    def mean_bytes(self) -> float:
        """Bytes of one site record on average."""
        return self.site_bytes / self.sites


def generate(directory: Path, count: int, *, short: bool = False) -> Written:
    """Write a registry of `count` sites into a folder that is not there yet.

    A `short` site holds its names, a type, a location and one report without text, and nothing else.
    """
    directory.mkdir(parents=True)
    shutil.copy(PROJECT_REGISTRY / "registry.toml", directory)
    shutil.copytree(PROJECT_REGISTRY / "basemap", directory / "basemap")
    sources, sites = _records(count, short)
    for source in sources:
        _write(directory, SOURCES, source)
    return Written(count, len(sources), sum(_write(directory, SITES, site) for site in sites))


def in_memory(count: int, *, short: bool = False) -> Registry:
    """Return the registry that `generate` would write, without a file of its own."""
    sources, sites = _records(count, short)
    with collector_paused():
        by_id = {site.id: site for site in sites}
    return Registry(
        directory=PROJECT_REGISTRY,
        config=read_config(PROJECT_REGISTRY),
        sites={key: by_id[key] for key in sorted(by_id)},
        sources={source.id: source for source in sources},
        claims={},
    )


def _records(count: int, short: bool) -> tuple[list[Source], Iterator[Site]]:
    rng = random.Random(SEED)
    sources = [_source(rng, number) for number in range(min(300, max(count, 4)))]
    config = read_config(PROJECT_REGISTRY)
    maker = _Maker(rng, config, [source.id for source in sources])
    made = map(maker.short_site if short else maker.site, _site_ids(rng, count))
    return sources, (_taken_over(site, config.publishing.since) for site in made)


def _taken_over(site: Site, day: str | None) -> Site:
    """Return a published site as the registry's rule has it."""
    if day is None:
        return site
    entry = Review(act="taken_over", by="Generator", date=day, content=content_digest(site))
    log = with_state(site, "published", (entry,))
    assert isinstance(log, Site)
    return log


def _write(directory: Path, kind: Kind, record: Site | Source) -> int:
    """Write a record plainly: files for a measurement need not survive a power cut."""
    path = record_path(directory, kind, record.id)
    raw = encode(record)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileNotFoundError:
        path.parent.mkdir()
        return _write(directory, kind, record)
    try:
        return os.write(file, raw)
    finally:
        os.close(file)


def _site_ids(rng: random.Random, count: int) -> list[str]:
    ids: dict[str, None] = {}
    while len(ids) < count:
        ids[rng.choice(ID_SIGNS[10:]) + "".join(rng.choices(ID_SIGNS, k=7))] = None
    return list(ids)


def _source(rng: random.Random, number: int) -> Source:
    body = _stem(rng)[0].capitalize()
    return Source(
        id=f"report-{number:03}",
        type="report",
        kind=rng.choice(("monitoring_report", "press", "official", "academic", "ngo")),
        affiliation=rng.choice(("academic", "media", "government", "international_ngo", "local_ngo")),
        party=rng.choice(("none", "armenia", "azerbaijan")),
        title=f"{body} survey of monuments, part {number}",
        author=(CslName(literal=f"{body} Institute"),),
        issued=f"{rng.randint(1995, 2024)}-{rng.randint(1, 12):02}",
        url=f"https://example.org/reports/{number}",
        language="en",
        derives_from=(f"report-{number - 1:03}",) if number % 5 == 4 else (),
    )


def _syllables(vowel: str, *consonants: str) -> list[tuple[str, ...]]:
    """Return the same syllables in every script: `vowel` holds one letter of each."""
    return [tuple(map(add, letters, vowel)) for letters in zip(*consonants, strict=True)]


_SYLLABLES = [
    *_syllables("aաа", "bdgzklmnprstv", "բդգզկլմնպրստվ", "бдгзклмнпрств"),
    *_syllables("iիи", "hlmnrst", "հլմնրստ", "хлмнрст"),
]


def _stem(rng: random.Random) -> tuple[str, str, str]:
    """Return an invented name in Latin, Armenian and Cyrillic letters."""
    drawn = rng.choices(_SYLLABLES, k=rng.randint(2, 4))
    latin, armenian, cyrillic = ("".join(parts) for parts in zip(*drawn, strict=True))
    return latin, armenian, cyrillic


def _sentence(rng: random.Random) -> str:
    start = rng.randrange(len(_WORDS) - 20)
    return " ".join(_WORDS[start : start + rng.randint(8, 20)]).capitalize() + "."


class _Settlement(msgspec.Struct, frozen=True):
    names: tuple[PlaceName, ...]
    longitude: float
    latitude: float


class _Maker:
    """Makes sites one after another from one sequence of random numbers."""

    def __init__(self, rng: random.Random, config: RegistryConfig, sources: Sequence[str]) -> None:
        self.rng = rng
        self.communities = (
            "armenian",
            "azerbaijani",
            "georgian",
            "kurdish",
            "russian_orthodox",
            "shia_muslim",
        )
        assert set(self.communities) <= set(config.communities_by_id)
        self.cited = [(Citation(source=key),) for key in sources]
        self.types = [term for term in vocabulary("site_type").terms if term.id != "settlement"]
        self.bbox = config.region.bbox
        self.settlements = [self._settlement() for _ in range(800)]

    def _settlement(self) -> _Settlement:
        west, south, east, north = self.bbox
        names = tuple(
            PlaceName(text=text.capitalize(), language=language)
            for text, language in zip(_stem(self.rng), _SCRIPTS, strict=True)
        )
        # A margin, so that sites around a settlement stay inside the region.
        return _Settlement(
            names,
            round(self.rng.uniform(west + 0.2, east - 0.2), 4),
            round(self.rng.uniform(south + 0.2, north - 0.2), 4),
        )

    def short_site(self, site_id: str) -> Site:
        """Return a site with names, a type, a location and one dated report."""
        term = self.rng.choice(self.types)
        location = self._location(self.rng.choice(self.settlements), stated=None)
        properties = SiteProperties(
            status="published",
            names=self._names(term.label),
            types=(SiteType(type=term.id, citations=self._cite()),),
            locations=(location,),
            reports=(self._bare_report(1),),
        )
        return Site(type="Feature", id=site_id, geometry=location.geometry, properties=properties)

    def site(self, site_id: str) -> Site:
        """Return a site with all that records usually hold, and no to three reports."""
        term = self.rng.choice(self.types)
        settlement = self.rng.choice(self.settlements)
        location = self._location(settlement, stated=f"near {settlement.names[0].text}")
        properties = SiteProperties(
            status="published",
            names=self._names(term.label),
            types=(SiteType(type=term.id, citations=self._cite()),),
            attributions=(self._attribution(),),
            locations=(location,),
            places=(Place(level="settlement", names=settlement.names[:2], citations=self._cite()),),
            reports=tuple(self._report(number) for number in range(1, self.rng.choice((1, 2, 3, 4)))),
        )
        return Site(type="Feature", id=site_id, geometry=location.geometry, properties=properties)

    def _cite(self) -> tuple[Citation, ...]:
        return self.rng.choice(self.cited)

    def _names(self, kind: dict[str, str]) -> tuple[Name, ...]:
        return tuple(
            Name(
                text=f"{text.capitalize()} {kind[language].lower()}",
                language=language,
                citations=self._cite(),
            )
            for text, language in zip(_stem(self.rng), _SCRIPTS, strict=True)
        )

    def _attribution(self) -> Attribution:
        return Attribution(
            community=self.rng.choice(self.communities), stance="asserts", citations=self._cite()
        )

    def _location(self, settlement: _Settlement, stated: str | None) -> Location:
        """One site in three is only known to lie in its settlement; the others lie around it."""
        exact = self.rng.random() < 2 / 3
        spread = 0.08 if exact else 0
        coordinates = (
            round(settlement.longitude + self.rng.uniform(-spread, spread), 5),
            round(settlement.latitude + self.rng.uniform(-spread, spread), 5),
        )
        return Location(
            of="monument" if exact else "settlement",
            method="imagery" if exact else "gazetteer",
            standing="preferred",
            citations=self._cite(),
            geometry=Point(coordinates=coordinates),
            uncertainty_m=self.rng.choice((50, 100, 250)) if exact else 2000,
            stated=stated,
        )

    def _bare_report(self, number: int) -> Report:
        return Report(
            id=f"r{number}",
            condition=self.rng.choice(_CONDITIONS),
            evidence=Evidence(type=self.rng.choice(_EVIDENCE)),
            citations=self._cite(),
            observed=self._date(),
        )

    def _report(self, number: int) -> Report:
        told = msgspec.structs.replace(
            self._bare_report(number),
            causes=(self.rng.choice(_CAUSES),),
            according_to=f"{_stem(self.rng)[0].capitalize()} Institute",
            summary={"en": _sentence(self.rng)},
        )
        if self.rng.random() > 0.2:
            return told
        return msgspec.structs.replace(told, responses=(self._response(),))

    def _response(self) -> Response:
        return Response(
            according_to=f"{_stem(self.rng)[0].capitalize()} Office",
            stance=self.rng.choice(("denies", "disputes", "confirms", "explains")),
            element=self.rng.choice(("fact", "degree", "cause", "date")),
            scope="this_site",
            summary={"en": _sentence(self.rng)},
            citations=self._cite(),
        )

    def _date(self) -> str:
        """Return a day, a month, a year or a span between two images."""
        year, month, day = self.rng.randint(1990, 2024), self.rng.randint(1, 12), self.rng.randint(1, 28)
        forms = (
            f"{year}",
            f"{year}-{month:02}",
            f"{year}-{month:02}-{day:02}",
            f"{year - 2}-{month:02}/{year}-{month:02}",
        )
        return self.rng.choice(forms)


def main() -> None:
    """Write what the command line asks for and say what was written."""
    parser = argparse.ArgumentParser(description="Write a registry of invented sites.")
    parser.add_argument("count", type=int)
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--short", action="store_true", help="names, a type, a location and a report without text"
    )
    asked = parser.parse_args()
    written = generate(asked.directory, asked.count, short=asked.short)
    print(
        f"{written.sites:,} sites of {written.mean_bytes:,.0f} bytes on average and {written.sources} "
        f"sources in {asked.directory}"
    )


if __name__ == "__main__":
    main()
