"""The process that looks at one file: `python -m heritage_registry.attachments.examine` and what is below.

Arguments: the file, its media type, `Limits` as JSON and, to have the public copy written, where to.

It gives itself limits of time and memory, prints one answer as JSON and ends. Whatever a hostile file makes
of it, the process that asked goes on.
"""

from __future__ import annotations

import math
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import msgspec
from PIL import Image

from heritage_registry.attachments.documents import look_at_pdf, look_at_text
from heritage_registry.attachments.kinds import Limits, UnfitFile
from heritage_registry.attachments.look import Answer, Refusal
from heritage_registry.attachments.pictures import look_at_picture, write_copy

if sys.platform != "win32":
    import resource


def _limit_this_process(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    seconds = math.ceil(limits.seconds)
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 4 * limits.bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system lets every limit be set; the time the asking process waits is limited on all.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _answer(path: Path, media_type: str, limits: Limits, target: Path | None) -> Answer:
    if media_type == "application/pdf":
        return look_at_pdf(path, limits)
    if media_type == "text/plain":
        return look_at_text(path)
    if target:
        return write_copy(path, media_type, target, limits)
    return look_at_picture(path, media_type, limits)


def main(arguments: list[str]) -> None:
    """Print the answer on one file."""
    path, media_type, limits_json, *target = arguments
    limits = msgspec.json.decode(limits_json, type=Limits)
    _limit_this_process(limits)
    Image.MAX_IMAGE_PIXELS = None  # `limits` says more, and holds for every kind
    warnings.simplefilter("ignore")
    answer: Answer
    try:
        answer = _answer(Path(path), media_type, limits, Path(target[0]) if target else None)
    except UnfitFile as error:
        answer = Refusal(str(error))
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
