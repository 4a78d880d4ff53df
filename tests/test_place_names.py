"""The place of a site in a list: in the reader's language, one spelling of one place, nothing invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import point, site_feature, write
from heritage_registry.gazetteer import Gazetteer, read_gazetteer
from heritage_registry.place_names import place_line, place_names
from heritage_registry.registry import read_registry
from heritage_registry.site import Site

TOWNS: list[dict[str, Any]] = [
    {"names": {"az": ["Şuşa"], "en": ["Shusha"], "hy": ["Շուշի"], "ru": ["Шуша"]}, "at": [46.75, 39.76]},
    {
        "names": {
            "az": ["Xankəndi"],
            "en": ["Stepanakert"],
            "hy": ["Ստեփանակերտ", "Խանքենդի", "Վարարակն"],
            "ru": ["Степанакерт", "Ханкенди"],
        },
        "at": [46.75, 39.82],
    },
    {"names": {"az": ["Ağdam"], "und": ["Aghdam"]}, "at": [46.93, 39.99]},
    {"names": {"az": ["Ağdam"], "hy": ["Հակակու"]}, "at": [46.6, 39.6]},
]


@pytest.fixture
def gazetteer(registry: Path) -> Gazetteer:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": town["at"]},
            "properties": {"names": town["names"], "rank": 5},
        }
        for town in TOWNS
    ]
    (registry / "basemap").mkdir(exist_ok=True)
    held = {"type": "FeatureCollection", "credit": "Test", "features": features}
    (registry / "basemap" / "settlements.geojson").write_text(json.dumps(held), "utf-8")
    return read_gazetteer(registry)


def site_in(
    registry: Path, *names: tuple[str, str], at: tuple[float, float] | None = (46.751, 39.761)
) -> Site:
    where = [point(*at)] if at else []
    write(registry, "site", site_feature("a0000001", places=names, locations=where))
    return read_registry(registry).sites["a0000001"]


def lines(site: Site, gazetteer: Gazetteer) -> dict[str, str]:
    names = place_names(site, gazetteer)
    assert names is not None
    return {tag: " / ".join(text for text, _ in place_line(names, tag)) for tag in ("en", "hy", "az", "ru")}


def test_a_town_is_spelled_as_on_the_map_however_a_record_spells_it(
    registry: Path, gazetteer: Gazetteer
) -> None:
    expected = {"en": "Shusha", "hy": "Շուշի", "az": "Şuşa", "ru": "Шуша"}
    for name in (("Şuşa", "az"), ("Shusha", "en"), ("Շուշի", "hy"), ("Шуша", "ru")):
        assert lines(site_in(registry, name), gazetteer) == expected


def test_of_a_town_with_two_names_neither_stands_alone(registry: Path, gazetteer: Gazetteer) -> None:
    site = site_in(registry, ("Khankendi", "en"), at=(46.751, 39.821))
    assert lines(site, gazetteer) == {
        "en": "Stepanakert / Khankendi",
        "hy": "Ստեփանակերտ / Խանքենդի",
        "az": "Xankəndi / Stepanakert",
        "ru": "Степанакерт / Ханкенди",
    }


def test_a_place_that_the_gazetteer_does_not_know_keeps_its_recorded_names(
    registry: Path, gazetteer: Gazetteer
) -> None:
    site = site_in(registry, ("Թաղ", "hy"), ("Tagh", "hy-Latn"))
    assert lines(site, gazetteer) == {"en": "Tagh", "hy": "Թաղ", "az": "Tagh", "ru": "Tagh"}


def test_a_town_of_the_same_name_far_away_is_not_taken_for_it(registry: Path, gazetteer: Gazetteer) -> None:
    near_the_other = site_in(registry, ("Ağdam", "az"), at=(46.6, 39.6))
    assert lines(near_the_other, gazetteer)["hy"] == "Հակակու"
    between = site_in(registry, ("Ağdam", "az"), at=(46.75, 39.8))
    assert lines(between, gazetteer)["hy"] == "Ağdam"
    nowhere = site_in(registry, ("Ağdam", "az"), at=None)
    assert lines(nowhere, gazetteer)["hy"] == "Ağdam"


def test_a_site_without_a_place_has_none(registry: Path, gazetteer: Gazetteer) -> None:
    assert place_names(site_in(registry), gazetteer) is None
