"""The observer: tells the log, and whoever listens, what became of operations and how long writing took.

An operation ends when the fact is stored that makes it final, whoever stored it: the till, the watch, a recovery, a
person. It does so once, and here that is noticed; so there is one canonical line for each operation, over all
processes, and none for one that is parked.

Listeners are for metrics and traces. They hear what is durable already, and what they raise is only logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from engine.answer import other_amount
from engine.events import log
from engine.operation import Operation
from engine.outcome import Outcome, outcome_of
from engine.state import FINAL
from journal import Draft, Fact, Journal

OnEnded = Callable[[Outcome], None]
OnWritten = Callable[[float], None]

_Told = TypeVar("_Told")


class Observer:
    """Whoever wants to hear is in one of its two lists; without anybody it costs a look at an empty list."""

    def __init__(self) -> None:
        self.on_ended: list[OnEnded] = []
        self.on_written: list[OnWritten] = []

    def append(self, journal: Journal, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """Write to the journal, and tell how many seconds that took, also when it failed."""
        if not self.on_written:
            return journal.append(drafts, last_resort=last_resort)
        began = time.perf_counter()
        try:
            return journal.append(drafts, last_resort=last_resort)
        finally:
            _tell(self.on_written, time.perf_counter() - began)

    def after(self, before: Operation | None, operation: Operation) -> Operation:
        """The operation as it is after a fact was stored; if that was its end, it is told."""
        if operation.state in FINAL and (before is None or before.state not in FINAL):
            outcome = outcome_of(operation)
            log().info("operation.finished", **canonical_line(operation))
            if operation.reply is not None and (difference := other_amount(operation.order, operation.reply)):
                log().warning("operation.amount_differed", operation_id=outcome.operation_id, difference=difference)
            _tell(self.on_ended, outcome)
        return operation


def canonical_line(operation: Operation) -> dict[str, int | float | str | bool]:
    """All that is to be told of an operation at its end; what is absent is left out.

    ``took_s`` is read from the wall clock, as the facts are dated, and counts from the first fact to the last.
    """
    told = {key: value for key, value in outcome_of(operation).as_dict().items() if value is not None}
    began, ended = (datetime.fromisoformat(at) for at in (operation.opened_at, operation.updated_at))
    told |= {"mode": str(operation.dispatch.mode)} if operation.dispatch else {}
    return {**told, "reply_lost": operation.link_lost, "took_s": round((ended - began).total_seconds(), 3)}


def _tell(listeners: Sequence[Callable[[_Told], None]], told: _Told) -> None:
    for listener in listeners:
        try:
            listener(told)
        except Exception as error:  # noqa: BLE001 - a listener's; the operation is over, and its caller waits
            log().error("observer.listener_failed", error=type(error).__name__)
