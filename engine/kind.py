"""The kinds of operations."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a guest's act is. The terminal remembers the last one of each kind."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"
    CAPTURE = "capture"
