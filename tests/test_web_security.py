"""What the app refuses, and nasty texts in every field: nothing breaks or runs, all is shown as stored."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import accounts
from accounts import add_accounts, shared_app, signed_in, visitor
from conftest import heritage, named, report, site_feature, write
from heritage_registry.errors import InvalidRecords
from heritage_registry.form import unfit_text
from heritage_registry.registry import read_registry
from heritage_registry.web.app import create_app
from heritage_registry.web.security import MAX_BODY_BYTES
from heritage_registry.web.serve import is_loopback
from naughty import naughty_strings
from web import HOST, ORIGIN, client, fields_of, opened, send

KEY = "k7m2q9x4"


def bare(registry: Path) -> TestClient:
    """A client that says nothing of itself but the right host."""
    return TestClient(create_app(registry, {HOST}, registry.parent / "private"), base_url=ORIGIN)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:8642.evil.example",
        "evil.example:8642",
        "[::1]:8642",
        "",
        "localhost:8642@evil.example",
        "127.0.0.1:8642,evil.example",
    ],
)
def test_a_foreign_host_name_gets_no_page(registry: Path, host: str) -> None:
    answer = bare(registry).get("/sites", headers={"Host": host})
    assert answer.status_code == 421
    assert "survey" not in answer.text


WRITES_REFUSED: tuple[tuple[str, dict[str, str]], ...] = (
    ("nothing said", {}),
    ("another site", {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}),
    ("another port", {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9999"}),
    ("typed in", {"Sec-Fetch-Site": "none"}),
    ("nonsense", {"Sec-Fetch-Site": "same-origin, cross-site"}),
    ("another origin", {"Origin": "http://evil.example"}),
    ("another origin, own site", {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}),
    ("own name, other scheme", {"Origin": f"https://{HOST}"}),
    ("own name in a longer one", {"Origin": f"{ORIGIN}.evil.example"}),
    ("own name as user", {"Origin": f"http://{HOST}@evil.example"}),
    ("null", {"Origin": "null"}),
    ("empty", {"Origin": ""}),
    ("file", {"Origin": "file://"}),
    ("extension", {"Origin": "chrome-extension://abc"}),
    ("own referrer only", {"Referer": f"{ORIGIN}/new/site"}),
)


@pytest.mark.parametrize(("who", "headers"), WRITES_REFUSED, ids=[who for who, _ in WRITES_REFUSED])
@pytest.mark.parametrize("address", ["/new/source", "/drafts", f"/sites/{KEY}/edit"])
def test_a_write_from_elsewhere_is_refused(
    registry: Path, who: str, headers: dict[str, str], address: str
) -> None:
    write(registry, "site", site_feature())
    answer = bare(registry).post(address, data={"record.title": "x", "_draft": "a" * 24}, headers=headers)
    assert answer.status_code == 403, who
    assert not (registry.parent / "private").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_a_write_of_the_apps_own_page_passes(registry: Path, headers: dict[str, str]) -> None:
    assert bare(registry).post("/new/source", data={"record.title": "x"}, headers=headers).status_code == 422


def test_a_page_elsewhere_reads_nothing(registry: Path) -> None:
    browser = bare(registry)
    for mode, dest in (
        ("no-cors", "script"),
        ("cors", "empty"),
        ("no-cors", "image"),
        ("navigate", "iframe"),
        ("navigate", "object"),
    ):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        assert browser.get("/sites", headers=headers).status_code == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/sites", headers=link).status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/xml"]
)
def test_only_forms_are_read(registry: Path, kind: str) -> None:
    answer = client(registry).post("/new/claim", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(registry: Path, method: str) -> None:
    assert client(registry).request(method, "/sites").status_code == 405


def test_a_body_that_is_too_large_is_refused_whatever_it_announces(registry: Path) -> None:
    browser = client(registry)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.post("/new/source", content=b"x=" + b"a" * MAX_BODY_BYTES, headers=form).status_code == 413

    def pieces() -> Any:
        for _ in range(30):
            yield b"a" * 100_000

    assert browser.post("/new/source", content=pieces(), headers=form).status_code == 413
    odd = form | {"Content-Length": "-5"}
    assert browser.post("/new/source", content=b"", headers=odd).status_code == 413


def test_a_body_that_does_not_end_is_given_up(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heritage_registry.web.security.BODY_SECONDS", 0.05)
    app = create_app(registry, {HOST}, registry.parent / "private")
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(3600)

    async def send_it(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/drafts",
        "raw_path": b"/drafts",
        "query_string": b"",
        "scheme": "http",
        "headers": [
            (b"host", HOST.encode()),
            (b"origin", ORIGIN.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
        ],
    }
    asyncio.run(app(scope, receive, send_it))  # type: ignore[arg-type]
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("body", [b"%ff%fe=%80", b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(21_000))])
def test_a_body_that_is_no_form_is_a_plain_page(registry: Path, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client(registry).post("/new/source", content=body, headers=form).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/sites/..%2f..%2fregistry.toml",
        "/sites/%00",
        "/sites/../../etc/passwd",
        "/sources/%2e%2e%2fregistry",
        "/claims/a%5c..%5cb",
        "/sites/k7m2q9x4%0d%0aX-A:1",
        "/sites/a/b/c",
        "/.git/config",
        "/sites/%ff%fe/edit",
        "/sites/..%2fregistry/edit",
        "/sources/.hidden",
        "/records/k7m2q9x4.geojson",
        "/drafts/" + "a" * 24,
    ],
)
def test_a_path_leads_to_pages_only(registry: Path, path: str) -> None:
    write(registry, "site", site_feature())
    answer = client(registry).get(path, follow_redirects=False)
    assert answer.status_code in (404, 405), path
    assert "attribution =" not in answer.text
    assert "X-A" not in answer.headers


def test_an_address_that_is_too_long_is_refused(registry: Path) -> None:
    assert client(registry).get("/sites?q=" + "a" * 5_000).status_code == 414


def test_a_draft_leads_to_no_other_file(registry: Path) -> None:
    browser = client(registry)
    for draft in ("../../x", "/etc/passwd", "A" * 24, "a" * 23, "a" * 25, "", "a" * 24 + "\n"):
        data = {"_draft": draft, "_form": "/new/site"}
        assert browser.post("/drafts", data=data).status_code == 409, draft
        assert browser.get("/new/site", params={"draft": draft}).status_code == 200
    for address in (
        "https://evil.example/",
        "//evil.example",
        "/sites/x/edit?y",
        "javascript:x",
        "/new/site\n",
        "",
    ):
        data = {"_draft": "a" * 24, "_form": address}
        assert browser.post("/drafts", data=data).status_code == 409, address
    assert list((registry.parent).rglob("*.json")) == [registry / "sources" / "survey-2021.json"]


EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}


def test_every_answer_carries_the_headers(registry: Path) -> None:
    write(registry, "site", site_feature())
    browser = client(registry)
    for address in (
        "/",
        "/map",
        "/sites",
        f"/sites/{KEY}",
        "/new/site",
        "/static/app.js",
        "/nothing",
        f"/sites/{KEY}.bib",
    ):
        headers = browser.get(address).headers
        assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE, address
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "http:" not in policy
        assert "server" not in headers
    assert browser.get("/", headers={"Host": "evil.example"}).headers["x-content-type-options"] == "nosniff"


def test_pages_name_nothing_of_others(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    browser = client(registry)
    for address in ("/", "/sites", f"/sites/{KEY}", "/new/site", f"/sites/{KEY}/edit", "/coverage"):
        page = browser.get(address).text
        loaded = re.findall(r'<(?:script|link|img|iframe|form)\b[^>]*(?:src|href|action)="([^"]*)"', page)
        assert [x for x in loaded if not x.startswith(("/", "data:,"))] == [], address
        scripts = re.findall(r"<script\b([^>]*)>", page)
        assert [x for x in scripts if "src=" not in x and "ld+json" not in x] == [], address
        assert not re.search(r"<[^>]*\son[a-z]+=", page), address
        assert "style=" not in page, address


def test_the_cookie_is_for_this_app_alone(registry: Path) -> None:
    cookie = client(registry).get("/sites?lang=hy").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "set-cookie" not in client(registry).get("/sites?lang=xx%0d%0aA:b").headers


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "127.0.0.1.example.org"])
def test_serve_refuses_what_others_can_reach(
    registry: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(registry.parent / "state"))
    assert not is_loopback(host)
    result = heritage(registry, "serve", "--no-browser", "--host", host)
    assert result.exit_code == 1
    assert "only with accounts" in result.output


def test_loopback_is_this_machine() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]")))


# --- Nasty texts -----------------------------------------------------------------------------------------

TEXTS = naughty_strings()


def test_there_are_five_hundred_of_them() -> None:
    assert len(set(TEXTS)) == 500


class Tags(HTMLParser):
    """Every element of a page with its attributes, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def kept(page: str) -> None:
    """A page in which no text became markup: no script but the app's own, no handler, no frame, no base."""
    for tag, attributes in Tags(page).found:
        assert tag not in ("base", "iframe", "math", "style", "img", "object", "embed", "audio"), tag
        assert [name for name in attributes if name.startswith("on") or name == "srcdoc"] == []
        assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:text"))
        if tag == "script":
            is_own = (attributes.get("src") or "").startswith("/static/")
            assert is_own or attributes.get("type") == "application/ld+json"
        if tag == "form":
            assert (attributes.get("action") or "").startswith("/")
        if tag == "meta":
            assert "http-equiv" not in attributes
    assert page.count("<body") == 1


