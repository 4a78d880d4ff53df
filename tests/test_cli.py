"""The command line: what it prints, how it exits, and what it writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import CITED, claim, heritage, named, report, site_feature, source, write
from heritage_registry.cli import main

MONASTERY = [named("Գանձասար", "hy"), named("Gandzasar monastery"), named("Gəncəsər", "az")]
DENIAL = {
    "according_to": "Ministry of Culture",
    "stance": "denies",
    "element": "cause",
    "scope": "this_site",
    "summary": {"en": "The ministry denies that it was demolished."},
    "citations": CITED,
    "date": "2021-06",
    "party": "azerbaijan",
}


def test_check_says_how_many_records_it_checked(registry: Path) -> None:
    write(registry, "site", site_feature())
    result = heritage(registry, "check")
    assert result.stdout == "Checked 1 site, 1 source, 0 claims: no problems.\n"
    assert result.exit_code == 0


def test_check_tells_all_problems_of_all_records_with_their_lines(registry: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", type="castle"))
    write(registry, "site", site_feature("zzzzzzz0", status="draft"))
    result = heritage(registry, "check")
    first, second = result.stdout.splitlines()
    assert first.startswith("records/aaaaaaa0.geojson:26: properties.types.0.type: 'castle' is not one of ")
    assert second == (
        "records/zzzzzzz0.geojson:11: properties.status_reason: is missing; "
        "say what a draft still lacks before it can be published"
    )
    assert result.stderr == "2 problems in 2 files.\n"
    assert result.exit_code == 1


def test_other_commands_refuse_a_registry_with_problems_and_tell_them(registry: Path) -> None:
    write(registry, "site", site_feature(status="draft"))
    result = heritage(registry, "map")
    assert result.exit_code == 1
    assert "properties.status_reason: is missing; " in result.stderr
    assert result.stderr.endswith("\n1 problem.\n")


def test_a_folder_that_is_no_registry_is_said_to_be_none(tmp_path: Path) -> None:
    result = heritage(tmp_path, "check")
    assert result.stderr == (
        f"Error: {tmp_path} holds no registry.toml; "
        f"run 'heritage init {tmp_path}' to start a registry there\n"
    )
    assert result.exit_code == 1


def test_the_current_folder_or_its_sites_folder_is_the_registry(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (registry, registry.parent):
        monkeypatch.chdir(folder)
        assert CliRunner().invoke(main, ["check"]).exit_code == 0


def test_the_environment_can_name_the_registry(registry: Path) -> None:
    result = CliRunner(env={"HERITAGE_REGISTRY": str(registry)}).invoke(main, ["check"])
    assert result.exit_code == 0


def test_format_rewrites_records_and_lists_them(registry: Path) -> None:
    canonical = write(registry, "site", site_feature()).read_bytes()
    path = registry / "records" / "k7m2q9x4.geojson"
    path.write_text(json.dumps(json.loads(canonical)), "utf-8")
    would = heritage(registry, "format", "--check")
    assert (would.stdout, would.stderr, would.exit_code) == (f"{path}\n", "1 file would change.\n", 1)
    assert path.read_bytes() != canonical
    done = heritage(registry, "format")
    assert (done.stdout, done.stderr, done.exit_code) == (f"{path}\n", "1 file changed.\n", 0)
    assert path.read_bytes() == canonical
    again = heritage(registry, "format", "--check")
    assert (again.stdout, again.stderr, again.exit_code) == ("", "0 files would change.\n", 0)


@pytest.mark.parametrize("query", ["Գանձասար", "Gəncəsər", "Гандзасар", "Gandzasar"])
def test_list_finds_a_site_by_its_name_in_any_script(registry: Path, query: str) -> None:
    write(registry, "site", site_feature("gandzas0", names=MONASTERY, type="monastery", community="armenian"))
    write(registry, "site", site_feature())
    result = heritage(registry, "list", query)
    assert result.stdout == ("gandzas0  Gandzasar monastery (Գանձասար; Gəncəsər): Monastery, Not graded\n")
    assert result.stderr == "1 site.\n"


def test_list_shows_the_readers_language_first_and_marks_what_is_contested(registry: Path) -> None:
    names = [named("Old Mosque"), named("Köhnə məscid", "az")]
    write(registry, "site", site_feature(names=names, reports=[report(responses=[DENIAL])]))
    result = heritage(registry, "list", "--language", "az")
    assert result.stdout == "k7m2q9x4  Köhnə məscid (Old Mosque): Məscid, Tamamilə dağılmış, contested\n"


def test_list_filters_by_community_type_condition_and_status(registry: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", type="church", community="armenian", reports=[report()]))
    write(registry, "site", site_feature("bbbbbbb0"))
    write(registry, "site", site_feature("ccccccc0", status="draft", status_reason="Not reviewed yet"))

    def found(*flags: str) -> list[str]:
        return [row["id"] for row in json.loads(heritage(registry, "list", "--json", *flags).stdout)]

    assert found() == ["aaaaaaa0", "bbbbbbb0", "ccccccc0"]
    assert found("--community", "armenian") == ["aaaaaaa0"]
    assert found("--type", "mosque") == ["bbbbbbb0", "ccccccc0"]
    assert found("--condition", "destroyed") == ["aaaaaaa0"]
    assert found("--condition", "none", "--status", "published") == ["bbbbbbb0"]
    assert found("--status", "draft") == ["ccccccc0"]


def test_list_names_the_communities_there_are(registry: Path) -> None:
    result = heritage(registry, "list", "--community", "martian")
    assert "'martian' is not one of armenian, azerbaijani" in result.stderr
    assert result.exit_code == 2


def test_list_says_when_nothing_answers(registry: Path) -> None:
    result = heritage(registry, "list", "Reykjavik")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "No site found.\n", 0)


def test_list_as_json_holds_what_the_line_says(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    assert json.loads(heritage(registry, "list", "--json").stdout) == [
        {
            "id": "k7m2q9x4",
            "names": ["Old Mosque"],
            "types": ["mosque"],
            "standing": "destroyed",
            "condition": ["destroyed"],
            "contested": False,
            "status": "published",
        }
    ]


SHOWN = """\
Old Mosque  (k7m2q9x4)
Published

