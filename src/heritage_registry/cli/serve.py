"""`heritage serve`: the registry in a browser on this machine, or for others with accounts."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8642, show_default=True, help="0: any free one."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Any but this machine's own needs accounts and encryption.",
)
@click.option("--address", default="", help="What others type to reach it: https://registry.example.org.")
@click.option("--behind-proxy", is_flag=True, help="A proxy on this machine encrypts and hands requests on.")
@click.option("--certificate", type=_FILE, help="Encrypt with this certificate (PEM, with its chain).")
@click.option("--key", type=_FILE, help="The certificate's key (PEM).")
@click.option(
    "--network-is-encrypted", is_flag=True, help="All who reach --host do so by WireGuard or an SSH tunnel."
)
@click.option("--no-browser", is_flag=True, help="Don't open the browser.")
@click.pass_obj
def serve(
    directory: Path,
    *,
    port: int,
    host: str,
    address: str,
    behind_proxy: bool,
    certificate: Path | None,
    key: Path | None,
    network_is_encrypted: bool,
    no_browser: bool,
) -> None:
    """Look at the registry and add to it in a browser, on this machine alone.

    What is written goes into the registry's files by the same checks as 'heritage add' and 'heritage edit';
    what is changed in the files shows on reload.

    With --behind-proxy, --certificate or --network-is-encrypted others reach it too: who only reads sees what
    is published, and who writes signs in. Make accounts with 'heritage account add'.
    """
    from heritage_registry.web.serve import Service
    from heritage_registry.web.serve import serve as start

    service = Service(host, port, address, behind_proxy, certificate, key, network_is_encrypted)
    start(directory, service, opens_browser=not no_browser, say=click.echo)
