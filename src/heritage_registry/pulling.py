"""Pulling what others did: git merges the files, and records that both sides changed are merged by parts."""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from heritage_registry.errors import RecordNotFound, RegistryError
from heritage_registry.form import decode_loosely, encode
from heritage_registry.git import (
    GitFailed,
    alone,
    git,
    head,
    identity,
    in_between,
    merging,
    patiently,
    require,
)
from heritage_registry.history import relative_path
from heritage_registry.merge import Conflict, Side, merge, merge_texts
from heritage_registry.registry import KINDS, PROPOSED, Kind
from heritage_registry.registry.writing import locked
from heritage_registry.remotes import fetch

_MERGE_SECONDS = 3600
_PAUSE = 0.05
_COMMITTED_WITHIN_S = 3.0
"""So long after a file was saved its commit may come."""
_RECORDS = (*KINDS, *PROPOSED)


class UncommittedChanges(GitFailed):
    """Files that others changed too hold changes that are in no commit; these would be lost."""


class RecordConflict(msgspec.Struct, frozen=True):
    """A record that both sides changed in one part. `ours` and `theirs` are the files, None where removed.

    `conflicts` is empty where a side removed the record or where `unreadable` says what could not be read.
    """

    kind: Kind
    id: str
    conflicts: tuple[Conflict, ...]
    ours: bytes | None
    theirs: bytes | None
    unreadable: str | None = None

    @property
    def name(self) -> str:
        """The file's path from the registry's folder, to which answers refer."""
        return relative_path(self.kind, self.id)


class Pulled(msgspec.Struct, frozen=True):
    """What a pull came to. `commit` is None while something is left to a person or nothing was new.

    `tokens` stand for what both sides of each open file hold, so that an answer is to what was seen.
    """

    commit: str | None
    conflicts: tuple[RecordConflict, ...] = ()
    other_files: tuple[str, ...] = ()
    tokens: Mapping[str, str] = {}

    @property
    def settled(self) -> bool:
        """Whether nothing is left to a person."""
        return not self.conflicts and not self.other_files


def pull(directory: Path, author: str) -> Pulled:
    """Fetch what others did and merge it, records by parts; go on with a merge that waits for answers.

    Whatever can be merged is. Records in conflict keep both versions in their files, between markers; once
    they are mended there, or settled by `resolve`, another pull finishes the merge.
    """
    require(directory)
    with alone(directory):
        _refuse_in_between(directory)
        if merging(directory):
            _take_mended(directory)
            return _finished(directory, author)
        upstream = _fetched(directory)
    if upstream is None:
        return Pulled(None)
    with _settled(directory, upstream):
        _start_merge(directory, upstream, author)
        return _finished(directory, author)


class Answer(msgspec.Struct, frozen=True):
    """Whose part is taken in a file, by key of the conflict, empty for the file as a whole.

    `token` is that of the `Pulled` which asked: an answer to something else is none.
    """

    token: str
    sides: Mapping[str, Side]


Answers = Mapping[str, Answer]
"""Answers by file."""


def pull_answered(directory: Path, author: str, answers: Answers | None = None) -> Pulled:
    """Fetch and merge in one go: either all is settled by these answers, or nothing has changed.

    What waits for an answer is returned. Nobody meets a half-merged file, and whoever saves meanwhile waits
    until it is done. A merge that somebody left half-way is gone on with and not undone.
    """
    require(directory)
    with alone(directory):
        _refuse_in_between(directory)
        is_new = not merging(directory)
        upstream = _fetched(directory) if is_new else None
    if is_new and upstream is None:
        return Pulled(None)
    with _settled(directory, upstream):
        return _merged_or_undone(directory, upstream, author, answers or {})


@contextmanager
def _settled(directory: Path, upstream: str | None) -> Iterator[None]:
    """Hold the registry and its history once what was saved a moment ago is committed; nobody saves then.

    A merge of `upstream`, None for one that waits for answers, is not begun while files hold changes that it
    would touch: git gives such a merge up by putting all files back as they were in the last commit and the
    changes again on top, and what is saved or committed in between is lost. Raises `UncommittedChanges` for
    changes that nobody commits.
    """
    with locked(directory):
        before: list[str] = []
        until = 0.0
        while True:
            with alone(directory):
                _refuse_in_between(directory)
                found = _in_the_way(directory, upstream) if upstream is not None else []
                if not found:
                    yield
                    return
            if found != before:
                before, until = found, time.monotonic() + _COMMITTED_WITHIN_S
            elif time.monotonic() > until:
                raise UncommittedChanges(_told(found))
            time.sleep(_PAUSE)  # for whoever waits to commit


