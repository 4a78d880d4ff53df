"""Rules that a single field cannot carry: what must agree inside a record, and between records.

`CHECKS` are functions over the whole registry that yield findings; a new rule is a function and a line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.dates import InvalidDate, parse
from heritage_registry.errors import Field
from heritage_registry.findings import Finding, Records, of_site
from heritage_registry.location_checks import hidden_locations_are_absent, locations_agree, shapes_are_sound
from heritage_registry.parts import Review
from heritage_registry.publishing import rule_is_kept
from heritage_registry.site import EvidenceFile, Report, Site
from heritage_registry.source import Source
from heritage_registry.walk import fields_with_parts, parts_with_fields

MAX_EXCERPT_WORDS = 25

Check = Callable[[Records], Iterator[Finding]]


def run_checks(records: Records) -> list[Finding]:
    """Return what every rule finds, in the order of the rules."""
    return [finding for check in CHECKS for finding in check(records)]


def parts_are_sound(records: Records) -> Iterator[Finding]:
    """Sources, communities and parties that a part names are there, and its dates exist in the calendar."""
    judges = _judges(records)
    values = records.values
    if values is not None and not any(any(map(judges[name], values[name])) for name in values):
        return
    plans: dict[type, _Plan] = {}
    for folder, record in records.all():
        if _has_mistake(record, judges, plans):
            # Paths cost most of the walk: they are worked out only for a record with a mistake.
            yield from _part_findings(folder, record, judges)


_Judge = Callable[[str], str | None]
"""Says why a value is wrong, or None."""


class _Judged(msgspec.Struct, frozen=True):
    """A field of a class of parts, its judge, and the values found right: most say what others said."""

    name: str
    judge: _Judge
    right: set[Any]

    def is_right(self, value: str | tuple[str, ...] | None) -> bool:
        """Ask the judge, and remember a value that is right."""
        values = value if isinstance(value, tuple) else (value,) if value is not None else ()
        if any(map(self.judge, values)):
            return False
        self.right.add(value)
        return True


_Plan = tuple[tuple[_Judged, ...], tuple[str, ...]]
"""Of a class of parts: the fields to judge, and the fields that hold further parts."""


def _plan(part_type: type[msgspec.Struct], judges: Mapping[str, _Judge]) -> _Plan:
    judged = (_Judged(name, judges[name], set()) for name in part_type.__struct_fields__ if name in judges)
    return tuple(judged), tuple(name for name, _ in fields_with_parts(part_type))


def _has_mistake(record: msgspec.Struct, judges: Mapping[str, _Judge], plans: dict[type, _Plan]) -> bool:
    """Walk all parts of a record. Every record passes here on every check: hence so few calls in the loop."""
    stack = [record]
    while stack:
        part = stack.pop()
        plan = plans.get(type(part))
        if plan is None:
            plan = plans[type(part)] = _plan(type(part), judges)
        for field in plan[0]:
            value = getattr(part, field.name)
            if value not in field.right and not field.is_right(value):
                return True
        for name in plan[1]:
            held = getattr(part, name)
            if type(held) is tuple:
                stack += held
            elif held is not None:
                stack.append(held)
    return False


def _part_findings(
    folder: str, record: Site | Source | Claim, judges: Mapping[str, _Judge]
) -> Iterator[Finding]:
    for path, part in parts_with_fields(record):
        for name, encoded in zip(part.__struct_fields__, part.__struct_encode_fields__, strict=True):
            value = getattr(part, name)
            if name not in judges or value is None:
                continue
            listed = isinstance(value, tuple)
            for n, item in enumerate(value if listed else (value,)):
                if message := judges[name](item):
                    field: Field = (*path, encoded, n) if listed else (*path, encoded)
                    missing = item if name in _SOURCE_FIELDS else None
                    yield Finding(folder, record.id, field, message, missing)


_SOURCE_FIELDS = ("source", "derives_from")
_COMMUNITY_FIELDS = ("community", "used_by", "communities")
_DATE_FIELDS = (
    "date", "period", "observed", "published", "issued", "accessed", "acquired", "captured", "received",
    "answered", "taken",
)  # fmt: skip


JUDGED = frozenset((*_SOURCE_FIELDS, *_COMMUNITY_FIELDS, "party", *_DATE_FIELDS))
"""The fields whose values a judge asks something of, by the name in the classes."""


def _judges(records: Records) -> dict[str, _Judge]:
    """Return the judge of every field that has one, by the name of the field in the classes."""
    sources = records.sources.keys()
    communities, parties = records.config.communities_by_id, records.config.parties_by_id

    def source(key: str) -> str | None:
        if key in sources:
            return None
        return f"{key!r} is not in sources/; add sources/{key}.json or name another source"

    def community(value: str) -> str | None:
        return None if value in communities else _not_in_registry(value, "community", communities)

    def party(value: str) -> str | None:
        return None if value in parties else _not_in_registry(value, "party", parties)

    return {
        **dict.fromkeys(_SOURCE_FIELDS, source),
        **dict.fromkeys(_COMMUNITY_FIELDS, community),
        "party": party,
        **dict.fromkeys(_DATE_FIELDS, _impossible_date),
    }


def _impossible_date(value: str) -> str | None:
    """Say why a date cannot be: its spelling was checked on reading, the calendar was not."""
    try:
        parse(value)
    except InvalidDate as error:
        return str(error)
    return None


def _not_in_registry(value: str, kind: str, known: Iterable[str]) -> str:
    return f"{value!r} is not a {kind} of registry.toml; use one of {', '.join(known)}, or add it there"


def derivations_end(records: Records) -> Iterator[Finding]:
    """No source derives from itself, directly or through others: every line of evidence has an origin."""
    for source in records.sources.values():
        seen: set[str] = set()
        open_keys = list(source.derives_from)
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
    """A report's id is used once in its site."""
    for site in records.sites.values():
        seen: set[str] = set()
        for n, report in enumerate(site.properties.reports):
            if report.id in seen:
                say = f"{report.id!r} is the id of an earlier report; give it the next free number"
                yield of_site(site, "reports", n, "id", say=say)
            seen.add(report.id)


