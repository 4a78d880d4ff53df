"""From a request to a page: look at the files, make the page beside the server's loop, say what fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from heritage_registry.errors import NotARegistry
from heritage_registry.web.office import Office, Reader, keep_language, request_language

Pairs = list[tuple[str, str]]
Page = Callable[[Request, Reader, Office], Response]
Form = Callable[[Request, Reader, Office, Pairs], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

MAX_FIELDS = 20_000


def page(office: Office, make: Page) -> Endpoint:
    """Return what answers a request with a page that shows something."""

    def answer(request: Request) -> Response:
        try:
            reader = office.reader(request)
        except NotARegistry as error:
            return office.plain(request_language(request), 409, "refused.registry", str(error))
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
            return office.plain(request_language(request), 409, "refused.registry", str(error))
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
            )
        except ValueError:  # bytes that are no text, or more fields than any form has
            return office.plain(reader.language, 400, "refused.broken")
        return make(request, reader, office, pairs)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await request.body())

    return endpoint
