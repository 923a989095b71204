"""Conducting one operation: what is written, what is sent, and what the caller hears."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from engine import (
    AnswerNotStored,
    Approved,
    BadInput,
    Cancelled,
    Declined,
    Dispatch,
    Evidence,
    InDoubt,
    Kind,
    Moment,
    Money,
    NothingSent,
    NotPerformed,
    Order,
    ReferenceReused,
    State,
    TerminalOccupied,
    TerminalUnsettled,
    facts,
)
from journal import Draft, Fact, LaneBusy, NotStored
from tools.rehearsal import Stage
from tools.simulator import Fault, FaultPlan, Guest


def posts(stage: Stage) -> list[str]:
    """The paths of the orders that the terminal heard."""
    return [row.path for row in stage.simulators["bar"].log.rows if row.method == "POST"]


class Appends:
    """Counts the atomic writes of a stage's journal, and lets chosen ones fail."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch, *, fail: Sequence[str] = ()) -> None:
        self.kinds: list[list[str]] = []
        self.last_resort: list[bool] = []
        append = stage.journal.append

        def counted(drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
            self.kinds.append([draft.kind for draft in drafts])
            self.last_resort.append(last_resort)
            if drafts[-1].kind in fail:
                raise NotStored("the disk is full; nothing was written")
            return append(drafts, last_resort=last_resort)

        monkeypatch.setattr(stage.journal, "append", counted)


def test_an_approved_payment_takes_two_durable_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intent and the dispatch in one, before the order leaves; the answer in the other, before the caller hears."""
    stage = Stage()
    appends = Appends(stage, monkeypatch)
    outcome = stage.start().pay("bill-1")
    assert isinstance(outcome, Approved)
    assert appends.kinds == [["Intended", "Dispatched"], ["Answered"]]
    assert appends.last_resort == [False, True]


def test_the_intent_is_durable_before_anything_leaves() -> None:
    """When the terminal hears the order, the journal knows it already."""
    stage = Stage()
    till = stage.start()
    states: list[State] = []
    exchange = till.wires["bar"].exchange

    def watching(request: Any, **options: Any) -> Any:
        if request.method == "POST":
            states.extend(operation.state for operation in stage.operations)
        return exchange(request, **options)

    till.wires["bar"].exchange = watching  # type: ignore[method-assign]
    till.pay("bill-1")
    assert states == [State.DISPATCHED]


@pytest.mark.parametrize(("ending", "kind"), [("Approved", Approved), ("Declined", Declined), ("Cancelled", Cancelled)])
def test_what_the_terminal_answers_is_what_the_caller_hears(ending: str, kind: type) -> None:
    """The three endings come back as they are, on the evidence of the reply."""
    outcome = Stage(guest=Guest(takes_s=3, outcomes=[ending])).start().pay("bill-1")
    assert isinstance(outcome, kind)
    assert (outcome.evidence, outcome.receipt_number) == (Evidence.REPLY, "000001")


def test_the_same_reference_again_is_answered_from_the_record() -> None:
    """Same name, same content: the recorded outcome at once, and the terminal is not even asked."""
    stage = Stage()
    till = stage.start()
    first = till.pay("bill-1")
    asked = len(till.wires["bar"].sent)
    assert till.pay("bill-1") == first
    assert stage.start().pay("bill-1") == first
    assert len(till.wires["bar"].sent) == asked
    assert len(stage.ledger) == 1


@pytest.mark.parametrize(
    "other",
    [{"amount": "125.01"}, {"terminal": "terrace"}],
    ids=["another amount", "another terminal"],
)
def test_the_same_reference_for_something_else_is_refused(other: dict[str, str]) -> None:
    """A name that already means something else is an error, and nothing is sent."""
    stage = Stage(names=("bar", "terrace"))
    till = stage.start()
    till.pay("bill-1")
    with pytest.raises(ReferenceReused, match=r"'bill-1' already names a payment of 125\.00 NOK on bar"):
        till.pay("bill-1", **other)
    with pytest.raises(ReferenceReused):
        till.do(Kind.REFUND, "bill-1", amount=Money.parse("125.00", "NOK"))
    assert len(stage.ledger) == 1


@pytest.mark.parametrize(
    ("fault", "word", "told"),
    [
        (Fault.NONE, "approved", "that one is paid: do not charge the same bill again"),
        (Fault.BUSY, "not_performed", "no money moved by that one: take a new reference"),
        (
            Fault.DROPPED_WHILE_PAYING,
            "in_doubt",
            "nobody knows whether that one was paid: ask for it as it was, and do not charge the same bill again",
        ),
    ],
)
def test_a_reference_that_is_taken_tells_whether_it_may_be_paid(fault: Fault, word: str, told: str) -> None:
    """A cashier who tries the other terminal, because this one is silent, must not be told to take a new name."""
    stage = Stage(names=("bar", "terrace"), plan=FaultPlan(script=(fault,)))
    till = stage.start()
    assert till.pay("bill-1", patience_s=0).word == word
    with pytest.raises(ReferenceReused, match=f"; {told}$") as caught:
        till.pay("bill-1", terminal="terrace")
    assert caught.value.blocking is not None
    assert caught.value.blocking.word == word


def test_whoever_pays_a_running_reference_joins_it() -> None:
    """Two callers with one reference get one charge and the same outcome."""
    stage = Stage()
    till = stage.start()
    with ThreadPoolExecutor(4) as pool:
        outcomes = set(pool.map(lambda _: till.pay("bill-1").operation_id, range(4)))
    assert len(outcomes) == 1
    assert len(stage.ledger) == 1


def test_another_order_on_an_occupied_terminal_is_refused_before_anything_is_sent() -> None:
    """A lane that does not fall free in time is an error that names the terminal; the journal stays as it was."""
    stage = Stage()
    with stage.journal.lane("bar", wait_s=0), pytest.raises(TerminalOccupied, match=r"^bar: .*nothing was sent"):
        stage.start().pay("bill-1", patience_s=0.01)
    assert posts(stage) == []
    assert stage.operations == []


def test_nothing_is_sent_if_the_intent_cannot_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that fails before the dispatch stops the order, and the error says why."""
    stage = Stage()
    Appends(stage, monkeypatch, fail=["Dispatched"])
    with pytest.raises(NothingSent, match=r"no order was sent.*the disk is full"):
        stage.start().pay("bill-1")
    assert posts(stage) == []


def test_an_answer_that_cannot_be_stored_still_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest has paid and the disk refuses: the error carries the outcome, and recovery finds it again later."""
    stage = Stage()
    with monkeypatch.context() as patch:
        Appends(stage, patch, fail=["Answered"])
        with pytest.raises(AnswerNotStored, match=r"Do not charge again") as caught:
            stage.start().pay("bill-1")
    assert isinstance(caught.value.outcome, Approved)
    report = stage.start().recovery.recover()
    assert [(found.outcome.word, found.row) for found in report.findings] == [("approved", "found")]
    assert list(stage.discrepancies()) == []


def test_a_line_that_is_down_proves_that_nothing_was_sent() -> None:
    """No connection at all: not performed, on the evidence that nothing left, and the reason says what to check."""
    stage = Stage()
    stage.lines["bar"].down = True
    outcome = stage.start().pay("bill-1")
    assert isinstance(outcome, NotPerformed)
    assert outcome.evidence is Evidence.NOTHING_LEFT
    assert outcome.reason == "nothing was sent: the line dropped before the order had left"


def test_a_line_that_goes_down_just_before_the_order_proves_it_too() -> None:
    """The till knows its slot already, so the order itself is the first to meet the dead line."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    stage.lines["bar"].down = True
    outcome = till.pay("bill-2")
    assert (outcome.word, outcome.evidence) == ("not_performed", Evidence.NOTHING_LEFT)


def test_a_busy_terminal_is_an_authentic_refusal() -> None:
    """503 is the one "no" that may be believed: it was signed, and it says that nothing was processed."""
    stage = Stage(plan=FaultPlan(script=[Fault.BUSY]))
    outcome = stage.start().pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("not_performed", Evidence.AUTHENTIC_REFUSAL)
    assert stage.ledger == []


def test_a_doubt_that_outlasts_the_callers_patience_is_a_value() -> None:
    """The guest is still paying when the caller has to go on: in doubt, and the outcome comes when it is asked for."""
    stage = Stage(guest=Guest(takes_s=60, weights={"Approved": 1}), plan=FaultPlan(script=[Fault.DROPPED_WHILE_PAYING]))
    till = stage.start()
    outcome = till.pay("bill-1", patience_s=5)
    assert isinstance(outcome, InDoubt)
    assert not outcome.needs_person
    assert till.pay("bill-1", patience_s=120).word == "approved"
    assert len(stage.ledger) == 1


def test_an_unsettled_operation_stands_before_the_next_one() -> None:
    """Going on would erase the only proof, so the next order is refused with the first one named."""
    stage = Stage(
        guest=Guest(takes_s=100, weights={"Approved": 1}),
        plan=FaultPlan(script=[Fault.DROPPED_WHILE_PAYING]),
        patience_s=5.0,
    )
    till = stage.start()
    till.pay("bill-1")
    with pytest.raises(TerminalUnsettled, match=r"payment 'bill-1' is not settled"):
        till.pay("bill-2")
    assert len(posts(stage)) == 1
    stage.virtual.advance(100)
    assert till.pay("bill-2").word == "approved"
    assert [operation.state for operation in stage.operations] == [State.APPROVED, State.APPROVED]


def test_a_tip_is_shown_and_decides_nothing() -> None:
    """A total that is not what was asked for stays approved, and both amounts are told."""
    stage = Stage(guest=Guest(takes_s=3, weights={"Approved": 1}, tip_rate=1.0, tip_percent=10))
    outcome = stage.start().pay("bill-1", "100.00")
    assert (outcome.word, outcome.total_minor) == ("approved", 11000)
    assert "asked for 100.00 NOK, the terminal names 110.00 NOK" in outcome.reason


def test_every_kind_of_operation_is_conducted() -> None:
    """Payment, refund, reversal and capture go the same way, each to its own endpoint and slot."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    till.do(Kind.REVERSAL, "undo-1", target_receipt="000001")
    till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
    till.do(Kind.CAPTURE, "day-1")
    assert [operation.state for operation in stage.operations] == [State.APPROVED] * 4
    assert posts(stage) == ["/api/v2/Payments", "/api/v2/Reversals", "/api/v2/Refunds", "/api/v2/Captures"]
    assert list(stage.discrepancies()) == []


def test_the_slot_is_asked_for_once_and_then_known_from_our_own_answers() -> None:
    """After the first operation of a process, a payment is one exchange with the terminal, not two."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    before = len(till.wires["bar"].sent)
    till.pay("bill-2")
    assert len(till.wires["bar"].sent) - before == 1
    assert [operation.dispatch.slot_before for operation in stage.operations if operation.dispatch] == [
        "empty",
        stage.operations[0].order.operation_id,
    ]


def test_another_process_on_the_same_lane_makes_us_ask_again() -> None:
    """What we knew of a slot is worth nothing once somebody else has used the lane."""
    stage = Stage()
    first, second = stage.start(), stage.start()
    first.pay("bill-1")
    second.pay("bill-2")
    second.pay("bill-3")
    first.pay("bill-4")
    last = stage.operations[-1]
    assert last.dispatch is not None
    assert last.dispatch.slot_before == stage.operations[-2].order.operation_id


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        (Kind.PAYMENT, {}, "amount"),
        (Kind.REVERSAL, {"target_receipt": "12"}, "receipt"),
        (Kind.REVERSAL, {"target_receipt": "\u0660" * 6}, "receipt"),
        (Kind.REVERSAL, {}, "receipt"),
        (Kind.REVERSAL, {"target_receipt": "000001", "amount": Money(1, "NOK")}, "amount"),
        (Kind.CAPTURE, {"amount": Money(1, "NOK")}, "amount"),
        (Kind.PAYMENT, {"amount": Money(1, "NOK"), "target_receipt": "000001"}, "receipt"),
    ],
)
def test_an_incomplete_order_is_refused_by_field(kind: Kind, content: dict[str, Any], field: str) -> None:
    """What cannot be an order is an error that names the field, before anything is written or sent."""
    stage = Stage()
    with pytest.raises(BadInput, match=f"^{field}: "):
        stage.start().do(kind, "bill-1", **content)
    assert stage.operations == []


