"""What the terminal remembers, and when it forgets."""

import pytest

from tests.simulator.till import AMOUNTS, Counter, document
from tools.simulator import Arrival, Assumptions, CaptureDue, Guest, Kind, Order

DAY_S = 86_400.0

COFFEE = Order(kind=Kind.PAYMENT, amount_minor=4_500, currency="NOK", custom_data={"till": "another"})


@pytest.mark.parametrize("outcome", ["Approved", "Declined", "Cancelled", "SomethingNew"])
def test_the_slot_holds_the_last_operation_whatever_its_outcome(outcome: str) -> None:
    """A declined payment erases the proof of the approved one before it."""
    counter = Counter(guest=Guest(outcomes=["Approved", outcome]))
    counter.pay("one")
    counter.pay("two")
    assert document(counter.latest())["customData"] == {"id": "two"}


def test_each_type_has_a_slot_of_its_own() -> None:
    """A refund leaves the payment's slot alone."""
    counter = Counter()
    counter.pay("one")
    counter.finish(counter.till.order("/Refunds", amounts=AMOUNTS, customData={"id": "two"}))
    assert document(counter.latest("Payments"))["customData"] == {"id": "one"}
    assert document(counter.latest("Refunds"))["customData"] == {"id": "two"}


def test_a_running_operation_leaves_the_slot_as_it_was() -> None:
    """An older content means "not yet", not "never"."""
    counter = Counter()
    counter.pay("one")
    counter.begin(counter.till.payment("two"))
    assert document(counter.latest())["customData"] == {"id": "one"}


@pytest.mark.parametrize(("survives", "status"), [(False, 404), (True, 200)])
def test_slots_at_a_capture_follow_the_switch(status: int, *, survives: bool) -> None:
    """A capture empties the slots of what it bundled, and fills its own."""
    counter = Counter(assumptions=Assumptions(slot_survives_capture=survives))
    counter.pay()
    counter.finish(counter.till.request("POST", "/Captures"))
    assert [status, 200] == [counter.latest("Payments").status, counter.latest("Captures").status]


def test_a_declined_capture_forgets_nothing() -> None:
    """The session stays open, and so do the slots."""
    counter = Counter(guest=Guest(outcomes=["Approved", "Declined", "Approved"]))
    counter.pay()
    counter.finish(counter.till.request("POST", "/Captures"))
    assert counter.latest("Payments").status == 200
    totals = document(counter.finish(counter.till.request("POST", "/Captures")))["totals"]
    assert totals[0]["net"] == 12_345


@pytest.mark.parametrize(("survives", "status"), [(False, 404), (True, 200)])
def test_slots_at_a_reboot_follow_the_switch(status: int, *, survives: bool) -> None:
    """The one-slot memory is volatile by default; the session, which is money, is not."""
    counter = Counter(assumptions=Assumptions(slot_survives_reboot=survives))
    counter.pay()
    counter.terminal.reboot()
    assert status == counter.latest().status
    assert counter.hear(counter.till.get("/Payments/000001")).status == 200


def test_another_tills_operation_takes_the_slot() -> None:
    """The only local proof of our payment is gone, and the ledger knows both."""
    counter = Counter()
    counter.pay("one")
    counter.terminal.foreign(COFFEE)
    assert document(counter.latest())["customData"] == {"till": "another"}
    assert [entry.arrived for entry in counter.terminal.ledger] == [Arrival.DIRECT, Arrival.FOREIGN]


def test_another_tills_capture_empties_our_slot() -> None:
    """A capture from elsewhere looks to us as if nothing had ever happened."""
    counter = Counter()
    counter.pay("one")
    counter.terminal.foreign(Order(kind=Kind.CAPTURE))
    assert counter.latest().status == 404


