"""What the app refuses before any page sees it, and the headers that every answer carries.

A page on the web can make a browser send requests to this machine: a foreign name that leads here is refused
by its Host header, a foreign page's writing and reading by what the browser says of where it comes from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1_000_000
BODY_SECONDS = 30.0
MAX_TARGET = 4_000
_READING = ("GET", "HEAD")
_FORM = "application/x-www-form-urlencoded"
ROUTE = "heritage.route"
"""Where a request's scope holds the pattern of the route it goes to."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For every page but the map, which is one file with its own scripts and says so by their digests."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not no-referrer: browsers would then hide from us that a form is our own.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

LASTING: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}
"""Where no one reaches the app without TLS, and never will."""


SIZES: Mapping[str, int] = {"/login": 10_000, "/logout": 1_000, "/me": 10_000}
"""How large a body may be, in bytes, where not `MAX_BODY_BYTES`: routes by the pattern of their address.
Nothing of a body is read before it is known that its sender may send it."""

_FILES = "multipart/form-data"
STREAMED = frozenset(
    {"/new/site", "/new/source", "/sites/{key}/report", "/sites/{key}/reports/{report}/files", "/uploads"}
)
"""Routes that take files. These are read as they arrive and limited there, see `multipart`."""

Admit = Callable[[Scope], Awaitable[Response | None]]
"""Finds out who asks and for which route; gives the answer where they may not go on."""

Refuse = Callable[[Scope, int, str], Awaitable[tuple[bytes, Mapping[str, str]]]]
"""Makes the page that says in the reader's language why (a key of the messages) something is refused."""


class Refusal(Exception):  # noqa: N818 - what it is
    """A request that is not answered: the status, and the key of the message that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard(msgspec.Struct):
    """Stands before the app. `hosts` are the names it answers to, each with its port, by `scheme`."""

    app: ASGIApp
    hosts: Collection[str]
    refuse: Refuse
    admit: Admit
    scheme: str = "http"
    headers: Mapping[str, str] = msgspec.field(default_factory=lambda: HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass with its whole body, or answer it with a refusal."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no page opens a socket

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    found.setdefault(name, value)
            await send(message)

        try:
            check_request(scope, self.hosts, self.scheme)
            answer = await self.admit(scope)
            if answer is not None:
                if scope["method"] not in _READING:
                    answer.headers["Connection"] = "close"  # its body is not read
                await answer(scope, receive, with_headers)
                return
            if brings_files(scope):
                await self.app(scope, receive, with_headers)
                return
            body = await _whole_body(scope, receive)
        except Refusal as refusal:
            await self._answer(scope, refusal, with_headers)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, with_headers)

    async def _answer(self, scope: Scope, refusal: Refusal, send: Send) -> None:
        body, headers = await self.refuse(scope, refusal.status, refusal.reason)
        found = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        # The rest of a body that is not read would be taken for the next request.
        found += [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": refusal.status, "headers": found})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def check_request(scope: Scope, hosts: Collection[str], scheme: str = "http") -> None:
    """Raise `Refusal` for what no page of this app would send."""
    headers = Headers(scope=scope)
    named = headers.getlist("host")
    if len(named) != 1 or named[0].lower() not in hosts:
        raise Refusal(421, "refused.host")
    if scope["method"] not in (*_READING, "POST"):
        raise Refusal(405, "refused.method")
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
        raise Refusal(414, "refused.address")
    site = headers.get("sec-fetch-site")
    if scope["method"] in _READING:
        is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        if site in ("cross-site", "same-site") and not is_link:
            raise Refusal(403, "refused.cross_site")
        return
    if not _is_own_form(headers, site, hosts, scheme):
        raise Refusal(403, "refused.cross_site")


def _is_own_form(headers: Headers, site: str | None, hosts: Collection[str], scheme: str) -> bool:
    """Tell whether a page of this app sent this, by what the browser says and no page can forge."""
    origin = headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None or (origin == "null" and site == "same-origin"):
        return site == "same-origin"
    parts = urlsplit(origin)
    return parts.scheme == scheme and parts.netloc.lower() in hosts and parts.netloc == headers["host"]


def brings_files(scope: Scope) -> bool:
    """Tell whether a request brings files to a route that takes some."""
    return (
        scope["method"] == "POST"
        and scope.get(ROUTE) in STREAMED
        and _content_type(Headers(scope=scope)) == _FILES
    )


def _content_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def _whole_body(scope: Scope, receive: Receive) -> bytes:
    """Return the body, refusing one that is too large or that does not come to an end."""
    if scope["method"] in _READING:
        return b""
    headers = Headers(scope=scope)
    largest = SIZES.get(scope.get(ROUTE, ""), MAX_BODY_BYTES)
    if _content_type(headers) != _FORM:
        raise Refusal(415, "refused.type")
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > largest:
        raise Refusal(413, "refused.size")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(400, "refused.broken")
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > largest:
                    raise Refusal(413, "refused.size")
                if not message.get("more_body"):
                    return b"".join(chunks)
    except TimeoutError as error:
        raise Refusal(408, "refused.slow") from error
