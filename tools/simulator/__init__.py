"""The terminal simulator: as awkward as the real thing.

This room knows `protocol.md`, section 6, and every way in which a line or a terminal can fail. It must
not know the engine, the journal or recovery: a client and a simulator that shared code, above all that
of the keyed hash, would share its mistakes, and every test would be green.

`SimulatedTerminal` is a pure core under an explicit clock: no threads, no sockets, no sleep. Two roads
lead to it. `SimulatorServer` is real sockets in real time; `DirectLine` is virtual time, in which a
whole lunch takes a moment. Both play a `Fault` by the same code. The terminal's ledger is the truth
that audits compare with. Whatever is INFERRED or OPEN in the protocol is a switch in `Assumptions`.

We also considered one server with patched clocks (a lunch would take a lunch), and a proxy that breaks
the line from outside (it cannot know when the guest is paying).
"""

from tools.simulator.acts import Act, Foreign, Press, Reboot, Skew
from tools.simulator.assumptions import AmountUnit, Assumptions, CaptureDue, RebootEffect, ReplyStamps, TimestampCheck
from tools.simulator.certificate import make_certificate
from tools.simulator.clock import VirtualClock
from tools.simulator.cue import Cue
from tools.simulator.direct import DirectLine
from tools.simulator.errors import (
    LineDropped,
    Malformed,
    NoCryptography,
    NotFinished,
    NothingToPress,
    Rebooted,
    ScriptRefused,
    SimulatorError,
    Stopped,
    TerminalBusy,
)
from tools.simulator.faults import EVEN, Fault, FaultPlan, FaultTiming
from tools.simulator.fleet import Fleet, load_script
from tools.simulator.guest import USUAL, Button, Guest, Visit
from tools.simulator.kinds import Kind, Mode, Outcome
from tools.simulator.ledger import Arrival, Entry, Total
from tools.simulator.messages import Request, Response, Underway
from tools.simulator.order import Order
from tools.simulator.profile import Profile
from tools.simulator.request_log import Row, most_in_flight
from tools.simulator.server import SimulatorServer
from tools.simulator.serving import build_server, run_until_interrupted
from tools.simulator.terminal import SimulatedTerminal

__all__ = [
    "EVEN",
    "USUAL",
    "Act",
    "AmountUnit",
    "Arrival",
    "Assumptions",
    "Button",
    "CaptureDue",
    "Cue",
    "DirectLine",
    "Entry",
    "Fault",
    "FaultPlan",
    "FaultTiming",
    "Fleet",
    "Foreign",
    "Guest",
    "Kind",
    "LineDropped",
    "Malformed",
    "Mode",
    "NoCryptography",
    "NotFinished",
    "NothingToPress",
    "Order",
    "Outcome",
    "Press",
    "Profile",
    "Reboot",
    "RebootEffect",
    "Rebooted",
    "ReplyStamps",
    "Request",
    "Response",
    "Row",
    "ScriptRefused",
    "SimulatedTerminal",
    "SimulatorError",
    "SimulatorServer",
    "Skew",
    "Stopped",
    "TerminalBusy",
    "TimestampCheck",
    "Total",
    "Underway",
    "VirtualClock",
    "Visit",
    "build_server",
    "load_script",
    "make_certificate",
    "most_in_flight",
    "run_until_interrupted",
]
