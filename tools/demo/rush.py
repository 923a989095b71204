"""The choreography: terminals, a POS, kills, recoveries, and the POS again, until every bill is done."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import UNDECIDED, State
from tools.demo import house
from tools.demo.audit import audit, together
from tools.demo.bills import KillMoment, kill_moments, make_bills, terminal_names
from tools.demo.board import Board, Tally
from tools.demo.books import AdminPort, open_records, read_accounts, unsettled_ids
from tools.demo.errors import ChildFailed
from tools.demo.stage import Child, Stage
from tools.demo.story import MOST_TERMINALS, Kill, Plan, Recovered, Story

TERMINAL, POS = "tools.demo.terminal", "tools.demo.pos"
"""The modules that the child processes run."""


def play(plan: Plan, *, folder: Path, board: Board) -> Story:
    """Play the rush in a folder of its own.

    Raises:
        DemoError: it broke down. JournalError: so did the journal.
    """
    with Stage(folder, variables=house.KEYS) as stage:
        return _Rush(plan, stage=stage, board=board).play()


class _Rush:
    def __init__(self, plan: Plan, *, stage: Stage, board: Board) -> None:
        self._plan = plan
        self._stage = stage
        self._board = board
        self._began = time.monotonic()
        self._names = terminal_names(plan.terminals)
        self._bills = make_bills(plan.bills, terminals=self._names, seed=plan.seed)
        self._tally = Tally(bills=self._bills)
        self._kills: list[Kill] = []
        self._recoveries: list[Recovered] = []

    def play(self) -> Story:
        terminals = [self._start_terminal(number) for number in range(1, self._plan.terminals + 1)]
        ports = [_ready(terminal) for terminal in terminals]
        self._config = house.write_configuration(
            self._stage.folder, {name: port["port"] for name, port in zip(self._names, ports, strict=True)}
        )
        admins = [AdminPort(n, port["admin_port"]) for n, port in zip(self._names, ports, strict=True)]
        self._lunch()
        for admin in admins:
            admin.wait_until_idle()
        # What is still in the air must have arrived before anybody says that it did no harm.
        time.sleep(house.LATEST_ARRIVAL_S if self._plan.fault_rate else 0)
        self._settle_the_rest()
        return self._tell(admins)

    def _start_terminal(self, number: int) -> Child:
        # Guests and faults of each terminal follow from the one seed, and differ.
        seed = self._plan.seed * MOST_TERMINALS + number
        name = self._names[number - 1]
        return self._stage.start(TERMINAL, name, seed, self._plan.fault_rate, log=f"{name}.log")

    def _lunch(self) -> None:
        moments = deque(kill_moments(self._plan.kills, bills=self._plan.bills, seed=self._plan.seed))
        pos = self._open_pos()
        while (event := pos.next_event()) is not None:
            self._tally.note(event)
            self._board.show(self._tally)
            if moments and len(self._tally.done) >= moments[0].after_bills and "over" not in event:
                self._kill(pos, moments.popleft())
                self._recover("  then")
                pos = self._open_pos()
        pos.must_have_ended_well()

    def _open_pos(self) -> Child:
        plan = self._plan
        return self._stage.start(
            POS, self._config, plan.bills, plan.terminals, plan.seed, log=f"pos-{len(self._kills) + 1}.log"
        )

    def _kill(self, pos: Child, moment: KillMoment) -> None:
        time.sleep(moment.hesitation_s)
        at = datetime.now(UTC)
        pos.kill()
        with open_records(self._config) as records:
            running = unsettled_ids(records, State.DISPATCHED)
            settling = unsettled_ids(records, State.LOST)
        kill = Kill(after_bills=len(self._tally.done), at=at, running=running, settling=settling)
        self._kills.append(kill)
        self._board.say(
            f"Kill {len(self._kills)} of {self._plan.kills}: SIGKILL after {kill.after_bills} bills; "
            f"{len(running)} operations were at the terminals, {len(settling)} more being settled"
        )

    def _recover(self, occasion: str) -> None:
        began = time.monotonic()
        ended = self._stage.run_tillproof("recover", "--json", "--config", self._config)
        try:
            report = json.loads(ended.output)
        except ValueError:
            raise ChildFailed(f"tillproof recover said no JSON ({ended.exit_code})\n{ended.complaints}") from None
        if ended.exit_code not in _FORESEEN:
            raise ChildFailed(f"tillproof recover: exit code {ended.exit_code}\n{ended.output}\n{ended.complaints}")
        recovered = Recovered(exit_code=ended.exit_code, report=report, took_s=time.monotonic() - began)
        self._recoveries.append(recovered)
        self._board.say(f"{occasion}: {recovered.as_line()}")

    def _settle_the_rest(self) -> None:
        for turn in range(1, _LAST_RECOVERIES + 1):
            self._recover("The rush is over" if turn == 1 else "  again")
            with open_records(self._config) as records:
                if not unsettled_ids(records, *UNDECIDED):
                    return

    def _tell(self, admins: Sequence[AdminPort]) -> Story:
        killed_at = {
            operation_id: kill.at for kill in reversed(self._kills) for operation_id in kill.running + kill.settling
        }
        with open_records(self._config) as records:
            accounts = read_accounts(records, killed_at)
            verification = records.verify()
        entries = [entry for admin in admins for entry in admin.entries()]
        return Story(
            plan=self._plan,
            kills=tuple(self._kills),
            recoveries=tuple(self._recoveries),
            byes=dict(self._tally.done),
            faults=together([admin.faults() for admin in admins]),
            audit=audit(self._bills, entries, accounts),
            facts=verification.facts,
            breaks=verification.breaks,
            took_s=time.monotonic() - self._began,
        )


_LAST_RECOVERIES = 3
"""A line that fails may fail a recovery too. What a third one cannot settle, the demo calls in doubt."""

_FORESEEN = frozenset({0, 30})
"""Everything is settled; something is not. Any other exit code of a recovery is a breakdown of the demo."""


def _ready(terminal: Child) -> Mapping[str, Any]:
    event = terminal.next_event()
    if event is None or "ready" not in event:
        terminal.must_have_ended_well()
        raise ChildFailed("a terminal ended before it was ready")
    return event
