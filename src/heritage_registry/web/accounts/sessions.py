"""Sessions: a random token in a cookie, of which only a hash is kept, in memory and in a private file.

The file lets a restart of the app sign nobody out. A session ends after a time without a request, after a
time in any case, and when its account's passphrase, role or standing changes.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from heritage_registry.web.private_files import write_private

IDLE_SECONDS = 4 * 3600
"""Longer than a lunch; a form that is open keeps its session alive while somebody types."""
LONGEST_SECONDS = 7 * 24 * 3600
_MOST_OF_AN_ACCOUNT = 10
_WRITE_EVERY = 300
_TOKEN_BYTES = 32

_log = logging.getLogger(__name__)


class Session(msgspec.Struct):
    """Somebody signed in. `stamp` is that of the account then; times are seconds since 1970."""

    account: str
    stamp: str
    begun: int
    used: int


class Sessions:
    """All sessions. `clock` gives seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = folder / "sessions.json"
        self._clock = clock
        self._lock = threading.Lock()
        self._written = 0.0
        self._sessions: dict[str, Session] = {}
        with suppress(OSError, msgspec.DecodeError):  # nobody is signed in then
            self._sessions = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Session])

    def begin(self, account: str, stamp: str) -> str:
        """Begin a session and return its token."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = int(self._clock())
        with self._lock:
            self._forget_old(now)
            mine = sorted((s.begun, key) for key, s in self._sessions.items() if s.account == account)
            for _, key in mine[: max(0, len(mine) - _MOST_OF_AN_ACCOUNT + 1)]:
                del self._sessions[key]
            self._sessions[_hash(token)] = Session(account, stamp, now, now)
            self._write()
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of a token, which is used by that, or None where there is none any more."""
        now = int(self._clock())
        with self._lock:
            session = self._sessions.get(_hash(token))
            if session is None or not _is_open(session, now):
                return None
            session.used = now
            if now - self._written > _WRITE_EVERY:
                self._forget_old(now)
                self._write()
            return session

    def end(self, token: str) -> None:
        """End one session."""
        with self._lock:
            if self._sessions.pop(_hash(token), None):
                self._write()

    def end_all(self, account: str) -> None:
        """End every session of an account."""
        with self._lock:
            mine = [key for key, session in self._sessions.items() if session.account == account]
            for key in mine:
                del self._sessions[key]
            if mine:
                self._write()

    def _forget_old(self, now: int) -> None:
        self._sessions = {key: s for key, s in self._sessions.items() if _is_open(s, now)}

    def _write(self) -> None:
        self._written = self._clock()
        try:
            write_private(self._path, msgspec.json.encode(self._sessions))
        except OSError as error:
            _log.error("sessions are not kept over a restart: %s", error.strerror)


def _is_open(session: Session, now: int) -> bool:
    return now - session.used < IDLE_SECONDS and now - session.begun < LONGEST_SECONDS


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
