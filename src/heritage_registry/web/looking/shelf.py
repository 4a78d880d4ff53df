"""The record files of a registry as they are now, each read again when it changed and not before."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from heritage_registry.errors import Problem
from heritage_registry.registry import KINDS, PROPOSED, SITES, AnyRecord, Kind
from heritage_registry.web.looking.reading_files import File, Wanted, read_file, read_files, state_of
from heritage_registry.web.looking.watching import Watch

ALL_KINDS = (*KINDS, *PROPOSED)

_EVERYTHING_AGAIN_S = 60.0
"""How often all files are asked for their times though the system tells what changes (see `watching`)."""

_MANY = 3_000
"""So many files are asked one by one for every page; with more the system is asked what changed."""

Key = tuple[str, str]
"""A record: the folder of its kind and its id."""


class Changes(msgspec.Struct, frozen=True):
    """What is other than at the last time.

    `contents` and `values` are those of the `Batch`es that were read, for the rules.
    """

    changed: set[Key] = msgspec.field(default_factory=set)
    removed: set[Key] = msgspec.field(default_factory=set)
    strays: bool = False
    contents: dict[str, str] = msgspec.field(default_factory=dict)
    values: dict[str, set[str]] = msgspec.field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed or self.strays)


class Shelf:
    """All record files of a folder. `records` are those that could be read, each kind ordered by id.

    `problems` are those of files that could not be read or have the wrong name, `unread` the ids that
    they stand for, `strays` what lies among the records and is none. Whoever calls holds a lock.
    """

    def __init__(self, directory: Path, *, asks_system: bool | None = None) -> None:
        self._folders = {kind: directory / kind.folder for kind in ALL_KINDS}
        self._files: dict[Kind, dict[str, File]] = {kind: {} for kind in ALL_KINDS}
        self.records: dict[str, dict[str, AnyRecord]] = {kind.folder: {} for kind in ALL_KINDS}
        self.problems: dict[Key, tuple[Problem, ...]] = {}
        self.unread: dict[Key, str] = {}
        self.strays: dict[Key, Problem] = {}
        self._changes = Changes()
        self._asks_system = asks_system
        self._watch = Watch()
        self._looked_at = 0.0
        self._doubted: list[tuple[Kind, str]] = []
        self._doubting = threading.Lock()

    def update(self) -> Changes:
        """Read what changed and return which records are others now."""
        strays = dict(self.strays)
        try:
            self._look_again(self._changes)
        except BaseException:
            self._watch.end()  # what it told is lost, so that everything is looked at the next time
            raise
        found, self._changes = self._changes, Changes()
        self._order(found)
        return replace(found, strays=strays != self.strays)

    def _look_again(self, changes: Changes) -> None:
        told = self._watch.changed()
        if told is None:
            if self._is_to_be_watched():
                self._watch.begin(self._folders.values())
            for kind in ALL_KINDS:
                self._look_at_all(kind, changes)
            self._looked_at = time.monotonic()
            return
        kinds = {folder: kind for kind, folder in self._folders.items()}
        doubted, self._doubted = self._doubted, []
        for kind, name in {*doubted, *((kinds[folder], n) for folder, names in told.items() for n in names)}:
            self._visit(kind, name, _state_of(self._folders[kind] / name), changes)
        self._look_later()

    def _is_to_be_watched(self) -> bool:
        """Tell whether asking every file takes longer than a page may."""
        if self._asks_system is not None:
            return self._asks_system
        there = (folder for folder in self._folders.values() if folder.is_dir())
        return sum(len(os.listdir(folder)) for folder in there) > _MANY  # noqa: PTH208 - names are enough

    def _look_at_all(self, kind: Kind, changes: Changes) -> None:
        states = _states(self._folders[kind])
        known = self._files[kind]
        suffix = kind.suffix
        wanted: list[Wanted] = []
        for name, found in states.items():
            if found is None or not name.endswith(suffix):
                self._visit(kind, name, found, changes)
                continue
            file = known.get(name.removesuffix(suffix))
            if file is None or not file.trusted or file.state != found:
                wanted.append((name, found))
        for batch in read_files(self._folders[kind], wanted, kind):
            for name, file in batch.files.items():
                self._put(kind, name, file, changes)
            if kind is SITES:
                changes.contents.update(batch.contents)
            for field, values in batch.values.items():
                changes.values.setdefault(field, set()).update(values)
        for name in [name for name in known if name + suffix not in states]:
            self._forget(kind, name, changes)
        for folder, name in [key for key in self.strays if key[0] == kind.folder and key[1] not in states]:
            del self.strays[folder, name]

    def _visit(self, kind: Kind, name: str, found: bytes | None, changes: Changes) -> None:
        """Look at what has a name in a folder. `found` is its state, None for what is no file."""
        if name.startswith(".") or not name:
            return
        path = self._folders[kind] / name
        key = name.removesuffix(kind.suffix)
        if found is None or not name.endswith(kind.suffix):
            self.strays.pop((kind.folder, name), None)
            if name.endswith(kind.suffix):
                self._forget(kind, key, changes)
            if path.is_symlink() or path.exists():
                self.strays[kind.folder, name] = _stray(kind, name)
            return
        try:
            file = read_file(self._folders[kind], (name, found), kind)
        except FileNotFoundError:  # taken away since it was listed
            file = None
        self._put(kind, name, file, changes)

    def _put(self, kind: Kind, name: str, file: File | None, changes: Changes) -> None:
        self.strays.pop((kind.folder, name), None)
        if file is None:
            self._forget(kind, name.removesuffix(kind.suffix), changes)
        else:
            self._take(kind, name.removesuffix(kind.suffix), file, changes)

    def _take(self, kind: Kind, name: str, file: File, changes: Changes) -> None:
        before = self._files[kind].get(name)
        if before is not None and before.digest == file.digest:
            # The record that was there stays the same object, so that what was made from it stays good.
            self._files[kind][name] = replace(before, state=file.state, trusted=file.trusted)
            return
        self._files[kind][name] = file
        key = (kind.folder, name)
        changes.changed.add(key)
        changes.removed.discard(key)
        self.problems.pop(key, None)
        self.unread.pop(key, None)
        if file.problems:
            self.problems[key] = file.problems
            self.unread[key] = file.own_id

    def _forget(self, kind: Kind, name: str, changes: Changes) -> None:
        if self._files[kind].pop(name, None) is not None:
            key = (kind.folder, name)
            changes.removed.add(key)
            changes.changed.discard(key)
            self.problems.pop(key, None)
            self.unread.pop(key, None)

    def _order(self, changes: Changes) -> None:
        """Put what changed in its place; the mappings that were given out before stay as they are."""
        touched = changes.changed | changes.removed
        for kind in ALL_KINDS:
            names = [name for folder, name in touched if folder == kind.folder]
            if not names:
                continue
            records = dict(self.records[kind.folder])
            is_new = False
            for name in names:
                file = self._files[kind].get(name)
                if file is None or file.record is None:
                    records.pop(name, None)
                else:
                    is_new = is_new or name not in records
                    records[name] = file.record
            self.records[kind.folder] = dict(sorted(records.items())) if is_new else records

    def _look_later(self) -> None:
        """Ask all files for their times beside the pages, and have those read that do not say the same."""
        if time.monotonic() - self._looked_at < _EVERYTHING_AGAIN_S or self._doubting.locked():
            return
        self._looked_at = time.monotonic()
        threading.Thread(target=self._doubt, daemon=True).start()

    def _doubt(self) -> None:
        with self._doubting:
            doubted: list[tuple[Kind, str]] = []
            for kind, folder in self._folders.items():
                states = _states(folder, pause=lambda: time.sleep(0.001))
                known = dict(self._files[kind])
                names = {name + kind.suffix for name in known} ^ states.keys()
                names |= {
                    name + kind.suffix
                    for name, file in known.items()
                    if not file.trusted or states.get(name + kind.suffix) != file.state
                }
                doubted += [(kind, name) for name in names]
            self._doubted = [*self._doubted, *doubted]


def _states(folder: Path, pause: Callable[[], object] | None = None) -> dict[str, bytes | None]:
    """Return what lies in a folder, other than hidden files, with its state; None for what is no file."""
    if not folder.is_dir():
        return {}
    found: dict[str, bytes | None] = {}
    with os.scandir(folder) as listed:
        for n, entry in enumerate(listed):
            if entry.name.startswith("."):
                continue
            try:
                there = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken away since it was listed
                continue
            found[entry.name] = state_of(there)
            if pause and n % 500 == 0:
                pause()
    return found


def _state_of(path: Path) -> bytes | None:
    try:
        return state_of(path.lstat())
    except OSError:
        return None


def _stray(kind: Kind, name: str) -> Problem:
    message = f"is not a record; here lie files that end in {kind.suffix}: rename it or move it elsewhere"
    return Problem(f"{kind.folder}/{name}", 0, "", message)
