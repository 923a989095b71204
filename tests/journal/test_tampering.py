"""Whatever is changed in the file behind our back is found, and named."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from journal import Journal, JournalRefused, NotStored, Verification, read_journal
from tests.journal.things import THINGS, draft, opened, tampering, written


def verified(path: Path) -> Verification:
    """What a reader's verification finds."""
    reader = read_journal(path, projection=THINGS, unverified=True)
    try:
        return reader.verify()
    finally:
        reader.close()


_FACT = {
    "at": "'2020-01-01T00:00:00.000Z'",
    "subject": "'thing-4'",
    "kind": "'Done'",
    "body": '\'{"label":"label-3","lane":"south"}\'',
    "digest": f"'{'f' * 64}'",
}


@pytest.mark.parametrize("column", _FACT)
def test_changed_fact_is_found_and_refused(path: Path, column: str) -> None:
    """Each column of a fact is under the chain: verification names the fact, and opening for writing is refused."""
    written(path)
    with tampering(path) as connection:
        connection.execute(f"UPDATE facts SET {column} = {_FACT[column]} WHERE seq = 3")  # noqa: S608

    assert verified(path).breaks[0].startswith("fact 3: its content")
    with pytest.raises(JournalRefused, match="cannot be trusted: fact 3: its content"):
        opened(path)


def test_renumbered_fact_is_found_and_refused(path: Path) -> None:
    """A number is part of what was written, too."""
    written(path)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET seq = 9 WHERE seq = 5")

    assert verified(path).breaks[0] == "fact 9: it follows fact 4, so facts between them are missing"
    with pytest.raises(JournalRefused, match="cannot be trusted: fact 9"):
        opened(path)


@pytest.mark.parametrize("seq", [1, 3])
def test_dropped_fact_is_found_and_refused(path: Path, seq: int) -> None:
    """A fact that is missing, from the beginning or the middle, leaves a gap."""
    written(path)
    with tampering(path) as connection:
        connection.execute("DELETE FROM facts WHERE seq = ?", (seq,))

    assert verified(path).breaks[0].startswith(f"fact {seq + 1}: it follows fact {seq - 1}")
    with pytest.raises(JournalRefused, match="are missing"):
        opened(path)


def test_rotten_text_is_found_and_refused(path: Path) -> None:
    """Bytes that are no text any more are named like any other change, not met with a crash."""
    written(path)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET body = CAST(x'7BFF7D' AS TEXT) WHERE seq = 2")

    assert verified(path).breaks[0].startswith("fact 2: its content")
    with pytest.raises(JournalRefused, match="fact 2: its content"):
        opened(path)


def test_rotten_subject_is_found(path: Path) -> None:
    """A subject that is no text any more cannot even be asked for; the check names it and goes on."""
    written(path)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET subject = CAST(x'7BFF7D' AS TEXT) WHERE seq = 2")

    assert [told for told in verified(path).breaks if "no subject that was ever written" in told]


@pytest.mark.parametrize("last", [4, 0])
def test_vanished_end_is_found_and_refused(path: Path, last: int) -> None:
    """The chain of what is left is whole; only the mark knows that there was more."""
    written(path)
    with tampering(path) as connection:
        connection.execute("DELETE FROM facts WHERE seq > ?", (last,))
        connection.execute("DELETE FROM things WHERE seq > ?", (last,))

    told = f"the journal ends at fact {last} but 5 had been written: its end has vanished or an older copy was put back"
    assert verified(path).breaks == (told,)
    with pytest.raises(JournalRefused, match=f"{told}.*delete nothing, .*move .*mark away to go on"):
        opened(path)


def test_older_copy_is_found_and_refused(path: Path) -> None:
    """Yesterday's file, put back whole, is not taken for today's; the remedy that the refusal names works."""
    written(path)
    copy = path.with_name("yesterday")
    shutil.copy(path, copy)
    journal = opened(path)
    journal.append([draft("a")])
    journal.close()
    shutil.copy(copy, path)

    assert verified(path).breaks[0].startswith("the journal ends at fact 5 but 6 had been written")
    with pytest.raises(JournalRefused, match="older copy was put back"):
        opened(path)
    (path.with_name(path.name + ".side") / "mark").unlink()
    opened(path).close()
    assert verified(path).breaks == ()


