"""Files that come with a form: taken in first and kept with its draft, then the form does its work.

The pages that write know nothing of files on their way: what waits with a draft is put among the answers as
the report's part `evidence.files`, and what anybody else sends under that name is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from heritage_registry.attachments import UnfitFile
from heritage_registry.references import MAX_BYTES
from heritage_registry.web.evidence.answers import answers_of, said
from heritage_registry.web.evidence.handed_in import HandedIn, Refused, part_of
from heritage_registry.web.evidence.multipart import Arrived, Body, read_upload
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.writing.drafts import is_draft_id

Pairs = list[tuple[str, str]]
Form = Callable[[Request, Reader, Office, Pairs], Response]

FIELD = "_files"
CITATIONS = "_citations"
_DROP = re.compile(r"drop:([0-9a-f]{64})")
_PLACES = (
    (re.compile(r"/new/site"), "properties.reports.0.evidence.files"),
    (re.compile(r"/sites/[^/]+/report"), "report.evidence.files"),
)
"""The forms that files can be handed in with, and where in them these belong."""
_OF_FILES = re.compile(r"/sites/[^/]+/reports/[^/]+/files|/uploads")
"""Pages that are about files and put them into a report themselves."""


def with_files(request: Request, reader: Reader, office: Office, body: Body, make: Form) -> Response:
    """Take in the files that came with a form, and let it do its work with those that wait."""
    pairs = [pair for pair in body.pairs if not pair[0].startswith("_file.")]
    control = {name: value for name, value in pairs if name in ("_draft", "_action")}
    draft_id, action = control.get("_draft", ""), control.get("_action", "save")
    held = office.handed_in(reader.drafts)
    place = place_of(request.url.path)
    if place is not None:
        pairs = [pair for pair in pairs if pair[0] != place]
    if request.url.path == "/new/source":
        pairs = _with_citations(pairs, body, reader)
    if not is_draft_id(draft_id) or office.done(draft_id):
        return make(request, reader, office, pairs)
    held.say(draft_id, answers_of(body.pairs))
    if place is None and not _OF_FILES.fullmatch(request.url.path):
        response = make(request, reader, office, pairs)
        if action == "discard":
            held.discard(draft_id)
        return response
    refused = take_all(held, draft_id, body.files)
    drop = _DROP.fullmatch(action)
    if drop:
        held.take_back(draft_id, drop[1])
    if place is None:
        return make(request, reader, office, body.pairs)
    if drop or refused or action == "attach":
        # Shows the form again, with everything kept.
        pairs = [*(pair for pair in pairs if pair[0] != "_action"), ("_action", "draft")]
        action = "draft"
    files = held.of(draft_id).files
    if files:
        parts = [part_of(waiting, said(waiting.answers, reader.language)[0]) for waiting in files]
        pairs.append((place, msgspec.json.encode(parts).decode()))
    if not files or action != "save":
        return make(request, reader, office, pairs)
    with held.handed_over(draft_id, lambda: office.done(draft_id) is not None):
        return make(request, reader, office, pairs)


def place_of(address: str) -> str | None:
    """Return where in the form at an address files belong, or None where none do."""
    return next((place for pattern, place in _PLACES if pattern.fullmatch(address)), None)


def take_all(held: HandedIn, draft_id: str, arrived: Iterable[Arrived]) -> bool:
    """Take in files one by one, and tell whether one was refused; why stays beside the others."""
    refused: list[Refused] = []
    for file in arrived:
        if file.field != FIELD:
            continue
        if file.path is None:
            refused.append(Refused(_shown(file.name), key="uploads.too_large"))
            continue
        try:
            held.take(draft_id, file.path, file.name)
        except UnfitFile as error:
            refused.append(Refused(_shown(file.name), str(error)))
    held.refuse(draft_id, tuple(refused))
    return bool(refused)


def _shown(name: str) -> str:
    """Return a file's name as a message names it: its last part, without signs that nobody sees."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in last)[:120]


def _with_citations(pairs: Pairs, body: Body, reader: Reader) -> Pairs:
    """Put a citation file that was chosen where one that is pasted would stand."""
    found = read_upload(body, CITATIONS, MAX_BYTES)
    if found is None:
        return pairs
    raw, name = found
    text = reader.book.own_words.say("uploads.citations_unread", name=_shown(name))
    if len(raw) <= MAX_BYTES:
        with suppress(UnicodeDecodeError):
            text = raw.decode("utf-8-sig")
    kept = [pair for pair in pairs if pair[0] not in ("_paste", "_action")]
    return [*kept, ("_paste", text), ("_action", "paste")]
