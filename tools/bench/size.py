"""How much room a journal takes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine import OPERATIONS, FactKind
from journal import Fact, read_journal
from tools.bench.booth import booth
from tools.bench.contender import OPERATION
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work

_KIB = 1024.0
_FEW = 1_000


def _run(work: Work) -> Result:
    operations = work.rounds(4_000)
    work.tell(0, 2)
    few, _ = _measured(work, min(_FEW, operations // 2))
    work.tell(1, 2)
    many, receipts = _measured(work, operations)
    more = operations - min(_FEW, operations // 2)
    whole = (many - few) / more
    return Result(
        lines=(
            Line(
                figure="journal of one operation, receipts and log of the communication excluded",
                value=(whole - receipts / operations) / _KIB,
                unit="KiB",
                goal=at_most(1.5),
            ),
            Line(figure="with the receipts of the simulated terminal", value=whole / _KIB, unit="KiB"),
        ),
    )


def _measured(work: Work, operations: int) -> tuple[int, int]:
    """The bytes of the closed journal after so many operations, and of the receipts in it."""
    before = set(work.folder.iterdir())
    with booth(OPERATION, work.folder) as opened:
        opened.many(operations)
    (place,) = (path for path in set(work.folder.iterdir()) - before if path.is_dir())
    path = place / "shop.journal"
    records = read_journal(path, projection=OPERATIONS)
    try:
        receipts = sum(_receipt_bytes(records.facts()))
    finally:
        records.close()
    return _size(path), receipts


def _size(path: Path) -> int:
    """The pages of the journal, those that are still in its log included."""
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * page_bytes)


def _receipt_bytes(facts: Iterator[Fact]) -> Iterator[int]:
    """What the receipts in the facts take, as the journal writes them."""
    for fact in facts:
        reply = fact.body.get("reply") if fact.kind == FactKind.ANSWERED else None
        if isinstance(reply, dict) and "receipts" in reply:
            told = json.dumps({"receipts": reply["receipts"]}, ensure_ascii=False, separators=(",", ":"))
            yield len(told.encode()) - 1


MEASUREMENT = Measurement(
    name="size",
    title="The room that a journal takes",
    how="""Two journals, of 1,000 and of 4,000 payments through the whole engine; the difference of their files, closed
and checkpointed, for each payment more. What the receipts take in the facts is subtracted: they are the guest's paper,
and as long as the terminal likes. Indexes, digests and the row of the operation are in it.""",
    run=_run,
)
