"""The map page as a reader meets it: opened from a file, without a network, in Chromium."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from browser import LANGUAGES, Reader, messages
from conftest import CITED, named, point, report, site_feature, source, write
from heritage_registry.dates import in_words
from heritage_registry.maps.assets import bundle
from heritage_registry.maps.page import map_page
from heritage_registry.registry import read_registry

SHUSHA = (46.7499, 39.7601)

HOSTILE = [
    "<img src=x onerror=alert(1)></script><script>alert(2)</script>",
    "${alert(3)} {{ 7*7 }} {% raw %} `tick`",
    "\"double\" 'single' \\ \\u003c &amp; &lt; <!-- ]]> {name}",
    "Ա" * 10_000,
    "مسجد گلدسته (کهنه) / עברית",
    "🕌🏚️ 👩🏽‍🎨",
    "__proto__",
]

DENIED = report(
    1,
    "severe_damage",
    "2020-10-08",
    as_stated="roof pierced by two shells",
    certainty="high",
    according_to="Example Times",
    causes=["shelling"],
    effects=["roof_lost"],
    evidence={"type": "video", "images": [{"acquired": "2020-10-08", "identifier": "clip 12"}]},
    citations=[{"source": "survey-2021", "locator": "p. 3"}, {"source": "press-2020"}],
    summary={"en": "Two shells are reported to have hit it.", "hy": "Հաղորդվում է երկու արկի մասին։"},
    responsibility=[
        {
            "kind": "alleged",
            "as_stated": "struck by one side",
            "according_to": "Ministry of one side",
            "party": "azerbaijan",
            "citations": CITED,
        }
    ],
    responses=[
        {
            "according_to": "Ministry of the other side",
            "stance": "denies",
            "element": "responsibility",
            "scope": "this_site",
            "date": "2020-10-09",
            "summary": {"en": "Says that its army was not involved."},
            "citations": [{"source": "press-2020"}],
        }
    ],
)


@pytest.fixture
def sites(registry: Path) -> Path:
    """A registry with sites that have much and little to show, twelve of them at one settlement's point."""
    write(registry, "source", source("press-2020", title="Shell hits church", URL="https://example.org/news"))
    church = [named("Սուրբ Փրկիչ", "hy", used_by="armenian"), named("Holy Saviour"), named("Спаситель", "ru")]
    features = [
        site_feature(
            "a0000001",
            names=[*church, named("Xilaskar kilsəsi", "az")],
            type="church",
            community="armenian",
            locations=[point(46.2879, 40.1613)],
            places=[("Şuşa", "az"), ("Շուշի", "hy")],
            reports=[report(2, "no_visible_damage", "2019"), DENIED],
            identifiers=[{"scheme": "wikidata", "value": "Q42", "match": "exact"}],
            excerpts=[{"source": "press-2020", "text": "Light falls through the hole."}],
        ),
        site_feature(
            "a0000002",
            names=[named("Ağdam məscidi", "az"), named("Мечеть Агдама", "ru")],
            locations=[point(46.9306, 39.9931)],
            reports=[report(1, "destroyed", "2010")],
        ),
        site_feature("a0000003", names=[named("Old bridge")], type="bridge", community=None, locations=[]),
        site_feature(
            "a0000004",
            names=[named(text, "und") for text in HOSTILE],
            type="house",
            locations=[point(47.6, 39.5)],
            reports=[report(1, "slight_damage", "2021", as_stated=HOSTILE[0], according_to=HOSTILE[1])],
        ),
    ]
    town = point(*SHUSHA, of="settlement", uncertainty_m=2000)
    features += [
        site_feature(
            f"b00000{number:02}",
            names=[named(f"Quarter mosque {number}")],
            locations=[town],
            reports=[report(1, "damaged", "2003")] if number % 2 else [],
        )
        for number in range(12)
    ]
    for feature in features:
        write(registry, "site", feature)
    return registry


@pytest.fixture
def page_file(sites: Path, tmp_path: Path) -> Path:
    """The page of those sites, as a file."""
    path = tmp_path / "index.html"
    path.write_text(map_page(read_registry(sites)), "utf-8", newline="\n")
    return path


@pytest.fixture
def reader(chromium: Any, page_file: Path) -> Reader:
    return Reader(chromium, page_file)


