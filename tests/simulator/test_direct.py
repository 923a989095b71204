"""The line in virtual time."""

import pytest

from tests.simulator.till import Counter, document, message
from tools.simulator import Assumptions, DirectLine, Fault, FaultPlan, FaultTiming, Guest, LineDropped


def test_a_line_that_is_down_lets_nothing_leave() -> None:
    """A refused connection is the one drop that proves something."""
    counter = Counter()
    line = DirectLine(counter.terminal)
    line.down = True
    with pytest.raises(LineDropped) as drop:
        line.call(counter.till.payment(), at=counter.clock)
    assert drop.value.left is False
    assert counter.terminal.log.rows == []


def test_a_client_that_gives_up_leaves_the_operation_running() -> None:
    """At its timeout the client is gone; the guest pays ten seconds later."""
    counter = Counter(guest=Guest(takes_s=190.0, weights={"Approved": 1.0}))
    start = counter.clock.now()
    with pytest.raises(LineDropped) as drop:
        DirectLine(counter.terminal).call(counter.till.payment(), at=counter.clock, timeout_s=180.0)
    assert drop.value.left is True
    assert counter.clock.now() == start + 180
    counter.clock.advance(10)
    assert counter.outcomes() == ["Approved"]
    assert [row.status for row in counter.terminal.log.rows] == [None]


def test_the_clock_stands_at_the_moment_of_the_reply() -> None:
    """A call takes as long as the guest."""
    counter = Counter()
    start = counter.clock.now()
    DirectLine(counter.terminal).call(counter.till.payment(), at=counter.clock)
    assert counter.clock.now() == start + 10


def test_a_slow_reply_takes_its_time_byte_by_byte() -> None:
    """Two milliseconds a byte; a client with a deadline gives up on a charge that was approved."""
    counter = Counter()
    plan = FaultPlan(script=[Fault.SLOW, Fault.SLOW], timing=FaultTiming(slow_byte_s=0.002))
    line = DirectLine(counter.terminal, plan)
    start = counter.clock.now()
    reply = line.call(counter.till.payment("one"), at=counter.clock)
    assert counter.clock.now() - start > 10 + 0.002 * len(reply.body)
    with pytest.raises(LineDropped):
        line.call(counter.till.payment("two"), at=counter.clock, timeout_s=11.0)
    assert counter.outcomes() == ["Approved", "Approved"]


def test_a_dropped_line_gives_the_client_half_the_guests_time() -> None:
    """The drop comes while the guest is paying, and not at his end."""
    counter = Counter()
    start = counter.clock.now()
    with pytest.raises(LineDropped):
        DirectLine(counter.terminal, FaultPlan(script=[Fault.DROPPED_WHILE_PAYING])).call(
            counter.till.payment(), at=counter.clock
        )
    assert counter.clock.now() == start + 5
    assert counter.terminal.ledger == []


def test_a_lunch_takes_a_moment() -> None:
    """Three hundred guests under faults pass, and every one that was started is in the ledger once."""
    counter = Counter(guest=Guest(seed=3))
    line = DirectLine(counter.terminal, FaultPlan(rate=0.3, seed=3))
    for n in range(300):
        try:
            line.call(counter.till.payment(f"{n}"), at=counter.clock)
        except LineDropped:
            counter.clock.advance(30)
    counter.clock.advance(600)
    ids = [entry.id for entry in counter.terminal.ledger]
    assert len(ids) == len(set(ids))
    assert len(ids) > 200


def test_the_second_copy_may_come_after_the_first_has_ended() -> None:
    """The stamp refuses it then as well, and the guest was charged once."""
    counter = Counter()
    plan = FaultPlan(script=[Fault.DELIVERED_TWICE], timing=FaultTiming(second_copy_s=60.0))
    reply = DirectLine(counter.terminal, plan).call(counter.till.payment(), at=counter.clock)
    assert reply.status == 401
    assert document(reply)["message"] == "Timestamp must be more recent than last communication"
    assert counter.outcomes() == ["Approved"]


@pytest.mark.parametrize("fault", [Fault.OK_WITHOUT_OUTCOME, Fault.UNKNOWN_OUTCOME, Fault.WRONG_HASH])
def test_a_refusal_has_no_outcome_to_falsify(fault: Fault) -> None:
    """What is not processed stays refused under every fault of the reply."""
    counter = Counter(assumptions=Assumptions(refusals_signed=False))
    line = DirectLine(counter.terminal, FaultPlan(script=[fault]))
    reply = line.call(counter.till.order("/Payments"), at=counter.clock)
    assert (reply.status, document(reply)) == (400, {"message": message(reply)})
    assert counter.terminal.ledger == []
