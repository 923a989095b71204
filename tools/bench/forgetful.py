"""No journal: what an engine needs to be told again at once, kept in dictionaries and soon forgotten.

The journal in memory that ships is no stand-in for this. It keeps everything, promises what the one in the file does,
and reads all of it at each write: it is for tests, and is overtaken by the disk after some hundred operations.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from engine import OPERATIONS, FactKind, SystemClock, fold
from journal import Draft, Fact, MemoryJournal, Value

_REMEMBERED = 4
"""Operations of each terminal."""

_WHENEVER = "2026-01-01T12:00:00.000Z"

_ENDS = frozenset({FactKind.ANSWERED, FactKind.NOT_DELIVERED, FactKind.SEEN, FactKind.PROVEN_ABSENT})


class ForgetfulJournal(MemoryJournal):
    """Nothing is chained, folded, checked or kept; lanes and numbers are those of the journal in memory."""

    def __init__(self) -> None:
        super().__init__(projection=OPERATIONS, now=SystemClock().now)
        self._facts: dict[str, list[Fact]] = {}
        self._known: dict[str, dict[str, Value]] = {}
        self._newest: defaultdict[str, deque[dict[str, Value]]] = defaultdict(deque)
        self._open: set[str] = set()
        self._seq = 0

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """Take them in; they are gone with the next few operations."""
        del last_resort
        with self._lock:
            return tuple(self._take(draft) for draft in drafts)

    def _take(self, draft: Draft) -> Fact:
        self._seq += 1
        seq = self._seq
        fact = Fact(seq=seq, at=_WHENEVER, subject=draft.subject, kind=draft.kind, body=draft.body, digest=str(seq))
        if draft.kind == FactKind.INTENDED:
            self._begin(draft)
        self._facts[draft.subject].append(fact)
        operation = fold(self._facts[draft.subject])
        self._known[draft.subject] |= {"state": operation.state, "evidence": operation.evidence}
        if draft.kind in _ENDS:
            self._open.discard(draft.subject)
        return fact

    def _begin(self, draft: Draft) -> None:
        reference, lane, kind = (str(draft.body[name]) for name in ("reference", "terminal", "kind"))
        row: dict[str, Value] = {"operation_id": draft.subject, "reference": reference, "terminal": lane}
        row |= {"kind": kind, "alarm": None}
        self._facts[draft.subject] = []
        self._known[draft.subject] = self._known[reference] = row
        self._open.add(draft.subject)
        self._newest[lane].appendleft(row)
        if len(self._newest[lane]) > _REMEMBERED:
            self._forget(self._newest[lane].pop())

    def _forget(self, row: Mapping[str, Value]) -> None:
        for name in (row["operation_id"], row["reference"]):
            self._known.pop(str(name), None)
        self._facts.pop(str(row["operation_id"]), None)

    def facts_of(self, subject: str) -> tuple[Fact, ...]:
        """See ``Reader``."""
        return tuple(self._facts.get(subject, ()))

    def last_digest(self, subject: str) -> str:
        """See ``Reader``; the number of the fact, which is as single."""
        return self._facts[subject][-1].digest if self._facts.get(subject) else ""

    def named(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """See ``Reader``; nobody here takes an id for a reference."""
        row = self._known.get(name)
        return {column: row for column in ("operation_id", "reference") if row is not None and row[column] == name}

    def open_rows(self, lane: str | None = None) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        with self._lock:
            rows = [self._known[subject] for subject in self._open]
        return [row for row in rows if lane is None or row["terminal"] == lane]

    def newest_rows(self, *, lane: str | None = None, limit: int) -> list[Mapping[str, Value]]:
        """See ``Reader``; only of one lane."""
        with self._lock:
            return [row for row, _ in zip(self._newest[lane or ""], range(limit), strict=False)]
