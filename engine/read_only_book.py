"""What can be looked up in the journal, in operations instead of facts.

A journal in which nothing is unsettled is read by its rows alone, and a monitor looks every minute. So what folds facts
into operations is asked of the face, which loads it then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import engine
from engine.errors import UnknownReference
from engine.kind import Kind
from engine.recall import Recall
from engine.state import State
from journal import JournalError

if TYPE_CHECKING:
    from engine.operation import Operation
    from journal import Fact, Reader, Value

_FIRST_PAGE = 128
_READINGS = 3
REBUILD = "Begin nothing; `tillproof journal rebuild` makes its rows and indexes anew from the facts"


class ReadOnlyBook:
    """What can be looked up. Needs no right to write, so it also serves beside a running till."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._recall = Recall()

    def called(self, name: str) -> tuple[Operation | None, Operation | None]:
        """The operation with this reference, and the one with this id, by one lookup."""
        rows = self._reader.named(name)
        by_reference = self._read(rows.get("reference"))
        if by_reference is not None and by_reference.order.reference != name:
            raise JournalError(
                f"the journal is damaged: under {name!r} it finds {by_reference.order.reference!r}. {REBUILD}"
            )
        return by_reference, self._read(rows.get("operation_id"))

    def find(self, reference: str) -> Operation | None:
        """The operation with this reference, or None."""
        return self.called(reference)[0]

    def get(self, name: str) -> Operation:
        """The operation with this reference or operation id.

        Raises:
            UnknownReference: there is none.
        """
        by_reference, by_id = self.called(name)
        found = by_id or by_reference
        archive = self.archived(name) if found is None else None
        if archive is not None:
            raise UnknownReference(f"reference: {name!r} was settled long ago and stands in the archive {archive}")
        if found is None:
            raise UnknownReference(f"reference: no operation is called {name!r}; see `tillproof journal list`")
        return found

    def archived(self, name: str) -> str | None:
        """The archive in which the operation with this reference or id stands, or None."""
        return self._reader.archived(name)

    def by_id(self, operation_id: str) -> Operation | None:
        """The operation with this id, or None."""
        return self.called(operation_id)[1]

    def unsettled(self, terminal: str | None = None) -> list[Operation]:
        """Everything that somebody still has to find out or decide, oldest first; of one terminal, or of all."""
        return [self._fold(row) for row in self._reader.open_rows(terminal)]

    def newest(self, *, terminal: str | None = None, limit: int) -> list[Operation]:
        """The youngest operations first."""
        return [self._fold(row) for row in self._reader.newest_rows(lane=terminal, limit=limit)]

    def session(self, terminal: str, *, until: Operation | None = None) -> list[Operation]:
        """What was approved on a terminal between two captures, oldest first: up to the capture ``until``, or till now.

        Read backwards from the youngest, so that a journal of years costs no more than the days that are asked for.
        """
        limit = _FIRST_PAGE
        while True:
            youngest = self.newest(terminal=terminal, limit=limit)
            bundled = _between_captures(youngest, until)
            if bundled is not None:
                return bundled
            if len(youngest) < limit:
                return _between_captures([*youngest, None], until) or []
            limit *= 4

    def session_began(self, terminal: str, *, far_enough: datetime) -> str | None:
        """When the first operation was opened that was approved since the last capture; None if there is none.

        Told by the rows: no fact is read for it. Once it is ``far_enough`` back it is not traced any further, because
        a terminal that nobody ever captures would cost more from year to year.
        """
        began: str | None = None
        for row in self._backwards(terminal):
            if row["state"] != State.APPROVED:
                continue
            if row["kind"] == Kind.CAPTURE or (began and datetime.fromisoformat(began) <= far_enough):
                break
            began = str(row["opened_at"])
        return began

    def _backwards(self, terminal: str) -> Iterator[Mapping[str, Value]]:
        """The rows of a terminal, the youngest first, fetched as far as they are asked for."""
        seen, limit = 0, _FIRST_PAGE
        while True:
            # Meanwhile another till may have paid. Then one row comes twice, and none is left out.
            rows = self._reader.newest_rows(lane=terminal, limit=limit)
            yield from rows[seen:]
            if len(rows) < limit:
                return
            seen, limit = limit, limit * 4

    def facts_of(self, operation: Operation) -> tuple[Fact, ...]:
        """Its facts, oldest first."""
        return self._reader.facts_of(operation.order.operation_id)

    def _read(self, row: Mapping[str, Value] | None) -> Operation | None:
        return self._fold(row) if row is not None else None

    def _fold(self, row: Mapping[str, Value]) -> Operation:
        """The operation of a row, which must stand where the row says: an index that has rotted hides facts.

        Read again where they differ, because somebody may have written between the two readings.
        """
        operation_id = str(row["operation_id"])
        for _ in range(_READINGS):
            operation = self._folded(operation_id)
            if operation.state == row["state"]:
                return operation
            row = self._reader.named(operation_id).get("operation_id", row)
        raise JournalError(
            f"the journal is damaged: {operation_id} is {row['state']} by its row, and not by the facts that it finds. "
            f"{REBUILD}"
        )

    def _folded(self, operation_id: str) -> Operation:
        known = self._recall.find(self._reader.last_digest(operation_id))
        if known is not None:
            return known
        facts = self._reader.facts_of(operation_id)
        operation = engine.fold(facts)
        return self._recall.keep(facts[-1].digest, operation)


def _between_captures(youngest: Sequence[Operation | None], until: Operation | None) -> list[Operation] | None:
    """The approved operations before ``until``, oldest first; None if the capture before them is not in sight.

    ``youngest`` is newest first; a closing None stands for the beginning of the journal.
    """
    bundled: list[Operation] = []
    inside = until is None
    for operation in youngest:
        if operation is None or (inside and _captured(operation)):
            return bundled[::-1]
        if inside and operation.state is State.APPROVED:
            bundled.append(operation)
        inside = inside or operation == until
    return None


def _captured(operation: Operation) -> bool:
    return operation.order.kind is Kind.CAPTURE and operation.state is State.APPROVED
