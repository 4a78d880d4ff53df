"""The registry's folder: the only module that reads or writes record files.

Reading gives every problem of every file at once. Writing is durable and never loses an unseen change: lock,
compare what is there, write a temporary file beside it, flush it to the disk, rename it, flush the folder.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from heritage_registry.checks import run_checks
from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.errors import (
    InvalidRecords,
    Problem,
    RecordExists,
    RecordNotFound,
    StaleRecord,
    dotted,
)
from heritage_registry.findings import Finding, Records
from heritage_registry.form import MAX_RECORD_BYTES, decode, decode_loosely, encode, find_problems
from heritage_registry.positions import Positions, read_positions
from heritage_registry.public import public_claims, public_view
from heritage_registry.site import Site
from heritage_registry.source import Source

if sys.platform != "win32":
    import fcntl

AnyRecord = Site | Source | Claim
_OneKind = TypeVar("_OneKind", Site, Source, Claim)


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

_KEY = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")
"""Ids and source keys: nothing that leads out of a folder."""

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
    problems = [problem for kind in KINDS for problem in _stray_entries(directory, kind)]
    with collector_paused():
        read, unread, refused = _read_all(directory, progress)
        records = _as_records(config, read)
        # That a record is missing is not told of one that is there and could not be read.
        findings = [f for f in run_checks(records) if f.missing is None or f.missing not in unread]
    problems += [*refused, *_problems_of_findings(directory, findings)]
    return Registry(directory, config, records.sites, records.sources, records.claims), sorted(problems)


_Groups = Mapping[str, Mapping[str, AnyRecord]]
"""Records by id, by the folder of their kind."""


def _read_all(directory: Path, progress: Progress | None) -> tuple[_Groups, set[str], list[Problem]]:
    """Return the records that could be read, the ids of the others, and why those could not be read.

    A record in a file of another name is read as what the file is called, and its own id counts as unread.
    """
    files = [(kind, path) for kind in KINDS for path in record_files(directory, kind)]
    read: dict[str, dict[str, AnyRecord]] = {kind.folder: {} for kind in KINDS}
    unread: set[str] = set()
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        name = record_id(path, kind)
        try:
            record: AnyRecord = decode(_read_bytes(path), kind.record_type, _shown(path))
        except InvalidRecords as error:
            problems += error.problems
            unread.add(name)
        else:
            if record.id != name:
                problems.append(_wrong_name(path, kind, record))
                unread.add(record.id)
                record = replace(record, id=name)
            read[kind.folder][name] = record
        if progress:
            progress(done, len(files))
    return read, unread, problems


def _as_records(config: RegistryConfig, groups: _Groups) -> Records:
    return Records(
        config,
        sites=_of_type(Site, groups[SITES.folder]),
        sources=_of_type(Source, groups[SOURCES.folder]),
        claims=_of_type(Claim, groups[CLAIMS.folder]),
    )


def _of_type(record_type: type[_OneKind], records: Mapping[str, AnyRecord]) -> dict[str, _OneKind]:
    return {key: record for key, record in records.items() if isinstance(record, record_type)}


@contextmanager
def collector_paused() -> Iterator[None]:
    """Make objects that are all kept without a search for garbage among them, which doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def records_of(registry: Registry, kind: Kind) -> Mapping[str, AnyRecord]:
    """Return all records of a kind by id."""
    groups: _Groups = {"records": registry.sites, "sources": registry.sources, "claims": registry.claims}
    return groups[kind.folder]


def record_files(directory: Path, kind: Kind) -> list[Path]:
    """Return the paths of all record files of a kind, ordered by name."""
    folder = directory / kind.folder
    return [folder / entry.name for entry in _entries(directory, kind) if _is_record_file(entry, kind)]


def _entries(directory: Path, kind: Kind) -> list[os.DirEntry[str]]:
    """Return what lies in the folder of a kind, ordered by name, other than hidden files."""
    folder = directory / kind.folder
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)


def _is_record_file(entry: os.DirEntry[str], kind: Kind) -> bool:
    return entry.name.endswith(kind.suffix) and entry.is_file(follow_symlinks=False)


def _stray_entries(directory: Path, kind: Kind) -> Iterator[Problem]:
    """Yield what would be passed over in silence, such as a record with the wrong ending."""
    for entry in _entries(directory, kind):
        if not _is_record_file(entry, kind):
            message = (
                f"is not a record; here lie files that end in {kind.suffix}: rename it or move it elsewhere"
            )
            yield Problem(f"{kind.folder}/{entry.name}", 0, "", message)


