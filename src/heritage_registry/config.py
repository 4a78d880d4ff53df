"""The registry's own data, `registry.toml`: what it is called, where it lies, and the words of its region."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from heritage_registry.errors import NotARegistry, Problem
from heritage_registry.form import LanguageTag, Line, Texts
from heritage_registry.mistakes import explain
from heritage_registry.parts import Edtf, Slug


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


class Publishing(_Table, frozen=True):
    """Who may publish a record."""

    rule: Literal["second_person", "two_organisations", "anyone"]


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

    @cached_property
    def community_ids(self) -> Mapping[str, Word]:
        """Communities by id, in the order of the file."""
        return {word.id: word for word in self.communities}

    @cached_property
    def party_ids(self) -> Mapping[str, Word]:
        """Parties by id, in the order of the file."""
        return {word.id: word for word in self.parties}


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
    if mistakes:
        problems = [
            Problem("registry.toml", 0, ".".join(map(str, field)), message) for field, message in mistakes
        ]
        raise NotARegistry("\n".join(map(str, problems)))
    return msgspec.convert(table, RegistryConfig)