@pytest.mark.parametrize("part", range(10))
def test_nasty_texts_in_every_field_of_every_form_come_back_as_they_were(registry: Path, part: int) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    browser = client(registry)
    forms = (
        "/new/site",
        "/new/source",
        "/new/claim",
        f"/sites/{KEY}/report",
        f"/sites/{KEY}/response",
        f"/sites/{KEY}/edit",
    )
    full = {
        address: fields_of(send(browser, address, opened(browser, address), _action="full").text)
        for address in forms[:-1]
    }
    full[forms[-1]] = opened(browser, forms[-1])
    before = {path: path.read_bytes() for path in registry.rglob("*") if path.is_file()}
    for n, text in enumerate(TEXTS[part * 50 : part * 50 + 50]):
        address = forms[n % len(forms)]
        fields = {
            name: text if not name.startswith("_") and not name.endswith("@") else value
            for name, value in full[address].items()
        }
        fields |= {"_source": text, "_locator": text, "_action": "check"}
        answer = send(browser, address, fields)
        assert answer.status_code == 200, (address, text)
        kept(answer.text)
        back = fields_of(answer.text)
        sent = text.replace("\r\n", "\n")
        for name, value in fields.items():
            if name in back and value == text and "@" not in name and not name.startswith("_digest"):
                # A source is found by its title, in a field of one line.
                is_source = name == "_source" or name.endswith(".source") or ".derives_from." in name
                wanted = sent.strip() if is_source else sent
                assert back[name] == wanted, (address, name, text)
        saved = send(browser, address, fields | {"_action": "save"})
        assert saved.status_code in (200, 303, 409, 422), (address, text)
    for address in ("/", "/map", "/sites", "/sources", "/claims", "/coverage", "/problems", "/drafts"):
        assert browser.get(address).status_code == 200, address
    if all(path.exists() and path.read_bytes() == raw for path, raw in before.items()):
        read_registry(registry)


