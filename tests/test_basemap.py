import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from heritage_registry.maps import basemap
from heritage_registry.maps.basemap import LAYERS, SCALE, Credit, basemap_payload, cut_basemap, read_basemap

DIRECTORY = Path(__file__).parents[1] / "sites" / "basemap"
MADE_UP = Credit("a made-up file", "CC0-1.0", "Credit line")


def collection(layer: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DIRECTORY / f"{layer}.geojson").read_text("utf-8"))
    return loaded


def area(layer: str) -> Any:
    return shapely.union_all([shape(feature["geometry"]) for feature in collection(layer)["features"]])


def names_at(longitude: float, latitude: float) -> dict[str, list[str]]:
    return next(
        feature["properties"]["names"]
        for feature in collection("settlements")["features"]
        if feature["geometry"]["coordinates"] == [longitude, latitude]
    )


def points(flat: list[int]) -> list[tuple[float, float]]:
    """Decode as a page does."""
    x = y = 0
    decoded = []
    for dx, dy in zip(flat[::2], flat[1::2], strict=True):
        x, y = x + dx, y + dy
        decoded.append((x / SCALE, y / SCALE))
    return decoded


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_states_its_origin_licence_and_credit(layer: str) -> None:
    licences = (DIRECTORY / "LICENCES.md").read_text("utf-8")
    held = collection(layer)
    assert f"`{layer}.geojson`" in licences
    assert held["source"]
    assert held["licence"]
    assert held["credit"] in licences


def test_water_is_credited_to_openstreetmap_in_a_file_of_its_own() -> None:
    assert collection("water")["licence"] == "ODbL-1.0"
    assert "OpenStreetMap" in collection("water")["credit"]


@pytest.mark.parametrize("layer", LAYERS)
def test_no_feature_names_a_country_or_a_boundary(layer: str) -> None:
    properties = {key for feature in collection(layer)["features"] for key in feature["properties"]}
    assert properties <= {"names", "population", "rank"}


@pytest.mark.parametrize("layer", LAYERS)
def test_geometries_are_valid_and_inside_the_box(layer: str) -> None:
    held = collection(layer)
    box = shapely.box(*held["bbox"])
    assert held["features"]
    for feature in held["features"]:
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        assert box.covers(geometry)


@pytest.mark.parametrize("layer", ["land", "water"])
def test_polygons_of_a_layer_do_not_overlap_so_that_a_page_may_fill_them_at_once(layer: str) -> None:
    apart = sum(shape(feature["geometry"]).area for feature in collection(layer)["features"])
    assert apart == pytest.approx(area(layer).area)


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(45.3, 40.3), (45.5, 37.6), (47.0, 40.83), (45.34, 39.15)]
)
def test_the_lakes_that_the_land_file_fills_are_water(longitude: float, latitude: float) -> None:
    lake = shapely.Point(longitude, latitude)
    assert area("land").covers(lake)
    assert area("water").covers(lake)


def test_the_caspian_is_no_land_and_no_lake() -> None:
    sea = shapely.Point(50.5, 41.5)
    assert not area("land").covers(sea)
    assert not area("water").covers(sea)


def test_no_country_line_divides_the_land_between_two_seas() -> None:
    assert area("land").covers(shapely.box(44.0, 38.6, 47.5, 41.9))
    assert any(
        shape(feature["geometry"]).covers(shapely.box(44, 38.6, 47, 41.9))
        for feature in collection("land")["features"]
    )


def test_both_communities_names_of_stepanakert_xankendi_are_held() -> None:
    names = names_at(46.7528, 39.8177)
    assert names["hy"][0] == "Ստեփանակերտ"
    assert names["az"] == ["Xankəndi"]
    assert names["ru"] == ["Степанакерт", "Ханкенди"]
    assert names["en"] == ["Stepanakert"]
    assert names["und"] == ["Khankendi"]


def test_both_communities_names_of_shusha_shushi_are_held() -> None:
    names = names_at(46.7499, 39.7601)
    assert names["hy"] == ["Շուշի"]
    assert names["az"] == ["Şuşa"]
    assert names["ru"] == ["Шуша"]
    assert names["en"] == ["Shusha"]


def test_the_committed_base_map_is_small() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir()) < 600_000
    assert len(json.dumps(basemap_payload(DIRECTORY), ensure_ascii=False).encode()) < 300_000


def test_a_page_decodes_the_coordinates_of_the_files() -> None:
    payload = basemap_payload(DIRECTORY)
    for layer in ("land", "water"):
        rings = [ring for f in collection(layer)["features"] for ring in f["geometry"]["coordinates"]]
        decoded = [points(flat) for flat in payload[layer]]
        assert [[*ring, ring[0]] for ring in decoded] == [[tuple(p) for p in ring] for ring in rings]
    lines = [f["geometry"]["coordinates"] for f in collection("rivers")["features"]]
    assert [points(flat) for flat in payload["rivers"]] == [[tuple(p) for p in line] for line in lines]


