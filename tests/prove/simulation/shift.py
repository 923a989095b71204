"""A shift: one deed while it is being done, and what still goes wrong with it."""

from __future__ import annotations

import random
from collections import Counter, deque

from tests.prove.simulation.script import Deed, Mishap, What


class Shift:
    """Counts the effects of a deed and gives out its mishaps as they fall due."""

    def __init__(self, seed: int, deed: Deed | None, *, name: str, spared: bool = False) -> None:
        self.deed = deed
        self.dice = random.Random(f"{seed} {name}")  # noqa: S311 - repeatable, nothing secret hangs on it
        self.reference = ""
        self.target = ""
        self.recovering = False
        self._effects = 0
        self._mishaps = deque(deed.mishaps if deed is not None and not spared else ())
        self._for_the_line: deque[str] = deque()
        self._for_the_order: deque[str] = deque()
        self._for_the_disk: deque[str] = deque()
        self.struck: Counter[What] = Counter()

    def beside(self, seed: int, name: str) -> Shift:
        """The same deed in somebody else's hands, whom nothing befalls."""
        other = Shift(seed, self.deed, name=name, spared=True)
        other.reference, other.target = self.reference, self.target
        return other

    def due(self) -> list[Mishap]:
        """One more effect: what strikes now, of what concerns neither line nor disk."""
        self._effects += 1
        now: list[Mishap] = []
        while self._mishaps and self._mishaps[0].at <= self._effects:
            mishap = self._mishaps.popleft()
            match mishap.what:
                case What.LINE:
                    self._for_the_line.append(mishap.how)
                case What.ORDER:
                    self._for_the_order.append(mishap.how)
                case What.DISK:
                    self._for_the_disk.append(mishap.how)
                case _:
                    now.append(mishap)
        return now

    def postpone(self, mishaps: list[Mishap]) -> None:
        """What a cut came before strikes at the next effect."""
        self._mishaps.extendleft(reversed(mishaps))

    def line(self, *, order: bool) -> str | None:
        """What the exchange that begins now suffers."""
        if order and self._for_the_order:
            self.struck[What.ORDER] += 1
            return self._for_the_order.popleft()
        if self._for_the_line:
            self.struck[What.LINE] += 1
            return self._for_the_line.popleft()
        return None

    def disk(self) -> str | None:
        """What the write that begins now suffers."""
        return self._for_the_disk.popleft() if self._for_the_disk else None
