"""515 nasty texts and hostile files through every form and upload, and then before a real browser.

Of the forms, each text goes through each form and each field gets a fifth of all texts, a different fifth
for each; `HERITAGE_ALL_TEXTS=1` puts every text into every field.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import claim, named, report, site_feature, source, write
from heritage_registry.attachments import safe_name
from heritage_registry.errors import InvalidRecords
from heritage_registry.form import unfit_text
from heritage_registry.registry import examine
from heritage_registry.web.roles import WRITING
from hostile import NAMES_OF_FILES, photo, scene
from naughty import naughty_strings
from test_web_security import kept
from test_web_uploads import FILES, digest, files_below, kept_form, sent
from web import client, fields_of, opened, send, served

KEY = "k7m2q9x4"
TEXTS = naughty_strings(515)
STEP = 1 if os.environ.get("HERITAGE_ALL_TEXTS") else 5
FORMS = (
    "/new/site",
    "/new/source",
    "/new/claim",
    f"/sites/{KEY}/report",
    f"/sites/{KEY}/response",
    f"/sites/{KEY}/edit",
    "/sources/survey-2021/edit",
    "/claims/c1a1m000/edit",
)


@pytest.fixture
def held(registry: Path) -> Path:
    """A registry with one record of each kind."""
    write(registry, "site", site_feature(reports=[report()]))
    write(registry, "claim", claim())
    return registry


def whole(browser: TestClient, address: str) -> dict[str, str]:
    """Return every field that a form has, with all parts of the record open."""
    fields = opened(browser, address)
    if address.endswith("/edit"):
        return fields
    return fields_of(send(browser, address, fields, _action="full").text)


def rounds() -> Iterator[int]:
    return iter(range(0, len(TEXTS), STEP))


def test_there_are_515_texts() -> None:
    assert len(set(TEXTS)) == 515


@pytest.mark.parametrize("address", FORMS)
def test_every_text_goes_through_every_form_and_comes_back(held: Path, address: str) -> None:
    browser = client(held)
    full = whole(browser, address)
    names = [name for name in full if not name.startswith("_") and "@" not in name]
    names += ["_source", "_locator"]
    before = {path: path.read_bytes() for path in held.rglob("*") if path.is_file()}
    for start in rounds():
        fields = full | {
            name: TEXTS[(start + n % STEP + n * STEP) % len(TEXTS)] for n, name in enumerate(names)
        }
        answer = send(browser, address, fields, _action="check")
        assert answer.status_code == 200, (address, start)
        kept(answer.text)
        back = fields_of(answer.text)
        for name in names:
            if (
                name in back
                and name in full
                and not name.endswith(("community", "party", "language", "source"))
            ):
                same = back[name] in (fields[name].replace("\r\n", "\n"), "")
                assert same or " ".join(back[name].split()) == " ".join(fields[name].split()), (name, start)
    assert {path: path.read_bytes() for path in held.rglob("*") if path.is_file()} == before


def addresses_of_other_forms() -> list[str]:
    """Return where else something can be sent, with names filled in for the parts of the address."""
    values = {"{key}": KEY, "{folder}": "sites", "{report}": "r1", "{name}": "x"}
    found = []
    for pattern in WRITING:
        address = pattern
        for part, value in values.items():
            address = address.replace(part, value)
        if address not in FORMS:
            found.append(address)
    return found


@pytest.mark.parametrize("address", addresses_of_other_forms())
def test_every_other_form_answers_every_text(held: Path, address: str) -> None:
    browser = client(held)
    page = browser.get(address)
    names = set(re.findall(r'\bname="([^"]+)"', page.text)) if page.status_code == 200 else set()
    actions = sorted(set(re.findall(r'name="_action" value="([^"]+)"', page.text)) | {"save", "check", "x"})
    names |= {"_form", "_draft", "_action", "q", "text", "name", "organisation", "reason", "place"}
    for n, text in enumerate(TEXTS[::STEP]):
        fields = dict.fromkeys(names, text) | {"_action": actions[n % len(actions)]}
        answer = send(browser, address, fields)
        assert answer.status_code < 500, (address, text, answer.text[-400:])
        if "html" in answer.headers.get("content-type", "") and "<body" in answer.text:
            assert "<script>document.title" not in answer.text, (address, text)
    assert not (held.parent / "x").exists()


# --- Files -----------------------------------------------------------------------------------------------


def test_every_text_is_a_harmless_name_of_a_file(held: Path) -> None:
    browser = client(held)
    for start in range(0, len(TEXTS), 20):
        # A GIF is refused by its first bytes, and the page that says so names the file.
        files = [(text, b"GIF89a" + bytes(20)) for text in TEXTS[start : start + 20]]
        parts = [("_files", (name or "x", raw, "image/gif")) for name, raw in files]
        fields = kept_form(browser.get(FILES).text) | {"_action": "attach"}
        answer = browser.post(FILES, data=fields, files=parts)
        assert answer.status_code in (400, 422), start
        kept(answer.text)
    assert files_below(held.parent / "private" / "evidence") == set()
    for text in (*TEXTS, *NAMES_OF_FILES):
        name = safe_name(text, "image/png")
        assert name.endswith(".png")
        assert not set(name) & set("/\\:\0\n<>\"'&$%")
        assert unfit_text(name) == []


def test_a_picture_under_a_name_that_leads_elsewhere_lies_where_it_should(held: Path) -> None:
    browser = client(held)
    out = io.BytesIO()
    scene().save(out, "PNG")
    name = "../../../../tmp/<script>document.title='run'</script>.png"
    answer = sent(browser, FILES, kept_form(browser.get(FILES).text), (name, out.getvalue()))
    assert answer.status_code == 303
    assert files_below(held.parent / "private" / "evidence") == {
        f"{digest(out.getvalue())[:2]}/{digest(out.getvalue())}.png"
    }


def test_every_text_is_said_of_a_file_or_refused(held: Path) -> None:
    browser = client(held)
    sent(browser, FILES, kept_form(browser.get(FILES).text), ("gate.jpg", photo()))
    base = f"_file.{digest(photo())}."
    captions = ("caption.en", "caption.hy", "caption.az", "caption.ru", "by", "licence")
    stored = 0
    for start in range(0, len(TEXTS), len(captions)):
        texts = TEXTS[start : start + len(captions)]
        said = {base + name: text for name, text in zip(captions, texts, strict=False)}
        fields = kept_form(browser.get(FILES).text) | said
        answer = browser.post(FILES, data=fields, follow_redirects=False)
        assert answer.status_code in (303, 422), texts
        if answer.status_code == 422:
            without_preview(answer.text)
            continue
        stored += 1
        page = browser.get(FILES).text
        without_preview(page)
        record = json.loads((held / "records" / f"{KEY}.geojson").read_text("utf-8"))
        (file,) = record["properties"]["reports"][0]["evidence"]["files"]
        for text in (file.get("caption") or {}).values():
            assert " ".join(text.split()) in " ".join(unescape(page).split())
    assert stored > 40
    for start in rounds():
        fields = kept_form(browser.get(FILES).text) | {base + "taken": TEXTS[start]}
        assert browser.post(FILES, data=fields, follow_redirects=False).status_code in (303, 422)
    assert examine(held)[1] == []


def without_preview(page: str) -> None:
    kept(re.sub(r'<img class="file-preview"[^>]*>', "", page))


# --- Before a browser ------------------------------------------------------------------------------------


def filled_with_texts(registry: Path) -> dict[str, list[str]]:
    """Put every text that a record can hold into names, summaries, captions and notes of sites."""
    shown: dict[str, list[str]] = {}
    plain = [" ".join(text.split()) for text in TEXTS]
    fit = [text for text in dict.fromkeys(plain) if text and not unfit_text(text) and len(text) <= 3_000]
    write(registry, "source", source("nasty", title=fit[3], publisher=fit[4], note=fit[5]))
    for start in range(0, len(fit), 25):
        part = fit[start : start + 25]
        key = f"n{start:07d}".replace("i", "0")
        reports = [
            report(n + 1, as_stated=text, according_to=text, summary={"en": text})
            for n, text in enumerate(part[:12])
        ]
        try:
            write(
                registry,
                "site",
                site_feature(
                    key,
                    names=[named(text) for text in part],
                    reports=reports,
                    notes=[{"text": {"en": part[-1]}, "citations": [{"source": "nasty"}]}],
                ),
            )
        except InvalidRecords:
            continue
        shown[key] = part
    return shown


WATCH = """
() => {
  window.ran = [];
  for (const name of ["alert", "confirm", "prompt", "open", "print"]) {
    window[name] = (...given) => { window.ran.push(name); };
  }
}
"""


@pytest.mark.browser
def test_no_text_runs_or_asks_for_anything_in_a_browser(chromium: Any, registry: Path) -> None:
    shown = filled_with_texts(registry)
    count = sum(map(len, shown.values()))
    broken = {problem.file for problem in examine(registry)[1]}
    assert broken == set(), sorted(broken)[:3]
    assert count > 400
    with served(registry) as address:
        context = chromium.new_context()
        context.add_init_script(f"({WATCH})()")
        page = context.new_page()
        complaints: list[str] = []

        def alarmed(dialog: Any) -> None:
            complaints.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", alarmed)
        page.on("popup", lambda popup: complaints.append(popup.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: (
                complaints.append(asked.url)
                if not asked.url.startswith((address + "/", "data:", "blob:"))
                else None
            ),
        )

        def look(path: str) -> str:
            page.goto(address + path)
            assert page.evaluate("document.title") != "run", path
            assert page.evaluate("window.ran") == [], path
            assert complaints == [], path
            assert page.locator("base, iframe:not(#map-frame), object, embed, math").count() == 0, path
            return str(page.evaluate("document.body.textContent"))

        for key, texts in shown.items():
            said = " ".join(look(f"/sites/{key}").split())
            for text in texts:
                assert " ".join(text.split()) in said, text
        first = next(iter(shown))
        for path in (
            "/", "/sites", f"/sites?q={'%3Cscript%3Ealert(1)%3C/script%3E'}", "/sources", "/sources/nasty",
            "/claims", "/coverage", "/problems", "/new/site", "/drafts", f"/sites/{first}/edit",
            f"/sites/{first}/report", f"/sites/{first}/response", f"/sites/{first}/reports/r1/files",
            f"/sites/{first}/history", "/%3Cscript%3Ealert(1)%3C/script%3E",
        ):  # fmt: skip
            look_at(page, address + path, complaints)
        page.goto(f"{address}/#site={first}")
        page.frame_locator("#map-frame").locator("body[data-ready]").wait_for()
        page.wait_for_timeout(300)
        assert [text for text in complaints if "404" not in text] == []
        frame = page.frames[-1]
        assert frame.evaluate("document.title") != "run"
        context.close()


def look_at(page: Any, address: str, complaints: list[str]) -> None:
    page.goto(address)
    assert page.evaluate("document.title") != "run", address
    assert page.evaluate("window.ran") == [], address
    assert [text for text in complaints if "404" not in text] == [], address
