"""What was folded a moment ago is neither read nor folded again, and is never out of date."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine import OPERATIONS, Evidence, Glance, Kind, Money, Order, Reply, State, facts
from engine.book import Book
from engine.clock import Moment
from engine.operation import Dispatch, Operation
from engine.recall import Recall
from engine.terminal import Ending
from journal import JournalError, MemoryJournal

_ORDER = Order(
    operation_id="0b6dbd0a-6a1b-4d3f-9d6e-3b1f4c1f5a10",
    kind=Kind.PAYMENT,
    terminal="bar",
    reference="bill-1",
    amount=Money(12_500, "NOK"),
)
_DISPATCH = Dispatch(stamp_ms=1, moment=Moment(span="s", ticks_ms=1), slot_before="empty")


@pytest.fixture
def journal() -> MemoryJournal:
    """With an operation that is on its way."""
    journal = MemoryJournal(projection=OPERATIONS, now=lambda: datetime.now(UTC))
    journal.append([facts.intended(_ORDER), facts.dispatched(_ORDER, _DISPATCH)])
    return journal


def _counted(journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    real = journal.facts_of

    def facts_of(subject: str) -> Any:
        asked.append(subject)
        return real(subject)

    monkeypatch.setattr(journal, "facts_of", facts_of)
    return asked


def test_operation_is_read_once(journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever name it is asked for."""
    asked = _counted(journal, monkeypatch)
    book = Book(journal)
    assert book.get("bill-1") is book.get(_ORDER.operation_id) is book.unsettled()[0]
    assert len(asked) == 1


def test_what_somebody_else_wrote_meanwhile_is_seen(journal: MemoryJournal) -> None:
    """Two tills share a journal; the one must not go on with what it remembers of the other's operation."""
    mine, yours = Book(journal), Book(journal)
    before = mine.get("bill-1")
    reply = Reply(operation_id=_ORDER.operation_id, ending=Ending.APPROVED, outcome_text="Approved")
    yours.record(yours.get("bill-1"), facts.answered(_ORDER, reply, "paid"))
    assert (before.state, mine.get("bill-1").state) == (State.DISPATCHED, State.APPROVED)


def test_only_the_last_ones_are_remembered() -> None:
    """A till that runs for years does not grow."""
    recall = Recall()
    operation = Operation(order=_ORDER, state=State.INTENDED, opened_at="", updated_at="")
    for number in range(200):
        recall.keep(str(number), operation)
    assert [recall.find(digest) for digest in ("0", "71", "72", "199")] == [None, None, operation, operation]


def _approved(journal: MemoryJournal) -> None:
    reply = Reply(operation_id=_ORDER.operation_id, ending=Ending.APPROVED, outcome_text="Approved")
    journal.append([facts.answered(_ORDER, reply, "paid")])


def test_a_row_that_was_read_a_moment_too_early_is_read_again(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another till has written between the two readings; that is no damage."""
    stale, real = journal.named("bill-1"), journal.named
    _approved(journal)
    monkeypatch.setattr(journal, "named", lambda name: stale if name == "bill-1" else real(name))
    assert Book(journal).get("bill-1").state is State.APPROVED


def test_a_row_that_the_facts_do_not_bear_out_is_refused(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that has rotted hides facts, and a bill that was paid would look as if it were not."""
    facts_before, digest_before = journal.facts_of(_ORDER.operation_id), journal.last_digest(_ORDER.operation_id)
    _approved(journal)
    monkeypatch.setattr(journal, "facts_of", lambda _: facts_before)
    monkeypatch.setattr(journal, "last_digest", lambda _: digest_before)
    told = (
        f"{_ORDER.operation_id} is approved by its row, and not by the facts that it finds. Begin nothing; `tillproof"
    )
    with pytest.raises(JournalError, match=told):
        Book(journal).get("bill-1")


def test_at_a_glance_the_rows_are_believed_and_no_word_that_is_no_state(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the last operation is over is asked before each payment; one flipped bit must not say that it is."""
    (glance,) = Book(journal).glance("bar", limit=9)
    assert glance == Glance(
        operation_id=_ORDER.operation_id,
        reference="bill-1",
        kind=Kind.PAYMENT,
        state=State.DISPATCHED,
        evidence=Evidence.NONE,
        alarm=None,
    )
    (row,) = journal.newest_rows(lane="bar", limit=1)
    for column, rotten in (("state", "eispatched"), ("kind", "qayment"), ("evidence", "nonf")):
        monkeypatch.setattr(journal, "newest_rows", lambda *, row={**row, column: rotten}, **_: [row])
        told = (
            f"^the journal is damaged: by the row of {_ORDER.operation_id}, '{rotten}' is not .* Begin nothing; `till"
        )
        with pytest.raises(JournalError, match=told):
            Book(journal).glance("bar", limit=1)


def test_another_operation_under_a_reference_is_refused(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outcome would be told for that of the bill that was asked for."""
    found = journal.named("bill-1")
    monkeypatch.setattr(journal, "named", lambda _: found)
    with pytest.raises(
        JournalError, match=r"under 'bill-2' it finds 'bill-1'\. Begin nothing; `tillproof journal rebuild`"
    ):
        Book(journal).find("bill-2")
