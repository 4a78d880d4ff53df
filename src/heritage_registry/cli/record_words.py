"""A record in plain words: sources and claims here, sites in `site_words`."""

from __future__ import annotations

from collections.abc import Iterator

from heritage_registry.citation import cited_keys
from heritage_registry.claim import Claim, Quantity
from heritage_registry.cli.site_words import SiteWords
from heritage_registry.cli.words import Lines, Words, said_by, section, titled
from heritage_registry.registry import AnyRecord, Registry
from heritage_registry.site import Site
from heritage_registry.source import Source


def record_text(record: AnyRecord, registry: Registry, language: str) -> str:
    """Return everything a record says, as paragraphs of lines."""
    match record:
        case Site():
            sections = SiteWords(registry, language).sections(record)
        case Source():
            sections = _SourceWords(registry, language).sections(record)
        case Claim():
            sections = _ClaimWords(registry, language).sections(record)
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


class _SourceWords(Words, frozen=True):
    """Says a source."""

    def sections(self, source: Source) -> Iterator[Lines]:
        """Yield the lines of each section."""
        yield [source.id, self.reference(source)]
        yield titled(
            {
                "Type": source.type,
                "Language": source.language,
                "Read at": source.read_at,
                "Accessed": self.dated(source.accessed) if source.accessed else None,
                "Version": source.version,
                "Access": source.access,
                "Note": source.note,
            }
        )
        yield section("Repeats", source.derives_from)
        yield section(
            "Kept copies",
            [
                f"{x.url}, {self.dated(x.captured)}" + (f", SHA-256 {x.sha256}" if x.sha256 else "")
                for x in source.archived
            ],
        )
        yield section("Notes", [self.text(x.text) + self.cited(x.citations) for x in source.notes])
        yield section(
            "Cited by",
            [
                self.site_name(site.id)
                for site in self.registry.sites.values()
                if source.id in cited_keys(site)
            ],
        )


class _ClaimWords(Words, frozen=True):
    """Says a claim."""

    def sections(self, claim: Claim) -> Iterator[Lines]:
        speaker = (
            claim.claimant
            + (f" ({self.party(claim.party)})" if claim.party else "")
            + said_by(claim.according_to)
        )
        yield [
            f"{speaker}{self.when(claim.date)}  ({claim.id})",
            self.text(claim.statement) + self.cited(claim.citations),
        ]
        yield titled(
            {
                "Status": self.term("status", claim.status)
                + (f": {claim.status_reason}" if claim.status_reason else ""),
                "Count": self.quantities(claim.numerator, claim.denominator, claim.unit),
                "Types": self.terms("site_type", claim.scope.types),
                "Communities": ", ".join(map(self.community, claim.scope.communities)),
                "Places": ", ".join(claim.scope.places),
                "Period": self.dated(claim.scope.period) if claim.scope.period else None,
                "Scope as stated": claim.scope.as_stated,
                "Meaning": self.text(claim.meaning) if claim.meaning else None,
            }
        )
        yield section(
            "Breakdown",
            [
                f"{row.label}: {self.quantities(row.numerator, row.denominator, row.unit)}"
                for row in claim.breakdown
            ],
        )
        yield section("Responsibility", [self.responsibility(x).strip() for x in claim.responsibility])
        yield section(
            "Relations",
            [
                f"{self.term('claim_relation', x.relation)}: {x.claim}"
                + (f": {x.reason}" if x.reason else "")
                for x in claim.relations
            ],
        )
        yield section("Responses", [self.response(x).strip() for x in claim.responses])
        yield section("Notes", [self.text(x.text) + self.cited(x.citations) for x in claim.notes])

    def quantities(self, numerator: Quantity | None, denominator: Quantity | None, unit: str | None) -> str:
        """Return the numbers in the words of the claim."""
        of = " of ".join(q.as_stated for q in (numerator, denominator) if q)
        return f"{of} {unit or ''}".strip()
