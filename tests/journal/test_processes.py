"""Several processes share one journal, and some are killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from journal import LaneBusy
from tests.journal.things import draft, opened

_SPAWN = multiprocessing.get_context("spawn")
_WAIT_S = 60


def append_many(path: Path, worker: int, count: int, pipe: Connection) -> None:
    """A process that opens the journal, waits for the start, and appends."""
    journal = opened(path)
    pipe.send("ready")
    pipe.recv()
    seqs = [journal.append([draft(f"thing-{worker}", step=step)])[0].seq for step in range(count)]
    pipe.send(seqs)
    journal.close()


def draw_many(path: Path, count: int, pipe: Connection) -> None:
    """A process that draws numbers."""
    journal = opened(path)
    pipe.send("ready")
    pipe.recv()
    drawn = []
    for _ in range(count):
        with journal.rising("stamp", floor=1) as number:
            drawn.append(number.value)
    pipe.send(drawn)
    journal.close()


def hold_lane(path: Path, pipe: Connection) -> None:
    """A process that takes a lane and keeps it."""
    journal = opened(path)
    with journal.lane("north", wait_s=0):
        pipe.send(os.getpid())
        pipe.recv()
    journal.close()


def append_for_ever(path: Path, pipe: Connection) -> None:
    """A process that appends until it is killed, and tells of each fact once it is stored."""
    journal = opened(path)
    while True:
        pipe.send(journal.append([draft("thing", filler="x" * 500)])[0].digest)


@contextmanager
def started(target: object, *args: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process of its own, and the pipe to it; gone at the end."""
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=target, args=(*args, there))  # type: ignore[arg-type]
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join(_WAIT_S)
        process.close()
        here.close()


def told(pipe: Connection) -> object:
    """What the process says next."""
    assert pipe.poll(_WAIT_S)
    return pipe.recv()


def test_processes_that_append_at_once_lose_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three processes, one of them this one: each fact has a number of its own, and the chain is whole."""
    monkeypatch.setattr("journal.sqlite.CHECKPOINT_FACTS", 7)
    journal = opened(path)
    with started(append_many, path, 1, 40) as (one, to_one), started(append_many, path, 2, 40) as (two, to_two):
        assert (told(to_one), told(to_two)) == ("ready", "ready")
        to_one.send("go")
        to_two.send("go")
        mine = [journal.append([draft("thing-0", step=step)])[0].seq for step in range(40)]
        theirs = [told(to_one), told(to_two)]
        one.join(_WAIT_S)
        two.join(_WAIT_S)
        assert (one.exitcode, two.exitcode) == (0, 0)

    seqs = mine + [seq for part in theirs for seq in part]  # type: ignore[attr-defined]
    assert sorted(seqs) == list(range(1, 121))
    assert [fact.body["step"] for fact in journal.facts_of("thing-2")] == list(range(40))
    assert journal.verify().breaks == ()
    journal.close()


def test_numbers_rise_over_processes_and_restarts(path: Path) -> None:
    """Two processes draw at once, a third one later: no number twice, and each process sees its own rise."""
    with started(draw_many, path, 50) as (_, to_one), started(draw_many, path, 50) as (_, to_two):
        assert (told(to_one), told(to_two)) == ("ready", "ready")
        to_one.send("go")
        to_two.send("go")
        one, two = told(to_one), told(to_two)
    assert isinstance(one, list)
    assert isinstance(two, list)

    assert sorted(one + two) == list(range(1, 101))
    assert (one, two) == (sorted(one), sorted(two))
    journal = opened(path)
    with journal.rising("stamp", floor=1) as number:
        assert number.value == 101
    journal.close()


def test_lane_is_held_over_processes_and_free_after_a_kill(path: Path) -> None:
    """Who is refused learns who holds it; a killed holder holds nothing."""
    journal = opened(path)
    with started(hold_lane, path) as (process, pipe):
        pid = told(pipe)
        with (
            pytest.raises(LaneBusy, match=rf"lane 'north' is held by pid {pid} since 2026-"),
            journal.lane("north", wait_s=0),
        ):
            pass
        process.kill()
        with journal.lane("north", wait_s=_WAIT_S):
            pass
        process.join(_WAIT_S)
        assert process.exitcode == -signal.SIGKILL
    journal.close()


def test_killed_writer_loses_nothing_that_it_told(path: Path) -> None:
    """A process is killed in the middle of appending, five times: what it reported as stored is there."""
    reported = []
    for _ in range(5):
        with started(append_for_ever, path) as (process, pipe):
            reported += [told(pipe) for _ in range(25)]
            process.kill()
            process.join(_WAIT_S)
            while pipe.poll():
                try:
                    reported.append(pipe.recv())
                except EOFError:
                    break

    journal = opened(path)
    assert len(reported) >= 125
    assert set(reported) <= {fact.digest for fact in journal.facts()}
    assert journal.verify().breaks == ()
    journal.close()


def test_holder_of_a_lane_is_the_present_one(path: Path) -> None:
    """What a killed holder left in the lock file, however long, is not read as part of the next one's name."""
    journal = opened(path)
    lock = path.with_name(path.name + ".side") / "lanes" / "north.lock"
    lock.write_text("pid 999999999999 since 1999-01-01T00:00:00.000Z, and then some\nmore\n")

    with journal.lane("north", wait_s=0), pytest.raises(LaneBusy) as caught, journal.lane("north", wait_s=0):
        pass
    assert caught.value.holder == f"pid {os.getpid()} since 2026-01-02T03:04:06.678Z"
    journal.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_child_of_a_dead_till_keeps_no_lane(path: Path) -> None:
    """It shares its parent's open files; were they not closed in it, nobody could pay until it ends."""
    tells, hears = os.pipe()
    till = os.fork()
    if till == 0:
        with opened(path).lane("north", wait_s=0):
            if os.fork() == 0:
                os.read(tells, 1)  # outlives the till
            os._exit(0)
    assert os.waitpid(till, 0) == (till, 0)
    journal = opened(path)
    try:
        with journal.lane("north", wait_s=0):
            pass
    finally:
        os.write(hears, b".")
        os.close(tells)
        os.close(hears)
        journal.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_child_that_leaves_the_block_frees_no_lane(path: Path) -> None:
    """The lane is its parent's, who still uses it."""
    journal, other = opened(path), opened(path)
    with ExitStack() as stack:
        stack.enter_context(journal.lane("north", wait_s=0))
        child = os.fork()
        if child == 0:
            stack.close()
            os._exit(0)
        assert os.waitpid(child, 0) == (child, 0)
        with pytest.raises(LaneBusy, match=f"pid {os.getpid()}"), other.lane("north", wait_s=0):
            pass
    journal.close()
    other.close()
