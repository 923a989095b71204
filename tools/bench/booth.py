"""A booth: a contender in a process of its own, which operates when it is told to and times itself.

    python -m tools.bench.booth MODULE FOLDER CALLERS GIVEN

It hears and says lines of JSON. What a library prints goes to stderr.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tools.bench.contender import Contender, Entry, open_contender, timed
from tools.bench.samples import Samples

_HOME = Path(__file__).resolve().parents[2]
_FAREWELL_S = 30.0


class BoothFailed(Exception):
    """A contender's process ended before it had answered; what it said last is in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What many callers did in a while: operations of each, and the seconds of each operation."""

    each: Sequence[int]
    seconds: Sequence[float]
    took_s: float

    @property
    def per_s(self) -> float:
        """Operations in a second, of all callers together."""
        return sum(self.each) / self.took_s

    @property
    def samples(self) -> Samples:
        """How long each operation took."""
        return Samples(self.seconds)


class Booth:
    """Our end of the line to a contender's process."""

    def __init__(self, entry: Entry, process: subprocess.Popen[str], complaints: Path) -> None:
        self.entry = entry
        self._process = process
        self._complaints = complaints

    def one(self) -> float:
        """One operation of the first caller; the seconds that it took."""
        return float(self._ask(do="one")[0])

    def many(self, operations: int) -> Samples:
        """Operations of the first caller, one after the other."""
        return Samples(self._ask(do="many", operations=operations))

    def crowd(self, seconds: float) -> Crowd:
        """All callers at once, for a while."""
        return Crowd(**self._ask(do="crowd", seconds=seconds))

    def figure(self, name: str) -> float:
        """Something that a contender counts of itself: a property of that name."""
        return float(self._ask(do="figure", name=name))

    def mark(self, name: str) -> None:
        """Make a folder of this name: a call that shows in a trace."""
        self._ask(do="mark", name=name)

    def _ask(self, **wanted: object) -> Any:  # noqa: ANN401 - JSON
        if self._process.stdin is None or self._process.stdout is None:
            raise BoothFailed("the booth has no lines")
        try:
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            last = "\n".join(self._complaints.read_text("utf-8", errors="replace").splitlines()[-15:])
            raise BoothFailed(f"{self.entry.name} ended with {self._process.poll()}\n{last}")
        return json.loads(line)


@contextmanager
def booth(entry: Entry, folder: Path, *, callers: int = 1, under: Sequence[str] = ()) -> Iterator[Booth]:
    """Open a contender in a new folder below this one. ``under`` is a command to run it under, such as strace.

    Raises:
        BoothFailed: it cannot be opened.
    """
    number = sum(1 for _ in folder.iterdir())
    place = folder / f"{number:02d}-{entry.module.rpartition('.')[2]}"
    place.mkdir()
    complaints = place / "stderr.log"
    arguments = [entry.module, str(place), str(callers), json.dumps(dict(entry.given))]
    with complaints.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [*under, sys.executable, "-m", "tools.bench.booth", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=place,
            env=environment(),
            start_new_session=True,  # Ctrl-C is for the suite, which ends its booths one by one
        )
    try:
        opened = Booth(entry, process, complaints)
        opened.figure("ready")
        yield opened
    finally:
        _end(process)


def environment() -> Mapping[str, str]:
    """That of our child processes: they run this very Tillproof, wherever they are started."""
    path = os.pathsep.join(filter(None, [str(_HOME), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def _end(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(_FAREWELL_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_FAREWELL_S)


class _Inside:
    """The other end: what happens in the contender's process."""

    ready = 1

    def __init__(self, contender: Contender, *, callers: int) -> None:
        self._contender = contender
        self._callers = callers
        # Kept from slice to slice: some libraries open a connection for each thread.
        self._threads = ThreadPoolExecutor(callers)

    def answer(self, wanted: Mapping[str, Any]) -> object:
        match wanted["do"]:
            case "one":
                return [timed(self._contender, 0)]
            case "many":
                return [timed(self._contender, 0) for _ in range(wanted["operations"])]
            case "crowd":
                return self._crowd(wanted["seconds"])
            case "figure":
                return getattr(self if wanted["name"] == "ready" else self._contender, wanted["name"])
            case _:
                os.mkdir(wanted["name"])  # noqa: PTH102 - the plain call, which the trace looks for
                return None

    def _crowd(self, seconds: float) -> Mapping[str, object]:
        start = threading.Barrier(self._callers + 1)

        def call(caller: int) -> tuple[list[float], float]:
            start.wait()
            until = time.perf_counter() + seconds
            took: list[float] = []
            while time.perf_counter() < until:
                took.append(timed(self._contender, caller))
            return took, time.perf_counter()

        calls = [self._threads.submit(call, caller) for caller in range(self._callers)]
        start.wait()
        began = time.perf_counter()
        done = [call.result() for call in calls]
        return {
            "each": [len(took) for took, _ in done],
            "seconds": [second for took, _ in done for second in took],
            "took_s": max(ended for _, ended in done) - began,
        }


def main(arguments: Sequence[str]) -> None:
    """Open the contender, and do what is asked until nobody asks any more."""
    module, folder, callers, given = arguments
    answers = _answers_only_on_stdout()
    contender = open_contender(module, Path(folder), callers=int(callers), given=json.loads(given))
    inside = _Inside(contender, callers=int(callers))
    for line in sys.stdin:
        answers.write(json.dumps(inside.answer(json.loads(line))) + "\n")
        answers.flush()
    contender.close()


def _answers_only_on_stdout() -> TextIO:
    """Our own stdout; whatever else is printed in this process goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main(sys.argv[1:])
