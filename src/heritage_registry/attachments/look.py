"""What the process that looks at a file of evidence answers the one that asked."""

from __future__ import annotations

import msgspec

from heritage_registry.site import CopyType


class Look(msgspec.Struct, frozen=True, tag=True):
    """What a file tells of itself.

    `taken` and `position` are proposals to the writer, who knows whether they are true. `taken` is EDTF, as
    the camera's clock had it. `position` is (longitude, latitude) in WGS 84 of where the camera stood, which
    is not where the site is. `pages` is None where it cannot be told.
    """

    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken: str | None = None
    position: tuple[float, float] | None = None
    can_be_public: bool = False
    remarks: tuple[str, ...] = ()


class Copy(msgspec.Struct, frozen=True, tag=True):
    """A public copy that was written: its type and size in pixels."""

    media_type: CopyType
    width: int
    height: int


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """Why a file is not taken."""

    message: str


Answer = Look | Copy | Refusal
