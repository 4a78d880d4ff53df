"""Reading answers into the parts of a record, with everything that is wrong or open about each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from heritage_registry.coordinates import InvalidCoordinates, read_coordinates
from heritage_registry.dates import InvalidDate
from heritage_registry.phrases import read_phrase
from heritage_registry.web.forms.data import MARK, Flat, count_items, tidy
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.forms.where import pasted_shape, questioned, shown_point

_LONGEST_DATE = 200
"""No date in words is longer; a longer text is not worth the time to read it."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with an answer: a key of the messages with its values, or the words of the package."""

    key: str = ""
    words: str = ""
    values: Mapping[str, str] = {}


class Answers(msgspec.Struct):
    """Answers being read.

    `stored` are dates and shapes as the record had them, which are not questioned again. `source` and
    `locator` are cited by every part that cites nothing itself. Filled while reading: `faults` by path,
    `readings` of dates by path, and for each place in the record the path of its answer.
    """

    flat: Flat
    language: str
    bbox: tuple[float, float, float, float]
    stored: Mapping[str, Any] = {}
    source: str = ""
    locator: str = ""
    faults: dict[str, list[Fault]] = msgspec.field(default_factory=dict)
    readings: dict[str, str] = msgspec.field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    places: dict[str, str] = msgspec.field(default_factory=dict)

    def fault(self, path: str, fault: Fault) -> None:
        """Note what is wrong with an answer."""
        self.faults.setdefault(path, []).append(fault)


def read(node: Node, answers: Answers, path: str, place: str) -> Any:
    """Return the value that answers below a path stand for, or None where nothing was answered.

    `place` is where it goes in the record.
    """
    answers.places[place] = path
    match node.kind:
        case "struct":
            return _struct(node, answers, path, place)
        case "list":
            return _list(node, answers, path, place)
        case "texts":
            return _texts(answers, path, place)
        case _:
            return _leaf(node, answers, path)


def _struct(node: Node, answers: Answers, path: str, place: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for field in node.fields:
        value = read(field, answers, _join(path, field.name), _join(place, field.name))
        if value is not None:
            found[field.name] = value
    if not found:
        return None
    needs_source = any(field.name == "citations" and field.required for field in node.fields)
    if needs_source and "citations" not in found and answers.source:
        cited = {"source": answers.source}
        found["citations"] = [cited | ({"locator": answers.locator} if answers.locator else {})]
        answers.places[_join(place, "citations")] = "_source"
    # In the order of the class, which is that of the file.
    return {field.name: found[field.name] for field in node.fields if field.name in found}


def _list(node: Node, answers: Answers, path: str, place: str) -> list[Any] | None:
    assert node.item is not None
    found: list[Any] = []
    for n in range(count_items(answers.flat, path)):
        value = read(node.item, answers, f"{path}.{n}", f"{place}.{len(found)}")
        if value is not None:
            found.append(value)
    return found or None


def _texts(answers: Answers, path: str, place: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for n in range(count_items(answers.flat, path)):
        here = f"{path}.{n}"
        text = tidy(answers.flat.get(f"{here}.text", ""))
        language = tidy(answers.flat.get(f"{here}.language", ""))
        if not text:
            continue
        if language in found:
            answers.fault(f"{here}.language", Fault("fault.language_twice"))
        found[language] = text
        answers.places[f"{place}.{language}"] = f"{here}.text" if language else f"{here}.language"
    return found or None


def _leaf(node: Node, answers: Answers, path: str) -> Any:  # noqa: PLR0911 - one line for each kind of answer
    if node.kind == "yes":
        return True if answers.flat.get(path) == "1" else None
    text = tidy(answers.flat.get(path, ""))
    if not text:
        return None
    match node.kind:
        case "date":
            return read_date(text, answers, path)
        case "geometry":
            return read_geometry(text, answers, path)
        case "number":
            return _number(text)
        case "kept":
            return _json(text)
        case "line" | "term":
            return " ".join(text.split("\n"))
        case _:
            return text


def read_date(text: str, answers: Answers, path: str) -> str:
    """Return the date a phrase means; what can be read in two ways is asked and not chosen."""
    if text in answers.stored:
        return text
    if len(text) > _LONGEST_DATE:
        answers.fault(path, Fault("fault.date"))
        return text
    try:
        reading = read_phrase(text, answers.language)
    except InvalidDate:
        try:
            reading = read_phrase(text)
        except InvalidDate:
            answers.fault(path, Fault("fault.date"))
            return text
    if reading.edtf is None:
        answers.fault(path, Fault("fault.date_twice", values={"readings": "; ".join(reading.readings)}))
        return text
    answers.readings[path] = reading.edtf
    if reading.notes:
        answers.notes[path] = reading.notes
    return reading.edtf


def read_geometry(text: str, answers: Answers, path: str) -> Any:
    """Return the shape that a text stands for; what looks wrong about a point is asked and not repaired."""
    if text in answers.stored:
        return answers.stored[text]
    if text.startswith("{"):
        return pasted_shape(_json(text))
    try:
        point = read_coordinates(text)
    except InvalidCoordinates as error:
        answers.fault(path, Fault("fault.coordinates", str(error)))
        return {"type": "Point", "coordinates": []}
    if tidy(answers.flat.get(f"{path}.{MARK}sure", "")) != text:
        for doubt in questioned(point, answers.flat, path, answers.bbox):
            values = {"instead": shown_point(doubt.instead)} if doubt.instead else {}
            if doubt.metres is not None:
                values["metres"] = str(round(doubt.metres))
            answers.fault(path, Fault(f"doubt.{doubt.kind}", values=values))
    return {"type": "Point", "coordinates": [round(point.longitude, 6), round(point.latitude, 6)]}


def _number(text: str) -> Any:
    """Return the number a text writes; what is none stays text, and the checks tell it."""
    value = _json(text)
    return (
        value
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
        else text
    )


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def form_path(answers: Answers, place: str) -> str | None:
    """Return the path of the answer that a problem of the record concerns, or of the part it lies in."""
    while place:
        if place in answers.places:
            return answers.places[place]
        place = place.rpartition(".")[0]
    return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
