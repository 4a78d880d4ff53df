"""`heritage serve`: the registry in a browser on this machine."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8642, show_default=True, help="0: any free one."
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address of this machine that only it can reach."
)
@click.option("--no-browser", is_flag=True, help="Don't open the browser.")
@click.pass_obj
def serve(directory: Path, port: int, host: str, no_browser: bool) -> None:
    """Look at the registry and add to it in a browser, on this machine alone.

    What is written goes into the registry's files by the same checks as 'heritage add' and 'heritage edit';
    what is changed in the files shows on reload.
    """
    from heritage_registry.web.serve import serve as start

    start(directory, host, port, opens_browser=not no_browser, say=click.echo)