def test_older_copy_that_was_written_on_is_found(path: Path) -> None:
    """The number is there again, but it is another fact."""
    written(path)
    copy = path.with_name("yesterday")
    shutil.copy(path, copy)
    mark = path.with_name(path.name + ".side") / "mark"
    old_mark = mark.read_bytes()
    journal = opened(path)
    journal.append([draft("a")])
    journal.close()
    newest_mark = mark.read_bytes()
    shutil.copy(copy, path)
    mark.write_bytes(old_mark)
    journal = opened(path)
    journal.append([draft("b"), draft("c")])
    journal.close()
    mark.write_bytes(newest_mark)

    assert verified(path).breaks[0].startswith("fact 6: it is not the one that had been written")
    with pytest.raises(JournalRefused, match="fact 6: it is not the one"):
        opened(path)


@pytest.mark.parametrize("replaced", [0, 1, 2])
def test_copy_put_over_a_running_writer_is_noticed(path: Path, replaced: int) -> None:
    """A file that lost a fact under a running process is not written to, though others have written on in it."""
    journal = opened(path)
    journal.append([draft("a"), draft("b")])
    handle = journal._writer._handle  # type: ignore[attr-defined]
    handle._connection.execute("DROP TRIGGER facts_are_never_deleted")
    handle._connection.execute("DELETE FROM facts WHERE seq = 2")
    for later in range(replaced):
        handle._connection.execute("INSERT INTO facts VALUES (?, '', 'other', '', '{}', 'other')", (2 + later,))

    with pytest.raises(NotStored, match="fact 2, which had been written, is no longer in the journal"):
        journal.append([draft("c")])
    journal.close()


@pytest.mark.parametrize("content", [b"", b"\0" * 103, b"0" * 20, b"x" * 500])
def test_torn_mark_blocks_nothing_but_is_told(path: Path, content: bytes) -> None:
    """A power cut may tear the mark: the journal opens, verification says so, and the next write renews it."""
    written(path)
    (path.with_name(path.name + ".side") / "mark").write_bytes(content)

    journal = opened(path)
    assert [told for told in journal.verify().breaks if "is torn" in told] == list(journal.verify().breaks) != []
    journal.append([draft("a")])
    assert journal.verify().breaks == ()
    journal.close()


def test_mark_with_one_changed_digit_is_torn(path: Path) -> None:
    """The mark's own check sees a change that would still look like a mark."""
    written(path)
    mark = path.with_name(path.name + ".side") / "mark"
    mark.write_bytes(mark.read_bytes().replace(b"05 ", b"06 "))

    assert "is torn" in verified(path).breaks[0]


_ROW = {"thing_id": "'other'", "label": "'other'", "lane": "NULL", "steps": "7", "pending": "0"}


@pytest.mark.parametrize("column", _ROW)
def test_changed_row_is_found(path: Path, column: str) -> None:
    """A row is compared with what its facts say, column by column."""
    written(path)
    with tampering(path) as connection:
        connection.execute(f"UPDATE things SET {column} = {_ROW[column]} WHERE seq = 3")  # noqa: S608

    (told,) = verified(path).breaks
    assert told.startswith(f"things: 'thing-3' has {column} = ")


def test_missing_and_additional_rows_are_found(path: Path) -> None:
    """A row for each subject, and no other row."""
    written(path)
    with tampering(path) as connection:
        connection.execute("DELETE FROM things WHERE seq = 2")
        connection.execute("INSERT INTO things (seq, thing_id, pending) VALUES (77, 'nobody', 0)")

    assert verified(path).breaks == (
        "things: 'thing-2' has facts but no row",
        "things: 1 of 5 rows belong to no fact",
    )


def test_damaged_pages_are_found(path: Path) -> None:
    """SQLite's own check is asked too: an index that lost an entry changes no fact and no row."""
    written(path)
    with tampering(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '\"subject\"', '\"kind\"') WHERE name = 'facts_by_subject'"
        )
        connection.execute("PRAGMA writable_schema = OFF")

    found = [told for told in verified(path).breaks if told.startswith("SQLite: ")]
    assert found != []


