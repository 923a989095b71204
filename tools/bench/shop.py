"""The shop in which it is measured: terminals by name, their keys, and the configuration of a till that uses them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

INTEGRATION_KEY = "bench-integration-key"
SECRET_KEY = "bench-secret-key"  # noqa: S105 - opens nothing but a simulator of ours
BASE_PATH = "/api/v2"
RELEASE = "2.2"

_KEYS = {"BENCH_INTEGRATION_KEY": INTEGRATION_KEY, "BENCH_SECRET_KEY": SECRET_KEY}

_TERMINAL = """
[terminals.{name}]
url = "http://127.0.0.1:{port}{base_path}"
api = "{release}"
integration_key_env = "BENCH_INTEGRATION_KEY"
secret_key_env = "BENCH_SECRET_KEY"
"""

NO_PORT = 9
"""For terminals that are reached without a network."""


def name_of(caller: int) -> str:
    """The terminal of a caller."""
    return f"t{caller:02d}"


def write_configuration(folder: Path, ports: Sequence[int]) -> Path:
    """Write what a user would, for a terminal at each port; the keys are put into this process's environment."""
    os.environ.update(_KEYS)
    path = folder / "tillproof.toml"
    tables = [
        _TERMINAL.format(name=name_of(number), port=port, base_path=BASE_PATH, release=RELEASE)
        for number, port in enumerate(ports)
    ]
    path.write_text('journal = "shop.journal"\n' + "".join(tables), encoding="utf-8")
    path.chmod(0o600)
    return path
