"""Submit, approve, send back, withdraw, restore: each act is signed and leaves an entry in the log."""

from __future__ import annotations

from pathlib import Path

from heritage_registry.config import Publishing
from heritage_registry.errors import InvalidRecords, RecordNotFound, StaleRecord
from heritage_registry.git import GitFailed, why_unavailable
from heritage_registry.history import version_at, versions
from heritage_registry.parts import Review
from heritage_registry.publishing import (
    Reviewed,
    content_digest,
    log_of,
    may_be_one_person,
    refusal,
    standing,
    status_of,
    with_state,
)
from heritage_registry.registry import (
    SOURCES,
    Current,
    Kind,
    Registry,
    discard_proposal,
    find_record_file,
    kind_of,
    proposed,
    publish_proposal,
    read_current,
    read_record,
    record_path,
    replace_record,
    write_proposal,
)
from heritage_registry.review.signing import (
    SAID,
    Done,
    ProposalOutdated,
    ReviewRefused,
    Signature,
    put,
    reviewed,
    with_entry,
    wrote,
)
from heritage_registry.site import Site, Withdrawal

_VERSIONS_LOOKED_AT = 50


def submit(registry: Registry, record_key: str, signed: Signature) -> Done:
    """Hand a draft or a proposed change in for review.

    What was changed in a text editor has no author in the log yet: whoever hands it in answers for it. Of a
    published record that was changed so, readers go on seeing the approved text if git has it; otherwise the
    record is taken from them until it is approved.
    """
    kind, current = _current(registry, record_key)
    record = reviewed(current.record)
    status = status_of(record)
    is_changed = status == "published" and refusal(record, registry.config.publishing) is not None
    if status != "draft" and not is_changed:
        raise ReviewRefused(f"{record_key} is {SAID[status]}; only a draft is submitted for review")
    log = log_of(record)
    found = standing(log, registry.config.publishing)
    approved = _approved_text(registry, kind, record_key, found.content) if is_changed else None
    if approved is not None:
        return _beside_approved(registry, current, record, approved, signed)
    if content_digest(record) != found.written:
        log = wrote(record, log, signed, base=_base_of_unsigned(registry, kind, current))
    log = (*log, signed.entry("submitted"))
    return put(registry, current, with_state(record, "in_review", log))


def _beside_approved(
    registry: Registry, current: Current, record: Reviewed, approved: Reviewed, signed: Signature
) -> Done:
    """Make a proposal of a change that was made past the review, and put the approved text back."""
    log = log_of(record)
    entries = wrote(record, log, signed, base=content_digest(approved))
    proposal = with_state(record, "in_review", (*entries, signed.entry("submitted")))
    # The change first: a crash in between leaves it in both places.
    path = write_proposal(registry, proposal, current.digest)
    published = replace_record(registry, with_state(approved, "published", log), current.digest)
    return Done(path, (path, published), proposal, is_proposal=True)


def _approved_text(registry: Registry, kind: Kind, record_key: str, content: str | None) -> Reviewed | None:
    """Return the version of a record that was approved, if git has it among the last ones."""
    directory = registry.directory
    if content is None or why_unavailable(directory) is not None:
        return None
    for version in versions(directory, kind, record_key)[:_VERSIONS_LOOKED_AT]:
        try:
            found = version_at(directory, kind, record_key, version.commit)
        except (InvalidRecords, RecordNotFound, GitFailed):
            continue
        if isinstance(found, Reviewed) and content_digest(found) == content:
            return found
    return None


