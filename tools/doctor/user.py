"""The user: is it the till's own who is asking here?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from tools.doctor.line import Line, warning
from tools.doctor.patient import Patient


def user(patient: Patient) -> Iterator[Line]:
    """Whether it is the till's own user; nothing is said if so."""
    told = stranger(patient)
    if told is not None:
        yield warning("user", told, "run `tillproof` as the till's own user, always; this one too")


def stranger(patient: Patient) -> str | None:
    """Why whoever runs this is not the till's user: what he makes beside the journal, the till could not use."""
    if not hasattr(os, "geteuid") or patient.journal is None:  # Windows
        return None
    owned = patient.journal if patient.journal.exists() else patient.folder
    if not owned.exists():
        return None
    owner, asking = owned.stat().st_uid, os.geteuid()
    return None if owner == asking else f"this runs as user {asking}, and {owned} belongs to user {owner}"
