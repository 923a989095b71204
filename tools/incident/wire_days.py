"""What the wire log says around an incident: the entries of one span of time, whole, oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from journal import read_days

AROUND = timedelta(minutes=15)
"""What stood just before and behind it is told as well: the neighbours often are the reason."""

MOST_ENTRIES = 20_000

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a little before the first fact of an incident to a little after its last, at these terminals."""

    begin: datetime
    end: datetime
    terminals: frozenset[str]

    @classmethod
    def of(cls, times: Sequence[str], terminals: frozenset[str]) -> Span:
        """The span around these times, as facts have them."""
        moments = [datetime.fromisoformat(at) for at in times]
        return cls(begin=min(moments) - AROUND, end=max(moments) + AROUND, terminals=terminals)

    def holds(self, entry: Entry) -> bool:
        """Whether an entry belongs to it."""
        try:
            at = datetime.fromisoformat(str(entry.get("at")))
            return entry.get("terminal") in self.terminals and self.begin <= at <= self.end
        except (ValueError, TypeError):  # no time, or one without a zone
            return False


@dataclass(slots=True)
class WireDays:
    """The log of a till; ``torn`` counts the lines that were none, ``cut`` is set where there were too many."""

    folder: Path
    torn: int = 0
    cut: bool = False

    def entries(self, span: Span) -> list[Entry]:
        """The entries of a span.

        Raises:
            JournalError: a file of the log cannot be read.
        """
        found: list[Entry] = []
        for entry in self._read(span):
            if span.holds(entry):
                found.append(entry)
            if len(found) >= MOST_ENTRIES:
                self.cut = True
                break
        return found

    def _read(self, span: Span) -> Iterator[Entry]:
        day = span.begin.date()
        while day <= span.end.date():
            for line in read_days(self.folder, day=day):
                entry = _read(line)
                if entry is None:
                    self.torn += 1
                else:
                    yield entry
            day += timedelta(days=1)


def _read(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
