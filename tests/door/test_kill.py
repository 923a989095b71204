"""Real processes, really killed: what they left behind is settled, and nobody pays twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tillproof
from tests.door.conftest import Configure, Desk, Serve

_ROOT = Path(__file__).parents[2]


@contextmanager
def till_process(config: Path, terminal: str, first: int, last: int) -> Iterator[subprocess.Popen[str]]:
    """A POS that pays these bills; ended at the latest when the block is left."""
    command = [sys.executable, "-m", "tests.door.till", str(config), terminal, str(first), str(last)]
    process = subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ)
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def charged(desk: Desk) -> Counter[int]:
    """How often each bill was charged, by the ledger; a bill is known there by its amount."""
    return Counter((entry.amount_minor or 0) // 100 for entry in desk.terminal.ledger if entry.approved)


def test_a_till_killed_again_and_again_charges_every_bill_once(serve: Serve, configure: Configure) -> None:
    """SIGKILL at arbitrary moments; a new process asks for the same references and finishes the list."""
    desk = serve(takes_s=0.05)
    config = configure(desk)
    dice = random.Random(1042)  # noqa: S311 - repeatable
    in_doubt = 0
    for _ in range(8):
        with till_process(config, "bar", 1, 40) as process:
            assert process.stdout is not None
            process.stdout.readline()
            killer = threading.Timer(dice.uniform(0.0, 0.3), process.send_signal, [signal.SIGKILL])
            killer.start()
            process.wait(timeout=30)
            killer.join()
        with tillproof.open(config) as till:
            report = till.recover()
            assert report.unsettled == ()
            in_doubt += len(report.findings)
    with till_process(config, "bar", 1, 40) as process:
        out, _ = process.communicate(timeout=60)
    assert [line.split()[1] for line in out.splitlines()] == ["approved"] * 40
    assert charged(desk) == dict.fromkeys(range(1, 41), 1)
    # The kills were no blanks: at least one hit a payment between dispatch and answer.
    assert in_doubt > 0


def test_two_tills_on_one_journal_and_one_terminal_do_not_meet(serve: Serve, configure: Configure) -> None:
    """Two processes share journal and lane; every bill is charged once and the chain holds."""
    desk = serve(takes_s=0.01)
    config = configure(desk)
    with till_process(config, "bar", 1, 15) as first, till_process(config, "bar", 101, 115) as second:
        outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [len(out.splitlines()) for out in outputs] == [15, 15]
    assert set(charged(desk).values()) == {1}
    assert len(charged(desk)) == 30
    with tillproof.open(config) as till:
        assert till.verify().breaks == ()


def test_a_killed_till_leaves_its_lane_to_the_next_one(serve: Serve, configure: Configure) -> None:
    """The lock dies with its holder, so the next process pays at once, after settling what was left."""
    desk = serve(takes_s=0.3)
    config = configure(desk)
    with till_process(config, "bar", 1, 99) as process:
        assert process.stdout is not None
        process.stdout.readline()
    with tillproof.open(config) as till:
        assert till.pay("500.00", "NOK", terminal="bar", reference="bill-500").word == "approved"
        assert till.unsettled() == []
    assert set(charged(desk).values()) == {1}
