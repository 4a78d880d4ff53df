"""Claims about many sites, each beside what the registry holds within its scope, and without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.comparison import OTHER_TIMES, Comparison, Tally
from heritage_registry.dates import bounds
from heritage_registry.pages.charts import Segment, stacked
from heritage_registry.pages.environment import Book
from heritage_registry.pages.words import Words


class Held(msgspec.Struct, frozen=True):
    """What the registry holds within a scope, as a bar, with the sites of each part of it."""

    tally: Tally
    bar: tuple[Segment, ...]
    sites: tuple[tuple[str, Sequence[str]], ...]


class Row(msgspec.Struct, frozen=True):
    """A claim with everything that its page sets beside it."""

    claim: Claim
    comparison: Comparison
    latest: Held
    at_claim: Held | None
    map_link: str


def claims_in_order(book: Book) -> list[Claim]:
    """Return all claims in the order of their dates, whoever makes them."""
    return sorted(book.edition.claims.values(), key=_order)


def claim_rows(book: Book) -> list[Row]:
    """Return all claims in their order, each with what stands beside it."""
    return [claim_row(book, claim) for claim in claims_in_order(book)]


def claims_page(book: Book, rows: list[Row]) -> str:
    """Return the list of all claims."""
    return book.page("claims.html", "claims/index.html", rows=rows)


def claim_page(book: Book, row: Row, most: int | None = None, **values: Any) -> str:
    """Return the page of one claim, with no more than `most` sites of each state."""
    return book.page(
        "claim.html",
        f"claims/{row.claim.id}.html",
        row=row,
        claim=row.claim,
        statement=book.words.text(row.claim.statement),
        group_label=group_label,
        most=most,
        **values,
    )


def group_label(group: str, words: Words) -> str:
    """Return what sites of a group of `comparison.GROUPS` are called."""
    return words.say(f"group.{group}") if group == OTHER_TIMES else words.standing(group)


def _order(claim: Claim) -> tuple[date, str]:
    return (bounds(claim.date)[0] or date.min if claim.date else date.max), claim.id


def claim_row(book: Book, claim: Claim) -> Row:
    """Return one claim with what stands beside it."""
    comparison = book.edition.comparisons[claim.id]
    return Row(
        claim=claim,
        comparison=comparison,
        latest=_held(book, comparison.latest),
        at_claim=_held(book, comparison.at_claim) if comparison.at_claim else None,
        map_link=map_link(comparison, book.words.language),
    )


def _held(book: Book, tally: Tally) -> Held:
    return Held(
        tally=tally,
        bar=stacked((group, group_label(group, book.words), len(ids)) for group, ids in tally.groups.items()),
        sites=tuple((group, book.in_order(ids)) for group, ids in tally.groups.items() if ids),
    )


def map_link(comparison: Comparison, language: str) -> str:
    """Return where the map shows the sites of a scope, as far as its filters can."""
    chosen = {"lang": language} | {name: ",".join(values) for name, values in comparison.filters.items()}
    return f"index.html#{urlencode(chosen, safe=',')}"
