"""Faults that the engine raises. Outcomes of money are never here: they are returned.

Two of these cross the terminal port, ``NotDelivered`` and ``Unconfirmed``; see ``engine/terminal.py``. Those that carry
an outcome stand with it: ``ReferenceReused``, ``TerminalUnsettled`` and ``AnswerNotStored`` in ``engine/outcome.py``,
``TableInDoubt`` in ``engine/tables.py``.
"""

from __future__ import annotations


class TillproofError(Exception):
    """Anything that Tillproof raises on purpose."""


class BadInput(TillproofError, ValueError):
    """What was given cannot be used; the message names the field and the remedy. Nothing was sent or written."""


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


class StillRunning(TillproofError):
    """The operation runs at this moment, so nothing can be said or ruled about it yet; wait, then ask again."""


class NothingSent(TillproofError):
    """The journal could not take the intent, so no order was sent to the terminal. The message says why."""


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
