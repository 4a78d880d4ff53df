"""A source as a citation file has it: what it is, and nothing yet of who speaks in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import field

from heritage_registry.errors import RegistryError
from heritage_registry.form import LanguageTag, Line, Part, Prose, Url
from heritage_registry.parts import Edtf, SourceKey
from heritage_registry.source import ArchivedCopy, CslName, CslType, Doi, Source


class UnreadableReferences(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """A citation file, or an address, from which no source at all can be read."""


class SourceDraft(Part, frozen=True):
    """The fields of a source that a citation can tell, under the names and in the order of `Source`.

    What kind of source it is, what body speaks and for which party no citation says: `completed` asks for it.
    """

    id: SourceKey
    type: CslType
    title: Line | None = None
    author: tuple[CslName, ...] = ()
    publisher: Line | None = None
    container_title: Line | None = field(default=None, name="container-title")
    issued: Edtf | None = None
    accessed: Edtf | None = None
    url: Url | None = field(default=None, name="URL")
    doi: Doi | None = field(default=None, name="DOI")
    language: LanguageTag | None = None
    note: Prose | None = None
    archived: tuple[ArchivedCopy, ...] = ()


def completed(draft: SourceDraft, kind: str, affiliation: str = "unknown", party: str = "unknown") -> Source:
    """Return the source of a draft, with what its writer says of the body that speaks."""
    fields: dict[str, Any] = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return Source(kind=kind, affiliation=affiliation, party=party, **fields)


_MAX_KEY = 56
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "de", "der", "des", "die", "du", "for", "from", "in", "la", "le", "of",
     "on", "or", "the", "to", "und", "with")
)  # fmt: skip
_LETTERS: Mapping[str, str] = {
    letters: latin
    for script in msgspec.json.decode(
        (files("heritage_registry") / "languages" / "folding.json").read_bytes()
    )["characters"].values()
    for letters, latin in script.items()
}
_LETTER = re.compile("|".join(map(re.escape, sorted(_LETTERS, key=len, reverse=True))))
_WAYBACK = re.compile(r"https?://web\.archive\.org/web/([0-9]{8})[0-9]{0,6}(?:[a-z]{2}_)?/(https?:/.+)")
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!#-;=?-\[\]_a-z~]+")
_DOI_ADDRESS = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)(?=10\.)", re.IGNORECASE)


def suggest_key(source: Source | SourceDraft, taken: Collection[str]) -> str:
    """Return a readable key nobody has yet: who speaks, the year, the first words of the title.

    Who speaks is the first author, else the publisher, the container or the host of the address.
    """
    year = re.search(r"[0-9]{4}", source.issued or "")
    pieces = _ascii_words(_speaker(source))[:3] + ([year.group()] if year else [])
    pieces += [word for word in _ascii_words(source.title or "") if word not in _SMALL_WORDS][:6]
    key = _joined(pieces) or "source"
    return next(name for name in _numbered(key) if name not in taken)


def _speaker(source: Source | SourceDraft) -> str:
    for name in source.author:
        if name.family or name.literal:
            return name.family or name.literal or ""
    if source.publisher or source.container_title:
        return source.publisher or source.container_title or ""
    host = _host(source.url) if source.url else None
    return (host or "").removeprefix("www.").partition(".")[0]


def _ascii_words(text: str) -> list[str]:
    """Return words in a-z and 0-9: Latin letters without their marks, other scripts letter by letter."""
    found: list[str] = []
    for word in text.split():
        plain = _without_marks(unicodedata.normalize("NFKD", word)).lower()
        found += re.findall("[0-9a-z]+", plain if plain.isascii() else _spelled(word))
    return found


def _spelled(word: str) -> str:
    lower = unicodedata.normalize("NFKD", word).lower()
    return _without_marks(_LETTER.sub(lambda found: _LETTERS[found.group()], lower))


def _without_marks(text: str) -> str:
    return "".join(sign for sign in text if not unicodedata.combining(sign))


def _joined(pieces: list[str]) -> str:
    key = ""
    for piece in pieces:
        longer = f"{key}-{piece}" if key else piece[:_MAX_KEY]
        if len(longer) > _MAX_KEY:
            break
        key = longer
    return key


def _numbered(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1


def find_doi(text: str) -> str | None:
    """Return the DOI that a text is, with or without an address or `doi:` before it, or None."""
    bare = _DOI_ADDRESS.sub("", text.strip(), count=1)
    if bare != text.strip():
        bare = unquote(bare)
    return bare if _DOI.fullmatch(bare) else None


def with_plain_scheme(url: str) -> str:
    """Return an address without blanks around it and with its scheme in small letters."""
    return re.sub(r"\Ahttps?:", lambda scheme: scheme.group().lower(), url.strip(), flags=re.IGNORECASE)


def fields_of_address(url: str) -> dict[str, Any]:
    """Return what an address alone tells: itself, its DOI, or when the Wayback Machine made the copy."""
    kept = _WAYBACK.fullmatch(url)
    if kept:
        day = kept.group(1)
        copy = ArchivedCopy(url=url, captured=f"{day[:4]}-{day[4:6]}-{day[6:]}")
        # Some servers make one slash of the two inside an address.
        return {"url": re.sub(r"^(https?):/+", r"\1://", kept.group(2)), "archived": (copy,)}
    doi = find_doi(url)
    return {"url": url, "doi": doi} if doi else {"url": url}


def source_from_address(url: str, taken: Collection[str] = ()) -> SourceDraft:
    """Return a draft from a bare address. Title and publisher stay empty: an address does not tell them.

    Raises `UnreadableReferences` for what is no address of a page.
    """
    fields = fields_of_address(with_plain_scheme(url))
    try:
        for address in (with_plain_scheme(url), fields["url"]):
            msgspec.convert(address, Url)
        draft = SourceDraft(id="source", type="webpage", **fields)
        host = urlsplit(draft.url or "").hostname
    except (msgspec.ValidationError, ValueError) as error:
        raise _no_address(url) from error
    if not host or "@" in urlsplit(draft.url or "").netloc:
        raise _no_address(url)
    return msgspec.structs.replace(draft, id=suggest_key(draft, taken))


def _no_address(url: str) -> UnreadableReferences:
    shown = url if len(url) <= 80 else url[:79] + "…"
    remedy = "copy it from the browser, with https:// or http:// before it and without a user name"
    return UnreadableReferences(f"{shown!r} is not the address of a page; {remedy}")


def _host(address: str) -> str | None:
    """Return the host of an address, or None where it has none that can be."""
    try:
        return urlsplit(address).hostname
    except ValueError:  # a bracket that no host has
        return None
