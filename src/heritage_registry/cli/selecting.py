"""Choosing sites on the command line: the same options for lists and for exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from heritage_registry.assessment import assess
from heritage_registry.find import by_name, find_sites
from heritage_registry.registry import Registry
from heritage_registry.site import Site, asserted_communities, site_types
from heritage_registry.vocabulary import STANDINGS, vocabulary

Command = TypeVar("Command", bound=Callable[..., Any])


class Chosen(msgspec.Struct, frozen=True):
    """What sites are narrowed to; None narrows nothing."""

    query: str | None = None
    community: str | None = None
    site_type: str | None = None
    condition: str | None = None


def site_options(command: Command) -> Command:
    """Add the options that narrow sites: `--community`, `--type`, `--condition`."""
    for option in (
        click.option(
            "--condition",
            type=click.Choice(STANDINGS),
            metavar="TERM",
            help="Only sites last seen in this condition, or without a single grade for a reason such as "
            "'undated'.",
        ),
        click.option(
            "--type",
            "site_type",
            type=click.Choice(vocabulary("site_type").ids),
            metavar="TERM",
            help="Only sites of this type.",
        ),
        click.option(
            "--community", metavar="ID", help="Only sites that somebody connects with this community."
        ),
    ):
        command = option(command)
    return command


def chosen_sites(registry: Registry, chosen: Chosen) -> list[Site]:
    """Return the sites asked for: the best finds of a query first, else by name."""
    known = registry.config.communities_by_id
    if chosen.community is not None and chosen.community not in known:
        message = f"{chosen.community!r} is not one of {', '.join(known)}"
        raise click.BadParameter(message, param_hint="'--community'")
    if chosen.query is None:
        sites = sorted(registry.sites.values(), key=by_name)
    else:
        sites = [hit.site for hit in find_sites(chosen.query, registry.sites.values())]
    return [
        site
        for site in sites
        if chosen.community is None or chosen.community in asserted_communities(site)
        if chosen.site_type is None or chosen.site_type in site_types(site)
        if chosen.condition is None or chosen.condition == assess(site, registry.sources).standing
    ]
