"""The story of an operation: every fact is a sentence, every outcome has advice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from engine import Evidence, FactKind, Kind, Money, Operation, Order, Reply, State, fold, outcome_of
from journal import Fact
from recovery import VERDICTS
from tests.cli.shop import Shop
from tools.cli.story import lines, tell
from tools.cli.words import EVIDENCE, advice

ORDER = Order(
    operation_id="11111111-2222-4333-8444-555555555555",
    kind=Kind.PAYMENT,
    terminal="bar",
    reference="bill-1042",
    amount=Money(12500, "NOK"),
)
REPLY: dict[str, Any] = {
    "operation_id": ORDER.operation_id,
    "ending": "approved",
    "outcome_text": "Approved",
    "receipt_number": "000123",
}
DISPATCH: dict[str, Any] = {"stamp_ms": 1_735_819_445_678, "span": "x", "ticks_ms": 1, "slot_before": "empty"}


@pytest.fixture
def oslo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in Oslo."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no zone for each process")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


def history(*told: tuple[FactKind, dict[str, Any]]) -> list[Fact]:
    """An operation's facts, a second apart, over the change to summer time."""
    intended: tuple[FactKind, dict[str, Any]] = (
        FactKind.INTENDED,
        {"kind": "payment", "terminal": "bar", "reference": "bill-1042", "amount_minor": 12500, "currency": "NOK"},
    )
    return [
        Fact(
            seq=number,
            at=f"2025-03-30T00:59:{57 + number:02d}.512Z" if number < 3 else f"2025-03-30T01:00:{number:02d}.512Z",
            subject=ORDER.operation_id,
            kind=kind,
            body=body,
            digest="",
        )
        for number, (kind, body) in enumerate((intended, *told), start=1)
    ]


def test_story_of_every_fact_is_a_sentence(oslo: None) -> None:
    """Each kind of fact is told in words; times are local, and a new offset has a heading of its own."""
    facts = history(
        (FactKind.DISPATCHED, DISPATCH),
        (FactKind.LOST_TRACK, {"reason": "no complete reply in time"}),
        (FactKind.ESCALATED, {"row": "found unclear", "reason": "nobody knows this outcome", "reply": REPLY}),
        (FactKind.SEEN, {"row": "found", "reply": REPLY, "reason": "approved"}),
        (FactKind.CONTRADICTED, {"row": "contradicted", "reply": REPLY, "reason": "LATE SUCCESS: after all"}),
        (FactKind.RULED, {"outcome": "not_performed", "by": "Kari", "reason": "money went back"}),
    )
    assert "\n".join(lines(tell(fold(facts), facts, str))).splitlines() == [
        "2025-03-30, times are UTC+01:00",
        "  01:59:58.512  we took it on: payment of 125.00 NOK on bar, bill-1042",
        "  01:59:59.512  the order was about to leave in sync mode, stamped",
        "                13:04:05.678; the terminal's memory of payments showed no",
        "                earlier one",
        "2025-03-30, times are UTC+02:00",
        "  03:00:03.512  we lost track of it: no complete reply in time",
        "  03:00:04.512  given to a person: nobody knows this outcome (it shows:",
        "                approved, receipt 000123)",
        '                - decided by the row "found unclear" of the table (escalate)',
        "  03:00:05.512  found in the terminal's memory: approved, receipt 000123",
        "                - evidence: the terminal's memory, which shows it under our id",
        '                - decided by the row "found" of the table (adopt)',
        "  03:00:06.512  ALARM. LATE SUCCESS: after all",
        "                - evidence: the terminal's memory, which shows it under our id",
        '                - decided by the row "contradicted" of the table (alarm)',
        "  03:00:07.512  Kari ruled that it is not performed: money went back",
        "                - evidence: a person's ruling",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        (FactKind.ANSWERED, {"reply": REPLY, "reason": ""}, "answer: approved, receipt 000123"),
        (
            FactKind.NOT_DELIVERED,
            {"evidence": "nothing_left", "reason": "no connection"},
            "the terminal did not take it: no connection",
        ),
    ],
)
def test_story_of_a_plain_ending(kind: FactKind, body: dict[str, Any], told: str) -> None:
    """The last chapter is the ending."""
    facts = history((FactKind.DISPATCHED, DISPATCH), (kind, body))
    assert tell(fold(facts), facts, str)[-1].text == told


def test_story_of_an_aborted_asynchronous_payment() -> None:
    """The mode, the request and the terminal's word to it, and that the question by id told the rest."""
    facts = history(
        (FactKind.DISPATCHED, {**DISPATCH, "mode": "async"}),
        (FactKind.ABORT_REQUESTED, {"answer": "accepted"}),
        (FactKind.ABORT_REQUESTED, {"answer": "too_late"}),
        (FactKind.LOST_TRACK, {"reason": "the till stopped", "crashed": True}),
        (FactKind.SEEN, {"row": "found", "evidence": "status_by_id", "reply": REPLY, "reason": "approved"}),
    )
    story = tell(fold(facts), facts, str)
    assert story[1].text.startswith("the order was about to leave in async mode, stamped ")
    assert [chapter.text for chapter in story[2:]] == [
        "we asked the terminal to abort it: accepted",
        "we asked the terminal to abort it: too late",
        "a crash: the till stopped",
        "the terminal tells it by our id: approved, receipt 000123",
    ]
    assert story[-1].evidence == "status_by_id"


def test_story_of_a_proven_absence() -> None:
    """Why it did not happen is told in the words of the proof."""
    facts = history(
        (FactKind.DISPATCHED, {**DISPATCH, "witness_kind": "refund", "witness": "bill-7"}),
        (FactKind.LOST_TRACK, {"reason": "lost"}),
        (FactKind.PROVEN_ABSENT, {"row": "absent", "evidence": "fenced_absence", "reason": "unchanged"}),
    )
    story = tell(fold(facts), facts, str)
    assert story[1].text.endswith("showed no earlier one, and that of refunds bill-7")
    assert (story[-1].text, story[-1].evidence, story[-1].row) == (
        "it did not happen: unchanged",
        "fenced_absence",
        "absent",
    )


def test_every_evidence_has_words() -> None:
    """A new kind of evidence cannot be forgotten here."""
    assert set(EVIDENCE) == set(Evidence)


def test_every_row_that_is_written_is_in_the_table() -> None:
    """The labels in facts are those of the table of decisions."""
    assert {"found", "absent", "overwritten", "contradicted"} <= {row.label for row in VERDICTS}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_outcome_has_advice(kind: Kind, state: State) -> None:
    """Whatever became of whatever, there is a sentence that says what to do; doubt never invites to do it again."""
    amount = Money(1, "NOK") if kind in {Kind.PAYMENT, Kind.REFUND} else None
    order = Order(
        operation_id="id",
        kind=kind,
        terminal="bar",
        reference="two words",
        amount=amount,
        target_receipt="000123" if kind is Kind.REVERSAL else None,
    )
    operation = Operation(order=order, state=state, opened_at="", updated_at="", reply=Reply.from_body(REPLY))
    told = advice(outcome_of(operation))
    assert told
    if state in {State.INTENDED, State.DISPATCHED, State.LOST}:
        assert "again; run `tillproof recover`" in told
    if state is State.ESCALATED:
        assert "tillproof resolve 'two words'" in told


def test_explain_is_show(shop: Shop) -> None:
    """Whoever looks for the story under its other name finds it."""
    shop.pay()
    assert shop.run("explain", "bill-1042").out == shop.run("show", "bill-1042").out
    assert "APPROVED" in shop.run("explain", "bill-1042").out
