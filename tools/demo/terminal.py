"""One simulated terminal in a process of its own: ``python -m tools.demo.terminal NAME SEED FAULT_RATE``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tools.demo import house
from tools.demo.child import say, wait_for_end_of_parent
from tools.simulator import build_server


def main(arguments: Sequence[str]) -> None:
    """Serve on free ports, say which, and stop when the parent is gone."""
    name, seed, fault_rate = arguments
    server = build_server(
        name=name,
        integration_key=os.environ["DEMO_INTEGRATION_KEY"],
        secret_key=os.environ["DEMO_SECRET_KEY"],
        profile=house.RELEASE,
        admin_port=0,
        takes_s=house.GUEST_S,
        outcomes=house.OUTCOMES,
        fault_rate=float(fault_rate),
        question_fault_rate=float(fault_rate),
        fault_weights=house.FAULTS,
        timing=house.timing(int(seed)),
        seed=int(seed),
    )
    with server:
        say(ready=name, port=server.port, admin_port=server.admin_port)
        wait_for_end_of_parent()


if __name__ == "__main__":
    main(sys.argv[1:])
