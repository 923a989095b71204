"""A screen of 80 columns, on which a command in a process of its own writes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

WIDTH = 80
_HEIGHT = 60
_PROGRAM = ("-c", "from tools.cli import main; main()")
_HOME = Path(__file__).resolve().parents[2]

_CONTROL = re.compile(r"(\r?\n|\r|\x1b\[\d*A|\x1b\[2K|\x1b\[\?\d+[hl])")
_UP = re.compile(r"\x1b\[(\d*)A")


class Screen:
    """What stands on it, a line each, with colours as they came.

    Knows only what a live view does: it goes up and wipes a line before it writes the line anew.
    """

    def __init__(self) -> None:
        self._lines = [""]
        self._row = 0

    def write(self, shown: str) -> None:
        """Take in what a command has printed."""
        for part in _CONTROL.split(shown):
            if part.endswith("\n"):
                self._row += 1
                if self._row == len(self._lines):
                    self._lines.append("")
            elif up := _UP.fullmatch(part):
                self._row = max(0, self._row - int(up[1] or 1))
            elif part == "\x1b[2K":
                self._lines[self._row] = ""
            elif not _CONTROL.fullmatch(part):
                self._lines[self._row] += part

    @property
    def text(self) -> str:
        """All of it, without blank lines at its end."""
        return "\n".join(self._lines).rstrip("\n")


def shown_by(*arguments: str, folder: Path, until: str | None = None) -> str:
    """What stands on a screen when a command has ended; see ``printed_by``."""
    screen = Screen()
    screen.write(printed_by(*arguments, folder=folder, until=until))
    return screen.text


def printed_by(
    *arguments: str,
    folder: Path,
    until: str | None = None,
    columns: int = WIDTH,
    looks: Mapping[str, str] | None = None,
) -> str:
    """All that a command prints on a screen until it ends, or until this is there: then it is ended as by Ctrl-C."""
    import pty  # noqa: PLC0415 - only on POSIX
    import termios  # noqa: PLC0415 - the same

    environment = {**_environment(columns), **(looks or {})}
    encoding = environment["PYTHONIOENCODING"]
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_HEIGHT, columns))
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, *_PROGRAM, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    with process:
        shown = _read(ours, process, until.encode(encoding) if until is not None else None)
    os.close(ours)
    return shown.decode(encoding)


def _environment(columns: int) -> dict[str, str]:
    """That of this process, without what would change the picture."""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR" and "TILLPROOF" not in name}
    looks = {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(_HEIGHT)}
    return {**kept, **looks, "PYTHONPATH": str(_HOME), "PYTHONIOENCODING": "utf-8"}


def _read(ours: int, process: subprocess.Popen[bytes], until: bytes | None) -> bytes:
    shown = b""
    while part := _more(ours):
        shown += part
        if until is not None and until in shown:
            process.send_signal(signal.SIGINT)
            until = None
    return shown


def _more(ours: int) -> bytes:
    try:
        return os.read(ours, 65536)
    except OSError:  # how Linux says that nobody has the other end any more
        return b""
