"""What the admin port tells, as JSON documents."""

from collections.abc import Callable, Mapping

from tools.simulator.running import Running
from tools.simulator.station import Station

Document = dict[str, object]


def ledger(station: Station) -> list[Document]:
    """Return the ledger, oldest first."""
    with station.changed:
        return [entry.as_json() for entry in station.terminal.ledger]


def requests(station: Station) -> list[Document]:
    """Return the newest requests, oldest first."""
    with station.changed:
        station.terminal.advance()
        return [row.as_json() for row in station.terminal.log.rows]


def printed(station: Station) -> list[str]:
    """Return what was printed by request, oldest first."""
    with station.changed:
        return station.terminal.printed


def state(station: Station) -> Document:
    """Return what the terminal knows and does now."""
    with station.changed:
        terminal = station.terminal
        now = terminal.advance()
        operations = terminal.operations
        return {
            "name": terminal.name,
            "profile": terminal.profile,
            "now": now,
            "down": terminal.down,
            "boots": terminal.boots,
            "skew_s": terminal.skew_s,
            "slots": {kind: entry.as_json() for kind, entry in operations.memory.slots.items()},
            "running": None if operations.running is None else _running(operations.running),
            "last_stamp": terminal.gate.last_stamp,
            "wrong_keys": terminal.gate.wrong_keys,
            "next_receipt": operations.memory.next_receipt,
            "open_session": len(operations.memory.session),
            "faults_played": dict(station.plan.played),
            "missed": [repr(act) for act in terminal.agenda.missed],
        }


def _running(running: Running) -> Document:
    return {
        "ordinal": running.ordinal,
        "kind": running.order.kind,
        "id": running.order.id,
        "operation_id": running.order.operation_id,
        "started_at": running.started_at,
        "pin_at": running.pin_at,
        "finish_at": running.finish_at,
    }


QUESTIONS: Mapping[str, Callable[[Station], object]] = {
    "/ledger": ledger,
    "/printed": printed,
    "/requests": requests,
    "/state": state,
}
