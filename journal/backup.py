"""A copy of a journal, made while others write in it.

    the journal ─▶ .<target>.<random>.part ─▶ flushed ─▶ verified ─▶ <target>

What holds here:

1. One moment. The whole copy is read in one snapshot, whoever writes meanwhile; and everything that was stored before
   ``back_up`` was called is in it.
2. Our hands stay off the log. The journal is read through a connection that cannot write and never checkpoints, so a
   backup may run beside any number of writers, whatever SQLite they have (``journal/library.py``).
3. All or nothing. Only a whole, flushed and verified copy gets the target's name, and no file that has this name
   already is replaced. A kill leaves at most a ``.part`` that can be deleted.
4. Its owner only may read it, where the target's file system knows owners.

The side folder is not copied. Locks mean nothing elsewhere, the ballast and the numbers drawn are made anew, and the
mark must not follow: where the copy takes the place of a journal that had gone on, the old mark is what tells so.

We also considered:

- *VACUUM INTO.* It builds the file anew, so that what is copied is no longer what stood there; a page that had rotted
  without harm would be gone from the evidence. The copy of the pages shows what the journal shows.
- *cp.* Without the log beside it, the last facts are missing; with a log from another moment, the file is damaged.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from journal.connection import connect_reader
from journal.errors import JournalError, JournalRefused
from journal.fault import words
from journal.new_file import must_be_free, name_part, part_of
from journal.port import Verification
from journal.projection import Projection
from journal.reach import steady_mark
from journal.schema import HEAD, ProjectionTable
from journal.side import Side
from journal.verification import verify_file

_PAGES = 2000
"""Copied between two words to whoever watches: 8 MiB."""


def back_up(
    path: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    projection: Projection,
    tell: Callable[[int, int], None] | None = None,
) -> Verification:
    """Copy the journal at ``path`` to the new file ``target``, and check the copy; what the check read.

    ``tell(done, total)`` hears how many pages have been copied. Checking takes about as long again.

    Raises:
        JournalRefused: there is no journal, or it does not fit together, or the target is taken.
        JournalError: the copy could not be written.
    """
    source, place = Path(path).resolve(), Path(target).absolute()
    must_be_free(place)
    table = ProjectionTable(projection)
    # Before the facts: it follows each commit, so it can only be behind what is copied later.
    mark = steady_mark(Side(source))
    try:
        with part_of(place) as part:
            _copy(source, part, tell)
            part.chmod(0o400)  # so that the check takes it for an archived one, and SQLite makes no file beside it
            found = verify_file(part, table, mark)
            if found.breaks:
                raise JournalRefused(
                    f"{source} was copied, but the copy does not fit together ({found.breaks[0]}), so it was not kept: "
                    "verify the journal itself"
                )
            part.chmod(0o600)
            name_part(part, place)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"{place} could not be written: {words(error)}; no copy was made") from error
    return found


def _copy(source: Path, part: Path, tell: Callable[[int, int], None] | None) -> None:
    with closing(connect_reader(source)) as reader, closing(sqlite3.connect(part)) as writer:
        # The snapshot begins with the first read. Without it the copy would start again with every commit of others.
        reader.execute("BEGIN")
        reader.execute(HEAD).fetchone()
        # Nobody else sees the part, and it is flushed as a whole: a journal of its own would only be left over.
        writer.execute("PRAGMA journal_mode = OFF").fetchone()

        def progress(_: int, remaining: int, total: int) -> None:
            if tell is not None:
                tell(total - remaining, total)

        reader.backup(writer, pages=_PAGES, progress=progress, sleep=0)
