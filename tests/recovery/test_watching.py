"""The watch: parked bills settle by themselves, and whoever wants to know hears of it once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest

from engine import Approved, Book, Ending, InDoubt, NotPerformed, Outcome, Reply, State, contradicted
from journal import JournalError
from recovery import OVERDUE_S, News, Watch
from tools.rehearsal import Cut, PowerCut, Process, Stage
from tools.simulator import Assumptions, Fault, FaultPlan


class Desk:
    """A till, a watch beside it, and what the watch has told."""

    def __init__(self, *script: Fault, **settings: object) -> None:
        self.stage = Stage(plan=FaultPlan(script=(Fault.NONE, *script)), **settings)  # type: ignore[arg-type]
        self.till: Process = self.stage.start()
        self.till.pay("bill-0")
        self.told: list[tuple[News, Outcome]] = []
        self.watch = self.watching()

    def watching(self) -> Watch:
        """A watch over the journal, as the till's program has it."""
        watch = Watch(book=self.till.book, recovery=self.till.recovery, clock=self.stage.clock)
        for news in News:
            watch.listen(news, lambda outcome, news=news: self.told.append((news, outcome)))  # type: ignore[misc]
        return watch

    def words(self) -> list[tuple[str, str, str]]:
        """What was told, in words, since this was asked last."""
        told, self.told[:] = [(str(news), each.reference, each.word) for news, each in self.told], []
        return told


def parked() -> Desk:
    """The line broke while the guest of ``bill-1`` was paying; nobody waits for him."""
    desk = Desk(Fault.DROPPED_WHILE_PAYING)
    assert isinstance(desk.till.pay("bill-1", patience_s=0), InDoubt)
    return desk


def killed() -> Desk:
    """The till was killed while the guest of ``bill-1`` was paying, and has been started again."""
    desk = Desk()
    till = desk.stage.start()
    desk.stage.power.arm(3, Cut.DURING)
    with pytest.raises(PowerCut):
        till.pay("bill-1")
    desk.till = desk.stage.start()
    desk.watch = desk.watching()
    return desk


@contextmanager
def deaf(desk: Desk, *script: Fault) -> Iterator[None]:
    """No question gets through to the terminal; orders fare as the script says."""
    line = desk.stage.lines["bar"]
    plan = line.plan
    line.plan = FaultPlan(script=script, question_script=[Fault.LOST_BEFORE_PROCESSING] * 1_000)
    yield
    line.plan = plan


def test_a_parked_bill_settles_by_itself_and_is_told_of_once() -> None:
    """While the guest pays there is nothing to tell; when he has paid, it is told, and never again."""
    desk = parked()
    desk.watch.look()
    assert desk.words() == []
    desk.stage.virtual.advance(5)
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "approved")]
    desk.watch.look()
    assert desk.words() == []
    assert list(desk.stage.discrepancies()) == []


def test_what_somebody_else_settles_is_told_as_well() -> None:
    """The POS that parked the bill wants to know, whoever found it out: another process, or a person."""
    desk = parked()
    desk.watch.look()
    desk.stage.virtual.advance(5)
    assert isinstance(desk.stage.start().pay("bill-1"), Approved)
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "approved")]


def test_a_bill_that_a_killed_till_left_is_settled_at_the_first_look() -> None:
    """A program that starts its watch need not run a recovery first."""
    desk = killed()
    desk.stage.virtual.advance(5)
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "approved")]


def test_a_payment_that_somebody_conducts_is_left_alone() -> None:
    """Its terminal belongs to its guest: not a question is asked there, and nothing is waited for."""
    desk = killed()
    sent = len(desk.till.wires["bar"].sent)
    with desk.till.book.lane("bar", wait_s=0):
        began = desk.stage.virtual.now()
        desk.watch.look()
        assert desk.stage.virtual.now() == began
    assert len(desk.till.wires["bar"].sent) == sent
    assert desk.till.book.get("bill-1").state is State.DISPATCHED
    assert desk.words() == []


def test_three_minutes_of_doubt_are_told_of_once() -> None:
    """Nobody gets through to the terminal: somebody has to look at it."""
    desk = parked()
    with deaf(desk):
        desk.watch.look()
        assert desk.words() == []
        desk.stage.virtual.advance(OVERDUE_S)
        desk.watch.look()
        desk.watch.look()
        assert desk.words() == [("overdue", "bill-1", "in_doubt")]
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "approved")]


def test_a_payment_that_shows_up_late_raises_an_alarm() -> None:
    """What was settled as not performed is looked at again, for a while, and not at every look."""
    desk = Desk(assumptions=Assumptions(timestamp_check="none"))  # type: ignore[arg-type]
    desk.watch.look()
    with deaf(desk, Fault.DELIVERED_LATE):
        assert isinstance(desk.till.pay("bill-1", patience_s=0), InDoubt)
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "not_performed")]
    desk.stage.virtual.advance(30)
    sent = len(desk.till.wires["bar"].sent)
    desk.watch.look()
    assert len(desk.till.wires["bar"].sent) == sent
    desk.stage.virtual.advance(400)
    desk.watch.look()
    assert desk.words() == [("alarm", "bill-1", "approved")]
    desk.watch.look()
    assert desk.words() == []


