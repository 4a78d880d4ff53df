"""A large map on a host: its blocks lie beside it and are fetched when a reader asks for what they hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from browser import LANGUAGES, Reader, messages
from conftest import named, point, report, site_feature, source, write
from heritage_registry.maps.page import map_files, map_page
from heritage_registry.pages.publish import publish
from heritage_registry.registry import Registry, read_registry

SITES = 8
RESTING_MS = 400


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def sites(registry: Path) -> Registry:
    write(registry, "source", source("press-2020", title="Light in a dome"))
    for number in range(SITES):
        feature = site_feature(
            f"a000000{number}",
            names=[named(f"Mosque {number}"), named(f"Məscid {number}", "az")],
            locations=[point(round(46.2 + number / 10, 1), 40.1)],
            reports=[report(1, "destroyed" if number % 2 else "slight_damage", "2010", causes=["looting"])],
            excerpts=[{"source": "press-2020", "text": "Light falls in."}] if number == 3 else [],
        )
        write(registry, "site", feature)
    return read_registry(registry)


@pytest.fixture
def folder(sites: Registry, tmp_path: Path) -> Path:
    target = tmp_path / "published"
    publish(sites, target, most_in_page=SITES - 1)
    return target


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def parts(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("parts/*/*")}


def test_a_map_of_few_sites_is_published_as_the_one_page_that_needs_no_host(sites: Registry) -> None:
    ((name, content),) = map_files(sites, most_in_page=SITES)
    assert name == "index.html"
    assert content().replace('"pages":true', '"pages":false') == map_page(sites)
    assert "connect-src" not in content()


def test_a_map_of_more_sites_has_its_blocks_beside_it(folder: Path) -> None:
    assert parts(folder) == {"more.txt", "labels.txt", "names-0.txt", "cards-0.txt", "sources-0.txt"}
    page = (folder / "index.html").read_text("utf-8")
    assert "connect-src 'self'" in page
    assert 'id="hr-cards' not in page


def test_parts_of_records_that_changed_are_removed(sites: Registry, folder: Path) -> None:
    (before,) = folder.glob("parts/*")
    (folder / "parts" / "notes.md").write_text("mine", "utf-8")
    (sites.directory / "records" / "a0000001.geojson").unlink()
    changed = read_registry(sites.directory)

    publish(changed, folder, most_in_page=1)
    (after,) = (path for path in folder.glob("parts/*") if path.is_dir())
    assert after != before
    assert len(parts(folder)) == 5

    publish(changed, folder)
    assert parts(folder) == set()
    assert [path.name for path in (folder / "parts").iterdir()] == ["notes.md"], "no empty folder stays"


@pytest.mark.browser
def test_cards_search_and_filters_work_with_blocks_beside_the_page(chromium: Any, address: str) -> None:
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def shown() -> int:
        page.wait_for_timeout(RESTING_MS)  # a search waits for the next letter
        return int(page.evaluate("registryMapState().shown"))

    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(RESTING_MS)
    assert not [url for url in asked if "cards" in url or "more" in url], "opened before anybody asks"

    page.fill("#search", "mescid 3")
    assert shown() == 1
    page.click("#results .row")
    page.wait_for_selector("#card:not([hidden])")
    page.wait_for_selector("#card-body :text('Light in a dome')")
    assert "Mosque 3" in page.text_content("#card-body")

    page.fill("#search", "")
    assert shown() == SITES
    page.click("#more-filters > summary")
    page.click('#filters [data-facet="cause"] > summary')
    page.check('#filters [data-facet="cause"] [value="looting"]')
    page.click("#time-toggle")
    assert shown() == SITES
    page.wait_for_timeout(RESTING_MS)
    assert page.evaluate("registryMapState().day") is not None
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    assert complaints == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_disk_the_page_says_that_its_parts_need_a_host(
    chromium: Any, folder: Path, language: str
) -> None:
    reader = Reader(chromium, folder / "index.html")
    reader.open(f"#lang={language}")
    assert reader.text("#notice") == messages(language)["parts_need_host"]
    assert reader.state()["drawn"] == SITES
    reader.page.click("#zoom-in")
    reader.rest()
    assert reader.complaints == []
