"""Dates as records write them (EDTF, ISO 8601-2): read, bounded by days, and put into words.

Read here: levels 0 and 1, the sets of level 2, and a qualifier before or after any part. Left out of level 2:
digits known after unknown ones (1X68), southern seasons, exponents. The message says what to write.

- A qualifier (`?`, `~`, `%`) says how sure a date is. It never widens the bounds.
- Seasons are those of the north and three whole months long; winter is named by the year it begins in:
  2021-24 is December 2021 to February 2022.
- Days outside the years 1 to 9999 are bounded by 0001-01-01 and 9999-12-31, the first and last Python knows.
"""

import json
import re
from calendar import isleap
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

_Q = "[?~%]?"
_DATE = (
    rf"{_Q}(?:(?P<long>Y-?[1-9][0-9]{{4,8}})"
    r"|(?P<masked>-?(?:[0-9]XXX|[0-9]{2}XX)|[0-9]{3}X)"
    r"|(?P<year>(?!-0000)-?[0-9]{4})"
    rf"(?:{_Q}-{_Q}(?:(?P<season>2[1-4]|3[3-6])|XX(?:-XX)?"
    rf"|(?P<month>0[1-9]|1[0-2])(?:{_Q}-{_Q}(?:(?P<day>0[1-9]|[12][0-9]|3[01])|XX))?))?"
    rf"){_Q}"
)
_match_date = re.compile(_DATE).fullmatch
_D = re.sub(r"\?P<\w+>", "?:", _DATE)

EDTF_PATTERN: str = (
    rf"^(?:{_D}(?:/(?:{_D}|\.\.)?)?|(?:\.\.)?/{_D}"
    rf"|(?:\[(?=.*\]$)|\{{(?=.*\}}$))(?:\.\.)?{_D}(?:(?:,|\.\.){_D})*(?:\.\.)?[\]}}])$(?!\n)"
)
"""What `parse` accepts; the calendar (1994-02-30) and the order of ends are known to `parse` alone."""

_Day = tuple[int, int, int]


class InvalidDate(ValueError):  # noqa: N818 - the name a caller reads: except InvalidDate
    """A text that is no date of the registry; the message names it, says what is wrong and what to write."""


class Part(msgspec.Struct, frozen=True):
    """One date without an interval or set around it.

    `precision` is day, month, season, quarter, year, decade, century or millennium; `season` the number of a
    season or quarter in EDTF. `first` and `last` are (year, month, day), not clamped; the year 0 is 1 BC.
    """

    precision: str
    first: _Day
    last: _Day
    season: int | None
    approximate: bool
    uncertain: bool


class Span(msgspec.Struct, frozen=True):
    """From one part to another; a single date has the same part twice. None is an open or unknown end."""

    start: Part | None
    end: Part | None


class EdtfDate(msgspec.Struct, frozen=True):
    """A date that was read.

    `kind` is date, interval, one_of or all_of; only the two sets have more than one span. `earliest` and
    `latest` are None where that end is open or unknown. Of an interval between two images (last seen before,
    first seen after) they are the first and the last day on which the change can have happened.
    """

    text: str
    kind: str
    spans: tuple[Span, ...]
    earliest: date | None
    latest: date | None
    open_start: bool
    open_end: bool
    unknown_start: bool
    unknown_end: bool
    approximate: bool
    uncertain: bool


@lru_cache(maxsize=65536)
def parse(text: str) -> EdtfDate:
    """Read a date. Raises InvalidDate."""
    kind, spans = _spans(text)
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    parts = [part for part in starts + ends if part]
    no_start, no_end = None in starts, None in ends
    return EdtfDate(
        text=text,
        kind=kind,
        spans=spans,
        earliest=None if no_start else _clamped(min(part.first for part in starts if part)),
        latest=None if no_end else _clamped(max(part.last for part in ends if part)),
        open_start=no_start and not text.startswith("/"),
        open_end=no_end and not text.endswith("/"),
        unknown_start=text.startswith("/"),
        unknown_end=text.endswith("/"),
        approximate=any(part.approximate for part in parts),
        uncertain=any(part.uncertain for part in parts),
    )


