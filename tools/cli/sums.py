"""Sums for people: how much, in which currency, in how many operations of which kind. They decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tillproof import Outcome

Sums: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]
"""Minor units and count, by currency and kind: a refund is not a payment less."""


def sums_of(outcomes: Iterable[Outcome], word: str) -> Sums:
    """The sums of all with this outcome that name an amount."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for outcome in outcomes:
        money = money_of(outcome)
        if outcome.word == word and money is not None:
            minor, currency = money
            so_far, count = sums.get((currency, str(outcome.kind)), (0, 0))
            sums[currency, str(outcome.kind)] = (so_far + minor, count + 1)
    return sums


def money_of(outcome: Outcome) -> tuple[int, str] | None:
    """Minor units and currency: what the terminal says was moved where it moved, else what was asked for."""
    reply, asked = outcome.reply, outcome.amount
    if outcome.word == "approved" and reply is not None and reply.total_minor is not None:
        currency = reply.currency or (asked.currency if asked is not None else None)
        if currency is not None:
            return reply.total_minor, currency
    return (asked.amount_minor, asked.currency) if asked is not None else None


def counted(count: int, kind: str) -> str:
    """*1 payment*, *2 payments*."""
    return f"{count} {kind}{'' if count == 1 else 's'}"


def amount_text(minor: int, currency: str) -> str:
    """A sum as text. A sum may be more than one terminal can take, so it is no ``Money``; its decimals are."""
    from tillproof import Money  # noqa: PLC0415 - heavy

    decimals = len(str(Money(1, currency)).split()[0].partition(".")[2])
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d} {currency}" if decimals else f"{whole} {currency}"
