"""What is long over moves into an archive: nothing is lost, one chain, no name twice, and tills go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from journal import (
    Archived,
    Conflict,
    Fact,
    Head,
    Journal,
    JournalError,
    JournalMissing,
    JournalRefused,
    NotStored,
    Slip,
    archive,
    archiving,
    open_journal,
    reach,
    read_journal,
    verification,
)
from journal.batch import Batch
from journal.connection import connect_writer
from journal.making import MIGRATIONS
from journal.side import Side
from tests.journal.things import THINGS, PowerCut, draft, tampering

_FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Shop:
    """A journal in which each fact has a day, and its archives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.today = _FIRST
        self.journal: Journal = self.opened()

    def opened(self) -> Journal:
        """One more till on this journal."""
        return open_journal(self.path, projection=THINGS, now=lambda: self.today)

    def on(self, day: int, *facts: tuple[str, str]) -> None:
        """Write facts on a day of January: what of (Begun, Told, Done), and of which thing."""
        self.today = _FIRST.replace(day=day)
        for kind, thing in facts:
            body = {"label": f"label-{thing}", "lane": "north"} if kind == "Begun" else {}
            self.journal.append([draft(thing, kind, **body)])

    def archive(self, name: str, day: int, **more: object) -> Archived:
        """Archive what was over before a day."""
        before = _FIRST.replace(day=day, hour=0)
        return archive(
            self.path,
            self.target(name),
            before=before,
            projection=THINGS,
            now=lambda: self.today,
            **more,  # type: ignore[arg-type]
        )

    def target(self, name: str) -> Path:
        """Where an archive stands."""
        return self.path.parent / name

    def facts(self, *archives: str) -> list[Fact]:
        """All facts, of some archives and of the journal, each of them verified on the way."""
        found: list[Fact] = []
        for path in (*map(self.target, archives), self.path):
            with closing(read_journal(path, projection=THINGS)) as reader:
                assert reader.verify().breaks == ()
                found += reader.facts()
        return found


@pytest.fixture
def empty(path: Path) -> Iterator[Shop]:
    """A shop that has just opened."""
    shop = Shop(path)
    yield shop
    shop.journal.close()


@pytest.fixture
def shop(empty: Shop) -> Shop:
    """Three things that were over on the days on which they began, and one of today."""
    shop = empty
    for day in (1, 2, 3):
        shop.on(day, ("Begun", f"thing-{day}"), ("Done", f"thing-{day}"))
    shop.on(20, ("Begun", "today"))
    return shop


def test_what_is_over_moves_and_nothing_is_lost(shop: Shop) -> None:
    """Facts and rows stand in the archive and no longer in the journal; both verify, and the chain goes on."""
    before = list(shop.journal.facts())
    moved = shop.archive("old.db", 10)
    assert (moved.facts, moved.subjects, moved.head) == (6, 3, Head(seq=6, digest=before[5].digest))
    assert shop.facts("old.db") == before
    assert [row["thing_id"] for row in shop.journal.newest_rows(limit=9)] == ["today"]
    assert shop.journal.facts_of("thing-1") == ()
    with closing(read_journal(shop.target("old.db"), projection=THINGS)) as reader:
        assert [row["thing_id"] for row in reader.newest_rows(limit=9)] == ["thing-3", "thing-2", "thing-1"]
        assert reader.head() == moved.head


def test_another_history_that_was_archived_to_the_last_fact_is_noticed(shop: Shop) -> None:
    """What a running till saw stored last must be what the archive ends with; before that, it cannot look."""
    shop.on(21, ("Done", "today"))
    end = shop.journal.head()
    shop.archive("old.db", 25)
    writer: Any = shop.journal._writer  # type: ignore[attr-defined]
    writer._seen = Head(seq=end.seq, digest="another")
    with pytest.raises(NotStored, match=f"fact {end.seq}, which had been written, is no longer in the journal"):
        shop.on(26, ("Begun", "next"))
    writer._seen = Head(seq=end.seq - 1, digest="another")
    shop.on(26, ("Begun", "next"))


def test_tills_that_run_go_on_and_a_new_one_opens(shop: Shop) -> None:
    """One that has just written, one that last saw a fact which is in the archive now, and one that is started."""
    quiet = shop.opened()
    shop.on(20, ("Done", "today"), ("Begun", "later"))
    shop.archive("old.db", 10)
    shop.on(21, ("Done", "later"))
    quiet.append([draft("quiet", label="label-quiet", lane="north")])
    quiet.close()
    shop.journal.close()
    shop.journal = shop.opened()
    shop.on(22, ("Begun", "last"))
    assert [fact.seq for fact in shop.facts("old.db")] == list(range(1, 13))


