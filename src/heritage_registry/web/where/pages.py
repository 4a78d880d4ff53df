"""What the map of a form asks for: the base map, the sites held nearby, and what an answer is read as."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from heritage_registry.maps.assets import leaflet_script, leaflet_style, static_text
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.data import Flat, clean
from heritage_registry.web.forms.reading import Answers, read_geometry
from heritage_registry.web.forms.view import FormView
from heritage_registry.web.forms.where import VERBS, read_point, shape_path, where_of
from heritage_registry.web.office import Office, Reader, request_language
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.where.ground import Box

MAX_SHOWN = 400
"""Sites that a view shows; with more it says only how many there are."""

_MODULES = (
    "basemap.js",
    "canvas.js",
    "clusters.js",
    "columns.js",
    "dom.js",
    "fold.js",
    "labels.js",
    "near.js",
    "symbols.js",
)
"""Modules of the public map that the map of a form is made with."""


def base(request: Request, _reader: Reader, office: Office) -> Response:
    """Land, water, rivers and the names of settlements."""
    made = office.ground.base()
    return _unchanging(request, made.content, "application/json", made.digest)


def sites(request: Request, reader: Reader, office: Office) -> Response:
    """The sites held within a box, each with its name for this reader."""
    box = _box(request.query_params.get("box", ""))
    if box is None:
        return _json({"total": 0, "sites": []}, 400)
    but = request.query_params.get("but", "")
    found = [spot for spot in office.ground.spots(reader.look, box) if spot.site != but]
    shown = []
    for spot in found if len(found) <= MAX_SHOWN else ():
        name = reader.book.names[spot.site]
        shown.append(
            {
                "id": spot.site,
                "name": name.text,
                "language": name.language,
                "at": spot.at,
                "of": spot.of,
                "metres": spot.uncertainty_m or 0,
            }
        )
    return _json({"total": len(found), "sites": shown})


def answer(_request: Request, reader: Reader, _office: Office, pairs: Pairs) -> Response:
    """Read the answers of a location, or do what one of its buttons asks for, and say what changed."""
    control = dict(pairs)
    path = shape_path(control.get("_where", ""))
    if path is None:
        return _json({}, 400)
    where = where_of(reader.book, reader.look.readable)
    before = clean(pairs)
    verb, _, wanted = control.get("_action", "").partition(":")
    flat = where.done(verb, wanted, before) if verb in VERBS else before
    answers = Answers(flat, reader.language, where.config.region.bbox)
    text = flat.get(path, "").strip()
    if text:
        read_geometry(text, answers, path)
    view = FormView(
        sheet=sheets.SITE,
        action=control.get("_form", "/new/site"),
        flat=flat,
        words=where.words,
        registry=reader.look.readable,
        faults=answers.faults,
        readings={},
        notes={},
        control={},
        where=where,
    )
    parts = reader.book.environment.get_template("where.html").module
    point = None if text.startswith("{") else read_point(text)
    instead = next((f.values["instead"] for f in answers.faults.get(path, ()) if "instead" in f.values), "")
    meant = read_point(instead) if instead else None
    return _json(
        {
            "set": _changed(before, flat),
            "doubts": str(parts.doubts(view, path)),  # type: ignore[attr-defined]
            "choices": str(parts.choices(view, path)),  # type: ignore[attr-defined]
            "point": [point.longitude, point.latitude] if point else None,
            "instead": [meant.longitude, meant.latitude] if meant else None,
        }
    )


def _changed(before: Flat, after: Flat) -> Mapping[str, str]:
    names = dict.fromkeys([*before, *after])
    return {n: after.get(n, "") for n in names if before.get(n) != after.get(n)}


def _box(text: str) -> Box | None:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        return None
    return (west, south, east, north) if all(map(math.isfinite, (west, south, east, north))) else None


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _unchanging(request: Request, content: bytes, media_type: str, digest: str) -> Response:
    """Return what a browser keeps until its digest changes."""
    headers = {"Cache-Control": "no-cache", "ETag": f'"{digest}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _of_the_map() -> dict[str, tuple[bytes, str, str]]:
    """Return what the map is made with by name: content, media type, digest."""
    texts = {name: (static_text(name), "text/javascript") for name in _MODULES}
    texts["leaflet.js"] = (leaflet_script(), "text/javascript")
    texts["leaflet.css"] = (leaflet_style(), "text/css")
    return {
        name: (text.encode(), media_type, hashlib.sha256(text.encode()).hexdigest()[:32])
        for name, (text, media_type) in texts.items()
    }


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of the map of a form."""
    served = _of_the_map()

    async def static(request: Request) -> Response:
        found = served.get(request.path_params["name"])
        if found is None:
            return office.plain(request_language(request), 404, "refused.missing")
        return _unchanging(request, *found)

    return [
        Route("/where/base.json", page(office, base), methods=["GET"]),
        Route("/where/sites", page(office, sites), methods=["GET"]),
        Route("/where", form(office, answer), methods=["POST"]),
        Route("/static/map/{name}", static, methods=["GET"]),
    ]