def test_an_alarm_that_comes_up_again_is_told_again() -> None:
    """A person has ruled, and then the terminal shows something else: that is news, and about money."""
    desk = Desk(assumptions=Assumptions(timestamp_check="none"))  # type: ignore[arg-type]
    with deaf(desk, Fault.DELIVERED_LATE):
        desk.till.pay("bill-1", patience_s=0)
    desk.watch.look()
    desk.stage.virtual.advance(400)
    desk.watch.look()
    assert desk.words()[-1] == ("alarm", "bill-1", "approved")
    desk.till.recovery.resolve("bill-1", State.APPROVED, by="Kim", reason="the guest has the slip")
    desk.watch.look()
    assert desk.words() == [("settled", "bill-1", "approved")]
    ruled = desk.till.book.get("bill-1")
    reply = Reply(operation_id=ruled.order.operation_id, ending=Ending.DECLINED, outcome_text="Declined")
    desk.till.book.record(ruled, contradicted(ruled, reply, row="contradicted", reason="it shows another ending"))
    for words in ([("alarm", "bill-1", "approved")], []):
        desk.watch.look()
        assert desk.words() == words


def test_a_terminal_that_refuses_our_keys_is_asked_no_more() -> None:
    """Wrong keys block a terminal that hears them too often."""
    desk = parked()
    with mock.patch.object(desk.stage.simulators["bar"].gate, "_integration_key", "another"):
        desk.watch.look()
        sent = len(desk.till.wires["bar"].sent)
        desk.watch.look()
        assert len(desk.till.wires["bar"].sent) == sent
    assert desk.watch.look() > 0
    assert len(desk.till.wires["bar"].sent) == sent


def test_the_looks_become_rarer_while_nothing_changes() -> None:
    """A terminal that is off is not asked every second all night, and a bill that settles brings the watch back."""
    desk = parked()
    with deaf(desk):
        assert [desk.watch.look() for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]
    desk.stage.virtual.advance(5)
    assert desk.watch.look() == 1
    assert desk.watch.look() == 1


def test_a_listener_that_fails_keeps_nobody_else_from_hearing() -> None:
    """What a POS does wrong in a callback must not leave the next bill in doubt."""
    desk = parked()
    desk.watch = Watch(book=desk.till.book, recovery=desk.till.recovery, clock=desk.stage.clock)
    heard: list[Outcome] = []
    desk.watch.listen(News.SETTLED, mock.Mock(side_effect=ZeroDivisionError))
    desk.watch.listen(News.SETTLED, heard.append)
    desk.stage.virtual.advance(5)
    desk.watch.look()
    assert [outcome.word for outcome in heard] == ["approved"]


def test_it_runs_in_a_thread_of_its_own_and_outlives_a_disk_that_fails() -> None:
    """A look that fails is logged, and the next one is taken all the same."""
    desk = parked()
    desk.stage.virtual.advance(5)
    heard = threading.Event()
    desk.watch.listen(News.SETTLED, lambda _: heard.set())
    fails_once = mock.Mock(side_effect=[JournalError("the disk is gone")])
    unsettled = Book.unsettled

    def failing(book: Book, terminal: str | None = None) -> object:
        if fails_once.call_count == 0:
            fails_once()
        return unsettled(book, terminal)

    with (
        mock.patch.object(Book, "unsettled", failing),
        mock.patch("recovery.watching._LONGEST_PAUSE_S", 0.0),
        desk.watch,
    ):
        desk.watch.start()  # harmless
        assert heard.wait(timeout=20)
    assert desk.words() == [("settled", "bill-1", "approved")]
    desk.watch.stop()  # harmless


def test_an_absence_is_told_as_settled() -> None:
    """An order that never arrived: the bill may be charged anew, and the POS should know."""
    desk = Desk()
    with deaf(desk, Fault.LOST_BEFORE_PROCESSING):
        assert isinstance(desk.till.pay("bill-1", patience_s=0), InDoubt)
    desk.watch.look()
    ((news, outcome),) = desk.told
    assert news is News.SETTLED
    assert isinstance(outcome, NotPerformed)


def test_a_look_that_fails_is_no_look() -> None:
    """By the time of its last look a monitor sees a watch that goes on and sees nothing."""
    desk = parked()
    assert desk.watch.looked_at is None
    desk.watch.look()
    first = desk.watch.looked_at
    assert first is not None
    desk.stage.clock.sleep(30)
    with (
        mock.patch.object(Book, "unsettled", side_effect=JournalError("the disk is gone")),
        pytest.raises(JournalError),
    ):
        desk.watch.look()
    assert desk.watch.looked_at == first
    desk.watch.look()
    assert (desk.watch.looked_at - first).total_seconds() >= 30
