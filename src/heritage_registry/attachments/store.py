"""Where files of evidence lie: taking them in, making the public copy, finding what changed since."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from heritage_registry.attachments.kinds import (
    EXTENSIONS,
    HEAD,
    Limits,
    UnfitFile,
    media_type,
    refuse_second_nature,
    safe_name,
)
from heritage_registry.attachments.look import Answer, Copy, Look, Refusal
from heritage_registry.errors import Problem
from heritage_registry.site import EvidenceFile, PublicCopy

PRIVATE_DIRECTORY = "private"
"""Lies beside the registry's folder and is named in `.gitignore`."""

_EVIDENCE = "evidence"
_BLOCK = 1 << 20


class Stored(msgspec.Struct, frozen=True):
    """A file that was taken in: the part for its report, not public yet, and what it tells of itself."""

    file: EvidenceFile
    path: Path
    look: Look


def private_directory_of(registry_directory: Path) -> Path:
    """Return where the originals of a registry lie if nobody says otherwise."""
    return registry_directory.absolute().parent / PRIVATE_DIRECTORY


def original_path(private_directory: Path, file: EvidenceFile) -> Path:
    """Return where the original of a file lies, whether or not it is there."""
    return _path(private_directory, file.sha256, file.media_type)


def copy_path(registry_directory: Path, copy: PublicCopy) -> Path:
    """Return where a public copy lies, whether or not it is there."""
    return _path(registry_directory, copy.sha256, copy.media_type)


def _path(directory: Path, sha256: str, of: str) -> Path:
    return directory / _EVIDENCE / sha256[:2] / (sha256 + EXTENSIONS[of])


