"""The machines on which tills run: a journal file, a clock, and power that goes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import Moment
from tests.prove.simulation.timeline import START_S, Timeline

_SPAN = "boot "


class Machine:
    """One computer with one journal file on it. Its wall clock may be wrong; its steady clock begins at each boot.

    A process that is killed leaves its log behind. SQLite would tidy it up when the last connection closes, so one
    stays open here that only looks: to the next process all is as the dead one left it.
    """

    def __init__(self, folder: Path, timeline: Timeline) -> None:
        self._folder = folder
        self._timeline = timeline
        self._boots = 0
        self._booted_at = START_S
        self.wall_error_s = 0.0
        self.booted_at: list[float] = []
        self.drawn: dict[str, object] = {}
        """Who holds which sequence of numbers, over all processes on this machine."""
        self._onlooker: sqlite3.Connection | None = None

    @property
    def path(self) -> Path:
        """Where the journal is, since the last boot."""
        return self._folder / f"{self._boots}" / "shop.journal"

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self._timeline.now(), UTC) + timedelta(seconds=self.wall_error_s)

    def moment(self) -> Moment:
        """The steady clock."""
        ticks_ms = round((self._timeline.now() - self._booted_at) * 1000)
        return Moment(span=f"{_SPAN}{self._boots}", ticks_ms=ticks_ms)

    def when(self, moment: Moment) -> float:
        """When the steady clock was read so, in true time."""
        began = [START_S, *self.booted_at][int(moment.span.removeprefix(_SPAN))]
        return began + moment.ticks_ms / 1000

    def look_on(self) -> None:
        """Keep the log from being tidied up."""
        if self._onlooker is None:
            self._onlooker = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._onlooker.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def boot(self) -> None:
        """Go dark and come back: what was flushed is there, SQLite's shared memory and the locks are not."""
        dark = self.path
        self._boots += 1
        self._booted_at = self._timeline.now()
        self.booted_at.append(self._booted_at)
        if dark.exists():
            shutil.copytree(dark.parent, self.path.parent, ignore=shutil.ignore_patterns("*-shm"))
        self.close()
        shutil.rmtree(dark.parent, ignore_errors=True)

    def close(self) -> None:
        """Look on no longer."""
        if self._onlooker is not None:
            with suppress(sqlite3.Error), closing(self._onlooker):
                self._onlooker = None
