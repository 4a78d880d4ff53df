"""What a reader sees first, on a phone, a tablet and a desk: the map filled, nothing over another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import LANGUAGES, Reader, axe
from conftest import CHROMIUM
from heritage_registry.maps.page import map_page
from heritage_registry.registry import read_registry

REAL = Path(__file__).parents[1] / "sites"
SIZES = [(360, 740), (768, 1024), (1280, 800), (320, 256)]
"""Phone, tablet, desk, and a desk of 1280 × 1024 at 400 per cent."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: Any) -> Path:
    file: Path = tmp_path_factory.mktemp("map") / "map.html"
    file.write_text(map_page(read_registry(REAL)), "utf-8")
    return file


@pytest.fixture
def opened(chromium: Any, page_file: Path) -> Iterator[Any]:
    readers: list[Reader] = []

    def opener(width: int, height: int, address: str = "", scheme: str = "light") -> Reader:
        reader = Reader(chromium, page_file, width, height)
        reader.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        readers.append(reader.open(address))
        return reader

    yield opener
    for reader in readers:
        assert reader.complaints == []
        reader.page.context.close()


_GROUND_SHOWN = """() => {
    const meta = JSON.parse(document.getElementById("hr-meta").textContent);
    const [west, south, east, north] = meta.basemap.bounds;
    const view = registryMap.getBounds();
    return view.getSouth() >= south - 0.01 && view.getNorth() <= north + 0.01
        && view.getWest() >= west - 0.01 && view.getEast() <= east + 0.01;
}"""


@pytest.mark.parametrize(("width", "height"), SIZES[:3])
def test_the_base_map_fills_the_first_view_without_an_empty_band(
    opened: Any, width: int, height: int
) -> None:
    reader = opened(width, height)
    assert reader.page.evaluate(_GROUND_SHOWN)
    assert reader.state()["inView"] > 0.8 * reader.state()["located"]


