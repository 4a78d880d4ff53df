"""Dates as people write them, read into EDTF: English, Armenian, Azerbaijani and Russian.

What EDTF cannot say is not invented, and not dropped without a note:

- 'early', 'mid' and 'late' have no form: the whole decade or century is kept.
- 'before 1994' and 'after 1994' keep the year itself in: `../1994` and `1994/..`.
- Halves and quarters of a century are years counted from 1 (1601/1650), of a decade from 0 (1990/1994).
- Years of the hijri calendar become the years they overlap, Julian ones before 1582 as historians write them.

A text that can be read in two ways has two readings: 12/05/2020, 'winter 2021', 'the 1900s', '2021-24'.
"""

import re
from datetime import date
from functools import lru_cache
from itertools import product

import msgspec

from heritage_registry.dates import InvalidDate, in_words, parse
from heritage_registry.phrase_parts import Part, PartFault, ends, lend, spanned
from heritage_registry.phrase_words import DASHES, SecondDate, Token, UnknownWord, fold, tokens

LANGUAGES: tuple[str, ...] = ("en", "hy", "az", "ru")

_EXAMPLES = "'18th century', 'the 1990s', 'between May 2003 and 2009', 'before 1994' or '12 May 2020'"
_FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "tenth": 10}
_STARTS, _STOPS = ("from", "after"), ("until", "before")
#: Languages whose words for 'from' and 'until' stand before the date.
_PREPOSITIONS = ("en", "ru")
_NAMES = ("number", "month", "season", "Q", "century", "millennium", "date")

_Tokens = list[Token]


class Reading(msgspec.Struct, frozen=True):
    """What a phrase says: one date in EDTF, or several where it can be read in more than one way.

    `notes` tell in English what was left out, widened or converted: to be shown before the date is kept.
    """

    text: str
    readings: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def edtf(self) -> str | None:
        """The date, or None where somebody has to choose among the readings."""
        return self.readings[0] if len(self.readings) == 1 else None


MAX_LETTERS = 200
"""No date is longer; a longer text is refused unread."""


@lru_cache(maxsize=4096)
def read_phrase(text: str, language: str | None = None) -> Reading:
    """Read a date in words, or in EDTF. Without a language all four are tried. Raises InvalidDate."""
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"there are no words for dates in {language!r}: write one of {', '.join(LANGUAGES)}")
    plain = " ".join(text.split())
    if not plain:
        raise _invalid(
            text, "it is empty", f"nothing at all (leave the field out), or a date such as {_EXAMPLES}"
        )
    if len(plain) > MAX_LETTERS:
        raise _invalid(text[:20] + "…", f"it has {len(plain):,} letters", f"a date such as {_EXAMPLES}")
    if direct := _in_figures(text, plain):
        return direct
    readings: list[str] = []
    notes: list[str] = []
    faults: list[tuple[int, InvalidDate]] = []
    for each in (language,) if language else LANGUAGES:
        phrase = _Phrase(text, each)
        try:
            readings += phrase.read(plain)
            notes += phrase.notes
        except InvalidDate as error:
            faults.append((phrase.understood, error))
    if not readings:
        # The language that understood most says best what is missing.
        raise max(faults, key=lambda fault: fault[0])[1]
    return Reading(text, tuple(dict.fromkeys(readings)), tuple(dict.fromkeys(notes)))


def _invalid(text: str, why: str, write: str) -> InvalidDate:
    return InvalidDate(f"{text!r} is not a date: {why}: write {write}")


def _in_figures(text: str, plain: str) -> Reading | None:
    """Read EDTF as it is, and ask about 2021-24 and 2003–09: a season or month, or an interval of years."""
    match = re.fullmatch(r"(\d\d)(\d\d)([-–])(\d\d)", plain)
    if match and (match[3] == "–" or int(match[4]) > 12):
        years = f"{match[1]}{match[2]}/{match[1]}{match[4]}"
        readings = tuple(filter(_is_date, (f"{match[1]}{match[2]}-{match[4]}", years)))
        if len(readings) == 2:
            said = f"{plain} may be {in_words(readings[0], 'en')}, or the years {years}"
            return Reading(text, readings, (said,))
        return Reading(text, readings) if readings else None
    return Reading(text, (plain,)) if _is_date(plain) else None


