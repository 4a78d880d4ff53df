"""How a registry stands to the repository it shares, and pushing to it: never by force."""

from __future__ import annotations

from pathlib import Path

import msgspec

from heritage_registry.git import GitFailed, alone, git, in_between, merging, require
from heritage_registry.history import uncommitted
from heritage_registry.remotes import ask, upstream_of, without_secrets


class Shared(msgspec.Struct, frozen=True):
    """How things stand, as far as was last heard from the remote.

    `ahead` are commits that the remote lacks, `behind` those that we lack. `is_waiting` where a merge or the
    like is half-way done.
    """

    remote: str
    address: str
    branch: str
    ahead: int
    behind: int
    uncommitted: tuple[Path, ...]
    is_waiting: bool


class Pushed(msgspec.Struct, frozen=True):
    """How many commits went to which branch."""

    commits: int
    branch: str


def standing(directory: Path) -> Shared:
    """Return how things stand, without asking the remote. Raises `NothingShared` where there is none."""
    require(directory)
    remote, ref = upstream_of(directory)
    branch = f"{remote}/{ref.removeprefix('refs/heads/')}"
    ahead, behind = _apart(directory)
    address = git(directory, "remote", "get-url", remote, fine=(0, 2)).decode("utf-8", "replace").strip()
    is_waiting = merging(directory) or in_between(directory)
    changed = uncommitted(directory)
    return Shared(remote, without_secrets(address), branch, ahead, behind, changed, is_waiting)


def push(directory: Path) -> Pushed:
    """Send our commits to the branch that ours follows.

    Raises `RemoteMovedOn` where others were first, `CredentialsNeeded`, `RemoteRefused`, `RemoteUnreachable`.
    """
    require(directory)
    with alone(directory):
        if merging(directory) or in_between(directory):
            raise GitFailed("a merge or rebase is under way; finish it first ('heritage pull')")
        remote, ref = upstream_of(directory)
        ahead, _ = _apart(directory)
        if ahead:
            # The full name of both sides: no setting can turn this into another branch or a forced push.
            ask(directory, "push", "--quiet", "--no-force", "--no-follow-tags", remote, f"HEAD:{ref}")
        return Pushed(ahead, f"{remote}/{ref.removeprefix('refs/heads/')}")


def _apart(directory: Path) -> tuple[int, int]:
    """Return how many commits the remote lacks, and how many we do."""
    known = git(directory, "rev-parse", "--verify", "-q", "@{upstream}", fine=(0, 1, 128)).decode().strip()
    if not known:  # the branch there was never fetched, or is gone
        return int(git(directory, "rev-list", "--count", "HEAD")), 0
    counted = git(directory, "rev-list", "--left-right", "--count", f"HEAD...{known}")
    ahead, behind = counted.decode().split()
    return int(ahead), int(behind)
