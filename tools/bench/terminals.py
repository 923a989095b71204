"""Simulated terminals in a process of their own: ``python -m tools.bench.terminals NUMBER GUEST_S LOST_RATE``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tools.bench import shop
from tools.bench.booth import environment
from tools.demo.child import say, wait_for_end_of_parent
from tools.simulator import Fault, build_server

_FAREWELL_S = 30.0


@contextmanager
def terminals(number: int, *, guest_s: float, lost_rate: float = 0.0) -> Iterator[list[int]]:
    """Start terminals on free ports, and give the ports.

    Their guests all pay, after ``guest_s`` seconds; ``lost_rate`` is the share of orders that are processed and whose
    reply is lost.
    """
    arguments = [str(number), str(guest_s), str(lost_rate)]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "tools.bench.terminals", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )
    try:
        yield json.loads(process.stdout.readline() if process.stdout else "")["ports"]
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait(_FAREWELL_S)


def main(arguments: Sequence[str]) -> None:
    """Serve until the parent is gone."""
    number, guest_s, lost_rate = arguments
    servers = [
        build_server(
            name=shop.name_of(place),
            integration_key=shop.INTEGRATION_KEY,
            secret_key=shop.SECRET_KEY,
            profile=shop.RELEASE,
            takes_s=float(guest_s),
            outcomes={"Approved": 1.0},
            fault_rate=float(lost_rate),
            fault_weights={Fault.LOST_AFTER_PROCESSING: 1.0},
            seed=place,
        )
        for place in range(int(number))
    ]
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        say(ports=[server.port for server in servers])
        wait_for_end_of_parent()


if __name__ == "__main__":
    main(sys.argv[1:])
