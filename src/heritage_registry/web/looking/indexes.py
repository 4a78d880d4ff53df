"""What is worked out of all records: kept, and worked out anew only for those that changed.

Records are never changed, so one that is the same object says the same. What takes longer than a reader
waits is made beside the pages, and they show the last one with its time until then (`Latest`).
"""

from __future__ import annotations

import threading
import time
from array import array
from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
import numpy as np

from heritage_registry.citation import cited_keys
from heritage_registry.names import fold
from heritage_registry.site import Site

R = TypeVar("R")
V = TypeVar("V")

_AT_ONCE_S = 0.1
"""What takes no longer is made while a reader waits."""

_SHORT_NUMBERS = 1 << 16
_PAUSE_S = 0.5
"""So that a page that shows the last one is sent before the next is made."""

_MANY = 500
"""With more changes than that all is put in order anew."""


class PerRecord(Generic[R, V]):
    """A value of each record."""

    def __init__(self, make: Callable[[R], V]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._records: Mapping[str, R] = {}
        self._values: dict[str, V] = {}

    def of(self, records: Mapping[str, R]) -> Mapping[str, V]:
        """Return the values by id, in no order."""
        with self._lock:
            if records is not self._records:
                values = dict(self._values)
                changed, gone = changed_between(self._records, records)
                for key in gone:
                    del values[key]
                for key in changed:
                    values[key] = self._make(records[key])
                self._records, self._values = records, values
            return self._values


def changed_between(before: Mapping[str, R], after: Mapping[str, R]) -> tuple[list[str], list[str]]:
    """Return the ids of records that are new or others now, and of those that are gone."""
    changed = [key for key, record in after.items() if before.get(key) is not record]
    gone = [key for key in before if key not in after] if len(before) + len(changed) > len(after) else []
    return changed, gone


Rank = tuple[str, str, str]
"""What sites are ordered by: the search key of a name, the name, the id."""


class Order:
    """Sites in the order of the names that come first for one reader."""

    def __init__(self, first_name: Callable[[Site], str]) -> None:
        self._first_name = first_name
        self._lock = threading.Lock()
        self._sites: Mapping[str, Site] = {}
        self._ranks: list[Rank] = []
        self._ids: tuple[str, ...] = ()

    def of(self, sites: Mapping[str, Site]) -> Sequence[str]:
        """Return all ids in order."""
        with self._lock:
            if sites is not self._sites:
                changed, gone = changed_between(self._sites, sites)
                ranks = self._without(changed, gone)
                if len(changed) > _MANY:
                    ranks += (self.rank(sites[key]) for key in changed)
                    ranks.sort()
                else:
                    for key in changed:
                        insort(ranks, self.rank(sites[key]))
                self._sites, self._ranks = sites, ranks
                self._ids = tuple([rank[2] for rank in ranks])
            return self._ids

    def _without(self, changed: Iterable[str], gone: Iterable[str]) -> list[Rank]:
        left = {key for key in (*changed, *gone) if key in self._sites}
        return [rank for rank in self._ranks if rank[2] not in left] if left else list(self._ranks)

    def rank(self, site: Site) -> Rank:
        """Return what a site is ordered by."""
        name = self._first_name(site)
        return fold(name), name, site.id


class Ordered(Sequence[str]):
    """Some ids in the order of all, put in order when somebody first looks at one."""

    def __init__(self, ids: Collection[str], order: Callable[[], Sequence[str]]) -> None:
        self._ids, self._order = ids, order
        self._made: list[str] | None = None

    def _whole(self) -> list[str]:
        if self._made is None:
            wanted = frozenset(self._ids)
            self._made = [key for key in self._order() if key in wanted]
        return self._made

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self._whole()[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())


class Dated(msgspec.Struct, Generic[V], frozen=True):
    """What was made, when, and whether the files still say the same."""

    value: V
    made: datetime
    is_current: bool


class Latest(Generic[V]):
    """Something made of the whole registry that takes long: the last one is shown until the next is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._made: tuple[int, V, datetime] | None = None
        self._took = 0.0

    def get(self, revision: int, make: Callable[[], V]) -> Dated[V]:
        """Return what was made last. The first one, and what takes little time, is waited for."""
        made = self._made
        if made is None or (made[0] != revision and self._took < _AT_ONCE_S):
            with self._lock:
                made = self._made
                if made is None or made[0] != revision:
                    made = self._make(revision, make)
        elif made[0] != revision and not self._making.locked():
            threading.Thread(target=self._make_beside, args=(revision, make), daemon=True).start()
        return Dated(made[1], made[2], made[0] == revision)

    def outdated(self, revision: int) -> datetime | None:
        """Return when what is shown was made, None where nothing was or it is of this revision."""
        made = self._made
        return None if made is None or made[0] == revision else made[2]

    def _make(self, revision: int, make: Callable[[], V]) -> tuple[int, V, datetime]:
        start = time.monotonic()
        self._made = made = (revision, make(), datetime.now().astimezone())
        self._took = time.monotonic() - start
        return made

    def _make_beside(self, revision: int, make: Callable[[], V]) -> None:
        if not self._making.acquire(blocking=False):
            return
        try:
            time.sleep(_PAUSE_S)
            self._make(revision, make)
        finally:
            self._making.release()


class Citers(Mapping[str, Sequence[str]]):
    """Which records cite a source, by the source's key; made by `CitersIndex`."""

    def __init__(
        self, numbers: Mapping[str, int], cites: Mapping[str, bytes], records: Iterable[str]
    ) -> None:
        self._numbers = numbers
        self._ids = list(records)
        raw = [cites[key] for key in self._ids]
        cited = np.frombuffer(b"".join(raw), dtype=np.uint32)
        if len(numbers) < _SHORT_NUMBERS:
            cited = cited.astype(np.uint16)  # put in order ten times as fast
        rows = np.repeat(np.arange(len(raw)), [len(one) // 4 for one in raw])
        by_source = np.argsort(cited, kind="stable")
        self._rows = rows[by_source]
        self._starts = np.searchsorted(cited[by_source], np.arange(len(numbers) + 1))

    def __getitem__(self, key: str) -> Sequence[str]:
        number = self._numbers[key]
        rows = self._rows[self._starts[number] : self._starts[number + 1]]
        return [self._ids[row] for row in rows]

    def count(self, key: str) -> int:
        """Return how many records cite a source."""
        number = self._numbers.get(key)
        return 0 if number is None else int(self._starts[number + 1] - self._starts[number])

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class CitersIndex:
    """Who cites whom, kept while records change."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._cites: PerRecord[msgspec.Struct, bytes] = PerRecord(self._cited)

    def _cited(self, record: msgspec.Struct) -> bytes:
        numbers = self._numbers
        return array(
            "I", [numbers.setdefault(key, len(numbers)) for key in sorted(cited_keys(record))]
        ).tobytes()

    def of(self, records: Mapping[str, msgspec.Struct]) -> Citers:
        """Return who cites whom among records."""
        cites = self._cites.of(records)
        return Citers(dict(self._numbers), cites, records)
