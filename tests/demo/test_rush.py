"""Small rushes for real: processes, sockets, a disk and a SIGKILL."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tools.demo import run, rush


def play(**changes: Any) -> int:
    """Play a small rush and return its exit code."""
    plan: dict[str, Any] = {"bills": 24, "terminals": 2, "kills": 1, "fault_rate": 0.1, "seed": 7, "as_json": False}
    return run(**{**plan, **changes})


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_rush_through_a_kill_loses_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nobody is charged twice and nothing is lost; the kill is told, and the folder is removed."""
    assert play() == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Guests charged twice or more: 0" in lines
    assert "Paid at the terminal, unpaid in the till: 0" in lines
    assert "Paid in the till, not at the terminal: 0" in lines
    assert lines[-1].startswith("Nothing was lost: ")
    assert sum("SIGKILL after" in line for line in lines) == 1
    assert sum("tillproof recover: exit code" in line for line in lines) >= 2
    assert list(tmp_path.iterdir()) == []


def test_a_rush_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is for the document alone; the progress goes to standard error."""
    assert play(bills=4, kills=0, fault_rate=0, as_json=True) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert (document["differences"], document["plan"]["seed"]) == (0, 7)
    assert len(document["audit"]["charged_once"]) + len(document["audit"]["unpaid"]) == 4
    assert "A lunch rush: 4 bills" in told.err


def test_a_pos_that_charges_twice_is_caught(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted mistake: with new references after a restart guests pay twice, and the demo must say so."""
    monkeypatch.setattr(rush, "POS", "tests.demo.forgetful_pos")
    assert play(bills=12, fault_rate=0) == 1
    told = capsys.readouterr()
    found = re.search(r"^Guests charged twice or more: (\d+) ", told.out, re.MULTILINE)
    assert found is not None
    assert int(found[1]) > 0
    assert "are kept in" in told.err


def test_a_pos_that_breaks_by_itself_fails_the_demo(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only kills of ours are part of the plan; the end of its log is shown."""
    monkeypatch.setattr(rush, "POS", "tests.demo.broken_pos")
    assert play(bills=2) == 1
    assert "this POS has a hole in it" in capsys.readouterr().err


def test_numbers_that_cannot_be_played_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started for them."""
    assert play(bills=1) == 2
    assert "bills: 1 cannot be played; give 2 to" in capsys.readouterr().err
