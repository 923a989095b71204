"""The facts that can be written of an operation: one function each, so that their particulars stand in one place."""

from __future__ import annotations

from engine.clock import Moment
from engine.errors import NotDelivered
from engine.operation import Dispatch, Evidence, FactKind, Operation
from engine.order import Order
from engine.state import State
from engine.terminal import Reply
from journal import Draft, Json


def intended(order: Order) -> Draft:
    """The POS asked for this, and we took it on."""
    body: dict[str, Json] = {"kind": order.kind, "terminal": order.terminal, "reference": order.reference}
    if order.amount is not None:
        body |= {"amount_minor": order.amount.amount_minor, "currency": order.amount.currency}
    if order.target_receipt is not None:
        body["target_receipt"] = order.target_receipt
    if order.taken_over:
        body["taken_over"] = True
    if order.table is not None:
        body["table"] = order.table
    if order.despite is not None:
        body["despite"] = order.despite
    return Draft(subject=order.operation_id, kind=FactKind.INTENDED, body=body)


def dispatched(order: Order, dispatch: Dispatch) -> Draft:
    """It is about to leave: with this stamp, now, and this is what the terminal remembered."""
    body: dict[str, Json] = {
        "stamp_ms": dispatch.stamp_ms,
        "span": dispatch.moment.span,
        "ticks_ms": dispatch.moment.ticks_ms,
        "slot_before": dispatch.slot_before,
        "mode": dispatch.mode,
    }
    if dispatch.witness is not None:
        body["witness_kind"], body["witness"] = dispatch.witness
    return Draft(subject=order.operation_id, kind=FactKind.DISPATCHED, body=body)


def answered(order: Order, reply: Reply, reason: str) -> Draft:
    """The terminal replied to the order itself."""
    return Draft(subject=order.operation_id, kind=FactKind.ANSWERED, body={"reply": reply.as_body(), "reason": reason})


def not_delivered(order: Order, error: NotDelivered) -> Draft:
    """It is proved that the terminal did not take it."""
    evidence = Evidence.AUTHENTIC_REFUSAL if error.refused else Evidence.NOTHING_LEFT
    return Draft(
        subject=order.operation_id,
        kind=FactKind.NOT_DELIVERED,
        body={"evidence": evidence, "reason": error.reason},
    )


def lost_track(order: Order, reason: str, *, crashed: bool = False, left_by: Moment | None = None) -> Draft:
    """It left, by this moment at the latest, and nothing usable came back: the line lost it, or the till crashed."""
    body: dict[str, Json] = {"reason": reason}
    if left_by is not None:
        body |= {"span": left_by.span, "ticks_ms": left_by.ticks_ms}
    if crashed:
        body["crashed"] = True
    return Draft(subject=order.operation_id, kind=FactKind.LOST_TRACK, body=body)


def abort_requested(order: Order, answer: str) -> Draft:
    """The terminal was asked to end it, and answered so."""
    return Draft(subject=order.operation_id, kind=FactKind.ABORT_REQUESTED, body={"answer": answer})


def seen(operation: Operation, reply: Reply, evidence: Evidence, *, row: str, reason: str) -> Draft:
    """The terminal shows it, with its ending: asked by its id, or in the slot of its kind."""
    return Draft(
        subject=operation.order.operation_id,
        kind=FactKind.SEEN,
        body={"row": row, "evidence": evidence, "reply": reply.as_body(), "reason": reason},
    )


def proven_absent(operation: Operation, evidence: Evidence, *, row: str, reason: str) -> Draft:
    """It is proved that it did not happen: it cannot arrive any more, does not run, and did not finish."""
    return Draft(
        subject=operation.order.operation_id,
        kind=FactKind.PROVEN_ABSENT,
        body={"row": row, "evidence": evidence, "reason": reason},
    )


def escalated(operation: Operation, shown: Reply | None, *, row: str, reason: str) -> Draft:
    """The terminal can no longer tell; a person has to."""
    body: dict[str, Json] = {"row": row, "reason": reason}
    if shown is not None:
        body["reply"] = shown.as_body()
    return Draft(subject=operation.order.operation_id, kind=FactKind.ESCALATED, body=body)


def ruled(operation: Operation, outcome: State, *, by: str, reason: str) -> Draft:
    """A person decided."""
    return Draft(
        subject=operation.order.operation_id,
        kind=FactKind.RULED,
        body={"outcome": outcome, "by": by, "reason": reason},
    )


def contradicted(operation: Operation, reply: Reply, *, row: str, reason: str) -> Draft:
    """The terminal shows an ending that is not the one on record."""
    return Draft(
        subject=operation.order.operation_id,
        kind=FactKind.CONTRADICTED,
        body={"row": row, "reply": reply.as_body(), "reason": reason},
    )
