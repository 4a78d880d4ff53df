"""Importing: files of others become drafts, every problem is told, nothing is overwritten."""

import csv
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPoint, Point

from conftest import source, write
from heritage_registry.cli import main
from heritage_registry.importing.columns import guess_columns
from heritage_registry.importing.tables import find_header, named_columns
from heritage_registry.importing.writing import finish_import
from heritage_registry.registry import read_registry
from heritage_registry.site import Site

HEADER = ["Name", "Ad (az)", "Type", "Lat", "Lon", "Condition", "Date"]
ROWS = [
    ["Red chapel", "Qırmızı kilsə", "chapel", "39.81234", "46.71", "destroyed", "summer 2021"],
    ["Blue mosque", "Göy məscid", "məscid", "39,7", "46,7", "no_visible_damage", "2019-05"],
]
GIVEN = ("--source", "survey-2021", "--language-of-texts", "en", "--precision", "monument")


@pytest.fixture
def surveyed(registry: Path) -> Path:
    """A registry that holds the source of a survey."""
    write(registry, "source", source())
    return registry


def csv_file(
    folder: Path, rows: list[list[str]], header: list[str] | None = None, name: str = "t.csv"
) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header or HEADER, *rows])
    file = folder / name
    file.write_text(out.getvalue(), "utf-8", newline="")
    return file


def run(registry: Path, file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--registry", str(registry), "import", str(file), *GIVEN, *options])


def sites(registry: Path) -> dict[str, Site]:
    return {site.properties.names[0].text: site for site in read_registry(registry).sites.values()}


def test_a_look_writes_nothing_and_says_what_would_be_new(surveyed: Path, tmp_path: Path) -> None:
    result = run(surveyed, csv_file(tmp_path, ROWS))
    assert result.exit_code == 0, result.output
    assert "new: 2 drafts" in result.output
    assert "'Ad (az)' is name (az): Qırmızı kilsə; Göy məscid" in result.output
    assert "Nothing was written: this was a look." in result.output
    assert sites(surveyed) == {}


def test_rows_become_drafts_with_their_own_words_beside_our_terms(surveyed: Path, tmp_path: Path) -> None:
    assert run(surveyed, csv_file(tmp_path, ROWS), "--write").exit_code == 0
    found = sites(surveyed)
    chapel, mosque = found["Red chapel"].properties, found["Blue mosque"].properties
    assert chapel.status == "draft"
    assert [(name.text, name.language) for name in chapel.names] == [
        ("Red chapel", "en"),
        ("Qırmızı kilsə", "az"),
    ]
    [report] = chapel.reports
    assert (report.condition, report.observed, report.date_as_stated) == (
        "destroyed",
        "2021-22",
        "summer 2021",
    )
    assert [citation.source for citation in report.citations] == ["survey-2021"]
    assert (mosque.types[0].type, mosque.types[0].as_stated) == ("mosque", "məscid")
    [exact], [rough] = chapel.locations, mosque.locations
    assert (exact.uncertainty_m, exact.stated) == (1113, "39.81234, 46.71")
    assert rough.uncertainty_m == 11132


def test_importing_twice_changes_nothing(surveyed: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, ROWS)
    run(surveyed, file, "--write")
    before = {path: path.read_bytes() for path in surveyed.rglob("*.geojson")}
    again = run(surveyed, file, "--write")
    assert "known already: 2 rows" in again.output
    assert {path: path.read_bytes() for path in surveyed.rglob("*.geojson")} == before


def test_rows_with_the_same_code_add_reports_to_one_draft(surveyed: Path, tmp_path: Path) -> None:
    header = ["Code", *HEADER]
    first = [["M-1", *ROWS[0]]]
    run(surveyed, csv_file(tmp_path, first, header), "--write")
    later = [*first, ["M-1", *ROWS[0][:5], "severe_damage", "2023"]]
    result = run(surveyed, csv_file(tmp_path, later, header), "--write")
    assert "added to: 1 drafts" in result.output
    [site] = sites(surveyed).values()
    assert [(report.id, report.condition) for report in site.properties.reports] == [
        ("r1", "destroyed"),
        ("r2", "severe_damage"),
    ]


def test_every_problem_is_told_with_row_column_value_and_remedy_and_nothing_is_written(
    surveyed: Path, tmp_path: Path
) -> None:
    rows = [
        ["Swapped", "", "mosque", "46.7", "39.7", "", ""],
        ["No such word", "", "mosque", "", "", "ruinated", ""],
        ["Half a point", "", "mosque", "39.7", "", "", ""],
        ["Two ways", "", "mosque", "", "", "destroyed", "2003–05"],
        ["", "", "mosque", "", "", "", ""],
    ]
    result = run(surveyed, csv_file(tmp_path, rows), "--write")
    assert result.exit_code == 1
    assert (
        "t.csv, row 2, 'Lat': '46.7, 39.7' 46.7°N 39.7°E lies outside the region, and latitude"
        in result.output
    )
    assert "t.csv, row 3, 'Condition': 'ruinated' is no term of condition; say in values" in result.output
    assert "t.csv, row 4, 'Lat': '39.7' is half of a point; give both" in result.output
    assert (
        "t.csv, row 5, 'Date': '2003–05' can be read as 2003-05 or 2003/2005: write the one" in result.output
    )
    assert "t.csv, row 6 has no name; a record needs one" in result.output
    assert "with problems: 5 rows, 5 problems" in result.output
    assert sites(surveyed) == {}


def test_good_rows_can_be_written_and_the_others_come_back_to_be_mended(
    surveyed: Path, tmp_path: Path
) -> None:
    bad = ["Green tower", "", "towr", "39.9", "46.1", "", ""]
    mend = tmp_path / "mend.csv"
    result = run(
        surveyed, csv_file(tmp_path, [*ROWS, bad]), "--write", "--good-rows", "--problems", str(mend)
    )
    assert "Wrote 2 records." in result.output
    text = mend.read_text("utf-8-sig")
    assert "Green tower" in text
    assert "'towr' is no term of site_type" in text
    mend.write_text(text.replace("towr,", "fortress,", 1), "utf-8-sig")
    assert run(surveyed, mend, "--write").exit_code == 0
    assert set(sites(surveyed)) == {"Red chapel", "Blue mosque", "Green tower"}


def test_a_mapping_translates_words_splits_cells_and_is_kept(surveyed: Path, tmp_path: Path) -> None:
    rows = [["Qala / Բերդ", "istehkam", "39.9", "46.1", "dağılıb"]]
    file = csv_file(tmp_path, rows, ["Obyekt", "Nə", "enlik", "uzunluq", "Vəziyyət"])
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns."Obyekt"]\nfield = "name"\nlanguage = "az"\nsplit = "/"\n'
        '[columns."Nə"]\nfield = "type"\nvalues = { "istehkam" = "fortress" }\n'
        '[columns."Vəziyyət"]\nfield = "condition"\nvalues = { "dağılıb" = "destroyed" }\n',
        "utf-8",
    )
    kept = tmp_path / "kept.toml"
    result = run(surveyed, file, "--write", "--mapping", str(mapping), "--save-mapping", str(kept))
    assert result.exit_code == 0, result.output
    [site] = sites(surveyed).values()
    assert [name.text for name in site.properties.names] == ["Qala", "Բերդ"]
    assert site.properties.reports[0].as_stated == "dağılıb"
    assert "known already: 1 rows" in run(surveyed, file, "--mapping", str(kept)).output


