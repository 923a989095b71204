"""What each slot held before we sent, so that *older* can be told from *somebody else's newer* afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine import EMPTY, Evidence, Glance, Kind, Memory, State, Terminal
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

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._terminals: dict[str, _Known] = {}

    def before(self, terminal: Terminal, kind: Kind, youngest: Sequence[Glance]) -> Memory:
        """What the terminal remembers now: the slot of this kind, and a witness where that is empty.

        ``youngest`` are the last two operations of our journal on it, newest first, or as many as there are.

        Raises:
            NotDelivered, Unconfirmed: the terminal had to be asked and gave no authentic answer.
        """
        slots = self._brought_up_to_date(terminal, youngest).slots
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

    def _brought_up_to_date(self, terminal: Terminal, youngest: Sequence[Glance]) -> _Known:
        newest, before = [*(each.operation_id for each in youngest), None, None][:2]
        known = self._terminals.get(terminal.name)
        if known is None or known.as_of not in (newest, before) or terminal.shared:
            # The first operation of this process, or somebody else has used the terminal since: ask it.
            known = _Known()
        elif newest != known.as_of:
            _advance(known.slots, youngest[0])
        known.as_of = newest
        self._terminals[terminal.name] = known
        return known


def _advance(slots: dict[Kind, str], last: Glance) -> None:
    """Take in our own last operation."""
    performed = last.evidence in {Evidence.REPLY, Evidence.STATUS_BY_ID, Evidence.LATEST_SLOT} and last.alarm is None
    absent = last.state is State.NOT_PERFORMED and last.evidence in {
        Evidence.NOTHING_LEFT,
        Evidence.FENCED_ABSENCE,
        Evidence.ABSENCE_AFTER_GRACE,
    }
    if absent:
        return
    if last.kind is Kind.CAPTURE:
        # A capture empties the memory (INFERRED), and which slots it empties is not known.
        slots.clear()
    elif performed:
        slots[last.kind] = last.operation_id
    else:
        # Refused as busy, given to a person, or ruled by one: who knows what the terminal did meanwhile.
        slots.clear()
