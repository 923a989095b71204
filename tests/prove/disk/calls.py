"""Each call that an act makes of the disk fails in turn, and the ledger judges what the till then says and does."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

import journal.sqlite
from engine import FINAL, AnswerNotStored, BadInput, InDoubt, NothingSent, Outcome, TillproofError, outcome_of
from journal import JournalError
from tests.prove.disk.acts import ACTS, Act
from tests.prove.disk.desk import Desk
from tests.prove.disk.injector import KINDS, Disk, Fault
from tests.prove.disk.plants import PLANTS
from tools.rehearsal import Process

_LONGEST_S = 60
_LATER_S = 400.0
"""Long enough for every grace to be over."""

_MUST_AGREE = ("word", "operation_id", "reference", "kind", "amount", "total_minor")
"""What of an outcome that was told must stand on record in the end."""

_WHAT_IT_CAN_BE = {
    "o": (Fault.EIO,),
    "c": (Fault.EIO, Fault.ENOSPC),
    "w": (Fault.EIO, Fault.ENOSPC, Fault.SHORT, Fault.FULL),
    "s": (Fault.EIO, Fault.ENOSPC),
    "t": (Fault.EIO, Fault.FULL),
    "u": (Fault.EIO,),
    "r": (Fault.EIO, Fault.ENOSPC),
}
"""What each kind of call can really fail with; the kinds are those of the injector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One call of one act, and how it fails."""

    act: str
    call: int
    kind: str
    fault: Fault
    for_ever: bool
    plant: str | None = None

    @property
    def words(self) -> str:
        """For a sentence."""
        lasting = "and all later ones" if self.for_ever else "once"
        return f"{self.act}, call {self.call} ({KINDS[self.kind]}) {lasting}: {self.fault.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it. ``struck`` is how many calls really failed; ``told`` how the caller heard."""

    point: Point
    struck: int
    told: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Points of one act, which share what was done before."""

    act: str
    points: tuple[Point, ...]
    folder: Path


def points(act: Act, folder: Path) -> list[Point]:
    """Each call of an act, in every way in which it can fail. Runs in a preloaded process."""
    with _prepared(act, folder) as desk:
        disk = Disk(desk.folder)
        disk.count()
        with desk.till() as till:
            act.do(till)
        disk.heal()
        calls = disk.calls
    return [
        Point(act=act.name, call=call, kind=kind, fault=fault, for_ever=for_ever)
        for call, kind in enumerate(calls)
        for fault in _WHAT_IT_CAN_BE[kind]
        for for_ever in ((True,) if fault is Fault.FULL else (False, True))
    ]


def points_by_name(task: tuple[str, Path]) -> list[Point]:
    """The same, for another process."""
    name, folder = task
    return points(_act(name), folder)


def play(batch: Batch) -> list[Tried]:
    """Play points; each in a process of its own, which begins with the desk as it was before the disk failed."""
    with _prepared(_act(batch.act), batch.folder) as desk:
        return [_apart(desk, point) for point in batch.points]


def _act(name: str) -> Act:
    return next(act for act in ACTS if act.name == name)


@contextmanager
def _prepared(act: Act, folder: Path) -> Iterator[Desk]:
    """A fresh desk, with its journal in a folder that is gone afterwards."""
    place = Path(tempfile.mkdtemp(dir=folder))
    every = journal.sqlite.CHECKPOINT_FACTS
    try:
        if act.checkpoint_every is not None:
            journal.sqlite.CHECKPOINT_FACTS = act.checkpoint_every
        yield act.desk(partial(Desk, place / "0"))
    finally:
        journal.sqlite.CHECKPOINT_FACTS = every
        shutil.rmtree(place, ignore_errors=True)


def _apart(desk: Desk, point: Point) -> Tried:
    """Play a point in a fork: nothing that it does to this process or to the terminal is left over."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens, the child ends here: one that went on would be a second worker on our queue.
        try:
            signal.alarm(_LONGEST_S)  # whoever hangs is ended by the kernel
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(_tried(desk, point), pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0 or not told:
        return Tried(point=point, struck=0, told="nothing", problems=(f"{point.words}: it hung or died ({status})",))
    tried: Tried = pickle.loads(told)  # noqa: S301 - what our own child wrote
    return tried


def _tried(desk: Desk, point: Point) -> Tried:
    try:
        return _play(desk, point)
    except Exception as error:  # noqa: BLE001 - what the trial did not expect is a finding
        told = f"{type(error).__name__}: {error}".replace(f"{desk.folder}/", "")
        words = f"{point.words}: the sound disk did not mend it: {told}"
        return Tried(point=point, struck=0, told="nothing", problems=(words,))


def _play(desk: Desk, point: Point) -> Tried:
    """Let the call fail, mend the disk, recover in a new run of the program, try again, and audit."""
    act = _act(point.act)
    place = desk.move(Path(tempfile.mkdtemp(dir=desk.folder.parent)) / "journal")
    disk = Disk(place)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if point.plant is not None:
                PLANTS[point.plant].put(patch)
            disk.fail(point.call, point.fault, for_ever=point.for_ever)
            told = _attempt(desk, act)
            struck = disk.heal()
        problems = list(_lies(desk, act, point, told))
    finally:
        shutil.rmtree(place.parent, ignore_errors=True)
    heard = "no error" if told is None else type(told).__name__
    return Tried(
        point=point,
        struck=struck,
        told=heard,
        problems=tuple(f"{point.words}; heard {heard}: {problem}" for problem in problems),
    )


def _attempt(desk: Desk, act: Act) -> Outcome | Exception | None:
    try:
        with desk.till() as till:
            return act.do(till)
    except Exception as error:  # noqa: BLE001 - whether it is one of ours is judged by ``_lies``
        return error


def _lies(desk: Desk, act: Act, point: Point, told: Outcome | Exception | None) -> Iterator[str]:
    """Where what the caller heard is not what is so."""
    sent = desk.orders_sent
    if sent > 1:
        yield f"{sent} orders were sent"
    if isinstance(told, Exception) and not isinstance(told, TillproofError | JournalError):
        yield f"an error reached the caller that is none of ours: {told!r}"
    if isinstance(told, Exception) and not isinstance(told, AnswerNotStored) and sent:
        yield f"it heard {str(told)!r} though an order had been sent"
    if isinstance(told, AnswerNotStored) and point.fault is Fault.FULL:
        yield "the disk was full, and its last reserve did not do"
    # A new run of the program on a sound disk: first what it finds without asking anybody.
    with desk.till() as till:
        found = till.book.find("bill-1")
        if sent and found is None:
            yield "an order was sent that the journal does not know"
        if found is not None and isinstance(told, NothingSent) and "nothing was written" in str(told):
            yield "it heard that nothing was written, and it stands in the journal"
        if isinstance(told, Outcome) and not isinstance(told, InDoubt) and (found is None or found.state not in FINAL):
            yield f"it heard {told.word}, and the journal holds {found.state if found else 'nothing'}"
        yield from _aftermath(desk, act, till)
        yield from _otherwise(told.outcome if isinstance(told, AnswerNotStored) else told, till)


def _aftermath(desk: Desk, act: Act, till: Process) -> Iterator[str]:
    till.recovery.recover()
    with suppress(BadInput):  # there is nothing left to abort
        act.do(till)
    desk.virtual.advance(_LATER_S)
    report = till.recovery.recover()
    yield from desk.discrepancies()
    yield from (f"{found.outcome.reference} stays {found.outcome.word}" for found in report.unsettled)
    yield from desk.journal.verify().breaks
    yield from (f"{name} was charged {times} times" for name, times in desk.charges().items() if times > 1)


def _otherwise(told: Outcome | Exception | None, till: Process) -> Iterator[str]:
    """Where a final outcome, returned or carried by an error, is not the one on record in the end.

    What is on record in the end is compared with the ledger by the audit.
    """
    if told is None or isinstance(told, Exception | InDoubt):
        return
    found = till.book.find(told.reference)
    final = None if found is None else outcome_of(found)
    if final is None:
        yield f"it was told {told.word} of {told.reference}, which nobody knows in the end"
    elif [getattr(told, name) for name in _MUST_AGREE] != [getattr(final, name) for name in _MUST_AGREE]:
        yield f"it was told {told.word}, {told.total_minor}, and in the end it is {final.word}, {final.total_minor}"
