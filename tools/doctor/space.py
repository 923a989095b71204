"""The space: is there room for the next payments, and for the answer of a guest who has paid?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient

_MIB = 1024 * 1024
_LEAST_BYTES = 8 * _MIB
"""The log alone grows to 4 MiB before it is emptied into the journal."""

_COMFORTABLE_BYTES = 256 * _MIB
"""A payment takes some 10 KiB with its receipts, and its communication log as much: months of it."""


def free_bytes(patient: Patient) -> int | None:
    """What is free where the journal is; None when that cannot be asked."""
    try:
        return shutil.disk_usage(patient.folder).free
    except OSError:
        return None


def is_scarce(patient: Patient) -> bool:
    """Whether the last of the space is the till's, and nobody else's for trying things out."""
    free = free_bytes(patient)
    return free is not None and free < _LEAST_BYTES


def space(patient: Patient) -> Iterator[Line]:
    """How much is free."""
    if not patient.folder.is_dir():
        yield failure(
            "space",
            f"{patient.folder} is not there",
            f"mount its disk, if it is on one of its own; on a new till make it: mkdir -m 700 {patient.folder}",
        )
        return
    free = free_bytes(patient)
    if free is None:
        yield unchecked("space", f"{patient.folder} does not tell how much is free")
    elif free < _LEAST_BYTES or _no_more_files(patient):
        told = f"{_amount(free)} free" if free < _LEAST_BYTES else "no more files can be made"
        yield failure(
            "space",
            f"{told} in {patient.folder}: no payment is begun on a full disk",
            "make room",
            measured={"free_bytes": free},
        )
    elif free < _COMFORTABLE_BYTES:
        yield warning(
            "space", f"{_amount(free)} free in {patient.folder}", "make room soon", measured={"free_bytes": free}
        )
    else:
        yield good("space", f"{_amount(free)} free in {patient.folder}", measured={"free_bytes": free})
    yield from _ballast(patient)


def _ballast(patient: Patient) -> Iterator[Line]:
    """The file that is given up on a full disk, so that the answer of a guest who has paid finds room."""
    around = patient.surroundings
    if around is not None and around.made and not around.ballast:
        yield warning(
            "ballast",
            "the space that is set aside for a last answer was spent; until it is back no payment is begun",
            "make room; the next operation, or `tillproof recover`, sets it aside again",
        )


def _no_more_files(patient: Patient) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    told = os.statvfs(patient.folder)
    return told.f_files > 0 and told.f_favail == 0


def _amount(size: int) -> str:
    gib = size / 1024 / _MIB
    return f"{gib:.1f} GiB" if gib >= 1 else f"{size / _MIB:.1f} MiB"