Names
  Old Mosque (en) [survey-2021]

Types
  Mosque [survey-2021]

Whose heritage it is said to be
  Azerbaijani: Asserts [survey-2021]

Locations
  46.7512 E, 39.7581 N, within 100 m: The site itself, Printed coordinates, Preferred [survey-2021]

Places
  Settlement: Şuşa (az), Շուշի (hy) [survey-2021]

Condition reports
  r1  May 2003: No visible damage [survey-2021]
    Evidence: Satellite or aerial imagery
  r2  between 2003 and 2009: Destroyed, according to Survey Institute, “razed” [survey-2021]
    Evidence: Satellite or aerial imagery, certainty: High
    Causes: Demolition
    The building is gone.
    Responsibility: Alleged: “the authorities” (Azerbaijan), according to Survey Institute [survey-2021]
    Response of Ministry of Culture (Denies; Cause; This site; June 2021; Azerbaijan): \
The ministry denies that it was demolished. [survey-2021]

What follows from them
  Condition: Destroyed, seen by 31 December 2009 (r2)
  Damage: last seen undamaged 1 May 2003; first seen damaged 31 December 2009 (r1, r2)
  Contested: a response to r2 (Cause; This site)
  Independent lines of evidence: 1
    survey-2021 (Academic institution; No party): r2, r1

Sources
  survey-2021: A survey of monuments (Monitoring report; Academic institution; No party)