def _in_the_way(directory: Path, upstream: str) -> list[str]:
    """Return, sorted, the files with changes in no commit that a merge would touch, or that are staged."""
    theirs = git(directory, "diff", "--name-only", "--no-renames", "-z", f"HEAD...{upstream}").split(b"\0")
    told = git(directory, "status", "--porcelain=v1", "--no-renames", "--untracked-files=all", "-z")
    touched = set(theirs)
    changed = ((line[:2], line[3:]) for line in told.split(b"\0") if line)
    return sorted(os.fsdecode(name) for state, name in changed if state[:1] not in b" ?" or name in touched)


def _told(names: Sequence[str]) -> str:
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    remedy = "commit them ('git commit') or put them aside ('git stash'), and pull again"
    return f"nothing was merged: {listed} changed and in no commit; {remedy}"


def _merged_or_undone(directory: Path, upstream: str | None, author: str, answers: Answers) -> Pulled:
    if upstream is not None:
        _start_merge(directory, upstream, author)
    is_done = False
    try:
        for name, stages in _unmerged(directory).items():
            answer = answers.get(name)
            if answer is not None and answer.token == _token(stages):
                _settle(directory, name, stages, answer.sides)
        found = _finished(directory, author)
        is_done = found.settled
    finally:
        if upstream is not None and not is_done and merging(directory):
            git(directory, "merge", "--abort")
    return found


def _settle(directory: Path, name: str, stages: Mapping[int, str], answers: Mapping[str, Side]) -> None:
    """Settle a file in conflict if the answers do."""
    whole = answers.get("")
    if whole is not None:
        _take_side(directory, name, stages, 3 if whole == "theirs" else 2)
        return
    found = _record_of(name)
    if found is not None and 2 in stages and 3 in stages:
        with suppress(RegistryError):
            _resolve(directory, found[0], name, stages, answers)


def _take_side(directory: Path, name: str, stages: Mapping[int, str], stage: int) -> None:
    """Take a file as one side has it, or remove it where that side did."""
    if stage in stages:
        _replace_file(directory / name, _blob(directory, stages[stage]))
        _stage(directory, name)
    else:
        patiently(directory, "rm", "--quiet", "--force", "--", name)


def _refuse_in_between(directory: Path) -> None:
    if in_between(directory):
        raise GitFailed("git is half-way through a rebase or the like; finish that first")


def resolve(
    directory: Path, kind: Kind, record_key: str, answers: Mapping[str, Side]
) -> tuple[Conflict, ...]:
    """Settle a record in conflict by answers to its parts; return what is open, and then write nothing."""
    with locked(directory), alone(directory):
        name = relative_path(kind, record_key)
        stages = _unmerged(directory).get(name)
        if stages is None or 2 not in stages or 3 not in stages:
            raise RecordNotFound(f"{name} waits for no answers")
        return _resolve(directory, kind, name, stages, answers)


def _resolve(
    directory: Path, kind: Kind, name: str, stages: Mapping[int, str], answers: Mapping[str, Side]
) -> tuple[Conflict, ...]:
    base, ours, theirs = (
        decode_loosely(_blob(directory, stages[n]), kind.record_type, name) if n in stages else None
        for n in (1, 2, 3)
    )
    assert ours is not None
    merged = merge(base, ours, theirs, answers)  # type: ignore[type-var]
    if merged.record is not None:
        _replace_file(directory / name, encode(merged.record))
        _stage(directory, name)
    return merged.conflicts


def _fetched(directory: Path) -> str | None:
    """Fetch, and return the commit to merge, or None if there is nothing new."""
    fetch(directory)
    upstream = git(directory, "rev-parse", "@{upstream}").decode().strip()
    known = git(directory, "rev-list", "--count", f"HEAD..{upstream}").decode().strip() == "0"
    return None if known else upstream


