"""A day is what was done between two midnights of the shop, whatever became of it since."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import OPERATIONS, BadInput, DaySpan, Kind, Outcome, WorkingDay, read_day
from journal import archive, read_snapshot
from tests.engine.bookkeeping import Books

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """An empty journal."""
    books = Books(tmp_path / "till.journal")
    yield books
    books.close()


def day_of(books: Books, day: str = "2026-11-24", zone: tzinfo = OSLO) -> WorkingDay:
    """The day as the journal tells it now."""
    with read_snapshot(books.path, projection=OPERATIONS) as seen:
        return read_day(DaySpan.of(date.fromisoformat(day), zone), books.journal, seen)


def names(outcomes: Sequence[Outcome]) -> list[str]:
    """Their references."""
    return [outcome.reference for outcome in outcomes]


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        ("2026-11-24", "2026-11-23T23:00:00.000Z", "2026-11-24T23:00:00.000Z"),
        ("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
        ("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
    ],
)
def test_day_lasts_from_midnight_to_midnight_of_its_zone(day: str, begin: str, end: str) -> None:
    """In spring it has 23 hours and in autumn 25; its end is the beginning of the next."""
    span = DaySpan.of(date.fromisoformat(day), OSLO)
    assert (span.begin, span.end) == (begin, end)
    assert [span.holds(at) for at in (begin, end)] == [True, False]
    assert DaySpan.of(date.fromisoformat(day) + timedelta(days=1), OSLO).begin == end


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this machine cannot be chosen for a test")
def test_day_without_a_zone_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its summer time, and not with the hour that happens to hold today."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Oslo")
        time.tzset()
        spans = [(DaySpan.of(day), DaySpan.of(day, OSLO)) for day in (date(2026, 1, 15), date(2026, 3, 29))]
    time.tzset()
    assert [own for own, _ in spans] == [named for _, named in spans]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_day_at_the_end_of_time_is_refused(day: date) -> None:
    """The field is named."""
    with pytest.raises(BadInput, match=r"^date: "):
        DaySpan.of(day, timezone(timedelta(hours=14) if day == date.min else timedelta(hours=-14)))


def test_operations_belong_to_the_day_on_which_they_began(books: Books) -> None:
    """A minute before midnight is yesterday, also when the answer comes today."""
    books.at("2026-11-23T22:59").pay("yesterday")
    late = books.at("2026-11-23T22:59:30").begin("over midnight")
    books.at("2026-11-23T23:00").answer(late)
    books.pay("first")
    books.at("2026-11-24T22:59:59").pay("last")
    books.at("2026-11-24T23:00").pay("tomorrow")
    day = day_of(books)
    assert names(day.operations) == ["first", "last"]
    assert names(day_of(books, "2026-11-23").operations) == ["yesterday", "over midnight"]
    assert day.settled
    assert day_of(books, "2020-01-01").operations == ()


def test_totals_are_by_terminal_kind_outcome_and_currency(books: Books) -> None:
    """Never added across currencies; what has no amount is counted without one."""
    books.pay("a", "100.00")
    books.pay("b", "50.50")
    books.pay("c", "10.00", ending="declined")
    books.pay("d", "7.00", "SEK")
    books.pay("e", "1.00", terminal="hall")
    books.answer(books.begin("f", "2.00", kind=Kind.REFUND))
    books.capture("close")
    totals = [
        (one.terminal, str(one.kind), one.outcome, one.count, one.amount_minor, one.currency)
        for one in day_of(books).totals
    ]
    assert totals == [
        ("bar", "capture", "approved", 1, None, None),
        ("bar", "payment", "approved", 2, 15050, "NOK"),
        ("bar", "payment", "approved", 1, 700, "SEK"),
        ("bar", "payment", "declined", 1, 1000, "NOK"),
        ("bar", "refund", "approved", 1, 200, "NOK"),
        ("hall", "payment", "approved", 1, 100, "NOK"),
    ]


def test_totals_count_what_was_moved(books: Books) -> None:
    """A tip is in it; a reversal has the amount of its target, or the terminal's word, or none."""
    books.answer(books.begin("tipped", "100.00"), total_minor=11000)
    books.answer(books.begin("undo", None, kind=Kind.REVERSAL, target_receipt="000001"))
    books.answer(books.begin("undo-older", None, kind=Kind.REVERSAL, target_receipt="999999"), total_minor=500)
    books.answer(books.begin("undo-unknown", None, kind=Kind.REVERSAL, target_receipt="999998"))
    books.answer(books.begin("undo-declined", None, kind=Kind.REVERSAL, target_receipt="999997"), "declined")
    totals = [(str(one.kind), one.outcome, one.count, one.amount_minor) for one in day_of(books).totals]
    assert totals == [
        ("payment", "approved", 1, 11000),
        ("reversal", "approved", 1, None),
        ("reversal", "approved", 2, 11500),
        ("reversal", "declined", 1, None),
    ]
    books.capture("close", ("payment", 1, 11000), ("reversal", 3, 12000))
    ((difference,),) = [captured.close.differences for captured in day_of(books).captures]
    assert (difference.ours_count, difference.ours_minor, difference.theirs_minor) == (2, 11500, 12000)


