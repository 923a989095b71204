"""What the till does while its disk fails: each kind of operation in both modes, an abort, a recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import Kind, Mode, Money, Outcome
from tests.prove.disk.desk import Desk
from tools.rehearsal import Process
from tools.simulator import Fault, FaultPlan, Guest


@dataclass(frozen=True, kw_only=True)
class Act:
    """One scene: what was done before on a sound disk, and what is done while it fails."""

    name: str
    do: Callable[[Process], Outcome | None]
    before: Callable[[Desk], None] | None
    script: tuple[Fault, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    checkpoint_every: int | None = None

    def desk(self, make: Callable[..., Desk]) -> Desk:
        """The desk, with what was done before."""
        desk = make(
            guest=Guest(takes_s=4.0, weights={"Approved": 1.0}),
            plan=FaultPlan(script=(Fault.NONE, *self.script)),
            **{"latency_s": 0.4, **self.settings},
        )
        if self.before is not None:
            self.before(desk)
        return desk


def _one_payment(desk: Desk) -> None:
    with desk.till() as till:
        till.pay("bill-0")


def _one_in_doubt(desk: Desk) -> None:
    with desk.till() as till:
        till.pay("bill-0")
        till.pay("bill-1", patience_s=0.0)


def _another_in_doubt(desk: Desk) -> None:
    with desk.till() as till:
        till.pay("bill-0")
        till.pay("bill-9", patience_s=0.0)


def _pay(till: Process, mode: Mode = Mode.SYNC) -> Outcome:
    return till.pay("bill-1", mode=mode)


def _refund(till: Process, mode: Mode = Mode.SYNC) -> Outcome:
    return till.do(Kind.REFUND, "bill-1", amount=Money.parse("10.00", "NOK"), mode=mode)


def _reverse(till: Process, mode: Mode = Mode.SYNC) -> Outcome:
    return till.do(Kind.REVERSAL, "bill-1", target_receipt="000001", mode=mode)


def _capture(till: Process, mode: Mode = Mode.SYNC) -> Outcome:
    return till.do(Kind.CAPTURE, "bill-1", mode=mode)


def _recover(till: Process) -> None:
    till.recovery.recover()


def _abort(till: Process) -> Outcome:
    till.engine.abort("bill-1")
    return till.engine.settle("bill-1")


def _asynchronously(do: Callable[[Process, Mode], Outcome]) -> Callable[[Process], Outcome]:
    return lambda till: do(till, Mode.ASYNC)


_KINDS: Mapping[str, Callable[..., Outcome]] = {
    "payment": _pay,
    "refund": _refund,
    "reversal": _reverse,
    "capture": _capture,
}

ACTS = (
    *(Act(name=f"a {kind}", do=do, before=_one_payment) for kind, do in _KINDS.items()),
    *(
        Act(name=f"a {kind}, asynchronous", do=_asynchronously(do), before=_one_payment, settings={"latency_s": 2.0})
        for kind, do in _KINDS.items()
    ),
    Act(name="the first payment of a new journal", do=_pay, before=None),
    Act(name="a payment, its reply lost", do=_pay, before=_one_payment, script=(Fault.DROPPED_WHILE_PAYING,)),
    Act(name="a payment after one in doubt", do=_pay, before=_another_in_doubt, script=(Fault.DROPPED_WHILE_PAYING,)),
    Act(name="a recovery", do=_recover, before=_one_in_doubt, script=(Fault.DROPPED_WHILE_PAYING,)),
    Act(name="an abort", do=_abort, before=_one_in_doubt, script=(Fault.DROPPED_WHILE_PAYING,)),
    Act(name="a payment with checkpoints", do=_pay, before=_one_payment, checkpoint_every=1),
)
