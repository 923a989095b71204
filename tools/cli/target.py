"""The file that an export goes to: there whole or not at all, and never in the place of what must not be lost."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tools.cli.errors import CommandError, NotWritten

_DATABASE = b"SQLite format 3\0"
_OF_A_JOURNAL = ("", "-wal", "-shm", "-journal", ".side", ".wire")
"""What a journal is kept in, and what stands beside it, by the endings of the names."""


@contextmanager
def new_file(path: Path, *, force: bool, journal: Path) -> Iterator[IO[bytes]]:
    """Fill a file that gets its name when the block is left without an error. Only its owner can read it.

    ``force`` allows it to take the place of another file, but never of a journal or of what belongs to one.

    Raises:
        CommandError: the name is taken, or no file can be made there.
        NotWritten: the disk did not take it; nothing is left of it.
    """
    _must_be_free(path, force=force, journal=journal)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")
    except OSError as error:
        raise CommandError(f"output: {path} cannot be made ({error.strerror}); name a file elsewhere") from None
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(part, path, force=force)
    except OSError as error:
        raise NotWritten(f"{path} could not be written ({error.strerror}); nothing is left of it") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _must_be_free(path: Path, *, force: bool, journal: Path) -> None:
    place = path.resolve()
    kept = [journal.with_name(journal.name + ending).resolve() for ending in _OF_A_JOURNAL]
    if any(place == one or one in place.parents for one in kept):
        raise CommandError(f"output: {path} belongs to the journal; name another file")
    if not os.path.lexists(path):
        return
    if not force:
        raise CommandError(f"output: {path} is there already; name another file, or replace it with --force")
    if not path.is_file() or path.is_symlink():
        raise CommandError(f"output: {path} is no plain file, so it is not replaced; name another one")
    try:
        with path.open("rb") as file:
            database = file.read(len(_DATABASE)) == _DATABASE
    except OSError as error:
        raise CommandError(f"output: {path} cannot be looked at ({error.strerror}), so it is not replaced") from None
    if database:
        raise CommandError(f"output: {path} is a database, perhaps the copy of a journal; name another file")


def _name(part: Path, path: Path, *, force: bool) -> None:
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise CommandError(f"output: {path} has come to be meanwhile, and it is not replaced; name another") from None
    except OSError:  # a stick or a share that knows no links
        if os.path.lexists(path):
            raise
        part.rename(path)
