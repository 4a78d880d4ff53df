"""A site: one place, and everything that sources say of it, as an RFC 7946 Feature.

Field tables with meanings are in docs/record.md. Every statement is somebody's: it cites at least one source,
and `according_to` names the speaker where that is not the source itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from heritage_registry.form import LanguageTag, Line, Part, Prose, Texts
from heritage_registry.parts import (
    Citation,
    Citations,
    Correction,
    Edtf,
    Geometry,
    Identifier,
    Metres,
    Note,
    RecordId,
    Response,
    Review,
    Sha256,
    Slug,
    SourceKey,
)
from heritage_registry.vocabulary import constraint

ReportId = Annotated[
    str, Meta(pattern=r"\Ar[1-9][0-9]{0,3}\Z", extra={"expected": "write r and a number, such as r1"})
]
"""Unique inside its site and never used again."""


class Name(Part, frozen=True):
    """A name as somebody writes it. Who uses it is `used_by`: no name is the main one."""

    text: Line
    language: LanguageTag
    citations: Citations
    kind: Annotated[str, constraint("name_kind")] = "name"
    used_by: Slug | None = None
    period: Edtf | None = None
    authority: Line | None = None


class SiteType(Part, frozen=True):
    """What kind of place it is or was; a mosque that became a museum has two."""

    type: Annotated[str, constraint("site_type")]
    citations: Citations
    period: Edtf | None = None
    as_stated: Line | None = None


class Attribution(Part, frozen=True):
    """Whose heritage somebody says it is, or says it is not."""

    community: Slug
    stance: Annotated[str, constraint("attribution_stance")]
    citations: Citations
    role: Annotated[str, constraint("attribution_role")] | None = None
    according_to: Line | None = None
    period: Edtf | None = None
    as_stated: Line | None = None


class Location(Part, frozen=True):
    """Where somebody says it is: a shape, a description as printed, or both.

    `uncertainty_m` is the radius within which the place of the shape holds; `of` says what the shape shows,
    which is often the settlement and not the monument.
    """

    of: Annotated[str, constraint("location_of")]
    method: Annotated[str, constraint("location_method")]
    standing: Annotated[str, constraint("location_standing")]
    citations: Citations
    geometry: Geometry | None = None
    uncertainty_m: Metres | None = None
    stated: Prose | None = None
    reason: Prose | None = None
    according_to: Line | None = None
    identifiers: tuple[Identifier, ...] = ()


class PlaceName(Part, frozen=True):
    """A name of a settlement, district or other place the site lies in."""

    text: Line
    language: LanguageTag


class Place(Part, frozen=True):
    """A settlement or unit the site is said to lie in. A unit is a claim of a state at a time, not a fact."""

    level: Annotated[str, constraint("place_level")]
    names: Annotated[tuple[PlaceName, ...], Meta(min_length=1)]
    citations: Citations
    stated: Line | None = None
    according_to: Line | None = None
    period: Edtf | None = None


class Event(Part, frozen=True):
    """Something in the site's history other than damage: built, restored, converted, renamed …"""

    event: Annotated[str, constraint("event")]
    citations: Citations
    date: Edtf | None = None
    as_stated: Prose | None = None
    summary: Texts | None = None
    according_to: Line | None = None
    responses: tuple[Response, ...] = ()


class Image(Part, frozen=True):
    """An image an observation rests on."""

    acquired: Edtf | None = None
    sensor: Line | None = None
    identifier: Line | None = None


MediaType = Literal[
    "image/jpeg", "image/png", "image/webp", "image/tiff", "application/pdf", "text/plain"
]  # fmt: skip
"""What a file of evidence may be; `attachments` tells it from the bytes."""
CopyType = Literal["image/jpeg", "image/png"]
"""What a public copy is written as."""


class PublicCopy(Part, frozen=True):
    """The copy of a picture that everybody may see: its pixels written anew and nothing else of the file."""

    sha256: Sha256
    media_type: CopyType
    bytes: Annotated[int, Meta(ge=1)]
    width: Annotated[int, Meta(ge=1)]
    height: Annotated[int, Meta(ge=1)]


class EvidenceFile(Part, frozen=True):
    """A picture or document somebody handed in. Digest, media type and size are those of the original.

    The original lies in the private folder and is never published. `public` says that an editor decided to
    show the picture, `public_copy` what is shown. `by` is a role ("visitor", "monitor"), never a name.
    """

    name: Line
    sha256: Sha256
    media_type: MediaType
    bytes: Annotated[int, Meta(ge=1)]
    public: bool = False
    public_copy: PublicCopy | None = None
    taken: Edtf | None = None
    by: Line | None = None
    caption: Texts | None = None
    licence: Line | None = None


class Evidence(Part, frozen=True):
    """What an observation rests on, as far as its source says."""

    type: Annotated[str, constraint("evidence_type")]
    images: tuple[Image, ...] = ()
    files: tuple[EvidenceFile, ...] = ()


class Threat(Part, frozen=True):
    """Harm that is said to be coming, which is not harm seen."""

    likelihood: Annotated[str, constraint("threat_likelihood")]
    cause: Annotated[str, constraint("cause")] | None = None
    summary: Texts | None = None


