"""Rules that no single field can carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import CITED, claim, named, point, report, site_feature, source, write
from heritage_registry.registry import examine, read_registry

ID = "k7m2q9x4"


def told(directory: Path) -> list[tuple[str, str]]:
    """Return the (field below properties, message) of every problem in the order of the files."""
    return [(p.field.removeprefix("properties."), p.message) for p in examine(directory)[1]]


def told_of(directory: Path, **properties: Any) -> list[tuple[str, str]]:
    write(directory, "site", site_feature(ID, **properties))
    return told(directory)


def test_a_whole_record_passes(registry: Path) -> None:
    assert told_of(registry, reports=[report(1), report(2, observed="1992/..")]) == []


def test_every_part_cites_a_source_that_is_there(registry: Path) -> None:
    elsewhere = [{"source": "survey-1999"}]
    found = told_of(
        registry,
        names=[named("Old Mosque", citations=elsewhere)],
        reports=[report(responses=[_response(citations=elsewhere)])],
    )
    assert [field for field, _ in found] == [
        "names.0.citations.0.source",
        "reports.0.responses.0.citations.0.source",
    ]
    assert found[0][1] == (
        "'survey-1999' is not in sources/; add sources/survey-1999.json or name another source"
    )


def _response(**fields: Any) -> dict[str, Any]:
    return {
        "according_to": "A ministry",
        "stance": "denies",
        "element": "fact",
        "scope": "this_site",
        "summary": {"en": "It denies this."},
        "citations": CITED,
    } | fields


def test_communities_and_parties_are_those_of_the_registry(registry: Path) -> None:
    found = told_of(
        registry,
        names=[named("Old Mosque", used_by="greek")],
        reports=[report(responses=[_response(party="greece")])],
    )
    assert found == [
        (
            "names.0.used_by",
            "'greek' is not a community of registry.toml; use one of armenian, azerbaijani, or add it there",
        ),
        (
            "reports.0.responses.0.party",
            "'greece' is not a party of registry.toml; use one of armenia, azerbaijan, none, unknown, "
            "or add it there",
        ),
    ]


def test_each_unknown_community_of_a_claim_is_told_by_itself(registry: Path) -> None:
    write(registry, "claim", claim(scope={"communities": ["greek", "armenian", "roman"]}))
    assert [field for field, _ in told(registry)] == ["scope.communities.0", "scope.communities.2"]


@pytest.mark.parametrize("date", ["1994-02-30", "2023-02-29", "1994/1992"])
def test_dates_exist_in_the_calendar(registry: Path, date: str) -> None:
    ((field, message),) = told_of(registry, reports=[report(observed=date)])
    assert field == "reports.0.observed"
    assert "is not a date" in message


def test_a_leap_day_exists(registry: Path) -> None:
    assert told_of(registry, reports=[report(observed="2020-02-29")]) == []


def test_a_source_may_not_derive_from_itself_through_others(registry: Path) -> None:
    write(registry, "source", source("reprint-1", derives_from=["reprint-2"]))
    write(registry, "source", source("reprint-2", derives_from=["survey-2021", "reprint-1"]))
    words = "derives from itself through the sources it names; remove the link that runs back"
    assert told(registry) == [("derives_from", words), ("derives_from", words)]


def test_two_ways_to_one_origin_are_no_circle(registry: Path) -> None:
    write(registry, "source", source("reprint-1", derives_from=["survey-2021"]))
    write(registry, "source", source("reprint-2", derives_from=["survey-2021", "reprint-1"]))
    assert told(registry) == []


def test_reports_may_not_correct_one_another_in_a_circle(registry: Path) -> None:
    found = told_of(registry, reports=[report(1, superseded_by="r2"), report(2, superseded_by="r1")])
    assert [field for field, _ in found] == ["reports.0.superseded_by", "reports.1.superseded_by"]
    assert found[0][1] == "leads back to this report; leave it out of the report that holds now"


def test_reports_may_correct_one_another_in_a_row(registry: Path) -> None:
    row = [report(1, superseded_by="r2"), report(2, superseded_by="r3"), report(3)]
    assert told_of(registry, reports=row) == []


def test_a_relation_leads_to_another_site(registry: Path) -> None:
    write(registry, "site", site_feature("a0000000"))
    assert told_of(registry, relations=[{"relation": "near", "site": "a0000000"}]) == []
    assert told_of(registry, relations=[{"relation": "near", "site": "b0000000"}]) == [
        (
            "relations.0.site",
            "'b0000000' is not another site of this registry; name one, or remove the relation",
        )
    ]


def test_a_withdrawn_site_gives_its_reason_and_the_record_that_takes_its_place(registry: Path) -> None:
    withdrawn = {"date": "2024", "reason": "The same mosque as another record.", "superseded_by": ID}
    assert told_of(registry, status="withdrawn", withdrawn=withdrawn) == [
        ("withdrawn.superseded_by", f"'{ID}' is not another site of this registry; name one, or leave it out")
    ]
    del withdrawn["superseded_by"]
    assert told_of(registry, status="withdrawn", withdrawn=withdrawn) == []


def test_a_withdrawn_claim_gives_its_reason(registry: Path) -> None:
    write(registry, "claim", claim(status="withdrawn"))
    assert told(registry) == [("status_reason", "is missing; say why the claim is withdrawn")]


def test_a_location_says_in_shape_or_words_where_the_site_is(registry: Path) -> None:
    words = {"of": "area", "method": "described", "standing": "alternative", "citations": CITED}
    assert told_of(registry, locations=[words | {"stated": "above the gorge"}]) == []
    assert told_of(registry, locations=[words])[0][0] == "locations.0"


def test_no_location_at_all_is_no_mistake(registry: Path) -> None:
    assert told_of(registry, locations=[]) == []
    assert read_registry(registry).sites[ID].geometry is None


def test_an_implausible_location_may_lie_anywhere(registry: Path) -> None:
    far = point(-46.7512, 39.7581, standing="implausible", reason="W for E in the copy that was read.")
    assert told_of(registry, locations=[point(), far]) == []


def test_a_shape_with_many_points_far_away_is_told_once(registry: Path) -> None:
    line = {"type": "LineString", "coordinates": [[1.0, 2.0], [1.5, 2.0], [1.5, 2.5]]}
    found = told_of(registry, locations=[point(geometry=line)])
    assert [field for field, _ in found] == ["locations.0.geometry.coordinates"]
    assert found[0][1].startswith("[1.0, 2.0] is outside the region of this registry (43.4–51.0° E, ")


RING = [[46.7, 39.7], [46.8, 39.7], [46.8, 39.8], [46.7, 39.8], [46.7, 39.7]]
CELL = {"type": "Polygon", "coordinates": [RING]}


def hidden(**properties: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "sensitivity": "generalised",
        "sensitivity_reason": "Open graves, unguarded.",
        "locations": [point(geometry=CELL, of="area", uncertainty_m=8000)],
    }
    return usual | properties


def test_a_generalised_record_holds_a_cell_of_the_grid_and_nothing_finer(registry: Path) -> None:
    assert told_of(registry, **hidden()) == []
    shifted = [[[x + 0.01, y] for x, y in RING]]
    finer = point(geometry={"type": "Polygon", "coordinates": shifted}, uncertainty_m=8000)
    assert "is finer than a cell of the grid" in told_of(registry, **hidden(locations=[finer]))[0][1]


def test_a_withheld_record_holds_no_location(registry: Path) -> None:
    assert told_of(registry, **hidden(sensitivity="withheld", locations=[])) == []
    found = told_of(registry, **hidden(sensitivity="withheld"))
    assert found == [
        (
            "locations.0.geometry",
            "is given, but the location is not to be shown; keep it in a private folder outside the registry",
        )
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("identifiers", [{"scheme": "wikidata", "value": "Q1"}]),
        ("protections", [{"register": "State list", "reference": "no. 4711", "citations": CITED}]),
        ("excerpts", [{"source": "survey-2021", "text": "behind the school"}]),
        ("notes", [{"text": {"en": "Behind the school."}}]),
        ("relations", [{"relation": "near", "site": "a0000000"}]),
        (
            "places",
            [
                {
                    "level": "settlement",
                    "names": [{"text": "Old Village", "language": "en"}],
                    "citations": CITED,
                }
            ],
        ),
    ],
)
def test_a_hidden_record_holds_nothing_that_leads_to_the_place(
    registry: Path, field: str, value: Any
) -> None:
    write(registry, "site", site_feature("a0000000"))
    properties = hidden() | {field: value}
    feature = site_feature(ID, **{k: v for k, v in properties.items() if k != "places"})
    feature["properties"]["places"] = properties.get("places", [])
    write(registry, "site", feature)
    ((told_field, message),) = told(registry)
    assert told_field == field
    assert message.startswith("leads nearer to the place than its public view")


@pytest.mark.parametrize(
    "text",
    [
        "The graves lie at 39.7581, 46.7512.",
        "Seen at 39.7581 N 46.7512 E",
        "39° 45′ 29″ N, 46° 45′ 04″ E",
        "https://maps.example.org/@39.75,46.75,17z",
        "grid 38S PJ 12345 67890",
        "code 8HG8QP52+7F",
    ],
)
def test_a_hidden_record_holds_no_coordinates_in_its_texts(registry: Path, text: str) -> None:
    found = told_of(registry, **hidden(reports=[report(summary={"en": text})]))
    assert [field for field, _ in found] == ["reports.0.summary.en"]
    assert found[0][1].startswith("seems to hold coordinates")


@pytest.mark.parametrize(
    "text", ["1,200 of 3,400 stones", "On 12.05.1992, 14.30", "WorldView-2, 0.5 m", "RCV 1988/92"]
)
def test_other_numbers_are_no_coordinates(registry: Path, text: str) -> None:
    assert told_of(registry, **hidden(reports=[report(summary={"en": text})])) == []


def test_an_open_record_may_quote_coordinates(registry: Path) -> None:
    assert told_of(registry, notes=[{"text": {"en": "A mirror prints 39.7581, 46.7512."}}]) == []
