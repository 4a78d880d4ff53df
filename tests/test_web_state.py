"""The app sees the files as they are now, whatever anybody does to them between two pages."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from heritage_registry.citation import cited_keys, with_origins
from heritage_registry.errors import InvalidRecords
from heritage_registry.form import encode
from heritage_registry.registry import (
    CLAIMS,
    KINDS,
    PROPOSED,
    SITES,
    SOURCES,
    AnyRecord,
    examine,
    kind_of,
    problems_of_change,
    read_record,
    read_registry,
    record_files,
    record_path,
    records_of,
)
from heritage_registry.web.looking.state import RegistryState
from heritage_registry.web.looking.watching import Watch

PROJECT_REGISTRY = Path(__file__).parents[1] / "sites"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Some real sites and claims, and of the sources that they cite all but a few."""
    held = read_registry(PROJECT_REGISTRY)
    directory = tmp_path / "sites"
    for kind in KINDS:
        (directory / kind.folder).mkdir(parents=True)
    shutil.copy(PROJECT_REGISTRY / "registry.toml", directory)
    chosen: list[AnyRecord] = [*list(held.sites.values())[:15], *list(held.claims.values())[:8]]
    cited = with_origins(frozenset[str]().union(*map(cited_keys, chosen)), held.sources)
    chosen += [held.sources[key] for key in sorted(cited)[3:]]
    for record in chosen:
        path = record_path(PROJECT_REGISTRY, kind_of(record), record.id)
        shutil.copy(path, directory / path.parent.name)
    return directory


Act = Callable[[random.Random, Path], None]


def _any(rng: random.Random, directory: Path) -> Path:
    return rng.choice(record_files(directory, rng.choice(KINDS)))


def edit_in_place(rng: random.Random, directory: Path) -> None:
    path = _any(rng, directory)
    raw = path.read_bytes()
    with path.open("r+b") as file:  # same size, same file, no word to the folder
        file.write(raw.replace(b"church", b"chorch").replace(b"2020", b"2021"))


def break_it(rng: random.Random, directory: Path) -> None:
    path = _any(rng, directory)
    path.write_bytes(path.read_bytes()[:-20])


def put_back(rng: random.Random, directory: Path) -> None:
    kind = rng.choice(KINDS)
    path = rng.choice(record_files(PROJECT_REGISTRY, kind))
    temporary = directory / kind.folder / f".{path.name}"
    shutil.copyfile(path, temporary)
    temporary.replace(directory / kind.folder / path.name)


def cite_nothing(rng: random.Random, directory: Path) -> None:
    path = rng.choice(record_files(directory, SITES))
    path.write_bytes(path.read_bytes().replace(b'"source": "', b'"source": "x', 1))


def take_away(rng: random.Random, directory: Path) -> None:
    _any(rng, directory).unlink()


def give_another_name(rng: random.Random, directory: Path) -> None:
    path = _any(rng, directory)
    path.rename(path.with_name(f"{rng.randrange(10**6)}{path.suffix}"))


def leave_something(rng: random.Random, directory: Path) -> None:
    folder = directory / rng.choice(KINDS).folder
    path = folder / rng.choice(("note.txt", "a.json.bak", "site.geojson"))
    if path.is_dir():
        path.rmdir()
    elif path.exists():
        path.unlink()
    elif path.suffix == ".geojson":
        path.mkdir()
    else:
        path.write_text("a note")


def derive(rng: random.Random, directory: Path) -> None:
    one, other = rng.sample(record_files(directory, SOURCES), 2)
    for path, key in ((one, other.stem), (other, one.stem)):
        with suppress(InvalidRecords):
            source, _ = read_record(directory, SOURCES, path.stem)
            path.write_bytes(encode(replace(source, derives_from=(key,))))


def propose(rng: random.Random, directory: Path) -> None:
    kind = PROPOSED[0]
    path = rng.choice(record_files(directory, SITES))
    (directory / kind.folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, directory / kind.folder / path.name)


def put_another_folder_in_its_place(rng: random.Random, directory: Path) -> None:
    kind = rng.choice((SITES, CLAIMS))
    other = directory / "other"
    shutil.copytree(directory / kind.folder, other)
    shutil.rmtree(directory / kind.folder)
    other.rename(directory / kind.folder)


ACTS: tuple[Act, ...] = (
    edit_in_place,
    break_it,
    put_back,
    put_back,
    put_back,
    cite_nothing,
    take_away,
    give_another_name,
    leave_something,
    derive,
    propose,
    put_another_folder_in_its_place,
)


@pytest.mark.parametrize("asks_system", [True, False], ids=["told by the system", "every file asked"])
@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_app_knows_what_check_would_say(
    registry: Path, seed: int, asks_system: bool
) -> None:
    rng = random.Random(seed)
    state = RegistryState(registry, asks_system=asks_system)
    state.look()
    for _ in range(25):
        acts = rng.choices(ACTS, k=rng.choice((1, 1, 2, 5)))
        for act in acts:
            act(rng, registry)
        look = state.look()
        told = [act.__name__ for act in acts]
        expected, problems = examine(registry)
        assert list(look.problems) == problems, told
        for kind in KINDS:
            held = records_of(look.readable, kind)
            assert held == records_of(expected, kind), told
            assert list(held) == sorted(held), told
        assert look.readable.proposals == expected.proposals, told


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of changes")
def test_on_linux_an_unchanged_registry_is_not_asked_file_by_file(registry: Path) -> None:
    watch = Watch()
    watch.begin([registry / "records", registry / "proposed/claims"])
    if watch.changed() is None and os.environ.get("CI") != "true":
        pytest.skip("the system has no more watches to give")
    path = record_files(registry, SITES)[0]
    with path.open("r+b") as file:
        file.write(b"{")
    assert watch.changed() == {registry / "records": {path.name}}
    assert watch.changed() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of changes")
def test_more_changes_than_the_system_remembers_are_found_by_looking_at_everything(registry: Path) -> None:
    state = RegistryState(registry)
    state.look()
    path = record_files(registry, SITES)[0]
    text = path.read_bytes()
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    for n in range(limit // 2 + 10):
        (registry / "records" / f".{n % 7}").touch()
        os.utime(path, ns=(n, n))
        if n % 2:
            (registry / "records" / f".{n % 7}").unlink()
    path.write_bytes(text.replace(b'"id": "', b'"id": "x'))
    assert list(state.look().problems) == examine(registry)[1]


def test_a_change_is_judged_as_the_full_check_judges_the_record(registry: Path) -> None:
    rng = random.Random(7)
    for _ in range(8):
        cite_nothing(rng, registry)
        derive(rng, registry)
    held, problems = examine(registry)
    for kind in KINDS:
        for key, record in records_of(held, kind).items():
            path = f"{kind.folder}/{key}{kind.suffix}"
            # The files as they are, one at a time, as if each had just been written so.
            assert problems_of_change(held, record) == [p for p in problems if p.file == path], path
