"""The published pages: what stands on them, in whose words, and that nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest

from conftest import CITED, claim, named, point, report, site_feature, source, write
from heritage_registry.config import read_config
from heritage_registry.errors import RegistryError
from heritage_registry.maps.page import map_page
from heritage_registry.pages.edition import edition
from heritage_registry.pages.environment import web_address
from heritage_registry.pages.publish import pages, publish
from heritage_registry.pages.words import Words, messages, words
from heritage_registry.registry import read_registry

LANGUAGES = ("en", "hy", "az", "ru")
REAL = Path(__file__).parents[1] / "sites"
PAGES = Path(str(files("heritage_registry.pages")))

HOSTILE = [
    "<img src=x onerror=alert(1)></script><script>alert(2)</script>",
    "${alert(3)} {{ 7*7 }} {% raw %} {# gone #}",
    "\"double\" 'single' \\u003c &amp; &lt; <!-- ]]> {name}",
    "Ա" * 10_000,
    "مسجد گلدسته (کهنه) / עברית",
    "javascript:alert(4)",
]


class Page(HTMLParser):
    """A page as a browser takes it: its text, its elements with their attributes, the data in its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[str, str]] = []
        self._script: str | None = None
        self.feed(text)
        self.close()
        self.text = re.sub(r"[ \n]+", " ", "".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self._script = dict(attrs).get("type") or "text/javascript"

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.words.append(data)
        else:
            self.scripts.append((self._script, data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


def published(directory: Path, base_url: str | None = None) -> dict[str, str]:
    """Return the publication of a registry, all but the map, by path."""
    made = edition(read_registry(directory), base_url)
    return {name: content() for name, content in pages(made) if name != "index.html"}


def full_site(site_id: str = "k7m2q9x4", text: str = "words", **fields: Any) -> dict[str, Any]:
    """Return a site that says `text` wherever a record can say anything."""
    response = {
        "according_to": text,
        "stance": "denies",
        "element": "fact",
        "scope": "this_site",
        "summary": {"en": text},
        "citations": [{"source": "survey-2021", "locator": text}],
        "date": "2022-01-02",
        "party": "armenia",
        "relayed": True,
    }
    responsibility = {
        "kind": "alleged",
        "as_stated": text,
        "according_to": text,
        "party": "azerbaijan",
        "citations": CITED,
    }
    usual: dict[str, Any] = {
        "names": [named(text, authority=text, used_by="armenian", period="19XX"), named("Old Mosque")],
        "content_notes": ["human_remains"],
        "attributions": [
            {"community": "azerbaijani", "stance": "asserts", "according_to": text, "citations": CITED},
            {"community": "azerbaijani", "stance": "denies", "as_stated": text, "citations": CITED},
        ],
        "locations": [
            point(stated=text, reason=text, according_to=text, identifiers=[{"scheme": text, "value": text}]),
            point(46.8, standing="alternative", of="settlement", uncertainty_m=2500),
        ],
        "history": [
            {"event": "built", "date": "18XX", "as_stated": text, "summary": {"en": text}, "citations": CITED}
            | {"responses": [response]}
        ],
        "reports": [
            report(
                1,
                "destroyed",
                "2021-06",
                according_to=text,
                as_stated=text,
                scheme=text,
                date_as_stated=text,
                causes=["demolition"],
                summary={"en": text},
                context={"en": text},
                evidence={"type": "video", "images": [{"sensor": text, "identifier": text}]},
                threats=[{"likelihood": "possible", "summary": {"en": text}}],
                responsibility=[responsibility],
                responses=[response],
            ),
            report(2, "no_visible_damage", "2019"),
            report(3, "damaged", None, part=text),
        ],
        "protections": [{"register": text, "reference": text, "according_to": text, "citations": CITED}],
        "collections": [
            {
                "what": {"en": text},
                "count": 1234,
                "unit": text,
                "holder": text,
                "fates": [
                    {"fate": "moved", "according_to": text, "summary": {"en": text}, "citations": CITED}
                ],
                "citations": CITED,
            }
        ],
        "identifiers": [{"scheme": text, "value": text, "match": "exact"}],
        "notes": [{"text": {"en": text}, "citations": CITED}],
    }
    return site_feature(site_id, **(usual | fields))


def full_claim(text: str = "words", **fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "claimant": text,
        "statement": {"en": text},
        "scope": {"types": ["mosque"], "places": [text], "period": "2020/2021", "as_stated": text},
        "numerator": {"as_stated": text},
        "unit": text,
        "meaning": {"en": text},
        "according_to": text,
        "breakdown": [{"label": text, "numerator": {"as_stated": "3", "value": 3}}],
        "notes": [{"text": {"en": text}}],
    }
    return claim(**(usual | fields))


@pytest.fixture(scope="module")
def real() -> dict[str, str]:
    return published(REAL)


def test_every_message_is_there_in_all_languages_and_none_is_left_unused() -> None:
    texts = {language: messages(language) for language in LANGUAGES}
    for language in LANGUAGES:
        assert list(texts[language]) == list(texts["en"])
        for key, text in texts[language].items():
            assert text, key
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", texts["en"][key])), key
    code = "\n".join(
        path.read_text("utf-8") for path in sorted([*PAGES.glob("*.py"), *PAGES.glob("templates/*")])
    )
    unused = [key for key in texts["en"] if f'"{key}"' not in code and not _made_of_parts(key, code)]
    assert unused == []


def _made_of_parts(key: str, code: str) -> bool:
    """Tell whether a key is put together where it is used, as in t("nav." ~ key)."""
    stem = key.removesuffix(".text").removesuffix(".why")
    start = stem.rpartition(".")[0] + "."
    return f'"{start}" ~' in code or f'say(f"{start}{{' in code


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_text_of_a_record_appears_letter_for_letter(registry: Path, hostile: str) -> None:
    write(registry, "source", source(title=hostile, publisher=hostile, note=hostile, access=hostile))
    write(registry, "site", full_site(text=hostile))
    write(registry, "claim", full_claim(text=hostile))
    shown = re.sub(r"\s+", " ", hostile)
    made = published(registry)
    for name in ("sites/k7m2q9x4.html", "sources/survey-2021.html", "claims/c1a1m000.html"):
        page = Page(made[f"en/{name}"])
        assert page.text.count(shown) > 3, name
    for name, text in made.items():
        if name.endswith(".html"):
            page = Page(text)
            assert {kind for kind, _ in page.scripts} <= {"application/ld+json"}, name
            assert page.all("img") == []
            assert not [a for _, a in page.elements if any(x.startswith("on") for x in a)]
            assert not [a for a in page.all("a") if a["href"].startswith("javascript")]
    site = Page(made["en/sites/k7m2q9x4.html"])
    data = json.loads("".join(text for _, text in site.scripts))
    assert data["name"] == {"@value": hostile, "@language": "en"}


def test_no_template_turns_escaping_off() -> None:
    for path in PAGES.glob("templates/*"):
        assert not re.search(r"\|\s*safe|autoescape|Markup", path.read_text("utf-8")), path.name


def test_only_addresses_of_the_web_become_links() -> None:
    assert web_address("https://example.org/a") == "https://example.org/a"
    assert web_address("http://example.org") == "http://example.org"
    for address in ("javascript:alert(1)", "data:text/html,x", "//example.org", "https:", "http://[", None):
        assert web_address(address) is None


def test_pages_load_nothing_and_run_nothing(real: dict[str, str]) -> None:
    for name, text in real.items():
        if not name.endswith(".html"):
            continue
        head = text[: text.index("</head>")]
        # One page has a form that makes a file on the reader's machine, and a script of its own for it.
        is_form = name.endswith("/correct.html")
        scripts = " script-src 'self';" if is_form else ""
        assert f"default-src 'none';{scripts} style-src 'self'; img-src 'self' data:" in head, name
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)">', head) == [
            "../" * name.count("/") + "style.css"
        ]
        assert " style=" not in text, name
        loaded = re.findall(r"<(?:img|iframe|object|embed|video|audio|form)\b", text)
        assert loaded == (["<form"] if is_form else []), name


def test_every_link_leads_to_a_page_and_a_place_that_is_there(real: dict[str, str]) -> None:
    parsed = {name: Page(text) for name, text in real.items() if name.endswith(".html")}
    places = {name: set(page.ids) for name, page in parsed.items()}
    checked = 0
    for name, page in parsed.items():
        assert len(places[name]) == len(page.ids), f"{name} has an id twice"
        for link in [*page.all("a"), *page.all("link")]:
            href = link["href"]
            if href.startswith(("http://", "https://")):
                continue
            path, fragment = urldefrag(href)
            target = _resolved(name, unquote(path))
            checked += 1
            if target == "index.html":
                continue
            assert target in real, f"{name} leads to {href}"
            if "/" in fragment and target.endswith("/correct.html"):
                assert f"{target.partition('/')[0]}/{fragment}.html" in real, f"{name} leads to {href}"
            elif fragment:
                assert fragment in places[target], f"{name} leads to {href}"
    assert checked > 50_000


def _resolved(name: str, path: str) -> str:
    if not path:
        return name
    steps = name.split("/")[:-1]
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        else:
            steps.append(step)
    return "/".join(steps)


def test_every_page_is_there_in_every_language_and_tells_it(real: dict[str, str]) -> None:
    held = edition(read_registry(REAL))
    for language in LANGUAGES:
        names = {name.removeprefix(f"{language}/") for name in real if name.startswith(f"{language}/")}
        assert names == {
            "index.html",
            "coverage.html",
            "correct.html",
            *(f"{folder}/index.html" for folder in ("sites", "sources", "claims")),
            *(f"sites/{key}.html" for key in held.sites),
            *(f"sources/{key}.html" for key in held.sources),
            *(f"claims/{key}.html" for key in held.claims),
        }
        for name in sorted(names)[::25]:
            page = Page(real[f"{language}/{name}"])
            assert page.all("html") == [{"lang": language, "dir": "ltr"}]
            assert len(page.all("h1")) == 1
            assert [a["hreflang"] for a in page.all("link") if "hreflang" in a] == list(LANGUAGES)


def test_a_site_page_says_everything_of_the_site(registry: Path) -> None:
    write(registry, "site", full_site(relations=[{"relation": "near", "site": "m0sq0000"}]))
    write(registry, "site", site_feature("m0sq0000", names=[named("New Mosque")]))
    made = published(registry)
    text = Page(made["en/sites/k7m2q9x4.html"]).text
    for words_ in (
        "Content note: Human remains.",
        "within 2.5\u00a0km",
        "39.7581° N, 46.7512° E",
        "Preferred · The site itself · Printed coordinates",
        "June 2021",
        "Last seen without damage: 1 January 2019. First seen damaged: 30 June 2021.",
        "Whom somebody holds responsible",
        "known through another source",
        "1,234",
        "Near New Mosque",
        "k7m2q9x4",
        "sha256:",
    ):
        assert words_ in text, words_
    other = Page(made["en/sites/m0sq0000.html"]).text
    assert "“Near”, said of the other" in other


def test_reports_stand_in_the_order_in_which_the_state_was_seen(registry: Path) -> None:
    write(registry, "site", full_site())
    page = Page(published(registry)["en/sites/k7m2q9x4.html"])
    assert [x for x in page.ids if re.fullmatch(r"r\d", x)] == ["r2", "r1", "r3"]


def test_names_of_the_reader_come_first_and_no_other_is_preferred(registry: Path) -> None:
    names = [named("Old Mosque"), named("Հին մզկիթ", "hy"), named("Köhnə məscid", "az")]
    write(registry, "site", site_feature(names=names))
    made = published(registry)
    heads = {
        language: re.findall(r'<strong lang="(\w+)"', made[f"{language}/sites/k7m2q9x4.html"])
        for language in LANGUAGES
    }
    assert heads == {
        "en": ["en", "hy", "az"],  # Armenian, Azerbaijani
        "hy": ["hy", "az", "en"],  # Ադրբեջաներեն, Անգլերեն
        "az": ["az", "hy", "en"],  # Erməni dili, İngilis dili
        "ru": ["az", "en", "hy"],  # Азербайджанский, Английский, Армянский
    }


def test_what_is_hidden_is_on_no_page_and_in_no_file(registry: Path) -> None:
    write(registry, "source", source("hidden-2020", title="Tombs of a secret place"))
    draft = site_feature("dr4ft000", names=[named("A draft name")], status="draft", status_reason="x")
    draft["properties"]["notes"] = [{"text": {"en": "x"}, "citations": [{"source": "hidden-2020"}]}]
    write(registry, "site", draft)
    withheld = site_feature(
        "h1dden00",
        names=[named("A withheld place")],
        locations=[],
        sensitivity="withheld",
        sensitivity_reason="looting",
    )
    write(registry, "site", withheld)
    unready = claim(status="draft", status_reason="not read yet", statement={"en": "A draft claim."})
    write(registry, "claim", unready)
    everything = "\n".join(f"{name}\n{text}" for name, text in published(registry).items())
    for secret in (
        "dr4ft000",
        "A draft name",
        "A draft claim",
        "hidden-2020",
        "Tombs of a secret place",
    ):
        assert secret not in everything, secret
    assert "A withheld place" in everything


def test_publishing_again_changes_nothing_and_takes_away_what_is_no_longer_public(
    registry: Path, tmp_path: Path
) -> None:
    write(registry, "site", site_feature())
    write(registry, "site", site_feature("m0sq0000"))
    out = tmp_path / "public"
    calls: list[tuple[int, int]] = []
    first = publish(read_registry(registry), out, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (first.files, first.files)
    assert first.changed == first.files == sum(path.is_file() for path in out.rglob("*"))
    (out / "own-page.html").write_text("mine", "utf-8")
    assert publish(read_registry(registry), out).changed == 0
    withdrawn = site_feature("m0sq0000", status="withdrawn")
    withdrawn["properties"]["withdrawn"] = {"date": "2022", "reason": "entered twice"}
    write(registry, "site", withdrawn)
    again = publish(read_registry(registry), out)
    assert again.removed == len(LANGUAGES) + 2
    assert not [path for path in out.rglob("*") if "m0sq0000" in path.name]
    assert (out / "own-page.html").is_file()


def test_records_and_pages_do_not_share_a_folder(registry: Path) -> None:
    held = read_registry(registry)
    for folder in (registry, registry.parent, registry / "public"):
        with pytest.raises(RegistryError, match="holds records of the registry or lies among them"):
            publish(held, folder)


@pytest.mark.parametrize(
    "address", ["example.org", "javascript:x", "https://a b.org", "https://example.org/?x"]
)
def test_an_address_that_is_none_is_refused(registry: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(RegistryError, match="is no address of a folder on the web"):
        publish(read_registry(registry), tmp_path / "public", address)


def test_with_an_address_pages_tell_where_they_stand(registry: Path) -> None:
    write(registry, "site", site_feature())
    made = published(registry, "https://example.org/registry/")
    page = made["az/sites/k7m2q9x4.html"]
    address = "https://example.org/registry/az/sites/k7m2q9x4.html"
    assert f'<link rel="canonical" href="{address}">' in page
    assert 'hreflang="ru" href="https://example.org/registry/ru/sites/k7m2q9x4.html"' in page
    assert address in made["sitemap.txt"].splitlines()
    assert "sitemap.txt" not in published(registry)


def test_a_claim_stands_beside_the_records_and_the_claims_against_it(registry: Path) -> None:
    write(registry, "site", site_feature("m0sq0000", reports=[report(1, "destroyed", "2020")]))
    write(registry, "site", site_feature("m0sq1111", reports=[report(1, "no_visible_damage", "2020")]))
    write(registry, "site", site_feature("m0sq2222"))
    against = claim("c1a1m111", claimant="Another Institute", statement={"en": "No mosque was damaged."})
    against["relations"] = [{"relation": "contradicts", "claim": "c1a1m000"}]
    write(registry, "claim", claim())
    write(registry, "claim", against)
    made = published(registry)
    for name in ("en/claims/index.html", "en/claims/c1a1m000.html"):
        text = Page(made[name]).text
        for words_ in ("Destroyed 1", "No visible damage 1", "Not graded 1", "Records within the scope: 3."):
            assert words_ in text, words_
        for words_ in ("Another Institute", "No mosque was damaged.", "Records are no sample", "no verdict"):
            assert words_ in text, words_
    assert "index.html#lang=en&amp;type=mosque" in made["en/claims/c1a1m000.html"]


def test_a_bar_says_its_figures_in_words(registry: Path) -> None:
    write(registry, "site", site_feature("m0sq0000", reports=[report(1, "destroyed", "2020")]))
    write(registry, "claim", claim())
    page = Page(published(registry)["en/claims/c1a1m000.html"])
    bars = [a for a in page.all("svg") if a.get("class") == "bar"]
    assert [a["aria-label"] for a in bars] == ["As seen last: Destroyed 1"]


def test_the_coverage_page_gives_everybody_the_same_figures(registry: Path) -> None:
    write(registry, "site", site_feature("m0sq0000", reports=[report(1, "destroyed", "2020")]))
    write(registry, "site", site_feature("ch000000", type="church", community="armenian", locations=[]))
    made = published(registry)
    page = Page(made["en/coverage.html"])
    bars = {a["aria-label"] for a in page.all("svg") if a.get("class") == "bar thin"}
    assert {
        "Azerbaijani, what is reported: With a dated, graded observation 1",
        "Armenian, what is reported: Without a report 1",
        "Azerbaijani, how it is located: Located at the site itself 1",
        "Armenian, how it is located: Not located 1",
    } <= bars
    assert "Sites without a location 1" in page.text


def test_citations_lie_beside_the_pages(registry: Path) -> None:
    write(registry, "site", site_feature())
    made = published(registry)
    assert made["sites/k7m2q9x4.bib"].startswith("@misc{k7m2q9x4,")
    [entry] = json.loads(made["sites/k7m2q9x4.csl.json"])
    assert entry["version"] in Page(made["ru/sites/k7m2q9x4.html"]).text
    assert [item["id"] for item in json.loads(made["downloads/sources.csl.json"])] == ["survey-2021"]


def test_a_source_page_shows_the_chain_and_who_cites_it(registry: Path) -> None:
    write(registry, "source", source("origin-2019", title="The first report", party="armenia"))
    write(registry, "source", source(derives_from=["origin-2019"], URL="https://example.org/x"))
    write(registry, "site", site_feature())
    write(registry, "claim", claim())
    made = published(registry)
    page = Page(made["en/sources/survey-2021.html"])
    for words_ in ("The first report", "Old Mosque", "Ten mosques were damaged.", "No party"):
        assert words_ in page.text
    [link] = [a for a in page.all("a") if a["href"] == "https://example.org/x"]
    assert link["rel"] == "noreferrer external"
    assert "A survey of monuments" in Page(made["en/sources/origin-2019.html"]).text


def test_the_same_records_give_the_same_bytes(registry: Path) -> None:
    write(registry, "site", full_site())
    write(registry, "claim", full_claim())
    assert published(registry) == published(registry)


def spoken(registry: Path) -> Iterator[Words]:
    config = read_config(registry)
    yield from (words(language, config) for language in LANGUAGES)


def test_numbers_and_distances_are_written_as_the_reader_does(registry: Path) -> None:
    assert [x.number(1234567) for x in spoken(registry)] == [
        "1,234,567",
        "1\u00a0234\u00a0567",
        "1.234.567",
        "1\u00a0234\u00a0567",
    ]
    assert [x.number(2.5) for x in spoken(registry)] == ["2.5", "2,5", "2,5", "2,5"]
    assert [x.share(1, 3) for x in spoken(registry)] == ["33%", "33%", "33%", "33\u00a0%"]


def test_a_language_without_words_is_named(registry: Path) -> None:
    with pytest.raises(RegistryError, match="there are no pages in 'ka'"):
        words("ka", read_config(registry))


def test_right_to_left_languages_turn_the_page(registry: Path) -> None:
    config = read_config(registry)
    assert Words("fa", messages("en"), config).direction == "rtl"
    assert Words("hy", messages("en"), config).direction == "ltr"
    style = (PAGES / "static" / "style.css").read_text("utf-8")
    assert re.findall(r"(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)", style) == []


def test_map_and_pages_have_their_colours_from_one_file(registry: Path) -> None:
    tokens = (files("heritage_registry.maps") / "static" / "tokens.css").read_text("utf-8")
    assert published(registry)["style.css"].startswith(tokens)
    assert tokens in map_page(read_registry(registry))
    for style in (PAGES / "static" / "style.css", files("heritage_registry.maps") / "static" / "map.css"):
        screen = style.read_text("utf-8").partition("@media print")[0]
        assert re.findall(r"#[0-9a-f]{6}\b", screen) == []
    light, dark = tokens.split("@media")
    assert _names(dark) == {name for name in _names(light) if not name.startswith("color-")}


def _names(style: str) -> set[str]:
    return set(re.findall(r"--([a-z-]+):", style))
