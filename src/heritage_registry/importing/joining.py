"""Adding statements to a record: what it does not say yet is put behind what it says; nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from heritage_registry.site import Report, Site, preferred_location

P = TypeVar("P")

_LISTS = (
    "names", "types", "attributions", "places", "history", "protections", "identifiers", "notes",
)  # fmt: skip


def joined(held: Site, row: Site) -> Site:
    """Return a record with the statements of another that it does not hold; itself where it holds all."""
    before, added = held.properties, row.properties
    changes: dict[str, Any] = {}
    for name in _LISTS:
        more = [part for part in getattr(added, name) if part not in getattr(before, name)]
        if more:
            changes[name] = (*getattr(before, name), *more)
    reports = _new_reports(before.reports, added.reports)
    if reports:
        changes["reports"] = (*before.reports, *reports)
    known = [(place.geometry, place.stated, place.citations) for place in before.locations]
    places = [
        place for place in added.locations if (place.geometry, place.stated, place.citations) not in known
    ]
    if places and preferred_location(held) is not None:
        places = [replace(place, standing="alternative") for place in places]
    if places:
        changes["locations"] = (*before.locations, *places)
    if not changes:
        return held
    properties = replace(before, **changes)
    shape = held.geometry if held.geometry is not None or not places else row.geometry
    return replace(held, properties=properties, geometry=shape)


def _new_reports(held: Iterable[Report], added: Iterable[Report]) -> list[Report]:
    """Return the reports that say something new, each with the next number that none had."""
    known = {replace(report, id="r1") for report in held}
    number = max((int(re.sub(r"\D", "", report.id)) for report in held), default=0)
    found = []
    for report in added:
        if replace(report, id="r1") not in known:
            number += 1
            found.append(replace(report, id=f"r{number}"))
    return found
