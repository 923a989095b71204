"""The day: what is well in few lines, what is not by its name, and an exit code that a monitor understands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine import Kind
from tests.cli.shop import Shop
from tests.engine.bookkeeping import Books

FAR_WEST = "Etc/GMT+12"


def words(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def write(shop: Shop, fill: Callable[[Books], object]) -> None:
    """Fill the shop's journal with facts of chosen times."""
    books = Books(shop.journal)
    fill(books)
    books.close()


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In a zone where midnight is hours away."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", f"NOON{datetime.now(UTC).hour - 12:+d}")  # POSIX counts hours to the west
        time.tzset()
        yield
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this machine cannot be chosen for a test")
@pytest.mark.usefixtures("noon")
def test_today_is_added_up(shop: Shop) -> None:
    """What was paid a moment ago, by the machine's own midnight; nothing is open, so it ends with 0."""
    shop.guest("Approved", "Declined")
    shop.pay("--reference", "one")
    shop.pay("--reference", "two")
    told, document = shop.run("day"), shop.run("day", "--json")
    assert (told.code, document.code) == (0, 0)
    assert (
        "totals\n  bar  payment  approved     1  125.00 NOK\n  bar  payment  declined     1  125.00 NOK\n" in told.out
    )
    assert "approved, and not captured yet\n  bar  1 payment  125.00 NOK\n" in told.out
    assert told.out.endswith("All of it is settled.\n")
    assert [one["reference"] for one in document.json["operations"]] == ["one", "two"]
    assert document.json["date"] == f"{datetime.now().astimezone():%Y-%m-%d}"
    assert document.json["settled"] is True


def test_operations_are_listed_when_asked_for(shop: Shop) -> None:
    """With the time on the wall of the zone that was asked for."""
    write(shop, lambda books: books.at("2026-01-15T11:30").pay("bill-7"))
    listed = shop.run("day", "2026-01-15", "--zone", "Europe/Oslo", "--operations").out
    assert listed.startswith("2026-01-15, times are UTC+01:00: 1 operation\n")
    assert "operations\n  12:30  approved  payment  125.00 NOK  bar  bill-7\n" in listed
    assert "bill-7" not in shop.run("day", "2026-01-15", "--zone", "Europe/Oslo").out


def test_midnight_is_that_of_the_zone(shop: Shop) -> None:
    """The same payment is on another day half way round the world."""
    write(shop, lambda books: books.at("2026-01-15T11:30").pay("bill-7"))
    counts = [
        len(shop.run("day", day, "--zone", zone, "--json").json["operations"])
        for day, zone in (("2026-01-15", "Europe/Oslo"), ("2026-01-15", FAR_WEST), ("2026-01-14", FAR_WEST))
    ]
    assert counts == [1, 0, 1]


def test_capture_that_agrees_takes_one_line(shop: Shop) -> None:
    """With its time, its terminal and its name."""

    def fill(books: Books) -> None:
        books.at("2026-01-15T11:00").pay("bill-7")
        books.at("2026-01-15T21:00").capture("close-15", ("payment", 1, 12500))
        books.capture("again")

    write(shop, fill)
    told = shop.run("day", "2026-01-15", "--zone", "Europe/Oslo")
    assert told.code == 0
    assert "captures\n  22:00 bar: close-15 agrees with the journal\n" in told.out
    assert "  22:00 bar: again is not compared: the terminal told no totals\n" in told.out
    assert "in no capture" not in told.out


def test_capture_of_what_is_archived_is_not_compared(shop: Shop) -> None:
    """What is missing here stands in the archive, and is no difference; the next capture is compared again."""

    def fill(books: Books) -> None:
        books.at("2026-01-14T20:00").pay("evening", "20.00")
        books.at("2026-01-15T01:00").pay("night", "30.00")
        books.at("2026-01-15T02:00").capture("close-15", ("payment", 2, 5000))
        books.at("2026-01-15T12:00").pay("noon", "40.00")
        books.at("2026-01-15T22:00").capture("close-16", ("payment", 1, 4000))

    write(shop, fill)
    before = shop.run("day", "2026-01-15", "--zone", "UTC", "--json").json
    shop.run("journal", "archive", "--before", "2026-01-15", "-o", str(shop.folder / "old.db"))
    told, after = (shop.run("day", "2026-01-15", "--zone", "UTC", *more) for more in ((), ("--json",)))
    assert told.code == 0
    assert "close-15 is not compared: what it bundled was moved into an archive" in words(told.out)
    assert "close-16 agrees with the journal\n" in told.out
    evening = shop.run("day", "2026-01-14", "--zone", "UTC")
    assert (
        "0 operations\nSome of this day may have been moved into an archive: look into old.db as well.\n" in evening.out
    )
    for date, archives in (("2026-01-14", ["old.db"]), ("2026-01-15", ["old.db"]), ("2026-01-16", [])):
        assert shop.run("day", date, "--zone", "UTC", "--json").json["archives"] == archives
    assert [[capture["archived"] for capture in day["captures"]] for day in (before, after.json)] == [
        [False, False],
        [True, False],
    ]


