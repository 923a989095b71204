"""What the admin port can tell and do, as JSON documents in and out."""

from collections.abc import Callable, Mapping

from tools.simulator.errors import Malformed
from tools.simulator.faults import FaultPlan
from tools.simulator.guest import Guest
from tools.simulator.kinds import Kind, Outcome
from tools.simulator.order import Order
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


def state(station: Station) -> Document:
    """Return what the terminal knows and does now."""
    with station.changed:
        terminal = station.terminal
        now = terminal.advance()
        operations = terminal.operations
        running = operations.running
        return {
            "name": terminal.name,
            "profile": terminal.profile,
            "down": terminal.down,
            "boots": terminal.boots,
            "skew_s": terminal.skew_s,
            "now": now,
            "slots": {kind: entry.as_json() for kind, entry in operations.memory.slots.items()},
            "running": None
            if running is None
            else {
                "ordinal": running.ordinal,
                "kind": running.order.kind,
                "id": running.order.id,
                "operation_id": running.order.operation_id,
                "started_at": running.started_at,
                "finish_at": running.finish_at,
            },
            "last_stamp": terminal.gate.last_stamp,
            "wrong_keys": terminal.gate.wrong_keys,
            "next_receipt": operations.memory.next_receipt,
            "open_session": len(operations.memory.session),
            "faults_played": dict(station.plan.played),
        }


def reboot(station: Station, wanted: Mapping[str, object]) -> Document:
    """Reboot the terminal: `s` seconds in which connections are refused, else as assumed."""
    station.reboot(_number(wanted, "s", 0.0) if "s" in wanted else None)
    return {}


def set_faults(station: Station, wanted: Mapping[str, object]) -> Document:
    """Replace the plan: `script` and `question_script`, or `rate`, `question_rate` and `seed`."""
    try:
        plan = FaultPlan(
            script=_texts(wanted, "script"),
            question_script=_texts(wanted, "question_script"),
            rate=_number(wanted, "rate", 0.0),
            question_rate=_number(wanted, "question_rate", 0.0),
            seed=int(_number(wanted, "seed", 0)),
            timing=station.plan.timing,
        )
    except ValueError as problem:
        raise Malformed(str(problem)) from problem
    with station.changed:
        # What has been played stays counted.
        plan.played.update(station.plan.played)
        station.plan = plan
    return {}


def set_guest(station: Station, wanted: Mapping[str, object]) -> Document:
    """Replace the guest: `takes_s` in seconds, `outcomes` as a script, after which guests are as usual."""
    try:
        guest = Guest(
            takes_s=_number(wanted, "takes_s", 0.0),
            outcomes=_texts(wanted, "outcomes"),
            seed=int(_number(wanted, "seed", 0)),
        )
    except ValueError as problem:
        raise Malformed(str(problem)) from problem
    with station.changed:
        station.terminal.operations.guest = guest
    return {}


def foreign(station: Station, wanted: Mapping[str, object]) -> Document:
    """Let another till do an operation: `kind`, `amount_minor`, `currency`, `receipt_number`, `outcome`."""
    try:
        kind = Kind(_text(wanted, "kind", Kind.PAYMENT))
    except ValueError as problem:
        raise Malformed(str(problem)) from problem
    order = Order(
        kind=kind,
        amount_minor=int(_number(wanted, "amount_minor", 10_000)) if kind.needs_guest else None,
        currency=_text(wanted, "currency", "NOK") if kind.needs_guest else None,
        custom_data={"till": "another"},
        reverses=_text(wanted, "receipt_number", "") or None,
    )
    with station.changed:
        return station.terminal.foreign(order, outcome=_text(wanted, "outcome", Outcome.APPROVED)).as_json()


QUESTIONS: Mapping[str, Callable[[Station], object]] = {
    "/ledger": ledger,
    "/requests": requests,
    "/state": state,
}

COMMANDS: Mapping[str, Callable[[Station, Mapping[str, object]], object]] = {
    "/faults": set_faults,
    "/foreign": foreign,
    "/guest": set_guest,
    "/reboot": reboot,
}


def _number(wanted: Mapping[str, object], name: str, usual: float) -> float:
    value = wanted.get(name, usual)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Malformed(f"{name} must be a number.")
    return value


def _text(wanted: Mapping[str, object], name: str, usual: str) -> str:
    value = wanted.get(name, usual)
    if not isinstance(value, str):
        raise Malformed(f"{name} must be a text.")
    return value


def _texts(wanted: Mapping[str, object], name: str) -> list[str]:
    value = wanted.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Malformed(f"{name} must be a list of texts.")
    return value
