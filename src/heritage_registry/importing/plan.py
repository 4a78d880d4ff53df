"""What an import would do: every row is new, an addition, known already, a likely duplicate, or a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from heritage_registry.checks import run_checks
from heritage_registry.duplicates import Likeness, candidate_of, index_sites, likely_duplicates
from heritage_registry.errors import dotted
from heritage_registry.findings import Chosen, Records
from heritage_registry.importing.errors import CellProblem
from heritage_registry.importing.joining import joined
from heritage_registry.importing.mapping import ColumnMapping
from heritage_registry.importing.rows import RowReader
from heritage_registry.importing.tables import Row, Table
from heritage_registry.publishing import status_of
from heritage_registry.registry import Registry, collector_paused
from heritage_registry.site import Site

EXAMPLES = 3


class Alike(msgspec.Struct, frozen=True):
    """A row that may be a place the registry holds, and which."""

    row: int
    site: Site
    likely: Likeness


class Plan(msgspec.Struct):
    """What an import comes to. `new` and `changed` hold whole records by id, `alike` is in neither.

    `rows` are the rows with a problem as they stand in the file, so that they can be mended and read again.
    """

    sheet: str
    header: tuple[str, ...]
    mapping: ColumnMapping
    notes: list[str]
    unplaced: list[str]
    examples: dict[str, list[str]] = {}
    read: int = 0
    new: dict[str, Site] = {}
    changed: dict[str, Site] = {}
    unchanged: int = 0
    alike: list[Alike] = []
    problems: list[CellProblem] = []
    rows: list[Row] = []

    @property
    def stops(self) -> list[CellProblem]:
        """The problems that keep a row out; the others are only told."""
        return [problem for problem in self.problems if not problem.is_note]


def plan_import(
    table: Table,
    mapping: ColumnMapping,
    unplaced: Sequence[str],
    registry: Registry,
    *,
    takes_alike: bool,
    progress: Callable[[int], object] = lambda _: None,
) -> Plan:
    """Read every row and return what would be written. Rows of one id are put together in one record."""
    plan = Plan(table.sheet, table.header, mapping, list(table.notes), list(unplaced))
    reader = RowReader(table.sheet, table.header, mapping, registry)
    rows_of: dict[str, list[Row]] = {}
    with collector_paused():
        for row in _with_examples(table, plan):
            plan.read += 1
            taken = reader.read(row)
            plan.problems += taken.problems
            if taken.site is None:
                plan.rows.append(row)
            else:
                rows_of.setdefault(taken.site.id, []).append(row)
                _sort_in(plan, taken.site, row, registry)
            if plan.read % 1_000 == 0:
                progress(plan.read)
    _refuse_what_breaks_rules(plan, rows_of, registry)
    if not takes_alike:
        _set_apart(plan, rows_of, registry)
    plan.problems.sort()
    plan.rows.sort(key=lambda row: row.number)
    return plan


def _with_examples(table: Table, plan: Plan) -> Iterator[Row]:
    for row in table.rows:
        if plan.read < 200:
            for name, cell in zip(table.header, row.cells, strict=True):
                shown = plan.examples.setdefault(name, [])
                if cell.strip() and cell not in shown and len(shown) < EXAMPLES:
                    shown.append(cell)
        yield row


def _sort_in(plan: Plan, site: Site, row: Row, registry: Registry) -> None:
    key = site.id
    if key in plan.new:
        after = joined(plan.new[key], site)
        plan.unchanged += after == plan.new[key]
        plan.new[key] = after
        return
    before = plan.changed.get(key) or registry.sites.get(key)
    if before is None:
        plan.new[key] = site
        return
    after = joined(before, site)
    if after == before:
        plan.unchanged += 1
    elif status_of(before) != "draft":
        message = (
            f"adds to {key}, which is {status_of(before)}; add it there in the app, where it is reviewed"
        )
        plan.problems.append(CellProblem(plan.sheet, row.number, "", "", message))
        plan.rows.append(row)
    else:
        plan.changed[key] = after


def _refuse_what_breaks_rules(plan: Plan, rows_of: Mapping[str, list[Row]], registry: Registry) -> None:
    """Run the registry's own rules on the records that would be written; one that breaks any waits whole."""
    written = {**plan.new, **plan.changed}
    if not written:
        return
    everything = {**registry.sites, **written}
    records = Records(
        registry.config,
        Chosen(everything, written),
        Chosen(registry.sources, ()),
        Chosen(registry.claims, ()),
    )
    waiting = {row.number: row for row in plan.rows}
    for finding in run_checks(records):
        plan.new.pop(finding.id, None)
        plan.changed.pop(finding.id, None)
        message = f"{dotted(finding.field)}: {finding.message}"
        for row in rows_of[finding.id]:
            plan.problems.append(CellProblem(plan.sheet, row.number, "", "", message))
            waiting[row.number] = row
    plan.rows = list(waiting.values())


def _set_apart(plan: Plan, rows_of: Mapping[str, list[Row]], registry: Registry) -> None:
    """Take out the new sites that may be places the registry holds: somebody has to look at each."""
    index = index_sites(registry.sites.values())
    for key, site in list(plan.new.items()):
        found = [one for one in likely_duplicates(candidate_of(site), index) if one.is_warning]
        if found:
            plan.alike.append(Alike(rows_of[key][0].number, site, found[0]))
            del plan.new[key]
