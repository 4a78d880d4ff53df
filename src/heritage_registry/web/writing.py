"""The pages that write: a form is opened, answered, checked, kept as a draft, and saved as a record."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.errors import InvalidRecords, RecordExists, RecordNotFound, StaleRecord
from heritage_registry.form import decode_loosely
from heritage_registry.references import UnreadableReferences, same_source
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    AnyRecord,
    add_record,
    problems_of_change,
    read_record,
    replace_record,
)
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.drafts import TooManyDrafts
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.data import add_item, count_items, flatten, move, remove_item, tidy
from heritage_registry.web.forms.reading import Answers, Fault, form_path, read
from heritage_registry.web.forms.view import FormView
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.pasting import read_citations
from heritage_registry.web.questions import same_place, same_source_held
from heritage_registry.web.reading import broken_or_missing
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.tasks import TASKS, Json, Missing, Sent, Task, TaskMaker, add_report, sent

_TRIES = 20
"""How often a part is put behind what others added meanwhile, before its writer is told."""


def opened(task: Task, request: Request, reader: Reader, office: Office) -> Response:
    """Show a form: empty, as the record is, or as it was being typed when something came between."""
    draft_id = request.query_params.get("draft", "")
    if not draft_id:
        more = {name: request.query_params.get(name, "") for name in ("source", "to", "lang")}
        query = "".join(f"&{name}={quote(value[:100])}" for name, value in more.items() if value)
        return RedirectResponse(f"{task.address}?draft={office.drafts.new_id()}{query}", 303)
    draft = office.drafts.get(draft_id)
    if draft is not None and draft.form == task.address:
        found = sent(list(draft.fields))
        control = found.control | {"_draft": draft_id}
        return shown(task, reader, office, Sent(found.flat, control), restored=True)
    control = {"_draft": draft_id, "_digest": task.digest, "_source": request.query_params.get("source", "")}
    return shown(task, reader, office, Sent(dict(task.start), control))


def shown(
    task: Task, reader: Reader, office: Office, answers: Sent, status: int = 200, **extra: Any
) -> Response:
    """Return the page of a form with its answers."""
    read_answers: Answers | None = extra.pop("read", None)
    is_edit = bool(task.key) and not task.appends
    is_full = is_edit or answers.control.get("_view") == "full"
    control = {
        name: answers.control.get(name, "") for name in ("_draft", "_digest", "_source", "_locator", "_to")
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
    )
    others = [d for d in office.drafts.all() if d.form == task.address and d.id != control["_draft"]]
    return reader.page(
        "form.html", status, form=view, task=task, is_edit=is_edit, others=len(others),
        here=f"draft={quote(control['_draft'])}", **({"restored": False} | extra),
    )  # fmt: skip


def answered(  # noqa: PLR0911 - one line for each button
    task: Task, reader: Reader, office: Office, given: Sent
) -> Response:
    """Do what the button that was pressed asks for."""
    action = given.control.get("_action", "save")
    verb, _, path = action.partition(":")
    match verb:
        case "add":
            n = count_items(given.flat, path)
            return shown(
                task, reader, office, Sent(add_item(given.flat, path), given.control), focus=f"{path}.{n}"
            )
        case "remove":
            return shown(task, reader, office, Sent(remove_item(given.flat, path), given.control))
        case "full" | "short":
            return shown(task, reader, office, Sent(given.flat, given.control | {"_view": verb}))
        case "draft":
            return _kept(task, reader, office, given)
        case "lang":
            response = _kept(task, reader, office, given)
            if office.drafts.get(given.control.get("_draft", "")) is None:
                return response
            return RedirectResponse(f"{task.address}?draft={given.control['_draft']}&lang={quote(path)}", 303)
        case "check":
            answers, _, _ = examined(task, reader, given)
            return shown(task, reader, office, given, read=answers, checked=True)
        case _:
            return saved(task, reader, office, given)


def _kept(task: Task, reader: Reader, office: Office, given: Sent) -> Response:
    pairs = [*given.flat.items(), *((k, v) for k, v in given.control.items() if k != "_action")]
    draft_id = given.control.get("_draft", "")
    try:
        office.drafts.keep(draft_id, task.address, pairs)
    except (TooManyDrafts, ValueError, OSError):
        return shown(task, reader, office, given, not_kept=True)
    return shown(task, reader, office, given, kept=True)


def examined(task: Task, reader: Reader, given: Sent) -> tuple[Answers, AnyRecord | None, Json]:
    """Read answers into the record they make, with every problem of every answer."""
    answers = Answers(
        given.flat,
        reader.language,
        reader.look.registry.config.region.bbox,
        task.stored,
        tidy(given.control.get("_source", "")),
        tidy(given.control.get("_locator", "")),
    )
    value = read(task.sheet.node, answers, task.sheet.path, task.place) or {}
    if answers.source and answers.source not in reader.look.readable.sources:
        answers.fault("_source", Fault("fault.no_source"))
    made = task.build(value)
    try:
        record: AnyRecord = decode_loosely(msgspec.json.encode(made), task.kind.record_type, "")
        found = problems_of_change(reader.look.readable, record)
    except InvalidRecords as error:
        record, found = None, list(error.problems)  # type: ignore[assignment]
    for problem in found:
        path = form_path(answers, problem.field) or "_form"
        if path in answers.faults:
            continue
        lacking = problem.message.startswith(("is missing", "is empty"))
        answers.fault(path, Fault("fault.missing") if lacking else Fault("fault.check", problem.message))
    return answers, None if answers.faults else record, made


def saved(  # noqa: PLR0911 - each way in which saving ends
    task: Task, reader: Reader, office: Office, given: Sent
) -> Response:
    """Write what a form holds, or show it again with all that stands in the way."""
    draft_id = given.control.get("_draft", "")
    before = office.done(draft_id)
    if before:
        return RedirectResponse(before, 303)
    answers, record, _ = examined(task, reader, given)
    if record is None:
        return shown(task, reader, office, given, 422, read=answers)
    if not task.key and given.control.get("_different") != "1":
        asked = _questions(record, reader, office)
        if asked:
            return shown(task, reader, office, given, read=answers, **asked)
    try:
        if task.key:
            digest = task.digest if task.appends else given.control.get("_digest", "")
            replace_record(reader.look.readable, record, digest)
        else:
            add_record(reader.look.readable, record)
    except StaleRecord:
        if task.appends:
            answers.fault("_form", Fault("fault.busy"))
            return shown(task, reader, office, given, 409, read=answers)
        return conflict(task, reader, office, given, answers)
    except InvalidRecords as error:
        answers.fault("_form", Fault("fault.check", str(error)))
        return shown(task, reader, office, given, 422, read=answers)
    except RecordExists:
        answers.fault("_form", Fault("fault.exists"))
        return shown(task, reader, office, given, 409, read=answers)
    except OSError as error:
        answers.fault("_form", Fault("fault.disk", error.strerror or str(error)))
        return shown(task, reader, office, given, 409, read=answers)
    folder = {"records": "sites"}.get(task.kind.folder, task.kind.folder)
    address = f"/{folder}/{record.id}?saved=1"
    office.remember(draft_id, address)
    return RedirectResponse(address, 303)


def _questions(record: AnyRecord, reader: Reader, office: Office) -> Json:
    """Return what somebody has to decide before a new record is written: is it held already?"""
    if isinstance(record, Site):
        found = same_place(record, reader, office.index(reader.look))
        return {"places": found} if found else {}
    if isinstance(record, Source):
        held = same_source_held(same_source(record, reader.look.readable.sources.values()), reader)
        return {"held": held} if held else {}
    return {}


def conflict(task: Task, reader: Reader, office: Office, given: Sent, answers: Answers) -> Response:
    """Show both versions of a record that somebody else changed, and the form as its writer left it."""
    try:
        record, digest = read_record(reader.look.registry.directory, task.kind, task.key)
    except (RecordNotFound, InvalidRecords):
        answers.fault("_form", Fault("fault.gone"))
        return shown(task, reader, office, given, 409, read=answers)
    now = msgspec.to_builtins(record)
    if task.kind is SITES:
        now = now["properties"]
    node = task.sheet.node
    theirs = flatten(node, now, task.sheet.path)
    mine = given.flat | answers.readings
    paths = [p for p in dict.fromkeys([*theirs, *mine]) if not p.endswith(("@", "@sure"))]
    differing = [(p, theirs.get(p, ""), tidy(mine.get(p, ""))) for p in paths]
    rows = [row for row in differing if row[1] != row[2]]
    kept = Sent(given.flat, given.control | {"_digest": digest})
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


def report_there(given: Sent, reader: Reader, office: Office, request: Request) -> Response | None:
    """Carry what was typed of a report over to a site that is there already."""
    key = given.control.get("_action", "").partition(":")[2]
    if key not in reader.look.registry.sites:
        return None
    request.path_params["key"] = key
    task = add_report(request, reader, given)
    flat = move(given.flat, "properties.reports.0", "report")
    control = given.control | {"_digest": task.digest, "_view": "short"}
    return shown(task, reader, office, Sent(flat, control), carried=True)


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of all forms."""
    found: list[BaseRoute] = []
    for path, maker in TASKS.items():
        found += _routes(office, path, maker)
    return [
        *found,
        Route("/drafts", page(office, drafts_page), methods=["GET"]),
        Route("/drafts", form(office, keep_draft), methods=["POST"]),
    ]


