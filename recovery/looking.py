"""Looking: every reading of a slot goes through here, so that no sighting is ever wasted."""

from __future__ import annotations

from engine import (
    FINAL,
    Book,
    Ending,
    Kind,
    Operation,
    Reply,
    Slot,
    State,
    Terminal,
    contradicted,
    ended,
    log,
    sentence,
)
from engine import (
    Evidence as Basis,
)
from recovery.evidence import Evidence, Patience, Prospect, Recall, Sighting, Standing
from recovery.table import Verdict, decide


def standing(operation: Operation) -> Standing:
    """What our facts say of it."""
    match operation.state:
        case State.INTENDED:
            return Standing.UNSENT
        case State.DISPATCHED | State.LOST:
            return Standing.OPEN
        case State.ESCALATED:
            return Standing.ESCALATED
        case _:
            return Standing.FINAL


def sighting_of_ours(operation: Operation, reply: Reply) -> Sighting:
    """How a slot that carries our id compares with what is on record."""
    if operation.state not in FINAL:
        return Sighting.OURS_UNCLEAR if reply.ending is None else Sighting.OURS
    if reply == operation.reply:
        # This very word was there when the operation became final, or when the alarm went off.
        return Sighting.OURS
    if reply.ending is None:
        # An unknown word contradicts a person or an ending by nothing, but it does contradict "it did not happen".
        proven_absent = operation.state is State.NOT_PERFORMED and operation.evidence is not Basis.PERSON
        return Sighting.OURS_OTHERWISE if proven_absent else Sighting.OURS_UNCLEAR
    return Sighting.OURS if ended(reply) is operation.state else Sighting.OURS_OTHERWISE


class Lookout:
    """Reads slots, and raises the alarm when one contradicts the journal. The caller holds the terminal's lane."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._noticed: set[tuple[str, str]] = set()

    def latest(self, terminal: Terminal, kind: Kind, *, after_ms: int = 0, sought: str = "") -> Slot:
        """What the slot holds. If that is one of ours with an ending, it is compared with what is on record.

        ``sought`` is the id of an operation that the caller is settling: he compares it himself.

        Raises:
            NotDelivered, Unconfirmed: no authentic answer.
        """
        slot = terminal.latest(kind, after_ms=after_ms)
        if slot.reply is None or slot.identity == sought:
            return slot
        operation = self._book.by_id(slot.identity)
        if operation is None:
            self._notice(terminal, kind, slot.identity)
        elif operation.state in FINAL:
            self._compare(operation, slot.reply)
        return slot

    def stranger(self, terminal: Terminal, kind: Kind, slot: Slot) -> str | None:
        """A sentence if the slot holds what is not in our journal, though no other till uses the terminal.

        It may be another till after all. Or ours, from before an older copy of the journal was put back: then guests
        have paid of whom this journal knows nothing. It is told, and never taken over: only a person knows which.
        """
        if terminal.shared or slot.reply is None or self._is_ours(slot.identity):
            return None
        receipt = f", receipt {slot.reply.receipt_number}" if slot.reply.receipt_number else ""
        return (
            f"{terminal.name} shows a {kind} ({slot.reply.outcome_text.lower()}{receipt}) that is not in this journal. "
            "Either somebody else uses this terminal: then set shared = true for it. Or this journal is an older copy "
            "and lacks what was done after it: then put the newest one back, or compare with the terminal's receipts"
        )

    def _is_ours(self, identity: str) -> bool:
        return self._book.by_id(identity) is not None or self._book.archived(identity) is not None

    def _notice(self, terminal: Terminal, kind: Kind, identity: str) -> None:
        if terminal.shared or (terminal.name, identity) in self._noticed or self._is_ours(identity):
            return
        self._noticed.add((terminal.name, identity))
        log().warning("terminal.stranger_seen", terminal=terminal.name, kind=kind, identity=identity)

    def _compare(self, operation: Operation, reply: Reply) -> None:
        row = decide(
            Evidence(
                standing=Standing.FINAL,
                sighting=sighting_of_ours(operation, reply),
                prospect=Prospect.SHUT,
                recall=Recall.KEPT,
                patience=Patience.OUT,
            )
        )
        if row.verdict is not Verdict.ALARM:
            return
        name = "LATE SUCCESS" if reply.ending is Ending.APPROVED else "CONTRADICTION"
        reason = (
            f"{name}: on record as {operation.state} ({operation.evidence}), "
            f"and the terminal shows {sentence(operation.order, reply)}"
        )
        self._book.record(operation, contradicted(operation, reply, row=row.label, reason=reason))
        log().error(
            "operation.contradicted",
            operation_id=operation.order.operation_id,
            reference=operation.order.reference,
            recorded=operation.state,
            shown=reply.outcome_text,
            receipt_number=reply.receipt_number,
        )
