"""The day's close, receipts and modes: what is derived from the journal for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import BadInput, Kind, Mode, Money, compare, due, receipt_copies, receipt_text
from tools.rehearsal import Process, Stage
from tools.simulator import Assumptions, Fault, FaultPlan, Guest, Order
from tools.simulator import Kind as SimulatedKind


def day(till: Process) -> None:
    """Two payments, one reversed, a refund, and the capture."""
    till.pay("bill-1", "100.00")
    till.pay("bill-2", "50.00")
    till.do(Kind.REVERSAL, "undo-1", target_receipt="000001")
    till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
    till.do(Kind.CAPTURE, "day-1")


def test_a_day_that_fits_has_no_differences() -> None:
    """Counts and amounts of both sides agree, reversals included, and the session is listed."""
    stage = Stage()
    till = stage.start()
    day(till)
    closed = compare(till.book.session("bar", until=till.book.get("day-1")), till.book.get("day-1"))
    assert (closed.told, closed.differences) == (True, ())
    assert [outcome.reference for outcome in closed.operations] == ["bill-1", "bill-2", "undo-1", "refund-1"]


def test_what_another_till_did_shows_as_a_difference() -> None:
    """The terminal counts a payment that our journal does not know, and it is named by kind and currency."""
    stage = Stage(shared=True)
    till = stage.start()
    till.pay("bill-1", "100.00")
    stage.simulators["bar"].foreign(Order(kind=SimulatedKind.PAYMENT, amount_minor=7700, currency="NOK"))
    till.do(Kind.CAPTURE, "day-1")
    capture = till.book.get("day-1")
    (difference,) = compare(till.book.session("bar", until=capture), capture).differences
    assert (difference.kind, difference.currency) == (Kind.PAYMENT, "NOK")
    assert (difference.ours_count, difference.ours_minor) == (1, 10000)
    assert (difference.theirs_count, difference.theirs_minor) == (2, 17700)


def test_a_tip_is_part_of_what_was_moved() -> None:
    """The terminal raised the total; both sides count it, so nothing differs."""
    stage = Stage(guest=Guest(takes_s=2, weights={"Approved": 1}, tip_rate=1.0))
    till = stage.start()
    till.pay("bill-1", "100.00")
    till.do(Kind.CAPTURE, "day-1")
    capture = till.book.get("day-1")
    assert compare(till.book.session("bar", until=capture), capture).differences == ()


def test_a_lost_capture_is_settled_by_its_slot_and_not_repeated() -> None:
    """The reply was lost; the slot of captures shows our id, and the terminal captured once."""
    stage = Stage(plan=FaultPlan(script=["none", Fault.LOST_AFTER_PROCESSING]))
    till = stage.start()
    till.pay("bill-1")
    assert till.do(Kind.CAPTURE, "day-1").word == "approved"
    assert [entry.kind for entry in stage.ledger] == ["payment", "capture"]


def test_a_session_ends_at_the_last_capture_however_long_the_journal_is() -> None:
    """Only what came after the capture is due, though a hundred operations came before."""
    stage = Stage(guest=Guest(takes_s=0.1, weights={"Approved": 1}))
    till = stage.start()
    for number in range(140):
        till.pay(f"early-{number}")
    till.do(Kind.CAPTURE, "day-1")
    assert till.book.session("bar") == []
    till.pay("late")
    assert [operation.order.reference for operation in till.book.session("bar")] == ["late"]
    assert len(till.book.session("bar", until=till.book.get("day-1"))) == 140


def test_a_capture_is_due_before_the_terminal_demands_it() -> None:
    """An empty session is never due; one that is an hour short of a day is."""
    stage = Stage()
    till = stage.start()
    now = stage.clock.now()
    assert not due(_began(till), now).due
    till.pay("bill-1")
    assert not due(_began(till), now + timedelta(hours=22)).due
    assert due(_began(till), now + timedelta(hours=23, minutes=1)).due
    assert due(_began(till), now + timedelta(hours=47)).reason.startswith("the session began 47.0 hours ago")
    assert due(_began(till), now + timedelta(days=9)).reason.startswith("the session began more than 48 hours ago")


def test_a_session_begins_with_the_first_approved_operation_after_the_capture() -> None:
    """However many came since, and whatever came of the others."""
    stage = Stage(guest=Guest(takes_s=0.1, outcomes=["Approved", "Approved", "Declined", *["Approved"] * 140]))
    till = stage.start()
    till.pay("early")
    till.do(Kind.CAPTURE, "day-1")
    assert _began(till) is None
    till.pay("declined")
    assert _began(till) is None
    for number in range(140):
        till.pay(f"bill-{number}")
    assert _began(till) == till.book.get("bill-0").opened_at


def test_a_session_is_traced_back_no_further_than_far_enough() -> None:
    """A terminal that nobody ever captures costs no more from year to year."""
    stage = Stage(guest=Guest(takes_s=0.1, weights={"Approved": 1}))
    till = stage.start()
    for number in range(5):
        till.pay(f"bill-{number}")
    third = till.book.get("bill-2").opened_at
    assert till.book.session_began("bar", far_enough=datetime.fromisoformat(third)) == third


def _began(till: Process) -> str | None:
    return till.book.session_began("bar", far_enough=datetime.min.replace(tzinfo=UTC))


@pytest.mark.parametrize("ending", ["Approved", "Declined", "Cancelled"])
def test_every_ending_has_its_receipts(ending: str) -> None:
    """Both copies in all forms, as the terminal made them, whether or not money moved."""
    stage = Stage(guest=Guest(takes_s=1, outcomes=[ending]))
    till = stage.start()
    till.pay("bill-1")
    operation = till.book.get("bill-1")
    assert receipt_copies(operation)["customer"] is True
    texts = [receipt_text(operation, "customer", form) for form in ("plain", "escpos", "embedded")]
    assert all(texts)
    assert "Æ" in (texts[0] or "") or "Ø" in (texts[0] or "") or "Å" in (texts[0] or "")


def test_a_receipt_that_was_never_made_is_none_and_a_wrong_name_an_error() -> None:
    """Nothing is built from data fields; and a misspelt copy is not an empty one."""
    stage = Stage()
    stage.lines["bar"].down = True
    till = stage.start()
    till.pay("bill-1")
    operation = till.book.get("bill-1")
    assert (dict(receipt_copies(operation)), receipt_text(operation, "customer", "plain")) == ({}, None)
    with pytest.raises(BadInput, match=r"^copy: "):
        receipt_text(operation, "guest", "plain")
    with pytest.raises(BadInput, match=r"^format: "):
        receipt_text(operation, "customer", "pdf")


def test_a_configured_mode_is_taken_and_can_be_overridden() -> None:
    """The terminal's mode, unless the call says another."""
    stage = Stage(mode="async", latency_s=0.5)
    till = stage.start()
    till.pay("bill-1")
    till.pay("bill-2", mode=Mode.SYNC)
    assert [operation.dispatch.mode for operation in stage.operations if operation.dispatch] == [Mode.ASYNC, Mode.SYNC]


def test_totals_by_scheme_are_shown_and_not_compared() -> None:
    """Where the terminal tells them they are there; our books know no schemes, so nothing differs for it."""
    stage = Stage(assumptions=Assumptions(capture_schemes=True))
    till = stage.start()
    till.pay("bill-1", "100.00")
    till.pay("bill-2", "50.00")
    till.do(Kind.CAPTURE, "day-1")
    capture = till.book.get("day-1")
    closed = compare(till.book.session("bar", until=capture), capture)
    assert closed.differences == ()
    assert sum(total.amount_minor for total in closed.schemes) == 15000
    assert all(total.scheme for total in closed.schemes)
