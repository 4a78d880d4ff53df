"""What waits for somebody: drafts, records in review, and proposed changes, as every page may ask for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from heritage_registry.config import Publishing
from heritage_registry.errors import InvalidRecords, RecordNotFound
from heritage_registry.parts import Review
from heritage_registry.publishing import Reviewed, log_of, refusal, standing, status_of
from heritage_registry.registry import CLAIMS, SITES, Registry, read_current
from heritage_registry.web.looking.state import Look
from heritage_registry.web.people import Writer


class Place(msgspec.Struct, frozen=True):
    """Where a record stands: what its page says of it, and who wrote what waits.

    `log` is that of the proposed change where one waits. `agreed` is the entry by which readers see what
    they see.
    """

    status: str
    log: tuple[Review, ...]
    is_proposed: bool
    proposed_status: str
    authors: tuple[str, ...]
    agreed: Review | None
    returned: Review | None


class Queue:
    """The records that are no longer, or not yet, as readers see them; listed anew when a file changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._waiting: tuple[Reviewed, ...] = ()

    def of(self, look: Look) -> tuple[Reviewed, ...]:
        """Return what waits: what is in review first, then what its writers still have to hand in."""
        with self._lock:
            if self._revision != look.revision:
                found = sorted(_waiting(look.readable), key=_order)
                self._revision, self._waiting = look.revision, tuple(found)
            return self._waiting


def _order(record: Reviewed) -> tuple[bool, str, str]:
    log = log_of(record)
    return status_of(record) != "in_review", log[-1].date if log else "", record.id


def _waiting(registry: Registry) -> Iterator[Reviewed]:
    yield from registry.proposals.values()
    for site in registry.sites.values():
        if site.properties.status in ("draft", "in_review") and site.id not in registry.proposals:
            yield site
    for claim in registry.claims.values():
        if claim.status in ("draft", "in_review") and claim.id not in registry.proposals:
            yield claim


class Reviews(msgspec.Struct, frozen=True):
    """What the templates of a page may ask of reviews."""

    look: Look
    queue: Queue
    writer: Writer

    @property
    def count(self) -> int:
        """How many records wait for a reviewer."""
        return sum(status_of(record) == "in_review" for record in self.queue.of(self.look))

    def to_hand_in(self, folder: str, key: str) -> str:
        """Return where a published record that was changed past the review is handed in, if it is one."""
        known = {"records": self.look.readable.sites, "claims": self.look.readable.claims}
        record = known.get(folder, {}).get(key)
        if not isinstance(record, Reviewed) or status_of(record) != "published":
            return ""
        if refusal(record, self.look.readable.config.publishing) is None:
            return ""
        return f"/review/{'sites' if folder == 'records' else folder}/{key}"

    def digest(self, folder: str, key: str) -> str:
        """Return the digest of what a writer of a record goes on with, nothing where it cannot be read."""
        kind = SITES if folder == "sites" else CLAIMS
        try:
            return read_current(self.look.registry.directory, kind, key).digest
        except (RecordNotFound, InvalidRecords):
            return ""

    def place(self, record: Reviewed) -> Place:
        """Return where a record stands."""
        return place_of(record, self.look.readable)


def place_of(record: Reviewed, registry: Registry) -> Place:
    """Return where the record with the id of a record stands."""
    proposal = registry.proposals.get(record.id)
    publishing = registry.config.publishing
    found = standing(log_of(proposal or record), publishing)
    last = log_of(proposal or record)[-1:]
    return Place(
        status=status_of(record),
        log=log_of(proposal or record),
        is_proposed=proposal is not None,
        proposed_status=status_of(proposal) if proposal else "",
        authors=found.authors,
        agreed=_agreed(record, publishing) if status_of(record) == "published" else None,
        returned=last[0] if last and last[0].act == "returned" else None,
    )


def _agreed(record: Reviewed, publishing: Publishing) -> Review | None:
    return standing(log_of(record), publishing).by
