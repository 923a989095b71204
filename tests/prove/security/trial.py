"""The part: forgeries, leaks and rights, each with its planted faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.prove.part import Control, Count, Part, Result, Work
from tests.prove.security.blunders import BLUNDERS, try_blunder
from tests.prove.security.careless import CARELESS, try_careless
from tests.prove.security.forger import KINDS
from tests.prove.security.judging import Batch, Found, batches, try_batch
from tests.prove.security.leaks import Searched, search_a_run
from tests.prove.security.planted import try_the_scanner

_BATCH = 10_000
_UMASKS = (0o000, 0o022)
_SHOWN = 5
"""Of many sentences that say the same, so many are enough to see it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planted:
    """A till with a planted fault: of those that believe too much, or of those that tell too much."""

    number: int
    believes: bool
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run of the whole till at a gossiping terminal."""

    number: int
    folder: Path


def run(work: Work) -> Result:
    """Spread everything over the workers, what takes longest first."""
    forged = batches(work.seed, work.amount(quick=30_000, full=1_000_000), size=_BATCH)
    tasks: list[Batch | _Planted | _Run] = [*_runs(work), *_planted(work), *forged]
    believed, searched, controls = Found(), Searched(), try_the_scanner()
    for one in work.spread(_do, tasks, total=len(tasks)):
        match one:
            case Control():
                controls.append(one)
            case Found():
                believed = believed.with_more(one)
            case Searched():
                searched = searched.with_more(one)
    return _result(work, believed, searched, controls)


def _runs(work: Work) -> list[_Run]:
    return [_Run(number=number, folder=work.folder / f"run-{number}") for number in range(work.amount(quick=2, full=6))]


def _planted(work: Work) -> list[_Planted]:
    return [
        _Planted(number=number, believes=believes, folder=work.folder / f"planted-{number}")
        for believes, many in ((True, len(BLUNDERS)), (False, len(CARELESS)))
        for number in range(many)
    ]


def _do(task: Batch | _Planted | _Run) -> Found | Control | Searched:
    match task:
        case Batch():
            return try_batch(task)
        case _Planted(believes=True):
            return try_blunder(task.number)
        case _Planted():
            return try_careless(task.number, task.folder)
        case _Run():
            return search_a_run(task.folder, _UMASKS[task.number % 2], rumour=task.number)


def _result(work: Work, found: Found, searched: Searched, controls: Sequence[Control]) -> Result:
    return Result(
        counts=(
            Count(
                what="forged, altered, replayed or stale replies",
                number=found.tried.total(),
                least=work.amount(quick=30_000, full=1_000_000),
            ),
            Count(what="kinds of forgery", number=len(found.tried), least=len(KINDS)),
            Count(what="authentic replies in between, believed", number=found.true - len(found.refused), least=1_000),
            Count(
                what="files, outputs, tracebacks and reprs searched for card numbers and keys",
                number=searched.places,
                least=work.amount(quick=500, full=1_500),
            ),
            Count(what="files and folders whose rights were looked at", number=searched.paths, least=20),
        ),
        never={
            "forgeries believed": len(found.believed),
            "authentic replies not believed": len(found.refused),
            "card numbers or keys found": len(searched.leaks),
            "files or folders open to others": len(searched.rights),
        },
        controls=tuple(controls),
        figures={"searched": f"{searched.bytes / 1e6:.1f} MB"},
        problems=tuple(
            told
            for finds in (found.believed, found.refused, searched.leaks, searched.rights)
            for told in finds[:_SHOWN]
        ),
    )


PART = Part(
    name="security",
    claim=(
        "Nobody in the store's network can make the till believe what its terminal did not say, or said before; and "
        "nothing that the till writes, prints or shows holds a card number or a key."
    ),
    run=run,
)
