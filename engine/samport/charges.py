"""Orders on their way: the synchronous one, whose connection stays open, and the asynchronous one, which is asked for.

The asynchronous loop is the vendor's (``vendor/connection-models.txt``): status, dialog, again; each request waits for
the reply to the last, there is no fixed interval, and nothing is asked in parallel.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.clock import Clock, within_s
from engine.errors import NotDelivered, Unconfirmed
from engine.events import log
from engine.money import Money
from engine.order import Order
from engine.samport.judgement import judge_order, judge_start, judge_status
from engine.samport.paths import Paths
from engine.samport.reading import IDENTITY_FIELD, read_dialog
from engine.samport.voice import Voice
from engine.samport.wire import WireRequest
from engine.settings import AmountUnit
from engine.terminal import OnDialog, Progress, Reply
from journal import Number

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 3.0
"""Only after a question that went wrong, and longer each time; a terminal that answers is asked on at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCharge:
    """An order that is answered when the guest has paid."""

    order: Order
    request: WireRequest
    number: Number
    voice: Voice
    unit: AmountUnit
    timeout_s: float

    @property
    def stamp_ms(self) -> int:
        """Its timestamp, in milliseconds since 1970."""
        return self.number.value

    def send(self, on_left: Callable[[], None]) -> Reply:
        """Send it, once, and wait for the guest."""

        def others_may_speak() -> None:
            self.number.release()
            on_left()

        exchange, trust = self.voice.say(self.request, self.timeout_s, on_sent=others_may_speak)
        return judge_order(exchange, trust, self.order, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncCharge:
    """An order that is started, and then asked for until it has ended."""

    order: Order
    request: WireRequest
    number: Number
    voice: Voice
    paths: Paths
    unit: AmountUnit
    clock: Clock
    on_dialog: OnDialog | None
    timeout_s: float

    @property
    def stamp_ms(self) -> int:
        """Its timestamp, in milliseconds since 1970."""
        return self.number.value

    def send(self, on_left: Callable[[], None]) -> Reply:
        """Send it, once; then ask until it has ended.

        Once it is started, no fault of a question says anything about it: a terminal that cannot be reached any more
        is no proof that nothing was delivered.
        """
        judge_start(*self.voice.say(self.request, on_sent=on_left))
        # Others may speak from here on; the questions below take turns of their own.
        self.number.release()
        began = self.clock.moment()
        pause_s = _FIRST_PAUSE_S
        shown = _Shown(self.on_dialog)
        while within_s(began, self.clock.moment(), self.timeout_s):
            try:
                reply = self._end()
            except (NotDelivered, Unconfirmed) as silence:
                if isinstance(silence, Unconfirmed) and silence.hopeless:
                    raise
                self.clock.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                continue
            if reply is not None:
                return reply
            pause_s = _FIRST_PAUSE_S
            shown.look(self.voice, self.paths.dialog(self.order))
        raise Unconfirmed(f"it was started, and did not end within {self.timeout_s:g} s")

    def _end(self) -> Reply | None:
        status = judge_status(*self.voice.say_anew("GET", self.paths.status(self.order)), self.order, self.unit)
        if status.progress is Progress.UNKNOWN:
            raise Unconfirmed("the terminal no longer knows the operation that it had started", hopeless=True)
        if status.reply is not None and status.reply.ending is None:
            text = status.reply.outcome_text
            raise Unconfirmed(f"the terminal ended it with {text!r}, an outcome that nobody here knows", hopeless=True)
        return status.reply


class _Shown:
    """Tells what the terminal shows, when it changes. Whatever goes wrong here never touches the payment."""

    def __init__(self, on_dialog: OnDialog | None) -> None:
        self._on_dialog = on_dialog
        self._last: str | None = None

    def look(self, voice: Voice, path: str) -> None:
        if self._on_dialog is None:
            return
        try:
            text = read_dialog(voice.ask(path) or {})
            if text and text != self._last:
                self._last = text
                self._on_dialog(text)
        except Exception as error:  # noqa: BLE001 - a display, or a caller's callback
            log().warning("dialog.failed", error=type(error).__name__)


def order_body(order: Order, unit: AmountUnit, operation_id: str | None = None) -> bytes:
    """The body of an order. Every value in it has been checked, or is written by ``json``."""
    fields: dict[str, Any] = {"customData": {IDENTITY_FIELD: order.operation_id}}
    if operation_id is not None:
        fields["operationId"] = operation_id
    if order.target_receipt is not None:
        fields["receiptNumber"] = order.target_receipt
    parts = [f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in fields.items()]
    if order.amount is not None:
        # By hand, because a decimal number must leave as its own digits, and never by way of a float.
        base = _amount_text(order.amount, unit)
        parts.insert(0, f'"amounts":{{"base":{base},"currencySymbol":"{order.amount.currency}"}}')
    return f"{{{','.join(parts)}}}".encode()


def _amount_text(amount: Money, unit: AmountUnit) -> str:
    return str(amount.amount_minor) if unit is AmountUnit.MINOR else str(amount).partition(" ")[0]
