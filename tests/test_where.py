"""Where a site is, as its form asks: points questioned, settlements chosen by name, radii, the map's data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import point, site_feature, source, write
from heritage_registry.coordinates import Coordinates, doubts, read_coordinates
from heritage_registry.gazetteer import Gazetteer, Neighbour, find_places, read_gazetteer
from heritage_registry.registry import read_registry
from heritage_registry.shapes import distance_m
from heritage_registry.source import Source
from heritage_registry.web.forms.where import gazetteer_source, pasted_shape
from heritage_registry.web.wording import LANGUAGES
from web import client, fields_of, opened, send

SITES = Path(__file__).parents[1] / "sites"
CAUCASUS = (43.4, 38.3, 51.0, 42.0)
HERE = "properties.locations.0"
SHAPE = f"{HERE}.geometry"
PLACE, CHOSEN, TAKEN = (f"{SHAPE}.@{name}" for name in ("place", "chosen", "taken"))


@pytest.fixture
def grounded(registry: Path) -> Path:
    """A registry with the real base map and the source of its place names."""
    shutil.copytree(SITES / "basemap", registry / "basemap")
    write(
        registry, "source", source("geonames", kind="dataset", type="dataset", title="GeoNames, an extract")
    )
    return registry


@pytest.fixture
def browser(grounded: Path) -> TestClient:
    return client(grounded)


def kinds(text: str, **said: Any) -> list[str]:
    return [doubt.kind for doubt in doubts(read_coordinates(text), CAUCASUS, **said)]


# What is asked about a point.


@pytest.mark.parametrize("said", [{"of": "settlement"}, {"of": "area"}, {"uncertainty_m": 2000}])
def test_a_rough_point_is_not_asked_about_where_it_was_said_to_be_rough(said: dict[str, Any]) -> None:
    assert kinds("39°59'N 46°56'E") == ["coarse"]
    assert kinds("39°59'N 46°56'E", **said) == []


def test_a_rough_point_of_the_monument_is_asked_about_where_the_radius_is_finer_than_its_figures() -> None:
    assert kinds("39°59'N 46°56'E", of="monument", uncertainty_m=50) == ["coarse"]
    assert kinds("39°59'N 46°56'E", of="monument", uncertainty_m=1000) == []


def test_what_was_looked_at_is_asked_about_until_it_is_said_what_it_is() -> None:
    view = Coordinates(46.75, 39.76, 10, "view")
    assert [doubt.kind for doubt in doubts(view, CAUCASUS)] == ["view"]
    assert doubts(view, CAUCASUS, uncertainty_m=500) == []


def test_a_swapped_point_is_asked_about_whatever_is_said() -> None:
    assert kinds("46.7512, 39.7581", of="settlement", uncertainty_m=5000) == ["swapped"]


def test_a_doubt_tells_how_far_out_or_how_rough_a_point_is() -> None:
    (far,) = doubts(read_coordinates("48.8584, 2.2945"), CAUCASUS)
    assert far.metres is not None
    assert far.metres > 3_000_000
    (coarse,) = doubts(read_coordinates("39°59'N 46°56'E"), CAUCASUS)
    assert coarse.metres == pytest.approx(1855, abs=5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_doubt_is_in_the_readers_language_with_the_point_that_may_be_meant(
    grounded: Path, language: str
) -> None:
    browser = client(grounded, language)
    fields = opened(browser, "/new/site") | {SHAPE: "46.7512, 39.7581"}
    answer = send(browser, "/new/site", fields, _action="check")
    assert "39.7581, 46.7512" in answer.text
    assert f'value="take-point:{SHAPE}"' in answer.text


def test_one_button_takes_the_point_that_may_be_meant(browser: TestClient) -> None:
    fields = opened(browser, "/new/site") | {SHAPE: "46.7512, 39.7581"}
    answer = send(browser, "/new/site", fields, _action=f"take-point:{SHAPE}")
    assert fields_of(answer.text)[SHAPE] == "39.7581, 46.7512"


def test_a_ready_radius_is_put_into_its_field_without_script(browser: TestClient) -> None:
    fields = opened(browser, "/new/site") | {"properties.names.0.text": "Typed before"}
    answer = send(browser, "/new/site", fields, _action=f"radius:{HERE}.uncertainty_m:2000")
    found = fields_of(answer.text)
    assert found[f"{HERE}.uncertainty_m"] == "2000"
    assert found["properties.names.0.text"] == "Typed before"


@pytest.mark.parametrize(
    "action", ["radius:properties.names.0.text:2000", "take-place:_draft", "take-point:x"]
)
def test_a_button_of_the_location_changes_nothing_else(browser: TestClient, action: str) -> None:
    fields = opened(browser, "/new/site")
    assert fields_of(send(browser, "/new/site", fields, _action=action).text) == fields


def test_a_fault_names_the_place_as_a_person_would(browser: TestClient) -> None:
    fields = opened(browser, "/new/site") | {SHAPE: "no point at all"}
    answer = send(browser, "/new/site", fields, _action="check")
    assert "Where it is · Point or shape" in answer.text
    assert "Locations · 1" not in answer.text


# Settlements by their names.


def found(browser: TestClient, name: str, **fields: str) -> Any:
    sent = opened(browser, "/new/site") | {PLACE: name} | fields
    return send(browser, "/new/site", sent, _action=f"find-place:{SHAPE}")


def taken(browser: TestClient, name: str, chosen: str, **fields: str) -> dict[str, str]:
    sent = fields_of(found(browser, name, **fields).text) | {CHOSEN: chosen}
    return fields_of(send(browser, "/new/site", sent, _action=f"take-place:{SHAPE}").text)


@pytest.mark.parametrize("name", ["Շուշի", "Şuşa", "Шуша", "shushi"])
def test_a_name_in_any_script_brings_settlements_to_choose_from(browser: TestClient, name: str) -> None:
    text = found(browser, name).text
    assert 'value="39.7601, 46.7499"' in text
    assert "6.4\u00a0km south of Stepanakert" in text
    assert fields_of(text)[PLACE] == name


def test_places_of_one_name_are_told_apart_by_the_town_beside_each(browser: TestClient) -> None:
    text = found(browser, "Norashen").text
    assert text.count('class="where-choice"') >= 6
    assert "of Artashat" in text
    assert "of Sevan" in text


def test_a_name_that_is_not_held_is_told_and_kept(browser: TestClient) -> None:
    text = found(browser, "Xyzzyqwrt").text
    assert "No settlement of this name is held." in text
    assert fields_of(text)[PLACE] == "Xyzzyqwrt"


def test_a_choice_fills_in_the_location_and_the_names_of_the_place(browser: TestClient) -> None:
    fields = taken(browser, "Շուշի", "39.7601, 46.7499")
    assert fields[SHAPE] == "39.7601, 46.7499"
    assert fields[f"{HERE}.of"] == "settlement"
    assert fields[f"{HERE}.method"] == "gazetteer"
    assert fields[f"{HERE}.uncertainty_m"] == "4000"
    assert fields[f"{HERE}.stated"] == "Շուշի"
    assert fields[f"{HERE}.citations.0.source"] == "geonames"
    place = "properties.places.0"
    assert (fields[f"{place}.names.0.text"], fields[f"{place}.names.0.language"]) == ("Շուշի", "hy")
    assert {"Şuşa", "Шуша", "Shusha"} <= set(fields.values())
    assert fields[f"{place}.citations.0.source"] == "geonames"
    languages = {value for name, value in fields.items() if name.startswith(place) and "language" in name}
    assert languages <= {"hy", "az", "en", "ru"}, "only languages that the registry lists"


def test_what_was_filled_in_can_be_saved_as_it_is(grounded: Path, browser: TestClient) -> None:
    fields = taken(
        browser,
        "Շուշի",
        "39.7601, 46.7499",
        **{
            "properties.names.0.text": "Chapel",
            "properties.names.0.language": "en",
            "properties.types.0.type": "chapel",
            "_source": "survey-2021",
        },
    )
    answer = send(browser, "/new/site", fields, _action="save", _different="1", _pseudonym="Writer")
    assert answer.status_code == 303, answer.text
    (site,) = read_registry(grounded).sites.values()
    (location,) = site.properties.locations
    assert location.geometry is not None
    assert location.geometry.coordinates == (46.7499, 39.7601)
    assert [citation.source for citation in location.citations] == ["geonames"]
    assert site.properties.places[0].level == "settlement"


def test_nothing_that_somebody_typed_is_changed_by_a_choice(browser: TestClient) -> None:
    fields = taken(browser, "Շուշի", "39.7601, 46.7499", **{f"{HERE}.uncertainty_m": "700"})
    assert fields[f"{HERE}.uncertainty_m"] == "700"
    assert fields[SHAPE] == "39.7601, 46.7499"


def test_a_point_that_somebody_gave_stays_and_is_not_called_the_settlements(browser: TestClient) -> None:
    fields = taken(browser, "Շուշի", "39.7601, 46.7499", **{SHAPE: "39.7581, 46.7512"})
    assert fields[SHAPE] == "39.7581, 46.7512"
    assert fields[f"{HERE}.of"] == ""
    assert fields["properties.places.0.names.0.text"] == "Շուշի"


def test_a_choice_can_be_taken_back_but_for_what_was_changed_since(browser: TestClient) -> None:
    before = opened(browser, "/new/site")
    fields = taken(browser, "Շուշի", "39.7601, 46.7499") | {f"{HERE}.uncertainty_m": "900"}
    after = fields_of(send(browser, "/new/site", fields, _action=f"drop-place:{SHAPE}").text)
    assert after.pop(f"{HERE}.uncertainty_m") == "900"
    ignored = {"_draft", f"{HERE}.uncertainty_m"}
    assert {k: v for k, v in after.items() if v and k not in ignored} == {
        k: v for k, v in before.items() if v and k not in ignored
    }


def test_another_choice_replaces_what_the_first_one_filled_in(browser: TestClient) -> None:
    fields = taken(browser, "Շուշի", "39.7601, 46.7499") | {PLACE: "Goris"}
    text = send(browser, "/new/site", fields, _action=f"find-place:{SHAPE}").text
    goris = find_places("Goris", read_gazetteer(SITES))[0]
    chosen = f"{goris.latitude}, {goris.longitude}"
    fields = fields_of(text) | {CHOSEN: chosen}
    after = fields_of(send(browser, "/new/site", fields, _action=f"take-place:{SHAPE}").text)
    assert after[SHAPE] == chosen
    assert "Շուշի" not in after.values()


def test_a_place_that_the_record_names_already_is_not_named_twice(browser: TestClient) -> None:
    fields = taken(browser, "Շուշի", "39.7601, 46.7499", **{"properties.places.0.names.0.text": "Şuşa"})
    assert not any(name.startswith("properties.places.1") for name in fields)
    assert fields["properties.places.0.names.0.text"] == "Şuşa"


def test_a_name_being_looked_up_survives_as_a_draft(browser: TestClient) -> None:
    fields = opened(browser, "/new/site") | {PLACE: "Norashen"}
    assert browser.post("/drafts", data=fields).status_code == 204
    assert opened(browser, f"/new/site?draft={fields['_draft']}")[PLACE] == "Norashen"


def test_a_registry_without_a_base_map_can_be_written_to_as_well(registry: Path) -> None:
    browser = client(registry)
    assert "No settlement of this name is held." in found(browser, "Goris").text
    assert browser.get("/where/base.json").json()["bounds"] is None


def test_the_source_of_the_place_names_is_the_one_that_the_credit_line_names() -> None:
    held = {
        "a": Source("a", "report", "dataset", "unknown", "none", title="Another data set"),
        "g": Source("g", "dataset", "dataset", "unknown", "none", title="GeoNames, extract cities500"),
        "p": Source("p", "webpage", "press", "unknown", "none", title="GeoNames in the press"),
    }
    assert gazetteer_source("Places: GeoNames (CC BY 4.0), Who's On First (CC0)", held) == "g"
    assert gazetteer_source("Places: Somebody Else (CC0)", held) == ""
    assert gazetteer_source("", held) == ""


# Shapes.


POLYGON = {"type": "Polygon", "coordinates": [[[46.7, 39.7], [46.8, 39.7], [46.8, 39.8], [46.7, 39.7]]]}


@pytest.mark.parametrize(
    "pasted",
    [
        POLYGON,
        POLYGON | {"bbox": [46.7, 39.7, 46.8, 39.8]},
        {"type": "Feature", "properties": {"name": "x"}, "geometry": POLYGON},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]},
        {"type": "Polygon", "coordinates": [[[*xy, 1200.5] for xy in POLYGON["coordinates"][0]]]},
    ],
)
def test_a_shape_is_taken_out_of_pasted_geojson(pasted: Any) -> None:
    assert pasted_shape(json.loads(json.dumps(pasted))) == POLYGON


@pytest.mark.parametrize(
    "pasted", [{"type": "Polygon"}, {"coordinates": []}, [], "x", None, {"type": "Feature"}]
)
def test_what_is_no_shape_is_left_for_the_checks_to_tell(pasted: Any) -> None:
    assert pasted_shape(pasted) == pasted


# What the map asks for.


def test_the_base_map_is_sent_again_only_when_it_changed(browser: TestClient) -> None:
    first = browser.get("/where/base.json")
    assert first.json()["settlements"]
    again = browser.get("/where/base.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_map_shows_the_sites_within_its_box_but_not_the_one_being_edited(grounded: Path) -> None:
    write(grounded, "site", site_feature("aaaaaaaa", locations=[point(46.75, 39.76)]))
    write(grounded, "site", site_feature("bbbbbbbb", locations=[point(46.76, 39.77)]))
    write(grounded, "site", site_feature("cccccccc", locations=[point(45.0, 40.0)]))
    browser = client(grounded)
    held = browser.get("/where/sites?box=46,39,47,40").json()
    assert [site["id"] for site in held["sites"]] == ["aaaaaaaa", "bbbbbbbb"]
    assert held["sites"][0]["at"] == [46.75, 39.76]
    other = browser.get("/where/sites?box=46,39,47,40&but=aaaaaaaa").json()
    assert [site["id"] for site in other["sites"]] == ["bbbbbbbb"]


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "1,2,3,inf"])
def test_a_box_that_is_none_is_refused(browser: TestClient, box: str) -> None:
    assert browser.get(f"/where/sites?box={box}").status_code == 400


def test_the_map_is_told_what_the_app_reads_in_the_text_field(browser: TestClient) -> None:
    body = {"_where": SHAPE, SHAPE: "39°45′29″N 46°45′04″E"}
    answer = browser.post("/where", data=body).json()
    assert answer["point"] == pytest.approx([46.7511, 39.758], abs=1e-4)
    assert answer["set"] == {}
    swapped = browser.post("/where", data=body | {SHAPE: "46.7512, 39.7581"}).json()
    assert swapped["instead"] == [46.7512, 39.7581]
    assert "take-point" in swapped["doubts"]


def test_only_the_answer_of_a_location_is_read_for_the_map(browser: TestClient) -> None:
    for path in ("", "properties.names.0.text", "x.locations.0.geometry.y", "../locations.0.geometry"):
        assert browser.post("/where", data={"_where": path}).status_code == 400


def test_a_hostile_name_is_shown_as_it_was_typed(browser: TestClient) -> None:
    nasty = '"><script>alert(1)</script>'
    data = {"_where": SHAPE, PLACE: nasty, TAKEN: nasty, SHAPE: nasty, "_form": nasty}
    answer = browser.post("/where", data=data | {"_action": f"find-place:{SHAPE}"}).json()
    assert "<script" not in answer["doubts"] + answer["choices"]


# The gazetteer's index.


def plainly_nearest(gazetteer: Gazetteer, n: int) -> int | None:
    here = gazetteer.settlements[n]
    rank = min(here.properties.rank, 5)
    spot = here.geometry.coordinates
    others = [x for x in gazetteer.settlements if x.properties.rank <= rank and x is not here]
    return min((round(distance_m(spot, x.geometry.coordinates)) for x in others), default=None)


def test_the_town_beside_a_settlement_is_the_nearest_of_all() -> None:
    gazetteer = read_gazetteer(SITES)
    for n in range(0, len(gazetteer.settlements), 97):
        settlement = gazetteer.settlements[n]
        names = [name for held in settlement.properties.names.values() for name in held]
        spot = tuple(settlement.geometry.coordinates)
        found = [x for x in find_places(names[0], gazetteer) if (x.longitude, x.latitude) == spot]
        beside = found[0].neighbour
        assert isinstance(beside, Neighbour)
        assert beside.distance_m == plainly_nearest(gazetteer, n)
