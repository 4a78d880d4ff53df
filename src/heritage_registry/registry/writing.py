"""Writing records: durably, and never over a change that was not seen.

Lock, compare what is there, write a temporary file beside it, flush it to the disk, rename it, flush the
folder.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from heritage_registry.checks import run_checks
from heritage_registry.errors import InvalidRecords, Problem, RecordExists, StaleRecord
from heritage_registry.findings import Chosen, Records
from heritage_registry.form import decode_loosely, encode, find_problems
from heritage_registry.positions import read_positions
from heritage_registry.registry.files import (
    CLAIMS,
    KINDS,
    PROPOSED,
    SITES,
    SOURCES,
    AnyRecord,
    Kind,
    digest,
    kind_of,
    problem_of,
    read_bytes,
    record_files,
    record_path,
    shown,
)
from heritage_registry.registry.reading import Progress, Registry, records_of

if sys.platform != "win32":
    import fcntl


def problems_of_change(registry: Registry, record: AnyRecord) -> list[Problem]:
    """Return what `check` would say of this one record if it were written.

    No change breaks a rule of another record alone: references ask only whether a record is there, and a ring
    of derivations that a change closes runs through the record that changes.
    """
    kind = kind_of(record)
    path = record_path(registry.directory, kind, record.id)
    raw = encode(record)
    problems = find_problems(raw, kind.record_type, shown(kind, path))
    if problems:
        return problems
    findings = run_checks(_with_change(registry, kind, record))
    positions = read_positions(raw.decode())
    return sorted(
        problem_of(kind, path, finding, positions)
        for finding in findings
        if finding.folder == kind.folder and finding.id == record.id
    )


def _with_change(registry: Registry, kind: Kind, record: AnyRecord) -> Records:
    """Return the records as they would be, of which rules look at the one that changes."""
    groups: dict[str, Mapping[str, AnyRecord]] = {k.folder: records_of(registry, k) for k in KINDS}
    groups[kind.folder] = {**groups[kind.folder], record.id: record}
    sites, sources, claims = (
        Chosen(groups[k.folder], (record.id,) if k is kind else ()) for k in (SITES, SOURCES, CLAIMS)
    )
    return Records(registry.config, sites, sources, claims)


def add_record(registry: Registry, record: AnyRecord) -> Path:
    """Write a new record and return its path.

    Raises `InvalidRecords` for what `check` would refuse, `RecordExists` if the file is there: nothing is
    ever overwritten.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    kind = kind_of(record)
    path = record_path(registry.directory, kind, record.id)
    with locked(registry.directory):
        if path.exists():
            raise RecordExists(f"{shown(kind, path)} already exists; edit that record or choose another id")
        write_durably(path, encode(record))
    return path


def replace_record(registry: Registry, record: AnyRecord, read_digest: str) -> Path:
    """Write a changed record over the file whose digest was `read_digest` when it was read.

    Raises `InvalidRecords` for what `check` would refuse, `StaleRecord` if somebody changed the file since.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    kind = kind_of(record)
    path = record_path(registry.directory, kind, record.id)
    with locked(registry.directory):
        if not path.exists() or digest(path.read_bytes()) != read_digest:
            raise changed_since(kind, path)
        write_durably(path, encode(record))
    return path


def changed_since(kind: Kind, path: Path) -> StaleRecord:
    """Return the error that keeps a writer from writing over what they have not seen."""
    return StaleRecord(f"{shown(kind, path)} changed since it was read; read it again and repeat the edit")


def formatting_changes(directory: Path, progress: Progress | None = None) -> list[tuple[Path, bytes, bytes]]:
    """Return the records that are not in canonical form: path, text as it is, text as it should be.

    Raises `InvalidRecords` with all problems that a new layout cannot mend.
    """
    files = [(kind, path) for kind in (*KINDS, *PROPOSED) for path in record_files(directory, kind)]
    texts: list[tuple[Path, bytes, bytes]] = []
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        raw = read_bytes(path)
        try:
            texts.append((path, raw, encode(decode_loosely(raw, kind.record_type, shown(kind, path)))))
        except InvalidRecords as error:
            problems += error.problems
        if progress:
            progress(done, len(files))
    if problems:
        raise InvalidRecords(problems)
    return [(path, raw, canonical) for path, raw, canonical in texts if raw != canonical]


def format_records(directory: Path, progress: Progress | None = None) -> list[Path]:
    """Rewrite every record in canonical form and return the paths that changed.

    Raises `InvalidRecords` with all problems that a new layout cannot mend, and then writes nothing.
    """
    changed = formatting_changes(directory, progress)
    with locked(directory):
        for path, raw, _ in changed:
            if path.read_bytes() != raw:
                again = "changed while it was being formatted; run 'heritage format' again"
                raise StaleRecord(f"{path.relative_to(directory).as_posix()} {again}")
        for path, _, canonical in changed:
            write_durably(path, canonical)
    return [path for path, _, _ in changed]


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the registry's lock, so that two writers never compare and write at the same time."""
    with (directory / ".lock").open("a+b") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_durably(path: Path, raw: bytes) -> None:
    """Put a file in place. After a power cut it is whole: the old one, or once this has returned the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
