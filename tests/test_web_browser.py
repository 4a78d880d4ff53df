"""The app as a newcomer meets it: real Chromium, real files, without script too, by keyboard, on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser import axe
from conftest import heritage, report, site_feature, write
from heritage_registry.registry import read_registry
from heritage_registry.web.wording import LANGUAGES, web_messages
from web import served

pytestmark = pytest.mark.browser


class Visit:
    """A page somebody has open, and what it asked for, said and broke."""

    def __init__(self, chromium: Any, address: str, *, width: int = 1280, **options: Any) -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8_000)
        self.address = address
        self.foreign: list[str] = []
        self.told: list[str] = []
        self.page.on("request", self._asked)
        self.page.on(
            "console", lambda message: self.told.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.told.append(str(error)))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def close(self) -> None:
        assert self.foreign == []
        assert [text for text in self.told if "422" not in text and "409" not in text] == []
        self.context.close()


def fill_source(page: Any) -> None:
    page.locator("[name='record.title']").fill("Survey of the valley")
    page.locator("[name='record.publisher']").fill("Survey Institute")
    page.locator("[name='record.issued']").fill("2021")
    for name, value in (
        ("type", "report"),
        ("kind", "academic"),
        ("affiliation", "academic"),
        ("party", "none"),
    ):
        page.locator(f"[name='record.{name}']").select_option(value)


def fill_site(page: Any, source: str) -> None:
    page.locator("[name='properties.names.0.text']").fill("Մոխրենեսի եկեղեցի")
    page.locator("[name='properties.names.0.language']").select_option("hy")
    page.locator("[name='properties.types.0.type']").select_option("church")
    page.locator("[name='properties.locations.0.geometry']").fill("39.7581, 46.7512")
    page.locator("[name='properties.locations.0.of']").select_option("monument")
    page.locator("[name='properties.locations.0.method']").select_option("published")
    page.locator("[name='properties.locations.0.uncertainty_m']").fill("100")
    page.locator("[name='properties.reports.0.condition']").select_option("damaged")
    page.locator("[name='properties.reports.0.observed']").fill("2021")
    page.locator("[name='properties.reports.0.evidence.type']").select_option("site_visit")
    page.locator("[name='properties.reports.0.summary.0.text']").fill("The roof had fallen in.")
    page.locator("[name='_source']").fill(source)


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newcomer_gets_from_an_empty_form_to_a_site_on_the_map(
    chromium: Any, registry: Path, language: str, has_script: bool
) -> None:
    words = web_messages(language)
    with served(registry) as address:
        visit = Visit(chromium, address, java_script_enabled=has_script, locale=language)
        page = visit.page
        page.goto(address)
        page.get_by_role("link", name=words["nav.new"], exact=True).click()
        page.get_by_role("link", name=words["new.source"], exact=True).click()
        fill_source(page)
        page.locator(".save-row [value=save]").click()
        assert page.locator(".notice[role=status]").inner_text() == words["form.saved"]
        source = page.url.rpartition("/")[2].partition("?")[0]
        page.get_by_role("link", name=words["new.site_from"]).click()
        assert page.locator("[name='_source']").input_value().endswith(f"[{source}]")
        page.locator(".save-row [value=save]").click()
        assert page.locator("#faults").is_visible()
        fill_site(page, source)
        page.locator(".save-row [value=save]").click()
        assert page.locator(".notice[role=status]").inner_text() == words["form.saved"]
        assert page.locator("h1").inner_text() == "Մոխրենեսի եկեղեցի"
        (key,) = read_registry(registry).sites
        assert f"/sites/{key}" in page.url
        published = heritage(
            registry, "edit", key, "--set", "status=published", "--set", "status_reason=null"
        )
        assert published.exit_code == 0, published.output
        if has_script:
            page.goto(f"{address}/#site={key}")
            frame = page.frame_locator("#map-frame")
            frame.locator("body[data-ready]").wait_for()
            frame.get_by_role("heading", name="Մոխրենեսի եկեղեցի").first.wait_for()
            page.locator("#shown-site").click()
            assert page.url.startswith(f"{address}/sites/{key}")
        visit.close()


def test_a_site_is_added_by_keyboard_alone(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(f"{address}/new/site")

        def tab_to(name: str) -> None:
            for _ in range(80):
                if (
                    page.evaluate("document.activeElement?.dataset.for || document.activeElement?.name")
                    == name
                ):
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"the keyboard does not come to {name}")

        for name, typed in {
            "properties.names.0.text": "Keyboard Chapel",
            "properties.names.0.language": "English",
            "properties.types.0.type": "Chapel",
            "_source": "survey-2021",
        }.items():
            tab_to(name)
            page.keyboard.type(typed)
            page.wait_for_timeout(600)  # the lists come
        page.keyboard.press("Enter")  # takes the source
        page.keyboard.press("Enter")
        page.wait_for_url("**saved=1")
        (site,) = read_registry(registry).sites.values()
        assert site.properties.names[0].text == "Keyboard Chapel"
        assert site.properties.types[0].type == "chapel"
        visit.close()


def test_what_is_typed_survives_a_browser_that_dies(chromium: Any, registry: Path) -> None:
    with served(registry) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(f"{address}/new/site")
        url = page.url
        page.locator("[name='properties.names.0.text']").fill("Half a na")
        page.get_by_text("is kept on this machine.").and_(page.locator("#draft-status")).wait_for()
        visit.context.close()
    with served(registry) as address:
        visit = Visit(chromium, address)
        visit.page.goto(address + url[url.index("/new") :])
        assert visit.page.locator("[name='properties.names.0.text']").input_value() == "Half a na"
        visit.page.goto(f"{address}/drafts")
        assert visit.page.get_by_text("Half a na").is_visible()
        visit.close()


def test_another_item_comes_with_the_cursor_in_it_and_all_else_kept(chromium: Any, registry: Path) -> None:
    write(registry, "site", site_feature())
    with served(registry) as address:
        for has_script in (True, False):
            visit = Visit(chromium, address, java_script_enabled=has_script)
            page = visit.page
            page.goto(f"{address}/sites/k7m2q9x4/edit")
            page.locator("[name='properties.names.0.text']").fill("Changed, not saved")
            page.locator("[value='add:properties.names']").click()
            assert page.locator("[name='properties.names.0.text']").input_value() == "Changed, not saved"
            page.locator("[name='properties.names.1.text']:focus").wait_for()
            visit.close()


ADDRESSES = (
    "/",
    "/new",
    "/new/site",
    "/new/source",
    "/new/claim",
    "/sites",
    "/sites/k7m2q9x4",
    "/sites/k7m2q9x4/edit",
    "/sites/k7m2q9x4/report",
    "/sites/k7m2q9x4/response",
    "/drafts",
    "/problems",
    "/sites/k7m2q9x5",
    "/nothing",
)


def prepared(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()], places=[("Şuşa", "az")]))
    (registry / "records" / "k7m2q9x5.geojson").write_text('{"type": "Feature",')


def test_nothing_is_cut_off_on_a_phone(chromium: Any, registry: Path) -> None:
    prepared(registry)
    with served(registry) as address:
        for width, language in ((360, "hy"), (320, "ru")):
            visit = Visit(chromium, address, width=width, locale=language)
            for path in ADDRESSES:
                visit.page.goto(address + path)
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            visit.context.close()


def test_axe_finds_nothing(chromium: Any, registry: Path) -> None:
    prepared(registry)
    with served(registry) as address:
        for scheme, width in (("light", 1280), ("dark", 360)):
            # The pages' own policy runs no foreign script, so axe has to come in past it.
            visit = Visit(chromium, address, width=width, bypass_csp=True, color_scheme=scheme)
            for path in ADDRESSES:
                visit.page.goto(address + path)
                if visit.page.locator("#record-form").count():
                    visit.page.locator("[value=check]").click()
                visit.page.evaluate(
                    "document.querySelectorAll('details').forEach((part) => { part.open = true })"
                )
                visit.page.evaluate(axe())
                found = visit.page.evaluate(
                    "axe.run(document, {resultTypes: ['violations'], iframes: false})"
                )["violations"]
                assert [(x["id"], [n["html"][:150] for n in x["nodes"]][:3]) for x in found] == [], path
            visit.context.close()


def test_a_nasty_name_runs_nothing(chromium: Any, registry: Path) -> None:
    name = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>{{7*7}}"
    write(
        registry,
        "site",
        site_feature(names=[{"text": name, "language": "en", "citations": [{"source": "survey-2021"}]}]),
    )
    with served(registry) as address:
        visit = Visit(chromium, address)
        for path in ("/sites", "/sites/k7m2q9x4", "/sites/k7m2q9x4/edit", "/#site=k7m2q9x4"):
            visit.page.goto(address + path)
            assert visit.page.title() != "run"
        assert visit.page.locator("h1").count() == 1
        visit.close()
