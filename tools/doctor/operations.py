"""The operations: is any of them unsettled, and does a terminal's day have to be closed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine import Outcome, TillproofError
from journal import JournalError
from tools.doctor.lane import Use, look
from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient

_NAMED = 3


def operations(patient: Patient) -> Iterator[Line]:
    """What is in doubt, or was contradicted; what a living till is working on now is neither."""
    records = patient.records
    if records is None:
        yield unchecked("operations", "there is no journal that can be read")
        return
    try:
        unsettled = records.unsettled()
    except (JournalError, TillproofError) as error:
        yield unchecked("operations", str(error))
        return
    alarms = [outcome for outcome in unsettled if outcome.alarm is not None]
    others = [outcome for outcome in unsettled if outcome.alarm is None]
    running = [outcome for outcome in others if look(patient, outcome.terminal).use is Use.HELD]
    doubtful = [outcome for outcome in others if outcome not in running]
    if alarms:
        told = f"{_named(alarms)}: what was final was contradicted, money may have moved twice"
        yield failure(
            "operations", told, "`tillproof status` says what to do", measured={"unsettled": len(alarms), "alarm": True}
        )
    if doubtful:
        told = f"{len(doubtful)} in doubt: {_named(doubtful)}"
        remedy = "do not charge again; run `tillproof recover`, then `tillproof status`"
        yield warning("operations", told, remedy, measured={"unsettled": len(doubtful), "alarm": False})
    if not alarms and not doubtful:
        yield good(
            "operations",
            "nothing is in doubt" + (f", {len(running)} running" if running else ""),
            measured={"unsettled": 0},
        )


def day(patient: Patient) -> Iterator[Line]:
    """Whether a terminal's day has to be closed: it may refuse payments until then."""
    records = patient.records
    for name in patient.terminals if records is not None else ():
        try:
            due = records.capture_due(name) if records is not None else None
        except (JournalError, TillproofError) as error:
            yield unchecked("day", str(error), about=name)
            continue
        if due is not None and due.due:
            yield warning(
                "day",
                f"it has to be closed: {due.reason}; a terminal may refuse payments until then",
                f"run `tillproof capture --terminal {name}`",
                about=name,
            )
        elif due is not None:
            yield good("day", due.reason, about=name)


def _named(outcomes: Sequence[Outcome]) -> str:
    more = len(outcomes) - _NAMED
    return ", ".join(outcome.reference for outcome in outcomes[:_NAMED]) + (f" and {more} more" if more > 0 else "")
