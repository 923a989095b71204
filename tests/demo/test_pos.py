"""How a POS uses the door: what it does with each outcome, and after it was killed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

import tillproof
from engine import Kind, Operation, Order, outcome_of
from tools.demo import pos
from tools.demo.bills import Bill

BILL = Bill(number=1, amount_minor=12_500, terminal="terminal-1")
APPROVED, DECLINED, CANCELLED = tillproof.State.APPROVED, tillproof.State.DECLINED, tillproof.State.CANCELLED
NOT_PERFORMED, LOST, ESCALATED = tillproof.State.NOT_PERFORMED, tillproof.State.LOST, tillproof.State.ESCALATED


def outcome(reference: str, state: tillproof.State) -> tillproof.Outcome:
    """An outcome as the till would tell it."""
    order = Order(
        operation_id="a1",
        kind=Kind.PAYMENT,
        terminal=BILL.terminal,
        reference=reference,
        amount=tillproof.Money(BILL.amount_minor, "NOK"),
    )
    return outcome_of(Operation(order=order, state=state, opened_at="", updated_at=""))


class ScriptedTill:
    """Knows some outcomes already, and pays by script; notes under which references it was asked to pay."""

    def __init__(
        self, script: list[tillproof.State | Exception], known: Mapping[str, tillproof.State] | None = None
    ) -> None:
        self._script = list(script)
        self._known = dict(known or {})
        self.paid: list[str] = []

    def outcome_of(self, name: str) -> tillproof.Outcome:
        """What is known so far."""
        if name not in self._known:
            raise tillproof.UnknownReference(name)
        return outcome(name, self._known[name])

    def pay(self, amount: str, currency: str, *, terminal: str, reference: str) -> tillproof.Outcome:
        """The next step of the script."""
        assert (amount, currency, terminal) == ("125.00", "NOK", "terminal-1")
        self.paid.append(reference)
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        self._known[reference] = step
        return outcome(reference, step)


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pos, "_REST_S", 0)


def served(till: Any, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """How the guests of a lunch with one bill left."""
    pos.serve(till, [BILL])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [event["done"] for event in told if "done" in event]


def test_an_approved_bill_is_paid_once(capsys: pytest.CaptureFixture[str]) -> None:
    """One reference, one payment."""
    till = ScriptedTill([APPROVED])
    assert served(till, capsys) == ["paid"]
    assert till.paid == ["bill-0001/1"]


def test_a_bill_that_is_paid_already_is_not_paid_again(capsys: pytest.CaptureFixture[str]) -> None:
    """A POS that starts anew asks what is on record before it bothers a guest."""
    till = ScriptedTill([], known={"bill-0001/1": APPROVED})
    assert served(till, capsys) == ["paid"]
    assert till.paid == []


def test_a_no_is_followed_by_the_next_reference(capsys: pytest.CaptureFixture[str]) -> None:
    """Declined, cancelled and not performed each end an attempt; a new attempt has a new name."""
    till = ScriptedTill([DECLINED, CANCELLED, NOT_PERFORMED, APPROVED])
    assert served(till, capsys) == ["paid"]
    assert till.paid == ["bill-0001/1", "bill-0001/2", "bill-0001/3", "bill-0001/4"]


def test_after_four_attempts_the_guest_pays_cash(capsys: pytest.CaptureFixture[str]) -> None:
    """No guest is asked for ever."""
    till = ScriptedTill([DECLINED] * 4)
    assert served(till, capsys) == ["cash"]


def test_doubt_is_asked_again_under_the_same_reference(capsys: pytest.CaptureFixture[str]) -> None:
    """In doubt never means a new attempt: that is how guests are charged twice."""
    till = ScriptedTill([LOST, APPROVED])
    assert served(till, capsys) == ["paid"]
    assert till.paid == ["bill-0001/1", "bill-0001/1"]


def test_a_bill_in_doubt_from_before_a_kill_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The same holds for a doubt that an earlier POS left."""
    till = ScriptedTill([APPROVED], known={"bill-0001/1": DECLINED, "bill-0001/2": LOST})
    assert served(till, capsys) == ["paid"]
    assert till.paid == ["bill-0001/2"]


def test_what_a_person_has_to_rule_is_parked(capsys: pytest.CaptureFixture[str]) -> None:
    """The guest is not charged again, and the line behind goes on."""
    till = ScriptedTill([ESCALATED])
    assert served(till, capsys) == ["parked"]


def test_the_pos_comes_back_to_an_occupied_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was sent, so the same reference is used again later."""
    till = ScriptedTill([tillproof.TerminalOccupied("terminal-1", "pid 1"), APPROVED])
    assert served(till, capsys) == ["paid"]
    assert till.paid == ["bill-0001/1", "bill-0001/1"]


def test_the_pos_gives_up_a_terminal_that_never_takes_the_bill(capsys: pytest.CaptureFixture[str]) -> None:
    """Every wait is bounded; the bill is then one that nobody came back to."""
    till = ScriptedTill([tillproof.TerminalOccupied("terminal-1", "pid 1")] * 100)
    assert served(till, capsys) == []
