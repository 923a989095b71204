"""The engine: what an operation is, and how one is conducted.

This room knows orders, facts, the states that follow from them, outcomes, and the vendor's protocol behind the
terminal port. It must not know SQLite (it writes through the journal port), how doubt is settled (recovery is handed
in as two plain callables, so that no import runs backwards), or the command line.

We also considered a state kept in columns and updated in place. It was shorter, and after a crash nobody could say
how it had come about; so a state is always the fold of facts.

Every name is loaded when somebody first asks for it: who only looks something up waits neither for HTTP nor for the
vendor's protocol, and where nothing is unsettled not even for what an operation is.
"""

from typing import TYPE_CHECKING

from journal import later

if TYPE_CHECKING:
    from engine.answer import other_amount, sentence
    from engine.book import Book, Glance
    from engine.clock import Clock, Moment, SystemClock, passed_s, within_s
    from engine.conduct import Engine
    from engine.configuration import must_stand, read_settings
    from engine.day import DayClose, Difference, compare
    from engine.day_reading import read_day
    from engine.day_span import DaySpan
    from engine.due_capture import DueCapture, due
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
    from engine.events import log
    from engine.facts import (
        abort_requested,
        contradicted,
        escalated,
        lost_track,
        not_delivered,
        proven_absent,
        ruled,
        seen,
    )
    from engine.kind import Kind
    from engine.language import Language, language_named, language_of
    from engine.mode import Mode, ModePolicy
    from engine.mode_choice import WINDOW, ModeChoice, choose_mode
    from engine.money import MAX_AMOUNT_MINOR, Money
    from engine.observer import Observer, canonical_line
    from engine.operation import FOLLOWS, Dispatch, Evidence, FactKind, Operation, ended, fold
    from engine.operation_id import new_operation_id
    from engine.order import Order
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
    from engine.read_only_book import ReadOnlyBook
    from engine.receipt import receipt_copies, receipt_text
    from engine.records import Records
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
    from engine.secret import Secret
    from engine.settings import FILE_SETTINGS, RELEASES, TERMINAL_SETTINGS, AmountUnit, Settings, TerminalSettings
    from engine.state import FINAL, UNDECIDED, State
    from engine.strays import Stray
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
    from engine.working_day import Captured, Contradiction, DayTotal, Doubt, Ruling, WorkingDay
else:
    __getattr__ = later(
        "engine",
        {
            "engine.answer": ["other_amount", "sentence"],
            "engine.book": ["Book", "Glance"],
            "engine.clock": ["Clock", "Moment", "SystemClock", "passed_s", "within_s"],
            "engine.conduct": ["Engine"],
            "engine.configuration": ["must_stand", "read_settings"],
            "engine.day": ["DayClose", "Difference", "compare"],
            "engine.day_reading": ["read_day"],
            "engine.day_span": ["DaySpan"],
            "engine.due_capture": ["DueCapture", "due"],
            "engine.errors": [
                "BadInput",
                "ImpossibleHistory",
                "NotDelivered",
                "NothingSent",
                "StillRunning",
                "TerminalOccupied",
                "TillproofError",
                "Unconfirmed",
                "UnknownReference",
            ],
            "engine.events": ["log"],
            "engine.facts": [
                "abort_requested",
                "contradicted",
                "escalated",
                "lost_track",
                "not_delivered",
                "proven_absent",
                "ruled",
                "seen",
            ],
            "engine.kind": ["Kind"],
            "engine.language": ["Language", "language_named", "language_of"],
            "engine.mode": ["Mode", "ModePolicy"],
            "engine.mode_choice": ["WINDOW", "ModeChoice", "choose_mode"],
            "engine.money": ["MAX_AMOUNT_MINOR", "Money"],
            "engine.observer": ["Observer", "canonical_line"],
            "engine.operation": ["FOLLOWS", "Dispatch", "Evidence", "FactKind", "Operation", "ended", "fold"],
            "engine.operation_id": ["new_operation_id"],
            "engine.order": ["Order"],
            "engine.outcome": [
                "AnswerNotStored",
                "Approved",
                "Cancelled",
                "Declined",
                "InDoubt",
                "NotPerformed",
                "Outcome",
                "ReferenceReused",
                "TerminalUnsettled",
                "outcome_of",
            ],
            "engine.projection": ["OPERATIONS"],
            "engine.read_only_book": ["ReadOnlyBook"],
            "engine.receipt": ["receipt_copies", "receipt_text"],
            "engine.records": ["Records"],
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
            "engine.secret": ["Secret"],
            "engine.settings": [
                "FILE_SETTINGS",
                "RELEASES",
                "TERMINAL_SETTINGS",
                "AmountUnit",
                "Settings",
                "TerminalSettings",
            ],
            "engine.state": ["FINAL", "UNDECIDED", "State"],
            "engine.strays": ["Stray"],
            "engine.tables": ["TableInDoubt"],
            "engine.terminal": [
                "EMPTY",
                "UNKNOWN",
                "AbortAnswer",
                "Activity",
                "Charge",
                "Ending",
                "Memory",
                "OnDialog",
                "Progress",
                "Reply",
                "Slot",
                "Status",
                "Terminal",
                "Total",
            ],
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
    "must_stand",
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
