"""What the terminal was seen to be after an order, question by question: from this its own conduct is concluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from engine import EMPTY
from tools.incident.exchange import Exchange

_OK, _NOT_FOUND = 200, 404


@unique
class Sight(StrEnum):
    """What one answer shows of an operation."""

    OURS = "ours"
    """It has ended."""
    RUNNING = "running"
    """Something runs, and it may be this one."""
    IDLE = "idle"
    """Nothing runs: it has ended, or never began."""
    BEFORE = "before"
    """The memory shows what it showed before the order."""
    OTHER = "other"
    """The memory shows somebody else's."""
    EMPTY = "empty"
    """The memory shows nothing."""
    CLOSED = "closed"
    """The memory shows a day's close that it did not show before."""
    SILENT = "silent"
    """There was no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One answer; ``at`` is when it was there, in unix seconds."""

    at: float
    sight: Sight
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The operation that is looked for, and what the terminal's memory held before it.

    ``remembered`` are the receipts that its memory was seen to show before.
    """

    operation_id: str
    kind: str
    slot_before: str
    remembered: frozenset[str | None]

    def sightings(self, exchanges: Sequence[Exchange]) -> list[Sighting]:
        """What these say of it; those that say nothing are left out."""
        return [found for exchange in exchanges for found in self._seen(exchange)]

    def _seen(self, exchange: Exchange) -> Iterator[Sighting]:
        sight = self._sight(exchange)
        if sight is not None:
            yield Sighting(at=exchange.ended, sight=sight, exchange=exchange)

    def _sight(self, exchange: Exchange) -> Sight | None:
        if exchange.is_order:
            return None
        if exchange.status is None:
            return Sight.SILENT
        if exchange.asks_status:
            return self._status(exchange)
        if exchange.asks_activity and exchange.status == _OK:
            return Sight.RUNNING if isinstance(exchange.body, dict) and any(exchange.body.values()) else Sight.IDLE
        if exchange.shows == self.kind:
            return self._slot(exchange)
        if exchange.shows == "capture" and exchange.status == _OK and exchange.receipt not in self.remembered:
            return Sight.CLOSED
        return None

    def _status(self, exchange: Exchange) -> Sight | None:
        if exchange.identity != self.operation_id:
            return None
        if exchange.status == _OK:
            return Sight.OURS if exchange.outcome else None
        return Sight.RUNNING if exchange.status is not None and _OK < exchange.status < 300 else None  # noqa: PLR2004

    def _slot(self, exchange: Exchange) -> Sight | None:
        if exchange.status == _NOT_FOUND:
            return Sight.BEFORE if self.slot_before == EMPTY else Sight.EMPTY
        if exchange.status != _OK:
            return None
        if exchange.identity == self.operation_id:
            return Sight.OURS
        known = exchange.identity == self.slot_before or exchange.receipt in self.remembered
        return Sight.BEFORE if known else Sight.OTHER
