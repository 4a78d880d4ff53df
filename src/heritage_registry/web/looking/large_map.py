"""The map of a large registry: made in a process of its own, in parts that a page asks for one by one.

The map is made of the files, as `heritage map` makes it. It needs as much time and memory as all the rest of
the app, so nobody waits for it: while a newer one is being made, the last one is served.
"""

from __future__ import annotations

import re
import shutil
import threading
from multiprocessing import get_context
from pathlib import Path

from msgspec.structs import replace

from heritage_registry.maps.page import map_files
from heritage_registry.registry import examine

_NAME = re.compile(r"[a-z]+(?:-[0-9]+)?\.txt")
_FOLDER = re.compile(r"[0-9a-f]{16}")
_MOST_AT_ONCE = 1_000
_KEPT = 2
"""Maps that are kept: the newest one, and the one that open pages still ask for parts of."""


def is_large(sites: int) -> bool:
    """Tell whether a registry has so many sites that nobody should wait for its map."""
    return sites > _MOST_AT_ONCE


class LargeMap:
    """The map in parts, kept in a folder that is nobody else's."""

    def __init__(self, registry: Path, folder: Path) -> None:
        self._registry, self._folder = registry, folder
        self._lock = threading.Lock()
        self._revision = -1
        self._is_being_made = False
        self._number = 0
        self._pages: list[Path] = []

    def page(self, revision: int) -> bytes | None:
        """Return the page of the last map that was made, None while the first one is being made."""
        with self._lock:
            if revision != self._revision and not self._is_being_made:
                self._is_being_made, self._revision = True, revision
                threading.Thread(target=self._make, daemon=True).start()
            newest = self._pages[-1] if self._pages else None
        return (newest / "index.html").read_bytes() if newest else None

    def part(self, folder: str, name: str) -> bytes | None:
        """Return a part of a map that was made."""
        if not (_FOLDER.fullmatch(folder) and _NAME.fullmatch(name)):
            return None
        with self._lock:
            pages = list(self._pages)
        for page in pages:
            path = page / "parts" / folder / name
            if path.is_file():
                return path.read_bytes()
        return None

    def _make(self) -> None:
        with self._lock:
            self._number += 1
            folder = self._folder / f"{self._number}"
        process = get_context("spawn").Process(target=write_map, args=(self._registry, folder), daemon=True)
        process.start()
        process.join()
        with self._lock:
            self._is_being_made = False
            if process.exitcode != 0:
                self._revision = -1  # tried again when somebody asks
                shutil.rmtree(folder, ignore_errors=True)
                return
            self._pages.append(folder)
            old, self._pages = self._pages[:-_KEPT], self._pages[-_KEPT:]
        for page in old:
            shutil.rmtree(page, ignore_errors=True)


def write_map(registry_folder: Path, folder: Path) -> None:
    """Write the map of what can be shown of a registry's files into a folder."""
    registry, problems = examine(registry_folder)
    broken = {problem.file for problem in problems}
    sites = {key: site for key, site in registry.sites.items() if f"records/{key}.geojson" not in broken}
    registry = replace(registry, sites=sites)
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in map_files(registry, 0, has_pages=False):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content(), "utf-8")
