"""The start of the command line, against the least that a program with click and SQLite has to import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import tillproof
from tools.bench import shop
from tools.bench.booth import environment
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.turns import take_turns

_LEAST, _STATUS, _BARE = 'python -c "import click, sqlite3"', "tillproof status", 'python -c "pass"'
_LIBRARIES = "click, sqlite3, dataclasses, datetime, hashlib, pathlib, textwrap, tomllib"
"""What an answer needs of others, and of Python."""
_IMPORTS = f'python -c "import {_LIBRARIES}"'
_TILLPROOF = "from tools.cli import main; main()"


def _run(work: Work) -> Result:
    configuration = shop.write_configuration(work.folder, [shop.NO_PORT])
    tillproof.open(configuration).close()
    commands = {
        _BARE: ["-c", "pass"],
        _LEAST: ["-c", "import click, sqlite3"],
        _IMPORTS: ["-c", f"import {_LIBRARIES}"],
        _STATUS: ["-c", _TILLPROOF, "status", "--config", str(configuration)],
    }
    # An installed program is compiled, and so is this one after its first start, wherever its sources lie.
    variables = {**environment(), "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(work.folder / "compiled")}
    turns = {name: partial(_timed, command, work.folder, variables) for name, command in commands.items()}
    took = take_turns(turns, rounds=work.rounds(60), warm=3, tell=work.tell)
    libraries = took[_IMPORTS].over(took[_LEAST])
    return Result(
        lines=(
            Line(
                figure=f"{_STATUS} ÷ {_LEAST}",
                value=took[_STATUS].over(took[_LEAST]),
                goal=at_most(1.6),
                why=f"""what it has to import of others and of Python is {libraries:.2f} already. The rest is the look
itself and the forty files of ours that it takes, ten data classes among them, which Python builds at every start;
`tests/cli/test_quick_start.py` names them.""",
            ),
            Line(figure=f"{_IMPORTS} ÷ {_LEAST}", value=libraries),
            Line(figure=f"{_LEAST} ÷ {_BARE}", value=took[_LEAST].over(took[_BARE])),
        ),
        readings=tuple(samples.reading(name) for name, samples in took.items()),
    )


def _timed(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *command], check=True, cwd=folder, env={**os.environ, **variables}, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


MEASUREMENT = Measurement(
    name="starting",
    title="The start of the command line",
    how="""Whole processes, from start to end, in turn: `tillproof status` with a configuration of one terminal and a
journal, and a Python that imports click and sqlite3 and ends. All is compiled, and in the machine's cache.""",
    run=_run,
)
