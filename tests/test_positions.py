"""JSON text read with the line of every value."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heritage_registry.positions import read_positions

TEXT = """\
{
  "id": "k7m2q9x4",
  "names": [
    {"text": "Şuşa",
     "language": "az"}, {
      "text": "Շուշի"
    }
  ],
  "point": [46.7,
            39.7]
}
"""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values, st.sampled_from([None, 1, "\t"]))
def test_every_json_text_is_read_as_json_reads_it(value: Any, indent: int | str | None) -> None:
    read = read_positions(json.dumps(value, indent=indent))
    assert read.readable
    assert read.problems == ()
    assert read.value == value


@settings(deadline=None)
@given(json_values)
def test_every_value_has_its_line(value: Any) -> None:
    text = json.dumps(value, indent=1)
    for field, line in read_positions(text).lines.items():
        inner = value
        for step in field:
            inner = inner[step]
        first = json.dumps(inner, indent=1).splitlines()[0]
        assert first in text.splitlines()[line - 1]


def test_a_field_begins_on_the_line_of_its_value() -> None:
    positions = read_positions(TEXT)
    assert positions.line(("id",)) == 2
    assert positions.line(("names", 0, "language")) == 5
    assert positions.line(("names", 1)) == 5
    assert positions.line(("names", 1, "text")) == 6
    assert positions.line(("point", 1)) == 10


def test_a_field_that_is_not_there_has_the_line_of_the_part_around_it() -> None:
    positions = read_positions(TEXT)
    assert positions.line(("names", 1, "citations", 0, "source")) == 5
    assert positions.line(("reports", 0)) == 1


def test_the_first_value_that_is_no_json_is_named_with_its_line() -> None:
    read = read_positions('{\n  "status": draft\n}')
    assert not read.readable
    assert read.problems == ((2, (), "is not JSON here: found 'draft'"),)


def test_line_breaks_inside_a_text_are_not_json() -> None:
    read = read_positions('{\n  "name": "Old\nMosque"\n}')
    assert read.problems[0][0] == 2
    assert "raw line break" in read.problems[0][2]
