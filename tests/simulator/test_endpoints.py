"""Every endpoint of the synchronous mode, as `protocol.md` (Endpoints, fields) has it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.till import AMOUNTS, Counter, authentic, document
from tools.simulator import Assumptions, Guest, Response, Underway

LARGEST = 2**31 - 1


def test_a_payment_answers_with_everything_the_protocol_lists() -> None:
    """The reply carries outcome, numbers, amounts, the echo of customData and both receipts, and is signed."""
    counter = Counter()
    request = counter.till.payment("æøå-1", cashierId="Kari01")
    reply = counter.finish(request)
    read = document(reply)
    assert authentic(request, reply)
    assert read["transactionOutcome"] == "Approved"
    assert read["outcomeDescription"] == "Godkjent"
    assert read["receiptNumber"] == "000001"
    assert len(read["approvalCode"]) == 6
    assert read["amounts"] == {"base": 12_345, "total": 12_345, "currency": {"symbol": "NOK"}}
    assert read["customData"] == {"id": "æøå-1"}
    assert {"customer", "merchant"} == set(read["receipt"])


@pytest.mark.parametrize("outcome", ["Declined", "Cancelled", "SomethingNew"])
def test_an_outcome_that_is_no_approval_has_no_approval_code(outcome: str) -> None:
    """The guest's outcome is passed on as it is, and gets a receipt all the same."""
    counter = Counter(guest=Guest(outcomes=[outcome]))
    read = document(counter.pay())
    assert outcome == read["transactionOutcome"]
    assert "approvalCode" not in read
    assert read["receipt"]["customer"]["shouldPrint"] is True


def test_a_tip_raises_the_total_and_leaves_the_base() -> None:
    """What was asked for and what was taken stand side by side."""
    counter = Counter(guest=Guest(weights={"Approved": 1.0}, tip_rate=1.0))
    assert document(counter.pay())["amounts"] == {"base": 12_345, "total": 13_579, "currency": {"symbol": "NOK"}}


def test_the_currency_stands_flat_where_that_is_assumed() -> None:
    """Both spellings were seen; the switch chooses."""
    counter = Counter(assumptions=Assumptions(currency_nested=False))
    assert document(counter.pay())["amounts"] == {"base": 12_345, "total": 12_345, "currencySymbol": "NOK"}


def test_a_refund_has_an_amount_and_no_link() -> None:
    """A refund is approved without any payment before it."""
    counter = Counter()
    read = document(counter.finish(counter.till.order("/Refunds", amounts=AMOUNTS)))
    assert (read["transactionOutcome"], read["amounts"]["total"]) == ("Approved", 12_345)


def test_a_reversal_undoes_the_payment_once() -> None:
    """The first reversal takes back the payment's total, the second finds nothing left to undo."""
    counter = Counter()
    counter.pay()
    first = document(counter.finish(counter.till.order("/Reversals", receiptNumber="000001")))
    second = document(counter.finish(counter.till.order("/Reversals", receiptNumber="000001")))
    assert (first["transactionOutcome"], first["amounts"]["total"]) == ("Approved", 12_345)
    assert second["transactionOutcome"] == "Declined"


def test_a_refunds_number_is_no_payments() -> None:
    """A refund is neither found among the payments nor reversed."""
    counter = Counter()
    counter.finish(counter.till.order("/Refunds", amounts=AMOUNTS))
    assert counter.hear(counter.till.get("/Payments/000001")).status == 404
    reversal = document(counter.finish(counter.till.order("/Reversals", receiptNumber="000001")))
    assert reversal["transactionOutcome"] == "Declined"


@pytest.mark.parametrize("target", ["000002", "999999"])
def test_a_reversal_of_nothing_approved_is_declined(target: str) -> None:
    """Number 2 was declined and number 999999 never was."""
    counter = Counter(guest=Guest(outcomes=["Approved", "Declined"]))
    counter.pay("one")
    counter.pay("two")
    read = document(counter.finish(counter.till.order("/Reversals", receiptNumber=target)))
    assert read["transactionOutcome"] == "Declined"


