"""Reading the terminal's JSON into our words, believing as little as possible.

Field names from ``protocol.md``, *Reply fields*. Nothing here raises on bad content: what cannot be read is absent,
and an absent ending settles nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.errors import BadInput
from engine.kind import Kind
from engine.money import Money
from engine.samport.masking import mask_card_numbers, mask_escpos
from engine.settings import AmountUnit
from engine.terminal import EMPTY, Ending, Reply, Slot, Total
from journal import Json

IDENTITY_FIELD = "tillproofOperationId"
"""Our key inside ``customData``: the vendor's own way to find a lost answer again."""

_ENDINGS = {"Approved": Ending.APPROVED, "Declined": Ending.DECLINED, "Cancelled": Ending.CANCELLED}
"""``transactionOutcome``. Any other value is unresolved, never "declined"."""

_LONGEST_TEXT = 16 * 1024
"""No field of a receipt is longer; a text that is, is cut."""


def read_document(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object in a body, or None."""
    try:
        document = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        return None
    return document if isinstance(document, dict) else None


def read_reply(document: Mapping[str, Any], unit: AmountUnit = AmountUnit.MINOR) -> Reply | None:
    """What a reply says became of an operation; None when it names no outcome at all."""
    outcome = _text(document.get("transactionOutcome"))
    if outcome is None:
        return None
    amounts = _object(document.get("amounts"))
    receipt_number = _text(document.get("receiptNumber"))
    return Reply(
        operation_id=_identity(_object(document.get("customData")).get(IDENTITY_FIELD)),
        ending=_ENDINGS.get(outcome),
        outcome_text=outcome,
        description=_text(document.get("outcomeDescription")),
        receipt_number=receipt_number if receipt_number and re.fullmatch(r"\d{6}", receipt_number, re.ASCII) else None,
        approval_code=_text(document.get("approvalCode")),
        total_minor=read_minor(amounts, "total", unit),
        currency=_currency(amounts),
        receipts=_receipts(_object(document.get("receipt"))),
        totals=tuple(_totals(document, unit)),
    )


def read_slot(document: Mapping[str, Any], unit: AmountUnit = AmountUnit.MINOR) -> Slot | None:
    """What a reply of ``/latest`` shows; None when it cannot be read.

    Without an identity of ours the content itself is the identity. INFERRED: that the terminal shows the same
    content each time; where it does not, the slot looks overwritten, and a person is asked.
    """
    reply = read_reply(document, unit)
    if reply is None:
        return None
    if reply.operation_id is not None:
        return Slot(identity=reply.operation_id, reply=reply)
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
    return Slot(identity=f"sha256:{digest}", reply=reply)


EMPTY_SLOT = Slot(identity=EMPTY, reply=None)


_TOTALS = {"payments": Kind.PAYMENT, "refunds": Kind.REFUND, "reversals": Kind.REVERSAL}


def _totals(document: Mapping[str, Any], unit: AmountUnit) -> Iterator[Total]:
    """The totals of a capture, in all and by card scheme.

    OPEN: nothing is published of their form; these names are the simulator's convention.
    """
    for name, by_scheme in (("totals", False), ("schemes", True)):
        given = document.get(name)
        for entry in map(_object, given if isinstance(given, list) else ()):
            scheme = _text(entry.get("scheme")) or "" if by_scheme else None
            yield from _total(entry, scheme, unit)


def _total(entry: Mapping[str, Any], scheme: str | None, unit: AmountUnit) -> Iterator[Total]:
    currency = _text(entry.get("currencySymbol"))
    for name, kind in _TOTALS.items():
        told = {"currencySymbol": currency, **_object(entry.get(name))}
        count, amount = _whole(told.get("count")), read_minor(told, "total", unit)
        if currency is not None and count is not None:
            yield Total(kind=kind, currency=currency, count=count, amount_minor=amount or 0, scheme=scheme)


def _receipts(receipt: Mapping[str, Any]) -> Mapping[str, Json]:
    copies: dict[str, Json] = {}
    for name in ("customer", "merchant"):
        copy = _object(receipt.get(name))
        kept: dict[str, Json] = {}
        if isinstance(copy.get("shouldPrint"), bool):
            kept["shouldPrint"] = copy["shouldPrint"]
        kept |= _texts(copy, "plain")
        escpos = _text(copy.get("escpos"), mask_escpos)
        if escpos is not None:
            kept["escpos"] = escpos
        embedded = _texts(_object(copy.get("embeddedPlain")), "header", "content", "footer")
        if embedded:
            kept["embeddedPlain"] = embedded
        if kept:
            copies[name] = kept
    return copies


def _texts(document: Mapping[str, Any], *names: str) -> dict[str, str]:
    found = {name: _text(document.get(name)) for name in names}
    return {name: text for name, text in found.items() if text is not None}


def _identity(value: object) -> str | None:
    """An operation id, untouched: the digits of about every 380th UUID look like a card number."""
    return value if isinstance(value, str) and UUID.fullmatch(value) else _text(value)


UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object, mask: Callable[[str], str] = mask_card_numbers) -> str | None:
    if not isinstance(value, str):
        return None
    # A lone surrogate is legal in JSON text and has no UTF-8; it would be refused only when the answer is stored.
    # Masked before it is cut: of a card number that the cut goes through, most digits would stay.
    return mask(value.encode(errors="replace").decode())[:_LONGEST_TEXT]


_DEEPEST = 32
"""Objects in one another that are looked into. JSON may nest thousands, more than Python can follow."""


def read_texts(document: Mapping[str, Any], levels: int = _DEEPEST) -> dict[str, str]:
    """Every text in a document of unknown form, card numbers masked, under its path: ``card.scheme``."""
    found: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            if levels:
                found |= {f"{key}.{inner}": text for inner, text in read_texts(value, levels - 1).items()}
        elif (text := _text(value)) is not None:
            found[str(key)] = text
    return found


def read_dialog(document: Mapping[str, Any]) -> str:
    """What the terminal shows, in one line; its form is OPEN, so every text in it is taken."""
    texts = [text for text in map(_text, document.values()) if text]
    return " ".join(" ".join(texts).split())


def read_minor(amounts: Mapping[str, Any], name: str, unit: AmountUnit) -> int | None:
    """The amount of this name in minor units; None when it cannot be read."""
    if unit is AmountUnit.MINOR:
        return _whole(amounts.get(name))
    try:
        return Money.parse(str(amounts.get(name)), _currency(amounts) or "").amount_minor
    except BadInput:
        return None


def _currency(amounts: Mapping[str, Any]) -> str | None:
    return _text(_object(amounts.get("currency")).get("symbol")) or _text(amounts.get("currencySymbol"))


def _whole(value: object) -> int | None:
    """A whole number that the journal can hold; ``True`` is an int to Python, and 64 bits are what SQLite has."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return value if fits and isinstance(value, int) else None
