"""The rights: who may read and change what belongs to the till, and may the till itself?"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
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
class _Files:
    """The files of a till, each with what the system says of it; what has gone meanwhile is not among them."""

    keys: Mapping[Path, os.stat_result]
    private: Mapping[Path, os.stat_result]
    folders: Mapping[Path, os.stat_result]
    side: Mapping[Path, os.stat_result]


def rights(patient: Patient) -> Iterator[Line]:
    """Whether the till's own user may use its files, and nobody else may."""
    if _ON_WINDOWS:
        yield unchecked("rights", "Windows: only the till's user should be able to read its folder")
        return
    files = _files(patient)
    complaints = [*_of_the_till(patient, files), *_of_others(files)]
    yield from complaints
    if not complaints:
        yield good("rights", "configuration, keys and journal are their owner's alone")


def _of_the_till(patient: Patient, files: _Files) -> Iterator[Line]:
    """What keeps the till itself from its files."""
    journal = patient.journal
    if journal is None or journal not in files.private:
        return
    owner = files.private[journal].st_uid
    strangers = [file for file, told in files.side.items() if told.st_uid != owner]
    if strangers:
        yield failure(
            "rights",
            f"{_named(strangers)} not of the user whose journal it is, so the till cannot use it",
            f"sudo chown --reference={shlex.quote(str(journal))} {_quoted(strangers)}",
        )
    closed = [file for file, told in files.side.items() if not told.st_mode & stat.S_IWUSR]
    if closed:
        told = f"its own user may not write {_named(closed)}, so the till cannot"
        yield failure("rights", told, f"chmod -R u+rwX {_quoted([next(iter(files.side))])}")


def _of_others(files: _Files) -> Iterator[Line]:
    """What others may do that they should not."""
    changeable = [file for file, told in {**files.keys, **files.private}.items() if told.st_mode & _OTHERS_WRITE]
    # A folder may be looked into as long as its files are closed; who may write in it can put another journal there.
    changeable += [
        folder
        for folder, told in files.folders.items()
        if told.st_mode & _OTHERS_WRITE and not told.st_mode & stat.S_ISVTX
    ]
    open_keys = [file for file, told in files.keys.items() if told.st_mode & _OTHERS and file not in changeable]
    loose = [file for file, told in files.private.items() if told.st_mode & _OTHERS and file not in changeable]
    if open_keys:
        yield failure(
            "rights", f"others may read the keys in {_named(open_keys)}", f"chmod go-rwx {_quoted(open_keys)}"
        )
    if changeable:
        yield failure("rights", f"others may change {_named(changeable)}", f"chmod go-w {_quoted(changeable)}")
    if loose:
        yield warning("rights", f"others may read {_named(loose)}", f"chmod go-rwx {_quoted(loose)}")


def _files(patient: Patient) -> _Files:
    around = patient.surroundings
    of_the_journal = around.files if around is not None else ()
    side = [file for file in of_the_journal if around is not None and file.is_relative_to(around.writer.parent)]
    return _Files(
        keys=_told(_key_files(patient)),
        private=_told((patient.config, *of_the_journal, *_wire_log(patient))),
        folders=_told((patient.folder, patient.config.parent)),
        side=_told(side),
    )


def _told(files: Iterable[Path]) -> Mapping[Path, os.stat_result]:
    told = {}
    for file in files:
        with suppress(OSError):  # a till at work makes files and takes them away
            told[file] = file.stat()
    return told


def _key_files(patient: Patient) -> list[Path]:
    tables = [patient.table(name) for name in patient.terminals]
    named = [table.get(f"{key}_file") for table in tables for key in ("integration_key", "secret_key")]
    return [patient.config.parent / str(name) for name in named if name]


def _wire_log(patient: Patient) -> list[Path]:
    if patient.settings is None:
        return []
    folder = wire_log_folder(patient.settings)
    return [folder, *folder.glob("*.jsonl")]


def _named(files: Sequence[Path]) -> str:
    more = len(files) - _NAMED
    return ", ".join(map(str, files[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _quoted(files: Sequence[Path]) -> str:
    return " ".join(shlex.quote(str(file)) for file in files)
