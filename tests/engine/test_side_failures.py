"""Locks and stamps live in files too: when those fail, nothing is sent, or it is said that something was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine import InDoubt, NothingSent, NotPerformed
from journal import JournalError
from tools.rehearsal import Stage
from tools.simulator import Fault, FaultPlan


def _failing(stage: Stage, name: str, when: Callable[[], bool]) -> None:
    whole = getattr(stage.journal, name)

    @contextmanager
    def failing(*given: Any, **more: Any) -> Iterator[Any]:
        if when():
            raise JournalError("a lock in the side folder cannot be used: the disk is broken")
        with whole(*given, **more) as held:
            yield held

    setattr(stage.journal, name, failing)


def test_without_a_lane_nothing_is_sent_and_the_caller_hears_so() -> None:
    """A broken lock is told as the engine's own error, which says that no order was sent."""
    stage = Stage()
    till = stage.start()
    _failing(stage, "lane", lambda: True)
    with pytest.raises(NothingSent, match="no order was sent to the terminal, because the journal failed: a lock"):
        till.pay("bill-1")
    assert till.wires["bar"].sent == []


def test_without_a_lane_what_was_sent_before_stays_in_doubt() -> None:
    """A caller who asks again for an order that was sent must not hear that none was, and charge under a new name."""
    stage = Stage(plan=FaultPlan(script=(Fault.NONE, Fault.DROPPED_WHILE_PAYING)))
    till = stage.start()
    till.pay("bill-0")
    assert isinstance(till.pay("bill-1", patience_s=0.0), InDoubt)
    _failing(stage, "lane", lambda: True)
    for outcome in (till.pay("bill-1"), till.engine.settle("bill-1")):
        assert isinstance(outcome, InDoubt)
        assert outcome.reason == (
            "its terminal could not be asked, because the journal failed: "
            "a lock in the side folder cannot be used: the disk is broken; ask again"
        )
    orders = [request for request in till.wires["bar"].sent if request.method == "POST"]
    assert len(orders) == 2


def test_without_a_stamp_nothing_is_sent_and_the_outcome_says_so() -> None:
    """An order that cannot be stamped is not performed, on record, with its reason."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-0")
    _failing(stage, "rising", lambda: True)
    outcome = till.pay("bill-1")
    assert isinstance(outcome, NotPerformed)
    assert "no stamp could be drawn" in outcome.reason
    assert len(stage.ledger) == 1


def test_an_order_that_was_sent_is_in_doubt_when_no_question_can_be_stamped() -> None:
    """An error here would be taken for "not sent", and the guest would be charged again."""
    stage = Stage(plan=FaultPlan(script=(Fault.NONE, Fault.LOST_AFTER_PROCESSING)))
    till = stage.start()
    till.pay("bill-0")
    sent = len(till.wires["bar"].sent)
    _failing(stage, "rising", lambda: len(till.wires["bar"].sent) > sent)
    outcome = till.pay("bill-1", patience_s=3.0)
    assert isinstance(outcome, InDoubt)


def test_an_order_that_was_sent_is_in_doubt_when_the_journal_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settling reads the journal; if that fails, the caller hears what is on record, and no error."""
    stage = Stage(plan=FaultPlan(script=(Fault.NONE, Fault.LOST_AFTER_PROCESSING)))
    till = stage.start()
    till.pay("bill-0")

    def broken(*_: Any, **__: Any) -> None:
        raise JournalError("the journal cannot be read")

    monkeypatch.setattr(till.recovery._settler._lookout, "latest", broken)
    outcome = till.pay("bill-1")
    assert isinstance(outcome, InDoubt)
    assert "settling it failed: the journal cannot be read" in outcome.reason
