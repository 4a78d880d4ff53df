"""Files that GIS programs open: GeoPackage with related tables, FlatGeobuf, GeoParquet, PMTiles.

GDAL writes the first, second and last, through pyogrio. Clocks are kept out, so that the same records give
the same bytes with the same libraries.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from heritage_registry.errors import RegistryError
from heritage_registry.exports.layers import (
    CLAIM_COLUMNS,
    REPORT_COLUMNS,
    SOURCE_COLUMNS,
    PublicLayers,
    about,
    public_layers,
)
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.table import sites_table

_NO_CLOCK = {"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"}
"""GeoPackage writes when a layer changed last: the digest in `about` says more than a clock."""

_TILES = {"MINZOOM": "4", "MAXZOOM": "12", "MAX_SIZE": "2000000", "MAX_FEATURES": "400000"}
"""GDAL would leave sites out of full tiles: with these limits a tile holds every site in it."""


def geopackage_file(registry: Registry, language: str) -> bytes:
    """Return a GeoPackage with the layers sites (WGS 84), reports, sources, claims and about."""
    layers = public_layers(registry, language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.gpkg"
        with _without_clock():
            _write(layers.sites, path, "GPKG", layer="sites", geometry_type="Unknown", append=False)
            for name, frame in _tables(layers):
                _write(frame, path, "GPKG", layer=name, append=True)
        return path.read_bytes()


def flatgeobuf_file(registry: Registry, language: str) -> bytes:
    """Return the published sites as FlatGeobuf in WGS 84, with a spatial index where all have a shape."""
    facts = about(registry, language)
    rights = f"{facts['licence']}. {facts['attribution']}. {facts['digest']}"
    frame = sites_table(public_view(registry.sites.values()), registry.sources, language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.fgb"
        titled = {"TITLE": facts["title"], "DESCRIPTION": rights}
        # The index holds shapes only: without one, sites that nobody located are kept too.
        indexed = "NO" if frame.geometry.isna().any() else "YES"
        _write(
            frame, path, "FlatGeobuf", layer="sites", geometry_type="Unknown",
            layer_options={**titled, "SPATIAL_INDEX": indexed},
        )  # fmt: skip
        return path.read_bytes()


def geoparquet_file(registry: Registry, language: str) -> bytes:
    """Return the published sites as GeoParquet 1.1 in WGS 84, with a box for each site."""
    import pyarrow.parquet

    frame = sites_table(public_view(registry.sites.values()), registry.sources, language)
    made = io.BytesIO()
    frame.to_parquet(made, schema_version="1.1.0", write_covering_bbox=True, index=False)
    table = pyarrow.parquet.read_table(made)
    facts = {name.encode(): text.encode() for name, text in about(registry, language).items()}
    out = io.BytesIO()
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), **facts}), out, compression="zstd"
    )
    return out.getvalue()


def pmtiles_file(registry: Registry, language: str) -> bytes:
    """Return the located sites as vector tiles (MVT) in one PMTiles file, zoom 4 to 12, layer `sites`.

    Raises `RegistryError` where there is none: tiles cannot be empty.
    """
    facts = about(registry, language)
    frame = sites_table(public_view(registry.sites.values()), registry.sources, language)
    located = frame[~frame.geometry.isna()]
    if located.empty:
        raise RegistryError("no public site has a location, so there is nothing to make tiles of")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.pmtiles"
        rights = f"{facts['licence']}. {facts['attribution']}. {facts['digest']}"
        _write(
            located, path, "PMTiles", layer="sites", geometry_type="Unknown",
            dataset_options={**_TILES, "NAME": facts["title"], "DESCRIPTION": rights},
        )  # fmt: skip
        return path.read_bytes()


def _tables(layers: PublicLayers) -> Iterator[tuple[str, Any]]:
    import pandas

    groups: tuple[tuple[str, list[dict[str, Any]], Mapping[str, str]], ...] = (
        ("reports", layers.reports, REPORT_COLUMNS),
        ("sources", layers.sources, SOURCE_COLUMNS),
        ("claims", layers.claims, CLAIM_COLUMNS),
    )
    for name, rows, columns in groups:
        yield name, pandas.DataFrame(rows, columns=list(columns), dtype="str")
    facts = [{"what": name, "text": text} for name, text in layers.about.items()]
    yield "about", pandas.DataFrame(facts, columns=["what", "text"], dtype="str")


def _write(frame: Any, path: Path, driver: str, **options: Any) -> None:
    import pyogrio

    pyogrio.write_dataframe(frame, path, driver=driver, **options)


@contextmanager
def _without_clock() -> Iterator[None]:
    import pyogrio

    pyogrio.set_gdal_config_options(_NO_CLOCK)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_NO_CLOCK))
