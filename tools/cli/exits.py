"""The exit codes, and what ends with which. This is their only list; ``docs/commands.md`` is printed from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tillproof import Outcome


class Exit(IntEnum):
    """How a command ended."""

    SETTLED = 0
    FAULT = 1
    USAGE = 2
    NO_MONEY = 10
    NOT_PERFORMED = 20
    UNSETTLED = 30
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.SETTLED: "approved, or everything is settled, or what was asked for is told; an abort was asked for",
    Exit.FAULT: "a fault of ours, of this machine or of the line to the terminal; the journal does not fit together",
    Exit.USAGE: "wrong usage, configuration or input; unknown reference; no journal or receipt where one is needed",
    Exit.NO_MONEY: "declined or cancelled: no money moved",
    Exit.NOT_PERFORMED: "certain that it did not happen; nothing was sent: the terminal is in use; too late to abort",
    Exit.UNSETTLED: "in doubt, something stays unsettled, an alarm (late success) is open, or the day's totals differ",
    Exit.INTERRUPTED: "interrupted by Ctrl-C; what was sent may be running, and `tillproof recover` settles it",
}

_OUTCOMES: Mapping[str, Exit] = {
    "approved": Exit.SETTLED,
    "declined": Exit.NO_MONEY,
    "cancelled": Exit.NO_MONEY,
    "not_performed": Exit.NOT_PERFORMED,
    "in_doubt": Exit.UNSETTLED,
}

ERRORS: Mapping[str, Exit] = {
    "BadInput": Exit.USAGE,
    "TerminalOccupied": Exit.NOT_PERFORMED,
    "StillRunning": Exit.UNSETTLED,
    "TerminalUnsettled": Exit.UNSETTLED,
    "TableInDoubt": Exit.UNSETTLED,
    "AnswerNotStored": Exit.FAULT,
    "NothingSent": Exit.FAULT,
    "NotDelivered": Exit.FAULT,
    "Unconfirmed": Exit.FAULT,
    "JournalError": Exit.FAULT,
    "TillproofError": Exit.FAULT,
}
"""By name, with their children, so that telling an exit code needs no import of the whole house."""


def exit_of(outcome: Outcome) -> Exit:
    """The exit code that an outcome means; an open alarm outshouts it."""
    return Exit.UNSETTLED if outcome.alarm is not None else _OUTCOMES[outcome.word]


def exit_of_error(error: BaseException) -> Exit | None:
    """The exit code that an error means; None for one that nobody foresaw."""
    own = getattr(error, "exit", None)
    if isinstance(own, Exit):
        return own
    return next((ERRORS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in ERRORS), None)
