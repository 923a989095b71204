"""One terminal from plain options, and a server that runs until it is interrupted: what a command needs."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tools.simulator.assumptions import Assumptions
from tools.simulator.faults import EVEN, Fault, FaultPlan, FaultTiming
from tools.simulator.guest import USUAL, Guest
from tools.simulator.profile import Profile
from tools.simulator.request_log import Row
from tools.simulator.server import SimulatorServer
from tools.simulator.terminal import SimulatedTerminal

# Windows does not interrupt a wait without an end.
_LOOK_UP_S = 0.5


def build_server(
    *,
    name: str,
    integration_key: str,
    secret_key: str = "",
    profile: Profile | str = Profile.V2_2,
    host: str = "127.0.0.1",
    port: int = 0,
    admin_port: int | None = None,
    takes_s: float | tuple[float, float] = (2.0, 8.0),
    outcomes: Mapping[str, float] = USUAL,
    tip_rate: float = 0.0,
    fault_rate: float = 0.0,
    question_fault_rate: float = 0.0,
    fault_weights: Mapping[Fault, float] = EVEN,
    timing: FaultTiming | None = None,
    seed: int = 0,
    first_receipt: int = 1,
    assumptions: Assumptions | None = None,
    on_event: Callable[[Row], None] | None = None,
    certificate: tuple[Path, Path] | None = None,
) -> SimulatorServer:
    """Build a server for one terminal in real time; ports are bound, nothing is served yet. Times in seconds."""
    terminal = SimulatedTerminal(
        name=name,
        integration_key=integration_key,
        secret_key=secret_key,
        profile=profile,
        now=time.time,
        guest=Guest(takes_s=takes_s, weights=outcomes, tip_rate=tip_rate, seed=seed),
        first_receipt=first_receipt,
        assumptions=assumptions or Assumptions(),
    )
    plan = FaultPlan(
        rate=fault_rate,
        question_rate=question_fault_rate,
        weights=fault_weights,
        seed=seed,
        timing=timing or FaultTiming(),
    )
    return SimulatorServer(
        terminal, plan, host=host, port=port, admin_port=admin_port, on_event=on_event, certificate=certificate
    )


def run_until_interrupted(server: AbstractContextManager[object], *, until: threading.Event | None = None) -> None:
    """Let a server or a fleet serve until Ctrl-C, or until the event is set; everything is closed on return."""
    until = until or threading.Event()
    with server:
        try:
            while not until.wait(_LOOK_UP_S):
                pass
        except KeyboardInterrupt:
            return
