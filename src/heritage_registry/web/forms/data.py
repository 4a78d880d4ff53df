"""Answers as a browser sends them, a flat list of texts by path, and a record as JSON has it: both ways.

A path is that of the field in the record (`properties.names.0.text`). An item of a list that is there with
nothing in it is held by a mark (`properties.names.1.@`), so that "add another" comes back as it was left.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from heritage_registry.web.forms.tree import Node

Flat = dict[str, str]
MAX_ITEMS = 300
MARK = "@"
_PATH = re.compile(
    r"[A-Za-z][A-Za-z0-9_-]*(?:\.(?:[A-Za-z][A-Za-z0-9_-]*|[0-9]{1,3}))*(?:\.@(?:sure|place|chosen|taken)?)?"
)
_KEY_AT_END = re.compile(r"\[([a-z0-9][a-z0-9-]*)\]\s*\Z")
_SOURCE = re.compile(r"(?:_source|(?:.+\.)?source|(?:.+\.)?derives_from\.\d{1,3})")


def holds_source(name: str) -> bool:
    """Tell whether an answer of this name is a source."""
    return _SOURCE.fullmatch(name) is not None


def key_in(text: str) -> str:
    """Return the key at the end of a source as a form shows it, or the text where it has none."""
    found = _KEY_AT_END.search(text)
    return found.group(1) if found else text.strip()


def clean(pairs: list[tuple[str, str]]) -> Flat:
    """Return the answers among what was sent; names that are no path are none of the form's."""
    return {
        name: key_in(value) if holds_source(name) else value.replace("\r\n", "\n")
        for name, value in pairs
        if _PATH.fullmatch(name)
    }


def flatten(node: Node, value: Any, path: str) -> Flat:
    """Return the answers that stand for a value of a record."""
    found: Flat = {}
    if value is None:
        return found
    match node.kind:
        case "struct":
            for field in node.fields:
                found |= flatten(field, value.get(field.name), _join(path, field.name))
        case "list":
            assert node.item is not None
            for n, item in enumerate(value):
                found[f"{path}.{n}.{MARK}"] = "1"
                found |= flatten(node.item, item, f"{path}.{n}")
        case "texts":
            for n, (language, text) in enumerate(value.items()):
                found |= {
                    f"{path}.{n}.{MARK}": "1",
                    f"{path}.{n}.language": language,
                    f"{path}.{n}.text": text,
                }
        case "yes":
            found[path] = "1" if value else ""
        case "geometry":
            found[path] = shown_geometry(value)
        case "kept":
            found[path] = json.dumps(value, ensure_ascii=False) if value else ""
        case "number":
            found[path] = json.dumps(value)
        case _:
            found[path] = str(value)
    return found


def shown_geometry(geometry: Mapping[str, Any]) -> str:
    """Write a point as people do, latitude first, and any other shape as GeoJSON has it."""
    if geometry.get("type") == "Point":
        longitude, latitude = geometry["coordinates"]
        return f"{latitude}, {longitude}"
    return json.dumps(geometry)


def count_items(flat: Flat, path: str) -> int:
    """Return how many items of a list the answers hold."""
    start = len(path) + 1
    found = {key[start:].partition(".")[0] for key in flat if key.startswith(f"{path}.")}
    numbers = [int(n) for n in found if n.isdecimal()]
    return min(max(numbers, default=-1) + 1, MAX_ITEMS)


def add_item(flat: Flat, path: str) -> Flat:
    """Return the answers with one more, empty item at the end of a list."""
    n = count_items(flat, path)
    return flat if n >= MAX_ITEMS else {**flat, f"{path}.{n}.{MARK}": "1"}


def remove_item(flat: Flat, path: str) -> Flat:
    """Return the answers without an item of a list; those behind it move up."""
    listed, _, number = path.rpartition(".")
    if not listed or not number.isdecimal():
        return flat
    kept: Flat = {}
    for key, value in flat.items():
        if not key.startswith(f"{listed}."):
            kept[key] = value
            continue
        place, dot, rest = key[len(listed) + 1 :].partition(".")
        if not place.isdecimal() or int(place) < int(number):
            kept[key] = value
        elif int(place) > int(number):
            kept[f"{listed}.{int(place) - 1}{dot}{rest}"] = value
    return kept


def move(flat: Flat, old: str, new: str) -> Flat:
    """Return the answers below one path as they are below another, and no others."""
    return {new + key[len(old) :]: value for key, value in flat.items() if key.startswith(f"{old}.")}


def tidy(text: str) -> str:
    """Return a text as a record has it: composed, and without the blanks that a hand leaves around it."""
    return unicodedata.normalize("NFC", text).strip()


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
