"""What every act of a review needs: who signs it, what it came to, and why it may be refused."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from heritage_registry.errors import RegistryError, StaleRecord
from heritage_registry.parts import Review
from heritage_registry.publishing import Reviewed, content_digest, same_person, with_state
from heritage_registry.registry import AnyRecord, Current, Registry, replace_record, write_proposal
from heritage_registry.site import Site

ActName = Literal["wrote", "submitted", "approved", "returned", "withdrew", "restored", "taken_over"]


class ReviewRefused(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """An act that is not this person's, or not to be done with a record that stands where it stands."""


class Unsigned(ReviewRefused):
    """An act without a name."""


class ProposalOutdated(StaleRecord):
    """The published record changed since a change of it was proposed; both versions are there to compare."""

    def __init__(self, published: Reviewed, proposal: Reviewed) -> None:
        self.published, self.proposal = published, proposal
        super().__init__(
            f"{published.id} was published anew since this change of it was begun; compare the two, write the"
            " change again on what is published now, and have that reviewed"
        )


class Signature(msgspec.Struct, frozen=True):
    """Who does something, on which day: a pseudonym, and the organisation they say they work for."""

    by: str
    date: str
    organisation: str = ""

    def entry(
        self, act: ActName, *, reason: str = "", content: str | None = None, base: str | None = None
    ) -> Review:
        """Return the entry of the log for an act."""
        if not self.by.strip():
            raise Unsigned(
                "say who you are: a pseudonym is enough, and every act is signed with one: --by NAME"
            )
        return Review(
            act=act,
            by=" ".join(self.by.split()),
            date=self.date,
            organisation=" ".join(self.organisation.split()) or None,
            reason=reason.strip() or None,
            content=content,
            base=base,
        )


class Done(msgspec.Struct, frozen=True):
    """What an act came to: the file that was written or taken away, and the record as it is now.

    `paths` are all files that changed. `is_proposal` where the record that readers see stayed as it was.
    """

    path: Path
    paths: tuple[Path, ...]
    record: AnyRecord
    is_proposal: bool = False


def wrote(
    record: Reviewed, log: tuple[Review, ...], signed: Signature, base: str | None = None
) -> tuple[Review, ...]:
    """Return a log with an entry more for what somebody wrote; one who goes on writing has one entry."""
    entry = signed.entry("wrote", content=content_digest(record), base=base)
    if log and log[-1].act == "wrote" and same_person(log[-1].by, entry.by) and base is None:
        return (*log[:-1], replace(entry, base=log[-1].base))
    return (*log, entry)


def with_entry(record: Reviewed, log: tuple[Review, ...]) -> Reviewed:
    """Return a record with another log and nothing else changed."""
    if isinstance(record, Site):
        state = record.properties
        return with_state(record, state.status, log, state.status_reason, state.withdrawn)
    return with_state(record, record.status, log, record.status_reason)


def in_state_of(before: Reviewed, record: Reviewed) -> Reviewed:
    """Return a record with the status and the log of what was there: no form sets them."""
    if isinstance(before, Site):
        state = before.properties
        return with_state(record, state.status, state.reviews, state.status_reason, state.withdrawn)
    return with_state(record, before.status, before.reviews, before.status_reason)


def reviewed(record: AnyRecord) -> Reviewed:
    """Return a record of a kind that is reviewed, which sources are not."""
    assert isinstance(record, Reviewed), "sources have no status"
    return record


def put(registry: Registry, current: Current, record: Reviewed) -> Done:
    """Write a record in the place of what was read of it: the proposal or the record itself."""
    write = write_proposal if current.is_proposal else replace_record
    path = write(registry, record, current.digest)
    return Done(path, (path,), record, current.is_proposal)


SAID = {
    "draft": "a draft",
    "in_review": "in review",
    "published": "published as it was approved",
    "withdrawn": "withdrawn",
}
