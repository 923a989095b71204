"""The rights: who may read and change what belongs to the till, and who is asking here."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tillproof import wire_log_folder
from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.patient import Patient

_ON_WINDOWS = os.name == "nt"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_NAMED = 3
"""So many offenders are named; a folder that was copied with other rights has dozens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is wrong, with which files."""

    loose: Sequence[Path]
    changeable: Sequence[Path]
    open_keys: Sequence[Path]
    strangers: Sequence[Path]


def rights(patient: Patient) -> Iterator[Line]:
    """Whether anybody but the till's own user may read or change its files."""
    if _ON_WINDOWS:
        yield unchecked("rights", "Windows: only the till's user should be able to read its folder")
        return
    found = _find(patient)
    if found.strangers:
        yield failure(
            "rights",
            f"{_named(found.strangers)} not of the user whose journal it is, so the till cannot use it",
            f"sudo chown --reference={shlex.quote(str(patient.journal))} {_quoted(found.strangers)}",
        )
    if found.open_keys:
        yield failure("rights", f"others may read the keys in {_named(found.open_keys)}", _shut(found.open_keys))
    if found.changeable:
        yield failure(
            "rights", f"others may change {_named(found.changeable)}", f"chmod go-w {_quoted(found.changeable)}"
        )
    if found.loose:
        yield warning("rights", f"others may read {_named(found.loose)}", _shut(found.loose))
    if not any((found.strangers, found.open_keys, found.changeable, found.loose)):
        yield good("rights", "configuration, keys and journal are their owner's alone")


def user(patient: Patient) -> Iterator[Line]:
    """Whether it is the till's own user who is asking."""
    told = stranger(patient)
    if told is not None:
        yield warning("user", told, "run `tillproof` as the till's own user, always; this one too")


def stranger(patient: Patient) -> str | None:
    """Why whoever runs this is not the till's user: what he makes beside the journal, the till could not use."""
    if _ON_WINDOWS or patient.journal is None:
        return None
    owned = patient.journal if patient.journal.exists() else patient.folder
    if not owned.exists():
        return None
    owner, self_ = owned.stat().st_uid, os.geteuid()
    return None if owner == self_ else f"this runs as user {self_}, and {owned} belongs to user {owner}"


def key_files(patient: Patient) -> list[Path]:
    """The files that hold keys."""
    tables = [patient.table(name) for name in patient.terminals]
    named = [table.get(f"{key}_file") for table in tables for key in ("integration_key", "secret_key")]
    return [patient.config.parent / str(name) for name in named if name]


def _find(patient: Patient) -> _Found:
    keys = [file for file in key_files(patient) if file.exists()]
    of_the_journal = list(patient.surroundings.files) if patient.surroundings is not None else []
    private = [file for file in (patient.config, *of_the_journal, *_wire_log(patient)) if file.exists()]
    # A folder may be looked into as long as the files are closed; who may write in it can put another journal there.
    folders = [folder for folder in {patient.folder, patient.config.parent} if folder.exists()]
    changeable = [file for file in (*keys, *private) if _mode(file) & _OTHERS_WRITE]
    changeable += [folder for folder in folders if _mode(folder) & _OTHERS_WRITE and not _mode(folder) & stat.S_ISVTX]
    return _Found(
        loose=[file for file in private if _mode(file) & _OTHERS and file not in changeable],
        changeable=changeable,
        open_keys=[file for file in keys if _mode(file) & _OTHERS and file not in changeable],
        strangers=_strangers(patient.journal, of_the_journal),
    )


def _wire_log(patient: Patient) -> list[Path]:
    if patient.settings is None:
        return []
    folder = wire_log_folder(patient.settings)
    return [folder, *folder.glob("*.jsonl")]


def _strangers(journal: Path | None, files: Sequence[Path]) -> list[Path]:
    if journal is None or not journal.exists():
        return []
    owner = journal.stat().st_uid
    return [file for file in files if file.exists() and file.stat().st_uid != owner]


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _shut(files: Sequence[Path]) -> str:
    return f"chmod go-rwx {_quoted(files)}"


def _named(files: Sequence[Path]) -> str:
    more = len(files) - _NAMED
    return ", ".join(map(str, files[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _quoted(files: Sequence[Path]) -> str:
    return " ".join(shlex.quote(str(file)) for file in files)
