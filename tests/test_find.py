"""Finding: one place answers in every script and spelling, and the best answer comes first."""

from pathlib import Path

import pytest

from conftest import named, site_feature, source, write
from heritage_registry.errors import RecordNotFound
from heritage_registry.find import find_one_or_more, find_sites, names_for
from heritage_registry.registry import Registry, read_registry


@pytest.fixture
def places(registry: Path) -> Registry:
    monastery = [named("Գանձասար", "hy"), named("Gandzasar monastery"), named("Gəncəsər", "az")]
    write(registry, "site", site_feature("gandzas0", names=monastery, type="monastery", community="armenian"))
    in_town = [("Şuşa", "az"), ("Շուշի", "hy")]
    write(
        registry,
        "site",
        site_feature("m0sqve00", names=[named("Yuxarı Gövhər Ağa məscidi", "az")], places=in_town),
    )
    write(registry, "site", site_feature("chvrch00", names=[named("Kanach Zham", "hy-Latn")], places=in_town))
    write(
        registry,
        "site",
        site_feature("mvsevm00", names=[named("Shusha museum")], places=in_town, type="museum"),
    )
    return read_registry(registry)


def ids(registry: Registry, query: str) -> list[str]:
    return [hit.site.id for hit in find_sites(query, registry.sites.values())]


@pytest.mark.parametrize("query", ["Գանձասար", "Gəncəsər", "Гандзасар", "Gandzasar", "gandzasar monastery"])
def test_a_site_is_found_by_its_name_in_any_script(places: Registry, query: str) -> None:
    assert ids(places, query) == ["gandzas0"]


@pytest.mark.parametrize(
    "query", ["Şuşa", "ŞUŞA", "şuşa", "Shusha", "Shushi", "Շուշի", "Շուշիի", "Шуша", "Шуши"]
)
def test_a_town_leads_to_the_same_sites_whatever_its_spelling(places: Registry, query: str) -> None:
    assert ids(places, query) == ["mvsevm00", "chvrch00", "m0sqve00"]


def test_a_site_of_that_name_comes_before_sites_in_a_place_of_that_name(places: Registry) -> None:
    hits = find_sites("Shusha", places.sites.values())
    assert hits[0].site.id == "mvsevm00"
    assert hits[0].score > hits[1].score


def test_equal_answers_are_ordered_by_name(places: Registry) -> None:
    hits = find_sites("Şuşa", places.sites.values())
    assert hits[1].score == hits[2].score
    assert [hit.site.properties.names[0].text for hit in hits[1:]] == [
        "Kanach Zham",
        "Yuxarı Gövhər Ağa məscidi",
    ]


def test_an_id_finds_its_site_alone(places: Registry) -> None:
    assert ids(places, "chvrch00") == ["chvrch00"]


def test_nothing_answers_to_a_name_nobody_uses(places: Registry) -> None:
    assert ids(places, "Reykjavik") == []
    with pytest.raises(
        RecordNotFound, match="no record has the id 'Reykjavik', and no site that name or place"
    ):
        find_one_or_more(places, "Reykjavik")


def test_a_source_is_found_by_its_key(registry: Path) -> None:
    write(registry, "source", source("other-2020"))
    found = find_one_or_more(read_registry(registry), "other-2020")
    assert [record.id for record in found] == ["other-2020"]


def test_the_readers_language_comes_first_and_the_rest_keep_their_order(places: Registry) -> None:
    site = places.sites["gandzas0"]
    assert [name.language for name in names_for(site, "az")] == ["az", "hy", "en"]
    assert [name.language for name in names_for(site, "ru")] == ["hy", "en", "az"]
