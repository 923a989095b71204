"""The page of the journal's file, printed from a file that is made for it: tables, columns, views, and the chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import OPERATIONS
from journal import open_journal

INTRODUCTION = """
A journal is one file of SQLite (3.37 or newer), and can be read with whatever reads that: `sqlite3`, `sqlite-utils`,
Datasette, Python. [Ten questions](queries.md) show how. Its `application_id` is 1416195184 ("Tilp"), its
`user_version` counts what releases have added to its tables.

- **Read a copy** (`tillproof journal backup`), or open the file for reading only (`mode=ro`). A till that runs keeps
  others off by locks of its own, in the folder beside the file, which no other program knows.
- **Never write in it.** Facts are guarded by triggers and by their chain; a table that somebody changes is found by
  `tillproof journal verify` and made anew by `tillproof journal rebuild`.
- **The facts are the truth.** `operations` holds one row for each operation, folded from its facts in the same atomic
  write; the views show that table to people. Views are no part of the version; a journal gets those of its release when
  it is opened for writing.
"""

CHAIN = """
## The chain

Each fact carries a SHA-256 over the fact before it and over itself, so that whoever changes one has to change all that
follow; and the last one, the head, can be printed (`tillproof journal head`) and kept away from the machine.

```text
digest = SHA-256 of the JSON list [digest before, seq, at, subject, kind, body]
```

in UTF-8, without blanks, and with `body` as the text that stands in the column. Before the first fact stand 64 zeros. A
text of JSON with sorted keys, without blanks and without escapes gives the same bytes in every language; so the lines
of `tillproof journal export --format jsonl --facts` can be checked without Tillproof.
"""

TABLES: Mapping[str, str] = {
    "facts": "What was done and learned, each written once. What the kinds mean: [states.md](states.md).",
    "operations": "One row for each operation.",
    "archives": "What was moved out, the oldest first: `tillproof journal archive`.",
    "archived_names": "The references and ids that stand in an archive, and are refused for something new.",
    "bills": "A view: every operation as people write it, in the order in which they began.",
    "doubts": "A view: what somebody still has to do something about, oldest first.",
    "days": "A view: counts and sums by day (of UTC), terminal, kind, outcome and currency.",
}

_MAJOR = "In major units, as text: `125.00`."
_SHARED: Mapping[str, str] = {
    "kind": "`payment`, `refund`, `reversal`, `capture`.",
    "terminal": "Its name in the configuration.",
    "reference": "The POS's own name for it; no other operation has it.",
    "currency": "ISO 4217.",
    "operation_id": "Ours, a UUID; the terminal echoes it.",
    "alarm": "A sentence while the terminal contradicts what had been final, and nobody has ruled.",
    "at_table": "Where the guests sat, if the POS said so.",
    "upto": "The last fact that stands in that archive.",
    "digest": "The link of the chain, below.",
    "at": "When it was written: ISO 8601 in UTC, with milliseconds.",
}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "facts": {
        "seq": "Counts from 1, without gaps.",
        "subject": "The `operation_id` that it is about.",
        "kind": "What happened, in the past tense: `Intended`, `Dispatched`, `Answered`.",
        "body": "Its particulars, in JSON; card numbers are masked, keys never in it.",
    },
    "operations": {
        "seq": "The number of its first fact.",
        "amount_minor": "What was asked for, in minor units; nothing for reversals and captures.",
        "target_receipt": "Of a reversal: the receipt number of what it undoes.",
        "state": "Where it stands: [states.md](states.md).",
        "outcome": "What became of the money: `approved`, `declined`, `cancelled`, `not_performed`, `in_doubt`.",
        "evidence": "What that rests on: [states.md](states.md).",
        "receipt_number": "The terminal's, six digits.",
        "total_minor": "What the terminal says was moved, in minor units, a tip included.",
        "unsettled": "1 while it is in doubt or has an alarm, else 0.",
        "opened_at": "When its first fact was written.",
        "updated_at": "When its latest fact was written.",
    },
    "archives": {"file": "The name that the archive was given."},
    "archived_names": {"name": "The reference or the operation id."},
    "bills": {
        "opened": "When its first fact was written.",
        "amount": f"What was asked for. {_MAJOR}",
        "outcome": "What became of the money, with blanks: `not performed`.",
        "moved": f"What the terminal says was moved. {_MAJOR}",
        "receipt": "The terminal's receipt number.",
        "evidence": "What the outcome rests on.",
        "updated": "When its latest fact was written.",
    },
    "doubts": {
        "since": "When it began.",
        "amount": f"What was asked for. {_MAJOR}",
        "remedy": "What has to be done: a command, or a person.",
    },
    "days": {
        "day": "YYYY-MM-DD, in UTC.",
        "outcome": "What became of the money, with blanks.",
        "operations": "How many.",
        "amount": f"Their sum: what was moved where it was approved, else what was asked for. {_MAJOR}",
    },
}


def schema() -> Iterator[str]:
    """``docs/schema.md``, after its heading: each table and view with its columns."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "example.journal"
        open_journal(path, projection=OPERATIONS, now=lambda: datetime.now(UTC)).close()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            for name, told in TABLES.items():
                yield f"## `{name}`"
                yield ""
                yield told
                yield ""
                yield from _columns(connection, name)
    yield from CHAIN.strip().splitlines()


def _columns(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for name, kind in connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)):
        yield f"| `{name}` | {kind or 'TEXT'} | {COLUMNS[table].get(name) or _SHARED[name]} |"
    yield ""
