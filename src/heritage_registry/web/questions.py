"""What a new record may be already: shown with the reasons, and decided by the writer."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from heritage_registry.duplicates import DuplicateIndex, candidate_of, likely_duplicates
from heritage_registry.likeness import Reason
from heritage_registry.pages.site_page import distance
from heritage_registry.references import Likeness
from heritage_registry.site import Name, Site
from heritage_registry.web.office import Reader


class Place(msgspec.Struct, frozen=True):
    """A site that may be the one somebody enters, with the reasons in words."""

    id: str
    name: Name
    reasons: tuple[str, ...]


class Held(msgspec.Struct, frozen=True):
    """A source that may be the one somebody enters, and what the two share."""

    id: str
    title: str
    shared: str


def same_place(site: Site, reader: Reader, index: DuplicateIndex) -> list[Place]:
    """Return the sites of which a writer should say whether one of them is meant."""
    found = [x for x in likely_duplicates(candidate_of(site), index) if x.is_warning]
    return [
        Place(x.site, reader.book.names[x.site], tuple(_in_words(reason, reader) for reason in x.reasons))
        for x in found
    ]


def _in_words(reason: Reason, reader: Reader) -> str:
    words = reader.book.words
    ours, theirs = reason.ours, reason.theirs
    if reason.kind in ("same_type", "related_type"):
        ours = words.label("site_type", ours) if ours else ours
        theirs = words.label("site_type", theirs) if theirs else theirs
    metres = distance(reason.metres, words) if reason.metres is not None else ""
    return words.say(f"reason.{reason.kind}", ours=ours, theirs=theirs, metres=metres)


def same_source_held(found: Iterable[Likeness], reader: Reader) -> list[Held]:
    """Return the sources of which a writer should say whether one of them is meant."""
    sources = reader.look.readable.sources
    return [
        Held(x.source, sources[x.source].title or x.source, reader.book.words.say(f"held.by_{x.shared}"))
        for x in list(found)[:5]
    ]
