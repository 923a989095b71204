"""The journal port: what a journal promises to those who write in it, whatever it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from journal.fact import Draft, Fact, Value
from journal.head import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check of the whole journal found.

    ``facts`` is how many were read, ``head`` the digest of the last one (64 zeros for an empty journal).
    ``breaks`` has one sentence for each fault, naming the fact; it is empty when all is well.
    """

    facts: int
    head: str
    breaks: tuple[str, ...]


class Number(Protocol):
    """A number drawn from a rising sequence, and the right to be the next to use it."""

    @property
    def value(self) -> int:
        """The number."""
        ...

    def release(self) -> None:
        """Let the next one draw. Harmless when called twice."""
        ...


class Numbers(Protocol):
    """Rising sequences of numbers, each under its name, over all threads, processes and restarts."""

    def rising(self, name: str, *, floor: int) -> AbstractContextManager[Number]:
        """Draw a number: at least ``floor``, and above every number drawn under this name before.

        Over all threads, processes and restarts. The next drawer waits until the number is released or the
        block is left, so that the order of numbers can be made the order of deeds. Not flushed: a power cut may
        forget the last ones, never a crash.
        """
        ...

    def advance(self, name: str, *, to: int) -> bool:
        """Move a number up that somebody else counts; False, and nothing is changed, if it stands there or above.

        Over all threads, processes and restarts; from 0 upwards. Of two who come with the same number one hears True.
        Not flushed, as with ``rising``.
        """
        ...

    def reached(self, name: str) -> int:
        """How far that number has come; -1 before the first."""
        ...


class Reader(Protocol):
    """What can be asked of a journal without the right to write in it.

    Safe to share between threads. Errors are those of ``journal/errors.py`` and no others.
    """

    def facts_of(self, subject: str) -> tuple[Fact, ...]:
        """All facts of one subject, oldest first; empty when there is none."""
        ...

    def last_digest(self, subject: str) -> str:
        """The digest of the last fact of a subject; empty when there is none. Cheaper than its facts."""
        ...

    def facts(self, *, after: int = 0) -> Iterator[Fact]:
        """All facts with a ``seq`` above ``after``, oldest first; those in an archive are not among them."""
        ...

    def archived(self, name: str) -> str | None:
        """The file into which a subject was moved that has this key, or this value in a unique column; else None."""
        ...

    def named(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """The rows with this name, each under the column in which they have it: their key, or a unique column."""
        ...

    def open_rows(self, lane: str | None = None) -> list[Mapping[str, Value]]:
        """The rows that still want something done, oldest first; of one lane, or of all."""
        ...

    def newest_rows(self, *, lane: str | None = None, limit: int) -> list[Mapping[str, Value]]:
        """The youngest subjects first, at most ``limit``; of one lane, or of all."""
        ...

    def head(self) -> Head:
        """The last fact's number and digest; number 0 and 64 zeros for an empty journal."""
        ...

    def verify(self, tell: Callable[[int, int], None] | None = None) -> Verification:
        """Read everything and say where it does not fit together; ``tell(done, total)`` hears how far it has come."""
        ...

    def close(self) -> None:
        """Close; what was appended stays."""
        ...


class Journal(Reader, Numbers, Protocol):
    """Durable, append-only, hash-chained facts, with one row per subject kept beside them."""

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """Write the drafts and the rows of their subjects in one durable atomic write.

        On return everything is on the disk. ``last_resort`` is for what must not be lost, the answer of a guest
        who has paid: it may spend the space that was set aside for a full disk.

        Raises:
            NotStored: certainly nothing was written.
            PerhapsStored: the commit failed and it is unknown what a power cut would leave.
            Conflict: a unique column of the projection already has this value.
        """
        ...

    def lane(self, name: str, *, wait_s: float) -> AbstractContextManager[None]:
        """Hold a lane: one holder at a time, over all threads and processes that share this journal.

        The lane falls free when its holder leaves the block or dies.

        Raises:
            LaneBusy: it did not fall free within ``wait_s`` seconds; 0 tries once.
        """
        ...
