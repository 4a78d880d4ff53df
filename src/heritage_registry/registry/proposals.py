"""Changes of published records that wait for a second person: beside the records, and never public.

A proposal is the whole record as it would be. There is one of a record at most, and further edits go on it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.errors import InvalidRecords, RecordNotFound
from heritage_registry.form import encode
from heritage_registry.registry.files import (
    SOURCES,
    AnyRecord,
    Kind,
    digest,
    kind_of,
    proposed,
    read_record,
    record_path,
)
from heritage_registry.registry.reading import Registry
from heritage_registry.registry.writing import changed_since, locked, problems_of_change, write_durably
from heritage_registry.site import Site


class Current(msgspec.Struct, frozen=True):
    """What somebody who edits a record goes on with: its proposed change if there is one, else the record.

    `digest` is that of its file and is handed back with the edit.
    """

    record: AnyRecord
    digest: str
    is_proposal: bool


def read_current(directory: Path, kind: Kind, record_key: str) -> Current:
    """Return a record as its writers left it. Raises as `read_record`."""
    if kind is not SOURCES:
        try:
            record, found = read_record(directory, proposed(kind), record_key)
        except RecordNotFound:
            pass
        else:
            return Current(record, found, is_proposal=True)
    record, found = read_record(directory, kind, record_key)
    return Current(record, found, is_proposal=False)


def write_proposal(registry: Registry, record: Site | Claim, read_digest: str) -> Path:
    """Write a change of a published record; `read_digest` is that of what `read_current` gave.

    Raises `InvalidRecords` for what `check` would refuse, `StaleRecord` if either was changed meanwhile.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    kind = kind_of(record)
    path = record_path(registry.directory, proposed(kind), record.id)
    with locked(registry.directory):
        before = path if path.exists() else record_path(registry.directory, kind, record.id)
        if not before.exists() or digest(before.read_bytes()) != read_digest:
            raise changed_since(proposed(kind) if before is path else kind, before)
        write_durably(path, encode(record))
    return path


def publish_proposal(
    registry: Registry, record: Site | Claim, record_digest: str, proposal_digest: str
) -> Path:
    """Put a record in the place of the published one and take its proposal away.

    A crash in between leaves the proposal of a change that is published already, which is told and can be
    thrown away. Raises as `write_proposal`.
    """
    problems = problems_of_change(registry, record)
    if problems:
        raise InvalidRecords(problems)
    kind = kind_of(record)
    path = record_path(registry.directory, kind, record.id)
    waiting = record_path(registry.directory, proposed(kind), record.id)
    with locked(registry.directory):
        _compare(kind, path, record_digest)
        _compare(proposed(kind), waiting, proposal_digest)
        write_durably(path, encode(record))
        waiting.unlink()
    return path


def discard_proposal(directory: Path, kind: Kind, record_key: str, read_digest: str) -> Path:
    """Throw a proposed change away; raises `StaleRecord` if it is not the one that was read."""
    path = record_path(directory, proposed(kind), record_key)
    with locked(directory):
        _compare(proposed(kind), path, read_digest)
        path.unlink()
    return path


def _compare(kind: Kind, path: Path, read_digest: str) -> None:
    try:
        found = digest(path.read_bytes())
    except FileNotFoundError as error:
        raise changed_since(kind, path) from error
    if found != read_digest:
        raise changed_since(kind, path)
