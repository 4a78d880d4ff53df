"""Dates: which are read, which days they allow, and how they are worded."""

import re
from datetime import date
from math import isinf
from typing import Annotated, Any

import msgspec
import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from heritage_registry.dates import EDTF_PATTERN, InvalidDate, bounds, in_words, parse

EdtfText = Annotated[str, msgspec.Meta(pattern=EDTF_PATTERN)]
LANGUAGES = ("en", "hy", "az", "ru")

WORDS = {
    "1868": (
        "1868",
        "1868 թ.",
        "1868-ci il",
        "1868 г.",
    ),
    "2003-09": (
        "September 2003",
        "2003 թ. սեպտեմբեր",
        "2003-cü ilin sentyabrı",
        "сентябрь 2003 г.",
    ),
    "2020-05-12": (
        "12 May 2020",
        "2020 թ. մայիսի 12",
        "12 may 2020-ci il",
        "12 мая 2020 г.",
    ),
    "2021-21": (
        "spring 2021",
        "2021 թ. գարուն",
        "2021-ci ilin yazı",
        "весна 2021 г.",
    ),
    "2021-24": (
        "winter 2021–2022",
        "2021–2022 թթ. ձմեռ",
        "2021–2022-ci illərin qışı",
        "зима 2021–2022 гг.",
    ),
    "2021-34": (
        "second quarter of 2021",
        "2021 թ. երկրորդ եռամսյակ",
        "2021-ci ilin ikinci rübü",
        "II квартал 2021 г.",
    ),
    "199X": (
        "the 1990s",
        "1990-ական թվականներ",
        "1990-cı illər",
        "1990-е годы",
    ),
    "190X": (
        "1900–1909",
        "1900–1909 թթ.",
        "1900–1909-cu illər",
        "1900–1909 гг.",
    ),
    "17XX": (
        "18th century",
        "XVIII դար",
        "XVIII əsr",
        "XVIII век",
    ),
    "1XXX": (
        "2nd millennium",
        "II հազարամյակ",
        "II minillik",
        "II тысячелетие",
    ),
    "2005-XX": (
        "2005",
        "2005 թ.",
        "2005-ci il",
        "2005 г.",
    ),
    "2005-06-XX": (
        "June 2005",
        "2005 թ. հունիս",
        "2005-ci ilin iyunu",
        "июнь 2005 г.",
    ),
    "2020-11~": (
        "about November 2020",
        "մոտավորապես 2020 թ. նոյեմբեր",
        "təxminən 2020-ci ilin noyabrı",
        "около ноября 2020 г.",
    ),
    "1868?": (
        "1868 (uncertain)",
        "1868 թ. (անստույգ)",
        "1868-ci il (dəqiq məlum deyil)",
        "1868 г. (под вопросом)",
    ),
    "1868%": (
        "about 1868 (uncertain)",
        "մոտավորապես 1868 թ. (անստույգ)",
        "təxminən 1868-ci il (dəqiq məlum deyil)",
        "около 1868 г. (под вопросом)",
    ),
    "2004-~06": (
        "about June 2004",
        "մոտավորապես 2004 թ. հունիս",
        "təxminən 2004-cü ilin iyunu",
        "около июня 2004 г.",
    ),
    "17XX~": (
        "about the 18th century",
        "մոտավորապես XVIII դար",
        "təxminən XVIII əsr",
        "около XVIII века",
    ),
    "1868/1887": (
        "between 1868 and 1887",
        "1868 թ. և 1887 թ. միջև",
        "1868-ci il ilə 1887-ci il arasında",
        "в период с 1868 г. по 1887 г.",
    ),
    "2003-09/2009-05": (
        "between September 2003 and May 2009",
        "2003 թ. սեպտեմբերի և 2009 թ. մայիսի միջև",
        "2003-cü ilin sentyabrı ilə 2009-cu ilin mayı arasında",
        "в период с сентября 2003 г. по май 2009 г.",
    ),
    "2020-05-02/2020-05-14": (
        "between 2 May 2020 and 14 May 2020",
        "2020 թ. մայիսի 2-ի և 2020 թ. մայիսի 14-ի միջև",
        "2 may 2020-ci il tarixi ilə 14 may 2020-ci il tarixi arasında",
        "в период со 2 мая 2020 г. по 14 мая 2020 г.",
    ),
    "1868~/1887?": (
        "between about 1868 and 1887 (uncertain)",
        "1868 թ. (մոտավորապես) և 1887 թ. (անստույգ) միջև",
        "1868-ci il (təxminən) ilə 1887-ci il (dəqiq məlum deyil) arasında",
        "в период с 1868 г. (примерно) по 1887 г. (под вопросом)",
    ),
    "2021-21/2021-24": (
        "between spring 2021 and winter 2021–2022",
        "2021 թ. գարնան և 2021–2022 թթ. ձմռան միջև",
        "2021-ci ilin yazı ilə 2021–2022-ci illərin qışı arasında",
        "в период с весны 2021 г. по зиму 2021–2022 гг.",
    ),
    "199X/2005": (
        "between the 1990s and 2005",
        "1990-ական թվականների և 2005 թ. միջև",
        "1990-cı illər ilə 2005-ci il arasında",
        "в период с 1990-х годов по 2005 г.",
    ),
    "17XX/1920": (
        "between the 18th century and 1920",
        "XVIII դարի և 1920 թ. միջև",
        "XVIII əsr ilə 1920-ci il arasında",
        "в период с XVIII века по 1920 г.",
    ),
    "02XX/..": (
        "from the 3rd century",
        "III դարից սկսած",
        "III əsrdən etibarən",
        "с III века",
    ),
    "2021-34/2022-36": (
        "between the second quarter of 2021 and the fourth quarter of 2022",
        "2021 թ. երկրորդ եռամսյակի և 2022 թ. չորրորդ եռամսյակի միջև",
        "2021-ci ilin ikinci rübü ilə 2022-ci ilin dördüncü rübü arasında",
        "в период со II квартала 2021 г. по IV квартал 2022 г.",
    ),
    "../1994": (
        "no later than 1994",
        "ոչ ուշ, քան 1994 թվականը",
        "1994-cü ildən gec olmayaraq",
        "не позднее 1994 г.",
    ),
    "../2009-05": (
        "no later than May 2009",
        "ոչ ուշ, քան 2009 թ. մայիսը",
        "2009-cu ilin mayından gec olmayaraq",
        "не позднее мая 2009 г.",
    ),
    "../2020-05-12": (
        "no later than 12 May 2020",
        "ոչ ուշ, քան 2020 թ. մայիսի 12-ը",
        "12 may 2020-ci il tarixindən gec olmayaraq",
        "не позднее 12 мая 2020 г.",
    ),
    "../199X": (
        "no later than the 1990s",
        "ոչ ուշ, քան 1990-ական թվականները",
        "1990-cı illərdən gec olmayaraq",
        "не позднее 1990-х годов",
    ),
    "../17XX": (
        "no later than the 18th century",
        "ոչ ուշ, քան XVIII դարը",
        "XVIII əsrdən gec olmayaraq",
        "не позднее XVIII века",
    ),
    "1992/..": (
        "from 1992",
        "1992 թվականից սկսած",
        "1992-ci ildən etibarən",
        "с 1992 г.",
    ),
    "2020-11-02/..": (
        "from 2 November 2020",
        "2020 թ. նոյեմբերի 2-ից սկսած",
        "2 noyabr 2020-ci il tarixindən etibarən",
        "со 2 ноября 2020 г.",
    ),
    "2003-09/..": (
        "from September 2003",
        "2003 թ. սեպտեմբերից սկսած",
        "2003-cü ilin sentyabrından etibarən",
        "с сентября 2003 г.",
    ),
    "199X/..": (
        "from the 1990s",
        "1990-ական թվականներից սկսած",
        "1990-cı illərdən etibarən",
        "с 1990-х годов",
    ),
    "1992/": (
        "from 1992 (end unknown)",
        "1992 թվականից սկսած (վերջն անհայտ է)",
        "1992-ci ildən etibarən (sonu məlum deyil)",
        "с 1992 г. (конец неизвестен)",
    ),
    "/1994": (
        "no later than 1994 (start unknown)",
        "ոչ ուշ, քան 1994 թվականը (սկիզբն անհայտ է)",
        "1994-cü ildən gec olmayaraq (başlanğıcı məlum deyil)",
        "не позднее 1994 г. (начало неизвестно)",
    ),
    "[1818,1847]": (
        "1818 or 1847",
        "1818 թ. կամ 1847 թ.",
        "1818-ci il və ya 1847-ci il",
        "1818 г. или 1847 г.",
    ),
    "[1667~,1668,1670..1672]": (
        "about 1667, 1668 or 1670–1672",
        "մոտավորապես 1667 թ., 1668 թ. կամ 1670–1672 թթ.",
        "təxminən 1667-ci il, 1668-ci il və ya 1670–1672-ci illər",
        "около 1667 г., 1668 г. или 1670–1672 гг.",
    ),
    "[..1847]": (
        "1847 or earlier",
        "1847 թ. կամ ավելի վաղ",
        "1847-ci il və ya daha əvvəl",
        "1847 г. или ранее",
    ),
    "[1960..]": (
        "1960 or later",
        "1960 թ. կամ ավելի ուշ",
        "1960-cı il və ya daha sonra",
        "1960 г. или позднее",
    ),
    "{1818,1820-05}": (
        "1818 and May 1820",
        "1818 թ. և 1820 թ. մայիս",
        "1818-ci il və 1820-ci ilin mayı",
        "1818 г. и май 1820 г.",
    ),
    "{2003-09..2004-02,2009}": (
        "September 2003 – February 2004 and 2009",
        "2003 թ. սեպտեմբեր – 2004 թ. փետրվար և 2009 թ.",
        "2003-cü ilin sentyabrı – 2004-cü ilin fevralı və 2009-cu il",
        "сентябрь 2003 г. – февраль 2004 г. и 2009 г.",
    ),
    "-0500": (
        "501 BC",
        "մ.թ.ա. 501 թ.",
        "e.ə. 501-ci il",
        "501 г. до н. э.",
    ),
    "-0043-03": (
        "March 44 BC",
        "մ.թ.ա. 44 թ. մարտ",
        "e.ə. 44-cü ilin martı",
        "март 44 г. до н. э.",
    ),
    "-05XX": (
        "6th century BC",
        "մ.թ.ա. VI դար",
        "e.ə. VI əsr",
        "VI век до н. э.",
    ),
    "2021-22~": (
        "about summer 2021",
        "մոտավորապես 2021 թ. ամառ",
        "təxminən 2021-ci ilin yayı",
        "около лета 2021 г.",
    ),
    "2010-XX-XX/2020?": (
        "between 2010 and 2020 (uncertain)",
        "2010 թ. և 2020 թ. (անստույգ) միջև",
        "2010-cu il ilə 2020-ci il (dəqiq məlum deyil) arasında",
        "в период с 2010 г. по 2020 г. (под вопросом)",
    ),
}

