"""Adding records: asked, by flags or from a file, and refused just as `heritage check` would."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from conftest import CITED, claim, heritage, named, site_feature, source, write
from heritage_registry.cli.add import questions
from heritage_registry.cli.answers import ANSWERS, NOT_REVIEWED
from heritage_registry.registry import ID_SIGNS, read_registry

FLAGS = ("--name", "Old Mosque", "--language", "en", "--type", "mosque", "--source", "survey-2021")
POINT = (
    *("--longitude", "46.7512", "--latitude", "39.7581", "--uncertainty-m", "500"),
    *("--location-of", "monument", "--location-method", "published"),
)


def only_site(registry: Path) -> Any:
    [path] = (registry / "records").iterdir()
    return json.loads(path.read_text("utf-8"))


def is_untouched(registry: Path) -> bool:
    return not list((registry / "records").iterdir())


def test_a_site_is_added_by_flags_as_a_draft_with_a_new_id(registry: Path) -> None:
    seen = ("--condition", "destroyed", "--observed", "2021-05", "--evidence", "satellite_imagery")
    said = ("--community", "azerbaijani", "--stated", "near the bridge", "--locator", "p. 3")
    told = ("--as-stated", "razed", "--summary", "The building is gone.")
    result = heritage(registry, "add", "site", *FLAGS, *POINT, *seen, *said, *told)
    site = only_site(registry)
    assert result.stdout == f"Added {registry / 'records' / site['id']}.geojson\n"
    assert re.fullmatch(f"[{ID_SIGNS[10:]}][{ID_SIGNS}]{{7}}", site["id"])
    cited = [{"source": "survey-2021", "locator": "p. 3"}]
    shape = {"type": "Point", "coordinates": [46.7512, 39.7581]}
    assert site["geometry"] == shape
    assert site["properties"] == {
        "status": "draft",
        "names": [{"text": "Old Mosque", "language": "en", "citations": cited}],
        "types": [{"type": "mosque", "citations": cited}],
        "status_reason": NOT_REVIEWED,
        "attributions": [{"community": "azerbaijani", "stance": "asserts", "citations": cited}],
        "locations": [
            {
                "of": "monument",
                "method": "published",
                "standing": "preferred",
                "citations": cited,
                "geometry": shape,
                "uncertainty_m": 500,
                "stated": "near the bridge",
            }
        ],
        "reports": [
            {
                "id": "r1",
                "condition": "destroyed",
                "evidence": {"type": "satellite_imagery"},
                "citations": cited,
                "observed": "2021-05",
                "as_stated": "razed",
                "summary": {"en": "The building is gone."},
            }
        ],
    }
    assert heritage(registry, "check").exit_code == 0


def test_a_name_a_type_and_a_source_are_enough(registry: Path) -> None:
    assert heritage(registry, "add", "site", *FLAGS).exit_code == 0
    assert only_site(registry)["geometry"] is None


def test_a_site_can_be_added_as_published(registry: Path) -> None:
    heritage(registry, "add", "site", *FLAGS, "--status", "published")
    properties = only_site(registry)["properties"]
    assert properties["status"] == "published"
    assert "status_reason" not in properties


def test_all_wrong_flags_are_told_at_once_and_nothing_is_written(registry: Path) -> None:
    wrong = (
        "--name",
        " x",
        "--type",
        "mosk",
        "--community",
        "martian",
        "--source",
        "no-such",
        "--latitude",
        "north",
    )
    result = heritage(registry, "add", "site", *wrong)
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [
        *("--community", "--language", "--latitude", "--latitude", "--name", "--source", "--type")
    ]
    assert lines[0] == "--community: 'martian' is not one of armenian, azerbaijani"
    assert lines[1].startswith("--language: is missing; write a BCP 47 tag such as ")
    assert "--latitude: 'north' is text; write a number" in lines
    assert "--latitude: says nothing without --longitude; give both or neither" in lines
    assert "--name: ' x': write one line of text that neither begins nor ends with a blank" in lines
    assert (
        "--source: 'no-such' is not a source of this registry; add it with 'heritage add source' first"
        in lines
    )
    assert lines[-2].endswith("did you mean 'mosque'?")
    assert lines[-1] == "7 problems."
    assert result.exit_code == 1
    assert is_untouched(registry)


def test_a_point_needs_what_says_how_sure_it_is(registry: Path) -> None:
    result = heritage(registry, "add", "site", *FLAGS, *POINT[:4])
    assert "--uncertainty-m: is missing; it is needed beside --longitude\n" in result.stderr
    assert is_untouched(registry)


def test_what_check_would_refuse_is_not_added(registry: Path) -> None:
    far = ("--longitude", "2.35", *POINT[2:])
    result = heritage(registry, "add", "site", *FLAGS, *far)
    assert result.stderr.startswith(
        "new site: properties.locations.0.geometry.coordinates: [2.35, 39.7581] is outside the region"
    )
    assert is_untouched(registry)


ANSWERED = """\
Old Mosque
Azerbaijani
az
? mosq
mosk
mosque
?
azerbaijani