def bounds(text: str) -> tuple[date | None, date | None]:
    """Return the earliest and the latest day the date allows, None where it is open or unknown."""
    read = parse(text)
    return read.earliest, read.latest


def _spans(text: str) -> tuple[str, tuple[Span, ...]]:
    if text[:1] + text[-1:] in ("[]", "{}"):
        return "one_of" if text[0] == "[" else "all_of", tuple(_set_spans(text))
    if "/" not in text:
        part = _part(text, text)
        return "date", (Span(part, part),)
    start, _, end = text.partition("/")
    if not start.strip(".") and not end.strip("."):
        raise _invalid(text, "an interval needs a date at one end at least", "../1994 or 1992/..")
    return "interval", (_span(start, end, text, missing=("", "..")),)


def _set_spans(text: str) -> Iterator[Span]:
    items = text[1:-1].split(",")
    for place, item in enumerate(items):
        start, dots, end = item.partition("..")
        if not dots:
            part = _part(item, text)
            yield Span(part, part)
            continue
        if (not start and place > 0) or (not end and place < len(items) - 1) or not (start or end):
            raise _invalid(text, "a single '..' opens or closes a set", "[..1847] or [1818..]")
        yield _span(start, end, text, missing=("",))


def _span(start: str, end: str, text: str, missing: tuple[str, ...]) -> Span:
    span = Span(*(None if piece in missing else _part(piece, text) for piece in (start, end)))
    if span.start and span.end and span.start.first > span.end.last:
        write = text.replace(f"{start}/{end}", f"{end}/{start}").replace(f"{start}..{end}", f"{end}..{start}")
        raise _invalid(text, f"it ends ({end}) before it begins ({start})", write)
    return span


def _part(piece: str, text: str) -> Part:
    match = _match_date(piece)
    if match is None:
        raise _explained(piece, text)
    precision, first, last = _days(match, text)
    season = int(match["season"]) if match["season"] else None
    return Part(precision, first, last, season, "~" in piece or "%" in piece, "?" in piece or "%" in piece)


def _days(match: re.Match[str], text: str) -> tuple[str, _Day, _Day]:
    """Return the precision, the first and the last day of one date."""
    if match["masked"]:
        digits = match["masked"]
        precision = ("decade", "century", "millennium")[digits.count("X") - 1]
        # -05XX is the years -599 to -500.
        first, last = sorted(int(digits.replace("X", digit)) for digit in "09")
        return precision, (first, 1, 1), (last, 12, 31)
    year = int(match["year"] or match["long"][1:])
    if match["season"]:
        number = int(match["season"])
        # 21, spring, begins in March; 33, the first quarter, in January.
        precision, start = ("season", number * 3 - 60) if number < 30 else ("quarter", number * 3 - 98)
        return _months(precision, year, start, 3)
    if not match["month"]:
        return _months("year", year, 1, 12)
    month = int(match["month"])
    if not match["day"]:
        return _months("month", year, month, 1)
    day, length = int(match["day"]), _month_length(year, month)
    if day > length:
        shown = f"{match['year']}-{match['month']}"
        why = f"{shown} has {length} days"
        raise _invalid(text, why, f"a day from 01 to {length}, or {shown} if the day is not known")
    return "day", (year, month, day), (year, month, day)


def _months(precision: str, year: int, month: int, count: int) -> tuple[str, _Day, _Day]:
    last_year, place = divmod(year * 12 + month + count - 2, 12)
    return precision, (year, month, 1), (last_year, place + 1, _month_length(last_year, place + 1))


