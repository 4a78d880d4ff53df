"""History and pulling on real git repositories: nobody's edit is lost, nobody's name slips in."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conftest import heritage, named, report, site_feature, source, write
from heritage_registry.errors import RecordNotFound
from heritage_registry.git import GitFailed, HistoryUnavailable, pseudonym, why_unavailable
from heritage_registry.history import commit_change, restore, text_at, uncommitted, version_at, versions
from heritage_registry.pulling import pull, resolve
from heritage_registry.registry import SITES, SOURCES, read_registry
from heritage_registry.vocabulary import vocabulary

ID = "k7m2q9x4"


def git(directory: Path, *arguments: str) -> str:
    names = ("-c", "user.name=Set Up", "-c", "user.email=setup@example.org")
    done = subprocess.run(
        ["git", *names, *arguments], cwd=directory, capture_output=True, text=True, check=True
    )
    return done.stdout


def save(directory: Path, author: str = "Heron", message: str = "Save a site", **fields: Any) -> str | None:
    """Write the site and commit it, as the app does."""
    return commit_change(directory, [write(directory, "site", site_feature(**fields))], message, author)


@pytest.fixture
def kept(registry: Path) -> Path:
    """A registry in the folder `sites` of a repository, with one commit."""
    git(registry.parent, "init", "--quiet", "--initial-branch=main")
    (registry.parent / ".gitignore").write_text(".lock\n/private/\n")
    write(registry, "site", site_feature(reports=[report()]))
    git(registry.parent, "add", ".")
    git(registry.parent, "commit", "--quiet", "-m", "Start")
    return registry


@pytest.fixture
def two(kept: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The registry in the clones of two people."""
    git(tmp_path, "clone", "--quiet", "--bare", ".", "shared.git")
    for name in ("ours", "theirs"):
        git(tmp_path, "clone", "--quiet", "shared.git", name)
    return tmp_path / "ours" / "sites", tmp_path / "theirs" / "sites"


def properties(directory: Path) -> Any:
    return json.loads((directory / "records" / f"{ID}.geojson").read_text("utf-8"))["properties"]


# History ----------------------------------------------------------------------------------------------------


def test_a_registry_without_a_repository_says_that_it_has_no_history(registry: Path) -> None:
    assert str(why_unavailable(registry)).endswith("lies in no git repository, so records have no history")
    with pytest.raises(HistoryUnavailable, match="no git repository"):
        versions(registry, SITES, ID)


def test_without_git_the_registry_says_so(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert why_unavailable(kept) == "git is not installed, so records have no history here"
    assert heritage(kept, "check").exit_code == 0


def test_each_save_is_a_version_with_its_author_and_message(kept: Path) -> None:
    first = save(kept, "Heron", "Grade r1 again", reports=[report(condition="damaged")])
    second = save(kept, "Կռունկ", "Add a name", names=[named("Old Mosque"), named("Şuşa", "az")])
    found = versions(kept, SITES, ID)
    assert [(v.commit, v.author, v.subject) for v in found[:2]] == [
        (second, "Կռունկ", "Add a name"),
        (first, "Heron", "Grade r1 again"),
    ]
    assert found[2].subject == "Start"
    assert found[0].date.endswith(("+00:00", "Z"))


def test_a_commit_tells_the_pseudonym_and_nothing_of_the_machine(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "real@example.org")
    git(kept, "config", "user.name", "Real Name")
    git(kept, "config", "user.email", "real@example.org")
    save(kept, "Heron", reports=[])
    assert git(kept, "log", "-1", "--format=%an|%ae|%cn|%ce") == "Heron||Heron|\n"
    assert "+0000" in git(kept, "cat-file", "commit", "HEAD")
    assert "eal" not in git(kept, "cat-file", "commit", "HEAD")


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("Heron\nGIT <evil@example.org> 1 +0000", "Heron GIT evil@example.org 1 +0000"),
        ("--amend", "--amend"),
        ("\x00\x1b[31m", "[31m"),
        ("<>", "anonymous"),
        (" ...", "anonymous"),
        ("", "anonymous"),
        ("\u202etxe.exe", "txe.exe"),
        ("$(touch x); `id`", "$(touch x); `id`"),
        ("x" * 500, "x" * 80),
    ],
)
def test_a_hostile_name_is_text_and_no_more(kept: Path, name: str, kept_as: str) -> None:
    assert pseudonym(name) == kept_as
    save(kept, name, "-m --amend\n\n# no comment\nCo-authored-by: x", reports=[])
    assert git(kept, "log", "-1", "--format=%an").rstrip("\n") == kept_as
    assert git(kept, "log", "-1", "--format=%B").strip() == "-m --amend\n\n# no comment\nCo-authored-by: x"
    assert git(kept, "rev-list", "--count", "HEAD") == "2\n"


