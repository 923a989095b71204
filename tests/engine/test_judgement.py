"""What each judge makes of each exchange, to the word: these sentences are what a cashier and a technician act on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from engine import Ending, Kind, Money, NotDelivered, Order, Unconfirmed
from engine.samport import Exchange, Trust
from engine.samport.judgement import judge_abort, judge_answer, judge_order, judge_start, judge_status, stamp_was_stale
from engine.settings import AmountUnit
from engine.terminal import AbortAnswer, Progress, Reply, Status

_OURS = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
_ORDER = Order(operation_id=_OURS, kind=Kind.PAYMENT, terminal="bar", reference="r", amount=Money(12500, "NOK"))
_APPROVED = {
    "transactionOutcome": "Approved",
    "amounts": {"total": 12500, "currency": {"symbol": "NOK"}},
    "customData": {"tillproofOperationId": _OURS},
}
_STALE = "timestamp must be more recent than last communication"

NOTHING_LEFT = Exchange(left=False, failure="the cable is out")
NO_REPLY = Exchange(left=True, failure="no reply in 15 s")


def replied(status: int, document: Any = None, **headers: str) -> Exchange:
    """A reply with this document, or with an empty body."""
    body = b"" if document is None else json.dumps(document).encode()
    return Exchange(left=True, status=status, headers={"content-type": "application/json", **headers}, body=body)


def judged(judge: Callable[[], Any]) -> Any:
    """What a judge returns; or the error, the flag in it and its sentence."""
    try:
        return judge()
    except NotDelivered as error:
        return ("not delivered", error.refused, error.reason)
    except Unconfirmed as error:
        return ("unconfirmed", error.hopeless, error.reason)


def by_all(exchange: Exchange, trust: Trust = Trust.AUTHENTIC) -> list[Any]:
    """By every judge: of an order, of a start, of a status, of an abort, of a question."""
    return [
        judged(lambda: judge_order(exchange, trust, _ORDER)),
        judged(lambda: judge_start(exchange, trust)),
        judged(lambda: judge_status(exchange, trust, _ORDER)),
        judged(lambda: judge_abort(exchange, trust)),
        judged(lambda: judge_answer(exchange, trust)),
    ]


def test_what_never_left_is_no_refusal_of_the_terminal() -> None:
    """Proof of absence to all, and a question that did not leave is told by its own reason."""
    assert by_all(NOTHING_LEFT) == [
        ("not delivered", False, "nothing was sent: the cable is out"),
        ("not delivered", False, "nothing was sent: the cable is out"),
        ("not delivered", False, "the cable is out"),
        ("not delivered", False, "the cable is out"),
        ("not delivered", False, "the cable is out"),
    ]


def test_no_reply_is_told_by_its_reason_and_may_be_asked_again() -> None:
    """What became of the line is all that is known."""
    assert by_all(NO_REPLY) == [("unconfirmed", False, "no reply in 15 s")] * 5


_NOT_BELIEVED = [
    (
        Trust.REPLAYED,
        401,
        False,
        (
            "a signed reply came back (401) that is not newer than one heard before; it may be an old one played "
            "again, and is not believed. If the terminal's clock was set back, or does not move between two replies, "
            "set reply_stamps_rise = false for it until its clock is ahead again"
        ),
    ),
    (
        Trust.UNDATED,
        200,
        False,
        (
            "a signed reply came back (200) whose stamp is no time, so it may be an old one played again, and is not "
            "believed; if this terminal writes its stamps so, set reply_stamps_rise = false for it"
        ),
    ),
    (
        Trust.UNSIGNED,
        401,
        True,
        (
            "the terminal answered 401 and its signature does not fit our secret key: is the secret key of this "
            "terminal right?"
        ),
    ),
    (
        Trust.UNSIGNED,
        200,
        False,
        "a reply came back (200) without a signature; it may be from anybody and is not believed",
    ),
    (
        Trust.FORGED,
        200,
        False,
        (
            "a reply came back (200) whose signature does not fit; it is not believed: is the secret key right, and "
            "does anything stand between till and terminal?"
        ),
    ),
]


@pytest.mark.parametrize(
    ("trust", "status", "hopeless", "sentence"), _NOT_BELIEVED, ids=[f"{row[0]} {row[1]}" for row in _NOT_BELIEVED]
)
def test_what_is_not_believed_is_told_with_what_may_be_wrong(
    trust: Trust, status: int, *, hopeless: bool, sentence: str
) -> None:
    """Nobody's answer but the terminal's counts, whatever it says; only a refusal of our keys forbids to ask again."""
    assert by_all(replied(status, _APPROVED), trust) == [("unconfirmed", hopeless, sentence)] * 5


def test_a_web_page_is_told_from_a_reply() -> None:
    """Wrong addresses lead to routers; what has no type at all is no page."""
    page = (
        "an HTML page came back (200) instead of a signed reply: is url the terminal, and not a router or another "
        "program?"
    )
    for kind in ("text/html; charset=utf-8", "TEXT/HTML"):
        exchange = replied(200, **{"content-type": kind})
        assert judged(partial(judge_start, exchange, Trust.UNSIGNED)) == ("unconfirmed", False, page)
    bare = Exchange(left=True, status=200)
    assert "without a signature" in judged(lambda: judge_start(bare, Trust.UNSIGNED))[2]


def test_a_refusal_of_keys_forbids_to_ask_again() -> None:
    """Wrong keys block a terminal; for an order it is no proof, because an earlier copy may have been taken."""
    sentence = (
        "the terminal refused our credentials (401: wrong key): check the integration key and the secret key of this "
        "terminal, and this machine's clock if it speaks of time; do not try other keys, because wrong ones block it"
    )
    assert by_all(replied(401, {"message": "  wrong\n key "})) == [
        ("unconfirmed", False, sentence),
        ("unconfirmed", False, sentence),
        ("unconfirmed", True, sentence),
        ("unconfirmed", True, sentence),
        ("unconfirmed", True, sentence),
    ]


def test_a_stale_stamp_is_told_as_such() -> None:
    """The stamp was heard before, or the order was: neither is a fault of the keys."""
    sentence = "the terminal had heard something newer before this arrived (401), or had already taken a copy of it"
    stale = replied(401, {"message": _STALE.capitalize()})
    assert judged(lambda: judge_order(stale, Trust.AUTHENTIC, _ORDER)) == ("unconfirmed", False, sentence)
    assert [stamp_was_stale(stale, trust) for trust in (Trust.AUTHENTIC, Trust.FORGED)] == [True, False]
    assert not stamp_was_stale(replace(stale, status=400), Trust.AUTHENTIC)
    assert not stamp_was_stale(replied(401, {"message": "wrong key"}), Trust.AUTHENTIC)


def test_a_stale_stamp_is_looked_for_at_the_beginning_only_and_among_any_bytes() -> None:
    """A page of a megabyte is no refusal, and what is no UTF-8 is read all the same."""
    text = _STALE.encode()
    begun = Exchange(left=True, status=401, body=b"\xff" * (1000 - len(text)) + text)
    assert stamp_was_stale(begun, Trust.AUTHENTIC)
    assert not stamp_was_stale(replace(begun, body=b"\xff" + begun.body), Trust.AUTHENTIC)


@pytest.mark.parametrize("status", [503, 409, 423, 429])
def test_a_busy_terminal_has_not_taken_an_order(status: int) -> None:
    """The vendor's busy, by all its numbers, is proof for orders and says nothing to a question."""
    refusal = (
        "not delivered",
        True,
        f"the terminal is busy and did not take it ({status}): wait for it, then pay",
    )
    unhelpful = ("unconfirmed", False, f"the terminal answered {status}: hold on, which settles nothing")
    assert by_all(replied(status, {"message": "hold on"})) == [refusal, refusal, unhelpful, unhelpful, unhelpful]


