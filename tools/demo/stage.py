"""The stage: the child processes. Only what was started here is ended here, by its own process id, and all of it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import tillproof
from tools.demo.errors import ChildFailed, ChildSilent

_HOME = Path(tillproof.__file__).resolve().parent
"""Where this very Tillproof lies: the children must not run another one that is installed as well."""

_SILENCE_S = 60.0
"""Longer than a bill can take whose terminal does its worst, and its patience with it."""
_COMMAND_S = 120.0
_FAREWELL_S = 5.0

_LOG_LINES = 15

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that ran to its end."""

    exit_code: int
    output: str
    complaints: str


class Child:
    """A Python module of ours in a process of its own, which says JSON lines."""

    def __init__(self, module: str, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        self._name = module.rpartition(".")[2]
        with log.open("ab") as complaints:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=dict(environment),
                cwd=log.parent,  # Python looks for modules where it is started: nothing of anybody lies there
                # Ctrl-C is for the demo, which ends its children one by one.
                start_new_session=True,
            )
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def next_event(self) -> Event | None:
        """The next thing that it says; None when it has ended.

        Raises:
            ChildSilent: it said nothing for a minute.
        """
        try:
            return self._events.get(timeout=_SILENCE_S)
        except queue.Empty:
            raise ChildSilent(f"{self._name} said nothing for {_SILENCE_S:.0f} s\n{self._last_words()}") from None

    def kill(self) -> None:
        """SIGKILL, of which it hears nothing; on Windows the one way there is."""
        self._process.kill()
        self._process.wait(_FAREWELL_S)
        self._put_away()

    def must_have_ended_well(self) -> None:
        """Make sure that it is through.

        Raises:
            ChildFailed: it ended with an error.
        """
        with suppress(subprocess.TimeoutExpired):
            if self._process.wait(_FAREWELL_S) == 0:
                return
        raise ChildFailed(f"{self._name} ended with {self._process.returncode}\n{self._last_words()}")

    def end(self) -> None:
        """Let it go: first by closing its stdin, then by force."""
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_FAREWELL_S)
        self._put_away()

    def _put_away(self) -> None:
        self._reader.join(_FAREWELL_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _read(self, lines: IO[bytes]) -> None:
        for line in lines:
            # A killed process may leave half a line.
            with suppress(ValueError):
                self._events.put(json.loads(line))
        self._events.put(None)

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])


class Stage:
    """A folder, an environment, and the children that live in them."""

    def __init__(self, folder: Path, *, variables: Mapping[str, str]) -> None:
        path = os.pathsep.join(filter(None, [str(_HOME), os.environ.get("PYTHONPATH")]))
        self.folder = folder
        self._environment = {**os.environ, **variables, "PYTHONPATH": path, "PYTHONUTF8": "1"}
        self._children = ExitStack()

    def start(self, module: str, *arguments: object, log: str) -> Child:
        """Start a module of ours; what it complains of is appended to that file in the folder."""
        child = Child(module, [str(a) for a in arguments], log=self.folder / log, environment=self._environment)
        self._children.callback(child.end)
        return child

    def run_tillproof(self, *arguments: object) -> Ended:
        """Run the real command line to its end.

        Raises:
            ChildSilent: it did not end in two minutes, and was killed.
        """
        command = [sys.executable, "-c", "from tools.cli import main; main()", *map(str, arguments)]
        try:
            ended = subprocess.run(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_COMMAND_S,
                encoding="utf-8",
                env=self._environment,
                cwd=self.folder,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as late:
            raise ChildSilent(f"tillproof {arguments[0]} did not end in {_COMMAND_S:.0f} s") from late
        return Ended(exit_code=ended.returncode, output=ended.stdout, complaints=ended.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._children.close()
