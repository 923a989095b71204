"""The log of the communication with the terminals: certification asks for it, and a technician reads it first."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import complain, say, say_json
from tools.cli.suggestions import operations, terminals
from tools.cli.sums import amount_text

if TYPE_CHECKING:
    from tillproof import Settings

_DAY_FORM = "YYYY-MM-DD"

Found = tuple[str, dict[str, Any]]
"""A line as it stands in the log, and what is in it."""


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    with suppress(ValueError):
        day = date.fromisoformat(value)
        if day.isoformat() == value:  # the parser knows other forms as well, weeks among them
            return day
    raise click.BadParameter(f"{value!r} is no day; give {_DAY_FORM}, in UTC, as the entries are")


@click.command(
    epilog=examples(
        "tillproof journal wire bill-1042",
        "tillproof journal wire --day 2026-11-24 --terminal bar -o log.jsonl",
    )
)
@click.argument("name", metavar="[REFERENCE|ID]", required=False, shell_complete=operations)
@click.option("--day", metavar=_DAY_FORM, callback=_day, help="Only this day, in UTC.")
@click.option("--terminal", metavar="NAME", shell_complete=terminals, help="Only this terminal.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the entries to a new file, as JSONL."
)
@shared
@click.pass_obj
def wire(ask: Ask, *, name: str | None, day: date | None, terminal: str | None, output: Path | None) -> Exit:
    """Show what was said between till and terminals.

    One line for each request (->) and each reply (<-), times in UTC; without keys,
    card numbers masked. For one operation also the questions whose reply names it.
    """
    settings = settings_of(ask)
    selection = _Selection(terminal=terminal, operation_id=_operation_id(ask, name) if name else None)
    found = selection.of(_lines(settings, day))
    if output is not None:
        _tell_written(ask, output, _write(output, (line for line, _ in found)))
    elif ask.as_json:
        say_json({"entries": [entry for _, entry in found]})
    else:
        say([_told(entry) for _, entry in found] or ["There is none."])
    if selection.unreadable:
        complain(f"warning: {selection.unreadable} lines are torn, as a full disk or a power cut leaves them")
    return Exit.SETTLED


def _operation_id(ask: Ask, name: str) -> str:
    with records_of(ask) as records:
        return records.operation(name).order.operation_id


def _lines(settings: Settings, day: date | None) -> Iterator[str]:
    from journal import read_days  # noqa: PLC0415 - heavy, and the door comes first
    from tillproof import wire_log_folder  # noqa: PLC0415 - heavy

    return read_days(wire_log_folder(settings), day=day)


@dataclass(kw_only=True)
class _Selection:
    """Which entries are wanted, and how many lines were none."""

    terminal: str | None
    operation_id: str | None
    unreadable: int = 0
    _asked: dict[tuple[object, ...], Found] = field(default_factory=dict)

    def of(self, lines: Iterable[str]) -> Iterator[Found]:
        """The wanted ones among these."""
        for line in lines:
            entry = _read(line)
            if entry is None:
                self.unreadable += 1
            elif self.terminal in {None, entry.get("terminal")}:
                yield from self._exchanges(line, entry)

    def _exchanges(self, line: str, entry: dict[str, Any]) -> Iterator[Found]:
        """An exchange whole, if its request or its reply names the operation: who asks for the last one does not."""
        exchange = tuple(str(entry.get(key)) for key in ("terminal", "method", "path"))
        wanted = self.operation_id in {None, entry.get("operation_id")}
        if entry.get("direction") == "request" and not wanted:
            self._asked[exchange] = (line, entry)
            return
        request = self._asked.pop(exchange, None)
        if wanted:
            yield from [request] if request else []
            yield line, entry


def _read(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _told(entry: dict[str, Any]) -> str:
    """An entry in one line, however long: it is searched for words, and counted."""
    # Not arrows of one character: some consoles have none, and would show both directions as a question mark.
    arrow, what = ("->", _question(entry)) if entry.get("direction") == "request" else ("<-", _answer(entry))
    details = [
        what,
        f"receipt {entry['receipt_number']}" if entry.get("receipt_number") else None,
        _total(entry),
        f"took {entry['took_ms']} ms" if entry.get("took_ms") is not None else None,
    ]
    text = ", ".join(detail for detail in details if detail)
    return " ".join(f"{entry.get('at')}  {entry.get('terminal')}  {arrow} {text}".split("\n"))


def _question(entry: dict[str, Any]) -> str:
    return f"{entry.get('method')} {entry.get('path')}"


def _answer(entry: dict[str, Any]) -> str:
    if entry.get("status") is None:
        return f"no reply: {entry.get('failure')}"
    return f"{entry['status']} {entry.get('outcome') or ''}".rstrip()


def _total(entry: dict[str, Any]) -> str | None:
    total = entry.get("total_minor")
    if not isinstance(total, int):
        return None
    from tillproof import BadInput  # noqa: PLC0415 - heavy

    try:
        return amount_text(total, _currency(entry))
    except BadInput:
        return f"{total} minor units"


def _currency(entry: dict[str, Any]) -> str:
    body = entry.get("body")
    amounts = body.get("amounts") if isinstance(body, dict) else None
    if not isinstance(amounts, dict):
        return ""
    currency = amounts.get("currency")
    return str((currency.get("symbol") if isinstance(currency, dict) else None) or amounts.get("currencySymbol"))


def _write(path: Path, lines: Iterable[str]) -> int:
    """Write a new file that its owner alone can read; how many lines it has.

    Raises:
        CommandError: there is a file already (a slip of the finger must not cost a journal), or it cannot be written.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{path} is there already, and it is not overwritten: name another file") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror})") from None
    try:
        return _fill(file, lines)
    except BaseException as error:
        path.unlink()  # half a log looks like a whole one
        if isinstance(error, OSError):
            raise CommandError(f"{path} cannot be written ({error.strerror})") from None
        raise


def _fill(file: int, lines: Iterable[str]) -> int:
    count = 0
    with os.fdopen(file, "w", encoding="utf-8", newline="\n") as text:
        for line in lines:
            text.write(f"{line}\n")
            count += 1
    return count


def _tell_written(ask: Ask, path: Path, count: int) -> None:
    if ask.as_json:
        say_json({"file": str(path), "entries": count})
    else:
        say([f"{count} entries are in {path}, which only you can read."])
