"""`heritage edit`: change one record, in an editor or by setting fields, without losing anybody's edit."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click
import msgspec

from heritage_registry.cli.shared import progress, relocated
from heritage_registry.cli.signing import saved, signature, signed
from heritage_registry.errors import InvalidRecords, Problem, RegistryError
from heritage_registry.form import decode_loosely, encode
from heritage_registry.positions import read_positions
from heritage_registry.registry import (
    SOURCES,
    AnyRecord,
    Kind,
    Registry,
    digest,
    examine,
    find_record_file,
    proposed,
    record_id,
)
from heritage_registry.review import Done, Signature, save


@click.command()
@click.argument("record", metavar="ID")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set a field instead of opening an editor; may be repeated.",
)
@signed
@click.pass_obj
def edit(directory: Path, /, record: str, settings: tuple[str, ...], **who: str) -> None:
    """Change a record in your editor, or field by field.

    Where registry.toml has a rule who may publish, a change of a published record is a proposal: readers
    see the record as it was until somebody else has approved the change (see 'heritage review').

    The editor is the one that VISUAL or EDITOR names. The text is checked when it is
    saved; nothing is written while it has problems, and your text is never lost.

    FIELD of --set is a path such as names.0.kind or reports.1.condition, for a site inside its properties
    (or geometry); VALUE is JSON, or plain text. null removes an optional field.
    """
    kind, path = find_record_file(directory, record)
    path = _current_path(directory, kind, path)
    raw = path.read_bytes()
    with progress("Reading records") as advance:
        registry, _ = examine(directory, advance)
    change = _Change(registry, kind, path, raw, signature(directory, **who))
    if settings:
        done: Done | None = change.write(_with_settings(raw, settings, kind, path.name))
    else:
        done = _edit_in_editor(change)
    click.echo(saved(done, "Changed") if done and done.paths else "Nothing was changed.")


def _current_path(directory: Path, kind: Kind, path: Path) -> Path:
    """Return the file of a change that is proposed already, on which further edits go, else the record's."""
    if kind is SOURCES:
        return path
    waiting = directory / proposed(kind).folder / path.name
    return waiting if waiting.is_file() and not waiting.is_symlink() else path


class _Change(msgspec.Struct, frozen=True):
    """One record under change: where it lies and its text when it was read."""

    registry: Registry
    kind: Kind
    path: Path
    raw: bytes
    signed: Signature

    def write(self, text: bytes) -> Done:
        """Put the record that a text holds in place of the one that was read."""
        record: AnyRecord = decode_loosely(text, self.kind.record_type, self.path.name)
        key = record_id(self.path, self.kind)
        if record.id != key:
            message = f"{record.id!r} is another id; a record keeps its id {key!r} for ever"
            raise InvalidRecords([Problem(self.path.name, 0, "id", message)])
        try:
            return save(self.registry, record, digest(self.raw), self.signed)
        except InvalidRecords as error:
            raise relocated(error, self.path.name, read_positions(text.decode("utf-8-sig"))) from error


def _edit_in_editor(change: _Change) -> Done | None:
    """Let somebody edit until the text is a record or they give up; return what was written."""
    draft = Path(tempfile.mkdtemp(prefix="heritage-")) / change.path.name
    draft.write_bytes(change.raw)
    while True:
        click.edit(filename=str(draft))
        text = draft.read_bytes()
        done = None
        if text == change.raw:
            break
        try:
            done = change.write(text)
            break
        except InvalidRecords as error:
            click.echo(error, err=True)
            if not _edits_again():
                raise _kept("the record was not changed", draft) from error
        except RegistryError as error:
            raise _kept(str(error), draft) from error
    draft.unlink()
    draft.parent.rmdir()
    return done


def _edits_again() -> bool:
    try:
        return click.confirm("Edit again?", default=True, err=True)
    except click.Abort:
        return False


def _kept(why: str, draft: Path) -> click.ClickException:
    return click.ClickException(f"{why}. Your text is kept in {draft}")


def _with_settings(raw: bytes, settings: tuple[str, ...], kind: Kind, name: str) -> bytes:
    """Return the text of a record with fields set."""
    record = json.loads(encode(decode_loosely(raw, kind.record_type, name)))
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise click.BadParameter(f"{setting!r} has no '='; write FIELD=VALUE", param_hint="'--set'")
        steps = path.split(".")
        inside = record["properties"] if "properties" in record and steps[0] != "geometry" else record
        _set(inside, steps, _json_or_text(text), path)
    # Read and written once more: decoding drops what is null, and encoding puts fields into their order.
    return encode(decode_loosely(json.dumps(record, ensure_ascii=False).encode(), kind.record_type, name))


def _set(inside: Any, steps: list[str], value: Any, path: str) -> None:
    """Put a value at the end of a path; a list grows by the position behind its last."""
    for n, step in enumerate(steps):
        last = n == len(steps) - 1
        if isinstance(inside, list):
            if not step.isdigit() or int(step) > len(inside):
                message = f"{path}: {step!r} is not a position of a list of {len(inside)}"
                raise click.BadParameter(message, param_hint="'--set'")
            if int(step) == len(inside):
                inside.append({})
            inside[int(step)] = value if last else inside[int(step)]
            inside = inside[int(step)]
        elif isinstance(inside, dict):
            fresh: Any = [] if not last and steps[n + 1].isdigit() else {}
            inside[step] = value if last else inside.get(step, fresh)
            inside = inside[step]
        else:
            raise click.BadParameter(f"{path}: {step!r} is inside a plain value", param_hint="'--set'")


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
