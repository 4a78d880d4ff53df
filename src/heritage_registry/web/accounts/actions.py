"""The log of actions: who did what to which record, and when. Lines are added and none is ever changed.

It holds no addresses, nothing of those who only read, and no names that were tried in vain.
"""

from __future__ import annotations

import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from heritage_registry.web.private_files import open_private, private_lock, write_private

ROTATED_AT = 5_000_000
_log = logging.getLogger(__name__)


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. `what` is the key of a message or the pattern of a form's address, `about` the record."""

    at: str
    who: str
    what: str
    about: str = ""
    more: str = ""


class ActionLog:
    """The file, and whether the last line could be written to it."""

    def __init__(self, folder: Path, rotated_at: int = ROTATED_AT) -> None:
        self.path = folder / "actions.jsonl"
        self._rotated_at = rotated_at
        self._lock = threading.Lock()
        self.fault = ""
        """Why the log is not whole, as long as it is not; what was done goes on without it."""

    def note(self, who: str, what: str, about: str = "", more: str = "") -> None:
        """Put a line on the disk."""
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        line = msgspec.json.encode(Action(at, who, what, about, more)) + b"\n"
        with self._lock:
            try:
                self._append(line)
            except OSError as error:
                self.fault = error.strerror or str(error)
                _log.error("the log of actions lacks a line: %s", self.fault)
            else:
                self.fault = ""

    def latest(self, number: int) -> list[Action]:
        """Return the last lines, the latest first. A line that was cut off by a power cut is left out."""
        found: list[Action] = []
        for path in [self.path, *sorted(self._older(), reverse=True)]:
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            for line in reversed(lines):
                try:
                    found.append(msgspec.json.decode(line, type=Action))
                except msgspec.DecodeError:
                    continue
                if len(found) == number:
                    return found
        return found

    def _older(self) -> list[Path]:
        return list(self.path.parent.glob("actions-[0-9]*.jsonl"))

    def _append(self, line: bytes) -> None:
        with private_lock(self.path):
            self._rotate()
            if not self.path.exists():
                write_private(self.path, line)
                return
            with os.fdopen(open_private(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT), "r+b") as file:
                file.seek(0, os.SEEK_END)
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    # A line that a power cut left open must not swallow this one.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())

    def _rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < self._rotated_at:
            return
        number = max((int(path.stem.removeprefix("actions-")) for path in self._older()), default=0) + 1
        self.path.rename(self.path.with_name(f"actions-{number:06d}.jsonl"))
