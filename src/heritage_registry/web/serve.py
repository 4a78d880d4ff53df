"""Starting the app on this machine, and opening the browser on it."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from heritage_registry.config import read_config
from heritage_registry.errors import RegistryError
from heritage_registry.web.app import create_app


def is_loopback(host: str) -> bool:
    """Tell whether a name or address is this machine's own, which nobody else can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def serve(
    directory: Path, host: str, port: int, *, opens_browser: bool, say: Callable[[str], object]
) -> None:
    """Serve a registry until somebody stops it. Port 0 is any that is free."""
    if not is_loopback(host):
        raise RegistryError(
            f"{host} can be reached by others, and this app knows no accounts yet: whoever reaches it could "
            "change every record. Leave --host out to use it on this machine"
        )
    read_config(directory)
    bound = _bound(host.strip("[]"), port)
    port = bound.getsockname()[1]
    names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    app = create_app(directory, {f"{name}:{port}" for name in names} | (names if port == 80 else set()))
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    say(f"The registry is at {address} until you stop it with Ctrl+C.")
    if opens_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_keep_alive=20, ws="none")
    uvicorn.Server(config).run(sockets=[bound])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise RegistryError(
            f"port {port} cannot be used ({error.strerror}); choose another one with --port"
        ) from error
    return bound
