"""The battery: stories in which something breaks, each ending in an audit against the ledgers.

It is used twice: the shipped engine must come through every story, and every planted blunder must fail in at least one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from engine import InDoubt, Kind, Mode, Money, TerminalUnsettled
from tools.rehearsal import Cut, PowerCut, Process, Stage
from tools.simulator import Fault, FaultPlan, Guest, Order
from tools.simulator import Kind as SimulatedKind

LATER_S = 400.0
"""Long enough for everything that is still in the air to arrive, and for every grace to be over."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the till does, and what breaks. ``act`` is run again after a crash, as a POS would."""

    name: str
    act: Callable[[Process], Any]
    script: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    def stage(self) -> Stage:
        """A stage on which one payment was made before, so that the terminal has something to remember."""
        guest = Guest(takes_s=4.0, weights={"Approved": 1.0})
        stage = Stage(guest=guest, plan=FaultPlan(script=("none", *self.script)), **self.settings)
        stage.start().pay("bill-0")
        return stage


def pay(till: Process) -> None:
    """One guest pays."""
    till.pay("bill-1")


def pay_asynchronously(till: Process) -> None:
    """One guest pays, started and asked for."""
    till.pay("bill-1", mode=Mode.ASYNC)


def lunch(till: Process) -> None:
    """A guest pays, has it reversed, pays again, another gets a refund, and the day is closed."""
    till.pay("bill-1")
    till.do(Kind.REVERSAL, "undo-1", target_receipt="000001")
    till.pay("bill-1/2", "99.00")
    till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
    till.do(Kind.CAPTURE, "day-1")


FAULTS = [Fault.NONE, *(fault for fault in Fault if fault not in {Fault.NONE, Fault.REBOOT_MID_OPERATION})]

_SLOW_LINE = {"latency_s": 0.4}
"""So that an asynchronous payment is a dozen questions, and not eight hundred."""

CRASHES = [
    Story(name="a payment", act=pay),
    *(Story(name=f"a payment, {fault}", act=pay, script=(fault,)) for fault in FAULTS[1:]),
    Story(name="a payment, asynchronous", act=pay_asynchronously, settings=_SLOW_LINE),
    *(
        Story(name=f"asynchronous, {fault}", act=pay_asynchronously, script=(fault,), settings=_SLOW_LINE)
        for fault in FAULTS[1:]
    ),
    Story(name="asynchronous on 2.0", act=pay_asynchronously, settings={"profile": "2.0", **_SLOW_LINE}),
    Story(name="every kind of operation", act=lunch),
    Story(name="a release that does not tell whether it is idle", act=pay, settings={"profile": "2.0"}),
    Story(
        name="the same, delivered late",
        act=pay,
        script=(Fault.DELIVERED_LATE,),
        settings={"profile": "2.0", "grace_s": 250.0, "patience_s": 3.0},
    ),
]


def count_effects(story: Story) -> int:
    """How many effects the story has when nothing cuts it short."""
    stage = story.stage()
    till = stage.start()
    attempt(story, till)
    return stage.power.effects


def attempt(story: Story, till: Process) -> None:
    """What a POS does: go on; and where the till refuses because of an open question, stop for now."""
    try:
        story.act(till)
    except TerminalUnsettled:
        return


def crash(story: Story, at: int, cut: Cut) -> Stage:
    """Play a story until the power goes at an effect, and leave the stage as the dead till left it."""
    stage = story.stage()
    till = stage.start()
    stage.power.arm(at, cut)
    try:
        attempt(story, till)
    except PowerCut:
        return stage
    raise AssertionError(f"{story.name}: effect {at} was never reached")


def aftermath(story: Story, stage: Stage, *, boot: bool) -> list[str]:
    """Recover, do what was interrupted once more under the same references, wait, and audit.

    Gives a sentence for everything that is wrong: a charge too many, a lost one, a false ending, a doubt left over.
    """
    if boot:
        stage.clock.boot()
    stage.start().recovery.recover()
    attempt(story, stage.start())
    stage.virtual.advance(LATER_S)
    report = stage.start().recovery.recover()
    problems = list(stage.discrepancies())
    problems += [f"{found.outcome.reference} stays {found.outcome.word}: {found.because}" for found in report.unsettled]
    problems += [f"{name} was charged {times} times" for name, times in charges(stage).items() if times > 1]
    problems += list(stage.journal.verify().breaks)
    return problems


def charges(stage: Stage) -> Counter[str]:
    """How often money moved for each reference, by the ledger; unknown ids under their own name."""
    names = {operation.order.operation_id: operation.order.reference for operation in stage.operations}
    return Counter(names.get(entry.id or "", f"unknown {entry.id}") for entry in stage.ledger if entry.approved)


def every_crash(story: Story) -> Iterator[tuple[str, list[str]]]:
    """The story, cut before, during and after each of its effects."""
    for at, cut in product(range(1, count_effects(story) + 1), Cut):
        stage = crash(story, at, cut)
        yield f"{story.name}, cut {cut} effect {at}", aftermath(story, stage, boot=at % 2 == 0)


def neighbour_in_the_slot() -> list[str]:
    """Another till pays the same amount at the terminal just after our order was lost: it must not become ours."""
    stage = Story(name="a neighbour", act=pay, settings={"patience_s": 1.0}).stage()
    till = stage.start()
    till.pay("bill-0/2")
    stage.lines["bar"].plan = FaultPlan(
        script=(Fault.LOST_BEFORE_PROCESSING,), question_script=[Fault.LOST_BEFORE_PROCESSING] * 6
    )
    outcome = till.pay("bill-1")
    stage.simulators["bar"].foreign(Order(kind=SimulatedKind.PAYMENT, amount_minor=12500, currency="NOK"))
    stage.start().recovery.recover()
    return [*stage.discrepancies(), *([] if isinstance(outcome, InDoubt) else [f"{outcome.word} was said too early"])]