def test_a_column_that_nobody_can_place_is_told_and_not_dropped_in_silence(
    surveyed: Path, tmp_path: Path
) -> None:
    file = csv_file(tmp_path, [[*ROWS[0], "17"]], [*HEADER, "Zibaldone"])
    assert "'Zibaldone' is LEFT OUT, nobody said what it is: 17" in run(surveyed, file).output


def test_a_mapping_that_no_row_can_satisfy_says_all_that_is_missing(surveyed: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["39.7", "46.7"]], ["lat", "lon"])
    result = CliRunner().invoke(main, ["--registry", str(surveyed), "import", str(file)])
    assert result.exit_code == 1
    for said in (
        "no column is a name",
        "nothing says the source",
        "what kind of site",
        "what the points show",
    ):
        assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("column", "field", "language"),
    [
        ("Название памятника (рус.)", None, None),
        ("Широта", "latitude", None),
        ("Անվանում", "name", None),
        ("name_az", "name", "az"),
        ("Name (Armenian)", "name", "hy"),
        ("Overall Condition State", "condition", None),
        ("Disturbance Cause Type", "cause", None),
        ("خط الطول", "longitude", None),
        ("Vəziyyəti", "condition", None),
        ("uniqueID", "identifier", None),
    ],
)
def test_usual_names_of_columns_are_known(column: str, field: str | None, language: str | None) -> None:
    guess = guess_columns([column])[column]
    assert (guess.field, guess.language) == (field, language)


