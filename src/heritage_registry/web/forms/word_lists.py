"""The lists that a field chooses from: each word with what it means, in groups, found in any language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from heritage_registry.config import Word as ConfigWord
from heritage_registry.names import fold
from heritage_registry.pages.words import UNKNOWN_LANGUAGE
from heritage_registry.source import CSL_TYPES
from heritage_registry.vocabulary import VOCABULARIES, vocabulary
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.looking.working import AppWords
from heritage_registry.web.wording import LANGUAGES, web_messages

OWN_LISTS = ("community", "party", "language", "source_type")
"""Lists that are no vocabulary: three of `registry.toml`, and the item types of a citation."""

GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "site_type": {
        "worship": (
            "church", "chapel", "monastery", "mosque", "madrasa", "prayer_house", "shrine", "synagogue",
            "temple",
        ),
        "memory": (
            "cemetery", "gravestone", "khachkar", "mausoleum", "memorial", "monument", "bust_or_statue",
            "inscription",
        ),
        "dwelling": (
            "settlement", "house", "palace", "fortress", "caravanserai", "bathhouse", "bridge", "spring",
        ),
        "learning": (
            "museum", "library", "archive", "manuscript_collection", "school", "theatre", "cultural_centre",
        ),
        "archaeology": ("archaeological_site", "archaeological_remains", "cave"),
        "rest": ("place_name", "other"),
    },
    "cause": {
        "force": (
            "shelling", "gunfire", "demolition", "vandalism", "graffiti", "arson", "fire", "military_use",
        ),
        "taking": ("looting", "scavenging_of_stone", "excavation", "exhumation"),
        "works": (
            "construction", "road_building", "reservoir", "mining", "agriculture", "industry", "restoration",
        ),
        "use": ("neglect", "closure", "use_as_stable", "use_as_storage", "use_as_dwelling"),
        "nature": ("earthquake", "natural_processes"),
        "unsaid": ("unknown", "not_stated"),
    },
    "effect": {
        "building": (
            "roof_lost", "walls_lost", "dome_changed", "minaret_lost", "parts_broken", "site_levelled",
            "burnt", "flooded", "soiled", "altered", "rebuilt_in_another_form",
        ),
        "signs": (
            "inscription_removed", "inscription_added", "carvings_removed", "symbol_removed",
            "symbol_replaced", "place_name_removed", "rededicated",
        ),
        "graves": ("cemetery_cleared", "graves_opened", "gravestones_broken", "gravestones_removed"),
        "things": ("objects_removed", "collection_lost"),
        "access": ("access_denied",),
    },
}  # fmt: skip
"""Terms of long vocabularies under headings (`words.group.…` of the messages), in the order of a form."""


class Word(msgspec.Struct, frozen=True):
    """A word that can be chosen. `keys` are the search keys of its labels, `told` that of its meanings."""

    id: str
    label: str
    meaning: str
    keys: tuple[str, ...]
    told: str


class WordList(msgspec.Struct, frozen=True):
    """One list of words in a reader's language; a group without a heading has an empty one."""

    name: str
    title: str
    about: str
    groups: tuple[tuple[str, tuple[Word, ...]], ...]


def list_of(node: Node) -> str:
    """Return the name of the list that a field chooses from, or nothing."""
    if node.kind == "choice":
        return "source_type"
    return node.vocabulary or (node.kind if node.kind in OWN_LISTS else "")


def is_list(name: str) -> bool:
    """Tell whether there is a list of this name."""
    return name in VOCABULARIES or name in OWN_LISTS


def word_list(name: str, words: AppWords) -> WordList:
    """Return a list by its name."""
    found = {word.id: word for word in _words(name, words)}
    about = ""
    if name in VOCABULARIES:
        definition = vocabulary(name).definition
        about = definition.get(words.language, definition["en"])
    return WordList(name, list_title(name, words), about, tuple(_grouped(name, found, words)))


def list_title(name: str, words: AppWords) -> str:
    """Return what a list is called."""
    return words.title(name) if name in VOCABULARIES else words.say(f"words.{name}")


def grouped_ids(name: str, ids: Iterable[str], words: AppWords) -> list[tuple[str, list[str]]]:
    """Return the words of a list under the headings of their groups."""
    left = list(ids)
    made: list[tuple[str, list[str]]] = []
    for group, members in GROUPS.get(name, {}).items():
        # By the reader's alphabet, so that no community's places come first by our choice.
        inside = sorted(
            (word for word in members if word in left), key=lambda word: words.label(name, word).casefold()
        )
        made.append((words.say(f"words.group.{group}"), inside))
        left = [word for word in left if word not in inside]
    return [(heading, inside) for heading, inside in (*made, ("", left)) if inside]


def _grouped(name: str, found: Mapping[str, Word], words: AppWords) -> Iterator[tuple[str, tuple[Word, ...]]]:
    for heading, ids in grouped_ids(name, found, words):
        yield heading, tuple(found[word] for word in ids)


def _words(name: str, words: AppWords) -> Iterator[Word]:
    match name:
        case "community":
            yield from _of_config(words.config.communities, words)
        case "party":
            yield from _of_config(words.config.parties, words)
        case "language":
            listed = ((x.tag, words.text(x.label).text, x.label) for x in words.config.languages)
            for tag, label, labels in sorted(listed, key=lambda item: item[1].casefold()):
                yield _word(tag, label, "", (*labels.values(), tag), ())
            unknown = [web_messages(language)["form.language_unknown"] for language in LANGUAGES]
            yield _word(UNKNOWN_LANGUAGE, words.say("form.language_unknown"), "", unknown, ())
        case "source_type":
            for kind in CSL_TYPES:
                said = [web_messages(language)[f"csl.{kind}"] for language in LANGUAGES]
                yield _word(kind, words.say(f"csl.{kind}"), "", said, ())
        case _:
            for term in vocabulary(name).terms:
                label, meaning = words.label(name, term.id), words.meaning(name, term.id)
                yield _word(term.id, label, meaning, term.label.values(), term.definition.values())


def _of_config(listed: Iterable[ConfigWord], words: AppWords) -> Iterator[Word]:
    for item in sorted(listed, key=lambda word: words.text(word.label).text.casefold()):
        note = words.text(item.note).text if item.note else ""
        yield _word(item.id, words.text(item.label).text, note, item.label.values(), ())


def _word(key: str, label: str, meaning: str, labels: Iterable[str], meanings: Iterable[str]) -> Word:
    keys = dict.fromkeys(filter(None, map(fold, labels)))
    return Word(key, label, meaning, tuple(keys), fold(" ".join(meanings)))
