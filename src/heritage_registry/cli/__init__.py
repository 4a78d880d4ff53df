"""The command `heritage`. What is heavy, a table or a map, is imported by the command that needs it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import click

from heritage_registry.cli.account import account
from heritage_registry.cli.add import add
from heritage_registry.cli.attach import attach
from heritage_registry.cli.edit import edit
from heritage_registry.cli.export import export
from heritage_registry.cli.history import history, merge_command, pull_command
from heritage_registry.cli.import_ import import_command
from heritage_registry.cli.init import init
from heritage_registry.cli.look import list_command, show, stats
from heritage_registry.cli.make import check, format_command, map_command, publish, schema
from heritage_registry.cli.places import places
from heritage_registry.cli.push import push_command
from heritage_registry.cli.review import review
from heritage_registry.cli.serve import serve
from heritage_registry.cli.shared import count, registry_directory
from heritage_registry.errors import InvalidRecords, RegistryError


class _Commands(click.Group):
    """Commands in the order they were added; the only place that turns the package's errors into words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run with output in UTF-8 whatever the system has: names are in many scripts."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidRecords as error:
            click.echo(error, err=True)
            click.echo(f"{count(len(error.problems), 'problem')}.", err=True)
        except RegistryError as error:
            click.echo(f"Error: {error}", err=True)
        return ctx.exit(1)


@click.group("heritage", cls=_Commands)
@click.option(
    "--registry",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="HERITAGE_REGISTRY",
    help="Folder of the registry. Default: this folder if it holds registry.toml, else 'sites' in it.",
)
@click.version_option(package_name="heritage-registry")
@click.pass_context
def main(ctx: click.Context, registry: Path | None) -> None:
    """Keep a registry of cultural-heritage sites: who says what of each place, and on which evidence."""
    ctx.obj = registry_directory(registry)


for _command in (
    list_command, show, stats, places, add, edit, review, attach, check, format_command, map_command,
    publish, export, import_command, schema, init, serve, account, history, pull_command, push_command,
    merge_command,
):  # fmt: skip
    main.add_command(_command)
