"""The log of the communication that certification demands: an entry for each request and each reply.

An entry is one line of JSON (``protocol.md``, *Logging*), always with the same keys, null where there is nothing:

    at, direction ("request" or "reply"), terminal, host, method, path, status, outcome, receipt_number, total_minor,
    operation_id, took_ms, failure, headers, body

What this file promises:

1. The request's entry is handed over before the request is, the reply's before anybody acts on the reply. A request
   without a reply's entry is one during which the till was stopped.
2. No key is in it, even if the terminal echoes one: the text of every secret is replaced, before anything is cut. Not
   found are forms of it that only a decoder would know, such as Base64; the terminal has no reason to make one.
3. No card number is in it: not in keys and values of any depth, not as a number, not in a receipt for the printer.
4. It changes nothing: the exchange that comes back is the one of the wire within, and a log that cannot be written
   stops no payment.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.events import log
from engine.samport.masking import mask_card_numbers, mask_escpos
from engine.samport.reading import IDENTITY_FIELD, UUID, read_minor
from engine.samport.signing import SCHEME, stamp_text
from engine.samport.wire import Exchange, Wire, WireRequest
from engine.secret import Secret
from engine.settings import AmountUnit

_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_LONGEST_TEXT = 2_000
"""Characters that are kept of a body which is no JSON: enough to see whose error page it is."""

_HEADERS = ("content-type", "authorization", "server-authorization")
"""The headers that are told. The integration key is a header as well, so what is not on this list is left out."""

_SIGNATURE = re.compile(rf"({SCHEME} \d{{4}}-\d\d-\d\dT[\d:.]{{8,18}}(?:Z|[+-]\d\d:\d\d)?) \S+", re.ASCII)

_HIDDEN = "•••"


class LoggedWire:
    """A wire around another one, which hands an entry for each request and each reply to ``append``.

    ``host`` is the terminal's address, ``secrets`` are the keys that may be seen nowhere, ``now`` is an aware clock,
    ``unit`` says what amounts on the wire count, ``ticks`` is a steady clock in seconds.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        append: Callable[[str], None],
        terminal: str,
        host: str,
        secrets: Sequence[Secret],
        now: Callable[[], datetime],
        unit: AmountUnit = AmountUnit.MINOR,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = wire
        self._append = append
        self._terminal = terminal
        self._host = host
        self._redaction = _Redaction(secrets, unit)
        self._now = now
        self._ticks = ticks

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Exchange as the wire within does, with an entry before and an entry after it. Never raises."""
        self._note(request)
        began = self._ticks()
        exchange = self._wire.exchange(request, deadline_s=deadline_s, on_sent=on_sent)
        self._note(request, exchange, took_ms=round((self._ticks() - began) * 1000))
        return exchange

    def close(self) -> None:
        """Close the connections of the wire within."""
        self._wire.close()

    def _note(self, request: WireRequest, exchange: Exchange | None = None, took_ms: int | None = None) -> None:
        try:
            origin = {"at": self._stamp(), "direction": "request" if exchange is None else "reply"}
            origin |= {"terminal": self._terminal, "host": self._host}
            entry = origin | self._redaction.entry(request, exchange, took_ms)
            self._append(_LINE.encode(entry))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a log, the answer of a guest goes on
            # Only the class: the text of an error that nobody foresaw may hold anything, a key among it.
            log().warning("wire_log.entry_lost", terminal=self._terminal, error=type(error).__name__)

    def _stamp(self) -> str:
        return stamp_text(int(self._now().timestamp() * 1000))


class _Redaction:
    """What may be told of an exchange: without secrets, without card numbers."""

    def __init__(self, secrets: Sequence[Secret], unit: AmountUnit) -> None:
        self._secrets = [secret for secret in secrets if _is_known(secret)]
        self._shortest = min((len(secret.reveal()) for secret in self._secrets), default=0)
        self._unit = unit

    def entry(self, request: WireRequest, exchange: Exchange | None, took_ms: int | None) -> dict[str, Any]:
        """The entry of a request; or of its reply, if there is an exchange."""
        path = self._path(request.path)
        answer = Exchange(left=True) if exchange is None else exchange
        told = self._body(request.body if exchange is None else answer.body)
        amounts = _object(_object(told).get("amounts"))
        return {
            "method": request.method,
            "path": path,
            "status": answer.status,
            "outcome": _text(_object(told).get("transactionOutcome")),
            "receipt_number": _text(_object(told).get("receiptNumber")),
            # A request has no total yet: what it asks for is all that will be paid, but for a tip.
            "total_minor": read_minor(amounts, "base" if exchange is None else "total", self._unit),
            "operation_id": _identity(told) or _identity(self._body(request.body)) or _first_uuid(path),
            "took_ms": took_ms,
            "failure": self._text(answer.failure) or None,
            "headers": self._headers(request.headers if exchange is None else answer.headers),
            "body": told,
        }

    def _path(self, path: str) -> str:
        """A path, masked but for the ids in it: the digits of some look like a card number."""
        parts = _AROUND_UUIDS.split(self._without_secrets(path))
        return "".join(part if UUID.fullmatch(part) else mask_card_numbers(part) for part in parts)

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        values = {name.lower(): value for name, value in headers.items()}
        return {name.title(): self._header(name, values[name]) for name in _HEADERS if name in values}

    def _header(self, name: str, value: str) -> str:
        if name == "content-type":
            return self._text(value)
        # Anything but scheme, time and hash may be a credential, or the hash alone.
        signature = _SIGNATURE.fullmatch(value)
        return self._text(signature[1]) if signature else _HIDDEN

    def _body(self, body: bytes) -> Any:  # noqa: ANN401 - any JSON
        text = body.decode("utf-8-sig", errors="replace")
        try:
            return self._value(json.loads(text), "")
        except (ValueError, RecursionError):
            return self._text(text)[:_LONGEST_TEXT] or None

    def _value(self, value: Any, key: str) -> Any:  # noqa: ANN401 - any JSON
        """A value of JSON that stands under a key, or in a list under one."""
        match value:
            case dict():
                return {self._text(name): self._value(inner, name) for name, inner in value.items()}
            case list():
                return [self._value(inner, key) for inner in value]
            case str():
                return self._string(value, key)
            case bool() | None:
                return value
            case _:
                # A number stays one unless it is a card number, holds a key, or is none to strict readers of JSON.
                hidden = self._text(repr(value))
                return value if hidden == repr(value) and hidden not in _NO_NUMBERS else hidden

    def _string(self, text: str, key: str) -> str:
        text = self._without_secrets(text)
        if key in _ID_KEYS and UUID.fullmatch(text):
            return text
        return mask_escpos(text) if key == "escpos" else mask_card_numbers(text)

    def _text(self, text: str) -> str:
        # Secrets first: of a key that looks like a card number, the mask would leave the rest to be read.
        return mask_card_numbers(self._without_secrets(text))

    def _without_secrets(self, text: str) -> str:
        if len(text) < self._shortest:  # most names and values of a reply are
            return text
        for secret in self._secrets:
            text = text.replace(secret.reveal(), _HIDDEN)
        return text


_AROUND_UUIDS = re.compile(f"({UUID.pattern})")
_ID_KEYS = frozenset({IDENTITY_FIELD, "operationId"})
"""The second one is the terminal's own, where an asynchronous start has its id in the body."""

_NO_NUMBERS = frozenset({"inf", "-inf", "nan"})


def _identity(document: object) -> str | None:
    return _text(_object(_object(document).get("customData")).get(IDENTITY_FIELD))


def _first_uuid(path: str) -> str | None:
    found = UUID.search(path)
    return found[0] if found else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_known(secret: Secret) -> bool:
    """Whether there is something to look for: a terminal of v1 has no secret key."""
    try:
        return secret.reveal() != ""
    except ValueError:
        return False