def _start_merge(directory: Path, upstream: str, author: str) -> None:
    """Merge without committing; git hands each record that both sides changed to `heritage merge`."""
    prefix = os.fsdecode(git(directory, "rev-parse", "--show-prefix").removesuffix(b"\n"))
    driver = [sys.executable, "-P", "-c", "from heritage_registry.cli import main; main()", "merge"]
    with tempfile.TemporaryDirectory(prefix="heritage-") as folder:
        attributes = Path(folder) / "attributes"
        lines = [f'"/{_quoted(prefix)}{kind.folder}/*{kind.suffix}" merge=heritage' for kind in _RECORDS]
        attributes.write_text(
            "\n".join([*_own_attributes(directory), *lines, ""]), "utf-8", "surrogateescape"
        )
        settings = (
            f"core.attributesFile={attributes}",
            "merge.heritage.name=Heritage Registry: merge by parts",
            # git puts quoted file names in place of these signs.
            f"merge.heritage.driver={shlex.join(driver)} %O %A %B --output %A",
            "merge.renames=false",
        )
        flags = [flag for setting in settings for flag in ("-c", setting)]
        try:
            git(
                directory,
                *flags,
                "merge",
                "--no-commit",
                "--quiet",
                upstream,
                env=identity(author),
                seconds=_MERGE_SECONDS,
            )
        except GitFailed as error:
            if not merging(directory):
                raise GitFailed(f"nothing was merged. {error}") from error


def _quoted(prefix: str) -> str:
    return re.sub(r'([*?\[\]\\"])', r"\\\1", prefix).replace("\\", "\\\\").replace('\\\\"', '\\"')


def _own_attributes(directory: Path) -> list[str]:
    """Return the user's attributes, whose place the file for one merge takes."""
    found = (
        git(directory, "config", "--get", "--type=path", "core.attributesFile", fine=(0, 1)).decode().strip()
    )
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    path = Path(found) if found else home / "git" / "attributes"
    return path.read_text("utf-8", "surrogateescape").split("\n") if path.is_file() else []


def _take_mended(directory: Path) -> None:
    """Stage the records in conflict from whose files somebody has taken the markers."""
    for name, stages in _unmerged(directory).items():
        found = _record_of(name)
        if found is None or 2 not in stages or 3 not in stages:
            continue
        kind, _ = found
        path = directory / name
        try:
            decode_loosely(path.read_bytes(), kind.record_type, name)
        except (RegistryError, FileNotFoundError):
            continue
        _stage(directory, name)


def _finished(directory: Path, author: str) -> Pulled:
    """Commit the merge if nothing is open, else tell what is."""
    open_files = _unmerged(directory)
    if open_files:
        conflicts = [
            _conflict(directory, *found, stages)
            for name, stages in open_files.items()
            if (found := _record_of(name)) is not None
        ]
        others = tuple(name for name in open_files if _record_of(name) is None)
        tokens = {name: _token(stages) for name, stages in open_files.items()}
        return Pulled(None, tuple(conflicts), others, tokens)
    if merging(directory):
        message = "Merge what others changed"
        git(directory, "-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "--allow-empty",
             "-m", message, env=identity(author))  # fmt: skip
    return Pulled(head(directory))


def _token(stages: Mapping[int, str]) -> str:
    return f"{stages.get(2, '')}:{stages.get(3, '')}"


def _conflict(directory: Path, kind: Kind, record_key: str, stages: Mapping[int, str]) -> RecordConflict:
    base, ours, theirs = (_blob(directory, stages[n]) if n in stages else None for n in (1, 2, 3))
    if ours is None or theirs is None:
        return RecordConflict(kind, record_key, (), ours, theirs)
    found = merge_texts(base or b"", ours, theirs)
    return RecordConflict(kind, record_key, found.conflicts, ours, theirs, found.unreadable)


def _unmerged(directory: Path) -> dict[str, dict[int, str]]:
    """Return the files in conflict, with the blobs of base (1), ours (2) and theirs (3)."""
    found: dict[str, dict[int, str]] = {}
    # From the top, so that files outside the registry are told too.
    for entry in git(directory, "ls-files", "-u", "-z", "--", ":/", literal=False).split(b"\0"):
        if entry:
            facts, _, name = entry.partition(b"\t")
            _, blob, stage = facts.decode().split()
            found.setdefault(os.fsdecode(name), {})[int(stage)] = blob
    return found


def _blob(directory: Path, name: str) -> bytes:
    return git(directory, "cat-file", "blob", name)


def _stage(directory: Path, name: str) -> None:
    patiently(directory, "add", "--", name)


def _record_of(name: str) -> tuple[Kind, str] | None:
    folder, _, file = name.rpartition("/")
    for kind in _RECORDS:
        if folder == kind.folder and file.endswith(kind.suffix):
            return kind, file.removesuffix(kind.suffix)
    return None


def _replace_file(path: Path, raw: bytes) -> None:
    """Write a file in one step, so that nobody meets half of it."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(path.stat().st_mode if path.exists() else 0o644)
    Path(temporary).replace(path)
