"""The registry that this project keeps: its records are right, whole on the map, and spelled in one way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from browser import Reader
from conftest import heritage
from heritage_registry.form import decode, encode
from heritage_registry.maps.page import map_page
from heritage_registry.public import public_view
from heritage_registry.registry import KINDS, Registry, examine, read_registry, record_files

PROJECT = Path(__file__).parents[1]
SITES = PROJECT / "sites"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry(SITES)


def test_no_record_has_a_problem() -> None:
    assert examine(SITES)[1] == []


def test_places_of_many_communities_are_recorded(registry: Registry) -> None:
    communities = {
        attribution.community
        for site in registry.sites.values()
        for attribution in site.properties.attributions
        if attribution.stance == "asserts"
    }
    assert len(registry.sites) >= 190
    assert len(communities) >= 12


def test_every_file_survives_read_and_write_byte_for_byte() -> None:
    for kind in KINDS:
        for path in record_files(SITES, kind):
            raw = path.read_bytes()
            assert encode(decode(raw, kind.record_type, path.name)) == raw, path.name


def test_format_changes_nothing() -> None:
    result = heritage(SITES, "format", "--check")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("name", ["Գանձասար", "Gəncəsər", "Гандзасар", "Gandzasar"])
def test_a_monastery_is_found_by_its_name_in_every_script(name: str) -> None:
    found = json.loads(heritage(SITES, "list", name, "--json").stdout)
    assert found[0]["id"] == "mmrx1btq"


def test_every_spelling_of_a_town_leads_to_the_same_places() -> None:
    spellings = ("Şuşa", "ŞUŞA", "Shusha", "Shushi", "Շուշի", "Шуша")
    found = [
        {row["id"] for row in json.loads(heritage(SITES, "list", s, "--json").stdout)} for s in spellings
    ]
    common = set.intersection(*found)
    assert len(common) >= 26
    assert all(len(ids - common) <= 3 for ids in found)


def test_the_committed_map_is_the_one_these_records_make(registry: Registry) -> None:
    page = map_page(registry)
    assert page == map_page(registry)
    assert (PROJECT / "maps" / "index.html").read_text("utf-8") == page


@pytest.mark.browser
def test_every_published_site_is_drawn_and_every_card_complete(chromium: Any, registry: Registry) -> None:
    sites = public_view(registry.sites.values())
    located = [site for site in sites if site.geometry]
    reader = Reader(chromium, PROJECT / "maps" / "index.html").open()

    state = reader.state()
    assert (state["sites"], state["located"], state["drawn"]) == (len(sites), len(located), len(located))
    for site in sites:
        reader.page.evaluate("id => { location.hash = `site=${id}`; }", site.id)
        reader.page.wait_for_function(
            "id => document.querySelector('#card:not([hidden])')?.textContent.includes(id)", arg=site.id
        )
        card = reader.text("#card")
        for name in site.properties.names:
            assert name.text in card, (site.id, name.text)
        for report in site.properties.reports:
            assert all(text in card for text in (report.summary or {}).values()), (site.id, report.id)
            for response in report.responses:
                assert response.according_to in card, (site.id, report.id)
        for excerpt in site.properties.excerpts:
            title = registry.sources[excerpt.source].title
            assert excerpt.text in card, (site.id, excerpt.source)
            assert title is None or title in card, (site.id, excerpt.source)
    assert reader.complaints == []
