"""What somebody is typing, kept in a private folder outside the registry until it is saved.

A draft that was acknowledged is on the disk: written beside, flushed, renamed, and the folder flushed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from heritage_registry.web.private_files import write_private

_ID = re.compile(r"[0-9a-f]{24}")
_TELLING = (".text", ".title", ".claimant", ".according_to")
MAX_DRAFTS = 500
"""More than anybody types; keeps a runaway page from filling the disk."""


class Draft(msgspec.Struct, frozen=True):
    """One form as it was typed. `form` is the address it belongs to, `saved` seconds since 1970."""

    id: str
    form: str
    saved: int
    fields: tuple[tuple[str, str], ...]

    @property
    def excerpt(self) -> str:
        """A few words by which its writer knows it again."""
        told = (value for name, value in self.fields if name.endswith(_TELLING) and value.strip())
        return " · ".join(value[:60] for value in islice(told, 2))


class TooManyDrafts(Exception):  # noqa: N818 - what it is
    """So many drafts are kept that somebody has to throw some away first."""


def private_folder(directory: Path) -> Path:
    """Return the folder of this user for what concerns a registry and is not part of it."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
    return base / "heritage-registry" / name


class Drafts(msgspec.Struct, frozen=True):
    """The drafts of one registry's writers on this machine."""

    folder: Path

    def new_id(self) -> str:
        """Return an id for a form that somebody opens."""
        return secrets.token_hex(12)

    def keep(self, draft_id: str, form: str, fields: list[tuple[str, str]]) -> None:
        """Put a draft on the disk, in place of what was kept of the same form."""
        path = self._path(draft_id)
        if not path.exists() and len(self._names()) >= MAX_DRAFTS:
            raise TooManyDrafts
        draft = Draft(draft_id, form, int(time.time()), tuple(fields))
        write_private(path, msgspec.json.encode(draft))

    def get(self, draft_id: str) -> Draft | None:
        """Return a draft, or None where there is none that can be read."""
        if not is_draft_id(draft_id):
            return None
        try:
            return msgspec.json.decode(self._path(draft_id).read_bytes(), type=Draft)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def discard(self, draft_id: str) -> None:
        """Throw a draft away."""
        if is_draft_id(draft_id):
            with contextlib.suppress(FileNotFoundError):
                self._path(draft_id).unlink()

    def all(self) -> list[Draft]:
        """Return all drafts, the latest first."""
        found: Iterator[Draft | None] = (self.get(name) for name in self._names())
        return sorted((draft for draft in found if draft), key=lambda draft: (-draft.saved, draft.id))

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return [path.stem for path in self.folder.glob("*.json") if is_draft_id(path.stem)]

    def _path(self, draft_id: str) -> Path:
        if not is_draft_id(draft_id):
            raise ValueError("a draft is asked for by an id that is none")
        return self.folder / f"{draft_id}.json"


def is_draft_id(text: str) -> bool:
    """Tell whether a text is an id of a draft, and so leads to no other file."""
    return _ID.fullmatch(text) is not None
