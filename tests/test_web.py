"""The local app: what it shows of the files as they are now, and what its forms write into them."""

from __future__ import annotations

import errno
import json
import os
import shutil
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conftest import claim, named, report, site_feature, source, write
from heritage_registry.registry import examine, read_registry
from heritage_registry.site import Site
from heritage_registry.web.forms import sheets
from heritage_registry.web.forms.tree import Node
from heritage_registry.web.looking.state import RegistryState
from heritage_registry.web.wording import LANGUAGES, web_messages
from web import client, fields_of, opened, send

KEY = "k7m2q9x4"
NEW_SITE = {
    "properties.names.0.text": "Սուրբ Սարգիս",
    "properties.names.0.language": "hy",
    "properties.types.0.type": "church",
    "properties.locations.0.geometry": "39°45′29″N 46°45′04″E",
    "properties.locations.0.of": "monument",
    "properties.locations.0.method": "published",
    "properties.locations.0.uncertainty_m": "100",
    "properties.reports.0.condition": "damaged",
    "properties.reports.0.observed": "summer 2021",
    "properties.reports.0.evidence.type": "site_visit",
    "properties.reports.0.summary.0.text": "The roof had fallen in.",
    "properties.reports.0.summary.0.language": "en",
    "_source": "survey-2021",
    "_locator": "p. 12",
}


def record(directory: Path, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "records" / f"{key}.geojson").read_text("utf-8"))
    return found


def the_only_site(directory: Path) -> Site:
    (site,) = read_registry(directory).sites.values()
    return site


# --- Looking ---------------------------------------------------------------------------------------------


def test_every_page_answers_in_every_language(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    write(registry, "claim", claim())
    for language in ("en", "hy", "az", "ru"):
        browser = client(registry, language)
        for address in (
            "/",
            "/sites",
            f"/sites/{KEY}",
            "/sources",
            "/sources/survey-2021",
            "/claims",
            "/claims/c1a1m000",
            "/coverage",
            "/problems",
            "/new",
            "/new/site",
            "/new/source",
            "/new/claim",
            "/drafts",
            f"/sites/{KEY}/edit",
            f"/sites/{KEY}/report",
            f"/sites/{KEY}/response",
            "/sources/survey-2021/edit",
            "/claims/c1a1m000/edit",
        ):
            answer = browser.get(address)
            assert answer.status_code == 200, address
            assert f'<html lang="{language}"' in answer.text, address


def test_an_edit_in_a_text_editor_shows_on_reload(registry: Path) -> None:
    path = write(registry, "site", site_feature())
    browser = client(registry)
    assert "Old Mosque" in browser.get(f"/sites/{KEY}").text
    path.write_text(path.read_text("utf-8").replace("Old Mosque", "New Words"), "utf-8")
    assert "New Words" in browser.get(f"/sites/{KEY}").text
    assert "New Words" in browser.get("/sites").text
    path.unlink()
    assert browser.get(f"/sites/{KEY}").status_code == 404


def test_an_edit_that_leaves_size_and_time_as_they_were_shows_too(registry: Path) -> None:
    path = write(registry, "site", site_feature())
    browser = client(registry)
    assert "Old Mosque" in browser.get(f"/sites/{KEY}").text
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("Old Mosque", "New Mosque"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert "New Mosque" in browser.get(f"/sites/{KEY}").text


def test_a_file_that_did_not_change_is_not_read_again(registry: Path) -> None:
    write(registry, "site", site_feature())
    state = RegistryState(registry)
    first = state.look()
    assert state.look() is first
    write(registry, "site", site_feature("k7m2q9x5"))
    second = state.look()
    assert second.revision == first.revision + 1
    assert second.registry.sites[KEY] is first.registry.sites[KEY]


def test_problems_are_those_of_check_whatever_changes(registry: Path) -> None:
    state = RegistryState(registry)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("site", site_feature(names=[named("A", citations=[{"source": "gone"}])])),
        ("source", source("loop-a", derives_from=["loop-b"])),
        ("source", source("loop-b", derives_from=["loop-a"])),
        ("source", source("gone")),
        ("site", site_feature("k7m2q9x5", status="draft")),
        ("claim", claim(status="impossible")),
        ("source", source("loop-b")),
    ]
    for kind, changed in steps:
        write(registry, kind, changed)
        assert list(state.look().problems) == examine(registry)[1], changed["id"]
    (registry / "sources" / "gone.json").unlink()
    (registry / "records" / "note.txt").write_text("x")
    assert list(state.look().problems) == examine(registry)[1]
    assert state.look().problems


def test_a_broken_file_is_a_plain_page_and_hides_nothing_else(registry: Path) -> None:
    write(registry, "site", site_feature())
    (registry / "records" / "k7m2q9x5.geojson").write_bytes(b'{"type": "Feature",')
    (registry / "sources" / "survey-2021.json").write_bytes(b"\xff\xfe<<<<<<< HEAD")
    browser = client(registry)
    for address in ("/", "/map", "/sites", f"/sites/{KEY}", "/sources", "/claims", "/coverage", "/problems"):
        assert browser.get(address).status_code == 200, address
    answer = browser.get("/sites/k7m2q9x5")
    assert answer.status_code == 200
    assert "cannot be shown as a record" in answer.text
    assert "survey-2021.json" in browser.get("/problems").text
    assert "Old Mosque" in browser.get("/sites").text


def test_a_broken_registry_toml_is_a_plain_page(registry: Path) -> None:
    browser = client(registry, "ru")
    (registry / "registry.toml").write_text("title = ")
    answer = browser.get("/")
    assert answer.status_code == 409
    assert "Реестр не читается" in answer.text


def test_the_list_filters_as_the_command_does(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report()]))
    write(
        registry,
        "site",
        site_feature("k7m2q9x5", names=[named("Շուշի", "hy")], type="church", community="armenian"),
    )
    browser = client(registry)
    for query, found in {
        "q=shushi": ["k7m2q9x5"],
        "q=Шуши": ["k7m2q9x5"],
        "type=mosque": [KEY],
        "community=armenian": ["k7m2q9x5"],
        "condition=destroyed": [KEY],
        "status=draft": [],
        "type=nonsense&page=99999999": [KEY, "k7m2q9x5"],
    }.items():
        page = browser.get(f"/sites?{query}").text
        assert [key for key in (KEY, "k7m2q9x5") if f'href="/sites/{key}"' in page] == found, query


