"""From a claim one step leads to the map, which shows the same sites in the same groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser import Reader
from heritage_registry.assessed import assessed_sites
from heritage_registry.comparison import compare
from heritage_registry.maps.page import map_page
from heritage_registry.pages.claims_page import map_link
from heritage_registry.public import public_claims
from heritage_registry.registry import read_registry

REAL = Path(__file__).parents[1] / "sites"

_COUNTS = """() => Object.fromEntries(
    [...document.querySelectorAll("#filters [data-facet=condition] label")]
        .map((label) => [label.querySelector("input").value, label.querySelector(".count").textContent])
        .map(([value, count]) => [value, Number(count)])
        .filter(([, count]) => count > 0)
)"""


@pytest.mark.browser
def test_the_map_reached_from_a_claim_counts_as_the_page_of_the_claim(chromium: Any, tmp_path: Path) -> None:
    real = read_registry(REAL)
    file = tmp_path / "index.html"
    file.write_text(map_page(real), "utf-8")
    rows, claims = assessed_sites(real), public_claims(real.claims.values())
    found = [compare(claim, rows, claims, real.config.areas) for claim in claims]
    works = [x for x in found if x.latest.groups["works_since"]]
    assert works
    chosen = {x.claim: x for x in (*works[:3], *(x for x in found if x.sites))}
    reader = Reader(chromium, file)
    for comparison in list(chosen.values())[:8]:
        reader.open(map_link(comparison, "en").removeprefix("index.html"))
        assert reader.state()["shown"] == len(comparison.sites), comparison.claim
        reader.page.evaluate("document.querySelector('#filters [data-facet=condition]').open = true")
        reader.rest()
        expected = {group: len(ids) for group, ids in comparison.latest.groups.items() if ids}
        assert reader.page.evaluate(_COUNTS) == expected, comparison.claim
    assert reader.complaints == []
    reader.page.context.close()
