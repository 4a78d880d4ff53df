"""Every mistake of a value against its class, in words an editor can act on."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import CITED, claim, named, report, site_feature
from heritage_registry.claim import Claim
from heritage_registry.mistakes import explain
from heritage_registry.site import Site


def told(**properties: Any) -> dict[str, str]:
    """Return the messages about a site with these properties by their field below `properties`."""
    mistakes = explain(site_feature(**properties), Site)
    return {".".join(map(str, field)).removeprefix("properties."): message for field, message in mistakes}


def test_a_right_record_has_no_mistakes() -> None:
    assert explain(site_feature(reports=[report()]), Site) == []
    assert explain(claim(), Claim) == []


def test_a_misspelled_field_is_told_with_the_nearest_one() -> None:
    assert told(attribution=[]) == {
        "attribution": "'attribution' is not a field of this part; did you mean 'attributions'?"
    }


def test_a_field_of_another_schema_is_told_with_the_fields_there_are() -> None:
    message = told(names=[named("Old Mosque", wikidata="Q1")])["names.0.wikidata"]
    assert message.endswith("the fields here are text, language, citations, kind, used_by, period, authority")


def test_an_unknown_term_is_told_with_all_terms_and_the_nearest_one() -> None:
    message = told(reports=[report(condition="severely_damaged")])["reports.0.condition"]
    terms = "no_visible_damage, slight_damage, moderate_damage, severe_damage, damaged, destroyed"
    assert message.startswith(f"'severely_damaged' is not one of {terms}, ")
    assert message.endswith("; did you mean 'severe_damage'?")


def test_a_missing_field_is_told_with_what_to_write() -> None:
    found = told(types=[{"citations": CITED}], names=[{"text": "Old Mosque", "language": "en"}])
    assert found["types.0.type"].startswith("is missing; write one of archaeological_remains, ")
    assert found["names.0.citations"] == 'is missing; cite at least one source: [{"source": "its-key"}]'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "is null; write a list"),
        ("fire", "'fire' is text; write a list"),
        ({}, "{} is an object; write a list"),
        (3, "3 is a whole number; write a list"),
        (True, "true is true or false; write a list"),
    ],
)
def test_a_value_of_another_kind_is_told_with_the_kind_wanted(value: Any, message: str) -> None:
    assert told(reports=[report(causes=value)])["reports.0.causes"].endswith(message)


def test_an_optional_field_may_be_null_and_a_required_one_may_not() -> None:
    assert told(names=[named("Old Mosque", period=None)]) == {}
    assert told(names=[named("Old Mosque") | {"text": None}]) == {"names.0.text": "is null; write text"}


def test_numbers_are_told_with_their_limits() -> None:
    where = site_feature()["properties"]["locations"][0]
    assert told(locations=[where | {"uncertainty_m": 0}])["locations.0.uncertainty_m"] == "0 is less than 1"
    assert told(locations=[where | {"uncertainty_m": 2_000_000}])["locations.0.uncertainty_m"] == (
        "2000000 is more than 1000000"
    )
    assert told(locations=[where | {"uncertainty_m": 2.5}])["locations.0.uncertainty_m"] == (
        "2.5 is a number; write a whole number"
    )


def test_a_shape_without_its_type_is_told_with_the_types_there_are() -> None:
    where = site_feature()["properties"]["locations"][0]
    found = told(locations=[where | {"standing": "alternative", "geometry": {"coordinates": [46, 39]}}])
    assert found["locations.0.geometry.type"] == "is missing; write one of Point, LineString, Polygon"


def test_a_summary_without_any_text_is_told() -> None:
    assert told(reports=[report(summary={})])["reports.0.summary"] == (
        "is empty; write at least one text or leave the field out"
    )


def test_the_feature_type_is_told() -> None:
    mistakes = explain(site_feature() | {"type": "feature"}, Site)
    assert mistakes == [(("type",), "'feature' is not one of Feature")]


def test_a_long_value_is_shown_cut() -> None:
    message = told(reports=[report(observed="x" * 500)])["reports.0.observed"]
    assert len(message) < 200