def approve(registry: Registry, record_key: str, signed: Signature, read_digest: str | None = None) -> Done:
    """Agree that exactly this text is shown. It is published when the registry's rule has what it asks for.

    `read_digest` is that of the file that was read, so that nobody agrees to a text they have not seen.
    Raises `ReviewRefused` for an author of the text, `ProposalOutdated` where the published record changed
    since the change was begun.
    """
    kind, current = _current(registry, record_key)
    if read_digest not in (None, current.digest):
        raise StaleRecord(f"{record_key} changed since it was read; read it again")
    record = reviewed(current.record)
    publishing = registry.config.publishing
    if status_of(record) != "in_review" and not (
        publishing.rule == "anyone" and status_of(record) == "draft"
    ):
        raise ReviewRefused(
            f"{record_key} is {SAID[status_of(record)]}; its writer submits it for review first"
        )
    published = _published(registry, kind, record) if current.is_proposal else None
    if published is not None and content_digest(published[0]) == content_digest(record):
        left_behind = discard_proposal(registry.directory, kind, record_key, current.digest)
        return Done(left_behind, (left_behind,), published[0])
    log = log_of(record) if published is None else _joined(log_of(published[0]), log_of(record))
    entry = signed.entry("approved", content=content_digest(record))
    _refuse_approval(record_key, log, entry, publishing)
    log = (*log, entry)
    is_enough = publishing.rule == "anyone" or standing(log, publishing).content == entry.content
    if not is_enough:
        return put(registry, current, with_state(record, "in_review", log))
    public = with_state(record, "published", log)
    if published is None:
        return put(registry, current, public)
    path = publish_proposal(registry, public, published[1], current.digest)
    return Done(path, (path, record_path(registry.directory, proposed(kind), record.id)), public)


def _refuse_approval(record_key: str, log: tuple[Review, ...], entry: Review, publishing: Publishing) -> None:
    """Say why an approval would not count, if it would not."""
    if publishing.rule == "anyone":
        return
    found = standing(log, publishing)
    if entry.content != found.written:
        raise ReviewRefused(
            f"{record_key} was changed since its writer submitted it; send it back, or have it submitted anew"
        )
    if any(may_be_one_person(entry.by, author) for author in found.authors):
        raise ReviewRefused(
            f"{entry.by} wrote this text of {record_key} or a part of it, and the rule {publishing.rule!r} of"
            " registry.toml asks for somebody else; send it back with a reason, or leave it to a third person"
        )
    if publishing.rule != "two_organisations":
        return
    if not entry.organisation:
        raise ReviewRefused("say which organisation you work for: the registry asks for people of two")
    if any(may_be_one_person(entry.by, earlier.by) for earlier in found.approvals):
        raise ReviewRefused(f"{entry.by} approved this text already; it waits for another organisation")
    if any(may_be_one_person(entry.organisation, earlier.organisation or "") for earlier in found.approvals):
        raise ReviewRefused(
            f"somebody of {entry.organisation} approved this text already; it waits for another organisation"
        )


def send_back(registry: Registry, record_key: str, signed: Signature, reason: str) -> Done:
    """Send a text back to its writer, who is told why."""
    _, current = _current(registry, record_key)
    record = reviewed(current.record)
    if status_of(record) != "in_review":
        raise ReviewRefused(f"{record_key} is not in review; there is nothing to send back")
    _needs(reason, "say what is to be mended: its writer has nothing else to go by")
    log = (*log_of(record), signed.entry("returned", reason=reason))
    return put(registry, current, with_state(record, "draft", log))


def withdraw(
    registry: Registry, record_key: str, signed: Signature, reason: str, superseded_by: str | None = None
) -> Done:
    """Take a record away from readers; it is kept with the day and the reason, and can be restored."""
    kind = _kind(registry, record_key)
    found, digest = read_record(registry.directory, kind, record_key)
    record = reviewed(found)
    if status_of(record) == "withdrawn":
        raise ReviewRefused(f"{record_key} is withdrawn already")
    _needs(reason, "say why the record is withdrawn: readers who know it will ask")
    log = (*log_of(record), signed.entry("withdrew", reason=reason))
    if isinstance(record, Site):
        withdrawal = Withdrawal(date=signed.date, reason=reason.strip(), superseded_by=superseded_by or None)
        changed = with_state(record, "withdrawn", log, None, withdrawal)
    elif superseded_by:
        raise ReviewRefused("a claim is not superseded; name the other claim in 'relations'")
    else:
        changed = with_state(record, "withdrawn", log, reason.strip())
    path = replace_record(registry, changed, digest)
    return Done(path, (path,), changed)


def restore(registry: Registry, record_key: str, signed: Signature, reason: str = "") -> Done:
    """Undo a withdrawal. What had been approved as it is now is shown again; anything else is a draft."""
    kind = _kind(registry, record_key)
    found, digest = read_record(registry.directory, kind, record_key)
    record = reviewed(found)
    if status_of(record) != "withdrawn":
        raise ReviewRefused(f"{record_key} is not withdrawn; there is nothing to restore")
    log = (*log_of(record), signed.entry("restored", reason=reason))
    public = with_state(record, "published", log)
    may_be_shown = refusal(public, registry.config.publishing) is None
    changed = public if may_be_shown else with_state(record, "draft", log)
    path = replace_record(registry, changed, digest)
    return Done(path, (path,), changed)


