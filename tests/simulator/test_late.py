"""A charge that arrives after its sender gave up: what the fence is for."""

import pytest

from tests.simulator.till import Counter, document
from tools.simulator import (
    Arrival,
    Assumptions,
    DirectLine,
    Fault,
    FaultPlan,
    LineDropped,
    Request,
    TimestampCheck,
    Underway,
)


def lost_on(counter: Counter, request: Request) -> DirectLine:
    """Send a request over a line that delivers it 200 seconds late."""
    line = DirectLine(counter.terminal, FaultPlan(script=[Fault.DELIVERED_LATE]))
    with pytest.raises(LineDropped):
        line.call(request, at=counter.clock)
    return line


def test_a_late_charge_is_processed_when_nothing_newer_came() -> None:
    """The till gave up, and twenty seconds later the guest is charged."""
    counter = Counter()
    sent_at = counter.clock.now()
    line = lost_on(counter, counter.till.payment("one"))
    counter.clock.advance(3_600)
    line.deliver_due()
    [entry] = counter.terminal.ledger
    assert (entry.arrived, entry.id, entry.outcome) == (Arrival.LATE, "one", "Approved")
    assert entry.started_at == pytest.approx(sent_at + 200)


def test_a_late_charge_is_refused_once_a_newer_question_was_answered() -> None:
    """The fence holds: one authentic reply to a newer stamp, and the charge arrives dead."""
    counter = Counter()
    line = lost_on(counter, counter.till.payment("one"))
    assert line.call(counter.till.get("/Payments/latest"), at=counter.clock).status == 404
    counter.clock.advance(3_600)
    assert counter.terminal.ledger == []
    assert counter.terminal.log.rows[-1].status == 401
    assert counter.terminal.log.rows[-1].arrived is Arrival.LATE


def test_without_the_check_the_fence_is_no_fence() -> None:
    """Model checking's first bug: "not found", and then the charge lands."""
    counter = Counter(assumptions=Assumptions(timestamp_check=TimestampCheck.NONE))
    line = lost_on(counter, counter.till.payment("one"))
    line.call(counter.till.get("/Payments/latest"), at=counter.clock)
    counter.clock.advance(3_600)
    assert counter.outcomes() == ["Approved"]


def test_a_reboot_in_between_takes_the_fence_away() -> None:
    """A terminal that forgets its last stamp lets the old charge pass."""
    counter = Counter()
    line = lost_on(counter, counter.till.payment("one"))
    line.call(counter.till.get("/Payments/latest"), at=counter.clock)
    counter.terminal.reboot()
    counter.clock.advance(3_600)
    assert counter.outcomes() == ["Approved"]


def test_a_late_charge_that_meets_a_running_operation_is_refused() -> None:
    """One operation at a time holds for late ones too: its stamp is new enough, and it hears 503."""
    counter = Counter()
    running = counter.till.payment("one")
    lost_on(counter, counter.till.payment("two"))
    counter.clock.advance(195)
    counter.begin(running)
    counter.clock.advance(3_600)
    assert [entry.id for entry in counter.terminal.ledger] == ["one"]
    assert counter.terminal.log.rows[-1].status == 503


def test_a_late_abort_ends_the_operation_while_its_till_waits() -> None:
    """Whoever waits wakes at the abort, not at the end that was planned."""
    counter = Counter()
    start = counter.clock.now()
    payment, abort = counter.till.payment("one"), counter.till.request("POST", "/Aborts")
    counter.terminal.arrives_later(abort, at=start + 3)
    reply = DirectLine(counter.terminal).call(payment, at=counter.clock)
    assert document(reply)["transactionOutcome"] == "Cancelled"
    assert counter.clock.now() == pytest.approx(start + 3)


def test_late_requests_arrive_in_the_order_of_their_times() -> None:
    """Between two looks a year apart everything happens in its order."""
    counter = Counter()
    first, second = counter.till.payment("one"), counter.till.payment("two")
    start = counter.clock.now()
    counter.terminal.arrives_later(second, at=start + 50)
    counter.terminal.arrives_later(first, at=start + 20)
    counter.clock.advance(31_536_000)
    assert [entry.id for entry in counter.terminal.ledger] == ["one", "two"]


def test_what_is_late_can_be_forgotten() -> None:
    """A network that is switched off delivers nothing."""
    counter = Counter()
    counter.terminal.arrives_later(counter.till.payment(), at=counter.clock.now() + 1)
    counter.terminal.forget_late()
    counter.clock.advance(10)
    assert counter.terminal.ledger == []


def test_a_second_copy_charges_twice_when_nothing_checks_it() -> None:
    """Without the stamp check a library that re-sends after the end charges the guest again."""
    counter = Counter(assumptions=Assumptions(timestamp_check=TimestampCheck.NONE))
    payment = counter.till.payment("one")
    counter.finish(payment)
    again = counter.terminal.receive(payment, arrived=Arrival.DUPLICATE)
    assert isinstance(again, Underway)
    counter.clock.advance_to(again.finish_at)
    assert [entry.arrived for entry in counter.terminal.ledger] == [Arrival.DIRECT, Arrival.DUPLICATE]
