"""The pages that write: a form is opened, answered, checked, kept as a draft, and saved as a record."""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.errors import InvalidRecords, RecordExists, RecordNotFound, StaleRecord
from heritage_registry.form import decode_loosely
from heritage_registry.references import same_source
from heritage_registry.registry import (
    CLAIMS,
    SITES,
    SOURCES,
    AnyRecord,
    problems_of_change,
)
from heritage_registry.review import as_draft
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.forms.data import add_item, count_items, holds_source, move, remove_item, tidy
from heritage_registry.web.forms.reading import Answers, Fault, form_path, read
from heritage_registry.web.forms.where import VERBS, where_of
from heritage_registry.web.looking.pages import broken_or_missing
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.writing import merging, sourcing
from heritage_registry.web.writing.drafts import TooManyDrafts
from heritage_registry.web.writing.form_page import conflict, kept, opened, pasted, shown
from heritage_registry.web.writing.questions import all_different, decided, same_place, same_source_held
from heritage_registry.web.writing.saving import NameNeeded, introduced, save
from heritage_registry.web.writing.tasks import TASKS, Json, Missing, Sent, Task, TaskMaker, add_report, sent

_TRIES = 20
"""How often a part is put behind what others added meanwhile, before its writer is told."""


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
            return kept(task, reader, office, given)
        case "lang":
            response = kept(task, reader, office, given)
            if reader.drafts.get(given.control.get("_draft", "")) is None:
                return response
            return RedirectResponse(f"{task.address}?draft={given.control['_draft']}&lang={quote(path)}", 303)
        case "find-source":
            return shown(task, reader, office, given, focus=path)
        case "new-source":
            return _to_new_source(task, reader, office, given, path)
        case "use-source":
            return _used(task, reader, office, given, path)
        case _ if verb in VERBS:
            where = where_of(reader.book, reader.look.readable)
            return shown(task, reader, office, Sent(where.done(verb, path, given.flat), given.control))
        case "check":
            answers, _, _ = examined(task, reader, given)
            return shown(task, reader, office, given, read=answers, checked=True)
        case _:
            return saved(task, reader, office, given)


def _to_new_source(task: Task, reader: Reader, office: Office, given: Sent, path: str) -> Response:
    """Keep a form as it is and lead to that of a source, which leads back into the field of the path."""
    response = kept(task, reader, office, given)
    draft_id = given.control.get("_draft", "")
    if not holds_source(path) or reader.drafts.get(draft_id) is None:
        return response
    typed = given.control.get(path, "") or given.flat.get(path, "")
    return RedirectResponse(sourcing.way_to_new_source(reader, draft_id, path, typed), 303)


def _used(task: Task, reader: Reader, office: Office, given: Sent, key: str) -> Response:
    """Take a source that is held in place of the one being entered."""
    back = sourcing.led_back(reader, given.control, key) if key in reader.look.readable.sources else None
    if back is None:
        return shown(task, reader, office, given)
    reader.drafts.discard(given.control.get("_draft", ""))
    return RedirectResponse(back, 303)


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
    for path, typed in (("_source", answers.source), *answers.flat.items()):
        if typed and holds_source(path) and typed not in reader.look.readable.sources:
            answers.fault(path, Fault("fault.no_source"))
    made = task.build(value)
    if task.address == "/new/site":
        made = decided(made, given.control, reader.look.readable.sites)
    try:
        record: AnyRecord = decode_loosely(msgspec.json.encode(made), task.kind.record_type, "")
        publishing = reader.look.registry.config.publishing
        found = problems_of_change(reader.look.readable, as_draft(record, publishing))
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
    task = merging.on_its_base(office, task, given)
    answers, record, _ = examined(task, reader, given)
    if record is None:
        return shown(task, reader, office, given, 422, read=answers)
    if not task.key:
        record, asked = _questions(record, given, reader, office)
        if asked:
            return shown(task, reader, office, given, read=answers, asked=True, **asked)
    digest = None
    if task.key:
        digest = task.digest if task.appends else given.control.get("_digest", "")
    try:
        reader = introduced(office, reader, given.control.get("_pseudonym", ""))
        done = save(office, reader, record, digest, task.summary(record))
    except NameNeeded as error:
        answers.fault("_pseudonym", Fault(error.key))
        return shown(task, reader, office, given, 422, read=answers)
    except StaleRecord:
        if task.appends:
            answers.fault("_form", Fault("fault.busy"))
            return shown(task, reader, office, given, 409, read=answers)
        return _together(task, reader, office, given, (answers, record))
    except InvalidRecords as error:
        answers.fault("_form", Fault("fault.check", str(error)))
        return shown(task, reader, office, given, 422, read=answers)
    except RecordExists:
        answers.fault("_form", Fault("fault.exists"))
        return shown(task, reader, office, given, 409, read=answers)
    except OSError as error:
        answers.fault("_form", Fault("fault.disk", error.strerror or str(error)))
        return shown(task, reader, office, given, 409, read=answers)
    address = done.address
    if isinstance(done.record, Source):
        address = sourcing.led_back(reader, given.control, done.record.id) or address
    office.remember(reader, draft_id, address)
    return RedirectResponse(address, 303)


