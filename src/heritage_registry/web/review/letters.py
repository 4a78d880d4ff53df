"""What readers ask to have corrected, kept in the private folder until it is answered.

A letter can name somebody or something that must not be public, so it lies outside the registry and no part
of it is published: what reaches a record is an answer in a reviewer's own words.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
import unicodedata
from collections import OrderedDict, deque
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from heritage_registry.web.private_files import write_private

MAX_TEXT = 5_000
MAX_ABOUT = 200
MAX_FILE_BYTES = 64_000
MAX_WAITING = 2_000
"""More than anybody answers; keeps a flood from filling the disk."""

_ID = re.compile(r"[0-9a-f]{24}")
_UNSEEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_FOLDERS = ("sites", "claims", "sources")

_MINUTES = 600
_PER_SENDER = 5
_FOR_ALL = 60
_SENDERS = 1_000


class LetterRefused(ValueError):  # noqa: N818 - what it is
    """A letter that cannot be taken; `key` is the message that says why."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Letter(msgspec.Struct, frozen=True):
    """A request about one record. `received` is a day; `is_file` where somebody handed over a file."""

    id: str
    folder: str
    record: str
    received: str
    language: str
    about: str
    text: str
    is_file: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file that the published page makes."""

    format: Literal["heritage-registry-correction"]
    version: Literal[1]
    folder: Literal["sites", "claims", "sources"]
    record: Annotated[str, Meta(pattern=r"\A[0-9a-z]+(?:-[0-9a-z]+)*\Z", max_length=80)]
    text: Annotated[str, Meta(max_length=MAX_TEXT)]
    about: Annotated[str, Meta(max_length=MAX_ABOUT)] = ""
    language: Annotated[str, Meta(pattern=r"\A[a-z]{2,3}\Z")] = "en"
    edition: Annotated[str, Meta(max_length=100)] = ""


def read_file(raw: bytes, received: str) -> Letter:
    """Read a file that a reader handed over. Raises `LetterRefused` for anything else."""
    if len(raw) > MAX_FILE_BYTES:
        raise LetterRefused("letter.fault.file_size")
    try:
        found = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LetterRefused("letter.fault.file") from error
    made = letter(found.folder, found.record, found.language, found.about, found.text, received)
    return msgspec.structs.replace(made, is_file=True)


def letter(folder: str, record: str, language: str, about: str, text: str, received: str) -> Letter:  # noqa: PLR0917
    """Return a letter as it is kept. Raises `LetterRefused` where it says nothing or too much."""
    text, about = _plain(text), " ".join(_plain(about).split())
    if not text:
        raise LetterRefused("letter.fault.empty")
    if len(text) > MAX_TEXT or len(about) > MAX_ABOUT:
        raise LetterRefused("letter.fault.long")
    return Letter(secrets.token_hex(12), folder, record, received, language, about, text)


def _plain(text: str) -> str:
    """Return a text without what nobody sees or what turns its direction."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n"))).strip()


class Letters(msgspec.Struct, frozen=True):
    """The letters to one registry that wait for an answer."""

    folder: Path

    def keep(self, kept: Letter) -> None:
        """Put a letter on the disk. Raises `LetterRefused` where too many wait."""
        if self.count() >= MAX_WAITING:
            raise LetterRefused("letter.fault.full")
        write_private(self._path(kept.id), msgspec.json.encode(kept))

    def get(self, letter_id: str) -> Letter | None:
        """Return a letter, or None where there is none that can be read."""
        if not _ID.fullmatch(letter_id):
            return None
        try:
            return msgspec.json.decode(self._path(letter_id).read_bytes(), type=Letter)
        except (OSError, msgspec.DecodeError):
            return None

    def discard(self, letter_id: str) -> None:
        """Throw a letter away, answered or not to be answered."""
        if _ID.fullmatch(letter_id):
            self._path(letter_id).unlink(missing_ok=True)

    def all(self) -> list[Letter]:
        """Return all letters that wait, the oldest first."""
        found = (self.get(path.stem) for path in self._files())
        return sorted((x for x in found if x), key=lambda x: (x.received, x.id))

    def count(self) -> int:
        """Return how many letters wait."""
        return len(self._files())

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.glob("*.json") if _ID.fullmatch(path.stem)]

    def _path(self, letter_id: str) -> Path:
        return self.folder / f"{letter_id}.json"


class LetterBox:
    """Takes a few letters of each sender at a time, and a few more of all together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def let_in(self, sender: str, now: float | None = None) -> None:
        """Count a letter of a sender. Raises `LetterRefused` where there were too many lately."""
        now = time.monotonic() if now is None else now
        with self._lock:
            mine = self._of.setdefault(sender, deque())
            self._of.move_to_end(sender)
            while len(self._of) > _SENDERS:
                self._of.popitem(last=False)
            for times in (mine, self._all):
                while times and times[0] <= now - _MINUTES:
                    times.popleft()
            if len(mine) >= _PER_SENDER or len(self._all) >= _FOR_ALL:
                raise LetterRefused("letter.fault.often")
            mine.append(now)
            self._all.append(now)
