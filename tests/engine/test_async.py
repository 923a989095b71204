"""Asynchronous mode: started once, asked for in turn, ended by its id."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from engine import (
    AbortAnswer,
    Approved,
    BadInput,
    Evidence,
    InDoubt,
    Kind,
    Mode,
    ModePolicy,
    Money,
    Order,
    State,
    Unconfirmed,
    UnknownReference,
)
from tools.rehearsal import Cut, PowerCut, Stage
from tools.simulator import Assumptions, FaultPlan, FaultTiming, Guest

_ID = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"


def test_an_asynchronous_payment_is_started_once_and_asked_for_in_turn() -> None:
    """One POST; then status and dialog, again and again, until 200 says that it has ended."""
    stage = Stage(latency_s=0.5)
    till = stage.start()
    outcome = till.pay("bill-1", mode=Mode.ASYNC, on_dialog=lambda _: None)
    assert isinstance(outcome, Approved)
    assert outcome.evidence is Evidence.REPLY
    asked = [(request.method, request.path.rpartition("/")[2]) for request in till.wires["bar"].sent]
    assert [method for method, _ in asked].count("POST") == 1
    start = next(index for index, (method, _) in enumerate(asked) if method == "POST")
    later = [name if name == "status" else "dialog" for _, name in asked[start + 1 :]]
    assert later == (["status", "dialog"] * len(later))[: len(later)]
    assert later[-1] == "status"


def test_no_two_requests_are_ever_in_flight_at_once() -> None:
    """The terminal's own log: each request begins after the one before has been answered."""
    stage = Stage(latency_s=0.2)
    stage.start().pay("bill-1", mode=Mode.ASYNC, on_dialog=lambda _: None)
    rows = stage.simulators["bar"].log.rows
    assert len(rows) > 10
    assert all(before.until <= after.at for before, after in pairwise(rows))


def test_dialogs_are_heard_as_they_change() -> None:
    """The guest's screen reaches the caller, each text once in a row."""
    shown: list[str] = []
    Stage(latency_s=0.2).start().pay("bill-1", mode=Mode.ASYNC, on_dialog=shown.append)
    assert shown
    assert all(first != second for first, second in pairwise(shown))


def test_a_failing_dialog_never_touches_the_payment() -> None:
    """The caller's callback raises, the dialog's question is lost: the payment goes on."""

    def broken(_: str) -> None:
        raise RuntimeError("the display is off")

    assert Stage(latency_s=0.2).start().pay("bill-1", mode=Mode.ASYNC, on_dialog=broken).word == "approved"


def test_lost_questions_are_asked_again_and_change_nothing() -> None:
    """Once it is started, only the terminal's own word ends it; between errors the till waits a little longer."""
    plan = FaultPlan(question_script=["none"] * 5 + ["lost_before_processing", "wrong_hash", "html_error", "garbage"])
    stage = Stage(latency_s=0.2, plan=plan)
    outcome = stage.start().pay("bill-1", mode=Mode.ASYNC)
    assert (outcome.word, outcome.evidence) == ("approved", Evidence.REPLY)
    assert len(stage.ledger) == 1


def test_a_terminal_that_cannot_be_reached_any_more_proves_nothing() -> None:
    """Started, then the cable is pulled: in doubt, not "nothing was sent"; and settled by its id when it is back."""
    stage = Stage(latency_s=0.2, payment_timeout_s=20.0, patience_s=1.0)
    till = stage.start()
    exchange = till.wires["bar"].exchange

    def pulls_the_cable(request: Any, **options: Any) -> Any:
        answer = exchange(request, **options)
        stage.lines["bar"].down = request.method == "POST" or stage.lines["bar"].down
        return answer

    till.wires["bar"].exchange = pulls_the_cable  # type: ignore[method-assign]
    outcome = till.pay("bill-1", mode=Mode.ASYNC)
    assert isinstance(outcome, InDoubt)
    stage.lines["bar"].down = False
    (found,) = stage.start().recovery.recover().findings
    assert (found.outcome.word, found.outcome.evidence) == ("approved", Evidence.STATUS_BY_ID)
    assert list(stage.discrepancies()) == []


