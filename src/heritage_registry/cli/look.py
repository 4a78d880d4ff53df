"""Commands that show what a registry holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from heritage_registry.assessment import assess
from heritage_registry.cli.record_words import record_text
from heritage_registry.cli.selecting import Chosen, chosen_sites, site_options
from heritage_registry.cli.shared import count, language_option, read
from heritage_registry.find import find_one_or_more, names_for
from heritage_registry.form import in_language
from heritage_registry.registry import Registry
from heritage_registry.site import Site, site_types
from heritage_registry.statistics import Statistics, statistics
from heritage_registry.vocabulary import standing_label, vocabulary


class ListedSite(msgspec.Struct, frozen=True):
    """A site in a list. `names` has the names in the reader's language first."""

    id: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    standing: str
    condition: tuple[str, ...]
    contested: bool
    status: str


@click.command("list")
@click.argument("query", required=False)
@site_options
@click.option("--status", type=click.Choice(vocabulary("status").ids), help="Only records with this status.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_command(
    directory: Path,
    *,
    query: str | None,
    community: str | None,
    site_type: str | None,
    condition: str | None,
    status: str | None,
    language: str,
    as_json: bool,
) -> None:
    """List sites, all or those that QUERY finds.

    QUERY is an id, a name or the name of a place, in any script and spelling: the best finds come first.
    """
    registry = read(directory)
    sites = chosen_sites(registry, Chosen(query, community, site_type, condition))
    rows = [
        _row(site, registry, language) for site in sites if status is None or status == site.properties.status
    ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        click.echo(_line(row, language))
    click.echo(f"{count(len(rows), 'site')}." if rows else "No site found.", err=True)


def _row(site: Site, registry: Registry, language: str) -> ListedSite:
    found = assess(site, registry.sources)
    return ListedSite(
        id=site.id,
        names=tuple(dict.fromkeys(name.text for name in names_for(site, language))),
        types=site_types(site),
        standing=found.standing,
        condition=found.condition.grades if found.condition else (),
        contested=bool(found.disagreements),
        status=site.properties.status,
    )


def _line(row: ListedSite, language: str) -> str:
    first, *others = row.names
    name = f"{first} ({'; '.join(others)})" if others else first
    types = " / ".join(vocabulary("site_type").label(t, language) for t in row.types)
    marks = [types, standing_label(row.standing, language)]
    if row.contested:
        marks.append("contested")
    if row.status != "published":
        marks.append(vocabulary("status").label(row.status, language))
    return f"{row.id}  {name}: {', '.join(marks)}"


@click.command()
@click.argument("record", metavar="ID|NAME")
@language_option
@click.pass_obj
def show(directory: Path, record: str, language: str) -> None:
    """Show everything about one site, source or claim.

    A site can be asked for by a name in any script; where several answer, they are listed.
    """
    registry = read(directory)
    found = find_one_or_more(registry, record)
    if len(found) == 1:
        click.echo(record_text(found[0], registry, language))
        return
    for site in found:
        assert isinstance(site, Site)  # only a name finds several records
        click.echo(_line(_row(site, registry, language), language))
    click.echo(f"{count(len(found), 'site')} answer to {record!r}; show one by its id.", err=True)
    sys.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
@click.pass_obj
def stats(directory: Path, as_json: bool, language: str) -> None:
    """Count sites by community, type, condition and evidence.

    Only published ones, other than by status. A site can have several types or
    communities, so rows may add up to more than all sites.
    """
    registry = read(directory)
    found = statistics(registry)
    if as_json:
        _print_json(found)
        return
    for line in _table(found, registry, language):
        click.echo(line)


def _table(found: Statistics, registry: Registry, language: str) -> list[str]:
    def labelled(name: str, counts: dict[str, int]) -> dict[str, int]:
        return {vocabulary(name).label(k, language): n for k, n in counts.items()}

    communities = registry.config.communities_by_id
    published = found.status.get("published", 0)
    groups = {
        "Records": {
            **{f"Sites, {label.lower()}": n for label, n in labelled("status", found.status).items()},
            "Sources": found.sources,
            "Claims": found.claims,
        },
        f"Of {count(published, 'published site')}": {
            "With a location": found.located,
            "Contested": found.contested,
            "Reports go back to a single source": found.single_source,
        },
        "By community that somebody connects them with": {
            in_language(communities[k].label, language)[1]: n for k, n in found.community.items()
        },
        "By type": labelled("site_type", found.type),
        "By condition last observed": {standing_label(k, language): n for k, n in found.condition.items()},
        f"{count(found.reports, 'condition report')} by evidence": labelled("evidence_type", found.evidence),
    }
    lines: list[str] = []
    for title, counts in groups.items():
        if counts:
            width = max(map(len, counts))
            lines += ["", title, *(f"  {label:<{width}}  {n:>7,}" for label, n in counts.items())]
    return lines[1:]


def _print_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
