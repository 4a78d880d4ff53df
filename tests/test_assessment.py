"""What is derived from reports that agree, disagree, correct one another or are not dated.

The records follow the shape of real ones in which sources disagree.
"""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CITED, site_feature, source
from conftest import report as report_fields
from heritage_registry.assessment import (
    Bracket,
    Disagreement,
    Span,
    assess,
    bracket,
    condition_at,
    disagreements,
    observations,
    standing,
    states,
    works_since,
)
from heritage_registry.form import decode_loosely
from heritage_registry.lines import independent_lines, origins
from heritage_registry.site import Site
from heritage_registry.source import Source

NOW = date(2024, 6, 1)


def site(*reports: dict[str, Any], **properties: Any) -> Site:
    feature = site_feature(reports=reports, **properties)
    return decode_loosely(json.dumps(feature).encode(), Site, "test")


def report(number: int, condition: str, observed: str | None, **fields: Any) -> dict[str, Any]:
    return report_fields(number, condition, observed, **fields)


def response(stance: str, element: str) -> dict[str, Any]:
    return {
        "according_to": "A ministry",
        "stance": stance,
        "element": element,
        "scope": "this_site",
        "summary": {"en": "It answers."},
        "citations": CITED,
    }


def timeline(of: Site) -> list[tuple[str | None, str]]:
    return [(span.start.isoformat() if span.start else None, span.state) for span in states(of)]


def contested(of: Site) -> list[tuple[str, ...]]:
    return [d.reports for d in disagreements(of) if d.kind == "reports"]


def grades(of: Site, day: date = NOW) -> tuple[str, ...]:
    condition = condition_at(of, day)
    return condition.grades if condition else ()


# The day by which a state was seen


@pytest.mark.parametrize(
    ("condition", "observed", "day"),
    [
        ("destroyed", "2021-01-12", "2021-01-12"),
        ("destroyed", "2021", "2021-12-31"),
        ("destroyed", "199X", "1999-12-31"),
        ("destroyed", "2004-11/2020", "2020-12-31"),
        ("destroyed", "../2020-11", "2020-11-30"),
        ("no_visible_damage", "2020-05-04", "2020-05-04"),
        ("no_visible_damage", "2020", "2020-01-01"),
        ("no_visible_damage", "1977-08/2019-05", "2019-05-01"),
        ("no_visible_damage", "2020/..", "2020-01-01"),
    ],
)
def test_a_state_counts_from_the_day_by_which_it_had_certainly_been_seen(
    condition: str, observed: str, day: str
) -> None:
    (found,) = observations(site(report(1, condition, observed)))
    assert found.day == date.fromisoformat(day)


def test_damage_without_a_last_day_counts_from_its_publication() -> None:
    for observed in ("1993-03/..", None):
        (found,) = observations(site(report(1, "destroyed", observed, published="2024-05")))
        assert (found.day, found.settled) == (date(2024, 5, 31), True)


@pytest.mark.parametrize(
    "fields",
    [
        {"observed": None},
        {"observed": "../1994", "condition": "indeterminate"},
        {"observed": "1994", "condition": "not_stated"},
        {"observed": "1994", "part": "the minaret"},
        {"observed": "1994", "superseded_by": "r2"},
        {"observed": None, "condition": "no_visible_damage", "published": "2020"},
    ],
)
def test_what_is_undated_ungraded_superseded_or_of_a_part_is_no_observation(fields: dict[str, Any]) -> None:
    usual = report(1, "destroyed", "1994") | fields
    if usual["observed"] is None:
        del usual["observed"]
    assert observations(site(usual)) == ()


# The condition at a day


def test_the_condition_is_what_was_last_seen_up_to_the_day() -> None:
    mosque = site(
        report(1, "no_visible_damage", "1977-08"),
        report(2, "damaged", "2007"),
        report(3, "destroyed", "2020-11"),
    )
    assert grades(mosque, date(1970, 1, 1)) == ()
    assert grades(mosque, date(1990, 1, 1)) == ("no_visible_damage",)
    assert grades(mosque, date(2010, 1, 1)) == ("damaged",)
    assert grades(mosque) == ("destroyed",)


def test_the_condition_names_its_age_and_its_reports() -> None:
    condition = condition_at(site(report(1, "destroyed", "2024-05-22")), NOW)
    assert condition is not None
    assert (condition.day, condition.age_days, condition.reports) == (date(2024, 5, 22), 10, ("r1",))


