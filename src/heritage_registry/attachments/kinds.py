"""What a file is, told from its bytes, and why one is not taken and what to send instead, in plain words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from heritage_registry.errors import RegistryError
from heritage_registry.form import unfit_text


class UnfitFile(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """A file that is not taken as evidence; the message says why and what to send instead."""


class Limits(msgspec.Struct, frozen=True):
    """How much a file may ask for. `side` is its width or height, `copy_side` that of a public copy."""

    bytes: int = 50_000_000
    pixels: int = 50_000_000
    side: int = 30_000
    pages: int = 1_000
    seconds: float = 30
    memory: int = 1_500_000_000
    copy_side: int = 4_096


EXTENSIONS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
"""Every media type that is taken, and how its files end."""

TAKEN = "JPEG, PNG, WebP, TIFF, PDF and plain text are taken"

HEAD = 65_536
"""Bytes of the beginning and of the end that are looked at for what else a file is."""

_AS_JPEG = "export it as JPEG and send that, and keep the original"
_AS_PDF = "export it as PDF and send that"
_UNPACKED = "unpack it and send the files in it one by one"
_STILLS = "send single frames as JPEG, and add the video itself as a source with its address"

_TYPES = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"II\*\0(?!.{4}CR)|MM\0\*", re.DOTALL), "image/tiff"),
    (re.compile(rb"%PDF-[12]\.[0-9]"), "application/pdf"),
)
_REFUSED: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(beginning, re.DOTALL), what, instead)
    for beginning, what, instead in (
        (rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", "a HEIC picture", _AS_JPEG),
        (rb".{4}ftypavi[fs]", "an AVIF picture", _AS_JPEG),
        (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", "a video or sound", _STILLS),
        (rb"ID3[\x02-\x04]|OggS\0|fLaC\0|RIFF.{4}WAVE", "a sound", "send what is said as plain text"),
        (rb"GIF8[79]a|BM.{4}\0\0\0\0", "a GIF or BMP picture", "save it as PNG and send that"),
        (rb"II\*\0.{4}CR|II\+\0|MM\0\+", "a raw or very large TIFF picture", _AS_JPEG),
        (rb"8BPS\0|\0\0\0\x0cjP  ", "a picture of a kind that few programs read", _AS_JPEG),
        (rb"PK\x03\x04|PK\x05\x06", "a ZIP archive or an office document", f"{_UNPACKED}, or {_AS_PDF}"),
        (rb"\x1f\x8b|Rar!\x1a|7z\xbc\xaf|BZh[1-9]1AY|\xfd7zXZ|.{257}ustar", "an archive", _UNPACKED),
        (rb"\xd0\xcf\x11\xe0|\{\\rtf", "an office document", _AS_PDF),
        (rb"MZ.{0,64}\0|\x7fELF|\xca\xfe\xba\xbe|#!/", "a program", "send pictures or documents only"),
        (rb"%!PS", "a PostScript document", _AS_PDF),
        (rb"\xff\xfe|\xfe\xff", "a text in UTF-16", "save it as UTF-8 and send that"),
    )
)
_MARKUP = re.compile(rb"<(?:script[\s>/]|html[\s>]|!doctype\s|svg[\s>]|iframe[\s>]|\?php)", re.IGNORECASE)
_PAGE = "save the page as PDF or make a picture of the screen, and send that"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_END_OF_ZIP = b"PK\x05\x06"


def media_type(head: bytes) -> str:
    """Return the type that the first bytes of a file say. Raises `UnfitFile` for one that is not taken."""
    if not head:
        raise UnfitFile("the file is empty; look whether it was copied whole, and send it again")
    for beginning, found in _TYPES:
        if beginning.match(head):
            return found
    for beginning, what, instead in _REFUSED:
        if beginning.match(head):
            raise UnfitFile(f"this is {what}, which is not taken; {instead}")
    beginning_of_text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning_of_text.startswith(b"<?xml") or _MARKUP.match(beginning_of_text):
        raise UnfitFile(f"this is a web page or drawing that can run a script, which is not taken; {_PAGE}")
    if _CONTROL.search(head):
        raise UnfitFile(f"this is a file of an unknown kind; {TAKEN}")
    return "text/plain"


def refuse_second_nature(found: str, head: bytes, tail: bytes) -> None:
    """Raise `UnfitFile` for a file that another program would take for something else than `found`."""
    again = "open it in a picture program, save it anew and send that"
    if found == "application/pdf":
        again = "print it to a new PDF and send that"
    if _MARKUP.search(head) and found != "application/pdf":
        what = "text" if found == "text/plain" else "picture"
        raise UnfitFile(
            f"this {what} holds parts of a web page or script; {_PAGE if what == 'text' else again}"
        )
    if found != "application/pdf" and b"%PDF-" in head[:1024]:
        raise UnfitFile(f"this file is a PDF besides what it begins as; {again}")
    at = tail.rfind(_END_OF_ZIP)
    if (
        at >= 0
        and len(tail) - at >= 22
        and len(tail) - at - 22 == int.from_bytes(tail[at + 20 : at + 22], "little")
    ):
        raise UnfitFile(f"this file is a ZIP archive besides what it begins as; {again}")


_UNFIT_IN_NAMES = re.compile(r"[<>:\"/\\|?*%&#;'`$!{}\[\]\x00-\x1f\x7f]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_MAX_NAME = 80


def safe_name(declared: str, media_type: str) -> str:
    """Return a name to show for a file: no folder, no hidden sign, the ending of what it is.

    It is only ever shown: where a file lies follows from its digest.
    """
    base = PurePosixPath(declared.replace("\\", "/")).name[:1_000]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}\Z", "", unicodedata.normalize("NFC", base))
    stem = _UNFIT_IN_NAMES.sub("_", "".join(c for c in stem if not unfit_text(c) and c.isprintable()))
    stem = " ".join(stem.split()).strip("._ -")[:_MAX_NAME].rstrip("._ -")
    stem = unicodedata.normalize("NFC", stem)
    if not stem or _RESERVED.fullmatch(stem) or unfit_text(stem):
        stem = "file"
    return stem + EXTENSIONS[media_type]
