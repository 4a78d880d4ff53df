"""The pages on which readers ask for a correction, and on which reviewers answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.errors import InvalidRecords, RecordNotFound, StaleRecord
from heritage_registry.form import Texts
from heritage_registry.parts import Correction, Note
from heritage_registry.registry import AnyRecord, read_current
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary
from heritage_registry.web.accounts.door import address_of
from heritage_registry.web.history.pages import FOLDERS, title_of
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.review.letters import MAX_ABOUT, MAX_TEXT, Letter, LetterRefused, letter, read_file
from heritage_registry.web.writing.saving import NameNeeded, Saved, introduced, must_sign, save

_TRIES = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class Row(msgspec.Struct, frozen=True):
    """A letter in the list, with what its record is called."""

    letter: Letter
    title: str
    is_there: bool


def correct_page(request: Request, reader: Reader, office: Office) -> Response:
    """The form on which somebody asks for a correction or objects."""
    folder, key = request.path_params["folder"], request.path_params["key"]
    if not _is_there(folder, key, reader):
        return office.plain(reader.language, 404, "refused.missing")
    return _form(reader, folder, key, sent="sent" in request.query_params)


def _form(reader: Reader, folder: str, key: str, status: int = 200, **extra: object) -> Response:
    usual = {"about": "", "text": "", "fault": "", "sent": False}
    return reader.page(
        "correct-form.html", status, folder=folder, key=key, title=title_of(folder, key, reader),
        most=MAX_TEXT, most_about=MAX_ABOUT, **(usual | extra),
    )  # fmt: skip


def send(request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Take what somebody asks for."""
    folder, key, given = request.path_params["folder"], request.path_params["key"], dict(pairs)
    if not _is_there(folder, key, reader):
        return office.plain(reader.language, 404, "refused.missing")
    about, text = given.get("about", ""), given.get("text", "")
    try:
        made = letter(folder, key, reader.language, about, text, _today())
        office.letter_box.let_in(reader.writer.name or address_of(request))
        office.letters.keep(made)
    except LetterRefused as error:
        status = 429 if error.key == "letter.fault.often" else 422
        return _form(reader, folder, key, status, about=about, text=text, fault=error.key)
    except OSError:
        return _form(reader, folder, key, 409, about=about, text=text, fault="letter.fault.disk")
    return RedirectResponse(f"/correct/{folder}/{key}?sent=1", 303)


def _is_there(folder: str, key: str, reader: Reader) -> bool:
    records = reader.look.registry
    held: Mapping[str, Mapping[str, object]] = {
        "sites": records.sites,
        "claims": records.claims,
        "sources": records.sources,
    }
    return key in held.get(folder, {})


def _require_record(made: Letter, reader: Reader) -> None:
    if not _is_there(made.folder, made.record, reader):
        raise LetterRefused("letter.fault.record")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def listed(request: Request, reader: Reader, office: Office) -> Response:
    """What waits for an answer, and where a file that somebody handed over is taken in."""
    if not reader.writer.may("reviewer"):
        return office.plain(reader.language, 403, "refused.may_not")
    done = request.query_params.get("done", "")
    return _list(reader, office, done=done if done in ("taken", "answered", "discarded") else "")


def _list(reader: Reader, office: Office, status: int = 200, **extra: object) -> Response:
    rows = [
        Row(x, title_of(x.folder, x.record, reader), _is_there(x.folder, x.record, reader))
        for x in office.letters.all()
    ]
    return reader.page(
        "corrections.html", status, rows=rows, **({"done": "", "fault": "", "file": ""} | extra)
    )


