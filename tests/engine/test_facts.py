"""The facts of an operation: what each of them holds, and what it means when it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine import (
    Dispatch,
    Ending,
    Evidence,
    ImpossibleHistory,
    Kind,
    Mode,
    Moment,
    Money,
    NotDelivered,
    Operation,
    Order,
    Reply,
    State,
    facts,
)
from engine.operation import ended, fold
from journal import Draft, Fact, Json

_ID = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
_PAYMENT = Order(operation_id=_ID, kind=Kind.PAYMENT, terminal="bar", reference="bill-1", amount=Money(12500, "NOK"))
_REVERSAL = Order(operation_id=_ID, kind=Kind.REVERSAL, terminal="bar", reference="undo-1", target_receipt="000123")
_CAPTURE = Order(operation_id=_ID, kind=Kind.CAPTURE, terminal="bar", reference="day-1")
_DISPATCH = Dispatch(stamp_ms=17, moment=Moment(span="boot", ticks_ms=42), slot_before="empty")
_APPROVED = Reply(operation_id=_ID, ending=Ending.APPROVED, outcome_text="Approved", receipt_number="000123")
_DECLINED = Reply(operation_id=_ID, ending=Ending.DECLINED, outcome_text="Declined")
_UNCLEAR = Reply(operation_id=_ID, ending=None, outcome_text="Referred")


def written(*drafts: Draft) -> list[Fact]:
    """Facts as a journal would give them, a second apart."""
    return [
        Fact(
            seq=seq,
            at=f"2026-01-02T03:04:0{seq}.000Z",
            subject=draft.subject,
            kind=draft.kind,
            body=draft.body,
            digest="",
        )
        for seq, draft in enumerate(drafts)
    ]


def told(*drafts: Draft) -> Operation:
    """What they add up to."""
    return fold(written(*drafts))


_LOST = (
    facts.intended(_PAYMENT),
    facts.dispatched(_PAYMENT, _DISPATCH),
    facts.lost_track(_PAYMENT, "the line dropped"),
)


@pytest.mark.parametrize(
    ("order", "body"),
    [
        (
            _PAYMENT,
            {"kind": "payment", "terminal": "bar", "reference": "bill-1", "amount_minor": 12500, "currency": "NOK"},
        ),
        (_REVERSAL, {"kind": "reversal", "terminal": "bar", "reference": "undo-1", "target_receipt": "000123"}),
        (_CAPTURE, {"kind": "capture", "terminal": "bar", "reference": "day-1"}),
        (
            replace(_PAYMENT, amount=None, taken_over=True),
            {"kind": "payment", "terminal": "bar", "reference": "bill-1", "taken_over": True},
        ),
    ],
    ids=["payment", "reversal", "capture", "taken over"],
)
def test_an_order_is_read_back_as_it_was_written(order: Order, body: Mapping[str, Json]) -> None:
    """Whole, and with nothing in it that was not said."""
    draft = facts.intended(order)
    assert (draft.subject, draft.kind, draft.body) == (_ID, "Intended", body)
    operation = told(draft)
    assert (operation.order, operation.order.taken_over is True) == (order, order.taken_over)
    assert (operation.state, operation.opened_at, operation.updated_at) == (
        State.INTENDED,
        "2026-01-02T03:04:00.000Z",
        "2026-01-02T03:04:00.000Z",
    )


@pytest.mark.parametrize("witness", [None, (Kind.REFUND, "older")])
@pytest.mark.parametrize("mode", Mode)
def test_a_dispatch_is_read_back_as_it_was_written(witness: tuple[Kind, str] | None, mode: Mode) -> None:
    """Grace, fence and witness are counted from it after a crash."""
    dispatch = replace(_DISPATCH, witness=witness, mode=mode)
    draft = facts.dispatched(_PAYMENT, dispatch)
    known: dict[str, Json] = {"stamp_ms": 17, "span": "boot", "ticks_ms": 42, "slot_before": "empty", "mode": mode}
    seen = {"witness_kind": "refund", "witness": "older"} if witness else {}
    assert (draft.subject, draft.kind, draft.body) == (_ID, "Dispatched", {**known, **seen})
    operation = told(facts.intended(_PAYMENT), draft)
    assert (operation.dispatch, operation.state) == (dispatch, State.DISPATCHED)
    assert (operation.opened_at, operation.updated_at) == ("2026-01-02T03:04:00.000Z", "2026-01-02T03:04:01.000Z")


def test_a_dispatch_of_an_older_release_was_synchronous() -> None:
    """There was no other mode when its fact was written."""
    draft = facts.dispatched(_PAYMENT, _DISPATCH)
    old = replace(draft, body={key: value for key, value in draft.body.items() if key != "mode"})
    assert told(facts.intended(_PAYMENT), old).dispatch == _DISPATCH


def test_an_answer_is_evidence_by_itself() -> None:
    """The terminal replied to the order."""
    draft = facts.answered(_PAYMENT, _APPROVED, "approved, receipt 000123")
    assert (draft.kind, draft.body) == (
        "Answered",
        {"reply": _APPROVED.as_body(), "reason": "approved, receipt 000123"},
    )
    operation = told(*_LOST[:2], draft)
    assert (operation.state, operation.evidence, operation.reply, operation.reason) == (
        State.APPROVED,
        Evidence.REPLY,
        _APPROVED,
        "approved, receipt 000123",
    )


@pytest.mark.parametrize("refused", [True, False])
def test_what_was_not_delivered_says_why(*, refused: bool) -> None:
    """A refusal of the terminal is another evidence than a cable that is out."""
    evidence = Evidence.AUTHENTIC_REFUSAL if refused else Evidence.NOTHING_LEFT
    draft = facts.not_delivered(_PAYMENT, NotDelivered("busy", refused=refused))
    assert (draft.kind, draft.body) == ("NotDelivered", {"evidence": evidence, "reason": "busy"})
    operation = told(facts.intended(_PAYMENT), draft)
    assert (operation.state, operation.evidence, operation.reason) == (State.NOT_PERFORMED, evidence, "busy")


def test_a_lost_answer_is_the_lines_fault_unless_the_till_crashed() -> None:
    """Only a link that loses replies makes the automatic mode leave it."""
    lost, crashed = (
        facts.lost_track(_PAYMENT, "gone"),
        facts.lost_track(_PAYMENT, "the till stopped", crashed=True),
    )
    assert (lost.kind, lost.body, crashed.body) == (
        "LostTrack",
        {"reason": "gone"},
        {"reason": "the till stopped", "crashed": True},
    )
    assert [told(*_LOST[:2], draft).link_lost for draft in (lost, crashed)] == [True, False]


def test_a_request_to_abort_changes_no_state() -> None:
    """Whatever the terminal answered, only the outcome tells what became of it."""
    draft = facts.abort_requested(_PAYMENT, "accepted")
    assert (draft.kind, draft.body) == ("AbortRequested", {"answer": "accepted"})
    assert told(*_LOST, draft) == replace(told(*_LOST), updated_at="2026-01-02T03:04:03.000Z")


@pytest.mark.parametrize("evidence", [Evidence.LATEST_SLOT, Evidence.STATUS_BY_ID])
def test_what_was_seen_names_its_row_and_where(evidence: Evidence) -> None:
    """In the slot, or asked by its id; facts of an older release only knew the slot."""
    draft = facts.seen(told(*_LOST), _APPROVED, evidence, row="found", reason="approved")
    assert (draft.subject, draft.kind, draft.body) == (
        _ID,
        "Seen",
        {"row": "found", "evidence": evidence, "reply": _APPROVED.as_body(), "reason": "approved"},
    )
    assert told(*_LOST, draft).evidence is evidence
    old = replace(draft, body={key: value for key, value in draft.body.items() if key != "evidence"})
    assert told(*_LOST, old).evidence is Evidence.LATEST_SLOT


def test_an_absence_names_its_row_and_its_evidence() -> None:
    """So that a person can look the rule up."""
    draft = facts.proven_absent(told(*_LOST), Evidence.FENCED_ABSENCE, row="absent", reason="gone")
    assert (draft.subject, draft.kind, draft.body) == (
        _ID,
        "ProvenAbsent",
        {"row": "absent", "evidence": Evidence.FENCED_ABSENCE, "reason": "gone"},
    )
    assert told(*_LOST, draft).state is State.NOT_PERFORMED


@pytest.mark.parametrize("shown", [None, _UNCLEAR])
def test_what_a_person_has_to_rule_on_keeps_what_was_shown(shown: Reply | None) -> None:
    """An unknown word is all that there is to go by."""
    draft = facts.escalated(told(*_LOST), shown, row="forgotten", reason="wiped")
    reply = {"reply": shown.as_body()} if shown else {}
    assert (draft.subject, draft.kind, draft.body) == (
        _ID,
        "Escalated",
        {"row": "forgotten", "reason": "wiped", **reply},
    )
    operation = told(*_LOST, draft)
    assert (operation.state, operation.reply, operation.reason) == (State.ESCALATED, shown, "wiped")


def test_a_ruling_names_who_ruled_and_ends_an_alarm() -> None:
    """Somebody will ask."""
    lost = told(*_LOST)
    draft = facts.ruled(lost, State.APPROVED, by="Kari", reason="saw the slip")
    assert (draft.subject, draft.kind, draft.body) == (
        _ID,
        "Ruled",
        {"outcome": State.APPROVED, "by": "Kari", "reason": "saw the slip"},
    )
    operation = told(*_LOST, draft)
    assert (operation.state, operation.evidence, operation.reason, operation.alarm) == (
        State.APPROVED,
        Evidence.PERSON,
        "Kari ruled: saw the slip",
        None,
    )


@pytest.mark.parametrize(
    ("before", "shown", "state", "evidence", "reason"),
    [
        (_DECLINED, _APPROVED, State.APPROVED, Evidence.LATEST_SLOT, "LATE SUCCESS"),
        (_APPROVED, _DECLINED, State.APPROVED, Evidence.REPLY, "answered"),
        (_APPROVED, _APPROVED, State.APPROVED, Evidence.REPLY, "answered"),
        (_DECLINED, _UNCLEAR, State.DECLINED, Evidence.REPLY, "answered"),
    ],
    ids=["money after all", "no money after all", "the same", "an unknown word"],
)
def test_a_contradiction_is_an_alarm_and_money_that_moved_is_the_truth(
    before: Reply, shown: Reply, state: State, evidence: Evidence, reason: str
) -> None:
    """Any other contradiction is for a person to weigh."""
    final = (*_LOST[:2], facts.answered(_PAYMENT, before, "answered"))
    draft = facts.contradicted(told(*final), shown, row="contradicted", reason="LATE SUCCESS")
    assert (draft.subject, draft.kind, draft.body) == (
        _ID,
        "Contradicted",
        {"row": "contradicted", "reply": shown.as_body(), "reason": "LATE SUCCESS"},
    )
    operation = told(*final, draft)
    assert (operation.state, operation.evidence, operation.reason) == (state, evidence, reason)
    assert (operation.alarm, operation.reply, operation.unsettled) == ("LATE SUCCESS", shown, True)


def test_an_unknown_word_is_never_taken_for_an_ending() -> None:
    """A fold that met one would be a fault of ours, and says so."""
    with pytest.raises(ImpossibleHistory, match=r"^'Referred' is no ending$"):
        ended(_UNCLEAR)
    cancelled = replace(_DECLINED, ending=Ending.CANCELLED)
    assert [ended(reply) for reply in (_APPROVED, _DECLINED, cancelled)] == [
        State.APPROVED,
        State.DECLINED,
        State.CANCELLED,
    ]


def test_an_operation_without_facts_does_not_exist() -> None:
    """Nor does one that begins in the middle, or has a fact of another release."""
    stranger: Any = Draft(subject=_ID, kind="Teleported", body={})
    for drafts, sentence in (
        ((), "an operation without facts does not exist"),
        ((facts.dispatched(_PAYMENT, _DISPATCH),), f"{_ID}: Dispatched cannot follow the state nothing"),
        ((facts.intended(_PAYMENT),) * 2, f"{_ID}: Intended cannot follow the state intended"),
        ((stranger,), f"{_ID}: 'Teleported' is not a fact that this release knows"),
    ):
        with pytest.raises(ImpossibleHistory) as caught:
            told(*drafts)
        assert str(caught.value) == sentence
