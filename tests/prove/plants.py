"""The plants: well-known blunders in the rules of money, each put into the shipped code on purpose.

A trial that passes everything proves nothing. Each blunder here has been shipped by somebody, or is a safeguard of ours
taken away; whoever tries the engine must find every one that his trial can reach. They are planted with a
``MonkeyPatch``, in the process that tries, and are gone with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

import engine.book
import engine.conduct
import engine.samport.charges
import engine.samport.credentials
import engine.samport.freshness
import engine.samport.judgement
import engine.samport.reading
import engine.samport.terminal
import engine.samport.voice
import journal.file
import recovery.recovering
import recovery.settling
from engine import (
    AbortAnswer,
    Activity,
    Dispatch,
    Ending,
    Evidence,
    Mode,
    NotDelivered,
    Operation,
    Reply,
    Slot,
    State,
    Unconfirmed,
    facts,
    seen,
)
from engine.samport.signing import Trust
from journal import Draft, PerhapsStored
from recovery import Sighting

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Plant:
    """A blunder: its name in words, and how it is put in."""

    name: str
    put: Callable[[Patch], None]


def blind_retry(patch: Patch) -> None:
    """A lost connection is tried again, as HTTP adapters do."""
    charge = engine.samport.charges.SyncCharge
    send_once = charge.send

    def send(self: Any, on_left: Callable[[], None]) -> Reply:
        try:
            return send_once(self, on_left)
        except Unconfirmed:
            with self.voice.turn() as number:
                anew = self.voice.request("POST", self.request.path, self.request.body, number.value)
                return send_once(replace(self, request=anew, number=number), on_left)

    patch.setattr(charge, "send", send)


def time_out_is_declined(patch: Patch) -> None:
    """No reply is taken for a no."""
    judge = engine.samport.judgement.judge_order

    def judge_order(exchange: Any, trust: Any, order: Any, unit: Any) -> Reply:
        if exchange.left and exchange.status is None:
            return Reply(operation_id=order.operation_id, ending=Ending.DECLINED, outcome_text="Declined")
        return judge(exchange, trust, order, unit)

    patch.setattr(engine.samport.charges, "judge_order", judge_order)


def intent_after_sending(patch: Patch) -> None:
    """The journal is written when the answer is there."""

    def perform(self: Any, order: Any, terminal: Any, mode: Any, *rest: Any) -> Any:
        patience_s, on_dialog = rest
        try:
            memory = self._clear_road(terminal, order.kind, patience_s=patience_s)
        except (NotDelivered, Unconfirmed) as silence:
            unsent = NotDelivered(silence.reason, refused=False)
            return self._book.begin(facts.intended(order), facts.not_delivered(order, unsent))
        with terminal.prepare(order, mode, on_dialog) as charge:
            moment = self._clock.moment()
            dispatch = facts.dispatched(
                order, Dispatch(stamp_ms=charge.stamp_ms, moment=moment, slot_before=memory.slot, mode=mode)
            )
            try:
                reply = charge.send(lambda: None)
            except NotDelivered as error:
                return self._book.begin(facts.intended(order), facts.not_delivered(order, error))
            except Unconfirmed as error:
                operation = self._book.begin(facts.intended(order), dispatch)
                operation = self._book.record(operation, facts.lost_track(order, error.reason))
            else:
                operation = self._book.begin(facts.intended(order), dispatch)
                return self._book.record(operation, facts.answered(order, reply, "approved"))
        return self._settle(operation, patience_s=patience_s)

    patch.setattr(engine.conduct.Engine, "_perform", perform)


def amount_as_identity(patch: Patch) -> None:
    """Whatever has the right amount is taken for ours."""
    sighting = recovery.settling._sighting

    def same_amount(operation: Operation, dispatch: Any, slot: Slot) -> Sighting:
        amount = operation.order.amount
        if amount is not None and slot.reply is not None and slot.reply.total_minor == amount.amount_minor:
            return Sighting.OURS
        return sighting(operation, dispatch, slot)

    patch.setattr(recovery.settling, "_sighting", same_amount)


def refusal_401_is_trusted(patch: Patch) -> None:
    """A 401 is taken for "not executed", though a copy of the order may have been."""
    judge = engine.samport.judgement.judge_order

    def judge_order(exchange: Any, trust: Any, order: Any, unit: Any) -> Reply:
        if exchange.status == 401:
            raise NotDelivered("refused", refused=True)
        return judge(exchange, trust, order, unit)

    patch.setattr(engine.samport.charges, "judge_order", judge_order)


def absence_without_idle(patch: Patch) -> None:
    """Not in the slot is taken for "did not happen", though the guest may be paying."""
    patch.setattr(engine.samport.terminal.SamportTerminal, "activity", lambda _self, **_: Activity.IDLE)


def fence_where_there_is_none(patch: Patch) -> None:
    """Every terminal is believed to refuse older stamps, also one that has none or does not look at them."""
    patch.setattr(engine.samport.terminal.SamportTerminal, "fences", property(lambda _self: True))


def grace_over_at_once(patch: Patch) -> None:
    """Where only waiting proves that an order can no longer arrive, nobody waits."""
    patch.setattr(recovery.settling, "passed_s", lambda _since, _now: 1_000_000.0)


def empty_slot_is_absence(patch: Patch) -> None:
    """A terminal that shows nothing is taken for one that did nothing, and not for one that may have forgotten."""
    patch.setattr(recovery.settling.Settler, "_recalls", lambda *_: True)


def unknown_outcome_is_declined(patch: Patch) -> None:
    """A word of the terminal that nobody knows is taken for a no."""
    read_reply = engine.samport.reading.read_reply

    def declined(*given: Any) -> Reply | None:
        reply = read_reply(*given)
        return replace(reply, ending=Ending.DECLINED) if reply is not None and reply.ending is None else reply

    patch.setattr(engine.samport.reading, "read_reply", declined)
    patch.setattr(engine.samport.judgement, "read_reply", declined)


def reply_hash_ignored(patch: Patch) -> None:
    """Whatever comes back is taken for the terminal's."""

    def trust(_self: Any, _request: Any, exchange: Any, _before: int) -> Trust:
        return Trust.UNSIGNED if exchange.status is None else Trust.AUTHENTIC

    patch.setattr(engine.samport.credentials.KeyedHash, "trust", trust)


