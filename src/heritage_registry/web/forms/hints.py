"""What helps to answer a field: a sentence that says what is meant, and an example."""

from __future__ import annotations

import msgspec

from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.looking.working import AppWords


class Hint(msgspec.Struct, frozen=True):
    """A sentence of help and an example, in the words of the reader; either may be empty."""

    help: str
    example: str


def hint(node: Node, words: AppWords) -> Hint:
    """Return what helps to answer a field, or an item of a list, which has no more than its list says."""
    if not node.owner:
        return Hint("", "")
    return Hint(_help(node, words), _example(node, words))


def _help(node: Node, words: AppWords) -> str:
    told = _said("help", node, words)
    if told:
        return told
    listed = node.vocabulary or (node.item.vocabulary if node.item else "")
    if not listed:
        return ""
    definition = vocabulary(listed).definition
    return definition.get(words.language, definition["en"])


def _example(node: Node, words: AppWords) -> str:
    told = _said("example", node, words)
    if told:
        return told
    leaf = node.item if node.item and node.item.is_leaf else node
    if leaf.vocabulary:
        term = vocabulary(leaf.vocabulary).ids[0]
        return words.label(leaf.vocabulary, term)
    match leaf.kind:
        case "choice":
            return words.say("csl.report")
        case "community" | "party" | "language":
            # The first two by the alphabet: no choice of ours.
            return "; ".join(sorted(_labels(leaf.kind, words), key=str.casefold)[:2])
    return ""


def _labels(kind: str, words: AppWords) -> list[str]:
    config = words.config
    if kind == "language":
        return [words.text(language.label).text for language in config.languages]
    listed = config.communities if kind == "community" else config.parties
    return [words.text(word.label).text for word in listed]


def _said(kind: str, node: Node, words: AppWords) -> str:
    for key in (f"{kind}.{node.owner}.{node.name}", f"{kind}.{node.name}"):
        if key in words.messages:
            return words.messages[key]
    return ""
