"""What changed between two versions of a record, told as an editor would tell it."""

import random
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from conftest import CITED, claim, named, point, report, site_feature, source
from heritage_registry.claim import Claim
from heritage_registry.differences import Change, differences, match_items, same
from heritage_registry.parts import Citation
from heritage_registry.site import Report, Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary


def site(**fields: Any) -> Site:
    return msgspec.convert(site_feature(**fields), Site)


def told(change: Change) -> tuple[str, str]:
    """Return kind and place of a change, without the folder that everything of a site lies in."""
    steps = [s.field + (f"[{s.item}]" if s.item else "") for s in change.place if s.field != "properties"]
    return change.kind, ".".join(steps)


def test_a_changed_field_is_told_with_both_values_and_its_vocabulary() -> None:
    old, new = site(reports=[report()]), site(reports=[report(condition="damaged")])
    (change,) = differences(old, new)
    assert told(change) == ("changed", "reports[r1].condition")
    assert (change.old, change.new, change.vocabulary) == ("destroyed", "damaged", "condition")
    assert change.path == ("properties", "reports", 0, "condition")
    assert [(s.part, s.field) for s in change.place[1:]] == [
        ("SiteProperties", "reports"),
        ("Report", "condition"),
    ]


def test_reports_are_matched_by_id_however_they_are_ordered() -> None:
    old = site(reports=[report(1), report(2)])
    new = site(reports=[report(3), report(2, observed="2022"), report(1)])
    assert [told(c) for c in differences(old, new)] == [
        ("added", "reports[r3]"),
        ("changed", "reports[r2].observed"),
        ("reordered", "reports"),
    ]


def test_a_name_is_the_same_one_while_its_text_and_language_are() -> None:
    old = site(names=[named("Şuşa", "az"), named("Շուշի", "hy")])
    new = site(names=[named("Շուշի", "hy", kind="former"), named("Шуша", "ru")])
    assert [told(c) for c in differences(old, new)] == [
        ("changed", "names[Շուշի (hy)].kind"),
        ("added", "names[Шуша (ru)]"),
        ("removed", "names[Şuşa (az)]"),
    ]


def test_a_removed_part_is_given_whole_with_its_path_in_the_old_file() -> None:
    old, new = site(reports=[report(1), report(2)]), site(reports=[report(1)])
    (change,) = differences(old, new)
    assert isinstance(change.old, Report)
    assert (change.old.id, change.new, change.path) == ("r2", None, ("properties", "reports", 1))


def test_a_citation_is_the_same_one_while_its_source_is() -> None:
    cited = [{"source": "survey-2021", "locator": "p. 3"}]
    (change,) = differences(site(), site(names=[named("Old Mosque", citations=cited)]))
    assert told(change) == ("added", "names[Old Mosque (en)].citations[survey-2021].locator")


def test_a_location_moved_a_little_is_the_same_one_with_another_shape() -> None:
    elsewhere = point(46.0, 39.5, standing="alternative", method="map", of="settlement")
    old, new = site(locations=[point(), elsewhere]), site(locations=[elsewhere, point(46.7513)])
    assert [told(c) for c in differences(old, new)] == [
        ("changed", "locations[1].geometry"),
        ("reordered", "locations"),
    ]


def test_the_shape_of_a_site_is_not_told_beside_the_location_it_follows_from() -> None:
    assert {told(c)[1] for c in differences(site(), site(locations=[]))} == {"locations[1]"}


def test_a_text_is_told_language_by_language() -> None:
    old = site(reports=[report(summary={"en": "Gone.", "ru": "Нет."})])
    new = site(reports=[report(summary={"en": "Razed.", "hy": "Չկա։"})])
    assert [told(c) for c in differences(old, new)] == [
        ("changed", "reports[r1].summary[en]"),
        ("added", "reports[r1].summary[hy]"),
        ("removed", "reports[r1].summary[ru]"),
    ]


def test_a_default_that_the_file_leaves_out_is_told_as_the_value_it_is() -> None:
    (change,) = [
        c for c in differences(site(), site(sensitivity="withheld")) if c.place[-1].field == "sensitivity"
    ]
    assert (change.kind, change.old, change.new) == ("changed", "open", "withheld")


def test_causes_are_told_one_by_one() -> None:
    old = site(reports=[report(causes=["shelling", "fire"])])
    new = site(reports=[report(causes=["fire", "vandalism"])])
    changes = differences(old, new)
    assert [(c.kind, c.old or c.new, c.vocabulary) for c in changes] == [
        ("added", "vandalism", "cause"),
        ("removed", "shelling", "cause"),
    ]


