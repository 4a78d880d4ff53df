"""Editing a record: checked before it is written, and nothing anybody wrote is lost."""

import json
import re
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conftest import heritage, report, site_feature, write


@pytest.fixture
def record(registry: Path) -> Path:
    return write(registry, "site", site_feature(reports=[report()]))


@pytest.fixture
def edit(registry: Path, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `heritage edit` with an editor that replaces one text by another, each time it is opened."""

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def run(*changes: tuple[str, str], answers: str = "", before: str = "pass") -> Result:
        steps = tmp_path / "steps.json"
        steps.write_text(json.dumps(changes), "utf-8")
        editor = tmp_path / "editor.py"
        editor.write_text(
            "import json, pathlib, sys\n"
            f"{before}\n"
            f"steps = pathlib.Path({str(steps)!r})\n"
            "(old, new), *rest = json.loads(steps.read_text('utf-8'))\n"
            "steps.write_text(json.dumps(rest), 'utf-8')\n"
            "file = pathlib.Path(sys.argv[1])\n"
            "file.write_text(file.read_text('utf-8').replace(old, new), 'utf-8')\n",
            "utf-8",
        )
        monkeypatch.setenv("VISUAL", shlex.join([sys.executable, str(editor)]))
        return heritage(registry, "edit", "k7m2q9x4", answers=answers)

    return run


def properties(record: Path) -> Any:
    return json.loads(record.read_text("utf-8"))["properties"]


def test_what_is_saved_in_the_editor_is_written(edit: Any, record: Path) -> None:
    result = edit(("Old Mosque", "Upper Mosque"))
    assert result.stdout == f"Changed {record}\n"
    assert properties(record)["names"][0]["text"] == "Upper Mosque"


def test_an_edit_that_changes_nothing_says_so(edit: Any, record: Path) -> None:
    before = record.stat().st_mtime_ns
    assert edit(("x" * 40, "y")).stdout == "Nothing was changed.\n"
    assert record.stat().st_mtime_ns == before


def test_problems_are_told_and_the_text_is_offered_again(edit: Any, record: Path) -> None:
    result = edit(('"mosque"', '"mosk"'), ("mosk", "museum"), answers="y\n")
    assert "k7m2q9x4.geojson:26: properties.types.0.type: 'mosk' is not one of " in result.stderr
    assert "Edit again? [Y/n]: " in result.stderr
    assert properties(record)["types"][0]["type"] == "museum"
    assert result.exit_code == 0


@pytest.mark.parametrize("answers", ["n\n", ""])
def test_a_text_with_problems_is_kept_when_somebody_gives_up(edit: Any, record: Path, answers: str) -> None:
    before = record.read_bytes()
    result = edit(("survey-2021", "no-such"), answers=answers)
    assert "properties.names.0.citations.0.source: 'no-such' is not in sources/" in result.stderr
    [kept] = re.findall(r"Error: the record was not changed\. Your text is kept in (\S+)", result.stderr)
    assert '"no-such"' in Path(kept).read_text("utf-8")
    assert record.read_bytes() == before
    assert result.exit_code == 1


def test_a_record_that_somebody_else_changed_meanwhile_is_not_overwritten(edit: Any, record: Path) -> None:
    other = f"pathlib.Path({str(record)!r})"
    meanwhile = f"{other}.write_bytes({other}.read_bytes().replace(b'Old', b'New'))"
    result = edit(("Old Mosque", "Upper Mosque"), before=meanwhile)
    assert (
        "Error: records/k7m2q9x4.geojson changed since it was read; read it again and repeat the edit. "
        "Your text is kept in "
    ) in result.stderr
    assert properties(record)["names"][0]["text"] == "New Mosque"
    kept = result.stderr.rpartition("kept in ")[2].strip()
    assert "Upper Mosque" in Path(kept).read_text("utf-8")


def test_a_record_keeps_its_id(edit: Any, record: Path) -> None:
    result = edit(("k7m2q9x4", "zzzzzzz0"), answers="n\n")
    assert "k7m2q9x4.geojson: id: 'zzzzzzz0' is another id; a record keeps its id 'k7m2q9x4' for ever" in (
        result.stderr
    )
    assert record.exists()


def test_a_record_with_mistakes_can_be_mended(registry: Path) -> None:
    path = write(registry, "site", site_feature(status="draft"))
    assert heritage(registry, "check").exit_code == 1
    result = heritage(registry, "edit", "k7m2q9x4", "--set", "status_reason=Not reviewed yet")
    assert result.stdout == f"Changed {path}\n"
    assert heritage(registry, "check").exit_code == 0


def test_fields_are_set_by_their_paths(registry: Path, record: Path) -> None:
    settings = (
        *("--set", "reports.0.condition=severe_damage", "--set", 'reports.0.causes=["shelling"]'),
        *("--set", "names.0.used_by=azerbaijani", "--set", "notes.0.text.en=A remark."),
        *("--set", "reports.0.observed=null"),
    )
    assert heritage(registry, "edit", "k7m2q9x4", *settings).exit_code == 0
    found = properties(record)
    assert found["reports"][0]["condition"] == "severe_damage"
    assert found["reports"][0]["causes"] == ["shelling"]
    assert "observed" not in found["reports"][0]
    assert found["names"][0]["used_by"] == "azerbaijani"
    assert found["notes"] == [{"text": {"en": "A remark."}}]
    assert heritage(registry, "check").exit_code == 0


def test_a_source_is_set_from_its_root(registry: Path) -> None:
    assert heritage(registry, "edit", "survey-2021", "--set", "URL=https://example.org").exit_code == 0
    found = json.loads((registry / "sources" / "survey-2021.json").read_text("utf-8"))
    assert found["URL"] == "https://example.org"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("types.0.type=mosk", "properties.types.0.type: 'mosk' is not one of "),
        ("colour=red", "properties.colour: 'colour' is not a field of this part"),
        ("names.0.citations.0.source=no-such", "'no-such' is not in sources/"),
        ("status", "'status' has no '='; write FIELD=VALUE"),
        ("names.5.text=x", "names.5.text: '5' is not a position of a list of 1"),
        ("names.first.text=x", "names.first.text: 'first' is not a position of a list of 1"),
        ("status.x=y", "status.x: 'x' is inside a plain value"),
    ],
)
def test_a_wrong_setting_is_refused(registry: Path, record: Path, setting: str, message: str) -> None:
    before = record.read_bytes()
    result = heritage(registry, "edit", "k7m2q9x4", "--set", setting)
    assert message in result.stderr
    assert result.exit_code in (1, 2)
    assert record.read_bytes() == before


@pytest.mark.parametrize("key", ["zzzzzzz0", "../registry", "records/k7m2q9x4"])
def test_only_records_can_be_edited(registry: Path, record: Path, key: str) -> None:
    result = heritage(registry, "edit", key, "--set", "status=draft")
    assert result.stderr == (
        f"Error: there is no record with the id {key!r}; 'heritage list' finds records by name\n"
    )
    assert result.exit_code == 1
