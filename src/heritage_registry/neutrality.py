"""Hints to a writer or reviewer: where a text of ours may take a side, or says more than its source.

A hint is a question, never a mistake: no rule of `checks` rests on one. What somebody is reported to say may
hold any word, so a sentence that names its speaker, and whatever stands in quotation marks, passes. The words
are in `languages/loaded_words.json`, what people are told in the app's messages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.errors import Field
from heritage_registry.names import tokens
from heritage_registry.parts import Response
from heritage_registry.site import Excerpt, Name, PlaceName, Report, Site
from heritage_registry.source import Source
from heritage_registry.walk import parts_with_fields

KINDS = (
    "loaded",
    "loaded_named",
    "deed_without_speaker",
    "fact_without_speaker",
    "certainty_unfounded",
    "certainty_no_word",
    "doubt_lost",
    "grade_above_word",
    "vague_speaker",
    "place_one_language",
)
"""Every kind of hint; the message for people has the key `hint.<kind>`."""

_MILD = frozenset({"loaded_named", "fact_without_speaker", "certainty_no_word", "place_one_language"})
_OWN_TEXTS = frozenset({
    "text", "summary", "context", "reason", "meaning", "what", "statement", "caption", "status_reason",
    "sensitivity_reason", "note", "access", "answer",
})  # fmt: skip
"""Fields in which the registry speaks in its own words."""
_OTHERS_WORDS = (Excerpt, Name, PlaceName, Response)
"""Parts that hold what somebody else wrote, or that tell by their form what somebody answers."""
_NOT_PUBLIC = frozenset({"reviews", "proposed"})

_UNSEEN_BY_SOURCE = frozenset({"not_stated", "press"})
_SAID_ONLY = frozenset({"not_stated", "press", "official_statement", "testimony"})
_SURE = frozenset({"definite", "high"})
_GRAVE = frozenset({"destroyed", "severe_damage"})

_WORD = re.compile(r"[\w՛՜՞'’]+")
_SENTENCE_END = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=[\d\"')\]”»’]))[.!?]\s+(?=[^\W\d_])|։\s*|\n+")
_QUOTED = re.compile(
    r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"|‘[^’]*’(?!\w)|(?<!\w)'[^']*(?:\w'\w[^']*)*'(?!\w)"
)
_COLON = re.compile(r"\w: ")


class Hint(msgspec.Struct, frozen=True):
    """One question about a record.

    `field` leads to it as in problems, `text` is the sentence or value in question. For loaded words, `word`
    is the word as it stands there and `instead` what could be written, in the language of the text.
    """

    field: Field
    kind: str
    text: str
    word: str = ""
    instead: str = ""
    concept: str = ""

    @property
    def mild(self) -> bool:
        """Whether it is a reminder rather than a likely slip."""
        return self.kind in _MILD

    def values(self, language: str) -> Mapping[str, str]:
        """Return what its message needs, with the reason in the reader's language."""
        why = _words().concepts[self.concept].why if self.concept else {}
        return {
            "text": self.text,
            "word": self.word,
            "instead": self.instead,
            "why": why.get(language, why.get("en", "")),
        }


def hints(record: Site | Claim | Source, before: Site | Claim | Source | None = None) -> tuple[Hint, ...]:
    """Return the hints about a record, part by part; with an earlier version only the new ones."""
    found = sorted(_hints(record), key=lambda hint: (_order(hint.field), KINDS.index(hint.kind), hint.word))
    if before is None:
        return tuple(found)
    known = Counter(map(_identity, _hints(before)))
    new = []
    for hint in found:
        if known[_identity(hint)]:
            known[_identity(hint)] -= 1
        else:
            new.append(hint)
    return tuple(new)


def _identity(hint: Hint) -> tuple[str, str, str]:
    return hint.kind, hint.text, hint.word


def _order(field: Field) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in field]


def _hints(record: Site | Claim | Source) -> Iterator[Hint]:
    parts = dict(parts_with_fields(record))
    for field, part in parts.items():
        if _NOT_PUBLIC & set(field):
            continue
        named = any(_speaker(parts.get(field[:n])) for n in range(len(field) + 1))
        if not isinstance(part, _OTHERS_WORDS):
            for at, language, text in _own_texts(field, part):
                yield from _of_text(at, language, text, named=named)
        if isinstance(part, Report):
            yield from _of_report(field, part, named=named)
        yield from _of_speaker(field, part)
    if isinstance(record, Site):
        yield from _of_places(record)


def _speaker(part: Any) -> str | None:
    return getattr(part, "according_to", None) or getattr(part, "claimant", None)


def _own_texts(field: Field, part: msgspec.Struct) -> Iterator[tuple[Field, str, str]]:
    """Yield the texts of a part that are in our words: path, language and text."""
    for name, encoded in zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True):
        value = getattr(part, name) if name in _OWN_TEXTS else None
        if isinstance(value, str):
            yield (*field, encoded), "", value
        elif isinstance(value, dict):
            for tag, text in value.items():
                yield (*field, encoded, tag), tag.partition("-")[0], text