def test_a_draft_is_shown_to_its_writer_and_on_no_map(registry: Path) -> None:
    write(registry, "site", site_feature(status="draft", status_reason="No second source"))
    browser = client(registry)
    page = browser.get(f"/sites/{KEY}").text
    assert "No second source" in page
    assert f'href="/sites/{KEY}"' in browser.get("/sites").text
    before = browser.get("/map").text
    path = registry / "records" / f"{KEY}.geojson"
    path.write_text(path.read_text("utf-8").replace("Old Mosque", "Other Name"), "utf-8")
    assert browser.get("/map").text == before


def test_a_page_in_another_language_is_asked_for_once(registry: Path) -> None:
    browser = client(registry)
    assert '<html lang="az"' in browser.get("/sites?lang=az").text
    assert '<html lang="az"' in browser.get("/coverage").text
    assert '<html lang="az"' in browser.get("/coverage?lang=xx").text


# --- Writing ---------------------------------------------------------------------------------------------


def test_a_new_site_is_a_draft_with_what_was_said(registry: Path) -> None:
    browser = client(registry)
    answer = send(browser, "/new/site", opened(browser, "/new/site"), **NEW_SITE)
    assert answer.status_code == 303, answer.text
    site = the_only_site(registry)
    assert answer.headers["location"] == f"/sites/{site.id}?saved=1"
    properties = site.properties
    assert (properties.status, properties.status_reason) == ("draft", "Not reviewed yet")
    assert properties.names[0].text == "Սուրբ Սարգիս"
    assert properties.reports[0].id == "r1"
    assert properties.reports[0].observed == "2021-22"
    (location,) = properties.locations
    assert location.standing == "preferred"
    assert site.geometry == location.geometry
    for part in (properties.names[0], properties.types[0], location, properties.reports[0]):
        assert [(c.source, c.locator) for c in part.citations] == [("survey-2021", "p. 12")]
    page = browser.get(answer.headers["location"]).text
    assert "Սուրբ Սարգիս" in page
    assert "Saved in the registry" in page


