"""A power cut: at which moment, and which pieces the disk had come to write."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.prove.power.disk import Disk
from tests.prove.power.log import Event
from tests.prove.power.said import Said

_RICH = 40
"""A moment with more loose pieces than this is not drawn more often still."""

_TRIES = 4
"""Images drawn at most for each that is wanted: one that was there before counts no second time."""

BALLAST = "ballast"
"""Its content is noise, and nobody reads it: images that differ in it alone are not distinct."""


@dataclass(frozen=True, slots=True)
class Image:
    """What a power cut left, and what the till had said before it."""

    files: Mapping[str, bytes | None]
    """By the path inside the recorded folder; None for a folder."""
    moment: int
    """After so many events of the log."""
    manner: str
    """How it was chosen what is there."""
    said: Said
    digest: bytes

    def write_to(self, folder: Path) -> None:
        """Make the files."""
        folder.mkdir()
        for path, content in self.files.items():
            place = folder / path
            if content is None:
                place.mkdir(mode=0o700)
            elif path.endswith(BALLAST):
                with place.open("wb") as file:
                    file.truncate(len(content))
            else:
                place.write_bytes(content)


def images(events: Sequence[Event], *, wanted: int, dice: random.Random) -> Iterator[Image]:
    """At most so many distinct images of power cuts, all over these events; fewer where little is loose.

    An image is given again when it is met at a later moment, at which more had been said: what was rightly not there
    at first may be missed then. ``said`` of an image goes on with the iterator: judge one before asking for the next.
    """
    moments = _draw(events, wanted, dice)
    disk, said = Disk(), Said()
    made: set[bytes] = set()
    judged: set[tuple[bytes, int]] = set()
    for moment, event in enumerate(events, 1):
        disk.happen(event)
        said.happen(event)
        loose = disk.loose if moment in moments else 0
        for _ in range(moments.get(moment, 0)):
            for _ in range(_TRIES):
                manner, keeps = _choose(loose, dice)
                files = disk.after_a_cut(keeps)
                digest = _digest(files)
                is_new = digest not in made
                made.add(digest)
                if (digest, said.words) not in judged:
                    judged.add((digest, said.words))
                    yield Image(files, moment, manner, said, digest)
                if is_new:
                    break


def _draw(events: Sequence[Event], number: int, dice: random.Random) -> Mapping[int, int]:
    """How many images are wanted after how many events: the more, the more is loose there."""
    disk, weights = Disk(), []
    for event in events:
        disk.happen(event)
        weights.append(1 + min(disk.loose, _RICH))
    drawn: dict[int, int] = {}
    for moment in dice.choices(range(1, len(events) + 1), weights, k=number):
        drawn[moment] = drawn.get(moment, 0) + 1
    return drawn


def _choose(loose: int, dice: random.Random) -> tuple[str, Callable[[str], bool]]:
    """A manner of losing, and whether a piece is there under it."""
    counter = iter(range(loose * 2 + 1))
    one = dice.randrange(loose + 1)
    likely = dice.choice((0.1, 0.5, 0.9))
    fates: dict[str, bool] = {}

    def by_file(path: str) -> bool:
        return fates.setdefault(path, dice.random() < 1 / 2)

    manners: Sequence[tuple[str, Callable[[str], bool]]] = (
        ("nothing but what was flushed", lambda _path: False),
        ("everything", lambda _path: True),
        (f"each piece with a chance of {likely}", lambda _path: dice.random() < likely),
        (f"each piece with a chance of {likely}", lambda _path: dice.random() < likely),
        ("whole files", by_file),
        (f"the first {one} pieces", lambda _path: next(counter) < one),
        (f"all but the first {one} pieces", lambda _path: next(counter) >= one),
        (f"all but piece {one}", lambda _path: next(counter) != one),
        (f"piece {one} only", lambda _path: next(counter) == one),
    )
    return dice.choice(manners)


def _digest(files: Mapping[str, bytes | None]) -> bytes:
    told = hashlib.blake2b(digest_size=8)
    for path, content in files.items():
        if content is not None and path.endswith(BALLAST):
            content = b"%d" % len(content)  # noqa: PLW2901 - see BALLAST
        told.update(f"{path}\0{-1 if content is None else len(content)}\0".encode())
        told.update(content or b"")
    return told.digest()
