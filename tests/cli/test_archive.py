"""Archiving from the command line: what moved can be looked up, and never be charged again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine import records
from tests.cli.shop import BILL, Shop

_TOMORROW = str(date.today() + timedelta(days=1))  # noqa: DTZ011 - a local day is what is given


@pytest.fixture(autouse=True)
def _days_pass_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is archived here is of today."""
    monkeypatch.setattr(records, "YOUNGEST_ARCHIVED", timedelta(days=-2))


def _archive(shop: Shop) -> Path:
    """Pay, and archive it."""
    shop.pay()
    target = shop.folder / "old.db"
    moved = shop.run("--json", "journal", "archive", "--before", _TOMORROW, "-o", str(target))
    assert (moved.code, moved.json["operations"], moved.json["facts"]) == (0, 1, 3)
    return target


def test_an_archived_bill_is_not_charged_again(shop: Shop) -> None:
    """Its reference is taken, and the message says where it stands."""
    _archive(shop)
    again = shop.run("pay", *BILL)
    assert again.code == 2
    assert "was used before, and what became of it stands in the archive old.db" in again.told
    assert len(shop.ledger()) == 1
    assert "stands in the archive old.db" in shop.run("show", "bill-1042").told


def test_an_archive_can_be_looked_into(shop: Shop) -> None:
    """It is a journal file like any other: named in a configuration, it is listed, shown and verified."""
    target = _archive(shop)
    assert shop.run("journal", "verify").code == 0
    shop.configure(shop.terminal(), head=f'journal = "{target.name}"\n')
    assert shop.run("--json", "show", "bill-1042").json["outcome"] == "approved"
    assert shop.run("journal", "verify").code == 0


def test_recover_knows_what_was_archived(shop: Shop) -> None:
    """The terminal still shows it, and it is no stranger."""
    _archive(shop)
    recovered = shop.run("recover", "--json")
    assert (recovered.code, recovered.json["strangers"]) == (0, [])
    assert shop.run("pay", *BILL[:-1], "bill-1043").code == 0


def test_nothing_to_move_is_said(shop: Shop) -> None:
    """And no file is made."""
    shop.pay()
    target = shop.folder / "old.db"
    told = shop.run("journal", "archive", "--before", "2020-01-01", "-o", str(target))
    assert told.code == 0
    assert told.out.startswith("There is nothing to move")
    assert not target.exists()


def test_the_last_week_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal may still show it."""
    shop.pay()
    monkeypatch.setattr(records, "YOUNGEST_ARCHIVED", timedelta(days=7))
    refused = shop.run("journal", "archive", "--before", _TOMORROW, "-o", str(shop.folder / "old.db"))
    assert refused.code == 2
    assert "is less than 7 days ago; give an earlier day" in refused.told


def test_bad_days_and_taken_files_are_refused(shop: Shop) -> None:
    """By their names, and nothing is lost."""
    shop.pay()
    (shop.folder / "mine").write_text("mine", "utf-8")
    assert "--before" in shop.run("journal", "archive", "--before", "March", "-o", "x").err
    taken = shop.run("journal", "archive", "--before", _TOMORROW, "-o", str(shop.folder / "mine"))
    assert taken.code == 1
    assert "exists already" in taken.told
    assert shop.run("show", "bill-1042").code == 0


def test_a_day_in_another_form_is_refused_with_the_right_one(shop: Shop) -> None:
    """As it is written on a Norwegian calendar, say; nothing is moved."""
    refused = shop.run("journal", "archive", "--before", "31.12.2025", "-o", str(shop.folder / "old.db"))
    assert refused.code == 2
    assert "'31.12.2025' is no day; give YYYY-MM-DD" in refused.told