@pytest.mark.parametrize(
    "reference",
    [
        "",
        " ",
        "a\nb",
        "x" * 65,
        "\x1b[2J",
        "bill ",
        " bill",
        "a\u200bb",
        "a\u202eb",
        "a\u2028b",
        "cafe\u0301",
        "\ud800",
        5,
        None,
    ],
)
def test_a_reference_is_one_visible_line_of_text(reference: Any) -> None:
    """Two that look the same must be the same, or a bill is charged under each; so nothing invisible is in it."""
    with pytest.raises(BadInput, match=r"^reference: "):
        Stage().start().pay(reference)


def test_an_unknown_terminal_is_refused_with_the_known_ones() -> None:
    """A misspelt terminal is an error that lists what there is."""
    with pytest.raises(BadInput, match=r"^terminal: 'baar' is not configured; there are bar"):
        Stage().start().pay("bill-1", terminal="baar")


def test_a_caller_who_started_at_the_same_moment_is_not_told_that_nothing_was_sent() -> None:
    """His reference became the running operation while he stood in line: he hears of that one, not of another."""
    stage = Stage(guest=Guest(takes_s=4.0, weights={"Approved": 1.0}))
    till = stage.start()
    lane = stage.journal.lane

    @contextmanager
    def somebody_was_first(name: str, *, wait_s: float) -> Iterator[None]:
        stage.journal.lane = lane  # type: ignore[method-assign]
        till.book.begin(*_dispatched_by_another())
        raise LaneBusy(name, "pid 4711")
        yield

    stage.journal.lane = somebody_was_first  # type: ignore[method-assign]
    outcome = till.pay("bill-1")
    assert isinstance(outcome, InDoubt)
    assert outcome.reason == "it is being conducted or settled (pid 4711); ask again"


