"""A till at a damaged journal that opened all the same: whatever it finds there, it charges nobody twice.

A till does not check its whole journal before a guest may pay. So what only the check would notice must not mislead it:
a bill that was paid is told or refused, and a new guest is not sent while one in doubt is not looked into.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from engine import Kind, State, TillproofError
from journal import Journal, JournalError, Value
from tests.prove.disk.shapes import Reading
from tools.rehearsal import Process, Stage


def charged_again(journal: Journal, before: Reading) -> Iterator[str]:
    """A sentence for each order that must not have left; ``before`` is how it read when it was sound."""
    stage = Stage()
    stage.journal = journal
    for row in before.rows:
        if row["state"] == State.APPROVED and row["kind"] == Kind.PAYMENT and _sent(stage, row):
            yield f"{row['reference']}, which is paid, was sent again"
    doubts = [str(row["operation_id"]) for row in before.rows if row["unsettled"] and row["terminal"] == "bar"]
    known = {doubt: _told_of(journal, doubt) for doubt in doubts}
    if doubts and _sent(stage, {"reference": "a new guest", "amount_minor": 12500}):
        for doubt in doubts:
            if _told_of(journal, doubt) == known[doubt]:
                yield f"a new guest was sent, and {doubt}, which is in doubt, was not looked into"


def _sent(stage: Stage, row: Mapping[str, Value]) -> bool:
    """Pay, and say whether an order left; that it is refused is an answer like any other."""
    till = stage.start()
    with suppress(TillproofError, JournalError):
        till.pay(str(row["reference"]), f"{int(str(row['amount_minor'])) / 100:.2f}", patience_s=0.0)
    return _orders(till) > 0


def _orders(till: Process) -> int:
    return sum(request.method == "POST" and "/Abort" not in request.path for request in till.wires["bar"].sent)


def _told_of(journal: Journal, operation_id: str) -> int:
    """How many facts there are of it, by the chain and not by an index."""
    with suppress(JournalError):
        return sum(fact.subject == operation_id for fact in journal.facts())
    return -1
