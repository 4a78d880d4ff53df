"""The registry's folder: the only module that reads or writes record files.

Reading gives every problem of every file at once. Writing is durable and never loses an unseen change: lock,
compare what is there, write a temporary file beside it, flush it to the disk, rename it, flush the folder.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from heritage_registry.checks import Finding, Records, run_checks
from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.errors import InvalidRecords, Problem, RecordExists, RecordNotFound, StaleRecord
from heritage_registry.form import decode, decode_loosely, encode, find_problems
from heritage_registry.positions import read_positions
from heritage_registry.site import Site
from heritage_registry.source import Source

if sys.platform != "win32":
    import fcntl

AnyRecord = Site | Source | Claim
OneKind = TypeVar("OneKind", Site, Source, Claim)


class Kind(msgspec.Struct, frozen=True):
    """A kind of record: the folder it lies in, how its files end, its class."""

    folder: str
    suffix: str
    record_type: type[AnyRecord]


SITES = Kind("records", ".geojson", Site)
SOURCES = Kind("sources", ".json", Source)
CLAIMS = Kind("claims", ".json", Claim)
KINDS = (SITES, SOURCES, CLAIMS)

Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""

ID_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that looks like a digit."""


class Registry(msgspec.Struct, frozen=True):
    """Everything a registry's folder holds, each kind ordered by id."""

    directory: Path
    config: RegistryConfig
    sites: Mapping[str, Site]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]


def read_registry(directory: Path, progress: Progress | None = None) -> Registry:
    """Read and check every record. Raises `InvalidRecords` with the problems of all of them."""
    registry, problems = examine(directory, progress)
    if problems:
        raise InvalidRecords(problems)
    return registry


def examine(directory: Path, progress: Progress | None = None) -> tuple[Registry, list[Problem]]:
    """Read what can be read and return it with every problem of every file, sorted by file and line.

    Rules between records run on the records that could be read, so that one bad file hides no other problem.
    """
    config = read_config(directory)
    files = [(kind, path) for kind in KINDS for path in record_files(directory, kind)]
    read: dict[str, dict[str, AnyRecord]] = {kind.folder: {} for kind in KINDS}
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        try:
            read[kind.folder][record_id(path, kind)] = _read_file(path, kind)
        except InvalidRecords as error:
            problems += error.problems
        if progress:
            progress(done, len(files))
    registry = Registry(directory, config, *(read[kind.folder] for kind in KINDS))  # type: ignore[arg-type]
    unread = {(p.file.split("/")[0], Path(p.file).name) for p in problems}
    problems += _problems_of_findings(directory, run_checks(_records(registry)), unread)
    return registry, sorted(problems)


def _records(registry: Registry) -> Records:
    return Records(registry.config, registry.sites, registry.sources, registry.claims)


def record_files(directory: Path, kind: Kind) -> list[Path]:
    """Return the paths of all record files of a kind, ordered by name."""
    folder = directory / kind.folder
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.name.endswith(kind.suffix) and not e.name.startswith("."))
    return [folder / name for name in names]


def record_path(directory: Path, kind: Kind, record_key: str) -> Path:
    """Return where the record with an id lies, whether or not it is there."""
    return directory / kind.folder / (record_key + kind.suffix)


def record_id(path: Path, kind: Kind) -> str:
    """Return the id that a file's name stands for."""
    return path.name.removesuffix(kind.suffix)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _read_file(path: Path, kind: Kind) -> AnyRecord:
    record: AnyRecord = decode(path.read_bytes(), kind.record_type, _shown(path))
    if record.id != record_id(path, kind):
        message = f"{record.id!r} is not the file's name; rename the file to {record.id}{kind.suffix} or correct the id"
        raise InvalidRecords([Problem(_shown(path), _line(path, ("id",)), "id", message)])
    return record


def _line(path: Path, field: tuple[str | int, ...]) -> int:
    return read_positions(path.read_text("utf-8")).line(field)


def _problems_of_findings(
    directory: Path, findings: list[Finding], unread: set[tuple[str, str]]
) -> Iterator[Problem]:
    """Give findings their lines. What is missed only because its file could not be read is not told twice."""
    by_folder = {kind.folder: kind for kind in KINDS}
    for finding in findings:
        if _is_about_unread(finding, unread):
            continue
        path = record_path(directory, by_folder[finding.folder], finding.id)
        yield Problem(
            _shown(path), _line(path, finding.field), ".".join(map(str, finding.field)), finding.message
        )


def _is_about_unread(finding: Finding, unread: set[tuple[str, str]]) -> bool:
    return any(f"{Path(name).stem!r}" in finding.message for _, name in unread)


