"""The vendor's protocol: hashes, stamps, what a reply says, and what it proves."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Ending, Kind, Money, NotDelivered, Order, Reply, Secret, Unconfirmed
from engine.samport import Exchange, Trust, judge_answer, judge_order
from engine.samport.masking import mask_card_numbers
from engine.samport.reading import read_document, read_reply, read_slot
from engine.samport.signing import SignedReply, authorization, stamp_text, verify
from journal import MemoryJournal
from tools.rehearsal import Stage

_SECRET = Secret("example-secret")
_STAMP = "2025-01-02T03:04:05.678Z"
_PATH = "/api/v2/PaymentsAsync/11111111-2222-4333-8444-555555555555"
_OURS = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
_ORDER = Order(operation_id=_OURS, kind=Kind.PAYMENT, terminal="bar", reference="r", amount=Money(12500, "NOK"))


def body(**fields: Any) -> bytes:
    """A reply's body, usual but for the given fields."""
    usual = {
        "transactionOutcome": "Approved",
        "receiptNumber": "000123",
        "amounts": {"total": 12500, "base": 12500, "currency": {"symbol": "NOK"}},
        "customData": {"tillproofOperationId": _OURS},
    }
    return json.dumps(usual | fields).encode()


def test_the_vectors_of_requests_are_met() -> None:
    """The keyed hash of a request is the vendor's, with a body and without."""
    start = b'{"amounts":{"base":12345,"currencySymbol":"NOK"}}'
    assert authorization(_SECRET, stamp=_STAMP, method="POST", path=_PATH, body=start) == (
        f"Samport-Keyed-Hash-v1 {_STAMP} 6pVV99HhyZUvR34frmEt/oqzrr8kPRKeNx6+jdKM+EA="
    )
    assert authorization(_SECRET, stamp=_STAMP, method="GET", path=f"{_PATH}/status", body=b"") == (
        f"Samport-Keyed-Hash-v1 {_STAMP} UfyG0snSL4enquLQzcMrxzEi+WjLDs8ax0C9LS+nXMg="
    )


_REPLIES = [
    (SignedReply(method="POST", path=_PATH, status=200, body=b""), "nEHOKf4TRdJRR0bukQRO6QCCRUurqlYg8jPGF5UebNs="),
    (
        SignedReply(
            method="GET",
            path=f"{_PATH}/status",
            status=200,
            body=b'{"transactionOutcome":"Approved","receiptNumber":"000013"}',
        ),
        "gJ5onJZWawMZtImiyBF7M+ScPW3S17ykQtCCQhbxdq8=",
    ),
    (
        SignedReply(
            method="GET", path=f"{_PATH}/status", status=200, body='{"transactionOutcome":"Godkjent ÆØÅ"}'.encode()
        ),
        "x9GVNktkv6oOhk4wAwrVCElDNKT4er7KMKHktQ/QNE4=",
    ),
]


@pytest.mark.parametrize(("reply", "digest"), _REPLIES)
def test_the_vectors_of_replies_are_authentic_and_nothing_else_is(reply: SignedReply, digest: str) -> None:
    """A reply is believed with exactly its own hash; any other part changed makes it a forgery."""
    header = f"Samport-Keyed-Hash-v1 {_STAMP} {digest}"
    assert verify(_SECRET, header, reply) is Trust.AUTHENTIC
    altered = [
        SignedReply(method="PUT", path=reply.path, status=reply.status, body=reply.body),
        SignedReply(method=reply.method, path=reply.path + "/", status=reply.status, body=reply.body),
        SignedReply(method=reply.method, path=reply.path, status=201, body=reply.body),
        SignedReply(method=reply.method, path=reply.path, status=reply.status, body=reply.body + b" "),
    ]
    assert [verify(_SECRET, header, other) for other in altered] == [Trust.FORGED] * 4
    assert verify(Secret("another"), header, reply) is Trust.FORGED
    assert verify(_SECRET, header.replace(".678", ".679"), reply) is Trust.FORGED


@pytest.mark.parametrize("header", ["Samport-Keyed-Hash-v1", "Basic a b", "Samport-Keyed-Hash-v1 x", "x" * 99, "Ω Ω Ω"])
def test_a_header_of_another_form_is_a_forgery(header: str) -> None:
    """Whatever a header holds, judging it ends in a value and not in an exception."""
    assert verify(_SECRET, header, _REPLIES[0][0]) is Trust.FORGED


@pytest.mark.parametrize("header", [None, ""])
def test_a_missing_header_is_no_signature(header: str | None) -> None:
    """A reply without the header is unsigned, which is told apart for the technician."""
    assert verify(_SECRET, header, _REPLIES[0][0]) is Trust.UNSIGNED


def test_stamps_have_milliseconds_and_sort_as_text() -> None:
    """The form that the protocol calls safe, also on a full second."""
    assert stamp_text(1735787045678) == "2025-01-02T03:04:05.678Z"
    assert stamp_text(1735787045000) == "2025-01-02T03:04:05.000Z"


