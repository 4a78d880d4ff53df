"""Where the records of a registry lie, and one file of them at a time."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.errors import Problem, RecordNotFound, dotted
from heritage_registry.findings import Finding
from heritage_registry.form import MAX_RECORD_BYTES, decode
from heritage_registry.positions import Positions
from heritage_registry.site import Site
from heritage_registry.source import Source

AnyRecord = Site | Source | Claim


class Kind(msgspec.Struct, frozen=True):
    """A kind of record: the folder it lies in, how its files end, its class."""

    folder: str
    suffix: str
    record_type: type[AnyRecord]


SITES = Kind("records", ".geojson", Site)
SOURCES = Kind("sources", ".json", Source)
CLAIMS = Kind("claims", ".json", Claim)
KINDS = (SITES, SOURCES, CLAIMS)
PROPOSED_SITES = Kind("proposed/records", ".geojson", Site)
PROPOSED_CLAIMS = Kind("proposed/claims", ".json", Claim)
PROPOSED = (PROPOSED_SITES, PROPOSED_CLAIMS)
"""Changes of published records that wait for a second person, each a whole record in a file of its id."""

KEY = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")
"""Ids and source keys: nothing that leads out of a folder."""

ID_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that looks like a digit."""


def kind_of(record: AnyRecord) -> Kind:
    """Return the kind a record is of."""
    return next(kind for kind in KINDS if isinstance(record, kind.record_type))


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


def stray_entries(directory: Path, kind: Kind) -> Iterator[Problem]:
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


def proposed(kind: Kind) -> Kind:
    """Return the kind that changes of a published record of a kind are of. Sources have none."""
    return next(other for other in PROPOSED if other.record_type is kind.record_type)


def shown(kind: Kind, path: Path) -> str:
    """Return a file's path as problems name it."""
    return f"{kind.folder}/{path.name}"


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, of an over-large one no more than is needed to refuse it."""
    with path.open("rb", buffering=0) as file:
        size = min(os.fstat(file.fileno()).st_size, MAX_RECORD_BYTES + 1)
        return file.read(size) or b""


def find_record_file(directory: Path, key: str) -> tuple[Kind, Path]:
    """Return the kind and the file of the record with an id, readable or not. Raises `RecordNotFound`."""
    if KEY.fullmatch(key):
        for kind in KINDS:
            path = record_path(directory, kind, key)
            if path.is_file() and not path.is_symlink():
                return kind, path
    raise RecordNotFound(f"there is no record with the id {key!r}; 'heritage list' finds records by name")


def read_record(directory: Path, kind: Kind, record_key: str) -> tuple[AnyRecord, str]:
    """Return one record and the digest of its file, to be handed to `replace_record`."""
    path = record_path(directory, kind, record_key)
    if not KEY.fullmatch(record_key):
        raise RecordNotFound(f"{record_key!r} is no id of a record; 'heritage list' finds records by name")
    try:
        raw = read_bytes(path)
    except FileNotFoundError as error:
        raise RecordNotFound(
            f"there is no {shown(kind, path)}; 'heritage list' finds records by name"
        ) from error
    return decode(raw, kind.record_type, shown(kind, path)), digest(raw)


def digest(raw: bytes) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def new_id(taken: Mapping[str, object]) -> str:
    """Draw a random record id that no record has."""
    while True:
        drawn = secrets.choice(ID_SIGNS[10:]) + "".join(secrets.choice(ID_SIGNS) for _ in range(7))
        if drawn not in taken:
            return drawn


def problem_of(kind: Kind, path: Path, finding: Finding, positions: Positions) -> Problem:
    """Give a finding its line."""
    return Problem(shown(kind, path), positions.line(finding.field), dotted(finding.field), finding.message)
