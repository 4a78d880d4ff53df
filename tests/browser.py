"""A reader at the map page in a real Chromium, for every test that opens pages."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "hy", "az", "ru")


def messages(language: str) -> dict[str, str]:
    """Return the words of the map page in a language, by key."""
    text = (files("heritage_registry.maps") / "static" / "messages" / f"{language}.json").read_text("utf-8")
    words: dict[str, str] = json.loads(text)
    return words


def axe() -> str:
    """Return axe-core's script, which finds what keeps people with disabilities out of a page."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


class Reader:
    """Somebody who has the page open. `complaints`: requests, errors and warnings there must not be."""

    def __init__(self, browser: Any, file: Path, width: int = 1440, height: int = 900) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, locale="en-US", reduced_motion="reduce"
        )
        self.file = file
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._alarmed)
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.file.as_uri(), "data:", "blob:")):
            self.complaints.append(request.url)

    def _alarmed(self, dialog: Any) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def open(self, address: str = "") -> Reader:
        self.page.goto("about:blank")
        self.page.goto(self.file.as_uri() + address)
        self.page.wait_for_selector("body[data-ready]")
        self.rest()
        return self

    def rest(self) -> None:
        self.page.wait_for_timeout(250)  # lists wait a moment before they follow the map

    def state(self) -> Any:
        return self.page.evaluate("JSON.parse(JSON.stringify(registryMapState()))")

    def text(self, selector: str) -> str:
        return str(self.page.text_content(selector))

    def rows(self, within: str = "#results") -> list[str]:
        return list(self.page.locator(f"{within} .row-name").all_text_contents())

    def click_site(self, number: int) -> None:
        at = self.page.evaluate("number => registryMapState().pixelOf(number)", number)
        box = self.page.locator(".map-part").bounding_box()
        self.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        self.page.wait_for_selector("#card:not([hidden])")
        self.rest()
