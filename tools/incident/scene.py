"""A scene: one operation of an incident, its order on the wire, and how the terminal behaved towards it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import EMPTY
from tools.incident.conduct import Conduct, conduct
from tools.incident.exchange import Exchange
from tools.incident.sighting import Subject

NOTHING_LEFT = "nothing_left"
"""The evidence that not a byte of an order had left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One operation: its order on the wire, and how the terminal behaved."""

    operation: Mapping[str, Any]
    order: Exchange
    played: Conduct


def scene_of(operation: Mapping[str, Any], said: Sequence[Exchange], untold: list[str]) -> Scene | None:
    """None where nothing of the operation reached the terminal, as far as the log tells."""
    identity, reference = operation["operation_id"], operation["reference"]
    order = next((one for one in said if one.is_order and one.identity == identity), None)
    if operation["evidence"] == NOTHING_LEFT:
        untold.append(
            f"{reference}: nothing reached the terminal; a simulated one that has more to do is there all the same"
        )
        return None
    if order is None:
        untold.append(f"{reference}: its order is not in the wire log, so the terminal plays nothing for it")
        return None
    before = frozenset(one.receipt for one in said if one.at < order.at and one.receipt)
    subject = Subject(
        operation_id=identity,
        kind=operation["kind"],
        slot_before=str(dispatched(operation).get("slot_before", EMPTY)),
        remembered=before,
    )
    after = [one for one in said if one.at > order.at]
    seen = subject.sightings(after)
    absent = next((fact["at"] for fact in operation["facts"] if fact["kind"] == "ProvenAbsent"), None)
    absent_at = datetime.fromisoformat(absent).timestamp() if absent else None
    believed = _believed(operation, order, after)
    return Scene(operation=operation, order=order, played=conduct(order, seen, believed=believed, absent_at=absent_at))


def _believed(operation: Mapping[str, Any], order: Exchange, after: Sequence[Exchange]) -> bool:
    """Whether the till took the reply for one. That of an asynchronous start, if it lost no track before it asked."""
    facts = operation["facts"]
    if not order.is_async:
        return any(fact["kind"] == "Answered" for fact in facts)
    lost = [datetime.fromisoformat(fact["at"]).timestamp() for fact in facts if fact["kind"] == "LostTrack"]
    return not lost or (bool(after) and after[0].at < lost[0])


def dispatched(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """What its fact of dispatch says; nothing where there is none."""
    found: Mapping[str, Any]
    for fact in operation["facts"]:
        if fact["kind"] == "Dispatched":
            found = fact["body"]
            return found
    return {}
