"""That a cell is really tried, and that what it finds is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.prove.network.cells import ALL, MODES, TARGETS, Cell, judged
from tests.prove.network.desk import KEYS
from tests.prove.network.faults import FAULTS
from tests.prove.network.planted import PLANTED
from tests.prove.network.stopwatch import GRACE_S, Lap, Stopwatch
from tests.prove.network.trial import Task, do


@pytest.fixture(autouse=True)
def _process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker silences the log and sets keys for its whole process; here others run after it."""
    for name in KEYS:
        monkeypatch.setenv(name, "before")
    yield
    structlog.reset_defaults()


LOST = Cell(fault="lost_after", target="pay", mode="sync")


def test_every_fault_meets_every_operation_in_both_modes() -> None:
    """At least the faults that were promised, each cell once."""
    assert len(FAULTS) >= 24
    assert len(set(ALL)) == len(ALL) == (len(FAULTS) + 2) * len(TARGETS) * len(MODES)


def test_a_lost_reply_ends_well(tmp_path: Path) -> None:
    """The fault met the order, and the till found the payment."""
    stopwatch = Stopwatch()
    with stopwatch.running():
        found = judged(LOST, tmp_path / "desk", stopwatch)
    assert (found.problems, found.doubts) == ((), ())
    assert found.exchanges > 3


@pytest.mark.parametrize("mode", MODES)
def test_a_fault_that_meets_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """A cell that was not tried does not count as a good one."""
    monkeypatch.setattr(Cell, "orders", lambda *_: False)
    found = judged(Cell(fault="lost_after", target="pay", mode=mode), tmp_path / "desk", Stopwatch())
    assert [problem.partition(": ")[2] for problem in found.problems] == ["the fault did not meet its exchange"]


def test_a_planted_mistake_is_gone_afterwards(tmp_path: Path) -> None:
    """A worker goes on with other tasks, and those try what we ship."""
    (retry,) = [number for number, mistake in enumerate(PLANTED) if mistake.name.startswith("blind retry")]
    assert do(Task(cells=(LOST,), planted=retry, folder=tmp_path / "planted")).complaints != ()
    assert do(Task(cells=(LOST,), folder=tmp_path / "plain")).complaints == ()


def test_the_stopwatch_complains_of_half_a_second() -> None:
    """Not before; and of too many bytes."""
    laps = [
        Lap(path="/", deadline_s=1.0, took_s=took_s, read_bytes=read)
        for took_s, read in ((1.0 + GRACE_S, 0), (1.01 + GRACE_S, 0), (0.1, 1 << 21))
    ]
    assert [lap.complaint for lap in laps] == [False, True, True]


def test_no_thread_of_a_cell_is_left(tmp_path: Path) -> None:
    """Proxies and terminals are gone when a cell is judged; thousands follow."""
    before = threading.active_count()
    judged(LOST, tmp_path / "desk", Stopwatch())
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-"):
            thread.join(5)
    assert threading.active_count() <= before
