"""A batch: what one caller wants written in one go, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from journal.chain import Entry, entry_of
from journal.errors import JournalError, NotStored
from journal.fact import Draft, Fact


class Batch:
    """The drafts of one ``append`` on their way through a group commit.

    It is *waiting* until somebody writes it. Then its facts *stand ready* in an atomic write, and once that is
    committed they are *stored*; or the batch has *failed*, alone or with its group.
    """

    def __init__(self, drafts: Sequence[Draft], *, last_resort: bool) -> None:
        self.entries: tuple[Entry, ...] = tuple(entry_of(draft) for draft in drafts)
        self.last_resort = last_resort
        self.facts: tuple[Fact, ...] = ()
        self._stored = False
        self._error: BaseException | None = None

    @property
    def settled(self) -> bool:
        """Whether it is known what became of it."""
        return self._stored or self._error is not None

    def stored(self) -> None:
        """Its facts are durable."""
        self._stored = True

    def failed(self, error: BaseException) -> None:
        """Its caller gets this error."""
        self._error = error

    def result(self) -> tuple[Fact, ...]:
        """The facts, or the error raised."""
        if self._error is not None:
            raise self._error
        if not self._stored:
            raise NotStored("the batch was never written")
        return self.facts


def fail_unsettled(batches: Sequence[Batch], error: JournalError) -> None:
    """Give the error of a group to each of its batches; each gets its own, because each is raised in its own thread."""
    for batch in batches:
        if not batch.settled:
            own = type(error)(*error.args)
            own.__cause__ = error.__cause__
            batch.failed(own)
