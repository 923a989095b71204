"""The side folder: what a journal keeps beside its file, because it must not be lost together with it.

    shop.journal                 the facts
    shop.journal.side/           readable by its owner only
        writer.lock              held by whoever writes, checkpoints, opens or closes
        mark                     the high-water mark: how far the journal had come
        ballast                  128 KiB set aside for a full disk
        doubt                    stands while a flush has failed and its bytes must not be built upon
        lanes/<name>.lock        held by whoever has the lane
        rising/<name>            the last number drawn, or reached

Nothing in it is a fact. If it is deleted while no process runs, only the mark is missed: a vanished tail would then
go unseen.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from journal.head import Head

if TYPE_CHECKING:
    from journal.locks import LockFile, LockFolder

BALLAST_BYTES = 128 * 1024
"""An answer takes 30 to 45 KiB of log, more when it is long; and on a full disk SQLite must first find another 32 KiB
for its shared-memory file, when the journal is opened anew."""

_BINARY = getattr(os, "O_BINARY", 0)
"""Windows would write two bytes for the end of a line."""

_MARK = re.compile(rb"([0-9]{20}) ([0-9a-f]{64}) ([0-9a-f]{16})\n")


class Side:
    """The side folder of one journal file."""

    def __init__(self, journal_path: Path) -> None:
        self.path = journal_path.with_name(journal_path.name + ".side")
        self.mark_path = self.path / "mark"
        self._ballast_path = self.path / "ballast"
        self._doubt_path = self.path / "doubt"
        self._mark_file: int | None = None

    def make(self) -> None:
        """Make the folders that are missing.

        Raises:
            OSError: it cannot be made.
        """
        for folder in (self.path, self.path / "lanes", self.path / "rising"):
            make_private_folder(folder)

    def writer_lock(self) -> LockFile:
        """A handle of its own on the lock of the one writer."""
        from journal.locks import LockFile  # noqa: PLC0415 - who only reads a journal locks nothing

        return LockFile(self.path / "writer.lock")

    def lane_locks(self) -> LockFolder:
        """The locks of the lanes; their names have to be checked first."""
        from journal.locks import LockFolder  # noqa: PLC0415 - as above

        return LockFolder(self.path / "lanes", suffix=".lock")

    def number_files(self) -> LockFolder:
        """The files of the rising sequences; their names have to be checked first."""
        from journal.locks import LockFolder  # noqa: PLC0415 - as above

        return LockFolder(self.path / "rising")

    def read_mark(self) -> Head | str | None:
        """The mark; what is wrong with it, when it cannot be read; None when there is none."""
        try:
            content = self.mark_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"the mark {self.mark_path} cannot be read: {error}"
        found = _MARK.fullmatch(content)
        if found is None or _check(content[:85]) != found[3]:
            return f"the mark {self.mark_path} is torn, as a power cut may leave it; the next write renews it"
        return Head(seq=int(found[1]), digest=found[2].decode())

    def write_mark(self, head: Head) -> None:
        """Note how far the journal has come. Call with the writer lock held, after the commit.

        Not flushed: a power cut may leave an older mark, and an older mark is true as well. And never an error: the
        facts are already durable, and a mark that lags only sees less.
        """
        content = f"{head.seq:020d} {head.digest}".encode()
        content += b" " + _check(content) + b"\n"
        with suppress(OSError):
            if self._mark_file is None:
                self._mark_file = os.open(self.mark_path, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
                os.ftruncate(self._mark_file, len(content))  # nothing longer may stick out behind it
            os.lseek(self._mark_file, 0, os.SEEK_SET)
            while content:  # a disk that fills up may take a part of it
                content = content[os.write(self._mark_file, content) :]

    def tells_of_facts(self) -> bool:
        """Whether something beside the journal's file says that facts were written to it, should the file be gone."""
        mark = self.read_mark()
        log = self.path.with_name(self.path.name.removesuffix(".side") + "-wal")
        return (isinstance(mark, Head) and mark.seq > 0) or (log.exists() and log.stat().st_size > 0)

    def ballast_stands(self) -> bool:
        """Whether the space for a full disk is set aside."""
        try:
            return self._ballast_path.stat().st_size == BALLAST_BYTES
        except OSError:
            return False

    def set_ballast(self) -> None:
        """Set the space aside. Noise, not zeros: a file system may store zeros in no space at all.

        Raises:
            OSError: there is no room for it.
        """
        try:
            with os.fdopen(os.open(self._ballast_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(os.urandom(BALLAST_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.free_ballast()
            raise

    def free_ballast(self) -> bool:
        """Give the space back to the disk; False when there was none."""
        try:
            self._ballast_path.unlink()
            sync_folder(self.path)
        except OSError:
            return False
        return True

    def in_doubt(self) -> bool:
        """Whether a flush failed, here or in another process, and has not been made good."""
        return self._doubt_path.exists()

    def set_doubt(self) -> None:
        """Tell every process that the write-ahead log holds bytes of which the disk may know nothing."""
        with suppress(OSError):  # a disk that refuses this as well will refuse the next write too
            os.close(os.open(self._doubt_path, os.O_WRONLY | os.O_CREAT, 0o600))

    def clear_doubt(self) -> None:
        """The bytes have been written anew, somewhere else, and flushed."""
        self._doubt_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the handle of the mark."""
        if self._mark_file is not None:
            os.close(self._mark_file)
            self._mark_file = None


def make_private_folder(path: Path) -> None:
    """Make a folder for its owner only, with whatever folders above it are missing; leave an existing one alone.

    Raises:
        OSError: it cannot be made.
    """
    if path.is_dir():
        return
    make_private_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        path.chmod(0o700)  # the umask may have taken from the owner, too
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Flush the entries of a folder; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sync_file(path: Path) -> None:
    """Flush a file that somebody else writes."""
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def renew_file(path: Path) -> None:
    """Write a file's bytes over themselves, and flush them.

    After a flush that failed the disk may lack bytes that can still be read, and no other flush brings them there: the
    kernel takes them for written.
    """
    with path.open("r+b") as file:
        content = file.read()
        file.seek(0)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest()[:16].encode()
