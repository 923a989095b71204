"""What every journal promises, whatever it is kept in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal import Conflict, Draft, Head, Journal, JournalError, Json, LaneBusy, MemoryJournal, open_journal
from tests.journal.things import THINGS, Clock, ImpossibleError, PowerCut, draft, opened


class Colour(StrEnum):
    """A text to the caller, an enumeration to Python."""

    RED = "red"


def test_appended_facts_come_back_as_they_were_returned(journal: Journal) -> None:
    """What append returns is what a later reader finds, in order and without gaps."""
    first = journal.append([draft("a", label="x"), draft("b")])
    second = journal.append([draft("a", "Done", count=3, deep={"list": [1, None, True]})])

    assert tuple(journal.facts()) == first + second
    assert journal.facts_of("a") == (first[0], second[0])
    assert [fact.seq for fact in journal.facts()] == [1, 2, 3]
    assert second[0].body == {"count": 3, "deep": {"list": [1, None, True]}}
    assert tuple(journal.facts(after=2)) == second


def test_the_head_is_the_last_fact(journal: Journal) -> None:
    """Its number and digest, and nothing but zeros before there is any."""
    assert journal.head() == Head(seq=0, digest="0" * 64)
    facts = journal.append([draft("a"), draft("b")])
    assert journal.head() == Head(seq=2, digest=facts[-1].digest)
    assert journal.verify().head == journal.head().digest


def test_moment_is_utc_with_milliseconds(journal: Journal) -> None:
    """All facts of a batch carry the reading of the clock, in one fixed width."""
    first, second = journal.append([draft("a"), draft("b")])

    assert (first.at, second.at) == ("2026-01-02T03:04:06.678Z", "2026-01-02T03:04:06.678Z")


def test_what_a_body_holds_becomes_plain(journal: Journal) -> None:
    """Enumerations and tuples come back as the text and the list that they stand for, from append already."""
    (fact,) = journal.append([draft("a", Colour.RED, colour=Colour.RED, pair=(1, 2), label=Colour.RED)])

    assert fact.body == {"colour": "red", "pair": [1, 2], "label": "red"}
    assert [type(text) for text in (fact.kind, fact.body["colour"])] == [str, str]
    assert type(journal.named("a")["thing_id"]["label"]) is str


def test_appending_nothing_writes_nothing(journal: Journal) -> None:
    """An empty append is no fault and leaves no fact."""
    assert journal.append([]) == ()
    assert journal.verify().facts == 0


_LOOP: list[Any] = []
_LOOP.append(_LOOP)

_WITHOUT_ONE_TEXT: dict[str, Any] = {
    "float": 1.5,
    "nan": float("nan"),
    "bytes": b"bytes",
    "key": {1: "x"},
    "deep float": {"deep": [{"deeper": 2.0}]},
    "set": {"a set"},
    "surrogate": "\ud800",
    "surrogate key": {"\ud800": 1},
    "loop": _LOOP,
    "endless number": 10**5000,
}


@pytest.mark.parametrize("value", _WITHOUT_ONE_TEXT.values(), ids=_WITHOUT_ONE_TEXT.keys())
def test_value_without_one_text_is_refused(journal: Journal, value: Any) -> None:
    """A fact takes nothing whose text could differ between two programs; the whole append is refused."""
    with pytest.raises(JournalError, match=r"^a fact cannot hold (this: .|a|b|the)|^the keys in a fact must be text"):
        journal.append([draft("a"), draft("b", value=value)])

    assert tuple(journal.facts()) == ()


@pytest.mark.parametrize(
    ("subject", "kind"), [("", "Begun"), ("a", ""), ("\udc00", "Begun"), ("a", 5), (None, "Begun")]
)
def test_fact_without_subject_or_kind_is_refused(journal: Journal, subject: Any, kind: Any) -> None:
    """Whose fact it is and what happened must be said, in text."""
    with pytest.raises(JournalError):
        journal.append([Draft(subject=subject, kind=kind, body={})])

    assert tuple(journal.facts()) == ()


def test_unwritten_batch_leaves_no_trace(journal: Journal) -> None:
    """If one fact of a batch makes an impossible history, nothing of it is written, and the error comes unchanged."""
    before = journal.append([draft("a", label="x")])

    with pytest.raises(ImpossibleError, match=r"^b$"):
        journal.append([draft("a", "Done"), draft("b", "Impossible")])

    assert tuple(journal.facts()) == before
    assert journal.named("a")["thing_id"] == {"thing_id": "a", "label": "x", "lane": None, "steps": 1, "pending": 1}
    assert journal.append([draft("c")])[0].seq == 2


def test_power_cut_in_the_projection_leaves_no_trace(journal: Journal) -> None:
    """An interrupt in the middle of a write undoes it, and the journal goes on."""
    with pytest.raises(PowerCut):
        journal.append([draft("a"), draft("a", "PowerCut")])

    assert tuple(journal.facts()) == ()
    assert journal.append([draft("b")])[0].seq == 1
    assert journal.verify().breaks == ()


def test_value_that_is_taken_is_a_conflict(journal: Journal) -> None:
    """A unique value of another subject is refused, with column and value named; nothing is written."""
    before = journal.append([draft("a", label="x")])

    with pytest.raises(Conflict) as caught:
        journal.append([draft("b", label="x")])

    assert (caught.value.column, caught.value.value) == ("label", "x")
    assert tuple(journal.facts()) == before
    assert journal.named("b") == {}


def test_subject_keeps_its_own_unique_value(journal: Journal) -> None:
    """A later fact of the same subject is no conflict with itself, and None is nobody's."""
    journal.append([draft("a", label="x"), draft("b"), draft("c")])
    journal.append([draft("a", "Done", label="x")])

    assert [found["label"] for found in journal.newest_rows(limit=3)] == [None, None, "x"]


