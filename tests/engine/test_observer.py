"""The observer: one end for each operation, told once, and nothing that a listener does can hurt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from engine import (
    OPERATIONS,
    UNKNOWN,
    Book,
    Dispatch,
    NotDelivered,
    Observer,
    Outcome,
    State,
    canonical_line,
    contradicted,
    facts,
    lost_track,
    ruled,
)
from journal import Draft, Fact, MemoryJournal, NotStored
from tests.recovery.scripted import APPROVED, DECLINED, ORDER, StandingClock


class _FullJournal(MemoryJournal):
    """Takes nothing."""

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        raise NotStored("the disk is full")


class _Desk:
    """A book that is listened to."""

    def __init__(self, kind: type[MemoryJournal] = MemoryJournal) -> None:
        self.clock = StandingClock()
        self.observer = Observer()
        self.ended: list[Outcome] = []
        self.observer.on_ended.append(self.ended.append)
        self.book = Book(kind(projection=OPERATIONS, now=self.clock.now), self.observer)
        self.dispatch = Dispatch(stamp_ms=1, moment=self.clock.moment(), slot_before=UNKNOWN)

    def lost(self) -> Any:
        """An operation whose reply the line has lost."""
        operation = self.book.begin(facts.intended(ORDER), facts.dispatched(ORDER, self.dispatch))
        return self.book.record(operation, lost_track(ORDER, "no reply in 180 s"))


def test_an_answer_is_an_end_and_what_comes_after_it_is_none() -> None:
    """Whoever counts ends counts operations; a contradiction and a ruling belong to an end that was told."""
    desk = _Desk()
    operation = desk.book.begin(facts.intended(ORDER), facts.dispatched(ORDER, desk.dispatch))
    assert desk.ended == []
    operation = desk.book.record(operation, facts.answered(ORDER, DECLINED, "declined"))
    operation = desk.book.record(operation, contradicted(operation, APPROVED, row="late", reason="LATE SUCCESS"))
    desk.book.record(operation, ruled(operation, State.APPROVED, by="Ada", reason="the slip"))
    assert [outcome.word for outcome in desk.ended] == ["declined"]


def test_doubt_is_no_end_and_a_ruling_ends_it() -> None:
    """A parked bill is told of when it is settled, by whomever."""
    desk = _Desk()
    operation = desk.lost()
    assert desk.ended == []
    desk.book.record(operation, ruled(operation, State.NOT_PERFORMED, by="Ada", reason="the guest left"))
    assert [(outcome.word, outcome.evidence) for outcome in desk.ended] == [("not_performed", "person")]


def test_what_never_left_ends_where_it_begins() -> None:
    """Its first write is its last."""
    desk = _Desk()
    unsent = NotDelivered("nothing was sent: the cable is out", refused=False)
    desk.book.begin(facts.intended(ORDER), facts.not_delivered(ORDER, unsent))
    assert [outcome.word for outcome in desk.ended] == ["not_performed"]


def test_the_canonical_line_tells_how_long_it_took_and_that_a_reply_was_lost() -> None:
    """From the first fact to the last, a guest's hesitation included."""
    desk = _Desk()
    operation = desk.lost()
    ended = desk.book.record(operation, ruled(operation, State.APPROVED, by="Ada", reason="the slip"))
    line = canonical_line(replace(ended, updated_at="2026-01-02T03:04:47.500Z"))
    assert (line["outcome"], line["mode"], line["reply_lost"], line["took_s"]) == ("approved", "sync", True, 42.5)


def test_a_listener_that_fails_is_logged_and_the_next_one_hears(caplog: pytest.LogCaptureFixture) -> None:
    """A dashboard that is down keeps no guest waiting, and its complaint, which may quote anything, stays out."""
    desk = _Desk()

    def fail(_: Outcome) -> None:
        raise ValueError("4925000000000004")

    desk.observer.on_ended.insert(0, fail)
    with caplog.at_level(logging.ERROR, logger="tillproof"):
        desk.book.begin(facts.intended(ORDER), facts.not_delivered(ORDER, NotDelivered("off", refused=False)))
    assert [record.getMessage() for record in caplog.records] == [
        "event='observer.listener_failed' error='ValueError'",
    ]
    assert len(desk.ended) == 1


def test_every_write_is_timed_once_somebody_listens() -> None:
    """Each is one flush, alone or with others."""
    desk = _Desk()
    took_s: list[float] = []
    desk.observer.on_written.append(took_s.append)
    desk.lost()
    assert len(took_s) == 2
    assert min(took_s) > 0


def test_a_write_that_fails_is_timed_and_is_no_end() -> None:
    """A disk that hangs before it says no is a slow disk."""
    desk = _Desk(_FullJournal)
    took_s: list[float] = []
    desk.observer.on_written.append(took_s.append)
    desk.book.note(facts.not_delivered(ORDER, NotDelivered("off", refused=False)))
    assert (len(took_s), desk.ended) == (1, [])
