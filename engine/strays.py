"""Strays: which operations may be the ones that a capture counts and we do not, or the other way round.

A terminal tells sums and no list, so nobody can know. But a difference of one payment of 125.00 is most likely the one
of 125.00 that we hold as declined, and a person who looks for it shall not have to add up a day by hand. What fits is
named, all of it, and decides nothing: identity is the operation id alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

from engine.day import Difference, moved
from engine.operation import Operation
from engine.outcome import Outcome, outcome_of

_MOST_TRIED = 200_000
"""Sets of operations that are added up for one difference: any pair out of six hundred, within a second."""

_MOST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A difference, whose it is, and the sets of operations each of which would explain it alone.

    ``ours`` is True for what we hold as approved and the capture does not count. Where ``fitting`` is empty, nothing
    in this journal explains it: another till's operation, a tip, an amount that was changed.
    """

    difference: Difference
    ours: bool
    fitting: tuple[tuple[Outcome, ...], ...]


def strays(
    differences: Sequence[Difference], bundled: Sequence[Operation], others: Sequence[Operation]
) -> tuple[Stray, ...]:
    """What may explain each difference: ``bundled`` is approved by our books, ``others`` are the session's rest."""
    by_receipt = {one.reply.receipt_number: one for one in (*bundled, *others) if one.reply is not None}
    return tuple(_stray(difference, bundled, others, by_receipt) for difference in differences)


def _stray(
    difference: Difference,
    bundled: Sequence[Operation],
    others: Sequence[Operation],
    by_receipt: Mapping[str | None, Operation],
) -> Stray:
    count = difference.ours_count - (difference.theirs_count or 0)
    minor = difference.ours_minor - (difference.theirs_minor or 0)
    ours = (minor or count) > 0
    pool = [
        (operation, money[0])
        for operation in (bundled if ours else others)
        if operation.order.kind is difference.kind
        and (money := moved(operation, by_receipt)) is not None
        and money[1] == difference.currency
    ]
    alike = count * minor > 0  # more of them with a smaller sum: no set of operations explains that
    return Stray(difference=difference, ours=ours, fitting=_fitting(pool, abs(count), abs(minor)) if alike else ())


def _fitting(pool: Sequence[tuple[Operation, int]], count: int, minor: int) -> tuple[tuple[Outcome, ...], ...]:
    if comb(len(pool), count) > _MOST_TRIED:
        return ()
    found = (chosen for chosen in combinations(pool, count) if sum(amount for _, amount in chosen) == minor)
    return tuple(tuple(outcome_of(operation) for operation, _ in chosen) for chosen in islice(found, _MOST_TOLD))
