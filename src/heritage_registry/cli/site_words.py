"""A site in plain words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from heritage_registry.assessed import day_seen
from heritage_registry.assessment import Assessment, Disagreement, assess
from heritage_registry.citation import cited_keys
from heritage_registry.cli.words import Lines, Words, flat, quoted, said_by, section
from heritage_registry.dates import parse
from heritage_registry.find import names_for
from heritage_registry.parts import Point
from heritage_registry.site import (
    Attribution,
    Collection,
    Event,
    Location,
    Name,
    Place,
    Protection,
    Relation,
    Report,
    Site,
    SiteType,
)
from heritage_registry.vocabulary import standing_label


class SiteWords(Words, frozen=True):
    """Says a site, a method a part of it."""

    def sections(self, site: Site) -> Iterator[Lines]:
        """Yield the lines of each section, those without a line among them."""
        p = site.properties
        yield self.site_head(site)
        yield section("Names", map(self.name, names_for(site, self.language)))
        yield section("Types", map(self.site_type, p.types))
        yield section("Whose heritage it is said to be", map(self.attribution, p.attributions))
        yield section("Locations", flat(map(self.location, p.locations)))
        yield section("Places", map(self.place, p.places))
        yield section("History", flat(map(self.event, p.history)))
        yield section("Condition reports", flat(map(self.report, sorted(p.reports, key=_seen_first))))
        yield section("What follows from them", self.derived(site, assess(site, self.registry.sources)))
        yield section("Protection", map(self.protection, p.protections))
        yield section("Collections", flat(map(self.collection, p.collections)))
        yield section("Relations", map(self.relation, p.relations))
        yield section("Identifiers", map(self.identifier, p.identifiers))
        yield section("Excerpts", [f"“{x.text}” [{x.source}]" for x in p.excerpts])
        yield section("Notes", [self.text(x.text) + self.cited(x.citations) for x in p.notes])
        sources = {key: self.registry.sources[key] for key in sorted(cited_keys(site))}
        yield section("Sources", [f"{key}: {self.reference(source)}" for key, source in sources.items()])

    def site_head(self, site: Site) -> Iterator[str]:
        """Yield what is said of the record itself."""
        p = site.properties
        yield f"{names_for(site, self.language)[0].text}  ({site.id})"
        yield f"{self.term('status', p.status)}" + (f": {p.status_reason}" if p.status_reason else "")
        if p.withdrawn:
            by = (
                f"; superseded by {self.site_name(p.withdrawn.superseded_by)}"
                if p.withdrawn.superseded_by
                else ""
            )
            yield f"Withdrawn {self.dated(p.withdrawn.date)}: {p.withdrawn.reason}{by}"
        if p.sensitivity != "open":
            yield f"Location: {self.term('sensitivity', p.sensitivity)}: {p.sensitivity_reason}"
        if p.content_notes:
            yield f"Content: {self.terms('content_note', p.content_notes)}"

    def name(self, name: Name) -> str:
        """Return a name with who uses it."""
        kind = "" if name.kind == "name" else f", {self.term('name_kind', name.kind)}"
        used = f", used by: {self.community(name.used_by)}" if name.used_by else ""
        given = f", given by {name.authority}" if name.authority else ""
        facts = f"{kind}{used}{given}{self.when(name.period)}"
        return f"{name.text} ({name.language}){facts}{self.cited(name.citations)}"

    def site_type(self, item: SiteType) -> str:
        """Return a type, with when it was one and the source's word for it."""
        facts = self.when(item.period) + quoted(item.as_stated) + self.cited(item.citations)
        return self.term("site_type", item.type) + facts

    def attribution(self, item: Attribution) -> str:
        """Return whose heritage somebody says it is or is not."""
        role = f", {self.term('attribution_role', item.role)}" if item.role else ""
        said = said_by(item.according_to) + quoted(item.as_stated) + self.cited(item.citations)
        stance = self.term("attribution_stance", item.stance)
        return f"{self.community(item.community)}: {stance}{role}{self.when(item.period)}{said}"

    def place(self, place: Place) -> str:
        """Return a settlement or unit, and who says that the site lies in it."""
        names = ", ".join(f"{name.text} ({name.language})" for name in place.names)
        said = self.when(place.period) + said_by(place.according_to) + self.cited(place.citations)
        return f"{self.term('place_level', place.level)}: {names}{said}"

    def protection(self, item: Protection) -> str:
        """Return a listing in a register."""
        reference = f", {item.reference}" if item.reference else ""
        said = said_by(item.according_to) + self.cited(item.citations)
        return f"{item.register}{reference}{self.when(item.date)}{said}"

    def collection(self, item: Collection) -> Iterator[str]:
        """Yield a collection, and what is said to have become of it."""
        count = "" if item.count is None else f", {item.count:,} {item.unit or ''}".rstrip()
        held = f", held by {item.holder}" if item.holder else ""
        yield f"{self.text(item.what)}{count}{held}{self.cited(item.citations)}"
        for fate in item.fates:
            said = self.when(fate.date) + said_by(fate.according_to)
            summary = f": {self.text(fate.summary)}" if fate.summary else ""
            yield f"  {self.term('fate', fate.fate)}{said}{summary}{self.cited(fate.citations)}"

    def relation(self, item: Relation) -> str:
        """Return how the site stands to another one."""
        reason = f": {item.reason}" if item.reason else ""
        relation = self.term("relation", item.relation)
        return f"{relation}: {self.site_name(item.site)}{reason}{self.cited(item.citations)}"

    def location(self, location: Location) -> Iterator[str]:
        """Yield where somebody says it is."""
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
        said = said_by(location.according_to) + self.cited(location.citations)
        yield f"{where}{within}: {', '.join(labels)}{said}"
        if location.stated:
            yield f"  Stated: “{location.stated}”"
        if location.reason:
            yield f"  Reason: {location.reason}"
        yield from (f"  {self.identifier(x)}" for x in location.identifiers)

    def event(self, event: Event) -> Iterator[str]:
        """Yield an event and the responses to it."""
        yield (
            (f"{self.dated(event.date)}: " if event.date else "")
            + self.term("event", event.event)
            + said_by(event.according_to)
            + quoted(event.as_stated)
            + self.cited(event.citations)
        )
        if event.summary:
            yield f"  {self.text(event.summary)}"
        yield from map(self.response, event.responses)

    def report(self, report: Report) -> Iterator[str]:
        """Yield a condition report, with who is held responsible and the responses to it."""
        when = self.dated(report.observed) if report.observed else "not dated"
        part = f", {report.part}" if report.part else ""
        yield (
            f"{report.id}  {when}{part}: {self.term('condition', report.condition)}"
            + said_by(report.according_to)
            + quoted(report.as_stated)
            + self.cited(report.citations)
        )
        certainty = (
            ""
            if report.certainty == "not_stated"
            else f", certainty: {self.term('certainty', report.certainty)}"
        )
        yield f"  Evidence: {self.term('evidence_type', report.evidence.type)}{certainty}"
        for image in report.evidence.images:
            facts = [
                self.dated(image.acquired) if image.acquired else "",
                image.sensor or "",
                image.identifier or "",
            ]
            yield f"  Image: {', '.join(filter(None, facts))}"
        yield from (f"  {line}" for line in self.report_facts(report))
        yield from map(self.responsibility, report.responsibility)
        yield from map(self.response, report.responses)

    def report_facts(self, report: Report) -> Iterator[str]:
        """Yield the facts of a report that have a line of their own."""
        if report.published:
            yield f"Published: {self.dated(report.published)}"
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

    def derived(self, site: Site, found: Assessment) -> Iterator[str]:
        """Yield what follows from the reports, with the reports it rests on."""
        shown = standing_label(found.standing, self.language)
        if found.condition is None:
            yield f"Condition: {shown}"
        else:
            only_grade = found.standing in found.condition.grades
            disagree = "" if only_grade else f"{shown}: "
            grades = self.terms("condition", found.condition.grades)
            day = day_seen(site, found.condition)
            seen = f"seen by {self.day(day)}" if day else "seen on a day not known"
            basis = f"{seen} ({', '.join(found.condition.reports)})"
            yield f"Condition: {disagree}{grades}, {basis}"
        if found.bracket:
            last = found.bracket.last_undamaged
            before = f"last seen undamaged {self.day(last)}" if last else "not seen undamaged before"
            seen = self.day(found.bracket.first_damaged)
            yield f"Damage: {before}; first seen damaged {seen} ({', '.join(found.bracket.reports)})"
        yield f"Contested: {'; '.join(dict.fromkeys(map(self.disagreement, found.disagreements))) or 'no'}"
        lines = [
            f"{line.origin} ({self.term('affiliation', line.affiliation)}; {self.party(line.party)}): "
            + ", ".join(line.reports)
            for line in found.lines
        ]
        yield f"Independent lines of evidence: {len(lines)}"
        yield from (f"  {line}" for line in lines)

    def disagreement(self, item: Disagreement) -> str:
        """Return why the site is contested."""
        if item.kind == "reports":
            return f"{' and '.join(item.reports)} cannot both hold"
        if item.kind == "attribution":
            return "a community's connection with it is denied"
        about = ", ".join(item.reports) or "history"
        element = self.term("response_element", str(item.element))
        return f"a response to {about} ({element}; {self.term('response_scope', str(item.scope))})"


def _seen_first(report: Report) -> tuple[bool, date, int]:
    """Order reports by the day by which their state had been seen, undated ones last, then by number."""
    seen = parse(report.observed) if report.observed else None
    last = (seen.latest or seen.earliest) if seen else None
    return last is None, last or date.max, int(report.id[1:])
