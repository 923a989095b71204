"""The states of an operation, and which of them say what became of the money."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an operation stands."""

    INTENDED = "intended"
    """We took it on; nothing left."""
    DISPATCHED = "dispatched"
    """It was about to leave, or left; no answer is on record."""
    LOST = "lost"
    """It left, and nothing usable came back."""
    ESCALATED = "escalated"
    """The terminal can no longer tell; a person has to."""
    APPROVED = "approved"
    """The money moved."""
    DECLINED = "declined"
    """The terminal or the bank said no."""
    CANCELLED = "cancelled"
    """Somebody ended it before it was paid."""
    NOT_PERFORMED = "not_performed"
    """It is proved that it did not happen."""


FINAL = frozenset({State.APPROVED, State.DECLINED, State.CANCELLED, State.NOT_PERFORMED})
"""The states that say what became of the money."""

UNDECIDED = frozenset({State.INTENDED, State.DISPATCHED, State.LOST})
"""The states in which the terminal may hold the only proof; nothing new is started on it meanwhile."""