REFUSED = {
    "": ["it is empty", "leave the field out"],
    "   ": ["it is empty"],
    " 1868": ["it holds blanks", "write 1868"],
    "1868\n": ["it holds blanks", "write 1868"],
    "2020-13": ["'2020-13' is not a date", "there is no month 13", "write 2020 if the month is not known"],
    "2020-00": ["there is no month 00"],
    "2020-05-32": ["there is no day 32", "write 2020-05 if the day is not known"],
    "1994-02-30": ["1994-02 has 28 days", "write a day from 01 to 28, or 1994-02 if the day is not known"],
    "1900-02-29": ["1900-02 has 28 days"],
    "2021-21-05": ["a season or a quarter has no day", "write 2021-21"],
    "1887/1868": ["it ends (1868) before it begins (1887)", "write 1868/1887"],
    "2009-05/2003-09": ["before it begins", "write 2003-09/2009-05"],
    "[1847..1818]": ["before it begins", "write [1818..1847]"],
    "/": ["a date at one end at least", "write ../1994 or 1992/.."],
    "../..": ["a date at one end at least"],
    "..": ["'..' cannot be read"],
    "[]": ["a date is missing"],
    "[1818,]": ["a date is missing"],
    "[..1868..]": ["'1868..' cannot be read"],
    "[..]": ["a single '..' opens or closes a set"],
    "[1818,..1847]": ["a single '..' opens or closes a set", "write [..1847] or [1818..]"],
    "[1818, 1847]": ["it holds blanks", "write [1818,1847]"],
    "[1818..1830..1847]": ["'1830..1847' cannot be read"],
    "{1818,1847]": ["cannot be read"],
    "1868/1870/1880": ["'1870/1880' cannot be read"],
    "1X68": ["X stands for the last digits only", "199X, 19XX"],
    "XXXX": ["X stands for the last digits only"],
    "2004-XX-05": ["X stands for the last digits only"],
    "-0000": ["cannot be read"],
    "12.05.2020": ["write 2020-05-12"],
    "5.6.2020": ["write 2020-06-05"],
    "05/12/2020": ["write 2020-12-05 or 2020-05-12"],
    "25/12/2020": ["write 2020-12-25"],
    "12/2020": ["write 2020-12"],
    "2020/05/12": ["write 2020-05-12"],
    "20200512": ["write 2020-05-12"],
    "2020-5-3": ["write 2020-05-03"],
    "2020-05-12T10:00": ["write 2020-05-12"],
    "2003/05": ["write 2003-05"],
    "1868-1887": ["write 1868/1887"],
    "1868 – 1887": ["write 1868/1887"],
    "1868/87": ["write 1868/1887"],
    "1990s": ["write 199X"],
    "199x": ["write 199X"],
    "199?": ["write 199X"],
    "18??": ["write 18XX"],
    "18th century": ["write 17XX"],
    "c. 1868": ["write 1868~"],
    "около 1868": ["write 1868~"],
    "before 1994": ["write ../1994"],
    "since 1992": ["write 1992/.."],
    "1868 or 1870": ["write [1868,1870]"],
    "May 2020": ["write 2020-05"],
    "12 мая 2020": ["write 2020-05-12"],
    "2003 թ. սեպտեմբերի 6": ["write 2003-09-06"],
    "sentyabr 2003": ["write 2003-09"],
    "1868 թ.": ["write 1868"],
    "1868-ci il": ["write 1868"],
    "unknown/1994": ["write /1994"],
    "850": ["write 0850"],
    "12345": ["write Y12345"],
    "destroyed": ["write one of 1868, 2003-09"],
    "١٨٦٨": ["cannot be read"],
}

