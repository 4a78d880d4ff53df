"""What a check looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import msgspec

from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig
from heritage_registry.errors import Field
from heritage_registry.site import Site
from heritage_registry.source import Source


class Finding(msgspec.Struct, frozen=True):
    """A rule that a record breaks: which record (its kind's folder and id), which field, and what to do.

    `missing` is the id of another record where the message says that it is not there.
    """

    folder: str
    id: str
    field: Field
    message: str
    missing: str | None = None


class Chosen(Mapping[str, Any]):
    """Records of which rules look at some as their subject and find all the others when they ask for them."""

    def __init__(self, everything: Mapping[str, Any], chosen: Iterable[str]) -> None:
        self._everything = everything
        self._chosen = sorted(key for key in chosen if key in everything)

    def __getitem__(self, key: str) -> Any:
        return self._everything[key]

    def __contains__(self, key: object) -> bool:
        return key in self._everything

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything)

    def __len__(self) -> int:
        return len(self._everything)

    def keys(self) -> Any:
        """All keys: what a rule asks whether something is there."""
        return self._everything.keys()

    def values(self) -> Any:
        """The chosen records: what a rule walks through."""
        return [self._everything[key] for key in self._chosen]


class Records(msgspec.Struct, frozen=True):
    """All records that could be read, by id, with the registry's own data.

    `contents` are digests of what readers are shown of sites, by id, where they are known already. `values`
    has all that the records say in the fields of `checks.JUDGED`, or is None: then each record is asked.
    """

    config: RegistryConfig
    sites: Mapping[str, Site]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    contents: Mapping[str, str] = {}
    values: Mapping[str, Set[str]] | None = None

    def all(self) -> Iterator[tuple[str, Site | Source | Claim]]:
        """Yield every record with the folder of its kind."""
        for site in self.sites.values():
            yield "records", site
        for source in self.sources.values():
            yield "sources", source
        for claim in self.claims.values():
            yield "claims", claim


def of_site(site: Site, *field: str | int, say: str, missing: str | None = None) -> Finding:
    """Return a finding about a field below a site's `properties`."""
    return Finding("records", site.id, ("properties", *field), say, missing)
