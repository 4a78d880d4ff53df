"""Who may publish a record: what the log of its reviews has to say before readers see it.

The log is a part of the record, so a change of the file by any means is held against it. It proves nothing
of a person who would forge it; git and the log of the app say who did what. What it makes sure of is that a
text is never shown that those named in it did not agree to.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from heritage_registry.claim import Claim
from heritage_registry.config import Publishing
from heritage_registry.findings import Finding, Records
from heritage_registry.form import encode
from heritage_registry.names import fold
from heritage_registry.parts import Review
from heritage_registry.site import Site, Withdrawal

Reviewed = Site | Claim

_STATUS_LINE = re.compile(rb' *"status": "draft",\n')


class Standing(msgspec.Struct, frozen=True):
    """What a log comes to under a rule.

    `content` is what may be shown, by the approval `by`; None where nothing may. `authors` wrote what came
    since, and `written` is what their last text was. `approvals` are those of that text that count so far.
    """

    content: str | None
    by: Review | None
    authors: tuple[str, ...]
    written: str | None
    approvals: tuple[Review, ...]
    is_withdrawn: bool


def log_of(record: Reviewed) -> tuple[Review, ...]:
    """Return the log of a record's reviews, the first act first."""
    return record.properties.reviews if isinstance(record, Site) else record.reviews


def status_of(record: Reviewed) -> str:
    """Return the status of a record."""
    return record.properties.status if isinstance(record, Site) else record.status


def with_state(
    record: Reviewed,
    status: str,
    reviews: tuple[Review, ...],
    status_reason: str | None = None,
    withdrawn: Withdrawal | None = None,
) -> Reviewed:
    """Return a record of the same content with another status and log. Only sites have `withdrawn`."""
    if isinstance(record, Site):
        properties = replace(
            record.properties,
            status=status, reviews=reviews, status_reason=status_reason, withdrawn=withdrawn,
        )  # fmt: skip
        return replace(record, properties=properties)
    return replace(record, status=status, reviews=reviews, status_reason=status_reason)


def content_digest(record: Reviewed) -> str:
    """Return the SHA-256 of what readers are shown of a record, whatever its status and its log."""
    # The status comes before any text of a writer, so the first line of it is the field itself.
    text = _STATUS_LINE.sub(b"", encode(with_state(record, "draft", ())), count=1)
    return hashlib.sha256(text).hexdigest()


def standing(log: tuple[Review, ...], publishing: Publishing) -> Standing:
    """Read a log, act by act, and return what it comes to."""
    found = Standing(None, None, (), None, (), is_withdrawn=False)
    for act in log:
        found = _after(found, act, publishing)
    return found


def _after(before: Standing, act: Review, publishing: Publishing) -> Standing:
    if act.act == "wrote":
        authors = tuple(dict.fromkeys((*before.authors, act.by)))
        return replace(before, authors=authors, written=act.content, approvals=())
    if act.act == "approved" and may_approve(before, act):
        approvals = (*before.approvals, act)
        enough = publishing.rule != "two_organisations" or _of_two(approvals)
        return _published(before, act) if enough else replace(before, approvals=approvals)
    if act.act == "taken_over" and publishing.since is not None and act.date <= publishing.since:
        return _published(before, act)
    if act.act == "returned":
        return replace(before, approvals=())
    if act.act in ("withdrew", "restored"):
        return replace(before, is_withdrawn=act.act == "withdrew")
    return before


def _published(before: Standing, act: Review) -> Standing:
    return replace(before, content=act.content, by=act, authors=(), written=None, approvals=())


def may_approve(before: Standing, act: Review) -> bool:
    """Tell whether an approval counts: of the text last written, by somebody who wrote none of it."""
    return (
        act.content is not None
        and act.content == before.written
        and not any(same_person(act.by, author) for author in before.authors)
    )


def same_person(one: str, other: str) -> bool:
    """Tell whether two pseudonyms are one: capitals, blanks and forms of letters make no second person."""
    return _folded(one) == _folded(other)


def may_be_one_person(one: str, other: str) -> bool:
    """Tell whether a reader could take two pseudonyms for one: Anna and Анна.

    Acts are refused by this. The rule itself is not: what was published stays so when letters fold anew.
    """
    return same_person(one, other) or (fold(one) != "" and fold(one) == fold(other))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _of_two(approvals: tuple[Review, ...]) -> bool:
    """Tell whether two of these are by two people of two organisations."""
    known = [(_folded(act.by), _folded(act.organisation)) for act in approvals if act.organisation]
    return any(one[0] != other[0] and one[1] != other[1] for one in known for other in known)


def refusal(record: Reviewed, publishing: Publishing, content: str | None = None) -> str | None:
    """Say why a record may not be published as it is under a rule, or None.

    `content` is its `content_digest` where that is known.
    """
    if publishing.rule == "anyone":
        return None
    found = standing(log_of(record), publishing)
    if found.is_withdrawn:
        last = next(act for act in reversed(log_of(record)) if act.act == "withdrew")
        return (
            f"is 'published', and {last.by} withdrew the record on {last.date};"
            " bring it back with 'heritage review restore'"
        )
    if found.content is None or found.by is None:
        return (
            f"is 'published', and the rule {publishing.rule!r} of registry.toml asks for"
            f" {_ASKED[publishing.rule]}, which 'reviews' does not hold;"
            " set 'draft' and have it reviewed ('heritage review')"
        )
    if found.content != (content or content_digest(record)):
        what = "was taken over" if found.by.act == "taken_over" else f"{found.by.by} approved"
        return (
            f"is 'published', and the record differs from what {what} on {found.by.date};"
            " have it reviewed ('heritage review'), or set it back"
        )
    return None


_ASKED = {
    "second_person": "the approval of somebody who did not write it",
    "two_organisations": "the approvals of people of two organisations who did not write it",
}


def rule_is_kept(records: Records) -> Iterator[Finding]:
    """A published record is what the rule of registry.toml allows to be published."""
    publishing = records.config.publishing
    if publishing.rule == "anyone":
        return
    for site in records.sites.values():
        if site.properties.status != "published":
            continue
        if say := refusal(site, publishing, records.contents.get(site.id)):
            yield Finding("records", site.id, ("properties", "status"), say)
    for claim in records.claims.values():
        if claim.status == "published" and (say := refusal(claim, publishing)):
            yield Finding("claims", claim.id, ("status",), say)
