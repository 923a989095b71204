"""What the engine is measured at: the terminal in memory, and the till that forgets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tillproof
from engine import OPERATIONS, Exchange, WireRequest
from journal import open_journal
from tools.bench import shop
from tools.bench.barest import BarestJournal
from tools.bench.forgetful import ForgetfulJournal
from tools.bench.instant import InstantWire
from tools.bench.paper import after, before, new_id
from tools.bench.till import FittedTill, NotPaid, open_fitted, pay_once


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That of a till with two terminals in memory."""
    monkeypatch.setenv("BENCH_INTEGRATION_KEY", "")
    monkeypatch.setenv("BENCH_SECRET_KEY", "")
    return shop.write_configuration(tmp_path, [shop.NO_PORT] * 2)


def test_the_shipped_engine_believes_the_terminal_in_memory_again_and_again(configuration: Path) -> None:
    """Its replies are authentic, fresh and about the right operation: nothing of the work is skipped."""
    wires = {shop.name_of(caller): InstantWire() for caller in range(2)}
    with open_fitted(configuration, lambda terminal: wires[terminal.name]) as till:
        for _ in range(20):
            pay_once(till, 0)
            pay_once(till, 1)
        assert till.unsettled() == []
        assert till.verify().breaks == ()
        assert till.verify().facts == 2 * 20 * 3
    assert all(wire.spent_s > 0 for wire in wires.values())


def test_its_replies_carry_receipts_unless_they_shall_not(configuration: Path) -> None:
    """The room of a journal is measured with them and without."""
    wires = {"t00": InstantWire(receipts=True), "t01": InstantWire(receipts=False)}
    with open_fitted(configuration, lambda terminal: wires[terminal.name]) as till:
        for caller in (0, 0, 1, 1):
            pay_once(till, caller)
        newest = {operation.order.terminal: operation for operation in till.newest(4)[::-1]}
    receipts = {name: operation.reply.receipts for name, operation in newest.items() if operation.reply}
    assert set(receipts["t00"]) == {"customer", "merchant"}
    assert receipts["t01"] == {}


def test_a_payment_that_failed_is_no_figure(configuration: Path) -> None:
    """A line that is dead answers quickly; that must not look fast."""

    class Dead(InstantWire):
        def exchange(self, request: object, **_: object) -> Exchange:
            return Exchange(left=False, failure="the line is dead")

    with open_fitted(configuration, lambda _: Dead()) as till, pytest.raises(NotPaid, match="not_performed"):
        pay_once(till, 0)


def test_a_till_without_a_journal_pays_and_forgets(configuration: Path) -> None:
    """It tells the engine what that needs for the running operation, and keeps no more than a few."""
    journal = ForgetfulJournal()
    wires = {shop.name_of(caller): InstantWire() for caller in range(2)}
    settings = tillproof.read_settings(configuration)
    with FittedTill(journal=journal, settings=settings, fit=lambda terminal: wires[terminal.name]) as till:
        for _ in range(10):
            pay_once(till, 0)
            pay_once(till, 1)
        assert till.unsettled() == []
        assert len(journal.newest_rows(lane="t00", limit=100)) == 4


class _Recorded(InstantWire):
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        self.methods.append(request.method)
        return super().exchange(request, deadline_s=deadline_s, on_sent=on_sent)


@pytest.mark.parametrize("patient", [False, True])
def test_the_barest_journal_keeps_an_intent_and_an_answer(
    configuration: Path, tmp_path: Path, *, patient: bool
) -> None:
    """Both written where a crash would leave them; else it would be no floor under one that does."""
    path = tmp_path / "barest.db"
    journal = BarestJournal(path, patient=patient)
    settings = tillproof.read_settings(configuration)
    with FittedTill(journal=journal, settings=settings, fit=lambda _: InstantWire()) as till:
        for _ in range(2):
            pay_once(till, 0)
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT intent, answer FROM operations").fetchall()
    assert len(kept) == 2
    assert all("slot_before" in intent and "Approved" in answer for intent, answer in kept)


@pytest.mark.parametrize("forgets", [False, True])
def test_after_the_first_payment_nothing_but_orders_is_sent(configuration: Path, *, forgets: bool) -> None:
    """With a journal and without: a till that had to ask what it forgot would make the other one look fast."""
    wire = _Recorded()
    settings = tillproof.read_settings(configuration)
    journal = ForgetfulJournal() if forgets else open_journal(settings.journal, projection=OPERATIONS, now=_now)
    with FittedTill(journal=journal, settings=settings, fit=lambda _: wire) as till:
        pay_once(till, 0)
        wire.methods.clear()
        for _ in range(6):
            pay_once(till, 0)
    assert wire.methods == ["POST"] * 6


def _now() -> datetime:
    return datetime.now(UTC)


def test_what_is_written_in_the_measurements_is_what_an_operation_writes() -> None:
    """The fold takes it: an operation that was begun, and then approved."""
    journal = ForgetfulJournal()
    operation_id = new_id()
    journal.append(before(operation_id))
    assert [row["operation_id"] for row in journal.open_rows("bar")] == [operation_id]
    journal.append(after(operation_id))
    assert journal.open_rows() == []
    state = OPERATIONS.row(journal.facts_of(operation_id))["state"]
    assert state == "approved"
