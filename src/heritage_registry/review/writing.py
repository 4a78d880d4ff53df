"""Writing a record by the rule of its registry: in its place, as a draft, or as a proposal beside it."""

from __future__ import annotations

from msgspec.structs import replace

from heritage_registry.config import Publishing
from heritage_registry.errors import InvalidRecords, StaleRecord
from heritage_registry.publishing import Reviewed, content_digest, log_of, refusal, status_of, with_state
from heritage_registry.registry import (
    AnyRecord,
    Current,
    Registry,
    add_record,
    kind_of,
    read_current,
    record_path,
    replace_record,
    write_proposal,
)
from heritage_registry.review.signing import Done, Signature, in_state_of, put, reviewed, with_entry, wrote
from heritage_registry.site import Site


def save(registry: Registry, record: AnyRecord, read_digest: str | None, signed: Signature) -> Done:
    """Write a record that somebody wrote or changed, and note who did.

    `read_digest` is that of `read_current`; None adds the record. Under a rule a new record is a draft, and a
    change of a published one a proposal. Raises as `add_record` and `replace_record`.
    """
    rule = registry.config.publishing.rule
    if not isinstance(record, Reviewed) or rule == "anyone":
        return _written_plainly(registry, record, read_digest)
    if read_digest is None:
        new = with_entry(with_state(record, "draft", ()), wrote(record, (), signed))
        path = add_record(registry, new)
        return Done(path, (path,), new)
    try:
        current = read_current(registry.directory, kind_of(record), record.id)
    except InvalidRecords:  # what is there can be mended, by the rule that `check` goes by
        return _written_plainly(registry, record, read_digest)
    if current.digest != read_digest:
        raise StaleRecord(f"{record.id} changed since it was read; read it again and repeat the edit")
    return _changed(registry, record, current, signed)


def _changed(registry: Registry, record: Reviewed, current: Current, signed: Signature) -> Done:
    """Write a change of a record under a rule: in its place, or beside it where readers see the record."""
    before, publishing = reviewed(current.record), registry.config.publishing
    log, kept = log_of(before), in_state_of(before, record)
    if content_digest(record) == content_digest(before):
        path = record_path(registry.directory, kind_of(record), record.id)
        return Done(path, (), before, current.is_proposal)
    if status_of(before) == "published":
        if refusal(before, publishing) is not None and refusal(kept, publishing) is None:
            return _written_plainly(registry, kept, current.digest)  # set back to what was approved
        entry = wrote(record, log, signed, base=content_digest(before))
        proposal = with_entry(with_state(record, "draft", log), entry)
        path = write_proposal(registry, proposal, current.digest)
        return Done(path, (path,), proposal, is_proposal=True)
    return put(registry, current, with_entry(kept, wrote(record, log, signed)))


def as_draft(record: AnyRecord, publishing: Publishing) -> AnyRecord:
    """Return a record as `save` would have it checked: under a rule nobody writes a published one."""
    if isinstance(record, Reviewed) and publishing.rule != "anyone" and status_of(record) == "published":
        return with_state(record, "in_review", log_of(record))
    return record


def with_author(record: Site, publishing: Publishing, signed: Signature) -> Site:
    """Return a draft with the entry of who wrote it; as it is where the registry has no rule."""
    if publishing.rule == "anyone":
        return record
    log = wrote(record, log_of(record), signed)
    return replace(record, properties=replace(record.properties, reviews=log))


def _written_plainly(registry: Registry, record: AnyRecord, read_digest: str | None) -> Done:
    if read_digest is None:
        path = add_record(registry, record)
    else:
        path = replace_record(registry, record, read_digest)
    return Done(path, (path,), record)