def _is_date(text: str) -> bool:
    try:
        parse(text)
    except InvalidDate:
        return False
    return True


def _overlap(one: str, other: str) -> bool:
    spans = [(read.earliest or date.min, read.latest or date.max) for read in map(parse, (one, other))]
    return max(start for start, _ in spans) <= min(end for _, end in spans)


class _Phrase:
    """A text read in one language; `understood` is how many of its characters were."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self.notes: list[str] = []
        self.understood = 0

    def read(self, plain: str) -> list[str]:
        try:
            found = tokens(plain, self.language, self.notes)
        except UnknownWord as error:
            self.understood = error.at
            word = next((x for x in plain.split() if fold(x).startswith(error.word)), error.word)
            why = f"{word!r} is no word of a date"
            raise _invalid(self.text, why, f"the date alone, for instance {_EXAMPLES}") from None
        except SecondDate as error:
            self.understood = len(plain)
            why = f"the brackets ({error}) may hold a second date"
            raise _invalid(self.text, why, "one date, or both with 'or' between them") from None
        self.understood = len(plain) + 1
        try:
            return self.checked(self.whole(found))
        except PartFault as error:
            raise _invalid(self.text, error.why, error.write or f"for instance {_EXAMPLES}") from None

    def checked(self, readings: list[str]) -> list[str]:
        """Keep the readings the calendar allows; if it allows none, say why."""
        allowed = [x for x in dict.fromkeys(readings) if _is_date(x)]
        if not allowed:
            parse(readings[0])
        return allowed

    def whole(self, found: _Tokens) -> list[str]:
        kinds = [token.kind for token in found]
        if not set(kinds) & set(_NAMES):
            why = "it says that there is no date" if "undated" in kinds else "it names no year"
            raise PartFault(why, f"nothing at all (leave the field out), or a date such as {_EXAMPLES}")
        if {"undated", "unknown start", "unknown end"} & set(kinds):
            return self.half_known(found, kinds)
        if "slash" in kinds and "hijri" in kinds:
            return self.in_both_calendars(found)
        if cut := self.range_cut(found):
            return self.range(found, *cut)
        if joint := next((k for k in ("or", "and", "comma") if any(x.split()[0] == k for x in kinds)), ""):
            return self.listed(found, joint)
        return self.bound(found)

    def half_known(self, found: _Tokens, kinds: list[str]) -> list[str]:
        """Read '1915/not dated' and '1992 – (end unknown)'."""
        if kinds[-2:] == ["slash", "undated"]:
            return [x + "/" for x in self.whole(found[:-2])]
        if kinds[:2] == ["undated", "slash"]:
            return ["/" + x for x in self.whole(found[2:])]
        rest = [x for x in found if x.kind not in ("unknown start", "unknown end")]
        if len(rest) == len(found):
            raise PartFault("it says both a date and that there is none", "the one or the other")
        return [x.replace("..", "") for x in self.whole(rest)]

    def in_both_calendars(self, found: _Tokens) -> list[str]:
        """Read '1305 (AH 704)': the date as given, if the hijri year is the same time."""
        kinds = [token.kind for token in found]
        place = kinds.index("hijri")
        slashes = [n for n, kind in enumerate(kinds) if kind == "slash"]
        cut = max((n for n in slashes if n < place), default=min(slashes))
        sides = [found[:cut], found[cut + 1 :]]
        sides.sort(key=lambda side: any(token.kind == "hijri" for token in side))
        if any(token.kind == "hijri" for token in sides[0]):
            raise PartFault("both sides are years of the hijri calendar", "AH 1095")
        given, (converted, *_) = self.checked(self.whole(sides[0])), self.whole(sides[1])
        if agreeing := [x for x in given if _overlap(x, converted)]:
            return agreeing
        self.notes.append(f"{given[0]} and the hijri year disagree")
        return [*given, converted]

    def range_cut(self, found: _Tokens) -> tuple[int, int] | None:
        """Return where the first end stops and where the second begins, if the phrase has two ends."""
        kinds = [token.kind for token in found]
        is_between = "between" in kinds
        between = ("and", "until", *DASHES) if is_between else (*_STOPS, "slash", *DASHES)
        is_bounded = bool(set(kinds) & set(_STARTS) and set(kinds) & set(_STOPS))
        if not is_between and ({"or", "comma"} & set(kinds) or ("and" in kinds and not is_bounded)):
            return None
        for n, token in enumerate(found):
            is_inner = bool(set(kinds[:n]) & set(_NAMES)) and bool(set(kinds[n + 1 :]) & set(_NAMES))
            opens = set(kinds[:n]) & set(_STARTS) and set(kinds[n + 1 :]) & set(_STOPS)
            if is_inner and (token.kind in between or (token.kind == "and" and opens)):
                return n, n if token.kind in _STOPS else n + 1
            is_last = not set(kinds[n + 1 :]) & {*_STARTS, "and"}
            if token.is_ablative and n + 1 < len(found) and is_last and set(kinds[n + 1 :]) & set(_NAMES):
                return n + 1, n + 1
        return None

    def range(self, found: _Tokens, end: int, start: int) -> list[str]:
        joint = found[end].kind if end < start else ""
        sides = [[x for x in side if x.kind != "between"] for side in (found[:end], found[start:])]
        kinds = [{token.kind for token in side} for side in sides]
        if kinds[0] & set(_STOPS) or kinds[1] & set(_STARTS):
            raise PartFault("the first end has to be the earlier one", "'from 1992 to 1994' or 'since 1992'")
        if "after" in kinds[0] and joint in DASHES:
            raise PartFault("'after' is said of two dates", "'after 1992', or 'between 1991 and 1992'")
        sides = [[x for x in side if x.kind not in (*_STARTS, *_STOPS)] for side in sides]
        left, right = parts = [self.part(side) for side in sides]
        lend(parts, joint or "from")
        pairs = list(product(ends(left, self.notes), ends(right, self.notes)))
        readings = [f"{first[0]}/{last[1]}" for first, last in pairs]
        if left.is_about and not right.is_about and joint in DASHES and sides[0][0].kind == "about":
            self.notes.append("'about' may be meant of both ends")
            right.is_about = True
            readings += [
                f"{first[0]}/{last[1]}"
                for first, last in product(ends(left, self.notes), ends(right, self.notes))
            ]
        return readings

    def listed(self, found: _Tokens, joint: str) -> list[str]:
        """Read '1818 or 1847', '17th and 18th centuries', and commas alone, which may mean either."""
        items: list[_Tokens] = [[]]
        for token in found:
            if token.kind in ("or", "and", "comma"):
                items.append([])
            else:
                items[-1].append(token)
        spans = [self.item(item) for item in items if item]
        if len(spans) < len(items) or (len(items) == 1 and not (spans[0][1] or spans[0][2])):
            raise PartFault("a date of the list is missing", "'1818 or 1847'")
        lend([part for parts, _, _ in spans for part in parts])
        choices: list[list[str]] = []
        for parts, before, after in spans:
            pairs = product(ends(parts[0], self.notes), ends(parts[-1], self.notes))
            choices.append([before + spanned(a[0], b[1], "..") + after for a, b in pairs])
        texts = [",".join(choice) for choice in product(*choices)]
        if joint == "comma":
            self.notes.append("the comma may mean 'or' or 'and'")
        shapes = {"or": ("[%s]",), "and": ("{%s}",), "comma": ("[%s]", "{%s}")}[joint]
        return [shape % text for text in texts for shape in shapes]

    def item(self, item: _Tokens) -> tuple[list[Part], str, str]:
        kinds = [token.kind for token in item]
        before = ".." if any(kind.endswith("earlier") for kind in kinds) else ""
        after = ".." if any(kind.endswith("later") for kind in kinds) else ""
        plain = [x for x in item if not x.kind.endswith((" earlier", " later"))]
        cut = self.range_cut(plain)
        pieces = [plain[: cut[0]], plain[cut[1] :]] if cut else [plain]
        return [self.part(piece) for piece in pieces], before, after

    def bound(self, found: _Tokens) -> list[str]:
        places = [n for n, x in enumerate(found) if x.kind in (*_STARTS, *_STOPS)]
        markers = [found[n].kind for n in places]
        if len(markers) > 1:
            raise PartFault("it has two bounds and one date", "'from 1992 to 1994', or one bound")
        if markers and self.language in _PREPOSITIONS:
            marker, behind = found[places[0]], {x.kind for x in found[places[0] :]}
            if not marker.value and not behind & set(_NAMES):
                raise PartFault(f"no date follows {marker.text!r}", "'from 1992 to 1994' or 'since 1992'")
        part = self.part([x for x in found if x.kind not in markers])
        if not markers:
            return [spanned(*pair, "/") for pair in ends(part, self.notes)]
        if markers[0] in ("before", "after"):
            kept = "no later than" if markers[0] == "before" else "from"
            self.notes.append(
                f"'{markers[0]}' is kept as '{kept}': EDTF has no form that leaves the date itself out"
            )
        if markers[0] in _STARTS:
            return [f"{first}/.." for first, _ in ends(part, self.notes)]
        return [f"../{last}" for _, last in ends(part, self.notes)]

    def part(self, found: _Tokens) -> Part:
        """Collect what one date names; words may come in any order, but a count stands before its unit."""
        part = Part([])
        once = [x.kind for x in found if x.kind in ("month", "season", "Q", "century", "millennium", "date")]
        if twice := next((kind for kind in once if once.count(kind) > 1), ""):
            raise PartFault(f"it names a {twice} twice", "'or', 'and' or a dash between two dates")
        for token in found:
            if token.kind == "number" and token.is_decade and token.value >= 30:
                part.unit, part.count = "decade", token.value
            elif token.kind == "number":
                part.numbers.append(token)
            elif token.kind in ("century", "millennium"):
                part.unit = token.kind
                part.count = part.numbers.pop().value if part.numbers else 0
            elif token.kind in _FRACTIONS:
                if not part.numbers:
                    raise PartFault(f"{token.text!r} has no number", "'first half of the 17th century'")
                whole = _FRACTIONS[token.kind]
                number = part.numbers.pop().value
                part.fraction = (whole if number == -1 else number, whole)
                if not 1 <= part.fraction[0] <= whole:
                    raise PartFault(f"there are {whole} such parts, and no part {number}", f"1 to {whole}")
            else:
                self.mark(part, token)
        if any(x.value == -1 for x in part.numbers):  # the Armenian word for 'last' is 'at the end' too
            part.numbers = [x for x in part.numbers if x.value != -1]
            self.mark(part, Token("late"))
        if part.unit and not part.count and part.numbers:
            part.count = part.numbers.pop().value
        return part

    def mark(self, part: Part, token: Token) -> None:
        match token.kind:
            case "month":
                part.month = token.value
            case "season":
                part.season = token.value
            case "Q":
                part.fraction = (token.value, 4)
            case "date":
                part.dates = token.dates
            case "about":
                part.is_about = True
            case "uncertain":
                part.is_uncertain = True
            case "bc" | "ad" | "hijri":
                part.era = token.kind
            case "early" | "mid" | "late":
                self.notes.append(f"EDTF has no form for '{token.kind}': the whole is kept")
            case _:
                raise PartFault(f"{token.text or token.kind!r} stands where no date explains it")
