"""The scene of a seed: which release, how many tills and terminals, and what is true of what nobody has published.

The terminal's unpublished behaviour and the till's switches for it are drawn together, because a till that is
configured for another terminal than it has makes mistakes that no code can mend. What is left out, and why:

- A copy of an order that comes second, where the terminal checks no stamps (v1, or such a 2.x): it hears "busy", which
  proves something only after one transmission (``protocol.md``, *Conventions*, 3).
- A terminal that forgets its last stamp in a restart, under a till that trusts the fence: found by model checking
  (``faults.md``), and the reason for the switch.
- A terminal whose memory outlives a restart, but not a payment that the bank had approved when the restart cut it off:
  it shows what it showed before, as if nothing had happened. Nothing that can be asked for tells of it; this was found
  here. (Either half of it is played.)
- A terminal that restarts faster than ``reboot_s``; a late order that lives longer than ``grace_s``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import Mode
from tools.simulator import Assumptions, Fault, RebootEffect, TimestampCheck

GRACE_S = 30.0
GUEST_S = 3.0
REBOOT_S = 10.0
"""What the tills are told; a terminal needs half as long again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a seed plays. ``spared`` names the mishaps and the faults of the line that it is spared."""

    release: str
    tills: int
    cashiers: int
    terminals: int
    journals: int
    """One that all tills share, or one for each till."""
    modes: tuple[Mode, ...]
    assumptions: Assumptions
    settings: Mapping[str, Any] = field(default_factory=dict)
    late_s: float
    spared: frozenset[str]

    @property
    def shared(self) -> bool:
        """Whether somebody uses the terminals who does not write into our journal."""
        return bool(self.settings["shared"])


def scene_of(dice: random.Random) -> Scene:
    """Draw a scene."""
    release = dice.choice(("1", "2.0", "2.1", "2.2", "2.2"))
    tills, journals = dice.choice(((1, 1), (1, 1), (2, 1), (2, 1), (2, 2)))
    shared = journals > 1 or dice.random() < 0.2
    check, fence = _stamps(dice, release)
    spared: set[str] = set()
    if check is not TimestampCheck.STRICTLY_RISING:
        spared.add(Fault.DELIVERED_TWICE)
    if release == "1":
        # The certificate of the connection is the proof there; nobody stands in between.
        spared |= {Fault.WRONG_HASH, Fault.MISSING_HASH, "forged", "replayed"}
    if not shared:
        spared.add("neighbour")
    greets = dice.random() < 0.1
    return Scene(
        release=release,
        tills=tills,
        cashiers=dice.choice((1, 1, 2)),
        terminals=dice.choice((1, 1, 2)),
        journals=journals,
        modes=dice.choice(((Mode.SYNC,), (Mode.SYNC,), (Mode.ASYNC,), (Mode.SYNC, Mode.ASYNC))),
        assumptions=_assumptions(dice, check, fence=fence, greets=greets),
        settings={
            "shared": shared,
            "fence": fence,
            "idle_by_dialogs": not greets and dice.random() < 0.9,
            "wiped_whole": dice.random() < 0.8,
            "aborts_lost": dice.random() < 0.5,
            "patience_s": dice.choice((0.5, 1.0, 3.0)),
        },
        late_s=dice.choice((dice.uniform(0.2, 6.0), dice.uniform(6.0, GRACE_S - GUEST_S - 5.0))),
        spared=frozenset(spared),
    )


def _stamps(dice: random.Random, release: str) -> tuple[TimestampCheck, bool]:
    """What the terminal checks, and whether the till trusts it."""
    if release == "1":
        return TimestampCheck.NONE, False
    check = dice.choice((TimestampCheck.STRICTLY_RISING, TimestampCheck.STRICTLY_RISING, *TimestampCheck))
    return check, check is not TimestampCheck.NONE and dice.random() < 0.8


def _assumptions(dice: random.Random, check: TimestampCheck, *, fence: bool, greets: bool) -> Assumptions:
    survives = dice.random() < 0.2
    return Assumptions(
        timestamp_check=check,
        stamps_survive_reboot=fence or dice.random() < 0.5,
        slot_survives_capture=dice.random() < 0.2,
        slot_survives_reboot=survives,
        modeless_while_busy=dice.random() < 0.9,
        dialogs_empty_when_idle=not greets,
        async_memory=dice.choice((1, 1, 3)),
        running_status=dice.choice((202, 206)),
        abort_may_still_approve=dice.random() < 0.5,
        reboot_effect=RebootEffect.LOST if survives else dice.choice(tuple(RebootEffect)),
        reboot_s=1.5 * REBOOT_S,
    )
