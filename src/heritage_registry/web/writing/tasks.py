"""The forms at their addresses: which record each fills in, and how its answers become one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from heritage_registry.errors import InvalidRecords, RecordNotFound
from heritage_registry.references import SourceDraft, suggest_key
from heritage_registry.registry import CLAIMS, SITES, SOURCES, AnyRecord, Kind, new_id, read_current
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.data import Flat, clean, flatten, holds_source, key_in
from heritage_registry.web.forms.sheets import Sheet
from heritage_registry.web.office import Reader
from heritage_registry.web.respond import Pairs

Json = dict[str, Any]
NOT_REVIEWED = "Not reviewed yet"
_NOT_IN_FORMS = ("status", "withdrawn", "corrections", "reviews")
MERGE = "_merge|"
"""Before a part's key in the name of the field that says whose version holds; alone, what was seen."""
_CONTROLS = (
    "_action",
    "_draft",
    "_form",
    "_digest",
    "_view",
    "_source",
    "_locator",
    "_different",
    "_to",
    "_paste",
    "_pseudonym",
    "_back",
    "_into",
)
_DECISION = re.compile(r"_(?:place|why)\.[0-9a-z]{8}")


class Task(msgspec.Struct, frozen=True):
    """One form at one address: what it fills in, and the record that its answers make.

    `place` is where the answers go in the record, `build` puts them there. `key` and `digest` are those of
    the record that is changed; a new one has none. `appends` where nothing that is there is changed.
    """

    sheet: Sheet
    address: str
    heading: str
    kind: Kind
    build: Callable[[Json], Json]
    place: str = ""
    start: Flat = {}
    stored: Mapping[str, Any] = {}
    key: str = ""
    digest: str = ""
    appends: bool = False
    subject: str = ""
    targets: tuple[tuple[str, str], ...] = ()

    @property
    def takes_files(self) -> bool:
        """Whether files can be sent with the form: evidence of a report, or a citation file."""
        return self.address in ("/new/site", "/new/source") or (self.appends and self.sheet.key == "report")

    def summary(self, record: AnyRecord) -> str:
        """Return the first line of the commit that saves what a form holds."""
        where = f"{title_of(record)} ({record.id})"
        if self.appends:
            added = self.sheet.key
            if isinstance(record, Site) and added == "report":
                added = f"report {record.properties.reports[-1].id}"
            return f"Add {added} to {where}"
        return f"{'Change' if self.key else 'Add'} {self.sheet.key} {where}"


def title_of(record: AnyRecord) -> str:
    """Return what a record is called in a commit: its first name, its title or who claims it."""
    if isinstance(record, Site):
        return record.properties.names[0].text
    return (record.title or record.id) if isinstance(record, Source) else record.claimant


class Sent(msgspec.Struct):
    """What was sent to a form: answers, and what the page itself needs to know."""

    flat: Flat
    control: dict[str, str]


def sent(pairs: Pairs) -> Sent:
    """Take apart what a form sent."""
    control = {
        name: key_in(value) if holds_source(name) else value
        for name, value in pairs
        if name in _CONTROLS or _DECISION.fullmatch(name) or name.startswith(MERGE)
    }
    return Sent(clean(pairs), control)


class Missing(Exception):  # noqa: N818 - what it is
    """There is no such record, or none that can be changed."""


TaskMaker = Callable[[Request, Reader, Sent], Task]


def new_site(_request: Request, reader: Reader, _sent: Sent) -> Task:
    """A new site, which is a draft."""
    key = new_id(reader.look.readable.sites)

    def build(properties: Json) -> Json:
        filled = sheets.completed_site({"status": "draft", "status_reason": NOT_REVIEWED} | properties)
        return _feature(key, filled)

    return Task(
        sheets.SITE,
        "/new/site",
        "title.new_site",
        SITES,
        build,
        "properties",
        sheets.started(sheets.SITE, reader.language),
    )


def new_source(_request: Request, reader: Reader, _sent: Sent) -> Task:
    """A new source."""

    def build(fields: Json) -> Json:
        if fields.get("id"):
            return fields
        return {"id": _suggested_key(fields, reader)} | fields

    return Task(sheets.SOURCE, "/new/source", "title.new_source", SOURCES, build)


def _suggested_key(fields: Json, reader: Reader) -> str:
    wanted = {name: value for name, value in fields.items() if name in SourceDraft.__struct_encode_fields__}
    try:
        draft = msgspec.convert({"type": "document"} | wanted | {"id": "x"}, SourceDraft)
    except msgspec.ValidationError:
        draft = SourceDraft(id="x", type="document", title=str(fields.get("title", "")) or None)
    taken = reader.look.readable.sources.keys() | {
        n for folder, n in reader.look.broken if folder == "sources"
    }
    return suggest_key(draft, taken)


def new_claim(_request: Request, reader: Reader, _sent: Sent) -> Task:
    """A new claim about many sites, which is a draft."""
    key = new_id(reader.look.readable.claims)

    def build(fields: Json) -> Json:
        return {"id": key, "status": "draft", "status_reason": NOT_REVIEWED, "scope": {}} | fields

    start = sheets.started(sheets.CLAIM, reader.language)
    return Task(sheets.CLAIM, "/new/claim", "title.new_claim", CLAIMS, build, "", start)


