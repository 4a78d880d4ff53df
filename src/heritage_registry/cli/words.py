"""A record in plain words, for a terminal: whoever says something is named beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from heritage_registry.assessment import Assessment, Disagreement, assess
from heritage_registry.claim import Claim, Quantity
from heritage_registry.dates import in_words, parse
from heritage_registry.find import names_for
from heritage_registry.form import Texts
from heritage_registry.parts import Citation, Identifier, Point, Response
from heritage_registry.registry import AnyRecord, Registry
from heritage_registry.site import Event, Location, Name, Report, Responsibility, Site
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary
from heritage_registry.walk import parts

Lines = Iterable[str]


def record_text(record: AnyRecord, registry: Registry, language: str) -> str:
    """Return everything a record says, as paragraphs of lines."""
    words = _Words(registry, language)
    match record:
        case Site():
            sections = words.site(record)
        case Source():
            sections = words.source(record)
        case Claim():
            sections = words.claim(record)
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


class _Words(msgspec.Struct, frozen=True):
    """Says things of one registry in one language; a method a part of a record."""

    registry: Registry
    language: str

    # -- small words

    def term(self, name: str, term_id: str) -> str:
        return vocabulary(name).label(term_id, self.language)

    def terms(self, name: str, term_ids: Iterable[str]) -> str:
        return ", ".join(self.term(name, term_id) for term_id in term_ids)

    def community(self, community: str) -> str:
        return self.text(self.registry.config.community_ids[community].label)

    def party(self, party: str) -> str:
        return self.text(self.registry.config.party_ids[party].label)

    def date(self, text: str) -> str:
        return in_words(text, self.language)

    def day(self, day: date) -> str:
        return in_words(day.isoformat(), self.language)

    def text(self, texts: Texts) -> str:
        """Return a text in the reader's language, else in the first it has, with that language named."""
        if self.language in texts:
            return texts[self.language]
        tag, text = next(iter(texts.items()))
        return f"{text} ({tag})"

    def cited(self, citations: Sequence[Citation]) -> str:
        named = ", ".join(f"{c.source}, {c.locator}" if c.locator else c.source for c in citations)
        return f" [{named}]" if named else ""

    # -- a site

    def site(self, site: Site) -> Iterator[Lines]:
        p = site.properties
        yield self.site_head(site)
        yield _section("Names", map(self.name, names_for(site, self.language)))
        yield _section("Types", [self.term("site_type", t.type) + self.when(t.period) + _quoted(t.as_stated) + self.cited(t.citations) for t in p.types])
        yield _section("Whose heritage it is said to be", [
            f"{self.community(a.community)}: {self.term('attribution_stance', a.stance)}"
            + (f", {self.term('attribution_role', a.role)}" if a.role else "")
            + self.when(a.period) + _said_by(a.according_to) + _quoted(a.as_stated) + self.cited(a.citations)
            for a in p.attributions
        ])
        yield _section("Locations", _flat(map(self.location, p.locations)))
        yield _section("Places", [
            f"{self.term('place_level', x.level)}: " + ", ".join(f"{n.text} ({n.language})" for n in x.names)
            + self.when(x.period) + _said_by(x.according_to) + self.cited(x.citations)
            for x in p.places
        ])
        yield _section("History", _flat(map(self.event, p.history)))
        yield _section("Condition reports", _flat(map(self.report, sorted(p.reports, key=_seen_first))))
        yield _section("What follows from them", self.derived(site, assess(site, self.registry.sources)))
        yield _section("Protection", [
            x.register + (f", {x.reference}" if x.reference else "") + self.when(x.date) + _said_by(x.according_to) + self.cited(x.citations)
            for x in p.protections
        ])
        yield _section("Collections", _flat(
            [
                self.text(x.what) + (f", {x.count:,} {x.unit or ''}".rstrip() if x.count is not None else "")
                + (f", held by {x.holder}" if x.holder else "") + self.cited(x.citations),
                *(
                    f"  {self.term('fate', f.fate)}" + self.when(f.date) + _said_by(f.according_to)
                    + (f": {self.text(f.summary)}" if f.summary else "") + self.cited(f.citations)
                    for f in x.fates
                ),
            ]
            for x in p.collections
        ))
        yield _section("Relations", [
            f"{self.term('relation', x.relation)}: {self.site_name(x.site)}" + (f": {x.reason}" if x.reason else "") + self.cited(x.citations)
            for x in p.relations
        ])
        yield _section("Identifiers", map(self.identifier, p.identifiers))
        yield _section("Excerpts", [f"“{x.text}” [{x.source}]" for x in p.excerpts])
        yield _section("Notes", [self.text(x.text) + self.cited(x.citations) for x in p.notes])
        cited = {part.source for part in parts(site) if isinstance(part, Citation)}
        yield _section("Sources", [f"{key}: {self.reference(self.registry.sources[key])}" for key in sorted(cited)])

    def site_head(self, site: Site) -> Iterator[str]:
        p = site.properties
        yield f"{names_for(site, self.language)[0].text}  ({site.id})"
        yield f"{self.term('status', p.status)}" + (f": {p.status_reason}" if p.status_reason else "")
        if p.withdrawn:
            by = f"; superseded by {self.site_name(p.withdrawn.superseded_by)}" if p.withdrawn.superseded_by else ""
            yield f"Withdrawn {self.date(p.withdrawn.date)}: {p.withdrawn.reason}{by}"
        if p.sensitivity != "open":
            yield f"Location: {self.term('sensitivity', p.sensitivity)}: {p.sensitivity_reason}"
        if p.content_notes:
            yield f"Content: {self.terms('content_note', p.content_notes)}"

    def site_name(self, site_id: str) -> str:
        return f"{names_for(self.registry.sites[site_id], self.language)[0].text} ({site_id})"

    def name(self, name: Name) -> str:
        kind = "" if name.kind == "name" else f", {self.term('name_kind', name.kind)}"
        used = f", used by: {self.community(name.used_by)}" if name.used_by else ""
        given = f", given by {name.authority}" if name.authority else ""
        return f"{name.text} ({name.language}){kind}{used}{given}{self.when(name.period)}{self.cited(name.citations)}"

    def location(self, location: Location) -> Iterator[str]:
        where = "no shape"
        if isinstance(location.geometry, Point):
            longitude, latitude = location.geometry.coordinates
            where = f"{longitude} E, {latitude} N"
        elif location.geometry:
            where = type(location.geometry).__name__
        within = f", within {location.uncertainty_m:,} m" if location.uncertainty_m else ""
        labels = [
            self.term("location_of", location.of),
            self.term("location_method", location.method),
            self.term("location_standing", location.standing),
        ]
        yield f"{where}{within}: {', '.join(labels)}{_said_by(location.according_to)}{self.cited(location.citations)}"
        if location.stated:
            yield f"  Stated: “{location.stated}”"
        if location.reason:
            yield f"  Reason: {location.reason}"
        yield from (f"  {self.identifier(x)}" for x in location.identifiers)

    def identifier(self, identifier: Identifier) -> str:
        match = f" ({self.term('identifier_match', identifier.match)})" if identifier.match else ""
        return f"{identifier.scheme}: {identifier.value}{match}{self.cited(identifier.citations)}"

    def event(self, event: Event) -> Iterator[str]:
        yield (
            (f"{self.date(event.date)}: " if event.date else "")
            + self.term("event", event.event) + _said_by(event.according_to) + _quoted(event.as_stated) + self.cited(event.citations)
        )
        if event.summary:
            yield f"  {self.text(event.summary)}"
        yield from map(self.response, event.responses)

    def report(self, report: Report) -> Iterator[str]:
        when = self.date(report.observed) if report.observed else "not dated"
        part = f", {report.part}" if report.part else ""
        yield (
            f"{report.id}  {when}{part}: {self.term('condition', report.condition)}"
            + _said_by(report.according_to) + _quoted(report.as_stated) + self.cited(report.citations)
        )
        certainty = "" if report.certainty == "not_stated" else f", certainty: {self.term('certainty', report.certainty)}"
        yield f"  Evidence: {self.term('evidence_type', report.evidence.type)}{certainty}"
        for image in report.evidence.images:
            facts = [self.date(image.acquired) if image.acquired else "", image.sensor or "", image.identifier or ""]
            yield f"  Image: {', '.join(filter(None, facts))}"
        yield from (f"  {line}" for line in self.report_facts(report))
        yield from map(self.responsibility, report.responsibility)
        yield from map(self.response, report.responses)

    def report_facts(self, report: Report) -> Iterator[str]:
        if report.published:
            yield f"Published: {self.date(report.published)}"
        if report.date_as_stated:
            yield f"Date as stated: “{report.date_as_stated}”"
        if report.scheme:
            yield f"Scale of the source: {report.scheme}"
        if report.extent:
            yield f"Extent: {self.term('extent', report.extent)}"
        for title, name, values in (
            ("Causes", "cause", report.causes),
            ("Effects", "effect", report.effects),
            ("Interventions", "intervention", report.interventions),
        ):
            if values:
                yield f"{title}: {self.terms(name, values)}"
        for threat in report.threats:
            cause = f", {self.term('cause', threat.cause)}" if threat.cause else ""
            summary = f": {self.text(threat.summary)}" if threat.summary else ""
            yield f"Threat: {self.term('threat_likelihood', threat.likelihood)}{cause}{summary}"
        if report.summary:
            yield self.text(report.summary)
        if report.context:
            yield f"Context: {self.text(report.context)}"
        if report.superseded_by:
            yield f"Superseded by {report.superseded_by}"

    def responsibility(self, item: Responsibility) -> str:
        party = f" ({self.party(item.party)})" if item.party else ""
        kind = self.term("responsibility_kind", item.kind)
        return f"  Responsibility: {kind}: “{item.as_stated}”{party}{_said_by(item.according_to)}{self.cited(item.citations)}"

    def response(self, item: Response) -> str:
        facts = [
            self.term("response_stance", item.stance),
            self.term("response_element", item.element),
            self.term("response_scope", item.scope),
        ]
        if item.date:
            facts.append(self.date(item.date))
        if item.party:
            facts.append(self.party(item.party))
        if item.relayed:
            facts.append("relayed by the source")
        return f"  Response of {item.according_to} ({'; '.join(facts)}): {self.text(item.summary)}{self.cited(item.citations)}"

    def derived(self, site: Site, found: Assessment) -> Iterator[str]:
        if found.condition is None:
            yield "Condition: nobody has graded and dated it"
        else:
            disagree = "observations disagree: " if len(found.condition.grades) > 1 else ""
            grades = self.terms("condition", found.condition.grades)
            yield f"Condition: {disagree}{grades}, seen by {self.day(found.condition.day)} ({', '.join(found.condition.reports)})"
        if found.bracket:
            last = found.bracket.last_undamaged
            before = f"last seen undamaged {self.day(last)}" if last else "not seen undamaged before"
            seen = self.day(found.bracket.first_damaged)
            yield f"Damage: {before}; first seen damaged {seen} ({', '.join(found.bracket.reports)})"
        yield f"Contested: {'; '.join(dict.fromkeys(map(self.disagreement, found.disagreements))) or 'no'}"
        lines = [
            f"{line.origin} ({self.term('affiliation', line.affiliation)}; {self.party(line.party)}): {', '.join(line.reports)}"
            for line in found.lines
        ]
        yield f"Independent lines of evidence: {len(lines)}"
        yield from (f"  {line}" for line in lines)

    def disagreement(self, item: Disagreement) -> str:
        if item.kind == "reports":
            return f"{' and '.join(item.reports)} cannot both hold"
        if item.kind == "attribution":
            return "a community's connection with it is denied"
        about = ", ".join(item.reports) or "history"
        element = self.term("response_element", str(item.element))
        return f"a response to {about} ({element}; {self.term('response_scope', str(item.scope))})"

    def when(self, period: str | None) -> str:
        return f", {self.date(period)}" if period else ""

    # -- a source

    def reference(self, source: Source) -> str:
        """Return a source in one line, as much as a reader needs to look it up and to know who speaks."""
        who = ", ".join(a.literal or " ".join(filter(None, (a.given, a.family))) for a in source.author)
        facts = [who, source.title or "", source.container_title or "", source.publisher or ""]
        if source.issued:
            facts.append(self.date(source.issued))
        speaker = f"{self.term('source_kind', source.kind)}; {self.term('affiliation', source.affiliation)}; {self.party(source.party)}"
        return ". ".join(filter(None, facts)) + f" ({speaker})" + (f" {source.url}" if source.url else "")

    def source(self, source: Source) -> Iterator[Lines]:
        yield [source.id, self.reference(source)]
        yield _titled({
            "Type": source.type,
            "Language": source.language,
            "Read at": source.read_at,
            "Accessed": self.date(source.accessed) if source.accessed else None,
            "Version": source.version,
            "Access": source.access,
            "Note": source.note,
        })
        yield _section("Repeats", source.derives_from)
        yield _section("Kept copies", [f"{x.url}, {self.date(x.captured)}" + (f", SHA-256 {x.sha256}" if x.sha256 else "") for x in source.archived])
        yield _section("Notes", [self.text(x.text) + self.cited(x.citations) for x in source.notes])
        yield _section("Cited by", [
            self.site_name(site.id)
            for site in self.registry.sites.values()
            if any(isinstance(part, Citation) and part.source == source.id for part in parts(site))
        ])

    # -- a claim

    def claim(self, claim: Claim) -> Iterator[Lines]:
        speaker = claim.claimant + (f" ({self.party(claim.party)})" if claim.party else "") + _said_by(claim.according_to)
        yield [f"{speaker}{self.when(claim.date)}  ({claim.id})", self.text(claim.statement) + self.cited(claim.citations)]
        yield _titled({
            "Status": self.term("status", claim.status) + (f": {claim.status_reason}" if claim.status_reason else ""),
            "Count": self.quantities(claim.numerator, claim.denominator, claim.unit),
            "Types": self.terms("site_type", claim.scope.types),
            "Communities": ", ".join(map(self.community, claim.scope.communities)),
            "Places": ", ".join(claim.scope.places),
            "Period": self.date(claim.scope.period) if claim.scope.period else None,
            "Scope as stated": claim.scope.as_stated,
            "Meaning": self.text(claim.meaning) if claim.meaning else None,
        })
        yield _section("Breakdown", [f"{row.label}: {self.quantities(row.numerator, row.denominator, row.unit)}" for row in claim.breakdown])
        yield _section("Responsibility", [self.responsibility(x).strip() for x in claim.responsibility])
        yield _section("Relations", [
            f"{self.term('claim_relation', x.relation)}: {x.claim}" + (f": {x.reason}" if x.reason else "") for x in claim.relations
        ])
        yield _section("Responses", [self.response(x).strip() for x in claim.responses])
        yield _section("Notes", [self.text(x.text) + self.cited(x.citations) for x in claim.notes])

    def quantities(self, numerator: Quantity | None, denominator: Quantity | None, unit: str | None) -> str:
        of = " of ".join(q.as_stated for q in (numerator, denominator) if q)
        return f"{of} {unit or ''}".strip()


def _section(title: str, lines: Lines) -> Iterator[str]:
    """Yield a title and its lines indented, or nothing where there are none."""
    for n, line in enumerate(lines):
        if n == 0:
            yield title
        yield f"  {line}"


def _titled(facts: dict[str, str | None]) -> Iterator[str]:
    return (f"{title}: {text}" for title, text in facts.items() if text)


def _flat(groups: Iterable[Lines]) -> Iterator[str]:
    return (line for group in groups for line in group)


def _said_by(speaker: str | None) -> str:
    return f", according to {speaker}" if speaker else ""


def _quoted(text: str | None) -> str:
    return f", “{text}”" if text else ""


def _seen_first(report: Report) -> tuple[bool, date, int]:
    """Order reports by the first day their state can have been seen, undated ones last, then by number."""
    seen = parse(report.observed) if report.observed else None
    first = (seen.earliest or seen.latest) if seen else None
    return first is None, first or date.max, int(report.id[1:])
