"""Files handed in with a form that is not saved yet: each form's in a private folder of its own.

Nothing here is evidence before its form is saved: until then a file can be taken back without a trace. With
the save its original goes to the other originals, and the public copy, if one is wanted, to the published
files.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from heritage_registry.attachments import (
    Limits,
    UnfitFile,
    copy_path,
    make_copy,
    original_path,
    private_directory_of,
    put_in_place,
    store_attachment,
)
from heritage_registry.site import EvidenceFile, PublicCopy
from heritage_registry.web.private_files import make_private_folder, write_private
from heritage_registry.web.writing.drafts import is_draft_id

MAX_FILES = 20
"""Files that wait with one form; a report can have more, a few at a time."""

_AT_ONCE = 2
"""Files that are looked into at the same time: each may take much memory."""


class Waiting(msgspec.Struct, frozen=True):
    """A file that waits for its form to be saved. `answers` is what is said of it, as typed.

    `noted` is the day that the camera noted, `has_position` whether it noted where it stood.
    """

    file: EvidenceFile
    copy: PublicCopy | None = None
    noted: str | None = None
    has_position: bool = False
    remarks: tuple[str, ...] = ()
    answers: Mapping[str, str] = {}


class Refused(msgspec.Struct, frozen=True):
    """A file that was not taken, and why: a key of the messages, or the words of the package."""

    name: str
    words: str = ""
    key: str = ""


class Held(msgspec.Struct, frozen=True):
    """What waits with one form, and what was refused the last time something came."""

    files: tuple[Waiting, ...] = ()
    refused: tuple[Refused, ...] = ()


class Intake:
    """What the waiting files of all writers share: where evidence lies, and how much is done at once."""

    def __init__(self, registry_directory: Path) -> None:
        self.registry = registry_directory
        self.private = private_directory_of(registry_directory)
        self.limits = Limits()
        self.lock = threading.Lock()
        self.at_once = threading.Semaphore(_AT_ONCE)


class HandedIn:
    """The files that wait, by the id of their form's draft."""

    def __init__(self, folder: Path, intake: Intake) -> None:
        self.folder = folder
        self.registry, self.private, self.limits = intake.registry, intake.private, intake.limits
        self._lock, self._at_once = intake.lock, intake.at_once

    def of(self, draft_id: str) -> Held:
        """Return what waits with a form."""
        if not is_draft_id(draft_id):
            return Held()
        try:
            return msgspec.json.decode(self._list(draft_id).read_bytes(), type=Held)
        except (FileNotFoundError, msgspec.DecodeError):
            return Held()

    def take(self, draft_id: str, path: Path, name: str) -> None:
        """Take in a file that arrived. Raises `UnfitFile`."""
        if len(self.of(draft_id).files) >= MAX_FILES:
            raise UnfitFile(f"{MAX_FILES} files wait already; save the form, and add more to the report then")
        folder = self._folder(draft_id)
        make_private_folder(self.folder)
        make_private_folder(folder)
        with self._at_once, path.open("rb") as stream:
            stored = store_attachment(self.registry, folder, stream, name, self.limits)
            copy = None
            if stored.look.can_be_public:
                copy = make_copy(stored.path, stored.file.media_type, self._copies(draft_id), self.limits)
        new = Waiting(
            stored.file, copy, stored.look.taken, stored.look.position is not None, stored.look.remarks
        )

        def added(held: Held) -> Held:
            if any(w.file.sha256 == new.file.sha256 for w in held.files):
                return held
            return msgspec.structs.replace(held, files=(*held.files, new))

        self._change(draft_id, added)

    def refuse(self, draft_id: str, refused: tuple[Refused, ...]) -> None:
        """Note what was refused, in place of what was before."""
        self._change(draft_id, lambda held: msgspec.structs.replace(held, refused=refused))

    def say(self, draft_id: str, answers: Mapping[str, Mapping[str, str]]) -> None:
        """Note what is said of files, by the digest of each."""

        def told(held: Held) -> Held:
            files = tuple(
                msgspec.structs.replace(w, answers=answers[w.file.sha256]) if w.file.sha256 in answers else w
                for w in held.files
            )
            return msgspec.structs.replace(held, files=files)

        if answers and self.of(draft_id).files:
            self._change(draft_id, told)

    def take_back(self, draft_id: str, sha256: str) -> None:
        """Forget a file that was handed in; nothing of it stays."""

        def without(held: Held) -> Held:
            kept = tuple(w for w in held.files if w.file.sha256 != sha256)
            return msgspec.structs.replace(held, files=kept)

        before = self.of(draft_id).files
        self._change(draft_id, without)
        kept = self.of(draft_id).files
        for waiting in before:
            if waiting not in kept:
                original_path(self._folder(draft_id), waiting.file).unlink(missing_ok=True)
                if waiting.copy and all(w.copy != waiting.copy for w in kept):
                    copy_path(self._copies(draft_id), waiting.copy).unlink(missing_ok=True)

    def discard(self, draft_id: str) -> None:
        """Throw away all that waits with a form."""
        if is_draft_id(draft_id):
            shutil.rmtree(self._folder(draft_id), ignore_errors=True)

    def copy(self, draft_id: str, sha256: str) -> tuple[Path, str] | None:
        """Return the copy of a file that waits, for a preview, with its media type."""
        for waiting in self.of(draft_id).files:
            if waiting.copy and waiting.copy.sha256 == sha256:
                return copy_path(self._copies(draft_id), waiting.copy), waiting.copy.media_type
        return None

    @contextmanager
    def handed_over(self, draft_id: str, is_saved: Callable[[], bool]) -> Iterator[list[Path]]:
        """Put a form's files where its record will look for them; what is not saved then is taken back.

        Gives the files that were not there before.
        """
        put: list[Path] = []
        try:
            make_private_folder(self.private / "evidence")
            for waiting in self.of(draft_id).files:
                put += self._hand_over(draft_id, waiting)
            yield put
        finally:
            if is_saved():
                self.discard(draft_id)
            else:
                for path in put:
                    path.unlink(missing_ok=True)

    def _hand_over(self, draft_id: str, waiting: Waiting) -> Iterator[Path]:
        to = original_path(self.private, waiting.file)
        if put_in_place(original_path(self._folder(draft_id), waiting.file), to, waiting.file.sha256):
            yield to
        if waiting.copy and waiting.answers.get("public") == "1":
            to = copy_path(self.registry, waiting.copy)
            if put_in_place(copy_path(self._copies(draft_id), waiting.copy), to, waiting.copy.sha256):
                yield to

    def _change(self, draft_id: str, change: Callable[[Held], Held]) -> None:
        with self._lock:
            before = self.of(draft_id)
            after = change(before)
            if after != before:
                write_private(self._list(draft_id), msgspec.json.encode(after))

    def _folder(self, draft_id: str) -> Path:
        if not is_draft_id(draft_id):
            raise ValueError("files are asked for by an id that is none")
        return self.folder / draft_id

    def _copies(self, draft_id: str) -> Path:
        return self._folder(draft_id) / "copies"

    def _list(self, draft_id: str) -> Path:
        return self._folder(draft_id) / "files.json"


def part_of(waiting: Waiting, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a report for a file: what is known of it and what is said of it."""
    file = msgspec.to_builtins(waiting.file)
    if waiting.copy and waiting.answers.get("public") == "1":
        file |= {"public": True, "public_copy": msgspec.to_builtins(waiting.copy)}
    return {**file, **answers}
