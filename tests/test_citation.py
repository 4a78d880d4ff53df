"""Citing a site, a source and the registry, in text, BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from conftest import claim, named, report, site_feature, source, write
from heritage_registry.citation import (
    cite_registry,
    cite_site,
    cite_source,
    cited_keys,
    csl_json,
    page_address,
    site_digest,
    with_origins,
)
from heritage_registry.registry import Registry, read_registry
from heritage_registry.source import Source

DIGEST = "ab" * 32


def read(directory: Path, *sites: dict[str, object]) -> Registry:
    for site in sites or (site_feature(),):
        write(directory, "site", site)
    return read_registry(directory)


def described(**fields: object) -> Source:
    return msgspec.convert(source(**fields), Source)  # type: ignore[arg-type]


def test_a_site_is_cited_with_its_name_id_digest_address_and_licence(registry: Path) -> None:
    held = read(registry)
    reference = cite_site(held.sites["k7m2q9x4"], DIGEST, held.config, "en", "https://example.org/registry/")
    assert reference.text == (
        f"Old Mosque (k7m2q9x4). Test registry. sha256:{DIGEST}. CC-BY-4.0. "
        "https://example.org/registry/en/sites/k7m2q9x4.html"
    )
    assert reference.csl == {
        "id": "k7m2q9x4",
        "type": "entry",
        "title": "Old Mosque",
        "container-title": "Test registry",
        "number": "k7m2q9x4",
        "version": f"sha256:{DIGEST}",
        "license": "CC-BY-4.0",
        "URL": "https://example.org/registry/en/sites/k7m2q9x4.html",
        "language": "en",
    }
    assert reference.bibtex == (
        "@misc{k7m2q9x4,\n"
        "  title = {Old Mosque},\n"
        "  howpublished = {Test registry},\n"
        f"  version = {{sha256:{DIGEST}}},\n"
        "  note = {CC-BY-4.0},\n"
        "  url = {https://example.org/registry/en/sites/k7m2q9x4.html},\n"
        "}\n"
    )


def test_without_an_address_none_is_invented(registry: Path) -> None:
    held = read(registry)
    reference = cite_site(held.sites["k7m2q9x4"], DIGEST, held.config, "en")
    assert "URL" not in reference.csl
    assert "url" not in reference.bibtex
    assert page_address(None, "en", "index.html") is None


def test_the_readers_name_and_title_come_first(registry: Path) -> None:
    held = read(registry, site_feature(names=[named("Old Mosque"), named("Köhnə məscid", "az")]))
    assert cite_site(held.sites["k7m2q9x4"], DIGEST, held.config, "az").text.startswith(
        "Köhnə məscid (k7m2q9x4). Sınaq reyestri."
    )


def test_the_registry_is_cited_with_the_digest_of_its_public_view(registry: Path) -> None:
    reference = cite_registry(DIGEST, read(registry).config, "ru", "https://example.org")
    assert reference.text == f"Пробный реестр. sha256:{DIGEST}. CC-BY-4.0. https://example.org/ru/index.html"
    assert reference.csl["type"] == "dataset"


def test_the_digest_changes_with_the_record_and_with_every_source_behind_it(registry: Path) -> None:
    write(registry, "source", source("origin-2019"))
    write(registry, "source", source("other-2018"))
    write(registry, "source", source(derives_from=["origin-2019"]))
    before = read(registry)
    site = before.sites["k7m2q9x4"]
    digest = site_digest(site, before.sources)
    write(registry, "source", source("other-2018", title="Changed"))
    assert site_digest(site, read(registry).sources) == digest
    write(registry, "source", source("origin-2019", title="Changed"))
    assert site_digest(site, read(registry).sources) != digest
    after = read(registry, site_feature(reports=[report()]))
    assert site_digest(after.sites["k7m2q9x4"], before.sources) != digest


def test_quoted_and_cited_sources_and_their_origins_are_found(registry: Path) -> None:
    write(registry, "source", source("origin-2019", derives_from=["root-1990"]))
    write(registry, "source", source("root-1990"))
    write(registry, "source", source("quoted-2020", derives_from=["origin-2019"]))
    held = read(registry, site_feature(excerpts=[{"source": "quoted-2020", "text": "a mosque"}]))
    keys = cited_keys(held.sites["k7m2q9x4"])
    assert keys == {"survey-2021", "quoted-2020"}
    assert with_origins(keys, held.sources) == {"survey-2021", "quoted-2020", "origin-2019", "root-1990"}


def test_a_claim_is_known_by_the_sources_it_cites(registry: Path) -> None:
    write(registry, "claim", claim())
    assert cited_keys(read(registry).claims["c1a1m000"]) == {"survey-2021"}


def test_a_source_is_cited_as_what_it_is() -> None:
    reference = cite_source(
        described(
            author=[{"family": "Aliyeva", "given": "L."}, {"literal": "Survey Institute & Sons"}],
            publisher="Press",
            issued="2021-03-05",
            URL="https://example.org/a_b?c=%D0%90",
            language="en",
        )
    )
    assert reference.text == (
        "Aliyeva, L.; Survey Institute & Sons. A survey of monuments. Press. 2021-03-05. "
        "https://example.org/a_b?c=%D0%90"
    )
    assert reference.csl["issued"] == {"date-parts": [[2021, 3, 5]]}
    assert reference.csl["author"] == [
        {"family": "Aliyeva", "given": "L."},
        {"literal": "Survey Institute & Sons"},
    ]
    assert r"author = {{Aliyeva, L.} and {Survey Institute \& Sons}}," in reference.bibtex
    assert "url = {https://example.org/a_b?c=%D0%90}," in reference.bibtex


def test_an_uncertain_date_keeps_its_text() -> None:
    assert cite_source(described(issued="199X")).csl["issued"] == {"raw": "199X"}
    assert cite_source(described(issued="2020-11~")).csl["issued"] == {"raw": "2020-11~"}


def test_csl_json_is_a_list_that_reads_back() -> None:
    references = [cite_source(described()), cite_source(described(title="«Обзор»"))]
    assert json.loads(csl_json(references)) == [reference.csl for reference in references]


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_no_title_breaks_out_of_its_bibtex_field(title: str) -> None:
    bibtex = cite_source(_titled(title)).bibtex
    opened = 0
    for sign in bibtex:
        opened += (sign == "{") - (sign == "}")
        assert opened >= 0
    assert opened == 0
    field = next(line for line in bibtex.splitlines() if line.startswith("  title = {"))
    assert re.search(r"(?<!\\)[#$%&_]", field) is None


def _titled(title: str) -> Source:
    return msgspec.structs.replace(described(), title=title)
