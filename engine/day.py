"""The day's close: what the terminal says that it captured, against what the journal knows.

A capture bundles everything since the one before. If its totals are not ours, something was done that one side does not
know of, and the operations of the session say where to look (``protocol.md``, *Capture*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.kind import Kind
from engine.operation import Operation
from engine.outcome import Outcome, outcome_of
from engine.state import State
from engine.terminal import Total


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A kind and currency in which the two sides disagree; ``theirs_`` is None where the terminal names none.

    Amounts are in minor units.
    """

    currency: str
    kind: Kind
    ours_count: int
    ours_minor: int
    theirs_count: int | None
    theirs_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClose:
    """A capture compared: where it differs, and the operations of the session that it closed, oldest first.

    ``told`` is False if the terminal gave no totals, so that there is nothing to compare with. ``schemes`` are its
    totals by card scheme, where it gives them; our books know no schemes, so they are shown and not compared.
    """

    terminal: str
    told: bool
    differences: tuple[Difference, ...]
    operations: tuple[Outcome, ...]
    schemes: tuple[Total, ...] = ()


def compare(bundled: Sequence[Operation], capture: Operation) -> DayClose:
    """A capture against the operations that it bundled by our books, oldest first."""
    told = capture.reply.totals if capture.reply is not None else ()
    theirs = [total for total in told if total.scheme is None]
    return DayClose(
        terminal=capture.order.terminal,
        told=bool(theirs),
        differences=tuple(_differences(bundled, theirs)) if theirs else (),
        operations=tuple(map(outcome_of, bundled)),
        schemes=tuple(total for total in told if total.scheme is not None and total.count),
    )


def _differences(bundled: Sequence[Operation], theirs: Sequence[Total]) -> list[Difference]:
    sums = _sums(bundled)
    told: dict[tuple[str, Kind], tuple[int, int]] = {}
    for total in theirs:
        count, minor = told.get((total.currency, total.kind), (0, 0))
        told[total.currency, total.kind] = (count + total.count, minor + total.amount_minor)
    nothing = (0, 0)
    return [
        Difference(
            currency=currency,
            kind=kind,
            ours_count=sums.get((currency, kind), nothing)[0],
            ours_minor=sums.get((currency, kind), nothing)[1],
            theirs_count=told[currency, kind][0] if (currency, kind) in told else None,
            theirs_minor=told[currency, kind][1] if (currency, kind) in told else None,
        )
        for currency, kind in sorted(sums.keys() | told.keys())
        if sums.get((currency, kind), nothing) != told.get((currency, kind), nothing)
    ]


def _sums(bundled: Sequence[Operation]) -> dict[tuple[str, Kind], tuple[int, int]]:
    """Counts and amounts by currency and kind."""
    by_receipt = {operation.reply.receipt_number: operation for operation in bundled if operation.reply is not None}
    sums: dict[tuple[str, Kind], tuple[int, int]] = {}
    for operation in bundled:
        money = moved(operation, by_receipt)
        if money is not None:
            minor, currency = money
            count, so_far = sums.get((currency, operation.order.kind), (0, 0))
            sums[currency, operation.order.kind] = (count + 1, so_far + minor)
    return sums


def moved(operation: Operation, by_receipt: Mapping[str | None, Operation]) -> tuple[int, str] | None:
    """What an operation moved, or was to move, in minor units and which currency; None where nobody says.

    Where money moved the terminal's word counts, a tip included. A reversal has no amount of its own: it undoes that of
    its target, the operation with this receipt.
    """
    target = operation.order.target_receipt
    about = by_receipt.get(target, operation) if target else operation
    asked, reply = about.order.amount, about.reply if about.state is State.APPROVED else None
    minor = reply.total_minor if reply is not None else None
    if asked is not None:
        return asked.amount_minor if minor is None else minor, asked.currency
    # Taken over from another till, or a reversal of what is not here: then only the terminal knows.
    return (minor, reply.currency) if reply is not None and minor is not None and reply.currency else None
