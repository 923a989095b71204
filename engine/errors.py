"""Faults that the engine raises. Outcomes of money are never here: they are returned.

Two of these cross the terminal port, ``NotDelivered`` and ``Unconfirmed``; see ``engine/terminal.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.outcome import InDoubt, Outcome


class TillproofError(Exception):
    """Anything that Tillproof raises on purpose."""


class BadInput(TillproofError, ValueError):
    """What was given cannot be used; the message names the field and the remedy. Nothing was sent or written."""


class ReferenceReused(BadInput):
    """The reference already names something else; take a new reference for a new attempt."""


class UnknownReference(BadInput):
    """No operation has this reference or id; look it up with ``tillproof journal list``."""


class TerminalOccupied(TillproofError):
    """Somebody else is using this terminal; nothing was sent. Wait for them, then try again."""

    def __init__(self, terminal: str, holder: str) -> None:
        super().__init__(
            f"{terminal}: another operation is running on this terminal ({holder}); nothing was sent. "
            "Wait for it to end, then try again"
        )
        self.terminal = terminal
        self.holder = holder


class TerminalUnsettled(TillproofError):
    """An earlier operation on this terminal is not settled; going on would erase the only proof of it.

    Nothing was sent. Settle it first: ``tillproof recover``.
    """

    def __init__(self, blocking: InDoubt) -> None:
        super().__init__(
            f"{blocking.terminal}: {blocking.kind} {blocking.reference!r} is not settled ({blocking.reason}) "
            "and a new operation would erase its only proof; nothing was sent. "
            "Run `tillproof recover`, then pay again"
        )
        self.blocking = blocking


class NothingSent(TillproofError):
    """The journal could not take the intent, so no order was sent to the terminal. The message says why."""


class AnswerNotStored(TillproofError):
    """What the terminal says could not be stored. ``outcome`` holds it: do not charge again.

    The operation stays open in the journal; ``tillproof recover`` asks the terminal again once the disk is well.
    """

    def __init__(self, outcome: Outcome, cause: Exception) -> None:
        super().__init__(
            f"{outcome.word} is what became of {outcome.reference!r}, and it could not be stored ({cause}). "
            "Do not charge again; mend the disk, then run `tillproof recover`"
        )
        self.outcome = outcome


class ImpossibleHistory(TillproofError):
    """A fact does not follow from those before it; the write was refused. This is a fault of ours: report it."""


class NotDelivered(TillproofError):
    """Proof that the terminal did not take the order: nothing left this machine, or it refused authentically."""

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


class Unconfirmed(TillproofError):
    """No proof either way. Whatever was asked for may have happened.

    ``hopeless`` means that asking again can only do harm: the terminal refuses our keys, and wrong keys block it.
    """

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hopeless = hopeless
