"""Settling: gather, decide, act, until one operation is out of doubt or nobody waits any longer.

Safe to be cut off anywhere and begun again: it asks questions, which change nothing at the terminal, and writes one
fact when it knows. It never sends an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import (
    EMPTY,
    Activity,
    Book,
    Clock,
    Dispatch,
    Kind,
    Mode,
    NotDelivered,
    Operation,
    Order,
    Progress,
    Reply,
    Slot,
    State,
    Terminal,
    Unconfirmed,
    abort_requested,
    escalated,
    log,
    lost_track,
    not_delivered,
    passed_s,
    proven_absent,
    seen,
    sentence,
    within_s,
)
from engine import (
    Evidence as Basis,
)
from journal import Draft
from recovery.evidence import Evidence, Fence, Grace, Patience, Prospect, Recall, Sighting, Signs
from recovery.looking import Lookout, sighting_of_ours, standing
from recovery.table import ProspectRow, Verdict, VerdictRow, decide, foresee
from recovery.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One round of questions."""

    sighting: Sighting
    signs: Signs
    recall: Recall
    reply: Reply | None = None
    basis: Basis = Basis.LATEST_SLOT
    silence: str = ""
    hopeless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An operation after settling, and the row of the decision table that spoke last.

    ``hopeless`` means that the terminal refuses our keys, and must not be asked again.
    """

    operation: Operation
    row: VerdictRow
    because: str
    hopeless: bool


class Settler:
    """Settles one operation at a time. The caller holds its lane."""

    def __init__(self, *, book: Book, terminals: Mapping[str, Terminal], clock: Clock, lookout: Lookout) -> None:
        self._book = book
        self._terminals = terminals
        self._clock = clock
        self._lookout = lookout

    def settle(self, operation: Operation, *, patience_s: float) -> Settled:
        """Find out what became of an operation, for at most about ``patience_s`` seconds.

        Raises:
            AnswerNotStored: it is known, and the journal could not take it.
        """
        if operation.state is State.DISPATCHED:
            operation = self._book.record(
                operation,
                # When it left is not on record. It was before this.
                lost_track(
                    operation.order,
                    "the till stopped before an answer was on record",
                    crashed=True,
                    left_by=self._clock.moment(),
                ),
            )
        terminal = self._terminals[operation.order.terminal]
        waiting = Waiting(self._clock, patience_s)
        cut_short = False
        while True:
            patience = waiting.patience
            view = self._look(operation, terminal)
            outlook = foresee(view.signs)
            row = decide(
                Evidence(
                    standing=standing(operation),
                    sighting=view.sighting,
                    prospect=outlook.prospect,
                    recall=view.recall,
                    patience=Patience.OUT if view.hopeless else patience,
                )
            )
            if row.verdict is not Verdict.ASK_AGAIN:
                return self._act(operation, view, outlook, row)
            if terminal.aborts_lost and not cut_short and view.signs.activity is Activity.BUSY:
                # Abort to truth: what became of it is asked for as before, only sooner.
                operation, cut_short = self._cut_short(operation, terminal), True
            waiting.pause()

    def _cut_short(self, operation: Operation, terminal: Terminal) -> Operation:
        mode = operation.dispatch.mode if operation.dispatch else Mode.SYNC
        try:
            answer = terminal.abort(operation.order, mode)
        except (NotDelivered, Unconfirmed) as silence:
            log().warning("abort.unanswered", operation_id=operation.order.operation_id, reason=silence.reason)
            return operation
        return self._book.record(operation, abort_requested(operation.order, answer))

    def _look(self, operation: Operation, terminal: Terminal) -> _View:
        """One round of questions: whether it is simply there, and if not, what can be proved. Their order is the proof.

        That of the activity raises the fence and says whether anything runs behind it; only what the slot shows *after*
        that can prove an absence. All carry a stamp above that of the order, whatever the clock says now: a question
        that is older than the order would fence nothing. Grace is read before the first question, so that it is over
        for all of them.
        """
        dispatch = operation.dispatch
        if dispatch is None:
            signs = Signs(fence=Fence.DOWN, activity=Activity.UNTOLD, grace=Grace.RUNNING)
            return _View(sighting=Sighting.SILENT, signs=signs, recall=Recall.UNSURE)
        left_by = operation.left_by or dispatch.moment
        over = passed_s(left_by, self._clock.moment()) >= terminal.grace_s
        grace = Grace.OVER if over else Grace.RUNNING
        try:
            by_id = self._ask_by_id(operation, dispatch, terminal, grace)
            if by_id is not None:
                return by_id
            activity, slot = Activity.UNTOLD, self._slot(operation.order, dispatch, terminal)
            if slot.identity != operation.order.operation_id:
                activity = terminal.activity(after_ms=dispatch.stamp_ms)
            if activity is not Activity.UNTOLD:
                slot = self._slot(operation.order, dispatch, terminal)
            sighting = _sighting(operation, dispatch, slot)
            recalls = sighting is Sighting.STILL_EMPTY and self._recalls(terminal, dispatch)
        except (NotDelivered, Unconfirmed) as silence:
            return _View(
                sighting=Sighting.SILENT,
                signs=Signs(fence=Fence.DOWN, activity=Activity.UNTOLD, grace=grace),
                recall=Recall.UNSURE,
                silence=silence.reason,
                hopeless=isinstance(silence, Unconfirmed) and silence.hopeless,
            )
        return _View(
            sighting=sighting,
            signs=Signs(fence=Fence.UP if terminal.fences else Fence.DOWN, activity=activity, grace=grace),
            recall=Recall.KEPT if recalls else Recall.UNSURE,
            reply=slot.reply,
        )

    def _slot(self, order: Order, dispatch: Dispatch, terminal: Terminal) -> Slot:
        return self._lookout.latest(terminal, order.kind, after_ms=dispatch.stamp_ms, sought=order.operation_id)

    def _ask_by_id(self, operation: Operation, dispatch: Dispatch, terminal: Terminal, grace: Grace) -> _View | None:
        """What the terminal says of an asynchronous operation; None if it does not know it, which is no "no"."""
        if dispatch.mode is not Mode.ASYNC:
            return None
        status = terminal.status(operation.order, after_ms=dispatch.stamp_ms)
        if status.progress is Progress.UNKNOWN:
            return None
        if status.reply is None:
            sighting, activity = Sighting.RUNNING, Activity.BUSY
        else:
            sighting, activity = sighting_of_ours(operation, status.reply), Activity.UNTOLD
        signs = Signs(fence=Fence.UP if terminal.fences else Fence.DOWN, activity=activity, grace=grace)
        basis = Basis.STATUS_BY_ID
        return _View(sighting=sighting, signs=signs, recall=Recall.UNSURE, reply=status.reply, basis=basis)

    def _recalls(self, terminal: Terminal, dispatch: Dispatch) -> bool:
        """Whether the terminal cannot have forgotten since the dispatch: no capture, and no restart in between.

        A capture empties the slots at once, and leaves its own: another till that closed the day in the seconds between
        a payment and its question once made a guest who had paid look like one who had not. A restart shows in the
        witness, or takes too long for the time. Asked after the slot was read.
        """
        kind, identity = dispatch.witness or (Kind.CAPTURE, EMPTY)
        capture_before = identity if kind is Kind.CAPTURE else EMPTY
        if self._lookout.latest(terminal, Kind.CAPTURE, after_ms=dispatch.stamp_ms).identity != capture_before:
            return False
        if within_s(dispatch.moment, self._clock.moment(), terminal.reboot_s):
            return True
        if dispatch.witness is None or not terminal.wiped_whole:
            return False
        return self._lookout.latest(terminal, kind, after_ms=dispatch.stamp_ms).identity == identity

    def _act(self, operation: Operation, view: _View, outlook: ProspectRow, row: VerdictRow) -> Settled:
        because = _because(operation, view, outlook, row)
        draft = _fact(operation, view, outlook, row, because)
        if draft is not None:
            operation = self._book.record(operation, draft)
            log().info(
                "operation.settled",
                operation_id=operation.order.operation_id,
                state=operation.state,
                row=row.label,
            )
        return Settled(operation=operation, row=row, because=because, hopeless=view.hopeless)


def _sighting(operation: Operation, dispatch: Dispatch, slot: Slot) -> Sighting:
    if slot.reply is not None and slot.identity == operation.order.operation_id:
        return sighting_of_ours(operation, slot.reply)
    if slot.identity == dispatch.slot_before:
        return Sighting.STILL_EMPTY if slot.identity == EMPTY else Sighting.UNCHANGED
    return Sighting.FORGOTTEN if slot.identity == EMPTY else Sighting.FOREIGN


def _because(operation: Operation, view: _View, outlook: ProspectRow, row: VerdictRow) -> str:
    """Why, for a person: what went wrong with the order itself, the row's reason, and what that leans on."""
    if view.silence:
        return f"{row.reason}: {view.silence}"
    if not row.prospect:
        return row.reason
    first = f"{operation.reason}; after that, " if operation.state is State.LOST else ""
    return f"{first}{row.reason}: {outlook.reason}"


def _fact(operation: Operation, view: _View, outlook: ProspectRow, row: VerdictRow, because: str) -> Draft | None:
    """The fact that a verdict is written as; None when there is nothing new to write."""
    match row.verdict:
        case Verdict.ADOPT if view.reply is not None:
            return seen(operation, view.reply, view.basis, row=row.label, reason=sentence(operation.order, view.reply))
        case Verdict.ABSENT:
            basis = Basis.FENCED_ABSENCE if outlook.prospect is Prospect.SHUT else Basis.ABSENCE_AFTER_GRACE
            return proven_absent(operation, basis, row=row.label, reason=because)
        case Verdict.UNSENT:
            return not_delivered(operation.order, NotDelivered(because, refused=False))
        case Verdict.ESCALATE:
            shown = view.reply if view.sighting is Sighting.OURS_UNCLEAR else None
            return escalated(operation, shown, row=row.label, reason=because)
        case _:
            return None
