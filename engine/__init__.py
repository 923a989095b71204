"""The engine: what an operation is, and how one is conducted.

This room knows orders, facts, the states that follow from them, outcomes, and the vendor's protocol behind the
terminal port. It must not know SQLite (it writes through the journal port), how doubt is settled (recovery is handed
in as two plain callables, so that no import runs backwards), or the command line.

We also considered a state kept in columns and updated in place. It was shorter, and after a crash nobody could say
how it had come about; so a state is always the fold of facts.

Who only looks something up waits neither for HTTP nor for the vendor's protocol: what conducts, what speaks to
terminals and what adds up days is loaded when somebody asks for it.
"""

from typing import TYPE_CHECKING

from engine.answer import other_amount, sentence
from engine.book import Book, Glance, ReadOnlyBook
from engine.clock import Clock, Moment, SystemClock, passed_s, within_s
from engine.configuration import read_settings
from engine.day import DayClose, Difference, DueCapture, compare, due
from engine.errors import (
    BadInput,
    ImpossibleHistory,
    NotDelivered,
    NothingSent,
    StillRunning,
    TerminalOccupied,
    TillproofError,
    Unconfirmed,
    UnknownReference,
)
from engine.facts import abort_requested, contradicted, escalated, lost_track, not_delivered, proven_absent, ruled, seen
from engine.language import Language, language_named, language_of
from engine.log import log
from engine.mode import Mode, ModePolicy
from engine.mode_choice import WINDOW, ModeChoice, choose_mode
from engine.money import MAX_AMOUNT_MINOR, Money
from engine.observer import Observer, canonical_line
from engine.operation import FINAL, FOLLOWS, UNDECIDED, Dispatch, Evidence, FactKind, Operation, State, ended, fold
from engine.operation_id import new_operation_id
from engine.order import Kind, Order
from engine.outcome import (
    AnswerNotStored,
    Approved,
    Cancelled,
    Declined,
    InDoubt,
    NotPerformed,
    Outcome,
    ReferenceReused,
    TerminalUnsettled,
    outcome_of,
)
from engine.projection import OPERATIONS
from engine.receipt import receipt_copies, receipt_text
from engine.records import Records
from engine.secret import Secret
from engine.settings import (
    FILE_SETTINGS,
    RELEASES,
    TERMINAL_SETTINGS,
    AmountUnit,
    Settings,
    TerminalSettings,
)
from engine.tables import TableInDoubt
from engine.terminal import (
    EMPTY,
    UNKNOWN,
    AbortAnswer,
    Activity,
    Charge,
    Ending,
    Memory,
    OnDialog,
    Progress,
    Reply,
    Slot,
    Status,
    Terminal,
    Total,
)
from journal import later

if TYPE_CHECKING:
    from engine.conduct import Engine
    from engine.day_reading import read_day
    from engine.day_span import DaySpan
    from engine.samport import (
        Exchange,
        Heard,
        HttpWire,
        LoggedWire,
        SamportTerminal,
        WireRequest,
        mask_card_numbers,
        mask_escpos,
    )
    from engine.strays import Stray
    from engine.working_day import Captured, Contradiction, DayTotal, Doubt, Ruling, WorkingDay
else:
    __getattr__ = later(
        "engine",
        {
            "engine.conduct": ["Engine"],
            "engine.day_reading": ["read_day"],
            "engine.day_span": ["DaySpan"],
            "engine.samport": [
                "Exchange",
                "Heard",
                "HttpWire",
                "LoggedWire",
                "SamportTerminal",
                "WireRequest",
                "mask_card_numbers",
                "mask_escpos",
            ],
            "engine.strays": ["Stray"],
            "engine.working_day": ["Captured", "Contradiction", "DayTotal", "Doubt", "Ruling", "WorkingDay"],
        },
    )

__all__ = [
    "EMPTY",
    "FILE_SETTINGS",
    "FINAL",
    "FOLLOWS",
    "MAX_AMOUNT_MINOR",
    "OPERATIONS",
    "RELEASES",
    "TERMINAL_SETTINGS",
    "UNDECIDED",
    "UNKNOWN",
    "WINDOW",
    "AbortAnswer",
    "Activity",
    "AmountUnit",
    "AnswerNotStored",
    "Approved",
    "BadInput",
    "Book",
    "Cancelled",
    "Captured",
    "Charge",
    "Clock",
    "Contradiction",
    "DayClose",
    "DaySpan",
    "DayTotal",
    "Declined",
    "Difference",
    "Dispatch",
    "Doubt",
    "DueCapture",
    "Ending",
    "Engine",
    "Evidence",
    "Exchange",
    "FactKind",
    "Glance",
    "Heard",
    "HttpWire",
    "ImpossibleHistory",
    "InDoubt",
    "Kind",
    "Language",
    "LoggedWire",
    "Memory",
    "Mode",
    "ModeChoice",
    "ModePolicy",
    "Moment",
    "Money",
    "NotDelivered",
    "NotPerformed",
    "NothingSent",
    "Observer",
    "OnDialog",
    "Operation",
    "Order",
    "Outcome",
    "Progress",
    "ReadOnlyBook",
    "Records",
    "ReferenceReused",
    "Reply",
    "Ruling",
    "SamportTerminal",
    "Secret",
    "Settings",
    "Slot",
    "State",
    "Status",
    "StillRunning",
    "Stray",
    "SystemClock",
    "TableInDoubt",
    "Terminal",
    "TerminalOccupied",
    "TerminalSettings",
    "TerminalUnsettled",
    "TillproofError",
    "Total",
    "Unconfirmed",
    "UnknownReference",
    "WireRequest",
    "WorkingDay",
    "abort_requested",
    "canonical_line",
    "choose_mode",
    "compare",
    "contradicted",
    "due",
    "ended",
    "escalated",
    "fold",
    "language_named",
    "language_of",
    "log",
    "lost_track",
    "mask_card_numbers",
    "mask_escpos",
    "new_operation_id",
    "not_delivered",
    "other_amount",
    "outcome_of",
    "passed_s",
    "proven_absent",
    "read_day",
    "read_settings",
    "receipt_copies",
    "receipt_text",
    "ruled",
    "seen",
    "sentence",
    "within_s",
]
