"""32 terminals at once, whose guests take 50 ms: what the journal costs when everybody pays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from tools.bench.booth import Booth, Crowd, booth
from tools.bench.contender import Entry
from tools.bench.fairness import fewest_over_most
from tools.bench.goal import Line, at_least
from tools.bench.machine import busy_s
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.samples import Samples
from tools.bench.terminals import terminals
from tools.bench.turns import middle, take_slices

_TILLS = 32
_GUEST_S = 0.05
_PAY, _BARE, _POST = "till.pay()", "till.pay() without a journal", "requests.Session().post"
_BAREST = "till.pay() with two shared commits of plain sqlite3 for a journal"
_PATIENT = f"{_BAREST}, shared as far as ours"
_HELD, _BARE_HELD = f"{_PAY}, held on one core", f"{_BARE}, held on one core"
_CONTENDERS = "tools.bench.contenders"


def _run(work: Work) -> Result:
    with ExitStack() as stack:
        contenders = list(_contenders(stack.enter_context(terminals(7 * _TILLS, guest_s=_GUEST_S))))
        booths = {entry.name: stack.enter_context(booth(entry, work.folder, callers=_TILLS)) for entry in contenders}
        slices = {name: _Watched(opened, 0.5 if work.quick else 2.0) for name, opened in booths.items()}
        told = take_slices(slices, rounds=work.rounds(7), tell=work.tell)
    busy = {name: middle(watched.busy) for name, watched in slices.items()}
    rates = {name: middle([crowd.per_s for crowd in crowds]) for name, crowds in told.items()}
    why = f"""two commits of plain sqlite3 for a journal, with nothing chained, folded, looked up or locked, leave this
till {rates[_BAREST] / rates[_BARE]:.2f} of what it does without one, and {rates[_PATIENT] / rates[_BARE]:.2f} where
each commit waits for as many others as it takes to flush a quarter as often as there are operations, which is another
of these goals. For the rest that ours promises next to nothing is left, because Python runs one thread of a process at
a time, and each call into SQLite or a file gives its lock away. What an operation computes is the limit, and not the
disk: of {os.cpu_count()} cores {busy[_PAY]:.2f} are busy, and {busy[_BARE]:.2f} without a journal, the simulated
terminals among them; real ones compute elsewhere.{_more(rates)}"""
    return Result(
        lines=(
            Line(
                figure="32 terminals, guests of 50 ms: operations a second ÷ the same till without a journal",
                value=rates[_PAY] / rates[_BARE],
                goal=at_least(0.9),
                why=why,
            ),
            Line(
                figure="the same ÷ plain requests without a journal",
                value=rates[_PAY] / rates[_POST],
                goal=at_least(0.9),
                why=why,
            ),
            *(
                Line(figure=f"{name} ÷ the same without a journal", value=rates[name] / rates[_BARE])
                for name in (_BAREST, _PATIENT)
            ),
            *_held(rates),
            *(Line(figure=f"cores at work meanwhile, {name}", value=cores) for name, cores in busy.items()),
            Line(
                figure="fairness of 32 terminals: fewest ÷ most operations",
                value=fewest_over_most(_counts(told[_PAY])),
                goal=at_least(0.6),
            ),
        ),
        readings=tuple(
            Samples([second for crowd in crowds for second in crowd.seconds]).reading(
                name, callers=_TILLS, per_s=rates[name]
            )
            for name, crowds in told.items()
        ),
    )


def _held(rates: Mapping[str, float]) -> Iterator[Line]:
    """What it is worth to hold the till on one core, where the system can."""
    if _HELD in rates:
        yield Line(figure=f"{_HELD} ÷ the same without a journal", value=rates[_HELD] / rates[_BARE_HELD])
        yield Line(figure=f"{_HELD} ÷ {_PAY}", value=rates[_HELD] / rates[_PAY])


def _more(rates: Mapping[str, float]) -> str:
    if _HELD not in rates:
        return ""
    return f""" Much of it is the way of that lock from one core to the other: the same till, held on one core, does
{rates[_HELD] / rates[_PAY]:.2f} times as many."""


def _contenders(ports: list[int]) -> Iterator[Entry]:
    """Each at terminals of its own."""
    own = iter(ports[first : first + _TILLS] for first in range(0, len(ports), _TILLS))
    yield Entry(name=_PAY, module=f"{_CONTENDERS}.pay", given={"ports": next(own)})
    yield Entry(name=_BARE, module=f"{_CONTENDERS}.pay", given={"ports": next(own), "journal": "none"})
    yield Entry(name=_BAREST, module=f"{_CONTENDERS}.pay", given={"ports": next(own), "journal": "barest"})
    yield Entry(name=_PATIENT, module=f"{_CONTENDERS}.pay", given={"ports": next(own), "journal": "patient"})
    yield Entry(name=_POST, module=f"{_CONTENDERS}.post", given={"ports": next(own)})
    if hasattr(os, "sched_setaffinity"):
        core = min(os.sched_getaffinity(0))
        yield Entry(name=_HELD, module=f"{_CONTENDERS}.pay", given={"ports": next(own), "core": core})
        yield Entry(
            name=_BARE_HELD, module=f"{_CONTENDERS}.pay", given={"ports": next(own), "core": core, "journal": "none"}
        )


class _Watched:
    """Slices of one contender, and how many cores were at work meanwhile, whoever used them."""

    def __init__(self, opened: Booth, seconds: float) -> None:
        self._opened = opened
        self._seconds = seconds
        self.busy: list[float] = []

    def __call__(self) -> Crowd:
        began_s, busy_before_s = time.perf_counter(), busy_s()
        crowd = self._opened.crowd(self._seconds)
        self.busy.append((busy_s() - busy_before_s) / (time.perf_counter() - began_s))
        return crowd


def _counts(crowds: list[Crowd]) -> list[int]:
    """The operations of each caller, over all slices."""
    return [sum(counts) for counts in zip(*(crowd.each for crowd in crowds), strict=True)]


MEASUREMENT = Measurement(
    name="crowd",
    title="A crowd of 32 terminals",
    how="""32 callers in one process, each at a simulated terminal of its own whose guest takes 50 ms; the terminals
share a process. They take turns in slices of two seconds: the shipped till, the same one without a journal and with the
barest ones, and plain `requests` without a journal. On two cores the terminals and the callers compete for them.""",
    run=_run,
)