def corrections_end(records: Records) -> Iterator[Finding]:
    """A report that corrects another is there, and no report corrects itself, directly or through others."""
    for site in records.sites.values():
        by_id = {report.id: report for report in reversed(site.properties.reports)}
        for n, report in enumerate(site.properties.reports):
            if report.superseded_by is None:
                continue
            if report.superseded_by not in by_id:
                known = ", ".join(reversed(by_id))
                say = f"{report.superseded_by!r} is not a report of this site; use one of {known}"
                yield of_site(site, "reports", n, "superseded_by", say=say)
            elif _corrects_itself(report, by_id):
                say = "leads back to this report; leave it out of the report that holds now"
                yield of_site(site, "reports", n, "superseded_by", say=say)


def _corrects_itself(report: Report, by_id: Mapping[str, Report]) -> bool:
    current: Report | None = report
    for _ in by_id:
        current = by_id.get(current.superseded_by or "") if current else None
        if current is not None and current.id == report.id:
            return True
    return False


def relations_resolve(records: Records) -> Iterator[Finding]:
    """A relation leads to another record that is there."""
    for site in records.sites.values():
        for n, relation in enumerate(site.properties.relations):
            if relation.site not in records.sites or relation.site == site.id:
                remedy = "name one, or remove the relation"
                say = f"{relation.site!r} is not another site of this registry; {remedy}"
                yield of_site(site, "relations", n, "site", say=say, missing=relation.site)
        withdrawn = site.properties.withdrawn
        heir = withdrawn.superseded_by if withdrawn else None
        if heir is not None and (heir not in records.sites or heir == site.id):
            say = f"{heir!r} is not another site of this registry; name one, or leave it out"
            yield of_site(site, "withdrawn", "superseded_by", say=say, missing=heir)
    for claim in records.claims.values():
        for n, link in enumerate(claim.relations):
            if link.claim not in records.claims or link.claim == claim.id:
                remedy = "name one, or remove the relation"
                message = f"{link.claim!r} is not another claim of this registry; {remedy}"
                yield Finding("claims", claim.id, ("relations", n, "claim"), message, link.claim)


