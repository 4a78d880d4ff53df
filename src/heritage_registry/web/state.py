"""The registry as its files are now: a file is read again when its state on the disk has changed, not before.

Nothing is believed without a look: every call lists the folders and asks each file for its size, times and
number. What cannot be read, and what breaks a rule, becomes problems beside the records that can be shown.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from heritage_registry.checks import run_checks
from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.findings import Finding, Records
from heritage_registry.form import MAX_RECORD_BYTES, decode
from heritage_registry.positions import read_positions
from heritage_registry.registry import KINDS, AnyRecord, Kind, Registry, digest, record_path

_RECENT_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again without a trace in its times."""

_DiskState = tuple[int, int, int, int]
"""When a file was changed (two clocks, in nanoseconds), its size and its number."""

Key = tuple[str, str]
"""A record: the folder of its kind and its id."""


class _File(msgspec.Struct, frozen=True):
    """What was read of one file. `trusted` tells whether its state on the disk shows every later change."""

    state: _DiskState
    trusted: bool
    digest: str
    record: AnyRecord | None
    problems: tuple[Problem, ...]


class _Folder(msgspec.Struct, frozen=True):
    """What a folder held at the last look; `trusted` as with files, for all of them."""

    states: dict[str, _DiskState]
    trusted: bool
    strays: tuple[Problem, ...]


class Look(msgspec.Struct, frozen=True):
    """The registry at one moment.

    `revision` grows with every change and `sources_revision` with every change of a source. `broken` holds
    the problems of records that cannot be shown, by folder and id; `problems` all there are. `registry` holds
    the records that can be shown, `readable` also those that break a rule.
    """

    revision: int
    sources_revision: int
    registry: Registry
    readable: Registry
    broken: Mapping[Key, tuple[Problem, ...]]
    problems: tuple[Problem, ...]


