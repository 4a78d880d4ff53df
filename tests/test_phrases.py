"""Dates as people write them: which are read, as what, and which are asked about or refused."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage_registry.dates import InvalidDate, bounds, in_words, parse
from heritage_registry.phrases import LANGUAGES, Reading, read_phrase

with (Path(__file__).parent / "data" / "date_phrases.csv").open(encoding="utf-8", newline="") as _file:
    PHRASES = list(csv.DictReader(_file))
READABLE = [row for row in PHRASES if row["edtf"]]
REFUSED = [row for row in PHRASES if not row["edtf"]]


def name(row: dict[str, str]) -> str:
    return f"{row['language']}: {row['phrase']}"


def test_the_phrases_are_of_all_languages_and_half_of_them_are_wordings_of_the_records() -> None:
    taken = [row for row in PHRASES if row["taken_from"] == "records"]
    assert len(PHRASES) >= 200
    assert len(taken) * 2 >= len(PHRASES)
    assert {row["language"] for row in PHRASES} == set(LANGUAGES)


@pytest.mark.parametrize("row", READABLE, ids=name)
def test_a_phrase_is_read_as_the_date_it_means(row: dict[str, str]) -> None:
    assert " | ".join(read_phrase(row["phrase"], row["language"]).readings) == row["edtf"]


@pytest.mark.parametrize("row", READABLE, ids=name)
def test_the_language_need_not_be_told(row: dict[str, str]) -> None:
    readings = read_phrase(row["phrase"]).readings
    assert set(row["edtf"].split(" | ")) <= set(readings)
    # In English alone 12/05/2020 may be a day in December.
    assert len(readings) == 1 + row["edtf"].count(" | ") or "/05/" in row["phrase"]


@pytest.mark.parametrize("row", REFUSED, ids=name)
def test_what_is_no_date_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(InvalidDate, match="is not a date"):
        read_phrase(row["phrase"], row["language"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edtf", sorted({x for row in READABLE for x in row["edtf"].split(" | ")}))
def test_the_words_for_a_date_mean_the_same_days(edtf: str, language: str) -> None:
    words = in_words(edtf, language)
    read = read_phrase(words, language)
    if edtf[:3] in ("190", "200") and edtf.endswith("X"):  # '1900–1909': the same years as an interval
        assert [bounds(x) for x in read.readings] == [bounds(edtf)]
    else:
        assert read.readings == (edtf,), words


#: Dates whose words are theirs alone: not 2005-XX, which reads '2005', and not the first decade of a century.
single_dates = st.one_of(
    st.integers(-999, 2100)
    .filter(lambda y: y > 99 or y < 0)
    .map(lambda y: f"{y:05}" if y < 0 else f"{y:04}"),
    st.builds("{:04}-{:02}".format, st.integers(301, 2100), st.integers(1, 12)),
    st.builds("{:04}-{:02}-{:02}".format, st.integers(301, 2100), st.integers(1, 12), st.integers(1, 28)),
    st.builds("{:04}-{}".format, st.integers(301, 2100), st.sampled_from((21, 22, 23, 24, 33, 34, 35, 36))),
    st.integers(11, 209).filter(lambda n: n % 10).map("{:03}X".format),
    st.integers(0, 20).map("{:02}XX".format),
    st.integers(0, 20).map("-{:02}XX".format),
    st.sampled_from(("0XXX", "1XXX", "-1XXX")),
)
dates = st.builds("{}{}".format, single_dates, st.sampled_from(("", "", "~", "?", "%")))
bounded = st.builds(str.format, st.sampled_from(("{}/..", "../{}", "{}/", "/{}")), dates)
_SHAPES = ("{}/{}", "[{},{}]", "{{{},{}}}", "[..{},{}]", "{{{},{}..}}")


def in_order(shape: str, pair: tuple[str, str]) -> str:
    return shape.format(*sorted(pair, key=lambda text: parse(text).spans[0].start.first))  # type: ignore[union-attr]


pairs = st.tuples(dates, dates).filter(lambda pair: pair[0] != pair[1])
two_dates = st.builds(in_order, st.sampled_from(_SHAPES), pairs)


@given(dates | bounded | two_dates, st.sampled_from(LANGUAGES))
def test_dates_put_into_words_read_back(edtf: str, language: str) -> None:
    words = in_words(edtf, language)
    assert read_phrase(words, language).readings == (edtf,), words


jumbled = st.lists(
    st.sampled_from(("1992", "may", "or", "–", "/", "(", ")", "AH", "XVIII", "century", ",", "12", "to"))
)


@given(st.text(max_size=30) | jumbled.map(" ".join))
def test_any_text_is_read_or_refused_with_words(text: str) -> None:
    message, read = "", None
    try:
        read = read_phrase(text)
    except InvalidDate as error:
        message = str(error)
    assert (
        all(map(parse, read.readings)) if read else re.search("is not a date: .*: write ", message, re.DOTALL)
    )


@given(dates)
def test_edtf_itself_is_among_its_readings(edtf: str) -> None:
    assert edtf in read_phrase(edtf).readings


def notes(text: str, language: str = "en") -> str:
    return "\n".join(read_phrase(text, language).notes)


def test_two_readings_leave_the_choice_to_the_writer() -> None:
    assert read_phrase("May 2020").edtf == "2020-05"
    assert read_phrase("winter 2021").edtf is None
    assert "by the year it begins in" in notes("winter 2021")
    assert notes("2021-24") == "2021-24 may be winter 2021–2022, or the years 2021/2024"


def test_what_edtf_cannot_say_is_told() -> None:
    assert "no form for 'early'" in notes("early 1990s")
    assert "'before' is kept as 'no later than'" in notes("before 1994")
    assert "'after' is kept as 'from'" in notes("1994-cü ildən sonra", "az")
    assert "written as years" in notes("first half of the 17th century")
    assert notes("1274 (twin churches)") == "left out: (twin churches)"
    assert notes("summer 2021") == ""


def test_years_of_the_hijri_calendar_are_converted_and_it_is_said() -> None:
    assert read_phrase("AH 672", "en") == Reading(
        "AH 672", ("1273/1274",), ("AH 672 is 1273/1274, give or take a day",)
    )
    assert read_phrase("1305 (AH 704)").edtf == "1305"
    disagreeing = read_phrase("1500 (AH 704)")
    assert disagreeing.readings == ("1500", "1304/1305")
    assert "disagree" in disagreeing.notes[-1]


def test_months_before_days_are_possible_in_english_alone() -> None:
    assert read_phrase("12/05/2020", "en").readings == ("2020-05-12", "2020-12-05")
    assert read_phrase("12/05/2020", "ru").readings == ("2020-05-12",)
    assert read_phrase("12/25/2020", "en").readings == ("2020-12-25",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ", "it is empty: write nothing at all (leave the field out)"),
        ("Soviet era", "'Soviet' is no word of a date: write the date alone, for instance '18th century'"),
        ("not dated", "it says that there is no date: write nothing at all"),
        ("12 May", "the year is missing: write the year too, for instance 'May 2020'"),
        ("May 94", "'94' may be a year of any century: write the year in four figures"),
        ("in the 90s", "the number of the decade is missing: write '18th century' or 'the 1990s'"),
        ("1818 1847", "two years stand side by side: write '1818 or 1847' or '1818–1847'"),
        ("1992 to", "no date follows 'to': write 'from 1992 to 1994' or 'since 1992'"),
        ("1818 or", "a date of the list is missing: write '1818 or 1847'"),
        ("18th century (rebuilt 1642)", "the brackets (rebuilt 1642) may hold a second date: write one date"),
        ("30 February 2020", "2020-02 has 29 days: write a day from 01 to 29"),
        ("between 2005 and 1992", "it ends (1992) before it begins (2005): write 1992/2005"),
        ("third half of the 17th century", "there are 2 such parts, and no part 3: write 1 to 2"),
        ("half of the 17th century", "'half of' has no number: write 'first half of the 17th century'"),
        ("AD 0", "there is no year 0: write 1 BC or AD 1"),
        ("May AH 1095", "of the hijri calendar only years and centuries are read: write AH 1095"),
        ("18th century 19th century", "it names a century twice: write 'or', 'and' or a dash"),
        ("May June 2020", "it names a month twice: write 'or', 'and' or a dash between two dates"),
        ("first half of May 2020", "two parts of one year are named: write one of them"),
        ("2020-05 12", "a date in figures and something else are named: write the one or the other"),
        ("after 1991–1992", "'after' is said of two dates: write 'after 1992', or 'between 1991 and 1992'"),
        ("XIIX век", "'XIIX' is no word of a date"),
    ],
)
def test_a_refusal_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(InvalidDate, match=re.escape(message)):
        read_phrase(text)


def test_a_language_without_words_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no words for dates in 'fr': write one of en, hy, az, ru"):
        read_phrase("1992", "fr")


def test_a_text_too_long_to_be_a_date_is_refused_at_once() -> None:
    with pytest.raises(InvalidDate, match="it has 3,000 letters"):
        read_phrase("[" * 3000)
