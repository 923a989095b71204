"""SQLite: which one this is, and whether it does what a journal is told to demand of it."""

from __future__ import annotations

from collections.abc import Iterator

from journal import JournalError, sqlite_report, try_settings
from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient
from tools.doctor.space import is_scarce

_SHOWN = ("journal_mode", "synchronous", "wal_autocheckpoint", "secure_delete")


def library(_: Patient) -> Iterator[Line]:
    """The SQLite that this Python carries."""
    report = sqlite_report()
    measured = {"version": report.version, "wal_reset_bug": report.wal_reset_bug}
    if report.wal_reset_bug:
        yield warning(
            "SQLite",
            f"{report.version} has the WAL-reset bug; the journal's writer lock keeps it out, as long as only "
            "Tillproof writes in the file",
            "update Python's SQLite to 3.51.3 or newer; let no other program write in the journal",
            measured=measured,
        )
    else:
        yield good("SQLite", f"{report.version}, without the WAL-reset bug", measured=measured)


def pragmas(patient: Patient) -> Iterator[Line]:
    """Set and read back on a database of its own beside the journal, so that the journal is not touched."""
    if not patient.folder.is_dir():
        yield unchecked("pragmas", f"{patient.folder} is not there")
        return
    if is_scarce(patient):
        yield unchecked("pragmas", "the disk is nearly full, and what is left is the till's")
        return
    try:
        taken = try_settings(patient.folder)
    except JournalError as error:
        yield failure(
            "pragmas",
            str(error),
            "put the journal on a local disk, in a folder in which the till's user may write",
        )
        return
    told = ", ".join(f"{name} {taken[name]}" for name in _SHOWN)
    yield good("pragmas", f"{told}: set beside the journal, and read back", measured=taken)
