"""The same place already? Measured on the registry's own sites, and the rules one by one on made-up ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from conftest import named, point, site_feature
from heritage_registry.duplicates import (
    Candidate,
    DuplicateIndex,
    Likeness,
    candidate_of,
    index_sites,
    likely_duplicates,
    places_beside,
)
from heritage_registry.find import place_names
from heritage_registry.gazetteer import read_gazetteer
from heritage_registry.likeness import specific
from heritage_registry.parts import Point
from heritage_registry.registry import Registry, read_registry
from heritage_registry.shapes import distance_m
from heritage_registry.site import Site

SITES = Path(__file__).parents[1] / "sites"
PAIRS: list[dict[str, str]] = json.loads(
    (Path(__file__).parent / "data" / "overlapping_sites.json").read_text("utf-8")
)
KINDS = {
    "az": ("kilsəsi", "məscidi"),
    "en": ("church", "mosque"),
    "hy": ("եկեղեցի", "մզկիթ"),
    "ru": ("церковь", "мечеть"),
}


@pytest.fixture(scope="module")
def registered() -> Registry:
    return read_registry(SITES)


@pytest.fixture(scope="module")
def index(registered: Registry) -> DuplicateIndex:
    return index_sites(registered.sites.values())


Shown = Callable[[Candidate, DuplicateIndex, str], set[str]]


def first_sites(candidate: Candidate, index: DuplicateIndex, own: str) -> set[str]:
    """Return the first three sites as if the one that is entered were not in the registry."""
    return set([x.site for x in likely_duplicates(candidate, index, 4) if x.site != own][:3])


def first_places(candidate: Candidate, index: DuplicateIndex, own: str) -> set[str]:
    """Return the sites of the first three places, likewise."""
    places = [{x.site for x in place} - {own} for place in places_beside(candidate, index, 4)]
    return set[str]().union(*[place for place in places if place][:3])


def entries_that_show_the_other(
    registered: Registry, index: DuplicateIndex, shown: Shown, *, whole: bool
) -> list[list[bool]]:
    """Enter each name of each site of a pair, with its location and, if `whole`, its types and places."""
    pairs = []
    for pair in PAIRS:
        entries = []
        for own, other in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
            full = candidate_of(registered.sites[own])
            for name in full.names:
                candidate = replace(full, names=(name,))
                if not whole:
                    candidate = replace(candidate, types=(), places=())
                entries.append(other in shown(candidate, index, own))
        pairs.append(entries)
    return pairs


@pytest.mark.parametrize(
    ("shown", "whole", "least"),
    [
        (first_sites, False, (248, 64)),
        (first_sites, True, (252, 64)),
        (first_places, False, (284, 67)),
        (first_places, True, (282, 67)),
    ],
)
def test_a_name_and_a_location_show_the_touching_site_among_three(
    registered: Registry, index: DuplicateIndex, shown: Shown, whole: bool, least: tuple[int, int]
) -> None:
    found = entries_that_show_the_other(registered, index, shown, whole=whole)
    assert sum(map(len, found)) == 313
    entries, pairs = sum(map(sum, found)), sum(map(any, found))
    assert entries >= least[0]
    assert pairs >= least[1]


def test_a_site_entered_again_by_any_of_its_names_is_warned_of(
    registered: Registry, index: DuplicateIndex
) -> None:
    warned = []
    for site in registered.sites.values():
        full = candidate_of(site)
        for name in full.names:
            again = likely_duplicates(replace(full, names=(name,), types=(), places=()), index, 3)
            warned.append(any(x.site == site.id and x.is_warning for x in again))
    assert sum(warned) / len(warned) >= 0.97


def unrelated_places(registered: Registry) -> list[Candidate]:
    """Return churches and mosques named after settlements near sites that no record has a word of."""
    sites = registered.sites.values()
    texts = {
        text for site in sites for text in (*place_names(site), *(n.text for n in site.properties.names))
    }
    known = {word for text in texts for word in specific(text)}
    spots = [site.geometry.coordinates for site in sites if isinstance(site.geometry, Point)]
    found = []
    for settlement in read_gazetteer(SITES).settlements:
        spot, names = settlement.geometry.coordinates, settlement.properties.names
        words = {word for held in names.values() for name in held for word in specific(name)}
        if words & known or min(distance_m(spot, other) for other in spots) > 15_000:
            continue
        for language, kinds in KINDS.items():
            for name in names.get(language, ())[:1]:
                found += [Candidate((f"{name} {kind}",), geometry=Point(coordinates=spot)) for kind in kinds]
    return found


@pytest.mark.parametrize(("location_of", "uncertainty_m"), [("settlement", 2_000), ("monument", 100)])
def test_of_two_hundred_unrelated_places_nearby_ten_at_most_raise_a_warning(
    registered: Registry, index: DuplicateIndex, location_of: str, uncertainty_m: int
) -> None:
    drawn = random.Random(1).sample(unrelated_places(registered), 200)
    entered = [replace(x, location_of=location_of, uncertainty_m=uncertainty_m) for x in drawn]
    assert sum(x.is_warning for e in entered for x in likely_duplicates(e, index, 1)) <= 10


def test_the_pairs_are_of_the_registry_and_told_once(registered: Registry) -> None:
    pairs = [frozenset((pair["a"], pair["b"])) for pair in PAIRS]
    assert len(set(pairs)) == len(pairs)
    assert frozenset().union(*pairs) <= registered.sites.keys()


def made(site_id: str, name: str, **fields: Any) -> Site:
    feature = site_feature(site_id, names=[named(name)], **fields)
    return msgspec.convert(feature, Site)


def at(longitude: float, latitude: float = 39.76) -> Point:
    return Point(coordinates=(longitude, latitude))


def best(candidate: Candidate, *sites: Site) -> Likeness:
    return likely_duplicates(candidate, index_sites(sites))[0]


GANDZASAR = made("gandzas0", "Gandzasar", type="monastery", locations=[point(46.5306, 40.0569)])


@pytest.mark.parametrize("name", ["Գանձասար", "Гандзасар", "Gəndzəsər monastırı", "Gandzassar"])
def test_a_name_in_another_script_is_warned_of_without_a_location(name: str) -> None:
    found = best(Candidate((name,)), GANDZASAR)
    assert found.is_warning
    assert found.distance_m is None
    assert found.reasons[0].kind in ("same_name", "similar_name")
    assert (found.reasons[0].ours, found.reasons[0].theirs) == (name, "Gandzasar")


def test_two_surveyed_points_of_one_kind_ten_metres_apart_are_warned_of_whatever_the_names() -> None:
    old = made("m0sqve00", "Old", locations=[point(46.75)])
    found = best(Candidate(("Juma",), ("mosque",), at(46.7501, 39.7581), uncertainty_m=100), old)
    assert found.is_warning
    assert [reason.kind for reason in found.reasons] == ["distance", "same_type"]
    assert found.distance_m == found.reasons[0].metres == 9


def test_sites_at_one_point_are_one_place_beside_the_entered_one_unless_they_are_warned_of() -> None:
    town = [point(46.75, of="settlement", uncertainty_m=2_000)]
    mosques = [made(f"m0sqve0{n}", name, locations=town) for n, name in enumerate(("Saatli", "Julfalar"))]
    bridge = made("br1dge00", "Qirx", type="bridge", locations=[point(46.76)])
    index = index_sites([*mosques, bridge])
    beside = places_beside(Candidate(("Vaqif",), geometry=at(46.75)), index)
    assert [[x.site for x in place] for place in beside] == [["m0sqve00", "m0sqve01"], ["br1dge00"]]
    again = places_beside(Candidate(("Saatlı məscidi",), geometry=at(46.75)), index)
    assert [[x.site for x in place] for place in again] == [["m0sqve00"], ["m0sqve01"], ["br1dge00"]]


def test_ground_that_others_stand_on_is_shown_before_what_stands_as_near() -> None:
    fortress = made("fertress", "Qala", type="fortress", locations=[point(46.76)])
    mosque = made("m0sqve00", "Juma", locations=[point(46.755)])
    entered = Candidate(("Vaqif",), ("library",), at(46.75))
    assert [x.site for x in likely_duplicates(entered, index_sites([mosque, fortress]))] == [
        "fertress",
        "m0sqve00",
    ]


def test_a_neighbour_is_shown_before_a_distant_site_of_the_same_kind() -> None:
    church = made("chvrch00", "Surb Harutyun", type="church", locations=[point(46.7501)])
    mosque = made("m0sqve00", "Juma", locations=[point(46.85)])
    entered = Candidate(("Vaqif",), ("mosque",), at(46.75), uncertainty_m=3_000)
    assert likely_duplicates(entered, index_sites([church, mosque]))[0].site == "chvrch00"


def test_two_sites_at_the_point_of_one_town_are_not_warned_of_for_that() -> None:
    town = [point(46.75, of="settlement", uncertainty_m=2_000)]
    old = made("m0sqve00", "Old", locations=town)
    entered = Candidate(("Juma",), ("mosque",), at(46.75, 39.7581), "settlement", 2_000)
    found = best(entered, old)
    assert not found.is_warning
    assert [reason.kind for reason in found.reasons] == ["near_settlement", "same_type"]


def test_one_saint_in_two_distant_places_is_shown_and_not_warned_of() -> None:
    saint = made("chvrch00", "Surb Amenaprkich", type="church", locations=[point(45.4)])
    found = best(Candidate(("Surb Amenaprkich",), ("church",), at(47.2)), saint)
    assert not found.is_warning
    assert found.reasons[0].kind == "same_name"
    assert found.distance_m is not None
    assert found.distance_m > 150_000


def test_a_word_of_one_site_says_more_than_a_word_of_many() -> None:
    def sites(bearers: int) -> list[Site]:
        return [made(f"k7m2q9{n:02d}", f"Tigran {'abcdefgh'[n]}ortan") for n in range(bearers)]

    assert best(Candidate(("Tigran",)), *sites(1)).score > best(Candidate(("Tigran",)), *sites(8)).score


def test_a_name_of_settlement_and_kind_is_warned_of_for_the_same_kind_only() -> None:
    place = [("Talış", "az")]
    town = [point(46.74, of="settlement", uncertainty_m=2_000)]
    cemetery = made("cemeter0", "Talish cemetery", type="cemetery", places=place, locations=town)
    entered = Candidate(("Talış qəbiristanlığı",), geometry=at(46.74), location_of="settlement")
    assert best(entered, cemetery).is_warning
    bridge = replace(entered, names=("Talış körpüsü",))
    assert not best(bridge, cemetery).is_warning
    assert "same_settlement" in [reason.kind for reason in best(bridge, cemetery).reasons]


def test_a_related_kind_is_told_with_both_words() -> None:
    found = best(Candidate(("Gandzasar",), ("church",)), GANDZASAR)
    reason = found.reasons[-1]
    assert (reason.kind, reason.ours, reason.theirs) == ("related_type", "church", "monastery")


def test_a_location_that_is_marked_implausible_does_not_count() -> None:
    wrong = point(46.75, standing="implausible", reason="in the sea")
    site = made("m0sqve00", "Gandzasar", locations=[wrong])
    assert best(Candidate(("Gandzasar",), geometry=at(46.75)), site).distance_m is None


def test_the_distance_to_a_shape_is_that_to_its_nearest_edge() -> None:
    wall = {"type": "LineString", "coordinates": [[46.75, 39.70], [46.75, 39.80]]}
    site = made("fertress", "Wall", type="fortress", locations=[point(geometry=wall)])
    assert best(Candidate(geometry=at(46.76)), site).distance_m == pytest.approx(855, abs=10)


def test_sites_on_both_sides_of_the_date_line_are_near() -> None:
    site = made("k7m2q9x4", "East", locations=[point(179.999, 39.76)])
    assert best(Candidate(geometry=at(-179.999)), site).distance_m == pytest.approx(171, abs=3)


def test_a_name_in_a_script_without_a_table_is_compared_as_it_is() -> None:
    site = made("k7m2q9x4", "クジャドゾル", locations=[])
    assert best(Candidate(("クジャドゾル",)), site).is_warning


def test_nothing_typed_shows_nothing_and_an_empty_registry_has_no_likeness() -> None:
    assert likely_duplicates(Candidate(), index_sites([GANDZASAR])) == []
    assert likely_duplicates(candidate_of(GANDZASAR), index_sites([])) == []


def test_the_order_of_the_sites_does_not_change_the_answer(
    registered: Registry, index: DuplicateIndex
) -> None:
    backwards = index_sites(list(registered.sites.values())[::-1])
    for site in list(registered.sites.values())[::8]:
        entered = replace(candidate_of(site), types=())
        assert likely_duplicates(entered, index) == likely_duplicates(entered, backwards)
