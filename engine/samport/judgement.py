"""The one place that decides what an exchange proves.

An order can be taken back only on proof; ``judge_order`` is where that proof is demanded, and nothing else in the
engine looks at a status, a body or an exception of the network. The statuses are those of ``protocol.md``,
*HTTP statuses* and *Conventions*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import NotDelivered, Unconfirmed
from engine.order import Order
from engine.samport.masking import mask_card_numbers
from engine.samport.reading import read_document, read_reply
from engine.samport.signing import Trust
from engine.samport.wire import Exchange
from engine.settings import AmountUnit
from engine.terminal import AbortAnswer, Progress, Reply, Status

OK = 200
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
_CREDENTIALS = frozenset({UNAUTHORIZED, BAD_REQUEST})
"""What a question is answered with when the keys are wrong: 401, and on v1 also 400. Asking again would block them."""

_RUNNING = range(201, 300)
_DONE = range(200, 300)
BUSY = frozenset({503, 409, 423, 429})
"""Busy, *request not processed*. 503 by two code bases; the others are accepted the same way by convention."""

STALE_STAMP = "timestamp must be more recent than last communication"
"""The vendor's words for a stamp that is not newer than the last one, in lower case."""


def judge_order(exchange: Exchange, trust: Trust, order: Order, unit: AmountUnit = AmountUnit.MINOR) -> Reply:
    """What became of an order that was handed to the wire once.

    Raises:
        NotDelivered: nothing left, or the terminal itself, provably, did not process it.
        Unconfirmed: everything else. A 401 is here: a copy of the order that came a moment earlier may have been
            taken, and then this very answer is what the second copy gets.
    """
    document = _taken(exchange, trust)
    reply = read_reply(document or {}, unit)
    if reply is None:
        raise Unconfirmed("the terminal answered 200 without an outcome, which is no answer")
    if reply.operation_id != order.operation_id:
        raise Unconfirmed("the reply does not carry our operation id: it is the answer to something else")
    if reply.ending is None:
        raise Unconfirmed(f"the terminal answered {reply.outcome_text!r}, an outcome that nobody here knows")
    return reply


def judge_start(exchange: Exchange, trust: Trust) -> None:
    """Whether an asynchronous order was started; returns if it was, and says nothing about its end.

    Raises:
        NotDelivered, Unconfirmed: as for ``judge_order``.
    """
    _taken(exchange, trust)


def _taken(exchange: Exchange, trust: Trust) -> Mapping[str, Any] | None:
    """The document of an authentic 200."""
    if not exchange.left:
        raise NotDelivered(f"nothing was sent: {exchange.failure}", refused=False)
    status, document = _authentic(exchange, trust)
    if status in BUSY:
        raise NotDelivered(f"the terminal is busy and did not take it ({status}): wait for it, then pay", refused=True)
    if status == BAD_REQUEST:
        raise NotDelivered(f"the terminal refused the order as malformed (400{_said(exchange)})", refused=True)
    if status != OK:
        raise Unconfirmed(_unhelpful(exchange, status))
    return document


def judge_status(exchange: Exchange, trust: Trust, order: Order, unit: AmountUnit = AmountUnit.MINOR) -> Status:
    """What a terminal says of the operation that it was asked for by its id.

    Only 200 means finished, and only with an outcome in it; any other 2xx means that it runs (by convention).

    Raises:
        NotDelivered, Unconfirmed: no authentic answer, or one that says nothing.
    """
    if exchange.left and trust is Trust.AUTHENTIC and exchange.status in _RUNNING:
        return Status(progress=Progress.RUNNING)
    document = judge_answer(exchange, trust)
    if document is None:
        return Status(progress=Progress.UNKNOWN)
    reply = read_reply(document, unit)
    if reply is None:
        raise Unconfirmed("the terminal calls it finished without an outcome, which is no answer")
    if reply.operation_id not in (None, order.operation_id):
        raise Unconfirmed("the reply does not carry our operation id: it is the answer to something else")
    # The id stands in the path that was asked, so a reply without it is still about this operation.
    return Status(progress=Progress.FINISHED, reply=replace(reply, operation_id=order.operation_id))