ONLY_PARSE_REFUSES = {
    "1994-02-30",
    "1900-02-29",
    "1887/1868",
    "2009-05/2003-09",
    "[1847..1818]",
    "[1818..1830..1847]",
    "[..1868..]",
}

# The package goes wrong or stops at the year 0, winter, `1683/` and `199X/..`.
SAME_AS_EDTF = """
0001 0850 1868 1994 9999 1868? 1868~ 1868% 2003-01 2003-09 2003-12 2000-02 1900-02 2003-09? 2020-11~ 2020-11%
2020-05-12 2000-02-29 1999-12-31 2020-05-12~ 2021-21 2021-22 2021-23 2021-33 2021-34 2021-35 2021-36
199X 190X 200X 18XX 17XX 19XX 1XXX 2XXX 2005-XX 2005-XX-XX 2005-06-XX 2004-02-XX
?2004-06 2004?-06 2004-06~-11 2004-~06 2004-~06-11 2004-06-?11 ~2004-06-11
1868/1887 2003-09/2009-05 2020-05-02/2020-05-14 2004-06~/2006-08? 1868~/1887% 1868/1868 2003/2009-05
2005/2005-03 2005-06/2005 199X/2005 18XX/1920 2021-21/2021-23
../1994 ../2009-05 ../2020-05-12 1992/.. 2003-09/.. 2020-11-02/.. 1992~/..
[1818,1847] [1667,1668,1670..1672] [..1847] [1960..] [1818-05,1847] [..1818,1847]
{1818,1847} {1667,1668,1670..1672} {..1847} {1960..} {1960,1961-12}
""".split()  # noqa: SIM905 - a table reads better than eighty quoted words