def read_record(directory: Path, kind: Kind, record_key: str) -> tuple[AnyRecord, str]:
    """Return one record and the digest of its file, to be handed to `replace_record`."""
    path = record_path(directory, kind, record_key)
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise RecordNotFound(f"there is no {_shown(path)}; 'heritage list' finds records by name") from error
    return decode(raw, kind.record_type, _shown(path)), digest(raw)


def digest(raw: bytes) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def registry_digest(registry: Registry) -> str:
    """Return one SHA-256 over everything a page or export can be made from, independent of the file system."""
    total = hashlib.sha256(msgspec.json.encode(registry.config, order="sorted"))
    for group in (registry.sites, registry.sources, registry.claims):
        for record in group.values():
            total.update(encode(record))
    return total.hexdigest()


def new_id(taken: Mapping[str, object]) -> str:
    """Draw a random record id that no record has."""
    while True:
        drawn = secrets.choice(ID_SIGNS[10:]) + "".join(secrets.choice(ID_SIGNS) for _ in range(7))
        if drawn not in taken:
            return drawn


def problems_of_change(registry: Registry, record: AnyRecord) -> list[Problem]:
    """Return what `check` would say of this one record if it were written."""
    kind = kind_of(record)
    path = record_path(registry.directory, kind, record.id)
    raw = encode(record)
    problems = find_problems(raw, kind.record_type, _shown(path))
    if problems:
        return problems
    groups = {
        k.folder: dict(g)
        for k, g in zip(KINDS, (registry.sites, registry.sources, registry.claims), strict=True)
    }
    groups[kind.folder][record.id] = record
    findings = run_checks(Records(registry.config, groups["records"], groups["sources"], groups["claims"]))  # type: ignore[arg-type]
    positions = read_positions(raw.decode())
    return sorted(
        Problem(_shown(path), positions.line(f.field), ".".join(map(str, f.field)), f.message)
        for f in findings
        if f.folder == kind.folder and f.id == record.id
    )


def kind_of(record: AnyRecord) -> Kind:
    """Return the kind a record is of."""
    return next(kind for kind in KINDS if isinstance(record, kind.record_type))


def add_record(registry: Registry, record: AnyRecord) -> Path:
    """Write a new record and return its path.

    Raises `InvalidRecords` for what `check` would refuse, `RecordExists` if the file is there: nothing is ever
    overwritten.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    path = record_path(registry.directory, kind_of(record), record.id)
    with _locked(registry.directory):
        if path.exists():
            raise RecordExists(f"{_shown(path)} already exists; edit that record or choose another id")
        _write_durably(path, encode(record))
    return path


def replace_record(registry: Registry, record: AnyRecord, read_digest: str) -> Path:
    """Write a changed record over the file whose digest was `read_digest` when it was read.

    Raises `InvalidRecords` for what `check` would refuse, `StaleRecord` if somebody changed the file since.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    path = record_path(registry.directory, kind_of(record), record.id)
    with _locked(registry.directory):
        if not path.exists() or digest(path.read_bytes()) != read_digest:
            raise StaleRecord(f"{_shown(path)} changed since it was read; read it again and repeat the edit")
        _write_durably(path, encode(record))
    return path


def format_records(directory: Path, progress: Progress | None = None) -> list[Path]:
    """Rewrite every record in canonical form and return the paths that changed.

    Raises `InvalidRecords` with all problems that a new layout cannot mend, and then writes nothing.
    """
    files = [(kind, path) for kind in KINDS for path in record_files(directory, kind)]
    texts: list[tuple[Path, bytes, bytes]] = []
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        raw = path.read_bytes()
        try:
            texts.append((path, raw, encode(decode_loosely(raw, kind.record_type, _shown(path)))))
        except InvalidRecords as error:
            problems += error.problems
        if progress:
            progress(done, len(files))
    if problems:
        raise InvalidRecords(problems)
    changed = [(path, raw, canonical) for path, raw, canonical in texts if raw != canonical]
    with _locked(directory):
        for path, raw, canonical in changed:
            if path.read_bytes() != raw:
                raise StaleRecord(
                    f"{_shown(path)} changed while it was being formatted; run 'heritage format' again"
                )
            _write_durably(path, canonical)
    return [path for path, _, _ in changed]


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the registry's lock, so that two writers never compare and write at the same time."""
    with (directory / ".lock").open("a+b") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_durably(path: Path, raw: bytes) -> None:
    """Put a file in place so that after a power cut it is whole: the old one or the new one, once this returns the new."""
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
