"""The form of a record file: what survives it, and what is answered to a file that is not in it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import claim, named, site_feature, source
from heritage_registry.claim import Claim
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.form import (
    MAX_RECORD_BYTES,
    decode,
    decode_loosely,
    encode,
    find_problems,
    unfit_text,
)
from heritage_registry.site import Site
from heritage_registry.source import Source
from record_strategies import lines, records

FILE = "records/k7m2q9x4.geojson"


def canonical(feature: dict[str, Any]) -> bytes:
    return encode(decode_loosely(json.dumps(feature).encode(), Site, FILE))


def text_of(**changes: Any) -> str:
    return canonical(site_feature(**changes)).decode()


def problems(raw: bytes | str) -> list[Problem]:
    return find_problems(raw.encode() if isinstance(raw, str) else raw, Site, FILE)


def only_problem(raw: bytes | str) -> tuple[int, str, str]:
    (problem,) = problems(raw)
    return problem.line, problem.field, problem.message


@pytest.mark.parametrize("record_type", [Site, Source, Claim])
def test_any_record_survives_write_and_read(record_type: type[Site | Source | Claim]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(records(record_type))
    def survives(data: dict[str, Any]) -> None:
        record = decode_loosely(json.dumps(data).encode(), record_type, FILE)
        raw = encode(record)
        assert decode(raw, record_type, FILE) == record
        assert encode(decode(raw, record_type, FILE)) == raw
        assert find_problems(raw, record_type, FILE) == []

    survives()


@settings(deadline=None)
@given(lines)
def test_any_name_survives_the_file_as_it_was_written(name: str) -> None:
    site = decode(text_of(names=[named(name)]).encode(), Site, FILE)
    assert site.properties.names[0].text == name


@pytest.mark.parametrize(
    "name",
    [
        "Şuşa",
        "Շուշի",
        "مسجد یوخاری گوهر آقا",
        "می‌شود",
        "Дадиванк",
        "👩‍👩‍👧",
        "St. George's “old” <church> & co.",
        r"C:\temp\b",
    ],
)
def test_names_of_every_script_are_kept_letter_for_letter(name: str) -> None:
    assert decode(text_of(names=[named(name)]).encode(), Site, FILE).properties.names[0].text == name
    assert name in text_of(names=[named(name)]).replace('\\"', '"').replace("\\\\", "\\")


def test_fields_at_their_default_are_left_out_and_the_file_ends_with_a_line_break() -> None:
    text = text_of()
    assert text.endswith("}\n")
    assert '"sensitivity"' not in text
    assert "null" not in text
    assert text.splitlines()[1] == '  "type": "Feature",'


def test_a_key_given_twice_is_named_where_it_stands_the_second_time() -> None:
    text = text_of().replace('"type": "Feature",', '"type": "Feature",\n  "type": "Feature",')
    assert only_problem(text) == (3, "", "has the key 'type' twice; keep one of them")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_named(word: str) -> None:
    text = text_of().replace('"uncertainty_m": 100', f'"uncertainty_m": {word}')
    line, field, message = only_problem(text)
    assert text.splitlines()[line - 1].strip() == f'"uncertainty_m": {word}'
    assert field == "properties.locations.0.uncertainty_m"
    assert message == f"{word} is not a number; leave the field out"


def test_a_number_of_thousands_of_digits_is_refused_and_not_read() -> None:
    text = text_of().replace('"uncertainty_m": 100', '"uncertainty_m": 1' + "0" * 100_000)
    assert only_problem(text)[2] == "has a number of 100001 digits; write at most 40"


def test_a_number_beyond_what_is_kept_is_refused() -> None:
    text = json.dumps(claim(numerator={"as_stated": "all", "value": 0})).replace(
        '"value": 0', '"value": 1e400'
    )
    (problem,) = find_problems(text.encode(), Claim, "claims/c1a1m000.json")
    assert problem.message.startswith("cannot be read: Number out of range")


def test_a_byte_order_mark_is_named_and_format_removes_it() -> None:
    raw = b"\xef\xbb\xbf" + text_of().encode()
    line, _, message = only_problem(raw)
    assert line == 1
    assert message.startswith("begins with a byte order mark")
    assert encode(decode_loosely(raw, Site, FILE)) == text_of().encode()


def test_a_file_in_another_encoding_is_named_with_its_byte() -> None:
    raw = text_of(names=[named("Köşk")]).encode("iso8859-9")
    line, _, message = only_problem(raw)
    assert b"K\xf6" in raw.split(b"\n")[line - 1]
    assert message == "byte 0xf6 is not UTF-8; save the file as UTF-8"


def test_text_nested_too_deeply_is_refused() -> None:
    assert only_problem("[" * 100_000)[2] == "is nested more than 40 levels deep"


def test_an_over_large_file_is_refused_unread() -> None:
    assert only_problem(b" " * (MAX_RECORD_BYTES + 1)) == (
        0,
        "",
        "is larger than the 4,000,000 bytes a record may have",
    )


@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("\u200b", "U+200B (zero width space)"),
        ("\u202e", "U+202E (right-to-left override)"),
        ("\u2066", "U+2066 (left-to-right isolate)"),
        ("\u200f", "U+200F (right-to-left mark)"),
        ("\u00ad", "U+00AD (soft hyphen)"),
        ("\ufeff", "U+FEFF (zero width no-break space)"),
        ("\u2028", "U+2028 (line separator)"),
        ("\U000e0041", "U+E0041 (tag latin capital letter a)"),
        ("\u0007", "U+0007 (control character)"),
        ("\t", "U+0009 (control character)"),
        ("\r", "U+000D (control character)"),
        ("\u007f", "U+007F (control character)"),
        ("\u0085", "U+0085 (control character)"),
    ],
)
def test_characters_that_nobody_sees_are_named(character: str, words: str) -> None:
    raw = text_of(names=[named("Old Mosque")]).replace("Old ", f"Old {json.dumps(character)[1:-1]}")
    if character > "\u001f":
        raw = raw.replace(json.dumps(character)[1:-1], character)
    with pytest.raises(InvalidRecords) as caught:
        decode(raw.encode(), Site, FILE)
    (problem,) = caught.value.problems
    assert problem.field == "properties.names.0.text"
    assert problem.message == f"holds {words} at character 5, which a reader cannot see; remove it"


def test_a_joiner_is_kept_between_persian_letters_and_in_emoji_and_refused_elsewhere() -> None:
    assert unfit_text("می‌شود") == []
    assert unfit_text("👩‍👩‍👧") == []
    for bare in ("Old\u200cMosque", "\u200dOld", "Şuşa\u200c", "شوشا\u200c ", "ش\u200c\u200cا"):
        assert len(unfit_text(bare)) == 1, bare


def test_half_a_surrogate_pair_is_refused() -> None:
    text = text_of().replace("Old Mosque", r"Old \ud800 Mosque")
    assert "U+D800" in only_problem(text)[2]


def test_letters_that_are_not_composed_are_named_and_format_composes_them() -> None:
    loose = unicodedata.normalize("NFD", text_of(names=[named("Köşk")]))
    line, field, message = only_problem(loose)
    assert (loose.splitlines()[line - 1].strip()[:6], field) == ('"text"', "properties.names.0.text")
    assert message == "holds letters that are not composed (Unicode NFC); run 'heritage format'"
    assert encode(decode_loosely(loose.encode(), Site, FILE)) == text_of(names=[named("Köşk")]).encode()


def test_format_composes_letters_that_are_written_as_escapes() -> None:
    escaped = text_of(names=[named("Köşk")]).replace("ö", r"o\u0308")
    assert encode(decode_loosely(escaped.encode(), Site, FILE)) == text_of(names=[named("Köşk")]).encode()


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000"])
def test_blanks_around_a_name_are_named(blank: str) -> None:
    for name in (f"Old Mosque{blank}", f"{blank}Old Mosque"):
        text = text_of().replace("Old Mosque", name)
        message = only_problem(text)[2]
        assert message.endswith("write one line of text that neither begins nor ends with a blank")


def test_another_layout_is_named_at_the_first_line_that_differs() -> None:
    text = text_of()
    line = next(n for n, x in enumerate(text.splitlines(), start=1) if "status" in x)
    loose = text.replace('"status": "published"', '"status":"published"')
    assert only_problem(loose) == (
        line,
        "",
        "is not in canonical form from here on; run 'heritage format'",
    )
    assert only_problem(text.rstrip("\n"))[2].startswith("is not in canonical form")
    assert only_problem(json.dumps(json.loads(text)))[0] == 1


def test_format_accepts_any_layout_and_refuses_any_other_mistake() -> None:
    feature = site_feature()
    assert encode(decode_loosely(json.dumps(feature).encode(), Site, FILE)) == text_of().encode()
    feature["properties"]["status"] = "ready"
    with pytest.raises(InvalidRecords, match="'ready' is not one of draft, in_review, published, withdrawn"):
        decode_loosely(json.dumps(feature).encode(), Site, FILE)


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    feature = site_feature(names=[named("Old Mosque ", "english"), named("", "hy")], color="red")
    found = problems(json.dumps(feature, indent=2))
    assert [p.field.removeprefix("properties.") for p in found] == [
        "names.0.text",
        "names.0.language",
        "names.1.text",
        "color",
    ]
    assert [p.line for p in found] == sorted(p.line for p in found)


def test_a_record_must_be_one_object_and_nothing_more() -> None:
    assert only_problem("") == (1, "", "ends before the JSON is complete")
    assert only_problem("[]")[2] == "[] is a list; write an object"
    assert only_problem(text_of() + "{}")[2] == "goes on after the end of the record"
    assert only_problem('{"type": "Feature" "id": 1}')[2] == "is not JSON here: expected a comma or '}'"


def test_a_source_keeps_the_names_that_csl_gives_its_fields() -> None:
    data = source() | {"URL": "https://example.org/a", "container-title": "Monitor"}
    text = encode(decode_loosely(json.dumps(data).encode(), Source, "sources/survey-2021.json")).decode()
    assert '"container-title": "Monitor"' in text
    assert '"URL": "https://example.org/a"' in text


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 3000), st.integers(0, 40))
def test_a_file_damaged_anywhere_is_read_or_answered_and_never_crashes(
    junk: bytes, at: int, cut: int
) -> None:
    raw = text_of().encode()
    damaged = raw[:at] + junk + raw[at + cut :]
    found = problems(damaged)
    assert all(problem.message and problem.line <= damaged.count(b"\n") + 1 for problem in found)
    if not found:
        assert encode(decode(damaged, Site, FILE)) == damaged


def test_a_default_that_is_written_out_is_not_canonical_and_format_leaves_it_out() -> None:
    feature = site_feature(sensitivity="open", names=[named("Old Mosque") | {"kind": "name"}])
    spelled_out = msgspec.json.format(json.dumps(feature, ensure_ascii=False).encode(), indent=2) + b"\n"
    record = decode_loosely(spelled_out, Site, FILE)
    canonical = encode(record)
    assert b"sensitivity" not in canonical
    assert b'"kind"' not in canonical
    assert encode(decode(canonical, Site, FILE)) == canonical
    assert any("run 'heritage format'" in p.message for p in find_problems(spelled_out, Site, FILE))