def take_over(registry: Registry, signed: Signature) -> tuple[Path, ...]:
    """Mark the published records that have no log as published before reviews were recorded.

    For a registry that begins with a rule: `since` in registry.toml names the day up to which it is believed.
    """
    since = registry.config.publishing.since
    if since is None or signed.date > since:
        raise ReviewRefused(
            "records are taken over up to the day that 'since' under [publishing] in registry.toml names;"
            f' set since = "{signed.date}" to begin with the rule today'
        )
    found: list[Path] = []
    everything: list[Reviewed] = [*registry.sites.values(), *registry.claims.values()]
    for held in everything:
        if status_of(held) != "published" or log_of(held):
            continue
        record, digest = read_record(registry.directory, kind_of(held), held.id)
        entry = signed.entry("taken_over", content=content_digest(reviewed(record)))
        found.append(replace_record(registry, with_entry(reviewed(record), (entry,)), digest))
    return tuple(found)


def discard(registry: Registry, record_key: str, read_digest: str) -> Done:
    """Throw the proposed change of a record away; the published record stays as it is."""
    kind, current = _current(registry, record_key)
    if not current.is_proposal:
        raise RecordNotFound(f"no change of {record_key} is proposed")
    path = discard_proposal(registry.directory, kind, record_key, read_digest)
    return Done(path, (path,), current.record, is_proposal=True)


def begin_again(registry: Registry, record_key: str, signed: Signature) -> Done:
    """Put a proposed change on what is published now: its writer compared the two and stands by it."""
    kind, current = _current(registry, record_key)
    if not current.is_proposal:
        raise RecordNotFound(f"no change of {record_key} is proposed")
    record = reviewed(current.record)
    published, _ = _published(registry, kind, record, outdated=True)
    log = _joined(log_of(published), log_of(record))
    entry = signed.entry("wrote", content=content_digest(record), base=content_digest(published))
    return put(registry, current, with_state(record, "draft", (*log, entry)))


def is_outdated(published: Reviewed, proposal: Reviewed) -> bool:
    """Tell whether the published record is another than the one a change of it was begun on.

    A change that is published already is not: a crash left it behind, and approving it takes it away.
    """
    return content_digest(published) not in (_base(log_of(proposal)), content_digest(proposal))


def _base(log: tuple[Review, ...]) -> str | None:
    return next((entry.base for entry in reversed(log) if entry.base), None)


def _published(
    registry: Registry, kind: Kind, proposal: Reviewed, *, outdated: bool = False
) -> tuple[Reviewed, str]:
    """Return the record that a proposal changes and the digest of its file."""
    found, digest = read_record(registry.directory, kind, proposal.id)
    published = reviewed(found)
    if status_of(published) != "published":
        raise ReviewRefused(f"{proposal.id} is {SAID[status_of(published)]}; decide about that first")
    if not outdated and is_outdated(published, proposal):
        raise ProposalOutdated(published, proposal)
    return published, digest


def _base_of_unsigned(registry: Registry, kind: Kind, current: Current) -> str | None:
    """Return the base of a proposed change that was put there as a file and has no entry of its own."""
    if not current.is_proposal:
        return None
    published = reviewed(read_record(registry.directory, kind, current.record.id)[0])
    return content_digest(published) if log_of(reviewed(current.record)) == log_of(published) else None


def _joined(published: tuple[Review, ...], proposed: tuple[Review, ...]) -> tuple[Review, ...]:
    """Return the log of the published record with what the proposed change has of its own behind it."""
    common = 0
    while common < min(len(published), len(proposed)) and published[common] == proposed[common]:
        common += 1
    return (*published, *proposed[common:])


def _current(registry: Registry, record_key: str) -> tuple[Kind, Current]:
    kind = _kind(registry, record_key)
    return kind, read_current(registry.directory, kind, record_key)


def _kind(registry: Registry, record_key: str) -> Kind:
    kind, _ = find_record_file(registry.directory, record_key)
    if kind is SOURCES:
        raise ReviewRefused(
            f"{record_key} is a source; sites and claims are reviewed, with the sources they cite"
        )
    return kind


def _needs(reason: str, say: str) -> None:
    if not reason.strip():
        raise ReviewRefused(say)
