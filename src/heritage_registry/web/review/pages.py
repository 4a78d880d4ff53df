"""The pages of reviews: what waits, one text beside what it rests on, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import shorten
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.claim import Claim
from heritage_registry.errors import InvalidRecords, RecordNotFound, RegistryError, StaleRecord
from heritage_registry.find import names_for
from heritage_registry.parts import Review
from heritage_registry.publishing import Reviewed, log_of, may_be_one_person, refusal, standing, status_of
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    Current,
    Kind,
    kind_of,
    proposed,
    read_current,
    read_record,
)
from heritage_registry.review import (
    Done,
    ProposalOutdated,
    Signature,
    Unsigned,
    approve,
    begin_again,
    discard,
    is_outdated,
    restore,
    send_back,
    submit,
    withdraw,
)
from heritage_registry.site import Site, SiteProperties
from heritage_registry.web.looking.pages import broken_or_missing
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.people import Role
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.review.judging import judged
from heritage_registry.web.writing.saving import NameNeeded, committed, introduced, signature
from heritage_registry.web.writing.tasks import title_of

FOLDERS: Mapping[str, Kind] = {"sites": SITES, "claims": CLAIMS}
PER_PAGE = 100
_TITLE_SIGNS = 90


class Act(msgspec.Struct, frozen=True):
    """Something that can be done: who may, what the commit says, and the message that says it was done."""

    role: Role
    summary: str
    done: str


ACTS: Mapping[str, Act] = {
    "submit": Act("contributor", "Submit {}", "review.done.submit"),
    "approve": Act("reviewer", "Approve {}", "review.done.approve"),
    "return": Act("reviewer", "Send back {}", "review.done.return"),
    "withdraw": Act("keeper", "Withdraw {}", "review.done.withdraw"),
    "restore": Act("keeper", "Restore {}", "review.done.restore"),
    "again": Act("contributor", "Begin the change again of {}", "review.done.again"),
    "discard": Act("contributor", "Discard the proposed change of {}", "review.done.discard"),
}


class Row(msgspec.Struct, frozen=True):
    """One line of the queue."""

    folder: str
    id: str
    title: str
    status: str
    status_reason: str
    is_proposal: bool
    last: Review | None
    is_own: bool


def queue_page(request: Request, reader: Reader, office: Office) -> Response:
    """What waits for a reviewer, and what its writers still have to hand in."""
    waiting = office.queue.of(reader.look)
    rows = [_row(record, reader) for record in waiting[: 5 * PER_PAGE]]
    return reader.page(
        "reviews.html",
        submitted=[row for row in rows if row.status == "in_review"],
        drafts=[row for row in rows if row.status == "draft"],
        total=len(waiting),
        rule=reader.look.registry.config.publishing.rule,
    )


def _row(record: Reviewed, reader: Reader) -> Row:
    registry = reader.look.readable
    log = log_of(record)
    folder = "sites" if kind_of(record) is SITES else "claims"
    authors = standing(log, registry.config.publishing).authors
    return Row(
        folder=folder,
        id=record.id,
        title=_title(record, reader),
        status=status_of(record),
        status_reason=_state(record).status_reason or "",
        is_proposal=record.id in registry.proposals,
        last=log[-1] if log else None,
        is_own=_is_among(reader.writer.name, authors),
    )


def _title(record: Reviewed, reader: Reader) -> str:
    """Return what a record is called for a reader: a claim by who claims what."""
    if isinstance(record, Site):
        return names_for(record, reader.language)[0].text
    statement = reader.book.words.text(record.statement).text
    return f"{record.claimant}: {shorten(statement, _TITLE_SIGNS, placeholder='…')}"


def _is_among(name: str, names: tuple[str, ...]) -> bool:
    return bool(name) and any(may_be_one_person(name, other) for other in names)


def review_page(request: Request, reader: Reader, office: Office) -> Response:
    """One record: what changes, what it rests on, what the checks say, and what can be done."""
    folder, key = request.path_params["folder"], request.path_params["key"]
    if folder not in FOLDERS:
        return office.plain(reader.language, 404, "refused.missing")
    done = request.query_params.get("done", "")
    return _shown(folder, key, reader, office, done=ACTS[done].done if done in ACTS else "")


def _shown(
    folder: str,
    key: str,
    reader: Reader,
    office: Office,
    *,
    status: int = 200,
    given: Mapping[str, str] | None = None,
    **told: str,
) -> Response:
    try:
        current, published = _read(FOLDERS[folder], key, reader)
    except (RecordNotFound, InvalidRecords):
        kind = FOLDERS[folder]
        is_of_change = (proposed(kind).folder, key) in reader.look.broken
        return broken_or_missing(reader, office, proposed(kind) if is_of_change else kind, key)
    record = current.record
    assert isinstance(record, Reviewed)
    publishing = reader.look.registry.config.publishing
    found = standing(log_of(record), publishing)
    is_waiting = status_of(record) in ("draft", "in_review")
    is_changed = status_of(record) == "published" and refusal(record, publishing) is not None
    return reader.page(
        "review.html",
        status,
        record=record,
        folder=folder,
        title=_title(record, reader),
        record_status=status_of(record),
        status_reason=_state(record).status_reason,
        log=log_of(record),
        digest=current.digest,
        is_proposal=current.is_proposal,
        is_changed=is_changed,
        is_waiting=is_waiting,
        judged=judged(record, published, reader, office) if is_waiting or is_changed else None,
        before=published,
        outdated=published is not None and is_outdated(published, record),
        authors=found.authors,
        approvals=found.approvals,
        is_own=_is_among(reader.writer.name, found.authors),
        has_approved=_is_among(reader.writer.name, tuple(entry.by for entry in found.approvals)),
        rule=publishing.rule,
        given=given or {},
        **({"fault": "", "fault_words": "", "done": ""} | told),
    )


def _state(record: Reviewed) -> SiteProperties | Claim:
    return record.properties if isinstance(record, Site) else record


def _read(kind: Kind, key: str, reader: Reader) -> tuple[Current, Reviewed | None]:
    """Return a record as its writers left it and, where that is a proposed change, what readers see."""
    directory = reader.look.registry.directory
    current = read_current(directory, kind, key)
    if not current.is_proposal:
        return current, None
    published, _ = read_record(directory, kind, key)
    assert isinstance(published, Reviewed)
    return current, published


def act(request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Do what a button asks for, sign it, and make one commit of it."""
    folder, key, given = request.path_params["folder"], request.path_params["key"], dict(pairs)
    name = given.get("_action", "")
    if folder not in FOLDERS or name not in ACTS:
        return office.plain(reader.language, 404, "refused.missing")
    if not reader.writer.may(ACTS[name].role):
        return office.plain(reader.language, 403, "refused.may_not")

    try:
        reader = introduced(office, reader, given.get("_pseudonym", ""))
        current, _ = _read(FOLDERS[folder], key, reader)
        if given.get("digest") != current.digest:
            raise StaleRecord(key)
        done = _done(name, key, reader, given, current)
    except RecordNotFound:
        return broken_or_missing(reader, office, FOLDERS[folder], key)
    except (RegistryError, OSError) as error:
        status, fault, words = _fault(error)
        return _shown(folder, key, reader, office, status=status, given=given, fault=fault, fault_words=words)
    summary = ACTS[name].summary.format(f"{title_of(done.record)} ({key})")
    saved = committed(office, reader, done, summary)
    query = f"done={name}" + ("&uncommitted=1" if saved.not_committed else "")
    return RedirectResponse(f"/review/{folder}/{key}?{query}", 303)


