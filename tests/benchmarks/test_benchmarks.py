"""The benchmarks run, small: nothing here looks at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from generate import Written, generate
from map_page import OURS, Asked, Result, measure, told
from read_and_check import WAYS
from read_and_check import measure as measure_reading
from timing import TimeLimitError, fresh_run

from heritage_registry.maps.columns import centre
from heritage_registry.registry import examine, read_registry

SITES = 200


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    directory = tmp_path_factory.mktemp("full") / "registry"
    return directory, generate(directory, SITES)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    directory = tmp_path_factory.mktemp("short") / "registry"
    return directory, generate(directory, SITES, short=True)


def test_a_generated_registry_has_no_problems(full: tuple[Path, Written]) -> None:
    directory, written = full
    registry, problems = examine(directory)
    assert problems == []
    assert (len(registry.sites), len(registry.sources)) == (written.sites, written.sources)


def test_what_generate_tells_of_sizes_is_what_lies_on_the_disk(full: tuple[Path, Written]) -> None:
    directory, written = full
    assert written.site_bytes == sum(path.stat().st_size for path in (directory / "records").iterdir())


def test_the_same_number_of_sites_gives_the_same_files(full: tuple[Path, Written], tmp_path: Path) -> None:
    directory, _ = full
    generate(tmp_path / "again", SITES)
    first, again = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (directory, tmp_path / "again")
    )
    assert first == again


def test_a_full_site_has_up_to_three_reports_and_some_are_answered(full: tuple[Path, Written]) -> None:
    sites = read_registry(full[0]).sites.values()
    assert {len(site.properties.reports) for site in sites} == {0, 1, 2, 3}
    assert any(report.responses for site in sites for report in site.properties.reports)


def test_every_site_is_named_in_three_scripts_and_lies_in_the_region(full: tuple[Path, Written]) -> None:
    registry = read_registry(full[0])
    west, south, east, north = registry.config.region.bbox
    for site in registry.sites.values():
        assert [name.language for name in site.properties.names] == ["en", "hy", "ru"]
        assert site.geometry is not None
        longitude, latitude = centre(site.geometry)
        assert west < longitude < east
        assert south < latitude < north


def test_a_short_site_holds_one_dated_report_without_text(short: tuple[Path, Written]) -> None:
    for site in read_registry(short[0]).sites.values():
        (report,) = site.properties.reports
        assert report.observed is not None
        assert report.summary is None
        assert site.properties.places == ()
        assert site.properties.attributions == ()


def test_every_way_of_reading_reads_all_files(full: tuple[Path, Written]) -> None:
    measured = measure_reading(full[0], rounds=1)
    assert measured.keys() == WAYS.keys()
    assert all(len(way.runs) == 1 for way in measured.values())


def _ten_minutes() -> Callable[[], int]:
    def wait() -> int:
        time.sleep(600)
        return 0

    return wait


def test_a_run_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeLimitError, match="_ten_minutes did not end in 5 s"):
        fresh_run(_ten_minutes, limit=5)


def test_pages_are_told_with_their_size_against_ours() -> None:
    results = {
        OURS: Result(written=[2.0], size=1_000_000),
        "MarkerCluster": Result(written=[8.0], size=3_000_000),
        "explore()": Result(stopped="not written in 60 s"),
    }
    assert told(results) == [
        "  our page",
        "      1.00 MB, 1.00 × ours",
        "      written: 2.000 s (2.000 to 2.000, 1 runs), 1.00 × ours",
        "  MarkerCluster",
        "      3.00 MB, 3.00 × ours",
        "      written: 8.000 s (8.000 to 8.000, 1 runs), 4.00 × ours",
        "  explore(): not written in 60 s",
    ]


@pytest.mark.browser
def test_every_page_is_written_and_opens(short: tuple[Path, Written], tmp_path: Path) -> None:
    ways = (OURS, "MarkerCluster", "FastMarkerCluster", "explore()")
    results = measure(Asked(short[0], "short", ways, rounds=1, open_rounds=1, limit=60), tmp_path)
    for name, result in results.items():
        assert result.stopped == "", name
        assert len(result.written) == len(result.opened) == 1, name
