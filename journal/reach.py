"""How far a journal file reaches, and whether that is as far as its mark says that it did."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from journal.archives import start_of
from journal.head import Head
from journal.schema import DIGEST_AT, HEAD
from journal.side import Side


def head_of(connection: sqlite3.Connection) -> Head:
    """The last fact that stands in the file; where all were moved out, the last of those."""
    row = connection.execute(HEAD).fetchone()
    return start_of(connection) if row is None else Head(seq=row[0], digest=row[1])


def digest_at(connection: sqlite3.Connection, seq: int) -> str | None:
    """The digest of a fact that stands here, or of the last one that was moved out; None if it is neither."""
    row = connection.execute(DIGEST_AT, (seq,)).fetchone()
    if row is not None:
        return str(row[0])
    start = start_of(connection)
    return start.digest if seq == start.seq > 0 else None


def mark_breaks(connection: sqlite3.Connection, mark: Head | None) -> Iterator[str]:
    """One sentence when the facts do not reach as far as the mark says they did, or are others."""
    if mark is None or mark.seq == 0:
        return
    head = head_of(connection)
    if mark.seq < start_of(connection).seq:  # one that lagged behind when the facts up to there were archived
        return
    if head.seq < mark.seq:
        yield (
            f"the journal ends at fact {head.seq} but {mark.seq} had been written: "
            "its end has vanished or an older copy was put back"
        )
    elif digest_at(connection, mark.seq) != mark.digest:
        yield (
            f"fact {mark.seq}: it is not the one that had been written: "
            "an older copy was put back and written on, or this is another journal's file"
        )


def steady_mark(side: Side) -> Head | str | None:
    """The mark, read again if it is torn."""
    # A writer may be in the middle of renewing it; what is torn three times over stays torn.
    mark = side.read_mark()
    for _ in range(2):
        if not isinstance(mark, str):
            break
        mark = side.read_mark()
    return mark
