"""Those who read beside us and know nothing of our locks: only reading, as we tell them to."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from multiprocessing.synchronize import Event

from tests.prove.stress.scene import Found, Scene

_LOOK_S = 0.1
_HELD_S = 0.02
"""A read that stays open for a while keeps every checkpoint from coming to its end, and lets the log grow."""

_NEWEST = "SELECT max(seq) FROM facts"
_PAGE = "SELECT * FROM operations ORDER BY seq DESC LIMIT 101"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM facts LIMIT 10001)"
"""What Datasette asks for the page of a table."""


def look(scene: Scene, _: str, done: Event) -> Found:
    """Read with ``sqlite3`` as a script would: opened for each look, a snapshot held for a moment."""
    times, before = 0, 0
    while not done.wait(_LOOK_S):
        with closing(sqlite3.connect(f"{scene.path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            first = connection.execute(_NEWEST).fetchone()[0] or 0
            done.wait(_HELD_S)
            second = connection.execute(_NEWEST).fetchone()[0] or 0
        times += 1
        if not before <= first == second:
            return _read(times, f"a stranger saw fact {before}, then {first}, and in the same snapshot {second}")
        before = first
    return _read(times)


def browse(scene: Scene, _: str, done: Event) -> Found:
    """Read as Datasette does: one connection for all pages, ``mode=ro``, not ``immutable``."""
    times = 0
    uri = f"file:{scene.path}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, check_same_thread=False)) as connection:
        connection.row_factory = sqlite3.Row
        while not done.wait(_LOOK_S):
            connection.execute(_COUNT).fetchall()
            seqs = [row["seq"] for row in connection.execute(_PAGE)]
            times += 1
            if seqs != sorted(set(seqs), reverse=True):
                return _read(times, "a page of Datasette's was out of order")
    return _read(times)


def run_program(scene: Scene, _: str, done: Event) -> Found:
    """Read with the ``sqlite3`` program, as a technician would."""
    program, times = shutil.which("sqlite3"), 0
    while program is not None and not done.wait(_LOOK_S * 10):
        command = [program, "-readonly", str(scene.path), _NEWEST, _COUNT]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        times += 1
        if ended.returncode:
            return _read(times, f"the sqlite3 program says: {ended.stderr.strip()}")
    return _read(times)


def _read(times: int, *problems: str) -> Found:
    return Found(deeds=Counter({"looks by strangers": times}), problems=problems)