@pytest.mark.parametrize("name", ["facts_are_never_changed", "facts_are_never_deleted", "facts_leave_no_gap"])
def test_missing_trigger_is_found(path: Path, name: str) -> None:
    """A guard that somebody dropped is named."""
    written(path)
    connection = sqlite3.connect(path)
    connection.execute(f"DROP TRIGGER {name}")
    connection.close()

    (told,) = verified(path).breaks
    assert told.startswith(f"the trigger {name} is missing")


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE facts SET kind = 'x'", "written once"),
        ("DELETE FROM facts WHERE seq = 5", "only what stands in an archive"),
        ("INSERT INTO facts VALUES (7, '', '', '', '', '')", "without gaps"),
        ("INSERT INTO facts VALUES (0, '', '', '', '', '')", "without gaps"),
        ("INSERT INTO facts (at, subject, kind, body, digest) VALUES ('', '', '', '', '')", "without gaps"),
        ("INSERT OR REPLACE INTO facts VALUES (5, '', '', '', '', '')", "without gaps"),
        ("INSERT INTO facts VALUES (6, '', '', '', x'00', '')", "cannot store BLOB"),
        ("INSERT INTO facts VALUES (6, NULL, '', '', '', '')", "NOT NULL"),
    ],
)
def test_file_itself_guards_its_facts(path: Path, sql: str, told: str) -> None:
    """Whatever tool is used, changing, deleting or misplacing a fact is an error."""
    written(path)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match=told):
        connection.execute(sql)
    connection.close()

    assert verified(path).breaks == ()


def test_old_break_is_beyond_what_opening_checks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening checks the last facts only, so that a journal of years opens fast; verification finds the rest."""
    journal: Journal = opened(written(path))
    journal.append([draft("thing-2", "Done")])
    journal.close()
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET kind = 'x' WHERE seq = 2")
    monkeypatch.setattr("journal.verification.TAIL", 4)

    journal = opened(path)
    assert journal.verify().breaks[0].startswith("fact 2: its content")
    journal.close()
    monkeypatch.setattr("journal.verification.TAIL", 5)
    with pytest.raises(JournalRefused, match="fact 2"):
        opened(path)


@pytest.mark.parametrize(
    ("seq", "change"),
    [
        (1, "UPDATE facts SET kind = 'x' WHERE seq = 1"),
        (2, "UPDATE facts SET body = CAST(x'ff' AS TEXT) WHERE seq = 2"),
        (2, "UPDATE facts SET digest = '' WHERE seq = 2"),
    ],
)
def test_opening_checks_whoever_is_open_however_old_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, seq: int, change: str
) -> None:
    """Somebody will act on these facts; those of others who are as old are left to the verification."""
    written(path)
    monkeypatch.setattr("journal.verification.TAIL", 1)
    opened(path).close()
    with tampering(path) as connection:
        connection.execute(change)
    with pytest.raises(JournalRefused, match=f"cannot be trusted: fact {seq}: its content, or the digest"):
        opened(path)


def test_a_table_that_has_rotted_keeps_nobody_from_opening(path: Path) -> None:
    """It can be made anew; whoever reads it is told."""
    written(path)
    with tampering(path) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'things_open'")
    opened(path).close()


def test_ruins_give_a_bounded_report(path: Path) -> None:
    """A journal in which nothing fits is told in a hundred sentences, not in a million."""
    written(path, 120)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET kind = 'x'")

    found = verified(path).breaks
    assert len(found) == 101
    assert found[-1] == "and perhaps more: the check stopped here"


def test_flipped_bits_in_the_name_of_an_index_are_met_without_a_crash(path: Path) -> None:
    """SQLite takes "iNdex" for "index" and goes on using it, so reading may go on, and must not fall over it."""
    written(path)
    content = path.read_bytes()
    listed = content.index(b"indexthings_by_label")
    for byte in range(listed, listed + len(b"indexthings_by_label")):
        flipped = bytearray(content)
        flipped[byte] ^= ord("a") ^ ord("A")
        path.write_bytes(flipped)
        with suppress(JournalRefused):
            reader = read_journal(path, projection=THINGS)
            assert [fact.seq for fact in reader.facts()] == [1, 2, 3, 4, 5]
            reader.close()