class RegistryState:
    """A registry's folder, looked at again for every page."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._config_state: _DiskState | None = None
        self._config: RegistryConfig | None = None
        self._files: dict[str, dict[str, _File]] = {kind.folder: {} for kind in KINDS}
        self._folders: dict[str, _Folder] = {}
        self._findings: dict[Key, list[Finding]] = {}
        self._strays: tuple[Problem, ...] = ()
        self._look: Look | None = None

    def look(self) -> Look:
        """Return the registry as it is now. Raises `NotARegistry` while `registry.toml` cannot be used."""
        with self._lock:
            if self._look is not None:
                return self._look_again()
            # All these objects stay: a search for garbage among them doubles the time.
            gc.disable()
            try:
                return self._look_again()
            finally:
                gc.enable()
                gc.freeze()

    def _look_again(self) -> Look:
        config, new_config = self._read_config()
        changed: set[Key] = set()
        removed: set[Key] = set()
        strays: list[Problem] = []
        for kind in KINDS:
            self._read_folder(kind, changed, removed, strays)
        if self._look and not (new_config or changed or removed or tuple(strays) != self._strays):
            return self._look
        self._strays = tuple(strays)
        registry = self._assembled(config)
        everything = new_config or bool(removed) or self._look is None
        self._check(registry, None if everything else changed, removed)
        self._look = self._made(registry, sources_changed=any(k[0] == "sources" for k in changed | removed))
        return self._look

    def _read_config(self) -> tuple[RegistryConfig, bool]:
        path = self.directory / "registry.toml"
        state = _state(path.stat()) if path.is_file() else None
        if self._config is not None and state == self._config_state:
            return self._config, False
        self._config = None
        self._config, self._config_state = read_config(self.directory), state
        return self._config, True

    def _read_folder(self, kind: Kind, changed: set[Key], removed: set[Key], strays: list[Problem]) -> None:
        """Read the files of a folder whose state changed, and forget those that are gone."""
        entries, states = _states(self.directory / kind.folder)
        before = self._folders.get(kind.folder)
        if before is not None and before.trusted and before.states == states:
            strays += before.strays
            return
        found = [_stray(kind, name) for name in states if not _is_record(entries[name], kind)]
        known = self._files[kind.folder]
        seen: set[str] = set()
        for file_name, state in states.items():
            if not _is_record(entries[file_name], kind):
                continue
            name = file_name.removesuffix(kind.suffix)
            try:
                if self._read_file(entries[file_name].path, state, kind, name):
                    changed.add((kind.folder, name))
            except FileNotFoundError:
                continue  # taken away since it was listed
            seen.add(name)
        for name in known.keys() - seen:
            del known[name]
            removed.add((kind.folder, name))
        trusted = len(seen) + len(found) == len(states) and all(file.trusted for file in known.values())
        self._folders[kind.folder] = _Folder(states, trusted, tuple(found))
        strays += found

    def _read_file(self, path: str, state: _DiskState, kind: Kind, name: str) -> bool:
        """Read a file if its state changed, and tell whether it holds anything else now."""
        known = self._files[kind.folder]
        before = known.get(name)
        if before is not None and before.trusted and before.state == state:
            return False
        found = _read(path, state, kind, name)
        is_same = before is not None and before.digest == found.digest
        # The record that was there stays the same object, so that what was made from it stays good.
        known[name] = replace(before, state=state, trusted=found.trusted) if before and is_same else found
        return not is_same

    def _assembled(self, config: RegistryConfig) -> Registry:
        groups: list[dict[str, Any]] = []
        for kind in KINDS:
            files = self._files[kind.folder]
            groups.append({name: f.record for name in sorted(files) if (f := files[name]).record is not None})
        return Registry(self.directory, config, *groups)

    def _check(self, registry: Registry, changed: set[Key] | None, removed: Iterable[Key]) -> None:
        """Run the rules on what changed, or on all records where something that they point at is gone."""
        records = Records(registry.config, registry.sites, registry.sources, registry.claims)
        if changed is None:
            self._findings = {}
        else:
            # A record that was found wrong may be right now: what it points at may have come.
            again = changed | self._findings.keys()
            if any(folder == "sources" for folder, _ in changed):
                again |= {("sources", key) for key in registry.sources}
            for key in again:
                self._findings.pop(key, None)
            records = Records(
                registry.config,
                Only(registry.sites, {name for folder, name in again if folder == "records"}),
                Only(registry.sources, {name for folder, name in again if folder == "sources"}),
                Only(registry.claims, {name for folder, name in again if folder == "claims"}),
            )
        for key in removed:
            self._findings.pop(key, None)
        for finding in run_checks(records):
            self._findings.setdefault((finding.folder, finding.id), []).append(finding)

    def _made(self, registry: Registry, *, sources_changed: bool) -> Look:
        before = self._look
        unread = {
            name for files in self._files.values() for name, file in files.items() if file.record is None
        }
        broken: dict[Key, tuple[Problem, ...]] = {
            (folder, name): file.problems
            for folder, files in self._files.items()
            for name, file in files.items()
            if file.problems
        }
        for key, findings in self._findings.items():
            # That a record is missing is not told of one that is there and could not be read.
            told = [f for f in findings if f.missing is None or f.missing not in unread]
            if told:
                broken[key] = (*broken.get(key, ()), *self._with_lines(key, told))
        found = sorted([*self._strays, *(problem for group in broken.values() for problem in group)])
        shown = [
            {name: record for name, record in group.items() if (kind.folder, name) not in broken}
            for kind, group in zip(
                KINDS, (registry.sites, registry.sources, registry.claims), strict=True
            )
        ] if broken else [registry.sites, registry.sources, registry.claims]  # fmt: skip
        return Look(
            revision=before.revision + 1 if before else 1,
            sources_revision=(before.sources_revision if before else 0) + (sources_changed or not before),
            registry=Registry(self.directory, registry.config, *shown),
            readable=registry,
            broken=broken,
            problems=tuple(found),
        )

    def _with_lines(self, key: Key, findings: Iterable[Finding]) -> Iterator[Problem]:
        kind = next(kind for kind in KINDS if kind.folder == key[0])
        path = record_path(self.directory, kind, key[1])
        try:
            positions = read_positions(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            positions = read_positions("")
        for finding in findings:
            field = ".".join(map(str, finding.field))
            line = positions.line(finding.field) if positions.readable else 0
            yield Problem(f"{key[0]}/{path.name}", line, field, finding.message)


class Only(Mapping[str, Any]):
    """Records of which rules look at some as their subject and find all the others when they ask for them."""

    def __init__(self, everything: Mapping[str, Any], chosen: Iterable[str]) -> None:
        self._everything = everything
        self._chosen = sorted(key for key in chosen if key in everything)

    def __getitem__(self, key: str) -> Any:
        return self._everything[key]

    def __contains__(self, key: object) -> bool:
        return key in self._everything

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything)

    def __len__(self) -> int:
        return len(self._everything)

    def keys(self) -> Any:
        """All keys: what a rule asks whether something is there."""
        return self._everything.keys()

    def values(self) -> Any:
        """The chosen records: what a rule walks through."""
        return [self._everything[key] for key in self._chosen]


def _states(folder: Path) -> tuple[dict[str, os.DirEntry[str]], dict[str, _DiskState]]:
    """Return what lies in a folder, other than hidden files, and the state of each on the disk."""
    if not folder.is_dir():
        return {}, {}
    with os.scandir(folder) as listed:
        entries = {entry.name: entry for entry in listed if not entry.name.startswith(".")}
    try:
        return entries, {name: _state(e.stat(follow_symlinks=False)) for name, e in entries.items()}
    except FileNotFoundError:  # something was taken away while we looked
        return _states(folder)


def _is_record(entry: os.DirEntry[str], kind: Kind) -> bool:
    return entry.name.endswith(kind.suffix) and entry.is_file(follow_symlinks=False)


def _stray(kind: Kind, name: str) -> Problem:
    message = f"is not a record; here lie files that end in {kind.suffix}: rename it or move it elsewhere"
    return Problem(f"{kind.folder}/{name}", 0, "", message)


def _state(stat: os.stat_result) -> _DiskState:
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


def _read(path: str, state: _DiskState, kind: Kind, name: str) -> _File:
    # The clock only tells whether the file's times can be trusted; nothing shown depends on it.
    trusted = time.time_ns() - max(state[:2]) > _RECENT_NS
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path for each of 100,000 files costs too much
        raw = file.read(min(os.fstat(file.fileno()).st_size, MAX_RECORD_BYTES + 1)) or b""
    shown = f"{kind.folder}/{name}{kind.suffix}"
    try:
        record: AnyRecord = decode(raw, kind.record_type, shown)
    except InvalidRecords as error:
        return _File(state, trusted, digest(raw), None, error.problems)
    if record.id == name:
        return _File(state, trusted, digest(raw), record, ())
    remedy = f"rename the file to {record.id}{kind.suffix} or correct the id"
    line = read_positions(raw.decode("utf-8")).line(("id",))
    problem = Problem(shown, line, "id", f"{record.id!r} is not the file's name; {remedy}")
    return _File(state, trusted, digest(raw), replace(record, id=name), (problem,))
