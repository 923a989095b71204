"""The book: the journal, spoken to in operations instead of facts. The engine and recovery write only through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from engine.errors import NothingSent, TerminalOccupied, UnknownReference
from engine.log import log
from engine.observer import Observer
from engine.operation import Evidence, Operation, State, fold, follow
from engine.order import Kind
from engine.outcome import AnswerNotStored, ReferenceReused, outcome_of
from engine.recall import Recall
from journal import Conflict, Draft, Fact, Journal, JournalError, LaneBusy, NotStored, PerhapsStored, Reader, Value

_FIRST_PAGE = 128
_READINGS = 3
_REBUILD = "Begin nothing; `tillproof journal rebuild` makes its rows and indexes anew from the facts"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The operation that has a name as its reference, and the one that has it as its id."""

    by_reference: Operation | None
    by_id: Operation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """An operation at a glance, as its row tells it."""

    operation_id: str
    reference: str
    kind: Kind
    state: State
    evidence: Evidence
    alarm: str | None


def _glance(row: Mapping[str, Value]) -> Glance:
    try:
        return Glance(
            operation_id=str(row["operation_id"]),
            reference=str(row["reference"]),
            kind=Kind(str(row["kind"])),
            state=State(str(row["state"])),
            evidence=Evidence(str(row["evidence"])),
            alarm=None if row["alarm"] is None else str(row["alarm"]),
        )
    except ValueError as error:  # one bit that flipped makes no other of these words
        raise JournalError(
            f"the journal is damaged: by the row of {row['operation_id']}, {error}. {_REBUILD}"
        ) from error


class ReadOnlyBook:
    """What can be looked up. Needs no right to write, so it also serves beside a running till."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._recall = Recall()

    def named(self, name: str) -> Named:
        """The operations that are called so, by one lookup."""
        rows = self._reader.named(name)
        by_reference = self._read(rows.get("reference"))
        if by_reference is not None and by_reference.order.reference != name:
            raise JournalError(
                f"the journal is damaged: under {name!r} it finds {by_reference.order.reference!r}. {_REBUILD}"
            )
        return Named(by_reference=by_reference, by_id=self._read(rows.get("operation_id")))

    def find(self, reference: str) -> Operation | None:
        """The operation with this reference, or None."""
        return self.named(reference).by_reference

    def get(self, name: str) -> Operation:
        """The operation with this reference or operation id.

        Raises:
            UnknownReference: there is none.
        """
        named = self.named(name)
        found = named.by_id or named.by_reference
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
        return self.named(operation_id).by_id

    def unsettled(self, terminal: str | None = None) -> list[Operation]:
        """Everything that somebody still has to find out or decide, oldest first; of one terminal, or of all."""
        return [self._fold(row) for row in self._reader.open_rows(terminal)]

    def newest(self, *, terminal: str | None = None, limit: int) -> list[Operation]:
        """The youngest operations first."""
        return [self._fold(row) for row in self._reader.newest_rows(lane=terminal, limit=limit)]

    def glance(self, terminal: str, *, limit: int) -> list[Glance]:
        """What the rows say of the youngest operations on a terminal, newest first; none of their facts is read."""
        return [_glance(row) for row in self._reader.newest_rows(lane=terminal, limit=limit)]

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
            f"{_REBUILD}"
        )

    def _folded(self, operation_id: str) -> Operation:
        known = self._recall.find(self._reader.last_digest(operation_id))
        if known is not None:
            return known
        facts = self._reader.facts_of(operation_id)
        operation = fold(facts)
        return self._recall.keep(facts[-1].digest, operation)


class Book(ReadOnlyBook):
    """What can be looked up and written."""

    def __init__(self, journal: Journal, observer: Observer | None = None) -> None:
        super().__init__(journal)
        self._journal = journal
        self._observer = observer or Observer()

    @contextmanager
    def lane(self, terminal: str, *, wait_s: float) -> Iterator[None]:
        """Hold a terminal's lane, over all threads and processes.

        Raises:
            TerminalOccupied: somebody else holds it and did not leave in time.
            NothingSent: the disk gives no lock, so nobody may begin anything.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(self._journal.lane(terminal, wait_s=wait_s))
            except LaneBusy as busy:
                raise TerminalOccupied(terminal, busy.holder) from busy
            except JournalError as error:
                raise NothingSent(f"no order was sent to the terminal, because the journal failed: {error}") from error
            yield

    def begin(self, *drafts: Draft) -> Operation:
        """Write the first facts of an operation, in one durable write.

        Raises:
            NothingSent: the journal could not take them; the caller must not send.
            ReferenceReused: somebody else took the reference in this moment.
        """
        try:
            begun = fold(self._observer.append(self._journal, drafts))
        except (NotStored, PerhapsStored) as error:
            raise NothingSent(f"no order was sent to the terminal, because the journal failed: {error}") from error
        except Conflict as error:
            archive = self.archived(error.value)
            if archive is not None:
                raise ReferenceReused(
                    f"reference: {error.value!r} was used before, and what became of it stands in the archive "
                    f"{archive}: look there before you charge the same bill again"
                ) from error
            raise ReferenceReused(
                f"reference: {error.value!r} was taken by somebody else at this very moment; ask what became of it"
            ) from error
        return self._observer.after(None, begun)

    def record(self, operation: Operation, draft: Draft) -> Operation:
        """Write what became known of an operation. For this, and only this, the disk's last reserve is there.

        Raises:
            AnswerNotStored: the journal could not take it; the error carries the outcome.
        """
        try:
            (fact,) = self._observer.append(self._journal, [draft], last_resort=True)
        except (NotStored, PerhapsStored) as error:
            unwritten = Fact(seq=0, at="", subject=draft.subject, kind=draft.kind, body=draft.body, digest="")
            raise AnswerNotStored(outcome_of(follow(operation, unwritten)), error) from error
        return self._observer.after(operation, follow(operation, fact))

    def note(self, draft: Draft) -> None:
        """Write what is good to know and decides nothing; a full disk is no reason to say that it did not happen."""
        try:
            self._observer.append(self._journal, [draft])
        except (NotStored, PerhapsStored) as error:
            log().warning("fact.not_stored", operation_id=draft.subject, kind=draft.kind, error=str(error))
