"""The records: what can be looked up in a journal, without a terminal and without the right to write.

What only some questions need is asked of the face of this room or of the journal's, which load it then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

import engine
import journal
from engine.due_capture import FAR_ENOUGH, DueCapture, due
from engine.errors import BadInput
from engine.kind import Kind
from engine.mode import ModePolicy
from engine.mode_choice import WINDOW, ModeChoice, choose_mode
from engine.projection import OPERATIONS
from engine.read_only_book import ReadOnlyBook
from engine.settings import Settings, TerminalSettings
from engine.state import State

if TYPE_CHECKING:
    from engine.day import DayClose
    from engine.operation import Operation
    from engine.outcome import Outcome
    from engine.working_day import WorkingDay
    from journal import Archived, Fact, Head, Reader, Verification

YOUNGEST_ARCHIVED = timedelta(days=7)
"""Terminals show what they did last, and captures compare a session with it; neither looks back a week."""


class Records:
    """What can be looked up, without a terminal and without the right to write; also beside a running till."""

    def __init__(self, *, reader: Reader, settings: Settings) -> None:
        self.settings = settings
        self._reader = reader
        self._records = ReadOnlyBook(reader)

    def outcome_of(self, name: str) -> Outcome:
        """What is on record of the operation with this reference or operation id. Nobody is asked.

        Raises:
            UnknownReference: there is none.
        """
        return engine.outcome_of(self._records.get(name))

    def unsettled(self) -> list[Outcome]:
        """Everything that is in doubt, or whose ending was contradicted; oldest first."""
        return [engine.outcome_of(operation) for operation in self._records.unsettled()]

    def newest(self, limit: int) -> list[Operation]:
        """The youngest operations first."""
        return self._records.newest(limit=limit)

    def operation(self, name: str) -> Operation:
        """The operation with this reference or operation id, with its state and times.

        Raises:
            UnknownReference: there is none.
        """
        return self._records.get(name)

    def facts_of(self, name: str) -> tuple[Fact, ...]:
        """Every fact of one operation, oldest first.

        Raises:
            UnknownReference: there is none.
        """
        return self._records.facts_of(self._records.get(name))

    def head(self) -> Head:
        """The number and the digest of the last fact: what to print on the slip of the day's close."""
        return self._reader.head()

    def receipt_copies(self, name: str) -> Mapping[str, bool]:
        """The copies of a receipt that the terminal made, customer first, and whether each should be printed.

        Raises:
            UnknownReference: there is no such operation.
        """
        return engine.receipt_copies(self._records.get(name))

    def receipt(self, name: str, copy: str, form: str = "plain") -> str | None:
        """One copy ("customer", "merchant") in one form ("plain", "escpos", "embedded"), as the terminal made it.

        None if it made none; also for declined and cancelled operations. Print from this and from nothing else.

        Raises:
            UnknownReference: there is no such operation.
            BadInput: no such copy or form.
        """
        return engine.receipt_text(self._records.get(name), copy, form)

    def day_close(self, name: str) -> DayClose:
        """What a capture bundled by the terminal's count, against ours.

        Raises:
            UnknownReference: there is no such operation.
            BadInput: it is no approved capture.
        """
        capture = self._records.get(name)
        if capture.order.kind is not Kind.CAPTURE or capture.state is not State.APPROVED:
            raise BadInput(f"reference: {name!r} is no approved capture; there are no totals to compare")
        return engine.compare(self._records.session(capture.order.terminal, until=capture), capture)

    def day(self, day: date, zone: tzinfo | None = None) -> WorkingDay:
        """What was done on a day, in this zone or in the machine's own: totals, captures compared, doubts, rulings.

        Raises:
            BadInput: it is too far from today to be a day.
        """
        span = engine.DaySpan.of(day, zone)
        with journal.read_snapshot(self.settings.journal, projection=OPERATIONS) as seen:
            return engine.read_day(span, self._reader, seen)

    def capture_due(self, terminal: str) -> DueCapture:
        """Whether a terminal's day should be closed now, before the terminal demands it.

        Raises:
            BadInput: the configuration has no such terminal.
        """
        self._settings_of(terminal)
        now = datetime.now(UTC)
        return due(self._records.session_began(terminal, far_enough=now - FAR_ENOUGH), now)

    def mode_of(self, terminal: str) -> ModeChoice:
        """The mode that the next operation on a terminal takes, and why.

        Raises:
            BadInput: the configuration has no such terminal.
        """
        policy = self._settings_of(terminal).mode
        youngest = self._records.newest(terminal=terminal, limit=WINDOW) if policy is ModePolicy.AUTO else []
        return choose_mode(policy, youngest)

    def _settings_of(self, terminal: str) -> TerminalSettings:
        if terminal not in self.settings.terminals:
            raise BadInput(f"terminal: {terminal!r} is not configured; there are {', '.join(self.settings.terminals)}")
        return self.settings.terminals[terminal]

    def verify(self, tell: Callable[[int, int], None] | None = None) -> Verification:
        """Read the whole journal and say where it does not fit together.

        ``tell(done, total)`` hears how far it has come.
        """
        return self._reader.verify(tell)

    def back_up(
        self, target: str | os.PathLike[str], *, tell: Callable[[int, int], None] | None = None
    ) -> Verification:
        """Copy the journal to a new file, also while others pay; what the check of the copy read.

        ``tell(done, total)`` hears how many pages have been copied.

        Raises:
            JournalRefused: the target is taken, or the journal does not fit together; there is no copy.
            JournalError: the copy could not be written; there is none.
        """
        return journal.back_up(self.settings.journal, target, projection=OPERATIONS, tell=tell)

    def archive(
        self, target: str | os.PathLike[str], *, before: date, tell: Callable[[int, int], None] | None = None
    ) -> Archived:
        """Move what was over before a day (it begins at midnight, local time) into a new file; also while others pay.

        Their references stay taken. ``tell(done, total)`` hears how many operations have been taken out.

        Raises:
            BadInput: the day is less than a week ago, and what a terminal may still remember stays here.
            JournalRefused: the target is taken, or the journal does not fit together; nothing was moved.
            JournalError: the disk did not take it; nothing is lost.
        """
        now, moment = datetime.now(UTC), datetime.combine(before, time()).astimezone()
        if now - moment < YOUNGEST_ARCHIVED:
            raise BadInput(f"before: {before} is less than {YOUNGEST_ARCHIVED.days} days ago; give an earlier day")
        return journal.archive(
            self.settings.journal,
            target,
            before=moment,
            projection=OPERATIONS,
            now=partial(datetime.now, UTC),
            tell=tell,
        )

    def close(self) -> None:
        """Close; what was recorded stays."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
