"""Bits that flip and files that end too soon: what a disk does to a journal at rest is noticed, or changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from journal import JournalError, Reader, read_journal
from journal.file import FileJournal
from tests.prove.disk.paying import charged_again
from tests.prove.disk.plants import PLANTS
from tests.prove.disk.shapes import PROJECTIONS, Shape, read, shapes

_LOOKED_AT_EVERY = 10
"""One in so many is also opened for reading only."""

_CUTS = 10
"""One in so many is a file that ends too soon, and the others are bits."""

_SILENT = "silent: it reads otherwise, and the check says nothing"

_UNCHANGED = "nothing that can be read was changed"

_HARMLESS = {_UNCHANGED, "refused at opening", "found by verify", "found when read"}


@dataclass(frozen=True, slots=True, order=True)
class Damage:
    """A bit, or everything from a byte on, of the file or of its log."""

    in_log: bool
    byte: int
    bit: int | None

    @property
    def words(self) -> str:
        """For a sentence."""
        file = "the log" if self.in_log else "the file"
        return f"{file} {f'cut off at byte {self.byte}' if self.bit is None else f'byte {self.byte} bit {self.bit}'}"

    def to(self, content: bytes) -> bytes:
        """What is left of the content of that file."""
        if self.bit is None:
            return content[: self.byte]
        damaged = bytearray(content)
        damaged[self.byte] ^= 1 << self.bit
        return bytes(damaged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Damages to one shape, each to a fresh copy; ``plant`` names a fault that is planted."""

    folder: Path
    shape: int
    damages: tuple[Damage, ...]
    plant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """How often each thing became of them, and a sentence for each that was not noticed."""

    fates: Counter[str]
    problems: tuple[str, ...]


def lots(folder: Path, number: int, size: int, dice: Random) -> list[Lot]:
    """So many damages in all, none of them twice, shared out among the shapes and their files."""
    found = []
    kept = shapes(folder)
    for place, shape in enumerate(kept):
        drawn = list(_drawn(shape, -(-number // len(kept)), dice))
        dice.shuffle(drawn)
        found += [
            Lot(folder=folder, shape=place, damages=tuple(drawn[start : start + size]))
            for start in range(0, len(drawn), size)
        ]
    return found


def _drawn(shape: Shape, number: int, dice: Random) -> Iterator[Damage]:
    files = [(in_log, content) for in_log, content in ((False, shape.main), (True, shape.log)) if content]
    for in_log, content in files:
        share = -(-number // len(files))
        cuts = min(share // _CUTS, len(content))
        yield from (Damage(in_log, byte, None) for byte in dice.sample(range(len(content)), cuts))
        bits = dice.sample(range(8 * len(content)), share - cuts)
        yield from (Damage(in_log, bit // 8, bit % 8) for bit in bits)


def sort(lot: Lot) -> Sorted:
    """Do each damage to a fresh copy, and see how it is noticed."""
    shape = shapes(lot.folder)[lot.shape]
    fates: Counter[str] = Counter()
    problems: list[str] = []
    place = Path(tempfile.mkdtemp(dir=lot.folder))
    with pytest.MonkeyPatch.context() as patch:
        if lot.plant is not None:
            PLANTS[lot.plant].put(patch)
        for number, damage in enumerate(lot.damages):
            fate, problem = _fate(shape, damage, place / "j", look=number % _LOOKED_AT_EVERY == 0)
            fates[fate] += 1
            if problem:
                problems.append(f"{shape.name}, {damage.words}: {problem}")
    shutil.rmtree(place)
    return Sorted(fates=fates, problems=tuple(problems))


def _fate(shape: Shape, damage: Damage, path: Path, *, look: bool) -> tuple[str, str | None]:
    """In a word; and a sentence, if it is not as it should be."""
    main = shape.main if damage.in_log else damage.to(shape.main)
    log = damage.to(shape.log) if damage.in_log else shape.log
    try:
        if look:
            shape.put(path, main, log)
            if _noticed(shape, path, for_writing=False) == _SILENT:
                return _SILENT, f"opened for reading, {_SILENT}"
        shape.put(path, main, log)
        fate = _noticed(shape, path, for_writing=True)
    except Exception as error:  # noqa: BLE001 - whatever is not the journal's own error is a finding
        return "an error that is none of ours", f"an error that is none of ours: {error!r}"
    return fate, None if fate in _HARMLESS else fate


def _noticed(shape: Shape, path: Path, *, for_writing: bool) -> str:
    try:
        journal: Reader = (
            shape.opened(path) if for_writing else read_journal(path, projection=PROJECTIONS[shape.projection])
        )
    except JournalError:
        return "refused at opening"
    try:
        return _met(journal, shape)
    finally:
        journal.close()


def _met(journal: Reader, shape: Shape) -> str:
    """What is met in a journal that opens."""
    try:
        if not journal.verify().breaks:
            return _UNCHANGED if read(journal, shape.projection) == shape.reading else _SILENT
        fate = "found by verify"
    except JournalError:
        fate = "found when read"
    # A till does not wait for the check.
    if shape.projection == "operations" and isinstance(journal, FileJournal):
        return next(charged_again(journal, shape.reading), fate)
    return fate
