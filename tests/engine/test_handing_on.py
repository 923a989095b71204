"""What the engine hands on: to whoever settles, to the terminal, to the book and to the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine import (
    UNKNOWN,
    AbortAnswer,
    BadInput,
    Charge,
    Dispatch,
    Engine,
    Evidence,
    InDoubt,
    Kind,
    Memory,
    Mode,
    ModePolicy,
    NotDelivered,
    OnDialog,
    Operation,
    Order,
    Progress,
    Reply,
    State,
    Status,
    StillRunning,
    Terminal,
    Unconfirmed,
    UnknownReference,
    facts,
)
from journal import JournalError
from tests.recovery.scripted import (
    APPROVED,
    DECLINED,
    ORDER,
    OURS,
    STAMP_MS,
    UNCLEAR,
    Records,
    ScriptedTerminal,
    StandingClock,
)

_DONE = replace(APPROVED, total_minor=12500, currency="NOK")
_OTHERS = Order(operation_id=OURS, kind=Kind.PAYMENT, terminal="bar", reference="bill-1", taken_over=True)


@dataclass
class SendingTerminal(ScriptedTerminal):
    """Answers an order as it is told."""

    stamp_ms: int = STAMP_MS
    answer: Reply | Exception = _DONE
    leaves: int = 1
    after_leaving: Any = lambda: None
    prepared: list[tuple[Any, ...]] = field(default_factory=list)

    @contextmanager
    def prepare(self, order: Order, mode: Mode, on_dialog: OnDialog | None) -> Iterator[Charge]:
        """Itself, as the charge."""
        self.prepared.append((order, mode, on_dialog))
        yield self

    def send(self, on_left: Any) -> Reply:
        """The answer; where there is time to leave, it leaves first."""
        for _ in range(self.leaves):
            on_left()
        self.after_leaving()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Desk:
    """An engine whose road is clear, and whose doubts are only noted down."""

    def __init__(self, *, memory: Memory | Exception | None = None, **script: Any) -> None:
        self.clock = StandingClock()
        self.records = Records(self.clock)
        self.terminal = SendingTerminal(**script)
        self.settled: list[tuple[Operation, float]] = []
        self.cleared: list[tuple[Any, ...]] = []
        self._memory = memory or Memory(slot="older", witness=(Kind.REFUND, "oldest"))
        self.engine = Engine(
            book=self.records.book,
            terminals={"bar": self.terminal},
            clock=self.clock,
            settle=self._settle,
            clear_road=self._clear_road,
        )

    def _settle(self, operation: Operation, *, patience_s: float) -> Operation:
        self.settled.append((operation, patience_s))
        return operation

    def _clear_road(self, terminal: Terminal, kind: Kind, *, patience_s: float) -> Memory:
        self.cleared.append((terminal, kind, patience_s))
        if isinstance(self._memory, Exception):
            raise self._memory
        return self._memory

    def lost(self, mode: Mode = Mode.SYNC) -> Operation:
        """A payment whose reply the line lost."""
        dispatch = Dispatch(stamp_ms=STAMP_MS, moment=self.clock.moment(), slot_before="older", mode=mode)
        return self.records.write(ORDER, facts.lost_track(ORDER, "the line dropped"), dispatch=dispatch)


@pytest.mark.parametrize(("asked", "given"), [(None, 30.0), (0.0, 0.0), (5.0, 5.0)])
def test_the_callers_patience_is_handed_on_and_the_terminals_where_there_is_none(
    asked: float | None, given: float
) -> None:
    """Zero is a patience, too."""
    desk = Desk(answer=Unconfirmed("no reply"))
    desk.engine.conduct(ORDER, patience_s=asked)
    assert desk.cleared == [(desk.terminal, Kind.PAYMENT, given)]
    assert [patience_s for _, patience_s in desk.settled] == [given]
    desk.engine.settle("bill-1", patience_s=asked)
    desk.engine.conduct(ORDER, patience_s=asked)
    desk.engine.complete(ORDER, patience_s=asked)
    assert [patience_s for _, patience_s in desk.settled] == [given] * 4


def test_what_is_final_is_not_settled_again() -> None:
    """Its answer is on record."""
    desk = Desk()
    desk.engine.conduct(ORDER)
    assert desk.engine.settle("bill-1").word == "approved"
    assert desk.engine.settle(OURS).word == "approved"
    assert desk.settled == []


def test_the_dispatch_on_record_is_all_that_was_known_when_the_order_left() -> None:
    """Its stamp, its moment, its mode, the slot, and the witness."""
    desk = Desk()
    heard: list[str] = []
    desk.engine.conduct(ORDER, mode=Mode.ASYNC, on_dialog=heard.append)
    assert desk.terminal.prepared == [(ORDER, Mode.ASYNC, heard.append)]
    dispatch = desk.records.book.get("bill-1").dispatch
    assert dispatch == Dispatch(
        stamp_ms=STAMP_MS,
        moment=desk.clock.moment(),
        slot_before="older",
        witness=(Kind.REFUND, "oldest"),
        mode=Mode.ASYNC,
    )


@pytest.mark.parametrize("silence", [NotDelivered("the cable is out", refused=True), Unconfirmed("no reply in 15 s")])
def test_a_question_without_an_answer_sends_nothing_and_is_no_refusal(silence: Any) -> None:
    """Whatever became of the question, the order itself did not leave."""
    desk = Desk(memory=silence)
    outcome = desk.engine.conduct(ORDER)
    assert (outcome.word, outcome.evidence, outcome.reason) == (
        "not_performed",
        Evidence.NOTHING_LEFT,
        f"nothing was sent: {silence.reason}",
    )
    assert desk.terminal.prepared == []


def test_one_line_of_the_log_tells_how_an_operation_ended(caplog: pytest.LogCaptureFixture) -> None:
    """Every key that has a value; and another amount is a warning of its own."""
    desk = Desk(answer=replace(_DONE, total_minor=13000))
    with caplog.at_level(logging.INFO, logger="tillproof"):
        outcome = desk.engine.conduct(ORDER)
    told: dict[str, object] = {key: value for key, value in outcome.as_dict().items() if value is not None}
    told |= {"mode": "sync", "reply_lost": False, "took_s": 0.0}
    assert [record.getMessage() for record in caplog.records] == [
        "event='operation.finished' " + " ".join(f"{key}={value!r}" for key, value in told.items()),
        (
            f"event='operation.amount_differed' operation_id='{OURS}' "
            "difference='asked for 125.00 NOK, the terminal names 130.00 NOK'"
        ),
    ]
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]


def test_a_lost_reply_is_a_warning_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """With the reason, before anything is asked; and once more when the bill is parked."""
    desk = Desk(answer=Unconfirmed("no reply in 180 s"))
    with caplog.at_level(logging.WARNING, logger="tillproof"):
        desk.engine.conduct(ORDER)
    assert [record.getMessage() for record in caplog.records] == [
        f"event='operation.lost' operation_id='{OURS}' reason='no reply in 180 s'",
        (
            f"event='operation.parked' operation_id='{OURS}' reference='bill-1' terminal='bar' needs_person=False "
            "reason='no reply in 180 s'"
        ),
    ]


@pytest.mark.parametrize("mode", Mode)
def test_an_abort_names_the_operation_and_the_mode_in_which_it_was_sent(mode: Mode) -> None:
    """Another operation would be ended else; and what the terminal answered is noted."""
    desk = Desk(aborts=[AbortAnswer.TOO_LATE])
    desk.lost(mode)
    assert desk.engine.abort("bill-1") is AbortAnswer.TOO_LATE
    assert desk.terminal.asked == [("abort", OURS, mode)]
    assert desk.records.last() == ("AbortRequested", {"answer": "too_late"})


def test_what_never_left_cannot_be_aborted() -> None:
    """There is nothing at the terminal."""
    desk = Desk()
    desk.records.write()
    with pytest.raises(BadInput) as caught:
        desk.engine.abort("bill-1")
    assert str(caught.value) == "reference: 'bill-1' is intended and does not run; there is nothing to abort"


@pytest.mark.parametrize(
    ("policy", "losses", "mode"),
    [(ModePolicy.SYNC, 9, Mode.SYNC), (ModePolicy.ASYNC, 0, Mode.ASYNC), (ModePolicy.AUTO, 0, Mode.SYNC)],
)
def test_the_policy_of_the_terminal_chooses_the_mode(policy: ModePolicy, losses: int, mode: Mode) -> None:
    """Only the automatic one looks at what the link has lost."""
    desk = Desk(mode_policy=policy)
    for number in range(losses):
        identity = f"{number}{OURS[1:]}"
        order = replace(ORDER, operation_id=identity, reference=identity)
        dispatch = Dispatch(stamp_ms=STAMP_MS, moment=desk.clock.moment(), slot_before="older")
        desk.records.write(order, facts.lost_track(order, "the line dropped"), dispatch=dispatch)
    assert desk.engine.mode_of("bar").mode is mode


def test_the_automatic_mode_looks_at_this_terminals_link_only() -> None:
    """A bad cable in the kitchen is no reason at the bar."""
    desk = Desk(mode_policy=ModePolicy.AUTO)
    for number in range(9):
        identity = f"{number}{OURS[1:]}"
        order = replace(ORDER, operation_id=identity, reference=identity, terminal="kitchen")
        dispatch = Dispatch(stamp_ms=STAMP_MS, moment=desk.clock.moment(), slot_before="older")
        desk.records.write(order, facts.lost_track(order, "the line dropped"), dispatch=dispatch)
    assert desk.engine.mode_of("bar").mode is Mode.SYNC


def test_what_another_till_started_is_kept_with_its_answer() -> None:
    """Its intent, a dispatch of which nothing is known, the loss of a crash, and what the terminal told."""
    desk = Desk(statuses=[Status(progress=Progress.FINISHED, reply=_DONE)])
    outcome = desk.engine.complete(_OTHERS)
    assert (outcome.word, outcome.evidence, outcome.reason) == (
        "approved",
        Evidence.STATUS_BY_ID,
        "approved, receipt 000123",
    )
    intended, dispatched, lost, seen = desk.records.journal.facts()
    moment = desk.clock.moment()
    assert intended.body == {
        "kind": "payment",
        "terminal": "bar",
        "reference": "bill-1",
        "amount_minor": 12500,
        "currency": "NOK",
        "taken_over": True,
    }
    assert dispatched.body == {
        "stamp_ms": 0,
        "span": moment.span,
        "ticks_ms": moment.ticks_ms,
        "slot_before": UNKNOWN,
        "mode": "async",
    }
    assert lost.body == {"reason": "another till started it", "crashed": True}
    assert (seen.body["row"], seen.body["reason"]) == ("found", "approved, receipt 000123")
    assert desk.terminal.asked == [("status", OURS, 0)]


def test_an_unknown_word_about_anothers_operation_is_settled_as_any_doubt() -> None:
    """It is ours to settle from then on, within the caller's patience."""
    unclear = replace(UNCLEAR, total_minor=12500, currency="NOK")
    desk = Desk(statuses=[Status(progress=Progress.FINISHED, reply=unclear)])
    outcome = desk.engine.complete(_OTHERS, patience_s=7.0)
    assert isinstance(outcome, InDoubt)
    assert [(operation.state, patience_s) for operation, patience_s in desk.settled] == [(State.LOST, 7.0)]


