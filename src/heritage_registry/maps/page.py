"""The interactive map as one self-contained page: folium's frame, our layer, public records as inert data.

Same records, same bytes: nothing here reads a clock, a random number or an unordered set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import msgspec

from heritage_registry.assessed import AssessedSite, assessed_sites
from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.config import RegistryConfig
from heritage_registry.maps.assets import bundle, leaflet_script, leaflet_style, static_text
from heritage_registry.maps.basemap import basemap_payload
from heritage_registry.maps.cards import BLOCK_SIZE, card_blocks, name_blocks, source_blocks
from heritage_registry.maps.columns import Codes, columns, day_number, in_map_order, packed
from heritage_registry.maps.facets import more_columns
from heritage_registry.maps.frame import frame
from heritage_registry.registry import Registry, collector_paused, registry_digest
from heritage_registry.vocabulary import STANDINGS, VOCABULARIES, vocabulary


@collector_paused()
def map_page(registry: Registry) -> str:
    """Return the map of a registry's published sites as one HTML page that opens without a network."""
    rows = map_rows(registry)
    codes = _codes(registry.config)
    summary = columns(rows, codes)
    cited = [cited_keys(row.site) for row in rows]
    shown = with_origins(frozenset[str]().union(*set(cited)), registry.sources)
    sources = {key: registry.sources[key] for key in sorted(shown)}
    blocks = list(source_blocks(sources))
    meta = _meta(registry, codes, rows)
    meta["counts"]["sources"] = len(sources)
    meta["columns"] = summary.layout
    more = more_columns(rows, cited, registry.config, sources)
    meta["more_columns"] = more.columns.layout
    meta["facets"] = more.facets
    meta["source_block_first"] = [first for first, _ in blocks]
    first = [
        _script("hr-meta", "application/json", inert_json(meta)),
        _script("hr-columns", "text/plain", packed(summary.data)),
    ]
    later = [
        _script("hr-more", "text/plain", packed(more.columns.data)),
        _script("hr-labels", "text/plain", packed(msgspec.json.encode(more.labels))),
        *_block_scripts("hr-names", name_blocks(rows)),
        *_block_scripts("hr-cards", card_blocks(rows)),
        *_block_scripts("hr-sources", (raw for _, raw in blocks)),
    ]
    made = frame(registry.config.region.bbox)
    parts = {
        "<!--title-->": escape(registry.config.title["en"]),
        "<!--description-->": escape(registry.config.summary["en"]),
        "/*style*/": leaflet_style() + static_text("map.css") + static_text("sharing.css"),
        "<!--map-->": made.element,
        "<!--data-->": "\n".join(first),
        "<!--blocks-->": "\n".join(later),  # behind the script: it draws while a large page is being read
        "/*leaflet*/": leaflet_script(),
        "/*script*/": f"{made.script}\n{bundle('main.js')}\nstartRegistryMap(window.registryMap);",
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


def _block_scripts(name: str, blocks: Any) -> list[str]:
    return [_script(f"{name}-{n}", "text/plain", packed(raw)) for n, raw in enumerate(blocks)]


def _codes(config: RegistryConfig) -> Codes:
    return Codes(
        condition=STANDINGS,
        type=vocabulary("site_type").ids,
        community=tuple(config.community_ids),
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
        "vocabularies": {name: _terms(name) for name in VOCABULARIES},
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