def test_capture_is_compared_with_everything_since_the_one_before(books: Books) -> None:
    """Also with what was done the day before, and on no other terminal."""
    books.at("2026-11-22T12:00").pay("old")
    books.capture("close-22", ("payment", 1, 12500))
    books.at("2026-11-23T20:00").pay("evening", "20.00")
    books.pay("elsewhere", "5.00", terminal="hall")
    books.at("2026-11-24T01:00").pay("night", "30.00")
    books.at("2026-11-24T02:00").capture("close-24", ("payment", 2, 5000))
    books.at("2026-11-24T11:00").pay("noon", "40.00")
    day = day_of(books)
    (captured,) = day.captures
    assert (captured.capture.reference, captured.close.differences) == ("close-24", ())
    assert names(captured.close.operations) == ["evening", "night"]
    assert names(day.uncaptured) == ["noon"]
    assert names(day_of(books, "2026-11-23").uncaptured) == ["evening", "elsewhere"]
    assert day.settled


def test_stray_is_named_on_whichever_side_it_is(books: Books) -> None:
    """What only we have, and what only the terminal has: by kind, currency, count and sum, everything that fits."""
    books.pay("kept", "10.00")
    books.pay("ours", "20.00")
    books.pay("theirs", "30.00", ending="declined")
    books.pay("theirs too", "30.00", ending="cancelled")
    books.pay("not it", "31.00", ending="declined")
    books.answer(books.begin("refund", "20.00", kind=Kind.REFUND))
    books.capture("close", ("payment", 1, 1000), ("refund", 1, 2000))
    (captured,) = day_of(books).captures
    (stray,) = captured.strays
    assert (stray.ours, [names(chosen) for chosen in stray.fitting]) == (True, [["ours"]])
    assert (stray.difference.ours_count, stray.difference.theirs_count) == (2, 1)
    books.pay("kept two", "10.00")
    books.pay("theirs three", "30.00", ending="declined")
    books.capture("close again", ("payment", 2, 4000))
    day = day_of(books)
    (stray,) = day.captures[1].strays
    assert (stray.ours, [names(chosen) for chosen in stray.fitting]) == (False, [["theirs three"]])
    assert not day.settled


def test_more_operations_with_a_smaller_sum_are_no_stray(books: Books) -> None:
    """No operation explains that, though there is one of that amount."""
    books.pay("ten", "10.00")
    books.pay("hundred", "100.00")
    books.capture("close", ("payment", 3, 10000))
    (stray,) = day_of(books).captures[0].strays
    assert (stray.ours, stray.fitting) == (True, ())


def test_stray_is_of_the_currency_that_differs(books: Books) -> None:
    """Thirty of one are not thirty of another."""
    books.pay("kept", "10.00")
    books.pay("swede", "30.00", "SEK", ending="declined")
    books.capture("close", ("payment", 2, 4000))
    assert [stray.fitting for stray in day_of(books).captures[0].strays] == [()]


