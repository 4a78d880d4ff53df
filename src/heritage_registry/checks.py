"""Rules that a single field cannot carry: what must agree inside a record, and between records.

`CHECKS` are functions over the whole registry that yield findings; a new rule is a function and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig
from heritage_registry.dates import InvalidDate, parse
from heritage_registry.parts import Geometry, LineString, Point, Polygon, Position
from heritage_registry.public import is_grid_cell
from heritage_registry.site import Location, Site, preferred_location
from heritage_registry.source import Source
from heritage_registry.walk import parts, parts_with_fields

Field = tuple[str | int, ...]
MAX_EXCERPT_WORDS = 25
COORDINATE_DECIMALS = 6


class Finding(msgspec.Struct, frozen=True):
    """A rule that a record breaks: which record (its kind's folder and id), which field, and what to do."""

    folder: str
    id: str
    field: Field
    message: str


class Records(msgspec.Struct, frozen=True):
    """All records that could be read, by id, with the registry's own data."""

    config: RegistryConfig
    sites: Mapping[str, Site]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]


Check = Callable[[Records], Iterator[Finding]]


def run_checks(records: Records) -> list[Finding]:
    """Return what every rule finds, in the order of the rules."""
    return [finding for check in CHECKS for finding in check(records)]


def parts_are_sound(records: Records) -> Iterator[Finding]:
    """Sources, communities and parties that a part names are there, and its dates exist in the calendar."""
    judges = _judges(records)
    plans: dict[type, list[tuple[str, _Judge]]] = {}
    for folder, record in _all(records):
        for part in parts(record):
            plan = plans.get(type(part))
            if plan is None:
                plan = plans[type(part)] = [(n, judges[n]) for n in part.__struct_fields__ if n in judges]
            if any(judge(getattr(part, name)) for name, judge in plan):
                # Paths are only worked out for a record that has something to say: they cost most of the walk.
                yield from _part_findings(folder, record, judges)
                break


def _part_findings(
    folder: str, record: Site | Source | Claim, judges: Mapping[str, _Judge]
) -> Iterator[Finding]:
    for field, part in parts_with_fields(record):
        encoded = dict(zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True))
        for name, judge in judges.items():
            message = judge(getattr(part, name)) if name in encoded else None
            if message:
                yield Finding(folder, record.id, (*field, encoded[name]), message)


_Judge = Callable[[Any], str | None]


def _judges(records: Records) -> dict[str, _Judge]:
    """Return, by the name of a field, what says why a value of it is wrong, or None."""
    sources, config = records.sources.keys(), records.config
    communities, parties = config.community_ids, config.party_ids

    def source(key: str) -> str | None:
        return None if key in sources else _no_source(key)

    def community(value: str | None) -> str | None:
        return (
            None
            if value is None or value in communities
            else _not_in_registry(value, "community", communities)
        )

    def community_list(values: tuple[str, ...]) -> str | None:
        return next(filter(None, map(community, values)), None)

    def party(value: str | None) -> str | None:
        return None if value is None or value in parties else _not_in_registry(value, "party", parties)

    judges: dict[str, _Judge] = {
        "source": source,
        "community": community,
        "used_by": community,
        "communities": community_list,
        "party": party,
    }
    return judges | dict.fromkeys(_DATE_FIELDS, _impossible_date)


_DATE_FIELDS = ("date", "period", "observed", "published", "issued", "accessed", "acquired", "captured")


def _impossible_date(value: str | None) -> str | None:
    """Say why a date cannot be: its spelling was checked on reading, the calendar was not."""
    if value is None:
        return None
    try:
        parse(value)
    except InvalidDate as error:
        return str(error)
    return None


def _not_in_registry(value: str, kind: str, known: Iterable[str]) -> str:
    return f"{value!r} is not a {kind} of registry.toml; use one of {', '.join(known)}, or add it there"


def derivations_resolve(records: Records) -> Iterator[Finding]:
    """What a source repeats is a source that is there."""
    for source in records.sources.values():
        for n, key in enumerate(source.derives_from):
            if key not in records.sources:
                yield Finding("sources", source.id, ("derives_from", n), _no_source(key))


def _no_source(key: str) -> str:
    return f"cites {key!r}, which is not in sources/; add sources/{key}.json or cite another source"


