"""Fixtures for the tests of a POS program: a card terminal on this machine, and a till that talks to it.

    def test_a_lost_reply_charges_nobody_twice(terminal, till):
        terminal.next("lost_after_processing")
        outcome = till.pay("125.00", "NOK", terminal="bar", reference="bill-1")
        assert outcome.word == "approved"
        assert terminal.charged == 1

Installed with ``tillproof[testing]``; pytest finds it by itself. Nothing of Tillproof is loaded until a test asks for
one of the fixtures, so that it costs other tests nothing.

It stands beside the door and not in the room of tools, because pytest loads it in every project of its environment, and
many a project has ``tools`` of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import tillproof
    from tools.simulator import Entry

__all__ = ["Terminal"]

_INTEGRATION_KEY = "example-key"
_SECRET_KEY = "example-secret"  # noqa: S105 - the simulator's, which guards nothing

_CONFIGURATION = """
journal = "tillproof.db"
[terminals.bar]
url = "{url}"
api = "2.2"
integration_key_file = "integration.key"
secret_key_file = "secret.key"
patience_s = 2
"""


class Terminal:
    """A simulated terminal on loopback. Its guests pay at once, unless ``next`` says otherwise."""

    def __init__(self) -> None:
        from tools.simulator import FaultPlan, Guest, SimulatedTerminal, SimulatorServer  # noqa: PLC0415 - see above

        self._terminal = SimulatedTerminal(
            name="bar",
            integration_key=_INTEGRATION_KEY,
            secret_key=_SECRET_KEY,
            now=time.time,
            guest=Guest(takes_s=0.02, weights={"Approved": 1.0}),
        )
        self._server = SimulatorServer(self._terminal, FaultPlan())
        self._server.start()

    @property
    def url(self) -> str:
        """What a configuration calls it."""
        return f"http://127.0.0.1:{self._server.port}/api/v2"

    def next(self, *faults: str, guest: str | None = None, takes_s: float | None = None) -> None:
        """Say what the next operations suffer, one fault each ("none" for none); and what their guests do.

        The faults are those of ``tillproof simulate --script``, such as lost_before_processing, lost_after_processing,
        dropped_while_paying, busy, reboot_mid_operation. ``guest`` is Approved, Declined or Cancelled, after
        ``takes_s`` seconds.

        Raises:
            ValueError: there is no such fault.
        """
        from tools.simulator import Cue, FaultPlan  # noqa: PLC0415 - see above

        numbers = range(1, max(1, len(faults)) + 1)
        cues = [Cue(n=number, takes_s=takes_s, outcome=guest) for number in numbers]
        self._server.replace_plan(FaultPlan(script=faults, cues=cues))

    @property
    def ledger(self) -> list[Entry]:
        """What really happened: every operation that was started and has ended, whatever the till heard of it."""
        return list(self._terminal.ledger)

    @property
    def charged(self) -> int:
        """How many payments moved money."""
        return sum(entry.approved and entry.kind == "payment" for entry in self.ledger)

    def stop(self) -> None:
        """Switch it off."""
        self._server.stop()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A card terminal on this machine, which the test can script."""
    started = Terminal()
    yield started
    started.stop()


@pytest.fixture
def till_config(terminal: Terminal, tmp_path: Path) -> Path:
    """The path of a configuration of ``terminal``, as bar, with a new journal: for a POS that opens its own till."""
    (tmp_path / "integration.key").write_text(_INTEGRATION_KEY, "utf-8")
    (tmp_path / "secret.key").write_text(_SECRET_KEY, "utf-8")
    for name in ("integration.key", "secret.key"):
        (tmp_path / name).chmod(0o600)
    file = tmp_path / "tillproof.toml"
    file.write_text(_CONFIGURATION.format(url=terminal.url), "utf-8")
    return file


@pytest.fixture
def till(till_config: Path) -> Iterator[tillproof.Till]:
    """A till that talks to ``terminal``, which it calls bar, with a new journal."""
    import tillproof  # noqa: PLC0415 - see above

    with tillproof.open(till_config) as opened:
        yield opened
