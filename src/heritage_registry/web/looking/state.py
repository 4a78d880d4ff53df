"""The registry as its files are now: what cannot be read or breaks a rule becomes problems beside the rest.

Nothing is believed without a look: every call asks what happened to the files (see `shelf`).
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from heritage_registry.checks import run_checks
from heritage_registry.citation import cited_keys
from heritage_registry.claim import Claim
from heritage_registry.config import RegistryConfig, read_config
from heritage_registry.errors import Problem, RegistryError
from heritage_registry.findings import Chosen, Finding, Records
from heritage_registry.positions import read_positions
from heritage_registry.registry import KINDS, PROPOSED, Registry, findings_of_proposals, record_path
from heritage_registry.site import Site
from heritage_registry.web.looking.shelf import ALL_KINDS, Changes, Key, Shelf


class Look(msgspec.Struct, frozen=True):
    """The registry at one moment.

    `revision` grows with every change and `sources_revision` with every change of a source. `broken` holds
    the problems of records that cannot be shown, by folder and id; `problems` all there are. `registry` holds
    the records that can be shown, `readable` also those that break a rule.
    """

    revision: int
    sources_revision: int
    registry: Registry
    readable: Registry
    broken: Mapping[Key, tuple[Problem, ...]]
    problems: tuple[Problem, ...]


class RegistryState:
    """A registry's folder, looked at again for every page.

    Where `asks_system`, the system tells what changed if it can; else every file is asked every time; the
    number of files decides where it is not given.
    """

    def __init__(self, directory: Path, *, asks_system: bool | None = None) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._config_state: tuple[int, ...] | None = None
        self._config: RegistryConfig | None = None
        self._shelf = Shelf(directory, asks_system=asks_system)
        self._findings: dict[Key, list[Finding]] = {}
        self._look: Look | None = None
        self._revision = self._sources_revision = 0

    def look(self) -> Look:
        """Return the registry as it is now. Raises `NotARegistry` while `registry.toml` cannot be used."""
        with self._lock:
            if self._look is None:
                return self._first_look()
            try:
                return self._look_again()
            except RegistryError:
                raise
            except BaseException:
                self._look = None  # what changed was taken note of in part: check everything the next time
                raise

    def _first_look(self) -> Look:
        # All these objects stay: a search for garbage among them doubles the time.
        gc.disable()
        try:
            return self._look_again()
        finally:
            gc.enable()
            gc.freeze()

    def _look_again(self) -> Look:
        config, new_config = self._read_config()
        changes = self._shelf.update()
        if self._look and not (new_config or changes):
            return self._look
        registry = self._registry(config)
        if self._look is None:
            self._check_all(replace(_records(registry), contents=changes.contents, values=changes.values))
        elif new_config:
            self._check_all(_records(registry))
        else:
            self._check(registry, changes)
        self._check_proposals(registry)
        touched = changes.changed | changes.removed
        self._look = self._made(registry, sources_changed=any(folder == "sources" for folder, _ in touched))
        return self._look

    def _read_config(self) -> tuple[RegistryConfig, bool]:
        path = self.directory / "registry.toml"
        found = path.stat() if path.is_file() else None
        state = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino) if found else None
        if self._config is not None and state == self._config_state:
            return self._config, False
        self._config = None
        self._config, self._config_state = read_config(self.directory), state
        return self._config, True

    def _registry(self, config: RegistryConfig) -> Registry:
        groups: dict[str, Any] = self._shelf.records
        proposals: dict[str, Site | Claim] = {}
        for kind in PROPOSED:
            proposals |= groups[kind.folder]
        found = Registry(self.directory, config, *(groups[kind.folder] for kind in KINDS))
        return replace(found, proposals=proposals)

    def _check_all(self, records: Records) -> None:
        self._findings = {}
        self._note(run_checks(records))

    def _check(self, registry: Registry, changes: Changes) -> None:
        """Run the rules on what changed, and on what a rule may say something else of because of it."""
        # A record that was found wrong may be right now: what it points at may have come.
        again = changes.changed | changes.removed | self._findings.keys()
        again |= set(_pointing_at(changes.removed, registry))
        if any(folder == "sources" for folder, _ in again):
            again |= {("sources", key) for key in registry.sources}  # rings of derivations
        for key in again:
            self._findings.pop(key, None)
        groups: list[Any] = [
            Chosen(records, [name for folder, name in again if folder == kind.folder])
            for kind, records in zip(
                KINDS, (registry.sites, registry.sources, registry.claims), strict=True
            )
        ]  # fmt: skip
        self._note(run_checks(Records(registry.config, *groups)))

    def _check_proposals(self, registry: Registry) -> None:
        for key in [key for key in self._findings if key[0].startswith("proposed/")]:
            del self._findings[key]
        self._note(findings_of_proposals(_records(registry), registry.proposals), "proposed/")

    def _note(self, findings: Iterable[Finding], above: str = "") -> None:
        for finding in findings:
            self._findings.setdefault((above + finding.folder, finding.id), []).append(finding)

    def _made(self, registry: Registry, *, sources_changed: bool) -> Look:
        self._revision += 1
        self._sources_revision += sources_changed or self._look is None
        unread = {
            own_id for (folder, _), own_id in self._shelf.unread.items() if not folder.startswith("proposed/")
        }
        broken = dict(self._shelf.problems)
        for key, findings in self._findings.items():
            # That a record is missing is not told of one that is there and could not be read.
            told = [f for f in findings if f.missing is None or f.missing not in unread]
            if told:
                broken[key] = (*broken.get(key, ()), *self._with_lines(key, told))
        found = [*self._shelf.strays.values(), *(problem for group in broken.values() for problem in group)]
        shown = (
            _without(records, [name for folder, name in broken if folder == kind.folder])
            for kind, records in zip(
                KINDS, (registry.sites, registry.sources, registry.claims), strict=True
            )
        )  # fmt: skip
        return Look(
            revision=self._revision,
            sources_revision=self._sources_revision,
            registry=replace(Registry(self.directory, registry.config, *shown), proposals=registry.proposals),
            readable=registry,
            broken=broken,
            problems=tuple(sorted(found)),
        )

    def _with_lines(self, key: Key, findings: Iterable[Finding]) -> Iterator[Problem]:
        kind = next(kind for kind in ALL_KINDS if kind.folder == key[0])
        path = record_path(self.directory, kind, key[1])
        try:
            positions = read_positions(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            positions = read_positions("")
        for finding in findings:
            field = ".".join(map(str, finding.field))
            line = positions.line(finding.field) if positions.readable else 0
            yield Problem(f"{key[0]}/{path.name}", line, field, finding.message)


def _records(registry: Registry) -> Records:
    return Records(registry.config, registry.sites, registry.sources, registry.claims)


def _without(records: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    left = [name for name in names if name in records]
    if not left:
        return records
    kept = dict(records)
    for name in left:
        del kept[name]
    return kept


def _pointing_at(removed: Iterable[Key], registry: Registry) -> Iterator[Key]:
    """Yield the records that name one of those that are gone."""
    gone = {folder: {name for other, name in removed if other == folder} for folder, _ in removed}
    sites, sources, claims = (gone.get(kind.folder, set()) for kind in KINDS)
    for key, site in registry.sites.items() if sites else ():
        properties = site.properties
        heir = properties.withdrawn.superseded_by if properties.withdrawn else None
        if heir in sites or any(relation.site in sites for relation in properties.relations):
            yield "records", key
    for key, claim in registry.claims.items() if claims else ():
        if any(link.claim in claims for link in claim.relations):
            yield "claims", key
    if sources:
        yield from (("records", k) for k, site in registry.sites.items() if cited_keys(site) & sources)
        yield from (("claims", k) for k, claim in registry.claims.items() if cited_keys(claim) & sources)