def derivations_end(records: Records) -> Iterator[Finding]:
    """No source derives from itself, directly or through others: every line of evidence has an origin."""
    for source in records.sources.values():
        seen, open_keys = set(), list(source.derives_from)
        while open_keys:
            key = open_keys.pop()
            if key == source.id:
                message = "derives from itself through the sources it names; remove the link that runs back"
                yield Finding("sources", source.id, ("derives_from",), message)
                break
            if key not in seen and key in records.sources:
                seen.add(key)
                open_keys += records.sources[key].derives_from


def reports_are_numbered(records: Records) -> Iterator[Finding]:
    """A report's id is used once in its site, and a report that corrects another is there."""
    for site in records.sites.values():
        ids = [report.id for report in site.properties.reports]
        for n, report in enumerate(site.properties.reports):
            field = ("properties", "reports", n)
            if report.id in ids[:n]:
                yield Finding(
                    "records",
                    site.id,
                    (*field, "id"),
                    f"{report.id!r} is the id of an earlier report; give it the next free number",
                )
            if report.superseded_by is not None and (
                report.superseded_by not in ids or report.superseded_by == report.id
            ):
                message = f"{report.superseded_by!r} is not another report of this site; use one of {', '.join(ids)}"
                yield Finding("records", site.id, (*field, "superseded_by"), message)


def relations_resolve(records: Records) -> Iterator[Finding]:
    """A relation leads to another record that is there."""
    for site in records.sites.values():
        for n, relation in enumerate(site.properties.relations):
            if relation.site not in records.sites or relation.site == site.id:
                message = f"{relation.site!r} is not another site of this registry"
                yield Finding("records", site.id, ("properties", "relations", n, "site"), message)
        withdrawn = site.properties.withdrawn
        if withdrawn and withdrawn.superseded_by and withdrawn.superseded_by not in records.sites:
            message = f"{withdrawn.superseded_by!r} is not a site of this registry"
            yield Finding("records", site.id, ("properties", "withdrawn", "superseded_by"), message)
    for claim in records.claims.values():
        for n, link in enumerate(claim.relations):
            if link.claim not in records.claims or link.claim == claim.id:
                yield Finding(
                    "claims",
                    claim.id,
                    ("relations", n, "claim"),
                    f"{link.claim!r} is not another claim of this registry",
                )


def reasons_are_given(records: Records) -> Iterator[Finding]:
    """A draft, a withdrawal, a hidden or a rejected location says why."""
    for folder, record in (
        *(("records", s) for s in records.sites.values()),
        *(("claims", c) for c in records.claims.values()),
    ):
        part: Any = record.properties if isinstance(record, Site) else record
        field: Field = ("properties",) if isinstance(record, Site) else ()
        if part.status == "draft" and not part.status_reason:
            yield Finding(
                folder,
                record.id,
                (*field, "status_reason"),
                "is missing; say what a draft still lacks before it can be published",
            )
    for site in records.sites.values():
        properties = site.properties
        if (properties.status == "withdrawn") != (properties.withdrawn is not None):
            message = "goes with status 'withdrawn', and only with it; give the date and the reason of the withdrawal"
            yield Finding("records", site.id, ("properties", "withdrawn"), message)
        if properties.sensitivity != "open" and not properties.sensitivity_reason:
            yield Finding(
                "records",
                site.id,
                ("properties", "sensitivity_reason"),
                "is missing; say why the location is not shown",
            )
        for n, location in enumerate(properties.locations):
            if location.standing == "implausible" and not location.reason:
                yield Finding(
                    "records",
                    site.id,
                    ("properties", "locations", n, "reason"),
                    "is missing; say why this location is held implausible",
                )


def excerpts_are_short(records: Records) -> Iterator[Finding]:
    """An excerpt quotes at most 25 words."""
    for site in records.sites.values():
        for n, excerpt in enumerate(site.properties.excerpts):
            words = len(excerpt.text.split())
            if words > MAX_EXCERPT_WORDS:
                message = f"has {words} words; quote at most {MAX_EXCERPT_WORDS}"
                yield Finding("records", site.id, ("properties", "excerpts", n, "text"), message)


