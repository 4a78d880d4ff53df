"""Reading and writing the registry's folder: everything is told, nothing is lost, nothing is overwritten."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from conftest import CITED, claim, named, report, site_feature, source, write
from heritage_registry.errors import InvalidRecords, NotARegistry, RecordExists, RecordNotFound, StaleRecord
from heritage_registry.form import decode_loosely, encode, find_problems
from heritage_registry.registry import (
    ID_SIGNS,
    KINDS,
    SITES,
    SOURCES,
    add_record,
    digest,
    examine,
    find_record_file,
    format_records,
    new_id,
    problems_of_change,
    read_record,
    read_registry,
    record_files,
    record_path,
    registry_digest,
    replace_record,
)
from heritage_registry.site import Site
from heritage_registry.source import Source

ID = "k7m2q9x4"


def site(site_id: str = ID, **properties: Any) -> Site:
    return decode_loosely(json.dumps(site_feature(site_id, **properties)).encode(), Site, "new")


def told(directory: Path) -> list[str]:
    return list(map(str, examine(directory)[1]))


def files_in(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


# Reading


def test_records_are_read_in_the_order_of_their_ids(registry: Path) -> None:
    for key in ("zzzzzzz0", "a0000000", "k7m2q9x4"):
        write(registry, "site", site_feature(key))
    assert list(read_registry(registry).sites) == ["a0000000", "k7m2q9x4", "zzzzzzz0"]


def test_the_problems_of_all_files_are_told_at_once_by_file_and_line(registry: Path) -> None:
    write(registry, "site", site_feature("a0000000", status="ready"))
    write(registry, "site", site_feature("b0000000", community="roman"))
    write(registry, "source", source("survey-2022", party="nobody"))
    write(registry, "claim", claim(status="draft"))
    with pytest.raises(InvalidRecords) as caught:
        read_registry(registry)
    files = [problem.file for problem in caught.value.problems]
    assert files == [
        "claims/c1a1m000.json",
        "records/a0000000.geojson",
        "records/b0000000.geojson",
        "sources/survey-2022.json",
    ]
    assert str(caught.value).count("\n") == 3


def test_what_only_follows_from_an_unreadable_file_is_not_told_again(registry: Path) -> None:
    write(registry, "source", source("survey-2022", kind="gossip"))
    near = [{"relation": "near", "site": "b0000000"}]
    mosque = named("Mosque", citations=[{"source": "survey-2022"}])
    write(registry, "site", site_feature("a0000000", names=[mosque], relations=near))
    (registry / "records" / "b0000000.geojson").write_text("<<<<<<< HEAD\n", "utf-8")
    assert [line.split(":")[0] for line in told(registry)] == [
        "records/b0000000.geojson",
        "sources/survey-2022.json",
    ]


def test_a_file_whose_name_is_not_its_id_is_told_once_with_its_other_problems(registry: Path) -> None:
    feature = site_feature("a0000000", community="roman")
    write(registry, "site", feature).rename(registry / "records" / "b0000000.geojson")
    write(registry, "site", site_feature("c0000000", relations=[{"relation": "near", "site": "a0000000"}]))
    lines = told(registry)
    assert len(lines) == 2
    assert lines[0] == (
        "records/b0000000.geojson:3: id: 'a0000000' is not the file's name; "
        "rename the file to a0000000.geojson or correct the id"
    )
    assert "'roman' is not a community of registry.toml" in lines[1]


def test_what_would_be_passed_over_in_silence_is_told(registry: Path, tmp_path: Path) -> None:
    (registry / "records" / "k7m2q9x4.json").write_text("{}", "utf-8")
    (registry / "records" / "m7m2q9x4.geojson").mkdir()
    (tmp_path / "elsewhere.geojson").write_text("{}", "utf-8")
    (registry / "records" / "n7m2q9x4.geojson").symlink_to(tmp_path / "elsewhere.geojson")
    (registry / "records" / ".k7m2q9x4.geojson.0a1b").write_text("{", "utf-8")
    words = "is not a record; here lie files that end in .geojson: rename it or move it elsewhere"
    assert told(registry) == [
        f"records/{name}: {words}" for name in ("k7m2q9x4.json", "m7m2q9x4.geojson", "n7m2q9x4.geojson")
    ]


def test_an_over_large_file_is_told_and_the_rest_is_read(registry: Path) -> None:
    write(registry, "site", site_feature())
    with (registry / "records" / "a0000000.geojson").open("wb") as file:
        file.truncate(20_000_000_000)
    found, problems = examine(registry)
    assert [p.message for p in problems] == ["is larger than the 4,000,000 bytes a record may have"]
    assert list(found.sites) == [ID]


def test_progress_tells_each_file_and_how_many_there_are(registry: Path) -> None:
    write(registry, "site", site_feature())
    steps: list[tuple[int, int]] = []
    examine(registry, lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_a_folder_without_its_toml_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(NotARegistry, match=r"holds no registry\.toml; run 'heritage init"):
        read_registry(tmp_path)


def test_a_record_that_is_not_there_is_told(registry: Path) -> None:
    with pytest.raises(RecordNotFound, match=r"there is no records/a0000000\.geojson"):
        read_record(registry, SITES, "a0000000")


@pytest.mark.parametrize("key", ["../registry", "/etc/passwd", "..", "", "a\0b", "A0000000"])
def test_no_id_leads_out_of_the_folder(registry: Path, key: str) -> None:
    with pytest.raises(RecordNotFound):
        read_record(registry, SITES, key)
    with pytest.raises(RecordNotFound):
        find_record_file(registry, key)


def test_an_id_finds_the_file_of_any_kind_though_it_cannot_be_read(registry: Path) -> None:
    path = record_path(registry, SOURCES, "survey-2021")
    path.write_bytes(b"{")
    assert find_record_file(registry, "survey-2021") == (SOURCES, path)
    with pytest.raises(RecordNotFound, match="there is no record with the id 'a0000000'; 'heritage list'"):
        find_record_file(registry, "a0000000")


def test_new_ids_are_neutral_and_free() -> None:
    drawn = {new_id({}) for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(i) == 8 and i[0].isalpha() and set(i) <= set(ID_SIGNS) for i in drawn)


def test_the_digest_changes_with_what_is_public_and_with_nothing_else(registry: Path) -> None:
    write(registry, "site", site_feature())
    before = registry_digest(read_registry(registry))
    write(registry, "site", site_feature("a0000000", status="draft", status_reason="No second source."))
    assert registry_digest(read_registry(registry)) == before
    write(registry, "site", site_feature(names=[named("Another name")]))
    assert registry_digest(read_registry(registry)) != before


# Writing


def test_a_new_record_is_written_in_canonical_form(registry: Path) -> None:
    path = add_record(read_registry(registry), site())
    assert path == registry / "records" / f"{ID}.geojson"
    assert path.read_bytes() == encode(site())
    assert told(registry) == []


def test_a_record_that_check_would_refuse_is_not_written(registry: Path) -> None:
    before = files_in(registry)
    with pytest.raises(InvalidRecords, match="'roman' is not a community"):
        add_record(read_registry(registry), site(community="roman"))
    good = site()
    hidden = replace(good.properties.names[0], text="Old\u202e")
    with pytest.raises(InvalidRecords, match="which a reader cannot see"):
        add_record(
            read_registry(registry), replace(good, properties=replace(good.properties, names=(hidden,)))
        )
    assert files_in(registry) == before


def test_a_change_is_told_only_its_own_problems(registry: Path) -> None:
    write(registry, "site", site_feature("a0000000", community="roman"))
    found, _ = examine(registry)
    assert problems_of_change(found, site()) == []
    (problem,) = problems_of_change(found, site(community="greek"))
    assert problem.line == next(
        n
        for n, line in enumerate(encode(site(community="greek")).decode().splitlines(), 1)
        if '"greek"' in line
    )


def test_no_record_is_overwritten(registry: Path) -> None:
    found = read_registry(registry)
    path = add_record(found, site())
    before = path.read_bytes()
    with pytest.raises(RecordExists, match=rf"records/{ID}\.geojson already exists"):
        add_record(found, site(names=[named("Another")]))
    assert path.read_bytes() == before


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused(registry: Path) -> None:
    found = read_registry(registry)
    add_record(found, site())
    _, read_digest = read_record(registry, SITES, ID)
    replace_record(found, site(names=[named("First")]), read_digest)
    with pytest.raises(StaleRecord, match="changed since it was read; read it again and repeat the edit"):
        replace_record(found, site(names=[named("Second")]), read_digest)
    changed, _ = read_record(registry, SITES, ID)
    assert isinstance(changed, Site)
    assert changed.properties.names[0].text == "First"


def test_an_edit_of_a_removed_record_is_refused(registry: Path) -> None:
    found = read_registry(registry)
    path = add_record(found, site())
    path.unlink()
    with pytest.raises(StaleRecord):
        replace_record(found, site(), digest(encode(site())))


def test_a_write_that_fails_leaves_nothing(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_registry(registry)
    before = files_in(registry)

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        add_record(found, site())
    assert files_in(registry) == before


def _append_names(directory: Path, writer: int, count: int) -> None:
    """Add names to one record, each by reading, changing and writing it, again where somebody was faster."""
    found = read_registry(directory)
    done = 0
    while done < count:
        record, read_digest = read_record(directory, SITES, ID)
        assert isinstance(record, Site)
        old = record.properties
        added = replace(old.names[0], text=f"Name {writer}-{done}")
        changed = replace(record, properties=replace(old, names=(*old.names, added)))
        try:
            replace_record(found, changed, read_digest)
        except StaleRecord:
            continue
        done += 1


def _add_same(directory: Path, writer: int, answers: Any) -> None:
    try:
        add_record(read_registry(directory), site(names=[named(f"Writer {writer}")]))
        answers.put(writer)
    except RecordExists:
        answers.put(None)


def _run(target: Callable[..., None], *arguments: tuple[Any, ...]) -> list[Any]:
    processes = [multiprocessing.get_context("spawn").Process(target=target, args=a) for a in arguments]
    for process in processes:
        process.start()
    return processes


def test_writers_at_the_same_time_lose_no_update(registry: Path) -> None:
    write(registry, "site", site_feature())
    processes = _run(_append_names, *((registry, writer, 15) for writer in range(4)))
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    names = {name.text for name in read_registry(registry).sites[ID].properties.names}
    assert names == {"Old Mosque", *(f"Name {w}-{n}" for w in range(4) for n in range(15))}


def test_of_writers_of_one_new_record_exactly_one_succeeds(registry: Path) -> None:
    answers = multiprocessing.get_context("spawn").Queue()
    processes = _run(_add_same, *((registry, writer, answers) for writer in range(4)))
    won = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    (winner,) = [writer for writer in won if writer is not None]
    assert read_registry(registry).sites[ID].properties.names[0].text == f"Writer {winner}"


def _write_for_ever(directory: Path) -> None:
    found = read_registry(directory)
    n = 0
    while True:
        n += 1
        _, read_digest = read_record(directory, SITES, ID)
        replace_record(found, site(names=[named(f"Name {n}" * (n % 300 + 1))]), read_digest)


def test_a_writer_killed_at_any_time_leaves_a_whole_file(registry: Path) -> None:
    path = write(registry, "site", site_feature())
    first = path.read_bytes()
    for pause in (0.02, 0.05, 0.09):
        (process,) = _run(_write_for_ever, (registry,))
        started = path.read_bytes()
        limit = time.monotonic() + 30
        while path.read_bytes() == started and time.monotonic() < limit:
            time.sleep(0.005)
        time.sleep(pause)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
        assert find_problems(path.read_bytes(), Site, path.name) == []
        assert told(registry) == []
    assert path.read_bytes() != first


# Formatting


def test_format_rewrites_what_is_laid_out_otherwise_and_only_that(registry: Path) -> None:
    path = write(registry, "site", site_feature())
    canonical = path.read_bytes()
    path.write_text(json.dumps(json.loads(canonical), indent=8), "utf-8")
    write(registry, "site", site_feature("a0000000"))
    assert format_records(registry) == [path]
    assert path.read_bytes() == canonical
    assert format_records(registry) == []


def test_format_writes_nothing_if_one_record_has_another_mistake(registry: Path) -> None:
    for n, key in enumerate(("a0000000", "b0000000", "c0000000")):
        feature = site_feature(key, status="ready" if n == 2 else "published")
        (registry / "records" / f"{key}.geojson").write_text(json.dumps(feature), "utf-8")
    before = files_in(registry)
    with pytest.raises(InvalidRecords) as caught:
        format_records(registry)
    assert [problem.file for problem in caught.value.problems] == ["records/c0000000.geojson"]
    assert files_in(registry) == before


def test_format_mends_nothing_but_the_layout(registry: Path) -> None:
    text = json.dumps(site_feature(names=[named("  Old Mosque")], reports=[report()]))
    (registry / "records" / f"{ID}.geojson").write_text(text, "utf-8")
    with pytest.raises(InvalidRecords, match="neither begins nor ends with a blank"):
        format_records(registry)


def test_each_kind_has_its_folder_and_ending(registry: Path) -> None:
    assert [(kind.folder, kind.suffix) for kind in KINDS] == [
        ("records", ".geojson"),
        ("sources", ".json"),
        ("claims", ".json"),
    ]
    assert record_files(registry, SOURCES) == [record_path(registry, SOURCES, "survey-2021")]
    record, _ = read_record(registry, SOURCES, "survey-2021")
    assert isinstance(record, Source)
    assert [{"source": record.id}] == CITED
