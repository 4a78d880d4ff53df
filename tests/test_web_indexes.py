"""What is kept of all records stays what it would be if it were worked out anew, whatever changes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from heritage_registry.citation import cited_keys
from heritage_registry.duplicates import candidate_of, index_sites, likely_duplicates, updated_index
from heritage_registry.find import find_sites, names_for
from heritage_registry.registry import read_registry
from heritage_registry.site import Name, Site
from heritage_registry.web.looking import site_finder
from heritage_registry.web.looking.indexes import CitersIndex, Latest, Order, PerRecord, changed_between

PROJECT_REGISTRY = Path(__file__).parents[1] / "sites"


@pytest.fixture(scope="module")
def sites() -> Mapping[str, Site]:
    return read_registry(PROJECT_REGISTRY).sites


def changed(rng: random.Random, sites: Mapping[str, Site], all_sites: Mapping[str, Site]) -> dict[str, Site]:
    """Give some sites the names of others, take some away and bring some back."""
    left = dict(sites)
    for key in rng.sample(list(left), 5):
        names = rng.choice(list(all_sites.values())).properties.names
        left[key] = replace(left[key], properties=replace(left[key].properties, names=names))
    for key in rng.sample(list(left), 3):
        del left[key]
    for key in rng.sample(list(all_sites), 3):
        left.setdefault(key, all_sites[key])
    return {key: left[key] for key in sorted(left)}


@pytest.mark.parametrize("seed", range(3))
def test_orders_citers_and_values_follow_every_change(sites: Mapping[str, Site], seed: int) -> None:
    rng = random.Random(seed)
    order = Order(lambda site: names_for(site, "hy")[0].text)
    citers, counts = CitersIndex(), PerRecord[Site, int](lambda site: len(site.properties.names))
    now = sites
    for _ in range(4):
        assert list(order.of(now)) == sorted(now, key=lambda key: order.rank(now[key]))
        held = citers.of(now)
        for source in {key for site in now.values() for key in cited_keys(site)}:
            assert list(held[source]) == [key for key, site in now.items() if source in cited_keys(site)]
            assert held.count(source) == len(held[source])
        assert dict(counts.of(now)) == {key: len(site.properties.names) for key, site in now.items()}
        now = changed(rng, now, sites)


@pytest.mark.parametrize("seed", range(3))
def test_likely_duplicates_follow_every_change(sites: Mapping[str, Site], seed: int) -> None:
    rng = random.Random(seed)
    now, index = sites, index_sites(sites.values())
    for _ in range(3):
        then = changed(rng, now, sites)
        new, gone = changed_between(now, then)
        index, now = updated_index(index, [then[key] for key in new], gone), then
        fresh = index_sites(now.values())
        for site in rng.sample(list(sites.values()), 25):
            candidate = candidate_of(site)
            assert likely_duplicates(candidate, index) == likely_duplicates(candidate, fresh)


def test_a_search_asks_fewer_sites_and_finds_the_same(
    sites: Mapping[str, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_finder, "_FEW", 0)
    finder = site_finder.SiteFinder()
    rng = random.Random(1)
    names: list[Name] = [name for site in sites.values() for name in site.properties.names]
    queries = [name.text for name in rng.sample(names, 60)]
    queries += [text[:4] for text in queries[:15]] + [text.replace("a", "o", 1) for text in queries[:15]]
    queries += ["mosques", "church in Shusha", "Şuşa", "Шуша", "Gandzasar", "xyzzy", "", "kirche", "khachkar"]
    queries += list(sites)[:2]
    now = sites
    for n, query in enumerate(queries):
        if n == 40:
            now = changed(rng, sites, sites)
        worth = finder.worth_asking(query, now)
        assert worth is not None
        found = find_sites(query, [site for key, site in now.items() if key in worth])
        assert found == find_sites(query, now.values()), query


def test_what_takes_long_is_shown_as_it_was_until_the_next_is_there() -> None:
    latest: Latest[str] = Latest()
    assert latest.get(1, lambda: "one").value == "one"
    assert latest.get(1, lambda: "not asked").value == "one"
    found = latest.get(2, lambda: "two")
    assert (found.value, found.is_current) == ("two", True)
    assert latest.outdated(2) is None
    assert latest.outdated(3) == found.made
