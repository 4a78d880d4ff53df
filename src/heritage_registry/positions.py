"""JSON text read with the line of every value: duplicate keys and what is no number are found here."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

import msgspec

from heritage_registry.errors import Field

MAX_DEPTH = 40
MAX_DIGITS = 40

_BLANK = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_NON_NUMBER = re.compile(r"-?(?:NaN|Infinity|nan|inf)")


class Positions(msgspec.Struct, frozen=True):
    """A JSON text as plain values. `lines` maps a field to the line it begins on, counted from 1.

    `problems` are (line, field, message); `readable` is false where they leave no value to look at.
    """

    value: Any
    lines: dict[Field, int]
    problems: tuple[tuple[int, Field, str], ...]
    readable: bool

    def line(self, field: Field) -> int:
        """Return the line of a field, or of the nearest part around it that the text holds."""
        while field not in self.lines:
            if not field:
                return 0
            field = field[:-1]
        return self.lines[field]


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[Field, int] = {}
        self.problems: list[tuple[int, Field, str]] = []
        self._line_starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def line_at(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset)

    def skip(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, field: Field) -> tuple[Any, int]:
        """Read the value at an offset; return it with the offset behind it."""
        at = self.skip(at)
        self.lines.setdefault(field, self.line_at(at))
        if len(field) > MAX_DEPTH:
            raise _Unreadable(at, f"is nested more than {MAX_DEPTH} levels deep")
        head = self.text[at : at + 1]
        if head == "{":
            return self.mapping(at, field)
        if head == "[":
            return self.sequence(at, field)
        if head == '"':
            return self.string(at)
        return self.scalar(at, field)

    def scalar(self, at: int, field: Field) -> tuple[Any, int]:
        for word, value in _WORDS.items():
            if self.text.startswith(word, at):
                return value, at + len(word)
        if match := _NON_NUMBER.match(self.text, at):
            message = f"{match.group()} is not a number; leave the field out"
            self.problems.append((self.line_at(at), field, message))
            return None, match.end()
        if match := _NUMBER.match(self.text, at):
            if len(match.group()) > MAX_DIGITS:
                message = f"has a number of {len(match.group())} digits; write at most {MAX_DIGITS}"
                self.problems.append((self.line_at(at), field, message))
                return None, match.end()
            return json.loads(match.group()), match.end()
        self.refuse_merge_marks(at)
        found = self.text[at : at + 20].split("\n")[0]
        raise _Unreadable(
            at, f"is not JSON here: found {found!r}" if found else "ends before the JSON is complete"
        )

    def refuse_merge_marks(self, at: int) -> None:
        if self.text.startswith(_MERGE_MARKS, at):
            raise _Unreadable(
                at, "holds the marks of an unfinished merge; keep one side and remove the marks"
            )

    def string(self, at: int) -> tuple[str, int]:
        match = _STRING.match(self.text, at)
        if not match:
            raise _Unreadable(
                at, "has a text without its closing quotation mark, or with a raw line break or tab in it"
            )
        return json.loads(match.group()), match.end()

    def sequence(self, at: int, field: Field) -> tuple[list[Any], int]:
        items: list[Any] = []
        at = self.skip(at + 1)
        if self.text.startswith("]", at):
            return items, at + 1
        while True:
            item, at = self.value(at, (*field, len(items)))
            items.append(item)
            at = self.skip(at)
            if self.text.startswith("]", at):
                return items, at + 1
            at = self.expect(",", at, "a comma or ']'")

    def mapping(self, at: int, field: Field) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        at = self.skip(at + 1)
        if self.text.startswith("}", at):
            return members, at + 1
        while True:
            at = self.skip(at)
            if not self.text.startswith('"', at):
                self.refuse_merge_marks(at)
                raise _Unreadable(
                    at, "needs a key in quotation marks here (is there a comma too many before it?)"
                )
            key_at = at
            key, at = self.string(at)
            if key in members:
                message = f"has the key {key!r} twice; keep one of them"
                self.problems.append((self.line_at(key_at), field, message))
            at = self.expect(":", self.skip(at), "a colon")
            members[key], at = self.value(at, (*field, key))
            at = self.skip(at)
            if self.text.startswith("}", at):
                return members, at + 1
            at = self.expect(",", at, "a comma or '}'")

    def expect(self, mark: str, at: int, words: str) -> int:
        if not self.text.startswith(mark, at):
            self.refuse_merge_marks(at)
            raise _Unreadable(at, f"is not JSON here: expected {words}")
        return at + 1

    def finish(self, at: int) -> None:
        rest = self.skip(at)
        if rest != len(self.text):
            raise _Unreadable(rest, "goes on after the end of the record")


def read_positions(text: str) -> Positions:
    """Read a JSON text with the lines of its values; a text that is no JSON gives a problem and no value."""
    reader = _Reader(text)
    try:
        value, end = reader.value(0, ())
        reader.finish(end)
    except _Unreadable as error:
        problem: tuple[int, Field, str] = (reader.line_at(error.at), (), str(error))
        return Positions(None, reader.lines, (*reader.problems, problem), readable=False)
    return Positions(value, reader.lines, tuple(reader.problems), readable=True)
