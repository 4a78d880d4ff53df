"""The app: a registry's folder as pages, for a browser on this machine."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from heritage_registry.web import reading, writing
from heritage_registry.web.drafts import private_folder
from heritage_registry.web.office import Office, request_language
from heritage_registry.web.security import Guard

_log = logging.getLogger(__name__)


def create_app(directory: Path, hosts: Collection[str], private: Path | None = None) -> ASGIApp:
    """Return the app for a registry's folder.

    `hosts` are the names it answers to, each with its port. `private` is where drafts are kept; it must not
    lie in the registry, whose files are made public.
    """
    office = Office(directory, private or private_folder(directory))

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

    app = Starlette(
        routes=[*writing.routes(office), *reading.routes(office)],
        exception_handlers={HTTPException: on_http, Exception: on_failure},
    )
    app.router.redirect_slashes = False
    return Guard(app, frozenset(host.lower() for host in hosts), refuse)
