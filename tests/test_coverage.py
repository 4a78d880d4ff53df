"""The registry shows its own gaps, and the same figures for every side."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conftest import Json, claim, named, point, report, site_feature, source, write
from heritage_registry.assessed import AssessedSite
from heritage_registry.assessment import assess
from heritage_registry.coverage import (
    NOT_OBSERVED,
    NOT_RECORDED,
    Coverage,
    Figures,
    Value,
    coverage,
)
from heritage_registry.missing_work import Item
from heritage_registry.public import public_view
from heritage_registry.registry import Registry, read_registry

REAL = Path(__file__).parents[1] / "sites"


def covered(registry: Registry) -> Coverage:
    sites = public_view(list(registry.sites.values()))
    return coverage([AssessedSite(site, assess(site, registry.sources)) for site in sites], registry)


def of(directory: Path, *records: Json) -> Coverage:
    for record in records:
        write(directory, "site", record)
    return covered(read_registry(directory))


def values(found: Coverage, dimension: str) -> dict[str, Value]:
    return {value.id: value for one in found.dimensions if one.id == dimension for value in one.values}


def work(found: Coverage, kind: str) -> list[Item]:
    return [item for one in found.work if one.id == kind for item in one.items]


def in_district(site_id: str, *names: str, **fields: Any) -> Json:
    record = site_feature(site_id, **fields)
    record["properties"]["places"] = [
        {
            "level": "district",
            "names": [{"text": name, "language": "en"}],
            "citations": [{"source": "survey-2021"}],
        }
        for name in names
    ]
    return record


def test_a_site_is_located_at_the_monument_or_its_settlement_or_nowhere(registry: Path) -> None:
    found = of(
        registry,
        site_feature("a1111111"),
        site_feature("a2222222", locations=[point(of="settlement", method="gazetteer")]),
        site_feature("a3333333", locations=[]),
    )
    total = found.total
    assert (total.recorded, total.at_monument, total.at_settlement, total.not_located) == (3, 1, 1, 1)
    assert total.located == 2
    assert work(found, "no_location") == [Item("a3333333")]
    assert work(found, "location_of_settlement") == [Item("a2222222", ("settlement",))]


def test_only_a_dated_grade_of_the_whole_site_is_an_observation(registry: Path) -> None:
    found = of(
        registry,
        site_feature("a1111111", reports=[report()]),
        site_feature("a2222222", reports=[report(observed=None)]),
        site_feature("a3333333", reports=[report(part="The north minaret")]),
        site_feature("a4444444", reports=[report(condition="not_stated")]),
        site_feature("a5555555"),
    )
    assert (found.total.observed, found.total.reported, found.total.unreported) == (1, 4, 1)
    assert work(found, "no_report") == [Item("a5555555")]
    assert work(found, "undated_reports_only") == [Item("a2222222", ("r1",))]
    assert work(found, "never_graded") == [Item("a4444444", ("r1",))]
    assert [item.id for item in work(found, "dated_but_not_observed")] == ["a3333333", "a4444444"]


def test_both_communities_get_the_same_figures_and_a_site_of_both_counts_for_both(registry: Path) -> None:
    cited = [{"source": "survey-2021"}]
    both = [{"community": x, "stance": "asserts", "citations": cited} for x in ("armenian", "azerbaijani")]
    found = values(
        of(
            registry,
            site_feature("a1111111", community="armenian"),
            site_feature("a2222222", community="azerbaijani"),
            site_feature("a3333333", attributions=both),
            site_feature("a4444444", community=None),
        ),
        "community",
    )
    assert {key: value.figures.recorded for key, value in found.items()} == {
        "armenian": 2,
        "azerbaijani": 2,
        NOT_RECORDED: 1,
    }
    assert found["armenian"].figures == found["azerbaijani"].figures


def test_a_community_of_the_registry_without_any_site_is_shown_with_zeros(registry: Path) -> None:
    found = values(of(registry, site_feature("a1111111", community="azerbaijani")), "community")
    assert found["armenian"].figures.recorded == 0


def test_spellings_of_one_district_are_one_row_and_other_names_another(registry: Path) -> None:
    found = values(
        of(
            registry,
            in_district("a1111111", "Ağdam"),
            in_district("a2222222", "Aghdam District", "Ağdam (as the gazetteer has it)"),
            in_district("a3333333", "Kashatagh region", "Lachin"),
            site_feature("a4444444"),
        ),
        "district",
    )
    rows = {value.spellings: value.figures.recorded for value in found.values()}
    assert rows == {
        (("Ağdam", "en"), ("Aghdam", "en")): 2,
        (("Kashatagh", "en"),): 1,
        (("Lachin", "en"),): 1,
        (): 1,
    }
    assert found[NOT_RECORDED].figures.recorded == 1


def test_evidence_and_party_are_counted_by_site_at_the_origin_of_the_reports(registry: Path) -> None:
    write(registry, "source", source("ministry", affiliation="government", party="azerbaijan"))
    write(registry, "source", source("paper", affiliation="media", derives_from=["ministry"]))
    repeated = report(2, evidence={"type": "press"}, citations=[{"source": "paper"}])
    found = of(
        registry,
        site_feature("a1111111", reports=[report(), repeated]),
        site_feature("a2222222", reports=[repeated, report(3, citations=[{"source": "ministry"}])]),
    )
    assert found.total.evidence == {"satellite_imagery": 2, "press": 2}
    assert found.total.affiliation == {"government": 2, "academic": 1}
    assert found.total.party == {"azerbaijan": 2, "none": 1}
    assert found.total.single_source == 1
    assert work(found, "single_source") == [Item("a2222222", ("ministry",))]


def test_an_encyclopedia_alone_is_no_origin(registry: Path) -> None:
    write(registry, "source", source("wiki", kind="encyclopedia", affiliation="encyclopedia"))
    found = of(registry, site_feature("a1111111", reports=[report(citations=[{"source": "wiki"}])]))
    assert (found.total.single_source, found.total.without_origin) == (0, 1)
    assert work(found, "without_origin") == [Item("a1111111", ("r1",))]


def test_a_period_counts_the_sites_seen_in_it_with_the_reports_of_that_time_alone(registry: Path) -> None:
    write(registry, "source", source("visit", affiliation="media", party="armenia"))
    early = report(
        2, "no_visible_damage", "2005", citations=[{"source": "visit"}], evidence={"type": "site_visit"}
    )
    found = values(
        of(registry, site_feature("a1111111", reports=[report(), early]), site_feature("a2222222")),
        "period",
    )
    assert found["years_2020_2023"].figures.recorded == 1
    assert found["years_2020_2023"].figures.evidence == {"satellite_imagery": 1}
    assert found["years_2020_2023"].figures.party == {"none": 1}
    assert found[NOT_OBSERVED].figures.recorded == 1


def test_drafts_are_counted_and_not_named(registry: Path) -> None:
    draft = site_feature("a1111111", status="draft", status_reason="No source was read.", locations=[])
    found = of(registry, draft, site_feature("a2222222"))
    assert found.drafts == 1
    assert found.total.recorded == 1
    assert "a1111111" not in repr(found)


def test_names_missing_in_a_language_of_the_readers_are_told(registry: Path) -> None:
    names = [named("Old Mosque"), named("Köhnə məscid", "az"), named("Hin mzkit", "hy-Latn")]
    found = of(registry, site_feature("a1111111", names=names))
    assert work(found, "names_missing") == [Item("a1111111", ("hy", "ru"))]


def test_a_claim_that_only_a_repeating_source_tells_is_told(registry: Path) -> None:
    write(registry, "source", source("report-7"))
    write(registry, "source", source("paper", derives_from=["report-7"], URL="https://example.org/1"))
    write(registry, "claim", claim("c1a1m000", citations=[{"source": "paper"}]))
    write(registry, "claim", claim("c2222222", citations=[{"source": "paper"}, {"source": "report-7"}]))
    found = covered(read_registry(registry))
    assert work(found, "claims_at_second_hand") == [Item("c1a1m000", ("report-7",))]
    assert [item.id for item in work(found, "source_without_address")] == ["report-7", "survey-2021"]


# The real registry, counted again from its files with no code of the package.


@pytest.fixture(scope="module")
def real() -> Coverage:
    return covered(read_registry(REAL))


def published() -> list[Json]:
    records = [json.loads(path.read_text("utf-8")) for path in sorted((REAL / "records").glob("*.geojson"))]
    return [record for record in records if record["properties"]["status"] == "published"]


def all_figures(found: Coverage) -> list[Figures]:
    return [found.total, *(value.figures for one in found.dimensions for value in one.values)]


def test_parts_of_every_row_add_up(real: Coverage) -> None:
    for one in all_figures(real):
        assert one.at_monument + one.at_settlement + one.not_located == one.recorded
        assert one.reported + one.unreported == one.recorded
        assert one.single_source + one.without_origin <= one.reported
        assert max(one.evidence.values(), default=0) <= one.reported
        assert one.reported <= sum(one.evidence.values())


def test_every_site_is_in_a_row_of_every_dimension(real: Coverage) -> None:
    for one in real.dimensions:
        assert sum(value.figures.recorded for value in one.values) >= real.total.recorded, one.id


def test_rows_of_the_registry_are_those_of_its_files(real: Coverage) -> None:
    communities: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for record in published():
        properties = record["properties"]
        types.update({x["type"] for x in properties["types"]})
        asserted = {x["community"] for x in properties.get("attributions", []) if x["stance"] == "asserts"}
        communities.update(asserted or {NOT_RECORDED})
    for dimension, counted in (("community", communities), ("type", types)):
        rows = {key: value.figures.recorded for key, value in values(real, dimension).items()}
        assert {key: count for key, count in rows.items() if count} == counted
    without = sum(
        all(x["level"] != "district" for x in record["properties"].get("places", []))
        for record in published()
    )
    assert values(real, "district")[NOT_RECORDED].figures.recorded == without


def test_totals_of_the_registry_are_those_of_its_files(real: Coverage) -> None:
    sites = published()
    assert real.total.recorded == len(sites)
    assert real.total.not_located == sum(site["geometry"] is None for site in sites)
    assert real.total.unreported == sum(not site["properties"].get("reports") for site in sites)
    evidence = Counter(
        word
        for site in sites
        for word in {x["evidence"]["type"] for x in site["properties"].get("reports", [])}
    )
    assert real.total.evidence == evidence
    drafts = len(list((REAL / "records").glob("*.geojson"))) - len(sites)
    assert real.drafts <= drafts


def test_lists_of_missing_work_agree_with_the_figures(real: Coverage) -> None:
    total = real.total
    assert len(work(real, "no_location")) == total.not_located
    assert len(work(real, "location_of_settlement")) == total.at_settlement
    assert len(work(real, "no_report")) == total.unreported
    assert len(work(real, "single_source")) == total.single_source
    assert len(work(real, "without_origin")) == total.without_origin


def test_every_list_of_missing_work_gives_its_reason(real: Coverage) -> None:
    assert all(
        one.reason.endswith(".") and one.folder in ("records", "sources", "claims") for one in real.work
    )
    assert len({one.id for one in real.work}) == len(real.work)