def test_a_malformed_order_was_not_taken() -> None:
    """400 is proof for an order; to a question it is what v1 says of wrong keys, and may not be asked again."""
    refusal = ("not delivered", True, "the terminal refused the order as malformed (400: no amount)")
    assert by_all(replied(400, {"message": "no amount"})) == [
        refusal,
        refusal,
        ("unconfirmed", True, "the terminal answered 400: no amount, which settles nothing"),
        ("unconfirmed", False, "the terminal answered 400: no amount, which settles nothing"),
        ("unconfirmed", True, "the terminal answered 400: no amount, which settles nothing"),
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, ""),
        ({"message": ""}, ""),
        ({"message": 5}, ""),
        ({"message": "4111 1111 1111 1111"}, ": **** **** **** 1111"),
        ({"message": "x" * 300}, ": " + "x" * 200),
        ({"message": "a  \t b"}, ": a b"),
    ],
    ids=["no body", "no message", "no text", "a card", "a long one", "blanks"],
)
def test_the_terminals_own_message_is_one_short_masked_line(document: Any, said: str) -> None:
    """For a technician, not for a card number, and not for a page of text."""
    told = judged(lambda: judge_answer(replied(500, document), Trust.AUTHENTIC))
    assert told == ("unconfirmed", False, f"the terminal answered 500{said}, which settles nothing")


