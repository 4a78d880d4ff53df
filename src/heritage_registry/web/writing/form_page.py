"""The page of a form: as it is opened, as it was being typed, and with what stands in the way of saving."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from heritage_registry.errors import InvalidRecords, RecordNotFound
from heritage_registry.references import UnreadableReferences
from heritage_registry.registry import (
    SITES,
    SOURCES,
    read_current,
)
from heritage_registry.source import source_title
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.data import flatten, tidy
from heritage_registry.web.forms.reading import Answers, Fault
from heritage_registry.web.forms.view import FormView
from heritage_registry.web.forms.where import where_of
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.writing import merging, sourcing
from heritage_registry.web.writing.drafts import TooManyDrafts
from heritage_registry.web.writing.pasting import read_citations
from heritage_registry.web.writing.questions import places_like, places_nearby
from heritage_registry.web.writing.saving import must_sign
from heritage_registry.web.writing.tasks import Sent, Task, sent


def opened(task: Task, request: Request, reader: Reader, office: Office) -> Response:
    """Show a form: empty, as the record is, or as it was being typed when something came between."""
    draft_id = request.query_params.get("draft", "")
    if not draft_id:
        more = {name: request.query_params.get(name, "") for name in ("source", "to", "lang", "back", "into")}
        query = "".join(f"&{name}={quote(value[:100])}" for name, value in more.items() if value)
        return RedirectResponse(f"{task.address}?draft={reader.drafts.new_id()}{query}", 303)
    draft = reader.drafts.get(draft_id)
    if draft is not None and draft.form == task.address:
        found = sent(list(draft.fields))
        control = found.control | {"_draft": draft_id}
        filled = reader.look.readable.sources.get(request.query_params.get("filled", ""))
        title = source_title(filled) if filled else ""
        return shown(task, reader, office, Sent(found.flat, control), restored=not title, filled=title)
    merging.remember(office, reader, task)
    control = {"_draft": draft_id, "_digest": task.digest, "_source": request.query_params.get("source", "")}
    start = dict(task.start)
    if task.kind is SOURCES and not task.key:
        back, address = sourcing.beginning(request.query_params)
        control |= back
        told = sourcing.fields_of(address, reader.look.readable.sources)
        start |= flatten(sheets.SOURCE.node, told, "record")
    return shown(task, reader, office, Sent(start, control))


def shown(
    task: Task, reader: Reader, office: Office, answers: Sent, status: int = 200, **extra: Any
) -> Response:
    """Return the page of a form with its answers."""
    read_answers: Answers | None = extra.pop("read", None)
    is_edit = bool(task.key) and not task.appends
    is_full = is_edit or answers.control.get("_view") == "full"
    control = {
        name: answers.control.get(name, "")
        for name in ("_draft", "_digest", "_source", "_locator", "_to", "_pseudonym", "_back", "_into")
    }
    control |= {"_form": task.address, "_view": "full" if is_full else "short"}
    view = FormView(
        sheet=task.sheet,
        action=task.address,
        flat=answers.flat,
        words=reader.book.own_words,
        registry=reader.look.readable,
        faults=read_answers.faults if read_answers else {},
        readings=read_answers.readings if read_answers else {},
        notes=read_answers.notes if read_answers else {},
        control=control,
        full=is_full,
        focus=extra.pop("focus", ""),
        where=where_of(reader.book, reader.look.readable),
        look=reader.look,
        finder=office.finder,
    )
    if view.first_wrong and not view.focus:
        view = msgspec.structs.replace(view, focus=view.first_wrong)
    if task.address == "/new/site" and "places" not in extra:
        index = office.index(reader.look)
        extra["places"] = places_like(answers.flat, reader, index, answers.control)
        extra["nearby"] = places_nearby(answers.flat, reader, index)
    others = [d for d in reader.drafts.all() if d.form == task.address and d.id != control["_draft"]]
    return reader.page(
        "form.html", status, form=view, task=task, is_edit=is_edit, others=len(others),
        here=f"draft={quote(control['_draft'])}", must_sign=must_sign(reader) and not reader.writer.name,
        **({"restored": False, "filled": ""} | extra),
    )  # fmt: skip


def kept(task: Task, reader: Reader, office: Office, given: Sent) -> Response:
    """Keep a form as a draft and show it again."""
    pairs = [*given.flat.items(), *((k, v) for k, v in given.control.items() if k != "_action")]
    draft_id = given.control.get("_draft", "")
    try:
        reader.drafts.keep(draft_id, task.address, pairs)
    except (TooManyDrafts, ValueError, OSError):
        return shown(task, reader, office, given, not_kept=True)
    return shown(task, reader, office, given, kept=True)


def conflict(task: Task, reader: Reader, office: Office, given: Sent, answers: Answers) -> Response:
    """Show both versions of a record that somebody else changed, and the form as its writer left it."""
    try:
        current = read_current(reader.look.registry.directory, task.kind, task.key)
    except (RecordNotFound, InvalidRecords):
        answers.fault("_form", Fault("fault.gone"))
        return shown(task, reader, office, given, 409, read=answers)
    now = msgspec.to_builtins(current.record)
    if task.kind is SITES:
        now = now["properties"]
    node = task.sheet.node
    theirs = flatten(node, now, task.sheet.path)
    mine = given.flat | answers.readings
    paths = [p for p in dict.fromkeys([*theirs, *mine]) if "@" not in p]
    differing = [(p, theirs.get(p, ""), tidy(mine.get(p, ""))) for p in paths]
    rows = [row for row in differing if row[1] != row[2]]
    kept = Sent(given.flat, given.control | {"_digest": current.digest})
    return shown(task, reader, office, kept, 409, conflict=rows)


def pasted(task: Task, reader: Reader, office: Office, given: Sent) -> Response:
    """Fill the form of a source from a citation file or an address that somebody pasted."""
    text = given.control.get("_paste", "")
    taken = reader.look.readable.sources.keys()
    try:
        drafts, problems = read_citations(text, taken)
    except UnreadableReferences as error:
        return shown(task, reader, office, given, 422, paste_failed=str(error), paste=text)
    number = given.control.get("_action", "").partition(":")[2]
    chosen = int(number) if number.isdecimal() and int(number) < len(drafts) else None
    if chosen is None and len(drafts) > 1:
        return shown(task, reader, office, given, entries=[d.title or d.id for d in drafts[:200]], paste=text)
    fields = {name: value for name, value in msgspec.to_builtins(drafts[chosen or 0]).items() if name != "id"}
    filled = given.flat | flatten(sheets.SOURCE.node, fields, "record")
    return shown(task, reader, office, Sent(filled, given.control), pasted=True, paste_problems=problems)
