"""Parts that records of every kind are made of: citations, texts, places on the globe, responses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from heritage_registry.dates import EDTF_PATTERN
from heritage_registry.form import Line, Part, Prose, Texts
from heritage_registry.vocabulary import constraint

RecordId = Annotated[
    str,
    Meta(
        pattern=r"\A[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{7}\Z",
        extra={
            "expected": "write 8 letters or digits of Crockford's base 32 in lower case, the first a letter"
        },
    ),
]
"""Says nothing of the place, so that it need never change: 8 random signs, the file's name."""

SourceKey = Annotated[
    str,
    Meta(
        pattern=r"\A(?=.{1,80}\Z)[a-z0-9]+(?:-[a-z0-9]+)*\Z",
        extra={"expected": "write lower-case letters, digits and single hyphens, at most 80"},
    ),
]
Slug = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z][a-z0-9_]*\Z",
        extra={"expected": "write an id in lower-case letters, digits and underscores"},
    ),
]
Edtf = Annotated[
    str,
    Meta(
        pattern=EDTF_PATTERN,
        extra={"edtf": True, "expected": "write a date in EDTF such as 1994, 2020-11-05, 199X, 1992/.."},
    ),
]
Sha256 = Annotated[
    str, Meta(pattern=r"\A[0-9a-f]{64}\Z", extra={"expected": "write 64 hexadecimal digits in lower case"})
]
Metres = Annotated[int, Meta(ge=1, le=1_000_000)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Position = tuple[Longitude, Latitude]
"""WGS 84, longitude first, as RFC 7946 has it."""


class Point(Part, frozen=True, tag_field="type", tag="Point"):
    """A GeoJSON point."""

    coordinates: Position


class LineString(Part, frozen=True, tag_field="type", tag="LineString"):
    """A GeoJSON line, such as a wall or a bridge."""

    coordinates: Annotated[tuple[Position, ...], Meta(min_length=2)]


class Polygon(Part, frozen=True, tag_field="type", tag="Polygon"):
    """A GeoJSON polygon: an outer ring and its holes, each closed."""

    coordinates: Annotated[
        tuple[Annotated[tuple[Position, ...], Meta(min_length=4)], ...], Meta(min_length=1)
    ]


Geometry = Point | LineString | Polygon


class Citation(Part, frozen=True):
    """Where a statement rests: a source of the registry and the place in it."""

    source: SourceKey
    locator: Line | None = None


Citations = Annotated[
    tuple[Citation, ...],
    Meta(min_length=1, extra={"expected": 'cite at least one source: [{"source": "its-key"}]'}),
]


class Identifier(Part, frozen=True):
    """The same place in another list: a state register, a gazetteer, a monitoring programme."""

    scheme: Line
    value: Line
    match: Annotated[str, constraint("identifier_match")] | None = None
    citations: tuple[Citation, ...] = ()


class Response(Part, frozen=True):
    """What somebody answers to a statement, and to which element of it. Silence is not agreement."""

    according_to: Line
    stance: Annotated[str, constraint("response_stance")]
    element: Annotated[str, constraint("response_element")]
    scope: Annotated[str, constraint("response_scope")]
    summary: Texts
    citations: Citations
    date: Edtf | None = None
    party: Slug | None = None
    relayed: bool = False


class Note(Part, frozen=True):
    """A remark: a fact that fits no other field, with its source, or an editor's warning, without."""

    text: Texts
    citations: tuple[Citation, ...] = ()


class Review(Part, frozen=True):
    """One act in the log of a record's reviews: who did what, when. The log is never public.

    `content` is the digest of the text that was written or judged, `base` of the published text that a change
    was begun on. `by` is a pseudonym.
    """

    act: Annotated[str, constraint("review_act")]
    by: Line
    date: Edtf
    organisation: Line | None = None
    reason: Prose | None = None
    content: Sha256 | None = None
    base: Sha256 | None = None


class Correction(Part, frozen=True):
    """What a reader asked us to correct and what we answered, both in our own words."""

    received: Edtf
    asks: Texts
    outcome: Annotated[str, constraint("correction_outcome")]
    answer: Texts
    answered: Edtf
    about: Line | None = None