def record_path(directory: Path, kind: Kind, record_key: str) -> Path:
    """Return where the record with an id lies, whether or not it is there."""
    return directory / kind.folder / (record_key + kind.suffix)


def record_id(path: Path, kind: Kind) -> str:
    """Return the id that a file's name stands for."""
    return path.name.removesuffix(kind.suffix)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, of an over-large one no more than is needed to refuse it."""
    with path.open("rb", buffering=0) as file:
        size = min(os.fstat(file.fileno()).st_size, MAX_RECORD_BYTES + 1)
        return file.read(size) or b""


def _wrong_name(path: Path, kind: Kind, record: AnyRecord) -> Problem:
    remedy = f"rename the file to {record.id}{kind.suffix} or correct the id"
    line = read_positions(path.read_text("utf-8")).line(("id",))
    return Problem(_shown(path), line, "id", f"{record.id!r} is not the file's name; {remedy}")


def _problems_of_findings(directory: Path, findings: list[Finding]) -> Iterator[Problem]:
    """Give findings their lines."""
    by_folder = {kind.folder: kind for kind in KINDS}
    by_path: dict[Path, list[Finding]] = {}
    for finding in findings:
        path = record_path(directory, by_folder[finding.folder], finding.id)
        by_path.setdefault(path, []).append(finding)
    for path, group in by_path.items():
        positions = read_positions(path.read_text("utf-8"))
        yield from (_problem(path, finding, positions) for finding in group)


def _problem(path: Path, finding: Finding, positions: Positions) -> Problem:
    return Problem(_shown(path), positions.line(finding.field), dotted(finding.field), finding.message)


def find_record_file(directory: Path, key: str) -> tuple[Kind, Path]:
    """Return the kind and the file of the record with an id, readable or not. Raises `RecordNotFound`."""
    if _KEY.fullmatch(key):
        for kind in KINDS:
            path = record_path(directory, kind, key)
            if path.is_file() and not path.is_symlink():
                return kind, path
    raise RecordNotFound(f"there is no record with the id {key!r}; 'heritage list' finds records by name")


def read_record(directory: Path, kind: Kind, record_key: str) -> tuple[AnyRecord, str]:
    """Return one record and the digest of its file, to be handed to `replace_record`."""
    path = record_path(directory, kind, record_key)
    if not _KEY.fullmatch(record_key):
        raise RecordNotFound(f"{record_key!r} is no id of a record; 'heritage list' finds records by name")
    try:
        raw = _read_bytes(path)
    except FileNotFoundError as error:
        raise RecordNotFound(f"there is no {_shown(path)}; 'heritage list' finds records by name") from error
    return decode(raw, kind.record_type, _shown(path)), digest(raw)


def digest(raw: bytes) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def registry_digest(registry: Registry) -> str:
    """Return one SHA-256 over all that a page or export can be made from: nothing hidden bears on it."""
    total = hashlib.sha256(msgspec.json.encode(registry.config, order="sorted"))
    sites, claims = public_view(registry.sites.values()), public_claims(registry.claims.values())
    for record in (*sites, *registry.sources.values(), *claims):
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
    groups = {k.folder: dict(records_of(registry, k)) for k in KINDS}
    groups[kind.folder][record.id] = record
    findings = run_checks(_as_records(registry.config, groups))
    positions = read_positions(raw.decode())
    return sorted(
        _problem(path, finding, positions)
        for finding in findings
        if finding.folder == kind.folder and finding.id == record.id
    )


def kind_of(record: AnyRecord) -> Kind:
    """Return the kind a record is of."""
    return next(kind for kind in KINDS if isinstance(record, kind.record_type))


def add_record(registry: Registry, record: AnyRecord) -> Path:
    """Write a new record and return its path.

    Raises `InvalidRecords` for what `check` would refuse, `RecordExists` if the file is there: nothing is
    ever overwritten.
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


def formatting_changes(directory: Path, progress: Progress | None = None) -> list[tuple[Path, bytes, bytes]]:
    """Return the records that are not in canonical form: path, text as it is, text as it should be.

    Raises `InvalidRecords` with all problems that a new layout cannot mend.
    """
    files = [(kind, path) for kind in KINDS for path in record_files(directory, kind)]
    texts: list[tuple[Path, bytes, bytes]] = []
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        raw = _read_bytes(path)
        try:
            texts.append((path, raw, encode(decode_loosely(raw, kind.record_type, _shown(path)))))
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
    with _locked(directory):
        for path, raw, _ in changed:
            if path.read_bytes() != raw:
                again = "changed while it was being formatted; run 'heritage format' again"
                raise StaleRecord(f"{_shown(path)} {again}")
        for path, _, canonical in changed:
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