def _routes(office: Office, path: str, maker: TaskMaker) -> list[BaseRoute]:
    folder = next((kind for kind in (SOURCES, CLAIMS) if path.startswith(f"/{kind.folder}")), SITES)

    def get(request: Request, reader: Reader, office: Office) -> Response:
        try:
            task = maker(request, reader, Sent({}, {}))
        except Missing:
            return broken_or_missing(reader, office, folder, request.path_params.get("key", ""))
        return opened(task, request, reader, office)

    def post(request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
        given = sent(pairs)
        verb = given.control.get("_action", "").partition(":")[0]
        if path == "/new/site" and verb == "report-to":
            there = report_there(given, reader, office, request)
            if there is not None:
                return there
        try:
            task = maker(request, reader, given)
        except Missing:
            return broken_or_missing(reader, office, folder, request.path_params.get("key", ""))
        if path == "/new/source" and verb in ("paste", "choose"):
            return pasted(task, reader, office, given)
        response = answered(task, reader, office, given)
        for _ in range(_TRIES if task.appends else 0):
            if response.status_code != 409:
                break
            # Somebody else changed the site while this part was on its way: put it behind theirs.
            reader = office.reader(request)
            task = maker(request, reader, given)
            response = answered(task, reader, office, given)
        return response

    return [
        Route(path, page(office, get), methods=["GET"]),
        Route(path, form(office, post), methods=["POST"]),
    ]


def drafts_page(_request: Request, reader: Reader, office: Office) -> Response:
    """What somebody began to type and did not save."""
    return reader.page("drafts.html", drafts=office.drafts.all())


def keep_draft(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Keep a form as it is being typed, or throw what was kept away."""
    given = sent(pairs)
    draft_id, address = given.control.get("_draft", ""), given.control.get("_form", "")
    if given.control.get("_action") == "discard":
        office.drafts.discard(draft_id)
        return RedirectResponse("/drafts", 303)
    if office.done(draft_id) or not _is_form(address):
        return Response(status_code=409)
    pairs = [*given.flat.items(), *((k, v) for k, v in given.control.items() if k != "_action")]
    try:
        office.drafts.keep(draft_id, address, pairs)
    except (TooManyDrafts, ValueError, OSError):
        return Response(status_code=409)
    return Response(status_code=204)


def _is_form(address: str) -> bool:
    """Tell whether an address is that of a form, so that a draft leads nowhere else."""
    return any(re.fullmatch(known.replace("{key}", "[0-9a-z-]{1,80}"), address) for known in TASKS)
