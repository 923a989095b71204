"""What an answer says, in one sentence, and whether it is about the same money as the order."""

from __future__ import annotations

from engine.errors import BadInput
from engine.money import Money
from engine.order import Order
from engine.terminal import Reply


def sentence(order: Order, reply: Reply) -> str:
    """The answer for a person: the ending, the receipt, and any other amount than was asked for."""
    parts = [reply.outcome_text.lower()]
    if reply.description:
        parts.append(reply.description)
    if reply.receipt_number:
        parts.append(f"receipt {reply.receipt_number}")
    difference = other_amount(order, reply)
    if difference:
        parts.append(difference)
    return ", ".join(parts)


def other_amount(order: Order, reply: Reply) -> str | None:
    """A sentence if the terminal names another amount or currency than the order, as after a tip; else None.

    It is shown, and it decides nothing: identity is the operation id alone (``protocol.md``, *Amount check*).
    """
    if order.amount is None or reply.total_minor is None:
        return None
    currency = reply.currency or order.amount.currency
    if (reply.total_minor, currency) == (order.amount.amount_minor, order.amount.currency):
        return None
    try:
        named = str(Money(reply.total_minor, currency))
    except BadInput:
        named = f"{reply.total_minor} {currency} in minor units"
    return f"asked for {order.amount}, the terminal names {named}"
