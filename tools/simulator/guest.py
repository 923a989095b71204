"""The person with the card: takes time, and decides."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from tools.simulator.cue import Cue
from tools.simulator.kinds import Outcome

# Lunch: nearly everybody pays.
USUAL: Mapping[str, float] = {Outcome.APPROVED: 0.94, Outcome.DECLINED: 0.04, Outcome.CANCELLED: 0.02}

# Share of the visit before the PIN is in; until then the operation can be aborted.
_BEFORE_PIN = 0.5


@unique
class Button(StrEnum):
    """What a guest, or whoever plays one, can press: an end of the visit, or that the PIN is in."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one guest does: seconds until the PIN, seconds in all, the outcome, a tip in minor units."""

    pin_after_s: float
    takes_s: float
    outcome: str
    tip_minor: int = 0


class Guest:
    """Guests, one after the other: by script first, then by weights; the same seed gives the same guests.

    `takes_s` is a number of seconds or a range of them. `outcomes` is the script: the first operation,
    of whatever kind, gets the first item. `tip_rate` is the share of approved payments whose total is
    raised by `tip_percent`.
    """

    def __init__(
        self,
        *,
        takes_s: float | tuple[float, float] = (2.0, 8.0),
        outcomes: Iterable[str] = (),
        weights: Mapping[str, float] = USUAL,
        tip_rate: float = 0.0,
        tip_percent: int = 10,
        seed: int = 0,
    ) -> None:
        self._shortest_s, self._longest_s = takes_s if isinstance(takes_s, tuple) else (takes_s, takes_s)
        if not 0 <= self._shortest_s <= self._longest_s:
            raise ValueError(f"a guest takes from {self._shortest_s} to {self._longest_s} seconds?")
        self._script = list(reversed([str(outcome) for outcome in outcomes]))
        self._weights = {str(outcome): weight for outcome, weight in weights.items()}
        self._tip_rate = tip_rate
        self._tip_percent = tip_percent
        self._random = random.Random(seed)  # noqa: S311 - repeatable, nothing secret hangs on it

    def visit(self, *, amount_minor: int, needed: bool, tips: bool, cue: Cue | None = None) -> Visit:
        """Play one visit; where no guest is needed only the script can refuse, and there is no PIN.

        A cue changes this visit and none of those that follow: what is drawn is drawn all the same.
        """
        takes_s = self._random.uniform(self._shortest_s, self._longest_s)
        outcome = self._outcome(needed=needed)
        if cue is not None:
            takes_s = takes_s if cue.takes_s is None else cue.takes_s
            outcome = outcome if cue.outcome is None else cue.outcome
        tipped = tips and outcome == Outcome.APPROVED and self._random.random() < self._tip_rate
        return Visit(
            pin_after_s=takes_s * _BEFORE_PIN if needed else 0.0,
            takes_s=takes_s,
            outcome=outcome,
            tip_minor=amount_minor * self._tip_percent // 100 if tipped else 0,
        )

    def _outcome(self, *, needed: bool) -> str:
        if self._script:
            return self._script.pop()
        if not needed:
            return Outcome.APPROVED
        return self._random.choices(list(self._weights), list(self._weights.values()))[0]
