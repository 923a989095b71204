"""The keyed hash, held to the vectors of `protocol.md`, section 2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.till import SECRET
from tools.simulator import signing

STAMP = "2025-01-02T03:04:05.678Z"
PATH = "/api/v2/PaymentsAsync/11111111-2222-4333-8444-555555555555"

REQUESTS = [
    ("POST", PATH, '{"amounts":{"base":12345,"currencySymbol":"NOK"}}', "6pVV99HhyZUvR34frmEt/oqzrr8kPRKeNx6+jdKM+EA="),
    ("GET", f"{PATH}/status", "", "UfyG0snSL4enquLQzcMrxzEi+WjLDs8ax0C9LS+nXMg="),
]

REPLIES = [
    ("POST", PATH, "", "nEHOKf4TRdJRR0bukQRO6QCCRUurqlYg8jPGF5UebNs="),
    (
        "GET",
        f"{PATH}/status",
        '{"transactionOutcome":"Approved","receiptNumber":"000013"}',
        "gJ5onJZWawMZtImiyBF7M+ScPW3S17ykQtCCQhbxdq8=",
    ),
    ("GET", f"{PATH}/status", '{"transactionOutcome":"Godkjent ÆØÅ"}', "x9GVNktkv6oOhk4wAwrVCElDNKT4er7KMKHktQ/QNE4="),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), REQUESTS)
def test_requests_hash_as_the_vectors_say(method: str, path: str, body: str, expected: str) -> None:
    """Both request vectors come out byte for byte."""
    assert expected == signing.request_hash(secret=SECRET, stamp=STAMP, method=method, path=path, body=body.encode())


@pytest.mark.parametrize(("method", "path", "body", "expected"), REPLIES)
def test_replies_hash_as_the_vectors_say(method: str, path: str, body: str, expected: str) -> None:
    """All three reply vectors come out byte for byte."""
    assert expected == signing.reply_hash(
        secret=SECRET, stamp=STAMP, method=method, path=path, status=200, body=body.encode()
    )


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_stamps_read_back_as_the_millisecond_they_were_written_from(unix_ms: int) -> None:
    """A stamp loses nothing at the resolution of the protocol."""
    moment = signing.moment_of(signing.stamp_of(unix_ms / 1000))
    assert moment is not None
    assert abs(moment.timestamp() - unix_ms / 1000) < 0.0011


@pytest.mark.parametrize(
    "stamp",
    ["", "now", "2025-01-02T03:04:05", "2025-01-02T03:04:05+00:00", "2025-13-02T03:04:05Z", "2025-01-02 03:04:05Z"],
)
def test_what_is_no_time_in_utc_is_no_stamp(stamp: str) -> None:
    """Only ISO 8601 with a Z is a stamp."""
    assert signing.moment_of(stamp) is None
