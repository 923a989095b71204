"""Tillproof for asyncio: ``tillproof.aio``, the same till, whose calls are awaited instead of blocking.

    async with tillproof.aio.open("tillproof.toml") as till:
        outcome = await till.pay("125.00", "NOK", terminal="bar", reference="bill-1042/1")

Each call runs in a thread. Cancelling it only ends the waiting: the guest goes on paying, the operation is conducted to
its end and recorded, and whoever awaits the same reference again gets its outcome. To stop the guest, await ``abort``.
Leaving the ``async with`` waits for what is still being conducted.

We also considered a second engine, written with ``async``. There would be two of everything that must never be wrong.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import tillproof

__all__ = ["Till", "open"]

_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")

_THREADS_A_TERMINAL = 4
"""One conducts, others stand in line for the terminal, ask for an abort, or look something up."""


def _awaited(
    method: Callable[Concatenate[tillproof.Till, _Given], _Got],
) -> Callable[Concatenate[Till, _Given], Coroutine[Any, Any, _Got]]:
    """The method of the blocking till, with the same name, parameters, result and errors, in a thread."""

    @functools.wraps(method)
    async def run(self: Till, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Got:
        loop = asyncio.get_running_loop()
        on_dialog: Any = kwargs.get("on_dialog")
        if on_dialog is not None:
            kwargs["on_dialog"] = functools.partial(loop.call_soon_threadsafe, on_dialog)
        call = functools.partial(method, self.blocking, *args, **kwargs)
        # Shielded: whoever is cancelled stops waiting, and the thread goes on to the end of the operation.
        return await asyncio.shield(loop.run_in_executor(self._threads, call))

    return run


class Till:
    """A till whose calls are awaited; ``blocking`` is the one behind it. Made by ``open``.

    Callbacks (``on_dialog``, ``on_settled``, ``on_alarm``, ``on_overdue``, ``on_ended``, ``on_written``)
    are called in the event loop.
    """

    def __init__(self, blocking: tillproof.Till, threads: ThreadPoolExecutor) -> None:
        self.blocking = blocking
        self._threads = threads

    pay = _awaited(tillproof.Till.pay)
    refund = _awaited(tillproof.Till.refund)
    reverse = _awaited(tillproof.Till.reverse)
    capture = _awaited(tillproof.Till.capture)
    abort = _awaited(tillproof.Till.abort)
    complete = _awaited(tillproof.Till.complete)
    settle = _awaited(tillproof.Till.settle)
    recover = _awaited(tillproof.Till.recover)
    resolve = _awaited(tillproof.Till.resolve)
    device = _awaited(tillproof.Till.device)
    read_card = _awaited(tillproof.Till.read_card)
    print_text = _awaited(tillproof.Till.print_text)
    device_differences = _awaited(tillproof.Till.device_differences)

    outcome_of = _awaited(tillproof.Till.outcome_of)
    unsettled = _awaited(tillproof.Till.unsettled)
    newest = _awaited(tillproof.Till.newest)
    operation = _awaited(tillproof.Till.operation)
    facts_of = _awaited(tillproof.Till.facts_of)
    receipt = _awaited(tillproof.Till.receipt)
    receipt_copies = _awaited(tillproof.Till.receipt_copies)
    mode_of = _awaited(tillproof.Till.mode_of)
    capture_due = _awaited(tillproof.Till.capture_due)
    day_close = _awaited(tillproof.Till.day_close)
    day = _awaited(tillproof.Till.day)
    head = _awaited(tillproof.Till.head)
    verify = _awaited(tillproof.Till.verify)
    back_up = _awaited(tillproof.Till.back_up)
    archive = _awaited(tillproof.Till.archive)

    def watch(self) -> tillproof.Watch:
        """See ``tillproof.Till.watch``."""
        return self.blocking.watch()

    def on_settled(self, call: Callable[[tillproof.Outcome], None]) -> None:
        """See ``tillproof.Till.on_settled``. To be called in the event loop."""
        self.blocking.on_settled(_in_loop(call))

    def on_alarm(self, call: Callable[[tillproof.Outcome], None]) -> None:
        """See ``tillproof.Till.on_alarm``. To be called in the event loop."""
        self.blocking.on_alarm(_in_loop(call))

    def on_overdue(self, call: Callable[[tillproof.Outcome], None]) -> None:
        """See ``tillproof.Till.on_overdue``. To be called in the event loop."""
        self.blocking.on_overdue(_in_loop(call))

    def on_ended(self, call: Callable[[tillproof.Outcome], None]) -> None:
        """See ``tillproof.Till.on_ended``. To be called in the event loop."""
        self.blocking.on_ended(_in_loop(call))

    def on_written(self, call: Callable[[float], None]) -> None:
        """See ``tillproof.Till.on_written``. To be called in the event loop."""
        self.blocking.on_written(_in_loop(call))

    @property
    def looked_at(self) -> datetime | None:
        """See ``tillproof.Till.looked_at``."""
        return self.blocking.looked_at


def _in_loop(call: Callable[[_Got], None]) -> Callable[[_Got], None]:
    loop = asyncio.get_running_loop()

    def hand_over(told: _Got) -> None:
        loop.call_soon_threadsafe(call, told)

    return hand_over


@asynccontextmanager
async def open(path: str | os.PathLike[str] = "tillproof.toml") -> AsyncIterator[Till]:  # noqa: A001 - as tillproof.open
    """The till that a configuration file describes; raises as ``tillproof.open``."""
    blocking = await asyncio.to_thread(tillproof.open, path)
    threads = ThreadPoolExecutor(_THREADS_A_TERMINAL * len(blocking.settings.terminals), "tillproof")
    try:
        yield Till(blocking, threads)
    finally:
        await asyncio.shield(asyncio.to_thread(_close, blocking, threads))


def _close(blocking: tillproof.Till, threads: ThreadPoolExecutor) -> None:
    threads.shutdown()  # what is being conducted is conducted to its end
    blocking.close()
