"""Who changed a record and when, where the registry lies in a git repository.

A registry without one works too. Each save can be one commit, which names the pseudonym that was given and
nobody else.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from heritage_registry.errors import RecordNotFound
from heritage_registry.form import MAX_RECORD_BYTES, decode_loosely
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
from heritage_registry.registry import (
    KINDS,
    PROPOSED,
    AnyRecord,
    Kind,
    Registry,
    add_record,
    digest,
    record_path,
    replace_record,
)

_KEY = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")
"""Ids and source keys: nothing that leads out of a folder."""


class Version(msgspec.Struct, frozen=True):
    """A commit that changed a record: its full hash, its date (ISO 8601), its author and its first line."""

    commit: str
    date: str
    author: str
    subject: str


def versions(directory: Path, kind: Kind, record_key: str) -> tuple[Version, ...]:
    """Return the commits that changed a record, the last one first; none where it was never committed."""
    require(directory)
    if head(directory) is None:
        return ()
    form = "--format=%H%x00%aI%x00%an%x00%s"
    out = git(directory, "log", "--full-history", form, "--", relative_path(kind, record_key))
    lines = out.decode("utf-8", "replace").split("\n")
    return tuple(Version(*line.split("\0", 3)) for line in lines if line)


def text_at(directory: Path, kind: Kind, record_key: str, commit: str) -> bytes:
    """Return the file of a record as a commit has it; raises `RecordNotFound` if it has none."""
    require(directory)
    try:
        name = git(directory, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}")
        blob = f"{name.decode().strip()}:./{relative_path(kind, record_key)}"
        size = int(git(directory, "cat-file", "-s", blob))
    except (GitFailed, ValueError) as error:
        raise RecordNotFound(f"there is no version of {record_key!r} in {commit!r}") from error
    if size > MAX_RECORD_BYTES:
        raise GitFailed(f"that version of {record_key!r} is larger than a record may be")
    return git(directory, "cat-file", "blob", blob)


def version_at(directory: Path, kind: Kind, record_key: str, commit: str) -> AnyRecord:
    """Return a record as a commit has it; `InvalidRecords` if the rules of today cannot read it."""
    raw = text_at(directory, kind, record_key, commit)
    return decode_loosely(raw, kind.record_type, f"{relative_path(kind, record_key)} at {commit[:12]}")


def uncommitted(directory: Path) -> tuple[Path, ...]:
    """Return the files of records and of proposed changes that differ from the last commit, new ones too."""
    require(directory)
    folders = [kind.folder for kind in (*KINDS, *PROPOSED) if (directory / kind.folder).is_dir()]
    if not folders:
        return ()
    out = git(directory, "ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard",
               "--", *folders)  # fmt: skip
    names = set(out.split(b"\0"))
    if head(directory) is not None:
        staged = git(
            directory, "diff-index", "--cached", "--name-only", "--relative", "-z", "HEAD", "--", *folders
        )
        names |= set(staged.split(b"\0"))
    return tuple(sorted(directory / os.fsdecode(name) for name in names if name))


def restore(registry: Registry, kind: Kind, record_key: str, commit: str) -> Path:
    """Write a record as a commit has it, through the checks of today, and return its path."""
    record = version_at(registry.directory, kind, record_key, commit)
    path = record_path(registry.directory, kind, record_key)
    if path.exists():
        return replace_record(registry, record, digest(path.read_bytes()))
    return add_record(registry, record)


def commit_change(directory: Path, paths: Sequence[Path], message: str, author: str) -> str | None:
    """Commit these files of the registry and no other; return the commit, or None if nothing had changed.

    What else is staged stays staged. Killed half-way it leaves the files saved and perhaps staged, never a
    commit without them or the index behind the commit.
    """
    require(directory)
    names = [_inside(directory, path) for path in paths]
    listed = b"".join(os.fsencode(name) + b"\0" for name in names)
    asked = b"".join(b"./" + os.fsencode(name) + b"\0" for name in names)
    if git(directory, "check-ignore", "-z", "--stdin", given=asked, fine=(0, 1), literal=False):
        raise GitFailed("one of these files is kept out of the repository by .gitignore; it is not committed")
    with alone(directory):
        if merging(directory) or in_between(directory):
            raise GitFailed("a merge or rebase is under way: the record is saved, and is committed with it")
        # The index first: were it behind the commit, the next commit by hand would undo this one.
        patiently(directory, "update-index", "--add", "--remove", "-z", "--stdin", given=listed)
        tip = head(directory)
        with tempfile.TemporaryDirectory(prefix="heritage-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if tip:
                git(directory, "read-tree", tip, env=index)
            git(directory, "update-index", "-z", "--index-info", given=_staged(directory, names), env=index)
            tree = git(directory, "write-tree", env=index).decode().strip()
        if tip and tree == git(directory, "rev-parse", f"{tip}^{{tree}}").decode().strip():
            return None
        return _commit_tree(directory, tree, [tip] if tip else [], message, author)


def _staged(directory: Path, names: Sequence[str]) -> bytes:
    """Return what the index now holds of some files, so that the commit holds the same and nothing newer."""
    prefix = git(directory, "rev-parse", "--show-prefix").removesuffix(b"\n")
    held = git(directory, "ls-files", "--stage", "--full-name", "-z", "--", *names)
    gone = {prefix + os.fsencode(name) for name in names}
    gone -= {entry.partition(b"\t")[2] for entry in held.split(b"\0")}
    nothing = b"0" * len(git(directory, "hash-object", "--stdin").strip())
    return held + b"".join(b"0 " + nothing + b"\t" + name + b"\0" for name in sorted(gone))


def _commit_tree(directory: Path, tree: str, parents: Sequence[str], message: str, author: str) -> str:
    flags = [flag for parent in parents for flag in ("-p", parent)]
    text = message.replace("\0", "").encode("utf-8", "replace").strip()
    if not text:
        raise GitFailed("the message of the commit is empty; say what was changed")
    made = git(directory, "commit-tree", *flags, "-F", "-", tree, given=text + b"\n", env=identity(author))
    commit = made.decode().strip()
    # Refused if somebody else committed meanwhile.
    old = parents[0] if parents else "0" * len(commit)
    patiently(directory, "update-ref", "-m", "heritage: save", "HEAD", commit, old, env=identity(author))
    return commit


def relative_path(kind: Kind, record_key: str) -> str:
    """Return where a record lies below the registry's folder, as git writes paths."""
    if not _KEY.fullmatch(record_key):
        raise RecordNotFound(f"{record_key!r} is no id of a record; 'heritage list' finds records by name")
    return f"{kind.folder}/{record_key}{kind.suffix}"


def _inside(directory: Path, path: Path) -> str:
    """Return a file's path from the registry's folder; refuse one that lies elsewhere."""
    base = directory.resolve()
    # Only the folder is resolved: a link is committed as a link, never as what it leads to.
    full = path.parent.resolve() / path.name
    if not full.is_relative_to(base) or full == base or path.name in ("", "..") or full.is_dir():
        raise GitFailed(f"{path} is no file of the registry; it is not committed")
    return full.relative_to(base).as_posix()
