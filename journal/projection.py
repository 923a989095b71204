"""The projection: what a journal is told of the meaning of its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.fact import Fact, Value


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
