"""An order: what the POS wants done, complete before anything is written or sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import assert_never

from engine.errors import BadInput
from engine.kind import Kind
from engine.money import Money

_LONGEST_NAME = 64

_RECEIPT_NUMBER = re.compile(r"\d{6}", re.ASCII)
"""Six digits, zero-padded (``protocol.md``, reply fields)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One operation as it was asked for.

    ``reference`` is the POS's own name for it, ``operation_id`` ours (a UUID, which travels as custom data and is
    the only identity that recovery believes). ``target_receipt`` is the receipt number of what a reversal undoes. One
    that was ``taken_over`` from another till gets its amount from the terminal. ``table`` is where the guests of a
    payment sit, and ``despite`` the reference of an earlier bill of theirs that the caller knows to be in doubt.
    """

    operation_id: str
    kind: Kind
    terminal: str
    reference: str
    amount: Money | None = None
    target_receipt: str | None = None
    taken_over: bool = False
    table: str | None = None
    despite: str | None = None

    def __post_init__(self) -> None:
        _check_name("reference", self.reference, "the name of the bill and its attempt, such as bill-1042/1")
        if self.table is not None:
            _check_name("table", self.table, "the name of the table, such as 12")
            self._require(self.kind is Kind.PAYMENT, "table", "belongs to a payment")
        if self.despite is not None:
            _check_name("despite", self.despite, "the reference of the bill that is in doubt")
            self._require(self.table is not None, "despite", "is said of a table; give the table too")
        if self.target_receipt is not None and not isinstance(self.target_receipt, str):
            raise BadInput(f"receipt: {self.target_receipt!r} is no text; give six digits in quotes, such as '000123'")
        match self.kind:
            case Kind.PAYMENT | Kind.REFUND:
                self._require(self.amount is not None or self.taken_over, "amount", "must be given")
                self._require(self.target_receipt is None, "receipt", "belongs to a reversal")
            case Kind.REVERSAL:
                self._require(self.amount is None, "amount", "is that of the receipt; leave it out")
                self._require(
                    self.target_receipt is not None and bool(_RECEIPT_NUMBER.fullmatch(self.target_receipt)),
                    "receipt",
                    f"must be the six digits on the receipt, such as 000123, not {self.target_receipt!r}",
                )
            case Kind.CAPTURE:
                self._require(self.amount is None, "amount", "does not belong to a capture; leave it out")
                self._require(self.target_receipt is None, "receipt", "belongs to a reversal")
            case _:
                assert_never(self.kind)

    def _require(self, holds: bool, field: str, remedy: str) -> None:  # noqa: FBT001 - reads as a sentence
        if not holds:
            raise BadInput(f"{field}: {remedy} ({self.kind})")

    def content(self) -> str:
        """All that must be the same when a reference is used again, as a person would say it."""
        what = (
            f" of {self.amount}" if self.amount else f" of receipt {self.target_receipt}" if self.target_receipt else ""
        )
        return f"{self.kind}{what} on {self.terminal}"


def _check_name(field: str, name: object, remedy: str) -> None:
    """A name is compared letter by letter and read by people, so two that look the same must be the same.

    Blanks at its ends, invisible characters and letters in two pieces have made twins, and twins charge twice.
    """
    if not isinstance(name, str):
        raise BadInput(f"{field}: {name!r} is no text; give {remedy}")
    visible = name.isprintable() and name == name.strip()
    if not visible or not 0 < len(name) <= _LONGEST_NAME:
        raise BadInput(
            f"{field}: {name!r} is not one line of 1 to {_LONGEST_NAME} visible characters without blanks at its ends; "
            f"give {remedy}"
        )
    if not unicodedata.is_normalized("NFC", name):
        raise BadInput(
            f"{field}: {name!r} has letters in two pieces, which look like others in one; normalise it to NFC"
        )
