"""Damages that are aimed: every bit of what the page of one index of a small journal holds."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.prove.disk.bits import Damage
from tests.prove.disk.shapes import Shape

_LEAF_HEADER = 8
"""Bytes before the pointers to the cells (SQLite's file format, *B-tree pages*)."""


def bits_of(shape: Shape, index: str) -> tuple[Damage, ...]:
    """Each bit of header, pointers and cells in the only page of an index, in the file of a shape without a log."""
    begin, page = _page(shape, index)
    cells = int.from_bytes(page[5:7], "big")
    pointers = 2 * int.from_bytes(page[3:5], "big")
    used = [*range(_LEAF_HEADER + pointers), *range(cells, len(page))]
    return tuple(Damage(in_log=False, byte=begin + byte, bit=bit) for byte in used for bit in range(8))


def _page(shape: Shape, index: str) -> tuple[int, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "j"
        path.write_bytes(shape.main)
        with closing(sqlite3.connect(path)) as connection:
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    begin = (root - 1) * size
    return begin, shape.main[begin : begin + size]
