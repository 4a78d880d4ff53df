"""Starting the app: for this machine alone, or for others who then need accounts."""

from __future__ import annotations

import socket
import ssl
import threading
import webbrowser
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import uvicorn

from heritage_registry.config import read_config
from heritage_registry.errors import RegistryError
from heritage_registry.web.accounts.store import Accounts
from heritage_registry.web.app import Reach, create_app
from heritage_registry.web.writing.drafts import private_folder

_PORTS = {"http": 80, "https": 443}


class Service(msgspec.Struct, frozen=True):
    """How the app is to be reached.

    `address` is what others type to reach it, where that is not what it listens on. `behind_proxy` where a
    proxy on this machine encrypts; `certificate` and `key` are the files with which the app does so itself;
    `encrypted_network` where the network does. With none of them it serves this machine alone.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    address: str = ""
    behind_proxy: bool = False
    certificate: Path | None = None
    key: Path | None = None
    encrypted_network: bool = False

    @property
    def is_shared(self) -> bool:
        """Tell whether others can reach it."""
        return bool(
            not is_loopback(self.host)
            or self.behind_proxy
            or self.certificate
            or self.encrypted_network
            or self.address
        )

    @property
    def is_secure(self) -> bool:
        """Tell whether browsers reach it by https."""
        return self.behind_proxy or self.certificate is not None


def is_loopback(host: str) -> bool:
    """Tell whether a name or address is this machine's own, which nobody else can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def serve(directory: Path, service: Service, *, opens_browser: bool, say: Callable[[str], object]) -> None:
    """Serve a registry until somebody stops it. Port 0 is any that is free."""
    config = read_config(directory)
    private = private_folder(directory)
    reach = None
    if service.is_shared:
        check_accounts(Accounts(private))
        check_service(service)
        reach = Reach(service.is_secure, service.behind_proxy, lasts=_lasts(service))
    bound = _bound(service.host.strip("[]"), service.port)
    service = msgspec.structs.replace(service, port=bound.getsockname()[1])
    app = create_app(directory, host_names(service), private, reach, begins=True)
    address = own_address(service)
    if reach is None:
        say(f"The registry is at {address} until you stop it with Ctrl+C.")
    else:
        title = config.title.get("en") or next(iter(config.title.values()))
        say(f"{title} is served at {address} until you stop it with Ctrl+C. Who adds to it signs in there.")
        if service.behind_proxy:
            say(f"The proxy hands requests on to http://{_in_brackets(service.host)}:{service.port}/.")
        if not service.is_secure:
            say("Nothing is encrypted here: this is safe only because you say that the network encrypts.")
    if opens_browser and reach is None:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            # What a proxy says is weighed by the app, which trusts the last word of one on this machine.
            proxy_headers=False,
            timeout_keep_alive=20,
            ws="none",
            ssl_certfile=service.certificate,
            ssl_keyfile=service.key,
        )
    ).run(sockets=[bound])


def check_service(service: Service) -> None:
    """Raise `RegistryError` where passphrases would travel in the open, or options contradict each other."""
    ways = [service.behind_proxy, service.certificate is not None, service.encrypted_network]
    if sum(ways) > 1:
        raise RegistryError(
            "choose one of --behind-proxy, --certificate and --network-is-encrypted: each says who encrypts"
        )
    if not any(ways):
        raise RegistryError(
            f"others could reach the registry at {service.host}, and passphrases would travel readable to "
            "everybody on the way. Choose who encrypts:\n"
            "  a proxy on this machine (Caddy, nginx, Apache):\n"
            "    heritage serve --behind-proxy --address https://registry.example.org\n"
            "  the app, with a certificate that browsers trust:\n"
            f"    heritage serve --host {service.host} --certificate FILE.pem --key FILE.pem\n"
            "  the network itself (WireGuard, an SSH tunnel):\n"
            f"    heritage serve --host {service.host} --network-is-encrypted\n"
            "Leave --host out to use the registry on this machine alone."
        )
    if service.behind_proxy and not is_loopback(service.host):
        raise RegistryError(
            "behind a proxy the app listens on this machine alone, so that nobody goes around the proxy: "
            "leave --host out"
        )
    if service.behind_proxy and not service.address:
        raise RegistryError(
            "say where the proxy is reached: --behind-proxy --address https://registry.example.org"
        )
    if (service.certificate is None) != (service.key is None):
        raise RegistryError("--certificate and --key belong together: give the files of both")
    if service.certificate:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                service.certificate, service.key
            )
        except OSError as error:
            raise RegistryError(
                f"{service.certificate} and {service.key} are no certificate and its key: "
                f"{error.strerror or error}"
            ) from error
    if service.address:
        _check_address(service)
    if not service.address and service.host.strip("[]") in ("0.0.0.0", "::"):
        raise RegistryError(
            f"{service.host} stands for every address of this machine; say by which name others reach it: "
            f"--address {'https' if service.is_secure else 'http'}://registry.example.org"
        )


def _check_address(service: Service) -> None:
    scheme = "https" if service.is_secure else "http"
    try:
        parts = urlsplit(service.address)
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme != scheme or not parts.hostname or any(rest) or port == 0:
        raise RegistryError(
            f"--address {service.address} is not the address of a server: write it like "
            f"{scheme}://registry.example.org, without a path"
        )


def check_accounts(accounts: Accounts) -> None:
    """Raise `RegistryError` where nobody could sign in, or where others could read who may."""
    if not accounts.keepers():
        raise RegistryError(
            "others can reach the registry only with accounts, and there is none of a keeper yet. Make one:\n"
            "  heritage account add PSEUDONYM --role keeper\n"
            "and one for each person:\n"
            "  heritage account add PSEUDONYM --role contributor\n"
            "(a pseudonym, never a name that could endanger somebody)"
        )
    if accounts.opened_by_others():
        raise RegistryError(
            f"other users of this machine can read {accounts.path}: run chmod 600 on it, and think about "
            "new passphrases"
        )


def host_names(service: Service) -> set[str]:
    """Return the names that a request may call the app by, each with its port."""
    if service.address:
        parts = urlsplit(service.address)
        scheme, names, port = parts.scheme, {_in_brackets(parts.hostname or "")}, parts.port
        port = port or _PORTS[scheme]
    else:
        scheme, port = "https" if service.is_secure else "http", service.port
        names = {_in_brackets(service.host)}
        if is_loopback(service.host):
            names |= {"localhost", "127.0.0.1", "[::1]"}
    found = {f"{name}:{port}" for name in names}
    return found | names if port == _PORTS[scheme] else found


def own_address(service: Service) -> str:
    """Return the address under which the app is reached."""
    if service.address:
        return service.address.rstrip("/") + "/"
    scheme = "https" if service.is_secure else "http"
    return f"{scheme}://{_in_brackets(service.host)}:{service.port}/"


def _lasts(service: Service) -> bool:
    """Tell whether https is the only way to the name for good: not where other services share its ports."""
    return service.is_secure and bool(service.address) and urlsplit(service.address).port in (None, 443)


def _in_brackets(host: str) -> str:
    return f"[{host.strip('[]')}]" if ":" in host else host


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise RegistryError(
            f"{host} port {port} cannot be used ({error.strerror}); choose another port with --port"
        ) from error
    return bound
