"""The part: rounds with the lock, by the hundred thousand commits, and a world without it until the bug shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from journal import sqlite_report
from tests.prove.part import Control, Count, Part, Result, Work
from tests.prove.stress.scene import Found, Scene, play

_CREW = ("write", "write", "pay", "come", "back", "look", "browse", "program")
_BITING = ("write", "checkpoint")
"""The crew in which the bug shows soonest on two cores: every commit begins the log anew beside a checkpoint."""

_LARGEST = 16_000
_COMMITS = 6_000
"""Of a biting round."""


def run(work: Work) -> Result:
    """First the world without the lock, then the rounds with it."""
    controls, why = _plant(work)
    least = work.amount(quick=6_000, full=2_000_000, long=10_000_000)
    began = time.monotonic()
    scenes = list(_rounds(work, least))
    found = sum(work.spread(play, scenes, total=len(scenes)), Found())
    took_s = time.monotonic() - began
    report = sqlite_report()
    return Result(
        counts=(Count(what="commits, by several processes", number=found.account.commits, least=least),),
        never={"commits lost, or journals damaged": len(found.problems)},
        controls=controls,
        figures={
            "SQLite": f"{report.version}, {'with' if report.wal_reset_bug else 'without'} the WAL-reset bug",
            "rate": f"{found.account.commits / took_s:,.0f} commits/s in {len(scenes)} journals",
            **{what: f"{times:,}" for what, times in sorted(found.deeds.items())},
        },
        problems=found.problems[:10],
        not_measured=why,
    )


def _rounds(work: Work, least: int) -> Iterator[Scene]:
    """As many as the promise takes; every fourth one is of the shape that bites."""
    size = work.amount(quick=2_000, full=40_000)
    biting = replace(_biting(work, "biting"), commits=work.amount(quick=1_000, full=_COMMITS), locked=True)
    left, number = least, 0
    while left > 0:
        number += 1
        scene = Scene(
            name=f"round-{number}",
            folder=work.folder,
            seed=work.seed,
            crew=_CREW,
            commits=size,
            largest=400,
        )
        if number % 4 == 2:
            scene = replace(biting, name=f"biting-{number}")
        left -= scene.commits * scene.crew.count("write")
        yield scene


def _biting(work: Work, name: str) -> Scene:
    return Scene(
        name=name,
        folder=work.folder,
        seed=work.seed,
        crew=_BITING,
        commits=_COMMITS,
        largest=_LARGEST,
        locked=False,
    )


def _plant(work: Work) -> tuple[tuple[Control, ...], tuple[str, ...]]:
    """Try the world without the lock until something is lost, or the time is up."""
    if not sqlite_report().wal_reset_bug:
        return (), (
            "stress: this SQLite does not have the WAL-reset bug, so its absence proves nothing about our lock",
        )
    until = time.monotonic() + work.amount(quick=60, full=240)
    attempt = 0
    problems: tuple[str, ...] = ()
    while not problems and (not attempt or time.monotonic() < until):
        attempt += 1
        problems = play(_biting(work, f"unlocked-{attempt}")).problems
        work.tell(0, 1)
    by = f"attempt {attempt}: {problems[0]}" if problems else ""
    return (Control(fault="the lock of the one writer does nothing", caught=bool(problems), by=by),), ()


PART = Part(
    name="stress",
    claim="On a SQLite that loses commits when one process writes while another checkpoints, several of our processes "
    "on one journal lose none.",
    run=run,
)
