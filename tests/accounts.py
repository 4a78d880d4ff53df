"""A registry that is served to others: accounts of each role, and visitors who sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from heritage_registry.web.accounts.passphrases import Passphrases
from heritage_registry.web.accounts.store import Account, Accounts
from heritage_registry.web.app import Reach, create_app
from heritage_registry.web.people import ROLES, Role

NAME = "registry.example.org"
ORIGIN = f"https://{NAME}"
PASSPHRASE = "violet kettle under the bridge"
NAMES: dict[Role, str] = {
    "reader": "Heron",
    "contributor": "Swift",
    "reviewer": "Osprey",
    "keeper": "Eagle Owl",
}
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What a test can wait for; how passphrases are really kept is looked at in one."""


def private_of(registry: Path) -> Path:
    return registry.parent / "private"


def accounts_of(registry: Path) -> Accounts:
    return Accounts(private_of(registry), Passphrases(QUICK))


def add_accounts(registry: Path) -> dict[Role, Account]:
    """Make one account of each role."""
    accounts = accounts_of(registry)
    return {role: accounts.add(NAMES[role], role, "", PASSPHRASE) for role in ROLES}


def shared_app(registry: Path, **reach: Any) -> Any:
    """Return the app as others reach it."""
    return create_app(registry, {NAME, f"{NAME}:443"}, private_of(registry), Reach(**reach))


def visitor(app: Any, language: str = "en", **options: Any) -> TestClient:
    """Return somebody's browser at an app."""
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Accept-Language": language}
    return TestClient(app, base_url=ORIGIN, headers=headers, follow_redirects=False, **options)


def sign_in(browser: TestClient, name: str, passphrase: str = PASSPHRASE, **more: str) -> Any:
    """Send the form of signing in and return the answer."""
    return browser.post("/login", data={"name": name, "passphrase": passphrase, **more})


def signed_in(app: Any, role: Role, **options: Any) -> TestClient:
    """Return a browser in which somebody of a role is signed in."""
    browser = visitor(app, **options)
    answer = sign_in(browser, NAMES[role])
    assert answer.status_code == 303, answer.text
    return browser


def routes_of(app: Any) -> list[Any]:
    """Return the routes of an app, through what stands before it."""
    inner = app.app
    while not hasattr(inner, "routes"):
        inner = inner._app
    return list(inner.routes)
