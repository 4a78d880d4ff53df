"""Who signs what a command does: a pseudonym and an organisation, and the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from heritage_registry.git import GitFailed, HistoryUnavailable, git
from heritage_registry.review import Done, Signature

Command = TypeVar("Command", bound=Callable[..., Any])


def signed(command: Command) -> Command:
    """Add `--by` and `--organisation`."""
    by = click.option(
        "--by",
        default="",
        metavar="NAME",
        help="Pseudonym that signs. Default: user.name in the settings of the registry's own repository.",
    )
    organisation = click.option(
        "--organisation", default="", metavar="NAME", help="Organisation that whoever signs works for."
    )
    return by(organisation(command))


def signature(directory: Path, by: str, organisation: str = "") -> Signature:
    """Return who signs, today."""
    return Signature(by or _name_of_repository(directory), datetime.now(UTC).date().isoformat(), organisation)


def _name_of_repository(directory: Path) -> str:
    """Return the name set for this repository. The one set for the whole machine is often a real name."""
    try:
        found = git(directory, "config", "--local", "--get", "user.name", fine=(0, 1))
    except (GitFailed, HistoryUnavailable):
        return ""
    return found.decode("utf-8", "replace").strip()


def saved(done: Done, verb: str) -> str:
    """Say what a save came to."""
    if done.is_proposal and done.paths:
        return (
            f"{verb} {done.path}: a proposed change. What readers see stays as it is until somebody else has"
            f" approved it; hand it in with 'heritage review submit {done.record.id}'."
        )
    return f"{verb} {done.path}"
