"""The map beside the fields of a location, in a real Chromium: by pointer, by keyboard, by finger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import axe
from conftest import point, site_feature, source, write
from test_where import SITES
from web import served

pytestmark = pytest.mark.browser

HERE = "properties.locations.0"


class Visit:
    """Somebody at the map of a form, and what went wrong or went elsewhere."""

    def __init__(self, chromium: Any, address: str, path: str = "/new/site", **options: Any) -> None:
        size = {"width": options.pop("width", 1280), "height": options.pop("height", 1000)}
        self.context = chromium.new_context(
            viewport=size, locale=options.pop("locale", "en"), reduced_motion="reduce", **options
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(8_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:")) else self.complaints.append(request.url)
            ),
        )
        self.page.goto(address + path)
        self.map = self.page.locator(".where-map").first

    def to_the_map(self) -> Visit:
        self.page.locator(".where-map-part").first.scroll_into_view_if_needed()
        self.page.locator(".where[data-ready]").first.wait_for()
        self.map.scroll_into_view_if_needed()
        self.page.wait_for_timeout(150)
        return self

    def field(self, name: str) -> Any:
        return self.page.locator(f"[name='{HERE}.{name}']")

    @property
    def text(self) -> str:
        return str(self.field("geometry").input_value())

    @property
    def shape(self) -> Any:
        return json.loads(self.text)

    @property
    def point(self) -> tuple[float, float]:
        latitude, longitude = map(float, self.text.split(","))
        return latitude, longitude

    def type_point(self, text: str) -> None:
        with self.page.expect_response("**/where"):
            self.field("geometry").fill(text)
        self.page.wait_for_timeout(150)

    def click(self, x: float, y: float) -> None:
        self.map.click(position={"x": x, "y": y})

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        box = self.map.bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + start[0], box["y"] + start[1])
        mouse.down()
        mouse.move(box["x"] + (start[0] + end[0]) / 2, box["y"] + (start[1] + end[1]) / 2)
        mouse.move(box["x"] + end[0], box["y"] + end[1])
        mouse.up()

    @property
    def middle(self) -> tuple[float, float]:
        box = self.map.bounding_box()
        return box["width"] / 2, box["height"] / 2

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def close(self) -> None:
        assert self.complaints == []
        self.context.close()


@pytest.fixture
def address(registry: Path) -> Iterator[str]:
    shutil.copytree(SITES / "basemap", registry / "basemap")
    write(registry, "source", source("geonames", kind="dataset", type="dataset", title="GeoNames"))
    names = [{"text": "Held Chapel", "language": "en", "citations": [{"source": "survey-2021"}]}]
    write(registry, "site", site_feature(names=names, locations=[point(46.7512, 39.7581)]))
    with served(registry) as running:
        yield running


def test_a_point_is_set_by_a_click_and_moved_by_a_drag(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.click(300, 150)
    latitude, longitude = visit.point
    assert 38 < latitude < 43
    assert 43 < longitude < 51
    assert visit.field("method").input_value() == "map"
    assert visit.page.locator(".where-status").inner_text() == f"Point: {visit.text}"
    visit.drag((300, 150), (420, 210))
    assert visit.point[0] < latitude
    assert visit.point[1] > longitude
    visit.button("Undo").click()
    assert visit.point == (latitude, longitude)
    visit.close()


def test_a_point_has_no_more_figures_than_the_hand_can_mean(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.click(300, 150)
    assert all(len(part.partition(".")[2]) <= 3 for part in visit.text.split(", "))
    visit.type_point("39.7581, 46.7512")
    visit.click(300, 150)
    assert any(len(part.partition(".")[2]) >= 4 for part in visit.text.split(", "))
    visit.close()


def test_the_map_follows_what_is_typed_and_asks_about_a_swapped_point(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.type_point("39°45′29″N 46°45′04″E")
    assert "39.758" in visit.page.locator(".where-status").inner_text()
    visit.type_point("46.7512, 39.7581")
    doubts = visit.page.locator(".where-doubts")
    assert "may be swapped" in doubts.inner_text()
    assert visit.text == "46.7512, 39.7581", "nothing is changed before somebody says so"
    doubts.get_by_role("button", name="Take 39.7581, 46.7512").click()
    visit.page.locator(".where-doubts .fault").wait_for(state="detached")
    assert visit.text == "39.7581, 46.7512"
    visit.close()


def test_a_rough_point_is_asked_about_until_it_is_said_what_it_shows(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.type_point("39°45′N 46°45′E")
    fault = visit.page.locator(".where-doubts .fault")
    assert "leaves about 1.9" in fault.inner_text()
    visit.field("of").select_option("settlement")
    fault.wait_for(state="detached")
    visit.close()


def test_the_point_is_set_and_moved_by_keyboard_alone(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.map.focus()
    keys = visit.page.keyboard
    keys.press("Space")
    start = visit.point
    keys.press("ArrowUp")
    fine = visit.point[0] - start[0]
    assert fine > 0
    keys.press("Shift+ArrowRight")
    large = visit.point[1] - start[1]
    assert large > 5 * fine
    keys.press("+")
    keys.press("Control+z")
    assert visit.point == start
    assert "/new/site" in visit.page.url
    assert visit.page.locator("#faults").count() == 0, "no key sends the form"
    visit.close()


def test_an_area_is_drawn_changed_and_undone(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.button("Area").click()
    for x, y in ((200, 100), (400, 110), (410, 250)):
        visit.click(x, y)
    visit.map.dblclick(position={"x": 210, "y": 240})
    shape = visit.shape
    assert shape["type"] == "Polygon"
    ring = shape["coordinates"][0]
    assert len(ring) == 5
    assert ring[0] == ring[-1]
    visit.drag((400, 110), (450, 90))
    moved = visit.shape["coordinates"][0]
    assert moved[1][0] > ring[1][0]
    assert moved[2:] == ring[2:]
    visit.drag((305, 245), (305, 270))  # the middle between two corners
    assert len(visit.shape["coordinates"][0]) == 6
    visit.button("Remove corner").click()
    assert visit.shape["coordinates"][0] == moved
    visit.button("Undo").click()
    assert len(visit.shape["coordinates"][0]) == 6
    visit.close()


def test_a_line_is_drawn_by_keyboard_alone(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.button("Line").focus()
    keys = visit.page.keyboard
    keys.press("Enter")
    visit.map.focus()
    keys.press("Space")
    for _ in range(3):
        keys.press("Shift+ArrowRight")
    keys.press("Space")
    keys.press("Shift+ArrowDown")
    keys.press("Space")
    keys.press("Backspace")
    keys.press("Enter")
    line = visit.shape
    assert line["type"] == "LineString"
    assert len(line["coordinates"]) == 2
    assert line["coordinates"][1][0] > line["coordinates"][0][0]
    keys.press("n")
    assert "Corner 1 of 2" in visit.page.locator(".where-status").inner_text()
    keys.press("Shift+ArrowUp")
    assert visit.shape["coordinates"][0][1] > line["coordinates"][0][1]
    visit.close()


def test_a_drawing_that_is_broken_off_leaves_the_point(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.click(300, 150)
    before = visit.text
    visit.button("Area").click()
    visit.click(200, 100)
    assert visit.text == before
    visit.map.focus()
    visit.page.keyboard.press("Escape")
    assert visit.text == before
    visit.close()


def test_pasted_geojson_is_shown_and_can_be_changed(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    ring = [[46.7, 39.7], [46.8, 39.7], [46.8, 39.8], [46.7, 39.7]]
    pasted = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    visit.type_point(json.dumps(pasted))
    assert visit.page.locator(".where-status").inner_text() == "Corners: 3"
    visit.map.focus()
    visit.page.keyboard.press("n")
    visit.page.keyboard.press("ArrowUp")
    assert visit.shape["coordinates"][0][1:3] == ring[1:3]
    visit.close()


def test_sites_held_nearby_are_listed_with_their_distance(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.type_point("39.7600, 46.7512")
    visit.page.get_by_text("Sites held in this view: 1").click()
    link = visit.page.locator(".where-held a")
    assert link.inner_text() == "Held Chapel"
    assert link.get_attribute("href") == "/sites/k7m2q9x4"
    assert "210 m" in visit.page.locator(".where-held li").inner_text()
    visit.close()


def test_a_settlement_is_looked_up_chosen_and_taken_back(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    name = visit.page.locator(".where-ask input")
    name.fill("Norashen")
    name.press("Enter")
    choices = visit.page.locator(".where-choice")
    choices.first.wait_for()
    assert choices.count() >= 6
    choices.nth(1).locator("label").click()
    visit.button("Take this settlement").click()
    visit.page.locator(".where-taken").wait_for()
    assert visit.field("of").input_value() == "settlement"
    assert visit.text.startswith("40.")
    assert visit.page.locator("[name='properties.places.0.names.0.text']").input_value() == "Նորաշեն"
    visit.button("Take that back").click()
    visit.page.locator(".where-taken").wait_for(state="detached")
    assert visit.text == ""
    assert visit.field("of").input_value() == ""
    visit.close()


def test_a_ready_radius_is_one_click(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.page.get_by_role("button", name="2 km").click()
    assert visit.field("uncertainty_m").input_value() == "2000"
    assert "draft=" in visit.page.url
    visit.close()


def test_what_the_map_writes_is_kept_as_a_draft_and_opens_as_it_was(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    visit.click(300, 150)
    text = visit.text
    visit.page.get_by_text("is kept on this machine.").and_(visit.page.locator("#draft-status")).wait_for()
    visit.page.reload()
    visit.to_the_map()
    assert visit.text == text
    assert visit.page.locator(".where-status").inner_text() == f"Point: {text}"
    visit.close()


def test_a_finger_sets_the_point_drags_it_and_scrolls_the_page_elsewhere(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address, width=360, height=740, has_touch=True, is_mobile=True).to_the_map()
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    x, y = visit.middle
    visit.map.tap(position={"x": x, "y": y})
    start = visit.point
    finger = visit.context.new_cdp_session(page)

    def swipe(from_x: float, from_y: float, by_x: float, by_y: float) -> None:
        box = visit.map.bounding_box()
        at = [{"x": box["x"] + from_x, "y": box["y"] + from_y}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
        for n in range(1, 6):
            at = [{"x": box["x"] + from_x + by_x * n / 5, "y": box["y"] + from_y + by_y * n / 5}]
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(200)

    scrolled = page.evaluate("scrollY")
    swipe(x, y, 60, 30)
    assert page.evaluate("scrollY") == scrolled
    assert visit.point[0] < start[0]
    assert visit.point[1] > start[1]
    moved = visit.point
    swipe(40, y, 0, -120)
    assert page.evaluate("scrollY") > scrolled
    assert visit.point == moved
    assert "two fingers" in page.locator(".where-map-part .help").inner_text()
    visit.close()


def test_the_wheel_scrolls_the_page_until_the_map_is_worked_on(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address).to_the_map()
    scale = visit.page.locator(".leaflet-control-scale-line")
    before = scale.inner_text()
    box = visit.map.bounding_box()
    visit.page.mouse.move(box["x"] + 300, box["y"] + 150)
    visit.page.mouse.wheel(0, -40)
    visit.page.wait_for_timeout(400)
    assert scale.inner_text() == before
    visit.to_the_map()
    visit.click(300, 150)
    visit.page.mouse.wheel(0, -400)
    visit.page.wait_for_timeout(500)
    assert scale.inner_text() != before
    visit.close()


def test_without_script_a_settlement_is_chosen_among_radio_buttons(chromium: Any, address: str) -> None:
    visit = Visit(chromium, address, java_script_enabled=False)
    visit.page.locator("[name='properties.names.0.text']").fill("Typed before")
    visit.page.locator(".where-ask input").fill("Norashen")
    visit.page.get_by_role("button", name="Find", exact=True).click()
    assert visit.page.locator(".where-map-part").is_hidden()
    visit.page.locator(".where-choice input").nth(1).check()
    visit.button("Take this settlement").click()
    assert visit.field("of").input_value() == "settlement"
    assert visit.text.startswith("40.")
    assert visit.page.locator("[name='properties.names.0.text']").input_value() == "Typed before"
    visit.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_about_the_map(chromium: Any, address: str, scheme: str, width: int) -> None:
    visit = Visit(chromium, address, width=width, bypass_csp=True, color_scheme=scheme).to_the_map()
    visit.type_point("46.7512, 39.7581")
    visit.page.locator(".where-ask input").fill("Norashen")
    visit.page.locator(".where-choice").first.wait_for()
    visit.page.evaluate(axe())
    for shape in ("Point", "Area"):
        visit.button(shape).click()
        found = visit.page.evaluate(
            "axe.run(document.querySelector('.group:has(.where)'), {resultTypes: ['violations']})"
        )["violations"]
        assert [(x["id"], [n["html"][:150] for n in x["nodes"]][:3]) for x in found] == []
    visit.close()


@pytest.mark.parametrize("language", ["hy", "az", "ru"])
def test_the_map_speaks_the_readers_language(chromium: Any, address: str, language: str) -> None:
    visit = Visit(chromium, address, locale=language, width=360).to_the_map()
    words = visit.page.locator(".where-map-part").inner_text()
    assert "Click" not in words
    assert "{" not in words
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.close()
