"""The disk: what of all that was written must be there after a power cut, and what may be.

    written, entered ──▶ loose ──flush of the file, of the folder──▶ fast
                           └─────flush that failed──▶ adrift: no later flush can make it fast

What is loose or adrift may be there or not, each *piece* by itself: a write is cut at the sectors of the disk, a change
of size is one piece, and so is each entry made in a folder, or removed from it. What is fast is there. That is as
hostile as POSIX allows: a file's flush does not save its entry, nor does any order of calls bind the disk.

A flush that failed is reported once, and then the kernel takes the pages for clean. So its bytes stay adrift for ever,
unless they are written over, and that is flushed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from itertools import pairwise

from tests.prove.power.log import Event, What

SECTOR = 512
"""The smallest that a disk promises to write whole."""

Keeps = Callable[[], bool]
"""Asked once for each piece that may be there, in the order in which they were made."""


class Hold(Enum):
    """How safe a piece is."""

    LOOSE = auto()
    FAST = auto()
    ADRIFT = auto()


@dataclass(slots=True)
class Piece:
    """Part of a file's content, or, without data, its size."""

    offset: int
    data: bytes | None
    hold: Hold = Hold.LOOSE

    def put_into(self, content: bytearray) -> None:
        """Change the content, as the disk does."""
        if self.data is None:
            del content[self.offset :]
        if len(content) < self.offset:
            content.extend(bytes(self.offset - len(content)))
        if self.data is not None:
            content[self.offset : self.offset + len(self.data)] = self.data


class DiskFile:
    """A file: what is fast for certain, and the pieces on top of it."""

    def __init__(self) -> None:
        self._base = bytearray()
        self._pieces: list[Piece] = []
        self._size = 0

    @property
    def loose(self) -> int:
        """How many pieces may be there or not."""
        return sum(piece.hold is not Hold.FAST for piece in self._pieces)

    def happen(self, event: Event) -> None:
        """Take over what was done to this file."""
        match event.what:
            case What.WRITTEN:
                self._write(event.offset, event.data)
            case What.CUT_TO:
                self._pieces.append(Piece(event.offset, None))
                self._size = event.offset
            case What.FLUSHED:
                self._flush()
            case What.FLUSH_FAILED:
                self._all_loose(Hold.ADRIFT)
            case _:
                raise ValueError(f"{event.what.name} does not happen to a file")

    def _write(self, offset: int, data: bytes) -> None:
        end = offset + len(data)
        cuts = [offset, *range(offset - offset % SECTOR + SECTOR, end, SECTOR), end]
        self._pieces += [Piece(start, data[start - offset : stop - offset]) for start, stop in pairwise(cuts)]
        self._size = max(self._size, end)

    def _flush(self) -> None:
        self._all_loose(Hold.FAST)
        while self._pieces and self._pieces[0].hold is Hold.FAST:
            self._pieces.pop(0).put_into(self._base)

    def _all_loose(self, hold: Hold) -> None:
        for piece in self._pieces:
            if piece.hold is Hold.LOOSE:
                piece.hold = hold

    def content(self, keeps: Keeps) -> bytes:
        """The content after a power cut."""
        content = bytearray(self._base)
        for piece in self._pieces:
            if piece.hold is Hold.FAST or keeps():
                piece.put_into(content)
        # A file system may note the new size and not come to write what belongs there.
        if self._pieces and len(content) < self._size and keeps():
            content.extend(bytes(self._size - len(content)))
        return bytes(content)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A change in a folder."""

    what: What
    path: str
    file: int

    def put_into(self, names: dict[str, int]) -> None:
        if self.what is What.REMOVED:
            names.pop(self.path, None)
        else:
            names[self.path] = self.file


class Disk:
    """All files and folders, event by event."""

    def __init__(self) -> None:
        self._files: dict[int, DiskFile] = {}
        self._folders: dict[int, str] = {}
        self._names: dict[str, int] = {}
        self._entries: list[_Entry] = []

    @property
    def loose(self) -> int:
        """How many pieces may be there or not; more is a richer place for a cut."""
        return len(self._entries) + sum(file.loose for file in self._files.values())

    def happen(self, event: Event) -> None:
        """Take over one event."""
        match event.what:
            case What.FOLDER_MADE:
                self._make_folder(event)
            case What.FILE_MADE:
                self._files[event.file] = DiskFile()
                self._entries.append(_Entry(event.what, event.path, event.file))
            case What.LINKED | What.REMOVED:
                self._entries.append(_Entry(event.what, event.path, event.file))
            case What.FLUSHED if event.file in self._folders:
                self._flush_folder(self._folders[event.file])
            case What.SAID:
                pass
            case _:
                self._files[event.file].happen(event)

    def _make_folder(self, event: Event) -> None:
        if self._folders:
            self._entries.append(_Entry(event.what, event.path, event.file))
        else:  # the outermost one, which was there before
            self._names[event.path] = event.file
        self._folders[event.file] = event.path

    def _flush_folder(self, folder: str) -> None:
        inside = [entry for entry in self._entries if _folder_of(entry.path) == folder]
        for entry in inside:
            entry.put_into(self._names)
        self._entries = [entry for entry in self._entries if entry not in inside]

    def after_a_cut(self, keeps: Callable[[str], bool]) -> Mapping[str, bytes | None]:
        """What is there, by its path in the outermost folder; None for a folder.

        ``keeps`` is asked for each piece that may be there, by the whole path.

        What stands in a folder that is not there is gone with it.
        """
        names = dict(self._names)
        for entry in self._entries:
            if keeps(entry.path):
                entry.put_into(names)
        return dict(self._standing(names, keeps))

    def _standing(self, names: Mapping[str, int], keeps: Callable[[str], bool]) -> Iterator[tuple[str, bytes | None]]:
        outermost = next(iter(self._folders.values()))
        standing, skip = {outermost}, len(outermost) + 1
        for path in sorted(names):
            if path == outermost or _folder_of(path) not in standing:
                continue
            if names[path] in self._folders:
                standing.add(path)
                yield path[skip:], None
            else:
                yield path[skip:], self._files[names[path]].content(partial(keeps, path))


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]
