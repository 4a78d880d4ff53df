"""Measure reading and checking a registry against reading the same files with nothing but the standard library.

    python tests/benchmarks/read_and_check.py /tmp/registry-1000 /tmp/registry-10000

Ways are run in turn, each in a new process and with its modules imported before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from heritage_registry.registry import KINDS, examine, record_files
from timing import Preparation, fresh_run, in_turn, middle_and_spread


class Measured(msgspec.Struct, frozen=True):
    """All runs of one way of reading, in seconds, and the most memory one of them held."""

    seconds: tuple[float, ...]
    peak_bytes: int

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)


def _paths(directory: Path) -> list[Path]:
    return [path for kind in KINDS for path in record_files(directory, kind)]


def read_bytes(directory: Path) -> Callable[[], int]:
    """List the files and read them, keeping nothing."""
    return lambda: sum(len(path.read_bytes()) > 0 for path in _paths(directory))


def load_json(directory: Path) -> Callable[[], int]:
    """Read the files with `json.loads`, keeping nothing."""
    return lambda: sum(bool(json.loads(path.read_bytes())) for path in _paths(directory))


def keep_json(directory: Path) -> Callable[[], int]:
    """Read the files with `json.loads` and hold all of them, as whoever works with them must."""
    return lambda: len([json.loads(path.read_bytes()) for path in _paths(directory)])


def read_and_check(directory: Path) -> Callable[[], int]:
    """Read and check the registry as `heritage check` does."""

    def measured() -> int:
        registry, problems = examine(directory)
        if problems:
            raise ValueError(f"the registry has {len(problems)} problems, the first: {problems[0]}")
        return len(registry.sites) + len(registry.sources) + len(registry.claims)

    return measured


WAYS: Mapping[str, Preparation] = {
    "bytes": read_bytes,
    "json.loads, nothing kept": load_json,
    "json.loads, all kept": keep_json,
    "read and check": read_and_check,
}


def measure(directory: Path, rounds: int) -> dict[str, Measured]:
    """Run every way `rounds` times in turn, after one unmeasured round that warms the file cache."""
    fresh_run(read_bytes, directory)
    runs = in_turn(WAYS, (directory,), rounds)
    if len({run.result for way in runs.values() for run in way}) != 1:
        raise ValueError("the ways did not read the same number of files")
    return {
        name: Measured(tuple(run.seconds for run in way), max(run.peak_bytes for run in way))
        for name, way in runs.items()
    }


def main() -> None:
    """Measure each folder of the command line and print medians and ratios."""
    parser = argparse.ArgumentParser(description="Measure reading and checking a registry.")
    parser.add_argument("directories", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    for directory in asked.directories:
        measured = measure(directory, asked.rounds)
        ours = measured["read and check"].median
        print(f"{directory.name}: {len(_paths(directory)):,} files")
        for name, way in measured.items():
            print(
                f"  {name:26} {middle_and_spread(way.seconds)}, {way.peak_bytes / 1e6:,.0f} MB; "
                f"read and check takes {ours / way.median:.2f} times this"
            )


if __name__ == "__main__":
    main()