def test_on_a_phone_the_button_shows_all_sites(opened: Any) -> None:
    reader = opened(360, 740)
    reader.page.click("#zoom-all")
    reader.rest()
    assert reader.state()["inView"] == reader.state()["located"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_title_is_whole_and_the_language_is_chosen_above_the_map(
    opened: Any, language: str
) -> None:
    reader = opened(360, 740, f"#lang={language}")
    title = reader.page.locator("#phone-title")
    assert title.is_visible()
    assert title.evaluate("e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1")
    choice = reader.page.locator("#phone-language")
    assert choice.input_value() == language
    choice.select_option("az" if language != "az" else "hy")
    assert reader.state()["language"] == ("az" if language != "az" else "hy")


_OVERLAPS = """() => {
    const boxes = [".zoom", "#legend", "#time", "#credits", ".leaflet-control-scale", "#card"]
        .map((name) => [name, document.querySelector(name)])
        .filter(([, element]) => element && element.offsetParent !== null)
        .map(([name, element]) => [name, element.getBoundingClientRect()]);
    const found = [];
    for (const [a, one] of boxes)
        for (const [b, two] of boxes)
            if (a < b && one.left < two.right - 1 && two.left < one.right - 1
                && one.top < two.bottom - 1 && two.top < one.bottom - 1) found.push(`${a} ${b}`);
    return found;
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), SIZES[:3])
def test_no_control_lies_over_another(opened: Any, width: int, height: int, language: str) -> None:
    reader = opened(width, height, f"#lang={language}")
    assert reader.page.evaluate(_OVERLAPS) == []
    reader.page.click("#time-toggle")
    reader.rest()
    assert reader.page.evaluate(_OVERLAPS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing_at_any_size_light_or_dark(
    opened: Any, width: int, height: int, scheme: str
) -> None:
    reader = opened(width, height, "#lang=hy&q=Shusha", scheme)
    reader.page.evaluate(axe())
    found = reader.page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].target]))")
    assert found == []


def test_at_four_times_the_size_nothing_is_cut_off_and_every_control_is_reached(opened: Any) -> None:
    reader = opened(320, 256)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 320
    for sheet in ("find", "list"):
        reader.page.click(f"[data-open-sheet={sheet}]")
        reader.page.wait_for_timeout(100)
        wide = reader.page.evaluate(
            """() => [...document.querySelectorAll(".panel *")]
                .filter((e) => e.getBoundingClientRect().right > 321 && !e.closest(".unseen")).length"""
        )
        assert wide == 0, sheet
        reader.page.keyboard.press("Escape")


def test_the_open_site_has_its_sign_on_the_ring_of_the_group_it_shares_a_point_with(opened: Any) -> None:
    """A group at one point of 20 sites stays one mark; the open one is still seen in it."""
    reader = opened(1280, 800, "#lang=en&q=Shusha")
    reader.page.click('#results .row:has-text("Kocharli")')
    reader.page.wait_for_selector("#card:not([hidden])")
    reader.rest()
    state = reader.state()
    at = reader.page.evaluate("registryMapState().pixelOf(registryMapState().open)")
    (mark,) = [
        m
        for m in state["marks"]
        if abs(m["x"] - at["x"]) < m["radius"] and abs(m["y"] - at["y"]) < m["radius"]
    ]
    assert mark["count"] > 1, "choose another site: this one no longer shares its point"
    beside = mark["radius"] + 8.5
    colour = reader.page.evaluate(
        """([x, y]) => {
            const canvas = document.querySelector(".leaflet-sites-pane canvas");
            const box = canvas.getBoundingClientRect();
            const map = document.querySelector(".map-part").getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const at = [(map.left + x - box.left) * ratio, (map.top + y - box.top) * ratio];
            return [...canvas.getContext("2d").getImageData(at[0], at[1], 1, 1).data];
        }""",
        [mark["x"] + beside * 0.7071, mark["y"] - beside * 0.7071],
    )
    assert colour[3] == 255


def test_a_shared_address_opens_the_same_view_in_a_second_browser(
    opened: Any, chromium: Any, page_file: Path
) -> None:
    first = opened(1280, 800, "#lang=ru&condition=destroyed,damaged&community=armenian")
    first.page.click("#zoom-in")
    first.page.click("#time-toggle")
    first.rest()
    first.page.click("#results .row >> nth=1")
    first.page.wait_for_selector("#card:not([hidden])")
    first.rest()
    address = first.page.evaluate("location.hash")

    second = chromium.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    try:
        other = Reader(second, page_file, 1280, 800).open(address)
        told = ["shown", "drawn", "marks", "inView", "language", "open", "day"]
        before, after = first.state(), other.state()
        assert json.dumps([before[x] for x in told]) == json.dumps([after[x] for x in told])
        assert other.text("#card-title") == first.text("#card-title")
        assert other.rows() == first.rows()
        assert other.page.evaluate("location.hash") == address
        assert other.complaints == []
    finally:
        second.close()


def test_the_keyboard_alone_goes_from_search_through_list_and_card_and_back(opened: Any) -> None:
    reader = opened(1280, 800, "#lang=en")
    page = reader.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tab-view"
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className || document.activeElement.id"))
    assert "row" in reached
    page.keyboard.press("Enter")
    page.wait_for_selector("#card:not([hidden])")
    reader.rest()
    assert page.evaluate("document.activeElement.id") == "card-title"
    page.keyboard.press("Escape")
    reader.rest()
    assert page.evaluate("document.activeElement.className") == "row"
    before = page.evaluate("location.hash")
    page.focus(".folium-map")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert page.evaluate("location.hash") != before


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_a_language_written_from_right_to_left_turns_the_page(
    chromium: Any, page_file: Path, tmp_path: Path, width: int, height: int
) -> None:
    """Persian has no words yet: those of English stand in for them, and the page is turned."""
    before, start, rest = page_file.read_text("utf-8").partition('id="hr-meta">')
    data, end, after = rest.partition("</script>")
    meta = json.loads(data)
    meta["languages"].append("fa")
    meta["messages"]["fa"] = meta["messages"]["en"]
    turned = tmp_path / "map.html"
    text = json.dumps(meta).replace("<", "\\u003c")
    turned.write_text(f"{before}{start}{text}{end}{after}", "utf-8")
    reader = Reader(chromium, turned, width, height).open("#lang=fa&site=w6bm8z0v")
    page = reader.page
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#card-title").is_visible()
    if width > 760:
        panel, shown = page.locator(".panel").bounding_box(), page.locator(".map-part").bounding_box()
        assert panel["x"] > shown["x"]
    page.evaluate(axe())
    assert page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].target]))") == []
    assert reader.complaints == []
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_within_the_local_app_title_and_languages_are_not_shown_twice(
    chromium: Any, page_file: Path, width: int, height: int
) -> None:
    reader = Reader(chromium, page_file, width, height)
    reader.page.add_init_script("window.name = 'map-within-app'")
    reader.open()
    for name in ("#title", "#phone-title", "#languages", "#phone-language"):
        assert reader.page.locator(name).is_hidden(), name
    shown = reader.page.locator(".map-part").bounding_box()
    assert shown["y"] == 0
    assert reader.page.evaluate("registryMap.getSize().y") == round(shown["height"])
    reader.page.context.close()
