"""Whether a doubt that was given to a person has a cause in the world; the tills cannot know, the play can."""

from __future__ import annotations

from collections.abc import Iterator

from engine import EMPTY, FactKind, Operation
from tests.prove.simulation.play import Play
from tests.prove.simulation.scene import REBOOT_S
from tools.simulator import Entry, Kind, Outcome

_READING_S = 60.0
"""A slot is read a little before the dispatch is written; what comes in between is a cause as well."""

_TICK_S = 0.001
"""Clocks are read in whole milliseconds."""


def justified(play: Play, operation: Operation, row: str) -> bool:
    """Whether the world holds what this row of the table says."""
    order = operation.order
    dispatched = play.recorded(order.operation_id, FactKind.DISPATCHED)
    escalated = play.recorded(order.operation_id, FactKind.ESCALATED)
    if dispatched is None or escalated is None or operation.dispatch is None:
        return False
    match row:
        case "found unclear":
            return any(entry.id == order.operation_id and entry.outcome == Outcome.UNKNOWN for entry in play.ledger)
        case "forgotten":
            return _wiped(play, operation, dispatched, escalated)
        case "overwritten":
            return _overwritten(play, operation, dispatched, escalated)
        case "empty, unsure":
            began = play.dated(order.operation_id, operation.dispatch)
            slow = escalated - began >= REBOOT_S - _TICK_S or play.booted_between(began, escalated)
            unseen = slow and not _witnessed(play, operation, dispatched, escalated)
            empty = operation.dispatch.slot_before == EMPTY
            return empty and (unseen or _wiped(play, operation, dispatched, escalated))
        case _:
            return False


def _witnessed(play: Play, operation: Operation, dispatched: float, escalated: float) -> bool:
    """Whether another slot still showed what it had shown before, and the till may draw conclusions from that."""
    witness = operation.dispatch.witness if operation.dispatch is not None else None
    if witness is None or not play.script.scene.settings["wiped_whole"]:
        return False
    kind, _ = witness
    return not any(
        entry.kind == Kind(kind) and dispatched - _READING_S <= entry.finished_at <= escalated
        for entry in _entries(play, operation)
    )


def _wiped(play: Play, operation: Operation, dispatched: float, escalated: float) -> bool:
    """A restart, or somebody's capture, since the terminal last took in an operation of this kind."""
    entries = list(_entries(play, operation))
    kind = Kind(operation.order.kind)
    earlier = [entry.finished_at for entry in entries if entry.finished_at <= dispatched and entry.kind is kind]
    since = max(earlier, default=0.0)
    captures = [entry.finished_at for entry in entries if entry.kind is Kind.CAPTURE and entry.approved]
    restarts = play.terminals[operation.order.terminal].rebooted_at
    return any(since <= moment <= escalated for moment in (*captures, *restarts))


def _overwritten(play: Play, operation: Operation, dispatched: float, escalated: float) -> bool:
    """Somebody else's operation of this kind ended there; one of the same journal is no excuse."""
    own = play.known_beside(operation)
    return any(
        entry.kind == Kind(operation.order.kind)
        and entry.id not in own
        and dispatched - _READING_S <= entry.finished_at <= escalated
        for entry in _entries(play, operation)
    )


def _entries(play: Play, operation: Operation) -> Iterator[Entry]:
    yield from play.terminals[operation.order.terminal].ledger
