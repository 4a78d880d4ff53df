"""Writing many records at once, all or none, whatever happens meanwhile.

The files are written beside the registry's folders and flushed first. Then a list of them makes the import
whole: until the list is there nothing of it counts, and once it is there the import is finished by whoever
comes next, even if the power fails in between.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from heritage_registry.errors import StaleRecord
from heritage_registry.form import encode
from heritage_registry.registry import SITES, Registry, digest, read_record, record_path
from heritage_registry.registry.writing import locked, write_durably
from heritage_registry.site import Site

_FOLDER = ".importing"
_LIST = "list.json"


class _Listed(msgspec.Struct, frozen=True):
    """A record of an import: its id, and the digest of the file it replaces, if it replaces one."""

    id: str
    before: str | None


def digests_of(registry: Registry, ids: Iterable[str]) -> dict[str, str]:
    """Return the digests of the files of sites as they were read. Raises `StaleRecord` for a newer file."""
    found = {}
    for key in ids:
        record, found[key] = read_record(registry.directory, SITES, key)
        if record != registry.sites[key]:
            raise StaleRecord(f"{key}{SITES.suffix} was written meanwhile; import the file again")
    return found


def write_sites(directory: Path, sites: Mapping[str, Site], read_digests: Mapping[str, str]) -> list[Path]:
    """Write new and changed sites, all or none, and return their paths.

    `read_digests` holds the digest of the file of each site that was there. Raises `StaleRecord` where
    somebody wrote one of them meanwhile; then nothing is written.
    """
    finish_import(directory)
    listed = [_Listed(key, read_digests.get(key)) for key in sorted(sites)]
    with locked(directory):
        _compare(directory, listed)
        folder = directory / _FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for one in listed:
            _write_flushed(folder / one.id, encode(sites[one.id]))
        _flush_folder(folder)
        write_durably(folder / _LIST, msgspec.json.encode(listed))
        _finish(directory)
    return [record_path(directory, SITES, one.id) for one in listed]


def finish_import(directory: Path) -> bool:
    """Finish an import that was cut off once it was whole, or clear away one that was not; tell if it was."""
    folder = directory / _FOLDER
    if not folder.is_dir():
        return False
    with locked(directory):
        if not folder.is_dir():
            return False
        is_whole = (folder / _LIST).is_file()
        if is_whole:
            _finish(directory)
        else:
            shutil.rmtree(folder)
    return is_whole


def _finish(directory: Path) -> None:
    folder = directory / _FOLDER
    target = directory / SITES.folder
    target.mkdir(exist_ok=True)
    for one in msgspec.json.decode((folder / _LIST).read_bytes(), type=list[_Listed]):
        path = record_path(directory, SITES, one.id)
        # Between a crash and now somebody may have gone on: their text stays, and the row can be read again.
        if (folder / one.id).exists() and _digest(path) == one.before:
            (folder / one.id).replace(path)
    _flush_folder(target)
    shutil.rmtree(folder)


def _compare(directory: Path, listed: list[_Listed]) -> None:
    for one in listed:
        path = record_path(directory, SITES, one.id)
        if _digest(path) != one.before:
            raise StaleRecord(f"{path.name} was written meanwhile; import the file again")


def _digest(path: Path) -> str | None:
    return digest(path.read_bytes()) if path.exists() else None


def _write_flushed(path: Path, raw: bytes) -> None:
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
