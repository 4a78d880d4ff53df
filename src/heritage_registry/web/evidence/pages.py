"""Pictures and documents as evidence of a report: handed in, described, previewed, kept, taken away again.

Readers get copies made anew, from here and nowhere else; an original is only ever handed out as a download.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.attachments import UnfitFile, copy_path, make_copy, original_path, read_copy
from heritage_registry.attachments.kinds import EXTENSIONS
from heritage_registry.errors import InvalidRecords, RecordNotFound, StaleRecord
from heritage_registry.form import decode_loosely
from heritage_registry.registry import SITES, read_current
from heritage_registry.site import EvidenceFile, PublicCopy, Report, Site
from heritage_registry.web.evidence.answers import Answers, answers_of, said
from heritage_registry.web.evidence.handed_in import Waiting, part_of
from heritage_registry.web.evidence.uploading import place_of
from heritage_registry.web.looking.pages import broken_or_missing
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page
from heritage_registry.web.writing.drafts import is_draft_id
from heritage_registry.web.writing.saving import NameNeeded, commit_files, introduced, must_sign, save
from heritage_registry.web.writing.tasks import title_of

_TRIES = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COPY = re.compile(r"([0-9a-f]{64})\.(jpg|png)")
_COPY_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_BEGINNINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
INERT: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Whatever a file is: in a browser it does nothing."""


class Shelf(msgspec.Struct, frozen=True):
    """The files of one report as they are now."""

    site: Site
    digest: str
    report: Report
    number: int


def shelf_of(request: Request, reader: Reader) -> Shelf | None:
    """Return the report that an address names, as its writers see it."""
    key = request.path_params["key"]
    if ("records", key) in reader.look.broken:
        return None
    try:
        current = read_current(reader.look.registry.directory, SITES, key)
    except (RecordNotFound, InvalidRecords):
        return None
    assert isinstance(current.record, Site)
    for n, report in enumerate(current.record.properties.reports):
        if report.id == request.path_params["report"]:
            return Shelf(current.record, current.digest, report, n)
    return None


def draft_of(shelf: Shelf) -> str:
    """Return the id under which files wait for a report, the same whenever its page is opened."""
    return hashlib.sha256(f"{shelf.site.id}/{shelf.report.id}".encode()).hexdigest()[:24]


def stamp(file: EvidenceFile) -> str:
    """Return what shows that a file's part changed since a page showed it."""
    return hashlib.sha256(msgspec.json.encode(file)).hexdigest()[:16]


def files_page(request: Request, reader: Reader, office: Office) -> Response:
    """The files of a report, and a form to hand in more."""
    shelf = shelf_of(request, reader)
    if shelf is None:
        return broken_or_missing(reader, office, SITES, request.path_params["key"])
    return _shown(shelf, reader)


def _shown(shelf: Shelf, reader: Reader, status: int = 200, **more: Any) -> Response:
    typed: Mapping[str, Answers] = more.pop("typed", {})
    held = [
        (file, typed.get(file.sha256) or _as_typed(file), stamp(file)) for file in shelf.report.evidence.files
    ]
    values: dict[str, Any] = {"faults": (), "fault": "", "conflicts": frozenset()} | more
    return reader.page(
        "files.html", status, site=shelf.site, report=shelf.report, held=held, draft=draft_of(shelf),
        name=title_of(shelf.site), must_sign=must_sign(reader) and not reader.writer.name, **values,
    )  # fmt: skip


def _as_typed(file: EvidenceFile) -> dict[str, str]:
    """Return what is known of a file as somebody would type it."""
    told = {"taken": file.taken, "by": file.by, "licence": file.licence, "public": "1" if file.public else ""}
    captions = {f"caption.{tag}": text for tag, text in (file.caption or {}).items()}
    return {name: text for name, text in told.items() if text} | captions


class Wish(msgspec.Struct, frozen=True):
    """What a form asks to be done with the files of a report."""

    given: Mapping[str, str]
    typed: Mapping[str, Answers]
    removed: str = ""


