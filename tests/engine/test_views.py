"""The views of a journal: amounts as people write them, outcomes in words, and always there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import iso4217
import pytest

from engine import OPERATIONS, Kind
from engine.views import VIEWS
from journal import open_journal, read_journal, rebuild
from tests.engine.bookkeeping import Books


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """An empty journal."""
    books = Books(tmp_path / "till.journal")
    yield books
    books.close()


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What somebody's database tool gets."""
    with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def test_bills_are_told_as_people_write_them(books: Books) -> None:
    """Major units with a point, words with blanks, times as they are."""
    books.at("2026-11-24T12:00").begin("waits", "5.05")
    books.answer(books.begin("tipped", "100.00", table="7"), total_minor=110_05)
    books.miss(books.lose("missed", "1.00"))
    rows = asked(
        books.path, "SELECT reference, at_table, amount, currency, outcome, moved, evidence, opened FROM bills"
    )
    at = "2026-11-24T12:00:00.000Z"
    assert rows == [
        ("waits", None, "5.05", "NOK", "in doubt", None, "none", at),
        ("tipped", "7", "100.00", "NOK", "approved", "110.05", "reply", at),
        ("missed", None, "1.00", "NOK", "not performed", None, "fenced absence", at),
    ]


def test_amounts_have_the_decimals_of_their_currency(books: Books) -> None:
    """Of every currency that there is: none, two, three or four; the list that the view holds is that of ISO 4217."""
    wanted = []
    for currency in iso4217.Currency:
        if currency.exponent is not None:
            amount = f"{10005 / 10**currency.exponent:.{currency.exponent}f}"
            books.begin(currency.code, amount, currency.code)
            wanted.append((currency.code, amount))
    assert asked(books.path, "SELECT currency, amount FROM bills") == wanted


def test_doubts_are_what_somebody_has_to_do_something_about(books: Books) -> None:
    """With the remedy: ask the terminal, rule, or look into an alarm."""
    books.pay("paid")
    books.lose("lost")
    books.escalate(books.lose("escalated"))
    books.contradict(books.miss(books.lose("late")))
    assert asked(books.path, "SELECT reference, amount, remedy, alarm FROM doubts") == [
        ("lost", "125.00", "tillproof recover", None),
        ("escalated", "125.00", "a person must rule", None),
        ("late", "125.00", "a person must look into the alarm", "LATE SUCCESS: approved after all"),
    ]


def test_days_are_counted_and_summed_by_currency(books: Books) -> None:
    """What was moved where it moved, what was asked for where not, and a capture without an amount."""
    books.at("2026-11-23T23:59").pay("late", "10.00")
    books.at("2026-11-24T00:00").pay("a", "20.00")
    books.answer(books.begin("b", "30.00"), total_minor=33_00)
    books.pay("c", "40.00", "SEK", ending="declined")
    books.capture("close")
    assert asked(books.path, "SELECT day, kind, outcome, currency, operations, amount FROM days") == [
        ("2026-11-23", "payment", "approved", "NOK", 1, "10.00"),
        ("2026-11-24", "capture", "approved", None, 1, None),
        ("2026-11-24", "payment", "approved", "NOK", 2, "53.00"),
        ("2026-11-24", "payment", "declined", "SEK", 1, "40.00"),
    ]


def test_view_of_doubts_reads_no_more_than_the_doubts(books: Books) -> None:
    """However many operations there are."""
    (plan, *_) = asked(books.path, "EXPLAIN QUERY PLAN SELECT * FROM doubts")
    assert "USING INDEX operations_open" in plan[-1]


def test_older_journal_gets_its_views_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    """Also one whose views are those of another release; and readers do without them."""
    path = tmp_path / "till.journal"
    older = replace(OPERATIONS, views={"bills": "SELECT 1 AS one"})
    books = Books(path)
    open_journal(path, projection=older, now=lambda: books.now).close()
    assert asked(path, "SELECT * FROM bills") == [(1,)]
    books.pay("one")
    books.close()
    read_journal(path, projection=OPERATIONS).close()
    assert asked(path, "SELECT * FROM bills") == [(1,)]
    Books(path).close()
    assert asked(path, "SELECT reference FROM bills") == [("one",)]


def test_views_outlive_a_rebuilding(books: Books) -> None:
    """The table under them is thrown away and made anew."""
    books.pay("one")
    rebuild(books.path, projection=OPERATIONS)
    assert [len(asked(books.path, f"SELECT * FROM {name}")) for name in VIEWS] == [1, 0, 1]  # noqa: S608 - our own names


def test_reversal_has_no_amount_of_its_own(books: Books) -> None:
    """Rather none than a wrong one."""
    books.answer(books.begin("undo", None, kind=Kind.REVERSAL, target_receipt="000001"))
    assert asked(books.path, "SELECT amount, moved FROM bills") == [(None, None)]
