"""How one operation is conducted, from the order to the outcome.

The whole of it, in the order in which it happens. Whatever is cut off, and wherever, the facts written so far are
enough to find out the rest:

    take the lane            one operation at a time on a terminal, over all threads and processes
    clear the road           settle what is unsettled; learn what the slot holds; or refuse
    1st durable write        Intended, Dispatched      a crash from here on leaves a question, never a blank
    send                     once
    2nd durable write        Answered                  before the caller hears of it
      or                     NotDelivered              proof that the terminal did not take it
      or                     LostTrack                 then settle within the caller's patience

Nothing here sends an order a second time, and no exception is taken for a "no".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

from engine import facts
from engine.answer import sentence
from engine.book import Book
from engine.clock import Clock, Moment, passed_s, within_s
from engine.errors import (
    BadInput,
    NotDelivered,
    NothingSent,
    StillRunning,
    TerminalOccupied,
    Unconfirmed,
    UnknownReference,
)
from engine.events import log
from engine.kind import Kind
from engine.mode import Mode, ModePolicy
from engine.mode_choice import WINDOW, ModeChoice, choose_mode
from engine.money import Money
from engine.operation import Dispatch, Evidence, Operation
from engine.order import Order
from engine.outcome import InDoubt, Outcome, ReferenceReused, outcome_of
from engine.state import FINAL, UNDECIDED, State
from engine.tables import must_not_be_in_doubt
from engine.terminal import UNKNOWN, AbortAnswer, Charge, Memory, OnDialog, Progress, Reply, Terminal
from journal import JournalError

_LONGEST_WRITE_S = 10.0
"""Grace counts from the dispatch that is on record. An order that left long after it would still be running when its
grace is over, so after a disk has hung it does not leave at all."""


class Settle(Protocol):
    """Finds out what became of an operation. The caller holds its lane."""

    def __call__(self, operation: Operation, *, patience_s: float) -> Operation:
        """The operation as far as it could be settled in that time."""
        ...


class ClearRoad(Protocol):
    """Makes a terminal ready for a new operation. The caller holds its lane."""

    def __call__(self, terminal: Terminal, kind: Kind, *, patience_s: float) -> Memory:
        """What the terminal remembers, to compare with afterwards.

        Raises:
            TerminalUnsettled: an earlier operation could not be settled.
            NotDelivered, Unconfirmed: the terminal does not say what its slot holds.
        """
        ...


class Engine:
    """Conducts operations on terminals and remembers them in a book. Safe to share between threads."""

    def __init__(
        self,
        *,
        book: Book,
        terminals: Mapping[str, Terminal],
        clock: Clock,
        settle: Settle,
        clear_road: ClearRoad,
    ) -> None:
        self._book = book
        self._terminals = terminals
        self._clock = clock
        self._settle = settle
        self._clear_road = clear_road

    def conduct(
        self,
        order: Order,
        *,
        patience_s: float | None = None,
        mode: Mode | None = None,
        on_dialog: OnDialog | None = None,
    ) -> Outcome:
        """Carry out an order, or tell what became of it if its reference is known.

        ``mode`` overrides the terminal's; ``on_dialog`` hears what an asynchronous operation shows to the guest.

        Raises:
            ReferenceReused: the reference names something else.
            BadInput: no such terminal.
            TerminalOccupied, TerminalUnsettled, TableInDoubt, NothingSent: nothing was sent.
            AnswerNotStored: it was sent and answered, and the answer could not be stored.
        """
        terminal = self.terminal(order.terminal)
        patience_s = terminal.patience_s if patience_s is None else patience_s
        known = self._known(order)
        if known is not None and not known.unsettled:
            return outcome_of(known)
        # Whoever asks for a running operation waits for its guest; whoever brings another does not stand in line long.
        wait_s = patience_s if known is None else terminal.grace_s + patience_s
        try:
            with self._book.lane(terminal.name, wait_s=wait_s):
                known = self._known(order)
                if known is None:
                    must_not_be_in_doubt(self._book, order)
                    mode = mode or self.mode_of(terminal.name).mode
                    return self._finish(self._perform(order, terminal, mode, patience_s, on_dialog))
                return self._finish(self._settled(known, patience_s))
        except TerminalOccupied as occupied:
            # Two callers with one reference may have started together, and the other was first.
            known = self._known(order)
            if known is None:
                raise
            return _not_now(known, _in_use(occupied))
        except NothingSent as failed:
            # What is on record may have been sent by an earlier call: to that caller, "nothing sent" would be a lie.
            if known is None:
                raise
            return _not_now(known, _without_lane(failed))

    def settle(self, name: str, *, patience_s: float | None = None) -> Outcome:
        """Find out what became of a known operation; at once if it is settled.

        Raises:
            UnknownReference: no operation has this reference or id.
        """
        terminal = self.terminal(self._book.get(name).order.terminal)
        patience_s = terminal.patience_s if patience_s is None else patience_s
        try:
            with self._book.lane(terminal.name, wait_s=patience_s):
                return self._finish(self._settled(self._book.get(name), patience_s))
        except TerminalOccupied as occupied:
            return _not_now(self._book.get(name), _in_use(occupied))
        except NothingSent as failed:
            return _not_now(self._book.get(name), _without_lane(failed))

    def abort(self, name: str) -> AbortAnswer:
        """Ask the terminal to end a running operation. Whatever it answers, only the outcome tells what became of it.

        Takes no lane: whoever conducts the operation holds it. The stamps are drawn from the same sequence, so that
        nothing races.

        Raises:
            UnknownReference: no operation has this reference or id.
            BadInput: it is settled, or the release cannot.
            NotDelivered, Unconfirmed: no authentic answer.
        """
        operation = self._book.get(name)
        if operation.state not in UNDECIDED or operation.dispatch is None:
            raise BadInput(f"reference: {name!r} is {operation.state} and does not run; there is nothing to abort")
        answer = self.terminal(operation.order.terminal).abort(operation.order, operation.dispatch.mode)
        self._book.note(facts.abort_requested(operation.order, answer))
        return answer

    def complete(self, order: Order, *, patience_s: float | None = None) -> Outcome:
        """Find out what became of an asynchronous operation that another till started, and keep it.

        ``order`` carries the other till's operation id; its amount is taken from the terminal's answer. If our journal
        knows the id, it is settled as any other.

        Raises:
            UnknownReference: the terminal does not know it, or not any more.
            ReferenceReused: the reference names something else.
            StillRunning: the guest has not paid yet; ask again.
            NotDelivered, Unconfirmed: the terminal gave no authentic answer.
        """
        if self._book.by_id(order.operation_id) is not None:
            return self.settle(order.operation_id, patience_s=patience_s)
        terminal = self.terminal(order.terminal)
        patience_s = terminal.patience_s if patience_s is None else patience_s
        with self._book.lane(terminal.name, wait_s=patience_s):
            reply = self._ended(order, terminal, patience_s)
            return self._finish(self._take_over(order, reply, patience_s))

    def read_card(self, terminal: str) -> Mapping[str, str]:
        """Ask the guest at a terminal for his card without paying; no money moves, and nothing is written.

        Raises:
            BadInput: no such terminal, or its release cannot.
            TerminalOccupied: somebody else is using it.
            NotDelivered, Unconfirmed: no authentic answer.
        """
        found = self.terminal(terminal)
        with self._book.lane(terminal, wait_s=found.patience_s):
            return found.read_card()

    def print_text(self, terminal: str, text: str) -> None:
        """Print a text on a terminal's paper; raises as ``read_card``."""
        found = self.terminal(terminal)
        with self._book.lane(terminal, wait_s=found.patience_s):
            found.print_text(text)

    def mode_of(self, terminal: str) -> ModeChoice:
        """The mode that the next operation on a terminal takes, and why."""
        policy = self.terminal(terminal).mode_policy
        youngest = self._book.newest(terminal=terminal, limit=WINDOW) if policy is ModePolicy.AUTO else []
        return choose_mode(policy, youngest)

    def terminal(self, name: str) -> Terminal:
        """The terminal of this name.

        Raises:
            BadInput: the configuration has none.
        """
        if name not in self._terminals:
            raise BadInput(f"terminal: {name!r} is not configured; there are {', '.join(self._terminals)}")
        return self._terminals[name]

    def _ended(self, order: Order, terminal: Terminal, patience_s: float) -> Reply:
        began = self._clock.moment()
        while True:
            status = terminal.status(order)
            if status.progress is Progress.UNKNOWN:
                raise UnknownReference(
                    f"operation: {terminal.name} does not know {order.operation_id!r}, or not any more; "
                    "look at the till that started it"
                )
            if status.reply is not None:
                return status.reply
            if not within_s(began, self._clock.moment(), patience_s):
                raise StillRunning(f"{order.operation_id} still runs on {terminal.name}; ask again")

    def _take_over(self, order: Order, reply: Reply, patience_s: float) -> Operation:
        if order.kind is not Kind.CAPTURE:
            if reply.total_minor is None or reply.currency is None:
                raise Unconfirmed(
                    f"the answer about {order.operation_id} names no amount; ask the till that started it"
                )
            order = replace(order, amount=Money(reply.total_minor, reply.currency))
        dispatch = Dispatch(stamp_ms=0, moment=self._clock.moment(), slot_before=UNKNOWN, mode=Mode.ASYNC)
        operation = self._book.begin(
            facts.intended(order),
            facts.dispatched(order, dispatch),
            facts.lost_track(order, "another till started it", crashed=True),
        )
        if reply.ending is None:
            return self._settle(operation, patience_s=patience_s)
        # What a terminal before 2.1 has told once it forgets, so the answer in hand is the one to keep.
        told = facts.seen(operation, reply, Evidence.STATUS_BY_ID, row="found", reason=sentence(order, reply))
        return self._book.record(operation, told)

    def _known(self, order: Order) -> Operation | None:
        known, namesake = self._book.called(order.reference)
        if known is None and namesake is not None:
            raise BadInput(
                f"reference: {order.reference!r} is the id of another operation; add a word to it, such as /refund"
            )
        if known is not None and known.order.content() != order.content():
            raise ReferenceReused(
                f"reference: {order.reference!r} already names a {known.order.content()}, "
                f"and this is a {order.content()}; {_what_then(known)}",
                outcome_of(known),
            )
        return known

    def _perform(
        self, order: Order, terminal: Terminal, mode: Mode, patience_s: float, on_dialog: OnDialog | None
    ) -> Operation:
        with ExitStack() as stack:
            try:
                memory = self._clear_road(terminal, order.kind, patience_s=patience_s)
                charge = stack.enter_context(terminal.prepare(order, mode, on_dialog))
            except (NotDelivered, Unconfirmed) as silence:
                # Only a question was asked; the order itself never left, whatever became of the question.
                unsent = NotDelivered(f"nothing was sent: {silence.reason}", refused=False)
                return self._book.begin(facts.intended(order), facts.not_delivered(order, unsent))
            dispatch = Dispatch(
                stamp_ms=charge.stamp_ms,
                moment=self._clock.moment(),
                slot_before=memory.slot,
                witness=memory.witness,
                mode=mode,
            )
            operation = self._book.begin(facts.intended(order), facts.dispatched(order, dispatch))
            took_s = passed_s(dispatch.moment, self._clock.moment())
            if took_s > _LONGEST_WRITE_S:
                stale = NotDelivered(f"nothing was sent: the disk took {took_s:.0f} s to store it", refused=False)
                return self._book.record(operation, facts.not_delivered(order, stale))
            operation = self._send(order, charge, operation)
        if operation.state is not State.LOST:
            return operation
        log().warning("operation.lost", operation_id=order.operation_id, reason=operation.reason)
        try:
            return self._settle(operation, patience_s=patience_s)
        except JournalError as error:
            # It was sent, so the caller hears "in doubt" and no error that he might take for "not sent".
            return replace(operation, reason=f"{operation.reason}; settling it failed: {error}")

    def _send(self, order: Order, charge: Charge, operation: Operation) -> Operation:
        left: list[Moment] = []
        try:
            reply = charge.send(lambda: left.append(self._clock.moment()))
        except NotDelivered as error:
            return self._book.record(operation, facts.not_delivered(order, error))
        except Unconfirmed as error:
            # A machine may be put to sleep between the look at its clock and the sending. Grace that counted from the
            # look was once over while the guest was still paying.
            left_by = left[-1] if left else self._clock.moment()
            return self._book.record(operation, facts.lost_track(order, error.reason, left_by=left_by))
        return self._book.record(operation, facts.answered(order, reply, sentence(order, reply)))

    def _settled(self, operation: Operation, patience_s: float) -> Operation:
        return operation if operation.state in FINAL else self._settle(operation, patience_s=patience_s)

    def _finish(self, operation: Operation) -> Outcome:
        """Tell the outcome; a doubt is in the log as well, because somebody has parked a bill."""
        outcome = outcome_of(operation)
        if isinstance(outcome, InDoubt):
            log().warning(
                "operation.parked",
                operation_id=outcome.operation_id,
                reference=outcome.reference,
                terminal=outcome.terminal,
                needs_person=outcome.needs_person,
                reason=outcome.reason,
            )
        return outcome


def _not_now(operation: Operation, why: str) -> Outcome:
    """What is known of an operation that cannot be settled at this moment."""
    return outcome_of(operation if operation.state in FINAL else replace(operation, reason=f"{why}; ask again"))


def _what_then(known: Operation) -> str:
    """What to do for whoever has named an earlier operation by mistake, or tries its bill in another way."""
    if known.state is State.APPROVED:
        return "that one is paid: do not charge the same bill again"
    if known.state in FINAL and known.alarm is None:
        return "no money moved by that one: take a new reference"
    return "nobody knows whether that one was paid: ask for it as it was, and do not charge the same bill again"


def _in_use(occupied: TerminalOccupied) -> str:
    # Most likely by the operation itself.
    return f"it is being conducted or settled ({occupied.holder})"


def _without_lane(failed: NothingSent) -> str:
    return f"its terminal could not be asked, because the journal failed: {failed.__cause__}"