def _of_text(field: Field, language: str, text: str, *, named: bool) -> Iterator[Hint]:
    for sentence in _sentences(text):
        loaded = tuple(_loaded(sentence, language))
        # "So-called" calls nothing by itself.
        if _is_reported(sentence, language, {k for n, length, *_ in loaded for k in range(n, n + length)}):
            continue
        for n, length, concept, instead in loaded:
            kind = "loaded_named" if named else "loaded"
            yield Hint(field, kind, sentence.text, sentence.as_written(n, length), instead, concept)
        if not named and _tells_who_did_it(sentence, language):
            yield Hint(field, "deed_without_speaker", sentence.text)


def _of_report(field: Field, report: Report, *, named: bool) -> Iterator[Hint]:
    sure, said = report.certainty in _SURE, report.as_stated
    if sure and report.evidence.type in _UNSEEN_BY_SOURCE:
        yield Hint((*field, "certainty"), "certainty_unfounded", report.certainty)
    if report.certainty != "not_stated" and said is None:
        yield Hint((*field, "certainty"), "certainty_no_word", report.certainty)
    if said is not None:
        in_doubt = _first(_Text(said), "doubts", "")
        if in_doubt and (sure or report.certainty == "not_stated"):
            yield Hint((*field, "certainty"), "doubt_lost", said, in_doubt)
        less = _first(_Text(said), "partly", "") if report.condition == "destroyed" else None
        if less:
            yield Hint((*field, "condition"), "grade_above_word", said, less)
    if named or report.condition not in _GRAVE or report.evidence.type not in _SAID_ONLY:
        return
    for tag, text in (report.summary or {}).items():
        language = tag.partition("-")[0]
        if not any(_is_reported(sentence, language) for sentence in _sentences(text)):
            yield Hint((*field, "summary", tag), "fact_without_speaker", text)


def _of_speaker(field: Field, part: msgspec.Struct) -> Iterator[Hint]:
    for name in ("according_to", "claimant"):
        said_by = getattr(part, name, None)
        if said_by and tokens(said_by) in _vague():
            yield Hint((*field, name), "vague_speaker", said_by)


def _of_places(site: Site) -> Iterator[Hint]:
    """Yield a hint where the settlement is named in one language and no other."""
    shared = _words().shared_languages
    found: dict[str, tuple[Field, str]] = {}
    for n, place in enumerate(site.properties.places):
        for name in place.names if place.level in ("settlement", "quarter") else ():
            language = name.language.partition("-")[0]
            if language not in shared:
                found.setdefault(language, (("properties", "places", n), f"{name.text} ({language})"))
    if len(found) == 1:
        [(field, text)] = found.values()
        yield Hint(field, "place_one_language", text)