def test_every_refusal_says_what_is_wrong_and_what_to_write() -> None:
    for text, words in REFUSED.items():
        with pytest.raises(InvalidDate) as refusal:
            parse(text)
        message = str(refusal.value)
        assert message.startswith(f"{text!r} is not a date: ")
        assert [word for word in words if word not in message] == [], message


def test_accepted_dates_match_the_pattern_and_refused_ones_do_not() -> None:
    for text in [*WORDS, *SAME_AS_EDTF, "Y12345", "Y-12345", "1683/", "/1683"]:
        parse(text)
        assert re.search(EDTF_PATTERN, text), text
    assert {text for text in REFUSED if re.search(EDTF_PATTERN, text)} == ONLY_PARSE_REFUSES


@pytest.mark.parametrize("text", SAME_AS_EDTF)
def test_bounds_are_those_of_the_edtf_package(text: str) -> None:
    theirs = parse_edtf(text)
    assert bounds(text) == (_day(theirs.lower_strict()), _day(theirs.upper_strict()))


def _day(moment: Any) -> date | None:
    return None if isinstance(moment, float) and isinf(moment) else date(*moment[:3])


def test_an_interval_ends_with_its_end_even_if_its_start_is_less_exact() -> None:
    assert bounds("2005/2005-03") == (date(2005, 1, 1), date(2005, 3, 31))
    assert bounds("199X/1992") == (date(1990, 1, 1), date(1992, 12, 31))
    assert bounds("199X/..") == (date(1990, 1, 1), None)


