"""The two examples that a cashier types into: what they say, and what the terminal's own ledger says of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.conftest import Start
from tillproof_pytest import Terminal

_PROGRAMS = {
    "minimal": ("minimal_pos.py", "pay {bill} {table} 125.00", "close", "bill-{bill}/1"),
    "asyncio": ("asyncio_pos.py", "pay bill-{bill} {table} bar 125.00", "close bar", "bill-{bill}"),
}


class Pos:
    """One of the programs, spoken to line by line."""

    def __init__(self, name: str, start: Start, config: Path) -> None:
        file, self._pay, self._close, self._reference = _PROGRAMS[name]
        self._program = start(file, str(config), *(["bar"] if name == "minimal" else []))

    def reference(self, bill: str) -> str:
        """What the program calls this bill."""
        return self._reference.format(bill=bill)

    def pay(self, bill: str, table: str = "12") -> None:
        """Ask for a payment."""
        self.say(self._pay.format(bill=bill, table=table))

    def close(self) -> None:
        """Ask for the day's close."""
        self.say(self._close)

    def say(self, line: str) -> None:
        """Type a line."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{line}\n")
        self._program.stdin.flush()

    def hear(self) -> str:
        """The next line that it prints."""
        assert self._program.stdout is not None
        return self._program.stdout.readline().rstrip()

    def end(self) -> tuple[str, int]:
        """What it still prints when nothing more is typed, and its exit code."""
        rest, _ = self._program.communicate(timeout=60)
        return rest, self._program.returncode


@pytest.fixture(params=_PROGRAMS)
def pos(request: pytest.FixtureRequest, start: Start, till_config: Path) -> Pos:
    """Each of the two."""
    return Pos(request.param, start, till_config)


def test_a_guest_pays_and_the_day_is_closed(pos: Pos, terminal: Terminal) -> None:
    """The money moved once, however often it is asked for."""
    for _ in range(2):
        pos.pay("1")
        assert pos.hear().startswith(f"approved {pos.reference('1')}: The card was charged 125.00 NOK")
    pos.close()
    assert pos.hear().startswith("approved")
    assert pos.end() == ("", 0)
    assert [entry.kind for entry in terminal.ledger] == ["payment", "capture"]


def test_a_lost_reply_charges_nobody_twice(pos: Pos, terminal: Terminal) -> None:
    """The terminal had charged before the line broke, and the cashier hears it."""
    terminal.next("lost_after_processing")
    pos.pay("1")
    assert pos.hear().startswith(f"approved {pos.reference('1')}:")
    assert pos.end() == ("", 0)
    assert terminal.charged == 1


def test_a_parked_bill_stops_its_table_and_is_told_of_when_it_settles(pos: Pos, terminal: Terminal) -> None:
    """No second bill for guests who may have paid; and the program says by itself that they have."""
    terminal.next("dropped_while_paying", takes_s=5.0)
    pos.pay("1")
    assert pos.hear().startswith(f"parked {pos.reference('1')}:")
    pos.pay("2")
    assert pos.hear().startswith("refused")
    assert pos.hear().startswith(f"settled {pos.reference('1')}: The card was charged 125.00 NOK")
    pos.pay("2")
    assert pos.hear().startswith(f"approved {pos.reference('2')}:")
    assert pos.end() == ("", 0)
    assert terminal.charged == 2


def test_nonsense_is_answered_and_the_program_goes_on(pos: Pos, terminal: Terminal) -> None:
    """Neither a mistyped line nor an amount that is none ends a till."""
    pos.say("pay")
    assert pos.hear().startswith("say: pay")
    pos.say(pos._pay.format(bill="1", table="12").replace("125.00", "12,50,0"))
    assert pos.hear().startswith("not done: amount:")
    pos.pay("1")
    assert pos.hear().startswith("approved")
    assert terminal.charged == 1


def test_after_a_refusal_the_minimal_pos_takes_a_new_reference(
    start: Start, till_config: Path, terminal: Terminal
) -> None:
    """A card that was declined may be followed by another one, also after the till was killed in between."""
    terminal.next(guest="Declined")
    first = Pos("minimal", start, till_config)
    first.pay("1")
    assert first.hear().startswith("declined bill-1/1:")
    first._program.kill()
    first._program.wait(60)
    terminal.next(guest="Approved")
    second = Pos("minimal", start, till_config)
    second.pay("1")
    assert second.hear().startswith("approved bill-1/2:")


@pytest.mark.parametrize("name", _PROGRAMS)
def test_without_its_arguments_it_says_how_it_is_used(name: str) -> None:
    """A slip of the hand is answered with the program's own words, and with no traceback."""
    file = Path(__file__).parents[2] / "examples" / _PROGRAMS[name][0]
    done = subprocess.run(
        [sys.executable, file, "a", "b", "c"], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == ast.get_docstring(ast.parse(file.read_text("utf-8")), clean=False) + "\n"  # type: ignore[operator]
