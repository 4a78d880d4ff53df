"""Two people changed one record: nothing either of them did is lost, and nobody is asked without need."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from msgspec.structs import replace

from conftest import CITED, claim, named, point, report, site_feature, source
from heritage_registry.claim import Claim
from heritage_registry.differences import same
from heritage_registry.form import encode
from heritage_registry.merge import DifferentRecords, Merged, merge, merge_texts
from heritage_registry.parts import Point
from heritage_registry.site import Site
from heritage_registry.source import Source
from test_differences import KINDS, made, often, seeds


def site(**fields: Any) -> Site:
    return msgspec.convert(site_feature(**fields), Site)


def merged(base: Any, ours: Any, theirs: Any) -> Any:
    """Return the properties of a merged site that nobody had to be asked about."""
    found = merge(base, ours, theirs)
    assert found.conflicts == ()
    return found.record.properties


def conflict(found: Merged) -> tuple[str, Any, Any, Any]:
    (only,) = found.conflicts
    assert found.record is None
    return only.key, only.base, only.ours, only.theirs


def test_edits_of_different_fields_of_one_report_both_survive() -> None:
    ours, theirs = report(condition="damaged"), report(observed="2022")
    (found,) = merged(site(reports=[report()]), site(reports=[ours]), site(reports=[theirs])).reports
    assert (found.condition, found.observed) == ("damaged", "2022")


def test_one_field_changed_to_two_values_is_a_conflict_with_both() -> None:
    ours, theirs = report(condition="damaged"), report(condition="no_visible_damage")
    found = merge(site(reports=[report()]), site(reports=[ours]), site(reports=[theirs]))
    assert conflict(found) == (
        "properties.reports[r1].condition",
        "destroyed",
        "damaged",
        "no_visible_damage",
    )
    assert found.conflicts[0].vocabulary == "condition"


@pytest.mark.parametrize(("side", "condition"), [("ours", "damaged"), ("theirs", "no_visible_damage")])
def test_an_answer_settles_a_conflict_and_keeps_every_other_edit(side: Any, condition: str) -> None:
    ours = site(reports=[report(condition="damaged"), report(2)])
    theirs = site(reports=[report(condition="no_visible_damage", observed="2022")])
    answers = {"properties.reports[r1].condition": side}
    found = merge(site(reports=[report()]), ours, theirs, answers).record.properties.reports
    assert [(r.id, r.condition, r.observed) for r in found] == [
        ("r1", condition, "2022"),
        ("r2", "destroyed", "2021"),
    ]


def test_what_both_sides_added_is_kept_once_where_it_is_the_same() -> None:
    ours = site(names=[named("A"), named("B"), named("C")])
    theirs = site(names=[named("A"), named("C"), named("D")])
    assert [n.text for n in merged(site(names=[named("A")]), ours, theirs).names] == ["A", "B", "C", "D"]


def test_a_name_both_added_with_a_source_each_has_both_sources() -> None:
    ours = site(names=[named("A"), named("B", citations=[{"source": "one"}])])
    theirs = site(names=[named("A"), named("B", citations=[{"source": "two"}], kind="former")])
    (_, found) = merged(site(names=[named("A")]), ours, theirs).names
    assert found.kind == "former"
    assert [c.source for c in found.citations] == ["one", "two"]


def test_a_part_removed_here_and_changed_there_is_a_conflict() -> None:
    base = site(reports=[report(), report(2)])
    found = merge(base, site(reports=[report(2)]), site(reports=[report(condition="damaged"), report(2)]))
    key, _, ours, theirs = conflict(found)
    assert (key, ours, theirs.condition) == ("properties.reports[r1]", None, "damaged")


def test_an_untouched_part_that_one_side_removed_is_gone() -> None:
    base = site(reports=[report(), report(2)])
    theirs = site(reports=[report(), report(2, condition="damaged")])
    assert [r.id for r in merged(base, site(reports=[report(2)]), theirs).reports] == ["r2"]


def test_a_field_emptied_here_and_changed_there_is_a_conflict() -> None:
    found = merge(
        site(reports=[report()]),
        site(reports=[report(observed=None)]),
        site(reports=[report(observed="2022")]),
    )
    assert conflict(found) == ("properties.reports[r1].observed", "2021", None, "2022")


def test_a_required_list_is_not_emptied_by_two_removals() -> None:
    base = site(names=[named("A"), named("B")])
    found = merge(base, site(names=[named("A")]), site(names=[named("B")]))
    assert conflict(found)[0] == "properties.names"


def test_a_new_report_of_theirs_gets_a_new_number_and_what_refers_to_it_follows() -> None:
    base = site(reports=[report(1), report(2)])
    ours = site(reports=[report(1), report(2), report(3, condition="no_visible_damage")])
    theirs = site(
        reports=[report(1, superseded_by="r3"), report(2), report(3, superseded_by="r4"), report(4)]
    )
    found = merge(base, ours, theirs)
    assert found.renumbered == {"r3": "r5"}
    reports = {r.id: (r.condition, r.superseded_by) for r in found.record.properties.reports}
    assert reports == {
        "r1": ("destroyed", "r5"),
        "r2": ("destroyed", None),
        "r3": ("no_visible_damage", None),
        "r5": ("destroyed", "r4"),
        "r4": ("destroyed", None),
    }


def test_a_report_that_leads_to_a_renumbered_one_is_not_taken_for_ours() -> None:
    ours = site(reports=[report(1, superseded_by="r2"), report(2, condition="no_visible_damage")])
    theirs = site(reports=[report(1, superseded_by="r2"), report(2)])
    found = merge(site(), ours, theirs)
    assert found.renumbered == {"r1": "r3", "r2": "r4"}
    assert [(r.id, r.superseded_by) for r in found.record.properties.reports] == [
        ("r1", "r2"),
        ("r2", None),
        ("r3", "r4"),
        ("r4", None),
    ]


def test_the_last_number_may_be_taken() -> None:
    base = site(reports=[report(9999)])
    ours = site(reports=[report(9999), report(1, condition="no_visible_damage")])
    theirs = site(reports=[report(9999), report(1)])
    assert {r.id for r in merged(base, ours, theirs).reports} == {"r9999", "r1", "r2"}


def test_the_shape_of_the_site_follows_the_merged_locations() -> None:
    moved = site(locations=[point(46.8)], notes=[])
    theirs = site(locations=[point(uncertainty_m=20)])
    found = merge(site(), moved, theirs).record
    assert found.geometry == Point(coordinates=(46.8, 39.7581))
    assert found.properties.locations[0].uncertainty_m == 20


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_two_sides_that_prefer_two_new_locations_are_asked_for_one(side: Any) -> None:
    base = site(locations=[])
    ours = site(locations=[point(46.1, stated="north of the river")])
    theirs = site(locations=[point(46.9, of="settlement", method="gazetteer", stated="by the old road")])
    found = merge(base, ours, theirs)
    key, _, mine, other = conflict(found)
    assert key == "properties.locations.standing[preferred]"
    settled = merge(base, ours, theirs, {key: side}).record
    chosen = mine if side == "ours" else other
    assert settled.geometry == chosen.geometry
    assert Counter(x.standing for x in settled.properties.locations) == {"preferred": 1, "alternative": 1}


def test_a_list_turned_round_by_one_side_stays_so_with_the_edits_of_the_other() -> None:
    base = site(reports=[report(1), report(2), report(3)])
    ours = site(reports=[report(1), report(2, condition="damaged"), report(3), report(4)])
    theirs = site(reports=[report(3), report(2), report(1)])
    assert [(r.id, r.condition) for r in merged(base, ours, theirs).reports] == [
        ("r3", "destroyed"),
        ("r4", "destroyed"),
        ("r2", "damaged"),
        ("r1", "destroyed"),
    ]


def test_a_remark_mended_on_both_sides_is_asked_about() -> None:
    def noted(text: str) -> Site:
        return site(notes=[{"text": {"en": text}, "citations": CITED}])

    found = merge(noted("The wall stands."), noted("The wall stands today."), noted("The old wall stands."))
    assert conflict(found)[0] == "properties.notes[1].text[en]"


def test_languages_of_one_text_are_parts_of_their_own() -> None:
    base = site(reports=[report(summary={"en": "Gone."})])
    ours = site(reports=[report(summary={"en": "Gone.", "hy": "Չկա։"})])
    theirs = site(reports=[report(summary={"en": "Razed.", "ru": "Нет."})])
    assert merged(base, ours, theirs).reports[0].summary == {"en": "Razed.", "hy": "Չկա։", "ru": "Нет."}


def test_authors_changed_on_both_sides_are_asked_about_as_one() -> None:
    base, ours, theirs = (
        msgspec.convert(source(author=[{"literal": x} for x in names]), Source) for names in ("A", "AB", "CA")
    )
    assert conflict(merge(base, ours, theirs))[0] == "author"


def test_a_source_begun_on_both_sides_is_merged_without_a_common_version() -> None:
    ours = msgspec.convert(source(publisher="Institute"), Source)
    theirs = msgspec.convert(source(language="en"), Source)
    found = merge(None, ours, theirs).record
    assert (found.publisher, found.language) == ("Institute", "en")


def test_claims_are_merged_too() -> None:
    ours, theirs = claim(claimant="The Institute"), claim(numerator={"as_stated": "ten", "value": 11})
    base, mine, other = (msgspec.convert(x, Claim) for x in (claim(), ours, theirs))
    found = merge(base, mine, other).record
    assert (found.claimant, found.numerator.value) == ("The Institute", 11)


def test_two_different_records_are_refused() -> None:
    with pytest.raises(DifferentRecords, match="not versions of one record"):
        merge(site(), site(), site(site_id="k7m2q9x5"))


def test_a_file_with_conflicts_holds_both_versions_between_markers_and_everything_else_merged() -> None:
    base = site(reports=[report()])
    ours, theirs = (
        site(reports=[report(condition="damaged")]),
        site(reports=[report(condition="no_visible_damage", observed="2022")]),
    )
    found = merge_texts(encode(base), encode(ours), encode(theirs))
    assert not found.settled
    text = found.text.decode()
    assert (
        '<<<<<<< ours\n        "condition": "damaged",\n=======\n'
        '        "condition": "no_visible_damage",\n>>>>>>> theirs\n' in text
    )
    assert '"observed": "2022"' in text


def test_a_file_that_is_no_record_keeps_both_texts_between_markers() -> None:
    found = merge_texts(encode(site()), encode(site()), b'{"half')
    assert not found.settled
    assert "no JSON" in str(found.unreadable)
    assert b'{"half' in found.text
    assert b"Old Mosque" in found.text


# Properties -------------------------------------------------------------------------------------------------


def versions(seed: int, count: int) -> list[Any]:
    """Return versions of one record, each with some fields of a common start and some of its own."""
    chance = random.Random(seed)
    kind = chance.choice(KINDS)
    start = _sound(made(kind, seed))
    others = [made(kind, seed + n) for n in range(1, count)]
    return [start, *(_sound(replace(_mixed(chance, start, other), id=start.id)) for other in others)]


def _sound(record: Any) -> Any:
    """Give reports ids of their own and leave one preferred location, as the checks ask for."""
    if not isinstance(record, Site):
        return record
    reports = {report.id: report for report in record.properties.reports}
    locations = tuple(replace(x, standing="alternative") for x in record.properties.locations)
    return replace(
        record,
        geometry=None,
        properties=replace(record.properties, reports=tuple(reports.values()), locations=locations),
    )


def _mixed(chance: random.Random, one: Any, other: Any) -> Any:
    """Take some fields from another part, and of lists what both have."""
    if not isinstance(one, msgspec.Struct) or type(one) is not type(other):
        return other
    values = {}
    for name in one.__struct_fields__:
        mine, new = getattr(one, name), getattr(other, name)
        match chance.randint(0, 4):
            case 0:
                values[name] = new
            case 1 if isinstance(mine, tuple) and name != "coordinates":
                values[name] = mine + new
            case 2:
                values[name] = _mixed(chance, mine, new)
            case _:
                values[name] = mine
    return replace(one, **values)


def leaves(value: Any) -> Iterator[Any]:
    """Yield every plain value below a part other than ids of reports, which may be renumbered."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in ("id", "superseded_by", "geometry"):
                yield from leaves(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        yield from value.values()
    elif value is not None:
        yield value


def canonical(record: Any) -> Any:
    """Return a record as data without any order of lists, and with reports by what they say."""

    def turned(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            names = [n for n in value.__struct_fields__ if n not in ("id", "superseded_by", "geometry")]
            return {name: turned(getattr(value, name)) for name in names}
        if isinstance(value, tuple):
            return sorted(map(turned, value), key=lambda item: msgspec.json.encode(item, order="sorted"))
        return value

    return turned(record)


@often
@given(seeds)
def test_a_side_that_changed_nothing_takes_what_the_other_did(seed: int) -> None:
    base, changed = versions(seed, 2)
    assert same(merge(base, changed, base).record, changed)
    assert same(merge(base, base, changed).record, changed)


@often
@given(seeds)
def test_sides_that_did_the_same_are_one(seed: int) -> None:
    base, changed = versions(seed, 2)
    assert same(merge(base, changed, changed).record, changed)


@often
@given(seeds)
def test_no_value_that_either_side_wrote_is_lost(seed: int) -> None:
    base, ours, theirs = versions(seed, 3)
    result = merge(base, ours, theirs)
    kept = set(leaves(result.record))
    for asked in result.conflicts:
        kept |= {*leaves(asked.ours), *leaves(asked.theirs)}
    if result.conflicts:
        answers: dict[str, Any] = {}
        while (settled := merge(base, ours, theirs, answers)).conflicts:
            answers |= {c.key: "ours" for c in settled.conflicts}
        kept |= set(leaves(settled.record))
    for side in (ours, theirs):
        assert set(leaves(side)) - set(leaves(base)) <= kept


@often
@given(seeds)
def test_the_sides_may_be_swapped(seed: int) -> None:
    base, ours, theirs = versions(seed, 3)
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert {c.key for c in one.conflicts} == {c.key for c in other.conflicts}
    assert canonical(one.record) == canonical(other.record)


@often
@given(seeds)
def test_a_merged_record_is_one_that_can_be_read(seed: int) -> None:
    base, ours, theirs = versions(seed, 3)
    for side in ("ours", "theirs"):
        answers: dict[str, Any] = {}
        while (settled := merge(base, ours, theirs, answers)).conflicts:
            answers |= {c.key: side for c in settled.conflicts}
        record = settled.record
        assert msgspec.json.decode(encode(record), type=type(record)) == record


@often
@given(seeds, seeds)
def test_edits_of_different_fields_never_ask(seed: int, choice: int) -> None:
    base, one, other = versions(seed, 3)
    holder = base.properties if isinstance(base, Site) else base
    names = [n for n in holder.__struct_fields__ if n not in ("id", "locations")]
    mine = {name for n, name in enumerate(names) if choice >> n & 1}

    def taking(record: Any, fields: set[str]) -> Any:
        part = record.properties if isinstance(record, Site) else record
        values = {name: getattr(part, name) for name in fields}
        return (
            replace(base, properties=replace(base.properties, **values))
            if isinstance(base, Site)
            else replace(base, **values)
        )

    ours, theirs = taking(one, mine), taking(other, set(names) - mine)
    result = merge(base, ours, theirs)
    assert result.conflicts == ()
    if not same(base, ours) and not same(base, theirs):
        part = result.record.properties if isinstance(base, Site) else result.record
        for name in names:
            wanted = one if name in mine else other
            wanted = wanted.properties if isinstance(wanted, Site) else wanted
            assert same(getattr(part, name), getattr(wanted, name))
