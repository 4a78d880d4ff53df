"""The words of dates in four languages, as tokens that no longer depend on the language.

Spelling is forgiven: case, diacritics, kinds of dashes, the dots of abbreviations, and Cyrillic letters in
Roman numerals. The words are data, in `languages/phrases.json`; 'centur{y,ies}' there stands for both.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

DASHES = ("-", "–")
_SYMBOLS = {"/": "slash", "=": "slash", "~": "about", "?": "uncertain", "<": "before", ">": "after"}
_SYMBOLS |= {"-": "-", "–": "–", ",": "comma", "՝": "comma"}
_SEPARATORS = {"comma", "or", "and"}
_BLANKS = " .։:'\"«»“”„"
_IN_BRACKETS = {"about", "uncertain", "unknown start", "unknown end", "early", "mid", "late"}
_ROMAN = {"i": 1, "v": 5, "x": 10}


class Token(msgspec.Struct, frozen=True):
    """A word, number or sign of a phrase; `kind` is its key in phrases.json, or number, date, slash, comma.

    `value` is a number, or the place of a month or season in its list (-1 is the word 'last'); a token of the
    kind date has the readings of a date in figures in `dates`. `is_ablative` marks endings that mean 'from';
    the value 1 of a word such as 'onwards' that it stands behind its date, which 'from' cannot.
    """

    kind: str
    value: int = 0
    text: str = ""
    is_ordinal: bool = False
    is_decade: bool = False
    is_ablative: bool = False
    dates: tuple[str, ...] = ()


class UnknownWord(Exception):  # noqa: N818 - never leaves the two modules that read phrases
    """A word that is none of a date; `at` is how many characters before it were understood."""

    def __init__(self, word: str, at: int) -> None:
        super().__init__(word)
        self.word = word
        self.at = at


class SecondDate(Exception):  # noqa: N818 - never leaves the two modules that read phrases
    """Brackets that hold another date, which must not be lost."""


def fold(text: str) -> str:
    """Fold case and diacritics, so that 'İyun' and 'iyun', 'yanvarı' and 'yanvari' are one."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ə", "e").replace("ı", "i"))
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub("[—‒]", "–", re.sub("[‐‑−]", "-", folded)).replace("’", "'")


def _spelt(entries: Iterable[str]) -> Iterator[str]:
    for entry in entries:
        stem, brace, endings = entry.rstrip("}").partition("{")
        yield from (fold(stem + ending) for ending in endings.split(",")) if brace else (fold(entry),)