def exchange(status: int | None = 200, content: bytes = b"", **headers: str) -> Exchange:
    """An exchange in which something left."""
    return Exchange(left=True, status=status, body=content, headers=headers, failure="" if status else "broke")


def test_an_authentic_answer_under_our_id_is_an_answer() -> None:
    """200, our id, a known outcome: this and nothing less is an ending."""
    reply = judge_order(exchange(200, body()), Trust.AUTHENTIC, _ORDER)
    assert (reply.ending, reply.receipt_number, reply.total_minor, reply.currency) == (
        Ending.APPROVED,
        "000123",
        12500,
        "NOK",
    )


@pytest.mark.parametrize(
    ("given", "trust", "words"),
    [
        (exchange(None), Trust.UNSIGNED, "broke"),
        (exchange(200, body()), Trust.UNSIGNED, "without a signature"),
        (exchange(200, body()), Trust.FORGED, "signature does not fit"),
        (exchange(500, b"<html>", **{"content-type": "text/html"}), Trust.UNSIGNED, "HTML page"),
        (exchange(401, b"{}"), Trust.FORGED, "is the secret key"),
        (exchange(503, b"{}"), Trust.FORGED, "signature does not fit"),
        (exchange(400, b"{}"), Trust.UNSIGNED, "without a signature"),
        (exchange(401, b'{"message":"no"}'), Trust.AUTHENTIC, r"refused our credentials \(401: no\)"),
        (exchange(403, b"{}"), Trust.AUTHENTIC, "403"),
        (exchange(404, b"Not found"), Trust.AUTHENTIC, "404"),
        (exchange(500, b"{}"), Trust.AUTHENTIC, "500"),
        (exchange(202, body()), Trust.AUTHENTIC, "202"),
        (exchange(200, b""), Trust.AUTHENTIC, "without an outcome"),
        (exchange(200, b"{}"), Trust.AUTHENTIC, "without an outcome"),
        (exchange(200, b"[1]"), Trust.AUTHENTIC, "without an outcome"),
        (exchange(200, b"{" * 100_000), Trust.AUTHENTIC, "without an outcome"),
        (exchange(200, body(transactionOutcome="approved")), Trust.AUTHENTIC, "'approved', an outcome that nobody"),
        (exchange(200, body(transactionOutcome=True)), Trust.AUTHENTIC, "without an outcome"),
        (exchange(200, body(customData={})), Trust.AUTHENTIC, "does not carry our operation id"),
        (exchange(200, body(customData={"tillproofOperationId": "other"})), Trust.AUTHENTIC, "our operation id"),
    ],
)
def test_everything_else_that_left_is_unconfirmed(given: Exchange, trust: Trust, words: str) -> None:
    """Nothing that may have been executed is taken for a no, and the reason is a sentence for a technician."""
    with pytest.raises(Unconfirmed, match=words):
        judge_order(given, trust, _ORDER)


@pytest.mark.parametrize("status", [503, 409, 423, 429, 400])
def test_an_authentic_refusal_is_proof(status: int) -> None:
    """Busy and malformed, signed by the terminal, say that the order was not processed."""
    with pytest.raises(NotDelivered) as caught:
        judge_order(exchange(status, b"{}"), Trust.AUTHENTIC, _ORDER)
    assert caught.value.refused


def test_what_never_left_is_proof() -> None:
    """Not one byte was handed to a socket: the only proof that needs nothing from the terminal."""
    with pytest.raises(NotDelivered, match="no connection") as caught:
        judge_order(Exchange(left=False, failure="no connection"), Trust.UNSIGNED, _ORDER)
    assert not caught.value.refused


@given(
    status=st.none() | st.integers(100, 599),
    content=st.binary(max_size=60) | st.just(body()),
    trust=st.sampled_from([Trust.UNSIGNED, Trust.FORGED]),
)
def test_without_a_signature_nothing_that_left_is_ever_settled(
    status: int | None, content: bytes, trust: Trust
) -> None:
    """For any status and body: neither an ending nor a proof comes from a reply that is not authentic."""
    with pytest.raises(Unconfirmed):
        judge_order(exchange(status, content), trust, _ORDER)


def test_a_question_is_answered_by_200_or_404_alone() -> None:
    """An authentic 404 means none; anything else is no answer."""
    assert judge_answer(exchange(200, b"{}"), Trust.AUTHENTIC) == {}
    assert judge_answer(exchange(404, b"whatever"), Trust.AUTHENTIC) is None
    for status, content in ((404, b""), (200, b"")):
        with pytest.raises(Unconfirmed):
            judge_answer(exchange(status, content), Trust.FORGED)
    for status, content in ((200, b""), (202, b"{}"), (503, b"{}"), (500, b"{}")):
        with pytest.raises(Unconfirmed):
            judge_answer(exchange(status, content), Trust.AUTHENTIC)