def test_archives_follow_each_other_and_may_take_everything(shop: Shop) -> None:
    """The second begins where the first one ended; with all facts moved, the journal still knows where to go on."""
    before = list(shop.journal.facts())
    shop.archive("first.db", 2)
    shop.on(20, ("Done", "today"))
    assert shop.archive("second.db", 31).facts == 6
    assert shop.facts("first.db", "second.db")[:7] == before
    assert shop.journal.head() == Head(seq=8, digest=shop.facts("second.db")[-1].digest)
    shop.journal.close()
    shop.journal = shop.opened()
    shop.on(21, ("Begun", "next"))
    assert [fact.seq for fact in shop.facts("first.db", "second.db")] == list(range(1, 10))


@pytest.mark.parametrize(
    ("facts", "stays"),
    [
        ([("Begun", "open"), ("Begun", "x"), ("Done", "x")], ["open", "x"]),
        ([("Begun", "x"), ("Begun", "y"), ("Done", "x")], ["x", "y"]),
        ([("Begun", "x"), ("Done", "x"), ("Begun", "open")], ["open"]),
        ([("Begun", "x"), ("Begun", "y"), ("Done", "y"), ("Done", "x"), ("Begun", "open")], ["open"]),
    ],
)
def test_nothing_open_moves_nor_what_began_after_it(
    empty: Shop, facts: list[tuple[str, str]], stays: list[str]
) -> None:
    """The cut is where everything that began before it has ended before it."""
    shop = empty
    shop.on(1, *facts)
    shop.archive("old.db", 10)
    assert sorted(str(row["thing_id"]) for row in shop.journal.newest_rows(limit=9)) == stays


def test_what_ended_after_the_day_stays_whole(empty: Shop) -> None:
    """It began before the day, and so did another one that ended before: neither may be torn apart."""
    shop = empty
    shop.on(1, ("Begun", "whole"), ("Done", "whole"), ("Begun", "long"), ("Begun", "short"), ("Done", "short"))
    shop.on(15, ("Done", "long"))
    assert shop.archive("old.db", 10).subjects == 1
    assert [fact.subject for fact in shop.journal.facts()] == ["long", "short", "short", "long"]


def test_nothing_to_move_makes_no_file(shop: Shop) -> None:
    """Nor does an empty journal."""
    assert shop.archive("old.db", 1) == Archived(facts=0, subjects=0, head=Head(seq=0, digest="0" * 64))
    assert not shop.target("old.db").exists()


def test_a_name_in_an_archive_refuses_its_batch_and_no_other_one(shop: Shop) -> None:
    """Both of its names are taken; it is told the first of them."""
    shop.archive("old.db", 10)
    mistaken, sound = (
        Batch([draft(thing, label=f"label-{thing}")], last_resort=False) for thing in ("thing-1", "tomorrow")
    )
    writer: Any = shop.journal._writer  # type: ignore[attr-defined]
    writer.write([mistaken, sound])
    with pytest.raises(Conflict) as refused:
        mistaken.result()
    assert (refused.value.column, refused.value.value) == ("thing_id", "thing-1")
    assert [fact.subject for fact in sound.result()] == ["tomorrow"]


@pytest.mark.parametrize("name", ["thing-1", "label-thing-1"])
def test_no_name_in_an_archive_is_given_again(shop: Shop, name: str) -> None:
    """A reference of last year must not charge again; and whoever asks hears where it stands."""
    shop.archive("old.db", 10)
    assert shop.journal.archived(name) == "old.db"
    assert shop.journal.archived("today") is None
    again = draft(name) if name == "thing-1" else draft("new", label=name, lane="north")
    with pytest.raises(Conflict) as refused:
        shop.journal.append([again])
    assert (refused.value.column, refused.value.value) == ("thing_id" if name == "thing-1" else "label", name)
    assert shop.journal.facts_of("new") == ()


