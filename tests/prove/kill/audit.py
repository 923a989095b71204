"""The audit of one kill: what the till says that came back, against the terminal's ledger and what callers heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tests.prove.kill.acts import Act
from tests.prove.kill.counter import Truth
from tests.prove.kill.lives import Told
from tools.rehearsal import discrepancies

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def audit(act: Act, heard: Sequence[tuple[str, str]], told: Told, truth: Truth) -> Iterator[str]:
    """A sentence for each thing that is wrong. ``heard`` are words, each with its reference, before it came back."""
    yield from discrepancies(told.operations, truth.ledger)
    yield from told.unsettled
    yield from told.breaks
    for word, reference in heard:
        found = told.at_first.get(reference, "not on record")
        # Doubt may be told while it is being settled; everything else was final.
        if word not in ("in_doubt", found):
            yield f"the caller had heard that {reference} is {word}, and it was {found} when the till came back"
    if act.repays:
        yield from _paid_once(told, truth)
    yield from _stamps(told, truth)


def _paid_once(told: Told, truth: Truth) -> Iterator[str]:
    ours = {each.order.operation_id for each in told.operations if each.order.reference.startswith("bill-1")}
    paid = sum(entry.approved for entry in truth.ledger if entry.id in ours)
    if paid != 1:
        yield f"the guest of bill-1 was charged {paid} times"


def _stamps(told: Told, truth: Truth) -> Iterator[str]:
    """No stamp comes twice, and whoever comes back goes on above all that was sent before."""
    arrived = [(datetime.fromisoformat(row.stamp) - _EPOCH) // _MILLISECOND for row in truth.rows if row.stamp]
    twice = len(arrived) - len(set(arrived))
    if twice:
        yield f"{twice} stamps came twice"
    before = set(arrived) - set(told.stamps)
    if told.stamps and before and min(told.stamps) <= max(before):
        yield "the till that came back drew a stamp that is not above those sent before it died"