def test_rows_are_found_by_key_and_by_unique_column(journal: Journal) -> None:
    """A row has exactly the projection's columns, in its order, and is found under the column that has the name."""
    journal.append([draft("a", label="x", lane="north"), draft("a", "Done")])
    wanted = {"thing_id": "a", "label": "x", "lane": "north", "steps": 2, "pending": 0}

    found = journal.named("a")
    assert found == {"thing_id": wanted}
    assert list(found["thing_id"]) == list(wanted)
    assert journal.named("x") == {"label": wanted}
    assert journal.named("north") == {}


def test_one_name_may_be_two_rows(journal: Journal) -> None:
    """The key of one subject and the label of another; or both of the same."""
    journal.append([draft("a", label="b"), draft("b", label="c"), draft("d", label="d")])

    found = journal.named("b")
    assert (found["thing_id"]["thing_id"], found["label"]["thing_id"]) == ("b", "a")
    assert journal.named("d")["thing_id"] == journal.named("d")["label"]


def test_open_rows_are_those_that_want_something_done(journal: Journal) -> None:
    """Oldest subject first, whichever was written to last; of one lane or of all."""
    journal.append([draft("a", lane="north"), draft("b", lane="south"), draft("c", lane="north"), draft("d")])
    journal.append([draft("c", "Done")])
    journal.append([draft("a", "More")])

    assert [found["thing_id"] for found in journal.open_rows()] == ["a", "b", "d"]
    assert [found["thing_id"] for found in journal.open_rows("north")] == ["a"]
    assert journal.open_rows("west") == []


def test_newest_rows_are_the_youngest_subjects(journal: Journal) -> None:
    """Youngest first, by their first fact; at most as many as asked for."""
    journal.append([draft("a", lane="north"), draft("b", lane="south"), draft("c", lane="north")])
    journal.append([draft("a", "Done")])

    assert [found["thing_id"] for found in journal.newest_rows(limit=2)] == ["c", "b"]
    assert [found["thing_id"] for found in journal.newest_rows(lane="north", limit=9)] == ["c", "a"]
    assert journal.newest_rows(limit=0) == []
    assert journal.newest_rows(limit=-1) == []


