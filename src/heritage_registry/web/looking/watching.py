"""What happened in folders since one last asked, told by the system where it can (Linux, local disks).

A change of a file in place leaves no trace in its folder, so without this every file has to be asked for its
times. Whoever asks must still look at everything now and then: a file that is written through a mapping into
memory, or by another name of it in another folder, is not told.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_MODIFY, _ATTRIB, _CLOSE_WRITE = 0x2, 0x4, 0x8
_MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _UNMOUNT, _OVERFLOW, _IGNORED = 0x400, 0x800, 0x2000, 0x4000, 0x8000
_ONLY_DIRECTORY = 0x1000000
_IN_FOLDER = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
_GONE = _DELETE_SELF | _MOVE_SELF | _UNMOUNT | _OVERFLOW | _IGNORED

_EVENT = struct.Struct("iIII")
_BUFFER = 1 << 16

_LOCAL_DISKS = frozenset(
    {
        0xEF53,  # ext2, ext3, ext4
        0x58465342,  # xfs
        0x9123683E,  # btrfs
        0x01021994,  # tmpfs
        0x794C7630,  # overlayfs
        0x2FC12FC1,  # zfs
        0xF2F52010,  # f2fs
        0xCA451A4E,  # bcachefs
    }
)
"""Kinds of file system that nobody else writes to behind this machine's back."""


class Watch:
    """Folders of which the system tells changes; where it cannot, nothing is ever known."""

    def __init__(self) -> None:
        self._file = -1
        self._folders: dict[int, Path] = {}
        self._watched: dict[Path, tuple[int, int] | None] = {}

    def begin(self, folders: Iterable[Path]) -> None:
        """Watch folders from now on, whether or not each is there; look at them after this, not before."""
        self.end()
        system = _system()
        if system is None:
            return
        self._file = system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._file < 0:
            return
        for folder in folders:
            self._watched[folder] = _identity(folder)
            if self._watched[folder] is None:
                continue
            number = system.inotify_add_watch(
                self._file, os.fsencode(folder), _IN_FOLDER | _DELETE_SELF | _MOVE_SELF | _ONLY_DIRECTORY
            )
            if number < 0 or not _is_local(system, folder):
                self.end()
                return
            self._folders[number] = folder

    def end(self) -> None:
        """Watch nothing."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._folders, self._watched = -1, {}, {}

    def __del__(self) -> None:
        self.end()

    def changed(self) -> dict[Path, set[str]] | None:
        """Return the names that something happened to since the last time, by folder.

        None where that is not known: then everything has to be looked at after `begin`.
        """
        if self._file < 0 or any(_identity(folder) != known for folder, known in self._watched.items()):
            return None
        found: dict[Path, set[str]] = {}
        for number, what, name in self._events():
            if what & _GONE or number not in self._folders:
                return None
            found.setdefault(self._folders[number], set()).add(name)
        return found

    def _events(self) -> Iterator[tuple[int, int, str]]:
        while True:
            try:
                raw = os.read(self._file, _BUFFER)
            except BlockingIOError:
                return
            start = 0
            while start < len(raw):
                number, what, _, length = _EVENT.unpack_from(raw, start)
                start += _EVENT.size + length
                yield number, what, os.fsdecode(raw[start - length : start].rstrip(b"\0"))


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one that was put in its place."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _system() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    system = ctypes.CDLL(None)
    return system if hasattr(system, "inotify_init1") and hasattr(system, "statfs") else None


def _is_local(system: ctypes.CDLL, folder: Path) -> bool:
    """Tell whether a folder lies on a disk of this machine: others change without a word to us."""
    found = ctypes.create_string_buffer(512)
    if system.statfs(os.fsencode(folder), found) != 0:
        return False
    kind: int = ctypes.c_long.from_buffer(found).value
    return kind & 0xFFFFFFFF in _LOCAL_DISKS
