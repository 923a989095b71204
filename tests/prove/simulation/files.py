"""The shipped journal in its file, taking turns with others where it would make its thread wait.

Nothing else of it is changed: what is written, flushed, locked and read is done by the code that is shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from engine import OPERATIONS
from journal import Draft, Fact, LaneBusy, NotStored, Number, PerhapsStored
from journal.file import FileJournal
from tests.prove.simulation.timeline import Timeline


class Disk(Protocol):
    """What the file of a journal is to the play: writes take time, and go wrong."""

    def write(self, store: Callable[[], tuple[Fact, ...]], *, last_resort: bool) -> tuple[Fact, ...]:
        """Store, or do to it what disks do."""
        ...


_FIRST_LOOK_S = 0.05
_LAST_LOOK_S = 1.0
"""Whoever waits for a lock looks again whether it is free, after twice as long each time, up to this."""


class PlayedJournal(FileJournal):
    """``FileJournal``, whose waiting is virtual."""

    def __init__(
        self,
        path: Path,
        *,
        disk: Disk,
        timeline: Timeline,
        drawn: dict[str, object],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(path, projection=OPERATIONS, now=now)
        self._disk = disk
        self._timeline = timeline
        self._drawn = drawn

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``; an effect that takes time and can go wrong."""
        store = super().append
        return self._disk.write(lambda: store(drafts, last_resort=last_resort), last_resort=last_resort)

    @contextmanager
    def lane(self, name: str, *, wait_s: float) -> Iterator[None]:
        """See ``Journal``; whoever finds it busy lets the others go on, and tries again."""
        give_up_at = self._timeline.now() + wait_s
        pause_s = _FIRST_LOOK_S
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(super().lane(name, wait_s=0))
                except LaneBusy:
                    if self._timeline.now() >= give_up_at:
                        raise
                    self._timeline.advance(pause_s)
                    pause_s = min(2 * pause_s, _LAST_LOOK_S)
                else:
                    break
            yield

    @contextmanager
    def rising(self, name: str, *, floor: int) -> Iterator[Number]:
        """See ``Journal``; the lock, which would stop everybody's thread, is only asked for when it is free."""
        while name in self._drawn:
            self._timeline.advance(_FIRST_LOOK_S)
        with super().rising(name, floor=floor) as number:
            mine = _Drawn(number, name, self._drawn)
            try:
                yield mine
            finally:
                mine.release()


class _Drawn:
    """A number of the shipped journal, of which the others can see that it is held."""

    def __init__(self, number: Number, name: str, held: dict[str, object]) -> None:
        self._number = number
        self._name = name
        self._held = held
        held[name] = self

    @property
    def value(self) -> int:
        """See ``Number``."""
        return self._number.value

    def release(self) -> None:
        """See ``Number``."""
        self._number.release()
        if self._held.get(self._name) is self:
            del self._held[self._name]


def go_wrong(how: str, store: Callable[[], tuple[Fact, ...]], *, last_resort: bool) -> tuple[Fact, ...]:
    """A write that fails as the port says that writes can fail."""
    match how:
        case "full" if last_resort:
            return store()
        case "full":
            raise NotStored("the disk is full; nothing was written")
        case "unknown, stored":
            store()
            raise PerhapsStored("the commit failed and it is unknown what a restart will find")
        case _:
            raise PerhapsStored("the commit failed and it is unknown what a restart will find")
