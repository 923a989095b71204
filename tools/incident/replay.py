"""A replay: the script of a terminal that behaves as one did in an incident, and the commands that meet it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import EMPTY, UNKNOWN
from tools.incident.exchange import exchanges
from tools.incident.incident import Incident
from tools.incident.scene import NOTHING_LEFT, Scene, dispatched, scene_of
from tools.incident.steps import Step, steps_of

_ALWAYS_UNTOLD = (
    "answers come at once: how long a question took is not played, nor are times under ten milliseconds",
    "signatures and ids are new ones, and receipts and texts are the simulator's own",
)
_FOR_LONG_S = 3600.0

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
"""Of a terminal: it is printed into a configuration that somebody copies."""

_PROFILES = {"1": "1.x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A script for ``tools.simulator``, the steps of the till, how it ended, and what cannot be played."""

    document: Mapping[str, Any]
    steps: Sequence[Step]
    untold: Sequence[str]


def replay_of(incident: Incident) -> Replay:
    """Translate an incident."""
    document: dict[str, Any] = {"terminal": [], "operation": [], "event": [], "guest": {"takes_s": 0}, "faults": {}}
    untold: list[str] = []
    for name in dict.fromkeys(str(operation["terminal"]) for operation in incident.operations):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no terminal's name")
        said = exchanges(entry for entry in incident.entries if entry.get("terminal") == name)
        ours = [operation for operation in incident.operations if operation["terminal"] == name]
        found = [scene_of(operation, said, untold) for operation in ours]
        scenes = [scene for scene in found if scene is not None]
        unreachable = all(operation["evidence"] == NOTHING_LEFT for operation in ours)
        _put_terminal(document, name, incident.terminals.get(name, {}), scenes, unreachable=unreachable)
        for scene in scenes:
            untold += scene.played.untold
    return Replay(
        document=document,
        steps=steps_of(incident),
        untold=list(dict.fromkeys([*untold, *_ALWAYS_UNTOLD])),
    )


def _put_terminal(
    document: dict[str, Any],
    name: str,
    configured: Mapping[str, Any],
    scenes: Sequence[Scene],
    *,
    unreachable: bool,
) -> None:
    terminal: dict[str, Any] = {"name": name, "assumptions": _assumptions(configured, scenes)}
    if "api" in configured:
        terminal["profile"] = _PROFILES.get(str(configured["api"]), str(configured["api"]))
    held = _memory(scenes[0].operation) if scenes else []
    document["event"] += [{"terminal": name, "at_s": 0, "do": "foreign", **one} for one in held]
    receipt = _first_receipt(scenes, len(held))
    if receipt is not None:
        terminal["first_receipt"] = receipt
    document["terminal"].append(terminal)
    if not scenes and unreachable:
        document["event"].append({"terminal": name, "at_s": 0, "do": "reboot", "reboot_s": _FOR_LONG_S})
    for n, scene in enumerate(scenes, start=1):
        _put_scene(document, name, n, scene)
        if n > 1:
            document["event"] += _between(name, n, scenes[n - 2], scene)


def _put_scene(document: dict[str, Any], name: str, n: int, scene: Scene) -> None:
    played = scene.played
    document["operation"].append(
        {
            "terminal": name,
            "n": n,
            "fault": played.fault,
            "guest_takes_s": round(played.takes_s, 3),
            "outcome": played.outcome,
        }
    )
    if played.share is not None:
        document["faults"]["share_of_visit"] = round(min(played.share, 1.0), 4)
    if played.late_s is not None:
        document["faults"]["late_s"] = round(played.late_s, 3)
    for event in played.events:
        tie = "during_operation" if event.get("during") else "after_operation"
        told = {key: value for key, value in event.items() if key != "during"}
        if told["do"] == "foreign" and scene.order.is_async:
            told["operation_id"] = "another-till"  # it takes the one place for results as well
        document["event"].append({"terminal": name, tie: n, **_visit(told, scene.operation)})


def _visit(event: dict[str, object], operation: Mapping[str, Any]) -> dict[str, object]:
    return {"kind": operation["kind"], **event} if event["do"] == "foreign" else event


def _assumptions(configured: Mapping[str, Any], scenes: Sequence[Scene]) -> dict[str, Any]:
    switches: dict[str, Any] = {}
    if any(scene.played.late_s is not None for scene in scenes):
        switches |= {"timestamp_check": "none", "skew_s": "none"}
    if configured.get("async_id_in_path") is False:
        switches["async_id_in_path"] = False
    if configured.get("abort_path"):
        switches["abort_by_id_path"] = f"{configured['abort_path']}/{{id}}"
    return switches


def _memory(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the terminal remembered before, as somebody else's operations."""
    body = dispatched(operation)
    held: list[dict[str, Any]] = []
    if operation["kind"] == "reversal":
        held.append({"kind": "payment", "amount_minor": operation.get("total_minor") or 10_000})
    if body.get("witness") is not None:
        held.append({"kind": body["witness_kind"]})
    if body.get("slot_before", EMPTY) not in {EMPTY, UNKNOWN}:
        held.append({"kind": operation["kind"]})
    return held


def _between(name: str, n: int, last: Scene, scene: Scene) -> list[dict[str, Any]]:
    """What others did to the memory between two operations of ours."""
    before = dispatched(scene.operation).get("slot_before")
    same_kind = last.operation["kind"] == scene.operation["kind"]
    if not same_kind or before == last.operation["operation_id"] or last.played.fault == "lost_before_processing":
        return []
    if before == EMPTY:
        return [{"terminal": name, "after_operation": n - 1, "do": "reboot", "reboot_s": 0}]
    return [{"terminal": name, "after_operation": n - 1, "do": "foreign", "kind": scene.operation["kind"]}]


def _first_receipt(scenes: Sequence[Scene], held: int) -> int | None:
    """The number from which the receipts are the recorded ones."""
    if not scenes:
        return None
    operation = scenes[0].operation
    if operation["kind"] == "reversal":
        return int(operation["target_receipt"])
    receipt = operation.get("receipt_number")
    number = int(receipt) - held if isinstance(receipt, str) and receipt.isdecimal() else 0
    return number if number > 0 else None