def test_capture_that_differs_names_what_would_explain_it(shop: Shop) -> None:
    """Both sides in numbers, the stray by its reference, and how to go on; it ends with 30."""

    def fill(books: Books) -> None:
        books.at("2026-01-15T11:00").pay("kept", "100.00")
        books.pay("stray", "30.00", ending="declined")
        books.pay("ours only", "7.00", "SEK")
        books.at("2026-01-15T21:00").capture("close-15", ("payment", 2, 13000))

    write(shop, fill)
    told, document = (shop.run("day", "2026-01-15", "--zone", "UTC", *more) for more in ((), ("--json",)))
    assert (told.code, document.code) == (30, 30)
    assert "  !!! 21:00 bar: close-15 DIFFERS from the journal\n" in told.out
    assert "    payments in NOK  100.00 NOK in 1  130.00 NOK in 2\n" in told.out
    assert "payments in NOK: in the capture and not approved here may be stray (declined)" in words(told.out)
    assert "payments in SEK: approved here and not in the capture may be ours only (approved)" in words(told.out)
    assert told.out.endswith("Not all of it is settled.\n")
    (capture,) = document.json["captures"]
    assert [(stray["counted_by"], len(stray["fitting"])) for stray in capture["strays"]] == [
        ("terminal", 1),
        ("journal", 1),
    ]


def test_difference_that_nothing_explains_says_so(shop: Shop) -> None:
    """Nobody is suspected where nothing fits."""

    def fill(books: Books) -> None:
        books.at("2026-01-15T11:00").pay("kept", "100.00")
        books.capture("close-15", ("payment", 2, 17700))

    write(shop, fill)
    told = words(shop.run("day", "2026-01-15", "--zone", "UTC").out)
    assert "payments in NOK: nothing in this journal explains what is in the capture and not approved here" in told


def test_doubt_alarm_and_ruling_are_told(shop: Shop) -> None:
    """What was open at midnight and what became of it, who ruled what, and what a terminal said afterwards."""

    def fill(books: Books) -> None:
        settled, lost = books.at("2026-01-15T20:00").lose("settled later"), books.lose("still open")
        ruled = books.rule(books.escalate(books.lose("ruled")), "not_performed", reason="the guest left")
        books.at("2026-01-16T08:00").find(settled)
        books.contradict(ruled)
        assert lost.unsettled

    write(shop, fill)
    day, next_day = (shop.run("day", day, "--zone", "UTC") for day in ("2026-01-15", "2026-01-16"))
    assert (day.code, next_day.code) == (30, 30)
    assert (
        "in doubt at the end of the day\n  settled later: payment of 125.00 NOK on bar; since then approved\n"
        in day.out
    )
    assert "  !!! still open: payment of 125.00 NOK on bar; the line broke\n" in day.out
    assert "ruled by persons\n  20:00 ruled is not performed, says Kari: the guest left\n" in day.out
    assert "alarms\n  !!! 08:00 ruled: LATE SUCCESS: approved after all\n" in next_day.out
    document = shop.run("day", "2026-01-16", "--zone", "UTC", "--json").json
    (alarm,) = document["contradictions"]
    assert (alarm["reference"], alarm["at"]) == ("ruled", "2026-01-16T08:00:00.000Z")
    assert [doubt["reference"] for doubt in document["doubts"]] == ["still open"]


def test_currency_that_is_none_is_counted_all_the_same(shop: Shop) -> None:
    """A terminal's word for money may be any; it is shown in minor units."""

    def fill(books: Books) -> None:
        books.at("2026-01-15T11:00")
        operation = books.begin("undo", None, kind=Kind.REVERSAL, target_receipt="000009")
        books.answer(operation, total_minor=500, currency="crowns")

    write(shop, fill)
    assert "500 crowns in minor units" in shop.run("day", "2026-01-15", "--zone", "UTC").out


def test_day_without_operations_is_told_in_two_lines(shop: Shop) -> None:
    """Nothing is made up."""
    shop.pay()
    told = shop.run("day", "2020-02-29", "--zone", "UTC")
    assert (told.code, told.out) == (0, "2020-02-29, times are UTC+00:00: 0 operations\nAll of it is settled.\n")


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2026-W03-4", "20260115", "15.1.2026"])
def test_what_is_no_day_ends_with_2(shop: Shop, day: str) -> None:
    """The form is named."""
    refused = shop.run("day", day)
    assert (refused.code, "give YYYY-MM-DD" in refused.told) == (2, True)


def test_day_that_has_not_come_ends_with_2(shop: Shop) -> None:
    """An empty sheet of tomorrow would look like a quiet day."""
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    refused = shop.run("day", tomorrow, "--json")
    assert refused.code == 2
    assert refused.json["error"]["message"].startswith(f"date: {tomorrow} has not come yet; today is ")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Europe", "CET/"])
def test_zone_that_is_none_ends_with_2(shop: Shop, zone: str) -> None:
    """With one that there is, and what Windows needs."""
    refused = shop.run("day", "--zone", zone)
    assert refused.code == 2
    assert "give one such as Europe/Oslo" in refused.told


def test_without_a_journal_it_ends_with_2(shop: Shop) -> None:
    """And none is made."""
    assert shop.run("day").code == 2
    assert not shop.journal.exists()


def test_page_fits_80_columns_in_an_old_encoding(shop: Shop) -> None:
    """Long names go to lines of their own; what the console does not have becomes a question mark."""

    def fill(books: Books) -> None:
        books.at("2026-01-15T11:00").pay("\u5bff" + "x" * 63, "99999.00")
        books.pay("y" * 64, "30.00", ending="declined")
        books.contradict(books.rule(books.escalate(books.lose("z" * 64)), "declined", by="Bjørg", reason="w " * 90))
        books.capture("c" * 64, ("payment", 2, 9999900 + 3000))

    write(shop, fill)
    told = shop.run_apart(
        "day", "2026-01-15", "--zone", "UTC", "--operations", environment={"PYTHONIOENCODING": "cp1252"}
    )
    assert told.code == 30
    assert "says Bjørg" in told.out
    assert [line for line in told.out.splitlines() if len(line) > 80] == []
