"""Try whether anything is lost: many writers at once, and a server killed while it saves.

    python tests/benchmarks/trial.py writers --clients 16 --edits 500 --sites 20
    python tests/benchmarks/trial.py killed --saves 1000

Both use the real app in a process of its own, real files and real git. `writers` counts, at the end, every
word that somebody was told is saved; with them work edits from the command line, and a pull of other people's
changes in the middle. `killed` ends the server with SIGKILL at random and starts it again, and looks for
every save and every unfinished form that was acknowledged.
"""

from __future__ import annotations

import argparse
import http.client
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from generate import generate
from msgspec.structs import replace
from served import Server, serving

from heritage_registry.form import encode
from heritage_registry.parts import Note
from heritage_registry.registry import SITES, examine, read_record, record_files
from heritage_registry.site import Site

_LOST = (OSError, urllib.error.URLError, AssertionError, http.client.HTTPException)
_GONE = (*_LOST, IndexError, StopIteration)
_GIT = ("git", "-c", "user.name=Trial", "-c", "user.email=trial@example.org")


class Outcome(msgspec.Struct):
    """What was done and what was found wrong; `lost` and `torn` must be empty."""

    saved: int = 0
    merged: int = 0
    conflicts: int = 0
    conflicts_without_both: list[str] = []
    commands: int = 0
    pulled: int = 0
    kills: int = 0
    drafts: int = 0
    lost: list[str] = []
    torn: list[str] = []
    failed: list[str] = []

    @property
    def is_good(self) -> bool:
        """Tell whether nothing was lost, torn or refused without a reason."""
        return not (self.lost or self.torn or self.failed or self.conflicts_without_both)

    def told(self) -> str:
        """Say it in a line or more."""
        return "\n".join(f"{name}: {getattr(self, name)}" for name in self.__struct_fields__)


def made(directory: Path, sites: int) -> list[str]:
    """Write a registry in which whoever writes also publishes, and return the ids of its sites."""
    generate(directory, sites)
    toml = directory / "registry.toml"
    toml.write_text(toml.read_text("utf-8").replace('rule = "second_person"', 'rule = "anyone"'), "utf-8")
    for path in record_files(directory, SITES):
        site, _ = read_record(directory, SITES, path.stem)
        assert isinstance(site, Site)
        notes = tuple(Note(text={"en": text}) for text in ("Words:", "Commands:", "Pulled:"))
        path.write_bytes(encode(replace(site, properties=replace(site.properties, notes=notes))))
    return [path.stem for path in record_files(directory, SITES)]


def notes_of(directory: Path, key: str) -> list[str]:
    """Return the notes of a site as its file has them."""
    site, _ = read_record(directory, SITES, key)
    assert isinstance(site, Site)
    return [note.text["en"] for note in site.properties.notes]


def _field(fields: Mapping[str, str], start: str) -> str:
    return next(name for name, value in fields.items() if value.startswith(start))


