"""What the log tells of the time that requests took."""

import threading

import pytest

from tests.simulator.roads import PATIENCE_S, SocketRoad
from tests.simulator.till import Counter
from tools.simulator import Arrival, DirectLine, Fault, FaultPlan, FaultTiming, LineDropped, Row, most_in_flight


def row(at: float, until: float, arrived: Arrival = Arrival.DIRECT) -> Row:
    """Make a row of this time."""
    return Row(
        at=at, until=until, method="GET", path="/", stamp=None, status=200, fault=str(Fault.NONE), arrived=arrived
    )


@pytest.mark.parametrize(
    ("rows", "most"),
    [
        ([], 0),
        ([row(1, 1)], 1),
        ([row(1, 2), row(2, 3), row(3, 3)], 1),
        ([row(1, 3), row(2, 4)], 2),
        ([row(1, 3), row(2, 2)], 2),
        ([row(1, 9), row(2, 5), row(3, 4), row(6, 7)], 3),
        ([row(1, 9), row(5, 5, Arrival.LATE)], 1),
    ],
)
def test_requests_in_flight_are_counted(rows: list[Row], most: int) -> None:
    """One that ends as the next begins is not with it, and nobody waits for a late one."""
    assert most == most_in_flight(rows)


def test_a_payment_is_in_flight_for_the_guests_whole_time() -> None:
    """From the arrival to the reply; a question takes no time."""
    counter = Counter()
    line, start = DirectLine(counter.terminal), counter.clock.now()
    line.call(counter.till.payment(), at=counter.clock)
    line.call(counter.till.get("/Dialogs"), at=counter.clock)
    took = [(row.at - start, row.until - start) for row in counter.terminal.log.rows]
    assert took == [(0, 10), (10, 10)]


def test_a_client_that_gives_up_ends_its_flight() -> None:
    """The line is closed at its timeout, though the operation runs on."""
    counter = Counter()
    start = counter.clock.now()
    with pytest.raises(LineDropped):
        DirectLine(counter.terminal).call(counter.till.payment(), at=counter.clock, timeout_s=4.0)
    [row] = counter.terminal.log.rows
    assert row.until - start == 4


@pytest.mark.parametrize("timeout_s", [None, 1.0])
def test_a_slow_reply_is_in_flight_to_its_last_byte(timeout_s: float | None) -> None:
    """Or until the client gives up."""
    counter = Counter()
    plan = FaultPlan(question_script=[Fault.SLOW], timing=FaultTiming(slow_byte_s=0.1))
    start = counter.clock.now()
    try:
        DirectLine(counter.terminal, plan).call(counter.till.get("/Dialogs"), at=counter.clock, timeout_s=timeout_s)
    except LineDropped:
        assert timeout_s is not None
    [row] = counter.terminal.log.rows
    assert (row.at, row.until) == (start, counter.clock.now())
    assert row.until - row.at >= 1


def test_polling_one_by_one_is_proved_over_sockets() -> None:
    """A client that waits for each reply never has two in flight, a slow reply among them."""
    with SocketRoad(question_fault=Fault.SLOW) as road:
        road.send(road.till.start())
        while road.send(road.till.status()).outcome is None:
            road.send(road.till.get("/Dialogs/one"))
        assert most_in_flight(road.terminal.log.rows) == 1


def test_a_second_request_beside_a_payment_is_seen_over_sockets() -> None:
    """This is what the proof is against."""
    with SocketRoad(takes_s=3_600.0) as road:
        payment = road.till.payment()
        waiting = threading.Thread(target=lambda: road.send(payment))
        waiting.start()
        road.until("/state", lambda state: state["running"])
        road.send(road.till.request("POST", "/Aborts"))
        waiting.join(PATIENCE_S)
        assert most_in_flight(road.terminal.log.rows) == 2
