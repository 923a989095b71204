"""Finding in a journal of years what one day has touched, without reading the facts of any other day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from engine.day import compare
from engine.day_span import DaySpan
from engine.kind import Kind
from engine.operation import Operation, fold
from engine.outcome import outcome_of
from engine.state import State
from engine.strays import strays
from engine.working_day import Captured, WorkingDay, working_day
from journal import Reader, Snapshot


def read_day(span: DaySpan, reader: Reader, seen: Snapshot) -> WorkingDay:
    """The day, from the rows of one moment and from the facts of the operations that they lead to."""
    histories = [reader.facts_of(operation_id) for operation_id in _touched(span, reader, seen)]
    begun_on = sorted((facts for facts in histories if facts), key=lambda facts: facts[0].seq)
    day = working_day(span, begun_on, partial(_captured, reader, seen))
    return replace(day, archives=tuple(seen.archives_with(span.begin)))


def _touched(span: DaySpan, reader: Reader, seen: Snapshot) -> Iterable[str]:
    """Begun on the day, or begun before and written of on it or later, or not settled yet."""
    begun = seen.rows({"opened_at": (span.begin, span.end)})
    written_of = seen.rows({"opened_at": (None, span.begin), "updated_at": (span.begin, None)})
    unsettled = (row for row in reader.open_rows() if str(row["opened_at"]) < span.end)
    return dict.fromkeys(str(row["operation_id"]) for rows in (begun, written_of, unsettled) for row in rows)


def _captured(reader: Reader, seen: Snapshot, capture: Operation) -> Captured:
    operation_ids, whole = _session(reader, seen, capture)
    histories = [reader.facts_of(operation_id) for operation_id in operation_ids]
    session = [fold(facts) for facts in histories if facts]  # none where somebody archives at this very moment
    bundled = [operation for operation in session if operation.state is State.APPROVED]
    others = [operation for operation in session if operation.state is not State.APPROVED]
    close = compare(bundled, capture)
    if not whole:  # what is missing here would be called a difference
        close = replace(close, told=False, differences=())
    found = strays(close.differences, bundled, others)
    return Captured(capture=outcome_of(capture), close=close, strays=found, whole=whole)


def _session(reader: Reader, seen: Snapshot, capture: Operation) -> tuple[list[str], bool]:
    """Everything between a capture and the one before it on its terminal, oldest first, whatever became of it.

    And whether that is all: the beginning of the session may have been moved into an archive.
    """
    began = reader.facts_of(capture.order.operation_id)[0].seq
    session = []
    whole = seen.start.seq == 0
    for row in seen.rows_before(began):
        if row["terminal"] == capture.order.terminal:
            if row["kind"] == Kind.CAPTURE and row["state"] == State.APPROVED:
                whole = True
                break
            session.append(str(row["operation_id"]))
    return session[::-1], whole
