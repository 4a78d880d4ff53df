"""The interactive map as one self-contained page: folium's frame, our layer, public records as inert data.

Same records, same bytes: nothing here reads a clock, a random number or an unordered set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from html import escape
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import msgspec

from heritage_registry.assessed import AssessedSite, assessed_sites
from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.config import RegistryConfig
from heritage_registry.gazetteer import read_gazetteer
from heritage_registry.maps.assets import bundle, leaflet_script, leaflet_style, static_text
from heritage_registry.maps.basemap import basemap_payload
from heritage_registry.maps.cards import (
    BLOCK_SIZE,
    card_block,
    in_blocks,
    name_block,
    related_sites,
    source_block,
)
from heritage_registry.maps.columns import Codes, Columns, columns, day_number, in_map_order, packed
from heritage_registry.maps.facets import More, more_columns
from heritage_registry.maps.frame import frame
from heritage_registry.public import public_view
from heritage_registry.registry import Registry, collector_paused, registry_digest
from heritage_registry.source import Source
from heritage_registry.vocabulary import STANDINGS, VOCABULARIES, vocabulary

_POLICY_END = "base-uri 'none'"
_DIGEST_SIGNS = 16
_STYLES = ("tokens.css", "map.css", "sharing.css")

MOST_IN_PAGE = 20_000
"""Sites of a served map up to which all of it is one file; beyond, a reader need not wait for all cards."""

Content = Callable[[], str]
"""Makes the text of a file when its turn has come: all of them together may not fit into memory."""


@collector_paused()
def map_page(registry: Registry) -> str:
    """Return the map of a registry's published sites as one HTML page that opens without a network."""
    return _whole_page(_prepared(registry))


@collector_paused()
def map_files(
    registry: Registry, most_in_page: int = MOST_IN_PAGE, *, has_pages: bool = True
) -> list[tuple[str, Content]]:
    """Return the files of a map that a host serves: path and what makes the text.

    With `has_pages` it links to the plain pages that are published with it. Of more than `most_in_page` sites
    it holds only the columns. Its blocks lie beside it, in a folder named by the digest of the records: a
    page never gets blocks of other records than its own.
    """
    if len(public_view(registry.sites.values())) <= most_in_page:
        return [("index.html", lambda: _whole_page(_served(registry, has_pages=has_pages)))]
    made = _served(registry, has_pages=has_pages)
    beside = f"parts/{made.meta['digest'][:_DIGEST_SIGNS]}"
    blocks = [(f"{beside}/{name}.txt", partial(_packed_later, raw)) for name, raw in _blocks(made)]
    return [("index.html", partial(_page, made, "", beside)), *blocks]


@collector_paused()
def _whole_page(made: _Prepared) -> str:
    blocks = [_script(f"hr-{name}", "text/plain", packed(raw())) for name, raw in _blocks(made)]
    return _page(made, "\n".join(blocks), beside=None)


def _served(registry: Registry, *, has_pages: bool) -> _Prepared:
    made = _prepared(registry)
    made.meta["pages"] = has_pages
    return made


class _Prepared(msgspec.Struct, frozen=True):
    """All that a map is written from."""

    registry: Registry
    rows: list[AssessedSite]
    sources: dict[str, Source]
    related: dict[str, list[dict[str, Any]]]
    summary: Columns
    more: More
    meta: dict[str, Any]


def _prepared(registry: Registry) -> _Prepared:
    rows = map_rows(registry)
    codes = _codes(registry.config)
    summary = columns(rows, codes)
    cited = [cited_keys(row.site) for row in rows]
    shown = with_origins(frozenset[str]().union(*set(cited)), registry.sources)
    sources = {key: registry.sources[key] for key in sorted(shown)}
    more = more_columns(rows, cited, registry.config, sources)
    meta = _meta(registry, codes, rows)
    meta["counts"]["sources"] = len(sources)
    meta["pages"] = False
    meta["columns"] = summary.layout
    meta["more_columns"] = more.columns.layout
    meta["facets"] = more.facets
    meta["source_block_first"] = list(sources)[::BLOCK_SIZE]
    return _Prepared(registry, rows, sources, related_sites(rows), summary, more, meta)