def take_file(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Take in a file that a reader handed over."""
    if not reader.writer.may("reviewer"):
        return office.plain(reader.language, 403, "refused.may_not")
    text = dict(pairs).get("file", "")
    try:
        made = read_file(text.strip().removeprefix("\ufeff").encode("utf-8", "replace"), _today())
        _require_record(made, reader)
        office.letters.keep(made)
    except LetterRefused as error:
        return _list(reader, office, 422, fault=error.key, file=text[:MAX_TEXT])
    except OSError:
        return _list(reader, office, 409, fault="letter.fault.disk", file=text[:MAX_TEXT])
    return RedirectResponse("/corrections?done=taken", 303)


def one(request: Request, reader: Reader, office: Office) -> Response:
    """One letter, with the form of its answer."""
    if not reader.writer.may("reviewer"):
        return office.plain(reader.language, 403, "refused.may_not")
    found = office.letters.get(request.path_params["key"])
    if found is None:
        return office.plain(reader.language, 404, "refused.missing")
    return _letter(reader, found, {"about": found.about, "language": reader.language})


def _letter(
    reader: Reader, found: Letter, given: Mapping[str, str], status: int = 200, **extra: object
) -> Response:
    names = ("about", "outcome", "language", "asks", "answer", "pseudonym")
    languages = [
        (tag, reader.book.own_words.language_name(tag))
        for tag in reader.look.registry.config.reader_languages
    ]
    return reader.page(
        "correction.html",
        status,
        letter=found,
        title=title_of(found.folder, found.record, reader),
        is_there=_is_there(found.folder, found.record, reader),
        given={name: given.get(name, "") for name in names},
        reply_languages=languages,
        outcomes=vocabulary("correction_outcome").ids,
        needs_name=must_sign(reader) and not reader.writer.name,
        **({"fault": "", "words_of_fault": ""} | extra),
    )


def answer(  # noqa: PLR0911 - each way in which it ends
    request: Request, reader: Reader, office: Office, pairs: Pairs
) -> Response:
    """Put an answer on the record and throw the letter away, or only throw it away."""
    if not reader.writer.may("reviewer"):
        return office.plain(reader.language, 403, "refused.may_not")
    found, given = office.letters.get(request.path_params["key"]), dict(pairs)
    if found is None:
        return office.plain(reader.language, 404, "refused.missing")
    if given.get("action") == "discard":
        if given.get("sure") != "1":
            return _letter(reader, found, given, 422, fault="letter.fault.sure")
        office.letters.discard(found.id)
        return RedirectResponse("/corrections?done=discarded", 303)
    try:
        made = _correction(found, given)
        reader = introduced(office, reader, given.get("pseudonym", ""))
        saved = _saved(found, made, reader, office)
    except NameNeeded as error:
        return _letter(reader, found, given, 422, fault=error.key)
    except LetterRefused as error:
        return _letter(reader, found, given, 422, fault=error.key)
    except InvalidRecords as error:
        return _letter(reader, found, given, 422, fault="letter.fault.refused", words_of_fault=str(error))
    except RecordNotFound:
        return _letter(reader, found, given, 409, fault="letter.fault.record")
    except (StaleRecord, OSError) as error:
        return _letter(reader, found, given, 409, fault="letter.fault.disk", words_of_fault=str(error))
    office.letters.discard(found.id)
    return RedirectResponse(f"{saved.address}#corrections", 303)


def _correction(found: Letter, given: Mapping[str, str]) -> Correction:
    """Return what the record will say, in the reviewer's words. Raises `LetterRefused` for what lacks."""
    language = given.get("language", "")
    outcome = given.get("outcome", "")
    asks, reply = (given.get(name, "").replace("\r\n", "\n").strip() for name in ("asks", "answer"))
    if not (asks and reply and _LANGUAGE.fullmatch(language)):
        raise LetterRefused("letter.fault.lacking")
    if outcome not in vocabulary("correction_outcome").ids:
        raise LetterRefused("letter.fault.outcome")
    if found.text in (asks, reply):
        raise LetterRefused("letter.fault.own_words")
    about = " ".join(given.get("about", "").split())[:MAX_ABOUT] or None
    return Correction(
        received=found.received,
        about=about,
        asks={language: asks},
        outcome=outcome,
        answer={language: reply},
        answered=_today(),
    )


def _saved(found: Letter, made: Correction, reader: Reader, office: Office) -> Saved:
    """Save the record with the answer behind what it holds, whatever others changed meanwhile."""
    kind, directory = FOLDERS[found.folder], reader.look.registry.directory
    summary = f"Answer a correction of {found.record}"
    for tried in range(_TRIES):
        current = read_current(directory, kind, found.record)
        try:
            return save(office, reader, _with(current.record, made), current.digest, summary)
        except StaleRecord:
            if tried == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _with(record: AnyRecord, made: Correction) -> AnyRecord:
    """Return a record with an answer more. A source has no place of its own for answers: it gets a note."""
    if isinstance(record, Site):
        changed = replace(record.properties, corrections=(*record.properties.corrections, made))
        return replace(record, properties=changed)
    if isinstance(record, Source):
        texts: Texts = {tag: f"{asks}\n\n{made.answer[tag]}" for tag, asks in made.asks.items()}
        return replace(record, notes=(*record.notes, Note(text=texts)))
    return replace(record, corrections=(*record.corrections, made))


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of corrections."""
    return [
        Route("/correct/{folder}/{key}", page(office, correct_page), methods=["GET"]),
        Route("/correct/{folder}/{key}", form(office, send), methods=["POST"]),
        Route("/corrections", page(office, listed), methods=["GET"]),
        Route("/corrections", form(office, take_file), methods=["POST"]),
        Route("/corrections/{key}", page(office, one), methods=["GET"]),
        Route("/corrections/{key}", form(office, answer), methods=["POST"]),
    ]
