"""How long somebody waits between attempts to sign in: longer with each that failed.

Counted for the name that is tried, known or not, and for the address that tries. The delay of a name stays
short, so that nobody can lock its owner out; that of an address grows. Nothing of it is written anywhere.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import msgspec

_FREE = 5
_LONGEST_OF_NAME = 30.0
_LONGEST_OF_ADDRESS = 900.0
_FORGOTTEN_AFTER = 3600.0
_MOST_KEPT = 10_000


class _Tries(msgspec.Struct):
    number: int
    last: float


class Throttle:
    """Counts attempts. `clock` gives seconds from any moment on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()

    def attempt(self, name: str, address: str) -> float:
        """Count an attempt and return 0, or return the seconds to wait for the next and count nothing.

        An attempt counts as failed until `succeeded`: many at the same time gain nothing.
        """
        keys = (("name", name.casefold()), ("address", _network(address)))
        longest = (_LONGEST_OF_NAME, _LONGEST_OF_ADDRESS)
        now = self._clock()
        with self._lock:
            wait = max(self._wait(key, most, now) for key, most in zip(keys, longest, strict=True))
            if wait > 0:
                return wait
            for key in keys:
                tries = self._fresh(key, now)
                self._tries[key] = _Tries(tries.number + 1 if tries else 1, now)
                self._tries.move_to_end(key)
            while len(self._tries) > _MOST_KEPT:
                self._tries.popitem(last=False)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was counted for a name, and that this attempt was one of the address."""
        with self._lock:
            self._tries.pop(("name", name.casefold()), None)
            key = ("address", _network(address))
            tries = self._tries.get(key)
            # Not all of them: whoever has an account could try others' in between.
            if tries is not None:
                tries.number = max(0, tries.number - 1)

    def _wait(self, key: tuple[str, str], longest: float, now: float) -> float:
        tries = self._fresh(key, now)
        if tries is None or tries.number < _FREE:
            return 0.0
        delay = min(2.0 ** min(tries.number - _FREE, 30), longest)
        return max(0.0, tries.last + delay - now)

    def _fresh(self, key: tuple[str, str], now: float) -> _Tries | None:
        tries = self._tries.get(key)
        return None if tries is None or now - tries.last > _FORGOTTEN_AFTER else tries


def _network(address: str) -> str:
    """Return what a household or office has in common: an IPv4 address, the first half of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or int(found) >> 64)
    return str(found)
