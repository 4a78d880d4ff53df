"""Public sites as one table in WGS 84, one row a site, for programs that read tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from heritage_registry.assessed import day_seen
from heritage_registry.assessment import assess
from heritage_registry.citation import cited_keys
from heritage_registry.find import names_for, place_names
from heritage_registry.parts import Geometry
from heritage_registry.site import Site, asserted_communities, preferred_location, site_types
from heritage_registry.source import Source
from heritage_registry.vocabulary import standing_label, vocabulary

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

COLUMNS: Mapping[str, str] = {
    "id": "id of the record",
    "name": "first name in the language asked for, else of the record; no name is the main one",
    "name_language": "language of that name (BCP 47)",
    "names": "all names, in the order of the record",
    "types": "types of site, as terms",
    "type_labels": "the same in the language asked for",
    "communities": "communities that somebody connects the site with",
    "communities_denied": "communities whose connection somebody denies",
    "places": "names of the settlements and units the site is said to lie in",
    "standing": "condition as shown: a grade, or why none (disagree, works_since, undated, in_part, none)",
    "standing_label": "the same in the language asked for",
    "condition": "grades of the latest observation; several where observations of that day disagree",
    "condition_label": "the same in the language asked for",
    "condition_seen": "day by which that condition had been seen; none where that is not known",
    "condition_reports": "reports it rests on",
    "last_seen_undamaged": "last observation without damage before the first with damage",
    "first_seen_damaged": "first observation of damage",
    "contested": "whether a statement on the site is disputed, or reports cannot all be true",
    "contested_elements": "what is disputed",
    "reports": "number of condition reports",
    "independent_lines": "number of origins that the reports go back to",
    "sources": "keys of all sources cited or quoted",
    "location_of": "what the shape shows: often the settlement and not the monument",
    "uncertainty_m": "metres within which the place of the shape holds",
    "sensitivity": "whether the location is shown as known, as a grid cell, or not at all",
    "geometry": "shape in WGS 84, longitude first; none where no location is known or may be shown",
}
"""Every column with its meaning. Lists are texts joined with '; '."""


def sites_table(sites: Iterable[Site], sources: Mapping[str, Source], language: str = "en") -> GeoDataFrame:
    """Return one row for each site, ordered by id, with the columns of `COLUMNS`.

    Give it the sites of the public view: it shows every site it is given.
    """
    import geopandas

    rows = [table_row(site, sources, language) for site in sorted(sites, key=lambda site: site.id)]
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    table = geopandas.GeoDataFrame(columns, geometry="geometry", crs="EPSG:4326")
    return table.astype({"uncertainty_m": "Int64", "contested": bool})


def table_row(site: Site, sources: Mapping[str, Source], language: str) -> dict[str, Any]:
    """Return one row of the table: a value, or None, for every column."""
    derived = assess(site, sources)
    condition, bracket = derived.condition, derived.bracket
    day = day_seen(site, condition) if condition else None
    location = preferred_location(site)
    name = names_for(site, language)[0]
    types = site_types(site)
    denied = (a.community for a in site.properties.attributions if a.stance == "denies")
    grades = condition.grades if condition else ()
    return {
        "id": site.id,
        "name": name.text,
        "name_language": name.language,
        "names": _joined(n.text for n in site.properties.names),
        "types": _joined(types),
        "type_labels": _labels("site_type", types, language),
        "communities": _joined(asserted_communities(site)),
        "communities_denied": _joined(denied),
        "places": _joined(place_names(site)),
        "standing": derived.standing,
        "standing_label": standing_label(derived.standing, language),
        "condition": _joined(grades),
        "condition_label": _labels("condition", grades, language),
        "condition_seen": day.isoformat() if day else None,
        "condition_reports": _joined(condition.reports if condition else ()),
        "last_seen_undamaged": bracket.last_undamaged.isoformat()
        if bracket and bracket.last_undamaged
        else None,
        "first_seen_damaged": bracket.first_damaged.isoformat() if bracket else None,
        "contested": bool(derived.disagreements),
        "contested_elements": _joined(d.element or d.kind for d in derived.disagreements),
        "reports": len(site.properties.reports),
        "independent_lines": len(derived.lines),
        "sources": _joined(sorted(cited_keys(site))),
        "location_of": location.of if location else None,
        "uncertainty_m": location.uncertainty_m if location else None,
        "sensitivity": site.properties.sensitivity,
        "geometry": _shape(site.geometry),
    }


def _shape(geometry: Geometry | None) -> Any:
    from shapely.geometry import shape

    return shape(msgspec.to_builtins(geometry)) if geometry else None


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(texts)) or None


def _labels(name: str, terms: Iterable[str], language: str) -> str | None:
    return _joined(vocabulary(name).label(term, language) for term in terms)