def test_a_capture_of_another_till_has_no_amount() -> None:
    """It is not refused for that."""
    capture = Order(operation_id=OURS, kind=Kind.CAPTURE, terminal="bar", reference="day-1", taken_over=True)
    desk = Desk(statuses=[Status(progress=Progress.FINISHED, reply=APPROVED)])
    assert desk.engine.complete(capture).word == "approved"


@pytest.mark.parametrize("answer", [replace(_DONE, total_minor=None), replace(_DONE, currency=None)])
def test_an_answer_without_its_amount_is_not_kept(answer: Reply) -> None:
    """Of what another till started only the terminal knows the amount."""
    desk = Desk(statuses=[Status(progress=Progress.FINISHED, reply=answer)])
    with pytest.raises(Unconfirmed) as caught:
        desk.engine.complete(_OTHERS)
    assert caught.value.reason == f"the answer about {OURS} names no amount; ask the till that started it"
    assert list(desk.records.journal.facts()) == []


def test_an_id_that_is_not_known_or_still_runs_writes_nothing() -> None:
    """The one is to be looked for at the other till, the other to be asked for again."""
    unknown = Desk(statuses=[Status(progress=Progress.UNKNOWN)])
    with pytest.raises(UnknownReference) as gone:
        unknown.engine.complete(_OTHERS)
    assert str(gone.value) == (
        f"operation: bar does not know {OURS!r}, or not any more; look at the till that started it"
    )
    running = Desk(statuses=[Status(progress=Progress.RUNNING)])
    with pytest.raises(StillRunning) as waits:
        running.engine.complete(_OTHERS, patience_s=0)
    assert str(waits.value) == f"{OURS} still runs on bar; ask again"
    assert list(running.records.journal.facts()) == []


