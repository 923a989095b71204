"""The forger on a real connection: what HTTP itself could do to the header that signs a reply."""

from __future__ import annotations

import random

import pytest

from engine import HttpWire, Secret, WireRequest
from engine.samport.credentials import KeyedHash
from engine.samport.signing import Trust
from tests.engine.test_wire import call, says, terminal
from tests.prove.security.forger import Draft, Forger, parts_moved_over_a_line
from tests.prove.security.messages import INTEGRATION_KEY, SECRET, SIGNATURE, Act, contents, genuine

_NOW_US = 1_800_000_000_000_000
_CREDENTIALS = KeyedHash(Secret(INTEGRATION_KEY), Secret(SECRET), None)
_REQUEST = WireRequest(method="GET", path="/api/v2/Payments/latest", headers={})
_DRAFT = Draft(request=_REQUEST, content=contents(Act.LATEST, "x")[0], now_us=_NOW_US)
_TRUE = _DRAFT.true.headers[SIGNATURE]
_MOVED = parts_moved_over_a_line(Forger(random.Random(1)), _DRAFT).headers[SIGNATURE]  # noqa: S311 - repeatable
_OTHER = genuine(_REQUEST, contents(Act.LATEST, "y")[1], _NOW_US).headers[SIGNATURE]


def _hear(wire: HttpWire) -> Trust:
    return _CREDENTIALS.trust(_REQUEST, call(wire, request=_REQUEST), before=-1)


def _reply(*headers: str) -> bytes:
    body = _DRAFT.content.body
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "headers",
    [
        [f"Server-Authorization: {_MOVED}"],
        [f"Server-Authorization: {_MOVED}".replace("\n", "\r\n ")],
        [f"Server-Authorization: {_MOVED}".replace("\n", "\r")],
        [f"Server-Authorization: {_OTHER}"],
        [f"Server-Authorization: {_OTHER}", f"Server-Authorization: {_OTHER}"],
        [f"Server-Authorization: {_OTHER}, {_TRUE}"],
        [f"Server_Authorization: {_TRUE}"],
        [f"X: y\x0bServer-Authorization: {_TRUE}"],
    ],
)
def test_no_form_of_a_header_makes_a_forgery_true(headers: list[str]) -> None:
    """Broken lines, folded lines, two headers, other names: none of it is the signature of this reply."""
    with terminal(says(_reply(*headers))) as (_, wire):
        assert _hear(wire) is not Trust.AUTHENTIC


def test_the_true_header_is_believed_on_the_same_way() -> None:
    """Else the test above would prove nothing."""
    with terminal(says(_reply(f"Server-Authorization: {_TRUE}"))) as (_, wire):
        assert _hear(wire) is Trust.AUTHENTIC
