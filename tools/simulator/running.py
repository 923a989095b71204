"""The operation that runs at the terminal now; there is at most one."""

from dataclasses import dataclass, replace
from typing import assert_never

from tools.simulator.cue import Cue
from tools.simulator.guest import Button, Visit
from tools.simulator.kinds import SCHEMES, Kind, Outcome
from tools.simulator.ledger import Arrival, Entry
from tools.simulator.messages import Request, Underway
from tools.simulator.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An operation between its start and its end; times are unix seconds.

    Its end is settled when it starts, because nothing but an abort or a reboot can come between.
    `number` is the one of its `Cue`.
    """

    ordinal: int
    order: Order
    arrived: Arrival
    started_at: float
    pin_at: float
    finish_at: float
    outcome: str
    amount_minor: int | None
    currency: str | None
    total_minor: int | None
    scheme: str | None
    number: int | None = None

    def dialog(self, at: float) -> str:
        """Return what the display says; where nobody holds a card, there is none to ask for."""
        return "Insert card" if self.abortable(at) else "Please wait"

    def abortable(self, at: float) -> bool:
        """Whether the PIN is still to come (`protocol.md`, section 6: abort windows)."""
        return at < self.pin_at

    def pressed(self, button: Button, at: float) -> "Running | None":
        """Return the operation after a button; None when nobody is there to press it, or it comes too late."""
        if not self.order.kind.needs_guest:
            return None
        match button:
            case Button.APPROVE:
                return replace(self, finish_at=at, outcome=Outcome.APPROVED)
            case Button.DECLINE:
                return replace(self, finish_at=at, outcome=Outcome.DECLINED, total_minor=self.amount_minor)
            case Button.CANCEL:
                return self.aborted(at) if self.abortable(at) else None
            case Button.PIN:
                return replace(self, pin_at=at) if self.abortable(at) else None
            case other:
                assert_never(other)

    def underway(self, request: Request) -> Underway:
        """Return what the sender of the request waits for."""
        return Underway(ordinal=self.ordinal, request=request, started_at=self.started_at, finish_at=self.finish_at)

    def aborted(self, at: float) -> "Running":
        """Return the operation as cancelled at this time."""
        return replace(self, finish_at=at, outcome=Outcome.CANCELLED, total_minor=self.amount_minor)

    def ended(self, *, receipt_number: str | None) -> Entry:
        """Return the ledger's entry for the operation at its own end."""
        return Entry(
            ordinal=self.ordinal,
            kind=self.order.kind,
            id=self.order.id,
            custom_data=self.order.custom_data,
            amount_minor=self.amount_minor,
            total_minor=self.total_minor,
            currency=self.currency,
            cashier_id=self.order.cashier_id,
            receipt_number=receipt_number,
            reverses=self.order.reverses,
            outcome=self.outcome,
            started_at=self.started_at,
            finished_at=self.finish_at,
            arrived=self.arrived,
            receipt_width=self.order.receipt_width,
            operation_id=self.order.operation_id,
            mode=self.order.mode,
            scheme=self.scheme,
        )

    def killed(self, at: float) -> Entry:
        """Return the ledger's entry for the operation that a reboot ended: no money, no receipt."""
        killed = replace(self, finish_at=at, outcome=Outcome.KILLED, total_minor=None)
        return killed.ended(receipt_number=None)


def begin(
    *,
    ordinal: int,
    order: Order,
    arrived: Arrival,
    at: float,
    visit: Visit,
    target: Entry | None,
    cue: Cue | None = None,
) -> Running:
    """Start an operation at unix time `at`; `target` is the payment that a reversal undoes."""
    amount_minor, currency, total_minor = order.amount_minor, order.currency, order.amount_minor
    scheme = SCHEMES[ordinal % len(SCHEMES)] if order.kind.needs_guest else None
    if order.kind is Kind.REVERSAL and target is not None:
        amount_minor, currency, total_minor = target.amount_minor, target.currency, target.total_minor
        scheme = target.scheme
    elif total_minor is not None:
        total_minor += visit.tip_minor
    return Running(
        ordinal=ordinal,
        order=order,
        arrived=arrived,
        started_at=at,
        pin_at=at + visit.pin_after_s,
        finish_at=at + visit.takes_s,
        outcome=visit.outcome,
        amount_minor=amount_minor,
        currency=currency,
        total_minor=total_minor,
        scheme=scheme,
        number=None if cue is None else cue.n,
    )
