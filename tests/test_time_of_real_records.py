"""Three states in time, of every real record: what was seen when, in Python and on the page alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from browser import Reader
from heritage_registry.assessed import AssessedSite, assessed_sites
from heritage_registry.assessment import UNDAMAGED, Span, observations
from heritage_registry.maps.assets import bundle
from heritage_registry.maps.page import map_page
from heritage_registry.registry import Registry, read_registry

REAL = Path(__file__).parents[1] / "sites"
A_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def real() -> Registry:
    return read_registry(REAL)


@pytest.fixture(scope="module")
def rows(real: Registry) -> list[AssessedSite]:
    return list(assessed_sites(real))


def state(spans: Sequence[Span], day: date) -> str:
    return next(span.state for span in reversed(spans) if span.start is None or span.start <= day)


def states_between(spans: Sequence[Span], after: date | None, before: date) -> set[str]:
    """Return the states of all days after one day and before another."""
    starts = {span.start for span in spans if span.start and (after is None or span.start > after)}
    first = after + A_DAY if after else date.min
    return {state(spans, day) for day in {first, *starts} if day < before}


def test_every_bracket_has_the_right_states_before_inside_and_after(rows: list[AssessedSite]) -> None:
    bracketed = [row for row in rows if row.assessment.bracket]
    assert len(bracketed) > 60
    assert sum(bool(x.assessment.bracket and x.assessment.bracket.last_undamaged) for x in bracketed) > 10
    for row in bracketed:
        found, spans = row.assessment.bracket, row.assessment.states
        assert found is not None
        on_that_day = {o.condition for o in observations(row.site) if o.day == found.first_damaged}
        is_doubted = UNDAMAGED in on_that_day
        assert state(spans, found.first_damaged) == ("unknown" if is_doubted else "damaged"), row.site.id
        assert "damaged" not in states_between(spans, None, found.first_damaged), row.site.id
        if found.last_undamaged:
            assert state(spans, found.last_undamaged) == "undamaged", row.site.id
            inside = states_between(spans, found.last_undamaged, found.first_damaged)
            assert inside <= {"unknown"}, row.site.id
        changes = [span.start for span in spans if span.start and span.start > found.first_damaged]
        if not is_doubted and (not changes or min(changes) > found.first_damaged + A_DAY):
            assert state(spans, found.first_damaged + A_DAY) == "damaged", row.site.id


def test_damage_is_shown_on_no_day_before_the_first_one_by_which_it_had_been_seen(
    rows: list[AssessedSite],
) -> None:
    for row in rows:
        seen = [o.day for o in observations(row.site) if o.settled and o.condition != UNDAMAGED]
        damaged = [span.start for span in row.assessment.states if span.state == "damaged"]
        assert None not in damaged, row.site.id
        if damaged:
            assert min(day for day in damaged if day) >= min(seen), row.site.id


def test_damage_known_only_to_be_after_some_day_is_never_shown_earlier(rows: list[AssessedSite]) -> None:
    open_ended = 0
    for row in rows:
        if any(not o.settled for o in observations(row.site)) and row.assessment.bracket is None:
            open_ended += 1
            assert "damaged" not in {span.state for span in row.assessment.states}, row.site.id
    assert open_ended > 0


_STATES = """async (asked) => {
    const meta = readMeta();
    const table = readTable(await unpack("hr-columns"), meta.columns);
    const blocks = openBlocks(meta, () => {});
    table.states = makeMoreFacets(meta, await blocks.more()).states;
    const shade = new Uint8Array(table.size);
    const numbers = new Map();
    for (let site = 0; site < table.size; site += 1) numbers.set((await blocks.names(site)).id, site);
    return asked.map(([id, day]) => {
        statesOn(table, dayNumber(day), shade);
        return SHADES[shade[numbers.get(id)]];
    });
}"""


@pytest.mark.browser
def test_the_page_shows_the_same_states_on_every_day_that_matters(
    chromium: Any, real: Registry, rows: list[AssessedSite], tmp_path: Path
) -> None:
    file = tmp_path / "map.html"
    file.write_text(map_page(real), "utf-8")
    asked: list[tuple[str, str]] = []
    expected = []
    for row in rows:
        spans, found = row.assessment.states, row.assessment.bracket
        days = {span.start for span in spans if span.start}
        days |= {day for day in (found.last_undamaged, found.first_damaged) if day} if found else set()
        for day in sorted({near for one in days for near in (one - A_DAY, one, one + A_DAY)}):
            asked.append((row.site.id, day.isoformat()))
            expected.append(f"state_{state(spans, day)}")
    assert len(asked) > 400

    reader = Reader(chromium, file).open()
    reader.page.add_script_tag(content=bundle("main.js"))
    assert reader.page.evaluate(_STATES, asked) == expected
