"""The history of a record in the app: who changed it when, two versions in words, and restoring one."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser import axe
from conftest import claim, named, report, site_feature, source, write
from heritage_registry.differences import differences
from heritage_registry.history import commit_change
from heritage_registry.registry import SITES, SOURCES, digest, read_registry, record_path
from heritage_registry.web.history.telling import Teller
from heritage_registry.web.looking.working import app_words
from heritage_registry.web.wording import LANGUAGES
from web import client, fields_of, opened, send, served

KEY = "k7m2q9x4"
PAGE = f"/sites/{KEY}/history"


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def kept(registry: Path) -> Path:
    """The registry under git, with a site in three versions by two people."""
    run(registry.parent, "init", "-q", "-b", "main")
    change(registry, "swallow", "Add Old Mosque", reports=[report(condition="damaged")])
    texts = {"en": "The roof is open on the north side."}
    change(registry, "heron", "Tell of the roof", reports=[report(condition="damaged", summary=texts)])
    texts = {"en": "The roof is open on the east side."}
    change(registry, "heron", "Correct the side", reports=[report(condition="destroyed", summary=texts)])
    return registry


def change(registry: Path, who: str, what: str, **properties: Any) -> Path:
    path = write(registry, "site", site_feature(**properties))
    commit_change(registry, [path, record_path(registry, SOURCES, "survey-2021")], what, who)
    return path


def violations(page: Page) -> list[str]:
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{x['id']}: {x['nodes'][0]['html'][:150]}" for x in found]


def commits(registry: Path) -> list[str]:
    return run(registry, "log", "--format=%H", "--", f"records/{KEY}.geojson").split()


def condition(registry: Path) -> str:
    return read_registry(registry).sites[KEY].properties.reports[0].condition


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_tells_who_changed_a_record_and_what_they_said(kept: Path, language: str) -> None:
    answer = client(kept, language).get(PAGE)
    assert answer.status_code == 200
    for words in ("swallow", "heron", "Add Old Mosque", "Tell of the roof", "Correct the side"):
        assert words in answer.text
    assert answer.text.index("Correct the side") < answer.text.index("Add Old Mosque")


def test_the_pages_of_all_kinds_lead_to_their_history(kept: Path) -> None:
    write(kept, "claim", claim())
    app = client(kept)
    for address in (f"/sites/{KEY}", "/claims/c1a1m000", "/sources/survey-2021"):
        assert f'href="{address}/history"' in app.get(address).text
        assert app.get(f"{address}/history").status_code == 200
    assert "has been committed yet" in app.get("/claims/c1a1m000/history").text


def test_two_versions_stand_side_by_side_in_words(kept: Path) -> None:
    last, _, first = commits(kept)
    page = client(kept).get(f"{PAGE}?old={first}&new={last}").text
    assert "Report 1 · Condition" in page
    assert "Damaged" in page
    assert "<ins>Destroyed</ins>" in page or "Destroyed" in page
    assert "What was seen" in page


def test_in_a_changed_text_the_words_that_differ_are_marked(kept: Path) -> None:
    last, middle, _ = commits(kept)
    page = client(kept).get(f"{PAGE}?old={middle}&new={last}").text
    assert "The roof is open on the <del>north</del> side." in page
    assert "The roof is open on the <ins>east</ins> side." in page


def test_a_version_is_restored_as_a_change_like_any_other(kept: Path) -> None:
    first = commits(kept)[-1]
    app = client(kept)
    send(app, "/me", {"name": "wren", "organisation": ""})
    held = digest(record_path(kept, SITES, KEY).read_bytes())
    answer = send(app, PAGE, {"version": first, "digest": held})
    assert answer.headers["location"] == f"/sites/{KEY}?saved=1"
    assert condition(kept) == "damaged"
    assert run(kept, "log", "-1", "--format=%an: %s") == f"wren: Restore the version {first[:12]} of {KEY}\n"
    assert len(commits(kept)) == 4


def test_what_somebody_else_changed_meanwhile_is_not_restored_over(kept: Path) -> None:
    app, first = client(kept), commits(kept)[-1]
    held = digest(record_path(kept, SITES, KEY).read_bytes())
    change(kept, "swallow", "Once more", names=[named("Old Mosque"), named("Köhnə məscid", "az")])
    answer = send(app, PAGE, {"version": first, "digest": held})
    assert answer.status_code == 409
    assert "Somebody changed the record meanwhile" in answer.text
    assert len(read_registry(kept).sites[KEY].properties.names) == 2


def test_a_version_that_the_checks_of_today_refuse_is_not_restored(kept: Path) -> None:
    first = commits(kept)[-1]
    write(kept, "source", source("other-2022"))
    cited = [{"source": "other-2022"}]
    types = [{"type": "mosque", "citations": cited}]
    change(kept, "heron", "Cite another source", names=[named("Old Mosque", citations=cited)], types=types,
           community=None, locations=[])  # fmt: skip
    (kept / "sources" / "survey-2021.json").unlink()
    held = digest(record_path(kept, SITES, KEY).read_bytes())
    answer = send(client(kept), PAGE, {"version": first, "digest": held})
    assert answer.status_code == 422
    assert "survey-2021" in answer.text


def test_a_record_that_was_removed_has_a_history_and_comes_back(kept: Path) -> None:
    record_path(kept, SITES, KEY).unlink()
    app = client(kept)
    assert "Correct the side" in app.get(PAGE).text
    answer = send(app, PAGE, {"version": commits(kept)[0], "digest": ""})
    assert answer.status_code == 303
    assert condition(kept) == "destroyed"


def test_changes_that_no_version_holds_yet_are_told(kept: Path) -> None:
    write(kept, "site", site_feature(reports=[report(condition="severe_damage")]))
    page = client(kept).get(PAGE).text
    assert "The file has been changed since its last version." in page
    page = client(kept).get(f"{PAGE}?old={commits(kept)[0]}&new=now").text
    assert "Severe damage" in page


def test_without_git_the_page_says_so_in_one_sentence(registry: Path) -> None:
    write(registry, "site", site_feature())
    answer = client(registry).get(PAGE)
    assert answer.status_code == 200
    assert "This registry does not lie in a git repository" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/sites/nothing0/history",
        "/sites/..%2f..%2fregistry/history",
        "/nothing/k7m2q9x4/history",
        f"{PAGE}?old=0123456&new=now",
        f"{PAGE}?old=--output=x&new=now",
        f"{PAGE}?old=proposed-1234567&new=now",
    ],
)
def test_what_is_not_there_is_not_found(kept: Path, address: str) -> None:
    assert client(kept).get(address).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_of_every_part_is_told_in_every_language(language: str) -> None:
    """Each real record against an empty one of its kind: no part is without words."""
    registry = read_registry(Path(__file__).parents[1] / "sites")
    tell = Teller(app_words(language, registry.config), registry.sources)
    sites = list(registry.sites.values())
    for one, other in zip(sites[:60], sites[60:120], strict=True):
        for found in differences(one, other):
            told = tell.change(found)
            assert told.place
            assert found.kind == "reordered" or told.old or told.new


@pytest.mark.browser
def test_the_history_is_usable_by_everybody(kept: Path, chromium: Browser) -> None:
    with served(kept) as address:
        # The pages' own policy runs no foreign script, so axe has to come in past it.
        context = chromium.new_context(viewport={"width": 360, "height": 780}, bypass_csp=True)
        page = context.new_page()
        page.goto(address + PAGE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(page) == []
        page.get_by_role("button", name="Compare").press("Enter")
        assert page.locator(".change").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(page) == []
        page.get_by_role("button", name="Restore the version").press("Enter")
        assert page.url.startswith(f"{address}/sites/{KEY}?saved=1")
        context.close()


def test_a_form_of_the_record_is_one_version_by_the_pseudonym_of_its_writer(kept: Path) -> None:
    app = client(kept)
    send(app, "/me", {"name": "wren", "organisation": ""})
    fields = opened(app, f"/sites/{KEY}/edit")
    answer = send(app, f"/sites/{KEY}/edit", fields | {"properties.reports.0.condition": "severe_damage"})
    assert answer.status_code == 303
    assert "wren" in app.get(PAGE).text


# --- Two people in one form ------------------------------------------------------------------------------


def texts(condition: str = "damaged", summary: str = "The roof is open.", **more: Any) -> dict[str, Any]:
    return {"reports": [report(condition=condition, summary={"en": summary})]} | more


@pytest.fixture
def shared(registry: Path) -> Path:
    """A site on which two people work at once."""
    write(registry, "site", site_feature(**texts()))
    return registry


def now(registry: Path) -> tuple[str, str, int]:
    """Return condition and summary of the site's report, and how many names the site has."""
    properties = read_registry(registry).sites[KEY].properties
    summary = properties.reports[0].summary or {}
    return properties.reports[0].condition, summary["en"], len(properties.names)


