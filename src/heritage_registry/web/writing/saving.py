"""Saving from a page: one record, by the rule of the registry, signed, and one commit where there is git."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from heritage_registry.errors import RegistryError
from heritage_registry.git import GitFailed, why_unavailable
from heritage_registry.history import commit_change
from heritage_registry.registry import AnyRecord, kind_of
from heritage_registry.review import Done, Signature, Unsigned
from heritage_registry.review import save as write
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.people import cleaned, fault_of_name

_log = logging.getLogger(__name__)

_TRIES = 5


class NameNeeded(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """The writer chose no pseudonym, or one that cannot be; `key` is the message that says what is wrong."""

    def __init__(self, key: str = "review.name_needed") -> None:
        self.key = key
        super().__init__("choose a pseudonym first: what is written here is signed with one")


class Saved(msgspec.Struct, frozen=True):
    """A record that is on the disk.

    `is_proposal` where the published record stays as it is until somebody approves the change. `commit` is
    None where there is no repository or nothing changed; `not_committed` says why the history lacks it.
    """

    record: AnyRecord
    path: Path
    is_proposal: bool
    commit: str | None
    not_committed: str = ""

    @property
    def address(self) -> str:
        """The page to show next, which says how the saving went."""
        kind = kind_of(self.record)
        folder = {"records": "sites"}.get(kind.folder, kind.folder)
        query = "saved=proposal" if self.is_proposal else "saved=1"
        return f"/{folder}/{self.record.id}?{query}" + ("&uncommitted=1" if self.not_committed else "")


def save(office: Office, reader: Reader, record: AnyRecord, digest: str | None, summary: str) -> Saved:
    """Write a record and commit the change with its writer's pseudonym.

    `digest` is that of `registry.read_current`, None for a new record; `summary` is the first line of the
    commit, in English ("Add report r3 to Name (id)"). Raises `NameNeeded`, and what `review.save` raises;
    a commit that fails is told in what is returned, and the record stays saved.
    """
    try:
        done = write(reader.look.readable, record, digest, signature(reader))
    except Unsigned as error:
        raise NameNeeded from error
    return committed(office, reader, done, f"Propose: {summary}" if done.is_proposal else summary)


def committed(office: Office, reader: Reader, done: Done, summary: str) -> Saved:
    """Make one commit of what an act of a review or a save changed."""
    commit, failed = commit_files(office.state.directory, done.paths, summary, reader.writer.name)
    return Saved(done.record, done.path, done.is_proposal, commit, failed)


def commit_files(directory: Path, paths: Sequence[Path], summary: str, author: str) -> tuple[str | None, str]:
    """Commit files where the registry is a repository; return the commit, or why git refused to make one."""
    if not paths or why_unavailable(directory) is not None:
        return None, ""
    for n in range(_TRIES):
        try:
            return commit_change(directory, paths, summary, author), ""
        except GitFailed as error:
            # Somebody committed by hand between our look at the tip and our commit.
            if "cannot lock ref" in str(error) and n < _TRIES - 1:
                continue
            _log.warning("%s is saved and not committed: %s", paths[0].name, error)
            return None, str(error)
    raise AssertionError("the last try returns")


def signature(reader: Reader) -> Signature:
    """Return who signs what is done in this request, and the day."""
    today = datetime.now(UTC).date().isoformat()
    return Signature(reader.writer.name, today, reader.writer.organisation)


def must_sign(reader: Reader) -> bool:
    """Tell whether what is written here needs a pseudonym."""
    return reader.look.registry.config.publishing.rule != "anyone"


def introduced(office: Office, reader: Reader, name: str) -> Reader:
    """Return the reader under the pseudonym given in a form, which is kept for the next time.

    Where one is known already the field is not asked for. Raises `NameNeeded` for one that cannot be.
    """
    name = cleaned(name)
    if reader.writer.name or not name:
        return reader
    fault = fault_of_name(name)
    if fault:
        raise NameNeeded(fault)
    try:
        office.chosen.choose(name, "")
    except OSError:
        _log.warning("the pseudonym was used and could not be kept")
    return msgspec.structs.replace(reader, writer=msgspec.structs.replace(reader.writer, name=name))
