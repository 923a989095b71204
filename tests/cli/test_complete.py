"""Completing what another till started: its outcome comes into this journal, and no order is sent."""

from __future__ import annotations

import uuid

import pytest

from tests.cli.shop import BILL, Shop

ANOTHER = ("-c", "another.toml")


def started_by_another_till(shop: Shop) -> str:
    """The id of an asynchronous payment whose till died while the guest was paying."""
    text = shop.config.read_text(encoding="utf-8").replace("till.journal", "another.journal")
    (shop.folder / "another.toml").write_text(text, encoding="utf-8")
    with shop.start(*ANOTHER, "pay", *BILL, "--mode", "async") as paying:
        shop.wait_until_running()
        operation_id = str(shop.state()["running"]["id"])
        paying.kill()
    return operation_id


def test_payment_that_another_till_started_is_completed(shop: Shop) -> None:
    """The outcome is told as by pay, under the reference given, and the guest has paid once."""
    shop.guest("Approved", takes_s=1.0)
    operation_id = started_by_another_till(shop)
    told = shop.run("complete", operation_id, "--terminal", "bar", "--reference", "taken-over", "--json")
    assert (told.code, told.json["outcome"], told.json["operation_id"]) == (0, "approved", operation_id)
    assert told.json["reference"] == "taken-over"
    assert len(shop.ledger()) == 1


def test_completing_twice_tells_the_same(shop: Shop) -> None:
    """What this journal knows is settled, not asked for again."""
    shop.guest("Declined", takes_s=0.5)
    operation_id = started_by_another_till(shop)
    first, second = (shop.run("complete", operation_id, "--terminal", "bar", "--json") for _ in range(2))
    assert (first.code, first.json["outcome"]) == (10, "declined")
    assert second.json == first.json


def test_what_still_runs_is_neither_taken_over_nor_taken_for_a_no(shop: Shop) -> None:
    """A guest who is still at the terminal is waited for, but not for ever; asked again, it is told."""
    shop.guest("Approved", takes_s=2.0)
    operation_id = started_by_another_till(shop)
    early = shop.run("complete", operation_id, "--terminal", "bar", "--patience", "0", "--json")
    assert (early.code, early.json["error"]["kind"]) == (30, "StillRunning")
    assert "still runs" in early.json["error"]["message"]
    assert shop.run("complete", operation_id, "--terminal", "bar").code == 0


def test_operation_that_the_terminal_does_not_know_ends_with_2(shop: Shop) -> None:
    """It is no "no" either: the sentence leads to the till that started it."""
    told = shop.run("complete", str(uuid.uuid4()), "--terminal", "bar", "--json")
    assert (told.code, told.json["error"]["kind"]) == (2, "UnknownReference")
    assert "look at the till that started it" in told.json["error"]["message"]


@pytest.mark.parametrize("operation_id", ["bill-1042", "../Payments/latest", "11111111222243338444555555555555", ""])
def test_what_is_no_id_ends_with_2_and_asks_nothing(shop: Shop, operation_id: str) -> None:
    """Only a UUID goes into a path."""
    told = shop.run("complete", operation_id, "--terminal", "bar", "--json")
    assert (told.code, told.json["error"]["kind"]) == (2, "BadParameter")
    assert not shop.journal.exists()