def test_a_commit_takes_the_named_files_and_leaves_the_rest_as_it_was(kept: Path) -> None:
    (kept.parent / "staged.txt").write_text("staged")
    git(kept.parent, "add", "staged.txt")
    (kept.parent / "loose.txt").write_text("loose")
    write(kept, "source", source(title="Another title"))
    save(kept, reports=[])
    assert git(kept, "show", "--name-only", "--format=", "HEAD") == f"sites/records/{ID}.geojson\n"
    status = git(kept.parent, "status", "--porcelain").splitlines()
    assert status == [" M sites/sources/survey-2021.json", "A  staged.txt", "?? loose.txt"]


def test_a_removed_record_is_committed_as_removed(kept: Path) -> None:
    path = kept / "records" / f"{ID}.geojson"
    path.unlink()
    assert commit_change(kept, [path], "Remove", "Heron")
    assert git(kept, "show", "--name-status", "--format=", "HEAD") == f"D\tsites/records/{ID}.geojson\n"
    assert git(kept.parent, "status", "--porcelain") == ""


def test_a_save_that_changes_nothing_is_no_version(kept: Path) -> None:
    assert save(kept, reports=[report()]) is None


def test_the_first_commit_of_a_repository_can_be_a_save(registry: Path) -> None:
    git(registry, "init", "--quiet")
    assert uncommitted(registry) == (registry / "sources" / "survey-2021.json",)
    commit = save(registry)
    assert [v.commit for v in versions(registry, SITES, ID)] == [commit]


def test_nothing_from_elsewhere_and_nothing_private_is_committed(kept: Path) -> None:
    (kept.parent / "private").mkdir()
    (kept.parent / "secret").write_text("x")
    for path in (kept.parent / "secret", kept / ".." / "secret", kept, kept / "records"):
        with pytest.raises(GitFailed, match="no file of the registry"):
            commit_change(kept, [path], "Take it", "Heron")
    (kept / ".lock").write_text("")
    with pytest.raises(GitFailed, match=r"kept out of the repository by \.gitignore"):
        commit_change(kept, [kept / ".lock"], "Take it", "Heron")


