"""Closing the day: only when it is due if so wanted, and never without comparing the totals."""

from __future__ import annotations

import pytest

import tillproof
from tests.cli.shop import Shop


def words(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def a_day(shop: Shop) -> None:
    """Two payments, one refused, one refund."""
    shop.guest("Approved", "Declined", "Approved", "Approved", "Approved")
    for reference in ("bill-1", "bill-2", "bill-3"):
        shop.pay("--reference", reference)
    shop.run("refund", "--terminal", "bar", "--amount", "5", "--currency", "NOK", "--reference", "back")


def test_totals_that_agree_are_told_and_end_with_0(shop: Shop) -> None:
    """Sums for each kind; what was refused is not counted."""
    a_day(shop)
    closed = shop.run("capture", "--terminal", "bar", "--reference", "close")
    assert closed.code == 0
    assert closed.out.startswith("APPROVED: close\n")
    assert (
        "The day is closed.\nThe terminal's totals and ours agree.\n  2 payments  250.00 NOK\n  1 refund    5.00 NOK\n"
        in closed.out
    )


def test_day_without_operations_can_be_closed(shop: Shop) -> None:
    """Nothing on both sides is no difference, and a terminal that tells no totals is not said to agree."""
    closed = shop.run("capture", "--terminal", "bar")
    assert closed.code == 0
    assert "The terminal told no totals, so nothing was compared." in closed.out
    assert "  nothing was approved since the last capture\n" in closed.out


def test_totals_that_differ_end_with_30_and_list_the_operations(shop: Shop) -> None:
    """Another till's payment is in the terminal's totals; the day is closed, and somebody has to look."""
    a_day(shop)
    shop.another_till_pays()
    closed = shop.run("capture", "--terminal", "bar", "--reference", "close")
    assert closed.code == 30
    assert closed.out.startswith("APPROVED: close\n")
    assert "!!! The terminal's totals and ours DIFFER.\n" in closed.out
    assert "  payments in NOK  250.00 NOK in 2  350.00 NOK in 3\n" in closed.out
    assert "  payment  125.00 NOK  000003  bill-3\n" in closed.out
    assert "bill-2" not in closed.out
    assert "cannot be closed again" in words(closed.out)


def test_totals_that_differ_are_in_the_document(shop: Shop) -> None:
    """Beside the outcome, under the same keys as any other."""
    a_day(shop)
    shop.another_till_pays()
    closed = shop.run("capture", "--terminal", "bar", "--json")
    assert (closed.code, closed.json["outcome"]) == (30, "approved")
    (difference,) = closed.json["day_close"]["differences"]
    told = {key: difference[key] for key in ("currency", "kind", "ours_count", "ours_minor", "theirs_count")}
    assert told == {"currency": "NOK", "kind": "payment", "ours_count": 2, "ours_minor": 25000, "theirs_count": 3}
    assert [operation["reference"] for operation in closed.json["day_close"]["operations"]] == [
        "bill-1",
        "bill-3",
        "back",
    ]


def test_same_capture_again_tells_the_same_comparison(shop: Shop) -> None:
    """A slip that was lost can be printed again, also by settle."""
    a_day(shop)
    first, second = (shop.run("capture", "--terminal", "bar", "--reference", "close", "--json") for _ in range(2))
    assert second == first
    assert shop.run("settle", "close", "--json") == first


def test_difference_of_one_side_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the terminal does not name is not taken for nothing."""
    differences = (
        difference("payment", theirs_count=None, theirs_minor=None),
        difference("refund", theirs_count=0, theirs_minor=0),
    )
    day_close = tillproof.DayClose(terminal="bar", told=True, differences=differences, operations=())
    monkeypatch.setattr(tillproof.Till, "day_close", lambda *_: day_close)
    closed = shop.run("capture", "--terminal", "bar")
    assert closed.code == 30
    assert "  payments in NOK  125.00 NOK in 1  not told\n" in closed.out
    assert "  refunds in NOK   125.00 NOK in 1  0.00 NOK in 0\n" in closed.out
    assert "approved since the last capture\n  none\n" in closed.out


def difference(kind: str, *, theirs_count: int | None, theirs_minor: int | None) -> tillproof.Difference:
    """A difference in crowns: ours is one of 125.00."""
    return tillproof.Difference(
        currency="NOK",
        kind=tillproof.Kind(kind),
        ours_count=1,
        ours_minor=12500,
        theirs_count=theirs_count,
        theirs_minor=theirs_minor,
    )


def test_refused_capture_has_no_comparison(shop: Shop) -> None:
    """The day goes on, so there is nothing to compare."""
    shop.guest("Declined")
    refused = shop.run("capture", "--terminal", "bar", "--json")
    assert (refused.code, "day_close" in refused.json) == (10, False)


def test_capture_that_is_not_due_sends_nothing(shop: Shop) -> None:
    """It says why not, and since when the session is open."""
    shop.pay()
    text, document = (shop.run("capture", "--terminal", "bar", "--due", *more) for more in ((), ("--json",)))
    assert (text.code, document.code, len(shop.ledger())) == (0, 0, 1)
    assert text.out.startswith("No capture is due on bar: ")
    assert document.json["due"] is False
    assert document.json["since"] == shop.run("show", "bill-1042", "--json").json["opened_at"]


def test_capture_that_is_due_is_made(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --due as without."""
    due = tillproof.DueCapture(due=True, since="2025-01-31T10:00:00.000Z", reason="open for more than a day")
    monkeypatch.setattr(tillproof.Till, "capture_due", lambda *_: due)
    closed = shop.run("capture", "--terminal", "bar", "--due", "--json")
    assert (closed.code, closed.json["kind"], closed.json["outcome"]) == (0, "capture", "approved")


def test_comparison_that_fails_does_not_hide_the_outcome(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is closed, whatever becomes of the comparison, and the sentence says so."""

    def broken(*_: object) -> None:
        raise tillproof.JournalError("the disk is gone")

    monkeypatch.setattr(tillproof.Till, "day_close", broken)
    failed = shop.run("capture", "--terminal", "bar", "--reference", "close", "--json")
    assert (failed.code, failed.json["error"]["kind"]) == (1, "JournalError")
    assert "The day of bar is closed all the same: 'close' is approved." in failed.json["error"]["message"]


def test_slip_ends_with_the_head_that_verify_takes(shop: Shop) -> None:
    """Whatever is written later, the journal still reaches it; the document holds the same."""
    a_day(shop)
    slip = shop.run("capture", "--terminal", "bar", "--reference", "close").out.splitlines()
    assert slip[-2] == "The journal's head, for `tillproof journal verify --head`:"
    head = slip[-1].strip()
    assert head == shop.run("settle", "close", "--json").json["day_close"]["head"]
    shop.pay()
    assert shop.run("journal", "verify", "--head", head).code == 0
