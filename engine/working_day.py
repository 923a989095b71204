"""The working day: all that was done on it, what became of it, and what somebody still has to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from engine.day import DayClose, moved
from engine.day_span import DaySpan
from engine.kind import Kind
from engine.operation import FactKind, Operation, fold
from engine.outcome import Outcome, outcome_of
from engine.state import FINAL, State
from engine.strays import Stray
from journal import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotal:
    """How many of one kind ended so on a terminal, and their sum in minor units of one currency.

    Without a currency it is what has no amount: a capture, or the reversal of a receipt that this day does not know.
    """

    terminal: str
    kind: Kind
    outcome: str
    currency: str | None
    count: int
    amount_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A capture of the day, compared with the journal, and what may explain the differences.

    Where it is not ``whole``, what it bundled was moved into an archive, or a part of it, and nothing is compared.
    """

    capture: Outcome
    close: DayClose
    strays: tuple[Stray, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An operation that was in doubt when the day ended, and what is known of it now."""

    then: Outcome
    now: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A terminal said something else than what had been final; ``outcome`` is what is known now, with its alarm."""

    at: str
    sentence: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person decided what the terminal could not tell."""

    at: str
    by: str
    ruled: str
    reason: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDay:
    """A day. Outcomes are what is known now; only ``doubts`` also tell what was known when it ended.

    ``operations`` are those that began on it, oldest first; ``uncaptured`` the approved ones among them that no capture
    of the day has bundled. ``contradictions`` and ``rulings`` are those of the day, about whatever operation;
    contradictions of earlier days are there while nobody has ruled on them. ``archives`` are files into which a part
    of the day may have been moved, and whatever stands there is missing here.
    """

    span: DaySpan
    operations: tuple[Outcome, ...]
    totals: tuple[DayTotal, ...]
    captures: tuple[Captured, ...]
    uncaptured: tuple[Outcome, ...]
    doubts: tuple[Doubt, ...]
    contradictions: tuple[Contradiction, ...]
    rulings: tuple[Ruling, ...]
    archives: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nobody has to look at anything: no doubt, no alarm, and no difference to a capture."""
        return not (
            any(captured.close.differences for captured in self.captures)
            or any(doubt.now.word == "in_doubt" for doubt in self.doubts)
            or any(one.outcome.alarm for one in self.contradictions)
        )


def working_day(
    span: DaySpan, histories: Sequence[Sequence[Fact]], captured: Callable[[Operation], Captured]
) -> WorkingDay:
    """Make a day of the facts of every operation that it touched: begun, written of, or unsettled on it.

    ``histories`` are in the order in which they began. ``captured`` compares a capture of the day.
    """
    known = [(fold(facts), facts) for facts in histories]
    begun = [operation for operation, _ in known if span.holds(operation.opened_at)]
    return WorkingDay(
        span=span,
        operations=tuple(map(outcome_of, begun)),
        totals=_totals(begun),
        captures=tuple(captured(operation) for operation in begun if _is_capture(operation)),
        uncaptured=tuple(map(outcome_of, _uncaptured(begun))),
        doubts=tuple(_doubts(span, known)),
        contradictions=tuple(_contradictions(span, known)),
        rulings=tuple(_rulings(span, known)),
    )


def _is_capture(operation: Operation) -> bool:
    return operation.order.kind is Kind.CAPTURE and operation.state is State.APPROVED


def _totals(begun: Sequence[Operation]) -> tuple[DayTotal, ...]:
    by_receipt = {one.reply.receipt_number: one for one in begun if one.reply is not None}
    sums: dict[tuple[str, Kind, str, str | None], tuple[int, int]] = {}
    for operation in begun:
        minor, currency = moved(operation, by_receipt) or (0, None)
        key = (operation.order.terminal, operation.order.kind, outcome_of(operation).word, currency)
        count, so_far = sums.get(key, (0, 0))
        sums[key] = (count + 1, so_far + minor)
    return tuple(
        DayTotal(
            terminal=terminal,
            kind=kind,
            outcome=word,
            currency=currency,
            count=count,
            amount_minor=minor if currency is not None else None,
        )
        for (terminal, kind, word, currency), (count, minor) in sorted(
            sums.items(), key=lambda item: tuple(part or "" for part in item[0])
        )
    )


def _uncaptured(begun: Sequence[Operation]) -> Iterator[Operation]:
    last = {operation.order.terminal: place for place, operation in enumerate(begun) if _is_capture(operation)}
    for place, operation in enumerate(begun):
        if operation.state is State.APPROVED and place > last.get(operation.order.terminal, -1):
            yield operation


def _doubts(span: DaySpan, known: Sequence[tuple[Operation, Sequence[Fact]]]) -> Iterator[Doubt]:
    for now, facts in known:
        written = list(takewhile(lambda fact: fact.at < span.end, facts))
        if written and (then := fold(written)).state not in FINAL:
            yield Doubt(then=outcome_of(then), now=outcome_of(now))


def _contradictions(span: DaySpan, known: Sequence[tuple[Operation, Sequence[Fact]]]) -> Iterator[Contradiction]:
    for now, facts in known:
        of_the_kind = [fact for fact in facts if fact.kind == FactKind.CONTRADICTED and fact.at < span.end]
        for fact in of_the_kind:
            if span.holds(fact.at) or (now.alarm is not None and fact is of_the_kind[-1]):
                yield Contradiction(at=fact.at, sentence=str(fact.body["reason"]), outcome=outcome_of(now))


def _rulings(span: DaySpan, known: Sequence[tuple[Operation, Sequence[Fact]]]) -> Iterator[Ruling]:
    for now, facts in known:
        for fact in facts:
            if fact.kind == FactKind.RULED and span.holds(fact.at):
                told = cast("dict[str, str]", fact.body)
                yield Ruling(
                    at=fact.at, by=told["by"], ruled=told["outcome"], reason=told["reason"], outcome=outcome_of(now)
                )
