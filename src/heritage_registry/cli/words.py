"""The small words that records of every kind are told with, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from heritage_registry.dates import in_words
from heritage_registry.find import names_for
from heritage_registry.form import Texts, in_language
from heritage_registry.parts import Citation, Identifier, Response
from heritage_registry.registry import Registry
from heritage_registry.site import Responsibility
from heritage_registry.source import Source
from heritage_registry.vocabulary import vocabulary

Lines = Iterable[str]


class Words(msgspec.Struct, frozen=True):
    """Says parts of one registry's records in one language. Whoever says something is named beside it."""

    registry: Registry
    language: str

    def term(self, name: str, term_id: str) -> str:
        """Return the label of a term."""
        return vocabulary(name).label(term_id, self.language)

    def terms(self, name: str, term_ids: Iterable[str]) -> str:
        """Return the labels of several terms."""
        return ", ".join(self.term(name, term_id) for term_id in term_ids)

    def community(self, community: str) -> str:
        """Return the name of a community."""
        return self.text(self.registry.config.communities_by_id[community].label)

    def party(self, party: str) -> str:
        """Return the name of a party."""
        return self.text(self.registry.config.parties_by_id[party].label)

    def dated(self, text: str) -> str:
        """Return an EDTF date in words."""
        return in_words(text, self.language)

    def day(self, day: date) -> str:
        """Return a day in words."""
        return in_words(day.isoformat(), self.language)

    def text(self, texts: Texts) -> str:
        """Return a text in the reader's language, else in the first it has, with that language named."""
        tag, text = in_language(texts, self.language)
        return text if tag == self.language else f"{text} ({tag})"

    def cited(self, citations: Sequence[Citation]) -> str:
        """Return the citations in brackets."""
        named = ", ".join(f"{c.source}, {c.locator}" if c.locator else c.source for c in citations)
        return f" [{named}]" if named else ""

    def when(self, period: str | None) -> str:
        """Return a period behind a comma."""
        return f", {self.dated(period)}" if period else ""

    def site_name(self, site_id: str) -> str:
        """Return a name of a site with its id."""
        return f"{names_for(self.registry.sites[site_id], self.language)[0].text} ({site_id})"

    def identifier(self, identifier: Identifier) -> str:
        """Return an identifier with the list it is from."""
        match = f" ({self.term('identifier_match', identifier.match)})" if identifier.match else ""
        return f"{identifier.scheme}: {identifier.value}{match}{self.cited(identifier.citations)}"

    def responsibility(self, item: Responsibility) -> str:
        """Return who is held responsible, and by whom."""
        party = f" ({self.party(item.party)})" if item.party else ""
        kind = self.term("responsibility_kind", item.kind)
        said = said_by(item.according_to) + self.cited(item.citations)
        return f"  Responsibility: {kind}: “{item.as_stated}”{party}{said}"

    def response(self, item: Response) -> str:
        """Return what somebody answers."""
        facts = [
            self.term("response_stance", item.stance),
            self.term("response_element", item.element),
            self.term("response_scope", item.scope),
        ]
        if item.date:
            facts.append(self.dated(item.date))
        if item.party:
            facts.append(self.party(item.party))
        if item.relayed:
            facts.append("relayed by the source")
        said = self.text(item.summary) + self.cited(item.citations)
        return f"  Response of {item.according_to} ({'; '.join(facts)}): {said}"

    def reference(self, source: Source) -> str:
        """Return a source in one line, as much as a reader needs to look it up and to know who speaks."""
        who = ", ".join(a.literal or " ".join(filter(None, (a.given, a.family))) for a in source.author)
        facts = [who, source.title or "", source.container_title or "", source.publisher or ""]
        if source.issued:
            facts.append(self.dated(source.issued))
        kind, affiliation = (
            self.term("source_kind", source.kind),
            self.term("affiliation", source.affiliation),
        )
        speaker = f"{kind}; {affiliation}; {self.party(source.party)}"
        return ". ".join(filter(None, facts)) + f" ({speaker})" + (f" {source.url}" if source.url else "")


def section(title: str, lines: Lines) -> Iterator[str]:
    """Yield a title and its lines indented, or nothing where there are none."""
    for n, line in enumerate(lines):
        if n == 0:
            yield title
        yield f"  {line}"


def titled(facts: dict[str, str | None]) -> Iterator[str]:
    """Yield the facts that are there, each behind its title."""
    return (f"{title}: {text}" for title, text in facts.items() if text)


def flat(groups: Iterable[Lines]) -> Iterator[str]:
    """Yield the lines of several parts."""
    return (line for group in groups for line in group)


def said_by(speaker: str | None) -> str:
    """Return the speaker behind a comma."""
    return f", according to {speaker}" if speaker else ""


def quoted(text: str | None) -> str:
    """Return a source's own words behind a comma."""
    return f", “{text}”" if text else ""
