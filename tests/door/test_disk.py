"""Disks that are full and files that may only be read: nothing is sent, or what was paid is stored all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tillproof
from tests.door.conftest import Configure, Desk, Serve

_UNSHARE = shutil.which("unshare")
_ROOT = Path(__file__).parents[2]


def on_small_disk(scenario: str, folder: Path, desk: Desk) -> dict[str, Any]:
    """Play a scenario of ``tests/door/disk.py`` where ``folder`` is a file system of one mebibyte."""
    folder.mkdir()
    program = f"{sys.executable} -m tests.door.disk {scenario} {folder} {desk.port}"
    inner = f"mount -t tmpfs -o size=1m none {folder} && exec {program}"
    flags = "-m" if os.geteuid() == 0 else "-rm"
    done = subprocess.run(
        [_UNSHARE or "", flags, "sh", "-c", inner], cwd=_ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


needs_own_mounts = pytest.mark.skipif(_UNSHARE is None, reason="mounts of its own exist on Linux only")


@needs_own_mounts
def test_on_a_full_disk_nothing_is_sent_and_the_error_says_why(serve: Serve, tmp_path: Path) -> None:
    """From the first refusal on, the terminal hears no order, and every caller hears that the disk is full."""
    desk = serve(takes_s=0.01)
    found = on_small_disk("full_before", tmp_path / "disk", desk)
    refused = [heard for heard in found["heard"] if heard != "approved"]
    assert found["first"] == "approved"
    assert refused
    assert all(heard.startswith("NothingSent: no order was sent") and "full" in heard for heard in refused)
    assert len(desk.terminal.ledger) == 1 + len(found["heard"]) - len(refused)


@needs_own_mounts
def test_the_answer_of_a_guest_who_paid_is_stored_on_a_full_disk(serve: Serve, tmp_path: Path) -> None:
    """What was set aside for this moment is enough: the caller hears approved, and so does whoever asks later."""
    desk = serve(takes_s=1.0)
    found = on_small_disk("full_while_paying", tmp_path / "disk", desk)
    assert found == {"heard": "approved", "recorded": "approved", "breaks": []}
    assert desk.approvals == 2


def test_a_journal_that_may_only_be_read_stops_the_till_at_the_door(serve: Serve, configure: Configure) -> None:
    """Nothing is sent, not even a question, and the sentence says what to do; also for root."""
    desk = serve()
    config = configure(desk)
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill-1")
    heard = len(desk.terminal.log.rows)
    journal = config.parent / "journal" / "tillproof.db"
    journal.chmod(0o400)
    with pytest.raises(tillproof.JournalRefused, match="may only be read by this user: give its owner the right"):
        tillproof.open(config)
    assert len(desk.terminal.log.rows) == heard


def test_a_journal_that_was_tampered_with_stops_the_till_at_the_door(serve: Serve, configure: Configure) -> None:
    """An amount was changed with another program: the chain shows it, and names the fact."""
    import sqlite3  # noqa: PLC0415 - the other program

    config = configure(serve())
    with tillproof.open(config) as till:
        till.pay("1.00", "NOK", terminal="bar", reference="bill-1")
    with sqlite3.connect(config.parent / "journal" / "tillproof.db") as stranger:
        stranger.execute("DROP TRIGGER facts_are_never_changed")
        stranger.execute("UPDATE facts SET body = replace(body, '100', '900') WHERE seq = 1")
    stranger.close()
    with pytest.raises(tillproof.JournalRefused, match="fact 1: "):
        tillproof.open(config)