def edit_site(request: Request, reader: Reader, _sent: Sent) -> Task:
    """A site changed in any part; what its status is stays."""
    record, digest = _record(request, reader, SITES)
    before = msgspec.to_builtins(record)["properties"]
    kept = {name: before[name] for name in _NOT_IN_FORMS if name in before}
    taken = [report["id"] for report in before.get("reports", ())]
    sheet = sheets.SITE

    def build(properties: Json) -> Json:
        return _feature(record.id, sheets.completed_site(kept | properties, taken))

    return Task(
        sheet, f"/sites/{record.id}/edit", "title.edit", SITES, build, "properties",
        flatten(sheet.node, before, "properties"), dict(sheets.stored(sheet.node, before)), record.id, digest,
    )  # fmt: skip


def edit_source(request: Request, reader: Reader, _sent: Sent) -> Task:
    """A source changed in any part but its key."""
    record, digest = _record(request, reader, SOURCES)
    return _edit_whole(record, digest, SOURCES, sheets.without_id(sheets.SOURCE), ("id",))


def edit_claim(request: Request, reader: Reader, _sent: Sent) -> Task:
    """A claim changed in any part but its status."""
    record, digest = _record(request, reader, CLAIMS)
    return _edit_whole(record, digest, CLAIMS, sheets.CLAIM, ("id", *_NOT_IN_FORMS))


def _edit_whole(record: AnyRecord, digest: str, kind: Kind, sheet: Sheet, kept: tuple[str, ...]) -> Task:
    before = msgspec.to_builtins(record)
    fixed = {name: before[name] for name in kept if name in before}
    needed: Json = {"scope": {}} if kind is CLAIMS else {}
    address = f"/{kind.folder}/{record.id}/edit"
    return Task(
        sheet, address, "title.edit", kind, lambda fields: fixed | needed | fields, "",
        flatten(sheet.node, before, "record"), dict(sheets.stored(sheet.node, before)), record.id, digest,
    )  # fmt: skip


def add_report(request: Request, reader: Reader, _sent: Sent) -> Task:
    """A report more on a site; nothing that is there is changed."""
    record, digest = _record(request, reader, SITES)
    before: Json = msgspec.to_builtins(record)
    reports = before["properties"].get("reports", [])

    def build(report: Json) -> Json:
        properties = before["properties"] | {"reports": [*reports, report]}
        return _feature(record.id, sheets.completed_site(properties))

    return Task(
        sheets.REPORT, f"/sites/{record.id}/report", "title.report", SITES, build,
        f"properties.reports.{len(reports)}", sheets.started(sheets.REPORT, reader.language),
        key=record.id, digest=digest, appends=True, subject=_subject(reader, record.id),
    )  # fmt: skip


def add_response(request: Request, reader: Reader, sent: Sent) -> Task:
    """What somebody answers to a report or an event of a site."""
    record, digest = _record(request, reader, SITES)
    before: Json = msgspec.to_builtins(record)
    targets = _answerable(before["properties"], reader)
    if not targets:
        raise Missing
    asked = sent.control.get("_to") or request.query_params.get("to", "")
    chosen = asked if asked in dict(targets) else targets[-1][0]
    listed, _, number = chosen.partition(".")
    responses = before["properties"][listed][int(number)].setdefault("responses", [])

    def build(response: Json) -> Json:
        changed = msgspec.json.decode(msgspec.json.encode(before))
        changed["properties"][listed][int(number)]["responses"] = [*responses, response]
        return changed  # type: ignore[no-any-return]

    return Task(
        sheets.RESPONSE, f"/sites/{record.id}/response", "title.response", SITES, build,
        f"properties.{chosen}.responses.{len(responses)}", sheets.started(sheets.RESPONSE, reader.language),
        key=record.id, digest=digest, appends=True, subject=_subject(reader, record.id), targets=targets,
    )  # fmt: skip


def _answerable(properties: Json, reader: Reader) -> tuple[tuple[str, str], ...]:
    words = reader.book.words
    reports = [
        (
            f"reports.{n}",
            f"{words.say('report')} {item['id'][1:]}: {words.label('condition', item['condition'])}"
            + (f", {words.date(item['observed'])}" if "observed" in item else ""),
        )
        for n, item in enumerate(properties.get("reports", ()))
    ]
    events = [
        (
            f"history.{n}",
            words.label("event", item["event"]) + (f", {words.date(item['date'])}" if "date" in item else ""),
        )
        for n, item in enumerate(properties.get("history", ()))
    ]
    return (*events, *reports)


def _subject(reader: Reader, key: str) -> str:
    return reader.book.names[key].text


def _feature(key: str, properties: Json) -> Json:
    shape = sheets.preferred_shape(properties)
    return {"type": "Feature", "id": key, "geometry": shape, "properties": properties}


def _record(request: Request, reader: Reader, kind: Kind) -> tuple[AnyRecord, str]:
    """Return a record that can be changed and the digest of its file."""
    key = request.path_params["key"]
    if (kind.folder, key) in reader.look.broken:
        raise Missing
    try:
        current = read_current(reader.look.registry.directory, kind, key)
    except (RecordNotFound, InvalidRecords) as error:
        raise Missing from error
    return current.record, current.digest


TASKS: Mapping[str, TaskMaker] = {
    "/new/site": new_site,
    "/new/source": new_source,
    "/new/claim": new_claim,
    "/sites/{key}/edit": edit_site,
    "/sites/{key}/report": add_report,
    "/sites/{key}/response": add_response,
    "/sources/{key}/edit": edit_source,
    "/claims/{key}/edit": edit_claim,
}
"""The addresses of all forms."""
