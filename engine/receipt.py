"""Receipts, as the terminal made them. The vendor's rule: print from these, and never build one from data fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import BadInput
from engine.operation import Operation

COPIES = ("customer", "merchant")
FORMS = ("plain", "escpos", "embedded")


def receipt_copies(operation: Operation) -> Mapping[str, bool]:
    """The copies that the terminal made, and whether each should be printed (``shouldPrint``)."""
    given = _receipts(operation)
    return {copy: bool(given[copy].get("shouldPrint")) for copy in COPIES if copy in given}


def receipt_text(operation: Operation, copy: str, form: str) -> str | None:
    """One copy in one form, as the terminal made it; None if it made none of that kind.

    Raises:
        BadInput: no such copy or form.
    """
    if copy not in COPIES:
        raise BadInput(f"copy: {copy!r} is none; give {' or '.join(COPIES)}")
    if form not in FORMS:
        raise BadInput(f"format: {form!r} is none; give {', '.join(FORMS)}")
    given: Any = _receipts(operation).get(copy, {})
    if form != "embedded":
        text: str | None = given.get(form)
        return text
    parts = given.get("embeddedPlain", {})
    texts = [parts[part] for part in ("header", "content", "footer") if parts.get(part)]
    # Each part begins on a line of its own, whether or not the terminal ended the one before it.
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]) + "".join(texts[-1:]) or None


def _receipts(operation: Operation) -> Mapping[str, Any]:
    return operation.reply.receipts if operation.reply is not None else {}
