"""Measure a map whose blocks lie beside it, as a host serves it: writing, opening, a filter, a step in time.

    python tests/benchmarks/million.py 1000000 --text short --peer 100000

The sites are made in memory. FastMarkerCluster gets the same sites with the same text in popups; it has no
filter and no time of its own, so what is measured of it is taking its markers out and putting a third of them
back in, which either would come to.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
from generate import in_memory
from opening import chromium, seconds_to_open
from peers import PEERS, PINS, made_offline
from playwright.sync_api import Browser, Page
from timing import middle_and_spread

from heritage_registry.maps.page import map_files
from heritage_registry.registry import Registry

PEER = "FastMarkerCluster"
_OURS_READY = "window.registryMapState && window.registryMapState().drawnAt"
_FACET = '#filters [data-facet="condition"]'

#: Milliseconds from an action to the second frame after it.
_TIMED = """async () => {
  const start = performance.now();
  ACTION;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""

#: Unpacking the columns of the page and nothing more.
_DECODED = """async () => {
  const start = performance.now();
  const text = document.getElementById("hr-columns").textContent;
  const bytes = Uint8Array.fromBase64(text);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  await new Response(plain).arrayBuffer();
  return performance.now() - start;
}"""

_FIND_MARKERS = """() => {
  const map = Object.values(window).find((one) => one instanceof L.Map);
  map.eachLayer((layer) => { if (layer instanceof L.MarkerClusterGroup) window.measuredGroup = layer; });
  window.measuredMarkers = window.measuredGroup.getLayers();
}"""
_PUT_THIRD = (
    "measuredGroup.clearLayers(); measuredGroup.addLayers(measuredMarkers.filter((_, n) => n % 3 === 0))"
)


class Measured(msgspec.Struct):
    """What was measured: bytes, and seconds by name of what was done."""

    sizes: dict[str, int] = {}
    seconds: dict[str, list[float]] = {}

    def add(self, name: str, seconds: float) -> None:
        """Keep one more run."""
        self.seconds.setdefault(name, []).append(seconds)

    def lines(self) -> list[str]:
        """Return what was measured, with the fastest and slowest run."""
        sizes = [f"  {name}: {size / 1e6:,.2f} MB" for name, size in self.sizes.items()]
        return sizes + [f"  {name}: {middle_and_spread(runs)}" for name, runs in self.seconds.items()]


def measure_ours(registry: Registry, folder: Path, browser: Browser, rounds: int, limit: float) -> Measured:
    """Write the map with its blocks beside it, open it and use it."""
    measured = Measured()
    start = time.process_time()
    sizes: dict[str, int] = {}
    for name, content in map_files(registry, most_in_page=0):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sizes[name] = path.write_bytes(content().encode("utf-8"))
    measured.add("written, processor", time.process_time() - start)
    measured.sizes = {"page": sizes["index.html"], "page and blocks": sum(sizes.values())}
    for _ in range(rounds):
        measured.add("opened", seconds_to_open(browser, folder / "index.html", _OURS_READY, limit))
    with _served(folder) as address:
        _use_ours(browser, f"{address}index.html", rounds, limit, measured)
    return measured


def _use_ours(browser: Browser, address: str, rounds: int, limit: float, measured: Measured) -> None:
    page = _page(browser, limit)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    if page.get_attribute(_FACET, "open") is None:
        page.click(f"{_FACET} > summary")
    page.wait_for_selector(f"{_FACET} input")
    for _ in range(rounds):
        measured.add("decoding of the columns alone", page.evaluate(_DECODED) / 1000)
    for _ in range(rounds):
        for number in range(2):
            action = f"document.querySelectorAll('{_FACET} input')[{number}].click()"
            measured.add("a filter, until it is drawn", _run(page, action))
    start = time.perf_counter()
    page.click("#time-toggle")
    page.wait_for_selector("#time-body:not([hidden])")
    measured.add("time control opened", time.perf_counter() - start)
    for _ in range(rounds):
        measured.add(
            "a step in time, until it is drawn", _run(page, "document.getElementById('time-back').click()")
        )
    page.context.close()


def measure_peer(registry: Registry, text: str, folder: Path, browser: Browser, limit: float) -> Measured:
    """Write the peer's page of the same sites, open it and put a third of its markers in anew."""
    measured = Measured()
    pins = PINS[text](registry)
    start = time.process_time()
    written = PEERS[PEER].write(pins, registry.config.region.bbox)
    measured.add("written, processor", time.process_time() - start)
    file = folder / "peer.html"
    measured.sizes = {"page": file.write_bytes(written.encode("utf-8"))}
    file.write_text(made_offline(written), "utf-8")
    ready = f"document.readyState === 'complete' && {PEERS[PEER].ready}"
    measured.add("opened", seconds_to_open(browser, file, ready, limit))
    page = _page(browser, limit)
    page.goto(file.as_uri())
    page.wait_for_selector(".leaflet-marker-icon")
    page.evaluate(_FIND_MARKERS)
    for _ in range(2):
        measured.add("a third of the markers anew", _run(page, _PUT_THIRD))
    page.context.close()
    return measured


def _page(browser: Browser, limit: float) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(limit * 1000)
    return page


def _run(page: Page, action: str) -> float:
    milliseconds: float = page.evaluate(_TIMED.replace("ACTION", action))
    return milliseconds / 1000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(description="Measure a map with its blocks beside it.")
    parser.add_argument("count", type=int)
    parser.add_argument("--text", choices=tuple(PINS), default="short")
    parser.add_argument("--peer", type=int, default=0, help=f"sites for {PEER}; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds that a step in the browser may take"
    )
    asked = parser.parse_args()
    short = asked.text == "short"
    with chromium() as browser:
        with tempfile.TemporaryDirectory() as folder:
            print(f"ours, {asked.count:,} sites, {asked.text} text", flush=True)
            registry = in_memory(asked.count, short=short)
            ours = measure_ours(registry, Path(folder), browser, asked.rounds, asked.limit)
            print("\n".join(ours.lines()), flush=True)
        if asked.peer:
            with tempfile.TemporaryDirectory() as folder:
                print(f"{PEER}, {asked.peer:,} sites, {asked.text} text", flush=True)
                registry = in_memory(asked.peer, short=short)
                peer = measure_peer(registry, asked.text, Path(folder), browser, asked.limit)
                print("\n".join(peer.lines()))


if __name__ == "__main__":
    main()