def change_files(request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Hand in files, say what they are, take one away, or save all of it."""
    given = dict(pairs)
    verb, _, sha256 = given.get("_action", "save").partition(":")
    wish = Wish(given, answers_of(pairs), sha256 if verb == "remove" else "")
    shelf = shelf_of(request, reader)
    for _ in range(_TRIES):
        if shelf is None:
            return broken_or_missing(reader, office, SITES, request.path_params["key"])
        refused = office.handed_in(reader.drafts).of(draft_of(shelf)).refused
        if verb in ("attach", "drop") or (verb == "save" and refused):
            return _shown(shelf, reader, 422 if refused else 200, typed=wish.typed)
        try:
            return _save(shelf, introduced(office, reader, given.get("_pseudonym", "")), office, wish)
        except StaleRecord:
            reader = office.reader(request)
            shelf = shelf_of(request, reader)
        except (NameNeeded, InvalidRecords, UnfitFile, OSError) as error:
            return _shown(shelf, reader, 422, typed=wish.typed, **_why(error))
    assert shelf is not None
    return _shown(shelf, reader, 409, typed=wish.typed, fault="fault.busy")


def _why(error: Exception) -> dict[str, Any]:
    """Say what stands in the way of saving."""
    match error:
        case NameNeeded():
            return {"fault": error.key}
        case InvalidRecords():
            return {"faults": error.problems}
        case OSError():
            return {"fault": "fault.disk", "faults": (error.strerror or str(error),)}
        case _:
            return {"faults": (error,)}


def _save(shelf: Shelf, reader: Reader, office: Office, wish: Wish) -> Response:
    """Write the files of a report as they are to be. Raises what stands in the way."""
    held, typed, removed = office.handed_in(reader.drafts), wish.typed, wish.removed
    draft_id, before = draft_of(shelf), shelf.report.evidence.files
    changed_meanwhile = {
        file.sha256
        for file in before
        if file.sha256 in typed and wish.given.get(f"_was.{file.sha256}", stamp(file)) != stamp(file)
    }
    if changed_meanwhile and not removed:
        # Their words are shown beside the fields, which keep what was typed; sent again, these hold.
        return _shown(shelf, reader, 409, typed=typed, conflicts=frozenset(changed_meanwhile))
    is_saved = False
    with held.handed_over("" if removed else draft_id, lambda: is_saved) as put:
        files: list[EvidenceFile] = []
        for file in before:
            if file.sha256 != removed:
                files.append(_described(file, typed.get(file.sha256), reader, office, put))
        if not removed:
            known = {file.sha256 for file in files}
            new = [w for w in held.of(draft_id).files if w.file.sha256 not in known]
            files += [_new(waiting, reader) for waiting in new]
        if tuple(files) == before:
            is_saved = not removed
            return RedirectResponse(_address(shelf), 303)
        saved = save(
            office, reader, _with_files(shelf, tuple(files)), shelf.digest,
            f"Change files of report {shelf.report.id} of {title_of(shelf.site)} ({shelf.site.id})",
        )  # fmt: skip
        is_saved = True
        beside = [path for path in put if path.is_relative_to(office.state.directory)]
        beside += _cleared(office, before, tuple(files))
        commit_files(
            office.state.directory, beside,
            f"Show files of report {shelf.report.id} of {title_of(shelf.site)} ({shelf.site.id})",
            reader.writer.name,
        )  # fmt: skip
    query = saved.address.partition("?")[2]
    return RedirectResponse(f"{_address(shelf)}?{query}", 303)


def _address(shelf: Shelf) -> str:
    return f"/sites/{shelf.site.id}/reports/{shelf.report.id}/files"


def _new(waiting: Waiting, reader: Reader) -> EvidenceFile:
    part = part_of(waiting, said(waiting.answers, reader.language)[0])
    return decode_loosely(msgspec.json.encode(part), EvidenceFile, waiting.file.name)


def _described(
    file: EvidenceFile, answers: Answers | None, reader: Reader, office: Office, put: list[Path]
) -> EvidenceFile:
    """Return a file's part with what is said of it now; a copy is made where it is to be shown."""
    if answers is None:
        return file
    told = said(answers, reader.language)[0]
    if told.get("taken") is None and answers.get("taken") == file.taken:
        told["taken"] = file.taken
    fixed = {
        name: value
        for name, value in msgspec.to_builtins(file).items()
        if name in ("name", "sha256", "media_type", "bytes", "public", "public_copy")
    }
    made = decode_loosely(msgspec.json.encode(fixed | told), EvidenceFile, file.name)
    wanted = answers.get("public") == "1"
    if wanted == file.public:
        return made
    if not wanted:
        return replace(made, public=False, public_copy=None)
    intake = office.intake
    original = original_path(intake.private, file)
    if not original.is_file():
        raise UnfitFile(f"the original of {file.name!r} is not in the private folder; bring it there first")
    there = set((office.state.directory / "evidence").glob("??/*"))
    copy = make_copy(original, file.media_type, office.state.directory, intake.limits)
    path = copy_path(office.state.directory, copy)
    if path not in there:
        put.append(path)
    return replace(made, public=True, public_copy=copy)


def _with_files(shelf: Shelf, files: tuple[EvidenceFile, ...]) -> Site:
    reports = list(shelf.site.properties.reports)
    report = shelf.report
    reports[shelf.number] = replace(report, evidence=replace(report.evidence, files=files))
    return replace(shelf.site, properties=replace(shelf.site.properties, reports=tuple(reports)))


def _cleared(
    office: Office, before: tuple[EvidenceFile, ...], after: tuple[EvidenceFile, ...]
) -> Iterator[Path]:
    """Take away copies that no record shows any more, and yield where they lay."""
    gone = {f.public_copy for f in before if f.public_copy} - {f.public_copy for f in after}
    if not gone:
        return
    registry = office.state.look().readable
    proposed = (record for record in registry.proposals.values() if isinstance(record, Site))
    shown = {
        file.public_copy
        for site in (*registry.sites.values(), *proposed)
        for report in site.properties.reports
        for file in report.evidence.files
    }
    for copy in gone - shown:
        assert copy is not None
        path = copy_path(office.state.directory, copy)
        path.unlink(missing_ok=True)
        yield path


def hand_in(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Answer a script that handed in files, or what is typed of them, with the list as it is now."""
    given = dict(pairs)
    draft_id, address = given.get("_draft", ""), given.get("_form", "")
    known = place_of(address) or re.fullmatch(r"/sites/[^/]+/reports/[^/]+/files", address)
    if not is_draft_id(draft_id) or not known or office.done(draft_id):
        return Response(status_code=409)
    if given.get("_action") == "say":
        return Response(status_code=204)
    return reader.page("files-waiting.html", draft=draft_id)


def copy(request: Request, reader: Reader, office: Office) -> Response:
    """A copy that may be shown, from the published files."""
    match = _COPY.fullmatch(request.path_params["name"])
    if match is None:
        return office.plain(reader.language, 404, "refused.missing")
    found = PublicCopy(match[1], _COPY_TYPES[match[2]], 1, 1, 1)  # type: ignore[arg-type]
    if not reader.writer.may("contributor") and match[1] not in _shown_to_all(reader):
        return office.plain(reader.language, 404, "refused.missing")
    try:
        return _picture(read_copy(office.state.directory, found), found.media_type)
    except (UnfitFile, OSError):
        return office.plain(reader.language, 404, "refused.missing")


def _shown_to_all(reader: Reader) -> set[str]:
    return {
        file.public_copy.sha256
        for site in reader.look.registry.sites.values()
        for report in site.properties.reports
        for file in report.evidence.files
        if file.public and file.public_copy
    }


def preview(request: Request, reader: Reader, office: Office) -> Response:
    """The copy of a file that waits, as everybody would see it."""
    found = office.handed_in(reader.drafts).copy(request.path_params["draft"], request.path_params["sha256"])
    try:
        if found is not None:
            return _picture(found[0].read_bytes(), found[1])
    except OSError:
        pass
    return office.plain(reader.language, 404, "refused.missing")


def _picture(raw: bytes, media_type: str) -> Response:
    assert raw.startswith(_BEGINNINGS[media_type])
    return Response(raw, media_type=media_type, headers=INERT)


def original(request: Request, reader: Reader, office: Office) -> Response:
    """An original as it was handed in, to be saved and not to be opened here."""
    sha256 = request.path_params["sha256"]
    if _SHA256.fullmatch(sha256):
        for ending in EXTENSIONS.values():
            path = office.intake.private / "evidence" / sha256[:2] / (sha256 + ending)
            if path.is_file() and not path.is_symlink():
                return FileResponse(
                    path,
                    media_type="application/octet-stream",
                    filename=path.name,
                    content_disposition_type="attachment",
                    headers=INERT,
                )
    return office.plain(reader.language, 404, "refused.missing")


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of files."""
    files = "/sites/{key}/reports/{report}/files"
    return [
        Route(files, page(office, files_page), methods=["GET"]),
        Route(files, form(office, change_files), methods=["POST"]),
        Route("/uploads", form(office, hand_in), methods=["POST"]),
        Route("/uploads/{draft}/{sha256}", page(office, preview), methods=["GET"]),
        Route("/evidence/copies/{name}", page(office, copy), methods=["GET"]),
        Route("/evidence/originals/{sha256}", page(office, original), methods=["GET"]),
        Route("/evidence/{folder}/{name}", page(office, copy), methods=["GET"]),
    ]
