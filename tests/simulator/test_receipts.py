"""Receipts as they come: letters, tabs and line ends that break broken tills."""

import base64

import pytest

from tests.simulator.till import AMOUNTS, Counter, document
from tools.simulator import Guest


@pytest.mark.parametrize("copy", ["customer", "merchant"])
def test_norwegian_letters_tabs_and_line_ends_survive(copy: str) -> None:
    """Every copy holds ÆØÅ, a tab and newlines, in plain and in its parts."""
    receipt = document(Counter().pay())["receipt"][copy]
    parts = receipt["embeddedPlain"]
    for wanted in ("Ø", "Æ", "Å", "\t", "\n"):
        assert wanted in receipt["plain"]
    assert f"{parts['header']}\n{parts['content']}\n{parts['footer']}\n" == receipt["plain"]


def test_letters_are_sent_as_utf_8_and_not_escaped() -> None:
    """A till that hashes a re-encoded body fails here, as it would in a shop."""
    body = Counter().pay().body
    assert "KJØP".encode() in body
    assert b"\\u00" not in body


def test_escpos_holds_the_same_text_for_the_printer() -> None:
    """The printer's bytes, in code page 865, say what the plain copy says."""
    receipt = document(Counter().pay())["receipt"]["customer"]
    printed = base64.b64decode(receipt["escpos"])
    assert printed.startswith(b"\x1b@")
    assert receipt["plain"].encode("cp865") in printed


def test_cards_are_masked() -> None:
    """Twelve stars and four digits; more never leaves the terminal."""
    assert "************1001" in document(Counter().pay())["receipt"]["customer"]["plain"]


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("Approved", "GODKJENT"), ("Declined", "AVSLÅTT"), ("Cancelled", "AVBRUTT"), ("SomethingNew", "SOMETHINGNEW")],
)
def test_a_receipt_says_what_became_of_it(outcome: str, word: str) -> None:
    """There is a receipt on every attempt, the refused ones too."""
    receipt = document(Counter(guest=Guest(outcomes=[outcome])).pay())["receipt"]
    assert word in receipt["customer"]["plain"]


def test_only_a_refund_asks_for_the_merchants_copy() -> None:
    """The copies differ in `shouldPrint`, so a till must look at each."""
    counter = Counter()
    payment = document(counter.pay())["receipt"]
    refund = document(counter.finish(counter.till.order("/Refunds", amounts=AMOUNTS)))["receipt"]
    assert [payment["customer"]["shouldPrint"], payment["merchant"]["shouldPrint"]] == [True, False]
    assert [refund["customer"]["shouldPrint"], refund["merchant"]["shouldPrint"]] == [True, True]


def test_the_header_is_centred_to_the_width_asked_for() -> None:
    """`receiptWidth` is followed."""
    header = document(Counter().pay(receiptWidth=60))["receipt"]["customer"]["embeddedPlain"]["header"]
    assert "RØDE ØRN BAKERI".center(60).rstrip() == header.splitlines()[0]
