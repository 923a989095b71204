"""The counter's other side: a simulated terminal in a process of its own, which outlives the tills that are killed.

It is told, over a pipe, to go back to how it was before a till came, and what its ledger says afterwards.
"""

from __future__ import annotations

import copy
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from tools.simulator import Entry, FaultPlan, Guest, Row, SimulatedTerminal, SimulatorServer

INTEGRATION_KEY = "kill-integration-key"
SECRET_KEY = "kill-secret-key"

_LONGEST_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What really happened at the terminal: its ledger, and every request that arrived."""

    ledger: tuple[Entry, ...]
    rows: tuple[Row, ...]


class Counter:
    """The till's side of it: starts the process, and speaks to it."""

    def __init__(self) -> None:
        spawn = get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.port: int = self._pipe.recv()

    def begin(self, outcomes: Sequence[str], takes_s: float) -> None:
        """Put a new terminal there; its guests decide by this list, then they all pay."""
        self._ask("begin", tuple(outcomes), takes_s)

    def keep(self, name: str) -> None:
        """Keep how the terminal is now under a name."""
        self._ask("keep", name)

    def restore(self, name: str) -> None:
        """Put the terminal back to how it was kept."""
        self._ask("restore", name)

    def truth(self) -> Truth:
        """What happened, when everything that was sent has arrived."""
        found = self._ask("truth")
        if not isinstance(found, Truth):
            raise TypeError(f"the terminal's process answered {found!r}")
        return found

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(_LONGEST_S)

    def _ask(self, *question: object) -> object:
        self._pipe.send(question)
        return self._pipe.recv()


class _Stand:
    """The process's side."""

    def __init__(self) -> None:
        self._server = SimulatorServer(_terminal(), FaultPlan())
        self._server.start()
        self._station = self._server._station
        self._kept: dict[str, SimulatedTerminal] = {}
        self.port = self._server.port

    def begin(self, outcomes: tuple[str, ...], takes_s: float) -> None:
        self._put(_terminal(outcomes, takes_s))

    def keep(self, name: str) -> None:
        self._let_arrive()
        with self._station.changed:
            self._kept[name] = copy.deepcopy(self._station.terminal)

    def restore(self, name: str) -> None:
        self._put(copy.deepcopy(self._kept[name]))

    def truth(self) -> Truth:
        self._let_arrive()
        with self._station.changed:
            terminal = self._station.terminal
            return Truth(ledger=tuple(terminal.ledger), rows=tuple(terminal.log.rows))

    def stop(self) -> None:
        self._server.stop()

    def _put(self, terminal: SimulatedTerminal) -> None:
        with self._station.changed:
            self._station.terminal = terminal
            self._station.moved()

    def _let_arrive(self) -> None:
        """Wait until everything that dead tills have sent is taken up.

        Connections are accepted in the order in which they came. When ours is served, all earlier ones have their
        threads, and a thread ends when it has read what a dead till left in its connection.
        """
        with socket.create_connection(("127.0.0.1", self.port), _LONGEST_S) as probe:
            probe.shutdown(socket.SHUT_WR)
            probe.recv(1)
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join(_LONGEST_S)
                if thread.is_alive():
                    raise RuntimeError("a connection is still open: a till that should be dead is alive")


def _terminal(outcomes: tuple[str, ...] = (), takes_s: float = 0.0) -> SimulatedTerminal:
    return SimulatedTerminal(
        name="bar",
        integration_key=INTEGRATION_KEY,
        secret_key=SECRET_KEY,
        now=time.time,
        guest=Guest(takes_s=takes_s, outcomes=outcomes, weights={"Approved": 1.0}),
    )


def _serve(pipe: Connection[Any, Any]) -> None:
    stand = _Stand()
    pipe.send(stand.port)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            method, *given = pipe.recv()
            pipe.send(getattr(stand, method)(*given))
    stand.stop()