def test_authors_are_one_statement() -> None:
    old = msgspec.convert(source(author=[{"literal": "A"}]), Source)
    new = msgspec.convert(source(author=[{"literal": "B"}, {"literal": "A"}]), Source)
    assert [told(c) for c in differences(old, new)] == [("changed", "author")]


def test_fields_are_named_as_in_the_file() -> None:
    old, new = msgspec.convert(source(), Source), msgspec.convert(source(URL="https://example.org"), Source)
    assert [told(c) for c in differences(old, new)] == [("added", "URL")]


def test_a_claims_number_is_told_as_its_parts() -> None:
    old = msgspec.convert(claim(), Claim)
    new = msgspec.convert(claim(numerator={"as_stated": "eleven", "value": 11}), Claim)
    assert [told(c)[1] for c in differences(old, new)] == ["numerator.as_stated", "numerator.value"]


def test_a_repeated_item_is_matched_once() -> None:
    one = Citation(source="a")
    assert match_items([one, one], [one]) == {0: 0}
    assert match_items([one], [Citation(source="b"), one, one]) == {0: 1}


def test_one_and_one_point_nothing_are_written_differently() -> None:
    assert not same(1, 1.0)
    assert same({"en": "a", "ru": "b"}, {"ru": "b", "en": "a"})


KINDS = (Site, Source, Claim)
WORDS = ("Şuşa", "Շուշի", "The wall stands.", "The wall fell.", "p. 3", "survey-2021")


def made(kind: type, seed: int) -> Any:
    """Return a record of a class made by chance of few words, so that versions of it often agree or clash."""
    return _made(inspect.type_info(kind), random.Random(seed))


def _made(expected: inspect.Type, chance: random.Random) -> Any:  # noqa: PLR0911, PLR0912 - a line for each kind of type
    match expected:
        case inspect.Metadata():
            vocabulary_name = (expected.extra or {}).get("vocabulary")
            if vocabulary_name:
                return chance.choice(vocabulary(vocabulary_name).ids[:3])
            return _made(expected.type, chance)
        case inspect.StructType():
            fields = [f for f in expected.fields if f.required or chance.random() < 0.4]
            return expected.cls(**{f.name: _made(f.type, chance) for f in fields})
        case inspect.UnionType():
            return _made(chance.choice(expected.types), chance)
        case inspect.VarTupleType():
            least = expected.min_length or 0
            count = chance.randint(least, max(least, 3))
            return tuple(_made(expected.item_type, chance) for _ in range(count))
        case inspect.TupleType():
            return tuple(_made(item, chance) for item in expected.item_types)
        case inspect.DictType():
            return {
                tag: chance.choice(WORDS) for tag in chance.sample(("en", "hy", "az"), chance.randint(1, 2))
            }
        case inspect.LiteralType():
            return chance.choice(expected.values)
        case inspect.IntType():
            return chance.randint(1, 3)
        case inspect.FloatType():
            return float(chance.randint(0, 3))
        case inspect.BoolType():
            return chance.random() < 0.5
        case inspect.NoneType():
            return None
        case inspect.StrType():
            return _text_for(expected.pattern or "", chance)
        case _:
            raise TypeError(f"nothing is made for {expected}")


def _text_for(pattern: str, chance: random.Random) -> str:
    """Return one of a few texts that a pattern allows."""
    found = [
        text
        for text in (
            *WORDS,
            "r1",
            "r2",
            "r3",
            "hy",
            "2021",
            "1994",
            "https://example.org",
            "armenian",
            "a" * 64,
            "k7m2q9x4",
            "10.1000/182",
        )
        if re.search(pattern, text)
    ]
    return chance.choice(found)


seeds = st.integers(0, 10**9)
often = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("kind", KINDS)
@often
@given(seeds)
def test_a_record_does_not_differ_from_itself(kind: Any, seed: int) -> None:
    assert differences(made(kind, seed), made(kind, seed)) == ()


@pytest.mark.parametrize("kind", KINDS)
@often
@given(seeds, seeds)
def test_two_records_that_are_written_differently_differ(kind: Any, one: int, other: int) -> None:
    old, new = made(kind, one), made(kind, other)
    assert differences(old, new) or same(old, new)


def test_long_lists_are_compared_in_time() -> None:
    notes = [{"text": {"en": f"Remark number {n}"}, "citations": CITED} for n in range(1500)]
    others = [{"text": {"en": f"Other words {n}"}, "citations": CITED} for n in range(1500)]
    assert len(differences(site(notes=notes), site(notes=others))) >= 1500
