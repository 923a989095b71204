"""Fixtures of the journal's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journal import Journal, MemoryJournal
from tests.journal.things import THINGS, Clock, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal may be made; its folder does not exist yet."""
    return tmp_path / "shop" / "till.journal"


@pytest.fixture
def file_journal(path: Path) -> Iterator[Journal]:
    """An empty journal in a file."""
    journal = opened(path)
    yield journal
    journal.close()


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, path: Path) -> Iterator[Journal]:
    """An empty journal of each kind: what is tested with it, every journal promises."""
    journal = MemoryJournal(projection=THINGS, now=Clock()) if request.param == "memory" else opened(path)
    yield journal
    journal.close()
