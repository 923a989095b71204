"""Receipts: the terminal's text and nothing else, ready for a printer."""

from __future__ import annotations

from typing import Any

import pytest

import tillproof
from tests.cli.shop import BILL, Shop


def made(shop: Shop, name: str = "bill-1042") -> Any:
    """The copies as they are in the journal."""
    return shop.run("show", name, "--json").json["facts"][-1]["body"]["reply"]["receipts"]


def test_receipt_is_printed_as_the_terminal_made_it(shop: Shop) -> None:
    """Norwegian letters, tabs and line breaks are there, a line break of our own is not."""
    shop.pay()
    printed = shop.run_apart("receipt", "bill-1042")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == made(shop)["customer"]["plain"]
    assert "KJØP\n" in printed.out
    assert "BELØP\tNOK 125,00\n" in printed.out


def test_copies_to_be_printed_are_parted_by_a_form_feed(shop: Shop) -> None:
    """Of a refund the terminal wants both: the customer's comes first."""
    shop.run("refund", *BILL)
    copies = made(shop)
    assert shop.run("receipt", "bill-1042").out == f"{copies['customer']['plain']}\f{copies['merchant']['plain']}"


def test_copy_that_is_asked_for_is_printed_in_any_case(shop: Shop) -> None:
    """A guest or an auditor may want what the till need not print."""
    shop.pay()
    assert shop.run("receipt", "bill-1042", "--copy", "merchant").out == made(shop)["merchant"]["plain"]


@pytest.mark.parametrize("ending", ["Declined", "Cancelled"])
def test_refused_payment_has_a_receipt(shop: Shop, ending: str) -> None:
    """A receipt is offered after every attempt."""
    shop.guest(ending)
    shop.pay()
    printed = shop.run("receipt", "bill-1042")
    assert printed.code == 0
    assert printed.out == made(shop)["customer"]["plain"]


def test_other_forms_are_printed(shop: Shop) -> None:
    """What goes to an ESC/POS printer, and what goes into a receipt of one's own."""
    shop.pay()
    escpos, embedded = (shop.run("receipt", "bill-1042", "--format", form) for form in ("escpos", "embedded"))
    assert (escpos.code, embedded.code) == (0, 0)
    assert escpos.out == made(shop)["customer"]["escpos"]
    assert "KJØP\n" in embedded.out


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "utf-8"])
def test_encoding_of_the_console_is_no_error(shop: Shop, encoding: str) -> None:
    """A letter that it does not have becomes a question mark; all others stay."""
    shop.pay()
    printed = shop.run_apart("receipt", "bill-1042", environment={"PYTHONIOENCODING": encoding})
    text = made(shop)["customer"]["plain"]
    assert (printed.code, printed.out) == (0, text.encode(encoding, "replace").decode(encoding))


def test_receipt_as_json_has_every_copy(shop: Shop) -> None:
    """Each with the terminal's wish, so that the till can follow it."""
    paid, copies = shop.pay().json, made(shop)
    printed = shop.run("receipt", paid["operation_id"], "--json")
    assert printed.json == {
        "reference": "bill-1042",
        "copies": {
            "customer": {"should_print": True, "text": copies["customer"]["plain"]},
            "merchant": {"should_print": False, "text": copies["merchant"]["plain"]},
        },
    }
    assert list(shop.run("receipt", "bill-1042", "--copy", "merchant", "--json").json["copies"]) == ["merchant"]


def test_operation_without_a_receipt_ends_with_2(shop: Shop) -> None:
    """Nothing is printed, and the sentence forbids to make one up."""
    shop.faults("busy")
    shop.pay()
    printed = shop.run("receipt", "bill-1042")
    assert (printed.code, printed.out) == (2, "")
    assert "the terminal gave no receipt for 'bill-1042'" in printed.told
    assert shop.run("receipt", "bill-1042", "--json").json["error"]["kind"] == "NoReceipt"


@pytest.mark.parametrize("profile", ["2.1"])
def test_form_that_the_release_has_not_ends_with_2(shop: Shop) -> None:
    """Embedded receipts came with 2.2; the sentence says which form there is."""
    shop.pay()
    printed = shop.run("receipt", "bill-1042", "--format", "embedded")
    assert (printed.code, printed.out) == (2, "")
    assert "try --format plain" in printed.told


def test_nothing_is_printed_where_the_terminal_wants_no_copy(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its wish is followed, and whoever waits for paper hears how to get one."""
    shop.pay()
    monkeypatch.setattr(tillproof.Records, "receipt_copies", lambda *_: {"customer": False, "merchant": False})
    printed = shop.run("receipt", "bill-1042")
    assert (printed.code, printed.out) == (0, "")
    assert "--copy customer prints one all the same" in printed.told


def test_copy_that_is_missing_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other copy is printed; a merchant's copy that nobody signs is money lost, so it is not silently left out."""
    shop.pay()
    texts = {"customer": "KJØP\n", "merchant": None}
    monkeypatch.setattr(tillproof.Records, "receipt_copies", lambda *_: {"customer": True, "merchant": True})
    monkeypatch.setattr(tillproof.Records, "receipt", lambda _, name, copy, form: texts[copy])
    printed = shop.run("receipt", "bill-1042")
    assert (printed.code, printed.out) == (0, "KJØP\n")
    assert "the terminal made no merchant's copy in the form plain" in printed.told
    assert shop.run("receipt", "bill-1042", "--json").json["copies"]["merchant"] == {"should_print": True, "text": None}


def test_copy_that_the_terminal_did_not_make_ends_with_2(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names those that it made."""
    shop.pay()
    monkeypatch.setattr(tillproof.Records, "receipt_copies", lambda *_: {"customer": True})
    printed = shop.run("receipt", "bill-1042", "--copy", "merchant")
    assert printed.code == 2
    assert "gave no merchant's copy for 'bill-1042'; it gave: customer" in printed.told