def _month_length(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _clamped(day: _Day) -> date:
    return date(*min(max(day, (1, 1, 1)), (9999, 12, 31)))


_ANY_FORM = "1868, 2003-09, 2020-05-12, 199X, 17XX, 1868~, 1868/1887, ../1994 or 1992/.."


def _invalid(text: str, why: str, write: str) -> InvalidDate:
    return InvalidDate(f"{text!r} is not a date: {why}: write {write}")


def _explained(piece: str, text: str) -> InvalidDate:
    if not text.strip():
        return _invalid(text, "it is empty", f"nothing at all (leave the field out), or one of {_ANY_FORM}")
    why, write = _fault(piece)
    return _invalid(text, why, " or ".join(_suggestions(text)) or write)


def _fault(piece: str) -> tuple[str, str]:
    """Say what is wrong with the date that could not be read, and what to write if no habit explains it."""
    why, write = f"{piece!r} cannot be read", f"one of {_ANY_FORM}"
    number = re.match(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?$", re.sub("[?~%]", "", piece))
    if not piece:
        why = "a date is missing"
    elif re.search(r"\s", piece):
        why = "it holds blanks or words"
    elif "X" in piece:
        why, write = "X stands for the last digits only", "199X, 19XX, 1XXX, 2005-XX or 2005-06-XX"
    elif number and number[3] and 1 <= int(number[2]) <= 12:
        why, write = f"there is no day {number[3]}", f"{number[1]}-{number[2]} if the day is not known"
    elif number and number[3] and number[2] in "21 22 23 24 33 34 35 36":
        why, write = "a season or a quarter has no day", f"{number[1]}-{number[2]}"
    elif number:
        why = f"there is no month {number[2]} (01 to 12; seasons are 21 to 24, quarters 33 to 36)"
        write = f"{number[1]} if the month is not known"
    return why, write


def _suggestions(text: str) -> list[str]:
    """Return what the writer may have meant; two forms when the text can be read in two ways."""
    plain = re.sub(r"\s*([-–—/,])\s*", r"\1", " ".join(text.split())).replace("–", "-").replace("—", "-")
    candidates = [[plain], [plain.upper()], _in_letters(plain)]
    for habit, meant in _data()["habits"]:
        if match := re.fullmatch(habit, plain, re.IGNORECASE):
            forms = [form.format(*match.groups()) for form in meant]
            candidates.append([re.sub(r"-(\d)(?!\d)", r"-0\1", form) for form in forms])
    for forms in candidates:
        readable = [form for form in dict.fromkeys(forms) if form != text and _is_readable(form)]
        if readable:
            return readable
    return []


def _is_readable(text: str) -> bool:
    # The pattern first: a suggestion that is far off must not ask for suggestions of its own.
    try:
        return bool(re.match(EDTF_PATTERN, text) and parse(text))
    except InvalidDate:
        return False


def _in_letters(text: str) -> list[str]:
    """Read '18th century', and '12 May 2020' or 'мая 2020' in any language the words are held in."""
    folded = text.casefold()
    if match := re.fullmatch(r"(?:the )?([1-9]\d?)(?:st|nd|rd|th)? century", folded):
        return [f"{int(match[1]) - 1:02}XX"]
    year = re.search(r"(?<!\d)\d{4}(?!\d)", folded)
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", folded)
    named = [
        number
        for words in _data()["languages"].values()
        for names in words["months"].values()
        for number, name in enumerate(names, start=1)
        if re.search(rf"\b{name.casefold()}\b", folded)
    ]
    return [f"{year[0]}-{named[0]:02}" + (f"-{int(day[0]):02}" if day else "")] if year and named else []


@lru_cache(maxsize=65536)
def in_words(text: str, language: str) -> str:
    """Write the date for a reader, for instance '2003-09/2009-05' as 'between September 2003 and May 2009'.

    An interval is worded the same whether something lasted through it or happened within it. A qualifier on
    the month or the day is told of the whole date. Raises ValueError for a language without words for dates.
    """
    languages = _data()["languages"]
    if language not in languages:
        raise ValueError(f"there are no words for dates in {language!r}: write one of {', '.join(languages)}")
    words = languages[language]
    read = parse(text)
    if read.kind == "date":
        phrase = _role(read.spans[0].start, "alone", words)
    elif read.kind == "interval":
        phrase = _interval(read, words)
    else:
        phrase = _listed(read, words)
    for unspoken, spoken in words["replacements"]:
        phrase = phrase.replace(unspoken, spoken)
    return phrase


@cache
def _data() -> Any:
    return json.loads(files("heritage_registry").joinpath("languages/dates.json").read_text("utf-8"))


def _interval(read: EdtfDate, words: dict[str, Any]) -> str:
    phrases = words["phrases"]
    span = read.spans[0]
    if span.start and span.end:
        start, end = _role(span.start, "start", words), _role(span.end, "end", words)
        return str(phrases["between"].format(start=start, end=end))
    phrase = _role(span.start, "from", words) if span.start else _role(span.end, "until", words)
    if read.unknown_start:
        return str(phrases["unknown_start"].format(date=phrase))
    return str(phrases["unknown_end"].format(date=phrase)) if read.unknown_end else phrase


def _listed(read: EdtfDate, words: dict[str, Any]) -> str:
    joints = words["lists"][read.kind]
    items = [_item(span, joints, words) for span in read.spans]
    return str(joints["comma"].join(items[:-1]) + joints["last"] + items[-1]) if items[1:] else items[0]


def _item(span: Span, joints: dict[str, str], words: dict[str, Any]) -> str:
    if span.start is None:
        return joints["earlier"].format(date=_role(span.end, "item", words))
    if span.end is None:
        return joints["later"].format(date=_role(span.start, "item", words))
    if span.start is span.end:
        return _role(span.start, "item", words)
    ends = (span.start, span.end)
    if all(end.precision == "year" and not end.approximate and not end.uncertain for end in ends):
        years = msgspec.structs.replace(span.start, precision="years", last=span.end.last)
        if not _is_before_christ(years):
            return _role(years, "item", words)
    start, end = (_role(end, "item", words) for end in ends)
    return str(words["phrases"]["range"].format(start=start, end=end))


def _role(part: Part | None, role: str, words: dict[str, Any]) -> str:
    """Word one part in the case and with the preposition that its place in the phrase asks for."""
    assert part is not None  # callers choose the role by the end that is there
    values = _values(part, words)
    forms = {form: _form(part, templates, values, words) for form, templates in words["forms"].items()}
    phrase = words["roles"][role]["about" if part.approximate else "exact"].format_map(forms)
    return str(words["phrases"]["uncertain"].format(date=phrase) if part.uncertain else phrase)


def _form(part: Part, templates: dict[str, str], values: dict[str, object], words: dict[str, Any]) -> str:
    shape = part.precision
    if part.season == 24:
        shape = "winter"
    elif shape == "decade" and part.first[0] % 100 == 0:
        shape = "years"  # 'the 1900s' would be read as the century
    phrase = (templates.get(shape) or words["forms"]["plain"][shape]).format_map(values)
    return str(words["before_christ"].format(date=phrase) if _is_before_christ(part) else phrase)


def _values(part: Part, words: dict[str, Any]) -> dict[str, object]:
    """Return what the templates of a form may name: year, last (year), number (of a century), day, names."""
    year, month, day = part.first
    last = part.last[0]
    size = {"century": 100, "millennium": 1000}.get(part.precision, 1)
    number = year // size + 1
    if _is_before_christ(part):
        year, last = 1 - year, 1 - last
        number = (last - 1) // size + 1
    values: dict[str, object] = {
        "year": year,
        "last": last,
        "day": day,
        "roman": _roman(number if size > 1 else 0),
    }
    for name, count in (("year", year), ("last", last), ("number", number)):
        values[f"{name}_ordinal"] = f"{count}{_ordinal_ending(count, words)}"
    season = part.season or 0
    for name, place in (("month", month), ("season", season - 20), ("quarter", season - 32)):
        for case, names in words[f"{name}s"].items():
            if 1 <= place <= len(names):
                values[f"{name}_{case}"] = names[place - 1]
    return values


def _is_before_christ(part: Part) -> bool:
    return part.first[0] < 0 or (part.first[0] == 0 and part.last[0] == 0)


def _ordinal_ending(number: int, words: dict[str, Any]) -> str:
    """Look up the number, else its last spoken word: 3 of 2023, 90 of 1990, 100 of 1900, 1000 of 2000."""
    digits = str(number)
    zeros = len(digits) - len(digits.rstrip("0"))
    spoken = digits[len(digits) - zeros - 1 :]
    if zeros >= 2:
        spoken = "100" if zeros == 2 else "1000" if zeros < 6 else "1000000"
    endings: dict[str, str] = words["ordinals"]
    return endings.get(digits) or endings.get(spoken) or endings["other"]


def _roman(number: int) -> str:
    tens = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC", "C")
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return tens[number // 10] + ones[number % 10]
