"""Tables: no second bill for guests whose first one is in doubt, unless somebody says that he knows."""

from __future__ import annotations

import pytest

from engine import BadInput, InDoubt, Kind, Money, Order, Outcome, TableInDoubt
from tools.rehearsal import Cut, PowerCut, Process, Stage
from tools.simulator import Fault, FaultPlan

_AMOUNT = Money.parse("125.00", "NOK")


def pay(
    till: Process, reference: str, *, terminal: str = "hall", table: str | None = "12", despite: str | None = None
) -> Outcome:
    """Pay at a table, waiting for nothing."""
    content = {"amount": _AMOUNT, "table": table, "despite": despite, "patience_s": 0.0}
    return till.do(Kind.PAYMENT, reference, terminal=terminal, **content)


def in_doubt() -> tuple[Stage, Process]:
    """The line broke while the guest of table 12 was paying the first bill, at the bar."""
    stage = Stage(names=("bar", "hall"))
    stage.lines["bar"].plan = FaultPlan(script=(Fault.DROPPED_WHILE_PAYING,))
    till = stage.start()
    assert isinstance(pay(till, "bill-1", terminal="bar"), InDoubt)
    return stage, till


def killed() -> tuple[Stage, Process]:
    """The till was killed while the guest of table 12 was paying the first bill, at the bar."""
    stage = Stage(names=("bar", "hall"))
    till = stage.start()
    stage.power.arm(6, Cut.DURING)
    with pytest.raises(PowerCut):
        pay(till, "bill-1", terminal="bar")
    till = stage.start()
    (operation,) = till.book.unsettled()
    assert operation.dispatch is not None
    return stage, till


@pytest.mark.parametrize("terminal", ["bar", "hall"])
def test_a_new_bill_for_a_table_in_doubt_is_refused(terminal: str) -> None:
    """Wherever the second bill would be paid, nothing is sent, and the cashier hears which bill to ask for."""
    stage, till = in_doubt()
    sent = [len(wire.sent) for wire in till.wires.values()]
    with pytest.raises(TableInDoubt, match=r"table 12: payment 'bill-1' on bar is in doubt") as refused:
        pay(till, "bill-2", terminal=terminal)
    assert refused.value.blocking.reference == "bill-1"
    assert [len(wire.sent) for wire in till.wires.values()] == sent
    assert till.book.find("bill-2") is None
    assert len(stage.ledger) <= 1


def test_asking_for_the_bill_in_doubt_is_never_refused() -> None:
    """The same reference only asks; then the table is free for what else its guests order."""
    stage, till = in_doubt()
    stage.virtual.advance(5)
    assert pay(till, "bill-1", terminal="bar").word == "approved"
    assert pay(till, "bill-2").word == "approved"
    assert len(stage.ledger) == 2


def test_whoever_knows_better_says_so_and_it_stays_on_record() -> None:
    """The bill that is knowingly left in doubt stands in the fact of the new one."""
    _, till = in_doubt()
    outcome = pay(till, "bill-2", despite="bill-1")
    assert outcome.word == "approved"
    operation = till.book.get("bill-2")
    assert (operation.order.table, operation.order.despite) == ("12", "bill-1")
    assert till.book.facts_of(operation)[0].body["despite"] == "bill-1"


def test_knowing_of_another_bill_is_not_enough() -> None:
    """Somebody who names the wrong one has not looked."""
    _, till = in_doubt()
    with pytest.raises(TableInDoubt):
        pay(till, "bill-2", despite="bill-0")


@pytest.mark.parametrize("table", ["13", None])
def test_other_tables_go_on(table: str | None) -> None:
    """One bill in doubt does not close the restaurant, and without a table nothing is compared."""
    _, till = in_doubt()
    assert pay(till, "bill-2", table=table).word == "approved"


@pytest.mark.parametrize("terminal", ["bar", "hall"])
def test_a_bill_that_a_killed_till_left_is_in_doubt(terminal: str) -> None:
    """Nobody conducts it any more, so nobody knows."""
    _, till = killed()
    with pytest.raises(TableInDoubt):
        pay(till, "bill-2", terminal=terminal)


def test_guests_of_one_table_may_pay_at_two_terminals_at_once() -> None:
    """What somebody conducts at this moment is not in doubt: they share their bill."""
    _, till = killed()
    with till.book.lane("bar", wait_s=0):
        assert pay(till, "bill-2").word == "approved"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"table": ""}, "table"),
        ({"table": " 12"}, "table"),
        ({"table": 12}, "table"),
        ({"table": "12", "kind": Kind.REFUND}, "table"),
        ({"despite": "bill-1"}, "despite"),
        ({"table": "12", "despite": "bill\n1"}, "despite"),
    ],
)
def test_bad_tables_are_refused_by_name(content: dict[str, object], field: str) -> None:
    """The message names the field."""
    given = {"kind": Kind.PAYMENT, "amount": _AMOUNT, **content}
    with pytest.raises(BadInput, match=rf"^{field}: "):
        Order(operation_id="id", terminal="bar", reference="bill-2", **given)  # type: ignore[arg-type]
