"""The lives of a till, each in a forked process: one that is killed, and the one that comes back after it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import engine.book
import engine.clock
import engine.samport.charges
import journal.file
import journal.sqlite
import tillproof
from engine import Operation
from tests.prove.kill import tracer
from tests.prove.kill.acts import Act

CONFIGURATION = "tillproof.toml"

DIED = 9
"""How a till ends that leaves something behind; any other ending means that it did not get that far, or too far."""

Hear = Callable[[tillproof.Outcome], None]
Plant = Callable[[pytest.MonkeyPatch, Hear], None]
"""Puts a fault into the shipped code, in the forked process; it may also let the caller hear something."""

_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a till that came back found in its journal, before it asked anybody, and at the end."""

    at_first: dict[str, str]
    """Each reference and its state, before recovery."""
    operations: tuple[Operation, ...]
    unsettled: tuple[str, ...]
    breaks: tuple[str, ...]
    stamps: tuple[int, ...]
    """Every stamp that it drew, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One run of a till's program in the shop's folder. What its caller hears goes into the file ``heard``.

    ``plant`` is a fault of the program; ``clock_back`` is one of the machine, whose battery is empty.
    """

    act: Act
    shop: Path
    heard: Path
    plant: Plant | None = None
    clock_back: bool = False

    def warm_up(self) -> None:
        """Let a guest pay before, so that journal and terminal have something to remember."""
        with self._opened(traced=False) as till:
            till.pay("80.00", "NOK", terminal="bar", reference="bill-0")

    def rehearse(self) -> None:
        """Go through everything once in this very process, so that forked ones find it loaded and ready."""
        self.warm_up()
        with self._opened(traced=False) as till:
            till.pay("80.00", "NOK", terminal="bar", reference="bill-0/async", mode="async")
            till.recover()
            till.verify()
            till.newest(1000)
            till.unsettled()

    def act_out(self) -> None:
        """Open, act, close."""
        with self._planted() as hear, self._opened() as till:
            for outcome in self.act.do(till):
                hear(outcome)

    def leave_behind(self) -> None:
        """Do what is to be found later, and die just before or just after the order is out."""
        if self.act.left is None:
            raise ValueError(f"{self.act.name} leaves nothing behind")
        patch = pytest.MonkeyPatch()
        if self.act.unsent:
            patch.setattr(engine.samport.charges.SyncCharge, "send", _die)
        else:
            patch.setattr(engine.book.Book, "record", _die)
            patch.setattr(engine.samport.charges.AsyncCharge, "_end", _die)
        with self._opened(traced=False) as till:
            for _ in self.act.left(till):
                pass

    def come_back(self, tell: int | None = None) -> None:
        """After a crash: open, recover, do what a POS would do, close. Who is not to be killed tells, into a pipe."""
        stamps: list[int] = []
        with self._planted() as hear:
            _note_stamps(stamps)
            with self._opened(traced=tell is None) as till:
                at_first = {each.order.reference: str(each.state) for each in till.newest(1000)}
                for do in (self.act.first, _recover, self.act.again or self.act.do):
                    for outcome in do(till) if do is not None else ():
                        hear(outcome)
                told = Told(
                    at_first=at_first,
                    operations=tuple(till.newest(1000)),
                    unsettled=tuple(f"{each.reference} stays in doubt: {each.reason}" for each in till.unsettled()),
                    breaks=tuple(till.verify().breaks),
                    stamps=tuple(stamps),
                )
        if tell is not None:
            with os.fdopen(tell, "wb") as pipe:
                pickle.dump(told, pipe)

    @contextmanager
    def _opened(self, *, traced: bool = True) -> Iterator[tillproof.Till]:
        """The shipped door; traced from before it or from behind it, until the process ends."""
        if traced and self.act.opens:
            tracer.be_traced()
        with tillproof.open(self.shop / CONFIGURATION) as till:
            if traced and not self.act.opens:
                tracer.be_traced()
            yield till

    @contextmanager
    def _planted(self) -> Iterator[Hear]:
        """The program as it is to run in this process; nothing is put back, for the process ends with it."""
        patch = pytest.MonkeyPatch()
        heard = os.open(self.heard, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def hear(outcome: tillproof.Outcome) -> None:
            os.write(heard, f"{outcome.word} {outcome.reference}\n".encode())

        if self.act.checkpoint_facts is not None:
            patch.setattr(journal.sqlite, "CHECKPOINT_FACTS", self.act.checkpoint_facts)
        if self.clock_back:
            now = engine.clock.SystemClock.now
            patch.setattr(engine.clock.SystemClock, "now", lambda clock: _earlier(now(clock)))
        if self.plant is not None:
            self.plant(patch, hear)
        yield hear


def _recover(till: tillproof.Till) -> Iterator[tillproof.Outcome]:
    for finding in till.recover().findings:
        yield finding.outcome


def _note_stamps(stamps: list[int]) -> None:
    """Note every number that this process draws, after whatever was planted there."""
    rising = journal.file.FileJournal.rising

    @contextmanager
    def noted(self: Any, name: str, *, floor: int) -> Iterator[Any]:
        with rising(self, name, floor=floor) as number:
            stamps.append(number.value)
            yield number

    pytest.MonkeyPatch().setattr(journal.file.FileJournal, "rising", noted)


def _earlier(now: datetime) -> datetime:
    return now - _BACK


def _die(*_: Any, **__: Any) -> Any:
    os._exit(DIED)
