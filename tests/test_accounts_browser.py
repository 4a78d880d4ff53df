"""Signing in as people do it: by keyboard, in Chromium, and with a session that ended meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from accounts import NAMES, PASSPHRASE, add_accounts, private_of
from browser import axe
from heritage_registry.registry import read_registry
from heritage_registry.web.app import Reach, create_app
from heritage_registry.web.wording import LANGUAGES
from web import served

pytestmark = pytest.mark.browser


@contextmanager
def shared(registry: Path) -> Iterator[str]:
    """Serve a registry to others through a network that encrypts, and give its address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    host = f"127.0.0.1:{bound.getsockname()[1]}"
    app = create_app(registry, {host}, private_of(registry), Reach(is_secure=False))
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


def type_to_sign_in(page: Any, name: str) -> None:
    """Sign in without a mouse: the first field has the focus."""
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def test_somebody_signs_in_by_keyboard_and_no_page_keeps_anybody_out(registry: Path, chromium: Any) -> None:
    add_accounts(registry)
    with shared(registry) as address:
        context = chromium.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"{address}/accounts")
        assert page.url.startswith(f"{address}/login?next=")
        page.wait_for_function("document.activeElement.id === 'name'")
        complaints = {}
        page.evaluate(axe())
        complaints["login"] = page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
        type_to_sign_in(page, NAMES["keeper"])
        assert page.url == f"{address}/accounts"
        for path in ("/accounts", "/log", "/me", "/sites"):
            page.goto(address + path)
            if path == "/accounts":
                page.locator("summary").first.click()
            page.evaluate(axe())
            complaints[path] = page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
        assert not any(complaints.values()), complaints
        page.get_by_role("button", name="Sign out").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")
        assert page.get_by_role("link", name="Sign in").is_visible()
        context.close()


def test_a_session_that_ended_while_somebody_typed_loses_nothing(registry: Path, chromium: Any) -> None:
    add_accounts(registry)
    with shared(registry) as address:
        context = chromium.new_context(locale="en-US", java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/new/source")
        page.locator("#name").fill(NAMES["contributor"])
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("main button").click()
        page.locator("[name='record.title']").fill("Survey of the valley")
        page.locator("[name='record.publisher']").fill("Survey Institute")
        page.locator("[name='record.issued']").fill("2021")
        for name, value in (
            ("type", "report"),
            ("kind", "academic"),
            ("affiliation", "academic"),
            ("party", "none"),
        ):
            page.locator(f"[name='record.{name}']").select_option(value)
        context.clear_cookies()
        page.locator(".save-row button[value=save]").click()
        assert "You are not signed in" in page.text_content("h1")
        with context.expect_page() as opened:
            page.locator("a.button").click()
        other = opened.value
        other.locator("#name").fill(NAMES["contributor"])
        other.locator("#passphrase").fill(PASSPHRASE)
        other.locator("main button").click()
        other.wait_for_url(f"{address}/")
        page.reload()
        assert "/sources/" in page.url, page.text_content("main")
        assert "Survey of the valley" in {s.title for s in read_registry(registry).sources.values()}
        context.close()


def test_at_this_machine_somebody_chooses_a_pseudonym_in_each_language(registry: Path, chromium: Any) -> None:
    with served(registry) as address:
        for width, language in zip((1280, 360, 1280, 360), LANGUAGES, strict=True):
            context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True)
            page = context.new_page()
            page.goto(f"{address}/sites?lang={language}")
            page.locator(".at-work a").first.focus()
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/me")
            page.locator("#name").fill(f"Լոր {language}")
            page.locator("#organisation").fill("Խումբ")
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/me?kept=1")
            page.evaluate(axe())
            assert page.evaluate("axe.run().then(r => r.violations.map(v => v.id))") == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.goto(f"{address}/claims")
            assert f"Լոր {language}" in page.text_content(".at-work")
            page.goto(f"{address}/me")
            page.locator("#name").fill("<b>")
            page.keyboard.press("Enter")
            page.wait_for_selector("[aria-invalid=true]")
            page.wait_for_function("document.activeElement.id === 'name'")
            context.close()
