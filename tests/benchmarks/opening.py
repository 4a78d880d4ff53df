"""Measure how long Chromium takes from the start of a navigation to the frame in which a page's sites are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, TimeoutError, sync_playwright

from timing import TimeLimitError

CHROMIUM = Path("/usr/bin/chromium")

#: Looks once a frame. `performance.now()` counts from the start of the navigation; two frames after the sites are
#: there, the frame that shows them has been handed over.
_WATCH = """(() => {
  const look = () => {
    if (!(READY)) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => { window.openedAfter = performance.now(); }));
  };
  requestAnimationFrame(look);
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
    """Open a file without a network in a new profile and return the seconds until its sites are on the screen.

    `ready` is JavaScript that is true once they are drawn. A page that asks for anything from a network is refused.
    """
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(_WATCH.replace("READY", ready))
        page.goto(page_file.as_uri(), wait_until="commit", timeout=limit * 1000)
        page.wait_for_function("window.openedAfter", timeout=limit * 1000)
        opened_after: float = page.evaluate("window.openedAfter")
    except TimeoutError as error:
        raise TimeLimitError(f"{page_file.name} did not open in {limit:g} s") from error
    finally:
        context.close()
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    if outside:
        raise ValueError(f"{page_file.name} asks for {outside[0]}")
    return opened_after / 1000
