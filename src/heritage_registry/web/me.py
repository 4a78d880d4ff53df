"""The page on which the person at this machine chooses the pseudonym that stands beside what they write."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.web.office import Office, Reader
from heritage_registry.web.people import cleaned, fault_of_name, fault_of_organisation
from heritage_registry.web.respond import Pairs, form, page


def me(request: Request, reader: Reader, _office: Office) -> Response:
    """Who is at work, and a form to say it."""
    return _shown(reader, reader.writer.name, reader.writer.organisation, kept="kept" in request.query_params)


def choose(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Keep the pseudonym and the organisation that were chosen."""
    given = dict(pairs)
    name, organisation = cleaned(given.get("name", "")), cleaned(given.get("organisation", ""))
    faults = {}
    if name or organisation:
        faults = {"name": fault_of_name(name), "organisation": fault_of_organisation(organisation)}
    if any(faults.values()):
        return _shown(reader, name, organisation, status=422, faults=faults)
    try:
        office.chosen.choose(name, organisation)
    except OSError:
        return _shown(reader, name, organisation, status=409, faults={"name": "people.not_kept"})
    return RedirectResponse("/me?kept=1", 303)


def _shown(
    reader: Reader,
    name: str,
    organisation: str,
    status: int = 200,
    faults: dict[str, str | None] | None = None,
    *,
    kept: bool = False,
) -> Response:
    return reader.page(
        "me.html",
        status,
        name=name,
        organisation=organisation,
        faults={"name": None, "organisation": None} | (faults or {}),
        kept=kept,
    )


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of the page."""
    return [
        Route("/me", page(office, me), methods=["GET"]),
        Route("/me", form(office, choose), methods=["POST"]),
    ]
