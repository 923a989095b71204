"""A desk: a simulated terminal, another one that has nothing to do with it, the proxy, and a till."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Self

import tillproof
from tests.prove.network.proxy import Proxy
from tools.simulator import Entry, Guest, Kind, Order, SimulatedTerminal, SimulatorServer

CERTIFICATE = Path(__file__).parents[2] / "simulator" / "test_only_certificate.pem"
_CERTIFICATE_KEY = CERTIFICATE.with_name("test_only_key.pem")

PATIENCE_S = 10.0
"""How long anything may take before the trial itself is broken."""

KEYS = {"PROVE_INTEGRATION_KEY": "integration-key-0001", "PROVE_SECRET_KEY": "secret-key-0002"}
_MOST_RECOVERIES = 5

_REBOOT_S = 0.001
"""The simulator restarts in no time, faster than any terminal; a till has to be told."""

CONFIGURATION = """
journal = "tillproof.db"
[terminals.bar]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_env = "PROVE_INTEGRATION_KEY"
secret_key_env = "PROVE_SECRET_KEY"
patience_s = 0.5
reboot_s = {reboot_s}
question_timeout_s = 1.0
payment_timeout_s = 2.0
"""

FIRST_GENERATION = """
journal = "tillproof.db"
[terminals.bar]
url = "https://127.0.0.1:{port}/api/v1"
api = "1"
integration_key_env = "PROVE_INTEGRATION_KEY"
certificate = "{certificate}"
amount_unit = "minor"
patience_s = 0.5
question_timeout_s = 1.0
payment_timeout_s = 2.0
"""


class Desk:
    """Open while it is used; ``slow`` guests leave time for an abort.

    With a ``certificate``, which is what the till trusts, the terminal is of the first generation.
    """

    def __init__(self, folder: Path, *, slow: bool = False, certificate: Path | None = None) -> None:
        first = certificate is not None
        self._terminal = _terminal(KEYS["PROVE_SECRET_KEY"], takes_s=0.4 if slow else 0.03, first=first)
        self._servers = (
            SimulatorServer(self._terminal, certificate=(CERTIFICATE, _CERTIFICATE_KEY) if first else None),
            SimulatorServer(_terminal("another-secret", takes_s=0.03)),
        )
        self.proxy = Proxy(terminal_port=self._servers[0].port, other_port=self._servers[1].port, beside=self._beside)
        os.environ.update(KEYS)
        self.proxy.open()
        folder.mkdir(parents=True)
        config = folder / "tillproof.toml"
        # TLS goes straight to the terminal: nobody in between can spoil it but as a whole.
        text = (
            FIRST_GENERATION.format(port=self._servers[0].port, certificate=certificate)
            if first
            else CONFIGURATION.format(port=self.proxy.port, reboot_s=_REBOOT_S)
        )
        config.write_text(text, encoding="utf-8")
        self.till = tillproof.open(config)

    def recover(self) -> None:
        """Over a sound line, until only what waits for a person is left."""
        for _ in range(_MOST_RECOVERIES):
            self.till.recover()
            if all(outcome.needs_person for outcome in self.till.unsettled() if isinstance(outcome, tillproof.InDoubt)):
                return

    @property
    def ledger(self) -> list[Entry]:
        """What really happened."""
        with self._servers[0]._station.changed:
            return self._terminal.ledger

    def _beside(self, what: str) -> None:
        station = self._servers[0]._station
        with station.changed:
            if what == "reboot":
                self._terminal.reboot()
            else:
                # The neighbour stands in line behind the guest of ours.
                station.changed.wait_for(lambda: not self._busy(), PATIENCE_S)
                self._terminal.foreign(Order(kind=Kind.PAYMENT, amount_minor=1250, currency="NOK"))

    def _busy(self) -> bool:
        self._terminal.advance()
        return self._terminal.operations.running is not None

    def __enter__(self) -> Self:
        for server in self._servers:
            server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.till.close()
        self.proxy.stop()
        for server in self._servers:
            server.stop()


def _terminal(secret_key: str, *, takes_s: float, first: bool = False) -> SimulatedTerminal:
    return SimulatedTerminal(
        name="bar",
        integration_key=KEYS["PROVE_INTEGRATION_KEY"],
        secret_key="" if first else secret_key,
        profile="1.x" if first else "2.2",
        now=time.time,
        guest=Guest(takes_s=takes_s, weights={"Approved": 1.0}),
    )
