"""A small real registry in a temporary folder, and the records that tests put into it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, sync_playwright

from heritage_registry.cli import main
from heritage_registry.errors import InvalidRecords
from heritage_registry.form import decode_loosely, encode
from heritage_registry.registry import CLAIMS, SITES, SOURCES, record_path

CHROMIUM = Path("/usr/bin/chromium")

REGISTRY_TOML = """\
title = { en = "Test registry", hy = "Փորձնական ռեեստր", az = "Sınaq reyestri", ru = "Пробный реестр" }
summary = { en = "Test sites.", hy = "Փորձնական վայրեր։", az = "Sınaq yerləri.", ru = "Пробные объекты." }
licence = "CC-BY-4.0"
attribution = "Test registry contributors (CC BY 4.0)"
reader_languages = ["en", "hy", "az", "ru"]

[region]
name = { en = "South Caucasus", hy = "Հարավային Կովկաս", az = "Cənubi Qafqaz", ru = "Южный Кавказ" }
bbox = [43.4, 38.3, 51.0, 42.0]

[publishing]
rule = "anyone"

[[languages]]
tag = "az"
label = { en = "Azerbaijani", hy = "Ադրբեջաներեն", az = "Azərbaycan dili", ru = "Азербайджанский" }

[[languages]]
tag = "en"
label = { en = "English", hy = "Անգլերեն", az = "İngilis dili", ru = "Английский" }

[[languages]]
tag = "hy"
label = { en = "Armenian", hy = "Հայերեն", az = "Erməni dili", ru = "Армянский" }

[[languages]]
tag = "ru"
label = { en = "Russian", hy = "Ռուսերեն", az = "Rus dili", ru = "Русский" }

[[communities]]
id = "armenian"
label = { en = "Armenian", hy = "Հայկական", az = "Erməni", ru = "Армянская" }

[[communities]]
id = "azerbaijani"
label = { en = "Azerbaijani", hy = "Ադրբեջանական", az = "Azərbaycanlı", ru = "Азербайджанская" }

[[parties]]
id = "armenia"
label = { en = "Armenia", hy = "Հայաստան", az = "Ermənistan", ru = "Армения" }

[[parties]]
id = "azerbaijan"
label = { en = "Azerbaijan", hy = "Ադրբեջան", az = "Azərbaycan", ru = "Азербайджан" }

[[parties]]
id = "none"
label = { en = "No party", hy = "Ոչ մի կողմ", az = "Heç bir tərəf", ru = "Ни одна из сторон" }

[[parties]]
id = "unknown"
label = { en = "Unknown", hy = "Անհայտ", az = "Naməlum", ru = "Неизвестно" }

[[periods]]
id = "years_2020_2023"
label = { en = "2020–2023", hy = "2020–2023", az = "2020–2023", ru = "2020–2023" }
start = "2020"
end = "2023"
"""

Json = dict[str, Any]
CITED = [{"source": "survey-2021"}]
KINDS = {"site": SITES, "source": SOURCES, "claim": CLAIMS}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """The folder of a registry with its registry.toml, the source `survey-2021`, and no site yet."""
    directory = tmp_path / "sites"
    for kind in KINDS.values():
        (directory / kind.folder).mkdir(parents=True)
    (directory / "registry.toml").write_text(REGISTRY_TOML, "utf-8")
    write(directory, "source", source())
    return directory


def write(directory: Path, kind: str, record: Json) -> Path:
    """Put a record into the folder of its kind and return its path.

    It is written in canonical form if it is a record at all, and as it is if it is none.
    """
    of = KINDS[kind]
    path = record_path(directory, of, record["id"])
    raw = json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n"
    with suppress(InvalidRecords):
        raw = encode(decode_loosely(raw, of.record_type, path.name))
    path.write_bytes(raw)
    return path


def source(key: str = "survey-2021", **fields: Any) -> Json:
    """Return a source; further fields replace the usual ones or come behind them."""
    usual = {
        "id": key,
        "type": "report",
        "kind": "monitoring_report",
        "affiliation": "academic",
        "party": "none",
        "title": "A survey of monuments",
    }
    return usual | fields


def named(text: str, language: str = "en", **fields: Any) -> Json:
    """Return a name."""
    return {"text": text, "language": language, "citations": CITED} | fields


def report(
    number: int = 1, condition: str = "destroyed", observed: str | None = "2021", **fields: Any
) -> Json:
    """Return a condition report; `observed=None` leaves the date out."""
    usual: Json = {
        "id": f"r{number}",
        "condition": condition,
        "evidence": {"type": "satellite_imagery"},
        "citations": CITED,
    }
    if observed is not None:
        usual["observed"] = observed
    return usual | fields


def point(longitude: float = 46.7512, latitude: float = 39.7581, **fields: Any) -> Json:
    """Return a preferred location at a point."""
    usual = {
        "of": "monument",
        "method": "published",
        "standing": "preferred",
        "citations": CITED,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "uncertainty_m": 100,
    }
    return usual | fields


def site_feature(
    site_id: str = "k7m2q9x4",
    *,
    names: Sequence[Json] | None = None,
    type: str = "mosque",  # noqa: A002 - the word the record has
    community: str | None = "azerbaijani",
    locations: Sequence[Json] | None = None,
    places: Sequence[tuple[str, str]] = (),
    reports: Sequence[Json] = (),
    status: str = "published",
    **properties: Any,
) -> Json:
    """Return a published, located site without reports.

    `places` are pairs of text and language, all names of one settlement. Its geometry is that of the first
    preferred location, as the checks ask for. Further properties are those of the record.
    """
    where = [point()] if locations is None else list(locations)
    shapes = [x["geometry"] for x in where if x["standing"] == "preferred" and x.get("geometry")]
    settlement = {
        "level": "settlement",
        "names": [{"text": t, "language": tag} for t, tag in places],
        "citations": CITED,
    }
    parts: Json = {
        "status": status,
        "names": list(names or [named("Old Mosque")]),
        "types": [{"type": type, "citations": CITED}],
        "attributions": [{"community": community, "stance": "asserts", "citations": CITED}]
        if community
        else [],
        "locations": where,
        "places": [settlement] if places else [],
        "reports": list(reports),
    } | properties
    return {
        "type": "Feature",
        "id": site_id,
        "geometry": shapes[0] if shapes else None,
        "properties": parts,
    }


def claim(claim_id: str = "c1a1m000", **fields: Any) -> Json:
    """Return a published claim about many sites."""
    usual: Json = {
        "id": claim_id,
        "status": "published",
        "claimant": "Survey Institute",
        "statement": {"en": "Ten mosques were damaged."},
        "scope": {"types": ["mosque"]},
        "citations": CITED,
        "numerator": {"as_stated": "ten", "value": 10},
    }
    return usual | fields


def heritage(directory: Path, *arguments: str, answers: str = "") -> Result:
    """Run the command line on a registry as a person at a terminal would, who types `answers`."""
    return CliRunner().invoke(main, ["--registry", str(directory), *arguments], input=answers)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running Chromium. Without one the tests that open pages are skipped, but never where CI is set."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is not there: install Debian's chromium")
        pytest.skip("needs Chromium: install Debian's chromium")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
