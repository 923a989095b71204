"""The operations of a terminal: the one that runs, those that ended, and what is remembered of them.

order ─▶ running ─▶ ended by its time [finish] ─────▶ ledger, slot, session
            │  └──▶ aborted before the PIN [abort] ─▶ ledger, slot, session
            └─────▶ power cut [kill] ───────────────▶ ledger, and the session if the bank had answered
"""

from dataclasses import replace
from typing import assert_never

from tools.simulator.agenda import Agenda
from tools.simulator.assumptions import Assumptions, CaptureDue, RebootEffect
from tools.simulator.cue import Cue
from tools.simulator.guest import Button, Guest, Visit
from tools.simulator.kinds import Kind, Outcome
from tools.simulator.ledger import Arrival, Entry
from tools.simulator.memory import Memory
from tools.simulator.order import Order
from tools.simulator.running import Running, begin


class Operations:
    """At most one running operation, and the ledger. Times are unix seconds, given by the caller.

    `guest` may be replaced between operations. An entry's ordinal is its place in the ledger, from 1.
    The agenda hears of every start and every end.
    """

    def __init__(self, *, guest: Guest, memory: Memory, agenda: Agenda, assumptions: Assumptions) -> None:
        self.guest = guest
        self.memory = memory
        self.ledger: list[Entry] = []
        self.running: Running | None = None
        self._agenda = agenda
        self._assumptions = assumptions

    def start(self, order: Order, *, at: float, arrived: Arrival, cue: Cue | None = None) -> Running:
        """Begin an operation with the next guest."""
        return self._begin(order, at, arrived, self._visit(order, at, cue), cue)

    def start_foreign(self, order: Order, *, at: float, outcome: str) -> Running:
        """Begin another till's operation, which takes no time and no guest of ours."""
        return self._begin(order, at, Arrival.FOREIGN, Visit(pin_after_s=0, takes_s=0, outcome=outcome))

    def finish(self, running: Running) -> None:
        """End the running operation, as it says itself."""
        self.running = None
        entry = self._entry(running)
        self.ledger.append(entry)
        self.memory.remember(entry)
        self._agenda.ended(running.number, running.finish_at)

    def knows(self, operation_id: str) -> bool:
        """Whether an asynchronous operation of this id runs, or is remembered."""
        runs = self.running is not None and self.running.order.operation_id == operation_id
        return runs or self.memory.result(operation_id) is not None

    def abort(self, at: float) -> bool:
        """Abort what runs; False when nothing can be aborted now."""
        if self.running is None or not self.running.abortable(at):
            return False
        if not self._assumptions.abort_may_still_approve:
            self.finish(self.running.aborted(at))
        return True

    def press(self, button: Button, at: float) -> bool:
        """Let the guest press a button; False when that means nothing now."""
        pressed = None if self.running is None else self.running.pressed(button, at)
        if pressed is None:
            return False
        if pressed.finish_at <= at:
            self.finish(pressed)
        else:
            self.running = pressed
        return True

    def kill(self, at: float) -> int | None:
        """Cut the power under what runs; return its ordinal. No slot ever tells of it."""
        running, self.running = self.running, None
        if running is None:
            return None
        match self._assumptions.reboot_effect:
            case RebootEffect.LOST:
                self.ledger.append(running.killed(at))
            case RebootEffect.APPROVED_BEFORE:
                entry = self._entry(replace(running, finish_at=at))
                self.ledger.append(entry)
                self.memory.keep(entry)
            case other:
                assert_never(other)
        self._agenda.ended(running.number, at)
        return running.ordinal

    def refused_as_overdue(self, kind: Kind, at: float) -> bool:
        """Whether the terminal demands a capture first, and says so without starting anything."""
        return self._assumptions.capture_due is CaptureDue.REFUSES_403 and self._overdue(kind, at)

    def _overdue(self, kind: Kind, at: float) -> bool:
        return kind is not Kind.CAPTURE and self.memory.capture_due(at)

    def _visit(self, order: Order, at: float, cue: Cue | None) -> Visit:
        if self._assumptions.capture_due is CaptureDue.DECLINES and self._overdue(order.kind, at):
            return Visit(pin_after_s=0, takes_s=0, outcome=Outcome.DECLINED)
        return self.guest.visit(
            amount_minor=order.amount_minor or 0,
            needed=order.kind.needs_guest,
            tips=order.kind is Kind.PAYMENT,
            cue=cue,
        )

    def _begin(self, order: Order, at: float, arrived: Arrival, visit: Visit, cue: Cue | None = None) -> Running:
        target = self.memory.reversible(order.reverses) if order.reverses else None
        if order.kind is Kind.REVERSAL and target is None:
            visit = replace(visit, outcome=Outcome.DECLINED)
        ordinal = len(self.ledger) + 1
        running = begin(ordinal=ordinal, order=order, arrived=arrived, at=at, visit=visit, target=target, cue=cue)
        self.running = running
        self._agenda.started(running.number, at)
        return running

    def _entry(self, running: Running) -> Entry:
        entry = running.ended(receipt_number=self.memory.take_receipt())
        if entry.kind is not Kind.CAPTURE or not entry.approved:
            return entry
        return replace(entry, totals=self.memory.totals(), schemes=self.memory.scheme_totals())
