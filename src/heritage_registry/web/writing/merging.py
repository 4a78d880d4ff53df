"""Two people in one record: a form that was opened before somebody else saved is merged with what they saved.

The version that a form was opened on is kept in the private folder, by its digest. Changes of different parts
go together by themselves; only where both changed the same part is its writer asked.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.errors import InvalidRecords, RecordNotFound, StaleRecord
from heritage_registry.form import decode_loosely, encode
from heritage_registry.merge import Side, merge
from heritage_registry.registry import SITES, AnyRecord, Kind, read_current
from heritage_registry.site import Site
from heritage_registry.web.forms import sheets
from heritage_registry.web.history.telling import Teller, Told
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.private_files import write_private
from heritage_registry.web.writing.saving import Saved, save
from heritage_registry.web.writing.tasks import MERGE, Sent, Task

_SIDES: dict[str, Side] = {"mine": "ours", "theirs": "theirs", "both": "both"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEPT_SECONDS = 60 * 86_400
_MOST = 2_000
_TRIES = 20


class Asked(msgspec.Struct, frozen=True):
    """One part that both changed: its field in the form, both versions in words, the answer given before."""

    name: str
    told: Told
    can_be_both: bool
    answer: str


class Together(msgspec.Struct, frozen=True):
    """What came of it: saved, or questions, with the digest of the version they are about."""

    saved: Saved | None
    asked: tuple[Asked, ...] = ()
    digest: str = ""


def remember(office: Office, reader: Reader, task: Task) -> None:
    """Keep the version that a form is opened on. A form can be used without, so failing is no fault."""
    if not task.key or task.appends or not _DIGEST.fullmatch(task.digest):
        return
    path = _path(office, task.digest)
    try:
        if not path.exists():
            current = read_current(reader.look.registry.directory, task.kind, task.key)
            if current.digest == task.digest:
                write_private(path, encode(current.record))
                _clear_away(path.parent)
    except (OSError, RecordNotFound, InvalidRecords):
        return


def on_its_base(office: Office, task: Task, given: Sent) -> Task:
    """Return a task that also understands the dates and shapes of the version its form was opened on."""
    base = _base(office, task.kind, given.control.get("_digest", "")) if task.key else None
    if base is None:
        return task
    whole: dict[str, Any] = msgspec.to_builtins(base)
    before = whole["properties"] if task.kind is SITES else whole
    stored = dict(task.stored) | dict(sheets.stored(task.sheet.node, before))
    return msgspec.structs.replace(task, stored=stored)


def put_together(
    task: Task, record: AnyRecord, given: Sent, reader: Reader, office: Office
) -> Together | None:
    """Merge a form's record with what others saved meanwhile, and save it, or say what has to be asked.

    None where the version that the form was opened on is not known. Raises what saving raises.
    """
    base = _base(office, task.kind, given.control.get("_digest", ""))
    if base is None:
        return None
    for _ in range(_TRIES):
        current = read_current(reader.look.registry.directory, task.kind, task.key)
        seen = given.control.get(MERGE) == current.digest
        sides = _answers(given) if seen else {}
        found = merge(_in_state_of(record, base), record, current.record, sides)  # type: ignore[type-var]
        if found.conflicts:
            tell = Teller(reader.book.own_words, reader.look.readable.sources)
            asked = tuple(
                Asked(
                    f"{MERGE}{part.key}",
                    tell.sides(part.place, part.ours, part.theirs, part.vocabulary),
                    part.can_be_both,
                    given.control.get(f"{MERGE}{part.key}", "") if seen else "",
                )
                for part in found.conflicts
            )
            return Together(None, asked, current.digest)
        try:
            return Together(save(office, reader, found.record, current.digest, task.summary(record)))
        except StaleRecord:
            continue
    return None


def _in_state_of(record: AnyRecord, base: AnyRecord) -> AnyRecord:
    """Return the base with the status, log and corrections of a form's record, which are those of now.

    No form changes them, so they are nothing that its writer did.
    """
    if isinstance(record, Site) and isinstance(base, Site):
        now = record.properties
        changed = msgspec.structs.replace(
            base.properties, status=now.status, withdrawn=now.withdrawn,
            corrections=now.corrections, reviews=now.reviews,
        )  # fmt: skip
        return msgspec.structs.replace(base, properties=changed)
    if isinstance(record, Claim) and isinstance(base, Claim):
        return msgspec.structs.replace(
            base, status=record.status,
            corrections=record.corrections, reviews=record.reviews,
        )  # fmt: skip
    return base


def _answers(given: Sent) -> dict[str, Side]:
    named = {k.removeprefix(MERGE): v for k, v in given.control.items() if k.startswith(MERGE)}
    return {key: _SIDES[value] for key, value in named.items() if key and value in _SIDES}


def _base(office: Office, kind: Kind, digest: str) -> AnyRecord | None:
    if not _DIGEST.fullmatch(digest):
        return None
    try:
        return decode_loosely(_path(office, digest).read_bytes(), kind.record_type, "")
    except (OSError, InvalidRecords):
        return None


def _path(office: Office, digest: str) -> Path:
    return office.private / "bases" / f"{digest}.json"


def _clear_away(folder: Path) -> None:
    """Throw away versions that no form can be open on any more."""
    kept = [(entry.stat().st_mtime, entry) for entry in folder.glob("*.json")]
    kept.sort(key=lambda pair: (pair[0], pair[1].name))
    for n, (changed, entry) in enumerate(kept):
        if changed < time.time() - _KEPT_SECONDS or n < len(kept) - _MOST:
            entry.unlink(missing_ok=True)
