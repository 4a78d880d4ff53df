"""`heritage export`: the public records as a file for other programs."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from heritage_registry.cli.make import written
from heritage_registry.cli.selecting import Chosen, chosen_sites, site_options
from heritage_registry.cli.shared import count, language_option, read, size
from heritage_registry.exports import EXPORTS
from heritage_registry.public import public_view

_FORMATS = "\n".join(f"  {name:14} {form.holds}" for name, form in EXPORTS.items())


@click.command(epilog=f"\b\nFormats:\n{_FORMATS}")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(tuple(EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--find", "query", metavar="QUERY", help="Only sites that this name, place or id finds.")
@site_options
@language_option
@click.pass_obj
def export(
    directory: Path,
    *,
    format_name: str,
    file: Path,
    query: str | None,
    community: str | None,
    site_type: str | None,
    condition: str | None,
    language: str,
) -> None:
    """Write the published records to FILE, in one of many formats.

    The options narrow it to some sites; claims about many sites are then left out.
    """
    registry = read(directory)
    chosen = Chosen(query, community, site_type, condition)
    if chosen != Chosen():
        sites = {site.id: site for site in chosen_sites(registry, chosen)}
        registry = replace(registry, sites=dict(sorted(sites.items())), claims={})
    content = EXPORTS[format_name].make(registry, language)
    sites_told = count(len(public_view(registry.sites.values())), "site")
    click.echo(f"{written(file, content)} ({sites_told}, {size(content)})")
