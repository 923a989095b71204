"""Every fault, over real sockets and in virtual time: what the client sees, and what really happened."""

from collections.abc import Callable, Iterator

import pytest

from tests.simulator.roads import DROPPED, Road, Seen, SocketRoad, VirtualRoad
from tools.simulator import Fault

PAID = Seen(status=200, signed=True, outcome="Approved")
DIRECT = [("direct", "Approved")]

EXPECTED: dict[Fault, tuple[Seen, list[tuple[str, str]], int]] = {
    Fault.NONE: (PAID, DIRECT, 200),
    Fault.LOST_BEFORE_PROCESSING: (DROPPED, [], 404),
    Fault.LOST_AFTER_PROCESSING: (DROPPED, DIRECT, 200),
    Fault.DROPPED_WHILE_PAYING: (DROPPED, DIRECT, 200),
    Fault.RESET_MID_BODY: (DROPPED, DIRECT, 200),
    Fault.TRUNCATED: (DROPPED, DIRECT, 200),
    Fault.CUT_IN_HEADERS: (Seen(status=200, signed=False), DIRECT, 200),
    Fault.GARBAGE: (DROPPED, DIRECT, 200),
    Fault.WRONG_HASH: (Seen(status=200, signed=False, outcome="Approved"), DIRECT, 200),
    Fault.MISSING_HASH: (Seen(status=200, signed=False, outcome="Approved"), DIRECT, 200),
    Fault.HTML_ERROR: (Seen(status=500, signed=False), DIRECT, 200),
    Fault.OK_WITHOUT_OUTCOME: (Seen(status=200, signed=True), DIRECT, 200),
    Fault.UNKNOWN_OUTCOME: (Seen(status=200, signed=True, outcome="Referred"), DIRECT, 200),
    Fault.SLOW: (PAID, DIRECT, 200),
    Fault.DELIVERED_LATE: (DROPPED, [("late", "Approved")], 200),
    Fault.DELIVERED_TWICE: (Seen(status=401, signed=True), DIRECT, 200),
    Fault.BUSY: (Seen(status=503, signed=True), [], 404),
    Fault.REBOOT_MID_OPERATION: (DROPPED, [("direct", "KilledByReboot")], 404),
}
"""What the client sees; what the ledger says; what `latest` answers afterwards."""


@pytest.fixture(params=["virtual", "sockets"])
def road_under(request: pytest.FixtureRequest) -> Iterator[Callable[[Fault], Road]]:
    """Build a road on which the first operation suffers a fault."""
    servers: list[SocketRoad] = []

    def build(fault: Fault) -> Road:
        if request.param == "virtual":
            return VirtualRoad(fault)
        servers.append(SocketRoad(fault))
        return servers[-1]

    yield build
    for road in servers:
        road.server.stop()


def test_every_fault_has_an_expectation() -> None:
    """A new fault cannot go untested."""
    assert set(Fault) == set(EXPECTED)


@pytest.mark.parametrize("fault", Fault)
def test_client_and_ledger_see_the_fault_alike_on_both_roads(fault: Fault, road_under: Callable[[Fault], Road]) -> None:
    """The client sees what the table says, the ledger knows the truth, and `latest` tells as much as it can."""
    expected_seen, expected_ledger, expected_latest = EXPECTED[fault]
    road = road_under(fault)
    assert expected_seen == road.send(road.till.payment("one"))
    assert expected_ledger == road.settle(len(expected_ledger))
    assert expected_latest == road.send(road.till.get("/Payments/latest")).status
