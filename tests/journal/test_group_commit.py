"""Group commit: many callers, few flushes, and nobody pays for another's mistake."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, Mock

import pytest

from journal import Conflict, Draft, Fact, NotStored, group
from journal.side import Side
from tests.journal.faults import plant
from tests.journal.things import ImpossibleError, draft, opened

_Appended = Future[tuple[Fact, ...]]


def until_queued(journal: Any, count: int) -> None:
    """Wait until this many batches stand in the queue."""
    deadline = time.monotonic() + 10
    while len(journal._group._waiting) != count:
        assert time.monotonic() < deadline, f"{len(journal._group._waiting)} of {count} queued"


@contextmanager
def grouped(journal: Any, path: Path, batches: list[list[Draft]]) -> Iterator[list[_Appended]]:
    """Append a first batch of its own, and all the others in one group behind it.

    The writer lock is held here until the first caller waits for it and the others have queued, in this order.
    """
    lock = Side(path).writer_lock()
    with ThreadPoolExecutor(len(batches) + 1) as pool:
        lock.acquire()
        try:
            appended = [pool.submit(journal.append, [draft("leader")])]
            while not (journal._turn.locked() and not journal._group._waiting):
                pass
            for count, batch in enumerate(batches, 1):
                appended.append(pool.submit(journal.append, batch))
                until_queued(journal, count)
        finally:
            lock.close()
        yield appended


def test_waiting_batches_share_one_commit(path: Path) -> None:
    """Ten callers that queue while another writes are written in one commit."""
    journal: Any = opened(path)
    commits: list[str] = []
    journal._writer._handle._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    with grouped(journal, path, [[draft(f"thing-{n}")] for n in range(10)]) as appended:
        seqs = [future.result(10)[0].seq for future in appended]
    journal._writer._handle._connection.set_trace_callback(None)

    assert seqs == list(range(1, 12))
    assert len(commits) == 2
    assert journal.verify().breaks == ()
    journal.close()


def test_mistake_of_one_batch_is_its_own(path: Path) -> None:
    """In one group: a conflict, an impossible history, and between them batches that are stored."""
    journal: Any = opened(path)
    batches = [
        [draft("a", label="x")],
        [draft("b"), draft("b", label="x")],
        [draft("c")],
        [draft("d"), draft("d", "Impossible")],
        [draft("e", label="y")],
    ]
    with grouped(journal, path, batches) as appended:
        leader, a, b, c, d, e = appended
        assert [future.result(10)[0].seq for future in (leader, a, c, e)] == [1, 2, 3, 4]
        with pytest.raises(Conflict):
            b.result(10)
        with pytest.raises(ImpossibleError):
            d.result(10)

    assert [fact.subject for fact in journal.facts()] == ["leader", "a", "c", "e"]
    assert journal.verify().breaks == ()
    journal.close()


def test_conflict_with_a_batch_that_was_not_stored_is_none(path: Path) -> None:
    """Two of a group want the same value and the commit fails: no conflict, as there is no first one."""
    journal: Any = opened(path)
    plant(journal, "COMMIT", skip=1)
    with grouped(journal, path, [[draft("a", label="x")], [draft("b", label="x")]]) as appended:
        assert appended[0].result(10)[0].seq == 1
        errors = [future.exception(10) for future in appended[1:]]

    assert [type(error) for error in errors] == [NotStored, NotStored]
    journal.close()


def test_group_that_cannot_be_written_fails_as_one(path: Path) -> None:
    """If nothing can be written, each caller gets an error of its own, and none waits for ever."""
    journal: Any = opened(path)
    aside = path.with_name("aside")
    path.rename(aside)
    with grouped(journal, path, [[draft("a")], [draft("b")]]) as appended:
        errors = [future.exception(10) for future in appended]
    aside.rename(path)

    assert [type(error) for error in errors] == [NotStored] * 3
    assert len({id(error) for error in errors}) == 3
    assert tuple(journal.facts()) == ()
    journal.close()


def test_interrupt_in_one_thread_leaves_no_other_waiting(path: Path) -> None:
    """The thread that writes for all is interrupted: the others are told, nothing is half written, and it goes on."""
    journal: Any = opened(path)
    with grouped(journal, path, [[draft("a")], [draft("b", "PowerCut")], [draft("c")]]) as appended:
        leader, *others = [future.exception(10) for future in appended]

    assert leader is None
    assert sorted(type(error).__name__ for error in others) == ["NotStored", "NotStored", "PowerCut"]
    assert [fact.subject for fact in journal.facts()] == ["leader"]
    assert journal.append([draft("d")])[0].seq == 2
    assert journal.verify().breaks == ()
    journal.close()


def test_lone_caller_waits_for_no_thread(path: Path) -> None:
    """Nothing but the caller's own thread takes part in an append."""
    journal: Any = opened(path)
    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(lambda: None)
        before.result(10)
    (fact,) = journal.append([draft("a")])

    assert fact.seq == 1
    assert not journal._turn.locked()
    assert not journal._group._waiting
    journal.close()


def busy(journal: Any, lanes: int) -> ExitStack:
    """Hold this many lanes."""
    stack = ExitStack()
    for number in range(lanes):
        stack.enter_context(journal.lane(f"terminal-{number}", wait_s=0))
    return stack


def test_where_many_lanes_are_in_use_others_are_let_come(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as each moment brings one; then all of them are written in one commit."""
    journal: Any = opened(path)
    late = ThreadPoolExecutor(2)
    appended: list[_Appended] = []

    def moment(seconds: float) -> None:
        assert seconds == 0.002
        if len(appended) < 2:
            appended.append(late.submit(journal.append, [draft(f"late-{len(appended)}")]))
            until_queued(journal, 1 + len(appended))

    clock = Mock(sleep=Mock(side_effect=moment), monotonic=lambda: 0.0)
    monkeypatch.setattr(group, "time", clock)
    commits: list[str] = []
    journal._writer._handle._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    with late, busy(journal, 8):
        assert journal.append([draft("first")])[0].seq == 1
        assert [future.result(10)[0].seq for future in appended] == [2, 3]
    assert clock.sleep.call_count == 3
    journal._writer._handle._connection.set_trace_callback(None)
    assert len(commits) == 1
    journal.close()


def test_nobody_waits_for_others_longer_than_ten_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many come."""
    queue: Any = group.Group(Mock(), in_use=lambda: 8)
    queue._waiting = MagicMock(__len__=Mock(side_effect=range(1, 9)))
    now = iter([5.0, 5.0, 5.009, 5.01])
    clock = Mock(monotonic=lambda: next(now))
    monkeypatch.setattr(group, "time", clock)
    queue._let_others_come()
    assert clock.sleep.call_count == 2


def test_with_few_lanes_in_use_nobody_waits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one to write is seconds away. A lane that was left is in use no longer."""
    journal: Any = opened(path)
    monkeypatch.setattr(group, "time", Mock(sleep=Mock(side_effect=AssertionError("it waits"))))
    with busy(journal, 7):
        assert journal.append([draft("a")])[0].seq == 1
        with journal.lane("eighth", wait_s=0):
            pass
        assert journal.append([draft("b")])[0].seq == 2
    journal.close()