def test_an_answer_without_an_outcome_is_none() -> None:
    """A 200 alone proves nothing to anybody who waits for an ending."""
    nothing = ("unconfirmed", False, "the terminal answered 200 without an outcome, which is no answer")
    for document in (None, {}, {"transactionOutcome": 5}):
        assert judged(partial(judge_order, replied(200, document), Trust.AUTHENTIC, _ORDER)) == nothing
    assert judged(lambda: judge_status(replied(200, {}), Trust.AUTHENTIC, _ORDER)) == (
        "unconfirmed",
        False,
        "the terminal calls it finished without an outcome, which is no answer",
    )
    assert judged(lambda: judge_answer(replied(200), Trust.AUTHENTIC)) == (
        "unconfirmed",
        False,
        "the terminal answered 200 with something that is not a JSON object",
    )


def test_an_answer_to_something_else_is_none() -> None:
    """Another id in the reply makes it another operation's; a status may leave it out, an order's reply may not."""
    foreign = ("unconfirmed", False, "the reply does not carry our operation id: it is the answer to something else")
    other = replied(200, {**_APPROVED, "customData": {"tillproofOperationId": "another"}})
    bare = replied(200, {**_APPROVED, "customData": {}})
    assert judged(lambda: judge_order(other, Trust.AUTHENTIC, _ORDER)) == foreign
    assert judged(lambda: judge_order(bare, Trust.AUTHENTIC, _ORDER)) == foreign
    assert judged(lambda: judge_status(other, Trust.AUTHENTIC, _ORDER)) == foreign
    assert judge_status(bare, Trust.AUTHENTIC, _ORDER) == Status(progress=Progress.FINISHED, reply=_reply())


def test_an_unknown_word_is_no_ending() -> None:
    """It settles no order; a status keeps it, for whoever has to decide."""
    odd = replied(200, {**_APPROVED, "transactionOutcome": "Referred"})
    assert judged(lambda: judge_order(odd, Trust.AUTHENTIC, _ORDER)) == (
        "unconfirmed",
        False,
        "the terminal answered 'Referred', an outcome that nobody here knows",
    )
    assert judge_status(odd, Trust.AUTHENTIC, _ORDER).reply == replace(_reply(), ending=None, outcome_text="Referred")


def test_an_ending_is_read_in_the_unit_of_the_terminal() -> None:
    """125 major units are 12500 minor ones, for an order and for a status."""
    assert judge_order(replied(200, _APPROVED), Trust.AUTHENTIC, _ORDER) == _reply()
    major = replied(200, {**_APPROVED, "amounts": {"total": 125, "currency": {"symbol": "NOK"}}})
    assert judge_order(major, Trust.AUTHENTIC, _ORDER, AmountUnit.MAJOR) == _reply()
    assert judge_status(major, Trust.AUTHENTIC, _ORDER, AmountUnit.MAJOR).reply == _reply()


@pytest.mark.parametrize("status", [201, 202, 204, 299])
def test_any_other_success_means_that_it_runs(status: int) -> None:
    """To a status only: an order that is answered so is in doubt, and so is one whose answer is not authentic."""
    assert judge_status(replied(status), Trust.AUTHENTIC, _ORDER) == Status(progress=Progress.RUNNING)
    assert judged(lambda: judge_order(replied(status), Trust.AUTHENTIC, _ORDER)) == (
        "unconfirmed",
        False,
        f"the terminal answered {status}, which settles nothing",
    )
    assert judged(lambda: judge_status(replied(status), Trust.FORGED, _ORDER))[0] == "unconfirmed"
    unsent = replace(replied(status), left=False)
    assert judged(lambda: judge_status(unsent, Trust.AUTHENTIC, _ORDER))[0] == "not delivered"
    assert judged(lambda: judge_status(replied(300), Trust.AUTHENTIC, _ORDER))[0] == "unconfirmed"


def test_not_found_is_unknown_to_a_status_and_nothing_to_a_question() -> None:
    """It is no "no": the terminal may have forgotten."""
    assert judge_status(replied(404), Trust.AUTHENTIC, _ORDER) == Status(progress=Progress.UNKNOWN)
    assert judge_answer(replied(404), Trust.AUTHENTIC) is None


def test_an_abort_is_accepted_or_too_late() -> None:
    """Any success is an acceptance; 403 and 404 come after the PIN, or after the end."""
    taken = [judge_abort(replied(status), Trust.AUTHENTIC) for status in (200, 202, 204, 403, 404)]
    assert taken == [AbortAnswer.ACCEPTED] * 3 + [AbortAnswer.TOO_LATE] * 2
    assert judged(lambda: judge_abort(replied(300), Trust.AUTHENTIC)) == (
        "unconfirmed",
        False,
        "the terminal answered 300, which settles nothing",
    )


def _reply() -> Reply:
    return Reply(operation_id=_OURS, ending=Ending.APPROVED, outcome_text="Approved", total_minor=12500, currency="NOK")
