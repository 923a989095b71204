"""What a terminal will live through: faults and guests by number, and acts from outside."""

from dataclasses import dataclass

from tools.simulator.acts import Act
from tools.simulator.agenda import Agenda
from tools.simulator.faults import FaultPlan
from tools.simulator.guest import Guest
from tools.simulator.terminal import SimulatedTerminal


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTime:
    """So many seconds after the script began."""

    s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """So many seconds after operation `n` started."""

    n: int
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """So many seconds after operation `n` ended, however it ended."""

    n: int
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An act, and what sets it off."""

    act: Act
    when: AtTime | During | After

    def enter(self, agenda: Agenda, *, at: float) -> None:
        """Put the act on the agenda of a script that begins at unix time `at`."""
        match self.when:
            case AtTime(s=s):
                agenda.put(self.act, at=at + s)
            case During(n=n, after_s=after_s):
                agenda.put_during(self.act, n=n, after_s=after_s)
            case After(n=n, after_s=after_s):
                agenda.put_after(self.act, n=n, after_s=after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One terminal's script. `guest` None leaves the guests as they are.

    Operations are numbered from 1 as their requests are sent, whatever becomes of them; so are questions.
    An event that is tied to an operation which never starts does not happen.
    """

    plan: FaultPlan
    guest: Guest | None
    events: tuple[Event, ...]

    def begin(self, terminal: SimulatedTerminal) -> None:
        """Let the script begin at a terminal now; the plan is for whoever carries its requests."""
        at = terminal.advance()
        if self.guest is not None:
            terminal.operations.guest = self.guest
        terminal.agenda.clear()
        for event in self.events:
            event.enter(terminal.agenda, at=at)
