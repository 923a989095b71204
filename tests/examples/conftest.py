"""A terminal and its configuration, as the pytest plugin lends them, and an example as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from tillproof_pytest import terminal, till_config

__all__ = ["start", "terminal", "till_config"]

_HOME = Path(__file__).parents[2]

Start: TypeAlias = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(till_config: Path) -> Iterator[Start]:
    """Start a program, given the arguments of Python; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=_HOME / "examples",
            env={**os.environ, "PYTHONPATH": str(_HOME), "TILLPROOF_CONFIG": str(till_config)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(program)
        return program

    yield begin
    for program in started:
        with program:
            program.kill()
