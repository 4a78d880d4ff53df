"""A source: one CSL-JSON item, and what a registry of a conflict must know of who speaks in it."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, field

from heritage_registry.form import LanguageTag, Line, Part, Prose, Url
from heritage_registry.parts import Edtf, Note, Sha256, Slug, SourceKey
from heritage_registry.vocabulary import constraint

CslType = Literal[
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "chapter",
    "dataset", "document", "entry-encyclopedia", "graphic", "hearing", "interview", "legal_case",
    "legislation", "manuscript", "map", "motion_picture", "paper-conference", "personal_communication",
    "post", "post-weblog", "regulation", "report", "speech", "thesis", "treaty", "webpage",
]  # fmt: skip
"""Item types of CSL 1.0.2 that a source of a heritage registry may have."""

CSL_TYPES: tuple[str, ...] = get_args(CslType)

Doi = Annotated[
    str,
    Meta(
        pattern=r"\A10\.[0-9]{4,9}(?:\.[0-9]+)*/[!#-;=?-\[\]_a-z~]+\Z",
        extra={"expected": "write the DOI without address or prefix, such as 10.1000/182"},
    ),
]


class CslName(Part, frozen=True):
    """An author as CSL-JSON has it: family and given name, or a literal name of a body."""

    family: Line | None = None
    given: Line | None = None
    literal: Line | None = None


class ArchivedCopy(Part, frozen=True):
    """A kept copy of the source: where it is, when it was made, and the digest of its bytes."""

    url: Url
    captured: Edtf
    sha256: Sha256 | None = None


class Source(Part, frozen=True):
    """One record file of `sites/sources/`.

    Field names down to `note` are CSL-JSON's; `issued` and `accessed` hold EDTF text. `affiliation` and
    `party` describe the body that speaks, as far as the source itself or its publisher says; `unknown` is an
    answer.
    `derives_from` names the sources this one repeats: independence is judged at the origin.
    """

    id: SourceKey
    type: CslType
    kind: Annotated[str, constraint("source_kind")]
    affiliation: Annotated[str, constraint("affiliation")]
    party: Slug
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
    derives_from: tuple[SourceKey, ...] = ()
    read_at: Url | None = None
    version: Line | None = None
    access: Prose | None = None
    archived: tuple[ArchivedCopy, ...] = ()
    notes: tuple[Note, ...] = ()


def source_maker(source: Source) -> str:
    """Return who speaks in a source: its authors (of more than three the first), else who published it."""
    authors = [a.literal or " ".join(part for part in (a.given, a.family) if part) for a in source.author]
    shown = [authors[0], "…"] if len(authors) > 3 else authors
    return ", ".join(shown) or source.publisher or source.container_title or source_title(source)


def source_title(source: Source) -> str:
    """Return what a list names a source by."""
    return source.title or source.publisher or source.id
