"""The app: a registry's folder as pages, for a browser on this machine."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from heritage_registry.web import me
from heritage_registry.web.accounts.door import AccountsDoor, Door, MachineDoor, Recorder
from heritage_registry.web.accounts.pages import Desk, account_routes
from heritage_registry.web.accounts.sessions import Sessions
from heritage_registry.web.evidence import pages as uploads
from heritage_registry.web.history import pages as versions
from heritage_registry.web.history import sync
from heritage_registry.web.looking import pages as reading
from heritage_registry.web.office import Office, request_language
from heritage_registry.web.review import corrections
from heritage_registry.web.review import pages as reviewing
from heritage_registry.web.security import HEADERS, LASTING, Guard
from heritage_registry.web.where import pages as where
from heritage_registry.web.writing import finding
from heritage_registry.web.writing import pages as writing
from heritage_registry.web.writing.drafts import private_folder

_log = logging.getLogger(__name__)


class Reach(msgspec.Struct, frozen=True):
    """How others reach the app, which then asks for accounts.

    `is_secure` where all of the way is encrypted, `is_proxied` where a proxy on this machine does that;
    `lasts` where browsers may note for a year that there is no other way.
    """

    is_secure: bool = True
    is_proxied: bool = False
    lasts: bool = False


def create_app(
    directory: Path,
    hosts: Collection[str],
    private: Path | None = None,
    reach: Reach | None = None,
    *,
    begins: bool = False,
) -> ASGIApp:
    """Return the app for a registry's folder: for this machine alone, or for all who can reach it.

    `hosts` are the names it answers to, each with its port. `private` is where drafts and accounts are kept;
    it must not lie in the registry, whose files are made public. With `begins` the files are read before the
    first page is asked for.
    """
    private = private or private_folder(directory)
    office = Office(directory, private, has_accounts=reach is not None)
    if begins:
        office.begin()

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reason = {404: "refused.missing", 405: "refused.method"}.get(error.status_code, "refused.broken")
        return office.plain(request_language(request), error.status_code, reason)

    async def on_failure(request: Request, error: Exception) -> Response:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return office.plain(request_language(request), 500, "refused.failure")

    async def refuse(scope: Scope, status: int, reason: str) -> tuple[bytes, Mapping[str, str]]:
        page = office.plain(request_language(Request(scope)), status, reason)
        return bytes(page.body), {"Content-Type": "text/html; charset=utf-8"}

    sessions = Sessions(private)
    cookie = "__Host-session" if reach and reach.is_secure else "session"
    own = (
        account_routes(office, Desk(sessions, cookie, is_secure=reach.is_secure))
        if reach
        else me.routes(office)
    )
    app = Starlette(
        routes=[
            *writing.routes(office),
            *finding.routes(office),
            *where.routes(office),
            *uploads.routes(office),
            *own,
            *versions.routes(office),
            *sync.routes(office),
            *corrections.routes(office),
            *reviewing.routes(office),
            *reading.routes(office),
        ],
        exception_handlers={HTTPException: on_http, Exception: on_failure},
    )
    app.router.redirect_slashes = False
    names = frozenset(host.lower() for host in hosts)
    door: Door = MachineDoor(app.routes, office)
    if reach is None:
        return Guard(app, names, refuse, door.admit)
    door = AccountsDoor(app.routes, office.accounts, sessions, cookie, is_proxied=reach.is_proxied)
    return Guard(
        app=Recorder(app, office.log),
        hosts=names,
        refuse=refuse,
        admit=door.admit,
        scheme="https" if reach.is_secure else "http",
        headers={**HEADERS, **(LASTING if reach.lasts else {})},
    )