def test_what_is_handed_out_changes_nothing(journal: Journal) -> None:
    """Whoever scribbles in a body or a row scribbles in a copy of their own."""
    (fact,) = journal.append([draft("a", label="x")])
    assert isinstance(fact.body, dict)
    fact.body["label"] = "scribble"
    row_ = journal.named("a")["thing_id"]
    assert isinstance(row_, dict)
    row_["label"] = "scribble"

    assert journal.facts_of("a")[0].body == {"label": "x"}
    assert journal.named("a")["thing_id"]["label"] == "x"
    assert journal.verify().breaks == ()


def test_whole_journal_verifies(journal: Journal) -> None:
    """A verification counts the facts and names the last digest; 64 zeros stand for none."""
    assert journal.verify().head == "0" * 64
    journal.append([draft("a"), draft("b")])
    (last,) = journal.append([draft("a", "Done")])

    found = journal.verify()
    assert (found.facts, found.head, found.breaks) == (3, last.digest, ())


@pytest.mark.parametrize(
    "given_row",
    [
        {},
        {**dict.fromkeys(THINGS.columns), "thing_id": "b", "pending": 1},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": 2},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": None},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": True},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": 1, "label": 5},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": 1, "steps": 2**63},
        {**dict.fromkeys(THINGS.columns), "thing_id": "a", "pending": 1, "more": 1},
    ],
    ids=repr,
)
def test_row_that_does_not_fit_its_columns_is_refused(journal: Journal, given_row: Any) -> None:
    """The journal says what is wrong with a row before any table sees it, and writes nothing."""
    with pytest.raises(JournalError):
        journal.append([draft("a", "Odd", row=given_row)])

    assert tuple(journal.facts()) == ()


def test_lane_has_one_holder(journal: Journal) -> None:
    """Who comes second is refused with the holder named; another lane is free; afterwards it is too."""
    with journal.lane("north", wait_s=0):
        with pytest.raises(LaneBusy) as caught, journal.lane("north", wait_s=0):
            pass
        assert caught.value.lane == "north"
        assert "since 2026-01-02T03:04:" in caught.value.holder
        with journal.lane("south", wait_s=0):
            pass
    with journal.lane("north", wait_s=0):
        pass


def test_lane_falls_free_however_its_block_is_left(journal: Journal) -> None:
    """Not even an interrupt leaves a lane held."""
    with pytest.raises(PowerCut), journal.lane("north", wait_s=0):
        raise PowerCut
    with pytest.raises(PowerCut), journal.rising("stamp", floor=1):
        raise PowerCut

    with journal.lane("north", wait_s=0), journal.rising("stamp", floor=1):
        pass


def test_lane_is_waited_for(journal: Journal) -> None:
    """Who is ready to wait gets the lane when the other thread leaves it."""
    holding, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with journal.lane("north", wait_s=0):
            holding.set()
            leave.wait(10)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        assert holding.wait(10)
        with pytest.raises(LaneBusy), journal.lane("north", wait_s=0.02):
            pass
        threading.Timer(0.02, leave.set).start()
        with journal.lane("north", wait_s=10):
            assert held.done() or leave.is_set()


def test_numbers_rise(journal: Journal) -> None:
    """Each number is above all drawn before under its name, and at least the floor."""
    drawn = []
    for floor in (5, 1, 1, 100, 7):
        with journal.rising("stamp", floor=floor) as number:
            drawn.append(number.value)
    with journal.rising("other", floor=3) as number:
        drawn.append(number.value)

    assert drawn == [5, 6, 7, 100, 101, 3]


def test_next_drawer_waits_for_the_release(journal: Journal) -> None:
    """While a number is held nobody draws; released early, or twice, the next may."""
    order = []

    def draw() -> None:
        with journal.rising("stamp", floor=1) as number:
            order.append(number.value)

    with ThreadPoolExecutor(1) as pool, journal.rising("stamp", floor=1) as number:
        waiting = pool.submit(draw)
        with pytest.raises(TimeoutError):
            waiting.result(0.05)
        order.append(number.value)
        number.release()
        number.release()
        waiting.result(10)

    assert order == [1, 2]


