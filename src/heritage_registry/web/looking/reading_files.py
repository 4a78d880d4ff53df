"""Reading record files: one by one, or very many in several processes at once.

A process beside this one decodes and verifies a batch of files and hands over the records, in which texts and
citations that repeat are one object: a large registry is mostly the same few thousand words.
"""

from __future__ import annotations

import os
import pickle
import stat
import struct
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import force_setattr, replace

from heritage_registry.claim import Claim
from heritage_registry.defaults import text_defaults
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.form import MAX_RECORD_BYTES, decode
from heritage_registry.positions import read_positions
from heritage_registry.registry import AnyRecord, Kind, digest
from heritage_registry.site import Site
from heritage_registry.source import Source

_RECENT_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again without a trace in its times."""

_STATE = struct.Struct("4q")

_BATCH = 1_000
_MANY = 10_000
"""Fewer files are read sooner than another process has started."""
_LONGEST_SHARED = 60


class File(msgspec.Struct, frozen=True, gc=False):
    """What is known of one file.

    `state` is when it was changed (two clocks), its size and its number; `trusted` whether that shows every
    later change. `own_id` is what is not there because of the problems: another record may point at it.
    """

    state: bytes
    trusted: bool
    digest: str
    record: AnyRecord | None
    problems: tuple[Problem, ...] = ()
    own_id: str = ""


Wanted = tuple[str, bytes]
"""The name of a file and its state."""


def state_of(there: os.stat_result) -> bytes | None:
    """Return the state of a file, None for what is no plain file."""
    if not stat.S_ISREG(there.st_mode):
        return None
    return _STATE.pack(there.st_mtime_ns, there.st_ctime_ns, there.st_size, there.st_ino)


def read_file(folder: Path, wanted: Wanted, kind: Kind) -> File:
    """Read one file; raises `FileNotFoundError` where it is gone."""
    name, state = wanted
    # The clock only tells whether the file's times can be trusted; nothing shown depends on it.
    trusted = time.time_ns() - max(_STATE.unpack(state)[:2]) > _RECENT_NS
    # A Path for each of 100,000 files costs too much.
    with open(f"{folder}{os.sep}{name}", "rb", buffering=0) as file:  # noqa: PTH123
        raw = file.read(min(os.fstat(file.fileno()).st_size, MAX_RECORD_BYTES + 1)) or b""
    shown, key = f"{kind.folder}/{name}", name.removesuffix(kind.suffix)
    try:
        record: AnyRecord = decode(raw, kind.record_type, shown)
    except InvalidRecords as error:
        return File(state, trusted, digest(raw), None, error.problems, key)
    if record.id == key:
        return File(state, trusted, digest(raw), record)
    remedy = f"rename the file to {record.id}{kind.suffix} or correct the id"
    line = read_positions(raw.decode("utf-8")).line(("id",))
    problem = Problem(shown, line, "id", f"{record.id!r} is not the file's name; {remedy}")
    return File(state, trusted, digest(raw), replace(record, id=key), (problem,), record.id)


def read_files(folder: Path, wanted: Sequence[Wanted], kind: Kind) -> Iterator[tuple[str, File | None]]:
    """Yield each file by name, None for one that is gone meanwhile."""
    done = 0
    if len(wanted) >= _MANY and (os.cpu_count() or 1) > 1:
        try:
            for found in _read_beside(folder, wanted, kind):
                yield from found
                done += len(found)
        except (BrokenProcessPool, OSError):
            pass  # no other process to be had: the rest is read here
    for one in wanted[done:]:
        yield one[0], _read_or_none(folder, one, kind)


def _read_beside(
    folder: Path, wanted: Sequence[Wanted], kind: Kind
) -> Iterator[list[tuple[str, File | None]]]:
    batches = [wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)]
    workers = min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # No more at a time than are taken from them: what waits would fill the memory.
        running = deque(pool.submit(_read_batch, folder, batch, kind) for batch in batches[: 2 * workers])
        for batch in [*batches[2 * workers :], *([None] * len(running))]:
            yield _Unpickler(BytesIO(running.popleft().result())).load()
            if batch is not None:
                running.append(pool.submit(_read_batch, folder, batch, kind))


def _read_batch(folder: Path, wanted: Sequence[Wanted], kind: Kind) -> bytes:
    texts: dict[Any, Any] = {text: text for text in _DEFAULTS}
    found: list[tuple[str, File | None]] = []
    for one in wanted:
        file = _read_or_none(folder, one, kind)
        if file is not None and file.record is not None:
            _share(file.record, texts)
        found.append((one[0], file))
    raw = BytesIO()
    _Pickler(raw, pickle.HIGHEST_PROTOCOL).dump(found)
    return raw.getvalue()


_DEFAULTS = text_defaults((Site, Source, Claim))
_NUMBERS = {id(text): number for number, text in enumerate(_DEFAULTS)}


class _Pickler(pickle.Pickler):
    """Hands over a default as such: a record is only in canonical form with the very object of its class."""

    def persistent_id(self, value: object) -> int | None:
        return _NUMBERS.get(id(value))


class _Unpickler(pickle.Unpickler):
    """Reads what our own process has just made."""

    def persistent_load(self, number: int) -> str:
        return _DEFAULTS[number]


def _read_or_none(folder: Path, wanted: Wanted, kind: Kind) -> File | None:
    try:
        return read_file(folder, wanted, kind)
    except FileNotFoundError:
        return None


def _share(part: msgspec.Struct, texts: dict[Any, Any]) -> None:
    """Put one object in the place of equal texts and citations below a part that nobody else knows yet."""
    for name in part.__struct_fields__:
        value = getattr(part, name)
        kind = type(value)
        if kind is str:
            if len(value) <= _LONGEST_SHARED:
                force_setattr(part, name, texts.setdefault(value, value))
        elif kind is tuple:
            if not value:
                continue
            if isinstance(value[0], msgspec.Struct):
                for item in value:
                    _share(item, texts)
                if name == "citations":
                    force_setattr(part, name, texts.setdefault(value, value))
            elif isinstance(value[0], str):
                force_setattr(part, name, tuple([texts.setdefault(item, item) for item in value]))
        elif isinstance(value, msgspec.Struct):
            _share(value, texts)
