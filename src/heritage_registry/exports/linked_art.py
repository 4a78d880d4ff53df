"""JSON-LD in the classes of CIDOC CRM: sites, their names and places, condition assessments, sources.

The terms of the file are defined in the file, so that nothing has to be fetched to read it. Who says what
stays visible: every name, place and assessment names the documents that it comes from, and a condition is the
outcome of somebody's assessment and never a property of the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from heritage_registry.citation import cited_keys
from heritage_registry.dates import bounds
from heritage_registry.exports.layers import about, public_sources
from heritage_registry.exports.linked_places import site_address
from heritage_registry.form import Texts
from heritage_registry.parts import Citation
from heritage_registry.public import public_view
from heritage_registry.registry import Registry
from heritage_registry.site import Location, Name, Report, Site
from heritage_registry.source import Source, source_title
from heritage_registry.vocabulary import vocabulary

_CRM = "http://www.cidoc-crm.org/cidoc-crm/"
_CLASSES: Mapping[str, str] = {
    "Site": "E27_Site", "Name": "E33_E41_Linguistic_Appellation", "Type": "E55_Type", "Place": "E53_Place",
    "ConditionAssessment": "E14_Condition_Assessment", "ConditionState": "E3_Condition_State",
    "TimeSpan": "E52_Time-Span", "Actor": "E39_Actor", "Document": "E31_Document",
}  # fmt: skip
_PROPERTIES: Mapping[str, str] = {
    "identified_by": "P1_is_identified_by", "classified_as": "P2_has_type",
    "content": "P190_has_symbolic_content",
    "documented_in": "P70i_is_documented_in", "assessed_by": "P34i_was_assessed_by",
    "concluded": "P35_has_identified", "timespan": "P4_has_time-span", "carried_out_by": "P14_carried_out_by",
    "former_or_current_location": "P53_has_former_or_current_location", "note": "P3_has_note",
}  # fmt: skip
_LITERALS: Mapping[str, tuple[str, str]] = {
    "begin_of_the_begin": ("P82a_begin_of_the_begin", "xsd:date"),
    "end_of_the_end": ("P82b_end_of_the_end", "xsd:date"),
    "defined_by": ("P168_place_is_defined_by", "geo:wktLiteral"),
}

CONTEXT: Mapping[str, Any] = {
    "crm": _CRM,
    "aat": "http://vocab.getty.edu/aat/",
    "dct": "http://purl.org/dc/terms/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    "label": "rdfs:label",
    "title": "dct:title",
    "license": "dct:license",
    "rights": "dct:rights",
    "version": "dct:hasVersion",
    **{name: f"crm:{known}" for name, known in {**_CLASSES, **_PROPERTIES}.items()},
    **{name: {"@id": f"crm:{known}", "@type": kind} for name, (known, kind) in _LITERALS.items()},
}
"""What each term of the file means. It is written into the file."""

Node = dict[str, Any]


def linked_art_file(registry: Registry, language: str) -> bytes:
    """Return one graph: the registry, the sites ordered by id, the sources ordered by key."""
    facts = about(registry, language)
    registry_node = {
        "id": "urn:heritage-registry",
        "title": facts["title"],
        "license": facts["licence"],
        "rights": facts["attribution"],
        "version": facts["digest"],
    }
    sites = sorted(public_view(registry.sites.values()), key=lambda site: site.id)
    nodes = [registry_node, *map(linked_site, sites), *map(_document, public_sources(registry))]
    lines = ",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes)
    context = json.dumps(CONTEXT)
    return f'{{"@context": {context}, "@graph": [\n{lines}\n]}}\n'.encode()


def linked_site(site: Site) -> Node:
    """Return one site as a node with everything that hangs on it."""
    address = site_address(site.id)
    properties = site.properties
    return _without_nothing(
        {
            "id": address,
            "type": "Site",
            "identified_by": [_name(name) for name in properties.names],
            "classified_as": [_term("site_type", part.type) for part in properties.types],
            "former_or_current_location": [_place(one) for one in properties.locations if one.geometry],
            "assessed_by": [_assessment(report, address) for report in properties.reports],
            "documented_in": [{"id": _source_address(key)} for key in sorted(cited_keys(site))],
        }
    )


def _name(name: Name) -> Node:
    return {
        "type": "Name",
        "content": {"@value": name.text, "@language": name.language},
        "documented_in": _documents(name.citations),
    }


def _place(location: Location) -> Node:
    from shapely.geometry import shape

    text = shape(msgspec.to_builtins(location.geometry)).wkt
    kind = vocabulary("location_of").label(location.of, "en")
    within = f", within {location.uncertainty_m} m" if location.uncertainty_m else ""
    return {
        "type": "Place",
        "defined_by": text,
        "note": f"{kind}{within}; {location.standing}",
        "documented_in": _documents(location.citations),
    }


def _assessment(report: Report, site: str) -> Node:
    """Return what somebody saw, who says so, and when it was seen as far as that is known."""
    state = {"type": "ConditionState", "classified_as": [_term("condition", report.condition)]}
    noted = {**state, "label": report.as_stated} if report.as_stated else state
    return _without_nothing(
        {
            "id": f"{site}:{report.id}",
            "type": "ConditionAssessment",
            "concluded": noted,
            "timespan": _timespan(report.observed),
            "carried_out_by": {"type": "Actor", "label": report.according_to}
            if report.according_to
            else None,
            "classified_as": [_term("evidence_type", report.evidence.type)],
            "note": _in_languages(report.summary),
            "documented_in": _documents(report.citations),
        }
    )


def _timespan(observed: str | None) -> Node | None:
    if observed is None:
        return None
    first, last = bounds(observed)
    return _without_nothing(
        {
            "type": "TimeSpan",
            "label": observed,
            "begin_of_the_begin": first.isoformat() if first else None,
            "end_of_the_end": last.isoformat() if last else None,
        }
    )


def _term(name: str, term_id: str) -> Node:
    term = vocabulary(name).term(term_id)
    concepts = [match.id for match in term.match if match.scheme == "aat" and match.relation == "exact"]
    address = f"aat:{concepts[0]}" if concepts else f"urn:heritage-registry:{name}:{term_id}"
    return {"id": address, "type": "Type", "label": _in_languages(term.label)}


def _document(source: Source) -> Node:
    return _without_nothing(
        {
            "id": _source_address(source.id),
            "type": "Document",
            "title": source_title(source),
            "classified_as": [_term("source_kind", source.kind), _term("affiliation", source.affiliation)],
            "rdfs:seeAlso": {"id": source.url or source.read_at} if source.url or source.read_at else None,
        }
    )


def _documents(citations: Iterable[Citation]) -> list[Node]:
    return [{"id": _source_address(citation.source)} for citation in citations]


def _source_address(key: str) -> str:
    return f"urn:heritage-registry:source:{key}"


def _in_languages(texts: Texts | None) -> list[Node] | None:
    return [{"@value": text, "@language": language} for language, text in texts.items()] if texts else None


def _without_nothing(node: Mapping[str, Any]) -> Node:
    return {name: value for name, value in node.items() if value not in (None, [], {})}