EDIT = f"/sites/{KEY}/edit"


def test_changes_of_different_parts_go_together_by_themselves(shared: Path) -> None:
    app = client(shared)
    fields = opened(app, EDIT)
    names = [named("Old Mosque"), named("Köhnə məscid", "az")]
    write(shared, "site", site_feature(**texts(summary="The roof has fallen in."), names=names))
    answer = send(app, EDIT, fields, **{"properties.reports.0.condition": "severe_damage"})
    assert answer.headers["location"] == f"/sites/{KEY}?saved=1&merged=1"
    assert now(shared) == ("severe_damage", "The roof has fallen in.", 2)
    assert "Both changes are in the record." in app.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("side", "summary"),
    [
        ("mine", "The roof is gone."),
        ("theirs", "The roof has fallen in."),
        ("both", "The roof is gone.\n\nThe roof has fallen in."),
    ],
)
def test_only_where_both_changed_one_part_its_writer_is_asked(shared: Path, side: str, summary: str) -> None:
    app = client(shared)
    fields = opened(app, EDIT)
    names = [named("Old Mosque"), named("Köhnə məscid", "az")]
    write(shared, "site", site_feature(**texts(summary="The roof has fallen in."), names=names))
    fields["properties.reports.0.summary.0.text"] = "The roof is gone."
    asked = send(app, EDIT, fields)
    assert asked.status_code == 409
    assert "Report 1 · What was seen" in asked.text
    assert now(shared)[1] == "The roof has fallen in."
    again = fields_of(asked.text)
    assert again["properties.reports.0.summary.0.text"] == "The roof is gone."
    digest_seen = re.findall(r'name="_merge\|" value="([0-9a-f]+)"', asked.text)[0]
    part = "_merge|properties.reports[r1].summary[en]"
    answer = send(app, EDIT, again, **{"_merge|": digest_seen, part: side})
    assert answer.status_code == 303
    assert now(shared) == ("damaged", summary, 2)


