"""Between the instructions: a checkpoint is stopped after each of them, and there another process commits.

The bug needs two things within some nanoseconds: one process has read where the log ends, and has not yet looked how
much of it is in the main file; and just then another one begins the log anew. Waiting for that to happen is a matter of
luck. Here nothing is: a process that checkpoints is stopped a number of instructions after one of its system calls,
another process is asked to commit, and when it has, or has to wait for the writer lock, the first one goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from journal import JournalError
from journal.handle import WriteHandle
from journal.schema import ProjectionTable
from tests.prove.stress.scene import STRESS, Found, Scene, audit
from tests.prove.stress.stepper import Stepped, mark

_FLOCK = {"x86_64": "73 ", "aarch64": "32 "}.get(platform.machine(), "")
"""What ``/proc/<process>/syscall`` begins with for one that waits for the lock: the number of ``flock(2)``."""

POSSIBLE = sys.platform == "linux" and bool(_FLOCK)

PLACES = "places in a checkpoint"
_AT_ONCE = "of these, the writer had not to wait"

_LATE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a checkpoint is stopped: so many instructions after so many of its system calls."""

    calls: int
    instructions: int

    def __str__(self) -> str:
        return f"a checkpoint stopped {self.instructions} instructions after its system call {self.calls}"


def commit_between(scene: Scene, stops: Sequence[Stop]) -> Found:
    """Stop a checkpoint at each of these in turn, and commit there; to the end, or until something is lost."""
    scene.path.parent.mkdir()
    scene.opened().close()
    pair, found = _Pair(scene), Found()
    try:
        for stop in stops:
            found += pair.commit_at(stop)
            problems = [*found.problems, *audit(scene, found.account)]
            if problems:
                return replace(found, problems=(f"{stop}, and another process committed: {problems[0]}",))
    finally:
        pair.end()
        shutil.rmtree(scene.path.parent)
    return found


class _Pair:
    """Two processes on one journal: one checkpoints and can be stopped anywhere, the other commits when it is asked."""

    def __init__(self, scene: Scene) -> None:
        self._checkpointer = Stepped(lambda: _checkpoint_for_ever(scene))
        self._pipe, there = multiprocessing.Pipe()
        self._writer = os.fork()
        if not self._writer:
            self._pipe.close()  # or it would not notice the end of its parent
            _write_as_asked(scene, there)
        there.close()
        self._checkpoint()  # it has opened the journal

    def commit_at(self, stop: Stop) -> Found:
        """Bring the journal to where the next writer begins the log anew, and let that happen at the stop."""
        found = self._committed()
        self._checkpoint()
        if self._checkpointer.step(stop.calls, stop.instructions):
            self._pipe.send("commit")
            deeds = Counter({PLACES: 1, _AT_ONCE: int(self._has_committed())})
            self._checkpoint()
            found += replace(self._answer(), deeds=deeds)
        return found + self._committed()

    def end(self) -> None:
        """End both."""
        self._checkpointer.end()
        self._pipe.close()
        os.waitpid(self._writer, 0)

    def _checkpoint(self) -> None:
        """Let the one go on to its next mark: to the end of this checkpoint, or of a whole one."""
        self._checkpointer.go_on()
        self._checkpointer.wait_for_mark()

    def _committed(self) -> Found:
        self._pipe.send("commit")
        return self._answer()

    def _answer(self) -> Found:
        answer = self._pipe.recv() if self._pipe.poll(_LATE_S) else Found(problems=("the writer never got its turn",))
        return answer if isinstance(answer, Found) else Found(problems=(f"the writer said {answer!r}",))

    def _has_committed(self) -> bool:
        """Wait until the writer has committed, or stands before the lock; whether it has committed."""
        deadline = time.monotonic() + _LATE_S
        while not self._pipe.poll(0.001) and time.monotonic() < deadline:
            if Path(f"/proc/{self._writer}/syscall").read_text("ascii").startswith(_FLOCK):
                return False
        return True


def _checkpoint_for_ever(scene: Scene) -> None:
    scene.plant.put()
    handle = WriteHandle(scene.path, ProjectionTable(STRESS))
    while True:
        mark()
        with handle.alone():
            handle.checkpoint()


def _write_as_asked(scene: Scene, pipe: Connection) -> None:
    scene.plant.put()
    dice = scene.dice("writer")
    book = scene.opened()
    try:
        while pipe.recv():
            before = book.account
            try:
                book.note(f"note-{before.commits}", dice, scene.largest)
            except JournalError as error:
                pipe.send(Found(problems=(str(error),)))
            else:
                pipe.send(Found(account=book.account - before))
    finally:
        os._exit(0)
