"""Recording: a process with the recorder in it, which plays one act after the other, each in a forked child."""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import structlog

import journal.sqlite
from tests.prove.power.acts import ACTS
from tests.prove.power.disk import Disk
from tests.prove.power.log import Event, read_log
from tests.prove.power.planted import PLANTS
from tests.prove.power.said import SAID
from tests.prove.power.till import Shop, recorder

_SOURCE = Path(__file__).with_name("recorder.c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What is played: an act, with which dice, and with what planted."""

    act: str
    seed: int
    plant: str | None = None

    def __str__(self) -> str:
        planted = "" if self.plant is None else f", with {self.plant!r}"
        return f"{self.act}, seed {self.seed}{planted}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a play did to its disk, and the folder in which it did."""

    events: list[Event]
    root: Path

    def must_be_complete(self) -> None:
        """Whether all events, done again, give the files that stand in the folder.

        Raises:
            RuntimeError: they do not, and the recorder has missed something.
        """
        disk = Disk()
        for event in self.events:
            disk.happen(event)
        replayed = disk.after_a_cut(lambda _path: True)
        standing = {
            str(path.relative_to(self.root)): None if path.is_dir() else path.read_bytes()
            for path in self.root.rglob("*")
            if path.name != SAID and not path.name.endswith("-shm")
        }
        for path in sorted(replayed.keys() | standing.keys()):
            if replayed.get(path, b"absent") != standing.get(path, b"absent"):
                raise RuntimeError(f"the recorder has missed something: {path} is not as it was recorded")


def compile_recorder(folder: Path) -> Path:
    """Compile it into this folder."""
    library = folder / "recorder.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)  # noqa: S607
    return library


class Recording:
    """The process. It is started once, and then plays whatever it is asked to."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._folder = folder
        self._plays = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.prove.power.recording import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "LD_PRELOAD": str(library)},
            cwd=Path(__file__).parents[3],
            text=True,
        )

    def record(self, play: Play) -> Recorded:
        """Play it; everything that it did.

        Raises:
            RuntimeError: it failed by itself, or was not recorded whole.
        """
        self._plays += 1
        root = self._folder / f"play-{self._plays}"
        root.mkdir()
        log = root.with_suffix(".log")
        told = self._ask({**asdict(play), "root": str(root), "log": str(log)})
        if told != "0":
            raise RuntimeError(f"{play}: the till failed by itself, wait status {told or 'unknown'}; see above")
        events = read_log(log)
        log.unlink()
        recorded = Recorded(events, root)
        recorded.must_be_complete()
        return recorded

    def _ask(self, question: dict[str, object]) -> str:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the recording has no pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


def _play(*, act: str, seed: int, plant: str | None, root: str, log: str) -> None:
    dice = random.Random(f"{act} {seed}")  # noqa: S311 - repeatable
    journal.sqlite.CHECKPOINT_FACTS = dice.randint(2, 9)
    if recorder().recorder_begin(root.encode(), log.encode()):
        raise RuntimeError("the recorder did not begin")
    with pytest.MonkeyPatch.context() as patch:
        if plant is not None:
            PLANTS[plant].put(patch)
        ACTS[act](Shop(Path(root), dice))


def serve() -> None:
    """Play what standard input asks for, line by line; answer each with the child's wait status."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            ended = 1
            try:
                _play(**json.loads(line))
                ended = 0
            except BaseException:  # noqa: BLE001 - whatever it is, it is told, and this child ends here
                traceback.print_exc()
            os._exit(ended)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()
