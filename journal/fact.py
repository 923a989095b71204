"""A fact: something that we did or learned, written once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """How the facts of one subject become one row that anyone can ask in SQL.

    The journal does not know what the facts mean; whoever does hands this over. ``row`` is pure and gets *all*
    facts of the subject in order. If it raises, nothing is written: an impossible history never enters.

    ``columns`` are in the order of the table and include the three that the journal itself works with:
    ``key`` (the subject), ``lane`` (text) and ``open`` (1 while somebody still has to do something, else 0).
    ``views`` are other ways to look at the table, each a SELECT by its name; only a journal in a file has them.
    """

    table: str
    key: str
    lane: str
    open: str
    columns: Mapping[str, type[int | str]]
    unique: tuple[str, ...]
    row: Callable[[Sequence[Fact]], Mapping[str, Value]]
    views: Mapping[str, str] = field(default_factory=dict)
