"""A fact: something that we did or learned, written once and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a fact may hold. No floats: their text differs between programs, and money is an integer."""

Value: TypeAlias = int | str | None
"""What a column of the projection may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A fact before it is written: whose it is, what happened, and its particulars."""

    subject: str
    kind: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact as it stands in the journal.

    ``seq`` counts from 1 without gaps. ``at`` is the writer's clock in UTC, ISO 8601 with milliseconds and a
    closing ``Z``. ``digest`` is the link of the hash chain, in hexadecimal: see ``journal/chain.py``.
    """

    seq: int
    at: str
    subject: str
    kind: str
    body: Mapping[str, Json]
    digest: str
