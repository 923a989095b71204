"""A till as small as can be: it signs, it posts, and it reads what comes back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.simulator import (
    Assumptions,
    Guest,
    Profile,
    Request,
    Response,
    SimulatedTerminal,
    Underway,
    VirtualClock,
    signing,
)

KEY = "example-key"
SECRET = "example-secret"


AMOUNTS = {"base": 12_345, "currencySymbol": "NOK"}


@dataclass(kw_only=True)
class Till:
    """Signs requests with stamps that rise, as `protocol.md` (Timestamps) asks for."""

    now: Callable[[], float]
    profile: Profile = Profile.V2_2
    key: str | None = KEY
    secret: str = SECRET
    _last_ms: int = field(default=0, init=False)

    def stamp(self) -> str:
        """Issue the next stamp."""
        self._last_ms = max(int(self.now() * 1000), self._last_ms + 1)
        return signing.stamp_of(self._last_ms / 1000)

    def request(self, method: str, endpoint: str, body: bytes = b"", *, stamp: str | None = None) -> Request:
        """Sign a request to an endpoint below the base; before 2.x the key alone has to do."""
        path = f"{self.profile.base}{endpoint}"
        headers = {} if self.key is None else {"Integration-Key": self.key}
        if self.profile.keyed_hash:
            stamp = stamp or self.stamp()
            digest = signing.request_hash(secret=self.secret, stamp=stamp, method=method, path=path, body=body)
            headers["Authorization"] = signing.header_value(stamp=stamp, digest=digest)
        return Request(method=method, path=path, headers=headers, body=body)

    def payment(self, operation_id: str = "one", **fields: object) -> Request:
        """Sign a payment of 123.45 crowns; fields replace the usual ones."""
        return self.order("/Payments", amounts=AMOUNTS, customData={"id": operation_id}, **fields)

    def order(self, endpoint: str, **fields: object) -> Request:
        """Sign an operation with these fields."""
        return self.request("POST", endpoint, json.dumps(fields).encode())

    def start(self, operation_id: str = "one", **fields: object) -> Request:
        """Sign the start of an asynchronous payment; fields replace the usual ones."""
        return self.order(f"/PaymentsAsync/{operation_id}", **{"amounts": AMOUNTS, **fields})

    def status(self, operation_id: str = "one") -> Request:
        """Sign the question how far an asynchronous payment is."""
        return self.get(f"/PaymentsAsync/{operation_id}/status")

    def get(self, endpoint: str) -> Request:
        """Sign a question."""
        return self.request("GET", endpoint)


class Counter:
    """A terminal in virtual time with a till in front of it."""

    def __init__(
        self,
        *,
        guest: Guest | None = None,
        profile: Profile | str = Profile.V2_2,
        first_receipt: int = 1,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.till = Till(now=self.clock.now, profile=Profile(profile))
        self.terminal = SimulatedTerminal(
            name="simulated-1",
            integration_key=KEY,
            secret_key=SECRET,
            profile=profile,
            now=self.clock.now,
            guest=guest or Guest(takes_s=10.0, weights={"Approved": 1.0}),
            first_receipt=first_receipt,
            assumptions=assumptions or Assumptions(),
        )

    def begin(self, request: Request) -> Underway:
        """Start an operation, which must be accepted."""
        heard = self.terminal.receive(request)
        assert isinstance(heard, Underway), heard
        return heard

    def hear(self, request: Request) -> Response:
        """Send a request that must be answered at once."""
        heard = self.terminal.receive(request)
        assert isinstance(heard, Response), heard
        return heard

    def finish(self, request: Request) -> Response:
        """Do a whole operation, and return its reply."""
        underway = self.begin(request)
        self.clock.advance_to(underway.finish_at)
        return self.terminal.collect(underway)

    def pay(self, operation_id: str = "one", **fields: object) -> Response:
        """Do a whole payment."""
        return self.finish(self.till.payment(operation_id, **fields))

    def latest(self, collection: str = "Payments") -> Response:
        """Ask for the last operation of a type."""
        return self.hear(self.till.get(f"/{collection}/latest"))

    def outcomes(self) -> list[str]:
        """Return the ledger's outcomes, oldest first."""
        return [entry.outcome for entry in self.terminal.ledger]


def document(reply: Response) -> dict[str, Any]:
    """Read a reply's JSON object."""
    read = json.loads(reply.body)
    assert isinstance(read, dict)
    return read


def signed(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a reply to this request carries the terminal's true hash."""
    given = {name.lower(): value for name, value in headers.items()}.get("server-authorization", "")
    parts = signing.split_header(given)
    if parts is None:
        return False
    stamp, digest = parts
    return digest == signing.reply_hash(secret=SECRET, stamp=stamp, method=method, path=path, status=status, body=body)


def message(reply: Response) -> str:
    """Read the words of a refusal."""
    return str(document(reply)["message"])


def authentic(request: Request, reply: Response) -> bool:
    """Whether a reply to this request is the terminal's."""
    return signed(request.method, request.path, reply.status, reply.headers, reply.body)
