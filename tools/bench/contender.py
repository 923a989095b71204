"""A contender: whatever can be told to carry out one operation, and says when it is durable."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata, util
from pathlib import Path
from typing import Any, Protocol

from tools.bench.turns import Turn


class Contender(Protocol):
    """One that was opened, for a number of callers, each in a thread of its own."""

    def operate(self, caller: int) -> float:
        """One operation of this caller, durable on return.

        Gives the seconds in it that are not the contender's: what a terminal in memory takes to answer. Mostly 0.
        """
        ...

    def close(self) -> None:
        """Close its files and connections."""
        ...


class Opens(Protocol):
    """What a contender's module gives, under the name ``contend``."""

    def __call__(self, folder: Path, *, callers: int, given: Mapping[str, Any]) -> Contender:
        """Open it in an empty folder; ``given`` is whatever else it needs to know."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contender that may be opened.

    ``module`` is its file, ``package`` what must be installed for it. ``given`` is JSON.
    """

    name: str
    module: str
    package: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        """Whether what it needs is installed."""
        return not self.package or _is_installed(self.package)

    @property
    def label(self) -> str:
        """Its name, with the release of the package."""
        return f"{self.name} {metadata.version(self.package)}" if self.package and self.there else self.name


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def open_contender(module: str, folder: Path, *, callers: int, given: Mapping[str, Any]) -> Contender:
    """Open the contender of a module. Its libraries are imported only here, in its own process."""
    if util.find_spec(module) is None:
        raise ValueError(f"no module {module}")
    contend: Opens = importlib.import_module(module).contend
    return contend(folder, callers=callers, given=given)


def timed(contender: Contender, caller: int) -> float:
    """One operation; the seconds that it took, without those that are not the contender's."""
    began = time.perf_counter()
    others_s = contender.operate(caller)
    return time.perf_counter() - began - others_s


@contextmanager
def contenders_here(entries: Sequence[Entry], folder: Path) -> Iterator[Mapping[str, Turn]]:
    """Open contenders for one caller in *this* process, and give the turns of each.

    For those that have no threads of their own and leave nothing behind in the process: they stay as warm as a program
    that does nothing else. In a booth a process sleeps between its turns, and begins each of them with cold caches.
    """
    with ExitStack() as stack:
        turns: dict[str, Turn] = {}
        for number, entry in enumerate(entries):
            place = folder / f"here-{number}"
            place.mkdir()
            contender = open_contender(entry.module, place, callers=1, given=entry.given)
            stack.callback(contender.close)
            turns[entry.name] = partial(timed, contender, 0)
        yield turns


_HERE = "tools.bench.contenders"

RAW = Entry(name="two raw appends, each with fdatasync", module=f"{_HERE}.raw")
UNSYNCED = Entry(name="two raw appends without a flush (planted)", module=f"{_HERE}.raw", given={"flush": False})
JOURNAL = Entry(name="Tillproof's journal", module=f"{_HERE}.facts")
COMMIT = Entry(name="Tillproof's journal, one commit", module=f"{_HERE}.facts", given={"answers": False})
LOCKED = Entry(name="one sqlite3 connection with a lock", module=f"{_HERE}.locked")
NEVER_FLUSHED = Entry(name="the same connection, which never flushes", module=f"{_HERE}.locked", given={"flush": False})
OPERATION = Entry(name="Tillproof, all but HTTP", module=f"{_HERE}.operation")

PLAIN = Entry(name="plain sqlite3", module=f"{_HERE}.plain_sqlite")

PEERS = (
    Entry(name="DBOS", module=f"{_HERE}.durable_workflow", package="dbos"),
    Entry(name="DBOS (with a step)", module=f"{_HERE}.durable_workflow", package="dbos", given={"step": True}),
    Entry(name="persist-queue", module=f"{_HERE}.disk_queue", package="persist-queue"),
    Entry(name="huey", module=f"{_HERE}.task_queue", package="huey"),
    Entry(name="eventsourcing", module=f"{_HERE}.event_store", package="eventsourcing"),
    Entry(name="SQLAlchemy Core", module=f"{_HERE}.sql_toolkit", package="SQLAlchemy"),
    PLAIN,
)
"""Others who make two durable writes an operation, all of them on SQLite with WAL and synchronous=FULL."""