def test_several_strays_are_named_together_and_what_fits_is_not_chosen(books: Books) -> None:
    """Two of 30.00 or one of each: every set that adds up is told."""
    for name, amount in (("a", "20.00"), ("b", "40.00"), ("c", "30.00"), ("d", "30.00"), ("e", "5.00")):
        books.pay(name, amount)
    books.capture("close", ("payment", 3, 6500))
    (stray,) = day_of(books).captures[0].strays
    assert [names(chosen) for chosen in stray.fitting] == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize(
    ("totals", "ours"),
    [
        ((("payment", 1, 9000),), True),
        ((("payment", 1, 11500),), False),
        ((("payment", 2, 10000),), False),
        ((("payment", 2, 99999),), False),
        ((("payment", 2, 9000),), True),
        ((("payment", 1, 10000), ("refund", 1, 700)), False),
    ],
)
def test_difference_that_nothing_explains_names_nothing(
    books: Books,
    totals: tuple[tuple[str, int, int], ...],
    ours: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """A tip, another till's operation, a count without a sum: it differs, and nobody is suspected."""
    books.pay("only", "100.00")
    books.pay("ten", "10.00", ending="declined")
    books.capture("close", *totals)
    (stray,) = day_of(books).captures[0].strays
    assert (stray.ours, stray.fitting) == (ours, ())


def test_more_sets_than_can_be_tried_name_nothing(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than to let a person wait for an answer that would name everything."""
    monkeypatch.setattr("engine.strays._MOST_TRIED", 5)
    for number in range(4):
        books.pay(f"bill-{number}", "10.00")
    books.capture("close", ("payment", 2, 2000))
    (stray,) = day_of(books).captures[0].strays
    assert stray.fitting == ()


def test_capture_without_totals_is_no_difference(books: Books) -> None:
    """There is nothing to compare with, and that is told."""
    books.pay("one")
    books.capture("close")
    day = day_of(books)
    assert (day.captures[0].close.told, day.captures[0].strays, day.settled) == (False, (), True)
    assert day.uncaptured == ()


def test_doubt_at_the_end_of_the_day_is_told_with_what_became_of_it(books: Books) -> None:
    """Found the next morning, still open, or settled before midnight and so none."""
    quick = books.at("2026-11-24T12:00").lose("quick")
    books.at("2026-11-24T22:59:59").find(quick)
    slow, still = books.lose("slow"), books.lose("still")
    before = day_of(books)
    books.at("2026-11-24T23:00").find(slow, "declined")
    day = day_of(books)
    assert [names([doubt.now]) for doubt in day.doubts] == [["slow"], ["still"]]
    assert [(doubt.then.word, doubt.now.word) for doubt in day.doubts] == [
        ("in_doubt", "declined"),
        ("in_doubt", "in_doubt"),
    ]
    assert (before.settled, day.settled) == (False, False)
    books.miss(still)
    assert [doubt.now.word for doubt in day_of(books).doubts] == ["declined", "not_performed"]
    assert day_of(books).settled
    assert [names([doubt.now]) for doubt in day_of(books, "2026-11-25").doubts] == []


def test_doubt_of_an_earlier_day_is_told_until_it_is_settled(books: Books) -> None:
    """It is still in doubt at the end of the next day; before it began it was none."""
    old = books.at("2026-11-20T12:00").lose("old")
    assert [names([doubt.now]) for doubt in day_of(books).doubts] == [["old"]]
    assert day_of(books, "2026-11-19").doubts == ()
    books.at("2026-11-24T12:00").find(old)
    assert day_of(books).doubts == ()
    assert len(day_of(books, "2026-11-23").doubts) == 1


def test_rulings_and_alarms_of_the_day_are_told_whatever_they_are_about(books: Books) -> None:
    """A person, a name, a reason; an alarm that nobody has ruled on is told every day."""
    old = books.escalate(books.at("2026-11-20T12:00").lose("old"))
    old = books.at("2026-11-24T10:00").rule(old, "not_performed", reason="the guest left")
    (ruling,) = day_of(books).rulings
    assert (ruling.by, ruling.ruled, ruling.reason) == ("Kari", "not_performed", "the guest left")
    assert day_of(books).settled
    old = books.at("2026-11-25T10:00").contradict(old)
    day, next_day, later = day_of(books), day_of(books, "2026-11-25"), day_of(books, "2026-11-26")
    assert day.contradictions == ()
    (alarm,) = next_day.contradictions
    assert (alarm.at, alarm.sentence) == ("2026-11-25T10:00:00.000Z", "LATE SUCCESS: approved after all")
    assert (len(later.contradictions), later.settled, next_day.settled) == (1, False, False)
    books.at("2026-11-26T10:00").rule(old, "approved")
    assert len(day_of(books, "2026-11-25").contradictions) == 1
    assert day_of(books, "2026-11-25").settled
    assert day_of(books, "2026-11-26").contradictions == ()


def test_capture_of_what_is_archived_is_not_whole(books: Books) -> None:
    """What is missing here stands in the archive: nothing is compared, and nobody is suspected."""
    books.at("2026-11-22T12:00").pay("evening", "20.00")
    books.at("2026-11-24T01:00").pay("night", "30.00")
    books.at("2026-11-24T02:00").capture("close", ("payment", 2, 5000))
    before = day_of(books).captures[0]
    archive(
        books.path,
        books.path.with_name("old.db"),
        before=datetime(2026, 11, 23, tzinfo=UTC),
        projection=OPERATIONS,
        now=lambda: books.now,
    )
    (after,) = day_of(books).captures
    assert (before.whole, before.close.told, before.strays) == (True, True, ())
    assert (after.whole, after.close.told, after.close.differences, after.strays) == (False, False, (), ())
    assert day_of(books).settled
