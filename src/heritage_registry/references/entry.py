"""One entry of a citation file: the draft that was read, and what is wrong with it."""

from __future__ import annotations

import msgspec

from heritage_registry.references.draft import SourceDraft


class Entry(msgspec.Struct, frozen=True):
    """`number` counts entries from 1, `line` lines from 1 where the form has lines that tell.

    `draft` is None where nothing could be kept. A problem names the field and what was done about it.
    """

    number: int
    line: int | None
    draft: SourceDraft | None
    problems: tuple[str, ...]

    @property
    def messages(self) -> tuple[str, ...]:
        """The problems, each with the place of the entry in its file."""
        place = f"entry {self.number}" + (f" (line {self.line})" if self.line else "")
        return tuple(f"{place}: {problem}" for problem in self.problems)