def judge_abort(exchange: Exchange, trust: Trust) -> AbortAnswer:
    """What a terminal says when it is asked to end an operation.

    Raises:
        NotDelivered, Unconfirmed: no authentic answer, or one that is neither.
    """
    if not exchange.left:
        raise NotDelivered(exchange.failure, refused=False)
    status, _ = _authentic(exchange, trust)
    if status in {FORBIDDEN, NOT_FOUND}:
        return AbortAnswer.TOO_LATE
    if status not in _DONE:
        raise Unconfirmed(_unhelpful(exchange, status), hopeless=status == UNAUTHORIZED)
    return AbortAnswer.ACCEPTED


def judge_answer(exchange: Exchange, trust: Trust) -> Mapping[str, Any] | None:
    """The document that a question was answered with; None for an authentic 404.

    Raises:
        NotDelivered: the question never left.
        Unconfirmed: no authentic answer, or one that says neither yes nor no.
    """
    if not exchange.left:
        raise NotDelivered(exchange.failure, refused=False)
    status, document = _authentic(exchange, trust)
    if status == NOT_FOUND:
        return None
    if status != OK:
        raise Unconfirmed(_unhelpful(exchange, status), hopeless=status in _CREDENTIALS)
    if document is None:
        raise Unconfirmed("the terminal answered 200 with something that is not a JSON object")
    return document


def stamp_was_stale(exchange: Exchange, trust: Trust) -> bool:
    """Whether an authentic 401 says that the stamp was not newer than the last one."""
    text = exchange.body[:1000].decode(errors="replace").lower()
    return trust is Trust.AUTHENTIC and exchange.status == UNAUTHORIZED and STALE_STAMP in text


def _authentic(exchange: Exchange, trust: Trust) -> tuple[int, Mapping[str, Any] | None]:
    if exchange.status is None:
        raise Unconfirmed(exchange.failure)
    if trust is not Trust.AUTHENTIC:
        # An old 401 played again says nothing of our keys, and must not keep us from asking.
        refused = exchange.status == UNAUTHORIZED and trust is not Trust.REPLAYED
        raise Unconfirmed(_suspicion(exchange, trust), hopeless=refused)
    return exchange.status, read_document(exchange.body)


def _suspicion(exchange: Exchange, trust: Trust) -> str:
    """Why a reply is not taken for the terminal's."""
    if trust is Trust.REPLAYED:
        return (
            f"a signed reply came back ({exchange.status}) that is not newer than one heard before; it may be an old "
            "one played again, and is not believed. If the terminal's clock was set back, or does not move between two "
            "replies, set reply_stamps_rise = false for it until its clock is ahead again"
        )
    if trust is Trust.UNDATED:
        return (
            f"a signed reply came back ({exchange.status}) whose stamp is no time, so it may be an old one played "
            "again, and is not believed; if this terminal writes its stamps so, set reply_stamps_rise = false for it"
        )
    if "html" in exchange.headers.get("content-type", "").lower():
        return (
            f"an HTML page came back ({exchange.status}) instead of a signed reply: "
            "is url the terminal, and not a router or another program?"
        )
    if exchange.status == UNAUTHORIZED:
        return (
            "the terminal answered 401 and its signature does not fit our secret key: "
            "is the secret key of this terminal right?"
        )
    if trust is Trust.UNSIGNED:
        return f"a reply came back ({exchange.status}) without a signature; it may be from anybody and is not believed"
    return (
        f"a reply came back ({exchange.status}) whose signature does not fit; it is not believed: "
        "is the secret key right, and does anything stand between till and terminal?"
    )


def _unhelpful(exchange: Exchange, status: int) -> str:
    if stamp_was_stale(exchange, Trust.AUTHENTIC):
        return "the terminal had heard something newer before this arrived (401), or had already taken a copy of it"
    if status == UNAUTHORIZED:
        return (
            f"the terminal refused our credentials (401{_said(exchange)}): check the integration key and the secret "
            "key of this terminal, and this machine's clock if it speaks of time; do not try other keys, because wrong "
            "ones block it"
        )
    return f"the terminal answered {status}{_said(exchange)}, which settles nothing"


def _said(exchange: Exchange) -> str:
    """The terminal's own message, one short line of it, for a technician."""
    document = read_document(exchange.body)
    message = (document or {}).get("message")
    return f": {mask_card_numbers(' '.join(message.split())[:200])}" if isinstance(message, str) and message else ""
