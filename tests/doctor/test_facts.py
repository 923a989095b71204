"""The journal: missing, read-only, not to be trusted, in doubt, blocked."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from journal import JournalError
from journal.locks import LockFile
from tests.cli.shop import Shop
from tests.doctor.room import examined, line_of, lines_of, verdicts
from tests.journal.things import tampering
from tools.doctor import facts


def side(shop: Shop) -> Path:
    """The side folder of the journal."""
    return shop.folder / f"{shop.journal.name}.side"


def test_journal_that_is_well_is_told_with_its_head(shop: Shop) -> None:
    """How many facts, the head, and that they all fit together."""
    shop.pay()
    lines = examined(shop)
    assert line_of(lines, "journal").measured["facts"] == 3
    assert line_of(lines, "chain").finding == "all 3 facts fit together"
    assert line_of(lines, "writer").verdict == "ok"


def test_missing_journal_is_a_warning(shop: Shop) -> None:
    """On a new till it is nothing; on an old one somebody has to look for it."""
    line = line_of(examined(shop), "journal")
    assert (line.verdict, "the first operation makes it" in line.finding) == ("warn", True)


def test_missing_journal_that_must_not_be_made_is_a_failure(shop: Shop) -> None:
    """Its disk is not mounted, say; and a till that began a new one would charge again what it does not know."""
    shop.configure(shop.terminal(), head='journal = "till.journal"\nmake_journal = false\n')
    line = line_of(examined(shop), "journal")
    assert (line.verdict, "is its disk mounted?" in line.finding) == ("fail", True)


def test_journal_of_an_older_release_is_a_warning(shop: Shop) -> None:
    """It is sound; whatever opens it for writing brings it up to date."""
    shop.pay()
    with closing(sqlite3.connect(shop.journal, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE operations ADD COLUMN of_another_release TEXT")
    lines = examined(shop)
    line = line_of(lines, "journal")
    assert (line.verdict, "for writing once" in line.finding) == ("warn", True)
    shop.run("recover")
    assert line_of(examined(shop), "journal").verdict == "ok"


def test_vanished_journal_is_a_failure(shop: Shop) -> None:
    """Its side folder says that there was one."""
    shop.pay()
    shop.journal.unlink()
    line = line_of(examined(shop), "journal")
    assert (line.verdict, "though a journal was written here" in line.finding) == ("fail", True)


def test_read_only_journal_is_a_failure(shop: Shop) -> None:
    """The till could not write; everything else is still told, the terminal asked, the chain read."""
    shop.pay()
    shop.journal.chmod(0o400)
    lines = examined(shop)
    line = line_of(lines, "journal")
    assert (line.verdict, "may only be read" in line.finding) == ("fail", True)
    assert line.remedy is not None
    assert line.remedy.startswith(f"chmod u+w {shop.journal}")
    assert verdicts(lines, "fail") == {"journal"}
    assert verdicts(lines, "ok") >= {"credentials", "chain", "operations"}


def test_broken_chain_is_a_failure(shop: Shop) -> None:
    """The fact is named, and where everything about it can be read."""
    shop.pay()
    with tampering(shop.journal) as connection:
        connection.execute("UPDATE facts SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 2")
    lines = examined(shop)
    line = line_of(lines, "chain")
    assert (line.verdict, line.finding.startswith("fact 2: ")) == ("fail", True)
    assert line.remedy is not None
    assert "`tillproof journal verify`" in line.remedy
    assert verdicts(examined(shop, quick=True), "fail") == set()


def test_older_copy_in_its_place_is_a_failure_and_is_still_read(shop: Shop) -> None:
    """The mark beside it knows how far it had come; what is left of it is told."""
    shop.pay()
    copy = shop.folder / "copy"
    shutil.copy(shop.journal, copy)
    shop.pay("--reference", "bill-2")
    shutil.move(copy, shop.journal)
    lines = examined(shop)
    assert verdicts(lines, "fail") == {"journal", "chain"}
    assert "6 had been written" in line_of(lines, "journal").finding
    assert line_of(lines, "operations").verdict == "ok"


def test_file_that_is_no_journal_is_a_failure(shop: Shop) -> None:
    """It cannot be read, so nothing of it is checked."""
    shop.journal.write_bytes(b"no journal" * 500)
    lines = examined(shop)
    assert line_of(lines, "journal").verdict == "fail"
    assert verdicts(lines, "not_checked") >= {"chain", "operations"}


def test_doubt_about_the_disk_is_a_failure(shop: Shop) -> None:
    """Nothing is written before it is made good, which every till sees as a journal that takes nothing."""
    shop.pay()
    (side(shop) / "doubt").touch()
    line = lines_of(examined(shop), "journal")[-1]
    assert (line.verdict, line.finding) == ("fail", "a flush failed, and nothing is written before that is made good")


def test_writer_that_keeps_all_others_waiting_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was stopped in the middle of a write, say; where the system tells, it is named."""
    monkeypatch.setattr(facts, "_WRITER_WAIT_S", 0)
    shop.pay()
    lock = LockFile(side(shop) / "writer.lock")
    lock.acquire()
    line = line_of(examined(shop), "writer")
    lock.close()
    assert line.verdict == "fail"
    assert line.measured["pid"] in {os.getpid(), None}
    assert line.finding.startswith(f"process {os.getpid()}" if line.measured["pid"] else "a process that cannot be")


def test_what_cannot_be_read_or_tried_is_said_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the disk in the middle of a check is a line as well."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise JournalError("the disk reported an error")

    shop.pay()
    monkeypatch.setattr(facts, "is_locked", refuse)
    monkeypatch.setattr("journal.verification.verify_file", refuse)
    lines = examined(shop)
    assert (line_of(lines, "writer").verdict, line_of(lines, "chain").verdict) == ("not_checked", "fail")
    assert line_of(lines, "chain").finding == "the disk reported an error"


def test_surroundings_that_may_not_be_looked_at_hide_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them there is no lane to tell of, and the rest is told."""

    def refuse(*_: Any) -> Any:
        raise JournalError("not for you")

    shop.pay()
    monkeypatch.setattr("tools.doctor.patient.look_around", refuse)
    assert verdicts(examined(shop), "fail") == set()