def test_dates_are_read_in_the_readers_language(registry: Path) -> None:
    browser = client(registry, "ru")
    fields = NEW_SITE | {"properties.reports.0.observed": "лето 2021"}
    assert send(browser, "/new/site", opened(browser, "/new/site"), **fields).status_code == 303
    assert the_only_site(registry).properties.reports[0].observed == "2021-22"


def test_a_date_that_reads_two_ways_is_asked_and_not_chosen(registry: Path) -> None:
    browser = client(registry)
    fields = NEW_SITE | {"properties.reports.0.observed": "12/05/2020"}
    answer = send(browser, "/new/site", opened(browser, "/new/site"), **fields)
    assert answer.status_code == 422
    assert "2020-05-12" in answer.text
    assert "2020-12-05" in answer.text
    assert not examine(registry)[0].sites


def test_a_point_that_may_be_swapped_is_questioned_and_not_changed(registry: Path) -> None:
    browser = client(registry)
    fields = NEW_SITE | {"properties.locations.0.geometry": "46.7512, 39.7581"}
    answer = send(browser, "/new/site", opened(browser, "/new/site"), **fields)
    assert answer.status_code == 422
    assert "Latitude and longitude may be swapped." in answer.text
    assert fields_of(answer.text)["properties.locations.0.geometry"] == "46.7512, 39.7581"


def test_errors_stand_beside_their_fields_and_nothing_is_lost(registry: Path) -> None:
    browser = client(registry)
    wrong = NEW_SITE | {
        "properties.types.0.type": "",
        "properties.locations.0.uncertainty_m": "about 100",
        "properties.reports.0.observed": "sometime",
        "_source": "no-such-source",
    }
    answer = send(browser, "/new/site", opened(browser, "/new/site"), **wrong)
    assert answer.status_code == 422
    back = fields_of(answer.text)
    assert {name: back[name] for name in wrong} == wrong
    for path in (
        "properties-types",
        "properties-locations-0-uncertainty_m",
        "properties-reports-0-observed",
        "_source",
    ):
        assert f'href="#f-{path}' in answer.text, path
    assert not list((registry / "records").iterdir())


def test_all_fields_take_over_what_the_short_form_holds(registry: Path) -> None:
    browser = client(registry)
    full = send(browser, "/new/site", opened(browser, "/new/site"), **NEW_SITE, _action="full")
    more = send(browser, "/new/site", fields_of(full.text), _action="add:properties.names")
    fields = fields_of(more.text) | {
        "properties.names.1.text": "Surb Sargis",
        "properties.names.1.language": "en",
        "properties.names.1.kind": "transliteration",
    }
    short = send(browser, "/new/site", fields, _action="short")
    answer = send(browser, "/new/site", fields_of(short.text))
    assert answer.status_code == 303, answer.text
    properties = the_only_site(registry).properties
    assert [name.text for name in properties.names] == ["Սուրբ Սարգիս", "Surb Sargis"]
    assert properties.names[1].kind == "transliteration"
    assert properties.reports[0].observed == "2021-22"


def test_an_item_is_removed_and_the_others_keep_their_order(registry: Path) -> None:
    write(registry, "site", site_feature(names=[named("A"), named("B"), named("C")]))
    browser = client(registry)
    address = f"/sites/{KEY}/edit"
    less = send(browser, address, opened(browser, address), _action="remove:properties.names.1")
    assert send(browser, address, fields_of(less.text)).status_code == 303
    assert [name["text"] for name in record(registry, KEY)["properties"]["names"]] == ["A", "C"]


