"""What a reader takes away from the map page, and the pictures beside it, in Chromium."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from browser import LANGUAGES, Reader, axe, messages
from conftest import CITED, named, point, report, site_feature, source, write
from heritage_registry.citation import Reference, cite_registry, cite_site, csl_json, site_digest
from heritage_registry.exports.csv import csv_file
from heritage_registry.exports.geojson import geojson_file
from heritage_registry.maps.page import map_page
from heritage_registry.public import public_view
from heritage_registry.registry import Registry, read_registry, registry_digest

FORMULA = '=HYPERLINK("https://example.org")'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ESRI, EOX = "https://wayback.maptiles.arcgis.com/", "https://tiles.maps.eox.at/"
CHURCH = [named("Սուրբ Փրկիչ", "hy"), named("Holy Saviour 100% {A_B} #1"), named("Храм «А & Б»", "ru")]
CELL = [[46.3, 40.1], [46.3, 40.2], [46.4, 40.2], [46.4, 40.1], [46.3, 40.1]]

pytestmark = pytest.mark.browser


def picture(name: str, digest: str, taken: str) -> dict[str, Any]:
    copy = {"sha256": digest, "media_type": "image/png", "bytes": len(PIXEL), "width": 400, "height": 300}
    return {
        "name": name,
        "sha256": digest[::-1],
        "media_type": "image/png",
        "bytes": 9,
        "public": True,
        "public_copy": copy,
        "taken": taken,
        "by": "visitor",
        "caption": {"en": f"The west wall, {taken}"},
    }


BEFORE, AFTER = "ab" + "0" * 62, "cd" + "1" * 62


@pytest.fixture
def sites(registry: Path) -> Registry:
    """Sites whose names, shapes and dates are hard for file formats."""
    write(
        registry, "source", source("press-2020", title="Shell; hits, church", URL="https://example.org/?a&b")
    )
    pictures = [picture("a.png", AFTER, "2021-05-02"), picture("b.png", BEFORE, "2019-06-01")]
    seen = report(
        1,
        "severe_damage",
        "2020-10-08",
        citations=[{"source": "press-2020"}, *CITED],
        evidence={"type": "ground_photo", "files": pictures},
    )
    line = {
        "of": "monument",
        "method": "map",
        "uncertainty_m": 50,
        "standing": "preferred",
        "citations": CITED,
        "geometry": {
            "type": "LineString",
            "coordinates": [[46.1, 40.0], [46.2, 40.1], [46.25, 40.3], [46.9, 40.3]],
        },
    }
    area = line | {
        "of": "area",
        "geometry": {"type": "Polygon", "coordinates": [CELL]},
        "uncertainty_m": 8000,
    }
    for feature in (
        site_feature(
            "a0000001",
            names=[
                named("Սուրբ Փրկիչ", "hy"),
                named("Holy Saviour 100% {A_B} #1"),
                named("Храм «А & Б»", "ru"),
            ],
            type="church",
            community="armenian",
            places=[("Şuşa", "az"), ("Շուշի", "hy")],
            reports=[seen, report(2, "no_visible_damage", "2018")],
        ),
        site_feature(
            "a0000002", names=[named(FORMULA), named("Köhnə, «məscid»", "az-Cyrl")], locations=[line]
        ),
        site_feature("a0000003", names=[named('a<b>&"c"]]>')], locations=[area]),
        site_feature("a0000004", names=[named("Old bridge")], type="bridge", community=None, locations=[]),
        site_feature(
            "a0000005",
            names=[named("Quarter mosque")],
            locations=[point(46.7499, 39.7601, of="settlement", uncertainty_m=2000)],
            reports=[report(1, "destroyed", "1992/..")],
        ),
        site_feature(
            "a0000006",
            names=[named("Ruin")],
            type="fortress",
            reports=[report(1, "destroyed", "1993-03/..", published="2024-05-20")],
        ),
    ):
        write(registry, "site", feature)
    return read_registry(registry)


@pytest.fixture
def page_file(sites: Registry, tmp_path: Path) -> Path:
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / "index.html").write_text(map_page(sites), "utf-8", newline="\n")
    for digest in (BEFORE, AFTER):
        (folder / "evidence" / digest[:2]).mkdir(parents=True)
        (folder / "evidence" / digest[:2] / f"{digest}.png").write_bytes(PIXEL)
    return folder / "index.html"


@pytest.fixture
def reader(chromium: Any, page_file: Path) -> Reader:
    return Reader(chromium, page_file)


@pytest.fixture
def served(page_file: Path) -> Iterator[str]:
    """The address of the page on a host."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=page_file.parent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def take(reader: Reader, ending: str) -> bytes:
    """Return the file that a button of the open window saves."""
    with reader.page.expect_download() as waiting:
        reader.page.click(f"#take-body [data-format={ending}]")
    return Path(waiting.value.path()).read_bytes()


