"""Looking: how what a terminal shows compares with what is on record, and when that is shouted."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from engine import (
    Dispatch,
    Ending,
    Evidence,
    Kind,
    Operation,
    Reply,
    Slot,
    State,
    facts,
)
from recovery import Sighting, Standing
from recovery.looking import Lookout, sighting_of_ours, standing
from tests.recovery.scripted import (
    APPROVED,
    DECLINED,
    NOTHING,
    OLDER,
    ORDER,
    OURS,
    STAMP_MS,
    UNCLEAR,
    Records,
    ScriptedTerminal,
    StandingClock,
    shown,
)


class Desk:
    """A book in which one payment stands as it is wanted, and a terminal whose payment slot shows something."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.records = Records(self.clock)
        self.lookout = Lookout(self.records.book)

    def operation(self, stage: str) -> Operation:
        """The payment at a stage of its life."""
        dispatch = Dispatch(stamp_ms=STAMP_MS, moment=self.clock.moment(), slot_before="older")
        match stage:
            case "intended":
                return self.records.write()
            case "dispatched":
                return self.records.write(dispatch=dispatch)
            case "approved":
                return self.records.write(ORDER, facts.answered(ORDER, APPROVED, "approved"), dispatch=dispatch)
            case "declined":
                return self.records.write(ORDER, facts.answered(ORDER, DECLINED, "declined"), dispatch=dispatch)
            case _:
                lost = self.records.write(ORDER, facts.lost_track(ORDER, "the line dropped"), dispatch=dispatch)
                return self._settled(lost, stage)

    def _settled(self, lost: Operation, stage: str) -> Operation:
        drafts = {
            "escalated": facts.escalated(lost, None, row="forgotten", reason="wiped"),
            "absent": facts.proven_absent(lost, Evidence.FENCED_ABSENCE, row="absent", reason="gone"),
            "ruled away": facts.ruled(lost, State.NOT_PERFORMED, by="Kari", reason="the guest paid cash"),
            "ruled paid": facts.ruled(lost, State.APPROVED, by="Kari", reason="saw the slip"),
        }
        return lost if stage == "lost" else self.records.book.record(lost, drafts[stage])

    def look(self, *slots: Slot, shared: bool = False, **question: Any) -> Slot:
        """Look into the slot."""
        self.terminal = ScriptedTerminal(slots={Kind.PAYMENT: slots}, shared=shared)
        return self.lookout.latest(self.terminal, Kind.PAYMENT, **question)


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("intended", Standing.UNSENT),
        ("dispatched", Standing.OPEN),
        ("lost", Standing.OPEN),
        ("escalated", Standing.ESCALATED),
        ("approved", Standing.FINAL),
        ("declined", Standing.FINAL),
        ("absent", Standing.FINAL),
        ("ruled away", Standing.FINAL),
    ],
)
def test_every_state_has_its_standing(stage: str, expected: Standing) -> None:
    """What our facts say of it, in the words of the decision table."""
    assert standing(Desk().operation(stage)) is expected


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        ("lost", APPROVED, Sighting.OURS),
        ("lost", DECLINED, Sighting.OURS),
        ("lost", UNCLEAR, Sighting.OURS_UNCLEAR),
        ("escalated", UNCLEAR, Sighting.OURS_UNCLEAR),
        ("approved", APPROVED, Sighting.OURS),
        ("approved", replace(APPROVED, receipt_number="000999"), Sighting.OURS),
        ("approved", DECLINED, Sighting.OURS_OTHERWISE),
        ("approved", UNCLEAR, Sighting.OURS_UNCLEAR),
        ("declined", APPROVED, Sighting.OURS_OTHERWISE),
        ("absent", APPROVED, Sighting.OURS_OTHERWISE),
        ("absent", UNCLEAR, Sighting.OURS_OTHERWISE),
        ("ruled away", UNCLEAR, Sighting.OURS_UNCLEAR),
        ("ruled away", APPROVED, Sighting.OURS_OTHERWISE),
        ("ruled paid", APPROVED, Sighting.OURS),
        ("ruled paid", UNCLEAR, Sighting.OURS_UNCLEAR),
    ],
)
def test_what_is_shown_under_our_id_is_compared_with_what_is_on_record(
    stage: str, reply: Reply, expected: Sighting
) -> None:
    """An unknown word contradicts only a proof that nothing happened; another ending contradicts every other one."""
    assert sighting_of_ours(Desk().operation(stage), reply) is expected


def test_the_very_word_that_raised_an_alarm_raises_no_second_one() -> None:
    """A ruling on an alarm would otherwise be contradicted by the next look at the same slot."""
    desk = Desk()
    desk.operation("declined")
    desk.look(shown(APPROVED))
    operation = desk.records.book.get(OURS)
    assert (operation.state, operation.alarm is not None) == (State.APPROVED, True)
    again = desk.records.book.record(
        operation, facts.ruled(operation, State.DECLINED, by="Kari", reason="money came back")
    )
    assert sighting_of_ours(again, APPROVED) is Sighting.OURS
    written = len(list(desk.records.journal.facts()))
    desk.look(shown(APPROVED))
    assert len(list(desk.records.journal.facts())) == written


