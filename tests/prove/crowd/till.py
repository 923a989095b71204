"""One till: a process that pays, asks and recovers until it is told to stop, or killed."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

import journal.file
import tillproof
from tests.prove.crowd.plants import PLANTS
from tests.prove.crowd.witness import LANES, Witness

_SHARED = 40
"""Bills that every till may try to pay, all under the same reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a till stands: its number, how often it was started before, and the configuration."""

    config: Path
    seed: int
    till: int
    generation: int = 0
    plant: str = ""

    @property
    def name(self) -> str:
        """Of this till and no other, so that its references are its own."""
        return f"till-{self.till}/{self.generation}"

    @property
    def end(self) -> Path:
        """A file that stands once it is time to stop. A lock in shared memory would stay with a till that is killed."""
        return self.config.with_name("end")


def serve(post: Post) -> None:
    """Work until it is time to stop, then get into every lane once; never with an exception."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    witness = Witness(post.config.parent)
    patch = pytest.MonkeyPatch()
    if post.plant:
        PLANTS[post.plant](patch)
    _watch(patch, witness, post.till)
    dice = random.Random(f"{post.seed} {post.name}")  # noqa: S311 - repeatable
    try:
        with tillproof.open(post.config) as till:
            number = 0
            while not post.end.exists():
                number += 1
                _do_something(till, post, witness, dice, number)
            _enter_every_lane(till, post, witness)
    except BaseException as error:  # noqa: BLE001 - whatever a caller sees here is a finding
        witness.tell(f"{post.name}: a caller got {type(error).__name__}: {error}")


def _watch(patch: pytest.MonkeyPatch, witness: Witness, till: int) -> None:
    lane = journal.file.FileJournal.lane

    @contextmanager
    def watched(self: Any, name: str, *, wait_s: float) -> Iterator[None]:
        with lane(self, name, wait_s=wait_s), witness.inside(name, till):
            yield

    patch.setattr(journal.file.FileJournal, "lane", watched)


def _do_something(till: tillproof.Till, post: Post, witness: Witness, dice: random.Random, number: int) -> None:
    lane = dice.choice(LANES)
    match dice.randrange(12):
        case 0:
            till.recover(lane)
        case 1:
            for outcome in till.unsettled():
                till.outcome_of(outcome.operation_id)
        case 2 | 3 | 4:
            bill = dice.randrange(_SHARED)
            _pay(till, post, witness, LANES[bill % len(LANES)], f"shared-{bill}")
        case _:
            _pay(till, post, witness, lane, f"{post.name}/{number}")


def _pay(till: tillproof.Till, post: Post, witness: Witness, lane: str, reference: str) -> bool:
    """Whether the terminal could be used; everything but "in use" and "unsettled" goes up to the caller."""
    began = time.monotonic()
    try:
        till.pay("10.00", "NOK", terminal=lane, reference=reference)
    except (tillproof.TerminalOccupied, tillproof.TerminalUnsettled):
        witness.refused(post.till)
        return False
    witness.ended(post.till, waited_s=time.monotonic() - began)
    return True


def _enter_every_lane(till: tillproof.Till, post: Post, witness: Witness) -> None:
    for lane in LANES:
        if not _pay(till, post, witness, lane, f"{post.name}/last/{lane}"):
            witness.tell(f"{lane} is stuck: till {post.till} could not use it after the last kill")
