"""Files for other programs, made from the public view: same records, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from heritage_registry.exports.csv import csv_file
from heritage_registry.exports.geojson import geojson_file
from heritage_registry.registry import Registry

Export = Callable[[Registry, str], bytes]
"""Takes a registry and the language of labels; returns the file."""

EXPORTS: Mapping[str, Export] = {"csv": csv_file, "geojson": geojson_file}
"""Every format by its name."""
