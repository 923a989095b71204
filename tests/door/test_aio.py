"""The door for asyncio: the same till, awaited; and whoever stops waiting loses nothing."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable

import pytest

import tillproof
from tests.door.conftest import Configure, Serve
from tillproof import aio

_LIMIT_S = 20


async def _running(till: aio.Till) -> None:
    """Wait until an operation is on record that has not ended."""
    async with asyncio.timeout(_LIMIT_S):
        while not await till.unsettled():
            pass


def test_a_payment_is_awaited_and_the_loop_goes_on(serve: Serve, configure: Configure) -> None:
    """While the guest pays, others are served; and the same reference is the same outcome."""
    server = serve(takes_s=0.5)

    async def lunch() -> None:
        async with aio.open(configure(server)) as till:
            paying = asyncio.create_task(till.pay("125.00", "NOK", terminal="bar", reference="bill-1"))
            await _running(till)
            assert not paying.done()
            outcome = await paying
            assert isinstance(outcome, tillproof.Approved)
            assert await till.pay("125.00", "NOK", terminal="bar", reference="bill-1") == outcome

    asyncio.run(lunch())
    assert server.approvals == 1


def test_whoever_is_cancelled_loses_no_payment(serve: Serve, configure: Configure) -> None:
    """The guest goes on paying; asking again for the same reference tells what became of it, and charges nobody."""
    server = serve(takes_s=0.5)

    async def lunch() -> None:
        async with aio.open(configure(server)) as till:
            paying = asyncio.create_task(till.pay("125.00", "NOK", terminal="bar", reference="bill-1"))
            await _running(till)
            paying.cancel()
            with pytest.raises(asyncio.CancelledError):
                await paying
            assert server.approvals == 0
            assert (await till.pay("125.00", "NOK", terminal="bar", reference="bill-1")).word == "approved"

    asyncio.run(lunch())
    assert server.approvals == 1


def test_a_program_that_ends_waits_for_its_guest(serve: Serve, configure: Configure) -> None:
    """Leaving with a payment under way: it is conducted to its end, and on record."""
    server = serve(takes_s=0.5)
    config = configure(server)

    async def lunch() -> None:
        async with aio.open(config) as till:
            paying = asyncio.create_task(till.pay("125.00", "NOK", terminal="bar", reference="bill-1"))
            await _running(till)
            paying.cancel()

    asyncio.run(lunch())
    with tillproof.open_records(config) as records:
        assert records.outcome_of("bill-1").word == "approved"


def test_errors_come_to_whoever_awaits(serve: Serve, configure: Configure) -> None:
    """As they are raised by the till that blocks."""

    async def wrong() -> None:
        async with aio.open(configure(serve())) as till:
            await till.pay("125.00", "NOK", terminal="cellar", reference="bill-1")

    with pytest.raises(tillproof.BadInput, match="terminal: 'cellar' is not configured"):
        asyncio.run(wrong())


def test_callbacks_come_in_the_loop(serve: Serve, configure: Configure) -> None:
    """An asyncio program may touch its own things in them: they never run in a strange thread."""
    server = serve("dropped_while_paying", takes_s=0.2)
    heard: list[tuple[str, int]] = []
    ended: list[tuple[str, int]] = []
    written: list[tuple[bool, int]] = []

    async def lunch() -> None:
        settled = asyncio.Event()

        def on_settled(outcome: tillproof.Outcome) -> None:
            heard.append((outcome.word, threading.get_ident()))
            settled.set()

        async with aio.open(configure(server)) as till, asyncio.timeout(_LIMIT_S):
            till.on_settled(on_settled)
            till.on_alarm(on_settled)
            till.on_overdue(on_settled)
            till.on_ended(lambda outcome: ended.append((outcome.word, threading.get_ident())))
            till.on_written(lambda took_s: written.append((took_s > 0, threading.get_ident())))
            outcome = await till.pay("125.00", "NOK", terminal="bar", reference="bill-1", patience_s=0)
            assert isinstance(outcome, tillproof.InDoubt)
            till.watch()
            await settled.wait()
            assert till.looked_at == till.blocking.looked_at

            def on_dialog(text: str) -> None:
                heard.append((text, threading.get_ident()))

            await till.pay("1.00", "NOK", terminal="bar", reference="bill-2", mode="async", on_dialog=on_dialog)

    asyncio.run(lunch())
    assert heard[0][0] == "approved"
    assert len(heard) > 1
    assert {thread for _, thread in heard} == {threading.get_ident()}
    assert ended == [("approved", threading.get_ident())] * 2
    assert set(written) == {(True, threading.get_ident())}


def _parameters(method: Callable[..., object]) -> list[tuple[str, object, object]]:
    return [(each.name, each.kind, each.default) for each in inspect.signature(method).parameters.values()]


def test_nothing_that_the_till_can_do_is_missing() -> None:
    """Every method of the one is one of the other, with the same parameters; it is closed by leaving it."""
    blocking, awaited = (
        {name: method for name, method in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
        for kind in (tillproof.Till, aio.Till)
    )
    assert blocking.keys() - awaited.keys() == {"close"}
    for name, method in awaited.items():
        assert _parameters(method) == _parameters(blocking[name])