def test_a_form_sent_twice_makes_one_record(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE
    first, second = send(browser, "/new/site", fields), send(browser, "/new/site", fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(list((registry / "records").iterdir())) == 1


def real_registry() -> Path:
    return Path(__file__).parents[1] / "sites"


def test_a_record_saved_untouched_is_the_same_file(tmp_path: Path) -> None:
    """Every twelfth site, source and claim of the real registry passes through its form unchanged."""
    directory = tmp_path / "sites"
    shutil.copytree(real_registry(), directory)
    browser = client(directory)
    for folder, pages in (("records", "sites"), ("sources", "sources"), ("claims", "claims")):
        for path in sorted((directory / folder).iterdir())[::12]:
            before = path.read_bytes()
            address = f"/{pages}/{path.name.partition('.')[0]}/edit"
            answer = send(browser, address, opened(browser, address))
            assert answer.status_code == 303, (address, answer.text)
            assert path.read_bytes() == before, address


def test_an_edit_changes_only_what_was_changed(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report(3), report(7, observed="2021-24")]))
    before = record(registry, KEY)
    browser = client(registry)
    address = f"/sites/{KEY}/edit"
    fields = opened(browser, address) | {"properties.reports.1.part": "Minaret"}
    assert send(browser, address, fields).status_code == 303
    before["properties"]["reports"][1]["part"] = "Minaret"
    assert record(registry, KEY) == before


def test_two_writers_who_each_write_another_name_keep_both(registry: Path) -> None:
    write(registry, "site", site_feature())
    address = f"/sites/{KEY}/edit"
    one, other = client(registry), client(registry)
    ones, others = opened(one, address), opened(other, address)
    assert send(one, address, ones | {"properties.names.0.text": "First Writer"}).status_code == 303
    answer = send(other, address, others | {"properties.names.0.text": "Second Writer"})
    assert answer.status_code == 303
    names = {name["text"] for name in record(registry, KEY)["properties"]["names"]}
    assert names == {"First Writer", "Second Writer"}


def test_a_report_is_put_behind_the_others_though_the_site_changed_meanwhile(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report(4)]))
    browser = client(registry)
    fields = opened(browser, f"/sites/{KEY}/report")
    write(registry, "site", site_feature(reports=[report(4), report(5)]))
    answer = send(
        browser,
        f"/sites/{KEY}/report",
        fields,
        **{
            "report.condition": "damaged",
            "report.observed": "May 2022",
            "report.evidence.type": "press",
            "_source": "survey-2021",
        },
    )
    assert answer.status_code == 303, answer.text
    reports = record(registry, KEY)["properties"]["reports"]
    assert [(x["id"], x.get("observed")) for x in reports] == [
        ("r4", "2021"),
        ("r5", "2021"),
        ("r6", "2022-05"),
    ]


def test_reports_that_many_add_at_once_are_all_there(registry: Path) -> None:
    write(registry, "site", site_feature())
    writers, each = 8, 5

    def add(writer: int) -> list[int]:
        browser = client(registry)
        answers = []
        for n in range(each):
            fields = opened(browser, f"/sites/{KEY}/report") | {
                "report.condition": "damaged",
                "report.evidence.type": "press",
                "report.part": f"Part {writer}-{n}",
                "_source": "survey-2021",
            }
            answers.append(send(browser, f"/sites/{KEY}/report", fields).status_code)
        return answers

    with ThreadPoolExecutor(writers) as pool:
        found = [code for answers in pool.map(add, range(writers)) for code in answers]
    reports = record(registry, KEY)["properties"]["reports"]
    assert set(found) <= {303, 409}
    assert (
        len(reports)
        == found.count(303)
        == len({x["part"] for x in reports})
        == len({x["id"] for x in reports})
    )


def test_a_response_stands_at_the_report_it_answers(registry: Path) -> None:
    write(registry, "site", site_feature(reports=[report(1), report(2, observed="2022")]))
    browser = client(registry)
    address = f"/sites/{KEY}/response"
    fields = opened(browser, address) | {
        "_to": "reports.0",
        "response.according_to": "The ministry",
        "response.stance": "denies",
        "response.element": "fact",
        "response.scope": "this_site",
        "response.summary.0.text": "It stands.",
        "_source": "survey-2021",
    }
    answer = send(browser, address, fields)
    assert answer.status_code == 303, answer.text
    first, second = record(registry, KEY)["properties"]["reports"]
    assert first["responses"][0]["summary"] == {"en": "It stands."}
    assert "responses" not in second


