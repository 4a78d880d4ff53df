"""The forms in a real Chromium: lists that are searched, sources by title, dates read back, by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser import axe
from conftest import named, site_feature, source, write
from heritage_registry.registry import read_registry
from heritage_registry.web.wording import web_messages
from test_web_browser import Visit, fill_site
from web import served

pytestmark = pytest.mark.browser


def with_a_site(registry: Path) -> None:
    feature = site_feature(names=[named("St. Sargis of Mokhrenes")], type="church", community="armenian")
    feature["properties"]["locations"][0] |= {
        "geometry": {"type": "Point", "coordinates": [46.7512, 39.7581]}
    }
    write(registry, "site", feature)


def word_field(page: Any, path: str) -> Any:
    return page.locator(f"[data-for='{path}']")


def test_a_word_is_found_in_any_language_and_chosen_by_keyboard(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(f"{address}/new/site")
        field = word_field(page, "properties.types.0.type")
        for asked in ("мост", "körpü", "կամուրջ", "bridge", "hollow", "овраг"):
            field.click()
            field.press("Control+a")
            page.keyboard.type(asked)
            option = page.locator("[role=option][aria-selected=true]")
            option.filter(has_text="Bridge").wait_for()
            assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
        page.keyboard.press("Enter")
        assert field.input_value() == "Bridge"
        assert page.locator("[name='properties.types.0.type']").input_value() == "bridge"
        meaning = page.locator(".field", has=field).locator(".chosen-meaning")
        meaning.get_by_text("hollow").wait_for()
        field.press("ArrowDown")
        page.locator("[role=option]").first.wait_for()
        assert field.get_attribute("aria-expanded") == "true"
        field.press("Escape")
        assert field.get_attribute("aria-expanded") == "false"
        field.fill("")
        field.blur()
        assert page.locator("[name='properties.types.0.type']").input_value() == ""
        visit.close()


def test_a_source_is_chosen_by_its_title(chromium: Any, registry: Path) -> None:
    write(registry, "source", source("bridges-1999", title="Мосты долины", affiliation="media"))
    with served(registry) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(f"{address}/new/site")
        field = page.locator("[name='_source']")
        field.click()
        page.keyboard.type("mosty dol")
        page.locator("[role=option]", has_text="Мосты долины").wait_for()
        page.keyboard.press("Enter")
        assert field.input_value() == "Мосты долины [bridges-1999]"
        assert "Media" in page.locator(".source-card").first.inner_text()
        visit.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_new_source_comes_back_to_the_form(chromium: Any, registry: Path, has_script: bool) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address, java_script_enabled=has_script)
        page = visit.page
        page.goto(f"{address}/new/site")
        fill_site(page, "https://example.org/report")
        button = page.locator("[value='new-source:_source']")
        if has_script:
            button.get_by_text(web_messages("en")["source.from_address"])
        button.click()
        assert page.locator("[name='record.URL']").input_value() == "https://example.org/report"
        page.locator("[name='record.title']").fill("The report")
        for name, value in (("kind", "academic"), ("affiliation", "academic"), ("party", "none")):
            page.locator(f"[name='record.{name}']").select_option(value)
        page.locator(".save-row [value=save]").click()
        page.get_by_text("The new source is filled in: The report").wait_for()
        assert page.locator("[name='_source']").input_value().startswith("The report [")
        assert page.locator("[name='properties.reports.0.summary.0.text']").input_value()
        page.locator(".save-row [value=save]").click()
        page.wait_for_url("**saved=1")
        visit.close()


def test_the_same_place_is_shown_while_typing_and_decided(chromium: Any, registry: Path) -> None:
    with_a_site(registry)
    with served(registry) as address:
        visit = Visit(chromium, address, locale="hy")
        page = visit.page
        page.goto(f"{address}/new/site")
        assert not page.locator("#like-places").is_visible()
        fill_site(page, "survey-2021")
        page.locator("[name='properties.names.0.text']").fill("Սուրբ Սարգիս, Մոխրենես")
        page.locator("#like-places").wait_for()
        assert page.locator("#like-places svg .like-dot").count() == 1
        page.locator("[name='_place.k7m2q9x4'][value=near]").check()
        page.locator("[name='_why.k7m2q9x4']").fill("Two churches of one village.")
        page.locator(".save-row [value=save]").click()
        page.wait_for_url("**saved=1")
        new = next(site for key, site in read_registry(registry).sites.items() if key != "k7m2q9x4")
        (relation,) = new.properties.relations
        assert (relation.relation, relation.site) == ("near", "k7m2q9x4")
        assert relation.reason == "Two churches of one village."
        visit.close()


def test_a_date_is_read_back_in_words(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address, locale="ru")
        page = visit.page
        page.goto(f"{address}/new/site")
        date = page.locator("[name='properties.reports.0.observed']")
        date.fill("лето 2021")
        page.locator(".reading code", has_text="2021-22").wait_for()
        date.fill("когда-то")
        page.locator(".reading", has_text=web_messages("ru")["fault.date"][:20]).wait_for()
        visit.close()


def test_the_cursor_goes_to_the_first_fault(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        for has_script in (True, False):
            visit = Visit(chromium, address, java_script_enabled=has_script)
            page = visit.page
            page.goto(f"{address}/new/site")
            page.locator("[name='properties.names.0.text']").fill("Red Bridge")
            page.locator(".save-row [value=save]").click()
            page.locator("#f-properties-names-0-language:focus").wait_for()
            page.locator("#faults a").first.click()
            page.locator("#f-properties-names-0-language:focus").wait_for()
            visit.close()


def test_help_opens_by_keyboard_and_without_script(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address, java_script_enabled=False)
        page = visit.page
        page.goto(f"{address}/new/site")
        sign = page.locator(".field .hint summary").first
        sign.focus()
        page.keyboard.press("Enter")
        assert page.locator("#f-properties-names-0-text-help").is_visible()
        visit.close()


PAGES = ("/new/site", "/new/source", "/new/claim", "/sites/k7m2q9x4/edit", "/words", "/words/site_type")


def test_lists_and_found_places_fit_a_phone_and_axe_finds_nothing(chromium: Any, registry: Path) -> None:
    with_a_site(registry)
    with served(registry) as address:
        for scheme, width, language in (("light", 1280, "en"), ("dark", 360, "hy"), ("light", 360, "ru")):
            visit = Visit(
                chromium, address, width=width, bypass_csp=True, color_scheme=scheme, locale=language
            )
            page = visit.page
            for path in PAGES:
                page.goto(address + path)
                if path == "/new/site":
                    page.locator("[name='properties.names.0.text']").fill("Սուրբ Սարգիս, Մոխրենես")
                    page.locator("[name='properties.locations.0.geometry']").fill("39.7581, 46.7512")
                    page.locator("#like-places").wait_for()
                    page.locator("[name='_place.k7m2q9x4']").first.check()
                    word_field(page, "properties.types.0.type").click()
                    page.locator("[role=option]").first.wait_for()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                page.evaluate(axe())
                violations = page.evaluate(
                    "axe.run(document, {resultTypes: ['violations'], iframes: false})"
                )["violations"]
                assert [(x["id"], [n["html"][:150] for n in x["nodes"]][:3]) for x in violations] == [], path
            visit.context.close()
