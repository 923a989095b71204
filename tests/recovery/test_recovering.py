"""Recovery as a whole: what is settled, what is left to a person, and what is shouted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from engine import (
    Activity,
    BadInput,
    Evidence,
    InDoubt,
    Kind,
    Mode,
    Money,
    NothingSent,
    State,
    StillRunning,
    TerminalUnsettled,
)
from journal import MemoryJournal
from tools.rehearsal import Cut, PowerCut, Process, Stage
from tools.simulator import Arrival, Assumptions, Fault, FaultPlan, Guest, Order
from tools.simulator import Kind as SimulatedKind

FOREIGN = Order(kind=SimulatedKind.PAYMENT, amount_minor=12500, currency="NOK")


def lost(*script: Fault, **settings: object) -> tuple[Stage, Process]:
    """A till that made one payment, then lost the next one as scripted, with a caller who does not wait."""
    stage = Stage(plan=FaultPlan(script=(Fault.NONE, *script)), **settings)  # type: ignore[arg-type]
    till = stage.start()
    till.pay("bill-0")
    return stage, till


def dead_in_the_middle(stage: Stage) -> None:
    """The till's program dies while the guest of ``bill-1`` pays."""
    till = stage.start()
    stage.power.arm(3, Cut.DURING)
    with pytest.raises(PowerCut):
        till.pay("bill-1")


def test_recovery_after_a_crash_finds_the_answer_under_our_id() -> None:
    """The guest paid at a till that died: the slot shows our id, and the bill is paid."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    (found,) = stage.start().recovery.recover().findings
    assert (found.outcome.word, found.outcome.evidence, found.row) == ("approved", Evidence.LATEST_SLOT, "found")


def test_recovery_twice_is_recovery_once() -> None:
    """The second run finds nothing to do, writes nothing and says so."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    stage.start().recovery.recover()
    facts = len(list(stage.journal.facts()))
    assert stage.start().recovery.recover().findings == ()
    assert len(list(stage.journal.facts())) == facts


def test_an_order_that_never_arrived_is_proved_absent_by_three_questions() -> None:
    """Whether it is there, then fence, idle and slot: no waiting, and the bill may be charged again by a new name."""
    stage, till = lost(Fault.LOST_BEFORE_PROCESSING)
    before = len(till.wires["bar"].sent)
    began = stage.virtual.now()
    outcome = till.pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("not_performed", Evidence.FENCED_ABSENCE)
    assert [request.path for request in till.wires["bar"].sent[before + 1 :]] == [
        "/api/v2/Payments/latest",
        "/api/v2/Dialogs",
        "/api/v2/Payments/latest",
    ]
    assert stage.virtual.now() - began < 0.1


def test_a_slot_that_somebody_has_overwritten_goes_to_a_person() -> None:
    """The only proof is gone: in doubt, and only a ruling can end it; the terminal itself is free again."""
    stage, till = lost(Fault.LOST_BEFORE_PROCESSING)
    stage.lines["bar"].plan = FaultPlan(
        script=[Fault.LOST_BEFORE_PROCESSING], question_script=[Fault.LOST_BEFORE_PROCESSING] * 2
    )
    assert isinstance(till.pay("bill-1", patience_s=0.01), InDoubt)
    stage.simulators["bar"].foreign(FOREIGN)
    (found,) = stage.start().recovery.recover().findings
    assert isinstance(found.outcome, InDoubt)
    assert (found.outcome.needs_person, found.row) == (True, "overwritten")
    assert till.pay("bill-2").word == "approved"


def test_a_restarted_terminal_goes_to_a_person() -> None:
    """A memory that was wiped proves nothing, in either direction."""
    _, till = lost(Fault.REBOOT_MID_OPERATION)
    outcome = till.pay("bill-1")
    assert isinstance(outcome, InDoubt)
    assert outcome.needs_person
    assert "forgotten" in outcome.reason


def test_an_empty_slot_proves_nothing_after_the_time_of_a_restart() -> None:
    """The first payment of the day was lost, and by the time of recovery the terminal may have restarted."""
    stage = Stage(plan=FaultPlan(script=[Fault.LOST_BEFORE_PROCESSING]))
    till = stage.start()
    stage.lines["bar"].plan = FaultPlan(
        script=[Fault.LOST_BEFORE_PROCESSING], question_script=[Fault.NONE] * 4 + [Fault.LOST_BEFORE_PROCESSING] * 2
    )
    assert isinstance(till.pay("bill-1", patience_s=0.01), InDoubt)
    stage.virtual.advance(60)
    (found,) = stage.start().recovery.recover().findings
    assert found.row == "empty, unsure"


