"""Putting together what two people did to one record: by parts, asking only where both changed the same part.

Edits of different parts both survive, and what both sides add is kept. One part changed to two values, or
changed here and removed there, is a conflict that a person answers; the machine never chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, TypeVar, cast

import msgspec
from msgspec.structs import replace

from heritage_registry.claim import Claim
from heritage_registry.differences import (
    WHOLE,
    Place,
    Step,
    at,
    identity_of,
    is_part,
    item_labels,
    match_items,
    same,
    step,
    vocabularies,
)
from heritage_registry.errors import RegistryError
from heritage_registry.form import decode_loosely, encode
from heritage_registry.site import Location, Report, Site, preferred_location
from heritage_registry.source import Source

Side = Literal["ours", "theirs", "both"]
"""Whose part is taken; both where `Conflict.can_be_both`, ours first."""
Record = TypeVar("Record", Site, Source, Claim)

_NOTHING = msgspec.UNSET
"""Stands for the common version of something that both sides began anew."""
_LAST_REPORT = 9999


class DifferentRecords(RegistryError):  # noqa: N818 - the name a caller reads in an except line
    """What was to be merged are not versions of one record."""


class Conflict(msgspec.Struct, frozen=True):
    """A part that both sides changed. `key` is what an answer refers to; None is a part that is gone."""

    place: Place
    key: str
    base: Any
    ours: Any
    theirs: Any
    vocabulary: str | None = None

    @property
    def can_be_both(self) -> bool:
        """Whether both can stand, one behind the other: two texts in the same language."""
        is_item = self.place[-1].item is not None and self.vocabulary is None
        return is_item and all(isinstance(x, str) for x in (self.ours, self.theirs))


class Merged(msgspec.Struct, frozen=True):
    """The merged record, or what must be answered first. `renumbered`: old and new ids of their reports."""

    record: Any
    conflicts: tuple[Conflict, ...]
    renumbered: Mapping[str, str]


def merge(
    base: Record | None, ours: Record, theirs: Record, answers: Mapping[str, Side] | None = None
) -> Merged:
    """Merge two versions of a record that come from `base`, or were both begun anew (`base` is None).

    `answers` says for the keys of conflicts whose part is taken.
    """
    if not (type(ours) is type(theirs) and ours.id == theirs.id and (base is None or same_kind(base, ours))):
        raise DifferentRecords("these are not versions of one record: their kind or their id differs")
    if same(ours, theirs) or (base is not None and same(base, theirs)):
        return Merged(ours, (), {})
    if base is not None and same(base, ours):
        return Merged(theirs, (), {})
    renumbered: dict[str, str] = {}
    start: Any = _NOTHING if base is None else base
    before = base if isinstance(base, Site) else None
    if isinstance(ours, Site) and isinstance(theirs, Site):
        renumbered = _new_numbers(before, ours, theirs)
        theirs = cast("Any", _with_numbers(theirs, renumbered))
    merging = _Merging(answers or {})
    record = merging.part(start, ours, theirs, ())
    if isinstance(record, Site) and isinstance(ours, Site) and isinstance(theirs, Site):
        record = _with_shape(merging.one_preferred(before, ours, theirs, record))
    return Merged(None if merging.conflicts else record, tuple(merging.conflicts), renumbered)


def same_kind(one: Site | Source | Claim, other: Site | Source | Claim) -> bool:
    """Tell whether two versions can be of one record."""
    return type(one) is type(other) and one.id == other.id


def place_key(place: Place) -> str:
    """Return a place as one text: `properties.reports[r4].condition`."""
    return ".".join(s.field if s.item is None else f"{s.field}[{s.item}]" for s in place)


class _Merging:
    """One merge under way: the answers given and the conflicts met."""

    def __init__(self, answers: Mapping[str, Side]) -> None:
        self.answers = answers
        self.conflicts: list[Conflict] = []

    def part(self, base: Any, ours: msgspec.Struct, theirs: msgspec.Struct, place: Place) -> msgspec.Struct:
        """Merge field by field. The shape of a site follows from its locations, so nobody is asked for it."""
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(ours):
            mine, other = getattr(ours, field.name), getattr(theirs, field.name)
            if isinstance(ours, Site) and field.name == "geometry":
                values[field.name] = mine
                continue
            common = getattr(base, field.name) if base is not _NOTHING else field.default
            if common is msgspec.NODEFAULT:
                common = _NOTHING
            here = (*place, step(ours, field.name))
            term = vocabularies(type(ours)).get(field.encode_name)
            values[field.name] = self.value(common, mine, other, here, term, required=field.required)
        return type(ours)(**values)

    def value(
        self, base: Any, ours: Any, theirs: Any, place: Place, term: str | None, *, required: bool = False
    ) -> Any:
        """Merge one value; None is no value. A required list or text does not become empty unasked."""
        if same(ours, theirs) or same(base, theirs):
            return ours
        if same(base, ours):
            return theirs
        merged: Any = None
        if is_part(ours) and type(ours) is type(theirs) and (base is _NOTHING or type(base) is type(ours)):
            return self.part(base, ours, theirs, place)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            merged = self.texts({} if base in (None, _NOTHING) else base, ours, theirs, place)
            required = True
        elif isinstance(ours, tuple) and isinstance(theirs, tuple) and place[-1].field not in WHOLE:
            merged = self.items(() if base is _NOTHING else base, ours, theirs, place, term)
        if merged is not None and (merged or not required):
            return merged
        return self.conflict(base, ours, theirs, place, term)

    def conflict(self, base: Any, ours: Any, theirs: Any, place: Place, term: str | None) -> Any:
        """Return the side that was answered; else note the conflict and go on with ours."""
        key = place_key(place)
        answer = self.answers.get(key)
        conflict = Conflict(place, key, None if base is _NOTHING else base, ours, theirs, term)
        if answer is None or (answer == "both" and not conflict.can_be_both):
            self.conflicts.append(conflict)
        elif answer == "both":
            return f"{ours}\n\n{theirs}"
        return theirs if answer == "theirs" else ours

    def texts(
        self, base: dict[str, str], ours: dict[str, str], theirs: dict[str, str], place: Place
    ) -> dict[str, str]:
        """Merge a text language by language."""
        merged: dict[str, str] = {}
        for key in dict.fromkeys((*ours, *theirs)):
            text = self.value(base.get(key), ours.get(key), theirs.get(key), at(place, key), None)
            if text is not None:
                merged[key] = text
        return merged

    def items(
        self,
        base: tuple[Any, ...],
        ours: tuple[Any, ...],
        theirs: tuple[Any, ...],
        place: Place,
        term: str | None,
    ) -> tuple[Any, ...]:
        """Merge a list item by item. A token is a position in `merged`, where base items come first."""
        mine, other = match_items(base, ours), match_items(base, theirs)
        labels = item_labels(base)
        merged: list[Any] = []
        for i, item in enumerate(base):
            here = ours[mine[i]] if i in mine else None
            there = theirs[other[i]] if i in other else None
            merged.append(self.value(item, here, there, at(place, labels[i]), term))
        our_order = _add_rest({j: i for i, j in mine.items()}, ours, merged)
        their_tokens = {j: i for i, j in other.items()}
        _pair_additions(their_tokens, theirs, merged, len(base))
        their_order = _add_rest(their_tokens, theirs, merged)
        if _is_in_order(mine) and not _is_in_order(other):
            order = _interleaved(their_order, our_order)
        else:
            order = _interleaved(our_order, their_order)
        return tuple(merged[token] for token in order if merged[token] is not None)

    def one_preferred(self, base: Site | None, ours: Site, theirs: Site, record: Site) -> Site:
        """Ask which location is preferred where each side came to prefer another one."""
        locations = record.properties.locations
        preferred = [n for n, x in enumerate(locations) if x.standing == "preferred" and x.geometry]
        mine, other = preferred_location(ours), preferred_location(theirs)
        if len(preferred) < 2 or mine is None or other is None:
            return record
        place = (
            Step("Site", "properties"),
            Step("SiteProperties", "locations"),
            Step("Location", "standing", "preferred"),
        )
        before = preferred_location(base) if base else None
        chosen = self.conflict(before, mine, other, place, None)
        kept = _best_match(chosen, [locations[n] for n in preferred])
        changed = tuple(
            replace(x, standing="alternative") if n in preferred and n != preferred[kept] else x
            for n, x in enumerate(locations)
        )
        return replace(record, properties=replace(record.properties, locations=changed))


def _best_match(wanted: Location, among: Sequence[Location]) -> int:
    exact = next((n for n, item in enumerate(among) if same(item.geometry, wanted.geometry)), 0)
    return match_items([wanted], among).get(0, exact)


def _can_be_one(ours: Any, theirs: Any) -> bool:
    """Tell whether two additions are one thing: the same name, to which each side gives another source."""
    identity = identity_of(ours)
    if isinstance(ours, str | Report) or identity is None or identity != identity_of(theirs):
        return False
    attempt = _Merging({})
    attempt.part(_NOTHING, ours, theirs, ())
    return not attempt.conflicts


def _add_rest(tokens: dict[int, int], items: tuple[Any, ...], merged: list[Any]) -> list[int]:
    """Put the items without a token behind what is merged; return the tokens of all in their order."""
    for j, item in enumerate(items):
        if j not in tokens:
            tokens[j] = len(merged)
            merged.append(item)
    return [tokens[j] for j in range(len(items))]


def _pair_additions(tokens: dict[int, int], theirs: tuple[Any, ...], merged: list[Any], start: int) -> None:
    """Give their additions that ours has too (in `merged` from `start`) the tokens of those."""
    free = list(range(start, len(merged)))
    for j, item in enumerate(theirs):
        twin = None if j in tokens else next((n for n in free if same(merged[n], item)), None)
        if twin is not None:
            tokens[j] = twin
            free.remove(twin)
    new = [j for j in range(len(theirs)) if j not in tokens]
    alike = [(n, j) for n in free for j in new if _can_be_one(merged[n], theirs[j])]
    for n, j in alike:
        # Where it could be any of several, they are kept side by side.
        if sum(n == other for other, _ in alike) == sum(j == other for _, other in alike) == 1:
            merged[n] = _Merging({}).part(_NOTHING, merged[n], theirs[j], ())
            tokens[j] = n


def _is_in_order(pairs: Mapping[int, int]) -> bool:
    found = [pairs[i] for i in sorted(pairs)]
    return found == sorted(found)


def _interleaved(frame: list[int], others: list[int]) -> list[int]:
    """Return the tokens of one list with those of another put in behind what they stood behind there."""
    order, there, held = list(frame), set(others), set(frame)
    for n, token in enumerate(others):
        if token in held:
            continue
        place = order.index(others[n - 1]) + 1 if n else 0
        while place < len(order) and order[place] not in there:
            place += 1
        order.insert(place, token)
        held.add(token)
    return order


def _new_numbers(base: Site | None, ours: Site, theirs: Site) -> dict[str, str]:
    """Return new ids for the reports that their side added under an id that ours gave to another report."""
    old = {report.id for report in base.properties.reports} if base else set()
    mine = {report.id: report for report in ours.properties.reports if report.id not in old}
    added = {r.id: r for r in theirs.properties.reports if r.id in mine}
    clashing = {key for key, report in added.items() if not same(report, mine[key])}
    # A report that leads to one with a new number is no longer the one that ours has either.
    while more := {k for k, r in added.items() if k not in clashing and r.superseded_by in clashing}:
        clashing |= more
    free = _free_numbers(old | {r.id for site in (ours, theirs) for r in site.properties.reports})
    return {key: next(free) for key in sorted(clashing, key=_number)}


def _free_numbers(taken: set[str]) -> Any:
    """Yield ids that no version used, those behind the last one first: a number is never used again."""
    last = max(map(_number, taken))
    yield from (f"r{n}" for n in range(last + 1, _LAST_REPORT + 1))
    yield from (f"r{n}" for n in range(1, last) if f"r{n}" not in taken)


def _number(report_id: str) -> int:
    return int(report_id[1:])


def _with_numbers(site: Site, numbers: Mapping[str, str]) -> Site:
    if not numbers:
        return site
    reports = tuple(
        replace(
            report,
            id=numbers.get(report.id, report.id),
            superseded_by=report.superseded_by and numbers.get(report.superseded_by, report.superseded_by),
        )
        for report in site.properties.reports
    )
    return replace(site, properties=replace(site.properties, reports=reports))


def _with_shape(site: Site) -> Site:
    location = preferred_location(site)
    return replace(site, geometry=location.geometry if location else None)


class MergedText(msgspec.Struct, frozen=True):
    """The file that a merge leaves; both versions stand in it, between markers, where they are in conflict.

    `unreadable` says why nothing could be merged by parts.
    """

    text: bytes
    conflicts: tuple[Conflict, ...] = ()
    unreadable: str | None = None
    renumbered: Mapping[str, str] = {}

    @property
    def settled(self) -> bool:
        """Whether nothing is left to a person."""
        return not self.conflicts and self.unreadable is None


def merge_texts(base: bytes, ours: bytes, theirs: bytes) -> MergedText:
    """Merge the files of one record; `base` is empty where both sides began it.

    Only what is in conflict stands between markers, so that the file is no record until somebody decides.
    """
    try:
        versions = [_record(raw) if raw else None for raw in (base, ours, theirs)]
        common, mine, other = versions
        if mine is None or other is None:
            raise DifferentRecords("one version is empty")
        found = merge(common, mine, other)
        if found.record is not None:
            return MergedText(encode(found.record), renumbered=found.renumbered)
        sides = [_answered(common, mine, other, side) for side in ("ours", "theirs")]
    except RegistryError as error:
        return MergedText(_with_markers(ours, theirs), unreadable=str(error))
    return MergedText(_with_markers(*map(encode, sides)), found.conflicts, renumbered=found.renumbered)


def _answered(base: Any, ours: Any, theirs: Any, side: Any) -> msgspec.Struct:
    """Return the merged record with every conflict answered for one side."""
    answers: dict[str, Side] = {}
    while (merged := merge(base, ours, theirs, answers)).conflicts:
        answers |= {conflict.key: side for conflict in merged.conflicts}
    return cast("msgspec.Struct", merged.record)


def _record(raw: bytes) -> Any:
    """Read a record of any kind, told by its fields: git hands a merge driver files without their names."""
    try:
        fields = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise DifferentRecords(f"a version is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise DifferentRecords("a version is no record")
    kind = Site if "properties" in fields else Claim if "claimant" in fields else Source
    return decode_loosely(raw, kind, "version")


def _with_markers(ours: bytes, theirs: bytes) -> bytes:
    """Return two texts as one, what differs between git's markers."""
    mine, other = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    lines: list[bytes] = []
    for kind, a, b, c, d in SequenceMatcher(None, mine, other, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += mine[a:b]
        else:
            lines += [
                b"<<<<<<< ours\n",
                *_ended(mine[a:b]),
                b"=======\n",
                *_ended(other[c:d]),
                b">>>>>>> theirs\n",
            ]
    return b"".join(lines)


def _ended(lines: Iterable[bytes]) -> list[bytes]:
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines]
