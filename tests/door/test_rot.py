"""One bit that flips in an index of a journal at rest: whatever a till then finds, it charges nobody twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import tillproof
from engine import OPERATIONS
from journal import rebuild
from tests.door.conftest import Configure, Desk, Serve

_INDEXES = (
    "operations_by_reference",
    "operations_again_by_reference",
    "operations_by_operation_id",
    "operations_of_lane",
    "operations_open",
    "facts_by_subject",
)
_FLIPS = 24
"""In each index, in what its page really holds."""

_HONEST = (tillproof.TillproofError, tillproof.JournalError)


def page_of(journal: Path, index: str) -> tuple[int, int]:
    """From which byte of the file to which the only page of a small index goes."""
    with closing(sqlite3.connect(journal)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    return (root - 1) * size, root * size


def flips(journal: Path, index: str) -> Iterator[bytes]:
    """The file with one bit of an index flipped, by the dice, each time another."""
    begin, end = page_of(journal, index)
    content = journal.read_bytes()
    page = content[begin:end]
    cells = int.from_bytes(page[5:7], "big") or len(page)
    used = [*range(8 + 2 * int.from_bytes(page[3:5], "big")), *range(cells, len(page))]
    for place in random.Random(index).sample([8 * byte + bit for byte in used for bit in range(8)], _FLIPS):  # noqa: S311 - repeatable
        damaged = bytearray(content)
        damaged[begin + place // 8] ^= 1 << place % 8
        yield bytes(damaged)


@pytest.fixture
def shop(serve: Serve, configure: Configure) -> tuple[Desk, Path]:
    """A till that was paid three bills and was closed while the fourth was in doubt; its guest has paid as well."""
    desk = serve("none", "none", "none", "dropped_while_paying", takes_s=0.2)
    config = configure(desk)
    with tillproof.open(config) as till:
        for bill in ("bill-1", "bill-2", "bill-3"):
            assert till.pay("10.00", "NOK", terminal="bar", reference=bill).word == "approved"
        assert till.pay("10.00", "NOK", terminal="bar", reference="bill-4", patience_s=0).word == "in_doubt"
    while desk.approvals < 4:  # the guest is still typing
        desk.terminal.advance()
    return desk, config


@pytest.mark.parametrize("index", _INDEXES)
def test_a_bit_in_an_index_charges_nobody_twice(shop: tuple[Desk, Path], index: str) -> None:
    """The same bill again is told, or refused; a new one is sent only after the one in doubt is known."""
    desk, config = shop
    journal = config.parent / "journal" / "tillproof.db"
    kept = journal.parent.with_name("kept")
    shutil.copytree(journal.parent, kept)
    for damaged in flips(journal, index):
        shutil.rmtree(journal.parent)
        shutil.copytree(kept, journal.parent)
        journal.write_bytes(damaged)
        for bill in ("bill-2", "bill-4"):
            try:
                with tillproof.open(config) as till:
                    assert till.pay("10.00", "NOK", terminal="bar", reference=bill).word == "approved"
            except _HONEST:
                pass
        assert desk.approvals == 4


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ("operations_by_reference", "knows 'bill-2' and does not find it: an index is damaged"),
        ("facts_by_subject", "is approved by its row, and not by the facts that it finds"),
    ],
)
def test_what_an_index_hides_is_refused_and_the_remedy_works(shop: tuple[Desk, Path], index: str, told: str) -> None:
    """Nothing is sent, the sentence names the command, and after it the bill is told as it was."""
    desk, config = shop
    journal = config.parent / "journal" / "tillproof.db"
    with tillproof.open_records(config) as records:
        keys = {
            "operations_by_reference": b"bill-2",
            "facts_by_subject": records.outcome_of("bill-2").operation_id.encode(),
        }
    begin, end = page_of(journal, index)
    content = bytearray(journal.read_bytes())
    content[content.index(keys[index], begin, end)] ^= 1
    journal.write_bytes(content)
    with tillproof.open(config) as till:
        with pytest.raises(tillproof.JournalError, match=f"{told}.*`tillproof journal rebuild`"):
            till.pay("10.00", "NOK", terminal="bar", reference="bill-2")
        assert till.verify().breaks != ()
    rebuild(journal, projection=OPERATIONS)
    with tillproof.open(config) as till:
        assert till.verify().breaks == ()
        assert till.pay("10.00", "NOK", terminal="bar", reference="bill-2").word == "approved"
    assert desk.approvals == 4


def test_the_doubt_that_an_index_hides_is_not_paid_over(shop: tuple[Desk, Path]) -> None:
    """A new guest would take the place of the only proof; the till refuses him and names the remedy, which works."""
    desk, config = shop
    journal = config.parent / "journal" / "tillproof.db"
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, '= 1', '= 7') WHERE name = 'operations_open'")
        connection.commit()
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute("REINDEX operations_open")  # now it is empty
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, '= 7', '= 1') WHERE name = 'operations_open'")
        connection.commit()
    with tillproof.open(config) as till, pytest.raises(tillproof.NothingSent, match=r"'bill-4' is lost and not listed"):
        till.pay("10.00", "NOK", terminal="bar", reference="bill-5")
    assert desk.approvals == 4
    rebuild(journal, projection=OPERATIONS)
    with tillproof.open(config) as till:
        assert till.pay("10.00", "NOK", terminal="bar", reference="bill-5").word == "approved"
        assert till.outcome_of("bill-4").word == "approved"
