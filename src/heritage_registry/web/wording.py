"""The app's own words, in the languages of the readers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "hy", "az", "ru")
"""Languages that the app has words in."""


@cache
def web_messages(language: str) -> Mapping[str, str]:
    """Return the app's messages in a language, of all its parts, read once."""
    found: dict[str, str] = {}
    for part in sorted((files("heritage_registry.web") / "messages").iterdir(), key=lambda part: part.name):
        words: dict[str, str] = json.loads((part / f"{language}.json").read_text("utf-8"))
        assert not found.keys() & words.keys(), f"{part.name} says again what another part says"
        found |= words
    return found


def reader_language(asked: str | None, kept: str | None, accepted: str, offered: tuple[str, ...]) -> str:
    """Return a reader's language: asked for, kept from before, or the browser's first that is offered."""
    languages = [tag for tag in offered if tag in LANGUAGES] or ["en"]
    for tag in (asked, kept, *_by_weight(accepted)):
        if tag in languages:
            return str(tag)
    return languages[0]


def _by_weight(accepted: str) -> list[str]:
    """Return the base languages of an Accept-Language header, the most wanted first."""
    weighed: list[tuple[float, str]] = []
    for item in accepted.split(",")[:50]:
        tag, _, rest = item.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        weighed.append((-weight, tag.partition("-")[0].lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
