"""Public records as related tables: sites, their reports, the sources they cite, claims about many sites.

`reports.site` holds the id of a site, `sources` of sites, reports and claims the keys of sources. Lists are
texts joined with '; '. A table holds less than a record: docs/exports.md says what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.claim import Claim, Quantity
from heritage_registry.dates import bounds
from heritage_registry.find import names_for
from heritage_registry.form import Texts, in_language
from heritage_registry.parts import Response
from heritage_registry.public import public_claims, public_view
from heritage_registry.registry import Registry, registry_digest
from heritage_registry.site import Report, Responsibility, Site
from heritage_registry.source import Source
from heritage_registry.table import sites_table
from heritage_registry.vocabulary import vocabulary

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

REPORT_COLUMNS: Mapping[str, str] = {
    "site": "id of the site",
    "site_name": "first name of the site in the language asked for",
    "report": "id of the report inside its site",
    "condition": "our grade",
    "condition_label": "the same in the language asked for",
    "as_stated": "the source's own word",
    "scheme": "the scale that word belongs to",
    "observed": "when the state described was seen (EDTF)",
    "observed_from": "first day that date can mean",
    "observed_to": "last day that date can mean",
    "published": "when the report came out (EDTF)",
    "part": "which part of the site, if not the whole",
    "extent": "how much of it is damaged",
    "causes": "causes, as terms",
    "effects": "effects, as terms",
    "interventions": "interventions, as terms",
    "evidence": "what the observation rests on, as a term",
    "certainty": "certainty as the source gives it",
    "according_to": "who says it, where that is not the source itself",
    "summary": "what was seen, in our words, in the language asked for or the first there is",
    "responsibility": "whom somebody holds responsible: kind, words, who says so",
    "responses": "what others answer: who, stance, element, summary",
    "superseded_by": "later report of the same observer that corrects this one",
    "sources": "keys of the sources cited",
}

SOURCE_COLUMNS: Mapping[str, str] = {
    "source": "key of the source",
    "type": "item type of CSL",
    "kind": "kind of source, as a term",
    "affiliation": "kind of body that speaks, as a term",
    "party": "party that speaks",
    "title": "title",
    "author": "authors",
    "publisher": "publisher",
    "container_title": "what it appeared in",
    "issued": "when it came out (EDTF)",
    "language": "language (BCP 47)",
    "url": "address",
    "doi": "DOI",
    "read_at": "address that was read, where it is a copy",
    "accessed": "when it was read (EDTF)",
    "derives_from": "keys of the sources it repeats",
}

CLAIM_COLUMNS: Mapping[str, str] = {
    "claim": "id of the claim",
    "claimant": "who claims",
    "party": "party of the claimant",
    "according_to": "who relays it",
    "date": "when it was claimed (EDTF)",
    "statement": "what is claimed, in our words, in the language asked for or the first there is",
    "numerator": "first number as stated",
    "denominator": "number it is part of, as stated",
    "unit": "what is counted",
    "types": "types of site it speaks of, as terms",
    "communities": "communities it speaks of",
    "places": "places it speaks of, as printed",
    "period": "period it speaks of (EDTF)",
    "responses": "what others answer: who, stance, element, summary",
    "relations": "how it stands to other claims: relation and id",
    "sources": "keys of the sources cited",
}


class PublicLayers(msgspec.Struct, frozen=True):
    """The tables of a registry as everybody may see it, ordered by id. `sites` is in WGS 84.

    `about` holds title, licence, attribution and digest, which belong into every file.
    """

    sites: Any
    reports: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    about: dict[str, str]


def public_layers(registry: Registry, language: str) -> PublicLayers:
    """Return the tables of a registry. Only sources that a public record rests on are listed."""
    sites = sorted(public_view(registry.sites.values()), key=lambda site: site.id)
    claims = sorted(public_claims(registry.claims.values()), key=lambda claim: claim.id)
    table: GeoDataFrame = sites_table(sites, registry.sources, language)
    return PublicLayers(
        sites=table,
        reports=[row for site in sites for row in _reports(site, language)],
        sources=[_source(source) for source in public_sources(registry)],
        claims=[_claim(claim, language) for claim in claims],
        about=about(registry, language),
    )


def public_sources(registry: Registry) -> list[Source]:
    """Return the sources that public records cite or quote, and those that these derive from, by key."""
    records: list[Site | Claim] = [
        *public_view(registry.sites.values()),
        *public_claims(registry.claims.values()),
    ]
    cited = {key for record in records for key in cited_keys(record)}
    return [registry.sources[key] for key in sorted(with_origins(cited, registry.sources))]


def about(registry: Registry, language: str) -> dict[str, str]:
    """Return what travels with every file: title, summary, licence, attribution, digest of the records."""
    config = registry.config
    return {
        "title": in_language(config.title, language)[1],
        "summary": in_language(config.summary, language)[1],
        "licence": config.licence,
        "attribution": config.attribution,
        "digest": f"sha256:{registry_digest(registry)}",
    }


def _reports(site: Site, language: str) -> Iterator[dict[str, Any]]:
    name = names_for(site, language)[0].text
    for report in site.properties.reports:
        yield {"site": site.id, "site_name": name, **_report(report, language)}


def _report(report: Report, language: str) -> dict[str, Any]:
    first, last = bounds(report.observed) if report.observed else (None, None)
    return {
        "report": report.id,
        "condition": report.condition,
        "condition_label": vocabulary("condition").label(report.condition, language),
        "as_stated": report.as_stated,
        "scheme": report.scheme,
        "observed": report.observed,
        "observed_from": first.isoformat() if first else None,
        "observed_to": last.isoformat() if last else None,
        "published": report.published,
        "part": report.part,
        "extent": report.extent,
        "causes": _joined(report.causes),
        "effects": _joined(report.effects),
        "interventions": _joined(report.interventions),
        "evidence": report.evidence.type,
        "certainty": report.certainty,
        "according_to": report.according_to,
        "summary": _said(report.summary, language),
        "responsibility": _joined(map(_held_responsible, report.responsibility)),
        "responses": _joined(_response(one, language) for one in report.responses),
        "superseded_by": report.superseded_by,
        "sources": _joined(sorted(cited_keys(report))),
    }


def _source(source: Source) -> dict[str, Any]:
    authors = (a.literal or ", ".join(part for part in (a.family, a.given) if part) for a in source.author)
    return {
        "source": source.id,
        "type": source.type,
        "kind": source.kind,
        "affiliation": source.affiliation,
        "party": source.party,
        "title": source.title,
        "author": _joined(authors),
        "publisher": source.publisher,
        "container_title": source.container_title,
        "issued": source.issued,
        "language": source.language,
        "url": source.url,
        "doi": source.doi,
        "read_at": source.read_at,
        "accessed": source.accessed,
        "derives_from": _joined(source.derives_from),
    }


def _claim(claim: Claim, language: str) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "claimant": claim.claimant,
        "party": claim.party,
        "according_to": claim.according_to,
        "date": claim.date,
        "statement": _said(claim.statement, language),
        "numerator": _quantity(claim.numerator),
        "denominator": _quantity(claim.denominator),
        "unit": claim.unit,
        "types": _joined(claim.scope.types),
        "communities": _joined(claim.scope.communities),
        "places": _joined(claim.scope.places),
        "period": claim.scope.period,
        "responses": _joined(_response(one, language) for one in claim.responses),
        "relations": _joined(f"{link.relation} {link.claim}" for link in claim.relations),
        "sources": _joined(sorted(cited_keys(claim))),
    }


def _held_responsible(part: Responsibility) -> str:
    return f"{part.kind}: {part.as_stated} ({part.according_to})"


def _response(response: Response, language: str) -> str:
    said = in_language(response.summary, language)[1]
    return f"{response.according_to}, {response.stance}, {response.element}: {said}"


def _quantity(quantity: Quantity | None) -> str | None:
    return quantity.as_stated if quantity else None


def _said(texts: Texts | None, language: str) -> str | None:
    return in_language(texts, language)[1] if texts else None


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None
