"""What a form looks up while somebody types: words, sources, dates, places like the one that is entered."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from heritage_registry.vocabulary import VOCABULARIES
from heritage_registry.web.forms.reading import Answers, Fault, read_date
from heritage_registry.web.forms.source_finder import described, shown_source
from heritage_registry.web.forms.word_lists import is_list, list_title, word_list
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.writing.questions import places_like, places_nearby
from heritage_registry.web.writing.tasks import sent

_LONGEST = 300
_INNER = frozenset({"review_act", "correction_outcome", "standing"})
"""Vocabularies that no form of a record chooses from."""


def lists(_request: Request, reader: Reader, _office: Office) -> Response:
    """All lists of words."""
    words = reader.book.own_words
    names = [*VOCABULARIES, "community", "party", "language"]
    shown = [(name, list_title(name, words)) for name in names if name not in _INNER]
    return reader.page("words.html", lists=sorted(shown, key=lambda item: item[1].casefold()), shown=None)


def one_list(request: Request, reader: Reader, office: Office) -> Response:
    """One list of words, each with what it means."""
    name = request.path_params["name"]
    if not is_list(name):
        return office.plain(reader.language, 404, "refused.missing")
    return reader.page("words.html", lists=(), shown=word_list(name, reader.book.own_words))


def words_json(request: Request, reader: Reader, office: Office) -> Response:
    """One list of words with their search keys in all languages."""
    name = request.path_params["name"]
    if not is_list(name):
        return office.plain(reader.language, 404, "refused.missing")
    return _json(word_list(name, reader.book.own_words))


def sources(request: Request, reader: Reader, office: Office) -> Response:
    """The held sources that answer a query, best first, each with what its field shows once it is chosen."""
    query = request.query_params.get("q", "")[:_LONGEST]
    held, words = reader.look.readable.sources, reader.book.own_words
    found = office.finder.find(query, reader.look) if query.strip() else []
    return _json(
        [
            msgspec.to_builtins(described(held[key], words)) | {"shown": shown_source(key, held)}
            for key in found
        ]
    )


def date(request: Request, reader: Reader, _office: Office) -> Response:
    """What a date in words is read as."""
    text = request.query_params.get("q", "").strip()[:_LONGEST]
    answers = Answers({}, reader.language, reader.look.registry.config.region.bbox)
    words = reader.book.own_words
    if not text:
        return _json({})
    edtf = read_date(text, answers, "date")
    if "date" in answers.faults:
        return _json({"fault": _said(answers.faults["date"][0], reader)})
    notes = answers.notes.get("date", ())
    return _json({"words": words.date(edtf), "edtf": edtf, "notes": notes})


def _said(fault: Fault, reader: Reader) -> str:
    return reader.book.words.say(fault.key, **fault.values)


def places(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """The sites like the one that is being typed, and those nearby, as pieces of the page."""
    given = sent(pairs)
    index = office.index(reader.look)
    found = places_like(given.flat, reader, index, given.control)
    nearby = places_nearby(given.flat, reader, index)
    module: Any = reader.book.environment.get_template("places.html").module
    count = len(found.listed) if found else 0
    return _json(
        {
            "count": count,
            "html": str(module.panel(found)) if found else "",
            "nearby": str(module.near_list(nearby)) if nearby else "",
        }
    )


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of all that is looked up."""
    table = (files("heritage_registry") / "languages" / "folding.json").read_bytes()

    async def folding(_request: Request) -> Response:
        return Response(table, media_type="application/json", headers={"Cache-Control": "no-cache"})

    return [
        Route("/words", page(office, lists), methods=["GET"]),
        Route("/words/{name}.json", page(office, words_json), methods=["GET"]),
        Route("/words/{name}", page(office, one_list), methods=["GET"]),
        Route("/folding.json", folding, methods=["GET"]),
        Route("/find/sources", page(office, sources), methods=["GET"]),
        Route("/find/date", page(office, date), methods=["GET"]),
        Route("/find/places", form(office, places), methods=["POST"]),
    ]