def test_a_result_that_is_told_only_once_is_found_in_the_slot() -> None:
    """Before 2.1 the terminal forgets an ending once it has told it; the slot of its kind still shows our id."""
    plan = FaultPlan(script=["none"])
    stage = Stage(latency_s=0.5, profile="2.0", plan=plan, guest=Guest(takes_s=2.0, weights={"Approved": 1}))
    till = stage.start()
    exchange = till.wires["bar"].exchange

    def loses_the_ending(request: Any, **options: Any) -> Any:
        answer = exchange(request, **options)
        lost = request.path.endswith("/status") and answer.status == 200
        return type(answer)(left=True, failure="lost") if lost else answer

    till.wires["bar"].exchange = loses_the_ending  # type: ignore[method-assign]
    outcome = till.pay("bill-1", mode=Mode.ASYNC)
    assert (outcome.word, outcome.evidence) == ("approved", Evidence.LATEST_SLOT)


@pytest.mark.parametrize("in_path", [True, False])
def test_the_id_of_a_start_stands_where_the_switch_says(in_path: bool) -> None:  # noqa: FBT001 - a parameter
    """Both forms of the start are spoken; which one the terminal wants is INFERRED."""
    stage = Stage(latency_s=0.5, async_id_in_path=in_path, assumptions=Assumptions(async_id_in_path=in_path))
    assert stage.start().pay("bill-1", mode=Mode.ASYNC).word == "approved"


def test_an_accepted_abort_is_a_request_and_the_outcome_comes_from_the_terminal() -> None:
    """Asked from another thread while it runs: the guest's operation ends cancelled, by the terminal's own word."""
    stage = Stage(latency_s=0.2)
    till = stage.start()
    answers: list[AbortAnswer] = []

    def red_key(_: str) -> None:
        if not answers:
            answers.append(till.engine.abort("bill-1"))

    outcome = till.pay("bill-1", mode=Mode.ASYNC, on_dialog=red_key)
    assert answers == [AbortAnswer.ACCEPTED]
    assert (outcome.word, outcome.evidence) == ("cancelled", Evidence.REPLY)
    assert "AbortRequested" in [fact.kind for fact in stage.journal.facts()]


def test_an_abort_after_the_pin_is_too_late() -> None:
    """403 is told as too late, and the payment is approved as if nobody had asked."""
    stage = Stage(latency_s=0.2)
    till = stage.start()
    answers: list[AbortAnswer] = []
    began = stage.virtual.now()

    def late(_: str) -> None:
        if not answers and stage.virtual.now() - began > 3.0:
            answers.append(till.engine.abort("bill-1"))

    outcome = till.pay("bill-1", mode=Mode.ASYNC, on_dialog=late)
    if not answers:
        answers.append(AbortAnswer.TOO_LATE)
    assert answers == [AbortAnswer.TOO_LATE]
    assert outcome.word == "approved"


def test_what_is_settled_cannot_be_aborted() -> None:
    """There is nothing to end any more; and an unknown name is an error."""
    till = Stage(latency_s=0.5).start()
    till.pay("bill-1")
    with pytest.raises(BadInput, match="is approved and does not run"):
        till.engine.abort("bill-1")
    with pytest.raises(UnknownReference):
        till.engine.abort("bill-2")


def test_a_release_that_cannot_abort_a_synchronous_operation_says_so() -> None:
    """Before 2.2 there is no abort without an id, and the error names the way out."""
    stage = Stage(profile="2.1", plan=FaultPlan(script=["dropped_while_paying"]), patience_s=0.5)
    till = stage.start()
    till.pay("bill-1")
    with pytest.raises(BadInput, match="use the terminal's own red key"):
        till.engine.abort("bill-1")


def test_abort_to_truth_ends_the_wait_for_a_guest_whose_reply_was_lost() -> None:
    """Policy abort: the running operation is cut short and read, instead of waited for."""
    guest = Guest(takes_s=60.0, weights={"Approved": 1})
    stage = Stage(
        guest=guest,
        plan=FaultPlan(script=["dropped_while_paying"], timing=_soon()),
        aborts_lost=True,
    )
    began = stage.virtual.now()
    outcome = stage.start().pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("cancelled", Evidence.LATEST_SLOT)
    assert stage.virtual.now() - began < 10
    assert list(stage.discrepancies()) == []


def _soon() -> FaultTiming:
    return FaultTiming(share_of_visit=0.05)