def test_who_asks_for_an_operation_in_use_hears_its_ending_or_by_whom_it_is_conducted() -> None:
    """An ending that came meanwhile is told as it is."""
    desk = Desk()
    desk.lost()
    with desk.records.book.lane("bar", wait_s=0):
        doubt = desk.engine.settle("bill-1", patience_s=0)
        assert doubt.reason.startswith("it is being conducted or settled (")
        assert doubt.reason.endswith("); ask again")
        operation = desk.records.book.get("bill-1")
        seen = facts.seen(operation, DECLINED, Evidence.LATEST_SLOT, row="found", reason="declined")
        desk.records.book.record(operation, seen)
        told = desk.engine.settle("bill-1", patience_s=0)
    assert (told.word, told.reason) == ("declined", "declined")


def test_what_is_final_is_told_at_once_without_the_lane_and_without_another_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a terminal in use to hear what is on record."""
    desk = Desk()
    outcome = desk.engine.conduct(ORDER)
    waits = waits_of(desk, monkeypatch)
    with caplog.at_level(logging.INFO, logger="tillproof"):
        assert desk.engine.conduct(ORDER) == outcome
    assert (waits, caplog.records) == ([], [])


def test_who_asks_for_a_running_operation_waits_for_its_guest_and_who_brings_another_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The longest life of an operation and one's own patience; or one's own patience alone."""
    desk = Desk()
    desk.lost()
    waits = waits_of(desk, monkeypatch)
    desk.engine.conduct(ORDER, patience_s=5.0)
    desk.engine.conduct(replace(ORDER, operation_id="another", reference="bill-2"), patience_s=5.0)
    assert waits == [185.0, 5.0]


