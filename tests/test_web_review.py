"""Reviews in the app: a text is handed in, read beside its sources, and approved by somebody else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from accounts import add_accounts, shared_app, signed_in, visitor
from browser import axe
from conftest import claim, report, site_feature, write
from heritage_registry.publishing import log_of, status_of
from heritage_registry.registry import SITES, examine, read_record
from test_publishing import ruled
from web import client, opened, send, served

KEY = "k7m2q9x4"
ADDRESS = f"/sites/{KEY}"
REVIEW = f"/review/sites/{KEY}"


@pytest.fixture
def ruled_registry(registry: Path) -> Path:
    """A registry with the rule of the second person and a site published before reviews were recorded."""
    feature = site_feature(reports=[report(summary={"en": "The survey says it was destroyed."})])
    write(registry, "site", feature)
    ruled(registry, since="2026-11-25")
    digest = content_of(registry)
    taken = {"act": "taken_over", "by": "founders", "date": "2026-11-25", "content": digest}
    feature["properties"]["reviews"] = [taken]
    write(registry, "site", feature)
    return registry


def content_of(registry: Path) -> str:
    from heritage_registry.publishing import content_digest

    record, _ = read_record(registry, SITES, KEY)
    return content_digest(record)  # type: ignore[arg-type]


def at_work(browser: TestClient, name: str, organisation: str = "") -> None:
    """Say who sits at the machine."""
    answer = browser.post("/me", data={"name": name, "organisation": organisation}, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def act(browser: TestClient, action: str, address: str = REVIEW, **fields: str) -> str:
    """Press a button of a review and return the page that follows."""
    page = browser.get(address).text
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found, page
    answer = browser.post(address, data={"_action": action, "digest": found.group(1), **fields})
    return plain(answer.text)


def plain(page: str) -> str:
    """Return the words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rename(browser: TestClient, name: str) -> str:
    """Change the name of the site in its form and return where that leads."""
    fields = opened(browser, f"{ADDRESS}/edit")
    answer = send(browser, f"{ADDRESS}/edit", fields, **{"properties.names.0.text": name, "_action": "save"})
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"])


def shown_name(registry: Path) -> str:
    return examine(registry)[0].sites[KEY].properties.names[0].text


