"""GeoJSON (RFC 7946): one feature a site, with the columns of the table as properties."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from heritage_registry.form import in_language
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.table import sites_table


def geojson_file(registry: Registry, language: str) -> bytes:
    """Return the published sites as a feature collection, one feature a line.

    Title, licence and attribution are members of the collection, so that they travel with the data.
    """
    table = sites_table(public_view(registry.sites.values()), registry.sources, language)
    features = [_feature(row) for row in table.to_dict("records")]
    config = registry.config
    _, title = in_language(config.title, language)
    head = {
        "type": "FeatureCollection",
        "title": title,
        "licence": config.licence,
        "attribution": config.attribution,
    }
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{opening}, "features": [\n{lines}\n]}}\n'.encode()


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _plain(value) for name, value in row.items() if name not in ("id", "geometry")}
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": _geometry(row["geometry"]),
        "properties": properties,
    }


def _geometry(shape: Any) -> Any:
    """Return a shape with the outer ring counter-clockwise and holes clockwise, as RFC 7946 has it."""
    from shapely.geometry import mapping
    from shapely.geometry.polygon import orient

    if shape is None:
        return None
    return msgspec.to_builtins(mapping(orient(shape) if shape.geom_type == "Polygon" else shape))


def _plain(value: Any) -> Any:
    """Turn a missing value of the table into null and its numbers into plain ones."""
    import pandas

    if pandas.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
