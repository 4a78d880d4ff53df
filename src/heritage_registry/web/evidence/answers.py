"""What is said of files of evidence, as it is typed and as a report has it, for forms and templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from heritage_registry.dates import InvalidDate
from heritage_registry.phrases import read_phrase
from heritage_registry.web.evidence.handed_in import HandedIn, Refused, Waiting
from heritage_registry.web.forms.data import tidy

Answers = Mapping[str, str]
Where = tuple[str, str]
"""A site and a report."""

_ANSWER = re.compile(r"_file\.([0-9a-f]{64})\.(here|taken|by|licence|public|caption\.[A-Za-z-]{2,20})")
_LONGEST_DATE = 200
_LONGEST = 5_000


def answers_of(pairs: list[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return what is said of each file, by its digest."""
    found: dict[str, dict[str, str]] = {}
    for name, value in pairs:
        match = _ANSWER.fullmatch(name)
        if match:
            told = found.setdefault(match[1], {})
            if match[2] != "here" and value.strip():
                told[match[2]] = value.replace("\r\n", "\n")[:_LONGEST]
    return found


def said(answers: Answers, language: str) -> tuple[dict[str, Any], dict[str, tuple[str, Answers]]]:
    """Return what answers say of a file as its part of the report has it, and what is wrong with them.

    A fault is a key of the messages with its values.
    """
    part: dict[str, Any] = {}
    faults: dict[str, tuple[str, Answers]] = {}
    taken = tidy(answers.get("taken", ""))
    if taken:
        part["taken"], fault = _date(taken, language)
        if fault:
            faults["taken"] = fault
    for name in ("by", "licence"):
        text = " ".join(tidy(answers.get(name, "")).split())
        if text:
            part[name] = text
    captions = {
        name.removeprefix("caption."): tidy(text)
        for name, text in answers.items()
        if name.startswith("caption.") and tidy(text)
    }
    if captions:
        part["caption"] = captions
    return part, faults


def _date(text: str, language: str) -> tuple[str, tuple[str, Answers] | None]:
    """Return the date that a phrase means; what can be read in two ways is asked and not chosen."""
    if len(text) > _LONGEST_DATE:
        return text, ("fault.date", {})
    for tongue in (language, None):
        try:
            reading = read_phrase(text, tongue) if tongue else read_phrase(text)
        except InvalidDate:
            continue
        if reading.edtf is None:
            return text, ("fault.date_twice", {"readings": "; ".join(reading.readings)})
        return reading.edtf, None
    return text, ("fault.date", {})


class EvidenceView(msgspec.Struct, frozen=True):
    """What templates may ask of files that wait with a form."""

    held: HandedIn
    language: str
    elsewhere: Callable[[str], tuple[Where, ...]]

    def waiting(self, draft_id: str) -> tuple[Waiting, ...]:
        """Return the files that wait."""
        return self.held.of(draft_id).files

    def refused(self, draft_id: str) -> tuple[Refused, ...]:
        """Return what was not taken the last time something came."""
        return self.held.of(draft_id).refused

    def taken(self, answers: Answers) -> str:
        """Return the date that is read from an answer, or nothing."""
        part, faults = said(answers, self.language)
        return "" if "taken" in faults else str(part.get("taken", ""))

    def faults(self, answers: Answers) -> Mapping[str, tuple[str, Answers]]:
        """Return what is wrong with the answers on a file."""
        return said(answers, self.language)[1]
