"""Who asks, for which route, and whether they may go there: looked at before anything of a body is read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage_registry.web.accounts.actions import ActionLog
from heritage_registry.web.accounts.sessions import Sessions
from heritage_registry.web.accounts.store import Account, AccountFault, Accounts
from heritage_registry.web.office import Office
from heritage_registry.web.people import ANYBODY
from heritage_registry.web.roles import least_role
from heritage_registry.web.security import ROUTE, Refusal

TOKEN = "heritage.token"
"""Where a request's scope holds the token of its session."""
ADDRESS = "heritage.address"
"""Where it holds the address that it comes from."""
ACTION = "heritage.action"
"""Where a page notes what it did, for the log: who, what, about whom, and more."""

_BEFORE_OWN_PASSPHRASE = frozenset({"/me", "/logout", "/login", "/static/{name}"})
_NOT_LOGGED = frozenset({"/drafts", "/login", "/logout", "/me", "/accounts", "/correct/{folder}/{key}", ""})
_log = logging.getLogger(__name__)


class Door(Protocol):
    """Says who asks and whether they may go on."""

    async def admit(self, scope: Scope) -> Response | None:
        """Note in the scope who is at work and which route is meant; return the answer to who may not."""


def route_of(routes: Sequence[BaseRoute], scope: Scope) -> str:
    """Return the pattern of the address that a request goes to, or nothing where no page has it."""
    for route in routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            return route.path
    return ""


def address_of(request: Request) -> str:
    """Return the address that a request comes from, as a proxy that is believed says it."""
    client = request.client.host if request.client else ""
    return str(request.scope.get(ADDRESS, client))


class MachineDoor:
    """Of an app that only this machine reaches: whoever sits here may do everything."""

    def __init__(self, routes: Sequence[BaseRoute], office: Office) -> None:
        self._routes, self._office = routes, office

    async def admit(self, scope: Scope) -> Response | None:
        """Note who is at work, and let everybody pass."""
        scope["writer"] = self._office.chosen.writer()
        scope[ROUTE] = route_of(self._routes, scope)
        return None


class AccountsDoor:
    """Of an app that others reach: visitors read what is public, and the rest asks for an account.

    `cookie` is the name of the session's. `is_proxied` where a proxy on this machine speaks for visitors.
    """

    def __init__(
        self,
        routes: Sequence[BaseRoute],
        accounts: Accounts,
        sessions: Sessions,
        cookie: str,
        *,
        is_proxied: bool,
    ) -> None:
        self._routes, self._accounts, self._sessions = routes, accounts, sessions
        self._cookie, self._is_proxied = cookie, is_proxied

    async def admit(self, scope: Scope) -> Response | None:
        """Note who asks; raise `Refusal` or lead to the page of signing in where they may not go on."""
        headers = Headers(scope=scope)
        scope[ADDRESS] = self._address(scope, headers)
        route = scope[ROUTE] = route_of(self._routes, scope)
        token = scope[TOKEN] = _cookie(headers, self._cookie)
        account = self._signed_in(token) if token else None
        writer = scope["writer"] = account.writer if account else ANYBODY
        if not route:
            return None  # there is no such page, which is no secret
        is_page = scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-dest", "document") in (
            "document",
            "iframe",
        )
        if account and account.is_given and route not in _BEFORE_OWN_PASSPHRASE:
            if is_page:
                return RedirectResponse("/me", 303)
            raise Refusal(403, "refused.own_passphrase")
        if writer.may(least_role(scope["method"], route)):
            return None
        if account:
            raise Refusal(403, "refused.role")
        if is_page:
            wanted = quote(scope["path"], safe="/") + "?" * bool(scope["query_string"])
            address = wanted + scope["query_string"].decode("latin-1")
            return RedirectResponse("/login?" + urlencode({"next": address}), 303)
        raise Refusal(401, "refused.sign_in")

    def _signed_in(self, token: str) -> Account | None:
        session = self._sessions.find(token)
        if session is None:
            return None
        try:
            account = self._accounts.get(session.account)
        except AccountFault as error:
            _log.error("%s", error)
            return None
        if account is None or account.disabled or account.stamp != session.stamp:
            self._sessions.end(token)
            return None
        return account

    def _address(self, scope: Scope, headers: Headers) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        if not self._is_proxied:
            return str(peer)
        if not _is_this_machine(peer) or headers.getlist("x-forwarded-proto") != ["https"]:
            raise Refusal(403, "refused.proxy")
        # The last one is what the proxy itself saw; those before it are what the visitor claims.
        return ",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2].strip() or str(peer)


class Recorder:
    """Stands before the app and notes in the log what forms did."""

    def __init__(self, app: ASGIApp, log: ActionLog) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a form that led on to a page was taken, and is noted before that is told."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                await run_in_threadpool(self._note, scope, message)
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Scope, message: Message) -> None:
        said = scope.get(ACTION)
        if said is not None:
            self._log.note(*said)
            return
        route = scope.get(ROUTE, "")
        leads_to = urlsplit(Headers(raw=message["headers"]).get("location", ""))
        query = dict(parse_qsl(leads_to.query))
        # A form that leads to its draft was not saved: the draft was kept, or its language changed.
        is_saved = message["status"] == 303 and "draft" not in query
        if is_saved and scope["writer"].name and route not in _NOT_LOGGED:
            self._log.note(scope["writer"].name, route, leads_to.path, query.get("done", ""))


def _cookie(headers: Headers, name: str) -> str:
    """Return a cookie that came once, or nothing: of two, one is not ours."""
    found: list[str] = []
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                found.append(value)
    return found[0] if len(found) == 1 else ""


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