def test_a_stale_stamp_is_asked_again_at_once() -> None:
    """A terminal that has heard a newer stamp than ours gets a newer one, without waiting and without a person."""
    stage = Stage()
    till = stage.start()
    till.pay("bill-1")
    stage.clock.wall_error_s = 45.0
    till.terminals["bar"].device()
    cast("MemoryJournal", stage.journal)._numbers.clear()
    stage.clock.wall_error_s = 0.0
    assert till.terminals["bar"].device()["apiVersion"].startswith("2.2")
    assert [row.status for row in stage.simulators["bar"].log.rows[-3:]] == [401, 401, 200]


def test_receipts_survive_with_every_character() -> None:
    """ÆØÅ, tabs and line breaks come through as they were; what is no receipt is left out."""
    receipt = {
        "customer": {"shouldPrint": True, "plain": "KJØP\tÆØÅ\n125,00", "escpos": "\x1b@", "secret": "x"},
        "merchant": {"shouldPrint": False, "embeddedPlain": {"header": "a", "content": "b", "footer": "c"}},
    }
    document = read_document(body(receipt=receipt))
    assert document is not None
    reply = read_reply(document)
    assert reply is not None
    assert reply.receipts == {
        "customer": {"shouldPrint": True, "plain": "KJØP\tÆØÅ\n125,00", "escpos": "\x1b@"},
        "merchant": {"shouldPrint": False, "embeddedPlain": {"header": "a", "content": "b", "footer": "c"}},
    }
    assert Reply.from_body(reply.as_body()) == reply


@pytest.mark.parametrize(
    "amounts", [None, [], {"total": True}, {"total": 1.5}, {"total": "1"}, {"total": 2**63}, {"currency": 1}]
)
def test_amounts_that_cannot_be_read_are_absent(amounts: object) -> None:
    """A bad amount never becomes another one, and never hides the outcome."""
    document = read_document(body(amounts=amounts))
    assert document is not None
    reply = read_reply(document)
    assert reply is not None
    assert (reply.total_minor, reply.ending) == (None, Ending.APPROVED)


def test_a_slot_without_our_kind_of_id_is_known_by_its_content() -> None:
    """The same foreign content is the same slot, whatever the order of its fields; other content is another."""
    first = {"transactionOutcome": "Approved", "receiptNumber": "000001"}
    slots = [read_slot(document) for document in (first, dict(reversed(first.items())), first | {"receiptNumber": "2"})]
    identities = [slot.identity for slot in slots if slot is not None]
    assert identities[0] == identities[1]
    assert identities[0] != identities[2]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "************1111"),
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("PAN 4111-1111-1111-1111 12/27", "PAN ****-****-****-1111 12/27"),
        ("4111\u202f1111\u202f1111\u202f1111", "****\u202f****\u202f****\u202f1111"),
        ("4111\u20131111\u20131111\u20131111", "****\u2013****\u2013****\u20131111"),
        ("4111111111111111 12", "************1111 12"),
        ("06 4111111111111111", "06 ************1111"),
        ("6011000990139424\n378282246310005", "************9424\n***********0005"),
        ("************1234", "************1234"),
        ("4111111111111112", "4111111111111112"),
        ("ref 123456 000013", "ref 123456 000013"),
    ],
)
def test_card_numbers_are_masked_and_other_numbers_are_not(text: str, masked: str) -> None:
    """Only the last four digits of what passes the Luhn test stay readable."""
    assert mask_card_numbers(text) == masked


def test_an_operation_id_that_looks_like_a_card_number_stays_whole() -> None:
    """Some UUIDs hold digits that pass the Luhn test; masking them once made our own operation look foreign."""
    unlucky = "e4e26c50-0738-4854-8956-87c3454459c0"
    assert mask_card_numbers(unlucky) != unlucky
    document = read_document(body(customData={"tillproofOperationId": unlucky}))
    assert document is not None
    slot = read_slot(document)
    assert slot is not None
    assert slot.identity == unlucky


def test_no_text_of_a_reply_brings_a_card_number_in() -> None:
    """Every text field is masked, whoever put the number there."""
    number = "4111111111111111"
    document = read_document(
        body(
            transactionOutcome=number,
            outcomeDescription=number,
            approvalCode=number,
            customData={"tillproofOperationId": number},
            amounts={"currency": {"symbol": number}},
            receipt={"customer": {"plain": number, "escpos": number, "embeddedPlain": {"content": number}}},
        )
    )
    assert document is not None
    assert number not in repr(read_reply(document))


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "transactionOutcome",
                        "amounts",
                        "total",
                        "customData",
                        "tillproofOperationId",
                        "receipt",
                        "customer",
                        "embeddedPlain",
                        "plain",
                        "currency",
                        "receiptNumber",
                        "shouldPrint",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_without_an_exception(document: Any) -> None:
    """Whatever a terminal says, reading it ends in a value that the journal can hold."""
    if isinstance(document, dict):
        slot = read_slot(document)
        if slot is not None and slot.reply is not None:
            json.dumps(slot.reply.as_body(), allow_nan=False).encode()
