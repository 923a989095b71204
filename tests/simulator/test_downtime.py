"""A reboot that takes its time: connections are refused, and what arrives is lost."""

import time

import pytest
import requests

from tests.simulator.roads import DROPPED, PATIENCE_S, SocketRoad
from tests.simulator.till import Counter
from tools.simulator import Assumptions, DirectLine, Fault, FaultPlan, Kind, LineDropped, Order, TerminalBusy

REBOOTS_FOR_20_S = Assumptions(reboot_s=20.0)


def test_a_booting_terminal_refuses_connections_and_then_serves() -> None:
    """A refused connection proves that nothing left; after the time it answers."""
    counter = Counter(assumptions=REBOOTS_FOR_20_S)
    line = DirectLine(counter.terminal)
    counter.terminal.reboot()
    counter.clock.advance(19)
    with pytest.raises(LineDropped) as drop:
        line.call(counter.till.payment(), at=counter.clock)
    assert drop.value.left is False
    counter.clock.advance(1)
    assert line.call(counter.till.get("/DeviceInformation"), at=counter.clock).status == 200
    assert len(counter.terminal.log.rows) == 1


def test_a_reboot_takes_no_time_unless_told() -> None:
    """The default is as it was, and a single reboot may differ from what is assumed."""
    counter = Counter()
    counter.terminal.reboot()
    assert counter.terminal.down is False
    counter.terminal.reboot(reboot_s=5.0)
    assert counter.terminal.down is True
    counter.clock.advance(5)
    assert counter.terminal.down is False


def test_a_late_request_that_finds_a_booting_terminal_is_lost() -> None:
    """It is in the log, unheard."""
    counter = Counter(assumptions=REBOOTS_FOR_20_S)
    counter.terminal.arrives_later(counter.till.payment(), at=counter.clock.now() + 10)
    counter.terminal.reboot()
    counter.clock.advance(60)
    assert counter.terminal.ledger == []
    assert [(row.status, row.fault) for row in counter.terminal.log.rows] == [(None, "delivered_late")]


def test_another_till_finds_a_booting_terminal_busy() -> None:
    """Nobody pays at a dark display."""
    counter = Counter(assumptions=REBOOTS_FOR_20_S)
    counter.terminal.reboot()
    with pytest.raises(TerminalBusy):
        counter.terminal.foreign(Order(kind=Kind.PAYMENT, amount_minor=1, currency="NOK"))


def test_a_reboot_under_an_asynchronous_operation_comes_in_its_middle() -> None:
    """The start was heard, then nobody is there, then the id is unknown."""
    counter = Counter(assumptions=REBOOTS_FOR_20_S)
    line = DirectLine(counter.terminal, FaultPlan(script=[Fault.REBOOT_MID_OPERATION]))
    assert line.call(counter.till.start(), at=counter.clock).status == 200
    counter.clock.advance(4)
    assert line.call(counter.till.status(), at=counter.clock).status == 202
    counter.clock.advance(2)
    with pytest.raises(LineDropped) as drop:
        line.call(counter.till.status(), at=counter.clock)
    assert drop.value.left is False
    counter.clock.advance(20)
    assert line.call(counter.till.status(), at=counter.clock).status == 404
    [entry] = counter.terminal.ledger
    assert (entry.outcome, entry.finished_at - entry.started_at) == ("KilledByReboot", 5)


def test_the_port_of_a_booting_terminal_refuses() -> None:
    """Over sockets as well: refused, not reset; and the same port serves again."""
    with SocketRoad() as road:
        road.admin("/reboot", {"reboot_s": 3_600})
        url = f"http://127.0.0.1:{road.server.port}/api/v2/DeviceInformation"
        with pytest.raises(requests.ConnectionError, match="refused"):
            requests.get(url, timeout=PATIENCE_S)
        assert road.admin("/state")["down"] is True
        road.admin("/reboot", {"reboot_s": 0.001})
        road.until("/state", lambda state: not state["down"])
        deadline = time.monotonic() + PATIENCE_S
        while (seen := road.send(road.till.get("/DeviceInformation"))) == DROPPED:
            assert time.monotonic() < deadline
        assert seen.status == 200


def test_a_server_can_be_stopped_while_its_terminal_boots() -> None:
    """There is nothing left to close."""
    with SocketRoad() as road:
        road.admin("/reboot", {"reboot_s": 3_600})
