"""Commands that check and format the records and make files from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from heritage_registry.attachments import fixity_problems
from heritage_registry.cli.shared import count, progress, read, size, unwritable_told
from heritage_registry.errors import dotted
from heritage_registry.neutrality import hints
from heritage_registry.outputs import write_if_changed
from heritage_registry.public import public_view
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    Registry,
    examine,
    format_records,
    formatting_changes,
    record_path,
)
from heritage_registry.schema import RECORD_TYPES, json_schema
from heritage_registry.site import EvidenceFile, Site


@click.command()
@click.option(
    "--hints",
    "with_hints",
    is_flag=True,
    help="Also ask about loaded words and statements stronger than their source; none is a problem.",
)
@click.pass_obj
def check(directory: Path, with_hints: bool) -> None:
    """Tell every problem of every record, with its file and line."""
    with progress("Checking records") as advance:
        registry, problems = examine(directory, advance)
    problems += fixity_problems(directory, _evidence_files(registry))
    for line in _hint_lines(registry) if with_hints else ():
        click.echo(line)
    for problem in problems:
        click.echo(problem)
    if problems:
        files = len({problem.file for problem in problems})
        click.echo(f"{count(len(problems), 'problem')} in {count(files, 'file')}.", err=True)
        sys.exit(1)
    groups = {"site": registry.sites, "source": registry.sources, "claim": registry.claims}
    checked = ", ".join(count(len(group), noun) for noun, group in groups.items())
    click.echo(f"Checked {checked}: no problems.")


def _hint_lines(registry: Registry) -> Iterator[str]:
    from heritage_registry.web.wording import web_messages

    words = web_messages("en")
    groups = ((SITES, registry.sites), (CLAIMS, registry.claims), (SOURCES, registry.sources))
    for kind, records in groups:
        for key, record in records.items():
            for hint in hints(record):
                said = words[f"hint.{hint.kind}"].format(**hint.values("en"))
                file = record_path(Path(), kind, key).as_posix()
                yield f"{file}: {dotted(hint.field)}: {said} ({' '.join(hint.text.split())[:120]})"


def _evidence_files(registry: Registry) -> Iterator[EvidenceFile]:
    proposed = (record for record in registry.proposals.values() if isinstance(record, Site))
    for site in (*registry.sites.values(), *proposed):
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

    The page opens without a network. A page that holds the same already is left as it is, also where
    another machine's zlib packed it in other bytes.
    """
    registry = read(directory)
    from heritage_registry.maps.page import map_page
    from heritage_registry.maps.sameness import same_content

    page = map_page(registry)
    if output.is_file() and same_content(before := output.read_text("utf-8", "replace"), page):
        page = before
    content = page.encode()
    sites = public_view(registry.sites.values())
    drawn = sum(site.geometry is not None for site in sites)
    done = written(output, content)
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
@click.argument("kind", type=click.Choice(tuple(RECORD_TYPES)), default="site")
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of record, for editors.

    With it an editor completes and checks while you type.
    """
    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))


def written(path: Path, content: bytes) -> str:
    """Write a file unless it holds the same already, and tell what was done."""
    with unwritable_told(path):
        return f"{'Wrote' if write_if_changed(path, content) else 'Up to date:'} {path}"
