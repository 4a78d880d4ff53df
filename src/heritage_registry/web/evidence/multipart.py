"""Forms that bring files: read as they arrive, files onto the disk and never whole into memory.

Everything about a body is limited before it is believed: its size, the time it takes, how many files and
fields it holds, how long their headers are. What is kept of a file lies under a name made here.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from heritage_registry.web.private_files import make_private_folder, open_private
from heritage_registry.web.security import Refusal

MAX_FIELDS = 20_000
MAX_TEXT_BYTES = 1_000_000
_MAX_NAME = 1_000
_BEGINNING = ".arriving-"
_STALE_SECONDS = 86_400


class Bounds(msgspec.Struct, frozen=True):
    """How much one body may bring. `pause` is the longest wait for a next piece, `seconds` for all of it."""

    files: int = 20
    file_bytes: int = 50_000_000
    all_bytes: int = 210_000_000
    pause: float = 30
    seconds: float = 1_800
    free_bytes: int = 500_000_000


class Arrived(msgspec.Struct, frozen=True):
    """A file that arrived. `name` is what its sender calls it; `path` is None for one that is too large."""

    field: str
    name: str
    path: Path | None


class Body(msgspec.Struct, frozen=True):
    """What a form brought: its answers, and its files as long as they are not thrown away."""

    pairs: list[tuple[str, str]]
    files: list[Arrived]


def read_upload(body: Body, field: str, most: int) -> tuple[bytes, str] | None:
    """Return a small file that came in a field, with its name, or None where none came.

    Of a longer file one byte more than `most` is returned, so that who reads it can say that it is too long.
    """
    for file in body.files:
        if file.field == field:
            if file.path is None:
                return bytes(most + 1), file.name
            with file.path.open("rb") as stream:
                return stream.read(most + 1), file.name
    return None


@asynccontextmanager
async def received(request: Request, folder: Path, bounds: Bounds) -> AsyncIterator[Body]:
    """Give what a form brings. Its files are thrown away at the end. Raises `Refusal`."""
    boundary = _boundary(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > bounds.all_bytes:
        raise Refusal(413, "refused.upload_size")
    await run_in_threadpool(_make_room, folder, bounds)
    receiver = _Receiver(folder, bounds)
    try:
        try:
            await _fill(receiver, request, boundary, bounds)
        finally:
            receiver.close()
        if not receiver.is_whole:
            raise Refusal(400, "refused.broken")
        yield Body(receiver.pairs, receiver.files)
    finally:
        receiver.throw_away()


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise Refusal(415, "refused.type")
    return boundary


def _make_room(folder: Path, bounds: Bounds) -> None:
    """Make the folder, and clear away what a crash left in it."""
    make_private_folder(folder)
    oldest = time.time() - _STALE_SECONDS
    for left in folder.glob(f"{_BEGINNING}*"):
        if left.stat().st_mtime < oldest:
            left.unlink(missing_ok=True)
    if shutil.disk_usage(folder).free < bounds.free_bytes:
        raise Refusal(507, "refused.no_room")


async def _fill(receiver: _Receiver, request: Request, boundary: bytes, bounds: Bounds) -> None:
    size = 0
    try:
        parser = MultipartParser(boundary, receiver.callbacks())
        stream = request.stream()
        async with asyncio.timeout(bounds.seconds):
            while True:
                async with asyncio.timeout(bounds.pause):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                size += len(chunk)
                if size > bounds.all_bytes:
                    raise Refusal(413, "refused.upload_size")
                if chunk:
                    await run_in_threadpool(parser.write, chunk)
    except TimeoutError as error:
        raise Refusal(408, "refused.slow") from error
    except (FormParserError, UnicodeDecodeError, ClientDisconnect) as error:
        raise Refusal(400, "refused.broken") from error


class _Receiver:
    """Takes the parts of a body as the parser finds them."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.files: list[Arrived] = []
        self.is_whole = False
        self._folder, self._bounds = folder, bounds
        self._made: list[Path] = []
        self._text_bytes = 0
        self._file: BinaryIO | None = None
        self._begin_part()

    def callbacks(self) -> Any:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_data,
            "on_part_data": self._data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def close(self) -> None:
        """Close the file that was being written."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def throw_away(self) -> None:
        """Remove all files that were written."""
        self.close()
        for path in self._made:
            path.unlink(missing_ok=True)

    def _begin_part(self) -> None:
        self._name = self._value = b""
        self._disposition = b""
        self._field = ""
        self._file_name: str | None = None
        self._text = bytearray()
        self._file = None
        self._file_size = 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _begin_data(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise FormParserError("a part without a name")
        self._field = options[b"name"].decode("utf-8")
        if b"filename" in options:
            self._file_name = options[b"filename"].decode("utf-8", "replace")[:_MAX_NAME]
        self._count(self._field.encode())
        if len(self.pairs) + len(self.files) >= MAX_FIELDS:
            raise Refusal(413, "refused.upload_size")

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._file_name is None:
            self._count(piece)
            self._text += piece
            return
        self._file_size += len(piece)
        if self._file_size > self._bounds.file_bytes:
            self.close()
            return  # what comes behind is read and not kept, so that the other answers are not lost
        if self._file is None:
            self._file = self._open()
        self._file.write(piece)

    def _open(self) -> BinaryIO:
        if len(self._made) >= self._bounds.files:
            raise Refusal(413, "refused.upload_count")
        path = self._folder / f"{_BEGINNING}{secrets.token_hex(12)}"
        descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        self._made.append(path)
        return os.fdopen(descriptor, "wb")

    def _count(self, text: bytes) -> None:
        self._text_bytes += len(text)
        if self._text_bytes > MAX_TEXT_BYTES:
            raise Refusal(413, "refused.size")

    def _end_part(self) -> None:
        if self._file_name is None:
            self.pairs.append((self._field, self._text.decode("utf-8")))
        elif self._file_size > self._bounds.file_bytes:
            self.files.append(Arrived(self._field, self._file_name, None))
        elif self._file is not None:
            self.close()
            self.files.append(Arrived(self._field, self._file_name, self._made[-1]))
        elif self._file_name:
            # A browser sends a nameless empty file where none was chosen; one with a name is empty.
            self._open().close()
            self.files.append(Arrived(self._field, self._file_name, self._made[-1]))

    def _end(self) -> None:
        self.is_whole = True
