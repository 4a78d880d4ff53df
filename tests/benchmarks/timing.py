"""Run what is measured in a process of its own, several ways in turn, and take the middle of each."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

import msgspec

#: Makes ready what is not measured, and returns what is.
Preparation = Callable[..., Callable[[], int]]


class TimeLimitError(Exception):
    """A run was ended because it took longer than it was allowed to."""


class Run(msgspec.Struct, frozen=True):
    """One run: how long it took, by the clock and of the processor, what it gave, and its most memory."""

    seconds: float
    cpu_seconds: float
    result: int
    peak_bytes: int


def fresh_run(preparation: Preparation, *arguments: Any, limit: float = 3600.0) -> Run:
    """Prepare and run in a new Python process, so that no run finds what another left in memory.

    Raises `TimeLimitError` if what is measured, without its preparation, takes longer than `limit` seconds.
    """
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(writer, preparation, arguments))
    process.start()
    writer.close()
    try:
        reader.recv()
        if not reader.poll(limit):
            raise TimeLimitError(f"{preparation.__name__} did not end in {limit:g} s")
        run: Run = reader.recv()
    except EOFError as error:
        raise RuntimeError(f"{preparation.__name__} ended without a result; its message is above") from error
    finally:
        process.kill()
        process.join()
    return run


def _report(writer: Connection, preparation: Preparation, arguments: tuple[Any, ...]) -> None:
    measured = preparation(*arguments)
    writer.send(None)  # ready: the limit counts from here
    start, cpu_start = time.perf_counter(), time.process_time()
    result = measured()
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    writer.send(Run(seconds, cpu_seconds, result, peak_bytes))
    # What a run leaves in memory is not worth the seconds that freeing it takes.
    writer.close()
    os._exit(0)


def in_turn(
    ways: Mapping[str, Preparation], arguments: tuple[Any, ...], rounds: int, limit: float = 3600.0
) -> dict[str, list[Run]]:
    """Run each way once a round, so that a busy minute of the machine falls on all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            runs[name].append(fresh_run(way, *arguments, limit=limit))
    return runs


def middle_and_spread(seconds: Sequence[float]) -> str:
    """Return the median with the fastest and slowest run behind it."""
    middle, least, most = statistics.median(seconds), min(seconds), max(seconds)
    return f"{middle:.3f} s ({least:.3f} to {most:.3f}, {len(seconds)} runs)"
