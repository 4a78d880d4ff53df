"""The table: one row a public site, every column documented."""

from pathlib import Path

from geopandas import GeoDataFrame

from conftest import CITED, named, report, site_feature, source, write
from heritage_registry.public import public_view
from heritage_registry.registry import read_registry
from heritage_registry.table import COLUMNS, sites_table


def table(registry: Path, language: str = "en") -> GeoDataFrame:
    read = read_registry(registry)
    return sites_table(public_view(read.sites.values()), read.sources, language)


def test_there_is_one_row_a_site_ordered_by_id_in_wgs_84(registry: Path) -> None:
    write(registry, "site", site_feature("zzzzzzz0"))
    write(registry, "site", site_feature("aaaaaaa0"))
    made = table(registry)
    assert list(made["id"]) == ["aaaaaaa0", "zzzzzzz0"]
    assert list(made.columns) == list(COLUMNS)
    assert made.crs.to_epsg() == 4326


def test_a_row_tells_the_condition_with_its_basis_and_the_bracket(registry: Path) -> None:
    reports = [report(1, "no_visible_damage", "2003-05"), report(2, "destroyed", "2009-10-02")]
    write(registry, "site", site_feature(reports=reports, places=[("Şuşa", "az"), ("Շուշի", "hy")]))
    row = table(registry, "ru").iloc[0]
    assert row["condition"] == "destroyed"
    assert row["condition_label"] == "Полностью разрушено"
    assert row["condition_seen"] == "2009-10-02"
    assert row["condition_reports"] == "r2"
    assert row["last_seen_undamaged"] == "2003-05-01"
    assert row["first_seen_damaged"] == "2009-10-02"
    assert row["reports"] == 2
    assert row["independent_lines"] == 1
    assert row["sources"] == "survey-2021"
    assert row["places"] == "Şuşa; Շուշի"
    assert not row["contested"]
    assert (row.geometry.x, row.geometry.y) == (46.7512, 39.7581)
    assert row["uncertainty_m"] == 100


def test_a_denial_makes_a_row_contested_and_says_in_what(registry: Path) -> None:
    denial = {
        "according_to": "Ministry",
        "stance": "denies",
        "element": "cause",
        "scope": "this_site",
        "summary": {"en": "The ministry denies it."},
        "citations": CITED,
    }
    write(registry, "site", site_feature(reports=[report(responses=[denial])]))
    row = table(registry).iloc[0]
    assert row["contested"]
    assert row["contested_elements"] == "cause"


def test_names_in_the_readers_language_come_first_and_all_are_kept(registry: Path) -> None:
    names = [named("Old Mosque"), named("Köhnə məscid", "az")]
    write(registry, "site", site_feature(names=names))
    row = table(registry, "az").iloc[0]
    assert (row["name"], row["name_language"]) == ("Köhnə məscid", "az")
    assert row["names"] == "Old Mosque; Köhnə məscid"


def test_communities_said_and_denied_stand_apart(registry: Path) -> None:
    attributions = [
        {"community": "armenian", "stance": "asserts", "citations": CITED},
        {"community": "azerbaijani", "stance": "denies", "citations": CITED},
    ]
    write(registry, "site", site_feature(attributions=attributions))
    row = table(registry).iloc[0]
    assert (row["communities"], row["communities_denied"]) == ("armenian", "azerbaijani")


def test_a_site_without_a_location_has_a_row_without_a_shape(registry: Path) -> None:
    write(registry, "site", site_feature(locations=[]))
    row = table(registry).iloc[0]
    assert row.geometry is None
    assert row["location_of"] is None


def test_a_repeated_report_is_one_independent_line(registry: Path) -> None:
    write(registry, "source", source("reprint-2022", derives_from=["survey-2021"]))
    reports = [report(1), report(2, citations=[{"source": "reprint-2022"}])]
    write(registry, "site", site_feature(reports=reports))
    assert table(registry).iloc[0]["independent_lines"] == 1


def test_only_published_sites_have_a_row(registry: Path) -> None:
    write(registry, "site", site_feature(status="draft", status_reason="Not reviewed yet"))
    made = table(registry)
    assert len(made) == 0
    assert list(made.columns) == list(COLUMNS)


def test_a_withheld_location_is_not_in_the_table(registry: Path) -> None:
    feature = site_feature(locations=[], sensitivity="withheld", sensitivity_reason="Graves are open.")
    write(registry, "site", feature)
    row = table(registry).iloc[0]
    assert row.geometry is None
    assert row["sensitivity"] == "withheld"


def test_damage_seen_on_a_day_not_known_has_no_day(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report(observed="1992/..")]))
    row = table(registry).iloc[0]
    assert row["condition"] == "destroyed"
    assert row["condition_seen"] is None
    assert row["first_seen_damaged"] is None
