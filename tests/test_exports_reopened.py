"""Exports open in the programs of others, with the same sites and nothing that is not public."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas
import msgspec
import pandas
import pyarrow.parquet
import pyogrio
import pytest
import rdflib
import rispy
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineWorkbook
from rdflib import Namespace
from rdflib.namespace import RDF

import record_strategies
from conftest import claim, named, report, site_feature, source, write
from heritage_registry.citation import cited_keys
from heritage_registry.cli import main
from heritage_registry.exports import EXPORTS
from heritage_registry.exports.package import package_file
from heritage_registry.form import decode
from heritage_registry.public import public_view
from heritage_registry.references import read_references
from heritage_registry.registry import Registry, examine, read_registry
from heritage_registry.site import Site
from heritage_registry.source import Source

CRM = Namespace("http://www.cidoc-crm.org/cidoc-crm/")
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def several(registry: Path) -> Path:
    """A registry with a published site, one with an area, one without a place, and a draft."""
    write(registry, "source", source(title=FORMULA))
    write(registry, "site", site_feature("aaaaaaa0", names=[named("Shown chapel")], reports=[report()]))
    ring = [[46.0, 39.0], [46.1, 39.0], [46.1, 39.1], [46.0, 39.1], [46.0, 39.0]]
    area = {"type": "Polygon", "coordinates": [ring]}
    location = dict(site_feature()["properties"]["locations"][0], geometry=area)
    fenced = site_feature("bbbbbbb0", names=[named("Shown field")], locations=[location])
    write(registry, "site", fenced | {"geometry": area})
    nowhere = site_feature("ccccccc0", names=[named("Shown nowhere")], locations=[])
    write(registry, "site", nowhere | {"geometry": None})
    hidden = site_feature("ddddddd0", names=[named("Hidden chapel")], status="draft", status_reason="Not yet")
    write(registry, "site", hidden)
    write(registry, "claim", claim())
    return registry


def made(registry: Path, name: str, folder: Path) -> Path:
    """Return a file of a format, made as a user makes it."""
    file = folder / EXPORTS[name].file_name
    result = CliRunner().invoke(main, ["--registry", str(registry), "export", name, str(file)])
    assert result.exit_code == 0, result.output
    return file


def layers(file: Path) -> dict[str, pandas.DataFrame]:
    """Return every layer of a file that GDAL opens."""
    names = [name for name, _ in pyogrio.list_layers(file)]
    return {name: pyogrio.read_dataframe(file, layer=name) for name in names}


def sheets(file: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _layers(file: Path) -> str:
    return "\n".join(layer.to_csv() for layer in layers(file).values())


def _members(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def _text(file: Path) -> str:
    return file.read_text("utf-8-sig")


#: What of each format a reader of it sees as text.
SHOWN: Mapping[str, Callable[[Path], str]] = {
    "geopackage": _layers,
    "flatgeobuf": _layers,
    "pmtiles": _layers,
    "geoparquet": lambda file: geopandas.read_parquet(file).to_csv(),
    "xlsx": lambda file: str(sheets(file)),
    "package": _members,
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_draft_is_in_no_format_and_a_published_site_or_its_source_in_each(
    several: Path, tmp_path: Path, name: str
) -> None:
    file = made(several, name, tmp_path)
    text = SHOWN.get(name, _text)(file)
    assert "Hidden" not in text
    assert "Shown chapel" in text or "HYPERLINK" in text


@pytest.mark.parametrize("name", ["geojson", "geopackage", "flatgeobuf", "kml"])
def test_gis_programs_find_every_site_with_its_shape(several: Path, tmp_path: Path, name: str) -> None:
    frame = pyogrio.read_dataframe(
        made(several, name, tmp_path), **({"layer": "sites"} if name == "geopackage" else {})
    )
    shapes = dict(zip(frame["id"], frame.geometry, strict=True))
    assert set(shapes) == {"aaaaaaa0", "bbbbbbb0", "ccccccc0"}
    assert shapes["aaaaaaa0"].coords[0][:2] == (46.7512, 39.7581)
    assert shapes["bbbbbbb0"].bounds == (46.0, 39.0, 46.1, 39.1)
    assert shapes["ccccccc0"] is None


def test_a_geopackage_holds_reports_sources_and_claims_that_lead_to_one_another(
    several: Path, tmp_path: Path
) -> None:
    found = layers(made(several, "geopackage", tmp_path))
    assert set(found) == {"sites", "reports", "sources", "claims", "about"}
    assert set(found["reports"]["site"]) <= set(found["sites"]["id"])
    cited = {key for keys in found["reports"]["sources"] for key in keys.split("; ")}
    assert cited <= set(found["sources"]["source"])
    assert "Test registry contributors (CC BY 4.0)" in set(found["about"]["text"])


def test_geoparquet_has_its_crs_a_box_for_each_site_and_the_licence(several: Path, tmp_path: Path) -> None:
    file = made(several, "geoparquet", tmp_path)
    assert geopandas.read_parquet(file).crs == "EPSG:4326"
    facts = pyarrow.parquet.read_schema(file).metadata
    assert facts[b"licence"] == b"CC-BY-4.0"
    geo = json.loads(facts[b"geo"])
    assert geo["version"] == "1.1.0"
    assert "covering" in geo["columns"]["geometry"]


def test_map_tiles_leave_out_no_located_site(several: Path, tmp_path: Path) -> None:
    file = made(several, "pmtiles", tmp_path)
    assert set(pyogrio.read_dataframe(file)["id"]) == {"aaaaaaa0", "bbbbbbb0"}


def test_a_workbook_has_text_where_a_formula_would_run(several: Path, tmp_path: Path) -> None:
    file = made(several, "xlsx", tmp_path)
    assert FORMULA in {cell for row in sheets(file)["sources"] for cell in row}
    with zipfile.ZipFile(file) as archive:
        pages = [archive.read(name) for name in archive.namelist() if "worksheets" in name]
    assert all(b"<f>" not in page for page in pages)


def test_reference_managers_get_each_source_once(several: Path, tmp_path: Path) -> None:
    for name, form in (("csl-json", "csl-json"), ("bibtex", "bibtex"), ("ris", "ris")):
        entries = read_references(made(several, name, tmp_path).read_bytes(), form)
        assert [entry.draft.title for entry in entries if entry.draft] == [FORMULA], name
    [entry] = rispy.loads(made(several, "ris", tmp_path).read_text("utf-8"))
    assert entry["id"] == "survey-2021"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own use
def test_linked_data_says_who_found_what_and_expands_to_triples(several: Path, tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(made(several, "linked-art", tmp_path), format="json-ld")
    site = rdflib.URIRef("urn:heritage-registry:aaaaaaa0")
    assert (site, RDF.type, CRM["E27_Site"]) in graph
    [assessed] = graph.objects(site, CRM["P34i_was_assessed_by"])
    [state] = graph.objects(assessed, CRM["P35_has_identified"])
    assert (state, RDF.type, CRM["E3_Condition_State"]) in graph
    [document] = graph.objects(assessed, CRM["P70i_is_documented_in"])
    assert (document, RDF.type, CRM["E31_Document"]) in graph
    assert not [s for s in graph.subjects() if "ddddddd0" in str(s)]


def test_linked_places_name_their_sources_and_no_country(several: Path, tmp_path: Path) -> None:
    found = json.loads(made(several, "linked-places", tmp_path).read_text("utf-8"))
    assert found["type"] == "FeatureCollection"
    first, _, nowhere = found["features"]
    assert first["@id"] == "urn:heritage-registry:aaaaaaa0"
    assert first["names"][0]["toponym"] == "Shown chapel"
    assert first["names"][0]["citations"][0]["label"] == FORMULA
    assert "ccodes" not in first["properties"]
    assert {shape["certainty"] for shape in first["geometry"]["geometries"]} <= {"less-certain", "uncertain"}
    assert nowhere["geometry"]["geometries"] == []


def test_a_package_is_a_registry_again_with_equal_records(several: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made(several, "package", tmp_path)) as archive:
        archive.extractall(tmp_path / "again")
    again, problems = examine(tmp_path / "again")
    assert problems == []
    before = read_registry(several)
    assert set(again.sites) == {"aaaaaaa0", "bbbbbbb0", "ccccccc0"}
    for key, site in again.sites.items():
        assert site == before.sites[key]
    assert again.sources == {key: before.sources[key] for key in again.sources}
    assert again.claims == before.claims
    described = json.loads((tmp_path / "again" / "ro-crate-metadata.json").read_text())
    root = next(node for node in described["@graph"] if node["@id"] == "./")
    assert {part["@id"] for part in root["hasPart"]} >= {"records/aaaaaaa0.geojson", "datapackage.json"}


def test_an_export_can_be_narrowed_to_what_a_name_finds(several: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.geojson"
    asked = ["--registry", str(several), "export", "geojson", str(file), "--find", "Shown field"]
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert [feature["id"] for feature in json.loads(file.read_text("utf-8"))["features"]] == ["bbbbbbb0"]


@pytest.mark.parametrize(("name", "ending"), [("csv", "csv"), ("geojson", "geojson"), ("xlsx", "xlsx")])
def test_an_export_read_again_changes_nothing_and_makes_no_second_record(
    several: Path, tmp_path: Path, name: str, ending: str
) -> None:
    file = made(several, name, tmp_path)
    mapping = tmp_path / "m.toml"
    mapping.write_text('[constants]\nsource = "survey-2021"\nlanguage = "en"\ntype = "other"\n'
                       'precision = "area"\nuncertainty_m = 100\n')  # fmt: skip
    before = {path: path.read_bytes() for path in several.rglob("*.*json")}
    asked = [
        "--registry",
        str(several),
        "import",
        str(file),
        "--mapping",
        str(mapping),
        "--write",
        "--good-rows",
    ]
    result = CliRunner().invoke(main, asked)
    assert "new: 0 drafts" in result.output, result.output
    assert "adds to aaaaaaa0, which is published; add it there in the app" in result.output
    assert {path: path.read_bytes() for path in several.rglob("*.*json")} == before


@pytest.mark.parametrize("rule", ['rule = "second_person"', "rule   = 'two_organisations' # ours only"])
def test_a_package_keeps_the_rule_that_a_copy_without_reviews_can_keep_and_no_remark(
    several: Path, tmp_path: Path, rule: str
) -> None:
    file = several / "registry.toml"
    before = read_registry(several).config
    file.write_text(file.read_text("utf-8").replace('rule = "anyone"', rule), "utf-8")
    registry = read_registry_of_any_rule(several)
    with zipfile.ZipFile(io.BytesIO(package_file(registry, "en"))) as archive:
        archive.extractall(tmp_path / "again")
    again, problems = examine(tmp_path / "again")
    assert problems == []
    assert again.config == before
    assert len(again.sites) == 3
    assert "ours only" not in (tmp_path / "again" / "registry.toml").read_text("utf-8")


def read_registry_of_any_rule(directory: Path) -> Registry:
    """Return a registry whose published records have no reviews, which its rule asks for."""
    return examine(directory)[0]


def test_a_package_brings_the_pictures_that_are_public(several: Path, tmp_path: Path) -> None:
    picture = b"\xff\xd8 a picture"
    sha = hashlib.sha256(picture).hexdigest()
    copy = {"sha256": sha, "media_type": "image/jpeg", "bytes": len(picture), "width": 1, "height": 1}
    shown = {"name": "a.jpg", "sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 9}
    hidden = shown | {"name": "private.jpg", "sha256": "1" * 64}
    evidence = {"type": "photo", "files": [shown | {"public": True, "public_copy": copy}, hidden]}
    evidence["type"] = report()["evidence"]["type"]
    site = site_feature("aaaaaaa0", names=[named("Shown chapel")], reports=[report(evidence=evidence)])
    write(several, "site", site)
    place = several / "evidence" / sha[:2] / f"{sha}.jpg"
    place.parent.mkdir(parents=True)
    place.write_bytes(picture)
    with zipfile.ZipFile(made(several, "package", tmp_path)) as archive:
        archive.extractall(tmp_path / "again")
    result = CliRunner().invoke(main, ["--registry", str(tmp_path / "again"), "check"])
    assert result.exit_code == 0, result.output
    assert "private.jpg" not in (tmp_path / "again" / "records" / "aaaaaaa0.geojson").read_text("utf-8")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(made_records=st.tuples(record_strategies.records(Site), record_strategies.records(Source)))
def test_whatever_a_public_record_holds_comes_back_from_a_package(
    several: Path, made_records: tuple[Any, Any]
) -> None:
    registry = read_registry(several)
    site, source_ = msgspec.convert(made_records[0], Site), msgspec.convert(made_records[1], Source)
    evidence_free = tuple(
        replace(one, evidence=replace(one.evidence, files=())) for one in site.properties.reports
    )
    site = replace(site, properties=replace(site.properties, status="published", reports=evidence_free))
    cited = {key: replace(source_, id=key, derives_from=()) for key in cited_keys(site)}
    whole = replace(registry, sites={site.id: site}, sources=cited, claims={})
    [shown] = public_view([site])
    with zipfile.ZipFile(io.BytesIO(package_file(whole, "en"))) as archive:
        assert decode(archive.read(f"records/{site.id}.geojson"), Site, "a") == shown
        for key in cited_keys(shown):
            assert decode(archive.read(f"sources/{key}.json"), Source, "b") == cited[key]