def test_a_capture_totals_what_was_approved_since_the_last_one() -> None:
    """Refunds and reversals count against payments; what was declined does not count."""
    counter = Counter(guest=Guest(outcomes=["Approved", "Approved", "Declined"]))
    for operation_id in ("one", "two", "three"):
        counter.pay(operation_id)
    refund = counter.till.order("/Refunds", amounts={"base": 1_000, "currencySymbol": "NOK"})
    while document(counter.finish(refund))["transactionOutcome"] != "Approved":
        refund = counter.till.order("/Refunds", amounts={"base": 1_000, "currencySymbol": "NOK"})
    counter.finish(counter.till.order("/Reversals", receiptNumber="000001"))
    totals = document(counter.finish(counter.till.request("POST", "/Captures")))["totals"]
    again = document(counter.finish(counter.till.request("POST", "/Captures")))["totals"]
    assert again == []
    assert totals == [
        {
            "currencySymbol": "NOK",
            "payments": {"count": 2, "total": 24_690},
            "refunds": {"count": 1, "total": 1_000},
            "reversals": {"count": 1, "total": 12_345},
            "net": 11_345,
        }
    ]


@pytest.mark.parametrize(
    ("collection", "fields"),
    [
        ("Payments", {"amounts": AMOUNTS}),
        ("Refunds", {"amounts": AMOUNTS}),
        ("Reversals", {"receiptNumber": "000001"}),
        ("Captures", {}),
    ],
)
def test_latest_is_404_before_and_the_same_bytes_after(collection: str, fields: dict[str, object]) -> None:
    """The slot of a type repeats the reply of its last operation to the byte."""
    counter = Counter()
    assert counter.latest(collection).status == 404
    reply = counter.finish(counter.till.order(f"/{collection}", **fields))
    later = counter.latest(collection)
    assert (200, reply.body) == (later.status, later.body)


def test_a_payment_is_found_by_its_receipt_number() -> None:
    """The number finds the payment even when a newer one has the slot."""
    counter = Counter()
    first = counter.pay("one")
    counter.pay("two")
    assert first.body == counter.hear(counter.till.get("/Payments/000001")).body
    assert counter.hear(counter.till.get("/Payments/000077")).status == 404


def test_payments_are_not_found_by_receipt_where_that_is_assumed() -> None:
    """The path is INFERRED; the switch takes it away."""
    counter = Counter(assumptions=Assumptions(payment_by_receipt=False))
    counter.pay()
    assert counter.hear(counter.till.get("/Payments/000001")).status == 404


def test_device_information_names_model_serial_and_release() -> None:
    """The question that tests connection and credentials says which release answers."""
    read = document(Counter(profile="2.1").hear(Counter(profile="2.1").till.get("/DeviceInformation")))
    assert {"model", "serialNumber", "softwareVersion", "apiVersion"} == set(read)
    assert (read["serialNumber"], read["apiVersion"]) == ("simulated-1", "2.1")


@pytest.mark.parametrize(
    ("profile", "dialogs", "aborts", "described", "embedded"),
    [("2.0", 404, 404, False, False), ("2.1", 200, 404, False, False), ("2.2", 200, 403, True, True)],
)
def test_a_release_has_what_it_has(profile: str, dialogs: int, aborts: int, *, described: bool, embedded: bool) -> None:
    """Dialogs without an id came with 2.1; aborts, descriptions and embedded receipts with 2.2."""
    counter = Counter(profile=profile)
    read = document(counter.pay())
    assert dialogs == counter.hear(counter.till.get("/Dialogs")).status
    assert aborts == counter.hear(counter.till.request("POST", "/Aborts")).status
    assert described == ("outcomeDescription" in read)
    assert embedded == ("embeddedPlain" in read["receipt"]["merchant"])


