"""What each page asks of who opens it, in one place. A route in no table is the keepers' alone."""

from __future__ import annotations

from collections.abc import Mapping

from heritage_registry.web.people import Role

LOOKING: Mapping[str, Role] = {
    "/": "reader",
    "/map": "reader",
    "/parts/{folder}/{name}": "reader",
    "/index.html": "reader",
    "/static/{name}": "reader",
    "/static/map/{name}": "reader",
    "/sites": "reader",
    "/sites/{key}": "reader",
    "/sites/{key}.bib": "reader",
    "/sites/{key}.csl.json": "reader",
    "/sources": "reader",
    "/sources/{key}": "reader",
    "/claims": "reader",
    "/claims/{key}": "reader",
    "/coverage": "reader",
    "/words": "reader",
    "/words/{name}": "reader",
    "/words/{name}.json": "reader",
    "/folding.json": "reader",
    "/find/sources": "contributor",
    "/find/date": "contributor",
    "/where/base.json": "contributor",
    "/where/sites": "contributor",
    "/login": "reader",
    "/me": "reader",
    "/evidence/copies/{name}": "reader",
    "/evidence/{folder}/{name}": "reader",
    "/problems": "contributor",
    "/sites/{key}/reports/{report}/files": "contributor",
    "/uploads/{draft}/{sha256}": "contributor",
    "/evidence/originals/{sha256}": "contributor",
    "/drafts": "contributor",
    "/new": "contributor",
    "/new/site": "contributor",
    "/new/source": "contributor",
    "/new/claim": "contributor",
    "/sites/{key}/edit": "contributor",
    "/sites/{key}/report": "contributor",
    "/sites/{key}/response": "contributor",
    "/sources/{key}/edit": "contributor",
    "/claims/{key}/edit": "contributor",
    "/{folder}/{key}/history": "contributor",
    "/correct/{folder}/{key}": "reader",
    "/review": "contributor",
    "/review/{folder}/{key}": "contributor",
    "/corrections": "reviewer",
    "/corrections/{key}": "reviewer",
    "/sync": "keeper",
    "/accounts": "keeper",
    "/log": "keeper",
}
"""The least role that opens a page. What a reader opens is made from the public view; see `Office.reader`."""

WRITING: Mapping[str, Role] = {
    "/sites/{key}/reports/{report}/files": "contributor",
    "/uploads": "contributor",
    "/login": "reader",
    "/logout": "reader",
    "/me": "reader",
    "/drafts": "contributor",
    "/find/places": "contributor",
    "/where": "contributor",
    "/new/site": "contributor",
    "/new/source": "contributor",
    "/new/claim": "contributor",
    "/sites/{key}/edit": "contributor",
    "/sites/{key}/report": "contributor",
    "/sites/{key}/response": "contributor",
    "/sources/{key}/edit": "contributor",
    "/claims/{key}/edit": "contributor",
    "/{folder}/{key}/history": "contributor",
    "/correct/{folder}/{key}": "reader",
    "/review/{folder}/{key}": "contributor",  # what else each act asks for stands with it, in `reviewing`
    "/corrections": "reviewer",
    "/corrections/{key}": "reviewer",
    "/sync": "keeper",
    "/accounts": "keeper",
}
"""The least role whose forms are taken."""


def least_role(method: str, path: str) -> Role:
    """Return the least role that a method of a route, by the pattern of its address, asks for."""
    table = LOOKING if method in ("GET", "HEAD") else WRITING
    return table.get(path, "keeper")
