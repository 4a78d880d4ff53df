"""The form of a record on disk: typed fields in, canonical text out, and every mistake named with its line.

A record class is a frozen `msgspec.Struct`. Reading decodes and validates in one pass in C; only a file that
fails, or that is not in canonical form, is looked at again, slowly, to say everything that is wrong with it.
Canonical form: UTF-8, NFC, two blanks of indent, fields in the order of the class, defaults left out, a final
newline. A file in canonical form therefore cannot hold a key twice.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.mistakes import explain
from heritage_registry.positions import read_positions

MAX_RECORD_BYTES = 4_000_000
"""A record is text a person can read; a file beyond this is refused unread."""

#: Characters nobody sees or that turn the direction of the text around them. Zero-width (non-)joiners are
#: letters' companions in Persian and parts of emoji, so they pass between two characters outside ASCII.
_HIDDEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
    "|(?:^|[\u0000-\u007f])[\u200c\u200d]|[\u200c\u200d](?:$|[\u0000-\u007f\u200c\u200d])"
)
_ESCAPED_CONTROL = re.compile(rb"\\u00|\\[bfrt]")

Record = TypeVar("Record", bound=msgspec.Struct)


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every record and part of a record."""


Line = Annotated[
    str,
    Meta(
        pattern=r"\A\S(?:.*\S)?\Z",
        extra={"expected": "write one line of text that neither begins nor ends with a blank"},
    ),
]
Prose = Annotated[
    str,
    Meta(
        pattern=r"\A\S(?:[\s\S]*\S)?\Z",
        extra={"expected": "write text that neither begins nor ends with a blank"},
    ),
]
LanguageTag = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?\Z",
        extra={
            "expected": "write a BCP 47 tag such as hy, az, az-Cyrl, hy-Latn, or und where it is not known"
        },
    ),
]
Url = Annotated[
    str,
    Meta(
        pattern=r"\Ahttps?://[^\s<>\"{}|\\^`]+\Z",
        extra={"expected": "write an address that begins with https:// or http://"},
    ),
]
Texts = dict[LanguageTag, Prose]
"""The same text in several languages, keyed by BCP 47 tag."""


@cache
def _decoder(record_type: type[Record]) -> msgspec.json.Decoder[Record]:
    return msgspec.json.Decoder(record_type)


_encoder = msgspec.json.Encoder()


def encode(record: msgspec.Struct) -> bytes:
    """Return the canonical text of a record, as UTF-8 with a final newline."""
    return msgspec.json.format(_encoder.encode(record), indent=2) + b"\n"


def decode(raw: bytes, record_type: type[Record], file: str) -> Record:
    """Read one record from its text in canonical form.

    Raises `InvalidRecords` with every problem of the file, each with its line, field, value and remedy.
    """
    record = _decode_or_none(raw, record_type)
    if record is not None and encode(record) == raw and not _has_unfit_text(raw):
        return record
    raise InvalidRecords(find_problems(raw, record_type, file))


def decode_loosely(raw: bytes, record_type: type[Record], file: str) -> Record:
    """Read a record that may be spelled in any JSON layout, as `heritage format` and `heritage add` do.

    Text is normalised to NFC. Raises `InvalidRecords` for everything a new layout would not mend.
    """
    problems = [p for p in find_problems(raw, record_type, file) if p.message not in _MENDED_BY_FORMAT]
    if problems:
        raise InvalidRecords(problems)
    return _decoder(record_type).decode(unicodedata.normalize("NFC", raw.decode("utf-8-sig")))


NOT_CANONICAL = "not in canonical form; run 'heritage format'"
NOT_NFC = "holds letters that are not composed (Unicode NFC); run 'heritage format'"
_MENDED_BY_FORMAT = frozenset({NOT_CANONICAL, NOT_NFC})


def find_problems(raw: bytes, record_type: type[Record], file: str) -> list[Problem]:
    """Return everything that is wrong with the text of one record, in the order of its lines."""
    if len(raw) > MAX_RECORD_BYTES:
        return [Problem(file, 0, "", f"is {len(raw):,} bytes; a record has at most {MAX_RECORD_BYTES:,}")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return [Problem(file, line, "", f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8")]
    positions = read_positions(text.removeprefix("\ufeff"))
    problems = [Problem(file, line, field, message) for line, field, message in positions.problems]
    if positions.readable:
        value = positions.value
        problems += [
            Problem(file, positions.line(field), ".".join(map(str, field)), message)
            for field, message in [*explain(value, record_type), *_unfit_texts(value, ())]
        ]
    if not problems and encode(_decoder(record_type).decode(text.removeprefix("\ufeff"))) != raw:
        problems = [Problem(file, 0, "", NOT_CANONICAL)]
    return sorted(problems)


def _decode_or_none(raw: bytes, record_type: type[Record]) -> Record | None:
    if len(raw) > MAX_RECORD_BYTES:
        return None
    try:
        return _decoder(record_type).decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _has_unfit_text(raw: bytes) -> bool:
    """Tell whether a canonical text needs the slow look: it holds hidden, control or uncomposed characters."""
    if _ESCAPED_CONTROL.search(raw):
        return True
    if raw.isascii():
        return False
    text = raw.decode("utf-8")
    return not unicodedata.is_normalized("NFC", text) or _HIDDEN.search(text) is not None


def _unfit_texts(value: Any, field: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the problems of every text below `value` that a reader could not see: (field, message)."""
    if isinstance(value, str):
        return [(field, message) for message in unfit_text(value)]
    if isinstance(value, dict):
        found = [problem for key, item in value.items() for problem in _unfit_texts(item, (*field, key))]
        return found + [(field, message) for key in value for message in unfit_text(key)]
    if isinstance(value, list):
        return [problem for n, item in enumerate(value) for problem in _unfit_texts(item, (*field, n))]
    return []


def unfit_text(text: str) -> list[str]:
    """Say what a text holds that a reader cannot see: hidden, control or direction-changing characters."""
    messages = [NOT_NFC] if not unicodedata.is_normalized("NFC", text) else []
    hidden = _HIDDEN.search(text)
    if hidden:
        character = next(c for c in hidden.group() if c not in map(chr, range(0x20, 0x7F)))
        name = unicodedata.name(character, "control character")
        messages.append(
            f"holds U+{ord(character):04X} ({name.lower()}) at letter {text.index(character) + 1}, which a reader "
            "cannot see; remove it"
        )
    return messages