def test_observations_of_one_day_that_differ_stand_side_by_side() -> None:
    mosque = site(
        report(1, "destroyed", "1992/2020"),
        report(2, "severe_damage", "1992/2020"),
        report(3, "damaged", "2019"),
    )
    condition = condition_at(mosque, NOW)
    assert condition is not None
    assert condition.grades == ("severe_damage", "destroyed")
    assert condition.reports == ("r1", "r2")


def test_a_superseded_report_does_not_count() -> None:
    corrected = site(
        report(1, "destroyed", "2023-04", superseded_by="r2"), report(2, "no_visible_damage", "2023-03")
    )
    assert grades(corrected) == ("no_visible_damage",)
    assert contested(corrected) == []


# The bracket


def test_the_bracket_runs_from_last_seen_undamaged_to_first_seen_damaged() -> None:
    church = site(
        report(1, "no_visible_damage", "1998-06-10"),
        report(2, "no_visible_damage", "2001-10-07"),
        report(3, "damaged", "2003-05-01"),
        report(4, "destroyed", "2005-09-15"),
    )
    assert bracket(church) == Bracket(date(2001, 10, 7), date(2003, 5, 1), ("r2", "r3"))


def test_a_place_never_seen_undamaged_has_an_open_bracket() -> None:
    assert bracket(site(report(1, "destroyed", "2003-05-01"))) == Bracket(None, date(2003, 5, 1), ("r1",))


def test_without_damage_seen_by_a_known_day_there_is_no_bracket() -> None:
    assert bracket(site(report(1, "no_visible_damage", "2003"))) is None
    assert bracket(site(report(1, "destroyed", "1992/.."))) is None
    assert bracket(site()) is None


def test_a_place_seen_undamaged_after_its_repair_keeps_the_bracket_of_its_damage() -> None:
    mosque = site(
        report(1, "severe_damage", "2009-05-01"),
        report(2, "no_visible_damage", "2019-10-14", interventions=["restored"]),
    )
    assert bracket(mosque) == Bracket(None, date(2009, 5, 1), ("r1",))


# Three states in time


def test_before_inside_and_after_a_bracket_there_are_three_states() -> None:
    church = site(report(1, "no_visible_damage", "2001-10-07"), report(2, "destroyed", "2003-05-01"))
    assert states(church) == (
        Span(None, "undamaged", ("r1",)),
        Span(date(2001, 10, 8), "unknown", ("r1", "r2")),
        Span(date(2003, 5, 1), "damaged", ("r2",)),
    )


def test_without_observations_nothing_is_known() -> None:
    assert timeline(site()) == [(None, "unknown")]


def test_after_it_was_last_seen_undamaged_nothing_is_known() -> None:
    assert timeline(site(report(1, "no_visible_damage", "2021-06-01"))) == [
        (None, "undamaged"),
        ("2021-06-02", "unknown"),
    ]


def test_before_it_was_first_seen_damaged_nothing_is_known() -> None:
    assert timeline(site(report(1, "severe_damage", "../2004-11-12"))) == [
        (None, "unknown"),
        ("2004-11-12", "damaged"),
    ]


def test_a_report_with_only_an_after_date_never_shows_damage_earlier() -> None:
    undated_end = site(report(1, "destroyed", "1992-05/.."))
    assert timeline(undated_end) == [(None, "unknown")]
    condition = condition_at(undated_end, NOW)
    assert condition is not None
    assert (condition.grades, condition.settled) == (("destroyed",), False)
    published = site(report(1, "destroyed", "1992-05/..", published="2007-03"))
    assert timeline(published) == [(None, "unknown"), ("2007-03-31", "damaged")]


def test_a_place_seen_damaged_is_not_known_from_the_day_a_repair_begins() -> None:
    mosque = site(
        report(1, "destroyed", "1992/2020"),
        report(2, "not_stated", "2023/2024-05-10", interventions=["restored"]),
    )
    assert states(mosque)[-2:] == (
        Span(date(2020, 12, 31), "damaged", ("r1",)),
        Span(date(2023, 1, 1), "unknown", ("r2",)),
    )


