"""Running git for a registry: without a shell, hooks, questions, or the user's name and time zone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from heritage_registry.errors import RegistryError

if sys.platform != "win32":
    import fcntl

_TRIES = 50
_PAUSE = 0.1
_GIT_SECONDS = 60
_MAX_NAME = 80
_NO_NAME = "anonymous"

#: What git strips from the ends of a name: one of these alone is no name.
_CRUD = " .,:;<>\"\\'"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f<>\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")


class HistoryUnavailable(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """There is no git, or the registry lies in no repository: records work, their history does not."""


class GitFailed(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """git refused; the message holds its words."""


def why_unavailable(directory: Path) -> str | None:
    """Say why a registry has no history, or return None if it has one."""
    try:
        git(directory, "rev-parse", "--show-prefix")
    except HistoryUnavailable as error:
        return str(error)
    except GitFailed as error:
        if "not a git repository" in str(error):
            return f"{directory} lies in no git repository, so records have no history"
        return str(error)
    return None


def pseudonym(name: str) -> str:
    """Return a name as git can hold it: one line, without signs that are hidden or mean something to git."""
    fit = " ".join(_UNFIT.sub(" ", name).split())[:_MAX_NAME].strip()
    return fit if fit.strip(_CRUD) else _NO_NAME


def identity(author: str) -> dict[str, str]:
    """Return who commits: the pseudonym alone, and the time without the zone somebody lives in."""
    name, now = pseudonym(author), f"{int(time.time())} +0000"
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", ""), ("DATE", now))
    }


#: A folder from elsewhere may bring settings that run programs: hooks and monitors do not run.
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
)


def git(
    directory: Path,
    *arguments: str,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    fine: Iterable[int] = (0,),
    seconds: int = _GIT_SECONDS,
    literal: bool = True,
) -> bytes:
    """Run git in the registry's folder and return what it prints."""
    flags = [flag for setting in _SETTINGS for flag in ("-c", setting)]
    command = ["git", "--no-pager", *(["--literal-pathspecs"] if literal else []), *flags, *arguments]
    if not directory.is_dir():
        raise HistoryUnavailable(f"{directory} is no folder")
    # Files in place of pipes: if this process is killed, git goes on to its end and leaves nothing half done.
    with TemporaryFile() as asked, TemporaryFile() as out, TemporaryFile() as told:
        asked.write(given)
        asked.seek(0)
        try:
            done = subprocess.run(
                command,
                cwd=directory,
                stdin=asked,
                stdout=out,
                stderr=told,
                check=False,
                timeout=seconds,
                env=_environment() | dict(env or {}),
            )
        except FileNotFoundError as error:
            raise HistoryUnavailable("git is not installed, so records have no history here") from error
        except subprocess.TimeoutExpired as error:
            raise GitFailed(f"git did not answer within {seconds} seconds") from error
        except ValueError as error:
            raise GitFailed(f"git cannot be asked that: {error}") from error
        out.seek(0)
        told.seek(0)
        if done.returncode not in fine:
            raise GitFailed(f"git: {told.read().decode('utf-8', 'replace').strip()}")
        return out.read()


def _environment() -> dict[str, str]:
    """Return an environment in which git asks nothing and looks for the repository by the folder alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_SSH")}
    quiet = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_EDITOR": "true",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    batch = (
        {} if "GIT_SSH_COMMAND" in kept or "GIT_SSH" in kept else {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}
    )
    return kept | quiet | batch


def require(directory: Path) -> None:
    """Raise `HistoryUnavailable` where a registry has no history."""
    reason = why_unavailable(directory)
    if reason is not None:
        raise HistoryUnavailable(reason)


def head(directory: Path) -> str | None:
    """Return the commit that is checked out, None before the first one."""
    found = git(directory, "rev-parse", "--verify", "-q", "HEAD^{commit}", fine=(0, 1)).decode().strip()
    return found or None


def merging(directory: Path) -> bool:
    """Tell whether a merge waits for its commit."""
    return git_path(directory, "MERGE_HEAD").exists()


def in_between(directory: Path) -> bool:
    """Tell whether a rebase, cherry-pick or revert is half-way done."""
    names = ("CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
    return any(git_path(directory, name).exists() for name in names)


def git_path(directory: Path, name: str) -> Path:
    """Return where git keeps something of its own."""
    return directory / os.fsdecode(git(directory, "rev-parse", "--git-path", name).removesuffix(b"\n"))


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Let one process at a time write history. The lock lies in git's folder and ends with the process."""
    with git_path(directory, "heritage.lock").open("a+b") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def patiently(directory: Path, *arguments: str, **options: Any) -> bytes:
    """Run git, and again for a while if another git holds its lock."""
    for n in range(_TRIES):
        try:
            return git(directory, *arguments, **options)
        except GitFailed as error:
            if ".lock" not in str(error) or n == _TRIES - 1:
                raise
        time.sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")
