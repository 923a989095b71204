"""Fate: does to tills, terminals and clocks what the mishaps of a deed say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from engine import TillproofError
from tests.prove.simulation.cashier import Cashier
from tests.prove.simulation.script import Mishap, What
from tests.prove.simulation.shift import Shift
from tests.prove.simulation.till import Till
from tests.prove.simulation.timeline import Timeline
from tools.rehearsal import PowerCut
from tools.simulator import Kind, Order, SimulatedTerminal, TerminalBusy


class Fate:
    """Knows everybody, which no till does. Tills and cashiers join when they are there."""

    def __init__(self, *, seed: int, timeline: Timeline, terminals: Mapping[str, SimulatedTerminal]) -> None:
        self._seed = seed
        self._timeline = timeline
        self._terminals = terminals
        self.tills: Sequence[Till] = ()
        self.cashiers: list[Cashier] = []
        self.deaths_in_recovery = 0

    def strike(self, till: Till, shift: Shift, mishap: Mishap) -> bool:
        """Let it happen; False when it could not."""
        match mishap.what:
            case What.KILL:
                self.deaths_in_recovery += shift.recovering
                till.die()
            case What.POWER:
                self.deaths_in_recovery += shift.recovering
                for other in self.tills:
                    if other.machine is till.machine:
                        other.die()
                till.machine.boot()
            case What.CLOCK:
                till.machine.wall_error_s = float(mishap.how)
            case What.REBOOT:
                self._terminal_of(shift).reboot()
            case What.NEIGHBOUR:
                return self._neighbour(self._terminal_of(shift), mishap.how)
            case What.ABORT:
                self._beside(till, shift, mishap, lambda: till.program().engine.abort(shift.reference))
            case _:
                return self._twin(till, shift, mishap)
        return True

    def _terminal_of(self, shift: Shift) -> SimulatedTerminal:
        place = 0 if shift.deed is None else shift.deed.terminal
        return self._terminals[f"terminal-{place}"]

    def _neighbour(self, terminal: SimulatedTerminal, kind: str) -> bool:
        paid = kind in {Kind.PAYMENT, Kind.REFUND}
        order = Order(
            kind=Kind(kind),
            amount_minor=12500 if paid else None,
            currency="NOK" if paid else None,
            custom_data={"till": "another"},
        )
        try:
            terminal.foreign(order)
        except TerminalBusy:
            return False
        return True

    def _twin(self, till: Till, shift: Shift, mishap: Mishap) -> bool:
        """Somebody at a till with the same journal presses the key for the same reference."""
        deed = shift.deed
        if deed is None:
            return False
        twin = shift.dice.choice([cashier for cashier in self.cashiers if cashier.till.machine is till.machine])
        self._beside(twin.till, shift, mishap, lambda: twin.press(self._timeline.carried(), deed))
        return True

    def _beside(self, till: Till, shift: Shift, mishap: Mishap, act: Callable[[], Any]) -> None:
        """Let somebody else at a till do something, a little later."""

        def do() -> None:
            with suppress(PowerCut, TillproofError):
                if till.runs:
                    act()

        other = shift.beside(self._seed, f"beside {shift.reference} {mishap.at}")
        till.tasks.append(self._timeline.start(do, carries=other, after_s=float(mishap.how)))
