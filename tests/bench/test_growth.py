"""The journal of years, and what is measured of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import OPERATIONS
from journal import read_journal
from tools.bench.growth import NotFlat, _listed, _opened
from tools.bench.years import UNSETTLED, write_years


@pytest.mark.parametrize("operations", [300, 10_300])
def test_a_journal_made_in_bulk_is_one_that_payments_would_have_left(tmp_path: Path, operations: int) -> None:
    """Chain, rows, guards and indexes: a verification finds nothing, and it can be written on."""
    path = tmp_path / "years.journal"
    told: list[tuple[int, int]] = []
    write_years(path, operations, tell=lambda *far: told.append(far))
    journal = _opened(path)
    try:
        assert journal.verify().breaks == ()
        assert len(journal.open_rows()) == UNSETTLED
        assert journal.head().seq == 3 * operations - UNSETTLED
        ids = [str(row["operation_id"]) for row in journal.newest_rows(limit=operations + 1)]
        assert (len(ids), ids) == (operations, sorted(ids, reverse=True))
    finally:
        journal.close()
    assert told[0] == (0, operations)


def test_a_list_of_another_length_is_no_measurement(tmp_path: Path) -> None:
    """Whatever was fast then did not do the work."""
    path = tmp_path / "years.journal"
    write_years(path, 9, tell=lambda *_: None)
    with pytest.raises(NotFlat, match="9 operations are unsettled where 10 were written"):
        _listed(lambda: read_journal(path, projection=OPERATIONS))
