"""Linked Places format 1.2: places with names, types and locations that gazetteers compare and take over.

`ccodes`, the codes of countries that contain a place, are left out: records place no site in a state. The
form has no room for reports, responses, events and evidence; their summaries travel as descriptions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.dates import bounds
from heritage_registry.exports.layers import about
from heritage_registry.find import names_for
from heritage_registry.parts import Citation, Identifier
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.site import Location, Name, Relation, Site, SiteType
from heritage_registry.source import Source, source_title
from heritage_registry.vocabulary import vocabulary

CONTEXT = (
    "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/linkedplaces-context-v1.1.jsonld"
)
_RELATIONS: Mapping[str, str] = {"part_of": "gvp:broaderPartitive"}
_RELATED = "gvp:tgn3000_related_to"
_PREFIXES: Mapping[str, str] = {"geonames": "gn", "wikidata": "wd", "pleiades": "pl", "tgn": "tgn"}
"""Lists that the context of the format has a prefix for."""

Sources = Mapping[str, Source]


def site_address(site_id: str) -> str:
    """Return the name of a site in linked data: it holds wherever the registry is published."""
    return f"urn:heritage-registry:{site_id}"


def linked_places_file(registry: Registry, language: str) -> bytes:
    """Return a feature collection, one feature a line, ordered by id."""
    sites = sorted(public_view(registry.sites.values()), key=lambda site: site.id)
    head = {"type": "FeatureCollection", "@context": CONTEXT, "citation": _rights(about(registry, language))}
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    features = (linked_place(site, registry.sources, language) for site in sites)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{opening}, "features": [\n{lines}\n]}}\n'.encode()


def _rights(facts: Mapping[str, str]) -> dict[str, str]:
    return {"title": facts["title"], "license": facts["licence"], "attribution": facts["attribution"],
            "version": facts["digest"]}  # fmt: skip


def linked_place(site: Site, sources: Sources, language: str) -> dict[str, Any]:
    """Return one site as a feature of the format."""
    properties = site.properties
    shapes = [_shape(one, sources) for one in properties.locations if one.geometry is not None]
    optional = {
        "links": list(_links(site, sources)),
        "relations": [_relation(one) for one in properties.relations],
        "descriptions": list(_descriptions(site)),
    }
    return {
        "@id": site_address(site.id),
        "type": "Feature",
        "properties": {"title": names_for(site, language)[0].text},
        "names": [_name(one, sources) for one in properties.names],
        "types": [_type(one, language) for one in properties.types],
        "geometry": {"type": "GeometryCollection", "geometries": shapes},
        **{name: value for name, value in optional.items() if value},
    }


def _name(name: Name, sources: Sources) -> dict[str, Any]:
    return {
        "toponym": name.text,
        "lang": name.language,
        "citations": _citations(name.citations, sources),
        **_when(name.period),
    }


def _type(part: SiteType, language: str) -> dict[str, Any]:
    term = vocabulary("site_type").term(part.type)
    concepts = [f"aat:{match.id}" for match in term.match if match.scheme == "aat"]
    own = {"label": part.as_stated, "lang": "und"} if part.as_stated else _labelled(part.type, language)
    return {
        **({"identifier": concepts[0]} if concepts else {}),
        "label": term.label["en"],
        "sourceLabels": [own],
        **_when(part.period),
    }


def _labelled(term: str, language: str) -> dict[str, str]:
    return {"label": vocabulary("site_type").label(term, language), "lang": language}


def _shape(location: Location, sources: Sources) -> dict[str, Any]:
    """Return a shape with how far it can be trusted; "certain" is said of none."""
    is_doubtful = location.standing == "implausible"
    certainty = "uncertain" if is_doubtful or location.of == "area" else "less-certain"
    shape: dict[str, Any] = msgspec.to_builtins(location.geometry)
    return {**shape, "citations": _citations(location.citations, sources), "certainty": certainty}


def _citations(citations: Iterable[Citation], sources: Sources) -> list[dict[str, str]]:
    found = []
    for citation in citations:
        source = sources[citation.source]
        where = f", {citation.locator}" if citation.locator else ""
        address = source.url or source.read_at
        found.append({"label": f"{source_title(source)}{where}"} | ({"@id": address} if address else {}))
    return found


def _links(site: Site, sources: Sources) -> Iterator[dict[str, str]]:
    for identifier in site.properties.identifiers:
        address = _known_address(identifier)
        if address and identifier.match:
            yield {"type": f"{identifier.match}Match", "identifier": address}
    cited = {c.source for name in site.properties.names for c in name.citations}
    for report in site.properties.reports:
        cited |= {c.source for c in report.citations}
    for key in sorted(cited):
        address = sources[key].url or sources[key].read_at
        if address:
            yield {"type": "subjectOf", "identifier": address}


def _known_address(identifier: Identifier) -> str | None:
    prefix = _PREFIXES.get(identifier.scheme.casefold())
    return f"{prefix}:{identifier.value}" if prefix else None


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "relationType": _RELATIONS.get(relation.relation, _RELATED),
        "relationTo": site_address(relation.site),
        "label": vocabulary("relation").label(relation.relation, "en"),
    }


def _descriptions(site: Site) -> Iterator[dict[str, str]]:
    for report in site.properties.reports:
        for language, text in (report.summary or {}).items():
            yield {"value": text, "lang": language}


def _when(period: str | None) -> dict[str, Any]:
    """Return the time a statement speaks of; a span without a known beginning the form cannot hold."""
    first, last = bounds(period) if period else (None, None)
    if first is None:
        return {}
    end = {"end": {"latest": last.isoformat()}} if last else {}
    return {"when": {"timespans": [{"start": {"earliest": first.isoformat()}, **end}]}}
