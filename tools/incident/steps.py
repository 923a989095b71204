"""The steps of a replay: what the till did in an incident, as commands to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import Money
from tools.incident.incident import Incident

_DECIDING = frozenset({"Seen", "ProvenAbsent", "Escalated", "Ruled"})
_USUAL_PATIENCE_S = 30.0
_SLACK_S = 2.0
"""A round of questions begins within the patience and may end after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command, and when it was given, in seconds after the first one. ``note`` says what else was done."""

    at_s: float
    arguments: tuple[str, ...]
    note: str | None = None

    @property
    def command(self) -> str:
        """As it is typed."""
        return shlex.join(["tillproof", *self.arguments])

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"at_s": round(self.at_s, 3), "command": self.command, "note": self.note}


def steps_of(incident: Incident) -> list[Step]:
    """The steps of all its operations, in the order in which they were made."""
    made: list[Step] = []
    for operation in incident.operations:
        settings = incident.terminals.get(str(operation["terminal"]), {})
        made += _steps(operation, float(settings.get("patience_s") or _USUAL_PATIENCE_S))
    made.sort(key=lambda step: step.at_s)
    return [
        Step(at_s=step.at_s - made[0].at_s, arguments=step.arguments, note=step.note)
        for n, step in enumerate(made)
        if n == 0 or step.arguments != made[n - 1].arguments  # one recovery settles several
    ]


def _steps(operation: Mapping[str, Any], patience_s: float) -> Iterator[Step]:
    facts = operation["facts"]
    lost = next((fact for fact in facts if fact["kind"] == "LostTrack"), None)
    decided = next((fact for fact in facts if fact["kind"] in _DECIDING), None)
    left = lost is not None and (decided is None or _apart_s(lost, decided) > patience_s + _SLACK_S)
    left = left or (decided is not None and decided["kind"] == "Ruled")
    crashed = lost is not None and lost["body"].get("crashed")
    yield Step(
        at_s=_at(facts[0]),
        arguments=_order(operation, facts, left=left and not crashed),
        note="the till died here: end this command by kill -9 while the guest pays" if crashed else None,
    )
    for fact in facts:
        arguments = _after(operation, fact, recovered=bool(left or crashed))
        if arguments is not None:
            yield Step(at_s=_at(fact), arguments=arguments)


def _order(operation: Mapping[str, Any], facts: list[Mapping[str, Any]], *, left: bool) -> tuple[str, ...]:
    verb = {"payment": "pay", "reversal": "reverse"}.get(operation["kind"], operation["kind"])
    told = [verb, "--terminal", operation["terminal"]]
    intent = facts[0]["body"]
    if operation["amount_minor"] is not None:
        money = Money(operation["amount_minor"], operation["currency"])
        told += ["--amount", str(money).split(" ", maxsplit=1)[0], "--currency", operation["currency"]]
    if operation.get("target_receipt"):
        told += ["--receipt", operation["target_receipt"]]
    told += ["--reference", operation["reference"]]
    for name in ("table", "despite"):
        if intent.get(name):
            told += [f"--{name}", intent[name]]
    modes = [fact["body"].get("mode", "sync") for fact in facts if fact["kind"] == "Dispatched"]
    told += ["--mode", "async"] if "async" in modes else []
    return (*told, "--patience", "0") if left else tuple(told)


def _after(operation: Mapping[str, Any], fact: Mapping[str, Any], *, recovered: bool) -> tuple[str, ...] | None:
    body = fact["body"]
    match fact["kind"]:
        case "Contradicted":
            return ("recover",)
        case "Seen" | "ProvenAbsent" | "Escalated" if recovered:
            return ("recover",)
        case "AbortRequested":
            return ("abort", "--", operation["reference"])
        case "Ruled":
            ruling = ("--outcome", body["outcome"], "--by", body["by"], "--reason", body["reason"])
            return ("resolve", *ruling, "--", operation["reference"])
        case _:
            return None


def _apart_s(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return _at(other) - _at(one)


def _at(fact: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(fact["at"]).timestamp()