@pytest.mark.parametrize(
    ("method", "endpoint"),
    [
        ("GET", "/"),
        ("GET", "/Payments"),
        ("GET", "/payments/latest"),
        ("GET", "/Refunds/000001"),
        ("POST", "/Payments/latest"),
        ("POST", "/PaymentsAsync"),
        ("POST", "/PaymentsAsync/"),
        ("POST", "/PaymentsAsync/one/status"),
        ("GET", "/PaymentsAsync/one"),
        ("GET", "/PaymentsAsync//status"),
        ("GET", "/LoansAsync/one/status"),
        ("GET", "/Dialogs/"),
        ("POST", "/Abort/"),
        ("POST", "/Abort/one/two"),
        ("DELETE", "/Payments/latest"),
    ],
)
def test_unknown_paths_hear_a_signed_404(method: str, endpoint: str) -> None:
    """What the release does not know is refused, and signed like every reply."""
    counter = Counter()
    request = counter.till.request(method, endpoint)
    reply = counter.hear(request)
    assert reply.status == 404
    assert authentic(request, reply)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"paid"',
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"amounts": 5}).encode(),
        *(
            json.dumps({"amounts": {"base": base, "currencySymbol": "NOK"}}).encode()
            for base in (None, 0, -1, 1.5, "1", True, LARGEST + 1)
        ),
        *(
            json.dumps({"amounts": {"base": 1, "currencySymbol": symbol}}).encode()
            for symbol in (None, "", "nok", "NO", "NOKK", 578, "ÅØÆ")
        ),
        *(
            json.dumps({"amounts": AMOUNTS, "cashierId": cashier}).encode()
            for cashier in ("", "seven77", "a b", 7, "ø")
        ),
        *(json.dumps({"amounts": AMOUNTS, "customData": data}).encode() for data in ("one", 1, ["one"])),
        b'{"amounts": {"base": 1, "currencySymbol": "NOK"}, "customData": {"id": "\\ud800"}}',
        b'{"amounts": {"base": 1, "currencySymbol": "NOK"}, "customData": {"id": 1e999}}',
        *(json.dumps({"amounts": AMOUNTS, "receiptWidth": width}).encode() for width in (29, 129, "34", True)),
    ],
)
def test_malformed_payments_hear_a_signed_400(body: bytes) -> None:
    """Nothing is started, and the refusal is authentic, so that a till may rely on it."""
    counter = Counter()
    request = counter.till.request("POST", "/Payments", body)
    reply = counter.hear(request)
    assert reply.status == 400
    assert authentic(request, reply)
    assert counter.terminal.operations.running is None


@pytest.mark.parametrize("target", [None, "1", "0000001", 1, "00000a"])
def test_a_reversal_without_six_digits_hears_400(target: object) -> None:
    """A reversal must name its payment."""
    counter = Counter()
    assert counter.hear(counter.till.order("/Reversals", receiptNumber=target)).status == 400


@pytest.mark.parametrize("base", [1, LARGEST])
def test_the_smallest_and_the_largest_amount_are_taken(base: int) -> None:
    """Both ends of the range are inside."""
    counter = Counter()
    reply = counter.finish(counter.till.order("/Payments", amounts={"base": base, "currencySymbol": "SEK"}))
    assert base == document(reply)["amounts"]["total"]


@given(st.binary(max_size=200))
def test_any_body_is_refused_or_started_and_never_an_error(body: bytes) -> None:
    """Whatever the bytes are, the terminal answers."""
    heard = Counter().terminal.receive(Counter().till.request("POST", "/Payments", body))
    assert isinstance(heard, Underway) or heard.status == 400


def test_a_query_is_neither_hashed_nor_routed() -> None:
    """The path of the hash has no query string (`protocol.md`, Keyed hash)."""
    counter = Counter()
    request = counter.till.get("/Dialogs")
    heard = counter.terminal.receive(type(request)(method="GET", path=f"{request.path}?a=b", headers=request.headers))
    assert isinstance(heard, Response)
    assert heard.status == 200
