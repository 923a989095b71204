"""A walk through a document: its files are written, its commands typed into one shell, what they print is kept."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_HOME = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w.-]+\.(?:toml|py))`")
_MARK = "@@ step"


@dataclass(slots=True)
class Step:
    """One block of commands, what the document says that it prints, and what it printed."""

    commands: str
    promised: list[str] = field(default_factory=list)
    printed: str = ""


def steps_of(document: str) -> tuple[list[Step], dict[str, str]]:
    """The commands of a document in their order, and the files that it tells to write.

    A file is a block of TOML or Python, named in the text before it; a Python block without a name is a step.
    """
    steps: list[Step] = []
    files: dict[str, str] = {}
    end = 0
    for block in _BLOCK.finditer(document):
        kind, content = block[1], block[2]
        named = _FILE.findall(document[end : block.start()])
        end = block.end()
        match kind:
            case "sh":
                steps.append(Step(commands=content))
            case "text":
                steps[-1].promised.append(content)
            case "python" if not named:
                steps.append(Step(commands=f"python -c {shlex.quote(content)}\n"))
            case _:
                files[named[-1]] = content
    return steps, files


def walk(document: str, folder: Path, *, skip: str = r"^(?:python3 -m venv|mkdir|make) .*$") -> list[Step]:
    """Do what a document says, in a folder. What installs, and makes the folder (``skip``), was done before."""
    port = _free_port()
    steps, files = steps_of(document.replace("8085", str(port)))
    (folder / "bin").mkdir()
    for name, arguments in (("python", ""), ("tillproof", '-c "from tools.cli import main; main()"')):
        _program(folder / "bin" / name, f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    script = "".join(
        f"{re.sub(skip, '', step.commands, flags=re.MULTILINE)}{_after(step)}echo '{_MARK}'\n" for step in steps
    )
    script = f"trap 'kill %1' EXIT\n{script}"
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(_HOME)}
    done = subprocess.run(
        ["/bin/bash"],
        input=script,
        cwd=folder,
        env={**environment, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    for step, printed in zip(steps, done.stdout.split(f"{_MARK}\n"), strict=False):
        step.printed = printed.replace(str(port), "8085")
    return steps


def _after(step: Step) -> str:
    """A terminal that is started in the background is waited for, as its reader does."""
    asked = "tillproof device --terminal bar > device.txt 2>&1"
    return f"for look in {{1..40}}; do {asked} && break; done\n" if "tillproof simulate" in step.commands else ""


def _program(path: Path, content: str) -> None:
    path.write_text(content, "utf-8")
    path.chmod(0o755)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
