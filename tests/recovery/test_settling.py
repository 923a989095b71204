"""Settling one operation: what is asked, in which order and with which stamp, and the fact that comes of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from engine import (
    AbortAnswer,
    Activity,
    Dispatch,
    Evidence,
    Kind,
    Mode,
    NotDelivered,
    Operation,
    Progress,
    State,
    Status,
    Unconfirmed,
    facts,
)
from recovery.looking import Lookout
from recovery.settling import Settled, Settler
from tests.recovery.scripted import (
    APPROVED,
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

_LOST = facts.lost_track(ORDER, "the line dropped")


class Desk:
    """One lost payment at a scripted terminal."""

    def __init__(self, *, witness: tuple[Kind, str] | None = None, mode: Mode = Mode.SYNC, **script: Any) -> None:
        self.clock = StandingClock()
        self.records = Records(self.clock)
        self.terminal = ScriptedTerminal(**script)
        self.dispatch = Dispatch(
            stamp_ms=STAMP_MS, moment=self.clock.moment(), slot_before="older", witness=witness, mode=mode
        )
        self.settler = Settler(
            book=self.records.book,
            terminals={"bar": self.terminal},
            clock=self.clock,
            lookout=Lookout(self.records.book),
        )

    def settle(self, operation: Operation | None = None, *, patience_s: float = 0.0) -> Settled:
        """Settle it, or another one; at once, unless there is patience."""
        operation = operation or self.records.write(ORDER, _LOST, dispatch=self.dispatch)
        return self.settler.settle(operation, patience_s=patience_s)

    def empty_before(self, **changes: Any) -> Operation:
        """The same payment, on a terminal whose slot was empty when it left."""
        dispatch = replace(self.dispatch, slot_before="empty", **changes)
        return self.records.write(ORDER, _LOST, dispatch=dispatch)


def slots(**kinds: Any) -> Mapping[Kind, Any]:
    """What the slots show, by the name of their kind."""
    return {Kind(kind): answers for kind, answers in kinds.items()}


def test_a_payment_of_a_till_that_stopped_is_first_written_down_as_lost() -> None:
    """By a crash and not by the line, so that the link is not blamed for it."""
    desk = Desk(slots=slots(payment=[shown(APPROVED)]))
    settled = desk.settle(desk.records.write(dispatch=desk.dispatch))
    lost = list(desk.records.journal.facts())[2]
    assert (lost.kind, lost.body) == (
        "LostTrack",
        {
            "reason": "the till stopped before an answer was on record",
            "crashed": True,
            "span": "boot 1",
            "ticks_ms": 1_000_000,
        },
    )
    assert settled.operation.state is State.APPROVED


def test_what_the_terminal_shows_under_our_id_is_adopted() -> None:
    """With the row that decided, the reply itself, and the sentence for people."""
    desk = Desk(slots=slots(payment=[shown(APPROVED)]))
    settled = desk.settle()
    assert desk.records.last() == (
        "Seen",
        {
            "row": "found",
            "evidence": Evidence.LATEST_SLOT,
            "reply": APPROVED.as_body(),
            "reason": "approved, receipt 000123",
        },
    )
    assert (settled.row.label, settled.hopeless) == ("found", False)
    assert settled.because == "the terminal shows it under our id"


def test_what_is_simply_there_is_settled_by_one_question() -> None:
    """Whether anything runs does not matter then."""
    desk = Desk(slots=slots(payment=[shown(APPROVED)]))
    desk.settle()
    assert desk.terminal.asked == [("latest", Kind.PAYMENT, STAMP_MS)]


def test_what_is_being_settled_is_not_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever settles it knows what is on record of it, and a guest waits."""
    desk = Desk(slots=slots(payment=[shown(APPROVED)]))
    monkeypatch.setattr(desk.records.book, "by_id", Mock(side_effect=AssertionError("looked up")))
    assert desk.settle().row.label == "found"


def test_a_slot_proves_an_absence_only_after_the_activity_and_all_questions_are_newer_than_the_order() -> None:
    """A payment may end between the first look and the question whether anything runs."""
    desk = Desk(slots=slots(payment=[OLDER]))
    assert desk.settle().row.label == "absent"
    assert desk.terminal.asked == [
        ("latest", Kind.PAYMENT, STAMP_MS),
        ("activity", STAMP_MS),
        ("latest", Kind.PAYMENT, STAMP_MS),
    ]
    ended_between = Desk(slots=slots(payment=[OLDER, shown(APPROVED)]))
    assert ended_between.settle().row.label == "found"