def all_sites(reader: Reader, ending: str, language: str = "en") -> bytes:
    reader.open(f"#lang={language}")
    reader.page.click("#take")
    return take(reader, ending)


def cited(reader: Reader) -> tuple[str, str, dict[str, Any]]:
    """Return the three forms of the citation in the open window."""
    box, found = reader.page.locator("#take-citation"), []
    for form in ("text", "bibtex", "csl"):
        reader.page.click(f"[data-form={form}]")
        found.append(box.input_value())
    return found[0], found[1], json.loads(found[2])[0]


def without_access(text: str, bibtex: str, csl: dict[str, Any]) -> Reference:
    """Take from a citation what the reader's clock added."""
    accessed = csl.pop("accessed")
    assert len(accessed["date-parts"][0]) == 3
    text = re.sub(r"\. (Accessed |Դիտվել է|Baxılıb: |Дата обращения: ).*$", "", text)
    return Reference(text, re.sub(r"  urldate = \{\d{4}-\d\d-\d\d\},\n", "", bibtex), csl)


# --- files


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_saved_spreadsheet_says_what_the_export_says(
    reader: Reader, sites: Registry, language: str
) -> None:
    import pandas

    raw = all_sites(reader, "csv", language)
    saved, exported = (
        pandas.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False)
        for text in (raw, csv_file(sites, language))
    )
    for name in ("longitude", "latitude"):
        numbers = [pandas.to_numeric(table[name]).tolist() for table in (saved, exported)]
        assert numbers[0] == pytest.approx(numbers[1], nan_ok=True)
        saved[name] = exported[name]

    assert raw.startswith(b"\xef\xbb\xbfid,name,")
    assert saved[list(exported.columns)].to_dict("records") == exported.to_dict("records")
    assert set(saved["records_sha256"]) == {registry_digest(sites)}
    church = saved.set_index("id").loc["a0000001"]
    assert church["names_hy"] == "Սուրբ Փրկիչ"
    assert church["source_titles"] == "Shell; hits, church; A survey of monuments"
    assert church["source_addresses"] == "https://example.org/?a&b"


def test_a_saved_name_that_looks_like_a_formula_is_none(reader: Reader) -> None:
    text = all_sites(reader, "csv").decode("utf-8-sig")

    assert f"""a0000002,"'{FORMULA.replace('"', '""')}",""" in text


def test_the_saved_features_are_those_of_the_export(reader: Reader, sites: Registry) -> None:
    saved, exported = json.loads(all_sites(reader, "geojson")), json.loads(geojson_file(sites, "en"))

    for mine, theirs in zip(saved["features"], exported["features"], strict=True):
        assert mine["geometry"] == theirs["geometry"]
        assert theirs["properties"].items() <= mine["properties"].items()
        assert mine["id"] == theirs["id"]
    assert (saved["licence"], saved["attribution"]) == (exported["licence"], exported["attribution"])
    assert saved["digest"] == registry_digest(sites)


@pytest.mark.parametrize("ending", ["geojson", "kml"])
def test_a_saved_file_opens_in_geopandas_with_the_same_sites(
    reader: Reader, sites: Registry, tmp_path: Path, ending: str
) -> None:
    import geopandas

    raw = all_sites(reader, ending)
    path = tmp_path / f"saved.{ending}"
    path.write_bytes(raw)
    table = geopandas.read_file(path).set_index("id").sort_index()

    assert list(table.index) == sorted(sites.sites)
    assert table.crs.to_epsg() == 4326
    assert table.geometry["a0000001"].coords[0][:2] == (46.7512, 39.7581)
    assert table.geometry["a0000003"].bounds == pytest.approx((46.3, 40.1, 46.4, 40.2))
    assert table.geometry["a0000002"].geom_type == "LineString"
    assert table.geometry["a0000004"] is None
    assert table["names_ru"]["a0000001"] == "Храм «А & Б»"
    assert str(table["uncertainty_m"]["a0000005"]) in ("2000", "2000.0")
    for said in (registry_digest(sites), "CC-BY-4.0", "Test registry contributors"):
        assert said in raw.decode()


