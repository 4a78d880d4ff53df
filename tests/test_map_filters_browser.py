"""Filters, orders and nearness on the map page as a reader meets them, in Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser import LANGUAGES, Reader, messages
from conftest import CITED, named, point, report, site_feature, source, write
from heritage_registry.maps.page import map_page
from heritage_registry.places import place_key
from heritage_registry.registry import read_registry
from heritage_registry.vocabulary import vocabulary

pytestmark = pytest.mark.browser

MORE = [
    "cause",
    "effect",
    "intervention",
    "threat",
    "evidence",
    "certainty",
    "lines",
    "source",
    "affiliation",
    "party",
    "contested_by",
    "element",
    "community_denied",
    "responsibility",
    "period",
    "dating",
    "place",
    "protection",
    "content_note",
]

DENIAL = {
    "according_to": "Ministry of one side",
    "stance": "denies",
    "element": "cause",
    "scope": "this_site",
    "summary": {"en": "Says that it was an accident."},
    "citations": CITED,
}
ALLEGED = {
    "kind": "alleged",
    "as_stated": "struck by one side",
    "according_to": "Ministry of the other side",
    "party": "azerbaijan",
    "citations": CITED,
}


@pytest.fixture
def page_file(registry: Path, tmp_path: Path) -> Path:
    """A page of sites of every standing, some with much to filter by, and of many sources."""
    for number in range(50):
        write(registry, "source", source(f"paper-{number:02}", title=f"Paper number {number}"))
    shelled = report(
        1,
        "severe_damage",
        "2021",
        causes=["shelling"],
        effects=["roof_lost"],
        certainty="high",
        threats=[{"likelihood": "probable"}],
        responses=[DENIAL],
        responsibility=[ALLEGED],
        citations=[{"source": "paper-07"}],
    )
    denied = [
        {"community": "azerbaijani", "stance": "asserts", "citations": CITED},
        {"community": "armenian", "stance": "denies", "citations": CITED},
    ]
    works = report(2, "not_stated", "2021", interventions=["restored"])
    papers = [{"source": f"paper-{number:02}"} for number in range(50)]
    features = [
        site_feature(
            "a0000001",
            names=[named("Shelled mosque"), named("Շելլդ", "hy"), named("Top məscidi", "az")],
            locations=[point(46.75, 39.76)],
            places=[("Şuşa", "az"), ("Շուշի", "hy")],
            reports=[shelled],
            attributions=denied,
            content_notes=["violence"],
            protections=[{"register": "A list", "citations": CITED}],
        ),
        site_feature(
            "a0000002",
            names=[named("Restored mosque")],
            locations=[point(46.93, 39.99)],
            reports=[report(1, "destroyed", "2010", causes=["looting"]), works],
        ),
        site_feature(
            "a0000003",
            names=[named("Undated church")],
            type="church",
            community="armenian",
            locations=[point(46.5, 40.2, of="settlement", uncertainty_m=2000)],
            reports=[report(1, "destroyed", None)],
            places=[("Кельбаджар", "ru")],
        ),
        site_feature(
            "a0000004",
            names=[named("Partly seen church")],
            type="church",
            community="armenian",
            locations=[point(47.1, 39.5)],
            reports=[report(1, "damaged", "2019", part="dome")],
        ),
        site_feature(
            "a0000005",
            names=[named("Open bridge")],
            type="bridge",
            locations=[point(46.2, 39.2)],
            reports=[report(1, "destroyed", "1992/..")],
        ),
        site_feature("a0000006", names=[named("Silent tomb")], type="mausoleum", locations=[]),
        site_feature(
            "a0000007",
            names=[named("Much studied house")],
            type="house",
            locations=[point(46.4, 39.4)],
            reports=[
                report(1, "no_visible_damage", "2005-03-01", citations=papers),
                report(2, "damaged", "2005-03-01"),
            ],
        ),
    ]
    for feature in features:
        write(registry, "site", feature)
    path = tmp_path / "index.html"
    path.write_text(map_page(read_registry(registry)), "utf-8", newline="\n")
    return path


@pytest.fixture
def reader(chromium: Any, page_file: Path) -> Reader:
    return Reader(chromium, page_file)


def open_facet(reader: Reader, facet: str) -> None:
    """Unfold a group of choices, and the further filters around it."""
    if facet in MORE and reader.page.get_attribute("#more-filters", "open") is None:
        reader.page.click("#more-filters > summary")
    group = f'#filters [data-facet="{facet}"]'
    reader.page.wait_for_selector(group)
    if reader.page.get_attribute(group, "open") is None:
        reader.page.click(f"{group} > summary")
    reader.page.wait_for_selector(f"{group} label")


def count(reader: Reader, facet: str, value: str) -> int:
    return int(reader.text(f'#filters [data-facet="{facet}"] label:has([value="{value}"]) .count'))


def choose(reader: Reader, facet: str, value: str) -> None:
    open_facet(reader, facet)
    reader.page.check(f'#filters [data-facet="{facet}"] [value="{value}"]')
    reader.rest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_without_a_grade_tells_why_in_every_language(reader: Reader, language: str) -> None:
    standings = vocabulary("standing")
    shown = {"a0000002": "works_since", "a0000003": "undated", "a0000004": "in_part", "a0000007": "disagree"}
    shown["a0000006"] = "none"
    for site, standing in shown.items():
        reader.open(f"#lang={language}&site={site}")
        term = standings.term(standing)

        assert term.label[language] in reader.text("#card .latest"), site
        assert term.definition[language] in reader.text("#card .latest"), site
        assert term.label[language] in reader.text("#legend-body"), site
    assert reader.complaints == []


def test_works_since_the_last_observation_are_shown_with_their_report(reader: Reader) -> None:
    reader.open("#site=a0000002")
    reader.page.click(".why summary")

    assert "Latest dated observation: Destroyed (2010)" in reader.text("#card .latest")
    assert "Works are reported to begin after it, from 1 January 2021 on: r2" in reader.text(".why")


def test_the_beginning_of_an_open_time_is_never_shown_as_the_day_it_was_seen(reader: Reader) -> None:
    reader.open("#site=a0000005")
    reader.page.click(".why summary")
    card = reader.text("#card-body")
    assert "31 December 1992" not in card
    assert "1992-12-31" not in card

    reader.open("#sort=seen")
    facts = reader.page.locator('[data-site="a0000005"] .row-facts').text_content()
    assert str(facts).startswith("From 1992 on")


def test_choices_within_a_filter_widen_and_filters_together_narrow(reader: Reader) -> None:
    reader.open()
    choose(reader, "cause", "shelling")
    assert reader.state()["shown"] == 1
    assert count(reader, "cause", "looting") == 1, "a filter does not count against itself"
    choose(reader, "cause", "looting")
    assert reader.state()["shown"] == 2

    open_facet(reader, "certainty")
    assert count(reader, "certainty", "high") == 1
    choose(reader, "certainty", "high")
    assert reader.state()["shown"] == 1
    assert count(reader, "cause", "looting") == 0


@pytest.mark.parametrize(
    ("facet", "value", "shown"),
    [
        ("condition", "works_since", 1),
        ("community_denied", "armenian", 1),
        ("effect", "roof_lost", 1),
        ("intervention", "restored", 1),
        ("evidence", "satellite_imagery", 6),
        ("threat", "probable", 1),
        ("party", "none", 6),
        ("affiliation", "academic", 6),
        ("responsibility", "azerbaijan", 1),
        ("contested_by", "contested_by_response", 1),
        ("element", "cause", 1),
        ("contested_by", "contested_by_reports", 1),
        ("period", "years_2020_2023", 1),
        ("dating", "dating_none", 1),
        ("dating", "dating_open", 1),
        ("protection", "protection_listed", 1),
        ("content_note", "violence", 1),
        ("place", "shusha", 1),
        ("source", "paper-07", 2),
        ("lines", "lines_several", 1),
        ("precision", "precision_none", 1),
    ],
)
def test_every_recorded_field_can_be_filtered_by_from_an_address(
    reader: Reader, facet: str, value: str, shown: int
) -> None:
    if facet == "place":
        value = place_key("Şuşa")
    reader.open(f"#{facet}={value}")

    assert reader.state()["shown"] == shown
    open_facet(reader, facet)
    assert reader.page.is_checked(f'#filters [data-facet="{facet}"] [value="{value}"]')
    assert count(reader, facet, value) == shown
    assert f"{facet}={value}" in reader.page.url


def test_a_long_list_of_choices_is_searched_in_any_script(reader: Reader) -> None:
    reader.open()
    open_facet(reader, "source")
    labels = '#filters [data-facet="source"] label'
    assert reader.page.locator(labels).count() == 40

    reader.page.fill('#filters [data-facet="source"] .narrow', "number 33")
    assert reader.page.locator(labels).count() == 1
    reader.page.fill('#filters [data-facet="source"] .narrow', "нумбер 33")
    assert reader.page.locator(labels).count() == 1
    reader.page.check(f"{labels} input")
    reader.rest()

    assert reader.rows() == ["Much studied house"]


def test_active_filters_stand_above_the_list_and_are_removed_one_by_one(reader: Reader) -> None:
    reader.open("#type=mosque,church&cause=shelling&q=mosque")
    chips = reader.page.locator("#chips .chip > :first-child")
    assert sorted(chips.all_text_contents()) == [
        "Cause, as reported: Shelling or bombing",
        "Kind of site: Church",
        "Kind of site: Mosque",
        "Search by name: mosque (Kind of site: Mosque)",
    ]

    reader.page.click('#chips .chip:has-text("Shelling")')
    assert chips.count() == 3
    assert reader.state()["shown"] == 2
    reader.page.click('#chips .chip:has-text("Search")')
    reader.rest()
    assert reader.state()["shown"] == 4
    reader.page.click("#chips .link")
    reader.rest()
    assert reader.state()["shown"] == 7
    assert reader.page.locator("#chips").is_hidden()


def test_an_address_can_name_the_only_sites_to_show(reader: Reader) -> None:
    reader.open("#sites=a0000001,a0000006,zzzzzzzz")
    assert reader.state()["shown"] == 2
    assert reader.text("#chips .chip > :first-child") == "Sites of a list: 3"
    assert "sites=a0000001,a0000006,zzzzzzzz" in reader.page.url

    reader.open("#sites=")
    assert reader.state()["shown"] == 0
    reader.page.click("#chips .chip")
    assert reader.state()["shown"] == 7


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("name", ["Much studied house", "Open bridge"]),
        ("condition", ["Open bridge", "Shelled mosque"]),
        ("seen", ["Shelled mosque", "Restored mosque"]),
        ("reports", ["Restored mosque", "Much studied house"]),
        ("lines", ["Much studied house"]),
    ],
)
def test_the_list_is_sorted_as_the_reader_wants(reader: Reader, order: str, first: list[str]) -> None:
    reader.open()
    reader.page.select_option("#sort", order)
    reader.rest()

    rows = reader.rows()
    assert len(rows) == 6
    assert set(rows[: len(first)]) == set(first)


def test_sites_without_a_location_are_sorted_too(reader: Reader) -> None:
    reader.open("#sort=distance")
    reader.page.click("#tab-unlocated")
    reader.rest()

    assert reader.rows() == ["Silent tomb"]


def test_what_is_near_counts_from_the_middle_of_the_map_or_a_clicked_point(reader: Reader) -> None:
    reader.open("#map=9/39.9931/46.9306")
    reader.page.select_option("#sort", "distance")
    reader.rest()
    assert reader.rows()[0] == "Restored mosque"
    facts = reader.page.locator("#results .row-facts").all_text_contents()
    assert facts[0].startswith("0.4 km")
    about = [fact for fact in facts if fact.startswith("about")]
    assert len(about) == 1, "only the settlement of one is known"

    reader.page.click("#near-point")
    at = reader.page.evaluate("registryMap.latLngToContainerPoint([39.5, 47.1])")
    box = reader.page.locator(".map-part").bounding_box()
    reader.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    reader.rest()
    assert reader.rows()[0] == "Partly seen church"
    assert reader.page.locator("#card").is_hidden(), "the click chose a point and opened nothing"


def test_the_position_of_the_reader_is_asked_for_only_on_a_click_and_stays(reader: Reader) -> None:
    asked = "window.asked = 0; const real = navigator.geolocation.getCurrentPosition;"
    answer = """navigator.geolocation.getCurrentPosition = (done) => {
        window.asked += 1;
        done({ coords: { latitude: 39.2, longitude: 46.2 } });
    };"""
    reader.page.add_init_script(asked + answer)
    reader.open("#sort=distance&map=9/39.9931/46.9306")
    assert reader.page.evaluate("window.asked") == 0

    reader.page.click("#near-me")
    reader.rest()

    assert reader.page.evaluate("window.asked") == 1
    assert reader.rows()[0] == "Open bridge"
    assert reader.text("#near-note") == "Your position stays in this page. Nothing is sent."
    assert "46.2" not in reader.page.url
    assert reader.complaints == []


def test_a_refused_position_is_explained(reader: Reader) -> None:
    refused = """navigator.geolocation.getCurrentPosition = (done, failed) =>
        failed({ code: 1, PERMISSION_DENIED: 1 });"""
    reader.page.add_init_script(refused)
    reader.open("#sort=distance")
    reader.page.click("#near-me")

    assert reader.text("#near-note").startswith("The position was refused.")
    assert reader.page.get_attribute("#near-centre", "aria-pressed") == "true"


def test_the_keyboard_alone_opens_more_filters_and_removes_one_again(reader: Reader) -> None:
    reader.open()
    keyboard = reader.page.keyboard
    reader.page.focus("#more-filters > summary")
    keyboard.press("Enter")
    reader.page.wait_for_selector('#filters [data-facet="cause"]')
    keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.parentElement.dataset.facet") == "cause"
    keyboard.press("Enter")
    reader.page.wait_for_selector('#filters [data-facet="cause"] label')
    keyboard.press("Tab")
    keyboard.press("Space")
    reader.rest()
    assert reader.state()["shown"] == 1
    assert reader.page.evaluate("document.activeElement.type") == "checkbox", "focus stays where it was"

    reader.page.focus("#chips .chip")
    keyboard.press("Enter")
    reader.rest()
    assert reader.state()["shown"] == 7
    assert reader.page.evaluate("document.activeElement.id") == "tab-view"
    reader.page.focus("#sort")
    keyboard.press("n")
    keyboard.press("e")
    reader.rest()
    assert reader.page.evaluate("registryMapState().inView") == 6
    assert reader.page.is_visible("#near-centre")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_filters_have_their_words_and_fit_a_phone(
    chromium: Any,
    page_file: Path,
    language: str,
) -> None:
    words = messages(language)
    reader = Reader(chromium, page_file, 360, 740)
    reader.open(f"#lang={language}&cause=shelling&sort=distance&responsibility=azerbaijan")
    reader.page.click('[data-open-sheet="find"]')
    for facet in MORE:
        open_facet(reader, facet)
        title = reader.text(f'#filters [data-facet="{facet}"] > summary > span')
        assert title == words[f"filter_{facet}"]

    assert words["explain_responsibility"] in reader.text("#filters")
    wide = "part => part.scrollWidth > part.clientWidth"
    assert not reader.page.locator(".panel").evaluate(wide)
    reader.page.click('[data-open-sheet="list"]')
    assert words["near_me"] in reader.text("#near")
    assert not reader.page.locator(".panel").evaluate(wide)
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 360
    assert reader.page.evaluate("document.documentElement.scrollHeight") == 740
    assert reader.complaints == []
