"""Reading the terminal's JSON: what is believed, by its very name, and what is absent instead."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from engine import Ending, Kind, Reply, Slot
from engine.samport.reading import (
    read_dialog,
    read_document,
    read_minor,
    read_reply,
    read_slot,
    read_texts,
)
from engine.settings import AmountUnit
from engine.terminal import Total

_OURS = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
_USUAL = {
    "transactionOutcome": "Approved",
    "outcomeDescription": "Thank you",
    "receiptNumber": "000123",
    "approvalCode": "A1B2C3",
    "amounts": {"total": 12500, "currency": {"symbol": "NOK"}},
    "customData": {"tillproofOperationId": _OURS},
}


def reply(**fields: Any) -> Reply:
    """What the usual reply says, but for these fields."""
    read = read_reply({**_USUAL, **fields})
    assert read is not None
    return read


def test_every_field_of_a_reply_is_read_by_its_own_name() -> None:
    """A misspelt name would lose the receipt number of every guest."""
    assert reply() == Reply(
        operation_id=_OURS,
        ending=Ending.APPROVED,
        outcome_text="Approved",
        description="Thank you",
        receipt_number="000123",
        approval_code="A1B2C3",
        total_minor=12500,
        currency="NOK",
    )


def test_numbers_are_read_without_a_float() -> None:
    """0.1 is not a tenth to a float, and money is exact."""
    assert read_document(b'{"total": 0.1}') == {"total": Decimal("0.1")}
    assert [read_document(body) for body in (b"[]", b"", b"\xff", b'"text"')] == [None] * 4


@pytest.mark.parametrize(
    "number", ["12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666", "", 123456, None]
)
def test_a_receipt_number_is_six_digits_or_absent(number: object) -> None:
    """Arabic digits are digits to Unicode, and to no reversal."""
    assert reply(receiptNumber=number).receipt_number is None


def test_an_id_of_another_form_is_a_text_and_masked() -> None:
    """It may be a neighbour's idea of an id, and that may be a card number."""
    foreign = {"tillproofOperationId": "order 4111111111111111"}
    assert reply(customData=foreign).operation_id == "order ************1111"
    assert reply(customData={"tillproofOperationId": 5}).operation_id is None


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    """JSON allows it and UTF-8 does not, so it would be refused only when the answer is stored."""
    assert reply(outcomeDescription="a\ud800b").description == "a?b"


def test_a_slot_without_our_id_is_known_by_the_digest_of_its_content() -> None:
    """Whatever order its fields stand in, and whatever numbers; and it keeps what it shows."""
    document = {**_USUAL, "customData": {}, "rate": Decimal("0.10")}
    shown = read_slot(document)
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
    assert shown == Slot(identity=f"sha256:{digest}", reply=reply(customData={}))
    assert read_slot(dict(reversed(document.items()))) == shown
    assert read_slot({}) is None


def test_a_slot_is_read_in_the_unit_of_the_terminal() -> None:
    """125 major units are 12500 minor ones."""
    shown = read_slot({**_USUAL, "amounts": {"total": 125, "currency": {"symbol": "NOK"}}}, AmountUnit.MAJOR)
    assert shown == Slot(identity=_OURS, reply=reply())


def test_the_totals_of_a_capture_are_read_in_all_and_by_scheme() -> None:
    """A count without an amount is a count; without a currency, or without a count, there is no total."""
    document = {
        "totals": [
            {
                "currencySymbol": "NOK",
                "payments": {"count": 2, "total": 25000},
                "refunds": {"count": 1},
                "reversals": {"total": 5},
            },
            {"payments": {"count": 1, "total": 1}},
            "nonsense",
        ],
        "schemes": [
            {"scheme": "Visa", "currencySymbol": "NOK", "payments": {"count": 1, "total": 12500}},
            {"currencySymbol": "NOK", "payments": {"count": 1, "total": 12500}},
        ],
    }
    assert reply(**document).totals == (
        Total(kind=Kind.PAYMENT, currency="NOK", count=2, amount_minor=25000),
        Total(kind=Kind.REFUND, currency="NOK", count=1, amount_minor=0),
        Total(kind=Kind.PAYMENT, currency="NOK", count=1, amount_minor=12500, scheme="Visa"),
        Total(kind=Kind.PAYMENT, currency="NOK", count=1, amount_minor=12500, scheme=""),
    )


def test_totals_in_major_units_are_read_by_their_own_currency() -> None:
    """The currency stands once, beside the sums."""
    document = {**_USUAL, "totals": [{"currencySymbol": "NOK", "payments": {"count": 1, "total": Decimal("125.50")}}]}
    read = read_reply(document, AmountUnit.MAJOR)
    assert read is not None
    assert read.totals == (Total(kind=Kind.PAYMENT, currency="NOK", count=1, amount_minor=12550),)


def test_what_a_terminal_shows_is_one_line() -> None:
    """Whatever texts there are, in their order, blanks and breaks made one."""
    assert read_dialog({"a": "Insert\n  card", "b": 5, "c": "", "d": "please"}) == "Insert card please"
    assert read_dialog({}) == ""


def test_texts_are_read_under_their_paths_beside_one_another() -> None:
    """What stands before an object is not lost for it."""
    assert read_texts({"d": "flat", "a": {"b": "deep"}, "e": 5}) == {"d": "flat", "a.b": "deep"}


@pytest.mark.parametrize("value", [2**63, -(2**63), True, "5", 5.0, None])
def test_a_number_that_no_journal_can_hold_is_absent(value: object) -> None:
    """64 bits are what SQLite has, and ``True`` is an int to Python alone."""
    assert read_minor({"total": value}, "total", AmountUnit.MINOR) is None
    assert read_minor({"total": 2**63 - 1}, "total", AmountUnit.MINOR) == 2**63 - 1


def test_major_units_without_a_currency_cannot_be_read() -> None:
    """Nobody knows how many decimals they have."""
    assert read_minor({"total": "1.00"}, "total", AmountUnit.MAJOR) is None
    assert read_minor({"total": "1.00", "currencySymbol": "NOK"}, "total", AmountUnit.MAJOR) == 100
