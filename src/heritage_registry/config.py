"""The registry's own data, `registry.toml`: what it is called, where it lies, and the words of its region."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from heritage_registry.errors import Field, NotARegistry, Problem, dotted
from heritage_registry.form import LanguageTag, Line, Texts
from heritage_registry.mistakes import Mistake, explain
from heritage_registry.parts import Edtf, Slug, SourceKey


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables of registry.toml."""


class Word(_Table, frozen=True):
    """A community or party: its id in records, its names, and what the editors say of the name."""

    id: Slug
    label: Texts
    note: Texts | None = None


class Language(_Table, frozen=True):
    """A language that names are recorded in."""

    tag: LanguageTag
    label: Texts


class Period(_Table, frozen=True):
    """A span of years that the sources speak of, named by its years."""

    id: Slug
    label: Texts
    start: Edtf | None = None
    end: Edtf | None = None


class Region(_Table, frozen=True):
    """Where the registry's sites lie. `bbox` is west, south, east, north in degrees of WGS 84."""

    name: Texts
    bbox: tuple[float, float, float, float]


class Area(_Table, frozen=True):
    """What a name of a larger area is read as when sites are looked up for a claim, and for nothing else.

    `names` as claims print them, `places` as records name the units, `sources` what the reading rests on.
    """

    id: Slug
    names: Annotated[tuple[Line, ...], Meta(min_length=1)]
    places: Annotated[tuple[Line, ...], Meta(min_length=1)]
    sources: Annotated[tuple[SourceKey, ...], Meta(min_length=1)]
    note: Texts


_Day = Annotated[
    str,
    Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", extra={"expected": "write a day such as 2026-11-25"}),
]


class Publishing(_Table, frozen=True, omit_defaults=True):
    """Who may publish a record.

    `since` is the day up to which it is believed that a record was published before reviews were recorded.
    """

    rule: Literal["second_person", "two_organisations", "anyone"]
    since: _Day | None = None


class RegistryConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """What `registry.toml` holds."""

    title: Texts
    summary: Texts
    licence: Line
    attribution: Line
    reader_languages: Annotated[tuple[LanguageTag, ...], Meta(min_length=1)]
    region: Region
    publishing: Publishing
    languages: tuple[Language, ...] = ()
    communities: tuple[Word, ...] = ()
    parties: tuple[Word, ...] = ()
    periods: tuple[Period, ...] = ()
    areas: tuple[Area, ...] = ()

    @cached_property
    def communities_by_id(self) -> Mapping[str, Word]:
        """Communities by id, in the order of the file."""
        return {word.id: word for word in self.communities}

    @cached_property
    def parties_by_id(self) -> Mapping[str, Word]:
        """Parties by id, in the order of the file."""
        return {word.id: word for word in self.parties}


def is_box(bbox: tuple[float, float, float, float]) -> bool:
    """Tell whether four numbers are west, south, east, north in degrees."""
    west, south, east, north = bbox
    return -180 <= west < east <= 180 and -90 <= south < north <= 90


def read_config(directory: Path) -> RegistryConfig:
    """Read `registry.toml` of a registry's folder; raises `NotARegistry` with every problem of it."""
    path = directory / "registry.toml"
    if not path.is_file():
        raise NotARegistry(
            f"{directory} holds no registry.toml; run 'heritage init {directory}' to start a registry there"
        )
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotARegistry(f"registry.toml cannot be read: {error}") from error
    mistakes = explain(table, RegistryConfig)
    if not mistakes:
        config = msgspec.convert(table, RegistryConfig)
        mistakes = list(_disagreements(config))
        if not mistakes:
            return config
    problems = [Problem("registry.toml", 0, dotted(field), words) for field, words in mistakes]
    raise NotARegistry("\n".join(map(str, problems)))


def _disagreements(config: RegistryConfig) -> Iterator[Mistake]:
    """Yield what no single value shows: a box turned over, a word listed twice, a label not translated."""
    if not is_box(config.region.bbox):
        found = list(config.region.bbox)
        yield (
            ("region", "bbox"),
            f"{found} is not west, south, east, north in degrees of longitude and latitude",
        )
    yield from _words_listed_twice(config)
    yield from _areas_listed_twice(config)
    for field, text in _reader_texts(config):
        lacking = [tag for tag in config.reader_languages if tag not in text]
        if lacking:
            yield field, f"is not given in {', '.join(lacking)}; readers choose among the reader_languages"


_WORD_LISTS = ("languages", "communities", "parties", "periods")


def _words_listed_twice(config: RegistryConfig) -> Iterator[Mistake]:
    for name in _WORD_LISTS:
        seen: set[str] = set()
        for n, word in enumerate(getattr(config, name)):
            key = word.tag if isinstance(word, Language) else word.id
            if key in seen:
                yield (name, n), f"{key!r} is listed twice; keep one of them"
            seen.add(key)


def _reader_texts(config: RegistryConfig) -> Iterator[tuple[Field, Texts]]:
    """Yield every text that a reader sees, with its place."""
    yield ("title",), config.title
    yield ("summary",), config.summary
    yield ("region", "name"), config.region.name
    for name in _WORD_LISTS:
        for n, word in enumerate(getattr(config, name)):
            yield (name, n, "label"), word.label
    for n, area in enumerate(config.areas):
        yield ("areas", n, "note"), area.note


def _areas_listed_twice(config: RegistryConfig) -> Iterator[Mistake]:
    """Yield ids and names of areas that stand for two things."""
    seen: set[str] = set()
    for n, area in enumerate(config.areas):
        for field, words in (("id", (area.id,)), ("names", area.names)):
            for word in words:
                if f"{field} {word.casefold()}" in seen:
                    yield ("areas", n, field), f"{word!r} is listed twice; keep one of them"
                seen.add(f"{field} {word.casefold()}")
