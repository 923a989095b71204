"""The page of questions: each is asked of a small week, and what the page prints is what comes out."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils.cli import cli

from engine import OPERATIONS, Kind
from journal import back_up
from tests.engine.bookkeeping import Books

PAGE = Path(__file__).resolve().parents[2] / "docs" / "queries.md"
QUESTION = re.compile(
    r"^## Question \d+: ([^\n]+)\n.*?^```sql\n(.+?)^```\n\n((?:\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL
)
QUESTIONS = [(title, sql, printed) for title, sql, printed in QUESTION.findall(PAGE.read_text("utf-8"))]


def a_small_week(path: Path) -> None:
    """Two days of a bar: paid, declined, tipped, lost and found, ruled, reversed, closed."""
    books = Books(path)
    books.at("2026-11-23T17:02").pay("bill-1001", "250.00")
    books.at("2026-11-23T17:40").answer(books.begin("bill-1002", "480.00", table="7"), total_minor=520_00)
    books.at("2026-11-23T18:05").pay("bill-1003", "99.00", ending="declined")
    books.at("2026-11-23T18:06").pay("bill-1003/2", "99.00")
    lost = books.at("2026-11-23T19:10").lose("bill-1004", "310.00")
    books.at("2026-11-23T19:10:42").find(lost)
    books.at("2026-11-23T22:00").capture("close-23", ("payment", 4, 1179_00))
    books.at("2026-11-24T11:30").pay("bill-1005", "75.50", "SEK")
    books.answer(books.begin("undo-1001", None, kind=Kind.REVERSAL, target_receipt="000001"))
    forgotten = books.at("2026-11-24T12:10").lose("bill-1006", "640.00")
    books.at("2026-11-24T12:14").rule(books.escalate(forgotten), "not_performed", reason="not in the bank's list")
    missed = books.at("2026-11-24T12:20").lose("bill-1007", "55.00")
    missed = books.at("2026-11-24T12:20:30").miss(missed)
    books.at("2026-11-24T12:31").contradict(missed)
    books.at("2026-11-24T12:40").answer(books.begin("bill-1008/back", "20.00", kind=Kind.REFUND))
    books.at("2026-11-24T12:44").lose("bill-1009", "120.00", terminal="hall")
    books.close()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small week's journal, as the page says to make one."""
    folder = tmp_path_factory.mktemp("shop")
    a_small_week(folder / "till.journal")
    back_up(folder / "till.journal", folder / "copy.db", projection=OPERATIONS)
    return folder / "copy.db"


def answer(copy: Path, sql: str) -> str:
    """What comes out, as a table of the page."""
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute(sql)
        rows = [[name for name, *_ in found.description], ["---"] * len(found.description), *found.fetchall()]
    return "".join(f"| {' | '.join('' if cell is None else str(cell) for cell in row)} |\n" for row in rows)


def test_page_asks_ten_questions() -> None:
    """None is lost because its block is spelt otherwise."""
    assert len(QUESTIONS) == PAGE.read_text("utf-8").count("```sql\n") == 10


@pytest.mark.parametrize(("sql", "printed"), [rest for _, *rest in QUESTIONS], ids=[title for title, *_ in QUESTIONS])
def test_answer_on_the_page_is_what_comes_out(copy: Path, sql: str, printed: str) -> None:
    """Word for word, and there is one: a question that finds nothing teaches nothing."""
    assert answer(copy, sql) == printed
    assert printed.count("\n") > 2


def test_command_of_the_page_gets_the_same(copy: Path) -> None:
    """As it stands there: sqlite-utils opens the copy and finds the views."""
    assert 'sqlite-utils copy.db "SELECT * FROM doubts" --csv' in PAGE.read_text("utf-8")
    done = CliRunner().invoke(cli, [str(copy), "SELECT * FROM doubts", "--csv"])
    assert (done.exit_code, "120.00,NOK,tillproof recover" in done.output) == (0, True)


def test_page_fits_on_a_screen() -> None:
    """What is printed there is not wider than the text."""
    assert [line for line in PAGE.read_text("utf-8").splitlines() if len(line) > 120] == []
