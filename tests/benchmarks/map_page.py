"""Measure writing and opening our map page against the pages of folium and geopandas with the same content.

    python tests/benchmarks/map_page.py /tmp/short-10000 --text short
    python tests/benchmarks/map_page.py /tmp/registry-10000 --text full

Ways are run in turn. A way that takes longer than the limit is left out from then on and said so.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from opening import chromium, seconds_to_open
from peers import PEERS, PINS, made_offline
from timing import TimeLimitError, fresh_run, middle_and_spread

from heritage_registry.maps.page import map_page
from heritage_registry.registry import read_registry

OURS = "our page"
_OURS_READY = "window.registryMapState && window.registryMapState().drawnAt"
_PEERS_LOADED = "document.readyState === 'complete' && "


class Asked(msgspec.Struct, frozen=True):
    """What is to be measured, how often, and how long one run may take."""

    directory: Path
    text: str
    ways: Sequence[str]
    rounds: int
    open_rounds: int
    limit: float


class Result(msgspec.Struct):
    """What was measured of one way; `stopped` says why there is no more."""

    written: list[float] = []
    processor: list[float] = []
    size: int = 0
    opened: list[float] = []
    stopped: str = ""


def write_ours(directory: Path, output: Path) -> Callable[[], int]:
    """Make ready to write our page: the registry is read."""
    registry = read_registry(directory)
    return lambda: output.write_bytes(map_page(registry).encode("utf-8"))


def write_peer(peer: str, directory: Path, text: str, output: Path) -> Callable[[], int]:
    """Make ready to write a peer's page: the registry is read and the text of every popup made."""
    registry = read_registry(directory)
    pins, bounds = PINS[text](registry), registry.config.region.bbox
    return lambda: output.write_bytes(PEERS[peer].write(pins, bounds).encode("utf-8"))


def measure(asked: Asked, folder: Path) -> dict[str, Result]:
    """Write every page into a folder, `rounds` times in turn, and then open them, `open_rounds` times."""
    results = {name: Result() for name in asked.ways}
    for _ in range(asked.rounds):
        for name, result in _running(results):
            _write(asked, name, _page(folder, name), result)
    for name, _ in _running(results):
        if name in PEERS:
            page = _page(folder, name)
            page.write_text(made_offline(page.read_text("utf-8")), "utf-8")
    if asked.open_rounds:
        _open_all(asked, folder, results)
    return results


def _page(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '-').strip('()')}.html"


def _running(results: dict[str, Result]) -> list[tuple[str, Result]]:
    return [(name, result) for name, result in results.items() if not result.stopped]


def _write(asked: Asked, name: str, page: Path, result: Result) -> None:
    try:
        if name in PEERS:
            run = fresh_run(write_peer, name, asked.directory, asked.text, page, limit=asked.limit)
        else:
            run = fresh_run(write_ours, asked.directory, page, limit=asked.limit)
    except TimeLimitError:
        result.stopped = f"not written in {asked.limit:g} s"
        return
    result.written.append(run.seconds)
    result.processor.append(run.cpu_seconds)
    result.size = run.result


def _open_all(asked: Asked, folder: Path, results: dict[str, Result]) -> None:
    with chromium() as browser:
        for _ in range(asked.open_rounds):
            for name, result in _running(results):
                ready = _PEERS_LOADED + PEERS[name].ready if name in PEERS else _OURS_READY
                try:
                    result.opened.append(seconds_to_open(browser, _page(folder, name), ready, asked.limit))
                except TimeLimitError:
                    result.stopped = f"not opened in {asked.limit:g} s"


def told(results: dict[str, Result]) -> list[str]:
    """Return lines for each way: what it took, and how many times ours that is."""
    ours = results.get(OURS, Result())
    lines = []
    for name, result in results.items():
        lines.append(f"  {name}{': ' if result.stopped else ''}{result.stopped}")
        if result.written:
            lines.append(f"      {result.size / 1e6:,.2f} MB{_ratio(result.size, ours.size)}")
        for what, theirs, our_seconds in (
            ("written", result.written, ours.written),
            ("written, processor", result.processor, ours.processor),
            ("opened", result.opened, ours.opened),
        ):
            if theirs:
                lines.append(f"      {what}: {middle_and_spread(theirs)}{_times(theirs, our_seconds)}")
    return lines


def _times(theirs: Sequence[float], ours: Sequence[float]) -> str:
    return _ratio(statistics.median(theirs), statistics.median(ours) if ours else 0)


def _ratio(theirs: float, ours: float) -> str:
    return f", {theirs / ours:.2f} × ours" if ours else ""


def main() -> None:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(description="Measure our map page against those of others.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--text", choices=tuple(PINS), default="short", help="what the peers' popups hold")
    parser.add_argument("--only", action="append", choices=(OURS, *PEERS), help="leave out all other ways")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds that one run may take")
    parser.add_argument("--open-rounds", type=int, help="as many as --rounds if not given; 0 opens none")
    options = parser.parse_args()
    ways = options.only or (OURS, *PEERS)
    open_rounds = options.rounds if options.open_rounds is None else options.open_rounds
    asked = Asked(options.directory, options.text, ways, options.rounds, open_rounds, options.limit)
    with tempfile.TemporaryDirectory() as folder:
        print(f"{asked.directory.name}, {asked.text} text", flush=True)
        print("\n".join(told(measure(asked, Path(folder)))))


if __name__ == "__main__":
    main()