@given(st.lists(st.tuples(st.integers(-1_800_000, 1_800_000), st.integers(-900_000, 900_000)), min_size=1))
def test_any_line_survives_the_deltas(line: list[tuple[int, int]]) -> None:
    degrees = [[x / SCALE, y / SCALE] for x, y in line]
    assert points(basemap._deltas(degrees)) == [tuple(point) for point in degrees]


def test_every_label_has_a_name_for_a_reader_of_any_language_and_the_cities_come_first() -> None:
    settlements = basemap_payload(DIRECTORY)["settlements"]
    assert all(settlement["names"]["und"] for settlement in settlements)
    ranks = [settlement["rank"] for settlement in settlements]
    assert ranks == sorted(ranks)
    assert set(ranks) <= set(range(1, 8))


def test_a_page_is_given_the_box_and_each_credit_once() -> None:
    payload = basemap_payload(DIRECTORY)
    assert payload["bounds"] == pytest.approx([41.9, 36.8, 52.5, 43.5])
    assert len(payload["credits"]) == len(set(payload["credits"])) == 4


def test_a_registry_without_a_base_map_has_an_empty_one(tmp_path: Path) -> None:
    held = read_basemap(tmp_path / "basemap")
    assert held.bounds is None
    assert (held.land, held.water, held.rivers, held.settlements, held.credits) == ((), (), (), (), ())
    payload = basemap_payload(tmp_path / "basemap")
    assert payload["bounds"] is None
    assert payload["land"] == payload["settlements"] == payload["credits"] == []


def write(path: Path, geometries: list[Any]) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(g)} for g in geometries
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def cut(folder: Path, out: str) -> Path:
    """Cut an island of two countries with a lake, a river and a town; its water file holds the sea too."""
    place = {
        "geonameid": 1,
        "name": "Tavan",
        "longitude": 1.2,
        "latitude": 1.2,
        "countrycode": "XX",
        "population": 7000,
        "alternatenames": ["Таван", "Прежний", "Թավան", "Təvan", "Tawan"],
    }
    (folder / "places.json").write_text(json.dumps({"1": place}), "utf-8")
    named = {
        "geonames_id": 1,
        "name": "Tavan",
        "longitude": 1.2,
        "latitude": 1.2,
        "names": {"en": ["The Town"]},
    }
    (folder / "names.json").write_text(json.dumps({"places": [named]}), "utf-8")
    lake = shapely.box(1.4, 1.4, 1.6, 1.6)
    cut_basemap(
        land=write(
            folder / "countries.geojson", [shapely.box(0.5, 0.5, 1.5, 2.5), shapely.box(1.5, 0.5, 2.5, 2.5)]
        ),
        water=write(
            folder / "water.geojson", [lake, shapely.box(-9, -9, 9, 9) - shapely.box(0.5, 0.5, 2.5, 2.5)]
        ),
        rivers=write(folder / "rivers.geojson", [shapely.LineString([(1.5, 0), (1.5, 3)])]),
        settlements=folder / "places.json",
        names=folder / "names.json",
        bounds=(0.0, 0.0, 3.0, 3.0),
        margin=0.5,
        directory=folder / out,
        credits=dict.fromkeys(LAYERS, MADE_UP),
    )
    return folder / out


def test_another_region_can_be_cut_without_country_lines_and_without_the_sea(tmp_path: Path) -> None:
    held = read_basemap(cut(tmp_path, "out"))
    assert held.bounds == (-0.5, -0.5, 3.5, 3.5)
    assert [shape(f["geometry"]).area for f in held.land] == pytest.approx([4.0])
    (lake,) = (shape(f["geometry"]) for f in held.water)
    assert lake.area == pytest.approx(0.04, rel=0.05)
    river = shapely.union_all([shape(f["geometry"]) for f in held.rivers])
    assert river.bounds == pytest.approx((1.5, 0.5, 1.5, 2.5), abs=1e-3)
    assert not river.intersects(lake.buffer(-0.001))
    (town,) = held.settlements
    assert town["properties"] == {
        "population": 7000,
        "rank": 5,
        "names": {"az": ["Təvan"], "en": ["The Town"], "hy": ["Թավան"], "ru": ["Таван"], "und": ["Tavan"]},
    }


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = cut(tmp_path, "first"), cut(tmp_path, "second")
    for layer in LAYERS:
        name = f"{layer}.geojson"
        assert (first / name).read_bytes() == (second / name).read_bytes()