def test_a_witness_proves_that_an_empty_slot_was_always_empty() -> None:
    """The first refund of the day was lost; the payment that the terminal still shows says that it never restarted."""
    stage, _ = lost()
    till = stage.start()
    stage.power.arm(5, Cut.BEFORE)
    with pytest.raises(PowerCut):
        till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
    stage.virtual.advance(600)
    stage.clock.boot()
    (found,) = stage.start().recovery.recover().findings
    assert (found.outcome.word, found.row) == ("not_performed", "absent, empty")


@pytest.mark.parametrize("earlier", [None, Kind.REFUND, Kind.CAPTURE], ids=str)
def test_a_capture_by_another_till_makes_an_empty_slot_prove_nothing(earlier: Kind | None) -> None:
    """The guest paid, the answer was lost, and a neighbour closed the day before we asked: never "not performed"."""
    stage = Stage(plan=FaultPlan(script=() if earlier else [Fault.DROPPED_WHILE_PAYING]), shared=True)
    till = stage.start()
    if earlier is not None:
        till.do(earlier, "earlier", amount=None if earlier is Kind.CAPTURE else Money.parse("10.00", "NOK"))
        stage.lines["bar"].plan = FaultPlan(script=[Fault.DROPPED_WHILE_PAYING])
    assert isinstance(till.pay("bill-1", patience_s=0), InDoubt)
    stage.virtual.advance(5)
    stage.simulators["bar"].foreign(Order(kind=SimulatedKind.CAPTURE))
    (found,) = till.recovery.recover().findings
    assert found.row == "empty, unsure"
    assert list(stage.discrepancies()) == []


def test_the_witness_is_not_believed_where_the_switch_is_off() -> None:
    """Without the assumption that a restart wipes everything, an empty slot goes to a person."""
    stage, _ = lost(wiped_whole=False)
    till = stage.start()
    stage.power.arm(5, Cut.BEFORE)
    with pytest.raises(PowerCut):
        till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
    stage.virtual.advance(600)
    (found,) = stage.start().recovery.recover().findings
    assert found.row == "empty, unsure"


def test_a_release_that_cannot_tell_waits_for_the_grace() -> None:
    """On 2.0 nobody says whether anything runs, so absence is only certain when nothing can live any longer."""
    stage, till = lost(Fault.LOST_BEFORE_PROCESSING, profile="2.0")
    assert till.pay("bill-1", patience_s=5).word == "in_doubt"
    with pytest.raises(TerminalUnsettled):
        till.pay("bill-2")
    stage.virtual.advance(180)
    assert till.pay("bill-1").evidence is Evidence.ABSENCE_AFTER_GRACE


def test_a_wall_clock_that_jumps_ahead_does_not_shorten_the_grace() -> None:
    """A till that starts in yesterday and then learns the time must not conclude that three minutes are over."""
    stage, till = lost(Fault.LOST_BEFORE_PROCESSING, profile="2.0")
    till.pay("bill-1", patience_s=1)
    stage.clock.wall_error_s = 7200
    assert till.pay("bill-1", patience_s=1).word == "in_doubt"


@pytest.mark.parametrize("error_s", [-3600.0, -0.001, 600.0])
def test_a_clock_that_steps_neither_locks_the_till_out_nor_fools_it(error_s: float) -> None:
    """Stamps rise whatever the wall clock does, so questions are heard and the fence holds."""
    stage, till = lost(Fault.DELIVERED_LATE)
    stage.clock.wall_error_s = error_s
    assert till.pay("bill-1").evidence is Evidence.FENCED_ABSENCE
    stage.virtual.advance(400)
    assert till.pay("bill-2").word == "approved"
    assert stage.start().recovery.recover().findings == ()
    assert list(stage.discrepancies()) == []
    refused = [row for row in stage.simulators["bar"].log.rows if row.status == 401 and row.arrived is Arrival.DIRECT]
    assert refused == []


