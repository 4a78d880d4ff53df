"""A query that names a kind of site asks for that kind, in any language, in Python and in the page alike."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from browser import Reader
from conftest import named, report, site_feature, write
from heritage_registry.find import find_sites
from heritage_registry.kinds import kinds_in
from heritage_registry.maps.assets import bundle
from heritage_registry.maps.page import map_page
from heritage_registry.registry import Registry, read_registry
from heritage_registry.vocabulary import vocabulary

QUERIES = {
    "mosques in Shusha": ({"mosque"}, "sosa"),
    "мечети Шуши": ({"mosque"}, "sosi"),
    "мечетей": ({"mosque"}, ""),
    "Şuşa məscidləri": ({"mosque"}, "sosa"),
    "Շուշիի մզկիթներ": ({"mosque"}, "sosi"),
    "church": ({"church"}, ""),
    "churches": ({"church"}, ""),
    "եկեղեցիներ": ({"church"}, ""),
    "khachkars of Julfa": ({"khachkar"}, "zolfa"),
    "cross-stones": ({"khachkar"}, ""),
    "house of culture": ({"cultural_centre"}, ""),
    "Houses in Shusha": ({"house"}, "sosa"),
    "prayer houses": ({"prayer_house"}, ""),
    "statues": ({"bust_or_statue"}, ""),
    "libraries": ({"library"}, ""),
    "Библиотека Шуши": ({"library"}, "sosi"),
    "cemeteries Julfa": ({"cemetery"}, "zolfa"),
    "мосты Шуши": ({"bridge"}, "sosi"),
    "körpülər": ({"bridge"}, ""),
    "վանքեր": ({"monastery"}, ""),
    "музеев": ({"museum"}, ""),
    "qalalar": ({"fortress"}, ""),
    "schools": ({"school"}, ""),
    "Kalbajar": (set(), "kalbazar"),
    "Qalabaynı": (set(), "kalabaini"),
    "Gandzasar": (set(), "kanzasar"),
    "in": (set(), "in"),
    "": (set(), ""),
    "教会": (set(), ""),
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_parted_into_kinds_and_the_rest(query: str) -> None:
    found = kinds_in(query)
    assert found.kinds == QUERIES[query][0]
    assert found.rest == QUERIES[query][1]


@pytest.mark.parametrize("language", ["en", "hy", "az", "ru"])
def test_every_kind_is_asked_for_by_its_label(language: str) -> None:
    for term in vocabulary("site_type").terms:
        if term.id != "other":
            found = kinds_in(term.label[language])
            assert term.id in found.kinds, term.label[language]


@pytest.fixture
def town(registry: Path) -> Registry:
    in_town = [("Şuşa", "az"), ("Շուշի", "hy")]
    sites = [
        site_feature("a0000001", names=[named("Saatlı məscidi", "az")], places=in_town),
        site_feature("a0000002", names=[named("Green Chapel")], places=in_town, type="chapel"),
        site_feature("a0000003", names=[named("Mosque museum")], places=in_town, type="museum"),
        site_feature("a0000004", names=[named("Juma")], places=[("Ağdam", "az")], reports=[report()]),
    ]
    for site in sites:
        write(registry, "site", site)
    return read_registry(registry)


FOUND = {
    "mosques in Shusha": ["a0000001", "a0000003"],
    "Şuşa məscidləri": ["a0000001", "a0000003"],
    "мечети Шуши": ["a0000001", "a0000003"],
    "mosques in Aghdam": ["a0000004"],
    "museums": ["a0000003"],
    "mosques": ["a0000001", "a0000003", "a0000004"],
    "մզկիթներ": ["a0000001", "a0000004"],
    "churches in Shusha": [],
    "bridges in Shusha": [],
    "chapels in Shushi": ["a0000002"],
    "Green monastery": ["a0000002"],
    "Shusha": ["a0000001", "a0000002", "a0000003"],
}


@pytest.mark.parametrize("query", FOUND)
def test_only_sites_of_the_kind_or_called_so_answer(town: Registry, query: str) -> None:
    assert sorted(hit.site.id for hit in find_sites(query, town.sites.values())) == FOUND[query]


@pytest.mark.browser
def test_the_search_of_the_page_finds_the_same(chromium: Any, town: Registry, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    file.write_text(map_page(town), "utf-8")
    reader = Reader(chromium, file).open("#lang=en")
    for query, expected in FOUND.items():
        reader.page.fill("#search", query)
        reader.page.wait_for_timeout(200)
        reader.rest()
        rows = reader.page.locator("#results [data-site]")
        assert sorted(row.get_attribute("data-site") for row in rows.all()) == expected, query
    reader.page.fill("#search", "mosques in Shusha")
    reader.page.wait_for_timeout(200)
    reader.rest()
    assert "Kind of site: Mosque" in reader.text("#chips")
    assert reader.complaints == []


@pytest.mark.browser
def test_the_page_reads_kinds_as_the_command_does(chromium: Any) -> None:
    labels = [label for term in vocabulary("site_type").terms for label in term.label.values()]
    queries = [*QUERIES, *labels, *(f"{label} Şuşa" for label in labels)]
    folding = json.loads((files("heritage_registry") / "languages" / "folding.json").read_text("utf-8"))
    terms = [{"id": term.id, "label": term.label} for term in vocabulary("site_type").terms]
    run = """([meta, queries]) => {
        const known = readKinds(meta);
        return queries.map((query) => {
            const { kinds, rest } = kindsIn(query, known, meta);
            return [[...kinds].sort(), rest];
        });
    }"""
    page = chromium.new_page()
    page.add_script_tag(content=bundle("kinds.js"))
    found = page.evaluate(run, [{"folding": folding, "vocabularies": {"site_type": terms}}, queries])
    page.close()
    asked = [kinds_in(query) for query in queries]
    assert found == [[sorted(one.kinds), one.rest] for one in asked]