def test_an_answer_about_what_is_no_longer_so_is_asked_again(shared: Path) -> None:
    app = client(shared)
    fields = opened(app, EDIT) | {"properties.reports.0.summary.0.text": "The roof is gone."}
    write(shared, "site", site_feature(**texts(summary="The roof has fallen in.")))
    asked = send(app, EDIT, fields)
    seen = re.findall(r'name="_merge\|" value="([0-9a-f]+)"', asked.text)[0]
    write(shared, "site", site_feature(**texts(summary="A new roof was put on.")))
    part = "_merge|properties.reports[r1].summary[en]"
    again = send(app, EDIT, fields | {"_merge|": seen, part: "mine"})
    assert again.status_code == 409
    assert "A new roof was put on." in re.sub("</?ins>", "", again.text)
    assert now(shared)[1] == "A new roof was put on."


def test_without_the_version_it_was_opened_on_both_stand_side_by_side(shared: Path) -> None:
    app = client(shared)
    fields = opened(app, EDIT) | {"properties.reports.0.condition": "destroyed", "_digest": "0" * 64}
    answer = send(app, EDIT, fields)
    assert answer.status_code == 409
    assert now(shared)[0] == "damaged"


def test_many_writers_in_one_record_at_once_lose_nothing(registry: Path) -> None:
    """Each changes a note of their own, again and again, and opens the form anew where they are asked."""
    writers, rounds = 4, 5
    notes = [{"text": {"en": f"Note {n}."}} for n in range(writers)]
    write(registry, "site", site_feature(notes=notes))
    app = client(registry)

    def writes(n: int) -> list[int]:
        found = []
        for k in range(rounds):
            part = {f"properties.notes.{n}.text.0.text": f"Note {n} in round {k}."}
            while (status := send(app, EDIT, opened(app, EDIT) | part).status_code) == 409:
                pass
            found.append(status)
        return found

    with ThreadPoolExecutor(writers) as pool:
        statuses = list(pool.map(writes, range(writers)))
    assert statuses == [[303] * rounds] * writers
    texts = {note.text["en"] for note in read_registry(registry).sites[KEY].properties.notes}
    assert texts == {f"Note {n} in round {rounds - 1}." for n in range(writers)}