class _Text:
    """A sentence with its folded words and where they stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[str] = []
        self.spans: list[tuple[int, int]] = []
        for match in _WORD.finditer(text):
            for key in tokens(match[0]):
                self.keys.append(key)
                self.spans.append(match.span())
        self._quoted = [match.span() for match in _QUOTED.finditer(text)]

    def is_quoted(self, n: int) -> bool:
        start, end = self.spans[n]
        return any(a <= start and end <= b for a, b in self._quoted)

    def is_capital(self, n: int) -> bool:
        return n < len(self.spans) and self.text[self.spans[n][0]].isupper()

    def as_written(self, n: int, length: int) -> str:
        return self.text[self.spans[n][0] : self.spans[n + length - 1][1]]


def _sentences(text: str) -> list[_Text]:
    return [_Text(part.strip()) for part in _SENTENCE_END.split(text) if part.strip()]


_Pattern = tuple[tuple[str, bool], ...]
"""Words one behind the other, folded; True where any ending may follow."""


def _pattern(written: str) -> _Pattern:
    return tuple(
        (key, word.endswith("*"))
        for word in written.split()
        for key in (tokens(word.removesuffix("*")) if word != "*" else [""])
    )


def _fits(pattern: _Pattern, keys: list[str], n: int) -> bool:
    if n < 0 or n + len(pattern) > len(keys):
        return False
    words = zip(pattern, keys[n : n + len(pattern)], strict=True)
    return all(key.startswith(stem) if any_ending else key == stem for (stem, any_ending), key in words)


class _InLanguage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]
    instead: str
    but: tuple[str, ...] = ()


class _Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    why: Mapping[str, str]
    en: _InLanguage
    hy: _InLanguage
    az: _InLanguage
    ru: _InLanguage


class _Agents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


class _LoadedWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    concepts: Mapping[str, _Concept]
    speaks: Mapping[str, tuple[str, ...]]
    doubts: Mapping[str, tuple[str, ...]]
    partly: Mapping[str, tuple[str, ...]]
    harm: Mapping[str, tuple[str, ...]]
    agents: Mapping[str, _Agents]
    vague: Mapping[str, tuple[str, ...]]
    shared_languages: tuple[str, ...]


@cache
def _words() -> _LoadedWords:
    raw = (files("heritage_registry") / "languages" / "loaded_words.json").read_bytes()
    return msgspec.json.decode(raw, type=_LoadedWords)


def _languages(language: str) -> tuple[str, ...]:
    """Return the languages whose words are looked for: all of them where a text does not say its own."""
    return (language,) if language else tuple(_words().speaks)


_Index = Mapping[str, list[_Pattern]]
"""Patterns by the first letter of their first word."""


def _indexed(written: Iterable[str]) -> _Index:
    found: dict[str, list[_Pattern]] = {}
    for pattern in sorted(map(_pattern, written), key=len, reverse=True):
        found.setdefault(pattern[0][0][:1], []).append(pattern)
    return found


@cache
def _patterns(name: str, language: str) -> _Index:
    found: Mapping[str, tuple[str, ...]] = getattr(_words(), name)
    return _indexed(x for each in _languages(language) for x in found.get(each, ()))


@cache
def _concept_patterns(language: str) -> tuple[tuple[str, str, _Index, tuple[_Pattern, ...]], ...]:
    """Return concept, neutral words, loaded patterns and exceptions in a language."""
    found = []
    for name, concept in _words().concepts.items():
        for each in _languages(language):
            words: _InLanguage | None = getattr(concept, each, None)
            if words is not None:
                found.append((name, words.instead, _indexed(words.words), tuple(map(_pattern, words.but))))
    return tuple(found)


@cache
def _vague() -> list[list[str]]:
    return [tokens(x) for each in _words().vague.values() for x in each]


def _loaded(sentence: _Text, language: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield where loaded words stand outside quotation marks and how many, the concept and neutral words."""
    for name, instead, loaded, but in _concept_patterns(language):
        for n in range(len(sentence.keys)):
            if sentence.is_quoted(n):
                continue
            pattern = _at(loaded, sentence.keys, n)
            if pattern and not any(_covers(x, sentence.keys, n) for x in but):
                yield n, len(pattern), name, instead


def _at(index: _Index, keys: list[str], n: int) -> _Pattern | None:
    """Return the first pattern that fits from the n-th word on."""
    candidates = (*index.get(keys[n][:1], ()), *index.get("", ()))
    return next((pattern for pattern in candidates if _fits(pattern, keys, n)), None)


def _covers(pattern: _Pattern, keys: list[str], n: int) -> bool:
    """Tell whether a pattern fits words among which the n-th is."""
    return any(_fits(pattern, keys, n - back) for back in range(len(pattern)))


def _first(sentence: _Text, name: str, language: str, without: Set[int] = frozenset()) -> str | None:
    index = _patterns(name, language)
    for n in range(len(sentence.keys)):
        if n not in without and (pattern := _at(index, sentence.keys, n)):
            return sentence.as_written(n, len(pattern))
    return None


def _is_reported(sentence: _Text, language: str, without: Set[int] = frozenset()) -> bool:
    """Tell whether a sentence says who speaks: by a word for speaking, or a name and a colon."""
    return bool(_COLON.search(sentence.text) or _first(sentence, "speaks", language, without))


_NEAR = 6
"""Words between what was done and who did it."""


def _tells_who_did_it(sentence: _Text, language: str) -> bool:
    index = _patterns("harm", language)
    harm = [n for n in range(len(sentence.keys)) if _at(index, sentence.keys, n)]
    return bool(harm) and any(
        0 < n - h <= _NEAR if is_after else abs(n - h) <= _NEAR
        for each in _languages(language)
        for n, is_after in _agents(sentence, each)
        for h in harm
    )


@cache
def _agent_patterns(language: str) -> tuple[_Index, _Index, tuple[_Pattern, ...]]:
    words = _words().agents.get(language, _Agents())
    return _indexed(words.before), _indexed(words.after), tuple(map(_pattern, words.but))


def _agents(sentence: _Text, language: str) -> Iterator[tuple[int, bool]]:
    """Yield where somebody is named as doing something, and whether the deed has to stand before."""
    before, after, but = _agent_patterns(language)
    for n in range(len(sentence.keys)):
        if any(_covers(pattern, sentence.keys, n) for pattern in but):
            continue
        by = _at(before, sentence.keys, n)
        if by and sentence.is_capital(n + len(by)):
            yield n, True
        # In English a body is named by a capital, "Soviet forces"; elsewhere the noun alone tells.
        if _at(after, sentence.keys, n) and (not before or (n and sentence.is_capital(n - 1))):
            yield n, False
