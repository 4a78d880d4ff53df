"""The pages of a record's history: who changed it when, two versions side by side, and restoring one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.claim import Claim
from heritage_registry.differences import differences
from heritage_registry.errors import InvalidRecords, RecordExists, RecordNotFound, StaleRecord
from heritage_registry.find import names_for
from heritage_registry.form import decode_loosely
from heritage_registry.git import GitFailed, HistoryUnavailable
from heritage_registry.history import Version, text_at, version_at, versions
from heritage_registry.publishing import Reviewed, log_of, status_of, with_state
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    AnyRecord,
    Kind,
    proposed,
    read_current,
    record_path,
)
from heritage_registry.site import Site
from heritage_registry.web.history.telling import Teller, Told
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.writing.saving import NameNeeded, save

NOW = "now"
"""Stands for the file as it is, beside commits."""

FOLDERS: Mapping[str, Kind] = {"sites": SITES, "claims": CLAIMS, "sources": SOURCES}
"""Kinds of record by the first part of the addresses of their pages."""

_MOST = 500
_PROPOSED = "proposed-"
"""Before the commit of a change that was proposed, whose file is another one."""


class Entry(msgspec.Struct, frozen=True):
    """One version as its page lists it. `before` is the version it changed, empty for the first."""

    name: str
    when: str
    author: str
    subject: str
    before: str = ""

    @property
    def is_proposal(self) -> bool:
        """Whether readers did not see it, because it waited for a second person."""
        return self.name.startswith(_PROPOSED)

    @property
    def commit(self) -> str:
        """The commit, as somebody would look for it with git."""
        return self.name.removeprefix(_PROPOSED)[:12]


class Past(msgspec.Struct, frozen=True):
    """A record with its versions. `changed` tells that the file differs from the last one."""

    kind: Kind
    key: str
    folder: str
    title: str
    entries: tuple[Entry, ...]
    changed: bool
    total: int


def past_of(folder: str, key: str, reader: Reader) -> Past:
    """Return a record with its versions, those of proposed changes among them.

    Raises `RecordNotFound` if there is and was no such record, `HistoryUnavailable` without git.
    """
    kind, directory = FOLDERS[folder], reader.look.registry.directory
    found = versions(directory, kind, key)
    is_there = record_path(directory, kind, key).is_file()
    if not found and not is_there:
        raise RecordNotFound(f"there is no record with the id {key!r}")
    entries = [
        _entry(version, reader, found[n + 1].commit if n + 1 < len(found) else "")
        for n, version in enumerate(found)
    ]
    known = {version.commit for version in found}
    waiting = () if kind is SOURCES else versions(directory, proposed(kind), key)
    # The commit that took a proposal over, or threw it away, holds no file of it.
    waiting = tuple(x for x in waiting if x.commit not in known and _holds(directory, proposed(kind), key, x))
    for n, version in enumerate(waiting):
        before = f"{_PROPOSED}{waiting[n + 1].commit}" if n + 1 < len(waiting) else version.commit
        entries.append(_entry(version, reader, before, _PROPOSED))
    dates = {version.commit: datetime.fromisoformat(version.date) for version in (*found, *waiting)}
    entries.sort(key=lambda entry: dates[entry.name.removeprefix(_PROPOSED)], reverse=True)
    changed = is_there and (not found or not _is_as(directory, kind, key, found[0]))
    title = title_of(folder, key, reader)
    return Past(kind, key, folder, title, tuple(entries[:_MOST]), changed, len(entries))


def title_of(folder: str, key: str, reader: Reader) -> str:
    """Return what a record is called on its page, or its id where it cannot be shown."""
    shown = reader.look.readable
    if folder == "sites" and key in shown.sites:
        return names_for(shown.sites[key], reader.language)[0].text
    if folder == "claims" and key in shown.claims:
        return reader.book.words.text(shown.claims[key].statement).text
    if folder == "sources" and key in shown.sources:
        return shown.sources[key].title or key
    return key


def _entry(version: Version, reader: Reader, before: str, prefix: str = "") -> Entry:
    when = datetime.fromisoformat(version.date).astimezone(UTC)
    said = f"{reader.book.words.date(when.date().isoformat())}, {when:%H:%M} UTC"
    return Entry(prefix + version.commit, said, version.author, version.subject, before)


def _holds(directory: Path, kind: Kind, key: str, version: Version) -> bool:
    try:
        text_at(directory, kind, key, version.commit)
    except RecordNotFound:
        return False
    return True


def _is_as(directory: Path, kind: Kind, key: str, version: Version) -> bool:
    """Tell whether the file is as a version has it."""
    try:
        return record_path(directory, kind, key).read_bytes() == text_at(directory, kind, key, version.commit)
    except (OSError, RecordNotFound):
        return False


def _at(past: Past, directory: Path, name: str) -> AnyRecord:
    """Return a record as a commit or the file has it."""
    if name.startswith(_PROPOSED):
        return version_at(directory, proposed(past.kind), past.key, name.removeprefix(_PROPOSED))
    if name != NOW:
        return version_at(directory, past.kind, past.key, name)
    path = record_path(directory, past.kind, past.key)
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise RecordNotFound(f"there is no {path.name} now") from error
    return decode_loosely(raw, past.kind.record_type, path.name)


def told(old: AnyRecord, new: AnyRecord, reader: Reader) -> list[Told]:
    """Return what changed between two versions, in words."""
    tell = Teller(reader.book.own_words, reader.look.readable.sources)
    return [tell.change(change) for change in differences(old, new)]


def history_page(request: Request, reader: Reader, office: Office) -> Response:
    """Who changed a record when; with two versions in the address, those side by side."""
    folder, key = request.path_params["folder"], request.path_params["key"]
    if folder not in FOLDERS:
        return office.plain(reader.language, 404, "refused.missing")
    old, new = (request.query_params.get(name, "")[:80] for name in ("old", "new"))
    try:
        past = past_of(folder, key, reader)
        return _compared(past, old, new, reader) if old and new else _listed(past, reader)
    except RecordNotFound:
        return office.plain(reader.language, 404, "refused.missing")
    except HistoryUnavailable:
        if key not in _records(folder, reader):
            return office.plain(reader.language, 404, "refused.missing")
        past = Past(FOLDERS[folder], key, folder, title_of(folder, key, reader), (), changed=False, total=-1)
        return _listed(past, reader)
    except GitFailed as error:
        return office.plain(reader.language, 409, "refused.git", str(error))


def _records(folder: str, reader: Reader) -> Mapping[str, AnyRecord]:
    registry = reader.look.readable
    if folder == "sites":
        return registry.sites
    return registry.claims if folder == "claims" else registry.sources


def _listed(past: Past, reader: Reader, status: int = 200, fault: str = "", words: str = "") -> Response:
    may = reader.writer.may("contributor")
    return reader.page("history.html", status, past=past, may_restore=may, fault=fault, words_of_fault=words)


def _compared(past: Past, old: str, new: str, reader: Reader) -> Response:
    directory = reader.look.registry.directory
    known = {entry.name: entry for entry in past.entries}
    try:
        before, after = (_at(past, directory, name) for name in (old, new))
    except RecordNotFound:
        return _listed(past, reader, 404, "history.no_version")
    except InvalidRecords as error:
        return _listed(past, reader, 409, "history.unreadable", str(error))
    return reader.page(
        "compare.html",
        past=past,
        old=known.get(old),
        new=known.get(new),
        changes=told(before, after, reader),
        may_restore=reader.writer.may("contributor") and old != NOW,
        digest=_digest(past, directory),
        restorable=old,
        here=urlencode({"old": old, "new": new}),
    )


def _digest(past: Past, directory: Path) -> str:
    """Return the digest of what a restored version would replace, nothing where the record is gone."""
    try:
        return read_current(directory, past.kind, past.key).digest
    except RecordNotFound:
        return ""


def restore(  # noqa: PLR0911 - each way in which it ends
    request: Request, reader: Reader, office: Office, pairs: Pairs
) -> Response:
    """Write an earlier version of a record again, as a change like any other."""
    folder, key, given = request.path_params["folder"], request.path_params["key"], dict(pairs)
    if folder not in FOLDERS:
        return office.plain(reader.language, 404, "refused.missing")
    if not reader.writer.may("contributor"):
        return office.plain(reader.language, 403, "refused.may_not")
    try:
        past = past_of(folder, key, reader)
        name = given.get("version", "")[:80]
        record = _at(past, reader.look.registry.directory, name)
    except RecordNotFound:
        return office.plain(reader.language, 404, "refused.missing")
    except InvalidRecords as error:
        return _listed(past, reader, 409, "history.unreadable", str(error))
    except (HistoryUnavailable, GitFailed) as error:
        return office.plain(reader.language, 409, "refused.git", str(error))
    summary = f"Restore the version {name.removeprefix(_PROPOSED)[:12]} of {key}"
    try:
        record = _in_present_state(record, past, reader)
        saved = save(office, reader, record, given.get("digest") or None, summary)
    except NameNeeded as error:
        return _listed(past, reader, 422, error.key)
    except InvalidRecords as error:
        return _listed(past, reader, 422, "history.refused", str(error))
    except (StaleRecord, RecordExists, RecordNotFound):
        return _listed(past, reader, 409, "history.changed")
    except OSError as error:
        return _listed(past, reader, 409, "history.disk", error.strerror or str(error))
    return RedirectResponse(saved.address, 303)


def _in_present_state(record: AnyRecord, past: Past, reader: Reader) -> AnyRecord:
    """Return a version with the status, the log and the answers to readers of now.

    Restoring a text publishes nothing by itself, and takes back nothing that a reader was answered.
    """
    if not isinstance(record, Reviewed):
        return record
    try:
        now = read_current(reader.look.registry.directory, past.kind, past.key).record
    except RecordNotFound:
        return record
    assert isinstance(now, Reviewed)
    if isinstance(now, Site):
        state = now.properties
        assert isinstance(record, Site)
        answered = replace(record, properties=replace(record.properties, corrections=state.corrections))
        return with_state(answered, state.status, state.reviews, state.status_reason, state.withdrawn)
    assert isinstance(record, Claim)
    answered_claim = replace(record, corrections=now.corrections)
    return with_state(answered_claim, status_of(now), log_of(now), now.status_reason)


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of the history of records."""
    return [
        Route("/{folder}/{key}/history", page(office, history_page), methods=["GET"]),
        Route("/{folder}/{key}/history", form(office, restore), methods=["POST"]),
    ]
