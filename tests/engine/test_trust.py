"""Trust: what makes a reply believed, to the last part of its header, and what is said when it is not."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest

from engine import OPERATIONS, Heard, Secret, SystemClock
from engine.samport.freshness import Freshness, stamp_us
from engine.samport.signing import SCHEME, SignedReply, Trust, _hash, stamp_text, verify
from journal import MemoryJournal

_SECRET = Secret("example-secret")
_REPLY = SignedReply(method="GET", path="/api/v2/Payments/latest", status=200, body=b"{}")
_STAMP = "2025-01-02T03:04:05.678Z"


def header(stamp: str = _STAMP, scheme: str = SCHEME, reply: SignedReply = _REPLY) -> str:
    """A header whose hash fits, whatever else stands in it."""
    parts = (stamp, reply.method, reply.path, str(reply.status))
    return f"{scheme} {stamp} {_hash(_SECRET, *(part.encode() for part in parts), reply.body)}"


def test_a_hash_that_fits_is_believed_under_its_own_scheme_only() -> None:
    """Another scheme may mean another thing by the same hash."""
    assert verify(_SECRET, header(), _REPLY) is Trust.AUTHENTIC
    assert verify(_SECRET, header(scheme="Samport-Keyed-Hash-v2"), _REPLY) is Trust.FORGED


@pytest.mark.parametrize("stamp", ["a\nb", "a\x00b", "Ω", "a b"])
def test_a_stamp_that_no_header_holds_is_not_believed_though_its_hash_fits(stamp: str) -> None:
    """With a line break in it, what was signed as a body could be told as a stamp."""
    assert verify(_SECRET, header(stamp), _REPLY) is Trust.FORGED


def test_half_a_character_in_a_hash_is_a_forgery_and_no_error() -> None:
    """Whatever a header holds, judging it ends in a value."""
    assert verify(_SECRET, f"{SCHEME} {_STAMP} \ud800", _REPLY) is Trust.FORGED
    assert verify(_SECRET, header(), replace(_REPLY, body=b"{ }")) is Trust.FORGED


def test_a_stamp_is_whole_microseconds() -> None:
    """As a float the last ones would be lost, and with them which of two replies is newer."""
    moment_us = stamp_us("9999-12-31T23:59:59.999999Z")
    assert (moment_us, type(moment_us)) == (253_402_300_799_999_999, int)


def test_an_old_reply_is_told_with_its_terminal_and_its_stamp(caplog: pytest.LogCaptureFixture) -> None:
    """Somebody plays it, or a clock was set back: a technician has to see which."""
    with caplog.at_level(logging.WARNING, logger="tillproof"):
        stamp = stamp_us(_STAMP)
        assert stamp is not None
        heard = Heard(MemoryJournal(projection=OPERATIONS, now=SystemClock().now), "bar")
        assert Freshness("bar", heard).trust(_STAMP, before=stamp) is Trust.REPLAYED
        assert Freshness("bar", heard).trust(_STAMP, before=stamp - 1) is Trust.AUTHENTIC
    assert heard.reached() == stamp
    assert [record.getMessage() for record in caplog.records] == [
        f"event='reply.replayed' terminal='bar' stamp='{_STAMP}'"
    ]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change a process's zone")
def test_a_stamp_is_in_utc_wherever_the_till_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in Oslo would find one from Tokyo nine hours ahead, and every later one too old."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert stamp_text(1_735_787_045_678) == "2025-01-02T03:04:05.678Z"
    time.tzset()
