"""One till, two roads to the terminal: real sockets and virtual time."""

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import requests
from requests.adapters import HTTPAdapter

from tests.simulator.till import KEY, SECRET, Counter, Till, signed
from tools.simulator import (
    Assumptions,
    DirectLine,
    Fault,
    FaultPlan,
    FaultTiming,
    Guest,
    LineDropped,
    Profile,
    Request,
    SimulatedTerminal,
    SimulatorServer,
)

PATIENCE_S = 10.0
"""How long a real server may take before a test fails."""

FOLDER = Path(__file__).parent
CERTIFICATE = (FOLDER / "test_only_certificate.pem", FOLDER / "test_only_key.pem")
"""Its name is no terminal's, and its key is published with these tests."""

BRISK = FaultTiming(late_s=0.1, slow_byte_s=0.000_01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a client sees of an exchange; all None when the connection ended without a reply."""

    status: int | None = None
    signed: bool | None = None
    outcome: str | None = None


DROPPED = Seen()
REFUSED = Seen(status=0)
"""Nothing left the till: no fault of a plan does this."""


class Road(Protocol):
    """A way to the terminal, with the till's side and the audit's."""

    till: Till

    def send(self, request: Request) -> Seen:
        """Send a request, and say what a client sees."""
        ...

    def settle(self, entries: int) -> list[tuple[str, str]]:
        """Wait until the ledger has so many entries; return how each arrived and ended."""
        ...


class VirtualRoad:
    """Through `DirectLine`."""

    def __init__(self, fault: Fault, *, question_fault: Fault = Fault.NONE, profile: str = "2.2") -> None:
        self.counter = Counter(guest=Guest(takes_s=0.05, weights={"Approved": 1.0}), profile=profile)
        self.till = self.counter.till
        plan = FaultPlan(script=[fault], question_script=[question_fault], timing=BRISK)
        self.line = DirectLine(self.counter.terminal, plan)

    def send(self, request: Request) -> Seen:
        """Send a request, and say what a client sees."""
        try:
            reply = self.line.call(request, at=self.counter.clock)
        except LineDropped as drop:
            return DROPPED if drop.left else REFUSED
        return seen(request, reply.status, dict(reply.headers), reply.body)

    def settle(self, entries: int) -> list[tuple[str, str]]:
        """Let a minute pass."""
        self.counter.clock.advance(60)
        found = [(str(entry.arrived), entry.outcome) for entry in self.counter.terminal.ledger]
        assert entries == len(found)
        return found


class _AnyName(HTTPAdapter):
    """Trusts a certificate whatever name it bears, as a till must (`protocol.md`, Generations)."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Switch off the check of the name, and nothing else."""
        super().init_poolmanager(*args, assert_hostname=False, **more)


class SocketRoad:
    """Through the server, with plain `requests`."""

    def __init__(
        self,
        fault: Fault = Fault.NONE,
        *,
        question_fault: Fault = Fault.NONE,
        profile: str = "2.2",
        takes_s: float = 0.05,
        assumptions: Assumptions | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.till = Till(now=time.time, profile=Profile(profile))
        self._scheme = "http" if certificate is None else "https"
        self._trust = True if certificate is None else str(certificate[0])
        self.terminal = SimulatedTerminal(
            name="simulated-1",
            integration_key=KEY,
            secret_key=SECRET,
            profile=profile,
            now=time.time,
            guest=Guest(takes_s=takes_s, weights={"Approved": 1.0}),
            assumptions=assumptions or Assumptions(),
        )
        plan = FaultPlan(script=[fault], question_script=[question_fault], timing=BRISK)
        self.server = SimulatorServer(self.terminal, plan, admin_port=0, certificate=certificate)
        self.server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def send(self, request: Request) -> Seen:
        """Send a request, and say what a client sees."""
        url = f"{self._scheme}://127.0.0.1:{self.server.port}{request.path}"
        try:
            with requests.Session() as session:
                session.mount("https://", _AnyName())
                reply = session.request(
                    request.method,
                    url,
                    data=request.body,
                    headers=dict(request.headers),
                    timeout=PATIENCE_S,
                    verify=self._trust,
                )
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return DROPPED
        return seen(request, reply.status_code, dict(reply.headers), reply.content)

    def settle(self, entries: int) -> list[tuple[str, str]]:
        """Look at the ledger through the admin port until it is long enough."""
        found = self.until("/ledger", lambda ledger: len(ledger) >= entries)
        assert entries == len(found)
        return [(entry["arrived"], entry["outcome"]) for entry in found]

    def admin(self, path: str, document: object = None) -> Any:
        """Ask the admin port, or tell it something."""
        url = f"http://127.0.0.1:{self.server.admin_port}{path}"
        if document is None:
            return requests.get(url, timeout=PATIENCE_S).json()
        return requests.post(url, json=document, timeout=PATIENCE_S)

    def until(self, path: str, enough: Any) -> Any:
        """Ask the admin port again and again until the answer is enough."""
        pause = threading.Event()
        deadline = time.monotonic() + PATIENCE_S
        while not enough(found := self.admin(path)):
            assert time.monotonic() < deadline, found
            pause.wait(0.005)
        return found


def seen(request: Request, status: int, headers: dict[str, str], body: bytes) -> Seen:
    """Say what a client makes of a reply."""
    try:
        outcome = json.loads(body).get("transactionOutcome")
    except ValueError:
        outcome = None
    authentic = signed(request.method, request.path, status, headers, body)
    return Seen(status=status, signed=authentic, outcome=outcome)