def test_a_question_is_newer_than_the_order_even_if_the_stamps_were_forgotten() -> None:
    """The side files are gone and the clock is back an hour: an older question would fence nothing."""
    stage, _ = lost()
    till = stage.start()
    stage.power.arm(3, Cut.BEFORE)
    with pytest.raises(PowerCut):
        till.pay("bill-1")
    cast("MemoryJournal", stage.journal)._numbers.clear()
    stage.clock.wall_error_s = -3600
    again = stage.start()
    again.recovery.recover()
    dispatch = stage.operations[-1].dispatch
    assert dispatch is not None
    first_stamp = again.wires["bar"].sent[0].headers["Authorization"].split(" ")[1]
    assert first_stamp > f"{stage.clock.now():%Y-%m-%dT%H}"
    assert list(stage.discrepancies()) == []


def test_late_success_is_found_when_nothing_is_unsettled() -> None:
    """The order landed although it was proved absent: a fact, an alarm, and the truth about the money."""
    nobody_checks = Assumptions(timestamp_check="none")  # type: ignore[arg-type]
    stage, till = lost(Fault.DELIVERED_LATE, assumptions=nobody_checks)
    assert till.pay("bill-1").word == "not_performed"
    stage.virtual.advance(400)
    report = stage.start().recovery.recover()
    (found,) = report.unsettled
    assert (found.outcome.word, found.row) == ("approved", "contradicted")
    assert found.because.startswith("LATE SUCCESS: on record as not_performed (fenced_absence)")
    facts = len(list(stage.journal.facts()))
    assert len(stage.start().recovery.recover().unsettled) == 1
    assert len(list(stage.journal.facts())) == facts


def test_a_ruling_ends_an_alarm_for_good() -> None:
    """Once a person has ruled with the sighting on the table, the same sighting is no news."""
    nobody_checks = Assumptions(timestamp_check="none")  # type: ignore[arg-type]
    stage, till = lost(Fault.DELIVERED_LATE, assumptions=nobody_checks)
    till.pay("bill-1")
    stage.virtual.advance(400)
    recovery = stage.start().recovery
    recovery.recover()
    outcome = recovery.resolve("bill-1", State.APPROVED, by="Kim", reason="the guest has the slip")
    assert (outcome.word, outcome.evidence, outcome.alarm) == ("approved", Evidence.PERSON, None)
    assert stage.start().recovery.recover().findings == ()


def test_a_ruling_needs_a_name_a_reason_and_a_doubt() -> None:
    """Nobody rules anonymously, and nobody rules on what is known."""
    _, till = lost(Fault.REBOOT_MID_OPERATION)
    till.pay("bill-1")
    with pytest.raises(BadInput, match="by, reason"):
        till.recovery.resolve("bill-1", State.DECLINED, by=" ", reason="x")
    with pytest.raises(BadInput, match="is settled as approved"):
        till.recovery.resolve("bill-0", State.DECLINED, by="Kim", reason="x")
    with pytest.raises(BadInput, match="no ruling"):
        till.recovery.resolve("bill-1", State.LOST, by="Kim", reason="x")
    assert till.recovery.resolve("bill-1", State.NOT_PERFORMED, by="Kim", reason="no slip").word == "not_performed"


