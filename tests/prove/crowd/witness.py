"""The witness: shared memory in which is written who is in which lane, and how far each till has come.

It survives its writers, so that a killed till has told everything that it had done; and it knows nothing of the locks
that it is to judge. Each number has one writer, or is written in a lane by its holder.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TILLS = 8
LANES = ("bar", "terrace", "counter", "garden")

_NUMBER = struct.Struct("<q")
_MOST_KILLS = 10_000

_KILLS = len(LANES)
_DOOMED = _KILLS + 1
_ENDED = _DOOMED + _MOST_KILLS
_REFUSED = _ENDED + TILLS
_LONGEST_US = _REFUSED + TILLS
_ENTERED = _LONGEST_US + TILLS
_SIZE = (_ENTERED + TILLS) * _NUMBER.size


class Witness:
    """A page of numbers in a file, and a file of sentences beside it."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        path = folder / "witness"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(file, _SIZE)
            self._page = mmap.mmap(file, _SIZE)
        finally:
            os.close(file)

    @contextmanager
    def inside(self, lane: str, till: int) -> Iterator[None]:
        """Around the time in which a till believes that it has the lane for itself."""
        place, own = LANES.index(lane), os.getpid()
        before = self._get(place)
        if before and not self._is_doomed(before):
            self.tell(f"{lane}: till {till} (process {own}) entered while process {before} was inside")
        self._put(place, own)
        self._put(_ENTERED + till, self._get(_ENTERED + till) + 1)
        try:
            yield
        finally:
            after = self._get(place)
            if after != own:
                self.tell(f"{lane}: till {till} (process {own}) left, and process {after} was inside")
            self._put(place, 0)

    def doom(self, process: int) -> bool:
        """Say that a process is about to be killed: what it leaves in a lane does not mean that it is inside.

        For ever, because a lane may stay empty while the next life of the same till is killed, too. Whether it is in a
        lane at this moment.
        """
        kills = self._get(_KILLS)
        if kills == _MOST_KILLS:
            raise OverflowError("the witness cannot remember so many kills")
        self._put(_DOOMED + kills, process)
        self._put(_KILLS, kills + 1)
        return any(self._get(place) == process for place in range(len(LANES)))

    def ended(self, till: int, *, waited_s: float = 0.0) -> None:
        """An operation of this till has come to its end."""
        self._put(_ENDED + till, self._get(_ENDED + till) + 1)
        self._put(_LONGEST_US + till, max(self._get(_LONGEST_US + till), round(waited_s * 1e6)))

    def refused(self, till: int) -> None:
        """A till was told that the terminal is in use, and nothing was sent."""
        self._put(_REFUSED + till, self._get(_REFUSED + till) + 1)

    def tell(self, sentence: str) -> None:
        """Write down what must not be; in one write, so that nobody's sentence is mixed with another's."""
        with self._told.open("ab", buffering=0) as file:
            file.write(sentence.replace("\n", " ").encode() + b"\n")

    @property
    def sentences(self) -> list[str]:
        """What was told."""
        return self._told.read_text("utf-8").splitlines() if self._told.exists() else []

    @property
    def operations(self) -> list[int]:
        """By till, how many have ended."""
        return [self._get(_ENDED + till) for till in range(TILLS)]

    @property
    def refusals(self) -> int:
        """How often a till was told that a terminal is in use."""
        return sum(self._get(_REFUSED + till) for till in range(TILLS))

    def entered(self, till: int) -> int:
        """How often a till has entered a lane."""
        return self._get(_ENTERED + till)

    @property
    def entries(self) -> int:
        """How often a lane was entered, by all."""
        return sum(self.entered(till) for till in range(TILLS))

    @property
    def longest_s(self) -> float:
        """The longest that an operation took, waiting included."""
        return max(self._get(_LONGEST_US + till) for till in range(TILLS)) / 1e6

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()

    def _is_doomed(self, process: int) -> bool:
        return any(self._get(_DOOMED + kill) == process for kill in range(self._get(_KILLS)))

    def _get(self, place: int) -> int:
        (number,) = _NUMBER.unpack_from(self._page, place * _NUMBER.size)
        return int(number)

    def _put(self, place: int, number: int) -> None:
        _NUMBER.pack_into(self._page, place * _NUMBER.size, number)
