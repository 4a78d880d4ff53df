"""Names across scripts: one search key for many spellings, and how alike two names are.

The tables are in `languages/folding.json`; `maps/static/fold.js` does the same with them in a page.
A key is for finding, never for deciding that two records are one place.

How close two words are: half of the edit distance between their keys, and half of that between their
skeletons (no vowels, no h, voiced and voiceless consonants as one), over the length of the longer key.
A vowel heard or written differently thus costs half of a consonant, and `MATCH` allows more edits in
longer words: none in three letters, a weak one in four (not the first) or five, a strong one in six.
A weak last letter is left out first, because it changes with language and case (Shusha, Shushi).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files

import msgspec
from rapidfuzz.distance import Levenshtein


class _Folding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    match: float
    skeleton: dict[str, str]
    characters: dict[str, dict[str, str]]
    spellings: dict[str, str]
    generic: dict[str, list[str]]


def _replacer(table: dict[str, str], singly: str) -> Callable[[str], str]:
    """Replace the longest entries of `table` first, then characters of the class `singly`, or drop those."""
    together = sorted((key for key in table if len(key) > 1), key=len, reverse=True)
    pattern = re.compile("|".join([*map(re.escape, together), singly]))
    return lambda text: pattern.sub(lambda found: table.get(found[0], ""), text)


_FOLDING = msgspec.json.decode(
    (files("heritage_registry") / "languages" / "folding.json").read_bytes(), type=_Folding
)
_to_latin = _replacer(
    {character: latin for script in _FOLDING.characters.values() for character, latin in script.items()},
    singly="[^a-z0-9 ]",
)
_respell = _replacer(
    _FOLDING.spellings,
    singly=f"[{''.join(spelling for spelling in _FOLDING.spellings if len(spelling) == 1)}]",
)
_DOUBLED = re.compile(r"([a-z])\1+")
_SKELETON = str.maketrans(_FOLDING.skeleton)
_WEAK = tuple(letter for letter, left in _FOLDING.skeleton.items() if not left)

MATCH = _FOLDING.match
"""The least `score` or `alike` that is worth showing to a person."""

_PREFIX = 0.95
_STEM = 0.97
_SHORT = 3
_MISSED_GENERIC = 0.02
_GENERIC_WEIGHT = 0.1


def fold(text: str) -> str:
    """Return the search key of a name: a-z, 0-9 and single blanks, the same for near spellings.

    `fold(fold(text)) == fold(text)`. Empty when no character is in a script of the table.
    """
    return " ".join(filter(None, map(_fold_word, text.split(" "))))


@lru_cache(maxsize=1 << 16)  # sites share most of their words, and reading one costs ten times a look-up
def _fold_word(word: str) -> str:
    """Return the key of what stands between two blanks: no entry of the tables reaches across one."""
    # A blank goes before, because some entries are for the beginning of a word.
    key = _to_latin(" " + unicodedata.normalize("NFKD", word).lower())
    while (shorter := _DOUBLED.sub(r"\1", _respell(key))) != key:
        key = shorter
    return " ".join(key.split())


def tokens(text: str) -> list[str]:
    """Return the words of the search key, in the order of the name."""
    return fold(text).split()


_GENERIC = {
    key: meaning for meaning, words in _FOLDING.generic.items() for word in words for key in tokens(word)
}


def generic_meaning(key: str) -> str | None:
    """Return what a generic word says (church, mosque), "" where it says nothing (the, of), else None."""
    return _GENERIC.get(key)


def skeleton(key: str) -> str:
    """Return a key without vowels and h, and with voiced and voiceless consonants as one."""
    return key.translate(_SKELETON)


def score(query: str, name: str) -> float:
    """Return 0..1 for how well a name answers a query; from `MATCH` up it is a find.

    Every word of the query must be the beginning of a word of the name or close to one, or all of them
    together close to the whole name; the worst word counts.
    Generic words (church, məscid, храм) count only when the query has no other, else they only order finds.
    """
    asked, named = tokens(query), tokens(name)
    specific = [word for word in asked if word not in _GENERIC]
    if not specific:
        return _generic_score(asked, named)
    found = min(max((_answers(word, other) for other in named), default=0.0) for word in specific)
    found = max(found, _close("".join(specific), _run_together(named)))
    if found < MATCH:
        return found
    missed = len(_meanings(asked) - _meanings(named))
    return max(MATCH, found - _MISSED_GENERIC * missed)


def alike(a: str, b: str) -> float:
    """Return 0..1 for how alike two whole names are, whatever the order of their words; symmetric."""
    ours, theirs = tokens(a), tokens(b)
    both = [*((word, theirs) for word in ours), *((word, ours) for word in theirs)]
    if not ours or not theirs:
        return 0.0
    if all(word in _GENERIC for word, _ in both):
        weights = [float(len(word)) for word, _ in both]
    else:
        weights = [len(word) * (_GENERIC_WEIGHT if word in _GENERIC else 1) for word, _ in both]
    best = [max(_same(word, other) for other in others) for word, others in both]
    by_words = sum(w * s for w, s in zip(weights, best, strict=True)) / sum(weights)
    return max(by_words, _close(_run_together(ours), _run_together(theirs)))


def _run_together(words: Iterable[str]) -> str:
    """Join the specific words, as Qara bağ and Qarabağ differ by a blank only."""
    return "".join(word for word in words if word not in _GENERIC)


def _meanings(words: Iterable[str]) -> set[str]:
    return {meaning for word in words if (meaning := _GENERIC.get(word))}


def _generic_score(asked: list[str], named: list[str]) -> float:
    meanings = _meanings(asked)
    return float(bool(meanings) and meanings <= _meanings(named))


def _same(word: str, other: str) -> float:
    if word in _GENERIC or other in _GENERIC:
        return float(_GENERIC.get(word, word) == _GENERIC.get(other, other))
    return _close(word, other)


def _answers(word: str, other: str) -> float:
    close = 0.0 if other in _GENERIC else _close(word, other)
    return max(close, _PREFIX) if other.startswith(word) else close


def _close(a: str, b: str) -> float:
    if a == b:
        return float(bool(a))
    a, b = stem(a), stem(b)
    if a == b:
        return _STEM
    longer = max(len(a), len(b))
    if longer <= _SHORT or (longer == _SHORT + 1 and a[:1] != b[:1]):
        return 0.0
    edits = Levenshtein.distance(a, b)
    edits += Levenshtein.distance(skeleton(a), skeleton(b))
    return 1 - edits / 2 / longer


def stem(key: str) -> str:
    """Return a key without a weak last letter, which changes with language and case."""
    return key[:-1] if len(key) > _SHORT and key.endswith(_WEAK) else key
