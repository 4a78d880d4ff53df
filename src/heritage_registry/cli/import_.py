"""`heritage import`: a table that somebody keeps, as drafts; nothing is written until it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from msgspec.structs import replace

from heritage_registry.cli.make import written
from heritage_registry.cli.shared import count, progress, read
from heritage_registry.cli.signing import signature, signed
from heritage_registry.registry import Progress
from heritage_registry.review import with_author


def _counting(advance: Progress | None) -> Callable[[int], object]:
    """Tell rows as they come: how many there will be is not known before the last one."""
    return (lambda done: advance(done, done)) if advance else (lambda _: None)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column is what (TOML). What it leaves out is guessed.",
)
@click.option(
    "--save-mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the mapping that was used, to correct it and use it again.",
)
@click.option("--source", metavar="KEY", help="Source of the registry that every statement cites.")
@click.option("--language-of-texts", metavar="TAG", help="Language of names and texts (BCP 47).")
@click.option("--precision", metavar="TERM", help="What points show: monument, settlement or area.")
@click.option("--write", "writes", is_flag=True, help="Write the drafts, all or none. Without it nothing is.")
@click.option("--good-rows", is_flag=True, help="With --write: leave out the rows that have problems.")
@click.option("--take-alike", is_flag=True, help="Take rows, too, that may be sites the registry holds.")
@click.option(
    "--problems",
    "problems_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows with problems as CSV, to mend them and import that file.",
)
@signed
@click.pass_obj
def import_command(
    directory: Path,
    *,
    file: Path,
    mapping_file: Path | None,
    save_mapping: Path | None,
    source: str | None,
    language_of_texts: str | None,
    precision: str | None,
    writes: bool,
    good_rows: bool,
    take_alike: bool,
    problems_file: Path | None,
    by: str,
    organisation: str,
) -> None:
    """Read a table into draft records, and say what would come of every row.

    FILE is CSV, TSV, XLSX, ODS, GeoJSON, KML, KMZ, GeoPackage, FlatGeobuf, GeoParquet or a Shapefile (in a
    ZIP). Rows of the same number or code, and rows imported before, add to one record; nothing that a record
    holds is changed. docs/import.md says what a mapping can hold.
    """
    from heritage_registry.importing.files import open_file
    from heritage_registry.importing.mapping import (
        ColumnMapping,
        completed_mapping,
        mapping_text,
        read_mapping,
    )
    from heritage_registry.importing.plan import plan_import
    from heritage_registry.importing.report import lines, rows_to_mend
    from heritage_registry.importing.writing import digests_of, finish_import, write_sites

    if finish_import(directory):
        click.echo("An import that was cut off is finished now.", err=True)
    registry = read(directory)
    mapping = read_mapping(mapping_file) if mapping_file else ColumnMapping()
    given = {"source": source, "language": language_of_texts, "precision": precision}
    constants = replace(mapping.constants, **{name: text for name, text in given.items() if text})
    table = open_file(file, mapping.asked)
    completed, unplaced = completed_mapping(replace(mapping, constants=constants), table.header)
    if save_mapping:
        written(save_mapping, mapping_text(completed, unplaced, {}).encode())
    with progress("Reading rows") as advance:
        plan = plan_import(
            table, completed, unplaced, registry, takes_alike=take_alike, progress=_counting(advance)
        )
    for line in lines(plan):
        click.echo(line)
    if save_mapping:
        click.echo(written(save_mapping, mapping_text(completed, unplaced, plan.examples).encode()))
    if problems_file and plan.rows:
        click.echo(written(problems_file, rows_to_mend(plan)))
    is_whole = not plan.stops and not plan.alike
    if writes and (is_whole or good_rows):
        sites = {**plan.new, **plan.changed}
        digests = digests_of(registry, plan.changed)
        signs = signature(directory, by, organisation)
        publishing = registry.config.publishing
        paths = write_sites(
            directory, {key: with_author(site, publishing, signs) for key, site in sites.items()}, digests
        )
        click.echo(f"Wrote {count(len(paths), 'record')}.")
    elif writes:
        click.echo("Nothing was written: mend the rows, or write the others with --good-rows.", err=True)
    else:
        click.echo("Nothing was written: this was a look. --write writes it.", err=True)
    if not is_whole:
        sys.exit(1)