def test_a_change_of_a_published_site_waits_for_a_second_person(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    assert rename(browser, "New Mosque") == f"{ADDRESS}?saved=proposal"
    assert shown_name(ruled_registry) == "Old Mosque"
    page = plain(browser.get(f"{ADDRESS}?saved=proposal").text)
    assert "What readers see stays as it is until somebody else has approved the change." in page
    assert "A change of this record is begun and not handed in yet." in page
    assert "nobody is known to have read it as a second person" in page
    assert "Handed in." in act(browser, "submit")
    assert "Review (1)" in plain(browser.get("/").text)
    assert "You wrote this text or a part of it" in plain(browser.get(REVIEW).text)
    at_work(browser, "Boris")
    assert "Approved." in act(browser, "approve")
    assert shown_name(ruled_registry) == "New Mosque"
    assert "Approved by Boris" in plain(browser.get(ADDRESS).text)
    assert examine(ruled_registry)[1] == []


def test_an_author_cannot_approve_even_without_the_button(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    assert "asks for somebody else; send it back with a reason" in act(browser, "approve")
    assert shown_name(ruled_registry) == "Old Mosque"


def test_a_reviewer_sees_each_change_beside_its_source(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    fields = opened(browser, f"{ADDRESS}/edit")
    [summary] = [k for k in fields if k.startswith("properties.reports.0.summary") and k.endswith(".text")]
    fields[summary] = "Barbarians destroyed it."
    send(browser, f"{ADDRESS}/edit", fields, _action="save")
    page = browser.get(REVIEW).text
    assert 'href="/sources/survey-2021"' in page[page.index("review-sources") :]
    words = plain(page)
    assert "What readers see now The survey says it was destroyed." in words
    assert "What is proposed Barbarians destroyed it." in words
    assert "“Barbarians” takes a side" in words
    assert "The checks find nothing to mend." in words


def test_a_text_is_sent_back_with_a_reason(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    at_work(browser, "Boris")
    assert "say what is to be mended" in act(browser, "return", reason=" ")
    assert "Sent back to its writer." in act(browser, "return", reason="No page number.")
    assert "No page number." in plain(browser.get(ADDRESS).text)


def test_a_text_that_changed_while_it_was_read_is_not_approved(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    read = re.search(r'name="digest" value="([0-9a-f]{64})"', browser.get(REVIEW).text)
    assert read
    rename(browser, "Newer Mosque")
    at_work(browser, "Boris")
    answer = browser.post(REVIEW, data={"_action": "approve", "digest": read.group(1)})
    assert answer.status_code == 409
    assert "Somebody changed this text while you read it." in plain(answer.text)
    assert shown_name(ruled_registry) == "Old Mosque"


def test_a_new_site_is_a_draft_that_somebody_else_publishes(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    fields = opened(browser, "/new/site") | {
        "properties.names.0.text": "Khudafarin", "properties.names.0.language": "en",
        "properties.types.0.type": "bridge", "_source": "survey-2021", "_action": "save",
    }  # fmt: skip
    refused = send(browser, "/new/site", fields)
    assert refused.status_code == 422
    assert "Choose a pseudonym: what you write is signed with it" in plain(refused.text)
    answer = send(browser, "/new/site", fields, _pseudonym="Ani")
    key = str(answer.headers["location"]).partition("?")[0].rpartition("/")[2]
    record, _ = read_record(ruled_registry, SITES, key)
    assert status_of(record) == "draft"  # type: ignore[arg-type]
    assert [(x.act, x.by) for x in log_of(record)] == [("wrote", "Ani")]  # type: ignore[arg-type]
    assert "Khudafarin" in plain(browser.get("/review").text)
    address = f"/review/sites/{key}"
    act(browser, "submit", address)
    at_work(browser, "Boris")
    act(browser, "approve", address)
    assert status_of(read_record(ruled_registry, SITES, key)[0]) == "published"  # type: ignore[arg-type]


def test_a_withdrawal_is_told_and_undone(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Boris")
    assert "Withdrawn. Readers no longer see it." in act(browser, "withdraw", reason="Entered twice.")
    assert "Entered twice." in plain(browser.get(ADDRESS).text)
    assert "The withdrawal is undone." in act(browser, "restore")
    assert examine(ruled_registry)[1] == []
    assert status_of(examine(ruled_registry)[0].sites[KEY]) == "published"


def test_a_proposed_change_is_thrown_away(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    assert "The proposed change is thrown away." in act(browser, "discard")
    assert examine(ruled_registry)[0].proposals == {}


def test_a_record_changed_past_the_review_can_be_handed_in(ruled_registry: Path) -> None:
    path = ruled_registry / "records" / f"{KEY}.geojson"
    path.write_text(path.read_text("utf-8").replace("Old Mosque", "New Mosque"), "utf-8")
    browser = client(ruled_registry)
    page = browser.get(ADDRESS).text
    assert "differs from what was taken over on 2026-11-25" in plain(page)
    assert f'href="{REVIEW}"' in page
    assert "was changed past the review" in plain(browser.get(REVIEW).text)
    at_work(browser, "Ani")
    act(browser, "submit")
    at_work(browser, "Boris")
    act(browser, "approve")
    assert shown_name(ruled_registry) == "New Mosque"
    assert examine(ruled_registry)[1] == []


def test_two_organisations_are_asked_for_in_words(ruled_registry: Path) -> None:
    path = ruled_registry / "registry.toml"
    path.write_text(path.read_text("utf-8").replace("second_person", "two_organisations"), "utf-8")
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    at_work(browser, "Boris")
    assert "Say which one you work for" in plain(browser.get(REVIEW).text)
    at_work(browser, "Boris", "Institute A")
    act(browser, "approve")
    assert "It waits for somebody of another organisation." in plain(browser.get(REVIEW).text)
    assert shown_name(ruled_registry) == "Old Mosque"
    at_work(browser, "Cyrus", "Institute B")
    act(browser, "approve")
    assert shown_name(ruled_registry) == "New Mosque"


def test_a_claim_is_reviewed_too(ruled_registry: Path) -> None:
    write(ruled_registry, "claim", claim(status="draft", status_reason="Not reviewed yet"))
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    assert "Survey Institute: Ten mosques were damaged." in plain(browser.get("/review").text)
    address = "/review/claims/c1a1m000"
    act(browser, "submit", address)
    at_work(browser, "Boris")
    assert "Approved." in act(browser, "approve", address)


def test_each_act_is_one_commit_of_its_pseudonym(ruled_registry: Path) -> None:
    directory = ruled_registry.parent
    for command in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=x", "-c", "user.email=", "commit", "-qm", "Begin"),
    ):
        subprocess.run(("git", *command), cwd=directory, check=True)
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    at_work(browser, "Boris")
    act(browser, "approve")
    log = subprocess.run(
        ("git", "log", "--format=%an: %s", "--", "sites"), cwd=directory, check=True, capture_output=True
    )
    assert log.stdout.decode().splitlines()[:3] == [
        f"Boris: Approve New Mosque ({KEY})",
        f"Ani: Submit New Mosque ({KEY})",
        f"Ani: Propose: Change site New Mosque ({KEY})",
    ]
    left = subprocess.run(
        ("git", "status", "--porcelain", "sites"), cwd=directory, check=True, capture_output=True
    )
    assert [line for line in left.stdout.decode().splitlines() if ".lock" not in line] == []


def test_pages_of_reviews_speak_every_language(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    for language in ("en", "hy", "az", "ru"):
        for address in ("/review", REVIEW, ADDRESS):
            answer = browser.get(f"{address}?lang={language}")
            assert answer.status_code == 200, answer.text
            assert "review." not in plain(answer.text)


def test_an_unknown_review_is_told_plainly(ruled_registry: Path) -> None:
    browser = client(ruled_registry)
    for address in ("/review/sites/nosuch00", "/review/sources/survey-2021", "/review/sites/..%2F..%2Fx"):
        assert browser.get(address).status_code == 404
    assert browser.post(REVIEW, data={"_action": "nothing"}).status_code == 404


def test_contributors_hand_in_reviewers_judge_and_keepers_withdraw(ruled_registry: Path) -> None:
    add_accounts(ruled_registry)
    app = shared_app(ruled_registry)
    swift, osprey = signed_in(app, "contributor"), signed_in(app, "reviewer")
    swift.follow_redirects = True
    rename(swift, "New Mosque")

    def tried(browser: TestClient, action: str) -> int:
        found = re.search(r'name="digest" value="([0-9a-f]{64})"', browser.get(REVIEW).text)
        fields = {"_action": action, "digest": found.group(1) if found else "", "reason": "Entered twice."}
        return int(browser.post(REVIEW, data=fields, follow_redirects=False).status_code)

    assert visitor(app).get(REVIEW).status_code in (303, 403)
    assert signed_in(app, "reader").get("/review").status_code == 403
    assert tried(swift, "submit") == 303
    assert [tried(swift, name) for name in ("approve", "return", "withdraw")] == [403, 403, 403]
    assert tried(osprey, "withdraw") == 403
    assert tried(osprey, "approve") == 303
    assert shown_name(ruled_registry) == "New Mosque"
    assert tried(signed_in(app, "keeper"), "withdraw") == 303
    assert "New Mosque" not in visitor(app).get("/sites").text


@pytest.fixture
def address(ruled_registry: Path) -> Iterator[str]:
    """The address of an app in which Ani's change waits for a reviewer."""
    browser = client(ruled_registry)
    at_work(browser, "Ani")
    rename(browser, "New Mosque")
    act(browser, "submit")
    at_work(browser, "Boris")
    with served(ruled_registry) as running:
        yield running


@pytest.mark.browser
def test_a_reviewer_works_by_keyboard_on_a_phone_without_script(
    address: str, ruled_registry: Path, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 720}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/review")
    page.get_by_role("link", name="New Mosque").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Approve and publish").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Approved.", exact=True).wait_for()
    assert shown_name(ruled_registry) == "New Mosque"
    context.close()


@pytest.mark.browser
def test_axe_finds_nothing_in_the_pages_of_reviews(address: str, chromium: Browser) -> None:
    for width in (1280, 360):
        # The pages' own policy runs no foreign script, so axe has to come in past it.
        context = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
        page = context.new_page()
        for path in ("/review", REVIEW, ADDRESS):
            page.goto(f"{address}{path}")
            page.evaluate(axe())
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()
