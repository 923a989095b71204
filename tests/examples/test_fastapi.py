"""The example behind HTTP: idempotent by reference, honest about doubt, and deaf to who hangs up."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from tests.examples.conftest import Start
from tillproof_pytest import Terminal

BILL = {"amount": "125.00", "terminal": "bar", "table": "12"}


class Pos:
    """A client of the program."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One request: its status and its document."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def pay(self, reference: str, **other: object) -> tuple[int, Any]:
        """Ask for a payment."""
        return self.ask("POST", f"/bills/{reference}/pay", {**BILL, **other})


@pytest.fixture
def pos(start: Start) -> Iterator[Pos]:
    """The program, served; it is there when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = start("-m", "uvicorn", "fastapi_pos:app", "--port", str(port), "--log-level", "warning")
    served = Pos(port)
    while True:
        assert program.poll() is None
        with suppress(OSError):
            served.ask("GET", "/bills/none")
            break
    yield served
    program.terminate()
    assert program.wait(60) in {0, -15}


def test_the_same_reference_is_paid_once(pos: Pos, terminal: Terminal) -> None:
    """Twice asked, once charged; and asked for, it is the same."""
    first, second, found = pos.pay("bill-1"), pos.pay("bill-1"), pos.ask("GET", "/bills/bill-1")
    assert first == second == found
    assert (first[0], first[1]["outcome"]) == (200, "approved")
    assert first[1]["sentence"].startswith("The card was charged 125.00 NOK")
    assert terminal.charged == 1


def test_a_lost_reply_is_found_again(pos: Pos, terminal: Terminal) -> None:
    """The guest had paid before the line broke."""
    terminal.next("lost_after_processing")
    status, told = pos.pay("bill-1")
    assert (status, told["outcome"], told["evidence"]) == (200, "approved", "latest_slot")
    assert terminal.charged == 1


def test_doubt_is_202_and_stops_the_table_until_it_is_settled(pos: Pos, terminal: Terminal) -> None:
    """The sentence says to park the bill; the watch settles it, and whoever asks hears it."""
    terminal.next("dropped_while_paying", takes_s=5.0)
    status, told = pos.pay("bill-1")
    assert (status, told["outcome"]) == (202, "in_doubt")
    assert told["sentence"]
    status, refused = pos.pay("bill-2")
    assert (status, refused["error"]) == (409, "TableInDoubt")
    assert refused["sentence"] == told["sentence"]
    while pos.ask("GET", "/bills/bill-1")[0] == 202:
        pass
    assert pos.ask("GET", "/bills/bill-1")[1]["outcome"] == "approved"
    assert terminal.charged == 1


def test_a_client_that_goes_away_loses_no_payment(pos: Pos, terminal: Terminal) -> None:
    """It hangs up while the guest pays; the outcome is there for whoever asks."""
    terminal.next(takes_s=1.0)
    with closing(http.client.HTTPConnection("127.0.0.1", pos.port, timeout=30)) as gone:
        gone.request("POST", "/bills/bill-1/pay", json.dumps(BILL), {"Content-Type": "application/json"})
        while pos.ask("GET", "/bills/bill-1")[0] == 404:
            pass
    assert pos.ask("GET", "/bills/bill-1")[0] == 202
    assert pos.pay("bill-1")[1]["outcome"] == "approved"
    assert terminal.charged == 1


@pytest.mark.parametrize(
    ("other", "field"),
    [({"amount": "12,50,0"}, "amount"), ({"terminal": "cellar"}, "terminal"), ({"table": ""}, "table")],
)
def test_what_is_wrong_is_400_and_names_the_field(
    pos: Pos, terminal: Terminal, other: dict[str, str], field: str
) -> None:
    """And nobody pays."""
    status, told = pos.pay("bill-1", **other)
    assert status == 400
    assert told["message"].startswith(f"{field}:")
    assert terminal.ledger == []


def test_the_day_is_closed(pos: Pos) -> None:
    """Through the same door."""
    pos.pay("bill-1")
    status, told = pos.ask("POST", "/terminals/bar/close")
    assert (status, told["kind"], told["outcome"]) == (200, "capture", "approved")
