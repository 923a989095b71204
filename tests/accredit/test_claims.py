"""Each case at a good POS, and at one with the mistake that the case is there to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.accredit.sheets import amount, entry, judged, order, question, row
from tools.accredit import CASES, COMMUNICATION_LOG, Word
from tools.accredit.record import Entry, Row

Left = tuple[Sequence[Row], Sequence[Entry]]

LOST = ("reply-hash", "duplicate-delivery", "reply-lost", "unknown-outcome", "slot-overwritten")


def paid(name: str, *more: Row) -> Left:
    """One order, one charge."""
    return [order(0), *more], [entry(0, amount(name))]


GOOD: dict[str, Left] = {
    "approved": paid("approved"),
    "declined": ([order(0)], [entry(0, amount("declined"), "Declined")]),
    COMMUNICATION_LOG: paid(COMMUNICATION_LOG),
    "busy": ([order(0, 503), order(9, 503)], []),
    "no-connection": ([order(0)], [entry(0, 107_00)]),
    "late-delivery": ([order(0, None), question(1, 404)], []),
    "reboot": ([order(0, None), question(1, 404)], [entry(0, amount("reboot"), "KilledByReboot")]),
} | {name: paid(name, question(1)) for name in LOST}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_pos_passes(name: str) -> None:
    """What an honest POS leaves behind is enough."""
    assert judged(name, *GOOD[name]).word is Word.PASSED


@pytest.mark.parametrize("name", sorted({*LOST, "approved", "declined", "reboot"}))
def test_a_second_order_fails(name: str) -> None:
    """Whoever sends a charge again has failed, also where the terminal refused the second one."""
    rows, entries = GOOD[name]
    verdict = judged(name, [*rows, order(2, 503)], entries)
    assert verdict.word is Word.FAILED
    assert order(2, 503) in verdict.evidence


@pytest.mark.parametrize("name", [name for name in GOOD if name not in {"declined", "busy"}])
def test_two_charges_fail(name: str) -> None:
    """Two approved entries of one amount are one guest who paid twice."""
    charged = 107_00 if name == "no-connection" else amount(name)
    verdict = judged(name, [order(0), question(1)], [entry(0, charged), entry(2, charged)])
    assert verdict.word is Word.FAILED


@pytest.mark.parametrize("name", [*LOST, "reboot"])
@pytest.mark.parametrize("unheard", [None, 401, 503])
def test_a_pos_that_heard_no_answer_to_a_question_has_not_passed(name: str, unheard: int | None) -> None:
    """Neither one that never asks, nor one whose question went unanswered, knows what became of the guest."""
    orders = [found for found in GOOD[name][0] if found.starts]
    assert judged(name, orders, GOOD[name][1]).word is Word.AWAITED
    assert judged(name, [*orders, question(1, unheard)], GOOD[name][1]).word is Word.AWAITED


def test_a_question_before_the_order_tells_nothing_about_it() -> None:
    """Many a POS looks at the slot first."""
    assert judged("reply-lost", [question(0), order(1)], [entry(1, amount("reply-lost"))]).word is Word.AWAITED


def test_a_late_order_may_be_followed_by_a_new_one_only_after_an_answer() -> None:
    """Blind is failed; after an answered question it is a new attempt."""
    assert judged("late-delivery", [order(0, None), order(1)], []).word is Word.FAILED
    assert judged("late-delivery", [order(0, None), question(1, None), order(2)], []).word is Word.FAILED
    assert judged("late-delivery", [order(0, None), question(1, 404), order(2)], []).word is Word.PASSED


def test_the_arrival_of_a_late_order_is_not_a_second_one() -> None:
    """The POS sent it once."""
    arrived = order(8, arrived="late")
    assert judged("late-delivery", [order(0, None), question(1, 404), arrived], []).word is Word.PASSED


def test_a_pos_that_hammers_a_busy_terminal_fails() -> None:
    """Five in a second are borne, six are not."""
    crowd = [order(0.15 * n, 503) for n in range(6)]
    assert judged("busy", crowd[:5], []).word is Word.PASSED
    assert judged("busy", crowd, []).word is Word.FAILED


def test_a_charge_at_a_busy_terminal_fails() -> None:
    """Nothing may be entered."""
    assert judged("busy", [order(0, 503)], [entry(0, amount("busy"))]).word is Word.FAILED


def test_a_payment_without_an_id_fails() -> None:
    """Its lost answer could not be told from another one."""
    nameless = replace(entry(0, amount("approved")), custom_data={"number": 7})
    assert judged("approved", [order(0)], [nameless]).word is Word.FAILED


def test_an_approved_card_where_one_was_declined_fails() -> None:
    """A second attempt by itself is a charge that nobody ordered."""
    assert judged("declined", [order(0)], [entry(0, amount("declined"))]).word is Word.FAILED


def test_a_capture_needs_a_payment_before_it_and_stands_once() -> None:
    """An empty day proves nothing, and a day is closed once."""
    rows = [row(3, "POST", "/Captures")]
    payment, close = entry(0, amount("capture")), entry(3, None, kind="capture")
    assert judged("capture", rows, [payment, close]).word is Word.PASSED
    assert judged("capture", rows, [payment]).word is Word.AWAITED
    afterwards = entry(5, amount("capture"))
    assert judged("capture", rows, [close, afterwards]).word is Word.FAILED
    assert judged("capture", rows, [payment, close, entry(5, None, kind="capture")]).word is Word.FAILED


def test_an_asynchronous_start_has_no_outcome_to_falsify() -> None:
    """What cannot be played is never passed."""
    start = row(0, "POST", "/PaymentsAsync/one")
    status = row(1, "GET", "/PaymentsAsync/one/status")
    assert judged("unknown-outcome", [start, status], [entry(0, amount("unknown-outcome"))]).word is Word.NOT_PLAYED


def test_a_silent_pos_passes_nothing() -> None:
    """Whoever does nothing is still waited for."""
    assert {judged(case.name, [], []).word for case in CASES} == {Word.AWAITED}


def test_every_payment_has_an_amount_of_its_own() -> None:
    """The ledger alone tells the cases apart."""
    amounts = [step.amount_minor for case in CASES for step in case.steps if step.kind == "payment"]
    assert len(set(amounts)) == len(amounts)