def _together(
    task: Task, reader: Reader, office: Office, given: Sent, made: tuple[Answers, AnyRecord]
) -> Response:
    """Save a form together with what somebody else saved meanwhile; ask where both changed one part."""
    answers, record = made
    try:
        found = merging.put_together(task, record, given, reader, office)
    except (InvalidRecords, RecordNotFound) as error:
        answers.fault("_form", Fault("fault.check", str(error)))
        return conflict(task, reader, office, given, answers)
    except OSError as error:
        answers.fault("_form", Fault("fault.disk", error.strerror or str(error)))
        return shown(task, reader, office, given, 409, read=answers)
    if found is None:
        return conflict(task, reader, office, given, answers)
    if found.saved is None:
        return shown(task, reader, office, given, 409, read=answers, together=found)
    address = f"{found.saved.address}&merged=1"
    office.remember(reader, given.control.get("_draft", ""), address)
    return RedirectResponse(address, 303)


def _questions(record: AnyRecord, given: Sent, reader: Reader, office: Office) -> tuple[AnyRecord, Json]:
    """Return a new record as it is to be written, and what has to be decided before: is it held already?"""
    is_other = given.control.get("_different") == "1"
    if isinstance(record, Site):
        places = same_place(record, reader, office.index(reader.look), given.control)
        if places is None:
            return record, {}
        if not is_other:
            return record, {"places": places}
        # "None of them" is kept with the record, so that nobody is asked about these two again.
        control = all_different(places, given.control)
        made = decided(msgspec.to_builtins(record), control, reader.look.readable.sites)
        return msgspec.convert(made, Site), {}
    if isinstance(record, Source) and not is_other:
        held = same_source_held(same_source(record, reader.look.readable.sources.values()), reader)
        return record, {"held": held} if held else {}
    return record, {}


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


def drafts_page(_request: Request, reader: Reader, _office: Office) -> Response:
    """What somebody began to type and did not save."""
    return reader.page("drafts.html", drafts=reader.drafts.all(), title_of=_title_of)


def _title_of(form: str) -> str:
    """Return the key of what a form is called, by its address; nothing where it is no form."""
    match = re.fullmatch(r"/(?:new/(site|source|claim)|\w+/[\w-]+/(edit|report|response))", form)
    return "" if match is None else f"title.new_{match[1]}" if match[1] else f"title.{match[2]}"


def keep_draft(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Keep a form as it is being typed, or throw what was kept away."""
    given = sent(pairs)
    draft_id, address = given.control.get("_draft", ""), given.control.get("_form", "")
    if given.control.get("_action") == "discard":
        reader.drafts.discard(draft_id)
        return RedirectResponse("/drafts", 303)
    if office.done(draft_id) or not _is_form(address):
        return Response(status_code=409)
    pairs = [*given.flat.items(), *((k, v) for k, v in given.control.items() if k != "_action")]
    try:
        reader.drafts.keep(draft_id, address, pairs)
    except (TooManyDrafts, ValueError, OSError):
        return Response(status_code=409)
    return Response(status_code=204)


def _is_form(address: str) -> bool:
    """Tell whether an address is that of a form, so that a draft leads nowhere else."""
    return any(re.fullmatch(known.replace("{key}", "[0-9a-z-]{1,80}"), address) for known in TASKS)
