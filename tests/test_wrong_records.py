"""Wrong files as editors write them, each with the lines that `heritage check` answers beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from heritage_registry.registry import KINDS, Kind, examine, record_files, record_path

WRONG = Path(__file__).parent / "data" / "wrong"

#: The id under which a wrong file of each kind lies in the registry: its own, unless that is the mistake.
IDS = {"records": "k7m2q9x4", "sources": "caucasus-monitor-2021", "claims": "c4k8z0q7"}

CASES = [(kind, path) for kind in KINDS for path in record_files(WRONG, kind)]


def answers(directory: Path, kind: Kind, wrong: Path) -> str:
    record_path(directory, kind, IDS[kind.folder]).write_bytes(wrong.read_bytes())
    _, problems = examine(directory)
    return "".join(f"{problem}\n" for problem in problems)


@pytest.mark.parametrize(("kind", "wrong"), CASES, ids=[f"{k.folder}/{p.stem}" for k, p in CASES])
def test_a_wrong_file_is_answered_line_by_line(registry: Path, kind: Kind, wrong: Path) -> None:
    assert answers(registry, kind, wrong) == wrong.with_suffix(".txt").read_text("utf-8")