class Responsibility(Part, frozen=True):
    """Whom somebody holds responsible. Never inferred from who controlled the place."""

    kind: Annotated[str, constraint("responsibility_kind")]
    as_stated: Prose
    according_to: Line
    citations: Citations
    party: Slug | None = None


class Report(Part, frozen=True):
    """What somebody says was seen of the site's condition, and when it was seen.

    `observed` is when the state described was seen; for a comparison of images it runs from the last image
    before to the first image after. `condition` is our grade, `as_stated` the source's own word.
    """

    id: ReportId
    condition: Annotated[str, constraint("condition")]
    evidence: Evidence
    citations: Citations
    observed: Edtf | None = None
    published: Edtf | None = None
    date_as_stated: Line | None = None
    part: Line | None = None
    as_stated: Prose | None = None
    scheme: Line | None = None
    extent: Annotated[str, constraint("extent")] | None = None
    threats: tuple[Threat, ...] = ()
    causes: tuple[Annotated[str, constraint("cause")], ...] = ()
    effects: tuple[Annotated[str, constraint("effect")], ...] = ()
    interventions: tuple[Annotated[str, constraint("intervention")], ...] = ()
    certainty: Annotated[str, constraint("certainty")] = "not_stated"
    according_to: Line | None = None
    summary: Texts | None = None
    context: Texts | None = None
    responsibility: tuple[Responsibility, ...] = ()
    responses: tuple[Response, ...] = ()
    superseded_by: ReportId | None = None


class Protection(Part, frozen=True):
    """A listing in a register of any authority, recognised or not, named as such."""

    register: Prose
    citations: Citations
    reference: Line | None = None
    date: Edtf | None = None
    according_to: Line | None = None


class Fate(Part, frozen=True):
    """What somebody says became of a collection or object."""

    fate: Annotated[str, constraint("fate")]
    citations: Citations
    according_to: Line | None = None
    date: Edtf | None = None
    summary: Texts | None = None


class Collection(Part, frozen=True):
    """Movable heritage of the site: an archive, museum holdings, moved cross-stones."""

    what: Texts
    citations: Citations
    count: Annotated[int, Meta(ge=0)] | None = None
    unit: Line | None = None
    holder: Line | None = None
    fates: tuple[Fate, ...] = ()


class Relation(Part, frozen=True):
    """How this site stands to another one; read "this site <relation> that site". Never merges the two."""

    relation: Annotated[str, constraint("relation")]
    site: RecordId
    reason: Prose | None = None
    citations: tuple[Citation, ...] = ()


class Excerpt(Part, frozen=True):
    """At most 25 words of a source that speak of this site, so that a reader can find the passage."""

    source: SourceKey
    text: Prose


class Withdrawal(Part, frozen=True):
    """Why a record is no longer published, and which one takes its place."""

    date: Edtf
    reason: Prose
    superseded_by: RecordId | None = None


class SiteProperties(Part, frozen=True):
    """Everything said of a site."""

    status: Annotated[str, constraint("status")]
    names: Annotated[tuple[Name, ...], Meta(min_length=1)]
    types: Annotated[tuple[SiteType, ...], Meta(min_length=1)]
    status_reason: Prose | None = None
    sensitivity: Annotated[str, constraint("sensitivity")] = "open"
    sensitivity_reason: Prose | None = None
    content_notes: tuple[Annotated[str, constraint("content_note")], ...] = ()
    attributions: tuple[Attribution, ...] = ()
    locations: tuple[Location, ...] = ()
    places: tuple[Place, ...] = ()
    history: tuple[Event, ...] = ()
    reports: tuple[Report, ...] = ()
    protections: tuple[Protection, ...] = ()
    collections: tuple[Collection, ...] = ()
    relations: tuple[Relation, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    notes: tuple[Note, ...] = ()
    withdrawn: Withdrawal | None = None
    corrections: tuple[Correction, ...] = ()
    reviews: tuple[Review, ...] = ()


class Site(Part, frozen=True):
    """One record file of `sites/records/`: a GeoJSON Feature.

    `geometry` is the public form of the preferred location, in WGS 84, longitude first; null where none is
    known or none may be shown.
    """

    type: Literal["Feature"]
    id: RecordId
    geometry: Geometry | None
    properties: SiteProperties


def preferred_location(site: Site) -> Location | None:
    """Return the location that editors prefer among those with a shape, or None."""
    for location in site.properties.locations:
        if location.standing == "preferred" and location.geometry is not None:
            return location
    return None


def site_types(site: Site) -> tuple[str, ...]:
    """Return the types a site is said to have, each once, in the order of the record."""
    return tuple(dict.fromkeys(part.type for part in site.properties.types))


def asserted_communities(site: Site) -> tuple[str, ...]:
    """Return the communities that somebody connects a site with, each once, in the order of the record."""
    attributions = site.properties.attributions
    return tuple(dict.fromkeys(a.community for a in attributions if a.stance == "asserts"))
