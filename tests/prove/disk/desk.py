"""A till with its journal in a file on the disk that fails, at a simulated terminal in virtual time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine import OPERATIONS
from journal import open_journal
from tools.rehearsal import Process, Stage


class Desk(Stage):
    """A stage whose journal is a file. ``till`` is one run of the program, opening and closing included."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(**settings)
        self.folder = folder
        self.path = folder / "shop.journal"
        self.orders_sent = 0
        """Over the life of the till that was open last."""

    def move(self, folder: Path) -> Path:
        """Go on in another folder, with a copy of the journal if there is one; the folder."""
        if self.folder.exists():
            shutil.copytree(self.folder, folder)
        else:
            folder.mkdir()
        self.folder = folder
        self.path = folder / "shop.journal"
        return folder

    @contextmanager
    def till(self) -> Iterator[Process]:
        """The program, from its start to its orderly end.

        Raises:
            JournalRefused: the journal cannot be opened.
        """
        self.orders_sent = 0
        self.journal = open_journal(self.path, projection=OPERATIONS, now=self.clock.now)
        try:
            till = self.start()
            try:
                yield till
            finally:
                self.orders_sent = sum(
                    request.method == "POST" and "/Abort" not in request.path for request in till.wires["bar"].sent
                )
        finally:
            self.journal.close()

    def charges(self) -> Counter[str]:
        """How often money moved for each id, by the ledger."""
        return Counter(str(entry.id) for entry in self.ledger if entry.approved)
