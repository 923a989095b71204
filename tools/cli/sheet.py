"""A sheet: rows of named columns as CSV, which no spreadsheet takes for more than text and numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TypeAlias

Cell: TypeAlias = int | str | bool | None

_EXECUTED = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Where a cell begins with what spreadsheets take for a formula. Not only at the start of our own cells: one that is
set to another separator cuts a text in the middle, and takes what comes then for a cell."""


class Sheet:
    """Writes to a binary file: UTF-8 with a mark at its start, without which spreadsheets on Windows spoil Æ, Ø and Å.

    ``defused`` counts the texts that begin with an apostrophe now, or have one where they could be cut.
    """

    def __init__(self, file: IO[bytes], columns: Sequence[str]) -> None:
        self._columns = columns
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self.defused = 0
        self._writer.writerow(columns)

    def write(self, rows: Iterable[Mapping[str, Cell]]) -> None:
        """Write rows; the file stays open."""
        self._writer.writerows([self._cell(row[name]) for name in self._columns] for row in rows)

    def end(self) -> None:
        """Hand everything on to the file, and let go of it."""
        self._text.detach()

    def _cell(self, value: Cell) -> int | str:
        match value:
            case None:
                return ""
            case bool():
                return "yes" if value else "no"
            case int():
                return value
            case str():
                harmless = _EXECUTED.sub(r"\1'", value)
                self.defused += harmless != value
                return harmless
