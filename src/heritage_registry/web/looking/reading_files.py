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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect
from msgspec.structs import force_setattr, replace

from heritage_registry.checks import JUDGED
from heritage_registry.claim import Claim
from heritage_registry.defaults import text_defaults
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.form import MAX_RECORD_BYTES, decode
from heritage_registry.positions import read_positions
from heritage_registry.publishing import content_digest
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

_Wanted = Sequence[Wanted]


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
    raw = _bytes_of(f"{folder}{os.sep}{name}")
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


def _bytes_of(path: str) -> bytes:
    """Return a file's bytes, cut off where it is too large: a `Path` and a file object cost twice as much."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = min(os.fstat(descriptor).st_size, MAX_RECORD_BYTES + 1)
        raw = os.read(descriptor, size)
        while len(raw) < size and (more := os.read(descriptor, size - len(raw))):
            raw += more
        return raw
    finally:
        os.close(descriptor)


class Batch(msgspec.Struct, frozen=True):
    """Files that were read, by name: None for one that is gone meanwhile.

    `contents` is what `publishing.content_digest` says of sites, by id. `values` are all that the records
    say in the fields that `checks.JUDGED` names.
    """

    files: dict[str, File | None]
    contents: dict[str, str]
    values: dict[str, set[str]]


def read_files(folder: Path, wanted: Sequence[Wanted], kind: Kind) -> Iterator[Batch]:
    """Read each file once, very many of them in no order."""
    batches = deque(wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH))
    beside = min(os.cpu_count() or 1, 8) - 1
    if beside and len(wanted) >= _MANY:
        yield from _read_beside(folder, batches, kind, beside)
    for batch in batches:
        yield _read_batch(folder, batch, kind, {})


def _read_beside(folder: Path, batches: deque[_Wanted], kind: Kind, processes: int) -> Iterator[Batch]:
    """Read batches in other processes, and here while those are at work: handing over costs as much again.

    Leaves the batches that are not read where there are no other processes to be had.
    """
    texts: dict[Any, Any] = {}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: deque[tuple[Future[bytes], _Wanted]] = deque()
        try:
            while batches or running:
                # No more at a time than are taken from them: what waits would fill the memory.
                while batches and len(running) <= processes:
                    batch = batches.popleft()
                    running.append((pool.submit(_batch_read, folder, batch, kind), batch))
                if batches and not running[0][0].done():
                    yield _read_batch(folder, batches.popleft(), kind, texts)
                else:
                    yield _Unpickler(BytesIO(running[0][0].result())).load()
                    running.popleft()
        except (BrokenProcessPool, OSError):
            batches.extend(batch for _, batch in running)


def _batch_read(folder: Path, batch: _Wanted, kind: Kind) -> bytes:
    raw = BytesIO(_DEFAULTS_FIRST)
    raw.seek(0, os.SEEK_END)
    pickler = pickle.Pickler(raw, pickle.HIGHEST_PROTOCOL)
    pickler.memo = {id(text): (number, text) for number, text in enumerate(_DEFAULTS)}
    pickler.dump(_read_batch(folder, batch, kind, {}))
    return raw.getvalue()


def _read_batch(folder: Path, batch: _Wanted, kind: Kind, texts: dict[Any, Any]) -> Batch:
    """Read files whose equal texts become one object, together with those in `texts` before."""
    read = Batch({}, {}, {name: set() for name in JUDGED})
    texts.update((text, text) for text in _DEFAULTS)
    for one in batch:
        file = read.files[one[0]] = _read_or_none(folder, one, kind)
        if file is not None and file.record is not None:
            _share(file.record, texts, read.values)
            if isinstance(file.record, Site):
                read.contents[file.record.id] = content_digest(file.record)
    return read


_DEFAULTS = text_defaults((Site, Source, Claim))
"""A record is only in canonical form with the very objects of its class, which no copy of them stands for."""

_DEFAULTS_FIRST = b"".join(b"cdefault\n%d\n\x940" % number for number in range(len(_DEFAULTS)))
"""Pickled: names each default, which `_Unpickler` finds, keeps it under its number, and takes it off again.

Asking of every object whether it is a default ("persistent id") takes as long as all the rest.
"""


class _Unpickler(pickle.Unpickler):
    """Reads what our own process has just made."""

    def find_class(self, module: str, name: str) -> Any:
        return _DEFAULTS[int(name)] if module == "default" else super().find_class(module, name)


def _read_or_none(folder: Path, wanted: Wanted, kind: Kind) -> File | None:
    try:
        return read_file(folder, wanted, kind)
    except FileNotFoundError:
        return None


def _share(  # noqa: PLR0912 - every record passes here, and calls inside the loop would double its time
    record: msgspec.Struct, texts: dict[Any, Any], values: Mapping[str, set[str]]
) -> None:
    """Put one object in the place of equal texts and citations of a record that nobody else knows yet.

    Adds what the record says in the fields that `values` has.
    """
    stack = [record]
    while stack:
        part = stack.pop()
        fields = _fields_of(type(part))
        for name in fields.text:
            text = getattr(part, name)
            if text is not None and len(text) <= _LONGEST_SHARED:
                force_setattr(part, name, texts.setdefault(text, text))
        for name in fields.texts:
            value = getattr(part, name)
            if value:
                force_setattr(part, name, tuple([texts.setdefault(text, text) for text in value]))
        for name in fields.judged:
            value = getattr(part, name)
            if type(value) is tuple:
                values[name].update(value)
            elif value is not None:
                values[name].add(value)
        for name in fields.part:
            value = getattr(part, name)
            if value is not None:
                stack.append(value)
        for name in fields.parts:
            value = getattr(part, name)
            if value:
                if name == "citations":
                    shared = texts.get(value)
                    if shared is not None:
                        force_setattr(part, name, shared)
                        continue
                    texts[value] = value
                stack += value


class _Fields(msgspec.Struct, frozen=True):
    """The fields of a class by what they hold: a text, texts, a part, parts; and those that rules judge."""

    text: tuple[str, ...]
    texts: tuple[str, ...]
    part: tuple[str, ...]
    parts: tuple[str, ...]
    judged: tuple[str, ...]


@cache
def _fields_of(part_type: type) -> _Fields:
    info = inspect.type_info(part_type)
    assert isinstance(info, inspect.StructType)
    names: dict[str, list[str]] = {"text": [], "texts": [], "part": [], "parts": [], "": []}
    for field in info.fields:
        names[_kind_of(field.type)].append(field.name)
    text, texts, part, parts, _ = map(tuple, names.values())
    return _Fields(text, texts, part, parts, tuple(f.name for f in info.fields if f.name in JUDGED))


def _kind_of(expected: inspect.Type) -> str:
    match expected:
        case inspect.StrType():
            return "text"
        case inspect.StructType():
            return "part"
        case inspect.Metadata():
            return _kind_of(expected.type)
        case inspect.VarTupleType():
            return {"text": "texts", "part": "parts"}.get(_kind_of(expected.item_type), "")
        case inspect.UnionType():
            found = {
                _kind_of(choice) for choice in expected.types if not isinstance(choice, inspect.NoneType)
            }
            return found.pop() if len(found) == 1 else ""
    return ""
