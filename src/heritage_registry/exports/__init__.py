"""Files for other programs, made from the public view: same records, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from heritage_registry.exports.bibliography import bibtex_file, csl_file, ris_file
from heritage_registry.exports.csv import csv_file
from heritage_registry.exports.geojson import geojson_file
from heritage_registry.exports.gis import flatgeobuf_file, geopackage_file, geoparquet_file, pmtiles_file
from heritage_registry.exports.kml import kml_file
from heritage_registry.exports.linked_art import linked_art_file
from heritage_registry.exports.linked_places import linked_places_file
from heritage_registry.exports.package import package_file
from heritage_registry.exports.spreadsheet import workbook_file
from heritage_registry.registry import Registry

Export = Callable[[Registry, str], bytes]
"""Takes a registry and the language of labels; returns the file."""


class Format(msgspec.Struct, frozen=True):
    """A form of file: what makes it, how its files are called, and what it holds."""

    make: Export
    file_name: str
    holds: str


EXPORTS: Mapping[str, Format] = {
    "csv": Format(csv_file, "sites.csv", "sites, one row each"),
    "xlsx": Format(workbook_file, "registry.xlsx", "sites, reports, sources and claims as sheets"),
    "geojson": Format(geojson_file, "sites.geojson", "sites with their shapes"),
    "geopackage": Format(
        geopackage_file, "registry.gpkg", "sites with their shapes, reports, sources and claims as layers"
    ),
    "flatgeobuf": Format(flatgeobuf_file, "sites.fgb", "sites with their shapes"),
    "geoparquet": Format(geoparquet_file, "sites.parquet", "sites with their shapes"),
    "pmtiles": Format(pmtiles_file, "sites.pmtiles", "sites as map tiles"),
    "kml": Format(kml_file, "sites.kml", "sites for globe viewers"),
    "linked-places": Format(linked_places_file, "sites.lpf.json", "sites for gazetteers"),
    "linked-art": Format(linked_art_file, "registry.jsonld", "sites, assessments and sources in CIDOC CRM"),
    "csl-json": Format(csl_file, "sources.csl.json", "sources for reference managers"),
    "bibtex": Format(bibtex_file, "sources.bib", "sources for reference managers"),
    "ris": Format(ris_file, "sources.ris", "sources for reference managers"),
    "package": Format(package_file, "registry.zip", "every public record, whole, with tables"),
}
"""Every format by its name."""
