"""Reading a registry: every record, and every problem of every file at once."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from heritage_registry.checks import run_checks
from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.findings import Chosen, Finding, Records
from heritage_registry.form import decode, encode
from heritage_registry.positions import read_positions
from heritage_registry.public import public_claims, public_view
from heritage_registry.publishing import status_of
from heritage_registry.registry.files import (
    CLAIMS,
    KINDS,
    PROPOSED,
    PROPOSED_CLAIMS,
    PROPOSED_SITES,
    SITES,
    SOURCES,
    AnyRecord,
    Kind,
    problem_of,
    read_bytes,
    record_files,
    record_id,
    record_path,
    shown,
    stray_entries,
)
from heritage_registry.site import Site
from heritage_registry.source import Source

_OneKind = TypeVar("_OneKind", Site, Source, Claim)

Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""


class Registry(msgspec.Struct, frozen=True):
    """Everything a registry's folder holds, each kind ordered by id.

    `proposals` are changes of published records that nobody approved yet, by the record's id. They are never
    public.
    """

    directory: Path
    config: RegistryConfig
    sites: Mapping[str, Site]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    proposals: Mapping[str, Site | Claim] = {}


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
    problems = [p for kind in (*KINDS, *PROPOSED) for p in stray_entries(directory, kind)]
    with collector_paused():
        read, unread, refused = read_all(directory, KINDS, progress)
        records = as_records(config, read)
        # That a record is missing is not told of one that is there and could not be read.
        findings = [f for f in run_checks(records) if f.missing is None or f.missing not in unread]
    problems += [*refused, *_problems_of_findings(directory, findings, KINDS)]
    changes, _, refused = read_all(directory, PROPOSED, None)
    proposals = _of_proposals(changes)
    findings = [
        f for f in findings_of_proposals(records, proposals) if f.missing is None or f.missing not in unread
    ]
    problems += [*refused, *_problems_of_findings(directory, findings, PROPOSED)]
    registry = Registry(directory, config, records.sites, records.sources, records.claims, proposals)
    return registry, sorted(problems)


def _of_proposals(groups: _Groups) -> dict[str, Site | Claim]:
    sites = _of_type(Site, groups[PROPOSED_SITES.folder])
    return {**sites, **_of_type(Claim, groups[PROPOSED_CLAIMS.folder])}


def findings_of_proposals(records: Records, proposals: Mapping[str, Site | Claim]) -> list[Finding]:
    """Return what the rules say of changes that wait, as if each had taken its record's place."""
    if not proposals:
        return []
    sites, claims = _of_type(Site, proposals), _of_type(Claim, proposals)
    would_be = Records(
        records.config,
        Chosen({**records.sites, **sites}, sites),
        Chosen(records.sources, ()),
        Chosen({**records.claims, **claims}, claims),
    )
    return [*run_checks(would_be), *_misplaced(records, proposals)]


def _misplaced(records: Records, proposals: Mapping[str, Site | Claim]) -> Iterator[Finding]:
    """Yield what is proposed and changes no record, or says that it is published already."""
    for key, record in proposals.items():
        kind, field = (SITES, ("properties", "status")) if isinstance(record, Site) else (CLAIMS, ("status",))
        held: Mapping[str, object] = records.sites if kind is SITES else records.claims
        if key not in held:
            say = f"changes {kind.folder}/{key}{kind.suffix}, which is not there; move it there as a draft"
            yield Finding(kind.folder, key, (), say, key)
        if status_of(record) not in ("draft", "in_review"):
            say = "is of a proposed change; write 'draft' or 'in_review': approving it publishes it"
            yield Finding(kind.folder, key, field, say)


_Groups = Mapping[str, Mapping[str, AnyRecord]]
"""Records by id, by the folder of their kind."""


def read_all(
    directory: Path, kinds: tuple[Kind, ...], progress: Progress | None
) -> tuple[_Groups, set[str], list[Problem]]:
    """Return the records that could be read, the ids of the others, and why those could not be read.

    A record in a file of another name is read as what the file is called, and its own id counts as unread.
    """
    files = [(kind, path) for kind in kinds for path in record_files(directory, kind)]
    read: dict[str, dict[str, AnyRecord]] = {kind.folder: {} for kind in kinds}
    unread: set[str] = set()
    problems: list[Problem] = []
    for done, (kind, path) in enumerate(files, start=1):
        name = record_id(path, kind)
        try:
            record: AnyRecord = decode(read_bytes(path), kind.record_type, shown(kind, path))
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


def as_records(config: RegistryConfig, groups: _Groups) -> Records:
    """Return records by kind as what the rules look at."""
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


def _wrong_name(path: Path, kind: Kind, record: AnyRecord) -> Problem:
    remedy = f"rename the file to {record.id}{kind.suffix} or correct the id"
    line = read_positions(path.read_text("utf-8")).line(("id",))
    return Problem(shown(kind, path), line, "id", f"{record.id!r} is not the file's name; {remedy}")


def _problems_of_findings(
    directory: Path, findings: list[Finding], kinds: tuple[Kind, ...]
) -> Iterator[Problem]:
    """Give findings their lines."""
    by_folder = {kind.folder.removeprefix("proposed/"): kind for kind in kinds}
    by_record: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_record.setdefault((finding.folder, finding.id), []).append(finding)
    for (folder, key), group in by_record.items():
        kind = by_folder[folder]
        path = record_path(directory, kind, key)
        positions = read_positions(path.read_text("utf-8"))
        yield from (problem_of(kind, path, finding, positions) for finding in group)


def registry_digest(registry: Registry) -> str:
    """Return one SHA-256 over all that a page or export can be made from: nothing hidden bears on it."""
    # Up to which day records were taken over is shown nowhere.
    config = replace(registry.config, publishing=replace(registry.config.publishing, since=None))
    total = hashlib.sha256(msgspec.json.encode(config, order="sorted"))
    sites, claims = public_view(registry.sites.values()), public_claims(registry.claims.values())
    for record in (*sites, *registry.sources.values(), *claims):
        total.update(encode(record))
    return total.hexdigest()
