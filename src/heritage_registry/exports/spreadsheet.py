"""A workbook (XLSX): sites, reports, sources, claims, and what every column means."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from heritage_registry.exports.layers import CLAIM_COLUMNS, REPORT_COLUMNS, SOURCE_COLUMNS, public_layers
from heritage_registry.registry import Registry
from heritage_registry.table import COLUMNS

MAX_CELL = 32_767
"""Letters that a cell can hold; what is longer ends with an ellipsis, as the sheet `about` says."""

_SITE_COLUMNS = {name: meaning for name, meaning in COLUMNS.items() if name != "geometry"} | {
    "longitude": "of a point within the shape, WGS 84",
    "latitude": "of a point within the shape, WGS 84",
}


def workbook_file(registry: Registry, language: str) -> bytes:
    """Return the workbook. Every text is written as text: no cell is a formula or a link."""
    import xlsxwriter

    layers = public_layers(registry, language)
    out = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **never})
    book.set_properties(
        {
            "title": layers.about["title"],
            "comments": f"{layers.about['licence']}. {layers.about['attribution']}. {layers.about['digest']}",
            "created": datetime(1980, 1, 1, tzinfo=UTC),  # a clock here would make every file another one
        }
    )
    sheets: tuple[tuple[str, Mapping[str, str], Sequence[Mapping[str, Any]]], ...] = (
        ("sites", _SITE_COLUMNS, [_located(row) for row in layers.sites.to_dict("records")]),
        ("reports", REPORT_COLUMNS, layers.reports),
        ("sources", SOURCE_COLUMNS, layers.sources),
        ("claims", CLAIM_COLUMNS, layers.claims),
    )
    bold = book.add_format({"bold": True})
    for name, columns, rows in sheets:
        _fill(book.add_worksheet(name), list(columns), rows, bold)
    _explain(book.add_worksheet("about"), layers.about, sheets, bold)
    book.close()
    return out.getvalue()


def _located(row: Mapping[str, Any]) -> dict[str, Any]:
    shape = row["geometry"]
    point = None if shape is None else shape if shape.geom_type == "Point" else shape.representative_point()
    return {
        **row,
        "longitude": round(point.x, 6) if point is not None else None,
        "latitude": round(point.y, 6) if point is not None else None,
    }


def _fill(sheet: Any, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], bold: Any) -> None:
    import pandas

    sheet.freeze_panes(1, 1)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, 40 if name in ("summary", "statement", "title", "names") else 18)
    for number, row in enumerate(rows, start=1):
        for column, name in enumerate(columns):
            value = row[name]
            if isinstance(value, str):
                sheet.write_string(number, column, _short(value))
            elif isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif not pandas.isna(value):
                sheet.write_number(number, column, float(value))
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _explain(sheet: Any, facts: Mapping[str, str], sheets: Any, bold: Any) -> None:
    lines = [(name, "", text) for name, text in facts.items()]
    lines += [(name, column, meaning) for name, columns, _ in sheets for column, meaning in columns.items()]
    lines.append(("all", "", f"a text of more than {MAX_CELL:,} letters is cut and ends with …"))
    for column, name in enumerate(("sheet", "column", "meaning")):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, 100 if name == "meaning" else 22)
    for number, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(number, column, text)


def _short(text: str) -> str:
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
