"""JSON Schema: an editor accepts what the registry accepts, and names the words of the vocabularies."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conftest import Json, claim, named, point, report, site_feature, source
from heritage_registry.registry import KINDS, record_files
from heritage_registry.schema import RECORD_TYPES, ecma_pattern, json_schema
from heritage_registry.vocabulary import vocabulary

RECORDS = Path(__file__).parent.parent / "sites"


def is_valid(kind: str, record: Json) -> bool:
    return bool(Draft202012Validator(json_schema(kind)).is_valid(record))


def patterns(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (part["pattern"] for _ in [0] if isinstance(part.get("pattern"), str))
        for item in part.values():
            yield from patterns(item)
    elif isinstance(part, list):
        for item in part:
            yield from patterns(item)


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_it_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(json_schema(kind))


def test_records_of_every_kind_pass() -> None:
    assert is_valid("site", site_feature(reports=[report(1, "destroyed", "2003-09/2009-05")]))
    assert is_valid("source", source(URL="https://example.org/report", issued="2021-03~"))
    assert is_valid("claim", claim())


def test_all_records_of_the_registry_pass() -> None:
    for kind, name in zip(KINDS, RECORD_TYPES, strict=True):
        validator = Draft202012Validator(json_schema(name))
        for path in record_files(RECORDS, kind):
            assert validator.is_valid(json.loads(path.read_text("utf-8"))), path.name


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("site", site_feature(type="castle")),
        ("site", site_feature("TOO-LONG-ID")),
        ("site", site_feature(names=[named("Old Mosque ")])),
        ("site", site_feature(names=[named("Mosque", "Armenian")])),
        ("site", site_feature(locations=[point(200.0, 39.0)])),
        ("site", site_feature(reports=[report(1, "destroyed", "12.05.2020")])),
        ("site", site_feature(owner="somebody")),
        ("source", source(URL="ftp://example.org")),
        ("source", source(type="tweet")),
        ("claim", claim(numerator={"as_stated": "ten", "value": -1})),
        ("claim", claim(citations=[])),
    ],
)
def test_what_the_registry_refuses_fails(kind: str, record: Json) -> None:
    assert not is_valid(kind, record)


def test_terms_come_with_their_meaning() -> None:
    terms = json_schema("site")["$defs"]["condition"]
    assert terms["enum"] == list(vocabulary("condition").ids)
    term = vocabulary("condition").term("destroyed")
    assert f"{term.label['en']}: {term.definition['en']}" in terms["enumDescriptions"]
    assert json_schema("site")["$defs"]["Report"]["properties"]["condition"] == {"$ref": "#/$defs/condition"}


def test_every_part_says_what_it_is() -> None:
    report_part = json_schema("site")["$defs"]["Report"]
    assert report_part["description"].startswith("What somebody says was seen of the site's condition")
    assert "\n    " not in report_part["description"]


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_patterns_are_those_of_ecma_262(kind: str) -> None:
    for pattern in patterns(json_schema(kind)):
        assert not re.search(r"\\[AZ]|\(\?!\\n\)|\(\?P|\\[\"'#&~ -]", pattern), pattern


def test_the_end_of_text_is_a_dollar_sign_in_ecma_262() -> None:
    assert ecma_pattern(r"\Ar[1-9]\Z") == "^r[1-9]$"
    assert ecma_pattern(r"^(?:a|b)$(?!\n)") == "^(?:a|b)$"
