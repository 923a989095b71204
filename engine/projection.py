"""The table ``operations``: one row per operation, for anyone who asks the journal in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import engine
from engine.views import VIEWS
from journal import Projection

if TYPE_CHECKING:
    from journal import Fact, Value


def _row(facts: Sequence[Fact]) -> Mapping[str, Value]:
    operation = engine.fold(facts)
    told = engine.outcome_of(operation).as_dict()
    return {
        "operation_id": operation.order.operation_id,
        "reference": operation.order.reference,
        "kind": operation.order.kind,
        "terminal": operation.order.terminal,
        "amount_minor": told["amount_minor"],
        "currency": told["currency"],
        "target_receipt": operation.order.target_receipt,
        "at_table": operation.order.table,
        "state": operation.state,
        "outcome": told["outcome"],
        "evidence": operation.evidence,
        "receipt_number": told["receipt_number"],
        "total_minor": told["total_minor"],
        "alarm": operation.alarm,
        "unsettled": int(operation.unsettled),
        "opened_at": operation.opened_at,
        "updated_at": operation.updated_at,
    }


OPERATIONS = Projection(
    table="operations",
    key="operation_id",
    lane="terminal",
    open="unsettled",
    columns={
        "operation_id": str,
        "reference": str,
        "kind": str,
        "terminal": str,
        "amount_minor": int,
        "currency": str,
        "target_receipt": str,
        "at_table": str,
        "state": str,
        "outcome": str,
        "evidence": str,
        "receipt_number": str,
        "total_minor": int,
        "alarm": str,
        "unsettled": int,
        "opened_at": str,
        "updated_at": str,
    },
    unique=("reference",),
    row=_row,
    views=VIEWS,
)
"""How the engine's facts become rows. The journal writes it and checks it; only the fold gives it meaning."""