def test_winter_runs_into_the_next_year() -> None:
    assert bounds("2021-24") == (date(2021, 12, 1), date(2022, 2, 28))
    assert bounds("2023-24/2024-21") == (date(2023, 12, 1), date(2024, 5, 31))


def test_an_unknown_end_is_not_an_open_one() -> None:
    unknown, still = parse("1683/"), parse("1683/..")
    assert (unknown.latest, unknown.unknown_end, unknown.open_end) == (None, True, False)
    assert (still.latest, still.unknown_end, still.open_end) == (None, False, True)
    assert (parse("/1683").earliest, parse("/1683").unknown_start, parse("../1683").open_start) == (
        None,
        True,
        True,
    )


def test_a_change_between_two_images_has_a_first_and_a_last_possible_day() -> None:
    assert bounds("2003-09/2009-05-14") == (date(2003, 9, 1), date(2009, 5, 14))


def test_a_qualifier_leaves_the_bounds_as_they_are() -> None:
    assert bounds("1868") == bounds("1868~") == bounds("1868?") == bounds("1868%")
    read = parse("1868%")
    assert (read.approximate, read.uncertain) == (True, True)
    read = parse("2003~/2009?")
    assert [part and part.approximate for part in (read.spans[0].start, read.spans[0].end)] == [True, False]


def test_years_beyond_the_calendar_are_bounded_by_its_first_and_last_day() -> None:
    assert bounds("-0500") == (date(1, 1, 1), date(1, 1, 1))
    assert bounds("-05XX/0100") == (date(1, 1, 1), date(100, 12, 31))
    assert bounds("2000/Y12345") == (date(2000, 1, 1), date(9999, 12, 31))
    with pytest.raises(InvalidDate, match="before it begins"):
        parse("-0100/-0500")


def test_a_set_is_bounded_by_its_outer_dates_in_any_order() -> None:
    assert bounds("[1847,1818]") == (date(1818, 1, 1), date(1847, 12, 31))
    assert [parse(text).kind for text in ("[1818,1847]", "{1818,1847}")] == ["one_of", "all_of"]


def test_the_pattern_works_in_a_record() -> None:
    class Report(msgspec.Struct):
        observed: EdtfText

    assert msgspec.convert({"observed": "2003-09/2009-05"}, Report).observed == "2003-09/2009-05"
    with pytest.raises(msgspec.ValidationError, match=r"observed"):
        msgspec.convert({"observed": "2020-13"}, Report)


