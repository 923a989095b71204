"""Kill: so many tills, each killed at another stop; what was planted; and what came of it."""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tests.prove.kill.acts import ACTS
from tests.prove.kill.bench import bench_in
from tests.prove.kill.calls import name_of
from tests.prove.kill.plan import Plan, plan_of, planted_kills
from tests.prove.kill.planted import PLANTS
from tests.prove.kill.record import Found, Kill, Stops
from tests.prove.kill.tracer import be_traced, follow, fork
from tests.prove.part import Control, Count, Part, Result, Work

_TASK = 10
"""Kills in one task of a worker."""

_MOST_TOLD = 20
"""Problems that are told in full; all are counted."""

_MOST_CALLS = 12

_CLAIM = (
    "A real process, killed with SIGKILL before or after its system calls, in every kind of operation, in recoveries, "
    "aborts and checkpoints, and killed again while it recovers: whoever comes after it finds the truth, and no guest "
    "pays twice."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Count the stops of an act, as it is or with a fault planted."""

    folder: Path
    act: str
    plant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Killing:
    """Kill at these points; for a planted fault, only until it was caught."""

    folder: Path
    kills: Sequence[Kill]


def count(task: Counting) -> Stops:
    """In a worker: see ``Counting``."""
    return bench_in(task.folder).count(task.act, task.plant)


def kill(task: Killing) -> list[Found]:
    """In a worker: see ``Killing``."""
    found = []
    for each in task.kills:
        found.append(bench_in(task.folder).kill(each))
        if each.plant is not None and _gives_away(found[-1]) is not None:
            break
    return found


def _gives_away(found: Found) -> str | None:
    """The sentence that a planted fault must cause, if it is there: any other might have another reason."""
    if found.kill.plant is None:
        return None
    return next((told for told in found.problems if PLANTS[found.kill.plant].by in told), None)


def _control(plant: str, found: Sequence[Found]) -> Control:
    for number, each in enumerate(found, 1):
        told = _gives_away(each)
        if told is not None:
            return Control(fault=plant, caught=True, by=f"kill {number} ({each.kill}): {told}")
    return Control(fault=plant, caught=False, by=f"nothing, in {len(found)} kills")


def run(work: Work) -> Result:
    """Count the stops; then kill, with a fault planted and without; and tell what was found."""
    obstacle = _obstacle()
    if obstacle is not None:
        return Result(not_measured=(f"kill: {obstacle}",))
    counting = [Counting(folder=work.folder, act=act.name) for act in ACTS]
    counting += [Counting(folder=work.folder, act=plant.act, plant=name) for name, plant in PLANTS.items()]
    counted = {(each.act, each.plant): each for each in work.spread(count, counting, total=len(counting))}
    plan = plan_of([counted[act.name, None] for act in ACTS], work.seed)
    lives = work.amount(quick=150, full=6_050, long=len(plan.points))
    batches = [planted_kills(counted[plant.act, name], name, work.seed) for name, plant in PLANTS.items()]
    kills = islice(plan.kills(work.seed), lives)
    while batch := list(islice(kills, _TASK)):
        batches.append(batch)
    began = time.monotonic()
    found: list[Found] = []
    planted: dict[str, list[Found]] = {}
    tasks = [Killing(folder=work.folder, kills=batch) for batch in batches]
    for part in work.spread(kill, tasks, total=len(tasks)):
        plant = part[0].kill.plant
        if plant is None:
            found += part
        else:
            planted[plant] = part
    controls = tuple(_control(plant, planted[plant]) for plant in PLANTS)
    return _result(work, plan, found, controls, took_s=time.monotonic() - began)


def _obstacle() -> str | None:
    """Why nothing can be tried on this machine."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return "written for Linux on x86-64"
    if follow(fork(be_traced)).stops == 0:
        return "this machine allows no process to trace its own children (ptrace)"
    return None


def _result(work: Work, plan: Plan, found: Sequence[Found], controls: Sequence[Control], *, took_s: float) -> Result:
    first = [each for each in found if each.killed]
    second = sum(each.killed_again for each in first)
    points = {(each.kill.act, each.kill.stop) for each in first}
    wrong = [f"{told} (again: {each.kill.command})" for each in found for told in each.problems]
    missed = len(found) - len(first) + sum(len(each.kill.again_at) - each.killed_again for each in found)
    rate = (len(first) + second) / took_s
    return Result(
        counts=(
            Count(
                what="kills with SIGKILL, told by the wait status",
                number=len(first) + second,
                least=work.amount(quick=430, full=20_000),
            ),
            Count(
                what="of them kills of a till that had come back",
                number=second,
                least=work.amount(quick=270, full=13_000),
            ),
            Count(
                what=f"different places of a first death, of {len(plan.points):,} in {len(plan.stops)} acts",
                number=len(points),
                least=work.amount(quick=140, full=5_900, long=len(plan.points) * 99 // 100),
            ),
            Count(
                what=f"of them at a call that changes something outside the process, of {len(plan.changing):,}",
                number=len(points & plan.changing),
                least=work.amount(quick=110, full=len(plan.changing) * 99 // 100),
            ),
        ),
        never={"kills after which anything was wrong": sum(bool(each.problems) for each in found)},
        controls=tuple(controls),
        figures={
            "kills a second": f"{rate:.0f}",
            "stops that were not reached, and are not counted": f"{missed:,}",
            **_where(first),
        },
        problems=tuple(wrong[:_MOST_TOLD]),
    )


def _where(first: Sequence[Found]) -> dict[str, str]:
    """Where the kills struck: on both sides of everything that matters, or the trial saw only the easy half."""
    arrived = sum(each.arrived for each in first)
    record = Counter(each.on_record for each in first)
    calls = Counter(name_of(each.call) for each in first if each.call is not None)
    return {
        "orders at the first death": f"{arrived:,} had arrived at the terminal, {len(first) - arrived:,} had not",
        "the last till that came back found the operation": ", ".join(
            f"{state} in {times:,}" for state, times in record.most_common()
        ),
        "struck at": ", ".join(f"{call} {times:,}" for call, times in calls.most_common(_MOST_CALLS)),
    }


PART = Part(name="kill", claim=_CLAIM, run=run)
