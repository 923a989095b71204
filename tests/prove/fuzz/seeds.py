"""The seeds: what a fuzzer begins with. Real replies of the simulated terminal, and what people write."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine import Kind, Money, Order
from tools.rehearsal import Stage
from tools.simulator import DirectLine, Guest, Request, Response, VirtualClock

OURS = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
ORDER = Order(operation_id=OURS, kind=Kind.PAYMENT, terminal="bar", reference="bill-1", amount=Money(12500, "NOK"))

CONFIGURATIONS = (
    """journal = "tillproof.db"
[terminals.bar]
url = "http://127.0.0.1:8085/api/v2"
api = "2.2"
integration_key_env = "INTEGRATION_KEY"
secret_key_env = "SECRET_KEY"
patience_s = 12.5
mode = "auto"
on_lost_reply = "abort"
shared = true
""",
    """journal = "shop/tillproof.db"
[terminals.kitchen]
url = "https://[fd00::1]:443/api/v1"
api = "1"
integration_key_file = "till.toml"
certificate = "terminal.pem"
amount_unit = "major"
read_card_path = "/ReadCard"
fence = false
[terminals.bar]
url = "http://bar.local:8085/api/v2"
api = "2.0"
integration_key_file = "till.toml"
secret_key_file = "missing"
""",
)
DEPTHS = (8, 200, 480, 700, 960, 1500)
"""How deep lists and objects are nested: around the depths at which readers of any of our Pythons give up."""


def replies() -> Iterator[bytes]:
    """The bodies of every kind of reply, each behind every way of reading it; and what is nested deeply."""
    bodies = {*_bodies("Approved"), *_bodies("Declined"), *_bodies("Cancelled")}
    bodies |= {b'{"a":' * depth + b"1" + b"}" * depth for depth in DEPTHS}
    for number, body in enumerate(sorted(bodies)):
        for reader in range(4):
            yield bytes((reader << 4 | (number & 1) << 7, 0)) + body.replace(b"\0", b"")


def configurations() -> Iterator[bytes]:
    """Both generations, and lists and tables that are nested deeply."""
    yield from (text.encode() for text in CONFIGURATIONS)
    for depth in DEPTHS:
        yield b"journal = " + b"[" * depth + b"]" * depth
        yield b"journal = " + b"{a=" * depth + b"1" + b"}" * depth


def texts() -> Iterator[bytes]:
    """Card numbers in the ways in which receipts print them, amounts and names of bills."""
    for text in (
        "4111 1111 1111 1111",
        "VISA ************1111 4111-1111-1111-1111 12/27",
        "\x1b@\x1bE1" + "4111111111111111\n",
        "QVBQUk9WRUQKNDExMTExMTExMTExMTExMQo=",
        "1 " * 100,
        "125.00NOK",
        "0.001KWD",
        "1E+999999999",
        "bill-1042/1",
        "Ærø \u00e9 e\u0301 \u200b",
    ):
        yield text.encode()


def signatures() -> Iterator[bytes]:
    """Headers of a signed reply, good ones and nearly good ones."""
    digest = "nEHOKf4TRdJRR0bukQRO6QCCRUurqlYg8jPGF5UebNs="
    for stamp in ("2025-01-02T03:04:05.678Z", "9999-12-31T23:59:59+99:59", "0001-01-01T00:00:00-23:59", "2025-13-01"):
        yield f"Samport-Keyed-Hash-v1 {stamp} {digest}".encode()


def _bodies(outcome: str) -> set[bytes]:
    """What a terminal whose guest ends so replies to everything that a till may ask."""
    stage = Stage(guest=Guest(takes_s=4.0, weights={outcome: 1.0}))
    heard = _Heard(stage.lines["bar"])
    stage.lines["bar"] = heard
    till = stage.start()
    paid = till.pay("bill-1")
    till.do(Kind.REFUND, "refund-1", amount=Money(12500, "NOK"))
    if paid.receipt_number:
        till.do(Kind.REVERSAL, "reversal-1", target_receipt=paid.receipt_number)
    terminal = till.terminals["bar"]
    for kind in Kind:
        terminal.latest(kind)
    terminal.device()
    terminal.read_card()
    till.do(Kind.CAPTURE, "capture-1")
    return {_with_our_id(body) for body in heard.bodies}


def _with_our_id(body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return body
    if "customData" in document:
        document["customData"]["tillproofOperationId"] = OURS
    return json.dumps(document).encode()


class _Heard(DirectLine):
    """A line that keeps what came back over it."""

    def __init__(self, line: DirectLine) -> None:
        super().__init__(line.terminal, line.plan)
        self.bodies: list[bytes] = []

    def call(self, request: Request, *, at: VirtualClock, timeout_s: float | None = None) -> Response:  # type: ignore[override]
        """As the line does."""
        response = super().call(request, at=at, timeout_s=timeout_s)
        self.bodies.append(response.body)
        return response