def test_a_terminal_that_does_not_say_whether_anything_runs_is_asked_for_its_slot_once() -> None:
    """Only the grace proves anything there, and it was over, or not, before the question."""
    desk = Desk(activities=[Activity.UNTOLD], slots=slots(payment=[OLDER]))
    assert desk.settle().row.label == "not yet, left"
    assert desk.terminal.asked == [("latest", Kind.PAYMENT, STAMP_MS), ("activity", STAMP_MS)]


def test_an_absence_is_written_with_its_row_and_everything_that_it_leans_on() -> None:
    """What went wrong first, what the terminal shows, and why it can no longer happen."""
    desk = Desk(slots=slots(payment=[OLDER]))
    settled = desk.settle()
    because = (
        "the line dropped; after that, the terminal still shows what it showed before, and this can no longer happen: "
        "it can no longer arrive, and nothing is running"
    )
    assert settled.because == because
    assert desk.records.last() == (
        "ProvenAbsent",
        {"row": "absent", "evidence": Evidence.FENCED_ABSENCE, "reason": because},
    )


def test_an_absence_without_a_fence_is_told_as_one_after_the_grace() -> None:
    """The grace is over at its very end, and not before."""
    desk = Desk(slots=slots(payment=[OLDER]), fences=False, activities=[Activity.UNTOLD])
    operation = desk.records.write(ORDER, _LOST, dispatch=desk.dispatch)
    desk.clock.ticks_ms += 179_999
    assert desk.settle(operation).row.label == "not yet, left"
    desk.clock.ticks_ms += 1
    assert desk.settle(operation).row.label == "absent"
    assert desk.records.last()[1]["evidence"] == Evidence.ABSENCE_AFTER_GRACE


def test_without_a_fence_an_idle_terminal_proves_nothing_within_the_grace() -> None:
    """The order may still be on its way."""
    assert Desk(slots=slots(payment=[OLDER]), fences=False).settle().row.label == "not yet, left"


def test_what_was_never_dispatched_is_settled_as_not_sent() -> None:
    """Nothing is asked, and it is no refusal of the terminal."""
    desk = Desk()
    settled = desk.settle(desk.records.write())
    reason = "its dispatch was never written, so it cannot have left"
    assert desk.records.last() == ("NotDelivered", {"evidence": Evidence.NOTHING_LEFT, "reason": reason})
    assert (desk.terminal.asked, settled.because, settled.row.label) == ([], reason, "never dispatched")


def test_an_unknown_word_goes_to_a_person_with_what_was_shown() -> None:
    """Who has to rule sees the reply."""
    desk = Desk(slots=slots(payment=[shown(UNCLEAR)]))
    desk.settle()
    reason = "the terminal shows it under our id, with an outcome that nobody here knows"
    assert desk.records.last() == (
        "Escalated",
        {"row": "found unclear", "reason": reason, "reply": UNCLEAR.as_body()},
    )


def test_somebody_elses_operation_is_not_kept_as_the_answer_to_ours() -> None:
    """What a foreign slot shows is not about us."""
    foreign = shown(replace(APPROVED, operation_id="newer"))
    desk = Desk(slots=slots(payment=[foreign]))
    assert desk.settle().row.label == "overwritten"
    kind, body = desk.records.last()
    assert (kind, body["row"], body.get("reply")) == ("Escalated", "overwritten", None)


def test_a_slot_that_was_emptied_is_forgotten() -> None:
    """It showed something, and shows nothing now."""
    assert Desk(slots=slots(payment=[NOTHING])).settle().row.label == "forgotten"


@pytest.mark.parametrize(
    ("silence", "hopeless"),
    [
        (NotDelivered("the cable is out", refused=False), False),
        (Unconfirmed("no reply in 15 s"), False),
        (Unconfirmed("the keys are refused", hopeless=True), True),
    ],
    ids=["unsent", "unanswered", "refused"],
)
def test_silence_is_told_by_its_reason_and_writes_nothing(silence: Any, *, hopeless: bool) -> None:
    """The operation stays as it is; whether asking again is of use is told apart."""
    desk = Desk(activities=[silence])
    settled = desk.settle()
    assert (settled.row.label, settled.hopeless) == ("silent, left", hopeless)
    assert settled.because == f"the terminal does not answer, and nobody waits any longer: {silence.reason}"
    assert desk.records.last()[0] == "LostTrack"


