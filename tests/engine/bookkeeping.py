"""A journal in a file, filled fact by fact at times that a test names: days are about clocks, not about terminals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine import (
    EMPTY,
    OPERATIONS,
    Dispatch,
    Ending,
    Evidence,
    Kind,
    Moment,
    Money,
    Operation,
    Order,
    Reply,
    State,
    Total,
    contradicted,
    escalated,
    fold,
    lost_track,
    proven_absent,
    ruled,
    seen,
)
from engine.facts import answered, dispatched, intended
from journal import Draft, open_journal

_MOMENT = Moment(span="test", ticks_ms=0)


class Books:
    """Whoever writes in it. ``at`` sets the clock, in UTC; what is written next is of that time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
        self.journal = open_journal(path, projection=OPERATIONS, now=lambda: self.now)
        self._count = 0

    def at(self, text: str) -> Books:
        """Set the clock."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return self

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()

    def begin(
        self,
        reference: str,
        amount: str | None = "125.00",
        currency: str = "NOK",
        *,
        terminal: str = "bar",
        kind: Kind = Kind.PAYMENT,
        target_receipt: str | None = None,
        table: str | None = None,
    ) -> Operation:
        """Intend and dispatch it."""
        self._count += 1
        order = Order(
            operation_id=f"00000000-0000-4000-8000-{self._count:012}",
            kind=kind,
            terminal=terminal,
            reference=reference,
            amount=Money.parse(amount, currency) if amount is not None else None,
            target_receipt=target_receipt,
            table=table,
        )
        dispatch = Dispatch(stamp_ms=self._count, moment=_MOMENT, slot_before=EMPTY)
        return fold(self.journal.append([intended(order), dispatched(order, dispatch)]))

    def answer(
        self, operation: Operation, ending: str = "approved", *, total_minor: int | None = None, currency: str = "NOK"
    ) -> Operation:
        """The terminal replies."""
        reply = self.reply(operation, ending)
        if total_minor is not None:
            reply = replace(reply, total_minor=total_minor, currency=currency)
        return self._write(operation, answered(operation.order, reply, f"{ending}, as the terminal says"))

    def pay(self, reference: str, amount: str = "125.00", currency: str = "NOK", **more: str) -> Operation:
        """A payment in one go."""
        ending = more.pop("ending", "approved")
        return self.answer(self.begin(reference, amount, currency, **more), ending)  # type: ignore[arg-type]

    def capture(self, reference: str, *totals: tuple[str, int, int], terminal: str = "bar") -> Operation:
        """A capture that counts so many of a kind with such a sum, in crowns."""
        operation = self.begin(reference, None, kind=Kind.CAPTURE, terminal=terminal)
        told = tuple(
            Total(kind=Kind(kind), currency="NOK", count=count, amount_minor=minor) for kind, count, minor in totals
        )
        reply = replace(self.reply(operation, "approved"), totals=told)
        return self._write(operation, answered(operation.order, reply, "approved"))

    def lose(self, reference: str, amount: str = "125.00", currency: str = "NOK", **more: str) -> Operation:
        """A payment whose reply was lost."""
        operation = self.begin(reference, amount, currency, **more)  # type: ignore[arg-type]
        return self._write(operation, lost_track(operation.order, "the line broke"))

    def find(self, operation: Operation, ending: str = "approved") -> Operation:
        """It shows in the terminal's memory."""
        reply = self.reply(operation, ending)
        return self._write(
            operation, seen(operation, reply, Evidence.LATEST_SLOT, row="found", reason=f"found {ending}")
        )

    def miss(self, operation: Operation) -> Operation:
        """It is proved that it did not happen."""
        proof = proven_absent(operation, Evidence.FENCED_ABSENCE, row="fenced", reason="it cannot have happened")
        return self._write(operation, proof)

    def escalate(self, operation: Operation) -> Operation:
        """The terminal can no longer tell."""
        return self._write(operation, escalated(operation, None, row="erased", reason="its memory was overwritten"))

    def rule(
        self, operation: Operation, outcome: str, *, by: str = "Kari", reason: str = "the bank says so"
    ) -> Operation:
        """A person decides."""
        return self._write(operation, ruled(operation, State(outcome), by=by, reason=reason))

    def contradict(self, operation: Operation, ending: str = "approved") -> Operation:
        """The terminal shows another ending after all."""
        reply = self.reply(operation, ending)
        return self._write(
            operation, contradicted(operation, reply, row="late", reason=f"LATE SUCCESS: {ending} after all")
        )

    def reply(self, operation: Operation, ending: str) -> Reply:
        """What the terminal would say; its receipts count with the operations."""
        return Reply(
            operation_id=operation.order.operation_id,
            ending=Ending(ending),
            outcome_text=ending.capitalize(),
            receipt_number=f"{int(operation.order.operation_id[-6:]):06}",
        )

    def _write(self, operation: Operation, draft: Draft) -> Operation:
        self.journal.append([draft])
        return fold(self.journal.facts_of(operation.order.operation_id))