def test_a_new_source_gets_a_key_of_its_own(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/source") | {
        "record.title": "Cemeteries of the plain",
        "record.author.0.literal": "Survey Institute",
        "record.issued": "12 May 2020",
        "record.type": "report",
        "record.kind": "academic",
        "record.affiliation": "academic",
        "record.party": "none",
    }
    answer = send(browser, "/new/source", fields)
    assert answer.status_code == 303, answer.text
    key = answer.headers["location"].removeprefix("/sources/").removesuffix("?saved=1")
    made = read_registry(registry).sources[key]
    assert (made.issued, made.author[0].literal) == ("2020-05-12", "Survey Institute")


def test_a_pasted_citation_fills_the_form(registry: Path) -> None:
    browser = client(registry)
    bibtex = "@book{x, title={Bridges}, author={Smith, Ann}, year={1999}, publisher={Press}}"
    answer = send(browser, "/new/source", opened(browser, "/new/source"), _paste=bibtex, _action="paste")
    fields = fields_of(answer.text)
    assert fields["record.title"] == "Bridges"
    assert fields["record.type"] == "book"
    fields |= {"record.kind": "academic", "record.affiliation": "academic", "record.party": "none"}
    assert send(browser, "/new/source", fields).status_code == 303
    (made,) = [x for x in read_registry(registry).sources.values() if x.title == "Bridges"]
    assert (made.author[0].family, made.issued) == ("Smith", "1999")


def test_a_citation_that_cannot_be_read_is_told_and_kept(registry: Path) -> None:
    browser = client(registry)
    answer = send(browser, "/new/source", opened(browser, "/new/source"), _paste="{{{ no", _action="paste")
    assert answer.status_code == 422
    assert fields_of(answer.text)["_paste"] == "{{{ no"


def test_a_source_held_already_is_asked_about(registry: Path) -> None:
    write(registry, "source", source("held", URL="https://example.org/a"))
    browser = client(registry)
    fields = opened(browser, "/new/source") | {
        "record.title": "Other",
        "record.URL": "http://example.org/a/",
        "record.type": "webpage",
        "record.kind": "press",
        "record.affiliation": "media",
        "record.party": "unknown",
    }
    answer = send(browser, "/new/source", fields)
    assert answer.status_code == 200
    assert "same address" in answer.text
    assert send(browser, "/new/source", fields_of(answer.text), _different="1").status_code == 303


def test_the_same_place_is_shown_and_its_writer_decides(registry: Path) -> None:
    where = {"geometry": {"type": "Point", "coordinates": [46.7512, 39.7581]}}
    held = site_feature(names=[named("St. Sargis of Mokhrenes")], type="church", community="armenian")
    held["properties"]["locations"][0] |= where
    write(registry, "site", held)
    browser = client(registry)
    fields = (
        opened(browser, "/new/site")
        | NEW_SITE
        | {
            "properties.names.0.text": "Сурб Саргис Мохренес",
            "properties.names.0.language": "ru",
        }
    )
    answer = send(browser, "/new/site", fields)
    assert answer.status_code == 200
    assert f'value="report-to:{KEY}"' in answer.text
    assert len(list((registry / "records").iterdir())) == 1
    carried = send(browser, "/new/site", fields_of(answer.text), _action=f"report-to:{KEY}")
    back = fields_of(carried.text)
    assert back["report.observed"] == "summer 2021"
    assert back["_source"].endswith("[survey-2021]")
    assert send(browser, f"/sites/{KEY}/report", back).status_code == 303
    assert len(record(registry, KEY)["properties"]["reports"]) == 1


