"""The journal: is it there, may it be written, do its facts hang together, and does anybody block it?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from journal import JournalError, JournalMissing, is_locked
from tools.doctor.holder import holder_of
from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient

_HEAD_SHOWN = 16
_WRITER_WAIT_S = 3.0
"""A till holds the lock for some flushes at a time; one that holds it for so long hangs, or its disk does."""


def journal(patient: Patient) -> Iterator[Line]:
    """Whether it can be read, trusted as far as a look tells, and written."""
    if patient.journal is None:
        yield unchecked("journal", "the configuration does not say where it is")
    elif isinstance(patient.distrust, JournalMissing):
        yield warning(
            "journal",
            f"{patient.journal} is not there yet: the first operation makes it",
            f"on a new till nothing; else look at the setting journal in {patient.config}, and for its disk",
        )
    elif patient.distrust is not None and _OUTDATED in str(patient.distrust):
        yield warning("journal", str(patient.distrust), "`tillproof recover` opens it so, as every operation does")
    elif patient.distrust is not None:
        yield failure("journal", str(patient.distrust), f"let nobody pay here before that is done; {_DELETE}")
    elif not _writable(patient):
        yield failure(
            "journal",
            f"{patient.journal} may only be read, so the till cannot write",
            f"chmod u+w {patient.journal}, unless it is an archive; then name another one in {patient.config}",
        )
    else:
        yield from _healthy(patient)
    yield from _doubt(patient)


_OUTDATED = "for writing once"
"""What a reader says of a journal that is sound and was made by another release; a till brings it up to date."""


def _healthy(patient: Patient) -> Iterator[Line]:
    if patient.reader is not None:
        head = patient.reader.head()
        told = f"{patient.journal}, {head.seq} facts, head {head.digest[:_HEAD_SHOWN]}"
        yield good("journal", told, measured={"facts": head.seq, "head": head.digest})


def _writable(patient: Patient) -> bool:
    if patient.journal is None:
        return False
    # Root is let through by the system, and refused by the journal: somebody took that right away on purpose.
    return bool(patient.journal.stat().st_mode & stat.S_IWUSR) and os.access(patient.journal, os.W_OK)


def _doubt(patient: Patient) -> Iterator[Line]:
    if patient.surroundings is not None and patient.surroundings.doubt:
        yield failure(
            "journal",
            "a flush failed, and nothing is written before that is made good",
            "look for errors of the disk (dmesg, smartctl); then `tillproof recover` tries to make it good",
        )


def chain(patient: Patient) -> Iterator[Line]:
    """Read everything: the chain of digests, that nothing is missing, that the tables say what the facts say."""
    if patient.reader is None:
        yield unchecked("chain", "there is no journal that can be read")
        return
    try:
        found = patient.reader.verify()
    except JournalError as error:
        yield failure("chain", str(error), _KEEP)
        return
    if found.breaks:
        more = len(found.breaks) - 1
        told = found.breaks[0] + (f" (and {more} more)" if more else "")
        yield failure("chain", told, _KEEP, measured={"facts": found.facts, "breaks": list(found.breaks)})
    else:
        yield good("chain", f"all {found.facts} facts fit together", measured={"facts": found.facts})


_DELETE = "delete nothing, -wal least of all"
"""It may hold the last facts. What the journal itself says when it refuses, and ``tillproof journal verify``."""

_KEEP = f"`tillproof journal verify` tells everything; {_DELETE}; put back the newest copy"


def writer(patient: Patient) -> Iterator[Line]:
    """Whether somebody keeps the lock of the one writer, for which every till would wait without end."""
    around = patient.surroundings
    if around is None or not around.made:
        return
    try:
        hanging = is_locked(around.writer, wait_s=_WRITER_WAIT_S)
    except JournalError as error:
        yield unchecked("writer", str(error))
        return
    if hanging:
        holder = holder_of(around.writer)
        yield failure(
            "writer",
            f"{holder or 'a process that cannot be named'} has kept the journal to itself for {_WRITER_WAIT_S:.0f} s, "
            "and every till waits for it",
            "look whether that process hangs or is stopped, and end it; then run `tillproof recover`",
            measured={"pid": holder.pid if holder else None},
        )
    else:
        yield good("writer", "nobody keeps others from writing")
