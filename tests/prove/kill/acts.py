"""The acts: what a till does, from opening its journal to closing it, while somebody waits to kill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from tillproof import NotDelivered, NotPerformed, Outcome, Till, Unconfirmed

Do = Callable[[Till], Iterator[Outcome]]
"""Asks the shipped door for something, always under the same references; gives each outcome as it is heard."""

_AS_LONG_AS_NEEDED_S = 3600.0

_MOST_ATTEMPTS = 9
"""More than a till is killed in one trial: each death can cost one attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that a till does, and how the stage is set for it.

    ``guests`` decide for the operations, in order, then all pay; the first of them is at the warm-up, which an act with
    ``warmed`` finds in journal and terminal. ``left`` is done before, by a till that dies just before (``unsent``) or
    just after its order is out. After a crash a till does ``first``, recovers, and does ``again``, or the same once
    more. Where ``repays`` is set, the bill must be paid in the end, exactly once. Opening the journal is much the same
    for all; it is among the places to be killed where ``opens`` is set.
    """

    name: str
    do: Do
    first: Do | None = None
    again: Do | None = None
    guests: tuple[str, ...] = ()
    takes_s: float = 0.0
    warmed: bool = True
    left: Do | None = None
    unsent: bool = False
    checkpoint_facts: int | None = None
    repays: bool = False
    opens: bool = False


def _pays(mode: str = "sync") -> Do:
    def do(till: Till) -> Iterator[Outcome]:
        yield till.pay("125.00", "NOK", terminal="bar", reference="bill-1", mode=mode)

    return do


def _pays_until_paid(mode: str = "sync") -> Do:
    """As the README says: after "not performed" another attempt takes a new reference."""

    def do(till: Till) -> Iterator[Outcome]:
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            reference = "bill-1" if attempt == 1 else f"bill-1/{attempt}"
            outcome = till.pay("125.00", "NOK", terminal="bar", reference=reference, mode=mode)
            yield outcome
            if not isinstance(outcome, NotPerformed):
                return

    return do


def _refunds(mode: str = "sync") -> Do:
    def do(till: Till) -> Iterator[Outcome]:
        yield till.refund("20.00", "NOK", terminal="bar", reference="refund-1", mode=mode)

    return do


def _reverses(mode: str = "sync") -> Do:
    def do(till: Till) -> Iterator[Outcome]:
        yield till.reverse("000001", terminal="bar", reference="undo-1", mode=mode)

    return do


def _captures(mode: str = "sync") -> Do:
    def do(till: Till) -> Iterator[Outcome]:
        yield till.capture(terminal="bar", reference="day-1", mode=mode)

    return do


def _recovers(till: Till) -> Iterator[Outcome]:
    for finding in till.recover().findings:
        yield finding.outcome


def _settles(till: Till) -> Iterator[Outcome]:
    yield till.settle("bill-1")


def _aborts(till: Till) -> Iterator[Outcome]:
    till.abort("bill-1")
    yield till.settle("bill-1")


def _aborts_while_paying(till: Till) -> Iterator[Outcome]:
    """The guest takes an hour, and the waiter gives up as soon as the terminal shows something."""
    asked: list[str] = []

    def shown(text: str) -> None:
        if not asked:
            asked.append(text)
            till.abort("bill-1")

    yield till.pay("125.00", "NOK", terminal="bar", reference="bill-1", mode="async", on_dialog=shown)


def _aborts_what_runs(till: Till) -> Iterator[Outcome]:
    """Or else an hour would pass before anything is known; an order that never arrived cannot be aborted."""
    if any(outcome.reference == "bill-1" for outcome in till.unsettled()):
        with suppress(NotDelivered, Unconfirmed):
            till.abort("bill-1")
    yield from ()


def _nothing(_till: Till) -> Iterator[Outcome]:
    yield from ()


def _lunch(till: Till) -> Iterator[Outcome]:
    yield till.pay("125.00", "NOK", terminal="bar", reference="bill-1")
    yield till.refund("20.00", "NOK", terminal="bar", reference="refund-1")
    yield till.reverse("000001", terminal="bar", reference="undo-1")
    yield till.capture(terminal="bar", reference="day-1")


ACTS: tuple[Act, ...] = (
    Act(
        name="the first payment on a new journal",
        do=_pays(),
        again=_pays_until_paid(),
        warmed=False,
        repays=True,
        opens=True,
    ),
    Act(name="a payment", do=_pays(), again=_pays_until_paid(), repays=True, opens=True),
    Act(name="a payment, asynchronous", do=_pays("async"), again=_pays_until_paid("async"), repays=True),
    Act(name="a payment that is declined", do=_pays(), guests=("Approved", "Declined")),
    Act(name="a payment that is cancelled, asynchronous", do=_pays("async"), guests=("Approved", "Cancelled")),
    Act(name="a payment over a checkpoint", do=_pays(), again=_pays_until_paid(), checkpoint_facts=1, repays=True),
    Act(name="a refund", do=_refunds()),
    Act(name="a refund, asynchronous", do=_refunds("async")),
    Act(name="a reversal", do=_reverses()),
    Act(name="a reversal, asynchronous", do=_reverses("async")),
    Act(name="a capture", do=_captures()),
    Act(name="a capture, asynchronous", do=_captures("async")),
    Act(name="a lunch over checkpoints", do=_lunch, checkpoint_facts=3),
    Act(
        name="a recovery that finds the payment",
        do=_recovers,
        again=_pays_until_paid(),
        left=_pays(),
        repays=True,
        opens=True,
    ),
    Act(
        name="a recovery that finds nothing",
        do=_recovers,
        again=_pays_until_paid(),
        left=_pays(),
        unsent=True,
        repays=True,
    ),
    Act(
        name="a recovery, asynchronous",
        do=_recovers,
        again=_pays_until_paid("async"),
        left=_pays("async"),
        repays=True,
    ),
    Act(
        name="a recovery over a checkpoint",
        do=_recovers,
        again=_pays_until_paid(),
        left=_pays(),
        checkpoint_facts=1,
        repays=True,
    ),
    Act(name="a refund that settles a payment first", do=_refunds(), left=_pays()),
    Act(name="a settlement that is asked for", do=_settles, left=_pays()),
    Act(
        name="an abort",
        do=_aborts,
        first=_aborts_what_runs,
        again=_nothing,
        left=_pays("async"),
        takes_s=_AS_LONG_AS_NEEDED_S,
        warmed=False,
    ),
    Act(
        name="a payment that is aborted while it runs",
        do=_aborts_while_paying,
        first=_aborts_what_runs,
        again=_nothing,
        takes_s=_AS_LONG_AS_NEEDED_S,
        warmed=False,
    ),
)
"""Every kind of operation, in both modes; recoveries, aborts and checkpoints."""

BY_NAME = {act.name: act for act in ACTS}
