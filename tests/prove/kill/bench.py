"""The bench: where one till after the other is killed. Each worker process keeps one, with a terminal beside it."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from tests.prove.kill import counter, planted
from tests.prove.kill.acts import ACTS, BY_NAME, Act
from tests.prove.kill.audit import audit
from tests.prove.kill.counter import Counter, Truth
from tests.prove.kill.lives import CONFIGURATION, DIED, Life, Told
from tests.prove.kill.record import Found, Kill, Stops
from tests.prove.kill.tracer import Ended, follow, fork, wait_for

_KEYS = {"KILL_INTEGRATION_KEY": counter.INTEGRATION_KEY, "KILL_SECRET_KEY": counter.SECRET_KEY}

_CONFIGURATION = """
journal = "till.db"
[terminals.bar]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_env = "KILL_INTEGRATION_KEY"
secret_key_env = "KILL_SECRET_KEY"
patience_s = 5
"""


def bench_in(folder: Path) -> Bench:
    """This process's bench; made when it is first asked for."""
    if not _benches:
        _benches.append(Bench(folder))
    return _benches[0]


class Bench:
    """A terminal, a folder, and the shops as they are before each act."""

    def __init__(self, folder: Path) -> None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        os.environ.update(_KEYS)
        self._folder = Path(tempfile.mkdtemp(dir=folder))
        self._shop = self._folder / "shop"
        self._heard = self._folder / "heard"
        self._prepared: dict[str, tuple[str, ...]] = {}
        self._counter = Counter()
        self._furnish(ACTS[0])
        self._life(ACTS[0]).rehearse()
        # What is there now stays: no collector has to look at it, in no forked process.
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """End the terminal's process, and take the folder away."""
        self._counter.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def count(self, name: str, plant: str | None = None) -> Stops:
        """Count the stops of an act, and of the return after it was killed in its middle."""
        act = BY_NAME[name]
        self._set_the_stage(act)
        first = self._live(act, plant=plant)
        settled = self._return(act, plant)
        self._set_the_stage(act)
        self._live(act, first.stops // 2, plant=plant)
        again = self._return(act, plant)
        for ended in (first, settled, again):
            if ended.exit_code != 0:
                raise RuntimeError(f"{name} does not work without a kill: {ended}")
        return Stops(
            act=name,
            plant=plant,
            calls=first.calls,
            first=first.stops,
            again=again.stops,
            settled=settled.stops,
        )

    def kill(self, kill: Kill) -> Found:
        """Kill a till, let it come back, and compare with the ledger."""
        act = BY_NAME[kill.act]
        self._set_the_stage(act)
        first = self._live(act, kill.stop, plant=kill.plant)
        died_at = time.time()
        life = self._life(act, plant=kill.plant, clock_back=kill.clock_back)
        returns = [follow(fork(life.come_back), stop) for stop in kill.again_at]
        heard = self._heard_words()
        told = self._come_back(life)
        truth = self._counter.truth()
        problems = [f"{ended}: it failed by itself" for ended in (first, *returns) if _failed(ended)]
        if told is None:
            problems.append("the till that came back failed, see its traceback above")
        else:
            problems += audit(act, heard, told, truth)
        return Found(
            kill=kill,
            killed=first.killed,
            killed_again=sum(each.killed for each in returns),
            call=first.calls[-1] if first.killed else None,
            on_record="not known" if told is None else self._on_record(told),
            arrived=any(died_at >= entry.started_at and entry.id not in self._before(act) for entry in truth.ledger),
            problems=tuple(problems),
        )

    def _life(self, act: Act, *, plant: str | None = None, clock_back: bool = False) -> Life:
        put = None if plant is None else planted.PLANTS[plant].put
        return Life(act=act, shop=self._shop, heard=self._heard, plant=put, clock_back=clock_back)

    def _live(self, act: Act, stop: int | None = None, *, plant: str | None = None) -> Ended:
        return follow(fork(self._life(act, plant=plant).act_out), stop)

    def _return(self, act: Act, plant: str | None) -> Ended:
        return follow(fork(self._life(act, plant=plant).come_back))

    def _come_back(self, life: Life) -> Told | None:
        reading, writing = os.pipe()
        pid = fork(lambda: life.come_back(writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            content = pipe.read()
        if wait_for(pid) != 0:
            return None
        told = pickle.loads(content)  # noqa: S301 - from our own forked process
        return told if isinstance(told, Told) else None

    def _heard_words(self) -> Sequence[tuple[str, str]]:
        lines = self._heard.read_text("utf-8").splitlines() if self._heard.exists() else []
        return [(word, reference) for word, _, reference in (line.partition(" ") for line in lines)]

    def _on_record(self, told: Told) -> str:
        states = [state for reference, state in told.at_first.items() if reference != "bill-0"]
        return states[0] if states else "nothing"

    def _before(self, act: Act) -> tuple[str, ...]:
        return self._prepared[act.name]

    def _set_the_stage(self, act: Act) -> None:
        """Shop and terminal as they are before the act."""
        if act.name not in self._prepared:
            self._prepared[act.name] = self._prepare(act)
        shutil.rmtree(self._shop, ignore_errors=True)
        self._heard.unlink(missing_ok=True)
        shutil.copytree(self._kept(act), self._shop)
        self._counter.restore(act.name)

    def _kept(self, act: Act) -> Path:
        return self._folder / act.name

    def _furnish(self, act: Act) -> None:
        """A shop without a journal, and a terminal that has seen nobody."""
        shutil.rmtree(self._shop, ignore_errors=True)
        self._shop.mkdir(mode=0o700)
        configuration = self._shop / CONFIGURATION
        configuration.write_text(_CONFIGURATION.format(port=self._counter.port), "utf-8")
        configuration.chmod(0o600)
        self._counter.begin(act.guests, act.takes_s)

    def _prepare(self, act: Act) -> tuple[str, ...]:
        self._furnish(act)
        life = self._life(act)
        endings = []
        if act.warmed:
            endings.append((wait_for(fork(life.warm_up)), 0))
        if act.left is not None:
            endings.append((wait_for(fork(life.leave_behind)), DIED))
        if any(ended != expected for ended, expected in endings):
            raise RuntimeError(f"the stage for {act.name} could not be set: {endings}")
        self._counter.keep(act.name)
        self._shop.rename(self._kept(act))
        truth: Truth = self._counter.truth()
        return tuple(entry.id or "" for entry in truth.ledger)


def _failed(ended: Ended) -> bool:
    return not ended.killed and ended.exit_code != 0


_benches: list[Bench] = []
