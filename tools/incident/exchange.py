"""An exchange as the wire log has it: a request, and its reply or what came instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_FAMILIES = {"Payments": "payment", "Refunds": "refund", "Reversals": "reversal", "Captures": "capture"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Times are unix seconds. ``status`` is None where no whole reply came; ``failure`` is then why, if that is known.

    ``identity`` is the operation that the reply names, or the request if there is none.
    """

    at: float
    took_s: float
    method: str
    path: str
    status: int | None
    failure: str
    identity: str | None
    outcome: str | None
    receipt: str | None
    body: Any
    signed: bool

    @property
    def ended(self) -> float:
        """When it was over."""
        return self.at + self.took_s

    @property
    def left(self) -> bool:
        """Whether the request went out: nothing that was not sent arrives at a replay either."""
        return not self.failure.startswith("no connection to ")

    @property
    def is_order(self) -> bool:
        """Whether it asks for an operation."""
        return self.method == "POST" and self._family is not None

    @property
    def is_async(self) -> bool:
        """Whether it starts an asynchronous operation, or asks about one."""
        return any(step.endswith("Async") for step in self._steps)

    @property
    def shows(self) -> str | None:
        """Of which kind it asks for the last operation; None if it asks for something else."""
        kind = _FAMILIES.get(self._steps[-2]) if len(self._steps) > 1 else None
        return kind if self.method == "GET" and self._steps[-1] == "latest" else None

    @property
    def asks_status(self) -> bool:
        """Whether it asks how far an asynchronous operation is."""
        return self.method == "GET" and self._steps[-1] == "status"

    @property
    def asks_activity(self) -> bool:
        """Whether it asks what the terminal shows, without an id."""
        return self.method == "GET" and self._steps[-1] == "Dialogs"

    @property
    def _steps(self) -> list[str]:
        return self.path.split("/")

    @property
    def _family(self) -> str | None:
        """The kind in the path of an order; behind that of an asynchronous one its id may stand."""
        steps = [step.removesuffix("Async") for step in self._steps[-2:]]
        return next((_FAMILIES[step] for step in steps if step in _FAMILIES), None)


def exchanges(entries: Iterable[Mapping[str, Any]]) -> list[Exchange]:
    """The exchanges of one terminal, in the order of their requests; what is no entry is left out."""
    asked: dict[tuple[object, object], Mapping[str, Any]] = {}
    found: list[Exchange] = []
    for entry in entries:
        key = (entry.get("method"), entry.get("path"))
        if entry.get("direction") == "request":
            unanswered = asked.pop(key, None)
            if unanswered is not None:
                found.append(_exchange(unanswered, None))
            asked[key] = entry
        elif (request := asked.pop(key, None)) is not None:
            found.append(_exchange(request, entry))
    found += [_exchange(request, None) for request in asked.values()]
    return sorted(found, key=lambda one: one.at)


def _exchange(request: Mapping[str, Any], reply: Mapping[str, Any] | None) -> Exchange:
    told = reply or {}
    headers = told.get("headers")
    at = datetime.fromisoformat(str(request["at"])).timestamp()
    ended = datetime.fromisoformat(str(told["at"])).timestamp() if told else at
    return Exchange(
        at=at,
        took_s=max(0.0, ended - at),
        method=str(request.get("method")),
        path=str(request.get("path")),
        status=told.get("status"),
        failure=str(told.get("failure") or ("" if told else "the till was stopped before a reply came")),
        identity=told.get("operation_id") or request.get("operation_id"),
        outcome=told.get("outcome"),
        receipt=told.get("receipt_number"),
        body=told.get("body"),
        signed=isinstance(headers, dict) and "Server-Authorization" in headers,
    )
