"""The room keeps to itself."""

import ast
from pathlib import Path

import pytest

import tools.simulator

FILES = sorted(Path(tools.simulator.__file__).parent.glob("*.py"))
REAL_TIME = {
    "admin.py",
    "clockwork.py",
    "connections.py",
    "conversation.py",
    "fleet.py",
    "reception.py",
    "serving.py",
    "station.py",
}
OTHER_ROOMS = {"engine", "journal", "recovery", "tillproof"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_simulator_shares_no_code_with_the_client(file: Path) -> None:
    """No file imports a room of the product: a shared mistake would agree with itself."""
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom():
                imported.add((node.module or "").partition(".")[0])
            case _:
                pass
    assert not imported & OTHER_ROOMS


def test_the_face_names_what_it_has() -> None:
    """Every name of `__all__` is there."""
    assert [name for name in tools.simulator.__all__ if not hasattr(tools.simulator, name)] == []


def test_the_core_knows_no_threads_sockets_or_wall_clock() -> None:
    """What runs in virtual time imports nothing that runs in real time; whatever does is named here."""
    real = {
        file.name
        for file in FILES
        if {"import threading", "import socket", "import time"} & set(file.read_text(encoding="utf-8").splitlines())
    }
    assert real == REAL_TIME