def test_the_question_carries_the_stamp_that_it_was_given() -> None:
    """A stamp below that of the order fences nothing."""
    desk = Desk()
    assert desk.look(OLDER, after_ms=STAMP_MS) == OLDER
    assert desk.terminal.asked == [("latest", Kind.PAYMENT, STAMP_MS)]


def test_money_that_moved_after_all_is_shouted_and_written(caplog: pytest.LogCaptureFixture) -> None:
    """The loudest thing that recovery can find: with the row, both endings and the receipt."""
    desk = Desk()
    desk.operation("absent")
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="tillproof"):
        desk.look(shown(APPROVED))
    reason = (
        f"LATE SUCCESS: on record as {State.NOT_PERFORMED} ({Evidence.FENCED_ABSENCE}), "
        "and the terminal shows approved, receipt 000123"
    )
    assert desk.records.last() == (
        "Contradicted",
        {"row": "contradicted", "reply": APPROVED.as_body(), "reason": reason},
    )
    assert [record.getMessage() for record in caplog.records] == [
        (
            f"event='operation.contradicted' operation_id='{OURS}' reference='bill-1' "
            f"recorded={State.NOT_PERFORMED!r} shown='Approved' receipt_number='000123'"
        )
    ]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_another_ending_without_money_is_a_contradiction() -> None:
    """On record as approved, and declined at the terminal: a person has to look."""
    desk = Desk()
    desk.operation("approved")
    desk.look(shown(DECLINED))
    operation = desk.records.book.get(OURS)
    assert operation.state is State.APPROVED
    assert operation.alarm == (
        f"CONTRADICTION: on record as {State.APPROVED} ({Evidence.REPLY}), and the terminal shows declined"
    )


@pytest.mark.parametrize("stage", ["lost", "escalated"])
def test_what_is_not_final_is_not_contradicted(stage: str) -> None:
    """Settling takes it up from there."""
    desk = Desk()
    desk.operation(stage)
    written = len(list(desk.records.journal.facts()))
    desk.look(shown(APPROVED))
    assert len(list(desk.records.journal.facts())) == written


def test_nothing_is_no_stranger(caplog: pytest.LogCaptureFixture) -> None:
    """An empty slot has an identity as well, and that is in no journal."""
    with caplog.at_level(logging.WARNING, logger="tillproof"):
        Desk().look(NOTHING)
    assert caplog.records == []


def test_nothing_and_what_is_not_ours_are_only_looked_at() -> None:
    """No operation of ours has that identity."""
    desk = Desk()
    desk.operation("approved")
    written = len(list(desk.records.journal.facts()))
    assert desk.look(NOTHING) == NOTHING
    foreign = shown(Reply(operation_id="foreign", ending=Ending.APPROVED, outcome_text="Approved"))
    assert desk.look(foreign) == foreign
    assert len(list(desk.records.journal.facts())) == written


def test_a_stranger_is_noticed_once_where_nobody_else_should_be(caplog: pytest.LogCaptureFixture) -> None:
    """At a terminal that others use, strangers are what is to be expected."""
    desk = Desk()
    newer = replace(OLDER, identity="newer")
    with caplog.at_level(logging.INFO, logger="tillproof"):
        desk.look(OLDER)
        desk.look(OLDER)
        desk.look(newer)
        desk.look(replace(OLDER, identity="newest"), shared=True)
    assert [record.getMessage() for record in caplog.records] == [
        f"event='terminal.stranger_seen' terminal='bar' kind={Kind.PAYMENT!r} identity={identity!r}"
        for identity in ("older", "newer")
    ]


def test_what_stands_in_an_archive_is_no_stranger(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ours, though no fact of it is left here."""
    desk = Desk()
    monkeypatch.setattr(desk.lookout._book, "archived", {OLDER.identity: "2025.journal"}.get)
    with caplog.at_level(logging.INFO, logger="tillproof"):
        desk.look(OLDER)
    assert caplog.records == []
    assert desk.lookout.stranger(desk.terminal, Kind.PAYMENT, OLDER) is None


@pytest.mark.parametrize(("receipt_number", "receipt"), [("000123", ", receipt 000123"), (None, "")])
def test_a_stranger_is_told_with_both_things_that_it_may_mean(receipt_number: str | None, receipt: str) -> None:
    """Another till, or an older copy of the journal; the receipt tells which payment it was, where there is one."""
    desk = Desk()
    desk.operation("approved")
    slot = shown(replace(APPROVED, operation_id="foreign", receipt_number=receipt_number))
    desk.look(slot)
    assert desk.lookout.stranger(desk.terminal, Kind.PAYMENT, slot) == (
        f"bar shows a payment (approved{receipt}) that is not in this journal. "
        "Either somebody else uses this terminal: then set shared = true for it. Or this journal is an older copy "
        "and lacks what was done after it: then put the newest one back, or compare with the terminal's receipts"
    )


def test_ours_nothing_and_what_is_shared_are_no_strangers() -> None:
    """There is nothing to tell."""
    desk = Desk()
    desk.operation("approved")
    desk.look(OLDER, shared=True)
    assert desk.lookout.stranger(desk.terminal, Kind.PAYMENT, OLDER) is None
    desk.look(NOTHING)
    assert desk.lookout.stranger(desk.terminal, Kind.PAYMENT, NOTHING) is None
    assert desk.lookout.stranger(desk.terminal, Kind.PAYMENT, shown(APPROVED)) is None
