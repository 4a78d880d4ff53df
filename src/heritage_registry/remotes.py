"""Asking the repository that a registry shares: what git answers, told so that somebody knows what to do."""

from __future__ import annotations

import re
from pathlib import Path

from heritage_registry.git import GitFailed, git, head

_SECONDS = 180
_SECRET = re.compile(r"(?<=//)[^/@\s]*@")


class NothingShared(GitFailed):
    """The branch follows no other one, so there is nobody to pull from or push to."""


class RemoteMovedOn(GitFailed):
    """Others pushed in the meantime: their work comes first, then ours goes on top of it."""


class CredentialsNeeded(GitFailed):
    """The remote wants to know who asks, and nobody is there to answer."""


class RemoteUnreachable(GitFailed):
    """The remote could not be reached: no network, or no repository at that address."""


class RemoteRefused(GitFailed):
    """The remote was reached and its rules refuse what was sent."""


_KINDS: tuple[tuple[type[GitFailed], str, tuple[str, ...]], ...] = (
    (
        RemoteMovedOn,
        "others pushed in the meantime; pull first, then push again",
        ("(fetch first)", "(non-fast-forward)", "[rejected]", "cannot lock ref", "failed to update ref"),
    ),
    (
        CredentialsNeeded,
        "the remote asks who you are; sign in once in a terminal ('git push'), with a credential helper or an"
        " SSH key that needs no question, then try again",
        (
            "could not read Username", "could not read Password", "terminal prompts disabled",
            "Authentication failed", "Permission denied", "Host key verification failed", "HTTP 401",
            "HTTP 403", "error: 401", "error: 403", "Invalid username or",
        ),
    ),
    (
        RemoteRefused,
        "the remote was reached and refuses this",
        ("[remote rejected]", "hook declined", "protected branch"),
    ),
    (
        RemoteUnreachable,
        "the remote cannot be reached; see whether there is a network and whether its address still holds",
        (
            "Could not resolve", "unable to access", "Connection refused", "Connection timed out",
            "Network is unreachable", "No route to host", "does not appear to be a git repository",
            "Could not read from remote", "did not answer within", "not found", "unable to look up",
        ),
    ),
)  # fmt: skip
"""What git's words mean, the most telling first."""


def upstream_of(directory: Path) -> tuple[str, str]:
    """Return the remote that the branch follows and the full name of the branch there.

    Raises `NothingShared` where it follows none, and before the first commit.
    """
    if head(directory) is None:
        raise NothingShared("the repository has no commit yet; commit the registry first")
    branch = git(directory, "symbolic-ref", "-q", "HEAD", fine=(0, 1)).decode().strip()
    if branch:
        form = "--format=%(upstream:remotename)%00%(upstream:remoteref)"
        remote, _, ref = git(directory, "for-each-ref", form, branch).decode().strip().partition("\0")
        if remote and ref:
            return remote, ref
    raise NothingShared(
        "this branch follows no other; say which with 'git branch --set-upstream-to=origin/main'"
    )


def ask(directory: Path, *arguments: str) -> bytes:
    """Run a command of git that speaks to the remote; raise what its refusal means, without any secret."""
    try:
        return git(directory, *arguments, seconds=_SECONDS)
    except GitFailed as error:
        words = without_secrets(str(error))
        for kind, meaning, signs in _KINDS:
            if any(sign in words for sign in signs):
                raise kind(f"{meaning}. {words}") from error
        raise GitFailed(words) from error


def fetch(directory: Path) -> None:
    """Learn what others pushed; no file of ours changes."""
    remote, _ = upstream_of(directory)
    ask(directory, "fetch", "--quiet", remote)


def without_secrets(text: str) -> str:
    """Return a text without the names and passwords that addresses may hold."""
    return _SECRET.sub("", text)
