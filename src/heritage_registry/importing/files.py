"""Every form of table by its ending, and how it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from heritage_registry.importing.layers import DRIVERS, read_layer, read_parquet
from heritage_registry.importing.tables import Asked, Reader, Table, open_table
from heritage_registry.importing.text_tables import read_text_table
from heritage_registry.importing.workbooks import read_workbook

READERS: Mapping[str, Reader] = {
    "csv": read_text_table,
    "tsv": read_text_table,
    "xlsx": read_workbook,
    "ods": read_workbook,
    "parquet": read_parquet,
    **dict.fromkeys(DRIVERS, read_layer),
}
"""What opens a file, by its ending in lower case."""


def open_file(path: Path, asked: Asked) -> Table:
    """Return the table of a file. Raises `UnreadableFile`."""
    return open_table(path, asked, READERS)