def store_attachment(
    registry_directory: Path,
    private_directory: Path,
    stream: BinaryIO,
    declared_name: str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Stored:
    """Take in a file and keep it, untouched, in the private folder. Publishes nothing.

    The same bytes are kept once, however often they come. Raises `UnfitFile`, and then keeps nothing.
    """
    _refuse_published_folder(registry_directory, private_directory)
    _make_private(private_directory / _EVIDENCE)
    with _arriving(private_directory / _EVIDENCE) as temporary:
        sha256, size = _receive(stream, temporary, limits)
        found = _kind_of(temporary, size)
        look = _ask(temporary, found, limits)
        if not isinstance(look, Look):
            raise UnfitFile(_GAVE_UP)
        file = msgspec.convert(
            {
                "name": safe_name(declared_name, found),
                "sha256": sha256,
                "media_type": found,
                "bytes": size,
            },
            EvidenceFile,
        )
        path = original_path(private_directory, file)
        _put(temporary, path)
    return Stored(file, path, look)


def publish_attachment(
    registry_directory: Path,
    private_directory: Path,
    file: EvidenceFile,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> EvidenceFile:
    """Make the public copy of a picture and return the file's part of the report with it.

    Raises `UnfitFile` where there is no original, a changed one, or one that has no copy.
    """
    _refuse_published_folder(registry_directory, private_directory)
    original = original_path(private_directory, file)
    if not file.media_type.startswith("image/"):
        raise UnfitFile(
            f"{file.name!r} is no picture, so that it has no public copy; add pictures of its pages"
        )
    if not original.is_file():
        raise UnfitFile(f"the original of {file.name!r} is not in the private folder; bring it there first")
    if _digest(original) != file.sha256:
        raise UnfitFile(f"the original of {file.name!r} is not what was handed in; restore it from a backup")
    copy = make_copy(original, file.media_type, registry_directory, limits)
    return replace(file, public=True, public_copy=copy)


def make_copy(original: Path, media_type: str, directory: Path, limits: Limits) -> PublicCopy:
    """Write the pixels of a picture anew and keep that copy in a folder. Raises `UnfitFile`."""
    with _arriving(directory / _EVIDENCE) as temporary:
        made = _ask(original, media_type, limits, temporary)
        if not isinstance(made, Copy):
            raise UnfitFile(_GAVE_UP)
        _flush(temporary)
        copy = PublicCopy(
            sha256=_digest(temporary),
            media_type=made.media_type,
            bytes=temporary.stat().st_size,
            width=made.width,
            height=made.height,
        )
        _put(temporary, copy_path(directory, copy))
    return copy


def put_in_place(path: Path, target: Path, sha256: str) -> bool:
    """Put a file that was taken in elsewhere to its place, durably, and tell whether it was not there before.

    Raises `UnfitFile` for one that is not what was taken in.
    """
    if target.is_file() and _digest(target) == sha256:
        return False
    is_new = not target.exists()
    with _arriving(target.parent.parent) as temporary:
        shutil.copyfile(path, temporary)
        if _digest(temporary) != sha256:
            raise UnfitFile(f"{target.name} is not what it was when it was taken in; hand it in again")
        _flush(temporary)
        _put(temporary, target)
    return is_new


def read_copy(registry_directory: Path, copy: PublicCopy) -> bytes:
    """Return a public copy. Raises `UnfitFile` where it is missing or not what was made.

    Somebody who puts another file in its place publishes nothing with it.
    """
    path = copy_path(registry_directory, copy)
    shown = path.relative_to(registry_directory).as_posix()
    if path.is_symlink() or not path.is_file():
        raise UnfitFile(f"{shown} is missing; restore it from a backup")
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != copy.sha256:
        raise UnfitFile(f"{shown} is not what it was when it was made; restore it from a backup")
    return raw


def fixity_problems(
    registry_directory: Path, files: Iterable[EvidenceFile], private_directory: Path | None = None
) -> Iterator[Problem]:
    """Yield every copy, and every original if the private folder is at hand, that is missing or changed.

    Also yields copies that lie in the published folder though no public file of `files` has them.
    """
    wanted: set[Path] = set()
    for file in files:
        if file.public and file.public_copy:
            path = copy_path(registry_directory, file.public_copy)
            wanted.add(path)
            yield from _fixity(path, file.public_copy.sha256, registry_directory)
        if private_directory:
            yield from _fixity(original_path(private_directory, file), file.sha256, private_directory)
    for path in sorted((registry_directory / _EVIDENCE).glob("**/*")):
        if path.is_file() and path not in wanted:
            shown = path.relative_to(registry_directory).as_posix()
            yield Problem(shown, 0, "", "is shown by no report; take it out of the published folder")


def _fixity(path: Path, sha256: str, directory: Path) -> Iterator[Problem]:
    shown = path.relative_to(directory).as_posix()
    if path.is_symlink() or not path.is_file():
        yield Problem(shown, 0, "", "is missing; restore it from a backup")
    elif _digest(path) != sha256:
        yield Problem(shown, 0, "", "is not what it was when it was taken in; restore it from a backup")


def _refuse_published_folder(registry_directory: Path, private_directory: Path) -> None:
    if private_directory.resolve().is_relative_to(registry_directory.resolve()):
        message = "lies inside the registry's folder, where all is published; choose a folder beside it"
        raise UnfitFile(f"the private folder {message}")


def _receive(stream: BinaryIO, path: Path, limits: Limits) -> tuple[str, int]:
    """Write a stream durably and return its digest and size, of an over-large one no more than is needed."""
    total, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limits.bytes:
                most = f"{limits.bytes:,} bytes"
                raise UnfitFile(
                    f"this file is larger than the {most} that are taken; save it smaller or in parts"
                )
            total.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return total.hexdigest(), size


def _kind_of(path: Path, size: int) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, size - HEAD - 22))
        tail = file.read()
    found = media_type(head)
    refuse_second_nature(found, head, tail)
    return found


_GAVE_UP = (
    "this file could not be read within the limits of time and memory; save it anew with another program and "
    "send that, and keep the original"
)


def _ask(path: Path, found: str, limits: Limits, target: Path | None = None) -> Answer:
    """Have a process of its own look at a file, or write the copy of it to `target`. Raises `UnfitFile`."""
    module = f"{__package__}.examine"
    command = [sys.executable, "-I", "-m", module, str(path), found, msgspec.json.encode(limits).decode()]
    try:
        done = subprocess.run(
            [*command, str(target)] if target else command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            check=True,
        )
        answer: Answer = msgspec.json.decode(done.stdout, type=Answer)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, msgspec.DecodeError) as error:
        raise UnfitFile(_GAVE_UP) from error
    if isinstance(answer, Refusal):
        raise UnfitFile(answer.message)
    return answer


@contextmanager
def _arriving(folder: Path) -> Iterator[Path]:
    """Give the path of a temporary file in a folder, and remove what is left of it."""
    _make_folder(folder)
    temporary = folder / f".arriving-{secrets.token_hex(8)}"
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _put(temporary: Path, path: Path) -> None:
    """Move a flushed file to its place. After a power cut it is there whole, once this has returned."""
    _make_folder(path.parent)
    temporary.replace(path)
    _flush_folder(path.parent)


def _make_private(folder: Path) -> None:
    """Make a folder that its owner alone opens, so that nobody else on this machine reads an original."""
    if not folder.exists():
        _make_folder(folder)
        folder.chmod(0o700)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, each to outlast a power cut."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _flush_folder(made.parent)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