def test_a_new_building_in_its_place_is_no_repair() -> None:
    church = site(
        report(1, "destroyed", "2022-07"),
        report(2, "not_stated", "2023", interventions=["replaced"]),
        history=[{"event": "replaced", "date": "2023", "citations": CITED}],
    )
    assert timeline(church) == [(None, "unknown"), ("2022-07-31", "damaged")]


def test_a_place_seen_undamaged_after_a_repair_is_undamaged_from_then_on_only() -> None:
    restored = {"event": "restored", "date": "1999", "citations": CITED}
    assert timeline(site(report(1, "no_visible_damage", "2010-05-01"), history=[restored])) == [
        (None, "unknown"),
        ("1999-12-31", "undamaged"),
        ("2010-05-02", "unknown"),
    ]


def test_damage_and_repair_and_damage_follow_one_another() -> None:
    church = site(
        report(1, "severe_damage", "1990-01-01"),
        report(2, "no_visible_damage", "2005-01-01", interventions=["reconstructed"]),
        report(3, "damaged", "2020-10-08"),
    )
    assert [state for _, state in timeline(church)] == [
        "unknown",
        "damaged",
        "undamaged",
        "unknown",
        "damaged",
    ]


def test_a_day_on_which_one_sees_damage_and_another_none_is_not_known_whoever_comes_first() -> None:
    one, other = report(1, "destroyed", "2020-11-30"), report(2, "no_visible_damage", "2020-11-30")
    assert timeline(site(one, other)) == timeline(site(other, one)) == [(None, "unknown")]


# What is contested


def test_a_place_nobody_disputes_is_not_contested() -> None:
    agreed = site(
        report(1, "no_visible_damage", "1998"),
        report(2, "damaged", "2003"),
        report(3, "severe_damage", "2010"),
        report(
            4, "destroyed", "2020", responses=[response("confirms", "fact"), response("explains", "cause")]
        ),
    )
    assert disagreements(agreed) == ()


def test_a_mosque_destroyed_by_one_and_unchanged_by_another_is_contested() -> None:
    """One source has it destroyed by 2007, one severely damaged by 2020, one unchanged until 2020."""
    mosque = site(
        report(1, "destroyed", "1992-05/2007"),
        report(2, "severe_damage", "1992/2020"),
        report(3, "no_visible_damage", "1977-08/2020"),
    )
    assert contested(mosque) == [("r1", "r3"), ("r1", "r2")]


def test_minor_damage_seen_where_others_saw_a_ruin_is_contested() -> None:
    mosque = site(report(1, "severe_damage", "2007"), report(2, "slight_damage", "1977-08/2019-05"))
    assert contested(mosque) == [("r1", "r2")]


def test_damage_of_no_stated_degree_fits_every_degree_but_none_and_all() -> None:
    for condition, fits in (
        ("slight_damage", True),
        ("severe_damage", True),
        ("no_visible_damage", False),
    ):
        pair = site(report(1, "damaged", "2007-01-01"), report(2, condition, "2019-05-01"))
        assert (contested(pair) == []) is fits, condition


def test_one_time_seen_in_two_ways_is_contested_whoever_comes_first() -> None:
    for first, second in (("no_visible_damage", "destroyed"), ("destroyed", "no_visible_damage")):
        assert len(contested(site(report(1, first, "1992/2020"), report(2, second, "1992/2020")))) == 1


def test_more_harm_seen_later_is_no_disagreement() -> None:
    assert contested(site(report(1, "no_visible_damage", "2019"), report(2, "destroyed", "2020"))) == []


@pytest.mark.parametrize(
    ("when", "excused"),
    [("2010-11", True), ("2009/2014", True), (None, True), ("1999", False), ("2021", False)],
)
def test_less_harm_seen_after_a_repair_is_no_disagreement(when: str | None, excused: bool) -> None:
    repair: dict[str, Any] = {"event": "renovated", "citations": CITED}
    if when:
        repair["date"] = when
    mosque = site(
        report(1, "severe_damage", "2007"), report(2, "no_visible_damage", "2019-05"), history=[repair]
    )
    assert (contested(mosque) == []) is excused


def test_a_destruction_since_some_time_after_a_war_and_a_later_sound_image_are_contested() -> None:
    mosque = site(report(1, "destroyed", "1992/.."), report(2, "no_visible_damage", "2004/2013"))
    assert contested(mosque) == [("r1", "r2")]