def test_a_terminal_that_refuses_our_keys_is_not_asked_again_whatever_patience_there_is() -> None:
    """Wrong keys block it."""
    desk = Desk(slots=slots(payment=[Unconfirmed("the keys are refused", hopeless=True)]))
    assert desk.settle(patience_s=60).hopeless
    assert len(desk.terminal.asked) == 1


def test_patience_is_spent_on_further_rounds_with_growing_pauses() -> None:
    """A guest takes seconds; the longest pause is two."""
    desk = Desk(activities=[*[Activity.BUSY] * 3, Activity.IDLE], slots=slots(payment=[OLDER]))
    assert desk.settle(patience_s=30).row.label == "absent"
    assert desk.clock.slept == pytest.approx([0.1, 0.15, 0.225])
    waiting = Desk(activities=[Activity.BUSY], slots=slots(payment=[OLDER]))
    assert waiting.settle(patience_s=20).row.label == "not yet, left"
    assert max(waiting.clock.slept) == 2.0


def test_an_empty_slot_proves_an_absence_only_while_the_terminal_cannot_have_forgotten() -> None:
    """Within the time of a restart it cannot; at its very end it can."""
    desk = Desk()
    operation = desk.empty_before()
    desk.clock.ticks_ms += 20_000
    assert desk.settle(operation).row.label == "empty, unsure"
    young = Desk()
    operation = young.empty_before()
    young.clock.ticks_ms += 19_999
    assert young.settle(operation).row.label == "absent, empty"
    assert young.terminal.asked == [
        ("latest", Kind.PAYMENT, STAMP_MS),
        ("activity", STAMP_MS),
        ("latest", Kind.PAYMENT, STAMP_MS),
        ("latest", Kind.CAPTURE, STAMP_MS),
    ]


def test_a_capture_in_between_makes_an_empty_slot_prove_nothing() -> None:
    """It wipes the memory as a restart does, and takes no time."""
    desk = Desk(slots=slots(capture=[OLDER]))
    assert desk.settle(desk.empty_before()).row.label == "empty, unsure"


def test_a_witness_that_is_still_there_proves_that_nothing_was_forgotten() -> None:
    """Also after the time of a restart; and it is asked for with a newer stamp than the order."""
    desk = Desk(slots=slots(refund=[OLDER]))
    operation = desk.empty_before(witness=(Kind.REFUND, "older"))
    desk.clock.ticks_ms += 60_000
    assert desk.settle(operation).row.label == "absent, empty"
    assert desk.terminal.asked[-2:] == [
        ("latest", Kind.CAPTURE, STAMP_MS),
        ("latest", Kind.REFUND, STAMP_MS),
    ]


def test_a_witness_that_is_gone_or_of_no_use_proves_nothing() -> None:
    """It shows something else, or a restart does not wipe all slots at once."""
    gone = Desk()
    operation = gone.empty_before(witness=(Kind.REFUND, "older"))
    gone.clock.ticks_ms += 60_000
    assert gone.settle(operation).row.label == "empty, unsure"
    useless = Desk(slots=slots(refund=[OLDER]), wiped_whole=False)
    operation = useless.empty_before(witness=(Kind.REFUND, "older"))
    useless.clock.ticks_ms += 60_000
    assert useless.settle(operation).row.label == "empty, unsure"


def test_a_capture_that_was_there_before_is_a_witness_too() -> None:
    """What the slot of captures showed when the order left, it must show still."""
    desk = Desk(slots=slots(capture=[OLDER]))
    operation = desk.empty_before(witness=(Kind.CAPTURE, "older"))
    desk.clock.ticks_ms += 60_000
    assert desk.settle(operation).row.label == "absent, empty"


