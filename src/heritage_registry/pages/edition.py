"""What all pages are made from: the public view, what is derived from it, and who cites whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from heritage_registry.assessed import AssessedSite, assessed_sites
from heritage_registry.assessment import Assessment
from heritage_registry.citation import cited_keys, site_digest, with_origins
from heritage_registry.claim import Claim
from heritage_registry.comparison import Comparison, compare
from heritage_registry.config import RegistryConfig
from heritage_registry.coverage import Coverage, coverage
from heritage_registry.gazetteer import Gazetteer, read_gazetteer
from heritage_registry.pages.locator import Locator, read_locator
from heritage_registry.public import public_claims
from heritage_registry.registry import Registry, registry_digest
from heritage_registry.site import Relation, Site
from heritage_registry.source import Source
from heritage_registry.statistics import Statistics, statistics


class Link(msgspec.Struct, frozen=True):
    """A relation as seen from one of its two sites; `inverse` where the other site's record states it."""

    relation: Relation
    other: str
    inverse: bool


class Edition(msgspec.Struct, frozen=True):
    """One state of a registry, ready to be written down in every language.

    `sources` are those that public records cite or that these derive from: others tell of hidden ones.
    `site_citers` and `claim_citers` give for a source the records that cite it, `derivatives` the sources
    that repeat it. `links` are the relations of a site in both directions.
    """

    registry: Registry
    config: RegistryConfig
    sites: Mapping[str, Site]
    assessments: Mapping[str, Assessment]
    digests: Mapping[str, str]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    site_citers: Mapping[str, Sequence[str]]
    claim_citers: Mapping[str, Sequence[str]]
    derivatives: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[Link, ...]]
    comparisons: Mapping[str, Comparison]
    coverage: Coverage
    figures: Statistics
    digest: str
    locator: Locator
    gazetteer: Gazetteer
    base_url: str | None


def edition(registry: Registry, base_url: str | None = None) -> Edition:
    """Collect what the pages of a registry are made from."""
    assessed: Sequence[AssessedSite] = assessed_sites(registry)
    sites = {one.site.id: one.site for one in assessed}
    claims = {claim.id: claim for claim in public_claims(registry.claims.values())}
    site_keys = {key: cited_keys(site) for key, site in sites.items()}
    claim_keys = {key: cited_keys(claim) for key, claim in claims.items()}
    cited = (key for keys in (*site_keys.values(), *claim_keys.values()) for key in keys)
    sources = {key: registry.sources[key] for key in sorted(with_origins(cited, registry.sources))}
    areas = registry.config.areas
    return Edition(
        registry=registry,
        config=registry.config,
        sites=sites,
        assessments={one.site.id: one.assessment for one in assessed},
        digests={key: site_digest(site, registry.sources) for key, site in sites.items()},
        sources=sources,
        claims=claims,
        site_citers=_inverted(site_keys),
        claim_citers=_inverted(claim_keys),
        derivatives=_inverted({key: source.derives_from for key, source in sources.items()}),
        links=_links(sites.values()),
        comparisons={key: compare(claim, assessed, claims.values(), areas) for key, claim in claims.items()},
        coverage=coverage(assessed, registry),
        figures=statistics(registry),
        digest=registry_digest(registry),
        locator=read_locator(registry.directory / "basemap", registry.config.region.bbox),
        gazetteer=read_gazetteer(registry.directory),
        base_url=base_url,
    )


def _inverted(keys: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for record, cited in keys.items():
        for key in cited:
            found.setdefault(key, []).append(record)
    return {key: tuple(records) for key, records in found.items()}


def _links(sites: Iterable[Site]) -> dict[str, tuple[Link, ...]]:
    found: dict[str, list[Link]] = {}
    for site in sites:
        for relation in site.properties.relations:
            found.setdefault(site.id, []).append(Link(relation, relation.site, inverse=False))
            found.setdefault(relation.site, []).append(Link(relation, site.id, inverse=True))
    return {key: tuple(links) for key, links in found.items()}
