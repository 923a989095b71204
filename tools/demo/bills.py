"""The bills of a lunch, and when the power is cut: all of it follows from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

CURRENCY = "NOK"

MOST_ATTEMPTS = 4
"""How often a guest holds a card to the terminal before paying cash."""

MOST_BILLS = 5_000

_LEAST_MINOR = 4_500
"""A coffee and a bun. Everything above has to hold ``MOST_BILLS`` different amounts."""
_MOST_MINOR = 60_000

_SHARE_WITH_KILLS = 0.95
"""No kill comes in the last twentieth of the bills: somebody has to be there to be killed."""

_LONGEST_HESITATION_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one guest has to pay, and at which terminal: always the same one."""

    number: int
    amount_minor: int
    terminal: str

    @property
    def amount(self) -> str:
        """In major units, as a POS has it: "125.00"."""
        return f"{self.amount_minor // 100}.{self.amount_minor % 100:02d}"

    def reference(self, attempt: int) -> str:
        """The POS's own name for this attempt, from 1."""
        return f"bill-{self.number:04d}/{attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KillMoment:
    """When the POS is killed: this many seconds after so many bills are done."""

    after_bills: int
    hesitation_s: float


def bill_number(reference: str) -> int:
    """The number of the bill that a reference of ours belongs to."""
    return int(reference.partition("/")[0].removeprefix("bill-"))


def terminal_names(count: int) -> list[str]:
    """Names for so many terminals."""
    return [f"terminal-{number}" for number in range(1, count + 1)]


def make_bills(count: int, *, terminals: Sequence[str], seed: int) -> list[Bill]:
    """The bills of a lunch, dealt to the terminals in turn.

    No two have the same amount. That is for the audit only: it can then say from the terminals' ledgers alone which
    guest was charged, without believing an id of ours. In the product nothing is ever recognised by its amount; there
    the identity of an operation is its id.
    """
    amounts = random.Random(f"bills {seed}").sample(range(_LEAST_MINOR, _MOST_MINOR), count)  # noqa: S311 - repeatable
    return [
        Bill(number=number, amount_minor=amount_minor, terminal=terminals[(number - 1) % len(terminals)])
        for number, amount_minor in enumerate(amounts, start=1)
    ]


def kill_moments(count: int, *, bills: int, seed: int) -> list[KillMoment]:
    """When to kill: one moment in each of so many equal parts of the rush, anywhere in it but near its ends."""
    chance = random.Random(f"kills {seed}")  # noqa: S311 - repeatable
    part = bills * _SHARE_WITH_KILLS / max(count, 1)
    return [
        KillMoment(
            after_bills=max(1, int(part * (turn + chance.uniform(0.1, 0.9)))),
            hesitation_s=chance.uniform(0, _LONGEST_HESITATION_S),
        )
        for turn in range(count)
    ]
