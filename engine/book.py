"""The book: the journal, spoken to in operations instead of facts. The engine and recovery write only through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from engine.errors import NothingSent, TerminalOccupied
from engine.events import log
from engine.kind import Kind
from engine.observer import Observer
from engine.operation import Evidence, Operation, fold, follow
from engine.outcome import AnswerNotStored, ReferenceReused, outcome_of
from engine.read_only_book import REBUILD, ReadOnlyBook
from engine.state import State
from journal import Conflict, Draft, Fact, Journal, JournalError, LaneBusy, NotStored, PerhapsStored, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """An operation at a glance, as its row tells it."""

    operation_id: str
    reference: str
    kind: Kind
    state: State
    evidence: Evidence
    alarm: str | None


class Book(ReadOnlyBook):
    """What can be looked up and written."""

    def __init__(self, journal: Journal, observer: Observer | None = None) -> None:
        super().__init__(journal)
        self._journal = journal
        self._observer = observer or Observer()

    def glance(self, terminal: str, *, limit: int) -> list[Glance]:
        """What the rows say of the youngest operations on a terminal, newest first; none of their facts is read."""
        return [_glance(row) for row in self._reader.newest_rows(lane=terminal, limit=limit)]

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
            f"the journal is damaged: by the row of {row['operation_id']}, {error}. {REBUILD}"
        ) from error
