"""How long Chromium takes from the start of a navigation to the frame in which a page's sites are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from timing import TimeLimitError

CHROMIUM = Path("/usr/bin/chromium")

_OPENED = "opened after "

#: Looks once a frame. `performance.now()` counts from the start of the navigation; two frames after the sites
#: are there, the frame that shows them has been handed over. The time is told on the console, because our
#: page's policy forbids asking it by `eval`, and because asking would disturb it.
_WATCH = """(() => {
  const look = () => {
    if (!(READY)) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => console.info("OPENED" + performance.now())));
  };
  requestAnimationFrame(look);
  addEventListener("error", (event) => console.info("OPENED" + "an error: " + event.message));
})();"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium if it is there, or else the one that playwright brings."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None)
        try:
            yield browser
        finally:
            browser.close()


def seconds_to_open(browser: Browser, page_file: Path, ready: str, limit: float) -> float:
    """Open a file without a network, in a new profile, and return the seconds until its sites are drawn.

    `ready` is JavaScript that is true once they are. A page with an error, or that asks for anything from a
    network, is refused.
    """
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(_WATCH.replace("READY", ready).replace("OPENED", _OPENED))
        with page.expect_console_message(_tells_opening, timeout=limit * 1000) as message:
            page.goto(page_file.as_uri(), wait_until="commit", timeout=limit * 1000)
        told = message.value.text.removeprefix(_OPENED)
    except PlaywrightTimeoutError as error:
        raise TimeLimitError(f"{page_file.name} did not open in {limit:g} s") from error
    finally:
        context.close()
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    if outside:
        raise ValueError(f"{page_file.name} asks for {outside[0]}")
    try:
        return float(told) / 1000
    except ValueError as error:
        raise ValueError(f"{page_file.name} opened after {told}") from error


def _tells_opening(message: ConsoleMessage) -> bool:
    return message.text.startswith(_OPENED)
