"""What is known of a terminal's slots without asking, and when it has to be asked again."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from engine import (
    EMPTY,
    Dispatch,
    Ending,
    Evidence,
    Kind,
    Memory,
    NotDelivered,
    Operation,
    Order,
    Reply,
    State,
    facts,
)
from recovery.looking import Lookout
from recovery.slots import SlotBook
from tests.recovery.scripted import NOTHING, OLDER, ORDER, STAMP_MS, Records, ScriptedTerminal, StandingClock


class Desk:
    """A slot book that has read the terminal once, before anything was done on it."""

    def __init__(self, *, shared: bool = False, read: bool = True) -> None:
        self.clock = StandingClock()
        self.records = Records(self.clock)
        self.terminal = ScriptedTerminal(shared=shared, slots=dict.fromkeys(Kind, (OLDER,)))
        self.slots = SlotBook(Lookout(self.records.book))
        if read:
            for kind in Kind:
                self.before(kind)
            self.terminal.asked.clear()

    def before(self, kind: Kind) -> Memory:
        """What the terminal remembers, for all that we know."""
        return self.slots.before(self.terminal, kind, self.records.book.glance("bar", limit=2))

    def do(self, ending: str, kind: Kind = Kind.PAYMENT, terminal: str = "bar") -> Operation:
        """One operation on a terminal, ended so."""
        identity = str(uuid.uuid4())
        amount = ORDER.amount if kind in {Kind.PAYMENT, Kind.REFUND} else None
        order = Order(operation_id=identity, kind=kind, terminal=terminal, reference=identity, amount=amount)
        dispatch = Dispatch(stamp_ms=STAMP_MS, moment=self.clock.moment(), slot_before="older")
        reply = Reply(operation_id=identity, ending=Ending.APPROVED, outcome_text="Approved")
        record = self.records.book.record
        if ending == "answered":
            return self.records.write(order, facts.answered(order, reply, "approved"), dispatch=dispatch)
        if ending == "refused":
            return self.records.write(
                order, facts.not_delivered(order, NotDelivered("busy", refused=True)), dispatch=dispatch
            )
        if ending == "unsent":
            return self.records.write(order, facts.not_delivered(order, NotDelivered("cable", refused=False)))
        lost = self.records.write(order, facts.lost_track(order, "the line dropped"), dispatch=dispatch)
        match ending:
            case "seen" | "told by id":
                evidence = Evidence.LATEST_SLOT if ending == "seen" else Evidence.STATUS_BY_ID
                return record(lost, facts.seen(lost, reply, evidence, row="found", reason="approved"))
            case "absent" | "absent after the grace":
                basis = Evidence.FENCED_ABSENCE if ending == "absent" else Evidence.ABSENCE_AFTER_GRACE
                return record(lost, facts.proven_absent(lost, basis, row="absent", reason="gone"))
            case "escalated":
                return record(lost, facts.escalated(lost, None, row="forgotten", reason="wiped"))
            case "ruled away":
                return record(lost, facts.ruled(lost, State.NOT_PERFORMED, by="Kari", reason="cash"))
            case "ruled paid":
                return record(lost, facts.ruled(lost, State.APPROVED, by="Kari", reason="slip"))
            case "contradicted":
                absent = record(lost, facts.proven_absent(lost, Evidence.FENCED_ABSENCE, row="absent", reason="gone"))
                return record(absent, facts.contradicted(absent, reply, row="contradicted", reason="LATE SUCCESS"))
            case _:
                raise AssertionError(ending)

    def asked(self) -> list[Kind]:
        """Which slots were read since."""
        return [question[1] for question in self.terminal.asked]


@pytest.mark.parametrize("ending", ["answered", "seen", "told by id"])
def test_our_own_ending_is_what_the_slot_shows_next(ending: str) -> None:
    """The terminal need not be asked for what it has just told."""
    desk = Desk()
    done = desk.do(ending)
    assert desk.before(Kind.PAYMENT) == Memory(slot=done.order.operation_id)
    assert desk.before(Kind.REFUND) == Memory(slot="older")
    assert desk.asked() == []


@pytest.mark.parametrize("ending", ["absent", "absent after the grace", "unsent"])
def test_what_provably_did_not_happen_has_changed_no_slot(ending: str) -> None:
    """The slot shows what it showed before."""
    desk = Desk()
    desk.do(ending)
    assert desk.before(Kind.PAYMENT) == Memory(slot="older")
    assert desk.asked() == []


@pytest.mark.parametrize("ending", ["refused", "escalated", "ruled away", "ruled paid", "contradicted"])
def test_where_nobody_knows_what_the_terminal_did_it_is_asked(ending: str) -> None:
    """Busy with whose operation, given to a person, ruled by one, or contradicted."""
    desk = Desk()
    desk.do(ending)
    desk.before(Kind.PAYMENT)
    desk.before(Kind.REFUND)
    assert desk.asked() == [Kind.PAYMENT, Kind.REFUND]


def test_after_a_capture_every_slot_is_asked() -> None:
    """It empties the memory, and which slots it empties is not known."""
    desk = Desk()
    desk.do("answered", Kind.CAPTURE)
    desk.before(Kind.PAYMENT)
    assert desk.asked() == [Kind.PAYMENT]


def test_a_capture_that_did_not_happen_has_emptied_nothing() -> None:
    """Nothing is forgotten for it."""
    desk = Desk()
    desk.do("absent", Kind.CAPTURE)
    desk.before(Kind.PAYMENT)
    assert desk.asked() == []


def test_two_operations_since_are_one_too_many() -> None:
    """Another process was at the terminal in between: what it left in the slots is not ours to know."""
    desk = Desk()
    desk.do("answered")
    desk.before(Kind.PAYMENT)
    desk.do("answered")
    desk.before(Kind.PAYMENT)
    assert desk.asked() == []
    desk.do("absent")
    desk.do("absent")
    desk.before(Kind.PAYMENT)
    assert desk.asked() == [Kind.PAYMENT]


def test_the_first_two_operations_of_a_young_journal_are_one_too_many_as_well() -> None:
    """Nothing was on record when the slots were read, and of two operations only the last one is known."""
    desk = Desk()
    desk.do("answered")
    desk.do("absent")
    desk.before(Kind.PAYMENT)
    assert desk.asked() == [Kind.PAYMENT]


def test_what_is_done_on_another_terminal_changes_nothing_here() -> None:
    """Each terminal has a memory of its own."""
    desk = Desk()
    for _ in range(3):
        desk.do("answered", terminal="kitchen")
    assert desk.before(Kind.PAYMENT) == Memory(slot="older")
    assert desk.asked() == []


def test_a_shared_terminal_is_asked_before_each_operation() -> None:
    """Another till may have used it since."""
    desk = Desk(shared=True)
    desk.do("answered")
    desk.before(Kind.PAYMENT)
    desk.before(Kind.PAYMENT)
    assert desk.asked() == [Kind.PAYMENT, Kind.PAYMENT]


def test_an_empty_slot_is_vouched_for_by_another_one() -> None:
    """The slot of captures is asked first: where another one is the witness, that one was empty."""
    desk = Desk(read=False)
    desk.terminal.slots = {Kind.REFUND: (OLDER,), Kind.REVERSAL: (replace(OLDER, identity="oldest"),)}
    assert desk.before(Kind.PAYMENT) == Memory(slot=EMPTY, witness=(Kind.REFUND, "older"))
    assert desk.asked() == [Kind.PAYMENT, Kind.CAPTURE, Kind.REFUND]
    desk.terminal.slots = dict.fromkeys(Kind, (NOTHING,))
    assert Desk(read=False).slots.before(desk.terminal, Kind.CAPTURE, []) == Memory(slot=EMPTY)
