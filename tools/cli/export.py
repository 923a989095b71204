"""Export: the journal for spreadsheets and programs, as it stood in one moment."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.errors import CommandError, NotWritten
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import complain, fields, pour, say, say_json
from tools.cli.sheet import Cell, Sheet
from tools.cli.target import new_file

if TYPE_CHECKING:
    from journal import Head, Snapshot
    from tillproof import Records

OPERATION_COLUMNS = (
    "opened_at",
    "reference",
    "kind",
    "terminal",
    "table",
    "amount_minor",
    "currency",
    "outcome",
    "total_minor",
    "receipt_number",
    "target_receipt",
    "state",
    "evidence",
    "unsettled",
    "alarm",
    "updated_at",
    "operation_id",
)
FACT_COLUMNS = ("seq", "at", "subject", "kind", "body", "digest")

_Entry: TypeAlias = Mapping[str, Any]
"""An operation or a fact, by the names of its columns."""

_STDOUT = Path("-")
_BETWEEN_WORDS = 1000
"""Entries between two words to the bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was written, up to which fact, and how many texts a spreadsheet would have executed."""

    entries: int
    head: Head
    defused: int


@click.command(
    epilog=examples(
        "tillproof journal export -o 2026.csv",
        "tillproof journal export --format jsonl --facts -o - | gzip > facts.gz",
    )
)
@click.option(
    "--format", "form", type=click.Choice(("csv", "jsonl")), default="csv", show_default=True, help="Its form."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="A new file; - is stdout."
)
@click.option("--facts", is_flag=True, help="All facts, in place of one row for each operation.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there, but never a journal.")
@shared
@click.pass_obj
def export(ask: Ask, *, form: str, output: Path, facts: bool, force: bool) -> Exit:
    """Write all operations to a FILE, or all facts.

    As they stand in one moment, also beside a running till. Amounts are in minor
    units, with their currency; times in UTC. In CSV a text that a spreadsheet would
    execute (it begins with = + - @) gets an apostrophe before it; JSON lines hold
    everything as it is. FILE is there whole or not at all, for its owner only.
    """
    if output == _STDOUT and ask.as_json:
        raise CommandError("output: with --json it has to be a file, for stdout is taken; leave one of the two out")
    with records_of(ask) as records, _opened(output, records, force=force) as file:
        done = _write(records, file, form=form, facts=facts)
    what = "facts" if facts else "operations"
    if ask.as_json:
        from journal import Slip  # noqa: PLC0415 - heavy, and the door comes first

        told = {"file": str(output), "format": form, what: done.entries, "defused": done.defused}
        say_json({**told, "head": str(Slip.of(done.head))})
    elif output != _STDOUT:
        say(
            [
                f"{done.entries} {what} are in {output}, which only you can read.",
                *fields([("facts", str(done.head.seq))]),
            ]
        )
    if done.defused:
        complain(f"note: {done.defused} texts got an apostrophe, or a spreadsheet would have executed them")
    return Exit.SETTLED


@contextmanager
def _opened(output: Path, records: Records, *, force: bool) -> Iterator[IO[bytes]]:
    if output != _STDOUT:
        with new_file(output, force=force, journal=records.settings.journal) as file:
            yield file
        return
    # Aside first: whoever reads the pipe may stop for lunch, and would keep the journal's log from being emptied.
    with tempfile.TemporaryFile() as aside:
        yield aside
        aside.seek(0)
        try:
            pour(aside)
        except OSError as error:
            raise NotWritten(f"the output could not be written ({error.strerror}); it is not whole") from None


def _write(records: Records, file: IO[bytes], *, form: str, facts: bool) -> _Done:
    from engine import OPERATIONS  # noqa: PLC0415 - heavy, and the door comes first
    from journal import read_snapshot  # noqa: PLC0415

    with bar("writing") as tell, read_snapshot(records.settings.journal, projection=OPERATIONS) as seen:
        entries, total = (_facts(seen), seen.head.seq) if facts else (_operations(seen), seen.rows_in_all)
        counted = _Counted(entries, total, tell)
        columns = FACT_COLUMNS if facts else OPERATION_COLUMNS
        defused = _as_csv(file, columns, counted) if form == "csv" else _as_lines(file, columns, counted)
        return _Done(entries=counted.entries, head=seen.head, defused=defused)


def _operations(seen: Snapshot) -> Iterator[_Entry]:
    for row in seen.rows():
        yield {**row, "table": row["at_table"], "unsettled": bool(row["unsettled"])}


def _facts(seen: Snapshot) -> Iterator[_Entry]:
    for fact in seen.facts():
        yield {name: getattr(fact, name) for name in FACT_COLUMNS}


class _Counted:
    """Entries on their way through, counted, and now and then told of to the bar."""

    def __init__(self, given: Iterable[_Entry], total: int, tell: Callable[[int, int], None] | None) -> None:
        self._given, self._total, self._tell = given, total, tell
        self.entries = 0

    def __iter__(self) -> Iterator[_Entry]:
        for entry in self._given:
            yield entry
            self.entries += 1
            if self._tell is not None and self.entries % _BETWEEN_WORDS == 0:
                self._tell(self.entries, self._total)


def _as_csv(file: IO[bytes], columns: Sequence[str], entries: Iterable[_Entry]) -> int:
    sheet = Sheet(file, columns)
    sheet.write({name: _cell(entry[name]) for name in columns} for entry in entries)
    sheet.end()
    return sheet.defused


def _cell(value: Any) -> Cell:  # noqa: ANN401 - what a fact may hold
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if isinstance(value, dict)
        else value
    )


def _as_lines(file: IO[bytes], columns: Sequence[str], entries: Iterable[_Entry]) -> int:
    for entry in entries:
        file.write(json.dumps({name: entry[name] for name in columns}).encode("ascii") + b"\n")
    return 0
