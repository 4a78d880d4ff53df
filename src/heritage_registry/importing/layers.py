"""Layers of GIS files: attributes as text, shapes as WKT in WGS 84."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from heritage_registry.importing.errors import UnreadableFile
from heritage_registry.importing.limits import MAX_COLUMNS, MAX_ROWS, check_archive
from heritage_registry.importing.tables import GEOMETRY, Asked, Row, Table, ending, named_columns

DRIVERS = {
    "geojson": "GeoJSON", "geojsonl": "GeoJSONSeq", "geojsons": "GeoJSONSeq", "kml": "KML", "kmz": "LIBKML",
    "gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "zip": "ESRI Shapefile",
}  # fmt: skip
"""By ending, the one driver of GDAL that may open a file. A ZIP is taken for a Shapefile with its parts."""

_BATCH = 10_000
_START = 4_096
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x1e]*[{\[]")
_STARTS = {
    **dict.fromkeys(("geojson", "geojsonl", "geojsons"), _JSON),
    "kml": re.compile(rb"(?s)(?!.*<OGRVRT).*<(?:\w+:)?kml[\s>]", re.IGNORECASE),
    "gpkg": re.compile(rb"SQLite format 3\0"),
    "fgb": re.compile(rb"fgb"),
    "shp": re.compile(rb"\0\0\x27\x0a"),
}
"""How a file of each ending begins."""


def read_layer(path: Path, asked: Asked) -> Table:
    """Return one layer of a GIS file: the one asked for, else the first."""
    import pyogrio

    kind = ending(path)
    if kind in ("zip", "kmz"):
        check_archive(path)
    address = _inside(path) if kind == "zip" else path.resolve()
    if kind not in ("zip", "kmz"):
        with path.open("rb") as file:
            _check_start(path.name, kind, file.read(_START))
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(address)]
        if asked.sheet is not None and asked.sheet not in names:
            raise UnreadableFile(
                f"{path.name} has no layer {asked.sheet!r}; it has {', '.join(map(repr, names))}"
            )
        layer = asked.sheet or names[0]
        facts = pyogrio.read_info(address, layer=layer, force_feature_count=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        raise UnreadableFile(f"{path.name} cannot be read as {DRIVERS[kind]}: {error}") from error
    if facts["driver"] not in (DRIVERS[kind], "LIBKML" if kind in ("kml", "kmz") else DRIVERS[kind]):
        raise UnreadableFile(
            f"{path.name} is {facts['driver']} and not {DRIVERS[kind]}; give it its own ending"
        )
    if facts["features"] > MAX_ROWS or len(facts["fields"]) > MAX_COLUMNS:
        raise UnreadableFile(f"{path.name} is too large: {facts['features']:,} features; split it")
    notes = [f"only the layer {layer!r} was read; there are {len(names)}"] if len(names) > 1 else []
    transformer(asked.crs)
    crs = asked.crs or facts["crs"]
    if crs is None:
        notes.append("says no coordinate system: WGS 84, longitude first, was assumed")
    header = named_columns([GEOMETRY, *map(str, facts["fields"])])
    return Table(layer, header, _features(address, layer, int(facts["features"]), crs), tuple(notes))


def _inside(path: Path) -> str:
    """Return GDAL's address of the one Shapefile in a ZIP."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".shp")]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if len(names) != 1:
            raise UnreadableFile(
                f"{path.name} holds {len(names)} Shapefiles; put one with its parts in a ZIP"
            )
        with archive.open(names[0]) as file:
            _check_start(path.name, "shp", file.read(_START))
    return f"/vsizip/{{{path.resolve()}}}/{names[0]}"


def _check_start(name: str, kind: str, start: bytes) -> None:
    """Refuse what another driver would open: GDAL tries them all, and some files lead it to other files."""
    if not _STARTS[kind].match(start):
        raise UnreadableFile(f"{name} cannot be read as {DRIVERS[kind]}: it does not begin like one")


def read_parquet(path: Path, asked: Asked) -> Table:
    """Return a GeoParquet file."""
    import geopandas

    try:
        frame = geopandas.read_parquet(path)
    except (ValueError, OSError) as error:
        raise UnreadableFile(f"{path.name} is no GeoParquet that can be read: {error}") from error
    if len(frame) > MAX_ROWS:
        raise UnreadableFile(f"{path.name} has {len(frame):,} rows; {MAX_ROWS:,} are allowed")
    header = named_columns([GEOMETRY, *(str(name) for name in frame.columns if name != frame.geometry.name)])
    return Table(path.name, header, _framed(frame, asked.crs or frame.crs, 0))


def _features(address: Any, layer: str, count: int, crs: str | None) -> Iterator[Row]:
    import pyogrio

    for start in range(0, max(count, 1), _BATCH):
        frame = pyogrio.read_dataframe(address, layer=layer, skip_features=start, max_features=_BATCH)
        yield from _framed(frame, crs, start)


def _framed(frame: Any, crs: Any, start: int) -> Iterator[Row]:
    import shapely
    from geopandas import GeoDataFrame

    if not isinstance(frame, GeoDataFrame):
        shapes: list[str] = [""] * len(frame)
    else:
        located = frame.set_crs(crs, allow_override=True) if crs else frame
        plain = located.to_crs("EPSG:4326") if crs else located
        flat = shapely.force_2d(plain.geometry.values)
        shapes = [shape.wkt if shape is not None and not shape.is_empty else "" for shape in flat]
        frame = frame.drop(columns=frame.geometry.name)
    texts = [[_text(value) for value in frame[name]] for name in frame.columns]
    for place, cells in enumerate(zip(shapes, *texts, strict=True)):
        yield Row(start + place + 1, cells)


def _text(value: Any) -> str:
    import pandas

    if value is None or (not isinstance(value, list | dict) and pandas.isna(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def transformer(crs: str | None) -> Any:
    """Return what leads from a system of coordinates to WGS 84, longitude first; None where none is said."""
    if crs is None:
        return None
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except CRSError as error:
        raise UnreadableFile(
            f"[file] crs: {crs!r} is no system of coordinates; write such as EPSG:32638"
        ) from error