def _dispatched_by_another() -> tuple[Draft, Draft]:
    order = Order(
        operation_id="another", kind=Kind.PAYMENT, terminal="bar", reference="bill-1", amount=Money(12500, "NOK")
    )
    moment = Moment(span="boot", ticks_ms=0)
    return facts.intended(order), facts.dispatched(order, Dispatch(stamp_ms=1, moment=moment, slot_before="empty"))


def test_a_running_operation_that_is_asked_for_is_in_doubt_and_no_error() -> None:
    """Its own terminal is in use by itself; nobody may read that as "nothing was sent"."""
    stage = Stage(plan=FaultPlan(script=[Fault.DROPPED_WHILE_PAYING]), patience_s=0.01)
    till = stage.start()
    till.pay("bill-1")
    with stage.journal.lane("bar", wait_s=0):
        outcome = till.engine.settle("bill-1", patience_s=0.01)
    assert isinstance(outcome, InDoubt)
    assert "it is being conducted or settled" in outcome.reason


def test_the_id_of_another_operation_is_no_reference() -> None:
    """Asked for by that name, nobody could say which of the two was meant."""
    till = Stage().start()
    first = till.pay("bill-1")
    with pytest.raises(BadInput, match="is the id of another operation"):
        till.do(Kind.REFUND, first.operation_id, amount=Money.parse("125.00", "NOK"))
    assert till.book.get(first.operation_id).order.reference == "bill-1"


def test_an_order_whose_dispatch_took_too_long_to_store_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk hung: grace has been running meanwhile, so the order is not sent late, and the guest may try again."""
    stage = Stage()
    append = stage.journal.append

    def hangs(drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        if drafts[-1].kind == "Dispatched":
            stage.virtual.advance(60)
        return append(drafts, last_resort=last_resort)

    monkeypatch.setattr(stage.journal, "append", hangs)
    outcome = stage.start().pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("not_performed", Evidence.NOTHING_LEFT)
    assert "the disk took 60 s" in outcome.reason
    assert posts(stage) == []