def _blocks(made: _Prepared) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of everything that is only opened when it is needed, and what makes its bytes."""
    yield "more", lambda: made.more.columns.data
    yield "labels", partial(msgspec.json.encode, made.more.labels)
    gazetteer = read_gazetteer(made.registry.directory)
    for number, rows in enumerate(in_blocks(made.rows)):
        yield f"names-{number}", partial(name_block, rows, gazetteer, made.registry.config.reader_languages)
    for number, rows in enumerate(in_blocks(made.rows)):
        yield f"cards-{number}", partial(card_block, rows, made.related, made.sources)
    for number, sources in enumerate(in_blocks(list(made.sources.values()))):
        yield f"sources-{number}", partial(source_block, sources)


@collector_paused()
def _packed_later(raw: Callable[[], bytes]) -> str:
    return packed(raw())


def _page(made: _Prepared, blocks: str, beside: str | None) -> str:
    """Return the page with its blocks, or with none and the folder they lie in."""
    config = made.registry.config
    columns_and_meta = [
        _script("hr-meta", "application/json", inert_json({**made.meta, "beside": beside})),
        _script("hr-columns", "text/plain", packed(made.summary.data)),
    ]
    drawn = frame(config.region.bbox)
    parts = {
        # The last part of the page's policy: only a page with blocks beside it may ask its host for them.
        _POLICY_END: f"connect-src 'self'; {_POLICY_END}" if beside else _POLICY_END,
        "<!--title-->": escape(config.title["en"]),
        "<!--description-->": escape(config.summary["en"]),
        "/*style*/": leaflet_style() + "".join(map(static_text, _STYLES)),
        "<!--map-->": drawn.element,
        "<!--data-->": "\n".join(columns_and_meta),
        "<!--blocks-->": blocks,  # behind the script: it draws while a large page is being read
        "/*leaflet*/": leaflet_script(),
        "/*script*/": f"{drawn.script}\n{bundle('main.js')}\nstartRegistryMap(window.registryMap);",
    }
    return _filled(static_text("page.html"), parts)


def map_rows(registry: Registry) -> list[AssessedSite]:
    """Return the published sites with what is derived for them, in the map's order."""
    rows = assessed_sites(registry)
    return [rows[n] for n in in_map_order([row.site for row in rows])]


def inert_json(value: Any) -> str:
    """Return JSON that no HTML parser reads as markup, whatever text it holds."""
    text = msgspec.json.encode(value).decode("utf-8")
    for character in "<>&'\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """Put parts in place of their marks in one pass, so that no part is searched for another's mark."""
    page: list[str] = []
    rest = template
    for mark in sorted(parts, key=template.index):
        before, found, rest = rest.partition(mark)
        if not found:
            raise ValueError(f"the page's template has no place for {mark}")
        page += [before, parts[mark]]
    return "".join([*page, rest])


def _script(name: str, kind: str, text: str) -> str:
    return f'<script type="{kind}" id="{name}">{text}</script>'


def _codes(config: RegistryConfig) -> Codes:
    return Codes(
        condition=STANDINGS,
        type=vocabulary("site_type").ids,
        community=tuple(config.communities_by_id),
        location_of=vocabulary("location_of").ids,
    )


def _meta(registry: Registry, codes: Codes, rows: Sequence[AssessedSite]) -> dict[str, Any]:
    config = registry.config
    return {
        "title": config.title,
        "summary": config.summary,
        "licence": config.licence,
        "attribution": config.attribution,
        "digest": registry_digest(registry),
        "version": version("heritage-registry"),
        "languages": config.reader_languages,
        "language_labels": {language.tag: language.label for language in config.languages},
        "region": config.region,
        "counts": {"sites": len(rows), "located": sum(row.site.geometry is not None for row in rows)},
        "vocabularies": {name: _terms(name) for name in VOCABULARIES if name != "review_act"},
        "time": _time_range(rows),
        "communities": config.communities,
        "parties": config.parties,
        "periods": config.periods,
        "messages": {tag: json.loads(static_text(f"messages/{tag}.json")) for tag in config.reader_languages},
        "date_words": _language_data("dates.json"),
        "folding": _language_data("folding.json"),
        "basemap": basemap_payload(registry.directory / "basemap"),
        "codes": codes,
        "block_size": BLOCK_SIZE,
    }


def _terms(name: str) -> list[dict[str, Any]]:
    return [{"id": x.id, "label": x.label, "definition": x.definition} for x in vocabulary(name).terms]


def _time_range(rows: Sequence[AssessedSite]) -> tuple[int, int] | None:
    """Return the first and last day on which the state of any site changes."""
    days = [day_number(span.start) for row in rows for span in row.assessment.states if span.start]
    return (min(days), max(days)) if days else None


def _language_data(name: str) -> Any:
    return json.loads(files("heritage_registry").joinpath("languages", name).read_text("utf-8"))