def _fault(error: RegistryError | OSError) -> tuple[int, str, str]:  # noqa: PLR0911 - a line for each
    """Return the status of a refusal, the message that tells it, and words of its own where it has some."""
    match error:
        case NameNeeded():
            return 422, error.key, ""
        case Unsigned():
            return 422, "review.name_needed", ""
        case ProposalOutdated():
            return 409, "review.outdated", ""
        case StaleRecord():
            return 409, "review.changed", ""
        case InvalidRecords():
            return 422, "review.refused_by_checks", str(error)
        case OSError():
            return 409, "review.disk", error.strerror or str(error)
        case _:
            return 422, "review.refused", str(error)


_Plain = Callable[[Any, str, Signature], Done]
_PLAIN: Mapping[str, _Plain] = {"submit": submit, "again": begin_again}


def _done(name: str, key: str, reader: Reader, given: Mapping[str, str], current: Current) -> Done:
    registry, who, reason = reader.look.readable, signature(reader), given.get("reason", "")
    match name:
        case "approve":
            return approve(registry, key, who, current.digest)
        case "return":
            return send_back(registry, key, who, reason)
        case "withdraw":
            return withdraw(registry, key, who, reason, given.get("superseded_by", "").strip() or None)
        case "restore":
            return restore(registry, key, who, reason)
        case "discard":
            return discard(registry, key, current.digest)
        case _:
            return _PLAIN[name](registry, key, who)


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of reviews."""
    return [
        Route("/review", page(office, queue_page), methods=["GET"]),
        Route("/review/{folder}/{key}", page(office, review_page), methods=["GET"]),
        Route("/review/{folder}/{key}", form(office, act), methods=["POST"]),
    ]
