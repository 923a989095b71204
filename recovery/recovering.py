"""Recovery as a whole: one terminal's road cleared before a new operation, or everything settled after a crash."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from engine import (
    FINAL,
    UNDECIDED,
    Activity,
    BadInput,
    Book,
    Clock,
    Glance,
    InDoubt,
    Kind,
    Memory,
    NotDelivered,
    NothingSent,
    Operation,
    Outcome,
    State,
    StillRunning,
    Terminal,
    TerminalOccupied,
    TerminalUnsettled,
    Unconfirmed,
    lost_track,
    mask_card_numbers,
    outcome_of,
    ruled,
    within_s,
)
from recovery.evidence import Patience
from recovery.looking import Lookout
from recovery.settling import Settler
from recovery.slots import SlotBook
from recovery.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What recovery found of one operation: its outcome now, the row of the table that decided, and why."""

    outcome: Outcome
    row: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a recovery did.

    ``unread`` has a sentence for each terminal whose memory could not be read, ``strangers`` one for each operation
    that a terminal remembers and the journal does not know. ``refused`` are the terminals that took none of our keys.
    """

    findings: tuple[Finding, ...]
    unread: Mapping[str, str]
    strangers: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()

    @property
    def unsettled(self) -> tuple[Finding, ...]:
        """What still needs the terminal or a person."""
        return tuple(
            found for found in self.findings if isinstance(found.outcome, InDoubt) or found.outcome.alarm is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What reading a terminal's slots gave: why it failed, if it did, and who is not in the journal."""

    unread: str = ""
    strangers: tuple[str, ...] = ()
    refused: bool = False


