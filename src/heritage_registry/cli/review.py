"""`heritage review`: hand in, judge, publish, withdraw and restore records, by the rule of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from heritage_registry.cli.history import in_words
from heritage_registry.cli.shared import count, progress
from heritage_registry.cli.signing import signature, signed
from heritage_registry.differences import differences
from heritage_registry.parts import Review
from heritage_registry.publishing import Reviewed, log_of, refusal, standing, status_of
from heritage_registry.registry import Registry, examine, find_record_file, read_current
from heritage_registry.review import (
    Done,
    approve,
    begin_again,
    discard,
    is_outdated,
    restore,
    send_back,
    submit,
    take_over,
    withdraw,
)
from heritage_registry.site import Site
from heritage_registry.vocabulary import vocabulary

_REASON = click.option("--reason", required=True, metavar="TEXT", help="Why.")


@click.group()
def review() -> None:
    """Hand in, judge, publish, withdraw and restore records.

    A draft is submitted, and approved or sent back by somebody else; registry.toml says who may publish. A
    change of a published record is a proposal until it is approved, and readers see the record as it was.
    """


@review.command("list")
@click.pass_obj
def list_command(directory: Path) -> None:
    """List what waits: for a reviewer first, then for its writer."""
    registry = _read(directory)
    waiting = sorted(queue(registry), key=lambda record: (status_of(record) != "in_review", record.id))
    for record in waiting:
        what = "change" if record.id in registry.proposals else "new"
        label = vocabulary("status").label(status_of(record), "en")
        last = log_of(record)[-1] if log_of(record) else None
        who = f"  {last.by}, {last.date}" if last else ""
        click.echo(f"{record.id}  {label}, {what}  {_title(record)}{who}")
    click.echo(f"{count(len(waiting), 'record')}.", err=True)


def queue(registry: Registry) -> Iterator[Reviewed]:
    """Yield what is no longer, or not yet, as its readers should see it: drafts and proposed changes."""
    yield from registry.proposals.values()
    for group in (registry.sites, registry.claims):
        for record in group.values():
            if status_of(record) in ("draft", "in_review") and record.id not in registry.proposals:
                yield record


@review.command()
@click.argument("record", metavar="ID")
@click.pass_obj
def show(directory: Path, record: str) -> None:
    """Show where a record stands: its log, who may approve, and what a proposed change changes."""
    registry = _read(directory)
    kind, path = find_record_file(directory, record)
    current = read_current(directory, kind, path.name.removesuffix(kind.suffix)).record
    if not isinstance(current, Reviewed):
        raise click.ClickException(f"{record} is a source; sites and claims are reviewed")
    click.echo(f"{record}  {_title(current)}")
    click.echo(
        f"{vocabulary('status').label(status_of(current), 'en')}; rule: {registry.config.publishing.rule}"
    )
    for entry in log_of(current):
        click.echo(f"  {_line(entry)}")
    found = standing(log_of(current), registry.config.publishing)
    if found.authors and status_of(current) != "published":
        click.echo(f"Written by {', '.join(found.authors)}: somebody else approves.")
    published = registry.sites.get(record) or registry.claims.get(record)
    if record in registry.proposals and published is not None:
        if is_outdated(published, current):
            click.echo("The published record changed since this change was begun; see 'review begin-again'.")
        for change in differences(published, current):
            click.echo(f"  {in_words(change)}")
    elif status_of(current) == "published" and (say := refusal(current, registry.config.publishing)):
        click.echo(f"It {say}.")


def _line(entry: Review) -> str:
    act = vocabulary("review_act").label(entry.act, "en")
    of = f" ({entry.organisation})" if entry.organisation else ""
    return f"{entry.date}  {entry.by}{of}: {act}" + (f": {entry.reason}" if entry.reason else "")


def _title(record: Reviewed) -> str:
    return record.properties.names[0].text if isinstance(record, Site) else record.claimant


@review.command("submit")
@click.argument("record", metavar="ID")
@signed
@click.pass_obj
def submit_command(directory: Path, /, record: str, **who: str) -> None:
    """Hand a draft or a proposed change in for review."""
    _done(submit(_read(directory), record, signature(directory, **who)))


@review.command("approve")
@click.argument("record", metavar="ID")
@signed
@click.pass_obj
def approve_command(directory: Path, /, record: str, **who: str) -> None:
    """Agree that exactly this text is shown, having read it against its sources."""
    _done(approve(_read(directory), record, signature(directory, **who)))


@review.command("return")
@click.argument("record", metavar="ID")
@_REASON
@signed
@click.pass_obj
def return_command(directory: Path, /, record: str, reason: str, **who: str) -> None:
    """Send a text back to its writer, with a reason."""
    _done(send_back(_read(directory), record, signature(directory, **who), reason))


@review.command("withdraw")
@click.argument("record", metavar="ID")
@_REASON
@click.option("--superseded-by", metavar="ID", help="The site that takes its place.")
@signed
@click.pass_obj
def withdraw_command(
    directory: Path, /, record: str, reason: str, superseded_by: str | None, **who: str
) -> None:
    """Take a record away from readers. It is kept, with the day and the reason."""
    _done(withdraw(_read(directory), record, signature(directory, **who), reason, superseded_by))


@review.command("restore")
@click.argument("record", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@signed
@click.pass_obj
def restore_command(directory: Path, /, record: str, reason: str, **who: str) -> None:
    """Undo a withdrawal. What had been approved is shown again, anything else is a draft."""
    _done(restore(_read(directory), record, signature(directory, **who), reason))


@review.command("begin-again")
@click.argument("record", metavar="ID")
@signed
@click.pass_obj
def begin_again_command(directory: Path, /, record: str, **who: str) -> None:
    """Put a proposed change on what is published now, having compared the two."""
    _done(begin_again(_read(directory), record, signature(directory, **who)))


@review.command("discard")
@click.argument("record", metavar="ID")
@click.confirmation_option(prompt="Throw the proposed change away?")
@click.pass_obj
def discard_command(directory: Path, record: str) -> None:
    """Throw a proposed change away. What readers see stays as it is."""
    kind, path = find_record_file(directory, record)
    digest = read_current(directory, kind, path.name.removesuffix(kind.suffix)).digest
    click.echo(f"Removed {discard(_read(directory), record, digest).path}")


@review.command("take-over")
@signed
@click.pass_obj
def take_over_command(directory: Path, /, **who: str) -> None:
    """Begin with a rule: mark what is published already as taken over.

    The log of such a record says that nobody is known to have read it as a second person. Set `since` under
    [publishing] in registry.toml to the day on which the rule begins.
    """
    paths = take_over(_read(directory), signature(directory, **who))
    click.echo(f"Took over {count(len(paths), 'record')}.")


def _read(directory: Path) -> Registry:
    """Read what can be read: a problem of another record keeps nobody from judging this one."""
    with progress("Reading records") as advance:
        return examine(directory, advance)[0]


def _done(done: Done) -> None:
    assert isinstance(done.record, Reviewed)
    label = vocabulary("status").label(status_of(done.record), "en")
    click.echo(f"{done.path}: {label}")
