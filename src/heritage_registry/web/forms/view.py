"""A form as its page shows it: what was answered, what is wrong, and the words for each field."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from heritage_registry.pages.words import UNKNOWN_LANGUAGE
from heritage_registry.registry import Registry
from heritage_registry.web.forms.data import MARK, Flat, count_items
from heritage_registry.web.forms.reading import Fault
from heritage_registry.web.forms.sheets import Sheet
from heritage_registry.web.forms.tree import Node, vocabularies
from heritage_registry.web.working import AppWords

Option = tuple[str, str]
MAX_SUGGESTED = 3_000
"""Sources that a field offers while somebody types; with more, their list is the place to look."""


class FormView(msgspec.Struct, frozen=True):
    """Everything a template asks about a form. `focus` is the path whose field gets the cursor."""

    sheet: Sheet
    action: str
    flat: Flat
    words: AppWords
    registry: Registry
    faults: Mapping[str, list[Fault]]
    readings: Mapping[str, str]
    notes: Mapping[str, tuple[str, ...]]
    control: Mapping[str, str]
    full: bool = False
    focus: str = ""

    def value(self, path: str) -> str:
        """Return what was answered."""
        return self.flat.get(path, "")

    def count(self, path: str) -> int:
        """Return how many items a list has."""
        return count_items(self.flat, path)

    def wrong(self, path: str) -> list[Fault]:
        """Return what is wrong with an answer."""
        return self.faults.get(path, [])

    def doubted(self, path: str) -> bool:
        """Tell whether a point is questioned, so that the writer can say that it is right."""
        return any(fault.key.startswith("doubt.") for fault in self.wrong(path)) or bool(
            self.value(f"{path}.{MARK}sure")
        )

    def has(self, node: Node, path: str) -> bool:
        """Tell whether anything below a field was answered or is wrong, so that it is shown unfolded."""
        begin = f"{path}."
        found = any(value and (key == path or key.startswith(begin)) for key, value in self.flat.items())
        return found or any(key == path or key.startswith(begin) for key in self.faults)

    def label(self, node: Node) -> str:
        """Return what a field is called."""
        messages = self.words.messages
        for key in (f"field.{node.owner}.{node.name}", f"field.{node.name}"):
            if key in messages:
                return messages[key]
        return self.words.title(node.vocabulary) if node.vocabulary else node.name

    def short_label(self, path: str) -> str:
        """Return what an answer is called where nothing around it says to which part it belongs."""
        node, parent = self.sheet.leaf(path), self.sheet.parent(path)
        if node.owner != "Texts":
            return self.label(node)
        return self.label(parent) if node.name == "text" else f"{self.label(parent)} – {self.label(node)}"

    def help(self, node: Node) -> str:
        """Return the sentence of help of a field, or nothing."""
        return self.words.messages.get(f"help.{node.owner}.{node.name}", "")

    def options(self, node: Node, value: str) -> list[Option]:
        """Return what can be chosen, each with its label; what is chosen is always among it."""
        found = self._options(node)
        if value and value not in {option for option, _ in found}:
            found.append((value, value))
        return found

    def _options(self, node: Node) -> list[Option]:
        words, config = self.words, self.registry.config
        match node.kind:
            case "term":
                return [(term, words.label(node.vocabulary, term)) for term in words.terms(node.vocabulary)]
            case "choice":
                return [(choice, words.messages.get(f"csl.{choice}", choice)) for choice in node.choices]
            case "community":
                return sorted(((k, words.community(k)) for k in config.community_ids), key=_by_label)
            case "party":
                return sorted(((k, words.party(k)) for k in config.party_ids), key=_by_label)
            case "language":
                listed = [(x.tag, words.text(x.label).text) for x in config.languages]
                return [
                    *sorted(listed, key=_by_label),
                    (UNKNOWN_LANGUAGE, words.say("form.language_unknown")),
                ]
        return []

    @property
    def vocabularies(self) -> list[str]:
        """Return the lists of terms that the fields on the page choose from, each once."""
        nodes = [self.sheet.node]
        if not self.full:
            nodes = [self.sheet.leaf(p) for _, group in self.sheet.short for p in group]
            nodes += [self.sheet.leaf(p) for p in self.sheet.more]
        return list(dict.fromkeys(name for node in nodes for name in vocabularies(node)))

    def explained(self, name: str) -> list[tuple[str, str]]:
        """Return the terms of a vocabulary with what each means."""
        return [
            (self.words.label(name, term), self.words.meaning(name, term)) for term in self.words.terms(name)
        ]

    def sources(self) -> list[Option]:
        """Return the sources that can be cited."""
        if len(self.registry.sources) > MAX_SUGGESTED:
            return []
        return [(key, s.title or s.publisher or key) for key, s in self.registry.sources.items()]

    def say(self, fault: Fault) -> str:
        """Return the words of the reader's language for a fault."""
        return self.words.say(fault.key, **fault.values) if fault.key else self.words.say("fault.check")

    def all_faults(self) -> list[tuple[str, str, Fault]]:
        """Return every fault with its path and the name of its field, in the order of the form."""
        return [
            (path, self.named(path), fault)
            for path in sorted(self.faults, key=_in_order)
            for fault in self.faults[path]
        ]

    @property
    def carried(self) -> list[Option]:
        """Answers that the short form does not ask for and does not lose either."""
        asked = {path for _, group in self.sheet.short for path in group} | set(self.sheet.more)
        return [(k, v) for k, v in self.flat.items() if k.removesuffix(f".{MARK}sure") not in asked]

    @property
    def more_is_used(self) -> bool:
        """Whether something of the folded part was answered or is wrong."""
        return any(
            self.value(path) or self.wrong(path) for path in self.sheet.more if not path.endswith(".language")
        )

    def named(self, path: str) -> str:
        """Return what the field of a path is called, with the parts it lies in."""
        if path.startswith("_"):
            return self.words.say(f"form.{path[1:]}") if f"form.{path[1:]}" in self.words.messages else ""
        node, names = self.sheet.node, []
        for step in path[len(self.sheet.path) + 1 :].split("."):
            if step.isdecimal():
                names.append(self.words.number(int(step) + 1))
                node = node.item or node
            else:
                found = [field for field in (node.item or node).fields if field.name == step]
                if not found:
                    break
                node = found[0]
                names.append(self.label(node))
        return " · ".join(names)


def _by_label(option: Option) -> str:
    return option[1].casefold()


def _in_order(path: str) -> tuple[bool, str]:
    return path.startswith("_"), path