def locations_agree(records: Records) -> Iterator[Finding]:
    """The feature's geometry is the preferred location's; shapes are near the region and say how sure they are."""
    west, south, east, north = records.config.region.bbox
    for site in records.sites.values():
        preferred = [
            n for n, x in enumerate(site.properties.locations) if x.standing == "preferred" and x.geometry
        ]
        for n in preferred[1:]:
            yield Finding(
                "records",
                site.id,
                ("properties", "locations", n, "standing"),
                "is 'preferred' as an earlier location is; prefer one",
            )
        location = preferred_location(site)
        expected = location.geometry if location else None
        if site.geometry != expected:
            message = f"is not the preferred location's shape; write {msgspec.json.encode(expected).decode()}"
            yield Finding("records", site.id, ("geometry",), message)
        for n, location in enumerate(site.properties.locations):
            field = ("properties", "locations", n)
            if location.geometry is None:
                if location.stated is None:
                    yield Finding(
                        "records",
                        site.id,
                        field,
                        "has neither a geometry nor the words of a source in 'stated'; give one of them",
                    )
                continue
            if location.uncertainty_m is None:
                yield Finding(
                    "records",
                    site.id,
                    (*field, "uncertainty_m"),
                    "is missing; say within how many metres the shape holds",
                )
            yield from _shape_findings(site, location, field, (west, south, east, north))


def _shape_findings(
    site: Site, location: Location, field: Field, bbox: tuple[float, float, float, float]
) -> Iterator[Finding]:
    west, south, east, north = bbox
    for longitude, latitude in _positions(location.geometry):
        outside = not (west <= longitude <= east and south <= latitude <= north)
        if outside and location.standing != "implausible":
            swapped = west <= latitude <= east and south <= longitude <= north
            hint = (
                "they look swapped: longitude comes first"
                if swapped
                else "correct them, or set 'standing' to 'implausible' with the reason"
            )
            message = f"[{longitude}, {latitude}] is outside the region of this registry ({west}–{east}° E, {south}–{north}° N); {hint}"
            yield Finding("records", site.id, (*field, "geometry", "coordinates"), message)
        if (
            round(longitude, COORDINATE_DECIMALS) != longitude
            or round(latitude, COORDINATE_DECIMALS) != latitude
        ):
            message = f"[{longitude}, {latitude}] has more than {COORDINATE_DECIMALS} decimals, finer than any source; round it"
            yield Finding("records", site.id, (*field, "geometry", "coordinates"), message)
    if isinstance(location.geometry, Polygon) and any(
        ring[0] != ring[-1] for ring in location.geometry.coordinates
    ):
        yield Finding(
            "records",
            site.id,
            (*field, "geometry", "coordinates"),
            "has a ring whose last position is not its first; close it",
        )


def _positions(geometry: Geometry | None) -> tuple[Position, ...]:
    match geometry:
        case Point():
            return (geometry.coordinates,)
        case LineString():
            return geometry.coordinates
        case Polygon():
            return tuple(position for ring in geometry.coordinates for position in ring)
        case None:
            return ()


def hidden_locations_are_absent(records: Records) -> Iterator[Finding]:
    """What must not be published is not in the registry's files: they are public."""
    for site in records.sites.values():
        sensitivity = site.properties.sensitivity
        if sensitivity == "open":
            continue
        for n, location in enumerate(site.properties.locations):
            field = ("properties", "locations", n, "geometry")
            if location.geometry is None:
                continue
            if sensitivity == "withheld":
                yield Finding(
                    "records",
                    site.id,
                    field,
                    "shows a location that is withheld; keep it in a private folder outside the registry",
                )
            elif not is_grid_cell(location.geometry):
                yield Finding(
                    "records",
                    site.id,
                    field,
                    "is finer than a cell of the grid; write the cell, and keep the exact shape outside the registry",
                )


CHECKS: tuple[Check, ...] = (
    parts_are_sound,
    derivations_resolve,
    derivations_end,
    reports_are_numbered,
    relations_resolve,
    reasons_are_given,
    excerpts_are_short,
    locations_agree,
    hidden_locations_are_absent,
)


def _all(records: Records) -> Iterator[tuple[str, Site | Source | Claim]]:
    for folder, group in (
        ("records", records.sites),
        ("sources", records.sources),
        ("claims", records.claims),
    ):
        for record in group.values():
            yield folder, record
