"""The conditions under which the rush is played: of the guests, of the line, and the till's configuration.

They are chosen to make a lunch fit into a minute. Guests are quick; everything that a till waits for is in proportion
to them, and no verdict may lean on a time that a real guest would outlive. So the grace, the longest life of an
operation, is sixty times that of the slowest guest, and longer than almost any single doubt here lasts: what is
proved absent is proved by the fence, or the report says otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from tools.simulator import Fault, FaultTiming

INTEGRATION_KEY = "demo-integration-key"
SECRET_KEY = "demo-secret-key"  # noqa: S105 - opens nothing but a simulator of ours
KEYS: Mapping[str, str] = {"DEMO_INTEGRATION_KEY": INTEGRATION_KEY, "DEMO_SECRET_KEY": SECRET_KEY}
"""Made up; they travel in the environment of the child processes and are never written down."""

RELEASE = "2.2"
PATIENCE_S = 5
GRACE_S = 30
GUEST_S = (0.1, 0.5)
OUTCOMES: Mapping[str, float] = {"Approved": 0.85, "Declined": 0.10, "Cancelled": 0.05}

LATEST_ARRIVAL_S = 2.0
"""How late the latest late request arrives: long after the till has asked what became of it."""
_SOONEST_ARRIVAL_S = 0.05
_SLOW_BYTE_S = 0.000_1
"""A reply of a few KiB then takes about a second."""

FAULTS: Mapping[Fault, float] = {fault: 1.0 for fault in Fault if fault not in {Fault.NONE, Fault.REBOOT_MID_OPERATION}}
"""All that the simulator knows, equally often, but for the restart of a terminal: that erases its memory, the proof is
gone, and a person has to rule. A rush of a minute has none who could."""

_TERMINAL = """
[terminals.{name}]
url = "http://127.0.0.1:{port}/api/v2"
api = "{release}"
integration_key_env = "DEMO_INTEGRATION_KEY"
secret_key_env = "DEMO_SECRET_KEY"
patience_s = {patience_s}
grace_s = {grace_s}
payment_timeout_s = 20
question_timeout_s = 5
"""


def write_configuration(folder: Path, ports: Mapping[str, int]) -> Path:
    """Write what a user would; ``ports`` has the port of each terminal."""
    path = folder / "tillproof.toml"
    tables = [
        _TERMINAL.format(name=name, port=port, release=RELEASE, patience_s=PATIENCE_S, grace_s=GRACE_S)
        for name, port in ports.items()
    ]
    path.write_text('journal = "lunch.journal"\n' + "".join(tables), encoding="utf-8")
    path.chmod(0o600)
    return path


def timing(seed: int) -> FaultTiming:
    """How late is late, at the terminal with this seed."""
    late_s = random.Random(f"late {seed}").uniform(_SOONEST_ARRIVAL_S, LATEST_ARRIVAL_S)  # noqa: S311 - repeatable
    return FaultTiming(late_s=late_s, slow_byte_s=_SLOW_BYTE_S)
