"""Files outside the registry that nobody but their owner reads: drafts, accounts, sessions, the log."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner opens, whatever the system grants to others by default."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def open_private(path: Path, flags: int) -> int:
    """Open a file that only its owner reads; for `opener` or `os.fdopen`."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, raw: bytes) -> None:
    """Put a file in place. After a power cut it is whole: the old one, or once this has returned the new."""
    make_private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Put on the disk which files a folder holds."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def private_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a private file, so that no two programs change it at the same time."""
    make_private_folder(path.parent)
    lock = path.with_name(f".{path.name}.lock")
    with os.fdopen(open_private(lock, os.O_RDWR | os.O_CREAT), "rb") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
