"""The pytest plugin: what a POS developer writes first, and what he then tries to break."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_FIRST_TEST = """
def test_a_lost_reply_charges_nobody_twice(terminal, till):
    terminal.next("lost_after_processing")
    outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill-1")
    assert outcome.word == "approved"
    assert terminal.charged == 1
"""

_MORE_TESTS = """
import pytest
import tillproof

def test_the_script_is_played_in_order(terminal, till):
    terminal.next("none", "lost_before_processing")
    words = [till.pay("1.00", "NOK", terminal="bar", reference=f"bill-{number}").word for number in range(3)]
    assert words == ["approved", "not_performed", "approved"]
    assert terminal.charged == 2

def test_a_guest_may_say_no(terminal, till):
    terminal.next(guest="Declined")
    assert till.pay("1.00", "NOK", terminal="bar", reference="bill-1").word == "declined"
    assert till.pay("1.00", "NOK", terminal="bar", reference="bill-2").word == "approved"

def test_a_terminal_that_is_off(terminal, till):
    terminal.stop()
    assert till.pay("1.00", "NOK", terminal="bar", reference="bill-1").word == "not_performed"

def test_a_program_may_open_its_own_till(terminal, till_config):
    with tillproof.open(till_config) as own:
        assert own.pay("1.00", "NOK", terminal="bar", reference="bill-1").word == "approved"
    (entry,) = terminal.ledger
    assert (entry.kind, entry.total_minor, entry.currency) == ("payment", 100, "NOK")

def test_a_fault_that_there_is_not(terminal):
    with pytest.raises(ValueError, match="lost_in_space"):
        terminal.next("lost_in_space")
"""

_THAT_FAILS = """
def test_a_planted_second_charge_is_seen(terminal, till):
    till.pay("125.00", "NOK", terminal="bar", reference="bill-1")
    till.pay("125.00", "NOK", terminal="bar", reference="bill-1/again")
    assert terminal.charged == 1
"""

_OTHERS = """
import sys

def test_it_costs_other_tests_nothing():
    assert not {"tillproof", "engine", "journal", "requests", "tools"} & sys.modules.keys()
"""


def _pytest(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    """Run a test as its author would, in a folder and a process of its own."""
    (folder / "test_pos.py").write_text(test, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tillproof_pytest", "test_pos.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_the_first_test_of_a_developer_passes(tmp_path: Path) -> None:
    """Five lines: a reply is lost, and nobody is charged twice."""
    done = _pytest(tmp_path, _FIRST_TEST)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_faults_guests_and_switches_do_what_they_say(tmp_path: Path) -> None:
    """Everything that the fixtures offer, in somebody else's tests."""
    done = _pytest(tmp_path, _MORE_TESTS)
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_a_second_charge_fails_the_test(tmp_path: Path) -> None:
    """The ledger is the terminal's own, and not what the till believes."""
    done = _pytest(tmp_path, _THAT_FAILS)
    assert "assert 2 == 1" in done.stdout, done.stdout + done.stderr


def test_nothing_is_loaded_for_tests_that_do_not_ask(tmp_path: Path) -> None:
    """A plugin is found by every run of pytest in its environment, whatever that run is about."""
    done = _pytest(tmp_path, _OTHERS)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
