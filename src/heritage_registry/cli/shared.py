"""What several commands need: where the registry is, reading it with progress, writing a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from heritage_registry.errors import InvalidRecords, Problem
from heritage_registry.positions import Positions
from heritage_registry.registry import Progress, Registry, read_registry

LANGUAGES = ("en", "hy", "az", "ru")
"""Languages that the package has words in."""

Command = TypeVar("Command", bound=Callable[..., Any])


def language_option(command: Command) -> Command:
    """Add `--language`: whose names come first and in which language terms are labelled."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default="en",
        show_default=True,
        help="Language of labels, and of the name shown first.",
    )(command)


def registry_directory(given: Path | None) -> Path:
    """Return the folder given, else the current one if it is a registry, else `sites` in it."""
    if given is not None:
        return given
    return Path() if Path("registry.toml").is_file() else Path("sites")


def read(directory: Path) -> Registry:
    """Read a registry that has no problems."""
    with progress("Reading records") as advance:
        return read_registry(directory, advance)


@contextmanager
def progress(label: str) -> Iterator[Progress | None]:
    """Give a callback that shows a bar on a terminal once the work has taken a second, or None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    started = monotonic()
    with ExitStack() as stack:
        bars: list[Any] = []

        def advance(done: int, total: int) -> None:
            if not bars and monotonic() - started > 1:
                bars.append(
                    stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr))
                )
            for bar in bars:
                bar.update(done - bar.pos)

        yield advance


def relocated(error: InvalidRecords, shown: str, positions: Positions | None) -> InvalidRecords:
    """Return problems with the name and the lines of the text that somebody wrote, if they wrote one."""

    def line(problem: Problem) -> int:
        path = tuple(int(step) if step.isdigit() else step for step in problem.field.split(".") if step)
        return positions.line(path) if positions else 0

    return InvalidRecords([replace(problem, file=shown, line=line(problem)) for problem in error.problems])


@contextmanager
def unwritable_told(path: Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be written into words."""
    try:
        yield
    except OSError as error:
        raise click.FileError(str(error.filename or path), error.strerror or "cannot be written") from error


def size(content: bytes) -> str:
    """Say how large a file is."""
    return (
        f"{len(content) / 1_000_000:.1f} MB" if len(content) >= 100_000 else f"{len(content) / 1000:.1f} kB"
    )


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 site, 2 sites."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
