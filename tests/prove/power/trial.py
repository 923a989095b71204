"""The part: record a play, cut its power in so many ways, audit every image; the same with faults planted."""

from __future__ import annotations

import gc
import logging
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from journal.side import BALLAST_BYTES
from tests.prove.part import Control, Count, Part, Result, Work
from tests.prove.power.acts import ACTS
from tests.prove.power.audit import WRONGS, audit
from tests.prove.power.cut import BALLAST, images
from tests.prove.power.log import Event, What
from tests.prove.power.planted import PLANTS
from tests.prove.power.recording import Play, Recording, compile_recorder

_MOST_TOLD = 20
_VERIFIED = 1 / 3
"""The share of the images that are verified whole. Every one is opened, which checks chain and mark, and compared."""

_WRITTEN_ON = 1 / 12
"""The share of the images in which a life goes on, is closed, opened and verified again."""

_PLANTED_TRIES = 500
"""Images for a planted fault; each is looked for in two plays."""

_FAILED = "flushes that failed"
_SPENT = "times that the ballast was spent on a full disk"

_CLAIM = (
    "The power may fail at any moment, and the disk may have written any part of what was not flushed, torn and in any "
    "order: no stored fact is lost, none appears that nobody wrote, every journal opens, and whatever had been sent is "
    "known to it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """One play, and how many distinct images of it are wanted; with a fault planted, only until it was caught."""

    folder: Path
    library: Path
    play: Play
    wanted: int


@dataclass(slots=True, kw_only=True)
class Found:
    """What became of it."""

    play: Play
    digests: set[bytes] = field(default_factory=set)
    wrongs: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    given_away: str | None = None


def cut(task: Cutting) -> Found:
    """In a worker: see ``Cutting``."""
    recording, folder = _bench(task)
    recorded = recording.record(task.play)
    found = Found(play=task.play, deeds=_deeds(recorded.events))
    dice = random.Random(f"cut {task.play}")  # noqa: S311 - repeatable
    for image in images(recorded.events, wanted=task.wanted, dice=dice):
        place = folder / "image"
        image.write_to(place)
        verify, write_on = dice.random() < _VERIFIED, dice.random() < _WRITTEN_ON
        audited = audit(image, place, verify=verify, write_on=write_on)
        shutil.rmtree(place)
        found.digests.add(image.digest)
        found.wrongs += audited.wrongs
        found.deeds["facts read in the images"] += audited.facts
        found.deeds["images verified whole"] += verify
        found.deeds["images written on, and opened again"] += write_on
        cut_at = f"{task.play}, image {len(found.digests)}, cut after event {image.moment} of {len(recorded.events)}"
        problems = [f"{cut_at}, there was {image.manner}: {told}" for told in audited.told]
        found.problems += problems[: _MOST_TOLD - len(found.problems)]
        if task.play.plant is not None and (told := _gives_away(task.play.plant, problems)):
            found.given_away = told
            break
    shutil.rmtree(recorded.root)
    return found


def _gives_away(plant: str, problems: Sequence[str]) -> str | None:
    """The sentence that a planted fault must cause: any other might have another reason."""
    return next((told for told in problems if any(words in told for words in PLANTS[plant].by)), None)


def _deeds(events: Sequence[Event]) -> Counter[str]:
    happened = Counter(event.what for event in events)
    return Counter(
        {
            "events recorded": len(events),
            "flushes": happened[What.FLUSHED],
            _FAILED: happened[What.FLUSH_FAILED],
            _SPENT: sum(_whole_ballasts_removed(events)),
        }
    )


def _whole_ballasts_removed(events: Sequence[Event]) -> Iterator[bool]:
    """One that could not be written whole is removed as well, and that spends nothing."""
    sizes: Counter[int] = Counter()
    for event in events:
        match event.what:
            case What.WRITTEN:
                sizes[event.file] = max(sizes[event.file], event.offset + len(event.data))
            case What.REMOVED:
                yield event.path.endswith(f"/{BALLAST}") and sizes[event.file] == BALLAST_BYTES
            case _:
                pass


_benches: list[tuple[Recording, Path]] = []


def _bench(task: Cutting) -> tuple[Recording, Path]:
    """This process's recording, and a folder of its own; made when first asked for."""
    if not _benches:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        os.umask(0o077)
        folder = Path(tempfile.mkdtemp(dir=task.folder))
        _benches.append((Recording(task.library, folder), folder))
        gc.collect()
        gc.freeze()  # what is there now stays, and no collector has to look at it again
    return _benches[0]


def _tasks(work: Work, library: Path) -> Iterator[Cutting]:
    """The planted faults first, then every act in turn."""
    for seed in range(2):
        for name, plant in PLANTS.items():
            play = Play(act=plant.act, seed=work.seed + seed, plant=name)
            yield Cutting(folder=work.folder, library=library, play=play, wanted=_PLANTED_TRIES)
    plays, wanted = _amounts(work)
    for number in range(plays):
        act = list(ACTS)[number % len(ACTS)]
        play = Play(act=act, seed=work.seed * 1_000 + number // len(ACTS))
        yield Cutting(folder=work.folder, library=library, play=play, wanted=wanted)


def _amounts(work: Work) -> tuple[int, int]:
    """How many plays, and how many images of each; somewhat more than promised, for those that give fewer."""
    return work.amount(quick=16, full=144, long=720), work.amount(quick=210, full=1_510)


def run(work: Work) -> Result:
    """Play, cut and audit."""
    library = compile_recorder(work.folder)
    tasks = list(_tasks(work, library))
    began = time.monotonic()
    found = list(work.spread(cut, tasks, total=len(tasks)))
    return _result(work, found, took_s=time.monotonic() - began)


def _result(work: Work, found: Sequence[Found], *, took_s: float) -> Result:
    honest = [each for each in found if each.play.plant is None]
    distinct: set[bytes] = set().union(*(each.digests for each in honest))
    wrongs, deeds = Counter(dict.fromkeys(WRONGS, 0)), Counter[str]()
    for each in honest:
        wrongs.update(each.wrongs)
        deeds.update(each.deeds)
    all_images = sum(len(each.digests) for each in found)
    return Result(
        counts=(
            Count(
                what="distinct disk images",
                number=len(distinct),
                least=work.amount(quick=3_000, full=200_000, long=1_000_000),
            ),
            Count(
                what="recorded workloads",
                number=len(honest),
                least=work.amount(quick=16, full=100, long=500),
            ),
            *(Count(what=what, number=deeds.pop(what)) for what in (_FAILED, _SPENT)),
        ),
        never=dict(wrongs),
        controls=tuple(_control(name, [each for each in found if each.play.plant == name]) for name in PLANTS),
        figures={
            "images a second": f"{all_images / took_s:.0f}",
            "workloads": ", ".join(
                f"{name} {times}" for name, times in Counter(each.play.act for each in honest).items()
            ),
            **{what: f"{times:,}" for what, times in deeds.items()},
        },
        problems=tuple(told for each in honest for told in each.problems)[:_MOST_TOLD],
    )


def _control(name: str, tries: Sequence[Found]) -> Control:
    for each in sorted(tries, key=lambda found: found.play.seed):
        if each.given_away is not None:
            return Control(fault=name, caught=True, by=each.given_away)
    return Control(fault=name, caught=False, by=f"nothing, in {sum(len(each.digests) for each in tries)} images")


PART = Part(name="power", claim=_CLAIM, run=run, needs=("cc",))
