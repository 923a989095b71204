"""Those of us who work on the journal, each in a process of its own. See ``strangers.py`` for the others."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import structlog

import journal.sqlite
from journal import back_up
from journal.handle import WriteHandle
from journal.schema import ProjectionTable
from tests.prove.stress.payer import pay
from tests.prove.stress.scene import STRESS, Found, Scene
from tests.prove.stress.strangers import browse, look, run_program

_INTERVALS = (1, 2, 7, 50, 200)
"""Facts between two checkpoints of a writer; the shipped number is the last one."""


_AWAY_S = 3.0
"""At most, between two visits: an opening checks ten thousand facts, and keeps everybody else waiting meanwhile."""


def work(scene: Scene, role: str, done: Event, pipe: Connection) -> None:
    """Play a role, and tell what was done and found; never with an exception."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    scene.plant.put()
    try:
        found = _ROLES[role.partition("/")[0]](scene, role, done)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        found = Found(problems=(f"{role} got {type(error).__name__}: {error}",))
    pipe.send(found)


def write(scene: Scene, role: str, _: Event) -> Found:
    """Write notes, and checkpoint often."""
    dice = scene.dice(role)
    journal.sqlite.CHECKPOINT_FACTS = dice.choice(_INTERVALS)
    book = scene.opened()
    for number in range(scene.commits):
        book.note(f"{role}/{number // 2}", dice, scene.largest)
    book.close()
    return Found(account=book.account)


def checkpoint(scene: Scene, _: str, done: Event) -> Found:
    """Do nothing but checkpoint."""
    handle = WriteHandle(scene.path, ProjectionTable(STRESS))
    times = 0
    while not done.is_set():
        # Asking whether all are done takes longer than many checkpoints.
        for _repeat in range(50):
            with handle.alone():
                handle.checkpoint()
            times += 1
    handle.close()
    return Found(deeds=Counter({"checkpoints by somebody who does nothing else": times}))


def come_and_go(scene: Scene, role: str, done: Event) -> Found:
    """Open the journal, write a note, and close it: both ends checkpoint."""
    dice, found = scene.dice(role), Found()
    while not done.wait(dice.uniform(0.0, _AWAY_S)):
        book = scene.opened()
        book.note(f"{role}/{found.account.commits}", dice, scene.largest)
        book.close()
        found += Found(account=book.account, deeds=Counter({"openings and closings": 1}))
    return found


def back_up_again(scene: Scene, role: str, done: Event) -> Found:
    """Make backups, each verified, and most of the time rest: they read everything."""
    found, took_s = Found(), 0.0
    while not found.deeds or not done.wait(9 * took_s):
        began = time.monotonic()
        copy = scene.path.with_name(f"copy-{role.replace('/', '-')}")
        breaks = back_up(scene.path, copy, projection=STRESS).breaks
        copy.unlink()
        took_s = time.monotonic() - began
        found += Found(deeds=Counter({"backups, verified": 1}), problems=breaks[:1])
    return found


_ROLES: dict[str, Callable[[Scene, str, Event], Found]] = {
    "write": write,
    "checkpoint": checkpoint,
    "come": come_and_go,
    "back": back_up_again,
    "pay": pay,
    "look": look,
    "browse": browse,
    "program": run_program,
}
