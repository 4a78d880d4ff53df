"""Exchange with others: pulling with answers, pushing without force, while the app goes on being used."""

from __future__ import annotations

import re
import socket
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser

from browser import axe
from conftest import heritage, named, report, site_feature, write
from heritage_registry.errors import StaleRecord
from heritage_registry.form import decode_loosely
from heritage_registry.git import HistoryUnavailable
from heritage_registry.history import commit_change
from heritage_registry.pulling import Answer, UncommittedChanges, pull, pull_answered
from heritage_registry.pushing import push, standing
from heritage_registry.registry import SITES, read_record, read_registry, record_path, replace_record
from heritage_registry.remotes import (
    CredentialsNeeded,
    NothingShared,
    RemoteMovedOn,
    RemoteRefused,
    RemoteUnreachable,
    without_secrets,
)
from heritage_registry.site import Site
from heritage_registry.web.wording import LANGUAGES, web_messages
from test_history import git, save
from web import client, send, served

ID = "k7m2q9x4"
OTHER = "m4n8p2q6"


@pytest.fixture
def two(registry: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The registry in the clones of two people, with a site and a bare repository between them."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / ".gitignore").write_text(".lock\n/private/\n")
    texts = {"en": "Seen from the road."}
    write(
        registry, "site", site_feature(reports=[report(summary=texts)], notes=[{"text": {"en": "A note."}}])
    )
    write(registry, "site", site_feature(OTHER, names=[named("Other Church")], type="church"))
    git(tmp_path, "add", ".gitignore", "sites")
    git(tmp_path, "commit", "--quiet", "-m", "Start")
    git(tmp_path, "clone", "--quiet", "--bare", ".", "shared.git")
    for name in ("ours", "theirs"):
        git(tmp_path, "clone", "--quiet", "shared.git", name)
    return tmp_path / "ours" / "sites", tmp_path / "theirs" / "sites"


def texts_of(directory: Path) -> tuple[str, str]:
    """Return the condition and the summary of the site's only report."""
    (found,) = read_registry(directory).sites[ID].properties.reports
    return found.condition, (found.summary or {})["en"]


def site(condition: str, summary: str, **more: Any) -> dict[str, Any]:
    notes = [{"text": {"en": "A note."}}]
    return {"reports": [report(condition=condition, summary={"en": summary})], "notes": notes} | more


def apart(two: tuple[Path, Path]) -> tuple[Path, Path]:
    """Both sides change the summary and the condition of one report to different values; theirs is pushed."""
    ours, theirs = two
    save(theirs, "Stork", "Theirs", **site("severe_damage", "Seen from the hill."))
    push(theirs)
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    return ours, theirs


# --- Pushing ---------------------------------------------------------------------------------------------


def test_a_push_hands_on_what_is_committed(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    assert (standing(ours).ahead, standing(ours).behind) == (1, 0)
    assert (push(ours).commits, push(ours).commits) == (1, 0)
    pull(theirs, "Stork")
    assert texts_of(theirs) == ("damaged", "Seen from the river.")


def test_a_push_never_overwrites_what_others_pushed(two: tuple[Path, Path]) -> None:
    ours, theirs = apart(two)
    git(ours, "config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    git(ours, "config", "push.default", "matching")
    with pytest.raises(RemoteMovedOn, match="pull first"):
        push(ours)
    assert git(theirs, "ls-remote", "origin", "main").split()[0] == git(theirs, "rev-parse", "HEAD").strip()


def test_a_branch_that_follows_none_is_told(registry: Path) -> None:
    with pytest.raises(HistoryUnavailable):
        push(registry)
    git(registry, "init", "--quiet", "--initial-branch=main")
    with pytest.raises(NothingShared, match="no commit yet"):
        push(registry)
    git(registry, "add", "registry.toml")
    git(registry, "commit", "--quiet", "-m", "Start")
    with pytest.raises(NothingShared, match="follows no other"):
        push(registry)


def test_a_remote_that_asks_for_a_password_is_told_and_not_answered(two: tuple[Path, Path]) -> None:
    """A real server on this machine that answers as a git host does to somebody it does not know."""
    ours, _ = two
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=_ask_for_password, args=(server,), daemon=True)
        answering.start()
        git(ours, "remote", "set-url", "origin", f"http://heron:secret@127.0.0.1:{port}/shared.git")
        git(ours, "config", "core.askPass", "/bin/false")
        with pytest.raises(CredentialsNeeded) as told:
            push(ours)
        assert "secret" not in str(told.value)
        assert "secret" not in standing(ours).address
        server.close()


def _ask_for_password(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.recv(65_536)
        head = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="git"\r\n'
        connection.sendall(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        connection.close()


def test_a_remote_that_is_gone_is_told(two: tuple[Path, Path]) -> None:
    ours, _ = two
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    for address in ("/nowhere/shared.git", "http://127.0.0.1:9/shared.git", "ssh://127.0.0.1:9/shared.git"):
        git(ours, "remote", "set-url", "origin", address)
        with pytest.raises(RemoteUnreachable):
            push(ours)


def test_a_remote_whose_rules_refuse_is_told(two: tuple[Path, Path], tmp_path: Path) -> None:
    ours, _ = two
    hook = tmp_path / "shared.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho only on Mondays >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    with pytest.raises(RemoteRefused, match="only on Mondays"):
        push(ours)


def test_passwords_in_addresses_are_not_shown() -> None:
    assert without_secrets("at https://heron:secret@example.org/x.git") == "at https://example.org/x.git"


def test_the_command_line_pushes(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    save(ours, "Heron", "Ours", **site("damaged", "Seen from the river."))
    write(ours, "site", site_feature(OTHER, names=[named("Another name")]))
    told = heritage(ours, "push")
    assert told.exit_code == 0
    assert "Pushed 1 commit to origin/main." in told.output
    assert "1 file of records not committed yet" in told.output
    save(theirs, "Stork", "Theirs", **site("severe_damage", "Seen from the hill."))
    told = heritage(theirs, "push")
    assert told.exit_code == 1
    assert "others pushed in the meantime; pull first" in told.output


# --- Pulling with answers --------------------------------------------------------------------------------


def test_while_a_question_is_open_no_file_changes(two: tuple[Path, Path]) -> None:
    ours, _ = apart(two)
    before = record_path(ours, SITES, ID).read_bytes()
    found = pull_answered(ours, "Heron")
    assert [c.key for c in found.conflicts[0].conflicts] == [
        "properties.reports[r1].condition",
        "properties.reports[r1].summary[en]",
    ]
    assert record_path(ours, SITES, ID).read_bytes() == before
    assert not standing(ours).is_waiting
    assert standing(ours).uncommitted == ()


def test_answers_settle_everything_in_one_go(two: tuple[Path, Path]) -> None:
    ours, theirs = apart(two)
    (name, token), *_ = pull_answered(ours, "Heron").tokens.items()
    sides = {"properties.reports[r1].condition": "theirs", "properties.reports[r1].summary[en]": "both"}
    assert pull_answered(ours, "Heron", {name: Answer(token, sides)}).settled  # type: ignore[arg-type]
    assert texts_of(ours) == ("severe_damage", "Seen from the river.\n\nSeen from the hill.")
    assert push(ours).commits == 2
    pull(theirs, "Stork")
    assert texts_of(theirs) == texts_of(ours)


def test_an_answer_to_what_is_no_longer_so_is_asked_again(two: tuple[Path, Path]) -> None:
    ours, theirs = apart(two)
    (name, token), *_ = pull_answered(ours, "Heron").tokens.items()
    save(theirs, "Stork", "Theirs again", **site("destroyed", "Seen from the tower."))
    push(theirs)
    sides: Any = {
        "properties.reports[r1].condition": "theirs",
        "properties.reports[r1].summary[en]": "theirs",
    }
    again = pull_answered(ours, "Heron", {name: Answer(token, sides)})
    assert not again.settled
    assert texts_of(ours) == ("damaged", "Seen from the river.")


@pytest.mark.parametrize(("side", "is_there"), [("ours", False), ("theirs", True)])
def test_a_record_removed_here_and_changed_there_is_asked(
    two: tuple[Path, Path], side: Any, is_there: bool
) -> None:
    ours, theirs = two
    save(theirs, "Stork", "Theirs", **site("destroyed", "Seen from the hill."))
    push(theirs)
    path = record_path(ours, SITES, ID)
    path.unlink()
    commit_change(ours, [path], "Remove it", "Heron")
    found = pull_answered(ours, "Heron")
    assert found.conflicts[0].ours is None
    answer = {name: Answer(token, {"": side}) for name, token in found.tokens.items()}
    assert pull_answered(ours, "Heron", answer).settled
    assert path.exists() == is_there


def test_a_file_that_is_no_record_is_asked_as_a_whole(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    for directory, text in ((theirs, "theirs"), (ours, "ours")):
        (directory.parent / "README").write_text(f"{text}\n")
        git(directory, "add", "../README")
        git(directory, "commit", "--quiet", "-m", text)
    push(theirs)
    found = pull_answered(ours, "Heron")
    assert found.other_files == ("../README",)
    answer = {"../README": Answer(found.tokens["../README"], {"": "theirs"})}
    assert pull_answered(ours, "Heron", answer).settled
    assert (ours.parent / "README").read_text() == "theirs\n"


def test_what_is_saved_during_pulls_is_never_lost(two: tuple[Path, Path]) -> None:
    """Saves to one record and pulls of changes to another part of it, again and again, at the same time."""
    ours, theirs = two
    rounds = 12

    def writes() -> None:
        for n in range(rounds):
            is_saved = False
            while not is_saved:
                record, held = read_record(ours, SITES, ID)
                now = msgspec.json.decode(msgspec.json.encode(record))
                now["properties"]["notes"].append({"text": {"en": f"Ours {n}."}})
                changed: Site = decode_loosely(msgspec.json.encode(now), Site, "site")
                with suppress(StaleRecord):  # read it again, as the app does
                    path = replace_record(read_registry(ours), changed, held)
                    is_saved = True
            commit_change(ours, [path], f"Ours {n}", "Heron")

    def pulls() -> None:
        for n in range(rounds):
            names = [named("Old Mosque"), *(named(f"Name {k}") for k in range(n + 1))]
            save(theirs, "Stork", f"Theirs {n}", **site("destroyed", "Seen from the road.", names=names))
            push(theirs)
            assert pull_answered(ours, "Heron").settled

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(writes), pool.submit(pulls)]:
            done.result()
    properties = read_registry(ours).sites[ID].properties
    assert {note.text["en"] for note in properties.notes} >= {f"Ours {n}." for n in range(rounds)}
    assert {name.text for name in properties.names} >= {f"Name {n}" for n in range(rounds)}
    assert standing(ours).uncommitted == ()


def test_a_pull_waits_for_the_commits_of_what_many_save_at_the_moment(two: tuple[Path, Path]) -> None:
    """At every moment the commit of some saved file is still to come, and each file is changed there, too."""
    ours, theirs = two
    sites = [f"{letter}2m4n8p6" for letter in "abcdef"]
    for key in sites:
        path = write(ours, "site", site_feature(key, notes=[{"text": {"en": "A note."}}]))
        commit_change(ours, [path], f"Add {key}", "Heron")
    push(ours)
    pull(theirs, "Stork")
    for key in sites:
        path = write(theirs, "site", site_feature(key, notes=[{"text": {"en": "A note."}}], type="church"))
        commit_change(theirs, [path], f"Change {key}", "Stork")
    push(theirs)
    is_pulled = threading.Event()

    def writes(key: str) -> list[str]:
        said: list[str] = []
        while not is_pulled.is_set():
            record, held = read_record(ours, SITES, key)
            now = msgspec.json.decode(msgspec.json.encode(record))
            now["properties"]["notes"].append({"text": {"en": f"Ours {len(said)}."}})
            with suppress(StaleRecord):
                path = replace_record(
                    read_registry(ours), decode_loosely(msgspec.json.encode(now), Site, "site"), held
                )
                said.append(f"Ours {len(said)}.")
                commit_change(ours, [path], f"Change {key}", "Heron")
        return said

    with ThreadPoolExecutor(len(sites)) as pool:
        writing = [pool.submit(writes, key) for key in sites]
        try:
            assert pull(ours, "Heron").settled
        finally:
            is_pulled.set()
        said = [one.result() for one in writing]
    found = read_registry(ours).sites
    for key, words in zip(sites, said, strict=True):
        assert [note.text["en"] for note in found[key].properties.notes] == ["A note.", *words]
        assert found[key].properties.types[0].type == "church"


@pytest.mark.parametrize("is_staged", [False, True])
def test_a_pull_leaves_changes_alone_that_nobody_commits(two: tuple[Path, Path], is_staged: bool) -> None:
    ours, _ = apart(two)
    path = write(ours, "site", site_feature(OTHER if is_staged else ID, names=[named("Not committed")]))
    if is_staged:
        git(ours, "add", "--", str(path))
    raw = path.read_bytes()
    with pytest.raises(UncommittedChanges, match="changed and in no commit; commit them"):
        pull(ours, "Heron")
    assert path.read_bytes() == raw
    assert git(ours, "stash", "list").strip() == ""
    assert standing(ours).behind == 1


# --- The page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_how_things_stand(two: tuple[Path, Path], language: str) -> None:
    ours, _ = apart(two)
    app = client(ours, language)
    assert send(app, "/sync", {"action": "look"}).headers["location"] == "/sync?done=look"
    page = app.get("/sync?done=look").text
    for key in ("sync.ahead", "sync.behind", "sync.done.look"):
        assert web_messages(language)[key] in page
    assert page.count("<dd>1</dd>") == 2
    page = send(app, "/sync", {"action": "push"}).text
    assert web_messages(language)["sync.fault.moved_on"] in page


def test_a_conflict_is_asked_in_words_and_the_answers_are_taken(two: tuple[Path, Path]) -> None:
    ours, _ = apart(two)
    app = client(ours)
    asked = send(app, "/sync", {"action": "pull"})
    assert asked.status_code == 409
    for words in ("Report 1 · Condition", "Damaged", "Severe damage", "What was seen", "river.", "hill."):
        assert words in asked.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', asked.text))
    fields = {unescape(k): v for k, v in hidden.items()}
    parts = sorted({unescape(x) for x in re.findall(r'<input type="radio" name="([^"]*)"', asked.text)})
    assert len(parts) == 2
    half = send(app, "/sync", fields | {"action": "pull", parts[0]: "theirs"})
    assert half.status_code == 409
    assert "Some parts have no answer yet" in half.text
    assert half.text.count(" checked") == 1
    done = send(app, "/sync", fields | {"action": "pull", parts[0]: "theirs", parts[1]: "both"})
    assert done.headers["location"] == "/sync?done=pull"
    assert texts_of(ours) == ("severe_damage", "Seen from the river.\n\nSeen from the hill.")
    assert send(app, "/sync", {"action": "push"}).headers["location"] == "/sync?done=push"


def test_files_changed_in_an_editor_are_kept_as_a_version(two: tuple[Path, Path]) -> None:
    ours, _ = two
    write(ours, "site", site_feature(**site("damaged", "Seen from the river.")))
    app = client(ours)
    assert f"records/{ID}.geojson" in app.get("/sync").text
    assert send(app, "/sync", {"action": "commit"}).headers["location"] == "/sync?done=commit"
    assert standing(ours).uncommitted == ()
    assert standing(ours).ahead == 1


def test_files_that_would_be_overwritten_are_told(two: tuple[Path, Path]) -> None:
    ours, _ = apart(two)
    write(ours, "site", site_feature(**site("slight_damage", "Not committed.")))
    told = send(client(ours), "/sync", {"action": "pull"})
    assert told.status_code == 409
    assert "Changed files are in the way" in told.text
    assert texts_of(ours) == ("slight_damage", "Not committed.")


def test_without_git_and_without_a_remote_the_page_says_so(registry: Path) -> None:
    app = client(registry)
    assert "does not lie in a git repository" in app.get("/sync").text
    git(registry, "init", "--quiet")
    git(registry, "add", "registry.toml")
    git(registry, "commit", "--quiet", "-m", "Start")
    assert "not shared with another repository yet" in app.get("/sync").text
    assert send(app, "/sync", {"action": "push"}).status_code == 409
    assert send(app, "/sync", {"action": "nonsense"}).status_code == 303


@pytest.mark.browser
def test_the_page_is_usable_by_everybody(two: tuple[Path, Path], chromium: Browser) -> None:
    ours, _ = apart(two)
    with served(ours) as address:
        # The pages' own policy runs no foreign script, so axe has to come in past it.
        context = chromium.new_context(viewport={"width": 360, "height": 780}, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{address}/sync")
        for has_questions in (False, True):
            if has_questions:
                page.click("button[value=pull]")
            page.evaluate(axe())
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            assert [(x["id"], x["nodes"][0]["html"][:150]) for x in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for legend in page.locator("fieldset").all():
            legend.locator("input[value=ours]").press(" ")
        page.locator("button[value=pull]").press("Enter")
        page.wait_for_url("**/sync?done=pull")
        context.close()
    assert texts_of(ours) == ("damaged", "Seen from the river.")