class _Lexicon:
    """The words of one language in one pattern, whose group w<n> means `meanings[n]`."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.ablative = tuple(_spelt(words["ablative"]))
        entries = [(x, kind, 0) for kind, group in words["words"].items() for x in _spelt(group)]
        entries += [(x, "number", -1) for x in _spelt(words["last"])]
        for field, kind in (
            ("months", "month"),
            ("seasons", "season"),
            ("quarters", "Q"),
            ("numbers", "number"),
        ):
            for place, spellings in enumerate(words[field], start=1):
                entries += [(x, kind, place) for x in _spelt(spellings.split("|"))]
        entries.sort(key=lambda entry: -len(entry[0]))
        self.meanings = [(kind, value) for _, kind, value in entries]
        patterns = (f"(?P<w{n}>{_pattern(text, kind)})" for n, (text, kind, _) in enumerate(entries))
        self.words = re.compile("|".join(patterns))
        groups = (
            f"(?P<{name}>{'|'.join(sorted(_spelt(endings), key=len, reverse=True))})"
            for name, endings in words["suffixes"].items()
        )
        ending = rf"(?:[-–']?(?:{'|'.join(groups)})(?![^\W\d_]))?"
        # Cyrillic х and і stand in Roman numerals of texts typed on one keyboard.
        self.number = re.compile(rf"(?:(?P<figures>\d+)|(?P<roman>[ivxхі]+)(?![^\W_])){ending}")


def _pattern(text: str, kind: str) -> str:
    pattern = re.escape(text).replace(r"\ ", r"\s+").replace(r"\.", r"\.?\s*").replace(",", ",?")
    # '17th-century', 'mid-17th', 'pre-1994': this hyphen joins, and is no dash between two dates.
    before = "-?" if kind in ("century", "millennium") else ""
    after = "-?" if kind in ("early", "mid", "late", "before", "after") else ""
    return rf"(?<![^\W\d_]){before}{pattern}(?![^\W\d_])\.?{after}"


@cache
def _lexicon(language: str) -> _Lexicon:
    text = files("heritage_registry").joinpath("languages/phrases.json").read_text("utf-8")
    return _Lexicon(json.loads(text)[language])


_Y, _N = r"(?<!\d)(\d{4})", r"(\d{1,2})"
_FIGURES = [
    (re.compile(pattern + r"(?![\d])"), orders)
    for pattern, orders in (
        (r"(\d{4})-(0[1-9]|1[0-2])-(\d\d)(?:[t ]\d\d:\d\d(?::\d\d)?z?)?", ("012",)),
        (rf"{_N}\.{_N}\.{_Y}", ("210",)),
        # 12.05–14.05.2020 and 12–14.05.2020: the second day tells the rest of the first.
        (rf"{_N}\.{_N}\.?(?=\s*[-–]\s*\d{{1,2}}\.\d{{1,2}}\.(\d{{4}}))", ("210",)),
        (rf"{_N}(?=\s*[-–]\s*\d{{1,2}}\.(\d{{1,2}})\.(\d{{4}}))", ("210",)),
        (rf"{_N}[/-]{_N}[/-]{_Y}", ("210", "201")),
        (rf"{_Y}[./]{_N}[./]{_N}", ("012",)),
        (r"(\d{4})-(0[1-9]|1[0-2]|2[1-4]|3[3-6])(?!-)", ("01",)),
        (rf"{_N}[./]{_Y}", ("10",)),
        (rf"{_Y}\.{_N}", ("01",)),
        (r"(\d{3}x|\d\dxx|\dxxx)", ("0",)),
    )
]


def _date_in_figures(text: str, at: int, language: str) -> tuple[Token, int] | None:
    """Read 12.05.2020, 2020-05, 197X and the like; a month before the day only where English is possible."""
    for pattern, orders in _FIGURES:
        match = pattern.match(text, at)
        if match is None:
            continue
        read = []
        for order in orders if language == "en" else orders[:1]:
            pieces = [match[int(place) + 1].upper().zfill(2) for place in order]
            if (
                len(pieces) == 1
                or 1 <= int(pieces[1]) <= 12
                or int(pieces[1]) in (21, 22, 23, 24, 33, 34, 35, 36)
            ):
                read.append("-".join(pieces))
        if read:
            return Token("date", text=match[0], dates=tuple(dict.fromkeys(read))), match.end()
    return None


def tokens(text: str, language: str, notes: list[str]) -> list[Token]:
    """Split a text, without the words that carry no date. Remarks in brackets are left out, with a note."""
    left_out: list[str] = []
    found = _clean(list(_tokens(fold(text), language, left_out, [])))
    printed = {fold(remark): remark for remark in re.findall(r"[(\[]([^)\]]*)", text)}
    notes += [f"left out: ({printed.get(remark, remark)})" for remark in left_out]
    return found


def _tokens(text: str, language: str, left_out: list[str], before: list[Token]) -> list[Token]:
    lexicon = _lexicon(language)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
        elif text[at] in "([":
            end = re.compile(r"[)\]]|$").search(text, at)
            assert end is not None  # the end of the text is always found
            found += _remark(text[at + 1 : end.start()], language, left_out, before + found)
            at = end.end()
        elif date := _date_in_figures(text, at, language):
            found.append(date[0])
            at = date[1]
        elif match := lexicon.words.match(text, at) or _number(lexicon, text, at):
            found = _with(found, _token(match, lexicon))
            at = match.end()
        elif text[at] == "%":
            found += [Token("about"), Token("uncertain")]
            at += 1
        elif text[at] in _SYMBOLS:
            found.append(Token(_SYMBOLS[text[at]]))
            at += 1
        else:
            word = re.compile(r"[^\s,;()]+|.").match(text, at)
            raise UnknownWord(word[0] if word else text[at:], at)
    return found


def _number(lexicon: _Lexicon, text: str, at: int) -> re.Match[str] | None:
    match = lexicon.number.match(text, at)
    if match and match["roman"]:
        return match if re.fullmatch("x{0,3}(?:ix|iv|v?i{0,3})", _latin(match["roman"])) else None
    return match


def _latin(roman: str) -> str:
    return roman.replace("х", "x").replace("і", "i")


def _token(match: re.Match[str], lexicon: _Lexicon) -> Token:
    name = match.lastgroup or ""
    is_ablative = match[0].rstrip(".").endswith(lexicon.ablative) if lexicon.ablative else False
    if match.re is lexicon.words:
        kind, value = lexicon.meanings[int(name[1:])]
        return Token(kind, value, match[0], is_ordinal=kind == "number", is_ablative=is_ablative)
    groups = match.groupdict()
    figures = groups["figures"]
    value = int(figures) if figures else _roman(_latin(groups["roman"]))
    return Token(
        "number",
        value,
        figures or groups["roman"],
        is_ordinal=not figures or bool(groups.get("ordinal")),
        is_decade=bool(groups.get("decade")),
        is_ablative=is_ablative,
    )


def _roman(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-x if x < max(values[n:]) else x for n, x in enumerate(values))


def _with(found: list[Token], token: Token) -> list[Token]:
    """Add a token, whose meaning may depend on the one before it or change that one."""
    last = found[-1] if found else Token("")
    is_counted = last.kind == "number" and (last.is_ordinal or 0 < last.value <= 21)
    kind = token.kind
    if kind.startswith("century or"):  # 'XVIII в.' and 'в 1990 г.', '18th c.' and 'c. 1850'
        kind = "century" if is_counted else kind.removeprefix("century or ")
    elif kind.endswith(" behind"):
        token = msgspec.structs.replace(token, value=1)
        kind = kind.removesuffix(" behind")
    elif kind == "decades or years":
        # '1990–2000-ci illər' are years; after '1853-cü il –' the decade is meant.
        spans = [x.kind for x in found[-3:-1]] in [["number", dash] for dash in DASHES]
        spans = spans and not found[-3].is_ordinal
        if last.kind == "number" and last.value % 10 == 0 and last.value > 21 and not spans:
            found[-1] = msgspec.structs.replace(last, is_decade=True)
        kind = "noise"
    if kind == "noise" and token.is_ablative and found:
        found[-1] = msgspec.structs.replace(found[-1], is_ablative=True)
    if "+" in kind:
        return [*found, *(msgspec.structs.replace(token, kind=each) for each in kind.split("+"))]
    return [*found, msgspec.structs.replace(token, kind=kind)]


def _remark(text: str, language: str, left_out: list[str], before: list[Token]) -> list[Token]:
    """Read brackets: a qualifier, the same year in another calendar, or words that carry no date."""
    try:
        found = [token for token in _tokens(text, language, left_out, before) if token.kind != "noise"]
    except UnknownWord:
        found = []
        if re.search(r"\d{3}", text):
            raise SecondDate(text) from None
    kinds = {token.kind for token in found}
    if found and kinds <= _IN_BRACKETS:
        return found
    if "hijri" in kinds or (found and any(token.kind == "hijri" for token in before)):
        return [Token("slash"), *found]
    if kinds & {"number", "date", "century"}:
        raise SecondDate(text)
    left_out.append(text)
    return []


def _clean(found: list[Token]) -> list[Token]:
    """Settle what depends on later tokens: commas inside a date, 'ilə', and winters of two years."""
    is_between = any(token.kind == "between" for token in found)
    kind = "and" if is_between else "noise"
    settled = [msgspec.structs.replace(x, kind=kind) if x.kind == "and or noise" else x for x in found]
    return _joined_winters([x for x in _without_inner_commas(settled) if x.kind != "noise"])


def _without_inner_commas(found: list[Token]) -> Iterator[Token]:
    """'May 21, 2021' and '2020, May 12' are one date; 'May 2003, June 2009' are two."""
    start = 0
    for n, token in enumerate(found):
        if token.kind == "comma":
            rest = found[n + 1 :]
            stop = next((at for at, x in enumerate(rest) if x.kind in _SEPARATORS), len(rest))
            before, after = found[start:n], rest[:stop]
            if rest and rest[0].kind in ("month", "number") and _completes(before, after):
                continue
        if token.kind in _SEPARATORS:
            start = n + 1
        yield token


def _completes(before: list[Token], after: list[Token]) -> bool:
    """Tell whether one side of a comma has the year alone and the other the month alone."""
    years, months = (_has_year(before), _has_year(after)), (_has_month(before), _has_month(after))
    return {years, months} == {(True, False), (False, True)}


def _has_year(found: list[Token]) -> bool:
    return any(token.kind == "number" and token.value > 31 for token in found)


def _has_month(found: list[Token]) -> bool:
    return any(token.kind == "month" for token in found)


def _joined_winters(found: list[Token]) -> list[Token]:
    for n in range(len(found) - 2):
        first, dash, last = found[n : n + 3]
        around = found[max(n - 1, 0) : n] + found[n + 3 : n + 4]
        is_span = first.kind == last.kind == "number" and dash.kind in (*DASHES, "slash")
        is_winter = any(token.kind == "season" and token.value == 4 for token in around)
        if is_span and is_winter and last.value in (first.value + 1, (first.value + 1) % 100):
            return [
                *found[:n],
                Token("date", dates=(f"{first.value:04}-24",)),
                *_joined_winters(found[n + 3 :]),
            ]
    return found
