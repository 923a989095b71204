"""The report of one operation: its outcome, of a capture with the comparison of totals, and the exit code of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.cli.ask import Ask
from tools.cli.day_close import as_dict, compared
from tools.cli.exits import Exit, exit_of
from tools.cli.paper import say, say_json
from tools.cli.words import told

if TYPE_CHECKING:
    from tillproof import DayClose, Outcome, Records


def day_close_of(records: Records, outcome: Outcome) -> DayClose | None:
    """The comparison of totals, where a day was closed; None for anything else."""
    if outcome.kind != "capture" or outcome.word != "approved":
        return None
    try:
        return records.day_close(outcome.operation_id)
    except Exception as error:
        error.add_note(f"The day of {outcome.terminal} is closed all the same: {outcome.reference!r} is approved.")
        raise


def report(ask: Ask, outcome: Outcome, day_close: DayClose | None = None) -> Exit:
    """Print one outcome, and say its exit code."""
    if ask.as_json:
        say_json(outcome.as_dict() | ({"day_close": as_dict(day_close)} if day_close else {}))
    else:
        say([*told(outcome), *(compared(day_close) if day_close else ())])
    return Exit.UNSETTLED if day_close and day_close.differences else exit_of(outcome)