class _Writers:
    """Clients who all write words behind one text of each site, and each a note of their own."""

    def __init__(self, server: Server, directory: Path, keys: list[str]) -> None:
        self.server, self.directory, self.keys = server, directory, keys
        self.outcome = Outcome()
        self.lock = threading.Lock()
        self.acknowledged: dict[str, list[str]] = {key: [] for key in keys}
        self.done = threading.Event()
        self.half = threading.Event()

    def write(self, number: int, edits: int) -> None:
        rng = random.Random(number)
        for edit in range(edits):
            key, word = rng.choice(self.keys), f"w{number}-{edit}."
            self._until_saved(key, word, rng)
            if edit == edits // 2:
                self.half.set()

    def _until_saved(self, key: str, word: str, rng: random.Random) -> None:
        path = f"/sites/{key}/edit"
        for _ in range(200):
            fields = self.server.opened(path)
            text = _field(fields, "Words:")
            before = fields[text]
            time.sleep(rng.random() * 0.05)
            status, address, page = self.server.post(
                path, fields | {text: f"{before} {word}", "_action": "save", "_pseudonym": "Writer"}
            )
            with self.lock:
                if status == 303:
                    self.outcome.saved += 1
                    self.outcome.merged += "merged=1" in address
                    self.acknowledged[key].append(word)
                    return
                self.outcome.conflicts += status == 409
                if status == 409 and not _shows_both(page, before, word):
                    self.outcome.conflicts_without_both.append(f"{key} {word}")
                if status != 409:
                    self.outcome.failed.append(f"{key} {word}: {status}")
                    return
        self.outcome.failed.append(f"{key} {word}: never saved")

    def command(self) -> None:
        """Edit a part that nobody else writes, from the command line, until the others are done."""
        number = 0
        while not self.done.is_set():
            key = self.keys[number % len(self.keys)]
            value = f"Commands: {number}"
            found = _heritage(
                self.directory, "edit", key, "--set", f"notes.1.text.en={value}", "--by", "Commander"
            )
            if found.returncode == 0:
                self.outcome.commands += 1
                self.acknowledged.setdefault(f"{key} command", [])[:] = [value]
                self._commit(key)
            number += 1

    def _commit(self, key: str) -> None:
        """Commit as whoever edits by command does; another's commit may have taken it along."""
        for _ in range(20):
            found = subprocess.run(
                [*_GIT, "commit", "-qm", f"Edit {key}", "--", f"records/{key}.geojson"],
                cwd=self.directory, check=False, capture_output=True, text=True,
            )  # fmt: skip
            if found.returncode == 0 or "nothing to commit" in found.stdout + found.stderr:
                return
            time.sleep(0.1)

    def pull(self, other: Path) -> None:
        """Bring in what somebody else changed meanwhile, in the middle."""
        self.half.wait()
        for key in self.keys[::2]:
            path = other / "records" / f"{key}.geojson"
            path.write_bytes(path.read_bytes().replace(b'"Pulled:"', b'"Pulled: here"'))
        _git(other, "commit", "-qam", "Other edits")
        _git(other, "push", "-q")
        for _ in range(60):
            found = _heritage(self.directory, "pull")
            if found.returncode == 0:
                self.outcome.pulled += 1
                return
            time.sleep(0.5)
        self.outcome.failed.append(f"pull: {found.stdout} {found.stderr}")

    def count(self) -> None:
        """Look for every word that was acknowledged."""
        for key in self.keys:
            notes = notes_of(self.directory, key)
            # A text that two changed may have become two: both are there, and nothing is lost.
            held = set(" ".join(notes).split())
            self.outcome.lost += [f"{key} {w}" for w in self.acknowledged[key] if w not in held]
            wanted = self.acknowledged.get(f"{key} command", [])
            self.outcome.lost += [f"{key} {value}" for value in wanted if value not in notes]
            if key in self.keys[::2] and "Pulled: here" not in notes:
                self.outcome.lost.append(f"{key} what was pulled")
        self.outcome.torn += [f"{problem}" for problem in examine(self.directory)[1]]


def _shows_both(page: str, before: str, word: str) -> bool:
    """Tell whether a page has what its writer typed, and the other version, which goes on behind the same."""
    return word in page and before.rsplit(maxsplit=1)[-1] in page


def writers(folder: Path, clients: int, edits: int, sites: int) -> Outcome:
    """Have clients edit a few sites together with commands and a pull, and look for what was lost."""
    directory, remote, other = folder / "sites", folder / "remote.git", folder / "other"
    keys = made(directory, sites)
    _git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    for command in (
        ("init", "-q", "-b", "main"), ("config", "user.name", "Trial"),
        ("config", "user.email", "trial@example.org"), ("config", "gc.auto", "0"), ("add", "."),
        ("commit", "-qm", "Begin"), ("remote", "add", "origin", str(remote)),
        ("push", "-qu", "origin", "main"),
    ):  # fmt: skip
        _git(directory, *command)
    _git(folder, "clone", "-q", str(remote), str(other))
    with serving(directory, folder / "home") as server:
        trial = _Writers(server, directory, keys)
        beside = [threading.Thread(target=trial.command), threading.Thread(target=trial.pull, args=(other,))]
        for thread in beside:
            thread.start()
        with ThreadPoolExecutor(clients) as pool:
            for done in [pool.submit(trial.write, number, edits) for number in range(clients)]:
                done.result()
        trial.half.set()
        trial.done.set()
        for thread in beside:
            thread.join()
    trial.count()
    return trial.outcome


