"""A spreadsheet (CSV, RFC 4180): one row a site. It opens in any script, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.table import COLUMNS, sites_table

_FORMULA = re.compile(r"[=+\-@\t\r]")
_BYTE_ORDER_MARK = "\ufeff"


def csv_file(registry: Registry, language: str) -> bytes:
    """Return the published sites as CSV, with the middle of each shape, the licence and the attribution.

    UTF-8 with a byte order mark, without which spreadsheets take Armenian letters for something else.
    """
    table = sites_table(public_view(registry.sites.values()), registry.sources, language)
    columns = [name for name in COLUMNS if name != "geometry"]
    out = io.StringIO(_BYTE_ORDER_MARK, newline="")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow([*columns, "longitude", "latitude", "licence", "attribution"])
    rights = [_cell(registry.config.licence), _cell(registry.config.attribution)]
    for row in table.to_dict("records"):
        writer.writerow([*(_cell(row[name]) for name in columns), *_middle(row["geometry"]), *rights])
    return out.getvalue().encode()


def as_text(text: str) -> str:
    """Return a text behind an apostrophe if it begins like a formula, or it would run."""
    return f"'{text}" if _FORMULA.match(text) else text


def _middle(shape: Any) -> list[Any]:
    """Return longitude and latitude of a point, or of a point within a shape, to six decimals."""
    if shape is None:
        return ["", ""]
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    return [round(point.x, 6), round(point.y, 6)]


def _cell(value: Any) -> Any:
    """Return what is written for a value."""
    import pandas

    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if pandas.isna(value) else value