@pytest.mark.parametrize("where", ["_write", "_declare", "_take_out_some", "name_part"])
@pytest.mark.parametrize("after", ["", "after"], ids=["before", "after"])
def test_whatever_is_cut_off_can_be_called_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, where: str, after: str
) -> None:
    """Every fact is in the journal or in the archive, both are sound, and the next call goes on."""
    before = list(shop.journal.facts())
    step = getattr(archiving, where)

    def cut_off(*args: object) -> object:
        if after:
            step(*args)
        raise PowerCut

    monkeypatch.setattr(archiving, "_STEP", 1)
    monkeypatch.setattr(archiving, where, cut_off)
    with pytest.raises(PowerCut):
        shop.archive("old.db", 10)
    monkeypatch.setattr(archiving, where, step)
    shop.journal.close()
    shop.journal = shop.opened()
    declared = shop.journal.archived("thing-1") is not None or next(shop.journal.facts()).seq > 1
    assert {fact.seq for fact in shop.facts(*(["old.db"] if declared else []))} >= set(range(1, 8))
    shop.archive("again.db", 10)
    assert [row["thing_id"] for row in shop.journal.newest_rows(limit=9)] == ["today"]
    assert shop.facts("old.db" if declared else "again.db") == before


def test_what_was_written_of_it_meanwhile_stays_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A late contradiction of an old thing: its facts stay together where they can be folded."""
    declare = archiving._declare

    def contradicted(*args: object) -> None:
        declare(*args)  # type: ignore[arg-type]
        shop.on(20, ("Told", "thing-2"))

    monkeypatch.setattr(archiving, "_declare", contradicted)
    assert shop.archive("old.db", 10).subjects == 2
    assert [fact.kind for fact in shop.journal.facts_of("thing-2")] == ["Begun", "Done", "Told"]
    assert [row["thing_id"] for row in shop.journal.newest_rows(limit=9)] == ["today", "thing-2"]
    assert [fact.seq for fact in shop.facts("old.db")] == list(range(1, 9))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM facts WHERE seq = 7",
        "DELETE FROM archives",
        "UPDATE archives SET upto = 7",
        "INSERT INTO archives (upto, digest, file, at) VALUES (7, 'another', 'x', 'x')",
        "INSERT INTO facts (seq, at, subject, kind, body, digest) VALUES (6, 'x', 'x', 'x', '{}', 'x')",
    ],
)
def test_the_guards_let_nothing_else_through(shop: Shop, sql: str) -> None:
    """Only what stands in an archive can be taken out."""
    shop.archive("old.db", 10)
    with closing(connect_writer(shop.path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)


@pytest.mark.parametrize("tail", [1, 3_000], ids=["seen by the archive", "seen by the opening"])
def test_a_damaged_journal_is_not_archived(shop: Shop, monkeypatch: pytest.MonkeyPatch, tail: int) -> None:
    """What does not fit together is left where it is, for whoever has to look into it."""
    monkeypatch.setattr("journal.verification.TAIL", tail)
    with tampering(shop.path) as connection:
        connection.execute("""UPDATE facts SET body = '{"label":"other"}' WHERE seq = 1""")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(JournalRefused):
        shop.archive("old.db", 10)
    assert not shop.target("old.db").exists()
    assert len(list(shop.journal.facts())) == 7


def test_a_changed_fact_shows_in_its_archive(shop: Shop) -> None:
    """The archive is a journal file like any other, and is verified like one."""
    shop.archive("old.db", 10)
    shop.target("old.db").chmod(0o600)
    with tampering(shop.target("old.db")) as connection:
        connection.execute("""UPDATE facts SET body = '{"label":"other"}' WHERE seq = 1""")
    shop.target("old.db").chmod(0o400)
    with closing(read_journal(shop.target("old.db"), projection=THINGS)) as reader:
        assert "fact 1:" in reader.verify().breaks[0]


def test_nothing_is_replaced(shop: Shop) -> None:
    """A file that has the name already stays, and the journal too."""
    shop.target("old.db").write_text("mine", "utf-8")
    with pytest.raises(JournalRefused, match="exists already"):
        shop.archive("old.db", 10)
    assert shop.target("old.db").read_text("utf-8") == "mine"
    assert len(list(shop.journal.facts())) == 7


def test_a_place_that_cannot_be_written_is_told(shop: Shop) -> None:
    """A stick that is not there: nothing was moved."""
    with pytest.raises(JournalError, match="nothing is lost, try again"):
        shop.archive("stick/old.db", 10)
    assert len(list(shop.journal.facts())) == 7


def test_without_a_journal_nothing_is_made(path: Path) -> None:
    """A mistyped path must not make an empty one."""
    with pytest.raises(JournalMissing):
        archive(path, path.with_name("old.db"), before=_FIRST, projection=THINGS, now=lambda: _FIRST)
    assert not path.parent.exists()


def test_a_mark_that_lags_behind_the_archive_is_no_alarm(shop: Shop) -> None:
    """After a power cut it may be an old one, which was true."""
    side = Side(shop.path)
    old = shop.journal.facts_of("thing-1")[0]
    shop.archive("old.db", 10)
    shop.journal.close()
    side.write_mark(Head(seq=old.seq, digest=old.digest))
    side.close()
    shop.journal = shop.opened()
    assert shop.journal.verify().breaks == ()


@pytest.mark.parametrize(("seq", "says"), [(3, "hold the slip against the archive"), (6, None), (7, None)])
def test_a_slip_fits_into_the_journal_or_into_its_archive(shop: Shop, seq: int, says: str | None) -> None:
    """The head of an old day is held against the archive; that at which the archive ends, against either."""
    digest = list(shop.journal.facts())[seq - 1].digest
    shop.archive("old.db", 10)
    slip = Slip(seq=seq, digest=digest)
    told = slip.contradicted_by(shop.path)
    assert told is None if says is None else says in str(told)
    assert (slip.contradicted_by(shop.target("old.db")) is None) == (seq <= 6)


def test_it_tells_how_far_it_has_come(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """In small steps."""
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(archiving, "_STEP", 2)

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    shop.archive("old.db", 10, tell=tell)
    assert told == [(2, 3), (3, 3)]


def test_a_journal_of_the_first_release_is_brought_up_to_date(empty: Shop) -> None:
    """It was made before there were archives, and has guards that let nothing out."""
    shop = empty
    shop.on(1, ("Begun", "x"), ("Done", "x"))
    shop.journal.close()
    _as_of_the_first_release(shop.path)
    shop.journal = shop.opened()
    shop.on(20, ("Begun", "today"))
    assert shop.archive("old.db", 10).facts == 2
    assert [fact.seq for fact in shop.facts("old.db")] == [1, 2, 3]


def _as_of_the_first_release(path: Path) -> None:
    """Take back what the second one added."""
    from sqlite_utils import Database  # noqa: PLC0415 - only here

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for table in ("archives", "archived_names"):
            connection.execute(f"DROP TABLE {table}")
        kept = connection.execute("SELECT * FROM facts").fetchall()
        connection.execute("DROP TABLE facts")
        MIGRATIONS[0](Database(connection))
        connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", kept)
        connection.execute("PRAGMA user_version = 1")


def test_a_check_tells_how_far_it_has_come(empty: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fact that stands here is read twice, for the chain and for its row; those in an archive are not."""
    monkeypatch.setattr(verification, "_TOLD_EACH", 2)
    empty.on(1, ("Begun", "a"), ("Done", "a"))
    empty.on(20, ("Begun", "b"), ("Told", "b"), ("Done", "b"), ("Begun", "c"), ("Done", "c"))
    told: list[tuple[int, int]] = []
    assert empty.journal.verify(lambda done, total: told.append((done, total))).breaks == ()
    assert told == [(2, 14), (4, 14), (6, 14), (9, 14), (12, 14), (14, 14)]
    empty.archive("january.db", 10)
    told.clear()
    assert empty.journal.verify(lambda done, total: told.append((done, total))).breaks == ()
    assert told == [(2, 10), (4, 10), (8, 10), (10, 10)]
    empty.journal.close()


def test_the_end_of_an_archive_is_still_held_against_the_mark(empty: Shop) -> None:
    """The last fact that was moved out is known by its digest, be it the only one; before the first there is none."""
    empty.on(1, ("Done", "a"))
    with closing(connect_writer(empty.path)) as connection:
        assert reach.digest_at(connection, 0) is None
        digest = reach.digest_at(connection, 1)
        assert empty.archive("old.db", 10).head == Head(seq=1, digest=str(digest))
        assert reach.digest_at(connection, 1) == digest
        assert list(reach.mark_breaks(connection, Head(seq=1, digest=str(digest)))) == []
        (told,) = reach.mark_breaks(connection, Head(seq=1, digest="f" * 64))
    assert told.startswith("fact 1: it is not the one that had been written")
    empty.journal.close()