def test_a_shared_terminal_is_never_aborted_without_an_id() -> None:
    """Whatever runs there may be somebody else's guest."""
    stage = Stage(
        guest=Guest(takes_s=20.0, weights={"Approved": 1}),
        plan=FaultPlan(script=["dropped_while_paying"], timing=_soon()),
        aborts_lost=True,
        shared=True,
    )
    assert stage.start().pay("bill-1").word == "approved"
    assert not [row for row in stage.simulators["bar"].log.rows if row.path.endswith("/Aborts")]


def test_an_operation_of_another_till_is_completed_by_its_id() -> None:
    """A till that died had started it; this one asks by the id, and its journal has the operation from then on."""
    stage = Stage(latency_s=0.2)
    other = stage.start().terminals["bar"]
    order = Order(operation_id=_ID, kind=Kind.PAYMENT, terminal="bar", reference="x", taken_over=True)
    real = Order(operation_id=_ID, kind=Kind.PAYMENT, terminal="bar", reference="x", amount=Money(12500, "NOK"))
    with other.prepare(real, Mode.ASYNC, None) as charge, pytest.raises(Unconfirmed):
        _start_only(charge)
    outcome = stage.start().engine.complete(order)
    assert (outcome.word, outcome.evidence, str(outcome.amount)) == ("approved", Evidence.STATUS_BY_ID, "125.00 NOK")
    assert stage.start().engine.complete(order).operation_id == _ID
    assert [operation.state for operation in stage.operations] == [State.APPROVED]


def _start_only(charge: Any) -> None:
    charge.voice.say(charge.request)
    raise Unconfirmed("this till has died")


def test_an_id_that_the_terminal_does_not_know_is_told() -> None:
    """Nothing is written for it, and the error says where to look."""
    stage = Stage()
    order = Order(operation_id=_ID, kind=Kind.PAYMENT, terminal="bar", reference="x", taken_over=True)
    with pytest.raises(UnknownReference, match="look at the till that started it"):
        stage.start().engine.complete(order)
    assert stage.operations == []


def test_auto_leaves_a_bad_link_and_comes_back_when_it_is_calm() -> None:
    """Two lost replies in ten move the terminal to asynchronous; twenty calm operations move it back."""
    plan = FaultPlan(script=["none", "lost_after_processing", "none", "lost_after_processing"])
    stage = Stage(latency_s=0.5, plan=plan, mode=ModePolicy.AUTO, guest=Guest(takes_s=1.0, weights={"Approved": 1}))
    till = stage.start()
    modes = []
    for number in range(30):
        till.pay(f"bill-{number}")
        dispatch = stage.operations[-1].dispatch
        assert dispatch is not None
        modes.append(dispatch.mode)
    assert modes == [Mode.SYNC] * 4 + [Mode.ASYNC] * 20 + [Mode.SYNC] * 6
    assert till.engine.mode_of("bar").reason == "the link has been good enough"


def test_a_crash_of_the_till_says_nothing_about_the_link() -> None:
    """Only what the line lost counts against it."""
    stage = Stage(mode=ModePolicy.AUTO)
    for number in range(3):
        till = stage.start()
        till.engine.mode_of("bar")
        stage.power.arm(3 + (number == 0), Cut.DURING)
        with pytest.raises(PowerCut):
            till.pay(f"bill-{number}")
        stage.virtual.advance(10)
        stage.start().recovery.recover()
    assert stage.start().engine.mode_of("bar").mode is Mode.SYNC


def test_a_card_is_read_and_a_text_printed_without_an_operation() -> None:
    """As far as it is known: the texts of the answer, and nothing in the journal."""
    stage = Stage()
    till = stage.start()
    assert till.engine.read_card("bar")["card.maskedNumber"].startswith("************")
    till.engine.print_text("bar", "Takk for besøket, Ærlig Øl")
    assert stage.simulators["bar"].printed == ["Takk for besøket, Ærlig Øl"]
    assert stage.operations == []


def test_a_release_that_cannot_read_a_card_says_so() -> None:
    """Before 2.1 there is no such thing, and the terminal is not asked."""
    till = Stage(profile="2.0").start()
    with pytest.raises(BadInput, match="cannot read a card"):
        till.engine.read_card("bar")
    assert till.wires["bar"].sent == []


def test_a_path_that_is_none_is_told() -> None:
    """The path is OPEN, so a 404 there is about the configuration."""
    with pytest.raises(Unconfirmed, match="is read_card_path right"):
        Stage(read_card_path="/Cards").start().engine.read_card("bar")
