"""`heritage places`: the points of settlements by a name in any script, for records without a better one."""

from __future__ import annotations

from pathlib import Path

import click

from heritage_registry.gazetteer import GazetteerPlace, find_places, read_gazetteer


@click.command()
@click.argument("name")
@click.pass_obj
def places(directory: Path, name: str) -> None:
    """Find the point of a settlement by its NAME in any script.

    Prints longitude, latitude and names, best first. All settlements of one name are shown: which is meant,
    you decide. The point is the gazetteer's for the whole settlement, never the place of a site.
    """
    gazetteer = read_gazetteer(directory)
    found = find_places(name, gazetteer)
    if not found:
        raise click.ClickException(f"no settlement of the base map answers to {name!r}")
    for place in found:
        click.echo(f"{place.longitude:.4f} {place.latitude:.4f}  {_names(place)}")
    click.echo(gazetteer.credit, err=True)


def _names(place: GazetteerPlace) -> str:
    return " · ".join(dict.fromkeys(names[0] for names in place.names.values()))
