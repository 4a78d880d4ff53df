"""Many writers at once, and a server killed while it saves; `trial.py` has the full size."""

from __future__ import annotations

from pathlib import Path

from trial import killed, writers


def test_no_update_of_many_writers_is_lost(tmp_path: Path) -> None:
    found = writers(tmp_path, clients=4, edits=4, sites=2)
    assert found.is_good, found.told()
    assert found.saved == 16
    assert found.conflicts + found.merged > 0
    assert found.pulled == 1


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    found = killed(tmp_path, saves=24, clients=2, pause=(0.1, 0.8))
    assert found.is_good, found.told()
    assert found.kills > 0
    assert found.drafts > 0
