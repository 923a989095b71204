"""An incident, read out of a bundle: the operations that it is about, how each ended, and what went over the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.incident.archive import NoBundle, read_bundle

OPERATIONS = "operations.json"
WIRE = "wire.jsonl"
CONFIGURATION = "configuration.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What became of an operation, and what decided: the last row of the decision table that any fact names.

    Two tills that did the same at terminals that behaved the same have equal ones.
    """

    reference: str
    outcome: str
    evidence: str
    row: str | None
    alarm: bool

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "evidence": self.evidence,
            "row": self.row,
            "alarm": self.alarm,
        }

    def __str__(self) -> str:
        row = f', by the row "{self.row}"' if self.row else ""
        alarm = ", and an alarm is open" if self.alarm else ""
        return f"{self.reference}: {self.outcome.replace('_', ' ')}, evidence {self.evidence}{row}{alarm}"


def ending_of(operation: Mapping[str, Any]) -> Ending:
    """The ending of an operation as ``tillproof show --json`` tells it."""
    rows = [fact["body"]["row"] for fact in operation["facts"] if "row" in fact["body"]]
    return Ending(
        reference=operation["reference"],
        outcome=operation["outcome"],
        evidence=operation["evidence"],
        row=rows[-1] if rows else None,
        alarm=operation["alarm"] is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What a replay needs of it. Operations are as ``tillproof show --json`` tells them, oldest first."""

    operations: Sequence[Mapping[str, Any]]
    entries: Sequence[Mapping[str, Any]]
    terminals: Mapping[str, Mapping[str, Any]]

    @property
    def endings(self) -> list[Ending]:
        """How each operation ended."""
        return [ending_of(operation) for operation in self.operations]


def read_incident(path: Path) -> Incident:
    """Read a bundle.

    Raises:
        NoBundle: it cannot be read, or holds no operation that could be played.
    """
    parts = read_bundle(path)
    try:
        operations = json.loads(parts[OPERATIONS])["operations"]
        entries = [json.loads(line) for line in parts[WIRE].splitlines()]
        terminals = json.loads(parts[CONFIGURATION])["terminals"]
        incident = Incident(operations=operations, entries=entries, terminals=terminals)
        endings = [str(ending) for ending in incident.endings]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, NoBundle):
            raise
        raise NoBundle(
            f"{path} lacks what a replay needs, or holds it in another form; make the bundle again"
        ) from None
    if not endings:
        raise NoBundle(f"{path} holds no operation: its journal could not be read; its story cannot be played")
    return incident
