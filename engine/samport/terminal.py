"""A Samport terminal, API v2, synchronous mode: the terminal port over the vendor's protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Unconfirmed
from engine.order import Kind, Order
from engine.samport.judgement import judge_answer, judge_order, stamp_was_stale
from engine.samport.reading import EMPTY_SLOT, IDENTITY_FIELD, read_slot
from engine.samport.signing import SignedReply, Trust, authorization, stamp_text, verify
from engine.samport.wire import Exchange, Wire, WireRequest
from engine.settings import TerminalSettings
from engine.terminal import Activity, Charge, Reply, Slot
from journal import Number

_PATHS = {
    Kind.PAYMENT: "/Payments",
    Kind.REFUND: "/Refunds",
    Kind.REVERSAL: "/Reversals",
    Kind.CAPTURE: "/Captures",
}
"""Synchronous endpoints; the paths of refunds and reversals are INFERRED from the other two."""

_STAMP_LEAPS_MS = (1, 1_000, 60_000)
"""How far past a refused stamp the next one leaps, once for each further try; the vendor says to step over such a
refusal. A terminal that heard a till whose clock was ahead wants more than a millisecond; more than a minute would look
wrong to its check of the skew."""

Draw = Callable[[int], AbstractContextManager[Number]]
"""Draws the next stamp of this terminal, at least the given one; see ``Journal.rising``."""


class SamportTerminal:
    """One terminal. Stamps are drawn and sent under one lock, so that their order is the order of sending."""

    def __init__(self, settings: TerminalSettings, *, wire: Wire, draw: Draw, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._wire = wire
        self._draw = draw
        self._now = now

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self._settings.name

    @property
    def patience_s(self) -> float:
        """Seconds."""
        return self._settings.patience_s

    @property
    def grace_s(self) -> float:
        """Seconds."""
        return self._settings.grace_s

    @property
    def reboot_s(self) -> float:
        """Seconds."""
        return self._settings.reboot_s

    @property
    def fences(self) -> bool:
        """INFERRED, behind the switch ``fence``: stamps are checked per terminal, on arrival."""
        return self._settings.fence

    @property
    def wiped_whole(self) -> bool:
        """INFERRED, behind the switch of the same name."""
        return self._settings.wiped_whole

    @contextmanager
    def prepare(self, order: Order) -> Iterator[Charge]:
        """Stamp and sign an order; the right to the next stamp is kept until its bytes are out."""
        with self._draw(self._now_ms()) as number:
            request = self._signed("POST", _PATHS[order.kind], _order_body(order), number.value)
            yield _SamportCharge(order, request, number, self)

    def latest(self, kind: Kind, *, after_ms: int = 0) -> Slot:
        """Ask ``…/latest`` of this kind. A 404 means none since the last capture, or since a restart."""
        document = self._ask(f"{_PATHS[kind]}/latest", after_ms)
        slot = EMPTY_SLOT if document is None else read_slot(document)
        if slot is None:
            raise Unconfirmed("the terminal shows a last operation without an outcome")
        return slot

    def activity(self, *, after_ms: int = 0) -> Activity:
        """Ask ``/Dialogs`` without an id, where the release has it. INFERRED: it is empty exactly when idle."""
        if not (self._settings.release.dialogs_without_id and self._settings.idle_by_dialogs):
            return Activity.UNTOLD
        document = self._ask("/Dialogs", after_ms)
        if document is None:
            return Activity.UNTOLD
        return Activity.BUSY if any(document.values()) else Activity.IDLE

    def device(self) -> Mapping[str, str]:
        """Ask ``/DeviceInformation``."""
        document = self._ask("/DeviceInformation") or {}
        return {key: str(value) for key, value in document.items() if isinstance(value, str | int)}

    def close(self) -> None:
        """Close its connections."""
        self._wire.close()

    def exchange(self, request: WireRequest, deadline_s: float, number: Number) -> tuple[Exchange, Trust]:
        """One exchange, and what the reply's hash says of it."""
        exchange = self._wire.exchange(request, deadline_s=deadline_s, on_sent=number.release)
        if exchange.status is None:
            return exchange, Trust.UNSIGNED
        reply = SignedReply(method=request.method, path=request.path, status=exchange.status, body=exchange.body)
        return exchange, verify(self._settings.secret_key, exchange.headers.get("server-authorization"), reply)

    @property
    def payment_timeout_s(self) -> float:
        """How long the connection of an operation is kept open, in seconds."""
        return self._settings.payment_timeout_s

    def _ask(self, path: str, after_ms: int = 0) -> Mapping[str, Any] | None:
        """Ask, and at once again with a newer stamp if the terminal found ours too old. Questions change nothing."""
        floor = max(self._now_ms(), after_ms + 1)
        leaps = iter(_STAMP_LEAPS_MS)
        while True:
            with self._draw(floor) as number:
                request = self._signed("GET", path, b"", number.value)
                exchange, trust = self.exchange(request, self._settings.question_timeout_s, number)
            leap = next(leaps, None)
            if leap is None or not stamp_was_stale(exchange, trust):
                return judge_answer(exchange, trust)
            floor = number.value + leap

    def _signed(self, method: str, endpoint: str, body: bytes, stamp_ms: int) -> WireRequest:
        path = self._settings.base_path + endpoint
        stamp = stamp_text(stamp_ms)
        headers = {
            "Authorization": authorization(self._settings.secret_key, stamp=stamp, method=method, path=path, body=body),
            "Integration-Key": self._settings.integration_key.reveal(),
            "Accept": "application/json",
            # The hash covers the bytes as sent; a packed body would have to be unpacked before anyone trusts it.
            "Accept-Encoding": "identity",
        }
        if body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return WireRequest(method=method, path=path, headers=headers, body=body)

    def _now_ms(self) -> int:
        return int(self._now().timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class _SamportCharge:
    """An order ready to leave; the bytes were made once, for the hash and for the wire."""

    order: Order
    request: WireRequest
    number: Number
    terminal: SamportTerminal

    @property
    def stamp_ms(self) -> int:
        """Its timestamp, in milliseconds since 1970."""
        return self.number.value

    def send(self) -> Reply:
        """Send it, once, and wait for the guest."""
        exchange, trust = self.terminal.exchange(self.request, self.terminal.payment_timeout_s, self.number)
        return judge_order(exchange, trust, self.order)


def _order_body(order: Order) -> bytes:
    document: dict[str, Any] = {"customData": {IDENTITY_FIELD: order.operation_id}}
    if order.amount is not None:
        document["amounts"] = {"base": order.amount.amount_minor, "currencySymbol": order.amount.currency}
    if order.target_receipt is not None:
        document["receiptNumber"] = order.target_receipt
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
