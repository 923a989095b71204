"""What a kill is, what is known before it, and what is found after it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Where a till is killed: at a stop of an act; and at which stops of its returns, one after the other.

    ``plant`` is the name of a planted fault. ``clock_back``: the machine's clock is an hour behind after the crash.
    """

    act: str
    stop: int
    again_at: tuple[int, ...] = ()
    clock_back: bool = False
    plant: str | None = None

    def __str__(self) -> str:
        again = "".join(f", its return at stop {stop}" for stop in self.again_at)
        clock = ", the clock an hour back" if self.clock_back else ""
        return f"{self.act}, killed at stop {self.stop}{again}{clock}"

    @property
    def command(self) -> str:
        """How to see it again."""
        clock = ["--clock-back"] if self.clock_back else []
        stops = map(str, (self.stop, *self.again_at))
        return shlex.join(["python", "-m", "tests.prove.kill", *clock, self.act, *stops])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of it. A stop that was not reached is no kill."""

    kill: Kill
    killed: bool
    killed_again: int
    """How many of its returns were killed."""
    call: int | None
    """The number of the system call at which the first life ended."""
    on_record: str
    """What the last till that came back found in the journal of the act's youngest operation, before it asked."""
    arrived: bool
    """Whether an order of the act had arrived at the terminal when the till died."""
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """How many stops an act has, and at which call each is; how many the return has.

    ``again`` are those of a return after a kill in the middle, ``settled`` of one that finds everything settled.
    """

    act: str
    plant: str | None
    calls: tuple[int, ...]
    first: int
    again: int
    settled: int
