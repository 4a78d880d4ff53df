"""Commands that check and format the records and make files from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from heritage_registry.attachments import fixity_problems
from heritage_registry.cli.shared import count, language_option, progress, read, size, unwritable_told
from heritage_registry.exports import EXPORTS
from heritage_registry.outputs import write_if_changed
from heritage_registry.public import public_view
from heritage_registry.registry import Registry, examine, format_records, formatting_changes
from heritage_registry.schema import RECORD_TYPES, json_schema
from heritage_registry.site import EvidenceFile


@click.command()
@click.pass_obj
def check(directory: Path) -> None:
    """Tell every problem of every record, with its file and line."""
    with progress("Checking records") as advance:
        registry, problems = examine(directory, advance)
    problems += fixity_problems(directory, _evidence_files(registry))
    for problem in problems:
        click.echo(problem)
    if problems:
        files = len({problem.file for problem in problems})
        click.echo(f"{count(len(problems), 'problem')} in {count(files, 'file')}.", err=True)
        sys.exit(1)
    groups = {"site": registry.sites, "source": registry.sources, "claim": registry.claims}
    checked = ", ".join(count(len(group), noun) for noun, group in groups.items())
    click.echo(f"Checked {checked}: no problems.")


def _evidence_files(registry: Registry) -> Iterator[EvidenceFile]:
    for site in registry.sites.values():
        for report in site.properties.reports:
            yield from report.evidence.files


@click.command("format")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; list what would change.")
@click.pass_obj
def format_command(directory: Path, only_check: bool) -> None:
    """Write every record in its canonical form.

    That is: fields in their order, two blanks of indent, composed letters. Nothing else changes.
    """
    with progress("Formatting records") as advance:
        if only_check:
            changed = [path for path, _, _ in formatting_changes(directory, advance)]
        else:
            changed = format_records(directory, advance)
    for path in changed:
        click.echo(path)
    verb = "would change" if only_check else "changed"
    click.echo(f"{count(len(changed), 'file')} {verb}.", err=True)
    if only_check and changed:
        sys.exit(1)


@click.command("map")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("maps/index.html"),
    show_default=True,
    help="The page to write.",
)
@click.pass_obj
def map_command(directory: Path, output: Path) -> None:
    """Make the map of the published sites, one page.

    The page opens without a network. Same records, same bytes.
    """
    registry = read(directory)
    from heritage_registry.maps.page import map_page

    content = map_page(registry).encode()
    sites = public_view(registry.sites.values())
    drawn = sum(site.geometry is not None for site in sites)
    done = _written(output, content)
    click.echo(f"{done} ({drawn:,} of {count(len(sites), 'site')} drawn, {size(content)})")


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL", help="Where it will stand on the web, for its own addresses.")
@click.pass_obj
def publish(directory: Path, target: Path, base_url: str | None) -> None:
    """Write the published part as a web site into DIR.

    The map, and plain pages of every site, source and claim and of the coverage, in each reader language,
    for any web host. Pages of records that are no longer public are removed; other files in DIR stay.
    """
    registry = read(directory)
    from heritage_registry.pages.publish import publish as write_pages

    with unwritable_told(target), progress("Writing pages") as advance:
        made = write_pages(registry, target, base_url, advance)
    removed = f", {made.removed:,} removed" if made.removed else ""
    click.echo(
        f"Wrote {target} ({count(made.files, 'file')}, {made.changed:,} changed{removed}, "
        f"{made.size / 1e6:,.1f} MB)"
    )


@click.command()
@click.argument("format_name", metavar="FORMAT", type=click.Choice(tuple(EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@language_option
@click.pass_obj
def export(directory: Path, format_name: str, file: Path, language: str) -> None:
    """Write the published sites to FILE, as csv or geojson."""
    registry = read(directory)
    content = EXPORTS[format_name](registry, language)
    sites = len(public_view(registry.sites.values()))
    click.echo(f"{_written(file, content)} ({count(sites, 'site')}, {size(content)})")


@click.command()
@click.argument("kind", type=click.Choice(tuple(RECORD_TYPES)), default="site")
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of record, for editors.

    With it an editor completes and checks while you type.
    """
    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))


def _written(path: Path, content: bytes) -> str:
    """Write a file and tell what was done."""
    with unwritable_told(path):
        return f"{'Wrote' if write_if_changed(path, content) else 'Up to date:'} {path}"
