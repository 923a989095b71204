"""The four operations of a terminal, the two modes of starting them, and the values their outcome can take."""

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What an operation does (`protocol.md`, Endpoints)."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"
    CAPTURE = "capture"

    @property
    def collection(self) -> str:
        """The operation's word in paths: `Payments` and so on."""
        return f"{self.value.capitalize()}s"

    @property
    def needs_guest(self) -> bool:
        """Whether somebody holds a card to the terminal: only then is there a PIN and a choice."""
        return self in {Kind.PAYMENT, Kind.REFUND}


@unique
class Mode(StrEnum):
    """How an operation was started (`vendor/connection-models.txt`)."""

    SYNC = "sync"
    ASYNC = "async"


SCHEMES = ("Visa", "Mastercard", "BankAxept")
"""Whose cards the guests bring, in turn."""


@unique
class Outcome(StrEnum):
    """How an operation ended, as ledger and replies spell it (`protocol.md`, Reply fields)."""

    APPROVED = "Approved"
    DECLINED = "Declined"
    CANCELLED = "Cancelled"
    # Any value that a client does not know stands for all that a future release may invent.
    UNKNOWN = "Referred"
    # Only in the ledger, never in a reply: a reboot ended the operation before any money moved.
    KILLED = "KilledByReboot"
