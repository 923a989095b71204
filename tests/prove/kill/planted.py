"""The plants: blunders that only a killed process brings to light, each put into a till in its forked process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

import engine.book
import engine.conduct
import journal.file
import recovery.settling
from engine import Dispatch, NotDelivered, Operation, State, Unconfirmed, facts, outcome_of
from engine.operation import follow
from journal import Draft, Fact
from tillproof import Outcome

Hear = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A blunder; ``act`` is where it is looked for, and ``by`` is what the sentence that gives it away must hold."""

    put: Callable[[pytest.MonkeyPatch, Hear], None]
    act: str
    by: str


def _dispatch_after_the_send(patch: pytest.MonkeyPatch, _hear: Hear) -> None:
    def perform(self: Any, order: Any, terminal: Any, mode: Any, *rest: Any) -> Operation:
        memory = self._clear_road(terminal, order.kind, patience_s=rest[0])
        with terminal.prepare(order, mode, None) as charge:
            dispatch = Dispatch(stamp_ms=charge.stamp_ms, moment=self._clock.moment(), slot_before=memory.slot)
            reply = charge.send(lambda: None)
            operation: Operation = self._book.begin(facts.intended(order), facts.dispatched(order, dispatch))
            return self._book.record(operation, facts.answered(order, reply, "approved"))  # type: ignore[no-any-return]

    patch.setattr(engine.conduct.Engine, "_perform", perform)


def _told_before_it_is_written(patch: pytest.MonkeyPatch, hear: Hear) -> None:
    record = engine.book.Book.record

    def told_first(self: Any, operation: Operation, draft: Draft) -> Operation:
        fact = Fact(seq=0, at="", subject=draft.subject, kind=draft.kind, body=draft.body, digest="")
        hear(outcome_of(follow(operation, fact)))
        return record(self, operation, draft)

    patch.setattr(engine.book.Book, "record", told_first)


def _recovery_sends_again(patch: pytest.MonkeyPatch, _hear: Hear) -> None:
    settle = recovery.settling.Settler.settle

    def send_first(self: Any, operation: Operation, *, patience_s: float) -> Any:
        if operation.state in {State.DISPATCHED, State.LOST} and operation.dispatch is not None:
            terminal = self._terminals[operation.order.terminal]
            with (
                suppress(NotDelivered, Unconfirmed),
                terminal.prepare(operation.order, operation.dispatch.mode, None) as charge,
            ):
                charge.send(lambda: None)
        return settle(self, operation, patience_s=patience_s)

    patch.setattr(recovery.settling.Settler, "settle", send_first)


class _Number:
    """A number that is kept nowhere."""

    def __init__(self, value: int) -> None:
        self.value = value

    def release(self) -> None:
        """Nothing is held."""


def _stamps_in_memory_only(patch: pytest.MonkeyPatch, _hear: Hear) -> None:
    last = 0

    @contextmanager
    def rising(_self: Any, _name: str, *, floor: int) -> Iterator[_Number]:
        nonlocal last
        last = max(floor, last + 1)
        yield _Number(last)

    patch.setattr(journal.file.FileJournal, "rising", rising)


PLANTS = {
    "the dispatch is written after the send": Plant(
        put=_dispatch_after_the_send, act="a payment over a checkpoint", by="is in the ledger and not in the journal"
    ),
    "the caller hears before the answer is written": Plant(
        put=_told_before_it_is_written, act="a payment over a checkpoint", by="the caller had heard that"
    ),
    "recovery sends the order again": Plant(
        put=_recovery_sends_again, act="a payment over a checkpoint", by="performed 2 times"
    ),
    "stamps are kept in memory only": Plant(
        put=_stamps_in_memory_only, act="a payment over a checkpoint", by="a stamp that is not above those"
    ),
}
