"""Guests who press buttons: a person, or a test, plays the visit."""

import pytest

from tests.simulator.till import Counter, document
from tools.simulator import Assumptions, Button, Guest, NothingToPress


def patient() -> Counter:
    """Return a counter whose guest has come for an hour and would pay at its end, with a tip."""
    return Counter(guest=Guest(takes_s=3_600.0, weights={"Approved": 1.0}, tip_rate=1.0))


@pytest.mark.parametrize(
    ("button", "outcome", "total"),
    [
        (Button.APPROVE, "Approved", 13_579),
        (Button.DECLINE, "Declined", 12_345),
        (Button.CANCEL, "Cancelled", 12_345),
    ],
)
def test_a_button_ends_the_visit_at_once(button: Button, outcome: str, total: int) -> None:
    """The reply is there, and so are slot and ledger; only who pays tips."""
    counter = patient()
    underway = counter.begin(counter.till.payment())
    counter.clock.advance(5)
    counter.terminal.press(button)
    read = document(counter.terminal.collect(underway))
    assert (outcome, total) == (read["transactionOutcome"], read["amounts"]["total"])
    assert counter.terminal.ledger[0].finished_at == underway.started_at + 5


def test_the_pin_closes_the_window_for_aborts() -> None:
    """The display changes, an abort hears 403, and the visit goes on to its end."""
    counter = patient()
    counter.begin(counter.till.payment())
    counter.terminal.press(Button.PIN)
    assert document(counter.hear(counter.till.get("/Dialogs"))) == {"text": "Please wait"}
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 403
    counter.clock.advance(3_600)
    assert counter.outcomes() == ["Approved"]


@pytest.mark.parametrize("button", [Button.CANCEL, Button.PIN])
def test_what_belongs_before_the_pin_comes_too_late_after_it(button: Button) -> None:
    """The bank has been asked; an approval or a refusal can still end it."""
    counter = patient()
    counter.begin(counter.till.payment())
    counter.terminal.press(Button.PIN)
    with pytest.raises(NothingToPress):
        counter.terminal.press(button)
    counter.terminal.press(Button.APPROVE)
    assert counter.outcomes() == ["Approved"]


@pytest.mark.parametrize("button", Button)
def test_without_a_guest_there_is_nobody_to_press(button: Button) -> None:
    """Neither at an idle terminal, nor during a capture."""
    counter = patient()
    with pytest.raises(NothingToPress):
        counter.terminal.press(button)
    counter.begin(counter.till.request("POST", "/Captures"))
    with pytest.raises(NothingToPress):
        counter.terminal.press(button)


def test_a_button_ends_an_asynchronous_operation_after_a_late_abort() -> None:
    """An accepted abort that comes too late, and then the guest pays."""
    counter = Counter(
        guest=Guest(takes_s=3_600.0, weights={"Declined": 1.0}),
        assumptions=Assumptions(abort_may_still_approve=True),
    )
    counter.hear(counter.till.start())
    assert counter.hear(counter.till.request("POST", "/Abort/one")).status == 200
    counter.terminal.press(Button.APPROVE)
    assert document(counter.hear(counter.till.status()))["transactionOutcome"] == "Approved"
