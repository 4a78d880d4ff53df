"""One date of a phrase: what it names, what its neighbours lend it, and how EDTF writes it."""

import re
from datetime import date
from itertools import pairwise

import msgspec

from heritage_registry.phrase_words import DASHES, Token

_Ends = tuple[str, str]


class PartFault(Exception):  # noqa: N818 - never leaves the modules that read phrases
    """What keeps a phrase from being a date, and what to write."""

    def __init__(self, why: str, write: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.write = write


class Part(msgspec.Struct):
    """What one date of a phrase names by itself, before its neighbours lend it what it leaves out."""

    numbers: list[Token]
    dates: tuple[str, ...] = ()
    unit: str = ""
    count: int = 0
    fraction: tuple[int, int] = (0, 0)
    month: int = 0
    season: int = 0
    year: int | None = None
    is_about: bool = False
    is_uncertain: bool = False
    era: str = ""

    @property
    def size(self) -> int:
        """The year, or the number of the century: what is compared between the ends of a range."""
        return self.count or (self.year or 0) or max((x.value for x in self.numbers), default=0)


def lend(parts: list[Part], joint: str = "") -> None:
    """Give each date what it leaves to its neighbour: '2–14 May 2020', 'May–June 2021', '1874-75', '5–4 BC'.

    `joint` is what stands between the two ends of a range; the dates of a list have none.
    """
    were_plain = [_is_plain(part) for part in parts]
    for left, right in reversed(list(pairwise(parts))):
        is_plain = _is_plain(left)
        _lend_one(left, right, joint)
        _lend_era(left, right, is_plain, is_later=False)
        if right.era == "bc" and joint and not left.era:
            left.era = "bc"
        if right.unit == "decade" and is_plain and left.size % 10 == 0 and joint in DASHES:
            left.unit, left.count = "decade", left.numbers.pop().value
    for (left, right), was_plain in zip(pairwise(parts), were_plain, strict=False):
        # 'մ.թ.ա. V–IV դար': the era stands before both, and the unit after both.
        is_plain = _is_plain(right) or (was_plain and left.unit == right.unit != "")
        _lend_one(right, left, joint)
        if joint in DASHES or left.era == "hijri":
            _lend_era(right, left, is_plain, is_later=True)
        if right.unit == "decade" and right.count < 100:
            right.count += left.size // 100 * 100
        elif _is_short_year(right) and (year := _year(left)) and not left.month:
            right.year = year // 100 * 100 + right.numbers.pop().value


def _lend_era(needy: Part, lender: Part, is_plain: bool, is_later: bool) -> None:
    """Lend an era to a bare number; years before Christ only in their order, which counts down."""
    counts_down = lender.size > needy.size if is_later else needy.size > lender.size
    if is_plain and not needy.era and (lender.era == "hijri" or (lender.era == "bc" and counts_down)):
        needy.era = lender.era


def _is_plain(part: Part) -> bool:
    """Tell whether it is a number and no more, which may leave anything to its neighbour."""
    return len(part.numbers) == 1 and not (
        part.unit or part.month or part.season or part.fraction[1] or part.dates
    )


def _lend_one(needy: Part, lender: Part, joint: str) -> None:
    if needy.dates or needy.unit:
        return
    last = needy.numbers[-1] if needy.numbers else Token("")
    is_count = 0 < last.value < 100 and (not needy.era or joint in DASHES or not last.text.isdecimal())
    if lender.unit in ("century", "millennium") and is_count and not needy.month:
        needy.unit, needy.count = lender.unit, needy.numbers.pop().value
    elif _year(needy) is not None:
        if lender.month and not needy.month and len(needy.numbers) == 2:  # the second half of 'May 8-9, 1992'
            needy.month = lender.month
    elif (year := _year(lender)) is not None:
        if not needy.month and needy.numbers and lender.month:
            needy.month = lender.month
        if needy.month or needy.season or needy.fraction[1]:
            needy.year = year


def ends(part: Part, notes: list[str]) -> list[_Ends]:
    """Return the first and the last date a part names, in each way it can be read."""
    quality = {0: "", 1: "~", 2: "?", 3: "%"}[part.is_about + 2 * part.is_uncertain]
    if part.era == "hijri":
        found = [_from_hijri(part, notes)]
    elif part.dates:
        if part.numbers or part.month or part.unit or part.fraction[1]:
            raise PartFault("a date in figures and something else are named", "the one or the other")
        found = [(x, x) for x in part.dates]
    elif part.unit:
        found = _of_unit(part, notes)
    else:
        found = _of_year(part, notes)
    return [(first + quality, last + quality) for first, last in found]


def _of_unit(part: Part, notes: list[str]) -> list[_Ends]:
    count, size = part.count, {"decade": 10, "century": 100, "millennium": 1000}[part.unit]
    if part.numbers or part.month or part.season:
        raise PartFault(f"the {part.unit} and something else are named", "the one or the other")
    if count < 1 or (size == 10 and count < 100):
        raise PartFault(f"the number of the {part.unit} is missing", "'18th century' or 'the 1990s'")
    if count * (1 if size == 10 else size) > 9999:
        raise PartFault(f"the number of the {part.unit} is too high", "'18th century' or 'the 1990s'")
    is_bc = part.era == "bc"
    first = count if size == 10 else (1 - count * size if is_bc else (count - 1) * size + 1)
    if part.fraction[1]:
        number, whole = part.fraction
        begin, end = ((number + n) * size // whole + first for n in (-1, 0))
        notes.append(f"a part of a {part.unit} has no form of its own: it is written as years")
        return [(_four(begin), _four(end - 1))]
    if size == 10:
        if is_bc:
            return [(_four(1 - count - 9), _four(1 - count))]
        decade = f"{count // 10:03}X"
        return [(x, x) for x in ((decade,) if count % 100 else (decade, f"{count // 100:02}XX"))]
    masked = f"{count - 1:02}XX" if size == 100 else f"{count - 1}XXX"
    text = f"-{masked}" if is_bc else masked
    return [(text, text)]


def _of_year(part: Part, notes: list[str]) -> list[_Ends]:
    year, day = _year_and_day(part)
    if sum(map(bool, (part.month, part.season, part.fraction[1]))) > 1:
        raise PartFault("two parts of one year are named", "one of them, such as 'May 2020' or 'summer 2020'")
    if part.season == 4:
        notes.append(f"winter {year}: EDTF names a winter by the year it begins in")
        return [(f"{_four(x)}-24",) * 2 for x in (year - 1, year)]
    if part.season:
        return [(f"{_four(year)}-{20 + part.season}",) * 2]
    if part.fraction[1] == 4:
        return [(f"{_four(year)}-{32 + part.fraction[0]}",) * 2]
    if part.fraction[1]:
        months = 12 // part.fraction[1]
        number = part.fraction[0]
        return [(f"{_four(year)}-{(number - 1) * months + 1:02}", f"{_four(year)}-{number * months:02}")]
    text = _four(year) + (f"-{part.month:02}" if part.month else "") + (f"-{day:02}" if day else "")
    return [(text, text)]


def _year_and_day(part: Part) -> tuple[int, int]:
    year, day = part.year, 0
    is_alone = bool(part.era) and len(part.numbers) == 1
    for token in part.numbers:
        if year is None and (_has_figures_of_year(token) or is_alone or (part.era and token.value > 31)):
            if token.value == 0:
                raise PartFault("there is no year 0", "1 BC or AD 1")
            year = 1 - token.value if part.era == "bc" else token.value
        elif part.month and not day and 1 <= token.value <= 31:
            day = token.value
        elif _has_figures_of_year(token):
            raise PartFault("two years stand side by side", "'1818 or 1847' or '1818–1847'")
        else:
            raise PartFault(f"{token.text!r} may be a year of any century", "the year in four figures")
    if year is None:
        raise PartFault("the year is missing", "the year too, for instance 'May 2020'")
    if not -9999 <= year <= 9999:
        raise PartFault(f"the year {year} has too many figures", "a year of four figures")
    return year, day


def _from_hijri(part: Part, notes: list[str]) -> _Ends:
    if part.unit == "century":
        first, last = (part.count - 1) * 100 + 1, part.count * 100
    elif len(part.numbers) == 1 and not part.month and not part.unit:
        first = last = part.numbers[0].value
    else:
        raise PartFault("of the hijri calendar only years and centuries are read", "AH 1095")
    if not 1 <= first <= last <= 2000:
        raise PartFault("the years of the hijri calendar are read from 1 to 2000", "AH 1095")
    years = _western_year(_hijri_new_year(first)), _western_year(_hijri_new_year(last + 1) - 1)
    named = f"AH {first}" if first == last else f"AH {first} to {last}"
    notes.append(f"{named} is {spanned(_four(years[0]), _four(years[1]), '/')}, give or take a day")
    return _four(years[0]), _four(years[1])


def spanned(first: str, last: str, joint: str) -> str:
    """Join the ends of a span, or return the one date that they are."""
    return first if first == last else f"{first}{joint}{last}"


def _four(year: int) -> str:
    return f"{year:04}" if year >= 0 else f"-{-year:04}"


def _year(part: Part) -> int | None:
    """Return the year a part names itself, if it does."""
    if part.year is not None:
        return part.year
    is_alone = bool(part.era) and len(part.numbers) == 1
    years = [x.value for x in part.numbers if (is_alone and x.text.isdecimal()) or _has_figures_of_year(x)]
    return (1 - years[0] if part.era == "bc" else years[0]) if years else None


def _has_figures_of_year(token: Token) -> bool:
    return token.text.isdecimal() and len(token.text) > 2


def _is_short_year(part: Part) -> bool:
    plain = part.numbers and re.fullmatch(r"[0-9]{2}", part.numbers[-1].text)
    return bool(plain) and not (part.unit or part.month or part.era or part.dates or _year(part) is not None)


def _hijri_new_year(year: int) -> int:
    """Return the Julian day number of 1 Muharram, by the arithmetic calendar of 30-year cycles."""
    return 1948440 + (year - 1) * 354 + (11 * year + 3) // 30


def _western_year(day: int) -> int:
    if day < 2299161:  # 15 October 1582, the first day of the Gregorian calendar
        return (4 * (day - 1721424) + 3) // 1461 + 1
    return date.fromordinal(day - 1721425).year
