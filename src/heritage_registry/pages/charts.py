"""Bars of counts as plain numbers for the templates, which draw them as SVG and say every figure in text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

BAR_WIDTH = 1000
"""Width of a whole bar in the units of its picture."""


class Segment(msgspec.Struct, frozen=True):
    """One part of a bar: what it counts, how much, and where it stands in the picture."""

    group: str
    label: str
    count: int
    x: float
    width: float


def stacked(counts: Iterable[tuple[str, str, int]], whole: int | None = None) -> tuple[Segment, ...]:
    """Return the parts of a bar from (group, label, count), in the order given and without the empty ones.

    The bar's full length stands for `whole`, else for the sum of the counts.
    """
    kept: Sequence[tuple[str, str, int]] = [item for item in counts if item[2]]
    total = whole or sum(count for _, _, count in kept)
    segments: list[Segment] = []
    done = 0
    for group, label, count in kept:
        start = BAR_WIDTH * done / total
        done += count
        width = BAR_WIDTH * done / total - start
        segments.append(Segment(group, label, count, round(start, 1), round(width, 1)))
    return tuple(segments)
