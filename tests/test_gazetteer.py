"""Place names to points, from the registry's own base data."""

from __future__ import annotations

from pathlib import Path

import pytest

from heritage_registry.gazetteer import Gazetteer, find_places, read_gazetteer
from heritage_registry.shapes import distance_m

SITES = Path(__file__).parents[1] / "sites"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return read_gazetteer(SITES)


@pytest.mark.parametrize("query", ["Şuşa", "Շուշի", "Шуша", "Shusha", "shushi"])
def test_a_town_is_found_by_its_name_in_any_script(gazetteer: Gazetteer, query: str) -> None:
    best = find_places(query, gazetteer)[0]
    assert {"Şuşa", "Շուշի"} <= {name for names in best.names.values() for name in names}
    assert distance_m((best.longitude, best.latitude), (46.7499, 39.7601)) < 1_000


def test_the_name_that_answers_is_shown_as_it_is_written(gazetteer: Gazetteer) -> None:
    assert find_places("Շուշի", gazetteer)[0].name == "Շուշի"


def test_every_settlement_is_found_by_each_of_its_names_though_ten_bear_it(gazetteer: Gazetteer) -> None:
    settlements = gazetteer.settlements[::100]
    assert len(settlements) > 10
    for settlement in settlements:
        spot = settlement.geometry.coordinates
        for names in settlement.properties.names.values():
            for name in names:
                found = find_places(name, gazetteer, limit=1)
                assert spot in [(x.longitude, x.latitude) for x in found], name


def test_places_of_one_name_are_all_shown_and_the_nearest_to_a_given_point_first(
    gazetteer: Gazetteer,
) -> None:
    in_the_north, in_the_south = (45.4, 41.0), (45.7, 39.2)
    northern = [x for x in find_places("Norashen", gazetteer, 1, in_the_north) if x.score == 1]
    southern = [x for x in find_places("Norashen", gazetteer, 1, in_the_south) if x.score == 1]
    assert len(northern) == len(southern) > 3
    assert northern[0] != southern[0]
    distances = [x.distance_m for x in northern if x.distance_m is not None]
    assert len(distances) == len(northern)
    assert distances == sorted(distances)


def test_places_of_one_name_are_told_apart_by_the_town_beside_each(gazetteer: Gazetteer) -> None:
    found = [x for x in find_places("Ağdam", gazetteer) if x.score == 1]
    towns = [x.neighbour for x in found if x.neighbour]
    assert len(towns) == len(found) > 1
    assert len({(town.distance_m, town.bearing) for town in towns}) == len(found)
    assert all(town.names and 0 <= town.bearing < 360 for town in towns)


def test_without_a_point_the_larger_place_comes_first_and_no_distance_is_told(gazetteer: Gazetteer) -> None:
    found = [x for x in find_places("Ağdam", gazetteer) if x.score == 1]
    assert [x.rank for x in found] == sorted(x.rank for x in found)
    assert {x.distance_m for x in found} == {None}


def test_every_place_carries_the_credit_of_its_source(gazetteer: Gazetteer) -> None:
    assert "GeoNames (CC BY 4.0)" in find_places("Goris", gazetteer)[0].credit


@pytest.mark.parametrize("query", ["", "  ", "?!", "Xyzzyqwrt"])
def test_what_names_no_place_finds_none(gazetteer: Gazetteer, query: str) -> None:
    assert find_places(query, gazetteer) == []


def test_a_registry_without_a_base_map_knows_no_places(tmp_path: Path) -> None:
    assert find_places("Goris", read_gazetteer(tmp_path)) == []


def test_a_quarter_of_the_equator_is_ten_thousand_kilometres() -> None:
    assert distance_m((0, 0), (90, 0)) == pytest.approx(10_007_500, rel=1e-3)
