"""The audit catches what it is there for. Each fault is planted once, in books that agree otherwise."""

from __future__ import annotations

from dataclasses import replace

from engine import Evidence, State
from tests.demo.plants import BILLS, account, accounts, entries, entry
from tools.demo.audit import Faults, audit, together


def test_books_that_agree_have_no_difference() -> None:
    """Without a planted fault the audit finds none, and tells who paid and who did not."""
    found = audit(BILLS, entries(), accounts())
    assert found.differences == 0
    assert (found.charged_once, found.unpaid) == ((1, 2), (3,))
    assert found.settled_by == {"reply": 3, "latest_slot": 1}


def test_a_planted_double_charge_is_caught() -> None:
    """Two approved entries with one bill's amount are a guest who paid twice, whatever the journal says of it."""
    found = audit(BILLS, [*entries(), entry(1, "a2")], [*accounts(), account(1, "a2", State.APPROVED)])
    assert found.charged_twice == (1,)
    assert found.charged_once == (2,)
    assert found.differences == 1


def test_the_same_operation_performed_twice_is_caught() -> None:
    """A double charge is one also when both entries carry the same id."""
    assert audit(BILLS, [*entries(), entry(1, "a1")], accounts()).charged_twice == (1,)


def test_a_planted_lost_payment_is_caught() -> None:
    """A guest who paid at the terminal and whom the till believes not to have paid is a lost payment."""
    books = [account(1, "a1", State.NOT_PERFORMED, Evidence.FENCED_ABSENCE), *accounts()[1:]]
    found = audit(BILLS, entries(), books)
    assert found.lost == (1,)
    assert found.disagreeing == ("bill-0001/1",)


def test_a_planted_phantom_is_caught() -> None:
    """A bill that is paid in the till and at no terminal is a phantom."""
    found = audit(BILLS, entries(), [*accounts(), account(3, "c2", State.APPROVED)])
    assert found.phantom == (3,)
    assert found.disagreeing == ("bill-0003/2",)


def test_a_charge_that_the_journal_does_not_know_is_caught() -> None:
    """An approved entry whose id no operation has came from nowhere, even if the bill is paid."""
    found = audit(BILLS, [entry(1, "zz"), *entries()[1:]], accounts())
    assert found.unknown_ids == ("zz",)
    assert found.disagreeing == ("bill-0001/1",)


def test_a_charge_under_another_attempt_is_caught() -> None:
    """Bill by bill all is well here; only the comparison of operations sees that the books mean different ones."""
    books = [
        account(1, "a1", State.APPROVED),
        account(2, "b1", State.APPROVED),
        account(2, "b2", State.DECLINED),
        account(3, "c1", State.CANCELLED),
    ]
    found = audit(BILLS, entries(), books)
    assert (found.lost, found.phantom, found.charged_twice) == ((), (), ())
    assert found.disagreeing == ("bill-0002/1", "bill-0002/2")


def test_an_amount_that_no_bill_has_is_caught() -> None:
    """Money that belongs to no guest of this lunch is a difference."""
    found = audit(BILLS, [*entries(), entry(9, "a1")], accounts())
    assert found.strange_amounts == ("1009 at terminal-1",)


def test_doubt_is_neither_lost_nor_unpaid() -> None:
    """A till that knows that it does not know has lost nothing: the operation is named instead."""
    books = [account(1, "a1", State.LOST, Evidence.NONE), *accounts()[1:]]
    found = audit(BILLS, entries(), books)
    assert [doubt.reference for doubt in found.in_doubt] == ["bill-0001/1"]
    assert (found.lost, found.unpaid, found.with_person) == ((), (3,), ())


def test_what_waits_for_a_person_is_told_apart() -> None:
    """An operation that was given to a person with a reason is no open question of the till."""
    books = [account(1, "a1", State.ESCALATED, Evidence.NONE), *accounts()[1:]]
    found = audit(BILLS, entries(), books)
    assert [waiting.reference for waiting in found.with_person] == ["bill-0001/1"]
    assert found.in_doubt == ()


def test_an_escalation_without_a_reason_counts_as_doubt() -> None:
    """A person who is told nothing cannot rule."""
    books = [replace(account(1, "a1", State.ESCALATED, Evidence.NONE), reason=""), *accounts()[1:]]
    assert len(audit(BILLS, entries(), books).in_doubt) == 1


def test_times_to_the_truth_are_split_by_what_took_the_reply() -> None:
    """A reply that the line lost and one that a kill took are two measurements."""
    books = [
        replace(accounts()[0], lost=True, doubt_s=0.3),
        replace(accounts()[2], lost=True, doubt_s=0.1),
        replace(accounts()[3], lost=True, killed=True, doubt_s=0.7),
    ]
    found = audit(BILLS, entries(), books)
    assert found.lost_replies == 3
    assert found.doubts_in_line_s == (0.1, 0.3)
    assert found.doubts_after_kill_s == (0.7,)


def test_faults_of_all_terminals_are_added() -> None:
    """What was played is told for the whole lunch."""
    one = Faults(orders=3, questions=1, on_orders={"busy": 1}, on_questions={"slow": 1}, late_refused=1)
    two = Faults(orders=2, on_orders={"busy": 1, "garbage": 1}, late_taken=1, wrong_keys=1)
    assert together([one, two]) == Faults(
        orders=5,
        questions=1,
        on_orders={"busy": 2, "garbage": 1},
        on_questions={"slow": 1},
        late_refused=1,
        late_taken=1,
        wrong_keys=1,
    )
    assert together([one, two]).played == 4
