"""The examination: every check, in the order in which a technician would look, and none of them hides another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from tools.doctor.configuration import configuration, keys_of_none
from tools.doctor.database import library, pragmas
from tools.doctor.facts import chain, journal, writer
from tools.doctor.filesystem import filesystem
from tools.doctor.flush import flush
from tools.doctor.line import Line, failure, unchecked
from tools.doctor.operations import day, operations
from tools.doctor.patient import Patient, admit
from tools.doctor.rights import rights
from tools.doctor.space import space
from tools.doctor.terminal import terminal
from tools.doctor.user import user

Tell = Callable[[int, int], None]
"""Hears how many checks are done, and of how many."""

Check = Callable[[Patient], Iterable[Line]]


def examine(
    config: Path,
    environment: Mapping[str, str] = os.environ,
    *,
    quick: bool = False,
    tell: Tell | None = None,
) -> tuple[Line, ...]:
    """Look at everything; safe while the till is paying. ``quick`` leaves out what takes long on a big journal.

    The journal is only read. No lane is taken, and a terminal is asked nothing but who it is and whether it is busy.
    """
    with closing(admit(config, environment)) as patient:
        lines: list[Line] = []
        checks = list(_checks(patient, quick=quick))
        for done, (name, check) in enumerate(checks):
            if tell is not None:
                tell(done, len(checks))
            lines += _looked(name, check, patient)
        return tuple(lines)


def _checks(patient: Patient, *, quick: bool) -> Iterator[tuple[str, Check]]:
    yield "configuration", configuration
    yield "terminals", keys_of_none
    yield "user", user
    for name in patient.terminals:
        yield f"terminal {name}", partial(terminal, name=name)
    yield "operations", operations
    yield "day", day
    yield "journal", journal
    yield "writer", writer
    yield "rights", rights
    yield "space", space
    yield "file system", filesystem
    yield "flush", flush
    yield "pragmas", pragmas
    yield "SQLite", library
    yield "chain", _left_out if quick else chain


def _left_out(_: Patient) -> Iterator[Line]:
    yield unchecked("chain", "left out, as asked", "run it without --quick, or `tillproof journal verify`")


def _looked(name: str, check: Check, patient: Patient) -> Iterator[Line]:
    try:
        yield from check(patient)
    except Exception as error:  # noqa: BLE001 - a check that breaks must not hide the next one
        # Only the class: the text of an error that nobody foresaw may hold anything, a key among it.
        yield failure(name, f"this check broke ({type(error).__name__}), a fault of ours", "report it; the rest holds")