def number_of(reader: Reader, site_id: str) -> int:
    """Return the number of a site in the page's columns, through its card's address."""
    reader.open(f"#site={site_id}")
    return int(reader.state()["open"])


pytestmark = pytest.mark.browser


def test_the_page_opens_from_a_file_without_a_request_or_an_error(reader: Reader) -> None:
    reader.open()

    assert reader.complaints == []
    assert reader.text("h1") == "Test registry"
    assert reader.page.title() == "Test registry"


def test_every_located_site_is_drawn(reader: Reader) -> None:
    state = reader.open().state()

    assert (state["sites"], state["located"]) == (16, 15)
    assert state["drawn"] == state["inView"] == 15


def test_a_click_on_a_site_opens_its_card(reader: Reader) -> None:
    number = number_of(reader, "a0000002")
    reader.open("#map=12/39.9931/46.9306")

    reader.click_site(number)

    assert reader.text("#card-title") == "Ağdam məscidi"
    assert "site=a0000002" in reader.page.url


def test_the_card_says_everything_of_a_site_and_who_says_it(reader: Reader) -> None:
    card = reader.open("#site=a0000001").text("#card-body")

    for said in (
        "Սուրբ Փրկիչ",
        "Holy Saviour",
        "Спаситель",
        "Xilaskar kilsəsi",
        "used by: Armenian",
        "Example Times reports:",
        "Severe damage",
        "roof pierced by two shells",
        "8 October 2020",
        "Two shells are reported to have hit it.",
        "Video",
        "clip 12",
        "Shelling or bombing",
        "Roof lost",
        "High",
        "Responsibility: Alleged",
        "struck by one side",
        "According to Ministry of one side",
        "Ministry of the other side",
        "Denies · Responsibility · This site",
        "Says that its army was not involved.",
        "No visible damage",
        "wikidata",
        "Q42",
        "Light falls through the hole.",
        "Շուշի",
        "A survey of monuments",
        "Shell hits church",
        "https://example.org/news",
        "a0000001",
    ):
        assert said in card, said
    links = reader.page.locator(".sources a").evaluate_all("links => links.map(a => [a.href, a.rel])")
    assert links == [["https://example.org/news", "noopener noreferrer"]]


def test_responses_stand_beside_the_report_they_answer(reader: Reader) -> None:
    reader.open("#site=a0000001")

    claim = reader.page.locator("#report-r1 .claim").bounding_box()
    answer = reader.page.locator("#report-r1 .responses").bounding_box()

    assert answer["x"] >= claim["x"] + claim["width"]


def test_a_site_without_reports_says_that_this_means_nothing(reader: Reader) -> None:
    card = reader.open("#site=a0000003").text("#card-body")

    assert "No report of its condition is recorded. That says nothing about the condition." in card
    assert "No location is recorded." in card


def test_the_card_tells_why_the_map_shows_what_it_shows(reader: Reader) -> None:
    reader.open("#site=a0000001")
    reader.page.click(".why summary")

    why = reader.text(".why")

    assert "Latest dated observation: Severe damage (8 October 2020). It rests on r1" in why
    assert "Last seen without damage by 1 January 2019, first seen damaged by 8 October 2020: r2r1" in why
    assert "a response denies or disputes a statement (Responsibility)" in why
    assert "Independent lines of evidence: 2" in why


def test_filters_combine_and_their_counts_tell_what_each_would_show(reader: Reader) -> None:
    reader.open()
    group = '#filters [data-facet="{}"]'
    count = '#filters [data-facet="{}"] label:has([value="{}"]) .count'
    for facet in ("type", "condition"):
        reader.page.click(f"{group.format(facet)} summary")

    reader.page.check(f"{group.format('type')} [value=mosque]")
    assert reader.state()["shown"] == 13
    assert reader.text(count.format("condition", "damaged")) == "6"
    assert reader.text(count.format("type", "church")) == "1", "a filter does not count against itself"

    reader.page.check(f"{group.format('condition')} [value=damaged]")
    assert reader.state()["shown"] == 6
    assert reader.text(count.format("type", "mosque")) == "6"
    assert reader.text(count.format("type", "church")) == "0"

    reader.page.check(f"{group.format('condition')} [value=destroyed]")
    assert reader.state()["shown"] == 7
    reader.rest()
    assert reader.text("#status") == "Sites shown: 7 of 16"

    reader.page.click("#clear")
    assert reader.state()["shown"] == 16


