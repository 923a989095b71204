"""Aborting: a request whose words and exit code never pretend to know what becomes of the money."""

from __future__ import annotations

import json

import pytest

from tests.cli.shop import BILL, Shop
from tools.simulator import Assumptions


def words(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_accepted_abort_ends_with_0_and_is_no_outcome(shop: Shop, mode: str) -> None:
    """It is asked for beside the till that waits; that till hears the outcome."""
    shop.guest("Approved", takes_s=30.0)
    with shop.start("pay", *BILL, "--mode", mode, "--json") as paying:
        shop.wait_until_running()
        asked = shop.run("abort", "bill-1042")
        out, _ = paying.communicate(timeout=60)
    assert asked.code == 0
    assert asked.out.startswith("ABORT ASKED FOR: bill-1042\n")
    assert "That is no outcome: it may still be approved." in words(asked.out)
    assert "Wait for the outcome: `tillproof settle bill-1042` tells it." in words(asked.out)
    assert (paying.returncode, json.loads(out)["outcome"]) == (10, "cancelled")


@pytest.mark.parametrize("assumptions", [Assumptions(abort_may_still_approve=True)])
def test_aborted_payment_may_be_approved_all_the_same(shop: Shop) -> None:
    """The exit code of the abort says that it was asked for; that of the payment, that it was paid."""
    shop.guest("Approved", takes_s=1.5)
    with shop.start("pay", *BILL, "--mode", "async") as paying:
        shop.wait_until_running()
        asked = shop.run("abort", "bill-1042", "--json")
        paying.communicate(timeout=60)
    assert (asked.code, asked.json["abort"], paying.returncode) == (0, "accepted", 0)
    assert set(asked.json) == {"reference", "operation_id", "kind", "terminal", "abort", "advice"}
    assert "it may still be approved" in asked.json["advice"]


def test_abort_that_comes_too_late_ends_with_20(shop: Shop) -> None:
    """A reversal has no PIN to wait for, so it is too late at once; and that is no outcome either."""
    receipt = shop.pay().json["receipt_number"]
    shop.guest("Approved", takes_s=1.0)
    undo = ("reverse", "--receipt", receipt, "--terminal", "bar", "--reference", "undo", "--mode", "async")
    with shop.start(*undo) as undoing:
        shop.wait_until_running()
        asked = shop.run("abort", "undo")
        undoing.communicate(timeout=60)
    assert (asked.code, undoing.returncode) == (20, 0)
    assert asked.out.startswith("TOO LATE TO ABORT: undo\n")
    assert "how it ends is open" in words(asked.out)


def test_abort_is_told_in_the_story(shop: Shop) -> None:
    """Whoever reads what happened sees that it was asked for, and what the terminal said to it."""
    shop.guest("Approved", takes_s=30.0)
    with shop.start("pay", *BILL, "--mode", "async") as paying:
        shop.wait_until_running()
        shop.run("abort", "bill-1042")
        paying.communicate(timeout=60)
    assert "we asked the terminal to abort it: accepted" in words(shop.run("show", "bill-1042").out)


def test_abort_of_what_is_settled_ends_with_2(shop: Shop) -> None:
    """There is nothing to stop any more."""
    shop.pay()
    refused = shop.run("abort", "bill-1042", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")


@pytest.mark.parametrize("profile", ["2.1"])
def test_abort_that_the_release_cannot_ends_with_2(shop: Shop) -> None:
    """Before 2.2 a synchronous payment cannot be aborted, and nothing is sent that the terminal would not know."""
    shop.in_doubt(guest_takes_s=2.0)
    refused = shop.run("abort", "bill-1042", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (2, "BadInput")


def test_abort_without_an_authentic_answer_ends_with_1(shop: Shop) -> None:
    """It may have been heard or not, and the sentence says so."""
    shop.in_doubt(guest_takes_s=2.0)
    shop.faults(questions=["wrong_hash"] * 5)
    asked = shop.run("abort", "bill-1042", "--json")
    assert (asked.code, asked.json["error"]["kind"]) == (1, "Unconfirmed")
    assert "The abort may have been heard or not. Wait for the outcome: " in asked.json["error"]["message"]
