"""Changes of a record told in the reader's language: which part, what it was, what it became."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.differences import Change, Place, Step, is_part
from heritage_registry.parts import Citation, LineString, Point, Polygon
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.forms.tree import Node, tree
from heritage_registry.web.looking.working import AppWords

Piece = tuple[str, bool]
"""Some words of a text, and whether the other version lacks them."""

_PLAIN = Node("", "line")
_MOST_WORDS = 2_000


class Told(msgspec.Struct, frozen=True):
    """One change: the part in words, and both values in pieces, empty where there is none."""

    kind: str
    place: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


class Teller(msgspec.Struct, frozen=True):
    """Says what parts and values of records are, in one language."""

    words: AppWords
    sources: Mapping[str, Source]

    def change(self, change: Change) -> Told:
        """Tell a change, with the words marked that differ."""
        node = _node_at(change.place)
        if change.kind == "reordered":
            return Told(change.kind, self.place(change.place), (), ())
        old, new = (
            "" if value is None else self.value(value, node, change.vocabulary)
            for value in (change.old, change.new)
        )
        if change.kind != "changed":
            return Told(change.kind, self.place(change.place), _whole(old), _whole(new))
        return Told(change.kind, self.place(change.place), *_marked(old, new))

    def sides(self, place: Place, ours: Any, theirs: Any, vocabulary: str | None) -> Told:
        """Tell a part that two people changed: what it is with the one, and what with the other."""
        node = _node_at(place)
        mine, other = (
            self.words.say("changes.nothing") if value is None else self.value(value, node, vocabulary)
            for value in (ours, theirs)
        )
        return Told("conflict", self.place(place), *_marked(mine, other))

    def place(self, place: Place) -> str:
        """Say where in a record something stands: `Report 1 · What was seen (English)`."""
        said = [self._step(step) for step in place if step.field != "properties"]
        return " · ".join(said) or self.words.say("changes.record")

    def _step(self, step: Step) -> str:
        node = _nodes().get((step.part, step.field), _PLAIN)
        if step.item is None:
            return self._label(step, node)
        if node.kind == "texts":
            return f"{self._label(step, node)} ({self.words.language_name(step.item)})"
        key = f"part.{step.field}"
        one = self.words.messages.get(key) or self._label(step, node)
        return f"{one} {self._item(step, node)}"

    def _item(self, step: Step, node: Node) -> str:
        item = step.item or ""
        if node.item is not None and node.item.is_leaf:
            return self._plain(item, node.item)
        if step.field == "reports" and item[1:].isdecimal():
            return self.words.number(int(item[1:]))
        if step.part != "Site" and step.field == "citations" and item in self.sources:
            return self.sources[item].title or item
        if step.field == "types":
            return self.words.label("site_type", item)
        if item == "preferred":
            return self.words.label("location_standing", item)
        return item

    def _label(self, step: Step, node: Node) -> str:
        messages = self.words.messages
        for key in (f"field.{step.part}.{step.field}", f"field.{step.field}", f"part.{step.field}"):
            if key in messages:
                return messages[key]
        return self.words.title(node.vocabulary) if node.vocabulary else step.field.replace("_", " ")

    def value(self, value: Any, node: Node = _PLAIN, vocabulary: str | None = None) -> str:  # noqa: PLR0911
        """Say a value or a whole part in one text."""
        if isinstance(value, bool):
            return self.words.say("changes.yes" if value else "changes.no")
        if isinstance(value, str):
            return self.words.label(vocabulary, value) if vocabulary else self._plain(value, node)
        if isinstance(value, int | float):
            return self.words.number(value) if node.name != "value" else f"{value}"
        if isinstance(value, dict):
            return "\n".join(f"{text} ({self.words.language_name(tag)})" for tag, text in value.items())
        if isinstance(value, tuple):
            item = node.item or node
            joined = "; " if all(isinstance(x, str) for x in value) else "\n"
            return joined.join(self.value(x, item, vocabulary) for x in value)
        if isinstance(value, Point):
            return f"{value.coordinates[1]}, {value.coordinates[0]}"
        if isinstance(value, LineString | Polygon):
            return self.words.say("changes.shape", number=self.words.number(_points(value)))
        return self._part(value) if is_part(value) else f"{value}"

    def _part(self, part: msgspec.Struct) -> str:
        """Say a whole part, a line for each fact; a fact that holds facts has them in one line."""
        if isinstance(part, Citation):
            title = self._plain(part.source, Node("", "source"))
            return f"{title}, {part.locator}" if part.locator else title
        facts = list(self._facts(part))
        if len(facts) == 1:
            return facts[0][1]
        return "\n".join(f"{label}: {said.replace(chr(10), '; ')}" for label, said in facts)

    def _plain(self, text: str, node: Node) -> str:  # noqa: PLR0911 - one line for each kind of answer
        match node.kind:
            case "term":
                return self.words.label(node.vocabulary, text)
            case "date":
                return self.words.date(text)
            case "community":
                return self.words.community(text)
            case "party":
                return self.words.party(text)
            case "language":
                return self.words.language_name(text)
            case "source":
                return (self.sources[text].title or text) if text in self.sources else text
            case _:
                return text

    def _facts(self, part: msgspec.Struct) -> Iterator[tuple[str, str]]:
        name = type(part).__name__
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if value in (None, (), field.default):
                continue
            step = Step(name, field.encode_name)
            node = _nodes().get((name, field.encode_name), _PLAIN)
            yield self._label(step, node), self.value(value, node)


@cache
def _nodes() -> Mapping[tuple[str, str], Node]:
    """Return every field of every part of a record by its class and its name."""
    found: dict[tuple[str, str], Node] = {}
    stack = [tree(kind) for kind in (Site, Source, Claim)]
    while stack:
        node = stack.pop()
        for field in node.fields:
            if node.part != "Texts":
                found[node.part, field.name] = field
        stack += [*node.fields, *((node.item,) if node.item else ())]
    return found


def _node_at(place: Place) -> Node:
    if not place:
        return _PLAIN
    node = _nodes().get((place[-1].part, place[-1].field), _PLAIN)
    return node.item if place[-1].item is not None and node.item is not None else node


def _points(shape: LineString | Polygon) -> int:
    if isinstance(shape, LineString):
        return len(shape.coordinates)
    return sum(len(ring) - 1 for ring in shape.coordinates)


def _whole(text: str) -> tuple[Piece, ...]:
    return ((text, False),) if text else ()


def _marked(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both texts in pieces, marked where one has words that the other lacks."""
    ours, theirs = re.findall(r"\s+|[^\s]+", old), re.findall(r"\s+|[^\s]+", new)
    if len(ours) + len(theirs) > _MOST_WORDS or not (set(ours) & set(theirs)) - {" "}:
        return _whole(old), _whole(new)
    mine, other = list[Piece](), list[Piece]()
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if a < b:
            mine.append(("".join(ours[a:b]), kind != "equal"))
        if c < d:
            other.append(("".join(theirs[c:d]), kind != "equal"))
    return tuple(mine), tuple(other)
