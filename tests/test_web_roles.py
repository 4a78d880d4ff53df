"""Served to others: each route and each role, and nothing that is not public reaches who only reads."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from accounts import NAMES, add_accounts, routes_of, shared_app, signed_in, visitor
from conftest import CITED, claim, named, point, report, site_feature, source, write
from heritage_registry.web.people import ROLES, Role
from heritage_registry.web.roles import LOOKING, WRITING, least_role

OPEN, HIDDEN, COARSE, DRAFT, WAITING, GONE, BROKEN = (
    "k7m2q9x4", "h1dden00", "c0arse00", "draft000", "wa1t1ng0", "g0ne0000", "br0ken00",
)  # fmt: skip
SITES = (OPEN, HIDDEN, COARSE, DRAFT, WAITING, GONE, BROKEN)
SOURCES = ("survey-2021", "secret-2022", "origin-2020", "hidden-2023")
CLAIMS = ("c1a1m000", "c1a1m001")
SECRET = re.compile(r"zqx[a-z]+|46\.71234|39\.71234|46\.81234|39\.81234", re.IGNORECASE)
"""What only those who write may see; each secret has a word of its own that tells what leaked."""


@pytest.fixture
def shared(registry: Path) -> Path:
    """A registry with a secret in everything that is not public, and one account of each role."""
    write(registry, "source", source("secret-2022", title="Zqxsource of a draft"))
    write(registry, "source", source("hidden-2023", title="Zqxexcerpted"))
    write(registry, "source", source("origin-2020", title="Zqxorigin that nobody cites"))
    near = {"relation": "near", "site": HIDDEN, "citations": CITED}
    written = {"act": "wrote", "by": "Zqxauthor", "date": "2026-11-01"}
    open_site = site_feature(
        OPEN, names=[named("Open church")], reports=[report()], reviews=[written], relations=[near]
    )
    write(registry, "site", open_site)
    for key, hides, at in (
        (HIDDEN, "withheld", (46.71234, 39.71234)),
        (COARSE, "generalised", (46.81234, 39.81234)),
    ):
        feature = site_feature(
            key,
            names=[named(f"Name of {hides}")],
            reports=[report()],
            sensitivity=hides,
            sensitivity_reason="Looting was reported.",
            locations=[point(*at, stated="Zqxstated: the third hill")],
            identifiers=[{"scheme": "register", "value": "Zqxnumber"}],
            excerpts=[{"source": "hidden-2023", "text": "Zqxexcerpt: by the spring"}],
        )
        write(registry, "site", feature)
    for key, status in ((DRAFT, "draft"), (WAITING, "in_review"), (GONE, "withdrawn")):
        more: dict[str, Any] = {"status_reason": "Zqxreason"}
        if status == "withdrawn":
            more = {"withdrawn": {"date": "2026-11-01", "reason": "Zqxwithdrawal"}}
        unpublished = site_feature(
            key,
            names=[named(f"Zqxname of {status}")],
            status=status,
            reports=[report(citations=[{"source": "secret-2022"}])],
            **more,
        )
        write(registry, "site", unpublished)
    (registry / "records" / f"{BROKEN}.geojson").write_text('{"id": "zqxbroken"', "utf-8")
    proposal = site_feature(OPEN, names=[named("Zqxproposal")], reviews=[written])
    proposal["properties"]["status"] = "in_review"
    (registry / "proposed" / "records").mkdir(parents=True)
    (registry / "proposed" / "records" / f"{OPEN}.geojson").write_text(json.dumps(proposal), "utf-8")
    write(registry, "claim", claim(CLAIMS[0]))
    draft_claim = claim(CLAIMS[1], status="draft", status_reason="Zqxclaim", statement={"en": "Zqxstatement"})
    write(registry, "claim", draft_claim)
    add_accounts(registry)
    return registry


def everything_in(page: str) -> Iterator[str]:
    """Yield a page and what is packed in it: the map carries its records as compressed blocks."""
    yield page
    for packed in re.findall(r'<script type="text/plain" id="hr-[a-z0-9-]+">([^<]*)</script>', page):
        yield gzip.decompress(base64.b64decode(packed)).decode("latin-1")


def addresses(path: str) -> list[str]:
    """Return a route's addresses for all that a registry holds, and for what it doesn't."""
    found = [path]
    values = {
        "key": (*SITES, *SOURCES, *CLAIMS, "n0th1ng0"),
        "folder": ("sites", "records", "sources", "claims", "proposed"),
        "name": ("app.css", "site_type", "registry.toml"),
        "report": ("r1",),
        "draft": ("a" * 24,),
        "sha256": ("a" * 64,),
    }
    for name, given in values.items():
        mark = "{" + name + "}"
        found = [
            one.replace(mark, value) for one in found for value in given if mark in one or value is given[0]
        ]
    assert "{" not in found[0], f"say in this test what stands for the names in {path}"
    return found


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def all_routes(app: Any) -> list[tuple[str, str]]:
    return sorted(
        {(method, route.path) for route in routes_of(app) for method in route.methods if method != "HEAD"}
    )


def test_each_route_says_which_role_it_asks_for(shared: Path) -> None:
    there = all_routes(shared_app(shared))
    lacking = [f"{method} {path}" for method, path in there
               if path not in (LOOKING if method == "GET" else WRITING)]  # fmt: skip
    assert lacking == [], "put these routes into web/roles.py"
    assert sorted(LOOKING) == sorted({path for method, path in there if method == "GET"})
    assert sorted(WRITING) == sorted({path for method, path in there if method == "POST"})


def test_a_route_in_no_table_is_the_keepers_alone() -> None:
    assert least_role("GET", "/added/yesterday") == least_role("POST", "/sites") == "keeper"


def test_who_only_reads_gets_the_public_view_on_every_page(shared: Path) -> None:
    app = shared_app(shared)
    shown = 0
    for browser in (visitor(app), signed_in(app, "reader")):
        for method, path in all_routes(app):
            if method != "GET":
                continue
            for address in addresses(path):
                answer = browser.get(address)
                for text in everything_in(answer.text):
                    assert not SECRET.search(text), f"{address} shows {SECRET.search(text)}"
                shown += answer.status_code == 200
    assert shown > 30
    for query in ("q=zqxname", "status=draft", "q=spring", "page=2", "condition=destroyed"):
        answer = visitor(app).get(f"/sites?{query}")
        assert not SECRET.search(answer.text.replace("zqxname", "")), query


def test_who_writes_sees_what_is_not_public(shared: Path) -> None:
    browser = signed_in(shared_app(shared), "contributor")
    for address, told in (
        (f"/sites/{DRAFT}", "Zqxname of draft"), (f"/sites/{HIDDEN}", "39.71234"), ("/sources", "Zqxsource"),
        (f"/claims/{CLAIMS[1]}", "Zqxstatement"), ("/problems", BROKEN), (f"/sites/{BROKEN}", "zqxbroken"),
    ):  # fmt: skip
        assert told in browser.get(address).text, address


def test_readers_are_told_of_no_record_that_is_not_public(shared: Path) -> None:
    app = shared_app(shared)
    for browser in (visitor(app), signed_in(app, "reader")):
        for key in (DRAFT, WAITING, GONE, BROKEN):
            there, none = browser.get(f"/sites/{key}"), browser.get("/sites/n0th1ng0")
            assert (there.status_code, there.text) == (none.status_code, none.text) == (404, none.text)
        for address in (f"/sites/{DRAFT}.bib", "/sources/secret-2022", f"/claims/{CLAIMS[1]}"):
            assert browser.get(address).status_code == 404
        page = browser.get(f"/sites/{OPEN}").text
        assert "Open church" in page
        assert HIDDEN not in page
        assert "/edit" not in page
        assert "/drafts" not in page
        assert "problem" not in page


def stranger(app: Any) -> list[tuple[str, TestClient]]:
    return [("nobody", visitor(app)), *((role, signed_in(app, role)) for role in ROLES)]


def test_each_role_opens_its_pages_and_no_others(shared: Path) -> None:
    app = shared_app(shared)
    for who, browser in stranger(app):
        role: Role = "reader" if who == "nobody" else who  # type: ignore[assignment]
        for method, path in all_routes(app):
            address = addresses(path)[0]
            may = ROLES.index(role) >= ROLES.index(least_role(method, path))
            if path == "/logout":
                continue  # it would end the visit
            answer = browser.get(address) if method == "GET" else browser.post(address, data={"x": "y"})
            told = (who, method, address, answer.status_code)
            leads_in = answer.headers.get("location", "").startswith("/login?next=")
            if may:
                assert answer.status_code != 500, told
                assert not leads_in or (path == "/me" and who == "nobody"), told
                assert "This is not open to your account" not in answer.text, told
            elif who == "nobody":
                assert (answer.status_code, leads_in) == ((303, True) if method == "GET" else (401, False)), (
                    told
                )
            else:
                assert answer.status_code == 403, told
                assert "This is not open to your account" in answer.text, told


def test_no_form_of_somebody_who_may_not_changes_a_file(shared: Path) -> None:
    app = shared_app(shared)
    before = files_of(shared)
    for who, browser in stranger(app)[:2]:
        for method, path in all_routes(app):
            if method == "POST" and WRITING[path] != "reader":
                for address in addresses(path)[:14]:
                    fields = {
                        "record.title": "Intruder",
                        "_draft": "b" * 24,
                        "_form": "/new/site",
                        "_action": "save",
                    }
                    assert browser.post(address, data=fields).status_code in (401, 403), (who, address)
    assert files_of(shared) == before
    assert not list((shared.parent / "private").glob("drafts*"))


def test_a_body_is_not_read_before_its_sender_may_send_it(shared: Path) -> None:
    app = shared_app(shared)
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"a" * 100_000

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for route in ("/new/site", "/uploads", f"/sites/{OPEN}/report"):
        assert visitor(app).post(route, content=pieces(), headers=kind).status_code == 401


def test_script_of_a_page_is_told_so_and_not_led_to_a_form(shared: Path) -> None:
    browser = visitor(shared_app(shared))
    assert browser.get("/find/sources?q=x", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_what_somebody_types_is_seen_by_nobody_else(shared: Path) -> None:
    app = shared_app(shared)
    mine, theirs = signed_in(app, "contributor"), signed_in(app, "reviewer")
    draft = {"_draft": "c" * 24, "_form": "/new/site", "properties.names.0.text": "Only mine"}
    assert mine.post("/drafts", data=draft).status_code == 204
    assert "Only mine" in mine.get("/drafts").text
    assert "Only mine" in mine.get("/new/site", params={"draft": "c" * 24}).text
    assert "Only mine" not in theirs.get("/drafts").text
    assert "Only mine" not in theirs.get("/new/site", params={"draft": "c" * 24}).text
    theirs.post("/drafts", data={"_draft": "c" * 24, "_action": "discard"})
    assert "Only mine" in mine.get("/drafts").text


def test_a_save_is_signed_by_the_account_and_logged(shared: Path) -> None:
    app = shared_app(shared)
    browser = signed_in(app, "contributor")
    page = browser.get(browser.get("/new/source").headers["location"]).text
    fields = dict(re.findall(r'name="(_draft|_form)" value="([^"]*)"', page))
    fields |= {
        "record.title": "New survey", "record.type": "report", "record.kind": "academic",
        "record.affiliation": "academic", "record.party": "none", "record.publisher": "Institute",
        "record.issued": "2021", "_action": "save", "_different": "1",
    }  # fmt: skip
    answer = browser.post("/new/source", data=fields)
    assert answer.status_code == 303, answer.text
    lines = [
        json.loads(line) for line in (shared.parent / "private" / "actions.jsonl").read_text().splitlines()
    ]
    added = lines[-1]
    assert (added["who"], added["what"]) == (NAMES["contributor"], "/new/source")
    assert added["about"] == answer.headers["location"].partition("?")[0]
    keeper = signed_in(app, "keeper")
    assert "source added" in keeper.get("/log").text