def test_a_number_is_moved_up_once_and_never_down(journal: Journal) -> None:
    """What somebody else counts is new only above all that was reached before; each name for itself."""
    tries = [("heard", 5), ("heard", 5), ("heard", 4), ("other", 4), ("heard", 6), ("new", -1), ("new", 0), ("new", 0)]
    told = [journal.advance(name, to=number) for name, number in tries]
    assert told == [True, False, False, True, True, False, True, False]
    assert [journal.reached(name) for name in ("heard", "other", "new", "never")] == [6, 4, 0, -1]


def test_of_many_who_come_with_the_same_number_one_is_first(journal: Journal) -> None:
    """Two threads that hear the same reply do not both take it for new."""
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda number: journal.advance("heard", to=number // 8), range(8, 168)))
    assert 1 <= sum(told) <= 20
    assert not journal.advance("heard", to=20)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a" * 65, "ä", "a b", "a\n"])
def test_name_that_is_no_file_name_is_refused(journal: Journal, name: str) -> None:
    """Lanes and sequences are named so that every file system can keep them apart, and none leads elsewhere."""
    with pytest.raises(ValueError, match="cannot name a lane"), journal.lane(name, wait_s=0):
        pass
    with pytest.raises(ValueError, match="cannot name a lane"), journal.rising(name, floor=1):
        pass
    with pytest.raises(ValueError, match="cannot name a lane"):
        journal.advance(name, to=1)
    with pytest.raises(ValueError, match="cannot name a lane"):
        journal.reached(name)


def test_many_threads_lose_nothing(journal: Journal) -> None:
    """Facts of many threads get numbers without gaps, and each caller its own facts."""

    def work(worker: int) -> list[int]:
        seqs = []
        for step in range(20):
            (fact,) = journal.append([draft(f"thing-{worker}", step=step)])
            assert (fact.subject, fact.body["step"]) == (f"thing-{worker}", step)
            seqs.append(fact.seq)
        return seqs

    with ThreadPoolExecutor(8) as pool:
        seqs = [seq for part in pool.map(work, range(8)) for seq in part]

    assert sorted(seqs) == list(range(1, 161))
    assert journal.verify().breaks == ()
    assert {found["steps"] for found in journal.newest_rows(limit=99)} == {20}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_clock_without_a_zone_is_refused(kind: str, path: Path) -> None:
    """A moment that could be any zone's is not written."""

    def naive() -> datetime:
        return datetime(2026, 1, 1)  # noqa: DTZ001  -- the fault under test

    journal: Journal = (
        MemoryJournal(projection=THINGS, now=naive)
        if kind == "memory"
        else open_journal(path, projection=THINGS, now=naive)
    )
    with pytest.raises(JournalError, match="aware of its zone"):
        journal.append([draft("a")])
    assert tuple(journal.facts()) == ()
    journal.close()


_Step = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(["Begun", "Done", "Impossible"]),
    st.dictionaries(
        st.sampled_from(["label", "lane", "other"]), st.sampled_from([None, "x", "y", "\x00é\n"]), max_size=3
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(_Step, max_size=3), max_size=6))
def test_memory_and_file_agree(batches: list[list[tuple[str, str, dict[str, Json]]]], tmp_path_factory: Any) -> None:
    """Whatever is appended, both kinds take or refuse it alike and then show the same facts and rows."""
    memory: Journal = MemoryJournal(projection=THINGS, now=Clock())
    file = opened(tmp_path_factory.mktemp("agree") / "j")

    def told(journal: Journal, batch: list[tuple[str, str, dict[str, Json]]]) -> object:
        try:
            return journal.append([draft(subject, kind, **body) for subject, kind, body in batch])
        except (Conflict, ImpossibleError) as error:
            return type(error), str(error)

    try:
        for batch in batches:
            # A refused batch may or may not look at the clock; give both the same moment.
            clock = Clock()
            memory._now = file._now = file._writer._now = clock  # type: ignore[attr-defined]
            in_memory = told(memory, batch)
            memory._now = file._now = file._writer._now = Clock()  # type: ignore[attr-defined]
            assert told(file, batch) == in_memory
        assert list(file.facts()) == list(memory.facts())
        assert file.newest_rows(limit=9) == memory.newest_rows(limit=9)
        assert file.open_rows() == memory.open_rows()
        assert file.verify() == memory.verify()
    finally:
        file.close()
        memory.close()
