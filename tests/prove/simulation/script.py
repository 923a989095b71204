"""The script of a seed: who does what, and what goes wrong when. The seed is all that it is made from.

A mishap hangs on a deed and strikes at an effect of it, counted from the deed's beginning, over whatever crashes,
recoveries and second attempts it goes through. So any deed and any mishap can be left out, and the others stay.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from engine import Kind, Mode
from tests.prove.simulation.scene import GUEST_S, Scene, scene_of
from tools.simulator import Fault

FORGED = "forged"
"""Not the simulator's: the request is kept back, and somebody in between answers it as he likes."""

REPLAYED = "replayed"
"""The same, and the answer is one that the terminal gave before."""


class What(StrEnum):
    """What can go wrong at an effect."""

    LINE = "line"
    """The next exchange suffers a fault, most often a question."""
    ORDER = "order"
    """The order itself suffers a fault."""
    KILL = "kill"
    """The till's process dies."""
    POWER = "power"
    """The till's machine goes dark, with all that runs on it."""
    REBOOT = "reboot"
    """The terminal restarts."""
    NEIGHBOUR = "neighbour"
    """Somebody else's till uses the terminal."""
    CLOCK = "clock"
    """The wall clock of the machine jumps."""
    ABORT = "abort"
    """Somebody asks for an end of what runs."""
    TWIN = "twin"
    """Somebody presses the same key again, while it runs."""
    DISK = "disk"
    """The next write of the journal fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One thing that goes wrong at the ``at``-th effect of its deed; ``how`` is in the words of its kind."""

    at: int
    what: What
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a cashier does: a bill, or what else there is to do. Names are places in the scene, from 0."""

    number: int
    till: int
    cashier: int
    terminal: int
    kind: Kind
    amount_minor: int
    mode: Mode
    attempts: int
    guest: str
    guest_takes_s: float
    pause_s: float
    mishaps: tuple[Mishap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All of a seed."""

    seed: int
    scene: Scene
    deeds: tuple[Deed, ...]

    def only(self, kept: Mapping[int, Sequence[int]]) -> Script:
        """The same with these deeds, by number, and of each these mishaps, by their place."""
        deeds = [
            replace(deed, mishaps=tuple(deed.mishaps[place] for place in kept[deed.number]))
            for deed in self.deeds
            if deed.number in kept
        ]
        return replace(self, deeds=tuple(deeds))


Chosen = TypeVar("Chosen")

DEEDS = 60
"""Of each seed: short enough to be read when it fails, long enough that a till has a history."""

_KINDS = {Kind.PAYMENT: 90, Kind.REFUND: 4, Kind.REVERSAL: 4, Kind.CAPTURE: 2}
_GUESTS = {"Approved": 86, "Declined": 8, "Cancelled": 5, "Referred": 1}
_TROUBLES = {
    What.LINE: 60,
    What.ORDER: 100,
    What.KILL: 3,
    What.POWER: 1,
    What.REBOOT: 1,
    What.NEIGHBOUR: 4,
    What.CLOCK: 20,
    What.ABORT: 6,
    What.TWIN: 6,
    What.DISK: 12,
}
_DIES_AGAIN = 0.4
_LINE = [*(fault for fault in Fault if fault is not Fault.NONE), FORGED, REPLAYED]


def script_of(seed: int) -> Script:
    """The script of a seed."""
    dice = random.Random(f"script {seed}")  # noqa: S311 - repeatable, nothing secret hangs on it
    scene = scene_of(dice)
    return Script(seed=seed, scene=scene, deeds=tuple(_deed(dice, scene, number) for number in range(DEEDS)))


def _deed(dice: random.Random, scene: Scene, number: int) -> Deed:
    return Deed(
        number=number,
        till=dice.randrange(scene.tills),
        cashier=dice.randrange(scene.cashiers),
        terminal=dice.randrange(scene.terminals),
        kind=_one_of(dice, _KINDS),
        # Few different amounts, so that two bills of the same one stand beside each other.
        amount_minor=dice.choice((9900, 12500, 12500, 24900)),
        mode=dice.choice(scene.modes),
        attempts=dice.choice((1, 1, 2, 2)),
        guest=_one_of(dice, _GUESTS),
        guest_takes_s=dice.choice((dice.uniform(0.1, 1.0), dice.uniform(0.1, GUEST_S))),
        pause_s=dice.choice((0.0, dice.uniform(0.0, 3.0), dice.uniform(0.0, 60.0))),
        mishaps=tuple(_mishaps(dice, scene)),
    )


def _mishaps(dice: random.Random, scene: Scene) -> list[Mishap]:
    at = 0
    found: list[Mishap] = []
    for _ in range(dice.choice((0, 4, 7, 9, 10, 12))):
        at += dice.choice((0, 0, 1, 1, 2))
        what = _one_of(dice, _TROUBLES)
        if what in scene.spared:
            continue
        found.append(Mishap(at=max(1, at), what=what, how=_how(dice, scene, what)))
        if what in {What.KILL, What.POWER} and dice.random() < _DIES_AGAIN:
            # Soon after a death the till recovers, and then it dies in the middle of that.
            at = max(1, at) + dice.randrange(1, 8)
            found.append(Mishap(at=at, what=What.KILL, how=_how(dice, scene, What.KILL)))
    return found


def _how(dice: random.Random, scene: Scene, what: What) -> str:
    match what:
        case What.LINE | What.ORDER:
            found = dice.choice([fault for fault in _LINE if fault not in scene.spared])
            # A restart in mid-payment is rare, and leaves a doubt that nobody can settle.
            return str(
                Fault.DROPPED_WHILE_PAYING if found is Fault.REBOOT_MID_OPERATION and dice.random() < 0.8 else found
            )
        case What.KILL | What.POWER:
            return dice.choice(("before", "during", "during", "after"))
        case What.NEIGHBOUR:
            return dice.choice(("payment", "payment", "refund", "capture"))
        case What.CLOCK:
            return str(dice.choice((0, 0, -400, -30, -1, 1, 30, 400)))
        case What.DISK:
            return dice.choice(("full", "unknown, stored", "unknown, lost"))
        case What.REBOOT | What.ABORT | What.TWIN:
            return f"{dice.uniform(0.0, 6.0):.3f}"


def _one_of(dice: random.Random, weights: Mapping[Chosen, int]) -> Chosen:
    return dice.choices(list(weights), list(weights.values()))[0]
