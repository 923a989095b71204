"""The records: what can be looked up without a terminal, beside a running till."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import BadInput, Kind, Mode, ModePolicy, Records, Settings, UnknownReference
from tools.rehearsal import Stage


def records(stage: Stage, mode: ModePolicy = ModePolicy.SYNC) -> Records:
    """The records over the journal of a stage."""
    bar = stage.start().terminals["bar"]._settings
    changed = type(bar)(**{name: getattr(bar, name) for name in bar.__slots__} | {"mode": mode})
    return Records(reader=stage.journal, settings=Settings(journal=Path("till.db"), terminals={"bar": changed}))


def test_one_operation_is_found_by_its_reference_and_by_its_id() -> None:
    """With its outcome, its facts and its receipts."""
    stage = Stage()
    paid = stage.start().pay("bill-1")
    with records(stage) as kept:
        assert kept.outcome_of("bill-1") == paid
        assert kept.outcome_of(paid.operation_id) == paid
        assert kept.operation("bill-1").order.reference == "bill-1"
        assert [fact.kind for fact in kept.facts_of("bill-1")] == ["Intended", "Dispatched", "Answered"]
        assert kept.receipt_copies("bill-1") == {"customer": True, "merchant": False}
        assert str(kept.receipt("bill-1", "customer")).strip()
        with pytest.raises(UnknownReference, match="'bill-2'"):
            kept.outcome_of("bill-2")


def test_the_whole_journal_can_be_listed_and_checked() -> None:
    """The youngest first; nothing is unsettled; the head is what goes on the slip of the day's close."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    till.pay("bill-2")
    kept = records(stage)
    assert [operation.order.reference for operation in kept.newest(1)] == ["bill-2"]
    assert kept.unsettled() == []
    assert kept.head() == stage.journal.head()
    assert kept.verify().breaks == ()


def test_a_day_is_compared_by_its_capture_and_by_nothing_else() -> None:
    """A payment bundles nothing."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    till.do(Kind.CAPTURE, "day-1")
    kept = records(stage)
    assert [outcome.reference for outcome in kept.day_close("day-1").operations] == ["bill-1"]
    with pytest.raises(BadInput, match=r"^reference: 'bill-1' is no approved capture; there are no totals to compare$"):
        kept.day_close("bill-1")


def test_a_capture_is_due_before_the_terminal_demands_it() -> None:
    """Counted from the first operation of the open session; the stage's day is long over."""
    stage = Stage()
    kept = records(stage)
    assert not kept.capture_due("bar").due
    stage.start().pay("bill-1")
    told = kept.capture_due("bar")
    began = datetime.fromisoformat(str(told.since))
    assert told.due is (datetime.now(UTC) - began >= timedelta(hours=23))


def test_the_mode_is_that_of_the_terminals_policy() -> None:
    """Asked without a terminal, and answered as the engine does."""
    kept = records(Stage(), ModePolicy.ASYNC)
    assert (kept.mode_of("bar").mode, kept.mode_of("bar").reason) == (Mode.ASYNC, "configured")


def test_a_terminal_that_is_not_configured_is_refused_with_those_that_are() -> None:
    """For both questions that are about a terminal."""
    kept = records(Stage())
    for question in (kept.capture_due, kept.mode_of):
        with pytest.raises(BadInput, match=r"^terminal: 'kitchen' is not configured; there are bar$"):
            question("kitchen")
