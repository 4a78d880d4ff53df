"""What leaves the registry, and what does not."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CITED, claim, named, point, report, site_feature
from heritage_registry.claim import Claim
from heritage_registry.form import decode_loosely
from heritage_registry.parts import LineString, Point, Polygon, Position
from heritage_registry.public import (
    covering_cell,
    grid_cell,
    is_grid_cell,
    public_claims,
    public_site,
    public_view,
)
from heritage_registry.site import Site

longitudes = st.floats(-180, 180) | st.integers(-1800, 1800).map(lambda n: n / 10)
latitudes = st.floats(-90, 90) | st.integers(-900, 900).map(lambda n: n / 10)
positions = st.tuples(longitudes, latitudes)


def site(site_id: str = "k7m2q9x4", **properties: Any) -> Site:
    return decode_loosely(json.dumps(site_feature(site_id, **properties)).encode(), Site, "test")


def hidden(sensitivity: str, **properties: Any) -> Site:
    """Return a record that tells its place in every way a record can."""
    secret = {"text": "SECRET", "language": "en"}
    usual: dict[str, Any] = {
        "sensitivity_reason": "Open graves, unguarded.",
        "locations": [
            point(46.7512, 39.7581, stated="SECRET", identifiers=[{"scheme": "geonames", "value": "SECRET"}]),
            point(46.7534, 39.7567, standing="alternative", reason="SECRET"),
            {
                "of": "area",
                "method": "described",
                "standing": "alternative",
                "stated": "SECRET",
                "citations": CITED,
            },
        ],
        "identifiers": [{"scheme": "wikidata", "value": "SECRET"}],
        "protections": [{"register": "State list", "reference": "SECRET", "citations": CITED}],
        "excerpts": [{"source": "survey-2021", "text": "SECRET"}],
        "notes": [{"text": {"en": "SECRET"}}],
        "relations": [{"relation": "near", "site": "a0000000", "reason": "SECRET"}],
        "reports": [report()],
    }
    feature = site_feature(sensitivity=sensitivity, **usual | properties)
    feature["properties"]["places"] = [
        {"level": "settlement", "names": [secret], "citations": CITED},
        {"level": "quarter", "names": [secret], "citations": CITED},
        {"level": "landform", "names": [secret], "citations": CITED},
        {
            "level": "district",
            "names": [{"text": "The district", "language": "en"}],
            "stated": "SECRET",
            "citations": CITED,
        },
    ]
    return decode_loosely(json.dumps(feature).encode(), Site, "test")


def test_an_open_record_is_public_as_it_is() -> None:
    assert public_site(site()) == site()


@pytest.mark.parametrize("sensitivity", ["generalised", "withheld"])
def test_nothing_finer_than_the_public_location_is_left_anywhere(sensitivity: str) -> None:
    text = msgspec.json.encode(public_site(hidden(sensitivity))).decode()
    assert "SECRET" not in text
    assert "46.75" not in text
    assert "39.75" not in text
    assert "The district" in text
    assert "State list" in text


def test_a_generalised_site_shows_the_cell_of_its_grid() -> None:
    shown = public_site(hidden("generalised"))
    assert shown.geometry == grid_cell((46.7512, 39.7581))
    assert {x.geometry for x in shown.properties.locations} == {grid_cell((46.7512, 39.7581))}
    assert {(x.of, x.uncertainty_m) for x in shown.properties.locations} == {("area", 8_000)}


def test_a_withheld_site_shows_no_location_and_all_that_is_said_of_it() -> None:
    shown = public_site(hidden("withheld"))
    assert shown.geometry is None
    assert shown.properties.locations == ()
    assert shown.properties.names == hidden("withheld").properties.names
    assert shown.properties.reports == hidden("withheld").properties.reports


@pytest.mark.parametrize("sensitivity", ["generalised", "withheld"])
def test_the_public_view_of_the_public_view_is_the_same(sensitivity: str) -> None:
    shown = public_site(hidden(sensitivity))
    assert public_site(shown) == shown


@pytest.mark.parametrize("sensitivity", ["generalised", "withheld"])
def test_two_places_in_one_cell_cannot_be_told_apart(sensitivity: str) -> None:
    there = hidden(sensitivity, locations=[point(46.7001, 39.7001, stated="by the river")])
    elsewhere = hidden(sensitivity, locations=[point(46.7999, 39.7999, stated="by the school")])
    assert public_site(there) == public_site(elsewhere)


def test_drafts_and_withdrawn_records_stay_inside() -> None:
    records = [
        site("a0000000", status="draft", status_reason="One source."),
        site("b0000000"),
        site("c0000000", status="withdrawn", withdrawn={"date": "2024", "reason": "A duplicate."}),
    ]
    assert [shown.id for shown in public_view(records)] == ["b0000000"]


def test_relations_to_what_is_not_shown_are_left_out() -> None:
    near = [{"relation": "near", "site": key} for key in ("b0000000", "c0000000", "k7m2q9x4", "d0000000")]
    records = [
        site("a0000000", relations=near),
        site("b0000000"),
        site("c0000000", status="draft", status_reason="One source."),
        hidden("withheld"),
    ]
    first, *_ = public_view(records)
    assert [relation.site for relation in first.properties.relations] == ["b0000000"]


def test_claims_are_shown_when_published_without_links_to_others() -> None:
    texts = [
        claim(
            "a0000000", relations=[{"relation": "repeats", "claim": key} for key in ("b0000000", "c0000000")]
        ),
        claim("b0000000"),
        claim("c0000000", status="draft", status_reason="One source."),
    ]
    claims = [decode_loosely(json.dumps(text).encode(), Claim, "test") for text in texts]
    shown = public_claims(claims)
    assert [c.id for c in shown] == ["a0000000", "b0000000"]
    assert [link.claim for link in shown[0].relations] == ["b0000000"]


@settings(deadline=None)
@given(positions)
def test_a_cell_holds_its_position(position: Position) -> None:
    ring = grid_cell(position).coordinates[0]
    (west, south), (east, north) = ring[0], ring[2]
    assert west <= position[0] <= east
    assert south <= position[1] <= north
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90


@settings(deadline=None)
@given(positions)
def test_a_cell_is_closed_and_counter_clockwise_and_has_one_decimal(position: Position) -> None:
    ring = grid_cell(position).coordinates[0]
    assert ring[0] == ring[-1]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring)) < 0
    assert all(round(degrees, 1) == degrees for corner in ring for degrees in corner)


@settings(deadline=None)
@given(positions)
def test_the_cell_of_a_cell_is_that_cell(position: Position) -> None:
    cell = grid_cell(position)
    assert is_grid_cell(cell)
    assert covering_cell(cell) == cell
    assert decode_positions(cell) == cell


def decode_positions(cell: Polygon) -> Polygon:
    return msgspec.json.decode(msgspec.json.encode(cell), type=Polygon)


@settings(deadline=None)
@given(positions, positions)
def test_two_positions_have_one_cell_or_cells_that_share_no_inner_point(
    one: Position, other: Position
) -> None:
    first, second = grid_cell(one).coordinates[0], grid_cell(other).coordinates[0]
    if first != second:
        apart = first[2][0] <= second[0][0] or second[2][0] <= first[0][0]
        assert apart or first[2][1] <= second[0][1] or second[2][1] <= first[0][1]


def test_only_a_whole_cell_is_a_cell() -> None:
    cell = grid_cell((46.7512, 39.7581))
    (ring,) = cell.coordinates
    assert not is_grid_cell(Point(coordinates=(46.75, 39.75)))
    assert not is_grid_cell(LineString(coordinates=ring))
    assert not is_grid_cell(Polygon(coordinates=(ring, ring)))
    assert not is_grid_cell(Polygon(coordinates=((*ring[:2], (46.8, 39.79), *ring[3:]),)))


def test_every_module_that_makes_something_public_asks_for_the_public_view() -> None:
    source = Path(__file__).parents[1] / "src" / "heritage_registry"
    makers = [source / "assessed.py", source / "statistics.py", *source.glob("exports/*.py")]
    makers += [source / "maps" / "page.py", source / "pages" / "edition.py"]
    views = (
        "public_view(registry.sites",
        "assessed_sites(registry)",
        "public_layers(registry",
        "public_sources(registry",
    )
    for path in makers:
        text = path.read_text("utf-8")
        if path.name != "__init__.py":
            assert any(view in text for view in views), path.name


def test_a_name_is_public_in_every_script() -> None:
    names = [named("Şuşa", "az"), named("Շուշի", "hy")]
    assert [n.text for n in public_site(site(names=names)).properties.names] == ["Şuşa", "Շուշի"]


def test_only_files_an_editor_decided_to_show_leave_the_registry() -> None:
    copy = {"sha256": "b" * 64, "media_type": "image/jpeg", "bytes": 9, "width": 3, "height": 2}
    original = {"name": "north wall", "sha256": "a" * 64, "media_type": "image/jpeg", "bytes": 10}
    files = [original | {"public": True, "public_copy": copy}, original | {"name": "house next door"}]
    shown = report(evidence={"type": "ground_photo", "files": files})
    open_site = msgspec.convert(site_feature(reports=[shown]), Site)
    assert [file.name for file in public_site(open_site).properties.reports[0].evidence.files] == [
        "north wall"
    ]
    hidden = msgspec.convert(
        site_feature(reports=[shown], sensitivity="withheld", sensitivity_reason="It stands unguarded."), Site
    )
    assert public_site(hidden).properties.reports[0].evidence.files == ()
