"""How much a file may hold, and the test of archives before anything in them is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from heritage_registry.importing.errors import UnreadableFile

MAX_BYTES = 2_000_000_000
MAX_ROWS = 2_000_000
MAX_COLUMNS = 1_000
MAX_CELL = 100_000
"""Letters in one cell: what is longer is no statement on one site, and is told and not cut."""
MAX_UNPACKED = 1_000_000_000
MAX_MEMBERS = 2_000
MAX_RATIO = 200
"""Spreadsheets shrink 5 to 20 times, and empty sheets 100 times: what shrinks more was made to burst."""


def check_size(path: Path) -> None:
    """Refuse a file that is too large, or none."""
    if not path.is_file():
        raise UnreadableFile(f"{path.name} is no file")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(f"{path.name} is empty")
    if size > MAX_BYTES:
        raise UnreadableFile(f"{path.name} has {size:,} bytes; split it into files below {MAX_BYTES:,}")


def check_archive(path: Path) -> None:
    """Refuse an archive that would burst, or whose members lead elsewhere; only its directory is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile(f"{path.name} is no archive that can be opened; save it again") from error
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(f"{path.name} holds {len(members):,} files inside; {MAX_MEMBERS:,} are allowed")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MAX_UNPACKED or unpacked / packed > MAX_RATIO:
        raise UnreadableFile(
            f"{path.name} unpacks from {packed:,} to {unpacked:,} bytes, as no table does: it is refused"
        )
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableFile(f"{path.name} is locked with a password; save it without one")
        if member.filename.startswith(("/", "\\")) or ".." in member.filename.split("/"):
            raise UnreadableFile(f"{path.name} names a file outside itself ({member.filename!r}); refused")