def test_only_what_is_shown_is_saved(reader: Reader) -> None:
    reader.open("#type=church")
    reader.page.click("#take")
    assert take(reader, "csv").decode().count("\r\n") == 2

    reader.open("#map=12.00/39.7601/46.7499")
    reader.page.click("#take")
    reader.page.check("[name=take-which][value=save_in_view]")
    text = take(reader, "csv").decode()
    assert "a0000005" in text
    assert "a0000003" not in text


def test_one_site_is_saved_from_its_card(reader: Reader) -> None:
    reader.open("#site=a0000004")
    reader.page.click("#card-take")

    assert [feature["id"] for feature in json.loads(take(reader, "geojson"))["features"]] == ["a0000004"]
    assert reader.complaints == []


# --- citing and linking


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("site_id", ["a0000001", "a0000002"])
def test_a_site_is_cited_as_python_cites_it(
    reader: Reader, sites: Registry, site_id: str, language: str
) -> None:
    reader.open(f"#lang={language}&site={site_id}")
    shown = reader.text(".citation-lines")
    reader.page.click("#card-take")
    text, bibtex, csl = cited(reader)

    site = next(site for site in public_view(sites.sites.values()) if site.id == site_id)
    expected = cite_site(site, site_digest(site, sites.sources), sites.config, language)
    assert text in shown
    assert text.startswith(f"{expected.text}. ")
    assert without_access(text, bibtex, csl) == expected
    assert json.loads(csl_json([expected])) == [csl]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_view_is_cited_as_python_cites_the_registry(
    reader: Reader, sites: Registry, language: str
) -> None:
    reader.open(f"#lang={language}")
    reader.page.click("#take")

    made = without_access(*cited(reader))
    assert made == cite_registry(registry_digest(sites), sites.config, language)


def test_on_a_host_links_and_citations_name_its_address(chromium: Any, served: str) -> None:
    page = chromium.new_page(locale="en-US")
    page.goto(f"{served}#site=a0000001")
    page.wait_for_selector("#card-title")
    page.click("#card-take")
    address = f"{served}#lang=en&site=a0000001"

    assert page.input_value("#take-link") == address
    assert f"CC-BY-4.0. {address}. Accessed " in page.input_value("#take-citation")
    page.click("[data-form=bibtex]")
    assert f"  url = {{{address}}}," in page.input_value("#take-citation")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#take-body .take-part:nth-of-type(2) .plain-button")
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.goto(page.input_value("#take-link"))
    page.close()


def test_from_a_file_no_folder_of_the_reader_is_told(reader: Reader) -> None:
    reader.open("#site=a0000001")
    reader.page.click("#card-take")

    values = reader.page.locator("#take-body textarea").evaluate_all("boxes => boxes.map(box => box.value)")
    assert values[1] == "index.html#lang=en&site=a0000001"
    assert not any("file:" in value or "/maps/" in value for value in values)
    assert "open as a file" in reader.text("#take-body")


def test_escape_closes_the_window_and_leaves_the_card(reader: Reader) -> None:
    reader.open("#site=a0000001")
    reader.page.click("#card-take")
    reader.page.keyboard.press("Escape")

    assert reader.page.locator("#take-dialog").is_hidden()
    assert reader.page.locator("#card").is_visible()
    assert reader.page.evaluate("document.activeElement.id") == "card-take"


# --- in a frame


def test_the_frame_code_shows_the_reduced_page(
    chromium: Any,
    served: str,
    page_file: Path,
) -> None:
    page = chromium.new_page(viewport={"width": 1000, "height": 700}, locale="en-US")
    page.goto(f"{served}#type=church&site=a0000001")
    page.wait_for_selector("#card-title")
    page.click("#card-take")
    code = page.input_value("#take-embed")
    assert "&amp;embed=1" in code
    (page_file.parent / "article.html").write_text(f"<!doctype html><title>Article</title>{code}", "utf-8")

    page.goto(served.replace("index.html", "article.html"))
    frame = page.frame_locator("iframe")
    frame.locator("#card-title").wait_for()
    assert frame.locator(".panel").is_hidden()
    assert frame.locator("#full-page").is_visible()
    assert frame.locator("#credits").is_visible()
    with page.context.expect_page() as opened:
        frame.locator("#full-page").click()
    opened.value.wait_for_selector("#card-title")
    assert "embed" not in opened.value.url
    assert "type=church" in opened.value.url
    assert opened.value.locator(".panel").is_visible()
    page.context.close()


