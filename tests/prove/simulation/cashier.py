"""A cashier: what a point-of-sale program does with the outcomes that it is told.

The rules are those of the README. The same reference again after a crash or an error; a new reference only after an
answer that says that no money moved; and a bill in doubt is parked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine import (
    AnswerNotStored,
    InDoubt,
    Kind,
    Money,
    NothingSent,
    Order,
    Outcome,
    TerminalOccupied,
    TerminalUnsettled,
)
from tests.prove.simulation.script import Deed
from tests.prove.simulation.shift import Shift
from tests.prove.simulation.till import Till
from tools.rehearsal import PowerCut

_TRIES = 12
"""Then the guest goes; whatever is known of his operation is in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An outcome that somebody was told, and when."""

    outcome: Outcome
    at: float


class Cashier:
    """Does deeds one after the other, at one till."""

    def __init__(self, *, seed: int, till: Till, terminals: Sequence[str], told: list[Told]) -> None:
        self._seed = seed
        self.till = till
        self._terminals = terminals
        self._told = told
        self._receipt: dict[int, str] = {}
        self.shifts: list[Shift] = []

    def work(self, deeds: Sequence[Deed]) -> None:
        """Do them all."""
        for deed in deeds:
            shift = Shift(self._seed, deed, name=f"deed {deed.number}")
            self.shifts.append(shift)
            self.till.timeline.carry(shift)
            self._survive(partial(self.till.timeline.advance, deed.pause_s))
            self._serve(shift, deed)

    def _serve(self, shift: Shift, deed: Deed) -> None:
        for attempt in range(1, deed.attempts + 1):
            shift.reference = f"{deed.kind}-{deed.number}/{attempt}"
            shift.target = self._receipt.get(deed.terminal, "000001")
            outcome = self._ask(shift, deed)
            if outcome is None or outcome.word in {"approved", "in_doubt"}:
                return

    def _ask(self, shift: Shift, deed: Deed) -> Outcome | None:
        """Press the key until there is an outcome; None when the guest has gone before."""
        for _ in range(_TRIES):
            try:
                outcome = self.press(shift, deed)
            except PowerCut:
                self._come_back(shift)
                continue
            except (TerminalOccupied, TerminalUnsettled, NothingSent):
                outcome = None
            except AnswerNotStored as error:
                self._hear(error.outcome)
                outcome = None
            if outcome is not None and not (isinstance(outcome, InDoubt) and not outcome.needs_person):
                return outcome
            self._survive(
                partial(
                    self.till.timeline.advance,
                    shift.dice.choice((shift.dice.uniform(1.0, 10.0), shift.dice.uniform(10.0, 60.0))),
                )
            )
        return None

    def press(self, shift: Shift, deed: Deed) -> Outcome:
        """Conduct the operation, as the door does."""
        order = self._order(shift, deed)
        outcome = self.till.program().engine.conduct(order, mode=deed.mode)
        self._hear(outcome)
        if deed.kind is Kind.PAYMENT and outcome.word == "approved" and outcome.receipt_number:
            self._receipt[deed.terminal] = outcome.receipt_number
        return outcome

    def _order(self, shift: Shift, deed: Deed) -> Order:
        return Order(
            operation_id=str(uuid.UUID(int=shift.dice.getrandbits(128), version=4)),
            kind=deed.kind,
            terminal=self._terminals[deed.terminal],
            reference=shift.reference,
            amount=Money(deed.amount_minor, "NOK") if deed.kind in {Kind.PAYMENT, Kind.REFUND} else None,
            target_receipt=shift.target if deed.kind is Kind.REVERSAL else None,
        )

    def _come_back(self, shift: Shift) -> None:
        """Start the till anew after a crash, and let it recover, as the command does; which can crash as well."""
        self._survive(partial(self.till.timeline.advance, shift.dice.choice((1.0, 5.0, 40.0))))
        if not self.till.runs and shift.dice.random() < _RECOVERS_FIRST:
            shift.recovering = True
            self._survive(self._recover)
            shift.recovering = False

    def _recover(self) -> None:
        program = self.till.program()
        try:
            report = program.recovery.recover()
        except AnswerNotStored as error:
            self._hear(error.outcome)
            return
        for finding in report.findings:
            self._hear(finding.outcome)

    def _survive(self, act: Callable[[], None]) -> None:
        try:
            act()
        except PowerCut:
            return

    def _hear(self, outcome: Outcome) -> None:
        self._told.append(Told(outcome=outcome, at=self.till.timeline.now()))


_RECOVERS_FIRST = 0.8
"""Most people run the recovery after a crash; some just press the key again."""
