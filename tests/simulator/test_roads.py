"""Every fault, in both modes, over real sockets and in virtual time: what the client sees, and what really happened."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulator.roads import DROPPED, Road, Seen, SocketRoad, VirtualRoad
from tools.simulator import EVEN, Fault

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


STARTED = Seen(status=200, signed=True)
UNSIGNED = Seen(status=200, signed=False)

EXPECTED_OF_A_START: dict[Fault, tuple[Seen, list[tuple[str, str]], int]] = {
    Fault.NONE: (STARTED, DIRECT, 200),
    Fault.LOST_BEFORE_PROCESSING: (DROPPED, [], 404),
    Fault.LOST_AFTER_PROCESSING: (DROPPED, DIRECT, 200),
    Fault.DROPPED_WHILE_PAYING: (DROPPED, DIRECT, 200),
    Fault.RESET_MID_BODY: (DROPPED, DIRECT, 200),
    Fault.TRUNCATED: (DROPPED, DIRECT, 200),
    Fault.CUT_IN_HEADERS: (UNSIGNED, DIRECT, 200),
    Fault.GARBAGE: (DROPPED, DIRECT, 200),
    Fault.WRONG_HASH: (UNSIGNED, DIRECT, 200),
    Fault.MISSING_HASH: (UNSIGNED, DIRECT, 200),
    Fault.HTML_ERROR: (Seen(status=500, signed=False), DIRECT, 200),
    Fault.OK_WITHOUT_OUTCOME: (STARTED, DIRECT, 200),
    Fault.UNKNOWN_OUTCOME: (STARTED, DIRECT, 200),
    Fault.SLOW: (STARTED, DIRECT, 200),
    Fault.DELIVERED_LATE: (DROPPED, [("late", "Approved")], 200),
    Fault.DELIVERED_TWICE: (Seen(status=401, signed=True), DIRECT, 200),
    Fault.BUSY: (Seen(status=503, signed=True), [], 404),
    Fault.REBOOT_MID_OPERATION: (STARTED, [("direct", "KilledByReboot")], 404),
}
"""What the client hears of its start; what the ledger says; what the status answers afterwards."""

LOST = {Fault.RESET_MID_BODY, Fault.TRUNCATED, Fault.CUT_IN_HEADERS, Fault.GARBAGE, Fault.HTML_ERROR}
LOST |= {Fault.LOST_AFTER_PROCESSING, Fault.WRONG_HASH, Fault.MISSING_HASH, Fault.SLOW, Fault.NONE}
LOST |= {Fault.OK_WITHOUT_OUTCOME, Fault.DELIVERED_TWICE}
"""Under these a status was processed, so that before 2.1 its result is gone."""

ONLY_OPERATIONS = {Fault.DROPPED_WHILE_PAYING, Fault.UNKNOWN_OUTCOME, Fault.BUSY, Fault.REBOOT_MID_OPERATION}


@pytest.fixture(params=["virtual", "sockets"])
def road_under(request: pytest.FixtureRequest) -> Iterator[Callable[..., Road]]:
    """Build a road on which the first operation, or the first question, suffers a fault."""
    servers: list[SocketRoad] = []

    def build(fault: Fault = Fault.NONE, **more: Any) -> Road:
        if request.param == "virtual":
            return VirtualRoad(fault, **more)
        servers.append(SocketRoad(fault, **more))
        return servers[-1]

    yield build
    for road in servers:
        road.server.stop()


def test_every_fault_has_an_expectation() -> None:
    """A new fault cannot go untested."""
    assert set(Fault) == set(EXPECTED) == set(EXPECTED_OF_A_START)


@pytest.mark.parametrize("fault", Fault)
def test_client_and_ledger_see_the_fault_alike_on_both_roads(fault: Fault, road_under: Callable[..., Road]) -> None:
    """The client sees what the table says, the ledger knows the truth, and `latest` tells as much as it can."""
    expected_seen, expected_ledger, expected_latest = EXPECTED[fault]
    road = road_under(fault)
    assert expected_seen == road.send(road.till.payment("one"))
    assert expected_ledger == road.settle(len(expected_ledger))
    assert expected_latest == road.send(road.till.get("/Payments/latest")).status


@pytest.mark.parametrize("fault", Fault)
def test_a_start_suffers_the_fault_alike_on_both_roads(fault: Fault, road_under: Callable[..., Road]) -> None:
    """Whatever becomes of the 200, ledger and status tell whether the operation was started, and how it ended."""
    expected_seen, expected_ledger, expected_status = EXPECTED_OF_A_START[fault]
    road = road_under(fault)
    assert expected_seen == road.send(road.till.start("one"))
    assert expected_ledger == road.settle(len(expected_ledger))
    assert expected_status == road.send(road.till.status("one")).status


@pytest.mark.parametrize("fault", sorted(set(EVEN) - ONLY_OPERATIONS))
@pytest.mark.parametrize("profile", ["2.0", "2.1"])
def test_a_lost_status_can_be_asked_again_from_2_1_on(
    profile: str, fault: Fault, road_under: Callable[..., Road]
) -> None:
    """Before 2.1 a result that was delivered is gone, also when the line ate it; `latest` still has it."""
    road = road_under(question_fault=fault, profile=profile)
    road.send(road.till.start("one"))
    road.settle(1)
    road.send(road.till.status("one"))
    again = 404 if profile == "2.0" and fault in LOST else 200
    assert again == road.send(road.till.status("one")).status
    assert road.send(road.till.get("/Payments/latest")) == PAID