"""


def test_show_says_everything_in_plain_words(registry: Path) -> None:
    destroyed = report(
        2,
        "destroyed",
        "2003/2009",
        as_stated="razed",
        according_to="Survey Institute",
        certainty="high",
        causes=["demolition"],
        summary={"en": "The building is gone."},
        responsibility=[
            {
                "kind": "alleged",
                "as_stated": "the authorities",
                "according_to": "Survey Institute",
                "citations": CITED,
                "party": "azerbaijan",
            }
        ],
        responses=[DENIAL],
    )
    reports = [destroyed, report(1, "no_visible_damage", "2003-05")]
    write(registry, "site", site_feature(reports=reports, places=[("Şuşa", "az"), ("Շուշի", "hy")]))
    for asked in ("k7m2q9x4", "old mosque", "Şuşa"):
        result = heritage(registry, "show", asked)
        assert result.stdout == SHOWN
        assert result.exit_code == 0


def test_show_names_no_day_for_damage_that_is_dated_by_its_beginning_alone(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report(observed="1992/..")]))
    shown = heritage(registry, "show", "k7m2q9x4").stdout
    assert "  r1  from 1992: Destroyed [survey-2021]\n" in shown
    assert "  Condition: Destroyed, seen on a day not known (r1)\n  Contested: no\n" in shown


def test_show_lists_the_sites_when_several_answer(registry: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", names=[named("Upper Mosque")]))
    write(registry, "site", site_feature("bbbbbbb0", names=[named("Lower Mosque")]))
    result = heritage(registry, "show", "mosque")
    assert result.stdout == (
        "bbbbbbb0  Lower Mosque: Mosque, Not graded\naaaaaaa0  Upper Mosque: Mosque, Not graded\n"
    )
    assert result.stderr == "2 sites answer to 'mosque'; show one by its id.\n"
    assert result.exit_code == 1


def test_show_tells_a_source_with_the_sites_that_cite_it(registry: Path) -> None:
    write(registry, "site", site_feature())
    reprint = source(
        "reprint-2022",
        kind="press",
        derives_from=["survey-2021"],
        issued="2022-03",
        URL="https://example.org",
    )
    write(registry, "source", reprint)
    assert heritage(registry, "show", "survey-2021").stdout == (
        "survey-2021\nA survey of monuments (Monitoring report; Academic institution; No party)\n\n"
        "Type: report\n\nCited by\n  Old Mosque (k7m2q9x4)\n"
    )
    assert heritage(registry, "show", "reprint-2022").stdout == (
        "reprint-2022\n"
        "A survey of monuments. March 2022 (Press; Academic institution; No party) https://example.org\n\n"
        "Type: report\n\nRepeats\n  survey-2021\n"
    )


def test_show_tells_a_claim(registry: Path) -> None:
    write(registry, "claim", claim(denominator={"as_stated": "12"}, unit="mosques"))
    assert heritage(registry, "show", "c1a1m000").stdout == (
        "Survey Institute  (c1a1m000)\nTen mosques were damaged. [survey-2021]\n\n"
        "Status: Published\nCount: ten of 12 mosques\nTypes: Mosque\n"
    )


def test_show_says_that_nothing_answers(registry: Path) -> None:
    result = heritage(registry, "show", "Reykjavik")
    assert result.stderr == (
        "Error: no record has the id 'Reykjavik', and no site that name or place; "
        "'heritage list' shows all sites\n"
    )
    assert result.exit_code == 1


def test_stats_count_published_sites_only(registry: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", reports=[report(responses=[DENIAL])]))
    write(registry, "site", site_feature("bbbbbbb0", type="church", community="armenian", locations=[]))
    write(registry, "site", site_feature("ccccccc0", status="draft", status_reason="Not reviewed yet"))
    assert json.loads(heritage(registry, "stats", "--json").stdout) == {
        "status": {"draft": 1, "published": 2},
        "sources": 1,
        "claims": 0,
        "community": {"armenian": 1, "azerbaijani": 1},
        "type": {"church": 1, "mosque": 1},
        "condition": {"destroyed": 1, "none": 1},
        "reports": 1,
        "evidence": {"satellite_imagery": 1},
        "located": 1,
        "contested": 1,
        "single_source": 1,
    }
    lines = heritage(registry, "stats").stdout.splitlines()
    assert lines[:5] == [
        "Records",
        "  Sites, draft            1",
        "  Sites, published        2",
        "  Sources                 1",
        "  Claims                  0",
    ]
    assert "Of 2 published sites" in lines
    assert "1 condition report by evidence" in lines
    assert "  Not graded        1" in lines


def test_map_is_written_once_and_then_up_to_date(registry: Path, tmp_path: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", reports=[report()]))
    write(registry, "site", site_feature("bbbbbbb0", locations=[]))
    page = tmp_path / "maps" / "index.html"
    first = heritage(registry, "map", "--output", str(page))
    assert first.stdout.startswith(f"Wrote {page} (1 of 2 sites drawn, ")
    made = page.read_bytes()
    second = heritage(registry, "map", "--output", str(page))
    assert second.stdout.startswith(f"Up to date: {page} (1 of 2 sites drawn, ")
    assert page.read_bytes() == made
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]


@pytest.mark.parametrize("name", ["csv", "geojson"])
def test_export_writes_the_file_and_says_what_is_in_it(registry: Path, tmp_path: Path, name: str) -> None:
    write(registry, "site", site_feature())
    file = tmp_path / "out" / f"sites.{name}"
    assert heritage(registry, "export", name, str(file)).stdout.startswith(f"Wrote {file} (1 site, ")
    assert heritage(registry, "export", name, str(file)).stdout.startswith(f"Up to date: {file} (1 site, ")
    assert "Old Mosque" in file.read_text("utf-8")


def test_export_names_the_formats_there_are(registry: Path) -> None:
    result = heritage(registry, "export", "shapefile", "x")
    assert "'shapefile' is not one of 'csv', 'xlsx', 'geojson', 'geopackage'," in result.stderr
    assert result.exit_code == 2


def test_schema_is_printed_as_json(registry: Path) -> None:
    assert json.loads(heritage(registry, "schema", "claim").stdout)["title"] == "Claim"


def test_version_is_that_of_the_package(registry: Path) -> None:
    assert heritage(registry, "--version").stdout.startswith("heritage, version ")


def test_init_starts_a_registry_that_can_be_used(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    flags = [
        "--languages",
        "en,ru",
        "--title",
        "en=Old Towns",
        "--title",
        "ru=Старые города",
        "--bbox",
        "5,45,8,48",
    ]
    result = CliRunner().invoke(main, ["init", str(directory), *flags])
    assert result.stdout == (
        f"Started a registry in {directory}.\n"
        f"Next: name its communities and parties in {directory / 'registry.toml'}, then add a first source:\n"
        f"  heritage --registry {directory} add source\n"
    )
    assert sorted(path.name for path in directory.iterdir()) == [
        "claims",
        "records",
        "registry.toml",
        "sources",
    ]
    assert heritage(directory, "check").stdout == "Checked 0 sites, 0 sources, 0 claims: no problems.\n"
    added = [
        "--id",
        "a-2020",
        "--type",
        "book",
        "--kind",
        "academic",
        "--affiliation",
        "academic",
        "--party",
        "none",
    ]
    assert heritage(directory, "add", "source", *added).exit_code == 0
    assert heritage(directory, "map", "--output", str(tmp_path / "map.html")).exit_code == 0


def test_init_asks_what_no_flag_says(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    result = CliRunner().invoke(main, ["init", str(directory)], input='en\nThe "Old" Towns\n5,45,8,48\n')
    assert result.exit_code == 0
    assert heritage(directory, "check").exit_code == 0


def test_init_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    result = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert result.stderr == f"Error: {tmp_path} is not empty; choose a new folder\n"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("flag", "value", "message"),
    [
        (
            "--bbox",
            "8,45,5,48",
            "'8,45,5,48' is not west,south,east,north: west below east, south below north",
        ),
        ("--bbox", "5;45", "'5;45' is not four numbers with commas"),
        ("--languages", "ru", "en is missing, in which every label exists; choose of en, hy, az, ru"),
        ("--languages", "en,fr", "fr cannot be used; choose of en, hy, az, ru"),
        ("--title", "Old Towns", "'Old Towns' is not of the form en=Title"),
    ],
)
def test_init_says_what_is_wrong_with_a_flag(tmp_path: Path, flag: str, value: str, message: str) -> None:
    flags = {"--languages": "en", "--title": "en=Old Towns", "--bbox": "5,45,8,48"} | {flag: value}
    directory = tmp_path / "new"
    result = CliRunner().invoke(main, ["init", str(directory), *(x for pair in flags.items() for x in pair)])
    assert message in " ".join(result.stderr.split())
    assert not directory.exists()


def test_help_needs_none_of_the_heavy_packages() -> None:
    code = (
        "import sys; import heritage_registry.cli; "
        "print([name for name in ('geopandas', 'pandas', 'folium', 'shapely') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_names_are_printed_where_the_system_speaks_another_encoding(registry: Path) -> None:
    write(registry, "site", site_feature(names=MONASTERY))
    code = "from heritage_registry.cli import main; main()"
    arguments = [sys.executable, "-c", code, "--registry", str(registry), "list"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(arguments, capture_output=True, check=True, env=environment)
    assert "Գանձասար" in done.stdout.decode("utf-8")


def test_publish_writes_pages_in_every_reader_language(registry: Path, tmp_path: Path) -> None:
    write(registry, "site", site_feature())
    site = tmp_path / "site"
    result = heritage(registry, "publish", str(site))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"Wrote {site} (")
    for language in ("en", "hy", "az", "ru"):
        assert (site / language / "claims" / "index.html").is_file()
    assert ", 0 changed, " in heritage(registry, "publish", str(site)).stdout