@pytest.mark.parametrize("stance", ["denies", "disputes"])
def test_a_denial_makes_a_place_contested_and_names_what_is_denied(stance: str) -> None:
    church = site(report(1, "destroyed", "2005", responses=[response(stance, "existence")]))
    assert disagreements(church) == (Disagreement("response", ("r1",), "existence", "this_site"),)


def test_a_disputed_restoration_makes_a_place_contested() -> None:
    event = {
        "event": "restored",
        "date": "2019",
        "citations": CITED,
        "responses": [response("disputes", "legality")],
    }
    assert disagreements(site(history=[event])) == (Disagreement("response", (), "legality", "this_site"),)


def test_two_communities_are_no_dispute_and_a_denied_one_is() -> None:
    tie = {"community": "armenian", "stance": "asserts", "citations": CITED}
    both = [tie, tie | {"community": "azerbaijani"}]
    assert disagreements(site(attributions=both)) == ()
    denied = [*both, tie | {"stance": "denies"}]
    assert disagreements(site(attributions=denied)) == (Disagreement("attribution", (), "attribution"),)


# Independent lines


def sources(*texts: dict[str, Any]) -> dict[str, Source]:
    found = [decode_loosely(json.dumps(text).encode(), Source, "test") for text in texts]
    return {item.id: item for item in found}


CHAIN = sources(
    source("monitor"),
    source("ministry", affiliation="government", party="azerbaijan"),
    source("agency", derives_from=["ministry"]),
    source("article", derives_from=["agency", "monitor"]),
    source("mirror", derives_from=["article"]),
)


def cites(*keys: str) -> list[dict[str, str]]:
    return [{"source": key} for key in keys]


def test_a_source_that_repeats_none_is_its_own_origin() -> None:
    assert origins("monitor", CHAIN) == {"monitor"}


def test_a_mirror_of_an_article_goes_back_to_what_the_article_repeats() -> None:
    assert origins("mirror", CHAIN) == {"ministry", "monitor"}


def test_ten_reprints_of_one_report_are_one_line() -> None:
    reprints = [source(f"reprint-{n}", derives_from=["monitor"]) for n in range(10)]
    all_sources = CHAIN | sources(*reprints)
    reports = [report(n + 1, "destroyed", "2020", citations=cites(f"reprint-{n}")) for n in range(10)]
    (line,) = independent_lines(site(*reports), all_sources)
    assert (line.origin, len(line.reports)) == ("monitor", 10)


def test_lines_name_who_speaks_and_come_in_the_order_of_their_origins() -> None:
    church = site(
        report(1, "destroyed", "2020", citations=cites("monitor", "mirror")),
        report(2, "destroyed", "2021", citations=cites("agency")),
    )
    assert [(x.origin, x.affiliation, x.party, x.reports) for x in independent_lines(church, CHAIN)] == [
        ("ministry", "government", "azerbaijan", ("r1", "r2")),
        ("monitor", "academic", "none", ("r1",)),
    ]


# Everything together

CONDITIONS = ("no_visible_damage", "slight_damage", "damaged", "destroyed", "indeterminate", "not_stated")
DATES = (
    None,
    "1988",
    "1992/..",
    "../1994",
    "1992-05/2007",
    "2004-11",
    "2004-11/2020",
    "2020-11-08",
    "[2021..]",
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(DATES)), max_size=6))
def test_the_three_states_follow_one_another_and_rest_on_reports_of_the_site(
    seen: list[tuple[str, str | None]],
) -> None:
    place = site(*(report(n, condition, when) for n, (condition, when) in enumerate(seen, start=1)))
    spans = states(place)
    assert spans[0].start is None
    starts = [span.start for span in spans[1:]]
    assert starts == sorted(set(starts), key=lambda day: day or date.min)
    assert all(a.state != b.state for a, b in itertools.pairwise(spans))
    known = {r.id for r in place.properties.reports}
    assert all(known.issuperset(span.reports) for span in spans)
    assert all(span.reports for span in spans if span.state != "unknown")
    assert spans[-1].state != "undamaged"