def waits_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each taking of a lane would have waited."""
    waits: list[float] = []
    lane = desk.records.book.lane

    def noted(terminal: str, *, wait_s: float) -> Any:
        waits.append(wait_s)
        return lane(terminal, wait_s=wait_s)

    monkeypatch.setattr(desk.records.book, "lane", noted)
    return waits


@pytest.mark.parametrize(("took_ms", "word"), [(10_000, "approved"), (10_001, "not_performed")])
def test_an_order_leaves_only_while_its_dispatch_is_young(
    took_ms: int, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds are the most; grace is counted from the dispatch on record."""
    desk = Desk()
    begin = desk.records.book.begin

    def slowly(*drafts: Any) -> Operation:
        desk.clock.ticks_ms += took_ms
        return begin(*drafts)

    monkeypatch.setattr(desk.records.book, "begin", slowly)
    assert desk.engine.conduct(ORDER).word == word


def test_settling_that_fails_leaves_a_doubt_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was sent, so the caller must not take an error for "not sent"."""
    desk = Desk(answer=Unconfirmed("no reply in 180 s"))

    def settle(_: Operation, *, patience_s: float) -> Operation:
        raise JournalError(f"the disk is full after {patience_s:g} s")

    monkeypatch.setattr(desk.engine, "_settle", settle)
    outcome = desk.engine.conduct(ORDER)
    assert isinstance(outcome, InDoubt)
    assert outcome.reason == "no reply in 180 s; settling it failed: the disk is full after 30 s"


def test_an_unknown_terminal_is_refused_with_all_that_there_are() -> None:
    """One after the other, as a person reads them."""
    desk = Desk()
    desk.engine._terminals = {"bar": desk.terminal, "kitchen": desk.terminal}
    with pytest.raises(BadInput, match=r"^terminal: 'cellar' is not configured; there are bar, kitchen$"):
        desk.engine.terminal("cellar")


@pytest.mark.parametrize(("leaves", "left_after_ms"), [(1, 0), (0, 5_000)])
def test_a_lost_order_has_left_when_it_was_seen_to_leave_or_at_the_latest_now(leaves: int, left_after_ms: int) -> None:
    """Grace is counted from it: five seconds pass here between leaving and the end of the line."""
    desk = Desk(answer=Unconfirmed("no reply in 180 s"), leaves=leaves)
    began_ms = desk.clock.ticks_ms

    def pass_time() -> None:
        desk.clock.ticks_ms += 5_000

    desk.terminal.after_leaving = pass_time
    desk.engine.conduct(ORDER)
    left_by = desk.records.book.get("bill-1").left_by
    assert left_by is not None
    assert left_by.ticks_ms - began_ms == left_after_ms