def test_a_capture_totals_by_scheme_where_that_is_assumed() -> None:
    """Each scheme's part of the whole; the reversal belongs to the card of its payment."""
    counter = Counter(assumptions=Assumptions(capture_schemes=True))
    for operation_id in ("one", "two", "three", "four"):
        counter.pay(operation_id)
    counter.finish(counter.till.order("/Reversals", receiptNumber="000004"))
    read = document(counter.finish(counter.till.request("POST", "/Captures")))
    told = [(part["scheme"], part["payments"]["count"], part["reversals"]["count"]) for part in read["schemes"]]
    assert told == [("BankAxept", 1, 0), ("Mastercard", 2, 1), ("Visa", 1, 0)]
    assert sum(part["net"] for part in read["schemes"]) == read["totals"][0]["net"]


def test_a_capture_has_no_schemes_otherwise() -> None:
    """The field is OPEN, so it is not there unless asked for."""
    counter = Counter()
    counter.pay()
    assert "schemes" not in document(counter.finish(counter.till.request("POST", "/Captures")))


def test_receipt_numbers_roll_over_to_the_first() -> None:
    """After the last six-digit number comes 000001, and reversal and lookup mean the newest bearer."""
    counter = Counter(first_receipt=999_998)
    numbers = [document(counter.pay(f"{n}"))["receiptNumber"] for n in range(3)]
    assert numbers == ["999998", "999999", "000001"]


def test_a_number_borne_twice_means_its_newest_bearer() -> None:
    """After a roll-over the reversal of the older payment does not count for the newer one."""
    counter = Counter()
    counter.pay("old")
    assert (
        document(counter.finish(counter.till.order("/Reversals", receiptNumber="000001")))["receiptNumber"] == "000002"
    )
    counter.terminal.operations.memory._next_receipt = 1
    counter.pay("new")
    found = document(counter.hear(counter.till.get("/Payments/000001")))
    assert found["customData"] == {"id": "new"}
    reversal = document(counter.finish(counter.till.order("/Reversals", receiptNumber="000001")))
    assert reversal["transactionOutcome"] == "Approved"


@pytest.mark.parametrize("first", [0, -1, 1_000_000])
def test_a_counter_begins_at_a_number_of_six_digits(first: int) -> None:
    """Anything else is the caller's mistake, said at once."""
    with pytest.raises(ValueError, match="six digits"):
        Counter(first_receipt=first)


def test_an_old_session_declines_until_the_capture() -> None:
    """A day after the first approved operation the terminal demands a capture; after it, guests pay again."""
    counter = Counter()
    counter.pay("one")
    counter.clock.advance(DAY_S + 60)
    assert document(counter.pay("two"))["transactionOutcome"] == "Declined"
    counter.finish(counter.till.request("POST", "/Captures"))
    assert document(counter.pay("three"))["transactionOutcome"] == "Approved"


def test_the_day_counts_from_the_first_approved_operation() -> None:
    """Closed days need no capture: nothing approved, nothing due."""
    counter = Counter(guest=Guest(outcomes=["Declined"], weights={"Approved": 1.0}))
    counter.pay("one")
    counter.clock.advance(3 * DAY_S)
    assert document(counter.pay("two"))["transactionOutcome"] == "Approved"
    counter.clock.advance(DAY_S - 60)
    assert document(counter.pay("three"))["transactionOutcome"] == "Approved"


def test_an_old_session_is_ignored_where_that_is_assumed() -> None:
    """The terminal "may" refuse; this one does not."""
    counter = Counter(assumptions=Assumptions(capture_due=CaptureDue.IGNORED))
    counter.pay("one")
    counter.clock.advance(3 * DAY_S)
    assert document(counter.pay("two"))["transactionOutcome"] == "Approved"


def test_an_old_session_refuses_where_that_is_assumed() -> None:
    """A refusal with 403 starts nothing and leaves no entry."""
    counter = Counter(assumptions=Assumptions(capture_due=CaptureDue.REFUSES_403))
    counter.pay("one")
    counter.clock.advance(3 * DAY_S)
    assert counter.hear(counter.till.payment("two")).status == 403
    assert counter.outcomes() == ["Approved"]
