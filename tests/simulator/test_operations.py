"""One operation at a time, its end, its abort, and the reboot under it."""

import pytest

from tests.simulator.till import AMOUNTS, Counter, authentic, document
from tools.simulator import (
    Arrival,
    Assumptions,
    Guest,
    Kind,
    NotFinished,
    Order,
    Outcome,
    Rebooted,
    RebootEffect,
    TerminalBusy,
)


def test_a_second_operation_hears_503_and_is_not_processed() -> None:
    """While one runs, the other is refused with a signature and leaves no trace in the ledger."""
    counter = Counter()
    underway = counter.begin(counter.till.payment("one"))
    second = counter.till.payment("two")
    refusal = counter.hear(second)
    counter.clock.advance_to(underway.finish_at)
    assert refusal.status == 503
    assert authentic(second, refusal)
    assert [entry.id for entry in counter.terminal.ledger] == ["one"]


def test_an_operation_finishes_though_nobody_collects_it() -> None:
    """The till is gone, and the guest pays all the same, at his own time."""
    counter = Counter()
    underway = counter.begin(counter.till.payment("one"))
    counter.clock.advance(86_400)
    [entry] = counter.terminal.ledger
    assert ("one", "Approved", underway.finish_at) == (entry.id, entry.outcome, entry.finished_at)


def test_the_ledger_holds_what_an_audit_needs() -> None:
    """An entry tells who asked for what, when, and what became of it."""
    counter = Counter()
    underway = counter.begin(counter.till.payment("one", cashierId="Kari01"))
    counter.clock.advance_to(underway.finish_at)
    [entry] = counter.terminal.ledger
    shown = entry.as_json()
    del shown["receipt_width"], shown["totals"], shown["schemes"]
    assert shown == {
        "ordinal": 1,
        "kind": "payment",
        "id": "one",
        "custom_data": {"id": "one"},
        "amount_minor": 12_345,
        "total_minor": 12_345,
        "currency": "NOK",
        "cashier_id": "Kari01",
        "receipt_number": "000001",
        "reverses": None,
        "outcome": "Approved",
        "started_at": underway.started_at,
        "finished_at": underway.finish_at,
        "arrived": "direct",
        "operation_id": None,
        "mode": "sync",
        "scheme": "Mastercard",
    }


@pytest.mark.parametrize("field", ["id", "operationId", "tillproofOperationId"])
def test_the_tills_own_id_is_found_under_any_name_that_ends_in_id(field: str) -> None:
    """The simulator knows no till by name."""
    counter = Counter()
    custom_data = {"note": "lunch", field: "one", "other": 1}
    counter.finish(counter.till.order("/Payments", amounts=AMOUNTS, customData=custom_data))
    assert counter.terminal.ledger[0].id == "one"


def test_a_reply_cannot_be_collected_before_its_time() -> None:
    """The guest is not hurried."""
    counter = Counter()
    underway = counter.begin(counter.till.payment())
    with pytest.raises(NotFinished):
        counter.terminal.collect(underway)


def test_dialogs_show_the_display_while_something_runs_and_nothing_otherwise() -> None:
    """Empty means idle, which is what a till concludes from it."""
    counter = Counter()
    shown = [document(counter.hear(counter.till.get("/Dialogs")))]
    underway = counter.begin(counter.till.payment())
    shown.append(document(counter.hear(counter.till.get("/Dialogs"))))
    counter.clock.advance_to(underway.finish_at - 1)
    shown.append(document(counter.hear(counter.till.get("/Dialogs"))))
    counter.clock.advance_to(underway.finish_at)
    shown.append(document(counter.hear(counter.till.get("/Dialogs"))))
    assert shown == [{}, {"text": "Insert card"}, {"text": "Please wait"}, {}]


def test_an_idle_terminal_greets_where_that_is_assumed() -> None:
    """The switch takes from a till the proof of idleness."""
    counter = Counter(assumptions=Assumptions(dialogs_empty_when_idle=False))
    assert document(counter.hear(counter.till.get("/Dialogs"))) == {"text": "Welcome"}


@pytest.mark.parametrize(("answers", "status"), [(True, 200), (False, 503)])
def test_questions_during_an_operation_follow_the_switch(status: int, *, answers: bool) -> None:
    """Whether modeless questions are answered while a guest pays is INFERRED."""
    counter = Counter(assumptions=Assumptions(modeless_while_busy=answers))
    counter.begin(counter.till.payment())
    assert status == counter.hear(counter.till.get("/DeviceInformation")).status


def test_an_abort_before_the_pin_cancels_at_once() -> None:
    """The operation ends as Cancelled, and that is in slot and ledger."""
    counter = Counter()
    underway = counter.begin(counter.till.payment())
    counter.clock.advance(1)
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 200
    assert document(counter.terminal.collect(underway))["transactionOutcome"] == "Cancelled"
    assert document(counter.latest())["transactionOutcome"] == "Cancelled"
    [entry] = counter.terminal.ledger
    assert (entry.outcome, entry.finished_at) == ("Cancelled", counter.clock.now())