def test_what_is_open_and_not_listed_stops_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that has rotted lists nothing as unsettled; the last operation itself says otherwise."""
    stage, till = lost(Fault.DROPPED_WHILE_PAYING)
    till.pay("bill-1", patience_s=0)
    monkeypatch.setattr(till.book, "unsettled", lambda _: [])
    told = (
        r"^no order was sent to the terminal, because the journal is damaged: 'bill-1' is lost and not listed as "
        r"unsettled; `tillproof journal rebuild` lists it again$"
    )
    with pytest.raises(NothingSent, match=told):
        till.pay("bill-2")
    assert len(stage.ledger) == 1


def test_nobody_rules_while_the_guest_may_be_paying() -> None:
    """The line broke and the terminal is busy: what a person has seen so far is not the end of it."""
    stage, till = lost(Fault.DROPPED_WHILE_PAYING)
    assert till.pay("bill-1", patience_s=0).word == "in_doubt"
    with pytest.raises(StillRunning, match="bar is busy, and its guest may be paying"):
        till.recovery.resolve("bill-1", State.NOT_PERFORMED, by="Kim", reason="he has left")
    stage.virtual.advance(60)
    assert till.recovery.resolve("bill-1", State.NOT_PERFORMED, by="Kim", reason="he has left").word == "approved"


@pytest.mark.parametrize("later_s", [0, 400])
def test_a_person_may_rule_where_nothing_of_his_can_run(later_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal does not answer; or it is busy, and ours is too old for it."""
    stage, till = lost(Fault.LOST_BEFORE_PROCESSING)
    stage.lines["bar"].plan = FaultPlan(script=[Fault.LOST_BEFORE_PROCESSING], question_rate=1.0)
    assert till.pay("bill-1", patience_s=0).word == "in_doubt"
    stage.virtual.advance(later_s)
    if later_s:
        monkeypatch.setattr(till.recovery._terminals["bar"], "activity", lambda **_: Activity.BUSY)
    ruled = till.recovery.resolve("bill-1", State.NOT_PERFORMED, by="Kim", reason="no slip")
    assert (ruled.word, ruled.evidence) == ("not_performed", Evidence.PERSON)


def test_a_card_number_in_a_ruling_is_masked() -> None:
    """A person copies what he has found; no card number reaches the journal by that way either."""
    stage, till = lost(Fault.REBOOT_MID_OPERATION)
    till.pay("bill-1")
    outcome = till.recovery.resolve("bill-1", State.APPROVED, by="Kim 4111111111111111", reason="4111 1111 1111 1111")
    assert outcome.reason == "Kim ************1111 ruled: **** **** **** 1111"
    assert not any("41111111" in str(fact.body) for fact in stage.journal.facts())


def test_a_person_who_rules_on_what_the_terminal_still_knows_hears_the_terminal() -> None:
    """Evidence goes before opinion: if the slot shows our id, that is the answer, and no ruling is written."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    stage.virtual.advance(10)
    outcome = stage.start().recovery.resolve("bill-1", State.NOT_PERFORMED, by="Kim", reason="I think so")
    assert (outcome.word, outcome.evidence) == ("approved", Evidence.LATEST_SLOT)


def test_a_silent_terminal_leaves_the_doubt_and_says_so() -> None:
    """Nothing can be learned from a dead line, and nothing is concluded from it."""
    stage, _ = lost(patience_s=3.0)
    dead_in_the_middle(stage)
    stage.lines["bar"].down = True
    report = stage.start().recovery.recover()
    (found,) = report.unsettled
    assert (found.outcome.word, found.row) == ("in_doubt", "silent, left")
    assert "bar" in report.unread


def test_recovery_beside_a_running_till_leaves_its_operation_alone() -> None:
    """Whoever holds the lane settles what is on it; recovery says who that is, and asks the terminal nothing."""
    stage, _ = lost(patience_s=0.01)
    dead_in_the_middle(stage)
    till = stage.start()
    with stage.journal.lane("bar", wait_s=0):
        (found,) = till.recovery.recover().findings
    assert found.because.startswith("its terminal is in use")
    assert till.wires["bar"].sent == []


def test_operations_of_a_terminal_that_is_gone_are_not_forgotten() -> None:
    """A terminal that was taken out of the configuration leaves its doubts behind, named."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    stage.lines = {"terrace": stage.lines["bar"]}
    recovery = stage.start().recovery
    (found,) = recovery.recover().findings
    assert "'bar' is not configured any more" in found.because
    assert recovery.resolve("bill-1", State.APPROVED, by="Kim", reason="the guest has the slip").word == "approved"


def test_recovery_of_one_terminal_leaves_the_others() -> None:
    """A technician at one till may settle that till alone; a misspelt name is an error."""
    stage = Stage(names=("bar", "terrace"), guest=Guest(takes_s=2, weights={"Approved": 1}))
    till = stage.start()
    till.pay("bill-1")
    assert till.recovery.recover("terrace").findings == ()
    with pytest.raises(BadInput, match="'kitchen' is not configured"):
        till.recovery.recover("kitchen")


def test_a_passing_fault_does_not_keep_recovery_from_reading_the_slots() -> None:
    """Late success is looked for even if a question is lost on the way."""
    stage, _ = lost()
    stage.lines["bar"].plan = FaultPlan(question_script=[Fault.LOST_BEFORE_PROCESSING, Fault.WRONG_HASH])
    assert stage.start().recovery.recover().unread == {}


