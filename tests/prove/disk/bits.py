"""Bits that flip and files that end too soon: what a disk does to a journal at rest is noticed, or changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from engine import OPERATIONS
from journal import Fact, JournalError, Value, open_journal, read_journal
from tests.prove.disk.desk import Desk
from tests.prove.disk.plants import PLANTS
from tools.rehearsal import Process

_WRITTEN_TO_EVERY = 25
"""One in so many is also opened for writing, which is dearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damages:
    """Some damages to one journal: which file, and the places, from the dice."""

    journal: Path
    seed: str
    number: int
    folder: Path
    plant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One bit, or everything from one byte on."""

    file: str
    byte: int
    bit: int | None

    @property
    def words(self) -> str:
        """For a sentence."""
        return (
            f"{self.file} {f'cut off at byte {self.byte}' if self.bit is None else f'byte {self.byte} bit {self.bit}'}"
        )

    def do(self, path: Path) -> None:
        """Do it to the file of a journal in this folder."""
        file = path.with_name(self.file)
        content = bytearray(file.read_bytes())
        if self.bit is None:
            del content[self.byte :]
        else:
            content[self.byte] ^= 1 << self.bit
        file.write_bytes(content)


def journals(folder: Path) -> list[Path]:
    """Journals of several shapes, as a till that was killed leaves them."""
    shapes: dict[str, Callable[[Desk], None]] = {
        "checkpointed": lambda desk: _pay(desk, 12),
        "young": lambda _: None,
        "with a log": lambda desk: _pay(desk, 1),
        "an old one with a log": lambda desk: _pay(desk, 30),
    }
    made = []
    for name, before in shapes.items():
        desk = Desk(folder / name / "till", latency_s=0.4)
        before(desk)
        with desk.till() as till:
            for number in range(0 if name == "checkpointed" else 6):
                till.pay(f"late-{number}")
            # While it is still open: closing would move the log into the file.
            made.append(_copy(desk.path, folder / name / "left"))
    return made


def _pay(desk: Desk, times: int) -> None:
    with desk.till() as till:
        _pay_bills(till, times)


def _pay_bills(till: Process, times: int) -> None:
    for number in range(times):
        till.pay(f"bill-{number}")


def _copy(journal: Path, folder: Path) -> Path:
    shutil.copytree(journal.parent, folder, ignore=shutil.ignore_patterns("*-shm"))
    return folder / journal.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """All that anybody can read in a journal."""

    facts: tuple[Fact, ...]
    rows: tuple[tuple[tuple[str, Value], ...], ...]


def damage(task: Damages) -> tuple[Counter[str], list[str]]:
    """Do damages one by one to fresh copies; how each was noticed, and a sentence for each that was not."""
    dice = Random(task.seed)  # noqa: S311 - repeatable
    found: Counter[str] = Counter()
    problems: list[str] = []
    place = Path(tempfile.mkdtemp(dir=task.folder))
    with pytest.MonkeyPatch.context() as patch:
        whole, _ = _read(_copy(task.journal, place / "whole"))
        if task.plant is not None:
            PLANTS[task.plant](patch)
        for number in range(task.number):
            shown = _draw(task.journal, dice)
            copy = _copy(task.journal, place / f"{number}")
            shown.do(copy)
            how = _noticed(copy, whole, for_writing=number % _WRITTEN_TO_EVERY == 0)
            found[how] += 1
            if how.startswith("silent"):
                problems.append(f"{task.journal.parent.parent.name}, {shown.words}: {how} (seed {task.seed!r})")
            shutil.rmtree(copy.parent)
    shutil.rmtree(place)
    return found, problems


def _draw(journal: Path, dice: Random) -> Damage:
    log = journal.with_name(journal.name + "-wal")
    files = [file for file in (journal, log) if file.exists() and file.stat().st_size]
    file = dice.choice(files)
    bit = dice.randrange(8) if dice.random() < 0.9 else None
    return Damage(file=file.name, byte=dice.randrange(file.stat().st_size), bit=bit)


def _noticed(path: Path, whole: _Content, *, for_writing: bool) -> str:
    try:
        content, breaks = _read(path)
    except JournalError:
        return "refused at opening"
    if breaks:
        return "found by verify"
    if content != whole:
        return "silent: it reads otherwise, and the check says nothing"
    if for_writing and _written_to(path) not in (None, whole):
        return "silent: opened for writing, it reads otherwise"
    return "nothing that can be read was changed"


def _read(path: Path) -> tuple[_Content, tuple[str, ...]]:
    reader = read_journal(path, projection=OPERATIONS)
    try:
        # The check first: where it says that something is broken, nobody need be able to read on.
        breaks = reader.verify().breaks
        return (
            _Content(facts=(), rows=()) if breaks else _content(reader.facts(), reader.newest_rows(limit=10**6))
        ), breaks
    finally:
        reader.close()


def _written_to(path: Path) -> _Content | None:
    try:
        journal = open_journal(path, projection=OPERATIONS, now=Desk(path.parent).clock.now)
    except JournalError:
        return None
    try:
        return _content(journal.facts(), journal.newest_rows(limit=10**6))
    finally:
        journal.close()


def _content(facts: Iterator[Fact], rows: Sequence[Mapping[str, Value]]) -> _Content:
    return _Content(facts=tuple(facts), rows=tuple(tuple(sorted(row.items())) for row in rows))
