"""The report of one operation: its outcome, of a capture with the comparison of totals and the journal's head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.cli.ask import Ask
from tools.cli.day_close import as_dict, compared
from tools.cli.exits import Exit, exit_of
from tools.cli.paper import paragraph, say, say_json
from tools.cli.words import told

if TYPE_CHECKING:
    from journal import Slip
    from tillproof import DayClose, Outcome, Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A day that was closed: the comparison of totals, and how far the journal goes, for the slip."""

    day_close: DayClose
    slip: Slip


def closing_of(records: Records, outcome: Outcome) -> Closing | None:
    """What to print of a day that was closed; None for anything else."""
    if outcome.kind != "capture" or outcome.word != "approved":
        return None
    from journal import Slip  # noqa: PLC0415 - heavy, and the door comes first

    try:
        return Closing(day_close=records.day_close(outcome.operation_id), slip=Slip.of(records.head()))
    except Exception as error:
        error.add_note(f"The day of {outcome.terminal} is closed all the same: {outcome.reference!r} is approved.")
        raise


def report(ask: Ask, outcome: Outcome, closing: Closing | None = None) -> Exit:
    """Print one outcome, and say its exit code."""
    if ask.as_json:
        told_in = {"sentence": outcome.sentence(ask.lang, asks_again=False)} if ask.lang else {}
        say_json(outcome.as_dict() | told_in | ({"day_close": _as_dict(closing)} if closing else {}))
    else:
        sentences = [paragraph(outcome.sentence(ask.lang, asks_again=False))] if ask.lang else []
        say([*sentences, *told(outcome), *(_closed(closing) if closing else ())])
    return Exit.UNSETTLED if closing and closing.day_close.differences else exit_of(outcome)


def _as_dict(closing: Closing) -> dict[str, object]:
    return {**as_dict(closing.day_close), "head": str(closing.slip)}


def _closed(closing: Closing) -> list[str]:
    # In one piece on a line of its own: it is typed again, from paper, when somebody asks whether anything is missing.
    return [
        *compared(closing.day_close),
        "The journal's head, for `tillproof journal verify --head`:",
        f"  {closing.slip}",
    ]