@pytest.mark.parametrize("query", ["Aghdam", "агдам", "Աղդամ", "ağdam mescidi"])
def test_search_finds_a_site_across_scripts(reader: Reader, query: str) -> None:
    reader.open()

    reader.page.fill("#search", query)
    reader.page.wait_for_selector("#tab-found[aria-pressed=true]")
    reader.rest()

    assert reader.rows() == ["Ağdam məscidi"]
    assert reader.state()["shown"] == 1


def test_sites_without_a_location_have_a_list(reader: Reader) -> None:
    reader.open()

    reader.page.click("#tab-unlocated")
    reader.rest()

    assert reader.rows() == ["Old bridge"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_switch_changes_every_word(reader: Reader, language: str) -> None:
    reader.open("#site=a0000001")

    reader.page.click(f'#languages [lang="{language}"]')
    reader.rest()

    words = messages(language)
    assert reader.page.get_attribute("html", "lang") == language
    for element in reader.page.locator("[data-word]").all():
        assert element.text_content() == words[element.get_attribute("data-word")]
    for element in reader.page.locator("[data-word-label]").all():
        assert element.get_attribute("aria-label") == words[element.get_attribute("data-word-label")]
    shown = reader.text("#card-body") + reader.text("#filters") + reader.text("#legend-body")
    for key in ("section_names", "section_reports", "filter_community", "shape_worship", "why", "not_said"):
        assert words[key] in shown, key
    title = {"en": "Holy Saviour", "hy": "Սուրբ Փրկիչ", "az": "Xilaskar kilsəsi", "ru": "Спаситель"}
    assert reader.text("#card-title") == title[language]
    assert in_words("2020-10-08", language) in reader.text("#report-r1 h4")
    assert reader.complaints == []


def test_the_keyboard_alone_opens_a_site_and_closes_its_card(reader: Reader) -> None:
    reader.open("#map=12/39.9931/46.9306")
    keyboard = reader.page.keyboard

    keyboard.press("Tab")
    keyboard.press("Enter")  # skip to the list
    for _ in range(6):
        keyboard.press("Tab")
        if reader.page.evaluate("document.activeElement.className") == "row":
            break
    keyboard.press("Enter")
    reader.page.wait_for_selector("#card:not([hidden])")
    assert reader.page.evaluate("document.activeElement.id") == "card-title"

    reader.rest()
    keyboard.press("Escape")
    assert reader.page.locator("#card").is_hidden()
    assert reader.page.evaluate("document.activeElement.dataset.site") == "a0000002"


def test_a_narrow_phone_never_scrolls_sideways(chromium: Any, page_file: Path) -> None:
    reader = Reader(chromium, page_file, 360, 740)
    for address in ("", "#site=a0000001", "#site=a0000004", "#day=2005-01-01"):
        for language in LANGUAGES:
            reader.open(f"{address or '#'}&lang={language}")
            assert reader.page.evaluate("document.documentElement.scrollWidth") == 360
            for part in ("#card-body", ".panel"):
                wide = "part => part.scrollWidth > part.clientWidth"
                assert not reader.page.locator(part).evaluate(wide), (address, language, part)


def test_sites_at_one_point_are_one_group_that_opens_to_a_list(reader: Reader) -> None:
    number = number_of(reader, "b0000003")
    reader.open(f"#map=13/{SHUSHA[1]}/{SHUSHA[0]}")
    assert [(mark["count"], mark["onePoint"]) for mark in reader.state()["marks"]] == [(12, True)]

    reader.click_site(number)

    assert reader.text("#card-title") == "12 sites recorded at one point"
    assert reader.rows("#card-body") == [f"Quarter mosque {n}" for n in range(12)]
    reader.page.click("#card-body .row >> nth=3")
    reader.rest()
    assert reader.text("#card-title") == "Quarter mosque 3"
    reader.page.click("#card-back")
    reader.rest()
    assert reader.text("#card-title") == "12 sites recorded at one point"


def test_names_that_look_like_markup_are_shown_letter_for_letter(reader: Reader) -> None:
    reader.open("#site=a0000004")

    names = reader.page.locator(".part-names .name strong").all_text_contents()

    assert names == HOSTILE
    assert reader.text("#report-r1 .as-stated span") == HOSTILE[0]
    assert reader.text("#report-r1 .who strong") == HOSTILE[1]
    assert reader.page.locator("img, #card svg, #card script").count() == 0
    assert reader.complaints == []


def test_an_address_brings_back_view_language_filters_search_and_card(reader: Reader) -> None:
    reader.open("#map=11.50/39.8000/46.8000&lang=ru&type=mosque&q=agdam&site=a0000002")

    assert reader.state()["language"] == "ru"
    assert reader.state()["shown"] == 1
    assert reader.text("#card-title") == "Мечеть Агдама"
    view = reader.page.evaluate("[registryMap.getZoom(), ...Object.values(registryMap.getCenter())]")
    assert view == pytest.approx([11.5, 39.8, 46.8], abs=0.001)
    assert reader.page.url.endswith("#map=11.50/39.8000/46.8000&lang=ru&type=mosque&q=agdam&site=a0000002")


def test_an_address_with_nonsense_opens_the_map_as_it_is(reader: Reader) -> None:
    reader.open("#map=x/y/z&lang=xx&type=<b>&site=%00&day=2020-99-99&q=")

    assert reader.state()["shown"] == 16
    assert reader.complaints == []


def test_the_time_control_shows_three_states_by_a_day(reader: Reader) -> None:
    reader.open("#day=2005-01-01")
    states = reader.page.locator("#results .row-facts").all_text_contents()
    assert sum("Seen damaged" in state for state in states) == 6
    assert sum("No observation with a known day" in state for state in states) == 6
    assert sum("Seen without damage" in state for state in states) == 1

    reader.page.click("#time-forward")
    reader.rest()
    assert reader.text("#time-day") == "Seen by 31 December 2010"
    reader.page.focus("#time-slider")
    reader.page.keyboard.press("End")
    reader.rest()
    assert reader.text("#time-day") == "Seen by 31 December 2021"
    assert "day=2021-12-31" in reader.page.url
    reader.page.click("#time-toggle")
    assert reader.state()["day"] is None


def test_dates_are_worded_as_python_words_them(chromium: Any) -> None:
    dates = [
        "1994", "2020-11-05", "2020-11~", "199X", "19XX", "1XXX", "1900/1909", "190X?", "1868/1887",
        "2003-09/2009-05", "1992/..", "../1994", "/1994", "1988/", "2021-24", "2021-22", "2021-33", "2005-XX",
        "2005-06-XX", "-0499", "-05XX", "0000", "Y-12000", "[1667,1668]", "[1990..1995]", "{1960,1961-12}",
        "[..1847]", "[1818..]", "17XX%", "1001/1002~", "2000", "1990-03-02/2011-02-01", "0012",
        "{1994-01..1994-03,2001}",
    ]  # fmt: skip
    page = chromium.new_page()
    page.add_script_tag(content=bundle("dates.js"))
    data = json.loads((files("heritage_registry") / "languages" / "dates.json").read_text("utf-8"))

    for language in LANGUAGES:
        worded = page.evaluate(
            "([dates, words]) => dates.map((date) => dateInWords(date, words))",
            [dates, data["languages"][language]],
        )
        assert worded == [in_words(date, language) for date in dates]


def test_two_builds_give_the_same_bytes(sites: Path) -> None:
    assert map_page(read_registry(sites)) == map_page(read_registry(sites))


def test_every_word_of_the_page_is_there_in_every_language() -> None:
    static = files("heritage_registry.maps") / "static"
    script = bundle("main.js") + (static / "page.html").read_text("utf-8")
    used = set(re.findall(r'\bword\(\s*"(\w+)"|data-word(?:-\w+)?="(\w+)"|sentence\(desk, "(\w+)"', script))

    for language in LANGUAGES:
        words = messages(language)
        assert list(words) == list(messages("en")), language
        assert all(words.values()), language
        assert {"".join(found) for found in used} <= set(words)
        for key, text in words.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", messages("en")[key])), key
