"""Exports: public sites only, the same bytes each time, and safe to open."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from conftest import named, report, site_feature, write
from heritage_registry.exports import EXPORTS
from heritage_registry.exports.csv import csv_file
from heritage_registry.exports.geojson import geojson_file
from heritage_registry.registry import read_registry


def csv_rows(registry: Path) -> list[dict[str, str]]:
    text = csv_file(read_registry(registry), "en").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def collection(registry: Path) -> Any:
    return json.loads(geojson_file(read_registry(registry), "en"))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_same_records_give_the_same_bytes(registry: Path, name: str) -> None:
    for site_id in ("aaaaaaa0", "zzzzzzz0"):
        write(registry, "site", site_feature(site_id, reports=[report()]))
    assert EXPORTS[name].make(read_registry(registry), "en") == EXPORTS[name].make(
        read_registry(registry), "en"
    )


def test_a_feature_has_its_id_shape_and_derived_condition(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    [feature] = collection(registry)["features"]
    assert feature["id"] == "k7m2q9x4"
    assert feature["geometry"] == {"type": "Point", "coordinates": [46.7512, 39.7581]}
    assert feature["properties"]["condition"] == "destroyed"
    assert feature["properties"]["last_seen_undamaged"] is None
    assert feature["properties"]["uncertainty_m"] == 100
    assert feature["properties"]["contested"] is False


def test_title_licence_and_attribution_travel_with_the_features(registry: Path) -> None:
    found = collection(registry)
    assert found["type"] == "FeatureCollection"
    assert found["title"] == "Test registry"
    assert found["licence"] == "CC-BY-4.0"
    assert found["attribution"] == "Test registry contributors (CC BY 4.0)"
    assert found["features"] == []


def test_rings_run_as_rfc_7946_has_them(registry: Path) -> None:
    clockwise = [[46.0, 39.0], [46.0, 39.1], [46.1, 39.1], [46.1, 39.0], [46.0, 39.0]]
    location = {
        "of": "area",
        "method": "published",
        "standing": "preferred",
        "citations": [{"source": "survey-2021"}],
        "geometry": {"type": "Polygon", "coordinates": [clockwise]},
        "uncertainty_m": 5000,
    }
    write(registry, "site", site_feature(locations=[location]))
    [feature] = collection(registry)["features"]
    assert feature["geometry"]["coordinates"] == [clockwise[::-1]]


def test_a_site_without_a_location_is_a_feature_without_a_geometry(registry: Path) -> None:
    write(registry, "site", site_feature(locations=[]))
    assert collection(registry)["features"][0]["geometry"] is None
    assert csv_rows(registry)[0]["longitude"] == ""


def test_a_spreadsheet_reads_every_script(registry: Path) -> None:
    write(registry, "site", site_feature(names=[named("Գանձասար", "hy")]))
    assert csv_file(read_registry(registry), "en").startswith(b"\xef\xbb\xbfid,name,")
    assert csv_rows(registry)[0]["name"] == "Գանձասար"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(registry: Path, sign: str) -> None:
    text = f'{sign}HYPERLINK("https://example.org")'
    write(registry, "site", site_feature(names=[named(text)]))
    row = csv_rows(registry)[0]
    assert row["name"] == f"'{text}"
    assert row["names"] == f"'{text}"


def test_every_row_of_a_spreadsheet_names_licence_and_attribution(registry: Path) -> None:
    write(registry, "site", site_feature())
    row = csv_rows(registry)[0]
    assert (row["licence"], row["attribution"]) == ("CC-BY-4.0", "Test registry contributors (CC BY 4.0)")
    assert (row["longitude"], row["latitude"]) == ("46.7512", "39.7581")
