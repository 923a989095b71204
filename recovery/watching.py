"""The watch: settles in the background what is in doubt, and tells the program what came of it.

A bill in doubt is parked, and the till goes on with other guests. Meanwhile the watch looks at the journal every
second, whoever wrote into it; where something is in doubt it asks the terminal, one round at a time and more seldom as
time passes, and it waits for nobody: a terminal that is in use belongs to its guest.

What was settled as not performed is looked at again for a while: a payment that shows up late is money.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Self

from engine import (
    UNDECIDED,
    Book,
    Clock,
    InDoubt,
    Moment,
    NotPerformed,
    Operation,
    Outcome,
    State,
    TillproofError,
    log,
    outcome_of,
    within_s,
)
from journal import JournalError
from recovery.recovering import Recovery, Report

OVERDUE_S = 180.0
"""From here on somebody should be told: no guest takes longer, and the vendor's payments end by then."""

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_LATE_FOR_S = 900.0
_LATE_PAUSE_S = 60.0
_BEING_CONDUCTED = frozenset({State.INTENDED, State.DISPATCHED})


class News(StrEnum):
    """What a watch has to tell of an operation."""

    SETTLED = "settled"
    """It had been in doubt, and its ending is known now, whoever found it out."""
    ALARM = "alarm"
    """The terminal contradicts what had been final."""
    OVERDUE = "overdue"
    """It has been in doubt for three minutes, and still is."""


Listener = Callable[[Outcome], None]


class Watch:
    """Looks after a journal, from ``start`` to ``stop``."""

    def __init__(self, *, book: Book, recovery: Recovery, clock: Clock) -> None:
        self._book = book
        self._recovery = recovery
        self._clock = clock
        self._listeners: dict[News, list[Listener]] = {news: [] for news in News}
        self._doubtful: frozenset[str] = frozenset()
        self._told: set[tuple[News, str]] = set()
        self._suspects: dict[str, Moment] = {}
        self._refused: frozenset[str] = frozenset()
        self._late_look: Moment | None = None
        self._pause_s = _FIRST_PAUSE_S
        self.looked_at: datetime | None = None
        """When it last looked and could, by the wall clock; None if never."""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, news: News, listener: Listener) -> None:
        """Tell somebody, in the thread of the watch; what he raises is only logged. Each operation is told of once."""
        self._listeners[news].append(listener)

    def start(self) -> None:
        """Look in a thread of its own, until ``stop``; harmless when it runs already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="tillproof-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, after the look that it may be taking. Harmless when called twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        pause_s = 0.0
        while not self._stop.wait(pause_s):
            try:
                pause_s = self.look()
            except (TillproofError, JournalError) as error:
                log().error("watch.failed", error=str(error))
                pause_s = _LONGEST_PAUSE_S

    def look(self) -> float:
        """Look once; the seconds until it is worth to look again.

        Raises:
            AnswerNotStored: something is known now, and the journal could not take it.
            JournalError: the journal cannot be read.
        """
        before = self._book.unsettled()
        report = self._ask(before)
        after = self._book.unsettled()
        news = [*self._settled(report, after), *self._standing(after)]
        for what, outcome in news:
            self._tell(what, outcome)
        doubtful = frozenset(_id(operation) for operation in after if operation.state not in _BEING_CONDUCTED)
        changed, self._doubtful = bool(news) or doubtful != self._doubtful, doubtful
        self._pause_s = _FIRST_PAUSE_S if changed or not doubtful else min(2 * self._pause_s, _LONGEST_PAUSE_S)
        self.looked_at = self._clock.now()
        return self._pause_s

    def _ask(self, unsettled: Iterable[Operation]) -> Report:
        names = {operation.order.terminal for operation in unsettled if operation.state in UNDECIDED}
        now = self._clock.moment()
        if self._late_look is None:
            names |= set(self._recovery.names)  # the first look: nobody knows what happened before it
            self._late_look = now
        elif not within_s(self._late_look, now, _LATE_PAUSE_S):
            self._suspects = {name: at for name, at in self._suspects.items() if within_s(at, now, _LATE_FOR_S)}
            names |= self._suspects.keys()
            self._late_look = now
        report = self._recovery.glance(names - self._refused)
        # Wrong keys block a terminal that hears them too often. Somebody has to mend them, and to start anew.
        self._refused |= report.refused
        return report

    def _settled(self, report: Report, unsettled: Iterable[Operation]) -> Iterator[tuple[News, Outcome]]:
        still = {_id(operation) for operation in unsettled}
        outcomes = (finding.outcome for finding in report.findings)
        found: dict[str, Outcome] = {each.operation_id: each for each in outcomes if not isinstance(each, InDoubt)}
        by_others = sorted(self._doubtful - found.keys())
        found |= {identity: outcome_of(self._book.get(identity)) for identity in by_others}
        for outcome in found.values():
            if outcome.operation_id not in still:
                if isinstance(outcome, NotPerformed):
                    self._suspects[outcome.terminal] = self._clock.moment()
                yield News.SETTLED, outcome

    def _standing(self, unsettled: Iterable[Operation]) -> Iterator[tuple[News, Outcome]]:
        """What is to be said of that which is open still: once, and once more if it had been closed in between."""
        standing: dict[tuple[News, str], Operation] = {}
        for operation in unsettled:
            if operation.alarm is not None:
                standing[News.ALARM, _id(operation)] = operation
            elif self._is_overdue(operation):
                standing[News.OVERDUE, _id(operation)] = operation
        for told, operation in standing.items():
            if told not in self._told:
                yield told[0], outcome_of(operation)
        self._told = set(standing)

    def _is_overdue(self, operation: Operation) -> bool:
        waited_s = (self._clock.now() - datetime.fromisoformat(operation.opened_at)).total_seconds()
        return operation.state not in _BEING_CONDUCTED and waited_s >= OVERDUE_S

    def _tell(self, news: News, outcome: Outcome) -> None:
        level = log().info if news is News.SETTLED else log().warning
        level(f"watch.{news}", operation_id=outcome.operation_id, outcome=outcome.word, reason=outcome.reason)
        for listener in self._listeners[news]:
            try:
                listener(outcome)
            except Exception as error:  # noqa: BLE001 - a caller's; the watch goes on, for the other bills
                log().error("watch.listener_failed", operation_id=outcome.operation_id, error=type(error).__name__)


def _id(operation: Operation) -> str:
    return operation.order.operation_id