def test_a_header_is_found_below_titles_and_columns_get_names_of_their_own() -> None:
    rows = [["Survey of 2021", "", ""], ["", "", ""], ["Name", "Name", ""], ["a", "b", "c"]]
    assert find_header([["Survey", "", ""], [], ["Name", "Type", "Lat"], ["a", "b", "1"]]) == 2
    assert named_columns(rows[2]) == ("Name", "Name (2)", "column C")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_old_encodings_are_found_out_and_told(surveyed: Path, tmp_path: Path, encoding: str) -> None:
    text = "Название;Тип\r\nКрасная часовня у дороги;chapel\r\n"
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode(encoding))
    result = run(surveyed, file)
    assert "'Название' is name: Красная часовня у дороги" in result.output
    assert ("was read as cp1251" in result.output) == (encoding == "cp1251")


def workbook(file: Path, rows: list[list[Any]], *, above: int = 0) -> Path:
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Survey")
    for number, row in enumerate(rows, start=above):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    if above:
        sheet.write(0, 0, "A survey of two places")
    sheet.write_formula(len(rows) + above, 0, '="Summed "&"up"', None, "Summed up")
    sheet.write(len(rows) + above, 2, "chapel")
    book.close()
    return file


def test_a_workbook_is_read_with_its_own_row_numbers_and_the_results_of_formulas(
    surveyed: Path, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "t.xlsx", [HEADER, *ROWS], above=2)
    result = run(surveyed, file, "--write")
    assert "the names of columns stand in row 3" in result.output
    assert set(sites(surveyed)) == {"Red chapel", "Blue mosque", "Summed up"}


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "kml", "parquet", "shp"])
def test_gis_files_bring_their_shapes_and_other_systems_are_led_to_wgs_84(
    surveyed: Path, tmp_path: Path, ending: str
) -> None:
    frame = geopandas.GeoDataFrame(
        {"Name": ["Red chapel"], "Type": ["chapel"]}, geometry=[Point(46.75, 39.81)], crs="EPSG:4326"
    )
    if ending in ("gpkg", "shp", "parquet"):
        frame = frame.to_crs("EPSG:32638")
    file = tmp_path / f"t.{ending}"
    if ending == "parquet":
        frame.to_parquet(file)
    else:
        frame.to_file(file, **({"driver": "KML"} if ending == "kml" else {}))
    mapping = tmp_path / "m.toml"
    mapping.write_text("[constants]\nuncertainty_m = 100\n", "utf-8")
    result = run(surveyed, file, "--write", "--mapping", str(mapping))
    assert result.exit_code == 0, result.output
    [site] = sites(surveyed).values()
    assert site.geometry is not None
    longitude, latitude = site.geometry.coordinates
    assert (round(float(str(longitude)), 5), round(float(str(latitude)), 5)) == (46.75, 39.81)


