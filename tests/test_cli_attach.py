"""Evidence from the command line: kept privately, checked, and published only as a clean copy."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import heritage, report, site_feature, write
from hostile import photo


def test_a_picture_becomes_evidence_and_only_its_copy_is_published(registry: Path, tmp_path: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", reports=[report()]))
    picture = tmp_path / "north wall.jpg"
    picture.write_bytes(photo())

    attached = heritage(
        registry,
        "attach",
        "aaaaaaa0",
        "r1",
        str(picture),
        "--public",
        "--by",
        "visitor",
        "--caption",
        "North wall",
    )
    assert attached.exit_code == 0, attached.output
    assert attached.stdout.startswith("Attached north wall.jpg to report r1 of aaaaaaa0; the original is ")
    record = json.loads((registry / "records" / "aaaaaaa0.geojson").read_text("utf-8"))
    (file,) = record["properties"]["reports"][0]["evidence"]["files"]
    assert (file["by"], file["caption"], file["public"]) == ("visitor", {"en": "North wall"}, True)
    assert heritage(registry, "check").exit_code == 0

    site = tmp_path / "site"
    assert heritage(registry, "publish", str(site)).exit_code == 0
    copies = [path for path in (site / "evidence").rglob("*") if path.is_file()]
    assert [path.stem for path in copies] == [file["public_copy"]["sha256"]]
    assert picture.read_bytes() not in [path.read_bytes() for path in site.rglob("*") if path.is_file()]

    (registry / "evidence" / copies[0].parent.name / copies[0].name).write_bytes(b"changed")
    checked = heritage(registry, "check")
    assert checked.exit_code == 1
    assert "is not what it was when it was taken in; restore it from a backup" in checked.stdout


def test_a_report_that_is_not_there_is_named_with_those_that_are(registry: Path, tmp_path: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", reports=[report()]))
    picture = tmp_path / "wall.jpg"
    picture.write_bytes(photo())
    refused = heritage(registry, "attach", "aaaaaaa0", "r7", str(picture))
    assert refused.stderr == "Error: aaaaaaa0 has no report 'r7'; it has r1\n"
    assert not (registry.parent / "private").exists()


def test_a_settlement_is_found_by_a_name_in_any_script() -> None:
    sites = Path(__file__).parents[1] / "sites"
    lines = [heritage(sites, "places", name).stdout.splitlines()[0] for name in ("Շուշի", "Şuşa", "Шуша")]
    assert len(set(lines)) == 1
    assert (
        heritage(sites, "places", "Qwxyz").stderr
        == "Error: no settlement of the base map answers to 'Qwxyz'\n"
    )