def test_an_abort_after_the_pin_hears_403_and_changes_nothing() -> None:
    """The bank has been asked: the operation ends as it ends."""
    counter = Counter()
    underway = counter.begin(counter.till.payment())
    counter.clock.advance(6)
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 403
    counter.clock.advance_to(underway.finish_at)
    assert counter.outcomes() == ["Approved"]


def test_an_accepted_abort_may_still_end_approved() -> None:
    """A successful abort is never an outcome (`protocol.md`, Abort)."""
    counter = Counter(assumptions=Assumptions(abort_may_still_approve=True))
    underway = counter.begin(counter.till.payment())
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 200
    counter.clock.advance_to(underway.finish_at)
    assert counter.outcomes() == ["Approved"]


@pytest.mark.parametrize(("endpoint", "fields"), [("/Captures", {}), ("/Reversals", {"receiptNumber": "000001"})])
def test_what_needs_no_guest_cannot_be_aborted(endpoint: str, fields: dict[str, object]) -> None:
    """Without a card there is no time before the PIN."""
    counter = Counter()
    counter.begin(counter.till.order(endpoint, **fields))
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 403


def test_the_path_of_the_abort_is_a_switch() -> None:
    """Another path is served in its place."""
    counter = Counter(assumptions=Assumptions(abort_path="/Abort"))
    counter.begin(counter.till.payment())
    assert counter.hear(counter.till.request("POST", "/Aborts")).status == 404
    assert counter.hear(counter.till.request("POST", "/Abort")).status == 200


def test_a_reboot_kills_the_running_operation_without_a_trace_in_the_slots() -> None:
    """No money moved; the ledger says so, nobody gets a reply, and the next operation runs."""
    counter = Counter()
    underway = counter.begin(counter.till.payment("one"))
    counter.terminal.reboot()
    with pytest.raises(Rebooted):
        counter.terminal.collect(underway)
    assert counter.latest().status == 404
    counter.pay("two")
    assert [(entry.id, entry.outcome, entry.receipt_number) for entry in counter.terminal.ledger] == [
        ("one", Outcome.KILLED, None),
        ("two", "Approved", "000001"),
    ]


def test_a_reboot_after_the_banks_answer_leaves_a_charge_that_no_slot_tells_of() -> None:
    """The worst case of all: paid, and `latest` knows nothing."""
    counter = Counter(assumptions=Assumptions(reboot_effect=RebootEffect.APPROVED_BEFORE))
    underway = counter.begin(counter.till.payment())
    counter.terminal.reboot()
    with pytest.raises(Rebooted):
        counter.terminal.collect(underway)
    assert counter.latest().status == 404
    assert counter.outcomes() == ["Approved"]
    assert document(counter.finish(counter.till.request("POST", "/Captures")))["totals"][0]["net"] == 12_345


def test_another_till_waits_for_its_turn() -> None:
    """A foreign operation cannot begin while one runs."""
    counter = Counter()
    counter.begin(counter.till.payment())
    with pytest.raises(TerminalBusy):
        counter.terminal.foreign(Order(kind=Kind.PAYMENT, amount_minor=1, currency="NOK"))


def test_a_due_operation_ends_before_the_clock_goes_on() -> None:
    """Two days later the ledger still has both operations in the order and at the times they ran."""
    counter = Counter(guest=Guest(takes_s=3.0, weights={"Approved": 1.0}))
    first = counter.begin(counter.till.payment("one"))
    counter.clock.advance(7)
    second = counter.begin(counter.till.payment("two"))
    counter.clock.advance(172_800)
    assert [first.finish_at, second.finish_at] == [entry.finished_at for entry in counter.terminal.ledger]
    assert {Arrival.DIRECT} == {entry.arrived for entry in counter.terminal.ledger}


def test_an_operation_that_a_reboot_cut_off_is_in_no_slot_that_survives() -> None:
    """The slot still shows the older payment, and the session holds both."""
    counter = Counter(assumptions=Assumptions(slot_survives_reboot=True, reboot_effect=RebootEffect.APPROVED_BEFORE))
    counter.pay("one")
    counter.begin(counter.till.payment("two"))
    counter.terminal.reboot()
    assert document(counter.latest())["customData"] == {"id": "one"}
    assert counter.outcomes() == ["Approved", "Approved"]


def test_only_a_capture_has_totals_in_the_ledger() -> None:
    """What a capture bundled stands in its own entry."""
    counter = Counter()
    counter.pay("one")
    counter.pay("two")
    counter.finish(counter.till.request("POST", "/Captures"))
    assert [[total.net_minor for total in entry.totals] for entry in counter.terminal.ledger] == [[], [], [24_690]]
