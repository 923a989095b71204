"""The tracer kills where it says: before a call nothing has happened, after it all has."""

from __future__ import annotations

import os
import threading

from tests.prove.kill.tracer import be_traced, follow, fork, wait_for

_WRITE = 1


def _writer(into: int) -> None:
    be_traced()
    os.write(into, b"x")


def _written(kill_at: int | None) -> tuple[bool, bool, int, tuple[int, ...]]:
    reading, writing = os.pipe()
    ended = follow(fork(lambda: _writer(writing)), kill_at)
    os.close(writing)
    happened = os.read(reading, 1) == b"x"
    os.close(reading)
    return happened, ended.killed, ended.stops, ended.calls


def test_a_call_happens_exactly_when_the_kill_comes_after_it() -> None:
    """Of all stops of a program that writes once, those up to the entry of the write see nothing, all later ones it."""
    happened, killed, stops, calls = _written(None)
    assert (happened, killed, len(calls)) == (True, False, stops)
    told = [_written(at) for at in range(1, stops)]
    assert all(killed for _, killed, _, _ in told)
    assert [reached for _, _, reached, _ in told] == list(range(1, stops))
    first = [happened for happened, *_ in told].index(True)
    assert [happened for happened, *_ in told] == [False] * first + [True] * (len(told) - first)
    assert [told[first - 1][3], told[first][3]] == [(_WRITE,), (_WRITE,)]
    assert calls[first - 1 : first + 1] == (_WRITE, _WRITE)


def _threaded() -> None:
    be_traced()
    threads = [threading.Thread(target=os.getppid) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_are_followed_and_die_with_their_process() -> None:
    """A program of several threads can be counted, and killed at any of its stops."""
    stops = follow(fork(_threaded)).stops
    assert stops > 12
    for at in range(1, stops // 2, 5):
        assert follow(fork(_threaded), at).killed


def test_a_stop_that_is_never_reached_is_no_kill() -> None:
    """Whoever asks for a stop behind the end is told that nobody was killed."""
    ended = follow(fork(be_traced), 10_000)
    assert (ended.killed, ended.exit_code) == (False, 0)


def test_other_children_keep_their_endings() -> None:
    """The tracer waits for its own process only."""
    other = fork(lambda: os._exit(7))
    follow(fork(be_traced))
    assert wait_for(other) == 7


def test_a_process_that_fails_before_it_is_traced_is_no_kill() -> None:
    """Whoever follows it is told how it ended, and does not wait for ever."""
    ended = follow(fork(lambda: os._exit(3)), 5)
    assert (ended.stops, ended.killed, ended.exit_code) == (0, False, 3)
