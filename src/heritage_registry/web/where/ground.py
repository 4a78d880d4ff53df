"""The ground under the sites: the base map, and where the sites of the registry are."""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left, bisect_right
from pathlib import Path

import msgspec

from heritage_registry.maps.basemap import LAYERS, basemap_payload
from heritage_registry.parts import Position
from heritage_registry.registry import Registry
from heritage_registry.shapes import outline
from heritage_registry.site import Location, Site
from heritage_registry.web.looking.state import Look

Box = tuple[float, float, float, float]

_States = tuple[tuple[int, int, int], ...]
_MISSING = (0, 0, 0)


class Spot(msgspec.Struct, frozen=True):
    """Where a site is held to be: the middle of its shape, longitude first."""

    site: str
    at: Position
    of: str
    uncertainty_m: float | None


class Base(msgspec.Struct, frozen=True):
    """The base map as the browser gets it, and the digest that its address carries."""

    digest: str
    content: bytes


class Ground:
    """What lies under the sites of a registry's folder, read again when its files change."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._base: tuple[_States, Base] | None = None
        self._known: dict[str, tuple[Site, Spot | None]] = {}
        # What everybody may see, and what those at work see: two registries of one revision.
        self._spots: list[tuple[Registry, list[Spot]]] = []

    def base(self) -> Base:
        """Return the base map."""
        with self._lock:
            states = self._states(*LAYERS)
            if self._base is None or self._base[0] != states:
                content = msgspec.json.encode(basemap_payload(self._directory / "basemap"))
                self._base = (states, Base(hashlib.sha256(content).hexdigest()[:32], content))
            return self._base[1]

    def spots(self, look: Look, box: Box) -> list[Spot]:
        """Return where sites are within west, south, east and north, from south to north."""
        with self._lock:
            spots = next((spots for registry, spots in self._spots if registry is look.registry), None)
            if spots is None:
                made = filter(None, map(self._spot, look.registry.sites.values()))
                spots = sorted(made, key=_latitude)
                self._spots = [*self._spots[-1:], (look.registry, spots)]
        west, south, east, north = box
        low, high = bisect_left(spots, south, key=_latitude), bisect_right(spots, north, key=_latitude)
        return [spot for spot in spots[low:high] if west <= spot.at[0] <= east]

    def _spot(self, site: Site) -> Spot | None:
        """Return where a site is, worked out once while the site stays the same object."""
        known = self._known.get(site.id)
        if known is None or known[0] is not site:
            known = self._known[site.id] = (site, spot_of(site))
        return known[1]

    def _states(self, *layers: str) -> _States:
        return tuple(_state(self._directory / "basemap" / f"{layer}.geojson") for layer in layers)


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return _MISSING
    return found.st_mtime_ns, found.st_size, found.st_ino


def spot_of(site: Site) -> Spot | None:
    """Return where a site is held to be, by the preferred of its locations that have a shape."""
    shaped = [x for x in site.properties.locations if x.geometry is not None]
    if not shaped:
        return None
    location: Location = next((x for x in shaped if x.standing == "preferred"), shaped[0])
    assert location.geometry is not None
    longitudes, latitudes = zip(*outline(location.geometry), strict=True)
    middle = (min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2
    return Spot(site.id, middle, location.of, location.uncertainty_m)


def _latitude(spot: Spot) -> float:
    return spot.at[1]
