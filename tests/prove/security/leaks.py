"""Runs of the whole till at a gossiping terminal, and a search through everything that it left behind."""

from __future__ import annotations

import gc
import io
import logging
import os
import shutil
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

import tillproof
from engine import Exchange
from tests.prove.security.gossip import GossipingTerminal, Mood, listening
from tests.prove.security.planted import INTEGRATION_KEY, NUMBERS, SECRET_KEY, scanner
from tools.cli import main

_HOME = Path(__file__).parents[3]
_ENVIRONMENT = {
    "TILLPROOF_INTEGRATION_KEY": INTEGRATION_KEY,
    "TILLPROOF_SECRET_KEY": SECRET_KEY,
    "TILLPROOF_LOG": "debug",
    "TILLPROOF_DEBUG": "1",
    "PYTHONPATH": str(_HOME),
}
_CONFIGURATION = """
journal = "books/till.db"
[terminals.bar]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_env = "TILLPROOF_INTEGRATION_KEY"
secret_key_env = "TILLPROOF_SECRET_KEY"
patience_s = 0.2
"""
_COMMANDS = (
    "pay --terminal bar --amount 12.00 --currency NOK --reference by-command",
    "status",
    "device --terminal bar",
    "recover",
    "journal list",
    "journal verify",
    "journal wire",
    "show by-command",
    "receipt by-command",
    "abort by-command",
    "settle bill-0",
    "complete 11111111-2222-4333-8444-555555555555 --terminal bar",
    "capture --terminal bar",
)
_OURS = frozenset({"engine", "journal", "recovery", "tillproof"})


@dataclass(slots=True, kw_only=True)
class Searched:
    """What was searched, and what was found: sentences."""

    places: int = 0
    bytes: int = 0
    leaks: list[str] = field(default_factory=list)
    rights: list[str] = field(default_factory=list)
    paths: int = 0

    def with_more(self, other: Searched) -> Searched:
        """Both in one."""
        return Searched(
            places=self.places + other.places,
            bytes=self.bytes + other.bytes,
            leaks=self.leaks + other.leaks,
            rights=self.rights + other.rights,
            paths=self.paths + other.paths,
        )


class _Run:
    """One shop in one folder; everything that it says is kept, and searched in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[tuple[str, bytes]] = []
        self._log = io.StringIO()

    def go(self, terminal: GossipingTerminal, port: int, moods: Sequence[Mood]) -> None:
        (self.folder / "tillproof.toml").write_text(_CONFIGURATION.format(port=port), "utf-8")
        for mood in moods:
            terminal.mood = mood
            self._work(mood)
            self._commands(mood)
        if Mood.FORBIDDING in moods:
            terminal.mood = Mood.FORBIDDING
            self._crash()

    def _work(self, mood: Mood) -> None:
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
            logger_factory=structlog.PrintLoggerFactory(self._log),
            cache_logger_on_first_use=False,
        )
        with tillproof.open(self.folder / "tillproof.toml") as till:
            acts: list[Callable[[], object]] = [
                lambda: till.pay("125.00", "NOK", terminal="bar", reference=f"bill-{mood}"),
                lambda: till.pay(
                    "10.00", "NOK", terminal="bar", reference=f"async-{mood}", mode="async", on_dialog=print
                ),
                lambda: till.refund("10.00", "NOK", terminal="bar", reference=f"refund-{mood}"),
                lambda: till.read_card("bar"),
                lambda: till.device("bar"),
                lambda: till.print_text("bar", f"KORT {NUMBERS[0]}"),
                lambda: till.abort(f"bill-{mood}"),
                till.recover,
                till.verify,
            ]
            kept = [self._did(f"{mood}, act {number}", act) for number, act in enumerate(acts)]
            kept.append(Exchange(left=True, status=200, headers={"x": SECRET_KEY}, body=NUMBERS[0].encode()))
            self.said += [(f"{mood}, what {name} shows", shown.encode(errors="replace")) for name, shown in _shown()]
            del kept
        self.said.append((f"{mood}, log", self._log.getvalue().encode(errors="replace")))

    def _did(self, where: str, act: Callable[[], object]) -> object:
        try:
            told = act()
        except (tillproof.TillproofError, tillproof.JournalError) as error:
            self.said.append((f"{where}, traceback", traceback.format_exc().encode(errors="replace")))
            return error
        self.said.append((where, f"{told} {told!r}".encode(errors="replace")))
        return told

    def _commands(self, mood: Mood) -> None:
        for number, command in enumerate(_COMMANDS):
            forms: list[list[str]] = [[], ["--json"]]
            for form in forms if mood is Mood.CHATTY else [forms[number % 2]]:
                done = CliRunner().invoke(main, [*form, *command.split()], env=_ENVIRONMENT)
                shown = [done.stdout, done.stderr]
                if done.exc_info is not None and not isinstance(done.exception, SystemExit):
                    shown += traceback.format_exception(*done.exc_info)
                self.said.append((f"{mood}, {command} {form}", "\n".join(shown).encode(errors="replace")))

    def _crash(self) -> None:
        """Programs that nobody catches, in processes of their own: what Python prints on stderr."""
        for program in (
            "import tillproof; tillproof.open().device('bar')",
            "from tools.cli import main; main(['device', '--terminal', 'bar'])",
            "import tillproof; tillproof.open().pay('1', 'NOK', terminal='bar', reference=1)",
        ):
            done = subprocess.run(
                [sys.executable, "-c", program],
                cwd=self.folder,
                env={**os.environ, **_ENVIRONMENT},
                check=False,
                capture_output=True,
            )
            self.said.append((f"program {program!r}", done.stdout + done.stderr))

    def search(self) -> Searched:
        found = Searched()
        files = [(str(file.relative_to(self.folder)), file.read_bytes()) for file in _files(self.folder)]
        # Most objects show the same each time.
        for content, where in {content: where for where, content in (*files, *self.said)}.items():
            found.places += 1
            found.bytes += len(content)
            found.leaks += scanner().search(where, content)
        for path in (self.folder / "books", *(self.folder / "books").rglob("*")):
            found.paths += 1
            found.rights += _too_open(path, self.folder)
        return found


def search_a_run(folder: Path, umask: int, *, moods: Sequence[Mood] = tuple(Mood), rumour: int = 0) -> Searched:
    """Play a run in this folder, under this umask, and search it; gossip begins with its ``rumour``-th word."""
    folder.mkdir(parents=True)
    before = os.umask(umask)
    try:
        with _environment(folder):
            run, terminal = _Run(folder), GossipingTerminal(rumour)
            with listening(terminal) as port:
                run.go(terminal, port, moods)
            return run.search()
    finally:
        os.umask(before)
        structlog.reset_defaults()
        shutil.rmtree(folder)


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _too_open(path: Path, folder: Path) -> Iterator[str]:
    mode, wanted = stat.S_IMODE(path.lstat().st_mode), 0o700 if path.is_dir() else 0o600
    if mode != wanted:
        yield f"{path.relative_to(folder)} has the rights {mode:04o}, and not {wanted:04o}"


def _shown() -> Iterator[tuple[str, str]]:
    """What every object of ours that is alive shows of itself."""
    for thing in gc.get_objects():
        if str(type(thing).__module__).partition(".")[0] in _OURS:
            yield type(thing).__qualname__, repr(thing)
