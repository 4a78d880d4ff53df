"""The Leaflet map that folium makes: constants in, the same text each time, and nothing to ask a network for.

folium and branca get constants and numbers only. Their templates are no boundary for text from records:
escaped names broke pages and ran as script, so record text reaches a page by another way (`page.py`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import folium
import msgspec
from branca.element import Element, Figure

_building = threading.Lock()
_ID_METHOD = "_generate_id"


class _OfflineMap(folium.Map):
    """folium's map without the scripts and styles that folium would load from a network."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium reads these as class attributes
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - folium reads these as class attributes


class Frame(msgspec.Struct, frozen=True):
    """The map's element and the script that makes the map, to be run when Leaflet is there."""

    element: str
    script: str


def frame(bbox: tuple[float, float, float, float]) -> Frame:
    """Return a map around the middle of a box of west, south, east, north.

    Its script sets `window.registryMap`.
    """
    west, south, east, north = bbox
    with _numbered_elements():
        page = _OfflineMap(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=7,  # our script then shows the box; folium's own fit would be animated
            tiles=None,
            control_scale=True,
            zoomControl=False,
            attributionControl=False,  # Leaflet's own credit shows a national flag
            zoomSnap=0.25,
            maxZoom=18,
            minZoom=4,
        )
        figure = page.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("folium made a map outside a figure")
        figure.render()
        element = figure.html.render()
        script = f"{figure.script.render()}\nwindow.registryMap = {page.get_name()};"
    if re.search(r"https?://", element + script):
        raise ValueError("folium put an address into the page, which must open without a network")
    return Frame(element.strip(), script.strip())


@contextmanager
def _numbered_elements() -> Iterator[None]:
    """Number folium's elements in the order they are made: its own ids are random, every build would differ.

    The method is replaced for the whole process, hence the lock.
    """
    with _building:
        original = Element.__dict__[_ID_METHOD]
        numbers = iter(range(1_000_000))
        setattr(Element, _ID_METHOD, classmethod(lambda _: f"{next(numbers):032x}"))
        try:
            yield
        finally:
            setattr(Element, _ID_METHOD, original)
