"""A simulated terminal on loopback, and a configuration that names it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.simulator import FaultPlan, Guest, SimulatedTerminal, SimulatorServer

KEYS = {"TILLPROOF_INTEGRATION_KEY": "integration-key-0001", "TILLPROOF_SECRET_KEY": "secret-key-0002"}

CONFIGURATION = """
journal = "journal/tillproof.db"
[terminals.{name}]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
patience_s = 1
"""


@dataclass(frozen=True)
class Desk:
    """A served terminal: its core, its port, and the way to switch it off."""

    terminal: SimulatedTerminal
    port: int
    stop: Callable[[], None]

    @property
    def approvals(self) -> int:
        """How often money moved, by its own ledger."""
        return sum(entry.approved for entry in self.terminal.ledger)


Serve = Callable[..., Desk]
Configure = Callable[..., Path]


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts simulated terminals, by script and by how long a guest takes; they are stopped at the end."""
    servers: list[SimulatorServer] = []

    def start(*script: str, takes_s: float = 0.02, name: str = "bar", port: int = 0) -> Desk:
        terminal = SimulatedTerminal(
            name=name,
            integration_key=KEYS["TILLPROOF_INTEGRATION_KEY"],
            secret_key=KEYS["TILLPROOF_SECRET_KEY"],
            now=time.time,
            guest=Guest(takes_s=takes_s, weights={"Approved": 1.0}),
        )
        server = SimulatorServer(terminal, FaultPlan(script=script), port=port)
        server.start()
        servers.append(server)
        return Desk(terminal=terminal, port=server.port, stop=server.stop)

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Writes a configuration for a server, and gives its path."""

    def write(desk: Desk, *more: str) -> Path:
        file = tmp_path / "tillproof.toml"
        text = CONFIGURATION.format(name=desk.terminal.name, port=desk.port)
        file.write_text(text + "\n".join(more), encoding="utf-8")
        return file

    return write
