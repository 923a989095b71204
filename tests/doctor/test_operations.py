"""What is unsettled, and the day that has to be closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

import tillproof
from engine import DueCapture, Records, TillproofError
from tests.cli.shop import Shop
from tests.doctor.room import examined, line_of, verdicts


def test_operation_in_doubt_is_told_with_its_remedy(shop: Shop) -> None:
    """The reference, that nobody may charge again, and the command that settles it."""
    shop.in_doubt()
    line = line_of(examined(shop), "operations")
    assert (line.verdict, line.finding) == ("warn", "1 in doubt: bill-1042")
    assert line.remedy == "do not charge again; run `tillproof recover`, then `tillproof status`"
    assert line.measured == {"unsettled": 1, "alarm": False}


def test_many_are_counted_and_some_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line stays a line."""
    shop.in_doubt()
    with tillproof.open_records(shop.config) as records:
        (one,) = records.unsettled()
    many = [replace(one, reference=f"bill-{number}") for number in range(5)]
    monkeypatch.setattr(Records, "unsettled", lambda _: many)
    line = line_of(examined(shop), "operations")
    assert line.finding == "5 in doubt: bill-0, bill-1, bill-2 and 2 more"


def test_late_success_is_a_failure(shop: Shop) -> None:
    """Money may have moved twice: nobody may overlook that."""
    shop.late_success()
    shop.run("recover")
    line = line_of(examined(shop), "operations")
    assert (line.verdict, line.measured["alarm"]) == ("fail", True)
    assert line.finding.startswith("bill-1042: what was final was contradicted")


def test_day_that_has_to_be_closed_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal may refuse payments until then, which looks like a dead till."""
    shop.pay()
    assert line_of(examined(shop), "day", "bar").verdict == "ok"
    due = DueCapture(due=True, since=None, reason="the session began 25.0 hours ago")
    monkeypatch.setattr(Records, "capture_due", lambda *_: due)
    line = line_of(examined(shop), "day", "bar")
    assert (line.verdict, line.remedy) == ("warn", "run `tillproof capture --terminal bar`")
    assert "25.0 hours ago" in line.finding


def test_facts_that_cannot_be_read_are_not_checked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says why; the lines behind it are there."""

    def refuse(*_: object) -> None:
        raise TillproofError("fact 2 does not follow")

    shop.pay()
    monkeypatch.setattr(Records, "unsettled", refuse)
    monkeypatch.setattr(Records, "capture_due", refuse)
    lines = examined(shop)
    assert verdicts(lines, "not_checked") == {"operations", "day"}
    assert line_of(lines, "operations").finding == "fact 2 does not follow"
