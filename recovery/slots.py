"""What each slot held before we sent, so that *older* can be told from *somebody else's newer* afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine import EMPTY, Book, Evidence, Kind, Memory, Operation, State, Terminal
from recovery.looking import Lookout


@dataclass(slots=True)
class _Known:
    """What we know of a terminal's slots, as of our newest operation on it."""

    as_of: str | None = None
    slots: dict[Kind, str] = field(default_factory=dict)


class SlotBook:
    """Knows a slot from having read it once, and from our own answers since. Only the holder of a lane may ask.

    We also considered to read the slot before every operation. That is one round trip more on each, and needed only
    where others use the terminal too (``shared``).
    """

    def __init__(self, book: Book, lookout: Lookout) -> None:
        self._book = book
        self._lookout = lookout
        self._terminals: dict[str, _Known] = {}

    def before(self, terminal: Terminal, kind: Kind) -> Memory:
        """What the terminal remembers now: the slot of this kind, and a witness where that is empty.

        Raises:
            NotDelivered, Unconfirmed: the terminal had to be asked and gave no authentic answer.
        """
        slots = self._brought_up_to_date(terminal).slots
        slot = self._slot(slots, terminal, kind)
        if slot != EMPTY:
            return Memory(slot=slot)
        # The capture's slot first: where another one is the witness, that one was empty.
        kinds = (Kind.CAPTURE, *(other for other in Kind if other is not Kind.CAPTURE))
        others = ((other, self._slot(slots, terminal, other)) for other in kinds if other is not kind)
        return Memory(slot=slot, witness=next((found for found in others if found[1] != EMPTY), None))

    def _slot(self, slots: dict[Kind, str], terminal: Terminal, kind: Kind) -> str:
        if kind not in slots:
            slots[kind] = self._lookout.latest(terminal, kind).identity
        return slots[kind]

    def _brought_up_to_date(self, terminal: Terminal) -> _Known:
        youngest = [last.operation_id for last in self._book.glance(terminal.name, limit=2)]
        newest, before = [*youngest, None, None][:2]
        known = self._terminals.get(terminal.name)
        if known is None or known.as_of not in (newest, before) or terminal.shared:
            # The first operation of this process, or somebody else has used the terminal since: ask it.
            known = _Known()
        elif newest is not None and newest != known.as_of:
            _advance(known.slots, self._book.get(newest))
        known.as_of = newest
        self._terminals[terminal.name] = known
        return known


def _advance(slots: dict[Kind, str], last: Operation) -> None:
    """Take in our own last operation."""
    performed = last.evidence in {Evidence.REPLY, Evidence.STATUS_BY_ID, Evidence.LATEST_SLOT} and last.alarm is None
    absent = last.state is State.NOT_PERFORMED and last.evidence in {
        Evidence.NOTHING_LEFT,
        Evidence.FENCED_ABSENCE,
        Evidence.ABSENCE_AFTER_GRACE,
    }
    if absent:
        return
    if last.order.kind is Kind.CAPTURE:
        # A capture empties the memory (INFERRED), and which slots it empties is not known.
        slots.clear()
    elif performed:
        slots[last.order.kind] = last.order.operation_id
    else:
        # Refused as busy, given to a person, or ruled by one: who knows what the terminal did meanwhile.
        slots.clear()