def test_an_asynchronous_payment_is_asked_for_by_its_id_and_no_slot_is_needed() -> None:
    """The answer is evidence of its own kind."""
    desk = Desk(mode=Mode.ASYNC, statuses=[Status(progress=Progress.FINISHED, reply=APPROVED)])
    assert desk.settle().row.label == "found"
    assert desk.terminal.asked == [("status", OURS, STAMP_MS)]
    assert desk.records.last()[1]["evidence"] == Evidence.STATUS_BY_ID


def test_an_asynchronous_payment_that_runs_is_waited_for() -> None:
    """As long as there is patience; then it stays in doubt."""
    desk = Desk(mode=Mode.ASYNC, statuses=[Status(progress=Progress.RUNNING)])
    settled = desk.settle()
    assert settled.row.label == "running, left"
    assert desk.settle(settled.operation, patience_s=1).row.label == "running, left"
    assert desk.clock.slept != []


def test_an_id_that_the_terminal_does_not_know_is_no_answer() -> None:
    """Then the slot is asked, as for any other."""
    desk = Desk(mode=Mode.ASYNC, statuses=[Status(progress=Progress.UNKNOWN)], slots=slots(payment=[OLDER]))
    assert desk.settle().row.label == "absent"
    assert [question[0] for question in desk.terminal.asked] == ["status", "latest", "activity", "latest"]


@pytest.mark.parametrize("mode", Mode)
def test_a_lost_payment_that_runs_is_cut_short_once_where_that_is_wanted(mode: Mode) -> None:
    """By its own id and in its own mode; what became of it is then asked for as before."""
    running = Status(progress=Progress.RUNNING)
    finished = Status(progress=Progress.FINISHED, reply=APPROVED)
    desk = Desk(
        mode=mode,
        aborts_lost=True,
        activities=[Activity.BUSY, Activity.BUSY, Activity.IDLE],
        slots=slots(payment=[*[OLDER] * 4, shown(APPROVED)]),
        statuses=[running, running, finished],
        aborts=[AbortAnswer.ACCEPTED],
    )
    assert desk.settle(patience_s=30).operation.state is State.APPROVED
    assert [asked for asked in desk.terminal.asked if asked[0] == "abort"] == [("abort", OURS, mode)]
    asked = [fact.body for fact in desk.records.journal.facts() if fact.kind == "AbortRequested"]
    assert asked == [{"answer": "accepted"}]


@pytest.mark.parametrize("wanted", [True, False])
def test_nothing_is_cut_short_unless_it_runs_and_that_is_wanted(*, wanted: bool) -> None:
    """An order that may still arrive does not run yet."""
    activities = [Activity.UNTOLD] if wanted else [Activity.BUSY]
    desk = Desk(aborts_lost=wanted, activities=activities, slots=slots(payment=[OLDER]))
    desk.settle(patience_s=1)
    assert [asked for asked in desk.terminal.asked if asked[0] == "abort"] == []


def test_an_abort_without_an_answer_is_logged_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The payment is asked for as before."""
    desk = Desk(
        shared=True,
        aborts_lost=True,
        activities=[Activity.BUSY],
        slots=slots(payment=[OLDER, OLDER, shown(APPROVED)]),
        aborts=[Unconfirmed("no reply in 15 s")],
    )
    with caplog.at_level(logging.INFO, logger="tillproof"):
        desk.settle(patience_s=30)
    first, finished, settled = (record.getMessage() for record in caplog.records)
    assert finished.startswith(f"event='operation.finished' operation_id='{OURS}' ")
    assert [first, settled] == [
        f"event='abort.unanswered' operation_id='{OURS}' reason='no reply in 15 s'",
        f"event='operation.settled' operation_id='{OURS}' state={State.APPROVED!r} row='found'",
    ]
    assert [fact.kind for fact in desk.records.journal.facts()][-1] == "Seen"


def test_what_waits_for_a_person_is_asked_for_and_left(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is written or logged until there is something new."""
    desk = Desk(shared=True, slots=slots(payment=[OLDER]))
    operation = desk.records.write(ORDER, _LOST, dispatch=desk.dispatch)
    operation = desk.records.book.record(operation, facts.escalated(operation, None, row="forgotten", reason="wiped"))
    with caplog.at_level(logging.INFO, logger="tillproof"):
        settled = desk.settle(operation)
    assert (settled.row.label, settled.because) == (
        "with a person",
        "a person has to rule on it: tillproof resolve",
    )
    assert (settled.operation, caplog.records) == (operation, [])
