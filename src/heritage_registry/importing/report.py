"""What is told of an import, and the rows that wait to be mended."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from heritage_registry.importing.plan import Plan

_MOST_SHOWN = 200
PROBLEM_COLUMN = "problem"


def lines(plan: Plan) -> Iterator[str]:
    """Yield the report, line by line: how it was read, what would be written, and every problem."""
    yield f"{plan.sheet}: {plan.read:,} rows"
    for note in plan.notes:
        yield f"  {note}"
    for name, column in plan.mapping.columns.items():
        shown = "; ".join(text[:30] for text in plan.examples.get(name, ()))
        language = f" ({column.language})" if column.language else ""
        yield f"  {name!r} is {column.field}{language}: {shown}"
    for name in plan.unplaced:
        shown = "; ".join(text[:30] for text in plan.examples.get(name, ()))
        yield f"  {name!r} is LEFT OUT, nobody said what it is: {shown}"
    yield f"new: {len(plan.new):,} drafts"
    yield f"added to: {len(plan.changed):,} drafts"
    yield f"known already: {plan.unchanged:,} rows"
    yield f"may be held already: {len(plan.alike):,}"
    for alike in plan.alike[:_MOST_SHOWN]:
        distance = f", {alike.likely.distance_m:,} m away" if alike.likely.distance_m is not None else ""
        name = alike.site.properties.names[0].text
        yield f"  row {alike.row}, {name}: like {alike.likely.site}{distance}"
    stops = plan.stops
    yield f"with problems: {len({problem.row for problem in stops}):,} rows, {len(stops):,} problems"
    for problem in stops[:_MOST_SHOWN]:
        yield f"  {problem}"
    if len(stops) > _MOST_SHOWN:
        yield f"  and {len(stops) - _MOST_SHOWN:,} more; --problems FILE writes the rows with all of them"
    notes = Counter(problem.message for problem in plan.problems if problem.is_note)
    for message, count in notes.most_common(_MOST_SHOWN):
        yield f"  told only, {count:,} cells: {message}"


def rows_to_mend(plan: Plan) -> bytes:
    """Return the rows that were kept out as CSV in UTF-8, with their problems: mend and import it again."""
    by_row: dict[int, list[str]] = {}
    for problem in plan.stops:
        column = f"{problem.column}: " if problem.column else ""
        value = f"{problem.value!r} " if problem.value else ""
        by_row.setdefault(problem.row, []).append(f"{column}{value}{problem.message}")
    out = io.StringIO("\ufeff", newline="")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow([*plan.header, PROBLEM_COLUMN])
    for row in plan.rows:
        writer.writerow([*map(_cell, row.cells), "\n".join(by_row.get(row.number, ()))])
    return out.getvalue().encode()


def _cell(text: str) -> str:
    """A cell that begins like a formula would run in a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace(",", "", 1).removeprefix("-").removeprefix("+").isdecimal()