@pytest.mark.parametrize("text", WORDS)
def test_a_date_is_worded_in_every_language(text: str) -> None:
    assert tuple(in_words(text, language) for language in LANGUAGES) == WORDS[text]


def test_years_in_azerbaijani_take_the_ending_of_their_last_spoken_word() -> None:
    endings = {
        "2001": "ci", "2002": "ci", "2003": "cü", "2004": "cü", "2005": "ci", "2006": "cı", "2007": "ci",
        "2008": "ci", "2009": "cu", "2010": "cu", "2020": "ci", "1930": "cu", "1940": "cı", "1950": "ci",
        "1960": "cı", "1970": "ci", "1980": "ci", "1990": "cı", "1900": "cü", "2000": "ci",
    }  # fmt: skip
    assert {year: in_words(year, "az") for year in endings} == {
        year: f"{year}-{ending} il" for year, ending in endings.items()
    }


def test_centuries_in_english_take_their_ordinal() -> None:
    centuries = {"00XX": "1st", "01XX": "2nd", "02XX": "3rd", "10XX": "11th", "12XX": "13th", "20XX": "21st"}
    assert {text: in_words(text, "en") for text in centuries} == {
        text: f"{ordinal} century" for text, ordinal in centuries.items()
    }


def test_russian_says_so_before_the_second() -> None:
    assert in_words("01XX/2020-05-02", "ru") == "в период со II века по 2 мая 2020 г."
    assert in_words("2020-05-02/..", "ru") == "со 2 мая 2020 г."
    assert in_words("2020-05-12/..", "ru") == "с 12 мая 2020 г."


def test_a_language_without_words_is_named() -> None:
    with pytest.raises(ValueError, match="no words for dates in 'de': write one of en, hy, az, ru"):
        in_words("1868", "de")


qualifiers = st.sampled_from(["", "?", "~", "%"])
days = st.dates().map(lambda day: day.isoformat())
plain_dates = st.one_of(
    days,
    days.map(lambda text: text[:7]),
    days.map(lambda text: text[:4]),
    days.map(lambda text: text[:3] + "X"),
    days.map(lambda text: text[:2] + "XX"),
    days.map(lambda text: text[:7] + "-XX"),
    st.integers(1, 9998).flatmap(
        lambda year: st.sampled_from([21, 22, 23, 24, 33, 34, 35, 36]).map(lambda part: f"{year:04}-{part}")
    ),
    st.integers(1, 9999).map(lambda year: f"-{year:04}"),
    st.integers(10000, 999999999).map(lambda year: f"Y{year}"),
)
dates = st.tuples(plain_dates, qualifiers).map("".join)


def _first(text: str) -> tuple[int, int, int]:
    start = parse(text).spans[0].start
    assert start is not None
    return start.first


def _in_order(pair: tuple[str, str]) -> list[str]:
    return sorted(pair, key=_first)


intervals = st.one_of(
    st.tuples(dates, dates).map(_in_order).map("/".join),
    dates.flatmap(lambda text: st.sampled_from([f"{text}/..", f"../{text}", f"{text}/", f"/{text}"])),
)
items = st.lists(dates, min_size=1).map(",".join)
sets = st.tuples(st.sampled_from(["%s", "..%s", "%s.."]), items, st.sampled_from(["[%s]", "{%s}"])).map(
    lambda made: made[2] % (made[0] % made[1])
)


@given(st.one_of(dates, intervals, sets))
def test_every_date_is_read_bounded_and_worded(text: str) -> None:
    earliest, latest = bounds(text)
    assert earliest is None or latest is None or earliest <= latest
    assert re.search(EDTF_PATTERN, text)
    for language in LANGUAGES:
        assert re.search(r"[{}]", in_words(text, language)) is None


@given(st.one_of(st.text(), st.text("0123456789-/.X?~%[]{},Y "), st.from_regex(EDTF_PATTERN)))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        parse(text)
    except InvalidDate as refusal:
        assert str(refusal).startswith(f"{text!r} is not a date: ")  # noqa: PT017 - reading is allowed too
