"""What a caller is told: what became of the money, and on what evidence. Doubt is a value here, not an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, TypeAlias, assert_never, cast

from engine.errors import BadInput, TillproofError
from engine.kind import Kind
from engine.language import language_named
from engine.money import Money
from engine.operation import Evidence, Operation
from engine.state import State
from engine.terminal import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What every outcome carries.

    ``reason`` is one sentence for the person who has to act. ``alarm`` is a sentence while the terminal contradicts
    what had been final. ``target_receipt`` is the receipt that a reversal undoes. ``reply`` is the terminal's word with
    its receipts, where there is one. Times are those of the first and of the latest fact (ISO 8601, UTC); the latter is
    empty where that fact could not be stored.
    """

    word: ClassVar[str]
    operation_id: str
    reference: str
    kind: Kind
    terminal: str
    amount: Money | None
    target_receipt: str | None
    evidence: Evidence
    reason: str
    reply: Reply | None
    alarm: str | None
    opened_at: str
    # A request to abort is a fact, too, and what became of the money is the same with it.
    updated_at: str = field(compare=False)

    @property
    def receipt_number(self) -> str | None:
        """The terminal's receipt number, six digits."""
        return self.reply.receipt_number if self.reply else None

    @property
    def total_minor(self) -> int | None:
        """What the terminal says was moved, in minor units; a tip can make it more than was asked for."""
        return self.reply.total_minor if self.reply else None

    def sentence(self, language: str, *, today: date | None = None, asks_again: bool = True) -> str:
        """What happened to the money and what to do next, for the cashier: in en, sv, nb, da or fi.

        Times are those of the machine's own zone; the date is told with what did not happen ``today``. Of a bill that
        is in doubt it says that the till will ask again by itself; a program that ends now says ``asks_again=False``,
        and then it names the command that asks.

        Raises:
            BadInput: there are no sentences in this language.
        """
        from engine.sentences import sentence_of  # noqa: PLC0415 - most who import an outcome never say a sentence

        spoken = language_named(language)
        return sentence_of(
            cast("Outcome", self), spoken, today or datetime.now().astimezone().date(), asks_again=asks_again
        )

    def as_dict(self) -> dict[str, int | str | bool | None]:
        """For JSON: flat, and the same keys for every outcome."""
        return {
            "operation_id": self.operation_id,
            "reference": self.reference,
            "kind": str(self.kind),
            "terminal": self.terminal,
            "amount_minor": self.amount.amount_minor if self.amount else None,
            "currency": self.amount.currency if self.amount else None,
            "target_receipt": self.target_receipt,
            "outcome": self.word,
            "evidence": str(self.evidence),
            "receipt_number": self.receipt_number,
            "total_minor": self.total_minor,
            "reason": self.reason,
            "alarm": self.alarm,
        }


# Those that add no field inherit all that a dataclass has. Decorated, each would have the same methods made for it once
# more, and whoever opens a till would wait for that.
class Approved(_Told):
    """The money moved."""

    __slots__ = ()
    word: ClassVar[str] = "approved"


class Declined(_Told):
    """The terminal or the bank said no; no money moved."""

    __slots__ = ()
    word: ClassVar[str] = "declined"


class Cancelled(_Told):
    """Somebody ended it before it was paid; no money moved."""

    __slots__ = ()
    word: ClassVar[str] = "cancelled"


class NotPerformed(_Told):
    """It is proved that the terminal did not do it; a new attempt needs a new reference."""

    __slots__ = ()
    word: ClassVar[str] = "not_performed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt(_Told):
    """Nobody knows yet: park the bill, and do not charge again. ``needs_person`` when only a person can settle it."""

    word: ClassVar[str] = "in_doubt"
    needs_person: bool


Outcome: TypeAlias = Approved | Declined | Cancelled | NotPerformed | InDoubt


def outcome_of(operation: Operation) -> Outcome:
    """The outcome that an operation's state means."""
    order = operation.order
    told: dict[str, Any] = {
        "operation_id": order.operation_id,
        "reference": order.reference,
        "kind": order.kind,
        "terminal": order.terminal,
        "amount": order.amount,
        "target_receipt": order.target_receipt,
        "evidence": operation.evidence,
        "reason": operation.reason,
        "reply": operation.reply,
        "alarm": operation.alarm,
        "opened_at": operation.opened_at,
        "updated_at": operation.updated_at,
    }
    match operation.state:
        case State.APPROVED:
            return Approved(**told)
        case State.DECLINED:
            return Declined(**told)
        case State.CANCELLED:
            return Cancelled(**told)
        case State.NOT_PERFORMED:
            return NotPerformed(**told)
        case State.INTENDED | State.DISPATCHED | State.LOST:
            return InDoubt(**told, needs_person=False)
        case State.ESCALATED:
            return InDoubt(**told, needs_person=True)
        case _:
            assert_never(operation.state)


class ReferenceReused(BadInput):
    """The reference already names something else; the message says whether that may be paid. Nothing was sent.

    ``blocking`` is what became of it; None where it stands in an archive, or was written at this very moment.
    """

    def __init__(self, message: str, blocking: Outcome | None = None) -> None:
        super().__init__(message)
        self.blocking = blocking


class TerminalUnsettled(TillproofError):
    """An earlier operation on this terminal is not settled; going on would erase the only proof of it.

    Nothing was sent. Settle it first: ``tillproof recover``.
    """

    def __init__(self, blocking: InDoubt) -> None:
        super().__init__(
            f"{blocking.terminal}: {blocking.kind} {blocking.reference!r} is not settled ({blocking.reason}) "
            "and a new operation would erase its only proof; nothing was sent. "
            "Run `tillproof recover`, then try again"
        )
        self.blocking = blocking


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