def old_replies_believed(patch: Patch) -> None:
    """A reply that was heard before is believed when it is played again."""
    patch.setattr(engine.samport.freshness.Freshness, "trust", lambda *_: Trust.AUTHENTIC)


def slot_guard_removed(patch: Patch) -> None:
    """A new operation is started while an earlier one is not settled, and erases the only proof of it."""

    def clear_road(self: Any, terminal: Any, kind: Any, *, patience_s: float) -> Any:
        del patience_s
        return self._slots.before(terminal, kind, self._book.glance(terminal.name, limit=2))

    patch.setattr(recovery.recovering.Recovery, "clear_road", clear_road)


def lane_lock_removed(patch: Patch) -> None:
    """Nobody keeps two operations off one terminal, nor two recoveries off one operation."""

    @contextmanager
    def lane(_self: Any, _name: str, *, wait_s: float) -> Iterator[None]:
        del wait_s
        yield

    patch.setattr(journal.file.FileJournal, "lane", lane)


def stamp_by_the_wall_clock(patch: Patch) -> None:
    """A stamp is what the clock says now, so that a clock that is set back gives an old one away again."""

    @contextmanager
    def turn(self: Any, after_ms: int = 0) -> Iterator[Any]:
        del after_ms
        with self._draw(0) as number:
            yield _Stamp(int(self._clock.now().timestamp() * 1000), number.release)

    patch.setattr(engine.samport.voice.Voice, "turn", turn)


@dataclass(frozen=True, slots=True)
class _Stamp:
    value: int
    release: Callable[[], None]


def abort_is_an_outcome(patch: Patch) -> None:
    """An accepted abort is taken for "cancelled", though the guest may have paid all the same."""
    cut_short = recovery.settling.Settler._cut_short

    def cancelled(self: Any, operation: Operation, terminal: Any) -> Operation:
        asked = cut_short(self, operation, terminal)
        accepted = any(
            fact.body.get("answer") == AbortAnswer.ACCEPTED for fact in self._book.facts_of(asked) if fact.kind
        )
        if not accepted or asked.state is not State.LOST:
            return asked
        reply = Reply(operation_id=asked.order.operation_id, ending=Ending.CANCELLED, outcome_text="Cancelled")
        told = seen(asked, reply, Evidence.LATEST_SLOT, row="found", reason="aborted")
        return self._book.record(asked, told)  # type: ignore[no-any-return]

    patch.setattr(recovery.settling.Settler, "_cut_short", cancelled)


def recovery_sends_again(patch: Patch) -> None:
    """Recovery tries an unanswered order once more before it asks."""
    settle = recovery.settling.Settler.settle

    def send_first(self: Any, operation: Operation, *, patience_s: float) -> Any:
        if operation.state in {State.DISPATCHED, State.LOST}:
            terminal = self._terminals[operation.order.terminal]
            with suppress(NotDelivered, Unconfirmed), terminal.prepare(operation.order, Mode.SYNC, None) as charge:
                charge.send(lambda: None)
        return settle(self, operation, patience_s=patience_s)

    patch.setattr(recovery.settling.Settler, "settle", send_first)


def commit_error_is_undone(patch: Patch) -> None:
    """A write whose commit failed is taken for not written, and is made a second time."""
    begin = engine.book.Book.begin

    def begin_again(self: Any, *drafts: Draft) -> Operation:
        try:
            return begin(self, *drafts)
        except Exception as error:
            if isinstance(error.__cause__, PerhapsStored):
                return begin(self, *drafts)
            raise

    patch.setattr(engine.book.Book, "begin", begin_again)


PLANTS = (
    Plant("blind retry of a lost order", blind_retry),
    Plant("no reply is taken for declined", time_out_is_declined),
    Plant("the dispatch is written after the send", intent_after_sending),
    Plant("the amount is taken for identity", amount_as_identity),
    Plant("a 401 is trusted", refusal_401_is_trusted),
    Plant("absence without the proof of idle", absence_without_idle),
    Plant("a fence where there is none", fence_where_there_is_none),
    Plant("the grace is over at once", grace_over_at_once),
    Plant("an empty slot is taken for absence", empty_slot_is_absence),
    Plant("an unknown outcome is taken for declined", unknown_outcome_is_declined),
    Plant("the hash of replies is ignored", reply_hash_ignored),
    Plant("old replies are believed", old_replies_believed),
    Plant("the slot guard is removed", slot_guard_removed),
    Plant("the lane lock is removed", lane_lock_removed),
    Plant("stamps by the wall clock", stamp_by_the_wall_clock),
    Plant("an abort is taken for an outcome", abort_is_an_outcome),
    Plant("recovery sends again", recovery_sends_again),
    Plant("a commit error is taken for undone", commit_error_is_undone),
)