@settings(deadline=None)
@given(st.permutations([1, 2, 3, 4]))
def test_the_order_of_reports_in_the_record_changes_nothing(order: list[int]) -> None:
    told = {
        1: report(1, "no_visible_damage", "1988"),
        2: report(2, "damaged", "2004-11"),
        3: report(3, "destroyed", "2020-11-08"),
        4: report(4, "no_visible_damage", "2020-11-08"),
    }
    place = site(*(told[n] for n in order))
    assert timeline(place) == timeline(site(*told.values()))
    assert bracket(place) == bracket(site(*told.values()))
    assert {frozenset(pair) for pair in contested(place)} == {
        frozenset(("r2", "r4")),
        frozenset(("r3", "r4")),
    }


def test_an_assessment_holds_all_of_it() -> None:
    place = site(report(1, "no_visible_damage", "2001-10-07"), report(2, "destroyed", "2003-05-01"))
    found = assess(place, sources(source()))
    assert found.condition is not None
    assert found.condition.grades == ("destroyed",)
    assert found.bracket == bracket(place)
    assert found.states == states(place)
    assert found.disagreements == ()
    assert [line.origin for line in found.lines] == ["survey-2021"]


def test_a_site_stands_as_it_was_last_seen() -> None:
    assert (
        standing(site(report(1, "no_visible_damage", "1990"), report(2, "destroyed", "2005"))) == "destroyed"
    )


def test_a_site_whose_latest_observations_differ_stands_for_none_of_them() -> None:
    of = site(report(1, "destroyed", "2005-03-01"), report(2, "damaged", "2005-03-01"))

    assert standing(of) == "disagree"


@pytest.mark.parametrize(
    ("reports", "reason"),
    [
        ([], "none"),
        ([("not_stated", "2020", {}), ("indeterminate", "2021", {})], "none"),
        ([("destroyed", None, {})], "undated"),
        ([("damaged", "2020", {"part": "dome"})], "in_part"),
        ([("damaged", "2020", {"part": "dome"}), ("destroyed", None, {})], "undated"),
        (
            [("damaged", None, {"superseded_by": "r2"}), ("slight_damage", "2020", {"part": "roof"})],
            "in_part",
        ),
    ],
)
def test_without_an_observation_it_is_told_why(
    reports: list[tuple[str, str | None, dict[str, Any]]], reason: str
) -> None:
    of = site(*(report(n, grade, seen, **fields) for n, (grade, seen, fields) in enumerate(reports, 1)))

    assert standing(of) == reason


@pytest.mark.parametrize(
    ("seen", "grade", "works", "shown"),
    [
        ("2010", "destroyed", "2021/2023", "works_since"),
        ("2010", "no_visible_damage", "2021", "works_since"),
        ("2010", "destroyed", "2010-06", "destroyed"),
        ("2010", "no_visible_damage", "2010-06", "no_visible_damage"),
        ("2010", "destroyed", "../2023", "destroyed"),
        ("2010", "destroyed", None, "destroyed"),
        ("1992/..", "destroyed", "2021", "works_since"),
        ("2020/..", "no_visible_damage", "2021", "no_visible_damage"),
        ("2021/2022", "no_visible_damage", "2021-06", "no_visible_damage"),
    ],
)
def test_works_that_surely_began_later_take_the_place_of_an_old_grade(
    seen: str, grade: str, works: str | None, shown: str
) -> None:
    told = report(2, "not_stated", works, interventions=["restored"])

    assert standing(site(report(1, grade, seen), told)) == shown


def test_a_grade_seen_after_the_works_is_shown_again() -> None:
    told = report(2, "not_stated", "2021", interventions=["reconstructed"])

    of = site(report(1, "destroyed", "2010"), told, report(3, "no_visible_damage", "2024"))

    assert standing(of) == "no_visible_damage"
    assert works_since(of, observations(of)) == ()


def test_later_works_name_their_days_and_reports() -> None:
    event = {"event": "rebuilt", "date": "2022-05", "citations": CITED}
    of = site(
        report(1, "destroyed", "2010"),
        report(2, "not_stated", "2023", interventions=["renovated"]),
        history=[event],
    )

    found = [(works.first, works.last, works.report) for works in works_since(of, observations(of))]

    assert found == [
        (date(2022, 5, 1), date(2022, 5, 31), None),
        (date(2023, 1, 1), date(2023, 12, 31), "r2"),
    ]


def test_a_new_building_in_its_place_leaves_the_grade_of_the_old_one() -> None:
    told = report(2, "not_stated", "2021", interventions=["replaced"])

    assert standing(site(report(1, "destroyed", "2010"), told)) == "destroyed"
