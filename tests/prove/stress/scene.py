"""One round: a journal, the crew that works on it at once, and the audit when all have left."""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

from engine import OPERATIONS
from journal import Fact, JournalError, Projection, Value, read_journal
from tests.prove.stress.account import Account, AccountedJournal
from tests.prove.stress.plants import Plant

_SPAWN = multiprocessing.get_context("spawn")
_LATE_S = 1800.0
"""Nobody of the crew takes so long to come to an end; who does is stuck."""


def _row(facts: Sequence[Fact]) -> Mapping[str, Value]:
    if facts[0].kind != "Noted":
        return OPERATIONS.row(facts)
    return {**dict.fromkeys(OPERATIONS.columns), "operation_id": facts[0].subject, "terminal": "shelf", "unsettled": 0}


STRESS: Projection = replace(OPERATIONS, row=_row)
"""The engine's table, in which notes of no meaning stand as well: most commits are notes, because they are quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is played. ``crew`` names roles of ``tests/prove/stress/crew.py``, each a process of its own."""

    name: str
    folder: Path
    seed: int
    crew: tuple[str, ...]
    commits: int
    """By each writer; the others go on until the last writer has ended."""
    largest: int
    """The longest text in a note: the longer, the more pages a commit has, and the more the bug can take."""
    plant: Plant = Plant.NOTHING

    @property
    def path(self) -> Path:
        """The journal."""
        return self.folder / self.name / "shop.journal"

    def opened(self) -> AccountedJournal:
        """The journal, opened by one of the crew."""
        return AccountedJournal(self.path, projection=STRESS, now=lambda: datetime.now(UTC))

    def dice(self, role: str) -> random.Random:
        """The dice of one of the crew."""
        return random.Random(f"{self.seed} {self.name} {role}")  # noqa: S311 - repeatable


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one of the crew, or all of them together, did and found."""

    account: Account = field(default_factory=Account)
    deeds: Counter[str] = field(default_factory=Counter)
    problems: tuple[str, ...] = ()

    def __add__(self, other: Found) -> Found:
        return Found(
            account=self.account + other.account,
            deeds=self.deeds + other.deeds,
            problems=(*self.problems, *other.problems),
        )


def play(scene: Scene) -> Found:
    """Let the crew work until the last writer has ended, and compare their accounts with the journal."""
    scene.path.parent.mkdir()
    scene.opened().close()
    done = _SPAWN.Event()
    crew = [_start(scene, f"{role}/{number}", done) for number, role in enumerate(scene.crew)]
    found = sum((_told(*one) for one in crew if one[0].startswith("write")), Found())
    done.set()
    found = sum((_told(*one) for one in crew if not one[0].startswith("write")), found)
    found += Found(problems=tuple(audit(scene, found.account)))
    shutil.rmtree(scene.path.parent)
    return replace(found, problems=tuple(f"{scene.name}, seed {scene.seed}: {told}" for told in found.problems))


def _start(scene: Scene, role: str, done: Event) -> tuple[str, BaseProcess, Connection]:
    from tests.prove.stress.crew import work  # noqa: PLC0415 - it knows the scene

    here, there = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=work, args=(scene, role, done, there), name=role, daemon=True)
    process.start()
    there.close()
    return role, process, here


def _told(role: str, process: BaseProcess, pipe: Connection) -> Found:
    try:
        found = pipe.recv() if pipe.poll(_LATE_S) else Found(problems=(f"{role} never came to an end",))
    except EOFError:
        found = Found(problems=(f"{role} died",))
    process.join(_LATE_S if not found.problems else 1.0)
    process.kill()
    pipe.close()
    return found if isinstance(found, Found) else Found(problems=(f"{role} told {found!r}",))


def audit(scene: Scene, stored: Account) -> Iterator[str]:
    """Read the journal to its end: a sentence for each thing that is wrong with it, or with what was stored."""
    try:
        reader = read_journal(scene.path, projection=STRESS, unverified=True)
    except JournalError as error:
        yield f"the journal cannot be opened: {error}"
        return
    try:
        yield from reader.verify().breaks[:3]
        difference = stored.difference(Account().with_facts(reader.facts()))
        if difference is not None:
            yield difference
    except JournalError as error:
        yield f"the journal cannot be read: {error}"
    finally:
        reader.close()
