"""The controls: engines with one well-known blunder each, which the same battery must catch.

A battery that passes everything proves nothing. Each blunder here has been shipped by somebody. That the battery
accuses nobody wrongly is what ``test_every_crash.py`` shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import engine.conduct
import engine.samport.charges
import engine.samport.judgement
import engine.samport.terminal
import recovery.settling
from engine import Activity, Dispatch, Ending, NotDelivered, Operation, Reply, Slot, Unconfirmed, facts
from recovery import Sighting
from tests.crash.battery import CRASHES, LATER_S, Story, every_crash, neighbour_in_the_slot, pay
from tools.simulator import Assumptions, Fault, TimestampCheck

Plant = Callable[[pytest.MonkeyPatch], None]


def blind_retry(patch: pytest.MonkeyPatch) -> None:
    """A lost connection is tried again, as HTTP adapters do."""
    charge = engine.samport.charges.SyncCharge
    send_once = charge.send

    def send(self: Any) -> Reply:
        try:
            return send_once(self)
        except Unconfirmed:
            with self.voice.turn() as number:
                anew = self.voice.request("POST", self.request.path, self.request.body, number.value)
                return send_once(replace(self, request=anew, number=number))

    patch.setattr(charge, "send", send)


def time_out_is_declined(patch: pytest.MonkeyPatch) -> None:
    """No reply is taken for a no."""
    judge = engine.samport.judgement.judge_order

    def judge_order(exchange: Any, trust: Any, order: Any, unit: Any) -> Reply:
        if exchange.left and exchange.status is None:
            return Reply(operation_id=order.operation_id, ending=Ending.DECLINED, outcome_text="Declined")
        return judge(exchange, trust, order, unit)

    patch.setattr(engine.samport.charges, "judge_order", judge_order)


def intent_after_sending(patch: pytest.MonkeyPatch) -> None:
    """The journal is written when the answer is there."""

    def perform(self: Any, order: Any, terminal: Any, mode: Any, *rest: Any) -> Any:
        patience_s, on_dialog = rest
        memory = self._clear_road(terminal, order.kind, patience_s=patience_s)
        with terminal.prepare(order, mode, on_dialog) as charge:
            dispatch = facts.dispatched(
                order,
                Dispatch(stamp_ms=charge.stamp_ms, moment=self._clock.moment(), slot_before=memory.slot),
            )
            try:
                reply = charge.send()
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


def amount_as_identity(patch: pytest.MonkeyPatch) -> None:
    """Whatever has the right amount is taken for ours."""
    sighting = recovery.settling._sighting

    def same_amount(operation: Operation, dispatch: Any, slot: Slot) -> Sighting:
        amount = operation.order.amount
        if amount is not None and slot.reply is not None and slot.reply.total_minor == amount.amount_minor:
            return Sighting.OURS
        return sighting(operation, dispatch, slot)

    patch.setattr(recovery.settling, "_sighting", same_amount)


def refusal_401_is_trusted(patch: pytest.MonkeyPatch) -> None:
    """A 401 is taken for "not executed", though a copy of the order may have been."""
    judge = engine.samport.judgement.judge_order

    def judge_order(exchange: Any, trust: Any, order: Any, unit: Any) -> Reply:
        if exchange.status == 401:
            raise NotDelivered("refused", refused=True)
        return judge(exchange, trust, order, unit)

    patch.setattr(engine.samport.charges, "judge_order", judge_order)


def absence_without_idle(patch: pytest.MonkeyPatch) -> None:
    """Not in the slot is taken for "did not happen", though the guest may be paying."""
    patch.setattr(engine.samport.terminal.SamportTerminal, "activity", lambda _self, **_: Activity.IDLE)


BLUNDERS: list[tuple[Plant, str]] = [
    (blind_retry, r"performed 2 times"),
    (time_out_is_declined, r"LATE SUCCESS: on record as declined"),
    (intent_after_sending, r"is in the ledger and not in the journal"),
    (amount_as_identity, r"is approved in the journal and not_performed in the ledger"),
    (refusal_401_is_trusted, r"LATE SUCCESS: on record as not_performed \(authentic_refusal\)"),
    (absence_without_idle, r"LATE SUCCESS: on record as not_performed \(fenced_absence\)"),
]


def a_fence_where_there_is_none(*, fence: bool) -> list[str]:
    """An order arrives late at a terminal that does not check stamps, under a till that believes it does, or not."""
    nobody_checks = Assumptions(timestamp_check=TimestampCheck.NONE)
    story = Story(
        name="late",
        act=pay,
        script=(Fault.DELIVERED_LATE,),
        settings={"assumptions": nobody_checks, "fence": fence, "grace_s": LATER_S / 2 + 50, "patience_s": 3.0},
    )
    return [problem for _, problems in every_crash(story) for problem in problems]


def _problems() -> Iterator[str]:
    yield from neighbour_in_the_slot()
    for story in CRASHES:
        for _, problems in every_crash(story):
            yield from problems


@pytest.mark.parametrize(("plant", "damage"), BLUNDERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_well_known_blunder_does_not_get_through(plant: Plant, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each blunder charges twice, loses a payment or says something false, and the battery says which."""
    plant(monkeypatch)
    assert any(re.search(damage, problem) for problem in _problems())


def test_a_fence_that_is_not_there_is_noticed() -> None:
    """If the assumption behind the switch ``fence`` is wrong, an absence was said too early, and the alarm says so."""
    problems = a_fence_where_there_is_none(fence=True)
    assert any("LATE SUCCESS: on record as not_performed (fenced_absence)" in problem for problem in problems)


def test_with_the_switch_off_the_missing_fence_does_no_harm() -> None:
    """Without trust in stamps only the grace proves an absence, and nothing false is said."""
    assert a_fence_where_there_is_none(fence=False) == []
