"""What is shown while the rush is on."""

from __future__ import annotations

import io

from rich.console import Console

from tests.demo.plants import BILLS
from tools.demo.board import LiveBoard, PlainBoard, Tally, board_for


def tally() -> Tally:
    """A rush of three bills: one paid, one declined so far."""
    standing = Tally(bills=BILLS)
    standing.note({"bill": 1, "terminal": "terminal-1", "attempt": 1})
    standing.note({"bill": 1, "terminal": "terminal-1", "attempt": 1, "outcome": "approved"})
    standing.note({"bill": 1, "terminal": "terminal-1", "done": "paid"})
    standing.note({"bill": 2, "terminal": "terminal-1", "attempt": 1, "outcome": "declined"})
    return standing


def test_a_pipe_gets_plain_lines() -> None:
    """No bar, no colours, no cursor: whole lines, one for each tenth of the bills."""
    stream = io.StringIO()
    board = board_for(Console(file=stream), terminals=["terminal-1"], bills=3)
    with board:
        board.show(tally())
        board.show(tally())
        board.say("Kill 1 of 1")
    assert isinstance(board, PlainBoard)
    assert stream.getvalue() == "1 of 3 bills done\nKill 1 of 1\n"


def test_a_screen_gets_a_bar_and_a_table() -> None:
    """What is said stays above them."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100, highlight=False, markup=False)
    board = board_for(console, terminals=["terminal-1"], bills=3)
    with board:
        board.show(tally())
        board.say("Kill 1 of 1")
    assert isinstance(board, LiveBoard)
    shown = stream.getvalue()
    assert "Kill 1 of 1" in shown
    assert "bill 2: declined" in shown
    assert "1/3" in shown


def test_a_terminal_is_told_with_its_guests() -> None:
    """Paid are bills, the rest are attempts."""
    assert tally().row("terminal-1") == ("terminal-1", "1/3", "1", "1", "0", "0", "0", "bill 2: declined")


def test_a_new_pos_says_again_what_is_done() -> None:
    """A bill is counted once, however often it is told."""
    standing = tally()
    standing.note({"bill": 1, "terminal": "terminal-1", "done": "paid"})
    assert standing.done == {1: "paid"}