def test_another_place_is_added_when_its_writer_says_so(registry: Path) -> None:
    write(registry, "site", site_feature(names=[named("Surb Sargis")], type="church"))
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE
    asked = send(browser, "/new/site", fields)
    assert asked.status_code == 200
    assert send(browser, "/new/site", fields_of(asked.text), _different="1").status_code == 303
    assert len(list((registry / "records").iterdir())) == 2


def test_a_new_claim_is_a_draft(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/claim") | {
        "record.claimant": "Survey Institute",
        "record.statement.0.text": "65 of 67 mosques were damaged.",
        "record.numerator.as_stated": "65",
        "record.numerator.value": "65",
        "_source": "survey-2021",
    }
    assert send(browser, "/new/claim", fields).status_code == 303
    (made,) = read_registry(registry).claims.values()
    assert (made.status, made.numerator and made.numerator.value) == ("draft", 65)


# --- Drafts ----------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_outside_the_registry_and_comes_back(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | {"properties.names.0.text": "Half a na", "_source": "surv"}
    assert browser.post("/drafts", data=fields).status_code == 204
    again = client(registry)
    page = again.get(f"/new/site?draft={fields['_draft']}").text
    assert "This is what you typed before." in page
    back = fields_of(page)
    assert (back["properties.names.0.text"], back["_source"]) == ("Half a na", "surv")
    assert "Half a na" in again.get("/drafts").text
    assert list(registry.rglob(f"*{fields['_draft']}*")) == []
    (kept,) = (registry.parent / "private" / "drafts").iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_draft_goes_when_it_was_saved_or_thrown_away(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE
    browser.post("/drafts", data=fields)
    assert send(browser, "/new/site", fields).status_code == 303
    assert browser.post("/drafts", data=fields).status_code == 409
    other = opened(browser, "/new/site")
    assert send(browser, "/new/site", other, _action="draft").status_code == 200
    assert send(browser, "/drafts", {"_draft": other["_draft"], "_action": "discard"}).status_code == 303
    assert list((registry.parent / "private" / "drafts").iterdir()) == []


def test_a_change_of_language_keeps_what_was_typed(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | {"properties.names.0.text": "Gəncə"}
    answer = browser.post("/new/site", data={**fields, "_action": "lang:az"})
    assert '<html lang="az"' in answer.text
    assert fields_of(answer.text)["properties.names.0.text"] == "Gəncə"


def test_a_draft_that_breaks_off_is_no_draft(registry: Path) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site")
    browser.post("/drafts", data=fields)
    (kept,) = (registry.parent / "private" / "drafts").iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert browser.get("/drafts").status_code == 200
    assert browser.get(f"/new/site?draft={fields['_draft']}").status_code == 200


def test_a_disk_that_takes_nothing_loses_nothing(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client(registry)
    fields = opened(browser, "/new/site") | NEW_SITE

    def disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    answer = send(browser, "/new/site", fields)
    assert answer.status_code == 409
    assert fields_of(answer.text)["properties.names.0.text"] == NEW_SITE["properties.names.0.text"]
    assert not list((registry / "records").glob("*.geojson"))


def test_messages_are_the_same_in_all_languages() -> None:
    keys = set(web_messages("en"))
    for language in LANGUAGES:
        found = web_messages(language)
        assert set(found) == keys, language
        for key, text in found.items():
            assert text.strip(), (language, key)
            assert set(_fields(text)) == set(_fields(web_messages("en")[key])), (language, key)


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


def test_every_field_has_a_label_in_the_readers_words() -> None:
    labels = set(web_messages("en"))

    def unnamed(node: Node) -> list[str]:
        keys = {f"field.{node.owner}.{node.name}", f"field.{node.name}"}
        own = [] if node.vocabulary or keys & labels else [f"{node.owner}.{node.name}"]
        below = (*node.fields, *((node.item,) if node.item else ()))
        return own + [name for field in below for name in unnamed(field)]

    for sheet in (sheets.SITE, sheets.REPORT, sheets.RESPONSE, sheets.SOURCE, sheets.CLAIM):
        assert [name for field in sheet.node.fields for name in unnamed(field)] == [], sheet.key