def reasons_are_given(records: Records) -> Iterator[Finding]:
    """A draft, a withdrawal, a hidden or a rejected location says why."""
    lacks = "is missing; say what a draft still lacks before it can be published"
    for claim in records.claims.values():
        if _needs_a_reason(claim.status, claim.reviews) and not claim.status_reason:
            message = lacks if claim.status == "draft" else "is missing; say why the claim is withdrawn"
            yield Finding("claims", claim.id, ("status_reason",), message)
    for site in records.sites.values():
        properties = site.properties
        is_draft = properties.status == "draft"
        if is_draft and not (properties.status_reason or properties.reviews):
            yield of_site(site, "status_reason", say=lacks)
        if properties.status == "withdrawn" and properties.withdrawn is None:
            yield of_site(site, "withdrawn", say="is missing; give the date and the reason of the withdrawal")
        if properties.status != "withdrawn" and properties.withdrawn is not None:
            say = f"goes with status 'withdrawn', and the status is {properties.status!r}; change one of them"
            yield of_site(site, "withdrawn", say=say)
        if properties.sensitivity != "open" and not properties.sensitivity_reason:
            yield of_site(site, "sensitivity_reason", say="is missing; say why the location is not shown")
        for n, location in enumerate(properties.locations):
            if location.standing == "implausible" and not location.reason:
                say = "is missing; say why this location is held implausible"
                yield of_site(site, "locations", n, "reason", say=say)


def _needs_a_reason(status: str, reviews: tuple[Review, ...]) -> bool:
    """The log of its reviews says where a draft stands."""
    return status == "withdrawn" or (status == "draft" and not reviews)


def excerpts_are_short(records: Records) -> Iterator[Finding]:
    """An excerpt quotes at most 25 words."""
    for site in records.sites.values():
        for n, excerpt in enumerate(site.properties.excerpts):
            words = len(excerpt.text.split())
            if words > MAX_EXCERPT_WORDS:
                say = f"has {words} words; quote at most {MAX_EXCERPT_WORDS}"
                yield of_site(site, "excerpts", n, "text", say=say)


def shown_files_have_copies(records: Records) -> Iterator[Finding]:
    """What is shown of a file of evidence is a copy made anew, and never of a site whose place is hidden."""
    for site in records.sites.values():
        is_hidden = site.properties.sensitivity != "open"
        for n, report in enumerate(site.properties.reports):
            for k, file in enumerate(report.evidence.files):
                if file.public and (say := _why_not_shown(file, is_hidden=is_hidden)):
                    yield of_site(site, "reports", n, "evidence", "files", k, "public", say=say)


def _why_not_shown(file: EvidenceFile, *, is_hidden: bool) -> str | None:
    if is_hidden:
        return "a picture shows the place, and where this site lies is not shown; leave 'public' out"
    if file.public_copy is None:
        return f"{file.name!r} is public and has no public copy; attach it anew to have one made"
    if file.public_copy.sha256 == file.sha256:
        return f"what is shown of {file.name!r} is the original itself; attach it anew to have a copy made"
    return None


CHECKS: tuple[Check, ...] = (
    parts_are_sound,
    derivations_end,
    reports_are_numbered,
    corrections_end,
    relations_resolve,
    reasons_are_given,
    excerpts_are_short,
    locations_agree,
    shapes_are_sound,
    hidden_locations_are_absent,
    shown_files_have_copies,
    rule_is_kept,
)
