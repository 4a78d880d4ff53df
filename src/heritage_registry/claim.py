"""A claim: one statement about many sites at once, which never creates sites and is never added up."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from heritage_registry.form import Line, Part, Prose, Texts
from heritage_registry.parts import Citations, Correction, Edtf, Note, RecordId, Response, Review, Slug
from heritage_registry.site import Responsibility
from heritage_registry.vocabulary import constraint


class Quantity(Part, frozen=True):
    """A number as its source gives it: the words, and the figure where the words hold one."""

    as_stated: Line
    value: Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)] | None = None
    comparison: Annotated[str, constraint("comparison")] | None = None


class Scope(Part, frozen=True):
    """Which sites a claim speaks of. A part left out does not restrict.

    `places` are names as printed, matched against the places of the sites in any script.
    """

    types: tuple[Annotated[str, constraint("site_type")], ...] = ()
    communities: tuple[Slug, ...] = ()
    places: tuple[Line, ...] = ()
    period: Edtf | None = None
    as_stated: Line | None = None


class BreakdownRow(Part, frozen=True):
    """One row of the claim's own division, such as a district or a kind of outcome."""

    label: Line
    numerator: Quantity | None = None
    denominator: Quantity | None = None
    unit: Line | None = None


class ClaimRelation(Part, frozen=True):
    """How this claim stands to another one."""

    relation: Annotated[str, constraint("claim_relation")]
    claim: RecordId
    reason: Prose | None = None


class Claim(Part, frozen=True):
    """One record file of `sites/claims/`."""

    id: RecordId
    status: Annotated[str, constraint("status")]
    claimant: Line
    statement: Texts
    scope: Scope
    citations: Citations
    status_reason: Prose | None = None
    party: Slug | None = None
    according_to: Line | None = None
    date: Edtf | None = None
    numerator: Quantity | None = None
    denominator: Quantity | None = None
    unit: Line | None = None
    meaning: Texts | None = None
    breakdown: tuple[BreakdownRow, ...] = ()
    responsibility: tuple[Responsibility, ...] = ()
    relations: tuple[ClaimRelation, ...] = ()
    responses: tuple[Response, ...] = ()
    notes: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()
    reviews: tuple[Review, ...] = ()
