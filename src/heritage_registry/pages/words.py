"""Everything a page says in its reader's language: messages, labels, numbers, dates, and record texts."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from heritage_registry.config import RegistryConfig, Word
from heritage_registry.dates import in_words
from heritage_registry.errors import RegistryError
from heritage_registry.form import Texts, in_language
from heritage_registry.vocabulary import standing_label, vocabulary

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ku-Arab", "az-Arab", "ur"})

UNKNOWN_LANGUAGE = "und"


class Spoken(msgspec.Struct, frozen=True):
    """A text and the language it is in."""

    text: str
    language: str


class Words(msgspec.Struct, frozen=True):
    """The words of one reader's language."""

    language: str
    messages: Mapping[str, str]
    config: RegistryConfig

    @property
    def direction(self) -> str:
        """Which way the language is written, as HTML has it."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def say(self, key: str, **values: object) -> str:
        """Return a message with values put in."""
        return self.messages[key].format(**values) if values else self.messages[key]

    def number(self, value: float) -> str:
        """Write a number as the reader does: 1,234.5 or 1 234,5."""
        plain = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        signs = {",": self.messages["number.group"], ".": self.messages["number.decimal"]}
        return "".join(signs.get(sign, sign) for sign in plain)

    def share(self, part: int, whole: int) -> str:
        """Write a part of a whole in per cent, without decimals."""
        return self.say("number.percent", number=self.number(round(100 * part / whole))) if whole else "–"

    def date(self, edtf: str) -> str:
        """Write a date of a record in words."""
        return in_words(edtf, self.language)

    def day(self, day: datetime.date) -> str:
        """Write a day in words."""
        return in_words(day.isoformat(), self.language)

    def label(self, name: str, term: str) -> str:
        """Return the label of a term of a vocabulary."""
        return _labels(name, self.language)[term]

    def standing(self, standing: str) -> str:
        """Return what is shown as the condition of a site, and the label of a grade."""
        return standing_label(standing, self.language)

    def meaning(self, name: str, term: str) -> str:
        """Return what a term of a vocabulary means."""
        definition = vocabulary(name).term(term).definition
        return definition.get(self.language, definition["en"])

    def title(self, name: str) -> str:
        """Return the name of a vocabulary."""
        titles = vocabulary(name).title
        return titles.get(self.language, titles["en"])

    def labels(self, name: str, terms: Iterable[str]) -> str:
        """Return the labels of several terms, divided by commas."""
        return ", ".join(self.label(name, term) for term in terms)

    def community(self, community: str) -> str:
        """Return the name of a community."""
        return self._word(self.config.communities_by_id, community)

    def party(self, party: str) -> str:
        """Return the name of a party."""
        return self._word(self.config.parties_by_id, party)

    def _word(self, words: Mapping[str, Word], word: str) -> str:
        return self.text(words[word].label).text

    def language_name(self, tag: str) -> str:
        """Return what a language is called, or its tag where the registry does not list it."""
        return next((self.text(x.label).text for x in self.config.languages if x.tag == tag), tag)

    def text(self, texts: Texts) -> Spoken:
        """Return a text in the reader's language, else in the first language of the registry that it has."""
        tag, text = in_language(texts, self.language, *self.config.reader_languages)
        return Spoken(text, tag)


@cache
def _labels(name: str, language: str) -> Mapping[str, str]:
    terms = vocabulary(name)
    return {term: terms.label(term, language) for term in terms.ids}


@cache
def messages(language: str) -> Mapping[str, str]:
    """Return the messages of a language, read once. Raises `RegistryError` where there are none."""
    file = files("heritage_registry.pages") / "messages" / f"{language}.json"
    if not file.is_file():
        raise RegistryError(
            f"there are no pages in {language!r}: take it out of reader_languages in registry.toml, or add"
            f" pages/messages/{language}.json"
        )
    found: Mapping[str, str] = json.loads(file.read_text("utf-8"))
    return found


def words(language: str, config: RegistryConfig) -> Words:
    """Return the words of one language for a registry."""
    return Words(language, messages(language), config)
