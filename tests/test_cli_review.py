"""`heritage review`: from a draft to a published record, signed, by the rule of registry.toml."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import heritage, report, site_feature, write
from heritage_registry.publishing import log_of
from heritage_registry.registry import SITES, read_record, read_registry
from test_publishing import ruled

KEY = "k7m2q9x4"


@pytest.fixture
def draft(registry: Path) -> Path:
    """A registry with the rule of the second person and an unsigned draft."""
    ruled(registry)
    write(
        registry, "site", site_feature(status="draft", status_reason="Not reviewed yet", reports=[report()])
    )
    return registry


def signed(directory: Path, *arguments: str, by: str = "Ani") -> str:
    result = heritage(directory, *arguments, "--by", by)
    return result.output


def acts(directory: Path) -> list[str]:
    record, _ = read_record(directory, SITES, KEY)
    return [f"{entry.act} {entry.by}" for entry in log_of(record)]  # type: ignore[arg-type]


def test_a_draft_is_submitted_and_approved_by_another(draft: Path) -> None:
    assert signed(draft, "review", "submit", KEY).endswith(f"{KEY}.geojson: In review\n")
    refused = heritage(draft, "review", "approve", KEY, "--by", "Ani")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: Ani wrote this text of k7m2q9x4 or a part of it")
    assert signed(draft, "review", "approve", KEY, by="Boris").endswith(f"{KEY}.geojson: Published\n")
    assert acts(draft) == ["wrote Ani", "submitted Ani", "approved Boris"]
    assert heritage(draft, "check").exit_code == 0


def test_an_edit_of_a_published_record_is_a_proposal_and_says_so(draft: Path) -> None:
    signed(draft, "review", "submit", KEY)
    signed(draft, "review", "approve", KEY, by="Boris")
    said = signed(draft, "edit", KEY, "--set", "names.0.text=New Mosque", by="Boris")
    assert said == (
        f"Changed {draft}/proposed/records/{KEY}.geojson: a proposed change. What readers see stays as it is"
        f" until somebody else has approved it; hand it in with 'heritage review submit {KEY}'.\n"
    )
    signed(draft, "edit", KEY, "--set", "names.0.kind=short", by="Boris")
    listed = heritage(draft, "review", "list").stdout
    assert listed.startswith(f"{KEY}  Draft, change  New Mosque  Boris, ")
    shown = heritage(draft, "review", "show", KEY).stdout.splitlines()
    assert shown[0] == f"{KEY}  New Mosque"
    assert "Written by Boris: somebody else approves." in shown
    assert any("Added name New Mosque (en)" in line for line in shown)
    signed(draft, "review", "submit", KEY, by="Boris")
    signed(draft, "review", "return", KEY, "--reason", "No page.", by="Ani")
    signed(draft, "review", "submit", KEY, by="Boris")
    signed(draft, "review", "approve", KEY, by="Ani")
    assert read_registry(draft).sites[KEY].properties.names[0].text == "New Mosque"


def test_a_record_is_withdrawn_and_restored(draft: Path) -> None:
    signed(draft, "review", "submit", KEY)
    signed(draft, "review", "approve", KEY, by="Boris")
    assert signed(draft, "review", "withdraw", KEY, "--reason", "Entered twice.").endswith(": Withdrawn\n")
    assert heritage(draft, "check").exit_code == 0
    assert signed(draft, "review", "restore", KEY).endswith(": Published\n")


def test_a_proposed_change_is_thrown_away_when_somebody_says_so(draft: Path) -> None:
    signed(draft, "review", "submit", KEY)
    signed(draft, "review", "approve", KEY, by="Boris")
    signed(draft, "edit", KEY, "--set", "names.0.text=New Mosque")
    assert heritage(draft, "review", "discard", KEY, answers="n\n").exit_code == 1
    assert heritage(draft, "review", "discard", KEY, answers="y\n").exit_code == 0
    assert read_registry(draft).proposals == {}


def test_without_a_name_nothing_is_signed(draft: Path) -> None:
    result = heritage(draft, "review", "submit", KEY)
    assert result.exit_code == 1
    assert "say who you are: a pseudonym is enough" in result.stderr


def test_the_name_set_for_the_repository_signs(draft: Path) -> None:
    for command in (("init", "-q"), ("config", "user.name", "Nare")):
        subprocess.run(("git", *command), cwd=draft, check=True)
    assert heritage(draft, "review", "submit", KEY).exit_code == 0
    assert acts(draft) == ["wrote Nare", "submitted Nare"]


def test_a_new_record_is_not_added_as_published_past_the_rule(draft: Path) -> None:
    given = ("--name", "Old Bridge", "--language", "en", "--type", "bridge", "--source", "survey-2021")
    result = heritage(draft, "add", "site", *given, "--status", "published")
    assert result.exit_code == 1
    assert "asks for the approval of somebody who did not write it" in result.stderr


def test_a_registry_begins_with_a_rule(registry: Path) -> None:
    write(registry, "site", site_feature())
    ruled(registry)
    refused = heritage(registry, "review", "take-over", "--by", "founders")
    assert "records are taken over up to the day that 'since'" in refused.stderr
    path = registry / "registry.toml"
    since = 'rule = "second_person"\nsince = "2999-12-31"'
    path.write_text(path.read_text("utf-8").replace('rule = "second_person"', since), "utf-8")
    assert signed(registry, "review", "take-over", by="founders") == "Took over 1 record.\n"
    assert heritage(registry, "check").exit_code == 0
    assert acts(registry) == ["taken_over founders"]
    assert signed(registry, "review", "take-over", by="founders") == "Took over 0 records.\n"
