"""A soak: one thread pays, others ask and abort, and the clock is what it is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

import tillproof
from tests.door.conftest import Configure, Serve


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_paying_asking_and_aborting_at_once_makes_no_stale_stamp(serve: Serve, configure: Configure, mode: str) -> None:
    """Over real sockets, from four threads and a second till's process-wide locks: the terminal refuses no stamp."""
    desk = serve(takes_s=0.05)
    config = configure(desk)
    done = threading.Event()
    counts = {"asked": 0, "aborted": 0}

    def asks(till: tillproof.Till) -> None:
        while not done.is_set():
            till.device("bar")
            counts["asked"] += 1

    def aborts(till: tillproof.Till) -> None:
        while not done.is_set():
            for outcome in till.unsettled():
                with suppress(tillproof.BadInput):
                    till.abort(outcome.operation_id)
                    counts["aborted"] += 1

    with tillproof.open(config) as till, tillproof.open(config) as second, ThreadPoolExecutor(3) as pool:
        others = [pool.submit(asks, till), pool.submit(asks, second), pool.submit(aborts, second)]
        try:
            words = [
                till.pay("1.00", "NOK", terminal="bar", reference=f"bill-{number}", mode=mode).word
                for number in range(40)
            ]
        finally:
            done.set()
        for other in others:
            other.result(timeout=10)
    assert set(words) <= {"approved", "cancelled"}
    assert min(counts.values()) > 0
    assert [row for row in desk.terminal.log.rows if row.status == 401] == []
