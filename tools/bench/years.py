"""A journal of years, made in minutes: the same tables, facts, rows and chain that years of payments would leave.

Paid one by one it would take hours. So the journal itself makes the tables; they are freed of their indexes and guards,
filled from the template of one payment, and given both back as they were. The chain is as ``journal/chain.py`` tells
programs of any language. The journal checks its end whenever it is opened, and a test checks all of a small one.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from pathlib import Path

from engine import OPERATIONS
from journal import Draft, Fact, open_journal
from tools.bench.paper import after, before, reference_of
from tools.bench.turns import Tell

UNSETTLED = 10
"""Payments in doubt, scattered over the years, of which nobody has ever said what became of them."""

_BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)
_BETWEEN = timedelta(seconds=30)
_AT_ONCE = 10_000
_ID = "00000000-0000-4000-8000-000000000000"

_FASTER = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "locking_mode = EXCLUSIVE")
"""Nobody else sees the file yet, and if this breaks off it is thrown away."""

_Row = tuple[int | str | None, ...]


def write_years(path: Path, operations: int, *, tell: Tell) -> None:
    """Make a journal of so many payments."""
    open_journal(path, projection=OPERATIONS, now=lambda: _BEGINNING).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in _FASTER:
            connection.execute(f"PRAGMA {setting}").fetchall()
        connection.execute("BEGIN")
        with _bare(connection):
            for first in range(0, operations, _AT_ONCE):
                chunk = range(first, min(first + _AT_ONCE, operations))
                tell(first, operations)
                _fill(connection, chunk, every=max(operations // UNSETTLED, 1))
        connection.execute("COMMIT")


@contextmanager
def _bare(connection: sqlite3.Connection) -> Iterator[None]:
    """Without indexes and guards: an index is made at once in a fraction of the time that it takes to keep it."""
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in found:
        connection.execute(sql)


def _fill(connection: sqlite3.Connection, numbers: range, *, every: int) -> None:
    """Insert these payments; one in so many stays in doubt."""
    payment, doubt = _Template([*before(_ID), *after(_ID)]), _Template(before(_ID))
    last = connection.execute("SELECT seq, digest FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
    seq, digest = last or (0, "0" * 64)
    facts: list[_Row] = []
    rows: list[_Row] = []
    for number, (name, at) in zip(numbers, _named(numbers), strict=True):
        template = doubt if number % every == every // 2 else payment
        rows.append((seq + 1, *template.row(name, at)))
        for kind, body in template.facts(name):
            seq += 1
            text = f'["{digest}",{seq},"{at}","{name}","{kind}",{encode_basestring(body)}]'
            digest = hashlib.sha256(text.encode()).hexdigest()
            facts.append((seq, at, name, kind, body, digest))
    for table, given in (("facts", facts), (OPERATIONS.table, rows)):
        marks = ", ".join("?" for _ in given[0])
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", given)  # noqa: S608 - names of our own


def _named(numbers: range) -> Iterator[tuple[str, str]]:
    """Ids as the engine makes them, of which the first part is the time, and that time as the journal writes it."""
    chance = random.Random(numbers.start)  # noqa: S311 - the names of payments that never were
    for number in numbers:
        at = _BEGINNING + number * _BETWEEN
        time, rest = f"{int(at.timestamp()) * 1000:012x}", f"{chance.getrandbits(74):019x}"
        yield f"{time[:8]}-{time[8:]}-4{rest[1:4]}-a{rest[4:7]}-{rest[7:]}", f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


class _Template:
    """The facts of one payment and their row; only id, reference and times differ from payment to payment."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._facts = [
            (str(draft.kind), json.dumps(draft.body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
            for draft in drafts
        ]
        known = [Fact(seq=0, at="", subject=_ID, kind=draft.kind, body=draft.body, digest="") for draft in drafts]
        row = OPERATIONS.row(known)
        self._row = {name: str(value) if isinstance(value, str) else value for name, value in row.items()}

    def facts(self, name: str) -> Iterator[tuple[str, str]]:
        """Kind and body of the facts of a payment."""
        for kind, body in self._facts:
            yield kind, body.replace(reference_of(_ID), reference_of(name)).replace(_ID, name)

    def row(self, name: str, at: str) -> _Row:
        """The row of a payment, in the order of the columns."""
        own = {"operation_id": name, "reference": reference_of(name), "opened_at": at, "updated_at": at}
        return tuple({**self._row, **own}.values())