@pytest.mark.parametrize("part", range(5))
def test_nasty_texts_in_addresses_find_nothing_and_break_nothing(registry: Path, part: int) -> None:
    write(registry, "site", site_feature())
    browser = client(registry)
    for text in TEXTS[part * 100 : part * 100 + 100]:
        if len(text) > 500:
            continue
        params = {"q": text, "community": text, "type": text, "status": text, "page": text, "lang": text}
        answer = browser.get("/sites", params=params)
        assert answer.status_code in (200, 414)
        kept(answer.text)
        answer = browser.get("/new/site", params={"draft": text, "source": text, "lang": text})
        assert answer.status_code in (200, 414)
        kept(answer.text)


def test_nasty_texts_in_records_are_shown_as_they_are_stored(registry: Path) -> None:
    shown = 0
    for n, text in enumerate(TEXTS):
        plain = " ".join(text.split())
        if not plain or unfit_text(plain) or len(plain) > 5_000:
            continue
        try:
            write(
                registry,
                "site",
                site_feature(
                    f"k{n:07d}".replace("i", "0"), names=[named(plain)], reports=[report(as_stated=plain)]
                ),
            )
        except InvalidRecords:
            continue
        shown += 1
    assert shown > 300
    browser = client(registry)
    problems = browser.get("/problems").text
    assert "No problem is found." in problems
    for path in sorted((registry / "records").iterdir()):
        key = path.name.partition(".")[0]
        stored = json.loads(path.read_text("utf-8"))["properties"]["names"][0]["text"]
        page = browser.get(f"/sites/{key}").text
        kept(page)
        assert stored in unescape(page), key
    for address in ("/sites", "/sites?page=2", "/map"):
        assert browser.get(address).status_code == 200


