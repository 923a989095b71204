"""The slip: the head of the chain on paper, and whether a journal still reaches it.

The chain shows every change but one: what is cut off at its end leaves a whole, shorter chain. The mark beside the file
shows that too (``journal/side.py``), but whoever can write the file can write the mark. A head that was printed, and
lies in a drawer, nobody can change.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from journal.archives import start_of
from journal.connection import connect_reader
from journal.errors import JournalError
from journal.fault import words
from journal.head import GENESIS, Head
from journal.reach import digest_at, head_of

_FORM = re.compile(r"([0-9]{1,18}):([0-9a-f]{16,64})", re.ASCII)
"""By hand nobody types 64 digits without a slip. Sixteen are 64 bits, for which nobody finds another chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A head as it was printed: the number of the last fact, and its digest or the beginning of that."""

    seq: int
    digest: str

    @classmethod
    def of(cls, head: Head) -> Self:
        """What to print."""
        return cls(seq=head.seq, digest=head.digest)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what somebody typed from paper: NUMBER:DIGEST.

        Raises:
            ValueError: it has another form, or the digest is not that of the beginning; the sentence says so.
        """
        found = _FORM.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(
                f"{text!r} is no head: give it as it was printed, NUMBER:DIGEST, of the digest 16 digits or more"
            )
        seq, digest = int(found[1]), found[2]
        if seq == 0 and not GENESIS.startswith(digest):
            raise ValueError(f"{text!r} is no head: number 0 is the empty journal, whose digest is nothing but zeros")
        return cls(seq=seq, digest=digest)

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"

    def contradicted_by(self, path: Path) -> str | None:
        """One sentence if the journal at ``path`` does not reach as far as this, or is another one there.

        It says nothing of the facts themselves; that they hang together is for a verification.

        Raises:
            JournalError: the journal cannot be read.
        """
        try:
            connection = connect_reader(path)
            try:
                return self._compared(connection)
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise JournalError(f"the journal cannot be read: {words(error)}") from error

    def _compared(self, connection: sqlite3.Connection) -> str | None:
        if self.seq == 0:  # every journal continues the empty one
            return None
        start = start_of(connection)
        if self.seq < start.seq:
            return (
                f"fact {self.seq} stands in an archive, and this journal begins after fact {start.seq}: hold the slip "
                "against the archive"
            )
        found = digest_at(connection, self.seq)
        if found is None:
            return (
                f"the journal ends at fact {head_of(connection).seq}, and ended at fact {self.seq} when its head was "
                "printed: its end was cut off, or an older copy was put back"
            )
        if not found.startswith(self.digest):
            return (
                f"fact {self.seq} has another digest than the head that was printed: the journal was cut off before it "
                "and written on, or this is another journal, or the head was not typed as printed"
            )
        return None