class Recovery:
    """Settles doubt, from inside the engine and as a command."""

    def __init__(self, *, book: Book, terminals: Mapping[str, Terminal], clock: Clock) -> None:
        self._book = book
        self._terminals = terminals
        self._clock = clock
        self._lookout = Lookout(book)
        self._slots = SlotBook(self._lookout)
        self._settler = Settler(book=book, terminals=terminals, clock=clock, lookout=self._lookout)

    @property
    def names(self) -> Collection[str]:
        """The terminals that can be asked."""
        return self._terminals.keys()

    def settle(self, operation: Operation, *, patience_s: float) -> Operation:
        """Find out what became of one operation. The caller holds its lane."""
        return self._settler.settle(operation, patience_s=patience_s).operation

    def clear_road(self, terminal: Terminal, kind: Kind, *, patience_s: float) -> Memory:
        """Settle what is undecided on a terminal, and tell what it remembers. The caller holds its lane.

        An operation that waits for a person does not stand in the way: its proof is gone already.

        Raises:
            TerminalUnsettled: something stays undecided, and going on would erase the only proof of it.
            NothingSent: the journal is damaged: it does not list as unsettled what is.
            NotDelivered, Unconfirmed: the terminal does not say what it remembers.
        """
        for operation in self._book.unsettled(terminal.name):
            if operation.state not in UNDECIDED:
                continue
            outcome = outcome_of(self.settle(operation, patience_s=patience_s))
            if isinstance(outcome, InDoubt) and not outcome.needs_person:
                raise TerminalUnsettled(outcome)
        youngest = self._book.glance(terminal.name, limit=2)
        _must_be_settled(youngest)
        return self._slots.before(terminal, kind, youngest)

    def recover(self, terminal: str | None = None) -> Report:
        """Settle everything that can be settled, and read every terminal's slots for contradictions.

        Terminals are asked at the same time, each within its own patience. Safe to run twice, beside a running till
        (whose lanes it waits for), and to be killed: what was written stays, and the rest is asked again.

        Raises:
            BadInput: no such terminal.
            AnswerNotStored: something is known now, and the journal could not take it.
        """
        if terminal is not None and terminal not in self._terminals:
            raise BadInput(f"terminal: {terminal!r} is not configured; there are {', '.join(self._terminals)}")
        if terminal is not None:
            return self._recover_terminal(terminal)
        report = self._at_once(self._terminals)
        return replace(report, findings=(*report.findings, *self._strays()))

    def glance(self, names: Collection[str]) -> Report:
        """One look at these terminals: what can be settled by one round of questions is, and nobody is waited for.

        Raises:
            AnswerNotStored: something is known now, and the journal could not take it.
        """
        return self._at_once(names, patience_s=0)

    def _at_once(self, names: Collection[str], *, patience_s: float | None = None) -> Report:
        if not names:
            return Report(findings=(), unread={})
        with ThreadPoolExecutor(max_workers=len(names)) as pool:
            reports = list(pool.map(partial(self._recover_terminal, patience_s=patience_s), names))
        return Report(
            findings=tuple(finding for report in reports for finding in report.findings),
            unread={name: sentence for report in reports for name, sentence in report.unread.items()},
            strangers=tuple(sentence for report in reports for sentence in report.strangers),
            refused=frozenset(name for report in reports for name in report.refused),
        )

    def resolve(self, name: str, outcome: State, *, by: str, reason: str) -> Outcome:
        """Write down a person's ruling on an operation that is in doubt, or whose ending was contradicted.

        Raises:
            UnknownReference: no operation has this reference or id.
            BadInput: there is nothing to rule on, or the ruling is incomplete.
            StillRunning: somebody is conducting or settling it at this moment, or its guest may still be paying.
        """
        if outcome not in FINAL:
            raise BadInput(f"outcome: {outcome} is no ruling; give one of {', '.join(sorted(FINAL))}")
        if not by.strip() or not reason.strip():
            raise BadInput("by, reason: a ruling needs a name and a reason, because somebody will ask in March")
        terminal = self._book.get(name).order.terminal
        try:
            with self._book.lane(terminal, wait_s=0):
                # A person copies what he has found, and sometimes a card number with it.
                told = [mask_card_numbers(text.strip()) for text in (by, reason)]
                return self._rule(self._book.get(name), outcome, *told)
        except TerminalOccupied as occupied:
            raise StillRunning(
                f"{name!r} cannot be ruled on now: {terminal} is in use ({occupied.holder}), perhaps by this very "
                "operation. Wait for it, then ask again"
            ) from occupied

    def _rule(self, operation: Operation, outcome: State, by: str, reason: str) -> Outcome:
        if not operation.unsettled:
            raise BadInput(
                f"reference: {operation.order.reference!r} is settled as {operation.state}; there is nothing to rule on"
            )
        if operation.state in UNDECIDED and operation.order.terminal in self._terminals:
            # Evidence goes before opinion: if the terminal still knows, that is the answer.
            operation = self.settle(operation, patience_s=0)
            self._must_not_run(operation)
        elif operation.state is State.DISPATCHED:
            because = "its terminal is not configured any more, so it cannot be asked"
            operation = self._book.record(operation, lost_track(operation.order, because))
        if operation.unsettled:
            operation = self._book.record(operation, ruled(operation, outcome, by=by, reason=reason))
        return outcome_of(operation)

    def _must_not_run(self, operation: Operation) -> None:
        """Nobody rules on a guest who may be typing his PIN at this moment."""
        terminal = self._terminals[operation.order.terminal]
        if operation.state not in UNDECIDED or operation.dispatch is None:
            return
        if not within_s(operation.dispatch.moment, self._clock.moment(), terminal.grace_s):
            return  # then it is somebody else who keeps the terminal busy
        with suppress(NotDelivered, Unconfirmed):
            if terminal.activity() is Activity.BUSY:
                raise StillRunning(
                    f"{operation.order.reference!r} cannot be ruled on now: {terminal.name} is busy, and its guest may "
                    "be paying. Wait until the terminal is idle, then run `tillproof recover`"
                )

    def _recover_terminal(self, name: str, patience_s: float | None = None) -> Report:
        terminal = self._terminals[name]
        patience_s = terminal.patience_s if patience_s is None else patience_s
        try:
            with self._book.lane(name, wait_s=patience_s):
                findings, reading = self._settle_all(terminal, patience_s)
                # Reading the slots may have raised alarms about what nobody was looking for.
                for operation in self._book.unsettled(name):
                    identity = operation.order.operation_id
                    findings[identity] = _finding(operation, findings.get(identity))
                return Report(
                    findings=tuple(findings.values()),
                    unread={name: reading.unread} if reading.unread else {},
                    strangers=reading.strangers,
                    refused=frozenset({name} if reading.refused else ()),
                )
        except TerminalOccupied as busy:
            because = f"its terminal is in use ({busy.holder}), who will settle it"
            return Report(
                findings=tuple(_left(operation, because) for operation in self._book.unsettled(name)),
                unread={name: f"in use by {busy.holder}, so its memory was not read"},
            )

    def _settle_all(self, terminal: Terminal, patience_s: float) -> tuple[dict[str, Finding], _Reading]:
        findings: dict[str, Finding] = {}
        for operation in self._book.unsettled(terminal.name):
            if operation.state in FINAL:
                continue
            settled = self._settler.settle(operation, patience_s=patience_s)
            outcome = outcome_of(settled.operation)
            findings[outcome.operation_id] = Finding(outcome=outcome, row=settled.row.label, because=settled.because)
            if settled.hopeless:
                return findings, _Reading(unread=settled.because, refused=True)
        return findings, self._read_slots(terminal, patience_s)

    def _read_slots(self, terminal: Terminal, patience_s: float) -> _Reading:
        """Read all slots; a passing fault of the line is waited out, a dead line or a refused key is not."""
        waiting = Waiting(self._clock, patience_s)
        unread = list(Kind)
        strangers: list[str] = []
        while unread:
            try:
                slot = self._lookout.latest(terminal, unread[0])
            except NotDelivered as silence:
                return _Reading(unread=silence.reason, strangers=tuple(strangers))
            except Unconfirmed as silence:
                if silence.hopeless or waiting.patience is Patience.OUT:
                    return _Reading(unread=silence.reason, strangers=tuple(strangers), refused=silence.hopeless)
                waiting.pause()
            else:
                stranger = self._lookout.stranger(terminal, unread.pop(0), slot)
                strangers += [stranger] if stranger else []
        return _Reading(strangers=tuple(strangers))

    def _strays(self) -> list[Finding]:
        """Unsettled operations of terminals that are no longer configured."""
        return [
            _left(operation, f"terminal {operation.order.terminal!r} is not configured any more")
            for operation in self._book.unsettled()
            if operation.order.terminal not in self._terminals
        ]


def _left(operation: Operation, because: str) -> Finding:
    return Finding(outcome=outcome_of(operation), row="left", because=because)


def _finding(operation: Operation, before: Finding | None) -> Finding:
    """What is to be said of an operation that is unsettled at the end; an alarm outshouts all else."""
    if operation.alarm is not None:
        return Finding(outcome=outcome_of(operation), row="contradicted", because=operation.alarm)
    return before or _left(operation, operation.reason)


def _must_be_settled(youngest: Sequence[Glance]) -> None:
    """Look at the last operation by another way: an index that has rotted says "nothing is open", and no error."""
    for last in youngest[:1]:
        if last.state in UNDECIDED:
            raise NothingSent(
                f"no order was sent to the terminal, because the journal is damaged: {last.reference!r} is "
                f"{last.state} and not listed as unsettled; `tillproof journal rebuild` lists it again"
            )
