"""The page on which a keeper exchanges work with others: pull, answer what both changed, push."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from heritage_registry.git import GitFailed, HistoryUnavailable
from heritage_registry.history import commit_change, uncommitted
from heritage_registry.merge import Side
from heritage_registry.pulling import (
    Answer,
    Pulled,
    RecordConflict,
    UncommittedChanges,
    pull_answered,
)
from heritage_registry.pushing import Shared, push, standing
from heritage_registry.remotes import (
    CredentialsNeeded,
    NothingShared,
    RemoteMovedOn,
    RemoteRefused,
    RemoteUnreachable,
    fetch,
)
from heritage_registry.web.history.pages import FOLDERS, title_of
from heritage_registry.web.history.telling import Teller, Told
from heritage_registry.web.office import Office, Reader
from heritage_registry.web.respond import Pairs, form, page

_ADDRESS = "/sync"
_SIDES: tuple[Side, ...] = ("ours", "theirs", "both")
_FAULTS: tuple[tuple[type[GitFailed], str], ...] = (
    (NothingShared, "sync.fault.nothing_shared"),
    (RemoteMovedOn, "sync.fault.moved_on"),
    (CredentialsNeeded, "sync.fault.credentials"),
    (RemoteUnreachable, "sync.fault.unreachable"),
    (RemoteRefused, "sync.fault.refused"),
    (UncommittedChanges, "sync.fault.uncommitted"),
)
_DONE = frozenset({"look", "commit", "pull", "nothing", "push"})


class Question(msgspec.Struct, frozen=True):
    """One part that both sides changed. `name` is that of its field in the form."""

    name: str
    told: Told | None
    can_be_both: bool
    answer: str
    reason: str = ""


class OpenFile(msgspec.Struct, frozen=True):
    """A file with parts to decide on. `address` is the page of its record, empty for any other file."""

    name: str
    token: str
    title: str
    address: str
    questions: tuple[Question, ...]


def sync_page(request: Request, reader: Reader, office: Office) -> Response:
    """How the registry stands to the one it is shared with."""
    if not reader.writer.may("keeper"):
        return office.plain(reader.language, 403, "refused.may_not")
    done = request.query_params.get("done", "")
    return _shown(reader, done=done if done in _DONE else "")


def _shown(reader: Reader, status: int = 200, **extra: object) -> Response:
    directory = reader.look.registry.directory
    shared: Shared | None = None
    files: list[str] = []
    missing = ""
    try:
        shared = standing(directory)
        changed = shared.uncommitted
    except HistoryUnavailable:
        missing, changed = "sync.without_git", ()
    except NothingShared:
        missing, changed = "sync.nothing_shared", uncommitted(directory)
    except GitFailed as error:
        missing, changed = "refused.git", ()
        extra = {"words": str(error)} | extra
    files = [path.relative_to(directory).as_posix() for path in changed]
    usual = {"fault": "", "words": "", "done": "", "open_files": (), "unanswered": False}
    return reader.page("sync.html", status, shared=shared, files=files, missing=missing, **(usual | extra))


def act(_request: Request, reader: Reader, office: Office, pairs: Pairs) -> Response:
    """Do what the button that was pressed asks for, or say what stands in the way."""
    if not reader.writer.may("keeper"):
        return office.plain(reader.language, 403, "refused.may_not")
    given = dict(pairs)
    actions: Mapping[str, Callable[[Reader, Mapping[str, str]], Response]] = {
        "look": _look,
        "commit": _commit,
        "pull": _pull,
        "push": _push,
    }
    action = actions.get(given.get("action", ""))
    if action is None:
        return RedirectResponse(_ADDRESS, 303)
    try:
        return action(reader, given)
    except HistoryUnavailable:
        return _shown(reader, 409)
    except GitFailed as error:
        fault = next((key for kind, key in _FAULTS if isinstance(error, kind)), "sync.fault.git")
        return _shown(reader, 409, fault=fault, words=str(error))


def _look(reader: Reader, _given: Mapping[str, str]) -> Response:
    fetch(reader.look.registry.directory)
    return _done("look")


def _commit(reader: Reader, _given: Mapping[str, str]) -> Response:
    directory = reader.look.registry.directory
    changed = uncommitted(directory)
    if changed:
        commit_change(directory, changed, "Keep what was changed in files", reader.writer.name)
    return _done("commit")


def _push(reader: Reader, _given: Mapping[str, str]) -> Response:
    return _done("push" if push(reader.look.registry.directory).commits else "nothing")


def _pull(reader: Reader, given: Mapping[str, str]) -> Response:
    answers = _answers(given)
    found = pull_answered(reader.look.registry.directory, reader.writer.name, answers)
    if found.settled:
        return _done("pull" if found.commit else "nothing")
    open_files = [
        *(_record(conflict, found, given, reader) for conflict in found.conflicts),
        *(_other(name, found, given) for name in found.other_files),
    ]
    return _shown(reader, 409, open_files=open_files, unanswered=bool(answers))


def _done(what: str) -> Response:
    return RedirectResponse(f"{_ADDRESS}?{urlencode({'done': what})}", 303)


def _answers(given: Mapping[str, str]) -> dict[str, Answer]:
    """Read the answers of the form: `file|part` to a side, and `|file` to what both sides held."""
    sides: dict[str, dict[str, Side]] = {}
    for field, value in given.items():
        name, bar, key = field.partition("|")
        side = next((known for known in _SIDES if known == value), None)
        if bar and name and side:
            sides.setdefault(name, {})[key] = side
    return {name: Answer(given.get(f"|{name}", ""), chosen) for name, chosen in sides.items()}


def _record(conflict: RecordConflict, found: Pulled, given: Mapping[str, str], reader: Reader) -> OpenFile:
    name = conflict.name
    token = found.tokens[name]
    kept = given if given.get(f"|{name}") == token else {}
    folder = next(
        (f for f, kind in FOLDERS.items() if kind.record_type is conflict.kind.record_type), "sites"
    )
    questions = [
        Question(
            field := f"{name}|{asked.key}",
            tell.sides(asked.place, asked.ours, asked.theirs, asked.vocabulary),
            asked.can_be_both,
            kept.get(field, ""),
        )
        for tell in (Teller(reader.book.own_words, reader.look.readable.sources),)
        for asked in conflict.conflicts
    ]
    if not questions:
        reason = "sync.unreadable" if conflict.unreadable else "sync.removed_theirs"
        if conflict.ours is None:
            reason = "sync.removed_ours"
        questions = [
            Question(f"{name}|", None, can_be_both=False, answer=kept.get(f"{name}|", ""), reason=reason)
        ]
    title = title_of(folder, conflict.id, reader)
    return OpenFile(name, token, title, f"/{folder}/{conflict.id}", tuple(questions))


def _other(name: str, found: Pulled, given: Mapping[str, str]) -> OpenFile:
    answer = given.get(f"{name}|", "")
    question = Question(f"{name}|", None, can_be_both=False, answer=answer, reason="sync.other_file")
    return OpenFile(name, found.tokens[name], name, "", (question,))


def routes(office: Office) -> list[BaseRoute]:
    """Return the routes of the page."""
    return [
        Route(_ADDRESS, page(office, sync_page), methods=["GET"]),
        Route(_ADDRESS, form(office, act), methods=["POST"]),
    ]
