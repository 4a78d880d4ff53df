"""Measure the running app on a large registry: start, memory, every page, and saves with their fsync.

    python tests/benchmarks/generate.py 100000 /tmp/registry-100000
    python tests/benchmarks/served.py /tmp/registry-100000

The app runs in a process of its own on a copy whose unchanged files are links, with real requests over
HTTP. Each figure is told by the clock and in the server's own processor time, and beside what reading the
same files plainly takes. What the app works out beside its pages after the start is waited for first, and
then every page is measured again as the first one after a change.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from heritage_registry.registry import KINDS, SITES, SOURCES, record_files
from web import fields_of

_TICKS = os.sysconf("SC_CLK_TCK")
_START_LIMIT_S = 600


class Measured(msgspec.Struct, frozen=True):
    """Seconds of each round, by the clock and of the server's processor."""

    seconds: list[float]
    cpu_seconds: list[float]

    def told(self) -> str:
        """Say the middle and the worst in milliseconds."""
        middle, worst = statistics.median(self.seconds) * 1000, max(self.seconds) * 1000
        cpu = statistics.median(self.cpu_seconds) * 1000
        return f"{middle:7.0f} ms (worst {worst:6.0f}; processor {cpu:6.0f})"


class Server:
    """A running app."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self._opener = urllib.request.build_opener(_NoRedirect)

    def get(self, path: str) -> tuple[int, str, str]:
        """Return status, place to go on to, and text."""
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """Send a form as a browser does."""
        body = urllib.parse.urlencode(fields).encode()
        headers = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"}
        return self._ask(urllib.request.Request(self.address + path, body, headers))

    def _ask(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=_START_LIMIT_S) as answer:
                return answer.status, "", answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", ""), error.read().decode("utf-8", "replace")

    def opened(self, path: str) -> dict[str, str]:
        """Open a form and return what it holds."""
        status, address, text = self.get(path)
        while status == 303:
            status, address, text = self.get(address)
        assert status == 200, (path, status)
        return fields_of(text)

    def wait_until_there(self) -> None:
        """Wait until the server answers, as soon as it listens, or has ended."""
        host, _, port = self.address.removeprefix("http://").partition(":")
        while self.process.poll() is None:
            try:
                socket.create_connection((host, int(port)), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    @property
    def cpu(self) -> float:
        """Seconds of the processor that the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self, name: str) -> int:
        """Return megabytes: VmRSS now, VmHWM at the most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{name}:\s+(\d+) kB", status)[0]) // 1024

    def is_quiet(self) -> None:
        """Wait until nothing more is worked out beside the pages."""
        before = -1.0
        while self.cpu - before > 0.1:
            before = self.cpu
            time.sleep(2)

    def measure(self, act: Callable[[], object], rounds: int) -> Measured:
        """Do something some times."""
        seconds, cpu_seconds = [], []
        for _ in range(rounds):
            cpu, start = self.cpu, time.perf_counter()
            act()
            seconds.append(time.perf_counter() - start)
            cpu_seconds.append(self.cpu - cpu)
        return Measured(seconds, cpu_seconds)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def serving(directory: Path, home: Path) -> Iterator[Server]:
    """Start the app as its users do, and stop it."""
    command = [sys.executable, "-c", "from heritage_registry.cli import main; main()"]
    process = subprocess.Popen(
        [*command, "--registry", str(directory), "serve", "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_STATE_HOME": str(home), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        server = Server(process, re.findall(r"http://[^/]+", line)[0])
        server.wait_until_there()
        yield server
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def copied(directory: Path) -> Iterator[tuple[Path, Path]]:
    """Give a copy of a registry that can be written to, and a folder for drafts.

    Files are links: nothing in the app changes a file in its place.
    """
    with tempfile.TemporaryDirectory(dir=directory.parent) as folder:
        copy = Path(folder) / "sites"
        shutil.copytree(directory, copy, copy_function=os.link)
        (copy / "registry.toml").unlink()
        shutil.copy(directory / "registry.toml", copy)
        yield copy, Path(folder) / "home"


def plainly(directory: Path) -> tuple[float, float]:
    """Return the seconds of reading all record files, and of `json.loads` of each; nothing is kept."""
    paths = [path for kind in KINDS for path in record_files(directory, kind)]
    start = time.process_time()
    for path in paths:
        path.read_bytes()
    read = time.process_time() - start
    start = time.process_time()
    for path in paths:
        json.loads(path.read_bytes())
    return read, time.process_time() - start


def pages(site: str, source: str, name: str, place: str) -> list[str]:
    """Return the addresses that are measured."""
    words = urllib.parse.quote
    return [
        "/",
        "/map",
        "/sites",
        "/sites?page=500",
        "/sites?lang=hy",
        "/sites?type=mosque&community=armenian",
        "/sites?condition=destroyed",
        f"/sites?q={words(name)}",
        f"/sites?q={words(place)}",
        "/sites?q=mosques",
        f"/sites/{site}",
        f"/sites/{site}.bib",
        f"/sites/{site}/edit",
        f"/sites/{site}/report",
        f"/sites/{site}/history",
        "/sources",
        "/sources?q=survey",
        f"/sources/{source}",
        f"/sources/{source}/edit",
        f"/sites?source={source}",
        "/claims",
        "/coverage",
        "/new",
        "/new/site",
        "/new/source",
        "/new/claim",
        "/problems",
        "/drafts",
        "/review",
        "/where/sites?box=44,39,44.2,39.2",
        "/where/base.json",
    ]


def _read(server: Server, path: str) -> None:
    status, address, _ = server.get(path)
    while status == 303:
        status, address, _ = server.get(address)
    assert status == 200, (path, status)


def measure(directory: Path, rounds: int, say: Callable[[str], object]) -> dict[str, Measured]:
    """Measure everything and return it by name."""
    found: dict[str, Measured] = {}
    read, loads = plainly(directory)
    files = sum(len(record_files(directory, kind)) for kind in KINDS)
    say(f"{files:,} files: read plainly in {read:.1f} s of the processor, with json.loads in {loads:.1f} s")
    with copied(directory) as (copy, home):
        start = time.perf_counter()
        with serving(copy, home) as server:
            _read(server, "/sites/" + record_files(copy, SITES)[0].stem)
            took = time.perf_counter() - start
            say(
                f"start: first page after {took:.1f} s ({took / loads:.1f} × json.loads), processor"
                f" {server.cpu:.1f} s, memory {server.memory('VmRSS')} MB"
            )
            server.is_quiet()
            say(f"all prepared after {time.perf_counter() - start:.1f} s, memory {server.memory('VmRSS')} MB")
            found |= _pages(server, copy, rounds, say)
            found |= _saves(server, copy, rounds, say)
            server.is_quiet()
            say(f"memory {server.memory('VmRSS')} MB, at the most {server.memory('VmHWM')} MB")
    return found


def _pages(server: Server, copy: Path, rounds: int, say: Callable[[str], object]) -> dict[str, Measured]:
    """Measure every page: as it is, and as the first one after a change."""
    found = {}
    sites, source = record_files(copy, SITES), record_files(copy, SOURCES)[0].stem
    record = json.loads(sites[len(sites) // 2].read_bytes())
    place = (
        record["properties"]["places"][0]["names"][0]["text"] if record["properties"].get("places") else "x"
    )
    name = record["properties"]["names"][0]["text"]
    for n, path in enumerate(pages(record["id"], source, name, place)):
        _read(server, path)
        found[path] = server.measure(lambda path=path: _read(server, path), rounds)  # type: ignore[misc]
        _touch(sites[n])
        found[f"{path} changed"] = server.measure(lambda path=path: _read(server, path), 1)  # type: ignore[misc]
        say(f"{path:45} {found[path].told()}  first after a change {found[f'{path} changed'].told()}")
        server.is_quiet()
    return found


def _touch(path: Path) -> None:
    """Change a record as an editor of texts does: another file in its place."""
    raw = path.read_bytes()
    record = json.loads(raw)
    key = (
        f'"observed": "{record["properties"]["reports"][0]["observed"]}"'
        if record["properties"].get("reports")
        else ""
    )
    changed = raw.replace(key.encode(), b'"observed": "1999"', 1) if key else raw + b" "
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(changed)
    temporary.replace(path)


def _saves(server: Server, copy: Path, rounds: int, say: Callable[[str], object]) -> dict[str, Measured]:
    """Save changes of published sites, each of which becomes a proposal, and the page shown after it."""
    sites = iter(record_files(copy, SITES)[-rounds - 1 :])
    seconds: dict[str, list[float]] = {"save": [], "page after a save": []}
    cpu_seconds: dict[str, list[float]] = {"save": [], "page after a save": []}
    for _ in range(rounds):
        path = f"/sites/{next(sites).stem}/edit"
        fields = server.opened(path) | {"_pseudonym": "Measurer", "_action": "save"}
        fields["properties.names.0.text"] += " x"
        cpu, start = server.cpu, time.perf_counter()
        status, address, text = server.post(path, fields)
        seconds["save"].append(time.perf_counter() - start)
        cpu_seconds["save"].append(server.cpu - cpu)
        assert status == 303, (status, text[:2000])
        cpu, start = server.cpu, time.perf_counter()
        _read(server, address)
        seconds["page after a save"].append(time.perf_counter() - start)
        cpu_seconds["page after a save"].append(server.cpu - cpu)
    found = {name: Measured(seconds[name], cpu_seconds[name]) for name in seconds}
    for name, one in found.items():
        say(f"{name:45} {one.told()}")
    return found


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    measure(asked.directory, asked.rounds, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
