"""Handing in files in real Chromium: with and without script, dropped, stopped half-way, on a phone."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from browser import axe
from conftest import report, site_feature, write
from heritage_registry.web.wording import web_messages
from hostile import html, pdf, photo
from test_web_browser import Visit
from test_web_uploads import FILES, KEY, REPORT, digest, files_below, of_report
from web import served

pytestmark = pytest.mark.browser
WORDS = web_messages("en")


@pytest.fixture
def held(registry: Path) -> Path:
    write(registry, "site", site_feature(reports=[report()]))
    return registry


def chosen(name: str, raw: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": raw}


def fill_report(page: Any) -> None:
    page.locator("[name='report.condition']").select_option("damaged")
    page.locator("[name='report.observed']").fill("2021")
    page.locator("[name='report.evidence.type']").select_option("ground_photo")
    page.locator("[name='_source']").fill("survey-2021")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_report_is_saved_with_a_picture_everybody_may_see(
    chromium: Any, held: Path, has_script: bool
) -> None:
    with served(held) as address:
        visit = Visit(chromium, address, java_script_enabled=has_script)
        page = visit.page
        page.goto(address + REPORT)
        fill_report(page)
        page.locator("#upload-files").set_input_files(
            [chosen("gate.jpg", photo()), chosen("page.html", html(), "text/html")]
        )
        if not has_script:
            page.get_by_role("button", name=WORDS["uploads.attach"]).click()
        card = page.locator(".file-card")
        card.wait_for()
        assert "web page or drawing" in page.locator(".upload-list .faults").inner_text()
        assert page.locator("[name='report.observed']").input_value() == "2021"
        assert card.locator("img").evaluate(
            "async (image) => { await image.decode(); return image.naturalWidth }"
        )
        assert not card.get_by_label(WORDS["uploads.public"]).is_checked(), (
            "nobody's face is shown by default"
        )
        card.get_by_label(WORDS["uploads.taken"]).fill("March 2021")
        card.get_by_label(WORDS["uploads.by"]).fill("visitor")
        card.get_by_label(WORDS["uploads.public"]).check()
        page.locator(".save-row [value=save]").click()
        page.wait_for_url("**saved=1")
        (file,) = of_report(held, 1)
        assert (file["taken"], file["by"], file["public"]) == ("2021-03", "visitor", True)
        page.goto(f"{address}/sites/{KEY}/reports/r2/files")
        assert page.locator(".file-card img").evaluate(
            "(image) => image.decode().then(() => image.naturalWidth)"
        )
        with page.expect_download() as download:
            page.get_by_role("link", name=WORDS["uploads.original"]).click()
        assert Path(download.value.path()).read_bytes() == photo()
        visit.close()


def test_what_is_said_of_a_file_survives_a_browser_that_dies(chromium: Any, held: Path) -> None:
    with served(held) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(address + REPORT)
        page.locator("#upload-files").set_input_files([chosen("gate.jpg", photo())])
        page.locator(".file-card").wait_for()
        with page.expect_response(lambda answer: answer.url.endswith("/uploads")):
            page.locator(".file-card").get_by_label(WORDS["uploads.by"]).fill("resident")
        url = page.url
        page.get_by_text(WORDS["form.draft_kept"]).first.wait_for()
        visit.context.close()
    with served(held) as address:
        visit = Visit(chromium, address)
        visit.page.goto(address + url[url.index("/sites") :])
        assert visit.page.get_by_label(WORDS["uploads.by"]).input_value() == "resident"
        visit.page.goto(address + "/drafts")
        assert visit.page.locator(f"a[href*='{url.partition('draft=')[2]}']").count() == 1
        visit.close()


def test_files_are_dropped(chromium: Any, held: Path) -> None:
    with served(held) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(address + FILES)
        bytes_of = list(pdf())
        dropped = page.evaluate_handle(
            """(bytes) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "paper.pdf", { type: "application/pdf" }));
                return data;
            }""",
            bytes_of,
        )
        page.dispatch_event(".upload-zone", "drop", {"dataTransfer": dropped})
        page.locator(".file-card").wait_for()
        assert digest(pdf()) in page.locator(".file-card").inner_text()
        assert page.get_by_label(WORDS["uploads.public"]).count() == 0, "a document is never shown"
        page.locator(".save-row [value=save]").click()
        page.wait_for_url("**saved=1")
        assert of_report(held, 0)[0]["media_type"] == "application/pdf"
        visit.close()


def test_an_upload_is_stopped_half_way_and_leaves_nothing(chromium: Any, held: Path) -> None:
    with served(held) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(address + FILES)
        slow = visit.context.new_cdp_session(page)
        slow.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000},
        )
        large = held.parent / "gate.jpg"
        large.write_bytes(photo() + bytes(6_000_000))
        page.locator("#upload-files").set_input_files(large)
        cancel = page.get_by_role("button", name=WORDS["uploads.cancel"])
        cancel.wait_for()
        while not page.evaluate(
            "document.querySelector('progress').value"
        ):  # the policy forbids polling by eval
            page.wait_for_timeout(20)
        cancel.click()
        page.get_by_text(WORDS["uploads.cancelled"]).wait_for()
        assert page.locator(".file-card").count() == 0
        for _ in range(50):
            left = files_below(held.parent / "private" / "drafts") | {
                path.name for path in (held.parent / "private" / "arriving").glob(".arriving-*")
            }
            if not left:
                break
            page.wait_for_timeout(100)
        assert left == set()
        visit.context.close()


def test_pages_of_files_are_for_everybody(chromium: Any, held: Path) -> None:
    with served(held) as address:
        for scheme, width in (("light", 1280), ("dark", 360)):
            visit = Visit(chromium, address, width=width, bypass_csp=True, color_scheme=scheme, locale="hy")
            page = visit.page
            for path in (FILES, REPORT):
                page.goto(address + path)
                page.locator("#upload-files").set_input_files(
                    [chosen("a very long name of a picture " * 3 + ".jpg", photo()), chosen("x.html", html())]
                )
                page.locator(".file-card").first.wait_for()
                page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                page.evaluate(axe())
                found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
                assert [(x["id"], x["nodes"][0]["html"][:150]) for x in found["violations"]] == [], path
            visit.context.close()


def test_a_new_picture_shows_the_pixels_and_nothing_else(chromium: Any, held: Path) -> None:
    with served(held) as address:
        visit = Visit(chromium, address)
        visit.page.goto(address + FILES)
        visit.page.locator("#upload-files").set_input_files([chosen("gate.jpg", photo(orientation=6))])
        image = visit.page.locator(".file-card img")
        image.wait_for()
        raw = visit.context.request.get(address + image.get_attribute("src")).body()
        assert Image.open(io.BytesIO(raw)).size == (200, 320), "turned as the camera noted"
        assert b"Exif" not in raw
        visit.context.close()


def test_a_citation_file_is_read_where_a_source_is_added(chromium: Any, held: Path) -> None:
    entry = json.dumps([{"id": "a", "type": "book", "title": "Գիրք", "publisher": "Press"}]).encode()
    with served(held) as address:
        visit = Visit(chromium, address)
        page = visit.page
        page.goto(f"{address}/new/source")
        page.locator("details.paste summary").click()
        page.locator("#citations").set_input_files([chosen("a.json", entry, "application/json")])
        page.locator("#citations ~ p button").click()
        assert page.locator("[name='record.title']").input_value() == "Գիրք"
        visit.close()
