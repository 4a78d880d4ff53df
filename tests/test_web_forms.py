"""The forms: help at every field, words and what they mean, sources by title, the same place already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import named, site_feature, source, write
from heritage_registry.config import read_config
from heritage_registry.names import fold
from heritage_registry.registry import read_registry
from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.data import key_in
from heritage_registry.web.forms.hints import hint
from heritage_registry.web.forms.source_finder import shown_source
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.forms.word_lists import GROUPS, word_list
from heritage_registry.web.looking.working import app_words
from heritage_registry.web.wording import LANGUAGES
from test_web import KEY, NEW_SITE, record
from web import client, fields_of, opened, send

SHEETS = (sheets.SITE, sheets.REPORT, sheets.RESPONSE, sheets.SOURCE, sheets.CLAIM)


def all_fields(node: Node) -> list[Node]:
    below = (*node.fields, *((node.item,) if node.item else ()))
    return [node, *(found for field in below for found in all_fields(field))]


# --- Help ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_sentence_of_help_and_an_example(registry: Path, language: str) -> None:
    words = app_words(language, read_config(registry))
    fields = {
        (node.owner, node.name): node
        for sheet in SHEETS
        for node in all_fields(sheet.node)
        if node.owner and node.kind != "kept"
    }
    assert len(fields) > 110
    hints = {name: hint(node, words) for name, node in fields.items()}
    assert [name for name, found in hints.items() if not found.help.strip()] == []
    assert [name for name, found in hints.items() if not found.example.strip()] == []


def test_help_is_short(registry: Path) -> None:
    for language in LANGUAGES:
        words = app_words(language, read_config(registry))
        for sheet in SHEETS:
            for node in all_fields(sheet.node):
                found = hint(node, words)
                assert len(found.help) <= 220, (language, node.owner, node.name)
                assert len(found.example) <= 80, (language, node.owner, node.name)


def test_help_is_tied_to_its_field(registry: Path) -> None:
    page = client(registry).get("/new/site").text
    assert 'aria-describedby="f-properties-names-0-text-help f-properties-names-0-text-example"' in page
    assert '<p class="help" id="f-properties-names-0-text-help">' in page
    assert 'id="f-properties-names-0-text-example"' in page


# --- Words -----------------------------------------------------------------------------------------------


def test_the_groups_of_a_list_hold_every_word_once() -> None:
    for name, groups in GROUPS.items():
        grouped = [word for members in groups.values() for word in members]
        assert sorted(grouped) == sorted(vocabulary(name).ids), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_words_can_be_read_with_what_each_means(registry: Path, language: str) -> None:
    browser = client(registry, language)
    for name in ("site_type", "condition", "community", "language"):
        page = browser.get(f"/words/{name}").text
        for _, members in word_list(name, app_words(language, read_config(registry))).groups:
            for word in members:
                assert word.label in page
                assert word.meaning in page
    assert '<a href="/words/site_type">' in browser.get("/words").text
    assert browser.get("/words/no_such_list").status_code == 404


def test_a_word_is_found_by_its_name_in_another_language(registry: Path) -> None:
    words = app_words("en", read_config(registry))
    kinds = {word.id: word for _, members in word_list("site_type", words).groups for word in members}
    labels = vocabulary("site_type").term("bridge").label
    assert set(kinds["bridge"].keys) >= {fold(label) for label in labels.values()}


def test_without_script_long_lists_are_grouped(registry: Path) -> None:
    page = client(registry).get("/new/site").text
    assert '<optgroup label="Places of worship">' in page
    assert '<option value="bridge">' in page


# --- Sources ---------------------------------------------------------------------------------------------


def test_a_source_is_shown_by_its_title_and_read_by_its_key(registry: Path) -> None:
    sources = read_registry(registry).sources
    shown = shown_source("survey-2021", sources)
    assert shown == f"{sources['survey-2021'].title} [survey-2021]"
    assert key_in(shown) == "survey-2021"
    assert key_in(" survey-2021 ") == "survey-2021"
    assert key_in("Roofs [2nd edition]") == "Roofs [2nd edition]"


def found(browser: Any, query: str) -> list[str]:
    return [item["key"] for item in browser.get("/find/sources", params={"q": query}).json()]


def test_a_source_is_found_by_what_people_know_of_it(registry: Path) -> None:
    write(
        registry,
        "source",
        source(
            "bridges-1999",
            title="Мосты долины",
            author=[{"family": "Smith", "given": "Ann"}],
            publisher="Valley Press",
            issued="1999",
            URL="https://example.org/bridges/",
        ),
    )
    browser = client(registry)
    for query in (
        "Мосты", "mosty", "mosti doliny", "smith 1999", "valley press", "bridges-1999",
        "http://www.example.org/bridges", "example.org",
    ):  # fmt: skip
        assert found(browser, query)[:1] == ["bridges-1999"], query
    assert found(browser, "smith 2007") == []
    assert found(browser, "   ") == []


def test_a_search_tells_who_speaks_and_shows_no_more_than_twenty(registry: Path) -> None:
    for n in range(25):
        write(registry, "source", source(f"daily-{n}", title=f"Daily news {n}", affiliation="media"))
    answer = client(registry).get("/find/sources", params={"q": "daily news"}).json()
    assert len(answer) == 20
    assert answer[0]["affiliation"] == "Media"
    assert answer[0]["shown"].endswith(f"[{answer[0]['key']}]")


def test_without_script_words_come_back_as_sources_to_choose_from(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE | {"_source": "survey monuments"}
    answer = send(browser, "/new/site", fields)
    assert answer.status_code == 422
    assert '<input type="radio" id="f-_source-1" name="_source" value="survey-2021">' in answer.text
    assert fields_of(answer.text)["_source"] == "survey monuments"
    chosen = [*fields_of(answer.text).items(), ("_source", "survey-2021")]
    body = {name: [value for n, value in chosen if n == name] for name, _ in chosen}
    assert browser.post("/new/site", data=body, follow_redirects=False).status_code == 303
    (site,) = read_registry(registry).sites.values()
    assert site.properties.names[0].citations[0].source == "survey-2021"


def test_a_source_of_one_part_is_looked_up_too(registry: Path) -> None:
    browser = client(registry)
    fields = NEW_SITE | {"properties.names.0.citations.0.source": "no such words", "_view": "full"}
    answer = send(browser, "/new/site", opened(browser, "/new/site"), **fields)
    assert answer.status_code == 422
    assert 'href="#f-properties-names-0-citations-0-source"' in answer.text
    assert "No source that is held has all these words." in answer.text


def test_a_new_source_is_added_on_the_way_and_nothing_typed_is_lost(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE | {"_source": "https://example.org/report"}
    away = send(browser, "/new/site", fields, _action="new-source:_source")
    assert away.status_code == 303
    page = browser.get(away.headers["location"])
    form = fields_of(page.text)
    assert form["record.URL"] == "https://example.org/report"
    form |= {
        "record.title": "The report",
        "record.kind": "academic",
        "record.affiliation": "academic",
        "record.party": "none",
    }
    back = send(browser, "/new/source", form)
    assert back.status_code == 303
    assert back.headers["location"].startswith("/new/site?draft=")
    again = browser.get(back.headers["location"]).text
    assert "The new source is filled in: The report" in again
    held = fields_of(again)
    assert held["_source"].startswith("The report [")
    assert {name: held[name] for name in NEW_SITE if not name.startswith("_source")} == {
        name: value for name, value in NEW_SITE.items() if not name.startswith("_source")
    }
    assert send(browser, "/new/site", held).status_code == 303


def test_a_source_held_already_can_be_taken_back_instead(registry: Path) -> None:
    write(registry, "source", source("held", title="Held report", URL="https://example.org/a"))
    browser = client(registry)
    away = send(browser, "/new/site", opened(browser, "/new/site") | NEW_SITE, _action="new-source:_source")
    form = fields_of(browser.get(away.headers["location"]).text) | {
        "record.title": "Other",
        "record.URL": "http://example.org/a/",
        "record.type": "webpage",
        "record.kind": "press",
        "record.affiliation": "media",
        "record.party": "unknown",
    }
    asked = send(browser, "/new/source", form)
    assert 'value="use-source:held"' in asked.text
    back = send(browser, "/new/source", fields_of(asked.text), _action="use-source:held")
    assert fields_of(browser.get(back.headers["location"]).text)["_source"] == "Held report [held]"


def test_the_way_back_leads_to_forms_only(registry: Path) -> None:
    browser = client(registry)
    for back, into in (("../../etc/passwd", "_source"), ("0" * 24, "properties.names.0.text")):
        page = browser.get("/new/source", params={"draft": "1" * 24, "back": back, "into": into}).text
        assert fields_of(page)["_back"] == ""


# --- The same place already? -----------------------------------------------------------------------------


@pytest.fixture
def held(registry: Path) -> Path:
    feature = site_feature(names=[named("St. Sargis of Mokhrenes")], type="church", community="armenian")
    feature["properties"]["locations"][0] |= {
        "geometry": {"type": "Point", "coordinates": [46.7512, 39.7581]}
    }
    write(registry, "site", feature)
    return registry


SAME = NEW_SITE | {"properties.names.0.text": "Сурб Саргис Мохренес", "properties.names.0.language": "ru"}


def typed(browser: Any, **more: str) -> dict[str, str]:
    return opened(browser, "/new/site") | SAME | more


def new_site(registry: Path) -> dict[str, Any]:
    (key,) = [path.stem for path in (registry / "records").iterdir() if path.stem != KEY]
    return record(registry, key)


def test_likely_the_same_is_told_while_typing_with_what_there_is_to_know(held: Path) -> None:
    browser = client(held)
    answer = browser.post("/find/places", data=typed(browser)).json()
    assert answer["count"] == 1
    for told in ("St. Sargis of Mokhrenes", KEY, "Church", "Published", "A survey", "Same kind"):
        assert told in answer["html"], told
    assert "<svg" in answer["html"]
    other = typed(browser) | {"properties.names.0.text": "Red Bridge", "properties.types.0.type": "bridge"}
    answer = browser.post("/find/places", data=other).json()
    assert (answer["count"], answer["html"]) == (0, "")
    assert browser.post("/find/places", data={"properties.names.0.text": ""}).json()["count"] == 0


def test_what_is_recorded_nearby_is_listed_while_typing_and_asks_nothing(held: Path) -> None:
    browser = client(held)
    bridge = typed(browser) | {"properties.names.0.text": "Red Bridge", "properties.types.0.type": "bridge"}
    beside = bridge | {"properties.locations.0.geometry": "39.7600, 46.7512"}
    nearby = browser.post("/find/places", data=beside).json()["nearby"]
    for told in ("St. Sargis of Mokhrenes", KEY, "Church", "211\u00a0m"):
        assert told in nearby, told
    assert "<input" not in nearby
    far = bridge | {"properties.locations.0.geometry": "39.9600, 46.7512"}
    assert not browser.post("/find/places", data=far).json()["nearby"]


def test_an_address_that_no_page_can_have_is_no_point_and_breaks_nothing(held: Path) -> None:
    browser = client(held)
    for text in ("http://[::1", "http://\u2100.com"):
        point = {"properties.locations.0.geometry": text}
        assert browser.post("/find/places", data=typed(browser, **point)).json()["count"] == 1
        assert send(browser, "/new/site", typed(browser, **point)).status_code == 422


@pytest.mark.parametrize(
    ("choice", "relation"), [("part_of", "part_of"), ("near", "near"), ("different", "distinct_from")]
)
def test_what_the_writer_decides_is_kept_with_the_record(held: Path, choice: str, relation: str) -> None:
    browser = client(held)
    asked = send(browser, "/new/site", typed(browser))
    assert (asked.status_code, "places-title" in asked.text) == (200, True)
    decided = fields_of(asked.text) | {f"_place.{KEY}": choice, f"_why.{KEY}": "Both stand in one photo."}
    assert send(browser, "/new/site", decided).status_code == 303
    assert new_site(held)["properties"]["relations"] == [
        {"relation": relation, "site": KEY, "reason": "Both stand in one photo."}
    ]


def test_none_of_them_is_remembered_for_each(held: Path) -> None:
    browser = client(held)
    asked = send(browser, "/new/site", typed(browser))
    assert send(browser, "/new/site", fields_of(asked.text), _different="1").status_code == 303
    (relation,) = new_site(held)["properties"]["relations"]
    assert (relation["relation"], relation["site"]) == ("distinct_from", KEY)
    assert relation["reason"]


def test_what_is_decided_while_typing_is_not_asked_again(held: Path) -> None:
    browser = client(held)
    answer = send(browser, "/new/site", typed(browser, **{f"_place.{KEY}": "near"}))
    assert answer.status_code == 303
    assert new_site(held)["properties"]["relations"][0]["relation"] == "near"


def test_a_decision_survives_as_a_draft(held: Path) -> None:
    browser = client(held)
    kept = send(browser, "/new/site", typed(browser, **{f"_place.{KEY}": "part_of"}), _action="draft")
    draft = fields_of(kept.text)["_draft"]
    page = browser.get(f"/new/site?draft={draft}").text
    assert fields_of(page)[f"_place.{KEY}"] == "part_of"


def test_a_decision_about_no_site_of_the_registry_makes_nothing(held: Path) -> None:
    browser = client(held)
    more = {"_place.zzzzzzzz": "near", f"_place.{KEY}": "burnt_down"}
    assert send(browser, "/new/site", typed(browser, **more)).status_code == 200


# --- Dates and faults ------------------------------------------------------------------------------------


def test_a_date_is_read_back_while_it_is_typed(registry: Path) -> None:
    browser = client(registry)
    told = browser.get("/find/date", params={"q": "summer 2021"}).json()
    assert (told["words"], told["edtf"]) == ("summer 2021", "2021-22")
    assert "2020-12-05" in browser.get("/find/date", params={"q": "12/05/2020"}).json()["fault"]
    assert browser.get("/find/date", params={"q": ""}).json() == {}


def test_faults_are_listed_in_the_order_of_the_form_and_the_first_gets_the_cursor(registry: Path) -> None:
    browser = client(registry)
    wrong = NEW_SITE | {
        "properties.names.0.language": "",
        "properties.locations.0.uncertainty_m": "far",
        "properties.reports.0.observed": "sometime",
        "_source": "",
    }
    page = send(browser, "/new/site", opened(browser, "/new/site"), **wrong).text
    listed = page[page.index('id="faults"') : page.index('id="record-form"')]
    places = [
        listed.index(f'href="#f-{path}')
        for path in (
            "properties-names-0-language",
            "properties-locations-0-uncertainty_m",
            "properties-reports-0-observed",
        )
    ]
    assert places == sorted(places)
    first = page[page.index('<select id="f-properties-names-0-language"') :]
    assert "autofocus" in first[: first.index(">")]


def test_the_words_of_the_forms_are_json_that_a_page_can_read(registry: Path) -> None:
    listed = client(registry).get("/words/cause.json").json()
    assert listed["groups"][0][0] == "Force and fire"
    table = json.loads(client(registry).get("/folding.json").content)
    assert table["match"] > 0.5
