"""Looking into PDFs and plain texts. No library opens them: what is read here are signs in the bytes.

A PDF may hide what it holds in compressed parts, so that passing here is no promise: originals stay private,
and whoever opens one treats it as a file from a stranger.
"""

from __future__ import annotations

import re
from pathlib import Path

from heritage_registry.attachments.kinds import Limits, UnfitFile
from heritage_registry.attachments.look import Look

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Count\s+([0-9]{1,9})")
_LINEARISED = re.compile(rb"/Linearized\s.{0,200}?/N\s+([0-9]{1,9})", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}[A-Za-z#0-9]*")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z])")
_ANEW = "print it to a new PDF and send that"


def look_at_pdf(path: Path, limits: Limits) -> Look:
    """Return what the bytes of a PDF tell. Raises `UnfitFile`."""
    raw = path.read_bytes()
    if b"%%EOF" not in raw[-2_048:] or b"startxref" not in raw:
        raise UnfitFile(
            "this PDF breaks off before its end; look whether it was copied whole, and send it again"
        )
    plain = _NAME.sub(lambda name: _ESCAPED.sub(lambda e: bytes([int(e[1], 16)]), name[0]), raw)
    active = _ACTIVE.search(plain)
    if active:
        what = f"this PDF holds something that runs or opens with it ({active[1].decode()})"
        raise UnfitFile(f"{what}; {_ANEW}, or pictures of its pages")
    numbers = [int(n) for n in (*_COUNT.findall(plain), *_LINEARISED.findall(plain))]
    pages = max(numbers, default=0) or len(_PAGE.findall(plain))
    if pages > limits.pages:
        message = f"this PDF says it has {pages:,} pages, more than the {limits.pages:,} that are taken"
        raise UnfitFile(f"{message}; send the pages that matter as a PDF of their own")
    remarks = ["a PDF is kept private; it is not shown to the public"]
    if _ENCRYPTED.search(plain):
        remarks.append("the PDF is protected; note how to open it where editors find it")
    return Look(pages=pages or None, remarks=tuple(remarks))


def look_at_text(path: Path) -> Look:
    """Return what is to be said of a plain text. Raises `UnfitFile`."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"line {line} of this text is not UTF-8; save it as UTF-8 and send it again"
        raise UnfitFile(message) from error
    hidden = re.search("[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        sign = f"U+{ord(hidden[0]):04X}"
        message = (
            f"line {line} of this text holds {sign}, which a reader cannot see; remove it and send it again"
        )
        raise UnfitFile(message)
    return Look(remarks=("a text is kept private; it is not shown to the public",))
