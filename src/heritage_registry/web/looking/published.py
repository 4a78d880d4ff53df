"""The registry as everybody may see it: what readers of the app, and nobody else, are shown."""

from __future__ import annotations

from collections.abc import Mapping

from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.claim import Claim
from heritage_registry.public import public_claims, public_view
from heritage_registry.registry import Registry
from heritage_registry.site import Site
from heritage_registry.source import Source
from heritage_registry.web.looking.state import Look
from heritage_registry.web.looking.working import Desk


class PublicDesk:
    """Public views of looks at the files, and the pages that are made from them."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._made: Look | None = None
        self._whole, self._shown = _Cited(), _Cited()

    def look(self, look: Look) -> Look:
        """Return the public view of a look: no problem, no file as it is, nothing that is not published."""
        made = self._made
        if made is None or made.revision != look.revision:
            registry = self._public(look.registry)
            # Each part is named, so that a new one of a look is not handed on without a thought.
            made = self._made = Look(
                revision=look.revision,
                sources_revision=look.sources_revision,
                registry=registry,
                readable=registry,
                broken={},
                problems=(),
            )
        return made

    def _public(self, registry: Registry) -> Registry:
        """Return the published records as everybody may see them, with the sources that they cite.

        What rests on a source that cannot be read is left out: its pages would have a hole where it stands.
        """
        sources = registry.sources
        known = _with_all_origins(sources)
        sites = public_view(x for x in registry.sites.values() if self._whole.of(x) <= known)
        claims = public_claims(x for x in registry.claims.values() if self._whole.of(x) <= known)
        keys = frozenset[str]().union(*map(self._shown.of, sites), *map(self._shown.of, claims))
        return Registry(
            directory=registry.directory,
            config=registry.config,
            sites={site.id: site for site in sites},
            sources={key: sources[key] for key in sorted(with_origins(keys, sources))},
            claims={claim.id: claim for claim in claims},
        )


class _Cited:
    """The keys of the sources that records cite, worked out once for each record as it is."""

    def __init__(self) -> None:
        self._known: dict[tuple[type, str], tuple[Site | Claim, frozenset[str]]] = {}

    def of(self, record: Site | Claim) -> frozenset[str]:
        """Return the keys of a record."""
        name = (type(record), record.id)
        before = self._known.get(name)
        if before is None or before[0] is not record:
            before = self._known[name] = (record, frozenset(cited_keys(record)))
        return before[1]


def _with_all_origins(sources: Mapping[str, Source]) -> frozenset[str]:
    """Return the keys of the sources of which every step to their origin is there."""
    lacking = {key for key, source in sources.items() if not sources.keys() >= set(source.derives_from)}
    before = -1
    while len(lacking) != before:
        before = len(lacking)
        lacking |= {key for key, source in sources.items() if not lacking.isdisjoint(source.derives_from)}
    return frozenset(sources.keys() - lacking)
