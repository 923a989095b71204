"""Tillproof: card-terminal operations that survive a crash. This is the door, and the only import that users need.

    import tillproof
    with tillproof.open("tillproof.toml") as till:
        outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill-1042/1")

Outcomes are returned (``Approved``, ``Declined``, ``Cancelled``, ``NotPerformed``, ``InDoubt``); faults are raised
(``TillproofError`` and ``JournalError``). ``InDoubt`` means: park the bill, do not charge again, ask later.
For asyncio there is ``tillproof.aio``.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING


def _refuse_intruders() -> None:
    """The names of our rooms are common words, and a payment must never run on somebody else's ``journal``."""
    home = Path(__file__).resolve().parent
    for room in ("engine", "journal", "recovery", "tools"):
        spec = importlib.util.find_spec(room)
        origin = Path(spec.origin).resolve() if spec is not None and spec.origin else None
        if origin is None or origin.parent.parent != home:
            raise ImportError(
                f"tillproof: the package {room!r} that Python finds is {origin or 'none'}, not the one beside "
                f"{home / 'tillproof.py'}. Rename yours, or run from another folder"
            )


_refuse_intruders()

import engine  # noqa: E402 - only after it is certain whose packages these are
import journal  # noqa: E402
from journal import later  # noqa: E402

if TYPE_CHECKING:
    import tillproof_aio as aio
    from engine import (
        AbortAnswer,
        AnswerNotStored,
        Approved,
        BadInput,
        Cancelled,
        DayClose,
        Declined,
        Difference,
        DueCapture,
        Evidence,
        InDoubt,
        Kind,
        Mode,
        ModeChoice,
        Money,
        NotDelivered,
        NothingSent,
        NotPerformed,
        Operation,
        Outcome,
        Records,
        ReferenceReused,
        Settings,
        State,
        StillRunning,
        TableInDoubt,
        TerminalOccupied,
        TerminalUnsettled,
        TillproofError,
        Unconfirmed,
        UnknownReference,
        WorkingDay,
        read_settings,
    )
    from journal import Fact, Head, JournalError, JournalMissing, JournalRefused, Verification
    from recovery import Finding, Report, Watch
    from tillproof_till import Till
else:
    __getattr__ = later(
        "tillproof",
        {
            "engine": [
                "AbortAnswer",
                "AnswerNotStored",
                "Approved",
                "BadInput",
                "Cancelled",
                "DayClose",
                "Declined",
                "Difference",
                "DueCapture",
                "Evidence",
                "InDoubt",
                "Kind",
                "Mode",
                "ModeChoice",
                "Money",
                "NotDelivered",
                "NothingSent",
                "NotPerformed",
                "Operation",
                "Outcome",
                "Records",
                "ReferenceReused",
                "Settings",
                "State",
                "StillRunning",
                "TableInDoubt",
                "TerminalOccupied",
                "TerminalUnsettled",
                "TillproofError",
                "Unconfirmed",
                "UnknownReference",
                "WorkingDay",
                "read_settings",
            ],
            "journal": ["Fact", "Head", "JournalError", "JournalMissing", "JournalRefused", "Verification"],
            "recovery": ["Finding", "Report", "Watch"],
            "tillproof_till": ["Till"],
        },
        modules={"aio": "tillproof_aio"},
    )

__all__ = [
    "AbortAnswer",
    "AnswerNotStored",
    "Approved",
    "BadInput",
    "Cancelled",
    "DayClose",
    "Declined",
    "Difference",
    "DueCapture",
    "Evidence",
    "Fact",
    "Finding",
    "Head",
    "InDoubt",
    "JournalError",
    "JournalMissing",
    "JournalRefused",
    "Kind",
    "Mode",
    "ModeChoice",
    "Money",
    "NotDelivered",
    "NotPerformed",
    "NothingSent",
    "Operation",
    "Outcome",
    "Records",
    "ReferenceReused",
    "Report",
    "Settings",
    "State",
    "StillRunning",
    "TableInDoubt",
    "TerminalOccupied",
    "TerminalUnsettled",
    "Till",
    "TillproofError",
    "Unconfirmed",
    "UnknownReference",
    "Verification",
    "Watch",
    "WorkingDay",
    "aio",
    "open",
    "open_records",
    "read_settings",
    "wire_log_folder",
]


def __dir__() -> list[str]:
    """Also what is not loaded yet: a prompt completes names by this."""
    return __all__


def wire_log_folder(settings: Settings) -> Path:
    """Where the communication with the terminals is noted: a folder beside the journal, a file for each day."""
    return settings.journal.with_name(settings.journal.name + ".wire")


def open(path: str | os.PathLike[str] = "tillproof.toml") -> Till:  # noqa: A001 - tillproof.open, like gzip.open
    """Open the till that a configuration file describes; the journal is made if it is not there yet and may be made.

    Raises:
        BadInput: the configuration cannot be used.
        JournalRefused: the journal cannot be trusted; the message says why and what to do.
    """
    from tillproof_till import Till  # noqa: PLC0415 - brings HTTP, all of recovery, and what writes

    settings = engine.read_settings(Path(path))
    engine.must_stand(settings)
    opened = journal.open_journal(settings.journal, projection=engine.OPERATIONS, now=engine.SystemClock().now)
    try:
        return Till(journal=opened, settings=settings)
    except BaseException:
        opened.close()
        raise


def open_records(path: str | os.PathLike[str] = "tillproof.toml", *, unverified: bool = False) -> Records:
    """Open the journal that a configuration file names, to look things up; it is neither made nor changed.

    No keys are needed for this. ``unverified`` opens also a journal whose end has vanished: to verify it.

    Raises:
        BadInput: the configuration cannot be used.
        JournalMissing: there is no journal yet.
        JournalRefused: it cannot be read, or trusted.
    """
    settings = engine.read_settings(Path(path), None)
    engine.must_stand(settings)
    reader = journal.read_journal(settings.journal, projection=engine.OPERATIONS, unverified=unverified)
    return engine.Records(reader=reader, settings=settings)