46.7512

39.7581
500
monument
published
destroyed
12.05.2020
2020-05-12
satellite_imagery


survey-2021

"""


def test_questions_repeat_only_the_wrong_answer(registry: Path) -> None:
    result = heritage(registry, "add", "site", answers=ANSWERED)
    assert result.exit_code == 0
    said = result.stdout
    assert said.startswith(
        "Enter alone leaves a question out; '?' lists the words to choose from, '? word' searches them.\n"
    )
    assert said.count("Name, as the source writes it: ") == 1
    assert said.count("Language of the name (BCP 47, such as hy, az, ru, en): ") == 2
    assert "  mosque: Mosque. A building for Muslim worship.\nType of site: mosk\n" in said
    assert "  'mosk' is not one of archaeological_remains, " in said
    assert "  armenian: Armenian\n  azerbaijani: Azerbaijani\n" in said
    assert "  This one must be answered.\n" in said
    assert "  '12.05.2020' is not a date: " in said
    site = only_site(registry)["properties"]
    assert site["names"] == [named("Old Mosque", "az")]
    assert site["reports"][0]["observed"] == "2020-05-12"
    assert site["locations"][0]["uncertainty_m"] == 500


def test_answers_that_are_wrong_together_are_kept(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    far = ANSWERED.replace("46.7512", "2.35")
    result = heritage(registry, "add", "site", answers=far)
    assert result.exit_code == 1
    assert (
        "new site: properties.locations.0.geometry.coordinates: [2.35, 39.7581] is outside" in result.stderr
    )
    [kept] = re.findall(r"Your answers are kept in (\S+);", result.stderr)
    assert is_untouched(registry)
    Path(kept).write_text(Path(kept).read_text("utf-8").replace("2.35", "46.7512"), "utf-8")
    assert heritage(registry, "add", "site", "--file", kept).exit_code == 0
    assert only_site(registry)["geometry"]["coordinates"] == [46.7512, 39.7581]


def test_questions_about_a_point_are_asked_when_there_is_one(registry: Path) -> None:
    result = heritage(registry, "add", "site", answers="Old Mosque\naz\nmosque\n\n\n\n\nsurvey-2021\n\n")
    assert result.exit_code == 0
    assert "Latitude" not in result.stdout
    assert "Evidence" not in result.stdout


def test_input_that_ends_leaves_nothing_behind(registry: Path) -> None:
    result = heritage(registry, "add", "site", answers="Old Mosque\n")
    assert result.exit_code == 1
    assert result.stderr.endswith("Aborted!\n")
    assert is_untouched(registry)


def test_a_source_is_added_by_flags(registry: Path) -> None:
    flags = (
        "--id",
        "chronicle-2022",
        "--type",
        "article-newspaper",
        "--kind",
        "press",
        "--affiliation",
        "media",
    )
    more = (
        "--party",
        "none",
        "--author",
        "A. Reporter",
        "--url",
        "https://example.org",
        "--issued",
        "2022-03",
    )
    derived = ("--derives-from", "survey-2021", "--title", "Mosque gone", "--language", "en")
    result = heritage(registry, "add", "source", *flags, *more, *derived)
    path = registry / "sources" / "chronicle-2022.json"
    assert result.stdout == f"Added {path}\n"
    assert json.loads(path.read_text("utf-8")) == {
        "id": "chronicle-2022",
        "type": "article-newspaper",
        "kind": "press",
        "affiliation": "media",
        "party": "none",
        "title": "Mosque gone",
        "author": [{"literal": "A. Reporter"}],
        "issued": "2022-03",
        "URL": "https://example.org",
        "language": "en",
        "derives_from": ["survey-2021"],
    }


def test_a_record_that_is_there_is_never_overwritten(registry: Path) -> None:
    path = registry / "sources" / "survey-2021.json"
    before = path.read_bytes()
    flags = ("--id", "survey-2021", "--type", "book", "--kind", "academic", "--affiliation", "academic")
    result = heritage(registry, "add", "source", *flags, "--party", "none")
    assert result.stderr == (
        "Error: sources/survey-2021.json already exists; edit that record or choose another id\n"
    )
    assert result.exit_code == 1
    assert path.read_bytes() == before


def test_a_claim_is_added_by_flags(registry: Path) -> None:
    flags = ("--claimant", "Survey Institute", "--statement", "Ten mosques were damaged.", "--type", "mosque")
    more = ("--count", "ten", "--unit", "mosques", "--community", "azerbaijani", "--place", "Şuşa")
    dated = ("--date", "2021", "--period", "1992/2020", "--party", "none", "--source", "survey-2021")
    assert heritage(registry, "add", "claim", *flags, *more, *dated).exit_code == 0
    [added] = read_registry(registry).claims.values()
    assert added.status == "draft"
    assert added.status_reason == NOT_REVIEWED
    assert added.statement == {"en": "Ten mosques were damaged."}
    assert added.scope.types == ("mosque",)
    assert added.scope.communities == ("azerbaijani",)
    assert added.scope.places == ("Şuşa",)
    assert added.scope.period == "1992/2020"
    assert added.numerator is not None
    assert added.numerator.as_stated == "ten"


def test_a_file_needs_neither_id_nor_geometry_nor_status(registry: Path, tmp_path: Path) -> None:
    whole = site_feature()
    file = tmp_path / "site.json"
    properties = {key: value for key, value in whole["properties"].items() if key != "status"}
    file.write_text(json.dumps({"properties": properties}), "utf-8")
    assert heritage(registry, "add", "site", "--file", str(file)).exit_code == 0
    site = only_site(registry)
    assert site["geometry"] == whole["geometry"]
    assert site["properties"]["status"] == "draft"
    assert site["properties"]["status_reason"] == NOT_REVIEWED


@pytest.mark.parametrize(
    ("kind", "record"), [("site", site_feature()), ("source", source("b")), ("claim", claim())]
)
def test_a_whole_record_keeps_its_id_and_status(registry: Path, kind: str, record: dict[str, Any]) -> None:
    result = heritage(registry, "add", kind, "--file", "-", answers=json.dumps(record))
    assert result.exit_code == 0
    added = Path(result.stdout.removeprefix("Added ").strip())
    assert added.name.partition(".")[0] == record["id"]
    assert added.read_bytes() == write(registry, kind, record).read_bytes()


def test_problems_of_a_file_name_its_own_lines(registry: Path) -> None:
    text = """{
  "properties": {
    "names": [{"text": "Old Mosque", "language": "en", "citations": [{"source": "no-such"}]}],
    "types": [
      {"type": "mosk",
       "citations": []}
    ]
  }
}"""
    result = heritage(registry, "add", "site", "--file", "-", answers=text)
    first, second, count = result.stderr.splitlines()
    assert first.startswith("standard input:5: properties.types.0.type: 'mosk' is not one of ")
    assert second.startswith("standard input:6: properties.types.0.citations: ")
    assert count == "2 problems."
    mended = text.replace("mosk", "mosque").replace("[]}", json.dumps(CITED) + "}")
    result = heritage(registry, "add", "site", "--file", "-", answers=mended)
    assert result.stderr.startswith(
        "standard input:3: properties.names.0.citations.0.source: 'no-such' is not in sources/"
    )
    assert is_untouched(registry)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "standard input:1: is not a record; write one JSON object"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice; keep one of them"),
        ("{", "standard input:1: "),
        ("\udcff", "standard input: is not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_no_record_is_refused(registry: Path, text: str, message: str) -> None:
    (registry.parent / "x.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    result = heritage(registry, "add", "site", "--file", str(registry.parent / "x.json"))
    shown = result.stderr.replace(str(registry.parent / "x.json"), "standard input")
    assert message in shown
    assert result.exit_code == 1


def test_a_file_and_flags_do_not_go_together(registry: Path) -> None:
    result = heritage(registry, "add", "site", "--file", "-", "--name", "x", answers="{}")
    assert "--file holds the whole record; leave the other flags out" in result.stderr
    assert result.exit_code == 2


def test_a_mistake_in_another_record_keeps_nobody_from_adding(registry: Path) -> None:
    write(registry, "source", source("b") | {"kind": "gossip"})
    assert heritage(registry, "add", "site", *FLAGS).exit_code == 0


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_question_has_words_and_a_flag(registry: Path, kind: str) -> None:
    text = " ".join(heritage(registry, "add", kind, "--help").stdout.split())
    for question in questions(ANSWERS[kind]):
        assert question.words
        assert question.flag in text


def test_add_site_names_what_may_be_the_same_place(registry: Path) -> None:
    write(registry, "site", site_feature("aaaaaaa0", names=[named("Halevor Bridge")]))
    added = heritage(
        registry, "add", "site", "--name", "Halevor Bridge", "--language", "en", "--type", "mosque",
        "--source", "survey-2021",
    )  # fmt: skip
    assert added.exit_code == 0
    assert added.stderr == "Perhaps the same place: aaaaaaa0  Halevor Bridge\n"
