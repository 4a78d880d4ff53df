"""A change as its reviewer sees it: part by part, each beside the sources that it cites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from heritage_registry.claim import Claim, Scope
from heritage_registry.differences import Change, differences
from heritage_registry.errors import Problem
from heritage_registry.neutrality import Hint, hints
from heritage_registry.parts import Citation
from heritage_registry.publishing import Reviewed, with_state
from heritage_registry.registry import problems_of_change
from heritage_registry.site import Excerpt, Relation, Site, SiteProperties
from heritage_registry.source import source_title
from heritage_registry.walk import parts
from heritage_registry.web.history.telling import Teller, Told
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.writing.questions import Places, same_place


class CitedSource(msgspec.Struct, frozen=True):
    """A source that a changed part cites, the place in it, and what the record quotes of it."""

    key: str
    title: str
    locator: str
    excerpts: tuple[str, ...]
    is_held: bool


class ChangedPart(msgspec.Struct, frozen=True):
    """One change in words, and what it rests on."""

    told: Told
    sources: tuple[CitedSource, ...]


class Judged(msgspec.Struct, frozen=True):
    """All that a reviewer needs to know of a text. `hints` are with the words of their question."""

    changes: tuple[ChangedPart, ...]
    problems: tuple[Problem, ...]
    places: Places | None
    hints: tuple[tuple[Hint, str], ...]


def judged(record: Reviewed, before: Reviewed | None, reader: Reader, office: Office) -> Judged:
    """Compare a text with what readers see of the record, or with nothing where they see nothing yet."""
    new = with_state(record, "draft", ())
    old = with_state(before, "draft", ()) if before is not None else _nothing_of(record)
    teller = Teller(reader.book.own_words, reader.look.readable.sources)
    excerpts = record.properties.excerpts if isinstance(record, Site) else ()
    checked = with_state(record, "in_review", ())
    return Judged(
        changes=tuple(
            ChangedPart(
                _told(teller.change(change), is_new=before is None),
                tuple(_cited(change, old, new, excerpts, reader)),
            )
            for change in differences(old, new)
        ),
        problems=tuple(problems_of_change(reader.look.readable, checked)),
        places=_places(record, reader, office),
        hints=tuple((hint, _asked(hint, reader)) for hint in hints(record, before)),
    )


def _told(told: Told, *, is_new: bool) -> Told:
    """Of a new record everything is added, though it has fields that no record lacks."""
    return replace(told, kind="added") if is_new and told.kind == "changed" and not told.old else told


def _asked(hint: Hint, reader: Reader) -> str:
    return reader.book.words.say(f"hint.{hint.kind}", **hint.values(reader.language))


def _places(record: Reviewed, reader: Reader, office: Office) -> Places | None:
    """Return the sites that may be the same place as one that is judged, which is held itself already."""
    if not isinstance(record, Site):
        return None
    itself = Relation(relation="near", site=record.id)
    relations = (*record.properties.relations, itself)
    asked = replace(record, properties=replace(record.properties, relations=relations))
    return same_place(asked, reader, office.index(reader.look))


def _nothing_of(record: Reviewed) -> Reviewed:
    """Return a record of the same id in which nothing is said, so that all of a new one is told."""
    if isinstance(record, Site):
        nothing = SiteProperties(status="draft", names=(), types=())
        return Site(type="Feature", id=record.id, geometry=None, properties=nothing)
    return Claim(id=record.id, status="draft", claimant="", statement={}, scope=Scope(), citations=())


def _cited(
    change: Change, old: Reviewed, new: Reviewed, excerpts: tuple[Excerpt, ...], reader: Reader
) -> Iterator[CitedSource]:
    """Yield the sources that a changed part cites, or the part that it lies in."""
    sources = reader.look.readable.sources
    cited = _citations(change, old if change.kind == "removed" else new)
    for key in dict.fromkeys(citation.source for citation in cited):
        locators = dict.fromkeys(c.locator for c in cited if c.source == key and c.locator)
        source = sources.get(key)
        yield CitedSource(
            key=key,
            title=source_title(source) if source else key,
            locator="; ".join(locators),
            excerpts=tuple(excerpt.text for excerpt in excerpts if excerpt.source == key),
            is_held=source is not None,
        )


def _citations(change: Change, record: Reviewed) -> tuple[Citation, ...]:
    value = change.old if change.kind == "removed" else change.new
    inside = tuple(_inside(value))
    if inside:
        return inside
    found: tuple[Citation, ...] = ()
    at: Any = record
    for step in change.path:
        if isinstance(at, msgspec.Struct):
            found = getattr(at, "citations", ()) or found
        at = _below(at, step)
    return found


def _inside(value: Any) -> Iterator[Citation]:
    if isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, msgspec.Struct):
        yield from (part for part in parts(value) if isinstance(part, Citation))


def _below(at: Any, step: str | int) -> Any:
    """Return what lies one step below in a record, None where there is nothing."""
    if isinstance(at, msgspec.Struct):
        names = dict(zip(at.__struct_encode_fields__, at.__struct_fields__, strict=True))
        return getattr(at, names.get(str(step), ""), None)
    if isinstance(at, tuple):
        return at[step] if isinstance(step, int) and step < len(at) else None
    return at.get(step) if isinstance(at, dict) else None
