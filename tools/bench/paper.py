"""What is written of an operation: the same two pieces for every contender, of the size that a payment's have.

Without the receipts, which are the guest's paper and as long as a terminal likes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine import FactKind, new_operation_id
from journal import Draft

TERMINAL = "bar"


def new_id() -> str:
    """An operation's id."""
    return new_operation_id(datetime.now(UTC))


def reference_of(operation_id: str) -> str:
    """The POS's own name for it: bills are numbered as they come, so it rises like the id, and is as single."""
    return f"bill-{operation_id[:13]}{operation_id[-9:]}"


def intent(operation_id: str) -> dict[str, Any]:
    """What is written before the order leaves."""
    return {
        "kind": "payment",
        "terminal": TERMINAL,
        "reference": reference_of(operation_id),
        "amount_minor": 12_500,
        "currency": "NOK",
    }


def dispatch() -> dict[str, Any]:
    """What was true when it was about to leave; written together with the intent."""
    return {
        "stamp_ms": 1_764_000_000_000,
        "span": "0b6dbd0a-6a1b-4d3f-9d6e-3b1f4c1f5a10",
        "ticks_ms": 123_456_789,
        "slot_before": "6f1c3a52-8f0e-4a55-9d3c-2b7f5f0c1e77",
        "mode": "sync",
    }


def answer(operation_id: str) -> dict[str, Any]:
    """What is written when the terminal has answered."""
    reply = {
        "operation_id": operation_id,
        "ending": "approved",
        "outcome_text": "Approved",
        "description": "Godkjent",
        "receipt_number": "000123",
        "approval_code": "391882",
        "total_minor": 12_500,
        "currency": "NOK",
    }
    return {"reply": reply, "reason": "the terminal replied: Approved"}


def before(operation_id: str) -> tuple[Draft, Draft]:
    """The facts of the first durable write."""
    return (
        Draft(subject=operation_id, kind=FactKind.INTENDED, body=intent(operation_id)),
        Draft(subject=operation_id, kind=FactKind.DISPATCHED, body=dispatch()),
    )


def after(operation_id: str) -> tuple[Draft]:
    """The fact of the second one."""
    return (Draft(subject=operation_id, kind=FactKind.ANSWERED, body=answer(operation_id)),)
