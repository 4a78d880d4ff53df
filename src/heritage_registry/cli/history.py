"""`heritage history`, `pull` and `merge`: who changed what, earlier versions, two people's work in one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from heritage_registry.cli.shared import count, progress, unwritable_told
from heritage_registry.cli.signing import saved, signature, signed
from heritage_registry.differences import (
    ITEM_LABELS,
    LABELS,
    Change,
    Place,
    differences,
    is_part,
    vocabularies,
)
from heritage_registry.errors import RecordNotFound
from heritage_registry.form import decode_loosely
from heritage_registry.history import version_at, versions
from heritage_registry.merge import Conflict, merge_texts
from heritage_registry.pulling import RecordConflict, pull
from heritage_registry.registry import (
    KINDS,
    AnyRecord,
    Kind,
    Registry,
    examine,
    read_current,
    record_path,
)
from heritage_registry.review import Done, Signature, save
from heritage_registry.vocabulary import vocabulary

NOW = "now"
"""Stands for the file as it is, beside commits."""


@click.command()
@click.argument("record", metavar="ID")
@click.option(
    "--diff",
    "compared",
    nargs=2,
    metavar="OLD NEW",
    help="Tell in words what changed between two commits; 'now' is the file as it is.",
)
@click.option("--restore", "commit", metavar="COMMIT", help="Write the record as a commit has it.")
@signed
@click.pass_obj
def history(
    directory: Path, /, record: str, compared: tuple[str, str] | None, commit: str | None, **who: str
) -> None:
    """Tell who changed a record and when, the last change first.

    The registry has to lie in a git repository. A restored record passes the checks of today and is written
    like any other change; the versions after it are not lost. Where registry.toml has a rule who may publish,
    what is restored of a published record is a proposal.
    """
    if compared and commit:
        raise click.UsageError("--diff and --restore do not go together; give one of them")
    kind = _kind_of(directory, record)
    if commit:
        with progress("Reading records") as advance:
            registry, _ = examine(directory, advance)
        done = _restored(registry, kind, record, commit, signature(directory, **who))
        click.echo(saved(done, "Restored"))
    elif compared:
        old, new = (_version(directory, kind, record, name) for name in compared)
        changes = differences(old, new)
        for change in changes:
            click.echo(in_words(change))
        click.echo(f"{count(len(changes), 'change')}.", err=True)
    else:
        found = versions(directory, kind, record)
        for version in found:
            said = _shown(f"{version.author}: {version.subject}")
            click.echo(f"{version.commit[:12]}  {version.date[:16]}  {said}")
        click.echo(f"{count(len(found), 'version')}.", err=True)


def _restored(registry: Registry, kind: Kind, record: str, commit: str, signed: Signature) -> Done:
    """Write a record as a commit has it. Under a rule its status and its log stay as they are now."""
    before = version_at(registry.directory, kind, record, commit)
    try:
        digest = read_current(registry.directory, kind, record).digest
    except RecordNotFound:
        digest = None
    return save(registry, before, digest, signed)


def _kind_of(directory: Path, record: str) -> Kind:
    """Return the kind of a record that is there, or that history has."""
    for kind in KINDS:
        if record_path(directory, kind, record).is_file():
            return kind
    for kind in KINDS:
        if versions(directory, kind, record):
            return kind
    raise RecordNotFound(f"there is no record with the id {record!r}; 'heritage list' finds records by name")


def _version(directory: Path, kind: Kind, record: str, name: str) -> AnyRecord:
    if name != NOW:
        return version_at(directory, kind, record, name)
    path = record_path(directory, kind, record)
    if not path.is_file():
        raise RecordNotFound(f"there is no {path.name} now; name a commit")
    return decode_loosely(path.read_bytes(), kind.record_type, path.name)


@click.command("pull")
@click.option("--author", default="anonymous", metavar="NAME", help="Name or pseudonym of the merge.")
@click.pass_obj
def pull_command(directory: Path, author: str) -> None:
    """Fetch what others changed and merge it, records by their parts.

    Only a part that both sides changed to different values is left to you: both versions then stand in the
    record's file between markers. Mend the file, and run the command again to finish.
    """
    found = pull(directory, author)
    for conflict in found.conflicts:
        for line in _conflict_lines(directory, conflict):
            click.echo(line)
    for name in found.other_files:
        click.echo(f"{name}: changed on both sides; resolve it with git")
    if not found.settled:
        left = count(len(found.conflicts) + len(found.other_files), "file")
        click.echo(f"{left} to decide on; then run 'heritage pull' again.", err=True)
        sys.exit(1)
    click.echo("Nothing new." if found.commit is None else f"Merged: {found.commit[:12]}")
    click.echo("Run 'heritage check' to see whether the records agree with each other.", err=True)


def _conflict_lines(directory: Path, conflict: RecordConflict) -> Iterator[str]:
    path = record_path(directory, conflict.kind, conflict.id)
    if conflict.ours is None or conflict.theirs is None:
        sides = (
            ("removed here", "changed by the others")
            if conflict.ours is None
            else ("changed here", "removed by the others")
        )
        yield f"{path}: {' and '.join(sides)}; keep it with 'git add' or remove it with 'git rm'"
    elif conflict.unreadable:
        yield f"{path}: could not be merged by parts: {conflict.unreadable}"
    else:
        yield f"{path}:"
        yield from (f"  {line}" for asked in conflict.conflicts for line in _asked(asked))


def _asked(conflict: Conflict) -> Iterator[str]:
    yield place_in_words(conflict.place)
    yield f"  ours:   {_told(conflict.ours, conflict.vocabulary)}"
    yield f"  theirs: {_told(conflict.theirs, conflict.vocabulary)}"


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("merge")
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
def merge_command(base: Path, ours: Path, theirs: Path, output: Path) -> None:
    """Merge the files of one record by parts, as a merge driver of git.

    BASE is the last common version, an empty file where there is none. Where both sides changed one part,
    both versions stand in the output between markers and the command ends with 1.
    """
    found = merge_texts(base.read_bytes(), ours.read_bytes(), theirs.read_bytes())
    with unwritable_told(output):
        output.write_bytes(found.text)
    for old, new in found.renumbered.items():
        click.echo(f"Their report {old} is {new} now.", err=True)
    if found.unreadable:
        click.echo(f"Could not be merged by parts: {found.unreadable}", err=True)
    for conflict in found.conflicts:
        for line in _asked(conflict):
            click.echo(line, err=True)
    if not found.settled:
        sys.exit(1)


def in_words(change: Change) -> str:
    """Return a change as a line of English: `report r1, condition: “Damaged” → “Destroyed”`."""
    place = place_in_words(change.place)
    match change.kind:
        case "added":
            return f"Added {place}: {_told(change.new, change.vocabulary)}"
        case "removed":
            return f"Removed {place}: {_told(change.old, change.vocabulary)}"
        case "reordered":
            return f"Reordered {place}"
        case _:
            old, new = (_told(value, change.vocabulary) for value in (change.old, change.new))
            return f"Changed {place}: {old} → {new}"


def place_in_words(place: Place) -> str:
    """Return a place as somebody would say it: `report r1, citation survey-2021, locator`."""
    words = []
    for step in place:
        if step.field == "properties":
            continue
        if step.item is None:
            words.append(_label(step.field))
        elif step.field in ITEM_LABELS:
            words.append(f"{ITEM_LABELS[step.field]} {step.item}")
        else:
            words.append(f"{_label(step.field)} ({step.item})")
    return ", ".join(words) or LABELS[""]


def _label(field: str) -> str:
    return LABELS.get(field, field.replace("_", " "))


def _told(value: Any, term: str | None = None) -> str:  # noqa: PLR0911 - a line for each kind of value
    """Return a value or part in one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return vocabulary(term).label(value, "en") if term else f"“{_one_line(value)}”"
    if isinstance(value, dict):
        return ", ".join(f"{_told(text)} ({tag})" for tag, text in value.items())
    if isinstance(value, tuple):
        return ", ".join(_told(item, term) for item in value)
    if is_part(value):
        return "; ".join(_facts(value))
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return f"{value}"


def _facts(part: msgspec.Struct) -> Iterator[str]:
    terms = vocabularies(type(part))
    names = zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True)
    for name, encoded in names:
        value = getattr(part, name)
        if value is not None and value != ():
            yield f"{_label(encoded)} {_told(value, terms.get(encoded))}"


def _shown(text: str) -> str:
    """Return a text of somebody's commit without what would steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
