"""Maps of the same sites as others make them in a few lines, with folium and geopandas as they come.

Needs XStatic-Leaflet-MarkerCluster, XStatic-jQuery, matplotlib and mapclassify beside the project's packages.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path

import folium
import geopandas
import msgspec
from folium.plugins import FastMarkerCluster, MarkerCluster

from heritage_registry.assessment import assess
from heritage_registry.maps.assets import leaflet_script, leaflet_style
from heritage_registry.maps.columns import centre
from heritage_registry.registry import Registry
from heritage_registry.site import Site
from heritage_registry.vocabulary import vocabulary

Bounds = tuple[float, float, float, float]


class Pin(msgspec.Struct, frozen=True):
    """A located site as a peer gets it: a point and what is shown on a click, already made and escaped."""

    longitude: float
    latitude: float
    details: Mapping[str, str]

    @property
    def html(self) -> str:
        """All details in one piece of HTML."""
        return "<br>".join(self.details.values())


def short_pins(registry: Registry) -> list[Pin]:
    """Return the located sites with names, type, condition and the day it was seen."""
    return [_pin(site, _short_details(site, registry)) for site in registry.sites.values() if site.geometry]


def full_pins(registry: Registry) -> list[Pin]:
    """Return the located sites with the whole record as text, which is less than our cards hold."""
    return [_pin(site, _full_details(site)) for site in registry.sites.values() if site.geometry]


PINS: Mapping[str, Callable[[Registry], list[Pin]]] = {"short": short_pins, "full": full_pins}


def _pin(site: Site, details: Mapping[str, str]) -> Pin:
    assert site.geometry is not None
    longitude, latitude = centre(site.geometry)
    return Pin(longitude, latitude, {name: escape(text) for name, text in details.items()})


def _short_details(site: Site, registry: Registry) -> dict[str, str]:
    condition = assess(site, registry.sources).condition
    return {
        "name": " / ".join(name.text for name in site.properties.names),
        "type": ", ".join(_label("site_type", part.type) for part in site.properties.types),
        "condition": ", ".join(_label("condition", grade) for grade in condition.grades) if condition else "",
        "seen": condition.day.isoformat() if condition else "",
    }


def _full_details(site: Site) -> dict[str, str]:
    return {"record": msgspec.json.encode(site.properties).decode("utf-8")}


def _label(name: str, term_id: str) -> str:
    return next(term.label["en"] for term in vocabulary(name).terms if term.id == term_id)


def marker_cluster(pins: Sequence[Pin], bounds: Bounds) -> str:
    """Return folium's page with a Marker and a Popup for each site in a MarkerCluster."""
    page = _empty_map(bounds)
    cluster = MarkerCluster().add_to(page)  # type: ignore[no-untyped-call]
    for pin in pins:
        folium.Marker((pin.latitude, pin.longitude), popup=folium.Popup(pin.html)).add_to(cluster)
    return _rendered(page)


_POPUP_CALLBACK = """function (row) {
    return L.marker(new L.LatLng(row[0], row[1])).bindPopup(row[2]);
}"""


def fast_marker_cluster(pins: Sequence[Pin], bounds: Bounds) -> str:
    """Return folium's page with FastMarkerCluster, whose callback adds the same popups."""
    page = _empty_map(bounds)
    rows = [(pin.latitude, pin.longitude, pin.html) for pin in pins]
    FastMarkerCluster(rows, callback=_POPUP_CALLBACK).add_to(page)  # type: ignore[no-untyped-call]
    return _rendered(page)


def explore(pins: Sequence[Pin], bounds: Bounds) -> str:
    """Return the page of `GeoDataFrame.explore()`, on canvas, with the details in a tooltip."""
    points = geopandas.points_from_xy([p.longitude for p in pins], [p.latitude for p in pins])
    frame = geopandas.GeoDataFrame([dict(p.details) for p in pins], geometry=points, crs="EPSG:4326")
    page = frame.explore(m=_empty_map(bounds), tooltip=list(pins[0].details))
    return _rendered(page)


class Peer(msgspec.Struct, frozen=True):
    """One way others make the page, and the JavaScript that tells that its sites are drawn."""

    write: Callable[[Sequence[Pin], Bounds], str]
    ready: str


PEERS: Mapping[str, Peer] = {
    "MarkerCluster": Peer(marker_cluster, "document.querySelector('.leaflet-marker-icon')"),
    "FastMarkerCluster": Peer(fast_marker_cluster, "document.querySelector('.leaflet-marker-icon')"),
    "explore()": Peer(explore, "document.querySelector('.leaflet-overlay-pane canvas')"),
}


def _empty_map(bounds: Bounds) -> folium.Map:
    west, south, east, north = bounds
    # Without tiles nothing tells how far the map zooms, and Leaflet.markercluster does not start.
    page = folium.Map(tiles=None, maxZoom=18, prefer_canvas=True)
    page.fit_bounds([[south, west], [north, east]])
    return page


def _rendered(page: folium.Map) -> str:
    text: str = page.get_root().render()
    return text


_LINKED = re.compile(
    r'<script src="https://[^"]*/([^"/]+)"></script>|<link rel="stylesheet" href="https://[^"]*/([^"/]+)"/>'
)


def made_offline(page: str) -> str:
    """Return a peer's page with what it needs of its linked files written into its head.

    Bootstrap, its icons and Font Awesome are left out: these pages show none of them and open faster without.
    Leaflet looks for marker pictures beside its style sheet, which is no file here: they are given as data.
    """
    head, body, rest = page.partition("<body>")
    wanted = _assets()

    def filled(match: re.Match[str]) -> str:
        script, style = match.groups()
        if script:
            return f"<script>{wanted.get(script, '')}</script>"
        return f"<style>{wanted.get(style, '')}</style>"

    return _LINKED.sub(filled, head) + body + rest


def _assets() -> dict[str, str]:
    from xstatic.pkg import jquery, leaflet, leaflet_markercluster

    cluster, query, pictures = (
        Path(package.BASE_DIR) for package in (leaflet_markercluster, jquery, leaflet)
    )
    icons = {
        option: _data_url(pictures / "images" / name)
        for option, name in (
            ("iconUrl", "marker-icon.png"),
            ("iconRetinaUrl", "marker-icon-2x.png"),
            ("shadowUrl", "marker-shadow.png"),
        )
    }
    use_icons = f"L.Icon.Default.imagePath = ''; L.Icon.Default.mergeOptions({json.dumps(icons)});"
    return {
        "leaflet.js": f"{leaflet_script()}\n{use_icons}",
        "leaflet.css": leaflet_style(),
        "leaflet.markercluster.js": (cluster / "leaflet.markercluster.js").read_text("utf-8"),
        "MarkerCluster.css": (cluster / "MarkerCluster.css").read_text("utf-8"),
        "MarkerCluster.Default.css": (cluster / "MarkerCluster.Default.css").read_text("utf-8"),
        "jquery-3.7.1.min.js": (query / "jquery.min.js").read_text("utf-8"),
    }


def _data_url(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")
