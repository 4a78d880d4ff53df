"""The published pages as a reader meets them: opened from files, wide and narrow, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser import axe
from heritage_registry.pages.publish import publish
from heritage_registry.registry import read_registry

REAL = Path(__file__).parents[1] / "sites"

pytestmark = pytest.mark.browser

RICH = "w6bm8z0v"
"""A site with disputed reports, responses, collections and an alternative location."""

ONE_OF_EACH = (
    "en/index.html",
    "hy/sites/index.html",
    f"az/sites/{RICH}.html",
    "ru/claims/index.html",
    "en/claims/fe3zn0je.html",
    "az/coverage.html",
    "hy/sources/index.html",
    "ru/sources/chw-destruction-makun-bridge.html",
)
SCREENS = ((1280, 900, "light"), (360, 740, "dark"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real registry, published."""
    folder = tmp_path_factory.mktemp("public")
    publish(read_registry(REAL), folder)
    return folder


def opened(
    chromium: Any, path: Path, width: int = 1280, height: int = 900, *, scheme: str = "light", **options: Any
) -> Any:
    """Return a page that a reader has open on a screen of this size."""
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, **options
    )
    page = context.new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_axe_finds_nothing(chromium: Any, site: Path, name: str) -> None:
    for width, height, scheme in SCREENS:
        # The page's own policy runs no script at all, so axe has to come in past it.
        page = opened(chromium, site / name, width, height, scheme=scheme, bypass_csp=True)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        page.evaluate(axe())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(x["id"], [node["html"] for node in x["nodes"]][:3]) for x in found] == []
        page.context.close()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_nothing_is_cut_off_on_a_phone_or_at_four_times_the_size(
    chromium: Any, site: Path, name: str
) -> None:
    for width in (360, 320):  # 1280 pixels at 400 % are 320
        page = opened(chromium, site / name, width, 740)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_page_needs_no_script_and_no_network(chromium: Any, site: Path, name: str) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto((site / name).as_uri())
    assert [url for url in asked if not url.startswith("file:")] == []
    assert told == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").is_visible()
    context.close()


def test_the_style_is_in_force_under_the_pages_own_policy(chromium: Any, site: Path) -> None:
    colours = {}
    for _, _, scheme in SCREENS:
        page = opened(chromium, site / "en/index.html", scheme=scheme)
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.context.close()
    assert colours == {"light": "rgb(246, 242, 234)", "dark": "rgb(22, 25, 27)"}


def test_a_reader_gets_from_the_overview_to_a_report_and_its_source(chromium: Any, site: Path) -> None:
    page = opened(chromium, site / "ru/index.html")
    page.get_by_role("navigation", name="Разделы реестра").get_by_role("link", name="Объекты").click()
    page.locator(f'a[href="{RICH}.html"]').click()
    page.get_by_role("link", name="Հայերեն").click()
    assert page.url.endswith(f"/hy/sites/{RICH}.html")
    page.locator(".report .cites a").first.click()
    assert page.locator(".sources > li:target").is_visible()
    page.locator(".sources > li:target > a").click()
    assert "/hy/sources/" in page.url
    page.context.close()


def test_the_map_opens_with_the_site_of_the_page(chromium: Any, site: Path) -> None:
    page = opened(chromium, site / f"az/sites/{RICH}.html")
    page.get_by_role("link", name="Xəritədə göstər").click()
    page.wait_for_selector("body[data-ready]")
    assert f"site={RICH}" in page.url
    page.context.close()


def test_print_opens_what_is_folded_and_leaves_out_the_menu(chromium: Any, site: Path) -> None:
    page = opened(chromium, site / f"en/sites/{RICH}.html")
    page.emulate_media(media="print")
    assert not page.locator(".sections").is_visible()
    assert page.locator("details p").first.is_visible()
    page.context.close()


def test_the_published_map_leads_to_the_pages_beside_it(chromium: Any, site: Path) -> None:
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri() + f"#lang=hy&site={RICH}")
    page.wait_for_selector("#card:not([hidden]) .record a")
    for link in [*page.locator("#pages a").all(), page.locator("#card .record a").first]:
        assert (site / link.get_attribute("href")).is_file()
    assert page.locator("#pages a").first.get_attribute("href") == "hy/index.html"
