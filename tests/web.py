"""A running app for tests: asked directly, or served on a free port for a browser."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from heritage_registry.web.app import create_app

HOST = "127.0.0.1:8642"
ORIGIN = f"http://{HOST}"


def client(registry: Path, language: str = "en", **options: Any) -> TestClient:
    """Return a browser-like client of the app on a registry; drafts lie beside it."""
    app = create_app(registry, {HOST}, registry.parent / "private")
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Accept-Language": language}
    return TestClient(app, base_url=ORIGIN, headers=headers, **options)


def fields_of(page: str) -> dict[str, str]:
    """Return what the form of a page would send if nobody touched it."""
    form = page[page.index('id="record-form"') : page.index("</form>", page.index('id="record-form"'))]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        values = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if values.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in values:
            found[values["name"]] = unescape(values.get("value", ""))
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = unescape(chosen.group(1)) if chosen else ""
    return found


def opened(browser: TestClient, address: str) -> dict[str, str]:
    """Open a form and return what it holds."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


def send(browser: TestClient, address: str, fields: Mapping[str, str], **more: str) -> Any:
    """Send a form and return the answer without following where it leads."""
    return browser.post(address, data={**fields, **more}, follow_redirects=False)


@contextmanager
def served(registry: Path) -> Iterator[str]:
    """Serve a registry on a free port and give its address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    host = f"127.0.0.1:{bound.getsockname()[1]}"
    app = create_app(registry, {host}, registry.parent / "private")
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://{host}"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
