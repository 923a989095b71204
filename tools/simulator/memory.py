"""What the terminal remembers between operations: slots, the open session, the receipt counter.

Slots are the one-slot memory per type (`protocol.md`, Missing answers). Results are what asynchronous
operations left, to be asked for by their id. The session is the batch that
the next capture bundles; it outlives a reboot, because that money still has to be captured.
"""

from collections import deque

from tools.simulator.assumptions import Assumptions
from tools.simulator.kinds import Kind, Mode
from tools.simulator.ledger import Entry, Total

# Six digits; 000000 is left out, as a number that prints like "none" (OPEN: where a counter begins anew).
_LAST_RECEIPT = 999_999


class Memory:
    """Slots, session and receipt numbers of one terminal."""

    def __init__(self, *, first_receipt: int, assumptions: Assumptions) -> None:
        if not 0 < first_receipt <= _LAST_RECEIPT:
            raise ValueError(f"a receipt number has six digits and is not zero, not {first_receipt}")
        self._assumptions = assumptions
        self._next_receipt = first_receipt
        self.slots: dict[Kind, Entry] = {}
        self.session: list[Entry] = []
        self._results: dict[Kind, deque[Entry]] = {kind: deque(maxlen=assumptions.async_memory) for kind in Kind}

    @property
    def next_receipt(self) -> str:
        """The number that the next finished operation will get."""
        return f"{self._next_receipt:06d}"

    def take_receipt(self) -> str:
        """Return a receipt number and move on, over the end to the beginning."""
        taken = self.next_receipt
        self._next_receipt = self._next_receipt % _LAST_RECEIPT + 1
        return taken

    def remember(self, entry: Entry) -> None:
        """Take in a finished operation, whatever its outcome."""
        self.keep(entry)
        self.slots[entry.kind] = entry
        if entry.mode is Mode.ASYNC:
            self._results[entry.kind].append(entry)

    def result(self, operation_id: str) -> Entry | None:
        """Return the asynchronous operation of this id, if it has ended and is still known."""
        results = (entry for kind in Kind for entry in self._results[kind])
        return next((entry for entry in results if entry.operation_id == operation_id), None)

    def forget_result(self, entry: Entry) -> None:
        """Lose a result, as before 2.1 with its delivery."""
        self._results[entry.kind].remove(entry)

    def keep(self, entry: Entry) -> None:
        """Take an operation into the session only; an approved capture closes the session."""
        if entry.kind is Kind.CAPTURE:
            if entry.approved:
                self._close_session()
            return
        self.session.append(entry)

    def forget_slots(self) -> None:
        """Lose the slots and the results, as at a reboot."""
        self.slots.clear()
        for results in self._results.values():
            results.clear()

    def payment(self, receipt_number: str) -> Entry | None:
        """Return the session's newest payment with this number; numbers roll over."""
        found = (e for e in reversed(self.session) if e.kind is Kind.PAYMENT)
        return next((e for e in found if e.receipt_number == receipt_number), None)

    def reversible(self, receipt_number: str) -> Entry | None:
        """Return the approved payment that a reversal may undo: of this session, not undone already."""
        payment = self.payment(receipt_number)
        if payment is None or not payment.approved:
            return None
        undone = any(e.approved and e.reverses == receipt_number and e.ordinal > payment.ordinal for e in self.session)
        return None if undone else payment

    def capture_due(self, at: float) -> bool:
        """Whether the open session is too old, counted from its first approved operation."""
        first = next((e for e in self.session if e.approved), None)
        return first is not None and at - first.finished_at > self._assumptions.capture_due_after_s

    def totals(self) -> tuple[Total, ...]:
        """Return what a capture bundles now, per currency."""
        approved = [e for e in self.session if e.approved]
        return tuple(_total(c, approved) for c in sorted({e.currency for e in approved if e.currency}))

    def scheme_totals(self) -> tuple[Total, ...]:
        """Return what a capture bundles now, per currency and scheme."""
        approved = [e for e in self.session if e.approved]
        pairs = sorted({(e.currency, e.scheme) for e in approved if e.currency and e.scheme})
        return tuple(
            _total(currency, [e for e in approved if e.scheme == scheme], scheme=scheme) for currency, scheme in pairs
        )

    def _close_session(self) -> None:
        self.session.clear()
        if not self._assumptions.slot_survives_capture:
            # The capture's own slot is set after this: `Captures/latest` must outlive it.
            self.forget_slots()


def _total(currency: str, approved: list[Entry], *, scheme: str | None = None) -> Total:
    sums = {kind: [e.total_minor or 0 for e in approved if e.kind is kind and e.currency == currency] for kind in Kind}
    return Total(
        currency=currency,
        payments=len(sums[Kind.PAYMENT]),
        payments_minor=sum(sums[Kind.PAYMENT]),
        refunds=len(sums[Kind.REFUND]),
        refunds_minor=sum(sums[Kind.REFUND]),
        reversals=len(sums[Kind.REVERSAL]),
        reversals_minor=sum(sums[Kind.REVERSAL]),
        scheme=scheme,
    )
