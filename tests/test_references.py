"""Citation files become drafts of sources: what cannot be read is told, nothing is guessed."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage_registry.citation import cite_source, csl_json
from heritage_registry.form import decode, encode
from heritage_registry.references import (
    FORMS,
    Entry,
    SourceDraft,
    UnreadableReferences,
    completed,
    normalised_address,
    read_references,
    same_source,
    source_from_address,
    suggest_key,
)
from heritage_registry.source import ArchivedCopy, CslName, Source
from hostile import DEEP_BIBTEX, DEEP_JSON
from record_strategies import records

RIS = """\ufeffTY  - JOUR
AU  - Սարգսյան, Հայկ
AU  - Institute of Surveys
TI  - Gates of two
  villages
T2  - Journal of Surveys
DA  - 2021/03/14/
LA  - Armenian
DO  - https://doi.org/10.1234/surveys.5
UR  - https://www.example.org/gates?utm_source=mail
UR  - https://example.org/gates.pdf
N1  - Read in print.
ER  -

TY - NEWS
TI - A visit to the mosque
PB - Example News
PY - 2020
Y2 - 2021/01/02
ER -
AU  - Nobody
TY  - SOUND
TI  - A song
DA  - spring of 2020
UR  - ftp://a.org
LA  - the language of birds
ER  -
TY  - BOOK
TI  - Never closed
""".encode()

BIBTEX = rb"""
@string{press = "Example Press"}
@comment{kept out}
@article{sargsyan2021,
  title = {Gates of {Two} Villages \& 50\% of their arches},
  author = {Sargsyan, Hayk and {Ministry of Culture and Sport} and van der Berg, Jan and others},
  journal = {Journal of Surveys},
  year = 2021, month = mar, day = 14,
  doi = {10.1234/surveys\_5},
  url = {https://example.org/a\_b%20c?x=1\&y=2},
  langid = {ngerman},
}
@book{open, title = "never closed
@book{book1, title = "The Mosques of \c{S}u\c{s}a", publisher = press, date = {1985/1987}}
@misc{book1, title = {Twice the key}, howpublished = {\url{https://example.org/~x}}}
@podcast{p, title = {Talk}, year = {soon}, note = press # " Ltd"}
@misc{twice, title = {First}, title = {Second}}
@misc{empty, year = 2020}
"""

CSL: list[Any] = [
    {
        "id": "zotero/1", "type": "article-journal", "title": "Gates of <i>two</i> villages",
        "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
                   {"literal": "A Body"}],
        "container-title": "Journal of Surveys", "issued": {"date-parts": [["2021", 3, 14]]},
        "accessed": {"date-parts": [[2022]]}, "URL": "https://example.org/gates",
        "DOI": "doi:10.1234/surveys.5",
        "language": "en_us", "abstract": "is not kept", "page": "1-9",
    },
    {"type": "song", "title": "A song", "issued": {"raw": "199X"}},
    {"type": "book", "title": "Over\u200bview\u202e", "issued": {"date-parts": [[1868], [1887]]}},
    {"type": "report", "title": "Survey", "issued": {"date-parts": [[2021]], "season": 1}},
    {"type": "map", "title": "Map", "issued": {"date-parts": [[1910]], "circa": True}},
    "no item",
    {"type": "webpage", "title": 7, "URL": "https://user:secret@example.org/",
     "issued": {"date-parts": [[2021, 13]]}},
]  # fmt: skip


def read(raw: bytes, form: str) -> list[Entry]:
    return read_references(raw, form)


def drafts(raw: bytes, form: str) -> list[SourceDraft | None]:
    return [entry.draft for entry in read(raw, form)]


def draft(fields: dict[str, Any]) -> SourceDraft:
    (entry,) = read(json.dumps({"type": "book", "title": "A title"} | fields).encode(), "csl-json")
    assert entry.draft
    return entry.draft


def source(key: str, **fields: Any) -> Source:
    return Source(id=key, type="report", kind="press", affiliation="media", party="none", **fields)


def test_ris_gives_sources_with_names_dates_and_addresses() -> None:
    first = drafts(RIS, "ris")[0]
    assert first == SourceDraft(
        id="sargsyan-2021-gates-two-villages",
        type="article-journal",
        title="Gates of two villages",
        author=(CslName(family="Սարգսյան", given="Հայկ"), CslName(literal="Institute of Surveys")),
        container_title="Journal of Surveys",
        issued="2021-03-14",
        url="https://www.example.org/gates?utm_source=mail",
        doi="10.1234/surveys.5",
        language="hy",
        note="Read in print.",
    )


def test_ris_with_one_blank_before_the_hyphen_is_read_too() -> None:
    second = drafts(RIS, "ris")[1]
    assert second
    assert (second.type, second.publisher, second.issued, second.accessed) == (
        "article-newspaper",
        "Example News",
        "2020",
        "2021-01-02",
    )


def test_problems_of_ris_name_the_entry_its_line_and_the_field() -> None:
    entries = read(RIS, "ris")
    assert [entry.line for entry in entries] == [1, 15, 21, 22, 28]
    assert [message for entry in entries for message in entry.messages] == [
        "entry 1 (line 1): UR: holds 2 addresses; only the first is kept",
        "entry 3 (line 21): TY: is missing at the beginning of the entry",
        "entry 3 (line 21): ER: is missing at the end of the entry",
        "entry 3 (line 21): title: the entry has neither title, address nor DOI; add it by hand",
        "entry 4 (line 22): DA: 'spring of 2020' is no date of numbers such as 2021-03-05; left out",
        "entry 4 (line 22): UR: 'ftp://a.org' is no address that begins with https:// or http://; left out",
        "entry 4 (line 22): LA: 'the language of birds' is no language tag such as hy, az or en; left out",
        "entry 4 (line 22): type: 'SOUND' is no type a source has; 'document' is put instead",
        "entry 5 (line 28): ER: is missing at the end of the entry",
    ]
    assert [bool(entry.draft) for entry in entries] == [True, True, False, True, True]


def test_bibtex_gives_sources_with_accents_names_and_addresses() -> None:
    first, _, book, twice_the_key, *_ = drafts(BIBTEX, "bibtex")
    assert first == SourceDraft(
        id="sargsyan-2021-gates-two-villages-50-their-arches",
        type="article-journal",
        title="Gates of Two Villages & 50% of their arches",
        author=(
            CslName(family="Sargsyan", given="Hayk"),
            CslName(literal="Ministry of Culture and Sport"),
            CslName(family="van der Berg", given="Jan"),
        ),
        container_title="Journal of Surveys",
        issued="2021-03-14",
        url="https://example.org/a_b%20c?x=1&y=2",
        doi="10.1234/surveys_5",
        language="de",
    )
    assert book
    assert (book.title, book.publisher, book.issued) == ("The Mosques of Şuşa", "Example Press", "1985/1987")
    assert twice_the_key
    assert twice_the_key.url == "https://example.org/~x"


def test_problems_of_bibtex_name_the_entry_and_its_line() -> None:
    assert [message for entry in read(BIBTEX, "bibtex") for message in entry.messages] == [
        "entry 1 (line 4): author: ends in 'and others'; the names behind it are not in the file",
        "entry 2 (line 13): cannot be read; look for a brace or quotation mark that is not closed",
        "entry 4 (line 15): 'book1' is the key of an entry above too",
        "entry 5 (line 16): note: is put together from several texts with '#'; left out, write it by hand",
        "entry 5 (line 16): year: 'soon' is no date of numbers such as 2021-03-05; left out",
        "entry 5 (line 16): type: 'podcast' is no type a source has; 'document' is put instead",
        "entry 6 (line 17): has title more than once; the first is kept",
        "entry 7 (line 18): title: the entry has neither title, address nor DOI; add it by hand",
    ]


def test_csl_json_gives_sources_with_names_and_dates_of_every_kind() -> None:
    first, *others = drafts(json.dumps(CSL).encode(), "csl-json")
    assert first == SourceDraft(
        id="van-der-berg-2021-gates-two-villages",
        type="article-journal",
        title="Gates of two villages",
        author=(CslName(family="van der Berg", given="Jan"), CslName(literal="A Body")),
        container_title="Journal of Surveys",
        issued="2021-03-14",
        accessed="2022",
        url="https://example.org/gates",
        doi="10.1234/surveys.5",
        language="en-US",
    )
    assert [one and one.issued for one in others] == ["199X", "1868/1887", "2021-21", "1910~", None, None]


def test_problems_of_csl_json_name_the_entry_and_the_field() -> None:
    assert [
        message for entry in read(json.dumps(CSL).encode(), "csl-json") for message in entry.messages
    ] == [
        "entry 2: type: 'song' is no type a source has; 'document' is put instead",
        "entry 3: title: held characters that a reader cannot see; left out",
        "entry 6: 'no item' is no CSL-JSON item; left out",
        "entry 7: issued: '2021-13' is no date of numbers such as 2021-03-05; left out",
        "entry 7: URL: holds a user name before the host; left out",
    ]


def test_who_speaks_is_left_to_the_writer() -> None:
    made = completed(draft({}), "press")
    assert (made.kind, made.affiliation, made.party) == ("press", "unknown", "unknown")


@pytest.mark.parametrize(
    ("form", "raw"), [("ris", RIS), ("bibtex", BIBTEX), ("csl-json", json.dumps(CSL).encode())]
)
def test_every_draft_becomes_a_record(form: str, raw: bytes) -> None:
    for one in filter(None, drafts(raw, form)):
        made = completed(one, "press")
        assert decode(encode(made), Source, "source") == made


@given(records(Source))
def test_a_source_of_the_registry_comes_back_from_its_csl_json(fields: dict[str, Any]) -> None:
    original = msgspec.convert(fields, Source)
    (entry,) = read(csl_json([cite_source(original)]).encode(), "csl-json")
    found = entry.draft
    assert found
    assert found.type == original.type
    assert found.title == " ".join((original.title or original.id).split())
    assert (found.issued, found.accessed) == (original.issued, original.accessed)
    assert found.language == original.language
    assert found.url == (original.url or original.read_at)
    wanted = [msgspec.to_builtins(name) for name in original.author]
    assert [msgspec.to_builtins(name) for name in found.author] == [
        {part: " ".join(text.split()) for part, text in name.items()} for name in wanted if name
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_NAMES = ("type", "title", "author", "issued", "accessed", "URL", "DOI", "language", "note", "publisher")


@given(st.lists(anything | st.dictionaries(st.sampled_from(_NAMES), anything), max_size=3))
def test_whatever_csl_json_holds_gives_records_or_problems(items: list[Any]) -> None:
    raw = json.dumps(items).encode()
    if not items:
        return
    check_entries(read(raw, "csl-json"))


@given(st.sampled_from(["ris", "bibtex"]), st.lists(st.sampled_from((
    "TY  - JOUR\n", "ER  - \n", "TI  - ", "DA  - ", "AU  - a, b\n", "@misc{a,", " title = ", "{", "}",
    '"', "\\", "$", ",",
    "author = {a, b, c, d, e and {}},", "%", "\n", "x", "Շ", "\0", "\u202e", "/", "2021", "url = {https://a.b/\\%{}}",
)), min_size=1, max_size=25))  # fmt: skip
def test_whatever_a_citation_file_holds_gives_records_or_problems(form: str, pieces: list[str]) -> None:
    with suppress(UnreadableReferences):
        check_entries(read("".join(pieces).encode(), form))


def check_entries(entries: list[Entry]) -> None:
    for entry in entries:
        assert entry.draft or entry.problems
        if entry.draft:
            made = completed(entry.draft, "press")
            assert decode(encode(made), Source, "source") == made


@pytest.mark.parametrize(
    ("form", "raw", "words"),
    [
        ("ris", b"\n\n", "holds no entry of the form ris"),
        ("bibtex", b"% nothing", "holds no entry of the form bibtex"),
        ("csl-json", b"[]", "holds no entry of the form csl-json"),
        ("csl-json", b"{", "is no JSON"),
        ("csl-json", b"7", "holds no list of items"),
        ("csl-json", DEEP_JSON, "is no JSON"),
        ("ris", "TY  - JOUR\nTI  - Şuşa".encode("cp1254"), "line 2: byte 0xde is not UTF-8"),
        ("ris", b"x" * 2_000_001, "larger than 2,000,000 bytes"),
        ("ris", b"TY  - JOUR\nTI  - a\nER  - \n" * 2_001, "more than 2,000 entries"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(form: str, raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableReferences) as refused:
        read(raw, form)
    assert words in str(refused.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "raw",
    [DEEP_BIBTEX, b"@misc{a," * 20_000, b"{" * 200_000, b"TY  - JOUR\n" * 50_000, b"AU  - x\n" * 100_000,
     b'[{"title": "' + "\u200b".encode() * 300_000 + b'"}]',
     b"@misc{a, title={" + b"\\textbf{" * 900 + b"}}"],
)  # fmt: skip
def test_a_hostile_citation_file_ends_soon(form: str, raw: bytes) -> None:
    began = time.perf_counter()
    with suppress(UnreadableReferences):
        check_entries(read(raw, form))
    assert time.perf_counter() - began < 10


def test_an_address_alone_makes_a_draft_without_invention() -> None:
    assert source_from_address(" https://www.example.org/news/1 ") == SourceDraft(
        id="example", type="webpage", url="https://www.example.org/news/1"
    )


def test_an_address_of_a_kept_copy_tells_the_page_and_the_day() -> None:
    address = "https://web.archive.org/web/20210102030405/http://example.org/news"
    found = source_from_address(address, taken=["example"])
    assert found.url == "http://example.org/news"
    assert found.archived == (ArchivedCopy(url=address, captured="2021-01-02"),)
    assert found.id == "example-2"


def test_an_address_of_a_doi_tells_the_doi() -> None:
    assert source_from_address("https://doi.org/10.1000/a%2Fb").doi == "10.1000/a/b"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "file:///etc/passwd",
        "https://",
        "https://a:b@example.org/",
        "https://[/",
        "x" * 999,
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UnreadableReferences, match="is not the address of a page; copy it from the browser"):
        source_from_address(address)


def test_a_key_is_readable_and_never_taken() -> None:
    one = source("x", publisher="Şuşa Təşkilatı", title="The Gates of Շուշի", issued="199X-12")
    assert suggest_key(one, ()) == "susa-taskilati-gates-shushi"
    assert suggest_key(source("x", issued="2020~"), ()) == "2020"
    assert suggest_key(source("x"), ["source", "source-2"]) == "source-3"


@given(records(Source))
def test_any_source_has_a_key(fields: dict[str, Any]) -> None:
    original = msgspec.convert(fields, Source)
    key = suggest_key(original, ())
    assert msgspec.convert({**fields, "id": key}, Source).id == key
    assert suggest_key(original, [key]) == f"{key}-2"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a", "http://www.example.org/a/", "HTTPS://EXAMPLE.org:443/a?utm_source=x&fbclid=y",
        "https://example.org/a#part", "https://example.org/%61",
    ],
)  # fmt: skip
def test_one_page_is_found_under_many_addresses(address: str) -> None:
    known = [source("other", url="https://example.org/b"), source("same", url="https://example.org/a")]
    assert [(one.source, one.shared) for one in same_source(source_from_address(address), known)] == [
        ("same", "address")
    ]


def test_pages_that_differ_in_their_question_are_two() -> None:
    assert normalised_address("https://e.org/?id=1") != normalised_address("https://e.org/?id=2")
    assert normalised_address("https://e.org/#/1") != normalised_address("https://e.org/#/2")
    assert normalised_address("https://e.org/?b=1&a=2") == normalised_address("https://e.org/?a=2&b=1")


def test_the_same_source_is_found_by_doi_copy_and_title() -> None:
    known = [
        source("by-title", title="The gates of Shusha, a survey", issued="2021-05"),
        source("other-year", title="The gates of Shusha, a survey", issued="1999"),
        source("by-doi", doi="10.1234/ABC"),
        source("by-copy", archived=(ArchivedCopy(url="https://a.org/1", captured="2021"),)),
        source("short", title="Report", issued="2021"),
    ]
    one = draft(
        {
            "title": "Gates of Şuşa: a survey",
            "issued": {"raw": "2021"},
            "DOI": "10.1234/abc",
            "URL": "https://a.org/1",
        }
    )
    assert [(x.source, x.shared) for x in same_source(one, known)] == [
        ("by-copy", "address"),
        ("by-doi", "doi"),
        ("by-title", "title"),
    ]
    assert same_source(draft({"title": "Report", "issued": {"raw": "2021"}}), known) == []


@pytest.mark.parametrize("address", ["http://[x.y/z", "http://a.b[", "http://x]y/"])
def test_an_address_with_a_bracket_that_no_host_has_breaks_nothing(address: str) -> None:
    (entry,) = read_references(f"TY  - BOOK\nTI  - T\nUR  - {address}\nER  - \n".encode(), "ris")
    assert entry.draft is not None
    assert entry.draft.title == "T"


@pytest.mark.parametrize("value", ["\\'{e}" * 300_000, "a and " * 300_000, "1-" * 900_000])
def test_a_field_without_end_is_left_out_at_once(value: str) -> None:
    raw = f"@book{{a, title={{T}}, author={{{value}}}, year={{{value}}}}}".encode()[:1_999_000]
    began = time.perf_counter()
    with suppress(UnreadableReferences):
        read_references(raw, "bibtex")
    assert time.perf_counter() - began < 5
