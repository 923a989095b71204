"""What a terminal truly says, and how it signs it: the material that forgers work on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from engine import Exchange, WireRequest
from tools.simulator import signing

SECRET = "example-secret-of-the-bar"
INTEGRATION_KEY = "example-integration-key"
SIGNATURE = "server-authorization"


class Act(StrEnum):
    """What the till does, and waits for a reply to."""

    ORDER = "a synchronous payment"
    START = "an asynchronous start"
    STATUS = "a question for a status"
    LATEST = "a question for the latest"
    IDLE = "a question whether it is idle"
    ABORT = "an abort"
    DEVICE = "a question for the device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reply says."""

    status: int
    body: bytes


def _json(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def ending(operation_id: str, outcome: str = "Approved") -> bytes:
    """The body that tells how an operation ended."""
    return _json(
        transactionOutcome=outcome,
        receiptNumber="000013",
        amounts={"base": 12500, "total": 12500, "currency": {"symbol": "NOK"}},
        customData={"tillproofOperationId": operation_id},
        receipt={"customer": {"shouldPrint": True, "plain": "KJØP\n125,00"}},
    )


@cache
def contents(act: Act, operation_id: str) -> tuple[Content, ...]:
    """What an authentic reply may say that the till then acts upon; each of it would be money if it were false."""
    ends = [
        Content(status=200, body=ending(operation_id, outcome)) for outcome in ("Approved", "Declined", "Cancelled")
    ]
    refusals = [Content(status=503, body=_json(message="Busy")), Content(status=400, body=_json(message="Malformed"))]
    none = Content(status=404, body=b"Not found")
    believed: Mapping[Act, list[Content]] = {
        Act.ORDER: [*ends, *refusals],
        Act.START: [Content(status=200, body=b""), *refusals],
        Act.STATUS: [*ends, Content(status=202, body=b"{}"), none],
        Act.LATEST: [*ends, none],
        Act.IDLE: [Content(status=200, body=b"{}"), Content(status=200, body=_json(text="Sett inn kort"))],
        Act.ABORT: [Content(status=200, body=b""), Content(status=403, body=_json(message="Too late"))],
        Act.DEVICE: [Content(status=200, body=_json(model="Simulated AXIUM", apiVersion="2.2"))],
    }
    return tuple(believed[act])


def stamp(moment_us: int) -> str:
    """A time in microseconds since 1970, as a terminal writes it."""
    return datetime.fromtimestamp(moment_us / 1_000_000, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest(request: WireRequest, content: Content, at: str, *, secret: str = SECRET, path: str | None = None) -> str:
    """The hash of a reply to a request, by the simulator's code."""
    return signing.reply_hash(
        secret=secret,
        stamp=at,
        method=request.method,
        path=request.path if path is None else path,
        status=content.status,
        body=content.body,
    )


def signed(content: Content, header: str | None) -> Exchange:
    """A reply with a header that signs it, rightly or wrongly; or with none."""
    headers = {"content-type": "application/json; charset=utf-8"}
    if header is not None:
        headers[SIGNATURE] = header
    return Exchange(left=True, status=content.status, headers=headers, body=content.body)


def genuine(request: WireRequest, content: Content, moment_us: int) -> Exchange:
    """What the terminal itself says at a moment."""
    at = stamp(moment_us)
    return signed(content, signing.header_value(stamp=at, digest=digest(request, content, at)))


def is_genuine(request: WireRequest, exchange: Exchange, heard_us: int) -> bool:
    """Whether a reply is authentic and new, by the simulator's code and not by the engine's."""
    parts = signing.split_header(exchange.headers.get(SIGNATURE, ""))
    if parts is None or exchange.status is None:
        return False
    moment = signing.moment_of(parts[0])
    content = Content(status=exchange.status, body=exchange.body)
    return (
        moment is not None
        and round(moment.timestamp() * 1_000_000) > heard_us
        and parts[1] == digest(request, content, parts[0])
    )
