"""Measure reading and checking a registry against reading the same files with the standard library alone.

    python tests/benchmarks/read_and_check.py /tmp/registry-1000 /tmp/registry-10000

Ways are run in turn, each in a new process and with its modules imported before the clock starts.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from timing import Preparation, Run, fresh_run, in_turn, middle_and_spread

from heritage_registry.registry import KINDS, examine, record_files


class Measured(msgspec.Struct, frozen=True):
    """All runs of one way of reading.

    Processor seconds vary less than the clock's where other work runs on the same machine, so both are told.
    """

    runs: Sequence[Run]

    @property
    def seconds(self) -> list[float]:
        """The clock's seconds of each run."""
        return [run.seconds for run in self.runs]

    @property
    def cpu_seconds(self) -> float:
        """The middle of the processor's seconds."""
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_bytes(self) -> int:
        """The most memory that a run held."""
        return max(run.peak_bytes for run in self.runs)


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
    return {name: Measured(way) for name, way in runs.items()}


def main() -> None:
    """Measure each folder of the command line and print medians and ratios."""
    parser = argparse.ArgumentParser(description="Measure reading and checking a registry.")
    parser.add_argument("directories", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    for directory in asked.directories:
        measured = measure(directory, asked.rounds)
        ours = measured["read and check"]
        print(f"{directory.name}: {len(_paths(directory)):,} files; read and check takes")
        for name, way in measured.items():
            by_clock = statistics.median(ours.seconds) / statistics.median(way.seconds)
            by_cpu = ours.cpu_seconds / way.cpu_seconds
            memory = f"{way.peak_bytes / 1e6:,.0f} MB"
            print(f"  {by_clock:5.2f} times (processor {by_cpu:5.2f} times) {name}:")
            print(f"      {middle_and_spread(way.seconds)}, processor {way.cpu_seconds:.3f} s, {memory}")


if __name__ == "__main__":
    main()