def test_a_refused_key_is_not_tried_again() -> None:
    """The keys in the configuration have become wrong: one question says so, and no second one blocks the terminal."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    stage.virtual.advance(10)
    stage.simulators["bar"].gate._integration_key = "another"
    till = stage.start()
    (found,) = till.recovery.recover().unsettled
    assert "refused our credentials" in found.because
    assert [request.path for request in till.wires["bar"].sent] == ["/api/v2/Payments/latest"]


@pytest.mark.parametrize("tick_s", [0.016, 3600.0])
def test_a_clock_that_ticks_coarsely_or_stands_still_loses_nothing(
    tick_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some platforms tell the same time for 16 ms, a broken one for an hour: stamps rise all the same."""
    stage, _ = lost(Fault.LOST_AFTER_PROCESSING)
    exact = stage.clock.now
    monkeypatch.setattr(stage.clock, "now", lambda: _floored(exact(), tick_s))
    till = stage.start()
    outcomes = [till.pay(f"bill-{number}", mode=mode) for number, mode in enumerate([*Mode, *Mode], 1)]
    assert {outcome.word for outcome in outcomes} == {"approved"}
    assert [row for row in stage.simulators["bar"].log.rows if row.status == 401] == []
    assert list(stage.discrepancies()) == []


def _floored(moment: datetime, tick_s: float) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // tick_s * tick_s, UTC)


def test_what_the_terminal_did_and_the_journal_does_not_know_is_told_and_not_taken_over() -> None:
    """A journal put back from yesterday, or a till that nobody spoke of: a sentence says so, and no fact."""
    stage, till = lost()
    stage.simulators["bar"].foreign(FOREIGN)
    facts = len(list(stage.journal.facts()))
    report = till.recovery.recover()
    (told,) = report.strangers
    assert "bar shows a payment (approved, receipt 000002) that is not in this journal" in told
    assert len(list(stage.journal.facts())) == facts


def test_other_tills_on_a_shared_terminal_are_no_strangers() -> None:
    """Where others are expected, their operations are nothing to speak of."""
    stage, till = lost(shared=True)
    stage.simulators["bar"].foreign(FOREIGN)
    assert till.recovery.recover().strangers == ()


def test_an_operation_in_use_cannot_be_ruled_on() -> None:
    """Whoever conducts it may have its answer in a moment."""
    stage, _ = lost()
    dead_in_the_middle(stage)
    till = stage.start()
    with till.book.lane("bar", wait_s=0), pytest.raises(StillRunning, match="'bill-1' cannot be ruled on now: bar is"):
        till.recovery.resolve("bill-1", State.DECLINED, by="Kari", reason="cash")


def test_a_key_that_is_refused_while_slots_are_read_is_not_tried_again() -> None:
    """Nothing is unsettled, so the slots come first: one refusal, and the report says so."""
    stage, _ = lost()
    stage.simulators["bar"].gate._integration_key = "another"
    till = stage.start()
    report = till.recovery.recover()
    assert "refused our credentials" in report.unread["bar"]
    assert len(till.wires["bar"].sent) == 1


def test_grace_counts_from_when_the_order_left_and_not_from_when_it_was_to_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The machine slept between its look at the clock and the sending: the guest still pays when it wakes and asks."""
    stage = Stage(
        guest=Guest(takes_s=60.0, weights={"Approved": 1.0}),
        plan=FaultPlan(script=(Fault.NONE, Fault.DROPPED_WHILE_PAYING)),
        profile="2.0",
        fence=False,
        patience_s=5.0,
    )
    till = stage.start()
    till.pay("bill-0", patience_s=100.0)
    exchange = till.wires["bar"].exchange

    def sleepy(request: Any, **more: Any) -> Any:
        if request.method == "POST":
            stage.virtual.advance(200.0)
        return exchange(request, **more)

    monkeypatch.setattr(till.wires["bar"], "exchange", sleepy)
    outcome = till.pay("bill-1")
    assert isinstance(outcome, InDoubt)
    stage.virtual.advance(100.0)
    assert till.engine.settle("bill-1").word == "approved"
    assert list(stage.discrepancies()) == []
