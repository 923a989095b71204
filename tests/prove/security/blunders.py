"""Tills that believe too much: each with one well-known blunder, which the forger must find."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

import pytest

import engine.samport.charges
import engine.samport.credentials
import engine.samport.freshness
import engine.samport.signing
from engine import Exchange, Order, Reply
from engine.samport.judgement import judge_order
from engine.samport.signing import SignedReply, Trust
from tests.prove.part import Control
from tests.prove.security.judging import Batch, try_batch

_PATHS = (
    "/api/v2/Dialogs",
    "/api/v2/DeviceInformation",
    "/api/v2/Payments",
    "/api/v2/Payments/latest",
    "/api/v2/Aborts",
)


def the_hash_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    """Whatever bears the header is the terminal's."""
    patch.setattr(
        engine.samport.credentials, "verify", lambda _, header, __: Trust(["unsigned", "authentic"][bool(header)])
    )


def old_replies_are_believed(patch: pytest.MonkeyPatch) -> None:
    """Whatever is signed is the terminal's, from whenever it is."""
    patch.setattr(engine.samport.freshness.Freshness, "trust", lambda *_: Trust.AUTHENTIC)


def an_equal_stamp_is_new(patch: pytest.MonkeyPatch) -> None:
    """Not older is taken for newer: the newest reply can be played again and again."""
    trust = engine.samport.freshness.Freshness.trust
    patch.setattr(
        engine.samport.freshness.Freshness, "trust", lambda self, stamp, before: trust(self, stamp, before - 1)
    )


def a_part_of_the_hash_is_enough(patch: pytest.MonkeyPatch) -> None:
    """The hash is compared as far as the reply's one goes, as ``startswith`` does."""

    class Careless:
        """``hmac`` with another comparison."""

        @staticmethod
        def compare_digest(expected: bytes, told: bytes) -> bool:
            return expected.startswith(told)

    patch.setattr(engine.samport.signing, "hmac", Careless)


def capitals_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    """The hash is compared as one compares names of headers."""

    class Careless:
        """``hmac`` with another comparison."""

        @staticmethod
        def compare_digest(expected: bytes, told: bytes) -> bool:
            return hmac.compare_digest(expected.lower(), told.lower())

    patch.setattr(engine.samport.signing, "hmac", Careless)


def the_path_is_not_compared(patch: pytest.MonkeyPatch) -> None:
    """A reply is believed whatever it is a reply to."""
    verify = engine.samport.signing.verify

    def any_path(secret: Any, header: str | None, reply: SignedReply) -> Trust:
        trusts = [verify(secret, header, replace(reply, path=path)) for path in (reply.path, *_PATHS)]
        return Trust.AUTHENTIC if Trust.AUTHENTIC in trusts else trusts[0]

    patch.setattr(engine.samport.credentials, "verify", any_path)


def the_status_is_not_compared(patch: pytest.MonkeyPatch) -> None:
    """A reply is believed whatever its first line says."""
    verify = engine.samport.signing.verify

    def any_status(secret: Any, header: str | None, reply: SignedReply) -> Trust:
        trusts = [verify(secret, header, replace(reply, status=status)) for status in (200, 202, 400, 403, 404, 503)]
        return Trust.AUTHENTIC if Trust.AUTHENTIC in trusts else trusts[0]

    patch.setattr(engine.samport.credentials, "verify", any_status)


def our_id_is_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    """Whatever ended is taken for ours."""
    judge = judge_order

    def whosever(exchange: Exchange, trust: Trust, order: Order, unit: Any) -> Reply:
        at = exchange.body.find(b'"tillproofOperationId":"')
        told = exchange.body[at:].split(b'"')[3].decode(errors="replace") if at >= 0 else order.operation_id
        return judge(exchange, trust, replace(order, operation_id=told), unit)

    patch.setattr(engine.samport.charges, "judge_order", whosever)


BLUNDERS = (
    the_hash_is_not_looked_at,
    old_replies_are_believed,
    an_equal_stamp_is_new,
    a_part_of_the_hash_is_enough,
    capitals_do_not_matter,
    the_path_is_not_compared,
    the_status_is_not_compared,
    our_id_is_not_looked_for,
)

_MESSAGES = 1_500


def try_blunder(number: int) -> Control:
    """One of them, under a batch that the shipped code passes."""
    plant = BLUNDERS[number]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        found = try_batch(Batch(seed="planted", messages=_MESSAGES))
    believed = found.believed
    return Control(
        fault=plant.__name__.replace("_", " "),
        caught=bool(believed),
        by=f"{len(believed):,} of {_MESSAGES:,} believed; {believed[0]}" if believed else "",
    )
