"""`heritage push`: hand on to others what is committed here."""

from __future__ import annotations

from pathlib import Path

import click

from heritage_registry.cli.shared import count
from heritage_registry.history import uncommitted
from heritage_registry.pushing import push


@click.command("push")
@click.pass_obj
def push_command(directory: Path) -> None:
    """Send what is committed here to the repository that the registry shares.

    Nothing is ever forced: where others were first, it says so, and `heritage pull` takes in their work.
    """
    done = push(directory)
    if done.commits:
        click.echo(f"Pushed {count(done.commits, 'commit')} to {done.branch}.")
    else:
        click.echo(f"Nothing new for {done.branch}.")
    left = uncommitted(directory)
    if left:
        click.echo(f"{count(len(left), 'file')} of records not committed yet, so not pushed.", err=True)
