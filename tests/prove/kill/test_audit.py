"""The audit speaks up: what a kill must not do, done by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from engine import Evidence, Kind, Money, Operation, Order, State
from tests.prove.kill.acts import BY_NAME, Act
from tests.prove.kill.audit import audit
from tests.prove.kill.calls import changes, name_of
from tests.prove.kill.counter import Truth
from tests.prove.kill.lives import Told
from tools.simulator import Arrival, Entry, Row
from tools.simulator import Kind as SimulatedKind

_ACT: Act = BY_NAME["a payment"]


def _operation(state: State) -> Operation:
    amount = Money.parse("125.00", "NOK")
    order = Order(operation_id="one", kind=Kind.PAYMENT, terminal="bar", reference="bill-1", amount=amount)
    return Operation(order=order, state=state, opened_at="", updated_at="", evidence=Evidence.REPLY)


def _entry(ordinal: int = 1, identity: str = "one") -> Entry:
    return Entry(
        ordinal=ordinal,
        kind=SimulatedKind.PAYMENT,
        id=identity,
        custom_data=None,
        amount_minor=12500,
        total_minor=12500,
        currency="NOK",
        cashier_id=None,
        receipt_number="000001",
        reverses=None,
        outcome="Approved",
        started_at=0.0,
        finished_at=0.0,
        arrived=Arrival.DIRECT,
        receipt_width=34,
    )


def _row(stamp_ms: int) -> Row:
    stamp = datetime.fromtimestamp(stamp_ms / 1000, UTC).isoformat()
    return Row(at=0, method="GET", path="/", stamp=stamp, status=200, fault="none", arrived=Arrival.DIRECT, until=0)


def _told(state: State = State.APPROVED, *, at_first: str = "dispatched", stamps: tuple[int, ...] = ()) -> Told:
    return Told(at_first={"bill-1": at_first}, operations=(_operation(state),), unsettled=(), breaks=(), stamps=stamps)


def _problems(told: Told, truth: Truth, heard: tuple[tuple[str, str], ...] = ()) -> list[str]:
    return list(audit(_ACT, heard, told, truth))


def test_a_guest_who_paid_once_is_no_problem() -> None:
    """Whoever did everything right is not accused."""
    truth = Truth(ledger=(_entry(),), rows=(_row(1000), _row(2000)))
    assert _problems(_told(stamps=(2000,)), truth, (("in_doubt", "bill-1"), ("dispatched", "bill-1"))) == []


def test_a_second_charge_is_told() -> None:
    """The same id twice, or another id that nobody knows."""
    assert "one was performed 2 times" in _problems(_told(), Truth(ledger=(_entry(), _entry(2)), rows=()))
    stranger = Truth(ledger=(_entry(), _entry(2, "two")), rows=())
    assert _problems(_told(), stranger) == ["two is in the ledger and not in the journal"]


def test_a_bill_that_nobody_paid_is_told() -> None:
    """A till that pays until it is paid has to have been paid."""
    problems = _problems(_told(State.NOT_PERFORMED), Truth(ledger=(), rows=()))
    assert problems == ["the guest of bill-1 was charged 0 times"]


def test_an_answer_that_was_heard_and_not_written_is_told() -> None:
    """What the caller heard is on record before anybody is asked."""
    problems = _problems(_told(), Truth(ledger=(_entry(),), rows=()), (("approved", "bill-1"),))
    assert problems == ["the caller had heard that bill-1 is approved, and it was dispatched when the till came back"]


def test_a_stamp_that_comes_again_or_falls_back_is_told() -> None:
    """Stamps rise over deaths, also when the clock does not."""
    ledger = (_entry(),)
    assert _problems(_told(stamps=(2000,)), Truth(ledger=ledger, rows=(_row(2000), _row(2000)))) == [
        "1 stamps came twice"
    ]
    assert _problems(_told(stamps=(1000,)), Truth(ledger=ledger, rows=(_row(2000), _row(1000)))) == [
        "the till that came back drew a stamp that is not above those sent before it died"
    ]


def test_an_unknown_call_is_taken_for_one_that_matters() -> None:
    """Only what is known to change nothing is left to the dice."""
    assert (name_of(18), changes(18)) == ("pwrite64", True)
    assert (name_of(262), changes(262)) == ("newfstatat", False)
    assert (name_of(9999), changes(9999)) == ("call 9999", True)
