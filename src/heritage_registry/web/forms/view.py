"""A form as its page shows it: what was answered, what is wrong, and the words for each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from heritage_registry.pages.site_page import distance
from heritage_registry.pages.words import UNKNOWN_LANGUAGE
from heritage_registry.registry import Registry
from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.forms.data import MARK, Flat, count_items
from heritage_registry.web.forms.hints import Hint, hint
from heritage_registry.web.forms.reading import Fault
from heritage_registry.web.forms.sheets import Sheet
from heritage_registry.web.forms.source_finder import Found, SourceFinder, described, is_address, shown_source
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.forms.where import Where
from heritage_registry.web.forms.word_lists import grouped_ids, list_of
from heritage_registry.web.looking.state import Look
from heritage_registry.web.looking.working import AppWords

Option = tuple[str, str]


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
    where: Where | None = None
    look: Look | None = None
    finder: SourceFinder | None = None

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

    @property
    def asks_where(self) -> bool:
        """Whether the form asks for a location."""
        return any(field.name == "locations" for field in self.sheet.node.fields)

    def item_label(self, node: Node, n: int) -> str:
        """Return what an item of a list is called, counted from 0."""
        number = self.words.number(n + 1)
        key = f"item.{node.name}"
        if key in self.words.messages:
            return self.words.say(key, number=number)
        return f"{self.label(node)} {number}"

    def short_label(self, path: str) -> str:
        """Return what an answer is called where nothing around it says to which part it belongs."""
        node, parent = self.sheet.leaf(path), self.sheet.parent(path)
        if node.owner != "Texts":
            return self.label(node)
        return self.label(parent) if node.name == "text" else f"{self.label(parent)} – {self.label(node)}"

    def hint(self, node: Node) -> Hint:
        """Return what helps to answer a field."""
        return hint(node, self.words)

    def example_in_sight(self, node: Node) -> bool:
        """Tell whether a field's example stands in sight: where something is typed, in the short form."""
        return not self.full and node.kind in ("line", "prose", "date", "number")

    def list_of(self, node: Node) -> str:
        """Return the name of the list of words that a field chooses from, or nothing."""
        return list_of(node)

    def grouped(self, node: Node, value: str) -> list[tuple[str, list[Option]]]:
        """Return what can be chosen under the headings of its groups; what is chosen is always among it."""
        labels = dict(self.options(node, value))
        groups = grouped_ids(node.vocabulary, labels, self.words)
        return [(heading, [(option, labels[option]) for option in inside]) for heading, inside in groups]

    def meaning(self, node: Node, value: str) -> str:
        """Return what the chosen term means, or nothing."""
        known = node.vocabulary and value in vocabulary(node.vocabulary).ids
        return self.words.meaning(node.vocabulary, value) if known else ""

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
                return sorted(((k, words.community(k)) for k in config.communities_by_id), key=_by_label)
            case "party":
                return sorted(((k, words.party(k)) for k in config.parties_by_id), key=_by_label)
            case "language":
                listed = [(x.tag, words.text(x.label).text) for x in config.languages]
                return [
                    *sorted(listed, key=_by_label),
                    (UNKNOWN_LANGUAGE, words.say("form.language_unknown")),
                ]
        return []

    def source_shown(self, key: str) -> str:
        """Return a source as its field shows it: by its title, with its key."""
        return shown_source(key, self.registry.sources)

    def source(self, key: str) -> Found | None:
        """Return the source that an answer names, or None where none is held under it."""
        source = self.registry.sources.get(key)
        return described(source, self.words) if source else None

    def sources_like(self, text: str) -> list[Found]:
        """Return the sources that words typed in place of a source may mean."""
        if not text.strip() or text in self.registry.sources or not self.finder or not self.look:
            return []
        return [
            described(self.registry.sources[key], self.words) for key in self.finder.find(text, self.look)
        ]

    def is_new_address(self, text: str) -> bool:
        """Tell whether a text is an address under which no source is held."""
        return is_address(text) and not self.sources_like(text)

    def say(self, fault: Fault) -> str:
        """Return the words of the reader's language for a fault."""
        if not fault.key:
            return self.words.say("fault.check")
        values = dict(fault.values)
        if "metres" in values:
            values["metres"] = distance(int(values["metres"]), self.words)
        return self.words.say(fault.key, **values)

    def all_faults(self) -> list[tuple[str, str, Fault]]:
        """Return every fault with its path and the name of its field, in the order of the form."""
        return [
            (path, self.named(path), fault)
            for path in sorted(self.faults, key=self._in_order)
            for fault in self.faults[path]
        ]

    @property
    def first_wrong(self) -> str:
        """The path of the first answer that is wrong, which gets the cursor."""
        paths = (path for path in sorted(self.faults, key=self._in_order) if path != "_form")
        return next(paths, "")

    def _in_order(self, path: str) -> tuple[int, tuple[int, ...], str]:
        """Return where an answer stands on the page."""
        if path == "_source":
            return (1, (), path)
        if path.startswith("_"):
            return (0, (), path)
        if not self.full:
            asked = [p for _, group in self.sheet.short for p in group]
            near = (n for n, p in enumerate(asked) if p == path or p.startswith(f"{path}."))
            found = next(near, None)
            return (0, (found,), path) if found is not None else (2, (), path)
        return (0, tuple(self._steps(path)), path)

    def _steps(self, path: str) -> Iterator[int]:
        node = self.sheet.node
        for step in path[len(self.sheet.path) + 1 :].split("."):
            if step.isdecimal():
                yield int(step)
                continue
            inside = (node.item or node).fields
            found = [n for n, field in enumerate(inside) if field.name == step]
            if not found:
                return
            yield found[0]
            node = inside[found[0]]

    @property
    def carried(self) -> list[Option]:
        """Answers that the short form does not ask for and does not lose either."""
        asked = {path for _, group in self.sheet.short for path in group} | set(self.sheet.more)
        return [(k, v) for k, v in self.flat.items() if k.partition(f".{MARK}")[0] not in asked]

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
        node, names, way = self.sheet.node, list[str](), self.sheet.path
        for step in path[len(self.sheet.path) + 1 :].split("."):
            if step.isdecimal() and f"item.{node.name}" in self.words.messages:
                is_one = self.count(way) < 2
                names[-1] = self.words.say(f"one.{node.name}") if is_one else self.item_label(node, int(step))
                node = node.item or node
            elif step.isdecimal():
                names.append(self.words.number(int(step) + 1))
                node = node.item or node
            else:
                found = [field for field in (node.item or node).fields if field.name == step]
                if not found:
                    break
                node = found[0]
                names.append(self.label(node))
            way = f"{way}.{step}"
        return " · ".join(names)


def _by_label(option: Option) -> str:
    return option[1].casefold()
