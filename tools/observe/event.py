"""The events of the log: name, level, fields, and what to do. ``docs/events.md`` is printed from this list.

A test walks the code and finds exactly these: no event is undocumented, none is documented that nobody writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How loud it is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One of them. ``optional`` are those of its fields that are left out where there is nothing to tell."""

    name: str
    level: Level
    when: str
    fields: Mapping[str, str]
    remedy: str
    optional: frozenset[str] = frozenset()


_ID = "The operation, a UUID."
_REASON = "A sentence for the person who has to act; the terminal's own words in it are masked."
_WATCHED = {"operation_id": _ID, "outcome": "As in `operation.finished`, or `in_doubt`.", "reason": _REASON}
_CLASS = "The class of what was raised. Not its text, which is a stranger's and may hold anything."
_FAULT = "What went wrong, in words."

_FINISHED: Mapping[str, str] = {
    "operation_id": _ID,
    "reference": "The POS's own name for it.",
    "kind": "payment, refund, reversal or capture.",
    "terminal": "Its name in the configuration.",
    "amount_minor": "What was asked for, in minor units.",
    "currency": "ISO 4217.",
    "target_receipt": "Of a reversal: the receipt number of what it undoes.",
    "outcome": "approved, declined, cancelled or not_performed.",
    "evidence": "What that rests on: [states.md](states.md).",
    "receipt_number": "The terminal's, six digits.",
    "total_minor": "What the terminal says was moved, in minor units, a tip included.",
    "reason": _REASON,
    "mode": "sync or async, if it was dispatched.",
    "reply_lost": "Whether the line lost the reply to the order, and the terminal had to be asked.",
    "took_s": "Seconds from the first fact to the last, by the wall clock.",
}

EVENTS: tuple[Event, ...] = (
    Event(
        name="operation.finished",
        level=Level.INFO,
        when="An operation has ended. The canonical line: once for each, by whoever stored its end, and all about it.",
        fields=_FINISHED,
        optional=frozenset({"amount_minor", "currency", "target_receipt", "receipt_number", "total_minor", "mode"}),
        remedy="Nothing.",
    ),
    Event(
        name="operation.amount_differed",
        level=Level.WARNING,
        when="The terminal names another amount than was asked for: a tip, say.",
        fields={"operation_id": _ID, "difference": "Both amounts, in words."},
        remedy="Compare with the receipt; book what the terminal names.",
    ),
    Event(
        name="operation.lost",
        level=Level.WARNING,
        when="An order left, and nothing usable came back.",
        fields={"operation_id": _ID, "reason": _REASON},
        remedy="Nothing: the terminal is asked at once. Many of them mean a bad line.",
    ),
    Event(
        name="operation.parked",
        level=Level.WARNING,
        when="A caller heard that his operation is in doubt.",
        fields={
            "operation_id": _ID,
            "reference": _FINISHED["reference"],
            "terminal": _FINISHED["terminal"],
            "needs_person": "Whether only a person can settle it.",
            "reason": _REASON,
        },
        remedy="Do not charge again. `tillproof watch` or `tillproof recover` settles it; else `tillproof resolve`.",
    ),
    Event(
        name="operation.settled",
        level=Level.INFO,
        when="A question to the terminal has decided a doubt, or has shown that a person must.",
        fields={
            "operation_id": _ID,
            "state": "Where it stands now; escalated means that a person must.",
            "row": "The row of the decision table: [recovery.md](recovery.md).",
        },
        remedy="With state escalated: `tillproof show`, then `tillproof resolve`.",
    ),
    Event(
        name="operation.contradicted",
        level=Level.ERROR,
        when="The terminal shows another end than the one on record: late success, for one.",
        fields={
            "operation_id": _ID,
            "reference": _FINISHED["reference"],
            "recorded": "The state on record.",
            "shown": "The terminal's word for the end.",
            "receipt_number": "The terminal's; null where it names none.",
        },
        remedy="Money may have moved: look for the guest, then `tillproof resolve`.",
    ),
    Event(
        name="abort.unanswered",
        level=Level.WARNING,
        when="A lost operation was to be cut short, and the terminal did not answer.",
        fields={"operation_id": _ID, "reason": _REASON},
        remedy="Nothing: it is asked for as before.",
    ),
    Event(
        name="fact.not_stored",
        level=Level.WARNING,
        when="Something that is good to know and decides nothing could not be written.",
        fields={"operation_id": _ID, "kind": "Which fact.", "error": _FAULT},
        remedy="`tillproof doctor`: the disk is full or failing.",
    ),
    Event(
        name="reply.replayed",
        level=Level.WARNING,
        when="A reply carries the stamp of one that was heard before; it is not believed.",
        fields={"terminal": _FINISHED["terminal"], "stamp": "The stamp, as the terminal writes it."},
        remedy="Once may be the network. Again: somebody is on the line, or the terminal's clock was set back.",
    ),
    Event(
        name="terminal.stranger_seen",
        level=Level.WARNING,
        when="A terminal shows an operation that this journal does not know.",
        fields={
            "terminal": _FINISHED["terminal"],
            "kind": _FINISHED["kind"],
            "identity": "What it shows: an operation id, or a digest of it.",
        },
        remedy="Set `shared = true` if another till uses it; else an old copy of the journal was put back.",
    ),
    Event(
        name="wire_log.entry_lost",
        level=Level.WARNING,
        when="An entry of the communication log could not be written.",
        fields={"terminal": _FINISHED["terminal"], "error": _CLASS},
        remedy="`tillproof doctor`: the disk is full or failing. The payment goes on.",
    ),
    Event(
        name="dialog.failed",
        level=Level.WARNING,
        when="What the terminal shows could not be read, or `on_dialog` raised.",
        fields={"error": _CLASS},
        remedy="Mend the callback; the payment goes on.",
    ),
    Event(
        name="catalogue.unreadable",
        level=Level.WARNING,
        when="The sentences of a language cannot be read; English is spoken.",
        fields={"language": "Which.", "file": "Its path.", "error": _FAULT},
        remedy="Install Tillproof anew.",
    ),
    Event(
        name="observer.listener_failed",
        level=Level.ERROR,
        when="What listens with `on_ended` or `on_written` raised.",
        fields={"error": _CLASS},
        remedy="Mend it; no operation is touched by it.",
    ),
    Event(
        name="watch.settled",
        level=Level.INFO,
        when="A bill that was in doubt is settled.",
        fields=_WATCHED,
        remedy="Close the bill.",
    ),
    Event(
        name="watch.alarm",
        level=Level.WARNING,
        when="The watch sees a contradiction that nobody has ruled on; once for each.",
        fields=_WATCHED,
        remedy="As `operation.contradicted`.",
    ),
    Event(
        name="watch.overdue",
        level=Level.WARNING,
        when="A bill has been in doubt for 180 seconds and still is; once for each.",
        fields=_WATCHED,
        remedy="See whether the terminal is on; `tillproof show` tells what is being waited for.",
    ),
    Event(
        name="watch.failed",
        level=Level.ERROR,
        when="A look of the watch failed; it looks again.",
        fields={"error": _FAULT},
        remedy="`tillproof doctor`.",
    ),
    Event(
        name="watch.listener_failed",
        level=Level.ERROR,
        when="A callback of `on_settled`, `on_alarm` or `on_overdue` raised.",
        fields={"operation_id": _ID, "error": _CLASS},
        remedy="Mend the callback; the watch goes on.",
    ),
)
"""All of them: first what becomes of operations, then what else happens, then the watch."""