def test_from_a_file_the_frame_code_needs_a_host(reader: Reader) -> None:
    reader.open()
    reader.page.click("#take")

    assert 'src="https://example.org/index.html#map=' in reader.page.input_value("#take-embed")
    assert "put the page on a host" in reader.text("#take-body .warning")


# --- on paper


def printed(reader: Reader, button: str) -> str:
    """Return what paper would show after the window's print button."""
    reader.page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    reader.page.click(button)
    reader.page.click("#take-print")
    reader.page.emulate_media(media="print")
    reader.page.wait_for_selector("body[data-print]")
    return str(reader.page.inner_text("body"))


def test_a_printed_site_has_everything_and_no_panel(reader: Reader, sites: Registry) -> None:
    reader.open("#site=a0000001")
    text = printed(reader, "#card-take")

    for said in ("Սուրբ Փրկիչ", "Severe damage", "https://example.org/?a&b", "a0000001", "Accessed"):
        assert said in text
    assert registry_digest(sites) in text
    assert "Rule: the map shows the grade" in text, "what is folded on the screen is open on paper"
    assert "Filters" not in text
    assert len(reader.page.pdf()) > 1000
    reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert reader.page.locator(".why").get_attribute("open") is None


def test_a_printed_list_has_every_site_with_sources_and_id(reader: Reader, sites: Registry) -> None:
    reader.open()
    text = printed(reader, "#take")

    for said in (*sites.sites, "Old bridge", "Shell; hits, church", registry_digest(sites), "Accessed"):
        assert said in text
    assert "Search by name" not in text
    reader.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert reader.page.locator("#take-sheet").count() == 0


# --- pictures