def test_a_shape_of_many_parts_is_questioned(surveyed: Path, tmp_path: Path) -> None:
    shape = MultiPoint([(46.7, 39.7), (46.8, 39.8)])
    frame = geopandas.GeoDataFrame({"Name": ["Two"], "Type": ["chapel"]}, geometry=[shape], crs="EPSG:4326")
    frame.to_file(tmp_path / "t.gpkg")
    mapping = tmp_path / "m.toml"
    mapping.write_text("[constants]\nuncertainty_m = 100\n", "utf-8")
    result = run(surveyed, tmp_path / "t.gpkg", "--mapping", str(mapping))
    assert "has 2 parts; a location is one shape: split the row" in result.output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xlsx", b"Name,Type\na,b\n", "is no archive that can be opened"),
        ("t.csv", b"\x00\x01\x02PK", "holds no text; save it as CSV"),
        ("t.exe", b"MZ", "files that end in 'exe' are not read; use csv,"),
        ("t.csv", b"", "is empty"),
        ("t.geojson", b"<kml></kml>", "cannot be read as GeoJSON"),
        ("t.parquet", b"PAR1", "is no GeoParquet that can be read"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_with_a_reason(
    surveyed: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run(surveyed, tmp_path / name)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_archive_that_would_burst_is_refused_unopened(surveyed: Path, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    result = run(surveyed, file)
    assert "as no table does: it is refused" in result.output


def test_a_kml_that_names_a_file_of_this_machine_reads_nothing_of_it(surveyed: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    file = tmp_path / "t.kml"
    file.write_text(
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&x;</name>'
        "<Point><coordinates>46.7,39.7</coordinates></Point></Placemark></Document></kml>",
        "utf-8",
    )
    result = run(surveyed, file)
    assert "the secret" not in result.output
    assert "Traceback" not in result.output


def test_markup_and_words_for_nothing_are_left_out_and_told(surveyed: Path, tmp_path: Path) -> None:
    rows = [["<b>Red</b> chapel<script>alert(1)</script>", "None", "chapel", "", "", "N/A", ""]]
    result = run(surveyed, csv_file(tmp_path, rows), "--write")
    assert "told only, 1 cells: held markup, which was left out" in result.output
    assert "told only, 2 cells: was taken for nothing" in result.output
    assert set(sites(surveyed)) == {"Red chapel alert(1)"}


def test_a_row_like_a_site_that_is_held_waits_for_somebody_to_look(surveyed: Path, tmp_path: Path) -> None:
    run(surveyed, csv_file(tmp_path, ROWS[:1]), "--write")
    other = ["The red chapel", "Qırmızı kilsə", "chapel", "39.8123", "46.7101", "destroyed", "2022"]
    result = run(surveyed, csv_file(tmp_path, [other]), "--write")
    assert "may be held already: 1" in result.output
    assert len(sites(surveyed)) == 1
    assert run(surveyed, csv_file(tmp_path, [other]), "--write", "--take-alike").exit_code == 0
    assert len(sites(surveyed)) == 2


_KILLED = """
import os, signal, sys
from pathlib import Path
from heritage_registry.importing import writing
from heritage_registry.cli import main
steps = int(sys.argv[1])
done = 0
flush = writing._write_flushed
move = Path.replace
def count(*arguments):
    global done
    done += 1
    if done > steps:
        os.kill(os.getpid(), signal.SIGKILL)
def counted_flush(path, raw):
    count(); flush(path, raw)
def counted_move(self, target):
    count(); return move(self, target)
writing._write_flushed = counted_flush
Path.replace = counted_move
main(sys.argv[2:])
"""


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4])
def test_an_import_that_is_cut_off_is_written_whole_or_not_at_all(
    surveyed: Path, tmp_path: Path, steps: int
) -> None:
    file = csv_file(tmp_path, ROWS)
    arguments = ["--registry", str(surveyed), "import", str(file), *GIVEN, "--write"]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(steps), *arguments], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL or os.name == "nt"
    finish_import(surveyed)
    assert len(sites(surveyed)) in (0, 2)
    assert not (surveyed / ".importing").exists()


_WORDS = st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FFF), min_size=1, max_size=20)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.lists(_WORDS, min_size=1, max_size=4, unique=True))
def test_a_table_gives_the_same_records_as_csv_and_as_a_workbook(
    surveyed: Path, tmp_path: Path, names: list[str]
) -> None:
    from heritage_registry.importing.files import open_file
    from heritage_registry.importing.mapping import ColumnMapping, Constants, completed_mapping
    from heritage_registry.importing.plan import plan_import

    registry = read_registry(surveyed)
    rows = [[f"The {name}", "", "chapel", "39.7", "46.7", "destroyed", "2021"] for name in names]
    constants = Constants(source="survey-2021", language="en", precision="monument")
    found = []
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    for number, row in enumerate([HEADER, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    for file in (csv_file(tmp_path, rows), tmp_path / "t.xlsx"):
        table = open_file(file, ColumnMapping().asked)
        mapping, unplaced = completed_mapping(ColumnMapping(constants=constants), table.header)
        found.append(plan_import(table, mapping, unplaced, registry, takes_alike=True).new)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'Name,Type\n"Red chapel,chapel\nBlue,mosque\n',
            "row 2: a quotation mark opens a cell and none closes",
        ),
        ('Name,Type\n"Red" chapel,chapel\n', "row 2: ',' expected after"),
        (f'Name,Type\n"{"x" * 300_000},chapel\n', "a cell has more than 131,072 letters"),
        (f"Name,Type\n{'x' * 120_000},chapel\n", "has 120,000 letters; 100,000 are allowed"),
        ("Name,Type\nRed chapel, old,chapel\n", "has 1 more cells than columns"),
        ("Name,Type\nÅŸuÅŸa É™,chapel\n", "seems to be read in a wrong encoding"),
        ("Name,Type\n#REF!,chapel\n", "is what a spreadsheet shows for a formula that failed"),
    ],
)
def test_a_text_that_would_lose_or_spoil_rows_is_questioned(
    surveyed: Path, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    result = run(surveyed, tmp_path / "t.csv")
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('[file]\nencoding = "foo"', "'foo' is no encoding"),
        ('[file]\ndelimiter = ";;"', "$.file.delimiter"),
        ("[file]\nheader_row = -3", "$.file.header_row"),
        ('[file]\ncrs = "bogus"', "'bogus' is no system of coordinates"),
        ('[columns.Name]\nfield = "name"\nlanguage = "x y"', "'x y' is no language"),
        ('[columns.Lat]\nfield = "condition"', "'Lat' and 'Condition' are both condition"),
        (
            '[columns.Lat]\nfield = "condition"\nsplit = ";"',
            "'Lat' has split, and of condition a row has one",
        ),
        ('[columns.Type]\nfield = "type"\nvalues = { "a" = "chapl" }', "'a' = 'chapl' is not one of"),
    ],
)
def test_a_mapping_that_would_lose_or_fail_every_row_is_refused(
    surveyed: Path, tmp_path: Path, mapping: str, said: str
) -> None:
    file = tmp_path / "m.toml"
    if "'Lat' and" in said:
        mapping += '\n[columns.Condition]\nfield = "condition"'
    file.write_text(mapping, "utf-8")
    result = run(surveyed, csv_file(tmp_path, ROWS), "--mapping", str(file))
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_old_line_ends_and_columns_of_one_name_are_read(surveyed: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Name,Name,Type\rRed,Other,chapel\rBlue,Other,mosque\r", newline="")
    assert "new: 2 drafts" in run(surveyed, tmp_path / "t.csv").output


def test_words_for_nothing_are_no_code_that_two_places_share(surveyed: Path, tmp_path: Path) -> None:
    rows = [["N/A", "Red", "chapel"], ["N/A", "Blue", "mosque"]]
    assert "new: 2 drafts" in run(surveyed, csv_file(tmp_path, rows, ["Code", "Name", "Type"])).output


def test_a_sign_of_degrees_is_no_figure_and_a_script_has_its_language(surveyed: Path, tmp_path: Path) -> None:
    rows = [
        ["Կարմիր", "Red", "chapel", "39.75°", "46.75°", "The church Կարմիր, as it is called", "destroyed"]
    ]
    header = ["Ad (az)", "Name", "Type", "Lat", "Lon", "Summary", "Condition"]
    assert run(surveyed, csv_file(tmp_path, rows, header), "--write").exit_code == 0
    [site] = read_registry(surveyed).sites.values()
    assert site.properties.locations[0].uncertainty_m == 1113
    assert [name.language for name in site.properties.names] == ["hy", "en"]
    assert list(site.properties.reports[0].summary or {}) == ["en"]


def test_a_file_that_leads_to_other_files_is_not_opened(surveyed: Path, tmp_path: Path) -> None:
    leading = b"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>"
    for ending in ("geojson", "kml", "gpkg", "fgb", "shp"):
        (tmp_path / f"t.{ending}").write_bytes(leading)
        assert "it does not begin like one" in run(surveyed, tmp_path / f"t.{ending}").output
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("a.vrt", leading)
    assert "holds 0 Shapefiles" in run(surveyed, tmp_path / "t.zip").output


def test_an_import_that_is_finished_later_keeps_what_was_written_meanwhile(
    surveyed: Path, tmp_path: Path
) -> None:
    run(surveyed, csv_file(tmp_path, ROWS), "--write")
    [path, *_] = sorted(surveyed.rglob("records/*.geojson"))
    later = path.read_bytes()
    folder = surveyed / ".importing"
    folder.mkdir()
    (folder / path.stem).write_bytes(b"older")
    (folder / "list.json").write_text(f'[{{"id": "{path.stem}", "before": null}}]')
    assert finish_import(surveyed)
    assert path.read_bytes() == later


def test_texts_kept_from_running_come_back_as_they_were(surveyed: Path, tmp_path: Path) -> None:
    rows = [["=Red", "chapel", "ruin?"], ["-Blue", "mosque", "ruin?"]]
    mend = tmp_path / "mend.csv"
    run(surveyed, csv_file(tmp_path, rows, ["Name", "Type", "Condition"]), "--problems", str(mend))
    mend.write_text(mend.read_text("utf-8-sig").replace(",ruin?,", ",destroyed,"), "utf-8-sig")
    assert run(surveyed, mend, "--write").exit_code == 0
    assert set(sites(surveyed)) == {"=Red", "-Blue"}
