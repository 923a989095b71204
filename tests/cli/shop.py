"""A shop for tests: a configuration, a simulated terminal on loopback, and the command line in front of them."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from click.testing import CliRunner

from tools.cli import main
from tools.simulator import SimulatorServer

INTEGRATION_KEY = "example-integration-key-4711"
SECRET_KEY = "example-secret-key-0815"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("-c", "from tools.cli import main; main()")

BILL = ("--terminal", "bar", "--amount", "125.00", "--currency", "NOK", "--reference", "bill-1042")

TERMINAL = """
[terminals.{name}]
url = "http://127.0.0.1:{port}/api/v2"
api = "{api}"
integration_key_env = "SHOP_INTEGRATION_KEY"
secret_key_env = "SHOP_SECRET_KEY"
patience_s = {patience_s}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """What it told a person: the words on stderr, wherever their lines break in a folder with a longer name."""
        return " ".join(self.err.split())

    @property
    def json(self) -> Any:
        """The one document on stdout; anything beside it is an error here."""
        return json.loads(self.out)


def checked(code: int, out: str, err: str) -> Printed:
    """What holds for every command whatsoever: no secret and no traceback is printed."""
    everything = out + err
    assert INTEGRATION_KEY not in everything
    assert SECRET_KEY not in everything
    assert "Traceback" not in everything
    return Printed(code=code, out=out, err=err)


@dataclass(kw_only=True)
class Shop:
    """One till, its configuration and its terminal ``bar``."""

    folder: Path
    server: SimulatorServer
    profile: str = "2.2"
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment |= {
            "TILLPROOF_CONFIG": str(self.config),
            "SHOP_INTEGRATION_KEY": INTEGRATION_KEY,
            "SHOP_SECRET_KEY": SECRET_KEY,
        }
        self.configure(self.terminal())

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "tillproof.toml"

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / "till.journal"

    def terminal(self, name: str = "bar", *, port: int | None = None, patience_s: int = 5) -> str:
        """A terminal for the configuration; on the simulator's port unless told otherwise."""
        return TERMINAL.format(name=name, port=port or self.server.port, api=self.profile, patience_s=patience_s)

    def configure(self, *terminals: str, head: str = 'journal = "till.journal"\n') -> None:
        """Write the configuration."""
        self.config.write_text(head + "".join(terminals), encoding="utf-8")

    def run(self, *arguments: str) -> Printed:
        """Run a command in this process."""
        result = CliRunner().invoke(main, arguments, env=self.environment)
        return checked(result.exit_code, result.stdout, result.stderr)

    def pay(self, *more: str) -> Printed:
        """Pay the bill of 125.00 crowns, and print JSON."""
        return self.run("--json", "pay", *BILL, *more)

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, stdout: int | IO[bytes] = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, *PROGRAM, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment, **(environment or {})},
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    def run_apart(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Printed:
        """Run a command in a process of its own."""
        with self.start(*arguments, environment=environment) as process:
            out, err = process.communicate(timeout=60)
        encoding = (environment or {}).get("PYTHONIOENCODING", "utf-8")
        return checked(process.returncode, out.decode(encoding), err.decode(encoding))

    def ledger(self) -> list[Mapping[str, Any]]:
        """What really happened at the terminal."""
        told: list[Mapping[str, Any]] = self._admin("GET", "/ledger")
        return told

    def faults(self, *script: str, questions: Sequence[str] = ()) -> None:
        """What the next orders, and the next questions, suffer."""
        self._admin("POST", "/faults", {"script": script, "question_script": questions})

    def guest(self, *outcomes: str, takes_s: float = 0.0) -> None:
        """What the next guests do."""
        self._admin("POST", "/guest", {"outcomes": outcomes, "takes_s": takes_s})

    def another_till_pays(self) -> None:
        """Somebody else's payment takes the place in the terminal's memory."""
        self._admin("POST", "/foreign", {})

    def reboot(self) -> None:
        """The terminal restarts."""
        self._admin("POST", "/reboot", {})

    def state(self) -> Mapping[str, Any]:
        """What the terminal knows and does now."""
        told: Mapping[str, Any] = self._admin("GET", "/state")
        return told

    def running(self) -> bool:
        """Whether the terminal is busy with an operation."""
        return self.state()["running"] is not None

    def wait_until_running(self) -> None:
        """Until an order has arrived; each question is its own pause, and the test has a timeout."""
        while not self.running():
            pass

    def wait_until_idle(self) -> None:
        """Until the guest has gone."""
        while self.running():
            pass

    def in_doubt(self, *, guest_takes_s: float = 1.0) -> Printed:
        """A payment whose connection drops while the guest is still at the terminal, and nobody waits."""
        self.faults("dropped_while_paying")
        self.guest("Approved", takes_s=guest_takes_s)
        return self.pay("--patience", "0")

    def late_success(self) -> None:
        """A person rules that the payment did not happen, while the terminal is silent; the guest pays after all."""
        self.in_doubt(guest_takes_s=3.0)
        self.rule("bill-1042", "--outcome", "not_performed", "--by", "Kari", "--reason", "guest left")
        self.wait_until_idle()

    def rule(self, *arguments: str) -> None:
        """Have a person rule while the terminal does not answer; else it would be heard first."""
        self.faults(questions=["lost_before_processing"] * 20)
        self.run("resolve", *arguments)
        self.faults()

    def escalated(self) -> Printed:
        """A payment in doubt, of which another till's payment has erased the proof."""
        self.in_doubt()
        self.wait_until_idle()
        self.another_till_pays()
        return self.run("recover", "--json")

    def _admin(self, method: str, path: str, document: object = None) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.admin_port, timeout=10)) as connection:
            connection.request(method, path, body=json.dumps(document) if document is not None else None)
            response = connection.getresponse()
            told = json.loads(response.read())
            assert response.status == http.HTTPStatus.OK, told
            return told
