"""The simulator's ledger and request log, as far as a judge needs them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# protocol.md, section 3: the four operations, blocking or asynchronous, with the id in the path or in the body.
_START = re.compile(r"/(Payments|Refunds|Reversals|Captures)(Async(/[^/]+)?)?$")
_QUESTION = re.compile(r"/(latest|status)$")
_ABORT = re.compile(r"/Aborts?(/[^/]+)?$")

_REFUSED_OR_BROKEN = 500
_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request: in flight from ``at`` until ``until``, unix seconds; ``status`` None when no reply was sent."""

    at: float
    until: float
    method: str
    path: str
    stamp: str | None
    status: int | None
    fault: str
    arrived: str

    @property
    def late(self) -> bool:
        """Whether it is the second half of a request that travelled long; its sender made it only once."""
        return self.arrived == "late"

    @property
    def starts(self) -> bool:
        """Whether the POS asked for an operation."""
        return self.method == "POST" and not self.late and _START.search(self.path) is not None

    @property
    def asynchronous(self) -> bool:
        """Whether its path belongs to the asynchronous mode alone."""
        return "Async" in self.path

    @property
    def aborts(self) -> bool:
        """Whether it is an abort, which may be sent beside anything else (`protocol.md`, Sequential polling)."""
        return _ABORT.search(self.path) is not None

    @property
    def learns(self) -> bool:
        """Whether it is the question what became of an operation, and was answered."""
        answered = self.status is not None and self.status < _REFUSED_OR_BROKEN and self.status != _UNAUTHORISED
        return self.method == "GET" and answered and not self.late and _QUESTION.search(self.path) is not None

    def as_json(self) -> dict[str, Any]:
        """As the admin port tells it."""
        return {"request": asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation that the terminal performed; amounts in minor units, times in unix seconds."""

    kind: str
    outcome: str
    amount_minor: int | None
    currency: str | None
    custom_data: Mapping[str, object] | None
    operation_id: str | None
    receipt_number: str | None
    arrived: str
    started_at: float
    finished_at: float

    @property
    def approved(self) -> bool:
        """Whether money moved."""
        return self.outcome == "Approved"

    @property
    def identity(self) -> str | None:
        """What the POS can know it by: the id of its start, or the texts under ``customData``; None for nothing."""
        named = {key: value for key, value in (self.custom_data or {}).items() if isinstance(value, str) and value}
        return self.operation_id or (json.dumps(named, sort_keys=True) if named else None)

    def as_json(self) -> dict[str, Any]:
        """As the admin port tells it."""
        return {"entry": asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one step of a case left behind: requests since the step began, entries since the case began.

    ``entries`` are our own: what another till did is left out. ``amount_minor`` is the step's own amount, ``since``
    its beginning in unix seconds.
    """

    since: float
    amount_minor: int
    rows: tuple[Row, ...]
    entries: tuple[Entry, ...]

    @property
    def starts(self) -> tuple[Row, ...]:
        """The orders that the POS sent."""
        return tuple(row for row in self.rows if row.starts)

    @property
    def of_amount(self) -> tuple[Entry, ...]:
        """The entries of the step's own amount."""
        return tuple(entry for entry in self.entries if entry.amount_minor == self.amount_minor)

    @property
    def charges(self) -> tuple[Entry, ...]:
        """The approved entries of the step's own amount."""
        return tuple(entry for entry in self.of_amount if entry.approved)
