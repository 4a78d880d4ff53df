"""Corrections: anybody may ask, what they write stays private, and the answer is shown on the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from accounts import add_accounts, shared_app, signed_in, visitor
from browser import axe
from conftest import claim, report, site_feature, write
from heritage_registry.pages.publish import publish
from heritage_registry.registry import read_registry
from heritage_registry.review import Signature, approve, submit
from heritage_registry.site import Site
from heritage_registry.web.review.letters import (
    MAX_FILE_BYTES,
    MAX_TEXT,
    MAX_WAITING,
    LetterBox,
    LetterRefused,
    Letters,
    letter,
    read_file,
)
from heritage_registry.web.wording import LANGUAGES, web_messages
from naughty import naughty_strings
from web import client, send, served

KEY = "k7m2q9x4"
ASK = f"/correct/sites/{KEY}"
TEXT = "The mosque stood until 1997, as the survey of 1998 shows."
ANSWER = {
    "outcome": "accepted",
    "language": "en",
    "about": "report 1",
    "asks": "A reader says that the year is wrong.",
    "answer": "The survey was read again; the year is corrected.",
    "action": "answer",
}


@pytest.fixture
def held(registry: Path) -> Path:
    """A registry with a site and a claim."""
    write(registry, "site", site_feature(reports=[report()]))
    write(registry, "claim", claim())
    return registry


def waiting(registry: Path) -> list[Any]:
    return Letters(registry.parent / "private" / "letters").all()


def file_of(text: Any = TEXT, **fields: Any) -> str:
    usual = {
        "format": "heritage-registry-correction",
        "version": 1,
        "folder": "sites",
        "record": KEY,
        "language": "hy",
        "edition": "0" * 64,
        "about": "the location",
        "text": text,
    }
    return json.dumps(usual | fields, ensure_ascii=False)


# --- Asking ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_anybody_may_ask_and_is_warned_to_name_nobody(held: Path, language: str) -> None:
    app = client(held, language)
    for address in (f"/sites/{KEY}", "/claims/c1a1m000", "/sources/survey-2021"):
        assert f'href="/correct{address}"' in app.get(address).text
        asked = app.get(f"/correct{address}")
        assert asked.status_code == 200
    answer = send(app, ASK, {"about": "report 1", "text": TEXT})
    assert answer.headers["location"] == f"{ASK}?sent=1"
    assert web_messages(language)["letter.sent"] in app.get(f"{ASK}?sent=1").text


def test_what_is_asked_waits_outside_the_registry_and_is_not_published(held: Path) -> None:
    before = sorted(path.name for path in held.rglob("*"))
    send(client(held), ASK, {"about": "report 1", "text": TEXT})
    (found,) = waiting(held)
    assert (found.folder, found.record, found.about, found.text) == ("sites", KEY, "report 1", TEXT)
    assert sorted(path.name for path in held.rglob("*") if path.name != ".lock") == before
    kept = next((held.parent / "private" / "letters").glob("*.json"))
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "the text is empty"), ("   \n", "the text is empty"), ("x" * (MAX_TEXT + 1), "at most 5,000")],
)
def test_a_letter_says_something_and_not_too_much(held: Path, text: str, words: str) -> None:
    answer = send(client(held), ASK, {"about": "", "text": text})
    assert answer.status_code == 422
    assert words in answer.text
    assert waiting(held) == []


def test_a_sender_is_asked_to_wait_and_keeps_the_text(held: Path) -> None:
    app = client(held)
    for _ in range(5):
        assert send(app, ASK, {"text": TEXT}).status_code == 303
    answer = send(app, ASK, {"text": "The sixth."})
    assert answer.status_code == 429
    assert "The sixth." in answer.text
    assert len(waiting(held)) == 5


def test_after_ten_minutes_a_sender_is_heard_again_and_a_crowd_is_not() -> None:
    box = LetterBox()
    for n in range(5):
        box.let_in("heron", n)
    with pytest.raises(LetterRefused, match="often"):
        box.let_in("heron", 10)
    box.let_in("heron", 601)
    for n in range(59):
        box.let_in(f"bird {n}", 700)
    with pytest.raises(LetterRefused, match="often"):
        box.let_in("one more", 701)


def test_a_flood_does_not_fill_the_disk(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    for n in range(MAX_WAITING):
        (tmp_path / f"{n:024x}.json").write_text("{}")
    with pytest.raises(LetterRefused, match="full"):
        letters.keep(letter("sites", KEY, "en", "", TEXT, "2026-01-01"))


@pytest.mark.parametrize(
    "address", ["/correct/sites/nothing0", "/correct/nothing/k7m2q9x4", "/corrections/0"]
)
def test_what_is_not_there_cannot_be_corrected(held: Path, address: str) -> None:
    assert client(held).get(address).status_code == 404


# --- A file from the published pages ---------------------------------------------------------------------


def test_a_file_that_was_handed_over_is_taken_into_the_queue(held: Path) -> None:
    app = client(held)
    assert send(app, "/corrections", {"file": file_of()}).headers["location"] == "/corrections?done=taken"
    (found,) = waiting(held)
    assert (found.is_file, found.language, found.text, found.about) == (True, "hy", TEXT, "the location")
    assert "handed over as a file" in app.get("/corrections").text


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        file_of(version=2),
        file_of(format="something else"),
        file_of(folder="../../etc"),
        file_of(record="../registry"),
        file_of(text="x" * (MAX_TEXT + 1)),
        file_of(text=""),
        file_of(more="than there is"),
        file_of(record="nothing0"),
        file_of(text=["a"]),
        '{"format": "heritage-registry-correction", "version": 1e400}',
        file_of() + " " * MAX_FILE_BYTES,
        "\x00\x01",
    ],
)
def test_any_other_file_is_refused_with_a_word(held: Path, raw: str) -> None:
    answer = send(client(held), "/corrections", {"file": raw})
    assert answer.status_code == 422 or (raw.endswith("   ") and answer.status_code == 303)
    assert len(waiting(held)) == (answer.status_code == 303)


def test_a_file_may_hold_any_text_and_none_of_it_becomes_a_page(held: Path) -> None:
    app = client(held)
    for text in naughty_strings(150):
        try:
            made = read_file(file_of(text[:MAX_TEXT]).encode("utf-8", "replace"), "2026-11-25")
        except LetterRefused:
            continue
        Letters(held.parent / "private" / "letters").keep(made)
    pages = [app.get("/corrections"), *(app.get(f"/corrections/{x.id}") for x in waiting(held)[:40])]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert page.text.count("<script") <= 2


# --- Answering -------------------------------------------------------------------------------------------


def answered(registry: Path, folder: str = "sites", key: str = KEY, **fields: str) -> Any:
    app = client(registry)
    send(app, f"/correct/{folder}/{key}", {"about": "report 1", "text": TEXT})
    (found,) = waiting(registry)
    return send(app, f"/corrections/{found.id}", ANSWER | fields)


def test_the_answer_is_shown_on_the_record_and_the_letter_is_gone(held: Path) -> None:
    answer = answered(held)
    assert answer.headers["location"] == f"/sites/{KEY}?saved=1#corrections"
    (found,) = read_registry(held).sites[KEY].properties.corrections
    assert (found.outcome, found.about) == ("accepted", "report 1")
    assert found.asks == {"en": ANSWER["asks"]}
    assert found.answer == {"en": ANSWER["answer"]}
    assert waiting(held) == []
    page = client(held).get(f"/sites/{KEY}").text
    assert ANSWER["answer"] in page
    assert TEXT not in page


def test_the_answer_is_on_the_published_page_too(held: Path, tmp_path: Path) -> None:
    answered(held)
    publish(read_registry(held), tmp_path / "web")
    page = (tmp_path / "web" / "en" / "sites" / f"{KEY}.html").read_text("utf-8")
    assert ANSWER["answer"] in page
    assert f'href="../correct.html#sites/{KEY}"' in page


def test_claims_and_sources_are_answered_too(held: Path) -> None:
    answered(held, "claims", "c1a1m000")
    assert read_registry(held).claims["c1a1m000"].corrections[0].outcome == "accepted"
    answered(held, "sources", "survey-2021")
    (note,) = read_registry(held).sources["survey-2021"].notes
    assert ANSWER["answer"] in note.text["en"]
    assert ANSWER["answer"] in client(held).get("/sources/survey-2021").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"asks": ""}, "in your own words"),
        ({"answer": " "}, "in your own words"),
        ({"outcome": "ignored"}, "Choose what became of it"),
        ({"answer": TEXT}, "must not be published"),
    ],
)
def test_an_answer_is_whole_and_in_our_own_words(held: Path, fields: dict[str, str], words: str) -> None:
    answer = answered(held, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert len(waiting(held)) == 1
    assert read_registry(held).sites[KEY].properties.corrections == ()


def test_only_what_shall_go_for_good_is_thrown_away(held: Path) -> None:
    app = client(held)
    send(app, ASK, {"text": TEXT})
    (found,) = waiting(held)
    assert send(app, f"/corrections/{found.id}", {"action": "discard"}).status_code == 422
    assert len(waiting(held)) == 1
    done = send(app, f"/corrections/{found.id}", {"action": "discard", "sure": "1"})
    assert done.headers["location"] == "/corrections?done=discarded"
    assert waiting(held) == []


def test_where_a_second_person_must_agree_the_answer_waits_for_that(registry: Path) -> None:
    toml = (registry / "registry.toml").read_text("utf-8")
    (registry / "registry.toml").write_text(toml.replace('"anyone"', '"second_person"'), "utf-8")
    write(registry, "site", site_feature(status="draft", status_reason="Not reviewed yet"))
    submit(read_registry(registry), KEY, Signature("heron", "2026-01-01"))
    approve(read_registry(registry), KEY, Signature("stork", "2026-01-02"))
    assert answered(registry).status_code == 422
    (found,) = waiting(registry)
    answer = send(client(registry), f"/corrections/{found.id}", ANSWER | {"pseudonym": "wren"})
    assert answer.headers["location"] == f"/sites/{KEY}?saved=proposal#corrections"
    held = read_registry(registry)
    assert held.sites[KEY].properties.corrections == ()
    proposal = held.proposals[KEY]
    assert isinstance(proposal, Site)
    assert proposal.properties.corrections[0].answer == {"en": ANSWER["answer"]}


def test_on_a_server_anybody_may_ask_and_only_reviewers_read_what_was_asked(held: Path) -> None:
    add_accounts(held)
    app = shared_app(held)
    for _ in range(5):
        assert visitor(app).post(ASK, data={"text": TEXT}).status_code == 303
    assert visitor(app).post(ASK, data={"text": TEXT}).status_code == 429
    letter_id = waiting(held)[0].id
    addresses = ("/corrections", f"/corrections/{letter_id}")
    for role in ("reader", "contributor"):
        for address in addresses:
            assert TEXT not in signed_in(app, role).get(address).text
        assert signed_in(app, role).post(addresses[1], data=ANSWER).status_code in (303, 403)
    assert len(waiting(held)) == 5
    reviewer = signed_in(app, "reviewer")
    assert TEXT in reviewer.get(addresses[1]).text
    assert reviewer.post(addresses[1], data=ANSWER).status_code == 303
    assert len(waiting(held)) == 4


# --- In a browser ----------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_published_page_makes_the_file_without_a_network(
    held: Path, tmp_path: Path, chromium: Browser
) -> None:
    publish(read_registry(held), tmp_path / "web")
    context = chromium.new_context(viewport={"width": 360, "height": 780}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / "web" / "en" / "sites" / f"{KEY}.html").as_uri())
    page.get_by_role("link", name="Correct or object").click()
    page.get_by_role("textbox", name="What is wrong").fill(TEXT)
    page.get_by_role("textbox", name="Which part").fill("report 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with page.expect_download() as told:
        page.get_by_role("button", name="Save as a file").press("Enter")
    assert told.value.suggested_filename == f"correction-{KEY}.json"
    made = read_file(Path(told.value.path()).read_bytes(), "2026-11-25")
    assert (made.folder, made.record, made.about, made.text) == ("sites", KEY, "report 1", TEXT)
    page.get_by_role("link", name="Русский").click()
    assert page.locator("#correct-form").is_visible()
    page.locator("#about-record a").click()
    assert page.url.endswith(f"/ru/sites/{KEY}.html")
    assert complaints == []
    context.close()
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((tmp_path / "web" / "en" / "correct.html").as_uri() + f"#sites/{KEY}")
    assert not page.locator("#correct-form").is_visible()
    assert "CONTRIBUTING" in (page.text_content("main") or "")
    context.close()


@pytest.mark.browser
def test_asking_and_answering_are_usable_by_everybody(held: Path, chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "correction.json").write_text(file_of(), "utf-8")
    with served(held) as address:
        # The pages' own policy runs no foreign script, so axe has to come in past it.
        context = chromium.new_context(
            viewport={"width": 360, "height": 780}, bypass_csp=True, color_scheme="dark", locale="en"
        )
        page = context.new_page()

        def look() -> None:
            page.evaluate(axe())
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert [(x["id"], x["nodes"][0]["html"][:150]) for x in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 360

        page.goto(f"{address}{ASK}")
        look()
        page.goto(f"{address}/corrections")
        page.set_input_files("#letter-file", str(tmp_path / "correction.json"))
        page.wait_for_function("document.getElementById('letter-paste').value.length > 10")
        page.get_by_role("button", name="Put it into the queue").press("Enter")
        page.wait_for_url("**/corrections?done=taken")
        look()
        page.locator(".list a.title").click()
        look()
        page.get_by_label("Declined").check()
        page.get_by_role("textbox", name="What was asked").fill(ANSWER["asks"])
        page.get_by_role("textbox", name="Our answer").fill("No source was found that says so.")
        page.get_by_role("button", name="Save the answer").press("Enter")
        page.wait_for_url(f"**/sites/{KEY}?saved=1#corrections")
        assert page.locator("#corrections").is_visible()
        context.close()