# Served to others


@pytest.fixture
def shared(registry: Path) -> Path:
    """A registry with an account of each role."""
    add_accounts(registry)
    return registry


def test_a_session_gives_no_power_to_pages_elsewhere(shared: Path) -> None:
    app = shared_app(shared)
    browser = signed_in(app, "keeper")
    own = accounts.ORIGIN
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"},
        {"Sec-Fetch-Site": "same-origin", "Origin": own.replace("https", "http")},
        {"Sec-Fetch-Site": "same-origin", "Origin": f"{own}.evil.example"},
        {"Sec-Fetch-Site": "none", "Origin": own},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ):
        for address, fields in (
            ("/accounts", {"_action": "role", "name": accounts.NAMES["reader"], "role": "keeper"}),
            ("/login", {"name": accounts.NAMES["reader"], "passphrase": accounts.PASSPHRASE}),
            ("/logout", {"x": "y"}),
            ("/me", {"old": accounts.PASSPHRASE, "new": "n" * 12, "again": "n" * 12}),
            ("/new/source", {"record.title": "x"}),
        ):
            assert browser.post(address, data=fields, headers=headers).status_code == 403, (address, headers)
    assert browser.get("/accounts").status_code == 200
    reader = accounts.accounts_of(shared).get(accounts.NAMES["reader"])
    assert reader is not None
    assert reader.role == "reader"


def test_an_app_for_others_answers_to_its_name_alone(shared: Path) -> None:
    browser = visitor(shared_app(shared))
    for host in ("127.0.0.1:8642", "localhost", "evil.example", f"{accounts.NAME}:8642", ""):
        assert browser.get("/sites", headers={"Host": host}).status_code == 421, host
    assert browser.get("/sites", headers={"Host": f"{accounts.NAME}:443"}).status_code == 200


def test_every_answer_carries_the_headers_that_keep_others_out(shared: Path) -> None:
    app = shared_app(shared, lasts=True)
    browser, keeper = visitor(app), signed_in(app, "keeper")
    answers = [
        browser.get("/sites"),
        browser.get("/login"),
        browser.get("/drafts"),
        browser.post("/drafts", data={"x": "y"}),
        browser.get("/nowhere"),
        keeper.get("/accounts"),
        keeper.get("/log"),
        keeper.post("/accounts", data={"_action": "x"}),
        browser.get("/sites", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in visitor(shared_app(shared)).get("/sites").headers


def test_a_form_of_signing_in_is_small(shared: Path) -> None:
    browser = visitor(shared_app(shared))
    for address in ("/login", "/logout", "/me"):
        assert browser.post(address, data={"passphrase": "x" * 20_000}).status_code == 413


def test_visitors_are_not_told_where_the_registry_lies_on_the_disk(shared: Path) -> None:
    app = shared_app(shared)
    keeper = signed_in(app, "keeper")
    (shared / "registry.toml").write_text("title =", "utf-8")
    told = visitor(app).get("/sites")
    assert told.status_code == 409
    assert str(shared) not in told.text
    assert "registry.toml" in keeper.get("/sites").text


def test_nasty_texts_open_no_account(shared: Path) -> None:
    app = shared_app(shared)
    for n, text in enumerate(TEXTS[::9]):
        browser = visitor(app, client=(f"192.0.2.{n}", 1))
        answer = accounts.sign_in(browser, text, text, next=text)
        assert answer.status_code == 403, text
        kept(answer.text)
