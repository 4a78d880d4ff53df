"""KML for globe viewers: one placemark a site, coloured by its condition, under the name in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from heritage_registry.exports.layers import about
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.table import COLUMNS, sites_table
from heritage_registry.vocabulary import STANDINGS, vocabulary

_COLOURS: Mapping[str, str] = {
    "destroyed": "ff1a1a8b", "severe_damage": "ff2b4fc2", "moderate_damage": "ff3f7fdd",
    "slight_damage": "ff6fb1ee", "damaged": "ff3f66cf", "no_visible_damage": "ff8a7a2f",
}  # fmt: skip
"""Red to yellow for damage and blue-green for none seen, as alpha, blue, green, red."""
_OTHER = "ff8c8c8c"


def kml_file(registry: Registry, language: str) -> bytes:
    """Return KML 2.2 in UTF-8. Sites without a location are placemarks without a shape."""
    frame = sites_table(public_view(registry.sites.values()), registry.sources, language)
    facts = about(registry, language)
    rights = f"{facts['licence']}. {facts['attribution']}. {facts['digest']}"
    grades = [*vocabulary("condition").ids, *STANDINGS]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
        f"<name>{escape(facts['title'])}</name>",
        f"<description>{escape(rights)}</description>",
        *(_style(grade) for grade in dict.fromkeys(grades)),
        *(_placemark(row) for row in frame.to_dict("records")),
        "</Document></kml>\n",
    ]
    return "\n".join(lines).encode()


def _style(grade: str) -> str:
    colour = _COLOURS.get(grade, _OTHER)
    return (
        f"<Style id={quoteattr(grade)}><IconStyle><color>{colour}</color><scale>0.9</scale>"
        f"</IconStyle><LineStyle><color>{colour}</color><width>2</width>"
        f"</LineStyle><PolyStyle><color>55{colour[2:]}</color></PolyStyle></Style>"
    )


def _placemark(row: Mapping[str, Any]) -> str:
    facts = [
        (name, str(row[name])) for name in COLUMNS if name not in ("id", "geometry") and _is_given(row[name])
    ]
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{escape(text)}</value></Data>" for name, text in facts
    )
    return (
        f"<Placemark id={quoteattr(row['id'])}><name>{escape(row['name'])}</name>"
        f"<styleUrl>#{row['standing']}</styleUrl><ExtendedData>"
        f'<Data name="id"><value>{escape(row["id"])}</value></Data>{data}</ExtendedData>'
        f"{_shape(row['geometry'])}</Placemark>"
    )


def _is_given(value: Any) -> bool:
    import pandas

    return not pandas.isna(value)


def _shape(shape: Any) -> str:
    if shape is None:
        return ""
    if shape.geom_type == "Point":
        return f"<Point><coordinates>{_positions(shape.coords)}</coordinates></Point>"
    if shape.geom_type == "LineString":
        return f"<LineString><coordinates>{_positions(shape.coords)}</coordinates></LineString>"
    outer = _ring("outerBoundaryIs", shape.exterior)
    return f"<Polygon>{outer}{''.join(_ring('innerBoundaryIs', hole) for hole in shape.interiors)}</Polygon>"


def _ring(name: str, ring: Any) -> str:
    return f"<{name}><LinearRing><coordinates>{_positions(ring.coords)}</coordinates></LinearRing></{name}>"


def _positions(coordinates: Iterable[tuple[float, ...]]) -> str:
    return " ".join(f"{x!r},{y!r}" for x, y, *_ in coordinates)
