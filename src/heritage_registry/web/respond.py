"""From a request to a page: look at the files, make the page beside the server's loop, say what fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from heritage_registry.errors import NotARegistry
from heritage_registry.web.evidence.multipart import Body, received
from heritage_registry.web.evidence.uploading import Form, with_files
from heritage_registry.web.office import Office, Reader, keep_language, request_language
from heritage_registry.web.people import ANYBODY
from heritage_registry.web.security import Refusal, brings_files

Pairs = list[tuple[str, str]]
Page = Callable[[Request, Reader, Office], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

MAX_FIELDS = 20_000


def page(office: Office, make: Page) -> Endpoint:
    """Return what answers a request with a page that shows something."""

    def answer(request: Request) -> Response:
        try:
            reader = office.reader(request)
        except NotARegistry as error:
            return _no_registry(request, office, error)
        response = make(request, reader, office)
        keep_language(request, response)
        return response

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return endpoint


def form(office: Office, make: Form) -> Endpoint:
    """Return what answers a form that was sent."""

    def answer(request: Request, body: bytes) -> Response:
        try:
            reader = office.reader(request)
        except NotARegistry as error:
            return _no_registry(request, office, error)
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
            )
        except ValueError:  # bytes that are no text, or more fields than any form has
            return office.plain(reader.language, 400, "refused.broken")
        return with_files(request, reader, office, Body(pairs, []), make)

    def answer_with_files(request: Request, body: Body) -> Response:
        try:
            reader = office.reader(request)
        except NotARegistry as error:
            return _no_registry(request, office, error)
        return with_files(request, reader, office, body, make)

    async def endpoint(request: Request) -> Response:
        if not brings_files(request.scope):
            return await run_in_threadpool(answer, request, await request.body())
        try:
            async with received(request, office.private / "arriving", office.bounds) as body:
                return await run_in_threadpool(answer_with_files, request, body)
        except Refusal as refusal:
            refused = office.plain(request_language(request), refusal.status, refusal.reason)
            refused.headers["Connection"] = "close"
            return refused

    return endpoint


def _no_registry(request: Request, office: Office, error: NotARegistry) -> Response:
    """Say that there is nothing to show, and to who can mend it also where and why."""
    words = str(error) if request.scope.get("writer", ANYBODY).may("contributor") else ""
    return office.plain(request_language(request), 409, "refused.registry", words)