def test_no_hook_and_no_monitor_of_the_folder_is_run(kept: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        shutil.copy(trap, kept.parent / ".git" / "hooks" / hook)
    git(kept, "config", "core.fsmonitor", str(trap))
    save(kept, reports=[])
    versions(kept, SITES, ID)
    assert not (tmp_path / "sprung").exists()


def test_a_version_is_read_as_it_was(kept: Path) -> None:
    first = versions(kept, SITES, ID)[-1].commit
    save(kept, reports=[])
    record: Any = version_at(kept, SITES, ID, first)
    assert [r.id for r in record.properties.reports] == ["r1"]


@pytest.mark.parametrize("commit", ["no-such", "--all", "HEAD:sites", "", "\x00", "HEAD --output=x"])
def test_a_commit_that_is_none_is_refused(kept: Path, commit: str) -> None:
    with pytest.raises(RecordNotFound, match="no version of"):
        text_at(kept, SITES, ID, commit)


@pytest.mark.parametrize("key", ["../../.gitignore", "*", ":(top)", "--all", ""])
def test_a_key_that_leads_elsewhere_is_refused(kept: Path, key: str) -> None:
    with pytest.raises(RecordNotFound, match="no id of a record"):
        versions(kept, SITES, key)


def test_restoring_writes_the_old_version_as_a_new_change(kept: Path) -> None:
    first = versions(kept, SITES, ID)[0].commit
    save(kept, reports=[])
    path = restore(read_registry(kept), SITES, ID, first)
    assert [r["id"] for r in properties(kept)["reports"]] == ["r1"]
    assert uncommitted(kept) == (path,)


def test_a_record_that_was_removed_can_be_restored(kept: Path) -> None:
    first = versions(kept, SITES, ID)[0].commit
    (kept / "records" / f"{ID}.geojson").unlink()
    assert heritage(kept, "history", ID, "--restore", first).exit_code == 0
    assert properties(kept)["reports"][0]["id"] == "r1"


def test_writers_at_the_same_time_each_have_their_commit(kept: Path) -> None:
    def write_ten(writer: int) -> None:
        for n in range(5):
            path = write(kept, "source", source(f"source-{writer}-{n}"))
            assert commit_change(kept, [path], f"Add {writer} {n}", f"Writer {writer}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write_ten, range(6)))
    assert git(kept, "rev-list", "--count", "HEAD") == "31\n"
    assert git(kept.parent, "status", "--porcelain") == ""


def test_killed_in_between_no_save_is_lost_and_no_later_commit_undoes_it(kept: Path) -> None:
    script = textwrap.dedent(
        f"""
        import pathlib, sys
        from heritage_registry.history import commit_change
        directory = pathlib.Path({str(kept)!r})
        path = directory / "sources" / "survey-2021.json"
        for n in range(10_000):
            path.write_text(path.read_text().replace("monuments", f"monuments {{n}}", 1))
            commit_change(directory, [path], f"Save {{n}}", "Heron")
            print(n, flush=True)
        """
    )
    for wait in (0.3, 0.45, 0.6, 0.75, 0.9, 1.05):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
        time.sleep(0.3)  # a git that was running ends by itself
        git(kept, "fsck", "--strict")
        text = (kept / "sources" / "survey-2021.json").read_text()
        git(kept.parent, "commit", "--quiet", "--allow-empty", "-m", "By hand")
        if git(kept.parent, "status", "--porcelain") == "":
            assert git(kept, "show", "HEAD:./sources/survey-2021.json") == text
        commit_change(kept, [kept / "sources" / "survey-2021.json"], "Go on", "Heron")
        assert git(kept, "show", "HEAD:./sources/survey-2021.json") == text
        assert git(kept.parent, "status", "--porcelain") == ""


# The command ------------------------------------------------------------------------------------------------


def test_the_command_tells_versions_and_what_changed_in_words(kept: Path) -> None:
    first = versions(kept, SITES, ID)[0].commit
    save(kept, "Heron\x1b", "Grade it", reports=[report(condition="damaged", summary={"en": "Part stands."})])
    listed = heritage(kept, "history", ID)
    assert "Heron: Grade it" in listed.stdout
    assert listed.stderr == "2 versions.\n"
    told = heritage(kept, "history", ID, "--diff", first, "now")
    grades = vocabulary("condition")
    assert told.stdout == (
        f"Changed report r1, condition: {grades.label('destroyed', 'en')} → {grades.label('damaged', 'en')}\n"
        "Added report r1, summary (en): “Part stands.”\n"
    )
    assert told.stderr == "2 changes.\n"


def test_the_command_says_when_there_is_no_such_record(kept: Path) -> None:
    assert "there is no record with the id 'zzzzzzzz'" in heritage(kept, "history", "zzzzzzzz").stderr


# Pulling ----------------------------------------------------------------------------------------------------


def test_edits_of_different_parts_are_merged_without_a_question(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    save(theirs, "Stork", reports=[report(observed="2022"), report(2, observed="2023")])
    git(theirs, "push", "--quiet")
    save(ours, "Heron", reports=[report(condition="damaged"), report(2, condition="damaged")])
    found = pull(ours, "Heron")
    assert found.settled
    assert [(r["id"], r["condition"], r["observed"]) for r in properties(ours)["reports"]] == [
        ("r1", "damaged", "2022"),
        ("r2", "damaged", "2021"),
        ("r3", "destroyed", "2023"),
    ]
    assert git(ours, "log", "-1", "--format=%an|%ae|%cn|%p").startswith("Heron||Heron|")
    assert len(git(ours, "log", "-1", "--format=%p").split()) == 2
    assert git(ours, "status", "--porcelain") == ""
    assert heritage(ours, "check").exit_code == 0
    git(ours, "push", "--quiet")
    assert pull(theirs, "Stork").commit == found.commit
    assert properties(theirs) == properties(ours)


def test_a_pull_with_nothing_new_changes_nothing(two: tuple[Path, Path]) -> None:
    assert pull(two[0], "Heron").commit is None
    save(two[0], reports=[])
    assert pull(two[0], "Heron").commit is None


def conflicting(two: tuple[Path, Path]) -> Path:
    """Let both change the condition, and each something else."""
    ours, theirs = two
    save(theirs, "Stork", reports=[report(condition="no_visible_damage", observed="2022")])
    git(theirs, "push", "--quiet")
    save(ours, "Heron", reports=[report(condition="damaged")],
         names=[named("Old Mosque"), named("Şuşa", "az")])  # fmt: skip
    return ours


def test_only_the_part_that_both_changed_is_asked_about_with_both_versions(two: tuple[Path, Path]) -> None:
    ours = conflicting(two)
    (conflict,) = pull(ours, "Heron").conflicts
    (asked,) = conflict.conflicts
    assert (conflict.kind, conflict.id, asked.key) == (SITES, ID, "properties.reports[r1].condition")
    assert (asked.base, asked.ours, asked.theirs) == ("destroyed", "damaged", "no_visible_damage")
    assert conflict.theirs is not None
    assert b"no_visible_damage" in conflict.theirs
    assert heritage(ours, "check").exit_code == 1  # the file is no record until somebody decides


def test_an_answer_settles_the_merge_and_a_further_pull_finishes_it(two: tuple[Path, Path]) -> None:
    ours = conflicting(two)
    pull(ours, "Heron")
    assert len(resolve(ours, SITES, ID, {})) == 1
    assert resolve(ours, SITES, ID, {"properties.reports[r1].condition": "theirs"}) == ()
    assert pull(ours, "Heron").settled
    (found,) = properties(ours)["reports"]
    assert (found["condition"], found["observed"]) == ("no_visible_damage", "2022")
    assert [n["text"] for n in properties(ours)["names"]] == ["Old Mosque", "Şuşa"]
    assert git(ours, "status", "--porcelain") == ""


def test_a_file_mended_by_hand_is_taken_by_the_next_pull(two: tuple[Path, Path]) -> None:
    ours = conflicting(two)
    first = heritage(ours, "pull", "--author", "Heron")
    assert first.exit_code == 1
    assert "report r1, condition\n" in first.stdout
    assert "ours:   " in first.stdout
    again = heritage(ours, "pull", "--author", "Heron")
    assert again.exit_code == 1
    path = ours / "records" / f"{ID}.geojson"
    before, _, rest = path.read_text("utf-8").partition("<<<<<<< ours\n")
    mine, _, rest = rest.partition("=======\n")
    path.write_text(before + mine + rest.partition(">>>>>>> theirs\n")[2], "utf-8")
    last = heritage(ours, "pull", "--author", "Heron")
    assert last.exit_code == 0, last.output
    assert properties(ours)["reports"][0]["condition"] == "damaged"
    assert properties(ours)["reports"][0]["observed"] == "2022"


def test_a_record_removed_there_and_changed_here_is_left_to_a_person(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    path = theirs / "records" / f"{ID}.geojson"
    path.unlink()
    commit_change(theirs, [path], "Remove", "Stork")
    git(theirs, "push", "--quiet")
    save(ours, reports=[])
    for _ in range(2):
        (conflict,) = pull(ours, "Heron").conflicts
        assert (conflict.theirs, conflict.ours is None) == (None, False)
    told = heritage(ours, "pull")
    assert "changed here and removed by the others; keep it with 'git add'" in told.stdout
    git(ours, "add", f"records/{ID}.geojson")
    assert pull(ours, "Heron").settled


def test_a_source_begun_by_both_is_merged(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    for directory, fields in ((theirs, {"language": "en"}), (ours, {"publisher": "Institute"})):
        path = write(directory, "source", source("new-source", **fields))
        commit_change(directory, [path], "Add a source", "Heron")
        if directory == theirs:
            git(theirs, "push", "--quiet")
    assert pull(ours, "Heron").settled
    record: Any = version_at(ours, SOURCES, "new-source", "HEAD")
    assert (record.publisher, record.language) == ("Institute", "en")


def test_edits_that_are_not_committed_are_never_overwritten(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    save(theirs, reports=[])
    git(theirs, "push", "--quiet")
    path = write(ours, "site", site_feature(reports=[report(condition="damaged")]))
    text = path.read_bytes()
    with pytest.raises(GitFailed, match="nothing was merged"):
        pull(ours, "Heron")
    assert path.read_bytes() == text
    assert uncommitted(ours) == (path,)


def test_while_a_merge_waits_a_save_says_so_and_is_kept(two: tuple[Path, Path]) -> None:
    ours = conflicting(two)
    pull(ours, "Heron")
    path = write(ours, "source", source("another"))
    with pytest.raises(GitFailed, match="a merge or rebase is under way"):
        commit_change(ours, [path], "Add", "Heron")
    assert path.is_file()


def test_other_files_in_conflict_are_named(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    for directory, text in ((theirs, "a"), (ours, "b")):
        (directory.parent / "README").write_text(text)
        git(directory.parent, "add", "README")
        git(directory.parent, "commit", "--quiet", "-m", "Read me")
        if directory == theirs:
            git(theirs, "push", "--quiet")
    assert pull(ours, "Heron").other_files == ("../README",)


def test_a_folder_name_with_signs_of_its_own_works(kept: Path, tmp_path: Path) -> None:
    odd = 'si*t[e]s "x" ünd'
    git(kept.parent, "mv", "sites", odd)
    git(kept.parent, "commit", "--quiet", "-m", "Rename")
    git(tmp_path, "clone", "--quiet", "--bare", ".", "shared.git")
    for name in ("ours", "theirs"):
        git(tmp_path, "clone", "--quiet", "shared.git", name)
    ours, theirs = tmp_path / "ours" / odd, tmp_path / "theirs" / odd
    save(theirs, reports=[report(), report(2)])
    git(theirs, "push", "--quiet")
    save(ours, reports=[report(), report(2, condition="damaged")])
    assert pull(ours, "Heron").settled
    assert [r["id"] for r in properties(ours)["reports"]] == ["r1", "r2", "r3"]


@pytest.mark.parametrize("wait", [0.2, 0.3, 0.35, 0.4, 0.45, 0.6])
def test_a_pull_killed_half_way_is_finished_by_the_next(two: tuple[Path, Path], wait: float) -> None:
    ours, theirs = two
    save(theirs, reports=[report(), report(2)])
    git(theirs, "push", "--quiet")
    save(ours, reports=[report(), report(2, condition="damaged")])
    script = (
        f"import pathlib; from heritage_registry.pulling import pull; pull(pathlib.Path({str(ours)!r}), 'H')"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        time.sleep(wait)
        process.kill()
    time.sleep(1.5)  # a git that was running ends by itself
    assert pull(ours, "Heron").settled
    assert [(r["id"], r["condition"]) for r in properties(ours)["reports"]] == [
        ("r1", "destroyed"),
        ("r2", "damaged"),
        ("r3", "destroyed"),
    ]
    assert git(ours, "status", "--porcelain") == ""


def test_plain_git_pull_uses_the_documented_driver(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    save(theirs, reports=[report(observed="2022"), report(2)])
    git(theirs, "push", "--quiet")
    save(ours, reports=[report(), report(2, condition="damaged")])
    command = f"'{sys.executable}' -c 'from heritage_registry.cli import main; main()'"
    git(ours, "config", "merge.heritage.driver", f"{command} merge %O %A %B --output %A")
    (ours.parent / ".gitattributes").write_text("sites/records/*.geojson merge=heritage\n")
    git(ours, "pull", "--quiet", "--no-rebase", "--no-edit")
    assert [(r["id"], r.get("observed")) for r in properties(ours)["reports"]] == [
        ("r1", "2022"),
        ("r2", "2021"),
        ("r3", "2021"),
    ]


def test_the_merge_command_writes_both_versions_and_says_what_is_open(tmp_path: Path, registry: Path) -> None:
    def file(name: str, **fields: Any) -> str:
        path = write(registry, "site", site_feature(**fields))
        return str(path.rename(tmp_path / name))

    base, ours = file("base", reports=[report()]), file("ours", reports=[report(condition="damaged")])
    theirs = file("theirs", reports=[report(condition="no_visible_damage")])
    result = heritage(registry, "merge", base, ours, theirs, "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert result.stderr.startswith("report r1, condition\n  ours:   ")
    assert "<<<<<<< ours" in (tmp_path / "out").read_text("utf-8")
