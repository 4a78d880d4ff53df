"""The compressed columns of a map: read back as the page reads them, they hold what the records say."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CITED, REGISTRY_TOML, point, report, site_feature, source
from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import assess
from heritage_registry.citation import cited_keys
from heritage_registry.config import read_config
from heritage_registry.form import decode_loosely
from heritage_registry.maps.columns import (
    FROM_EVER,
    Codes,
    Columns,
    columns,
    in_map_order,
    joined,
    packed,
    state_arrays,
)
from heritage_registry.maps.facets import more_columns
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary

CODES = Codes(
    condition=("no_visible_damage", "slight_damage", "damaged", "destroyed", "disagree", "none"),
    type=vocabulary("site_type").ids,
    community=("armenian", "azerbaijani"),
    location_of=vocabulary("location_of").ids,
)
SOURCES = {"survey-2021": decode_loosely(json.dumps(source()).encode(), Source, "test")}
FORMS = {"u1": "B", "u2": "H", "i4": "i"}

places = st.none() | st.tuples(st.floats(-180, 180), st.floats(-89, 89)) | st.just((46.7512, 39.7581))


def site(number: int, where: tuple[float, float] | None, **properties: Any) -> Site:
    locations = [point(*where)] if where else []
    feature = site_feature(f"k{number:07d}", locations=locations, **properties)
    return decode_loosely(json.dumps(feature).encode(), Site, "test")


def rows_of(sites: Sequence[Site]) -> list[AssessedSite]:
    rows = [AssessedSite(site, assess(site, SOURCES)) for site in sites]
    return [rows[n] for n in in_map_order(sites)]


def unpacked(summary: Columns) -> dict[str, list[int]]:
    """Read the columns as the page does: one after another, little endian, from their layout alone."""
    raw = gzip.decompress(base64.b64decode(packed(summary.data)))
    found: dict[str, list[int]] = {}
    at = 0
    for name, dtype, length in summary.layout:
        form = f"<{length}{FORMS[dtype.lstrip('<|')]}"
        found[name] = list(struct.unpack_from(form, raw, at))
        at += struct.calcsize(form)
    assert at == len(raw)
    return found


def pixels(found: dict[str, list[int]], axis: str) -> list[int]:
    """Put three planes of bytes together, undo the zigzag and add up the differences."""
    values, value = [], 0
    for low, middle, high in zip(*(found[f"{axis}_plane{n}"] for n in range(3)), strict=True):
        zigzag = low | middle << 8 | high << 16
        value += (zigzag >> 1) ^ -(zigzag & 1)
        values.append(value)
    return values


def mercator(longitude: float, latitude: float) -> tuple[int, int]:
    """Return the pixel of a point of the Web Mercator world at zoom 14."""
    world = 256 * 2**14
    latitude = max(-85.051129, min(85.051129, latitude))
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return tuple(max(0, min(world - 1, math.floor(v * world))) for v in ((longitude + 180) / 360, y))  # type: ignore[return-value]


@settings(deadline=None)
@given(st.lists(places, max_size=30))
def test_the_page_reads_back_where_each_site_is(where: list[tuple[float, float] | None]) -> None:
    rows = rows_of([site(n, spot) for n, spot in enumerate(where)])
    found = unpacked(columns(rows, CODES))
    located = [row.site.geometry for row in rows if row.site.geometry]
    expected = [mercator(*shape.coordinates) for shape in located]
    read = list(zip(pixels(found, "x"), pixels(found, "y"), strict=True))
    assert len(read) == len(expected)
    for (x, y), (want_x, want_y) in zip(read, expected, strict=True):
        assert abs(x - want_x) <= 1
        assert abs(y - want_y) <= 1


@settings(deadline=None)
@given(st.lists(places, max_size=30))
def test_sites_at_one_point_follow_one_another_and_sites_without_a_point_come_last(
    where: list[tuple[float, float] | None],
) -> None:
    sites = [site(n, spot) for n, spot in enumerate(where)]
    order = in_map_order(sites)
    assert sorted(order) == list(range(len(sites)))
    spots = [where[n] for n in order]
    assert spots[len(spots) - spots.count(None) :] == [None] * spots.count(None)
    for spot in set(spots):
        first = spots.index(spot)
        assert spots[first : first + spots.count(spot)] == [spot] * spots.count(spot)


def test_points_too_near_to_be_told_apart_on_the_map_are_not_mixed() -> None:
    here, there = (46.7512, 39.7581), (46.75121, 39.75811)
    where = [here, there, here, there]
    order = in_map_order([site(n, spot) for n, spot in enumerate(where)])
    assert [where[n] for n in order] == [here, here, there, there]


@settings(deadline=None)
@given(st.lists(places, min_size=1, max_size=15).flatmap(st.permutations))
def test_the_order_does_not_depend_on_the_order_of_the_records(
    where: list[tuple[float, float] | None],
) -> None:
    sites = [site(n, spot) for n, spot in enumerate(where)]
    turned = sites[::-1]
    assert [sites[n].id for n in in_map_order(sites)] == [turned[n].id for n in in_map_order(turned)]


def test_neighbours_lie_near_one_another_in_the_order() -> None:
    grid = [(44 + x * 0.1, 39 + y * 0.1) for x in range(16) for y in range(16)]
    sites = [site(n, spot) for n, spot in enumerate(grid)]
    spots = [grid[n] for n in in_map_order(sites)]
    steps = [math.dist(a, b) for a, b in itertools.pairwise(spots)]
    assert sum(steps) / len(steps) < 0.2


def test_the_page_reads_back_what_is_derived_of_each_site() -> None:
    spot = (46.7512, 39.7581)
    denial = {
        "according_to": "A ministry",
        "stance": "denies",
        "element": "fact",
        "scope": "this_site",
        "summary": {"en": "It denies this."},
        "citations": CITED,
    }
    sites = [
        site(
            0,
            spot,
            reports=[report(1, "no_visible_damage", "2001-10-07"), report(2, "destroyed", "2003-05-01")],
        ),
        site(
            1,
            spot,
            reports=[
                report(1, "damaged", "2003-05-01", responses=[denial]),
                report(2, "destroyed", "2003-05-01"),
            ],
        ),
        site(2, None, type="church", community="armenian"),
        site(3, None, community=None),
    ]
    found = unpacked(columns(rows_of(sites), CODES))
    assert [CODES.condition[code] for code in found["condition"]] == ["destroyed", "disagree", "none", "none"]
    assert found["contested"] == [0, 1, 0, 0]
    assert found["lines"] == [1, 1, 0, 0]
    assert found["reports"] == [2, 2, 0, 0]
    assert found["uncertainty"] == [10, 10]
    assert [CODES.location_of[code] for code in found["precision"]] == ["monument", "monument"]
    assert found["type_count"] == [1, 1, 1, 1]
    assert [CODES.type[code] for code in found["types"]] == ["mosque", "mosque", "church", "mosque"]
    assert found["community_count"] == [1, 1, 1, 0]
    assert [CODES.community[code] for code in found["communities"]] == [
        "azerbaijani",
        "azerbaijani",
        "armenian",
    ]
    times = unpacked(joined(state_arrays(rows_of(sites))))
    assert times["state_count"] == [3, 2, 1, 1]
    assert times["state"][:3] == [0, 1, 2]
    assert times["state_day"][:3] == [FROM_EVER, 11_603, 12_173]


def test_a_registry_without_sites_has_empty_columns() -> None:
    found = unpacked(columns([], CODES))
    assert set(map(len, found.values())) == {0}


def test_the_same_columns_are_the_same_text() -> None:
    sites = [site(n, (44 + n / 10, 40.0)) for n in range(20)]
    first, second = (packed(columns(rows_of(sites), CODES).data) for _ in range(2))
    assert first == second


def test_further_filters_have_the_codes_of_what_reports_say(tmp_path: Path) -> None:
    (tmp_path / "registry.toml").write_text(REGISTRY_TOML, "utf-8")
    denial = {
        "according_to": "A ministry",
        "stance": "denies",
        "element": "cause",
        "scope": "this_site",
        "summary": {"en": "It denies this."},
        "citations": CITED,
    }
    named = {
        "as_stated": "struck by one side",
        "according_to": "A ministry",
        "party": "armenia",
        "citations": CITED,
    }
    replaced = report(1, "damaged", "2020", causes=["looting"], superseded_by="r2")
    shelled = report(
        2,
        "destroyed",
        "2021",
        causes=["shelling"],
        responses=[denial],
        responsibility=[{"kind": "alleged", **named}],
    )
    cleared = report(1, "destroyed", "1992/..", responsibility=[{"kind": "denied", **named}])
    sites = [
        site(0, None, reports=[replaced, shelled], places=[("Şuşa", "az"), ("Shusha district", "en")]),
        site(1, None, reports=[cleared]),
        site(2, None),
    ]
    rows = rows_of(sites)
    cited = [cited_keys(row.site) for row in rows]
    more = more_columns(rows, cited, read_config(tmp_path), SOURCES)
    found = unpacked(more.columns)
    described = {facet["id"]: facet for facet in more.facets}

    def said(name: str) -> list[list[str]]:
        options = described[name]["options"] or [key for key, *_ in more.labels[name]]
        codes = iter(found[name])
        return [[options[next(codes)] for _ in range(count)] for count in found[f"{name}_count"]]

    assert said("cause") == [["shelling"], [], []], "a replaced report counts for nothing"
    assert said("responsibility") == [["armenia"], [], []], (
        "who is named to be cleared is not held responsible"
    )
    assert said("element") == [["cause"], [], []]
    assert said("period") == [["years_2020_2023"], [], []]
    assert said("dating") == [["dating_day"], ["dating_open"], ["dating_no_report"]]
    assert len(said("place")[0]) == 1, "spellings of one name are one choice"
    assert said("source") == [["survey-2021"]] * 3
    assert more.labels["source"] == [("survey-2021", "A survey of monuments", None)]
    assert found["seen_day"] == [18_992, 8_400, FROM_EVER]
    assert found["seen_open"] == [0, 1, 0]