def killed(folder: Path, saves: int, clients: int = 4, pause: tuple[float, float] = (0.3, 2.0)) -> Outcome:
    """Kill the server at random while clients save and keep unfinished forms, and look for what was lost."""
    directory = folder / "sites"
    keys = made(directory, clients)
    outcome = Outcome()
    running: list[Server] = []
    threads = [
        threading.Thread(target=_save_on, args=(running, key, -(-saves // clients), outcome, folder))
        for key in keys
    ]
    rng = random.Random(saves)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with serving(directory, folder / "home") as server:
            running[:] = [server]
            before, end = outcome.saved + outcome.drafts, time.monotonic() + rng.uniform(*pause)
            # On a slow machine nobody gets a page in that time: then it is killed as soon as somebody did.
            while time.monotonic() < end or outcome.saved + outcome.drafts == before:
                time.sleep(rng.random() * 0.05)
                if not any(thread.is_alive() for thread in threads):
                    break
            else:
                server.process.kill()
                outcome.kills += 1
    outcome.torn += [f"{problem}" for problem in examine(directory)[1]]
    # What a killed write leaves is a hidden file beside the record, which nothing reads.
    left = (path.name for path in (directory / "records").iterdir() if not path.name.startswith("."))
    outcome.torn += [name for name in left if not name.endswith(".geojson")]
    return outcome


def _save_on(running: list[Server], key: str, saves: int, outcome: Outcome, folder: Path) -> None:
    """Save one word after another, each with its form kept as a draft before."""
    directory = folder / "sites"
    path, number = f"/sites/{key}/edit", 0
    acknowledged: list[str] = []
    while number < saves:
        word = f"{key}-{number}."
        try:
            server = running[0]
            fields = server.opened(path)
            text = _field(fields, "Words:")
            lost = [w for w in acknowledged[-50:] if w not in fields[text].split()]
            outcome.lost += lost
            if word in fields[text].split():  # saved, though the answer did not arrive
                acknowledged.append(word)
                number += 1
                continue
            typed = fields | {text: f"{fields[text]} {word}", "_pseudonym": "Writer"}
            draft = fields["_draft"]
            if server.post("/drafts", typed)[0] in (200, 204, 303):
                outcome.drafts += 1
                # It is shown again, by whichever server runs then, until it is saved.
                again = _persistently(running, f"{path}?draft={draft}")
                if word not in again:
                    outcome.lost.append(f"draft of {word}")
            server = running[0]
            status, _, page = server.post(path, typed | {"_action": "save"})
        except _GONE:
            time.sleep(0.05)
            continue
        if status == 303:
            outcome.saved += 1
            acknowledged.append(word)
            number += 1
        elif status != 409:
            outcome.failed.append(f"{word}: {status} {page[:200]}")
            number += 1
    held = notes_of(directory, key)[0].split()
    outcome.lost += [word for word in acknowledged if word not in held]


def _persistently(running: list[Server], path: str) -> str:
    while True:
        try:
            status, _, page = running[0].get(path)
        except _LOST:
            time.sleep(0.05)
            continue
        if status == 200:
            return page
        time.sleep(0.05)


def _heritage(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from heritage_registry.cli import main; main()"]
    return subprocess.run(
        [*command, "--registry", str(directory), *arguments], capture_output=True, text=True, check=False
    )


def _git(directory: Path, *arguments: str) -> None:
    subprocess.run([*_GIT, *arguments], cwd=directory, check=True, capture_output=True)


def main() -> None:
    """Try what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("writers", "killed"))
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--sites", type=int, default=20)
    parser.add_argument("--saves", type=int, default=1000)
    asked = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if asked.what == "writers":
            found = writers(Path(folder), asked.clients, asked.edits, asked.sites)
        else:
            found = killed(Path(folder), asked.saves)
    print(found.told())
    print(f"in {time.monotonic() - start:.0f} s: {'nothing lost' if found.is_good else 'NOT GOOD'}")
    sys.exit(not found.is_good)


if __name__ == "__main__":
    main()