def test_pictures_in_the_record_are_compared_by_date(reader: Reader) -> None:
    reader.open("#site=a0000001")
    pictures = reader.page.locator(".part-pictures")
    pictures.scroll_into_view_if_needed()

    sources = pictures.locator("img").evaluate_all("images => images.map(image => image.src)")
    assert [Path(address).stem for address in sources] == [BEFORE, AFTER]
    reader.rest()
    widths = pictures.locator("img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert widths == [1, 1]
    assert "1 June 2019" in reader.text(".part-pictures")
    handle = pictures.locator("input[type=range]")
    handle.focus()
    reader.page.keyboard.press("End")
    edge = "frame => frame.style.getPropertyValue('--at')"
    assert pictures.locator(".compare-frame").evaluate(edge) == "100%"
    asked = [line for line in reader.complaints if "/evidence/" not in line]
    assert asked == []


def test_without_held_pictures_nothing_is_said_of_them(reader: Reader) -> None:
    reader.open("#site=a0000004")

    assert reader.page.locator(".part-pictures, .part-imagery").count() == 0


def test_a_missing_picture_is_told(reader: Reader, page_file: Path) -> None:
    (page_file.parent / "evidence" / BEFORE[:2] / f"{BEFORE}.png").unlink()
    reader.open("#site=a0000001")
    reader.page.locator(".part-pictures").scroll_into_view_if_needed()

    reader.page.wait_for_selector(".picture-missing")
    assert reader.text(".picture-missing") == messages("en")["picture_missing"]


# --- archives of satellite pictures


@pytest.fixture
def asked(reader: Reader) -> list[str]:
    """Every request to a network, answered with a picture."""
    requests: list[str] = []

    def answer(route: Any) -> None:
        if route.request.url.startswith("http"):
            requests.append(route.request.url)
            route.fulfill(body=PIXEL, content_type="image/png")
        else:
            route.continue_()

    reader.page.route("**/*", answer)
    return requests


@pytest.mark.parametrize(("place", "host"), [(0, ESRI), (1, EOX)])
def test_nothing_is_asked_before_the_reader_agrees_and_then_one_archive(
    reader: Reader, asked: list[str], place: int, host: str
) -> None:
    reader.open("#site=a0000001")
    reader.page.click(".imagery > summary")
    reader.rest()
    assert asked == []
    archive = reader.page.locator(".archive").nth(place)
    said = str(archive.text_content())
    assert host.removeprefix("https://").rstrip("/") in said
    assert "39.7581, 46.7512" in said
    assert "learns your network address and that somebody looks at this place" in said

    archive.locator("button").click()
    reader.page.wait_for_selector("#card .leaflet-tile-loaded", state="attached")
    reader.rest()
    assert asked
    assert all(address.startswith(host) for address in asked)
    credit = (
        "the GIS User Community" if host == ESRI else "EOX IT Services GmbH (Contains modified Copernicus"
    )
    assert credit in str(archive.locator(".archive-credit").text_content())
    assert [line for line in reader.complaints if not line.startswith((host, "file:"))] == []

    archive.locator("button", has_text=messages("en")["imagery_stop"]).click()
    count = len(asked)
    reader.rest()
    assert len(asked) == count
    assert reader.page.locator("#card .leaflet-tile").count() == 0


def test_another_site_asks_the_reader_anew(reader: Reader, asked: list[str]) -> None:
    reader.open("#site=a0000001")
    reader.page.click(".imagery > summary")
    reader.page.locator(".archive button").first.click()
    reader.page.wait_for_selector("#card .leaflet-tile-loaded", state="attached")
    reader.rest()
    count = len(asked)

    reader.open("#site=a0000005")
    reader.page.click(".imagery > summary")
    reader.rest()
    assert len(asked) == count


def test_both_sides_move_together_and_change_their_date(reader: Reader, asked: list[str]) -> None:
    reader.open("#site=a0000001")
    reader.page.click(".imagery > summary")
    archive = reader.page.locator(".archive").first
    archive.locator("button").click()
    reader.page.wait_for_selector("#card .leaflet-tile-loaded", state="attached")
    reader.rest()
    assert {address.split("/tile/")[1].split("/")[0] for address in asked} == {"10", "56450"}
    assert "not the day of the picture" in str(archive.text_content())

    archive.locator("select").first.select_option("2")
    reader.rest()
    assert "29260" in {address.split("/tile/")[1].split("/")[0] for address in asked}
    archive.locator(".archive-zoom button").last.click()
    reader.rest()
    zooms = {address.split("/tile/")[1].split("/")[1] for address in asked}
    assert zooms == {"17", "16"}
    shifts = archive.locator(".leaflet-map-pane").evaluate_all("panes => panes.map(p => p.style.transform)")
    assert shifts[0] == shifts[1]


def test_only_a_settlement_known_the_card_says_so(reader: Reader, asked: list[str]) -> None:
    reader.open("#site=a0000005")
    assert messages("en")["imagery_rough"] in reader.text(".imagery")
    reader.open("#site=a0000001")
    assert messages("en")["imagery_rough"] not in reader.text(".imagery")
    assert asked == []


def test_the_page_allows_images_of_the_named_hosts_and_nothing_else(page_file: Path) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page_file.read_text("utf-8"))
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy.group(1).split(";"))
    script = files("heritage_registry.maps").joinpath("static", "imagery.js").read_text("utf-8")
    hosts = re.findall(r'host: "([^"]+)"', script)
    assert rules["img-src"].split() == ["data:", "blob:", "'self'", *hosts]
    assert "http" not in "".join(value for name, value in rules.items() if name != "img-src")


# --- for everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_the_readers_language(reader: Reader, language: str) -> None:
    reader.open(f"#lang={language}&site=a0000001")
    words = messages(language)
    card = reader.text("#card")
    for key in ("section_pictures", "section_imagery", "imagery_wayback_note", "take_site", "cite"):
        assert words[key] in card, key
    reader.page.click("#card-take")
    shown = reader.text("#take-dialog")
    for key in ("cite_note", "link_from_file", "save_note", "print_site", "embed", "copy"):
        assert words[key] in shown, key


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_everything_open(
    chromium: Any,
    page_file: Path,
    width: int,
    scheme: str,
) -> None:
    reader = Reader(chromium, page_file, width, 800)
    reader.page.emulate_media(color_scheme=scheme)
    reader.page.route(
        re.compile("^https:"), lambda route: route.fulfill(body=PIXEL, content_type="image/png")
    )
    reader.open("#site=a0000001")
    reader.page.click(".imagery > summary")
    reader.page.locator(".archive button").first.click()
    reader.rest()

    def found() -> list[str]:
        reader.page.evaluate(axe())
        result = reader.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in result["violations"]]

    assert found() == []
    reader.page.click("#card-take")
    assert found() == []
    assert reader.page.evaluate("document.documentElement.scrollWidth") == width
    reader.page.keyboard.press("Escape")
    reader.open("#site=a0000001&embed=1")
    assert found() == []
