"""Files handed in through the app: kept with their form, private, shown only as clean copies, told apart."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from conftest import heritage, report, site_feature, write
from heritage_registry.registry import examine
from heritage_registry.web.wording import LANGUAGES, web_messages
from hostile import HOSTILE, OWNER, SERIAL, html, pdf, photo, scene, svg
from web import client, fields_of

KEY = "k7m2q9x4"
REPORT = f"/sites/{KEY}/report"
FILES = f"/sites/{KEY}/reports/r1/files"
SAID = {
    "report.condition": "damaged",
    "report.observed": "2021",
    "report.evidence.type": "ground_photo",
    "report.summary.0.text": "The roof had fallen in.",
    "_source": "survey-2021",
}
Upload = tuple[str, bytes]


@pytest.fixture
def held(registry: Path) -> Path:
    """A registry with one site that has one report."""
    write(registry, "site", site_feature(reports=[report()]))
    return registry


def form_of(browser: TestClient, address: str) -> dict[str, str]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    return {name: value for name, value in fields_of(answer.text).items() if name != "_files"}


def sent(
    browser: TestClient, address: str, fields: dict[str, str], *files: Upload, field: str = "_files"
) -> Any:
    parts = [(field, (name, raw, "application/octet-stream")) for name, raw in files]
    # A form without files is sent in the same way by a browser: with a nameless empty one.
    return browser.post(
        address, data=fields, files=parts or [(field, ("", b"", "application/octet-stream"))],
        follow_redirects=False,
    )  # fmt: skip


def kept_form(page: str) -> dict[str, str]:
    form = page[page.index('id="files-form"') : page.index("</form>", page.index('id="files-form"'))]
    found = fields_of(f'<form id="record-form"{form}</form>')
    return {name: value for name, value in found.items() if name != "_files"}


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def of_report(registry: Path, number: int) -> list[dict[str, Any]]:
    record = json.loads((registry / "records" / f"{KEY}.geojson").read_text("utf-8"))
    files: list[dict[str, Any]] = record["properties"]["reports"][number]["evidence"].get("files", [])
    return files


def files_below(directory: Path) -> set[str]:
    return {
        path.relative_to(directory).as_posix()
        for path in directory.glob("**/*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_a_picture_is_handed_in_with_its_report(held: Path) -> None:
    browser = client(held)
    raw = photo()
    fields = form_of(browser, REPORT) | SAID
    answer = sent(browser, REPORT, fields | {"_action": "attach"}, ("gate.jpg", raw))
    assert answer.status_code == 200
    assert digest(raw) in answer.text
    assert files_below(held.parent / "private" / "evidence") == set(), (
        "nothing is evidence before it is saved"
    )
    base = f"_file.{digest(raw)}."
    said = {
        base + "here": "1",
        base + "public": "1",
        base + "taken": "summer 2021",
        base + "by": "visitor",
        base + "caption.hy": "Դարպաս",
        base + "caption.en": "A gate",
    }
    answer = sent(browser, REPORT, fields | said | {"_action": "save"})
    assert answer.status_code == 303, answer.text
    (file,) = of_report(held, 1)
    assert (file["name"], file["taken"], file["by"]) == ("gate.jpg", "2021-22", "visitor")
    assert file["caption"] == {"hy": "Դարպաս", "en": "A gate"}
    assert file["public"] is True
    original = held.parent / "private" / "evidence" / digest(raw)[:2] / f"{digest(raw)}.jpg"
    assert original.read_bytes() == raw
    copy = (held / "evidence").glob("*/*")
    (shown,) = [path.read_bytes() for path in copy]
    assert digest(shown) == file["public_copy"]["sha256"]
    assert not any(word.encode() in shown for word in (OWNER, SERIAL, "Exif", "2021:03:14"))
    assert files_below(held.parent / "private" / "drafts") == set()
    assert heritage(held, "check").exit_code == 0


def test_a_file_chosen_with_the_last_click_is_saved_and_private(held: Path) -> None:
    browser = client(held)
    answer = sent(browser, REPORT, form_of(browser, REPORT) | SAID, ("a.pdf", pdf()), ("gate.jpg", photo()))
    assert answer.status_code == 303
    document, picture = of_report(held, 1)
    assert document["media_type"] == "application/pdf"
    assert "public" not in picture
    assert "taken" not in picture, "the camera's clock is no statement of the writer's"
    assert not (held / "evidence").exists()


def test_a_new_site_takes_the_files_of_its_first_report(registry: Path) -> None:
    browser = client(registry)
    fields = form_of(browser, "/new/site") | {
        "properties.names.0.text": "Gate",
        "properties.names.0.language": "en",
        "properties.types.0.type": "church",
        "properties.reports.0.condition": "damaged",
        "properties.reports.0.evidence.type": "ground_photo",
        "_source": "survey-2021",
    }
    assert sent(browser, "/new/site", fields, ("gate.jpg", photo())).status_code == 303
    (path,) = (registry / "records").glob("*")
    (found,) = json.loads(path.read_text("utf-8"))["properties"]["reports"]
    assert found["evidence"]["files"][0]["sha256"] == digest(photo())


def test_an_error_loses_no_file_and_no_word(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID | {"report.condition": "", "report.summary.0.text": "Kept words"}
    answer = sent(browser, REPORT, fields, ("gate.jpg", photo()))
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert digest(photo()) in answer.text
    again = client(held).get(f"{REPORT}?draft={fields['_draft']}")
    assert digest(photo()) in again.text, "another day, another browser"
    assert files_below(held.parent / "private" / "evidence") == set()
    assert not (held / "evidence").exists()


def test_a_refused_file_stands_in_the_way_and_the_others_wait(held: Path) -> None:
    browser = client(held)
    answer = sent(
        browser, REPORT, form_of(browser, REPORT) | SAID, ("plan.svg", svg()), ("gate.jpg", photo())
    )
    assert answer.status_code == 200
    assert "web page or drawing that can run a script" in answer.text
    assert "plan.svg" in answer.text
    assert digest(photo()) in answer.text
    assert len(json.loads((held / "records" / f"{KEY}.geojson").read_text())["properties"]["reports"]) == 1


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_no_hostile_file_is_taken(held: Path, kind: str) -> None:
    name, make, words = HOSTILE[kind]
    browser = client(held)
    answer = sent(browser, FILES, {"_action": "attach", **waiting_form(browser)}, (name, make()))
    assert answer.status_code == 422
    assert words.replace("'", "&#39;") in answer.text
    assert files_below(held.parent / "private" / "drafts") <= {f"files/{draft_id(browser)}/files.json"}


def waiting_form(browser: TestClient) -> dict[str, str]:
    return {"_draft": draft_id(browser)}


def draft_id(browser: TestClient) -> str:
    found = re.search(r'name="_draft" value="([0-9a-f]{24})"', browser.get(FILES).text)
    assert found
    return found[1]


def test_files_of_a_report_are_added_described_and_removed(held: Path) -> None:
    browser = client(held)
    page = browser.get(FILES).text
    answer = sent(browser, FILES, kept_form(page) | {"_action": "save"}, ("gate.jpg", photo()))
    assert answer.headers["location"] == f"{FILES}?saved=1"
    page = browser.get(FILES).text
    base = f"_file.{digest(photo())}."
    answer = sent(browser, FILES, kept_form(page) | {base + "taken": "March 2021", base + "public": "1"})
    assert answer.status_code == 303, answer.text
    (file,) = of_report(held, 0)
    assert file["taken"] == "2021-03"
    assert (held / "evidence" / file["public_copy"]["sha256"][:2]).is_dir()
    assert heritage(held, "check").exit_code == 0
    form = kept_form(browser.get(FILES).text)
    assert form[base + "public"] == "1"
    assert sent(browser, FILES, form | {"_action": f"remove:{digest(photo())}"}).status_code == 303
    assert of_report(held, 0) == []
    assert files_below(held / "evidence") == set(), "nobody sees the copy any more"
    assert files_below(held.parent / "private" / "evidence"), "the original stays"
    assert heritage(held, "check").exit_code == 0


def test_a_picture_that_is_no_longer_public_loses_its_copy(held: Path) -> None:
    browser = client(held)
    base = f"_file.{digest(photo())}."
    sent(browser, FILES, kept_form(browser.get(FILES).text), ("gate.jpg", photo()))
    sent(browser, FILES, kept_form(browser.get(FILES).text) | {base + "public": "1"})
    assert files_below(held / "evidence")
    form = kept_form(browser.get(FILES).text)
    del form[base + "public"]
    assert sent(browser, FILES, form).status_code == 303
    assert files_below(held / "evidence") == set()
    assert "public" not in of_report(held, 0)[0]


def test_a_file_is_taken_back_before_it_is_saved(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID
    sent(browser, REPORT, fields | {"_action": "attach"}, ("gate.jpg", photo()), ("a.pdf", pdf()))
    answer = sent(browser, REPORT, fields | {"_action": f"drop:{digest(photo())}"})
    assert digest(photo()) not in answer.text
    left = files_below(held.parent / "private" / "drafts")
    assert not any(digest(photo()) in name or "/copies/" in name for name in left)
    assert sent(browser, REPORT, fields | {"_action": "save"}).status_code == 303
    assert [file["name"] for file in of_report(held, 1)] == ["a.pdf"]


def test_a_draft_thrown_away_takes_its_files_along(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT)
    sent(browser, REPORT, fields | {"_action": "attach"}, ("gate.jpg", photo()))
    browser.post("/drafts", data={"_draft": fields["_draft"], "_action": "discard"})
    assert files_below(held.parent / "private" / "drafts") == set()


def test_the_same_file_elsewhere_is_named(held: Path) -> None:
    browser = client(held)
    sent(browser, FILES, kept_form(browser.get(FILES).text), ("gate.jpg", photo()))
    answer = sent(browser, REPORT, form_of(browser, REPORT) | {"_action": "attach"}, ("other.jpg", photo()))
    assert web_messages("en")["uploads.held"] in answer.text
    assert f'href="/sites/{KEY}#r1"' in answer.text


def test_the_same_file_twice_is_there_once(held: Path) -> None:
    browser = client(held)
    for _ in range(2):
        form = kept_form(browser.get(FILES).text)
        assert sent(browser, FILES, form, ("a.jpg", photo()), ("b.jpg", photo())).status_code == 303
    assert len(of_report(held, 0)) == 1


def test_a_form_sent_twice_adds_its_files_once(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID
    for _ in range(2):
        assert sent(browser, REPORT, fields, ("gate.jpg", photo())).status_code == 303
    record = json.loads((held / "records" / f"{KEY}.geojson").read_text("utf-8"))
    assert len(record["properties"]["reports"]) == 2
    assert files_below(held.parent / "private" / "drafts") == set()


def test_twelve_people_add_a_file_each_and_none_is_lost(held: Path) -> None:
    def add(n: int) -> int:
        out = io.BytesIO()
        scene(64 + n, 48).save(out, "PNG")
        browser = client(held)
        fields = form_of(browser, REPORT) | SAID
        code: int = sent(browser, REPORT, fields, (f"{n}.png", out.getvalue())).status_code
        return code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(add, range(12))) == {303}
    names = [file["name"] for number in range(1, 13) for file in of_report(held, number)]
    assert sorted(names) == sorted(f"{n}.png" for n in range(12))


def test_two_descriptions_of_one_file_are_shown_side_by_side(held: Path) -> None:
    browser = client(held)
    base = f"_file.{digest(photo())}."
    sent(browser, FILES, kept_form(browser.get(FILES).text), ("gate.jpg", photo()))
    mine = kept_form(browser.get(FILES).text) | {base + "by": "resident"}
    theirs = kept_form(browser.get(FILES).text) | {base + "by": "monitor"}
    assert sent(browser, FILES, theirs).status_code == 303
    answer = sent(browser, FILES, mine)
    assert answer.status_code == 409
    assert "monitor" in answer.text
    assert 'value="resident"' in answer.text
    assert of_report(held, 0)[0]["by"] == "monitor"
    again = kept_form(answer.text)
    assert sent(browser, FILES, again).status_code == 303
    assert of_report(held, 0)[0]["by"] == "resident"


def test_a_description_that_cannot_be_says_why_and_keeps_the_words(held: Path) -> None:
    browser = client(held)
    sent(browser, FILES, kept_form(browser.get(FILES).text), ("gate.jpg", photo()))
    base = f"_file.{digest(photo())}."
    answer = sent(browser, FILES, kept_form(browser.get(FILES).text) | {base + "taken": "the day of frogs"})
    assert answer.status_code == 422
    assert "the day of frogs" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_copy_is_served_inert_and_an_original_only_as_a_download(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID | {"_action": "attach"}
    answer = sent(browser, REPORT, fields, ("gate.jpg", photo()), ("a.txt", b"plain words\n"))
    preview = re.search(r'src="(/uploads/[0-9a-f]{24}/[0-9a-f]{64})"', answer.text)
    assert preview
    base = f"_file.{digest(photo())}."
    sent(browser, REPORT, fields | {base + "here": "1", base + "public": "1", "_action": "save"})
    copy = of_report(held, 1)[0]["public_copy"]["sha256"]
    found = browser.get(f"/evidence/copies/{copy}.jpg")
    assert found.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(found.content)).getexif() == {}
    original = browser.get(f"/evidence/originals/{digest(photo())}")
    assert original.content == photo()
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment;")
    for response in (found, original):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert browser.get(preview[1]).status_code == 404, "it waits no longer"


def test_what_was_put_in_place_of_a_copy_is_not_served(held: Path) -> None:
    name = "ab" * 32
    for content, ending in ((html(), "jpg"), (photo(), "jpg"), (svg(), "png")):
        path = held / "evidence" / "ab" / f"{name}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        assert client(held).get(f"/evidence/copies/{name}.{ending}").status_code == 404
    linked = digest(REGISTRY_SECRET)
    (held / "secret").write_bytes(REGISTRY_SECRET)
    (held / "evidence" / linked[:2]).mkdir(exist_ok=True)
    (held / "evidence" / linked[:2] / f"{linked}.jpg").symlink_to(held / "secret")
    assert client(held).get(f"/evidence/copies/{linked}.jpg").status_code == 404


REGISTRY_SECRET = b"\xff\xd8\xff what lies elsewhere"


@pytest.mark.parametrize(
    "address",
    [
        "/evidence/copies/..%2f..%2fregistry.toml",
        "/evidence/copies/x.svg",
        f"/evidence/copies/{'0' * 64}.svg",
        f"/evidence/copies/{'0' * 64}.jpg",
        f"/evidence/originals/{'0' * 64}",
        "/evidence/originals/..%2f..%2fdrafts",
        f"/uploads/{'0' * 24}/{'0' * 64}",
        "/uploads/..%2f../x",
        f"/sites/{KEY}/reports/r9/files",
        "/sites/..%2f..%2fx/reports/r1/files",
        "/sites/k7m2q9x5/reports/r1/files",
    ],
)
def test_no_other_file_is_reached(held: Path, address: str) -> None:
    assert client(held).get(address).status_code == 404


def test_a_withheld_place_is_shown_by_no_picture(registry: Path) -> None:
    hidden = {"sensitivity": "withheld", "sensitivity_reason": "graves", "locations": []}
    write(registry, "site", site_feature(reports=[report()], **hidden))  # type: ignore[arg-type]
    browser = client(registry)
    base = f"_file.{digest(photo())}."
    form = kept_form(browser.get(FILES).text) | {base + "here": "1", base + "public": "1"}
    sent(browser, FILES, form | {"_action": "attach"}, ("gate.jpg", photo()))
    answer = sent(browser, FILES, form)
    assert answer.status_code == 422
    assert "a picture shows the place" in answer.text
    assert files_below(registry / "evidence") == set()


def test_a_forged_part_of_a_file_is_not_read(held: Path) -> None:
    forged = json.dumps(
        [
            {
                "name": "x.jpg", "sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 1, "public": True,
                "public_copy": {
                    "sha256": "1" * 64, "media_type": "image/jpeg", "bytes": 1, "width": 1, "height": 1,
                },
            }
        ]
    )  # fmt: skip
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID | {"report.evidence.files": forged}
    assert sent(browser, REPORT, fields).status_code == 303
    assert of_report(held, 1) == []


def test_a_citation_file_fills_the_form_of_a_source(registry: Path) -> None:
    browser = client(registry)
    ris = "TY  - BOOK\r\nTI  - Ստեփանավան\r\nPB  - Press\r\nPY  - 1999\r\nER  -\r\n".encode()
    answer = sent(browser, "/new/source", form_of(browser, "/new/source"), ("x.ris", ris), field="_citations")
    assert answer.status_code == 200
    assert fields_of(answer.text)["record.title"] == "Ստեփանավան"
    answer = sent(
        browser,
        "/new/source",
        form_of(browser, "/new/source"),
        ("x.ris", b"\xff\xfe\x00"),
        field="_citations",
    )
    assert answer.status_code == 422
    assert "is not text in UTF-8" in answer.text
    assert files_below(registry.parent / "private") == set()


def test_the_words_of_files_are_there_in_every_language(held: Path) -> None:
    for language in LANGUAGES:
        browser = client(held, language)
        assert web_messages(language)["uploads.choose"] in browser.get(FILES).text
        assert web_messages(language)["uploads.public"] not in browser.get(FILES).text


# --- What arrives ----------------------------------------------------------------------------------------

BOUNDARY = "x" * 20


def raw_body(*parts: tuple[str, bytes], end: bool = True) -> bytes:
    body = b"".join(
        b"--" + BOUNDARY.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )
    return body + (b"--" + BOUNDARY.encode() + b"--\r\n" if end else b"")


def send_raw(browser: TestClient, body: bytes, boundary: str = BOUNDARY, address: str = REPORT) -> int:
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    code: int = browser.post(address, content=body, headers=headers, follow_redirects=False).status_code
    return code


FIELD = 'Content-Disposition: form-data; name="a"'
FILE = 'Content-Disposition: form-data; name="_files"; filename="a.jpg"'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 400),
        (b"nothing of the kind", 400),
        (raw_body((FIELD, b"1"), end=False), 400),
        (raw_body(("X: y", b"1")), 400),
        (raw_body(("Content-Disposition: attachment; name=a", b"1")), 400),
        (raw_body((FIELD, b"\xff\xfe")), 400),
        (raw_body((FIELD + "\r\nX: " + "y" * 100_000, b"1")), 400),
        (raw_body((FIELD + "\r\nX: y" * 1_000, b"1")), 400),
        (raw_body((FIELD, b"x" * 1_100_000)), 413),
        (raw_body(*[(FIELD, b"")] * 20_001), 413),
        (raw_body(*[(FILE, b"a")] * 21), 413),
    ],
)
def test_a_body_that_cannot_be_is_refused_and_leaves_nothing(held: Path, body: bytes, code: int) -> None:
    assert send_raw(client(held), body) == code
    assert not list((held.parent / "private" / "arriving").glob("*"))


def test_an_odd_boundary_is_refused(held: Path) -> None:
    for boundary in ("", "y" * 5_000):
        assert send_raw(client(held), raw_body((FIELD, b"1")), boundary) in (400, 415)


def test_files_go_to_forms_that_take_some_only(held: Path) -> None:
    for address in ("/drafts", f"/sites/{KEY}/edit", "/new/claim", "/nothing"):
        assert send_raw(client(held), raw_body((FIELD, b"1")), address=address) in (404, 405, 415)


def test_another_page_cannot_hand_in_files(held: Path) -> None:
    browser = client(held)
    browser.headers["Sec-Fetch-Site"] = "cross-site"
    assert send_raw(browser, raw_body((FIELD, b"1"))) == 403


def test_an_announced_size_is_believed_before_anything_is_read(held: Path) -> None:
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": "10000000000",
    }
    answer = client(held).post(REPORT, content=b"x", headers=headers)
    assert answer.status_code == 413
    assert web_messages("en")["refused.upload_size"] in answer.text


def test_a_file_that_is_too_large_is_told_and_the_other_answers_stay(held: Path) -> None:
    browser = client(held)
    fields = form_of(browser, REPORT) | SAID | {"report.summary.0.text": "Kept words"}
    answer = sent(browser, REPORT, fields, ("big.jpg", b"\xff\xd8\xff" + bytes(51_000_000)))
    assert answer.status_code == 200
    assert web_messages("en")["uploads.too_large"] in answer.text
    assert "Kept words" in answer.text
    assert not list((held.parent / "private" / "arriving").glob("*"))


def test_a_full_disk_is_told(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(held)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    assert send_raw(client(held), raw_body((FIELD, b"1"))) == 507


def test_originals_are_their_owners_alone(held: Path) -> None:
    browser = client(held)
    sent(browser, FILES, kept_form(browser.get(FILES).text) | {"_action": "attach"}, ("gate.jpg", photo()))
    waiting = held.parent / "private" / "drafts" / "files"
    sent(browser, FILES, kept_form(browser.get(FILES).text))
    kept = held.parent / "private" / "evidence"
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (waiting, kept)] == [0o700, 0o700]


def test_check_names_the_line_of_a_public_file_without_a_copy(held: Path) -> None:
    file = {"name": "a.jpg", "sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 5, "public": True}
    copied = file | {
        "public_copy": {"sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 5, "width": 1, "height": 1}
    }
    evidence = {"type": "ground_photo", "files": [file, copied]}
    path = write(held, "site", site_feature(reports=[report(evidence=evidence)]))
    found = {problem.field: problem for problem in examine(held)[1]}
    where = "properties.reports.0.evidence.files"
    assert "has no public copy" in found[f"{where}.0.public"].message
    assert "is the original itself" in found[f"{where}.1.public"].message
    lines = path.read_text("utf-8").splitlines()
    assert '"public": true' in lines[found[f"{where}.0.public"].line - 1]
