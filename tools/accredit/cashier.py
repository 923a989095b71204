"""Who works the POS: a person who is told what to do, or a command that is run."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_FAREWELL_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be done at the POS; ``receipt`` is the number of the last approved payment, or empty."""

    kind: str
    amount: str
    currency: str
    reference: str
    receipt: str
    hint: str


class Cashier(Protocol):
    """Works the POS. ``by_itself`` tells whether anybody hears when the work is done."""

    by_itself: bool

    def can(self, kind: str) -> bool:
        """Whether operations of this kind can be asked of it."""
        ...

    def begin(self, task: Task) -> None:
        """Begin the work."""
        ...

    @property
    def finished(self) -> bool:
        """Whether it is known that the work has ended."""
        ...

    def leave(self) -> str | None:
        """End the work, whether it has ended or not; how it ended, where that is known."""
        ...


class Person:
    """Is told in one sentence; when he is done only the terminal shows."""

    by_itself = False

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def can(self, kind: str) -> bool:  # noqa: ARG002 - a person can do anything
        """Always."""
        return True

    def begin(self, task: Task) -> None:
        """Say what to do."""
        if task.kind == "capture":
            self._tell(f"{task.hint} Now close the day (capture).")
        else:
            self._tell(f"{task.hint} Now let a guest pay {task.amount} {task.currency}, reference {task.reference}.")

    @property
    def finished(self) -> bool:
        """Nobody knows."""
        return False

    def leave(self) -> str | None:
        """Nothing is to be ended."""
        return None


class BadCommand(Exception):
    """The command cannot be run; give a program that exists, and its arguments as in a shell."""


class Command:
    """Runs a command per task, without a shell. ``captures``, if given, is the command for closing the day."""

    by_itself = True

    def __init__(self, text: str, *, captures: str | None = None) -> None:
        self._usual = _words(text)
        self._captures = None if captures is None else _words(captures)
        self._process: subprocess.Popen[bytes] | None = None

    def can(self, kind: str) -> bool:
        """A command that is not told the kind can only pay."""
        told = any("{kind}" in word for word in self._usual)
        return kind == "payment" or told or (kind == "capture" and self._captures is not None)

    def begin(self, task: Task) -> None:
        """Start the command; raises `BadCommand` if the system refuses."""
        words = self._captures if task.kind == "capture" and self._captures is not None else self._usual
        try:
            self._process = subprocess.Popen(  # noqa: S603 - it is the caller's own command, word by word
                [_filled(word, task) for word in words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise BadCommand(f"{words[0]} cannot be run ({error.strerror})") from None

    @property
    def finished(self) -> bool:
        """Whether the command has ended."""
        return self._process is None or self._process.poll() is not None

    def leave(self) -> str | None:
        """Stop the command if it still runs; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is not None:
            return f"the POS's command ended with exit code {process.returncode}"
        process.terminate()
        try:
            process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return "the POS's command did not end and was stopped"


def _words(text: str) -> Sequence[str]:
    try:
        words = shlex.split(text)
    except ValueError as problem:
        raise BadCommand(f"{text!r} cannot be read ({problem}); quote it as in a shell") from None
    if not words or shutil.which(words[0]) is None:
        raise BadCommand(f"{words[0] if words else text!r} is no program here; give its path")
    return words


def _filled(word: str, task: Task) -> str:
    # Not str.format: a program that is given as text, as to `python -c`, has braces of its own.
    known: Mapping[str, str] = {
        "{amount}": task.amount,
        "{currency}": task.currency,
        "{reference}": task.reference,
        "{kind}": task.kind,
        "{receipt}": task.receipt,
    }
    for mark, value in known.items():
        word = word.replace(mark, value)
    return word
