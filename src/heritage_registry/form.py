"""The form of a record on disk: typed fields in, canonical text out, and every mistake named with its line.

A record class is a frozen `msgspec.Struct`. Reading decodes and validates in one pass in C; only a file that
fails, or that is not in canonical form, is looked at again, slowly, to say everything that is wrong with it.
Canonical form: UTF-8, NFC, two blanks of indent, fields in the order of the class, defaults left out, a final
newline. A file in canonical form therefore cannot hold a key twice.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8
from functools import cache
from itertools import zip_longest
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from heritage_registry.defaults import spelled_defaults, without_defaults
from heritage_registry.errors import Field, InvalidRecords, Problem, dotted
from heritage_registry.mistakes import explain
from heritage_registry.positions import read_positions

MAX_RECORD_BYTES = 4_000_000
"""A record is text a person can read; a file beyond this is refused unread."""

#: Characters nobody sees or that turn the direction of the text around them.
_UNSEEN = (
    "\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
)
#: Zero-width (non-)joiners are letters' companions in Persian and parts of emoji, so they pass between two
#: characters outside ASCII.
_HIDDEN = re.compile(
    f"[{_UNSEEN}]|(?:^|[\u0000-\u007f])[\u200c\u200d]|[\u200c\u200d](?:$|[\u0000-\u007f\u200c\u200d])"
)
#: The unseen characters that Python counts as printable; the others are found faster by `str.isprintable`.
_PRINTABLE_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_ASCII = bytes(range(128))
#: Also true of an escaped backslash before one of these letters, which the slow look then passes.
_ESCAPED_CONTROL = re.compile(rb"\\u00|\\[bfrt]")

Record = TypeVar("Record", bound=msgspec.Struct)


class Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """Base of every record and part of a record: trees, which the collector has nothing to find in."""


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
Texts = Annotated[dict[LanguageTag, Prose], Meta(min_length=1)]
"""The same text in several languages, keyed by BCP 47 tag."""


def in_language(texts: Texts, *languages: str) -> tuple[str, str]:
    """Return tag and text in the first of some languages that a text is given in, else in its own first."""
    return next((tag, texts[tag]) for tag in (*languages, *texts) if tag in texts)


@cache
def _cached_decoder(record_type: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(record_type)


def _decoder(record_type: type[Record]) -> msgspec.json.Decoder[Record]:
    return _cached_decoder(record_type)


_encoder = msgspec.json.Encoder()


def encode(record: msgspec.Struct) -> bytes:
    """Return the canonical text of a record, as UTF-8 with a final newline."""
    compact = _encoder.encode(record)
    if any(spelled in compact for spelled in spelled_defaults(type(record))):
        compact = _encoder.encode(without_defaults(record))
    return msgspec.json.format(compact, indent=2) + b"\n"


def decode(raw: bytes, record_type: type[Record], file: str) -> Record:
    """Read one record from its text in canonical form.

    Raises `InvalidRecords` with every problem of the file, each with its line, field, value and remedy.
    """
    record = _decode_or_none(raw, record_type)
    if record is not None and encode(record) == raw and not _needs_a_look(raw):
        return record
    problems = find_problems(raw, record_type, file)
    if record is None or problems:
        raise InvalidRecords(problems)
    return record


def decode_loosely(raw: bytes, record_type: type[Record], file: str) -> Record:
    """Read a record that may be spelled in any JSON layout, as `heritage format` and `heritage add` do.

    Text is normalised to NFC. Raises `InvalidRecords` for everything a new layout would not mend.
    """
    problems = [p for p in find_problems(raw, record_type, file) if p.message not in _MENDED_BY_FORMAT]
    if problems:
        raise InvalidRecords(problems)
    decoder = _decoder(record_type)
    # Normalised after encoding, because letters and accents may be written as escapes before.
    return decoder.decode(unicodedata.normalize("NFC", encode(decoder.decode(_body(raw))).decode()))


NOT_CANONICAL = "is not in canonical form from here on; run 'heritage format'"
NOT_NFC = "holds letters that are not composed (Unicode NFC); run 'heritage format'"
BYTE_ORDER_MARK = "begins with a byte order mark, which is no part of the text; run 'heritage format'"
_MENDED_BY_FORMAT = frozenset({NOT_CANONICAL, NOT_NFC, BYTE_ORDER_MARK})


def find_problems(raw: bytes, record_type: type[msgspec.Struct], file: str) -> list[Problem]:
    """Return everything that is wrong with the text of one record, in the order of its lines."""
    if len(raw) > MAX_RECORD_BYTES:
        return [Problem(file, 0, "", f"is larger than the {MAX_RECORD_BYTES:,} bytes a record may have")]
    try:
        text = _body(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"{error.object[error.start]:#04x}"
        return [Problem(file, line, "", f"byte {found} is not UTF-8; save the file as UTF-8")]
    problems = [Problem(file, 1, "", BYTE_ORDER_MARK)] if len(text.encode()) != len(raw) else []
    positions = read_positions(text)
    mistakes = [(field, message) for _, field, message in positions.problems]
    problems += [Problem(file, line, dotted(field), message) for line, field, message in positions.problems]
    if positions.readable:
        told = {field for field, _ in mistakes}
        found_later = [*explain(positions.value, record_type), *_unfit_texts(positions.value, ())]
        problems += [
            Problem(file, positions.line(field), dotted(field), message)
            for field, message in found_later
            if field not in told
        ]
    return sorted(problems or _layout_problems(raw, record_type, file))


def _layout_problems(raw: bytes, record_type: type[msgspec.Struct], file: str) -> list[Problem]:
    """Compare a text that holds a record with the record's canonical text."""
    try:
        canonical = encode(_decoder(record_type).decode(raw))
    except msgspec.DecodeError as error:
        # A limit of the decoder that no field tells of, such as a number beyond 64 bits.
        return [Problem(file, 0, "", f"cannot be read: {error}")]
    if canonical == raw:
        return []
    pairs = zip_longest(raw.split(b"\n"), canonical.split(b"\n"))
    line = next(n for n, (found, expected) in enumerate(pairs, start=1) if found != expected)
    return [Problem(file, line, "", NOT_CANONICAL)]


def _body(raw: bytes) -> bytes:
    return raw.removeprefix(BOM_UTF8)


def _decode_or_none(raw: bytes, record_type: type[Record]) -> Record | None:
    if len(raw) > MAX_RECORD_BYTES:
        return None
    try:
        return _decoder(record_type).decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _needs_a_look(raw: bytes) -> bool:
    """Tell whether a canonical text may hold hidden, control or uncomposed characters."""
    if b"\x7f" in raw or (b"\\" in raw and _ESCAPED_CONTROL.search(raw)):
        return True
    if raw.isascii():
        return False
    beyond_ascii = raw.translate(None, _ASCII).decode("utf-8")
    if not beyond_ascii.isprintable() or any(character in beyond_ascii for character in _PRINTABLE_UNSEEN):
        return True
    # An accent is composed with the letter before it, which may be an ASCII one.
    return not unicodedata.is_normalized("NFC", raw.decode("utf-8"))


def _unfit_texts(value: Any, field: Field) -> list[tuple[Field, str]]:
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
        at, character = next((n, c) for n, c in enumerate(hidden.group()) if not "\x20" <= c <= "\x7e")
        name = unicodedata.name(character, "control character").lower()
        place = hidden.start() + at + 1
        what = f"U+{ord(character):04X} ({name}) at character {place}"
        messages.append(f"holds {what}, which a reader cannot see; remove it")
    return messages
