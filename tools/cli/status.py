"""Status: what is there, and what is unsettled now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import NoJournal
from tools.cli.exits import Exit
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import fields, paragraph, say, say_json

if TYPE_CHECKING:
    from journal import SqliteReport
    from tillproof import DueCapture, ModeChoice, Operation, Outcome, Records, Settings

_HEAD_SHOWN = 16
_MIB = 1024 * 1024


@click.command(epilog=examples("tillproof status", "tillproof status --json"))
@shared
@click.pass_obj
def status(ask: Ask) -> Exit:
    """Tell what is unsettled, and the money in doubt.

    Also the mode of each terminal, and whether its day has to be closed. Asks no
    terminal and changes nothing; works beside a running till. Exit code 30 while
    anything is unsettled, else 0: made for a monitor.
    """
    try:
        with records_of(ask) as records:
            return _tell(ask, records.settings, records)
    except NoJournal:
        return _tell(ask, settings_of(ask), None)


def _tell(ask: Ask, settings: Settings, records: Records | None) -> Exit:
    doubts = _doubts(records) if records is not None else []
    if ask.as_json:
        say_json(_as_dict(settings, records) | _doubts_as_dict(doubts))
    else:
        say([*_as_lines(settings, records), *_doubts_as_lines(doubts)])
    return Exit.UNSETTLED if doubts else Exit.SETTLED


def _doubts(records: Records) -> list[tuple[Operation, Outcome]]:
    return [(records.operation(outcome.operation_id), outcome) for outcome in records.unsettled()]


def _sqlite() -> SqliteReport:
    from journal import sqlite_report  # noqa: PLC0415 - heavy, and the door comes first

    return sqlite_report()


def _log_bytes(settings: Settings) -> int:
    from journal import log_bytes  # noqa: PLC0415 - as above

    return log_bytes(settings.journal)


def _large_log(settings: Settings) -> list[str]:
    from journal import LOG_LIMIT_BYTES  # noqa: PLC0415 - as above

    found = _log_bytes(settings)
    if found <= LOG_LIMIT_BYTES:
        return []
    told = (
        f"Its log has grown to {found // _MIB} MiB, because some program has been reading the journal at one moment of "
        "long ago: end it, and the tills will cut the log back by themselves"
    )
    return [paragraph(told, first="  !!! ", rest="  !!! ")]


def _as_dict(settings: Settings, records: Records | None) -> dict[str, object]:
    head = records.head() if records is not None else None
    return {
        "terminals": list(_terminals(settings, records)),
        "journal": {
            "path": str(settings.journal),
            "exists": head is not None,
            "facts": head.seq if head else 0,
            "head": head.digest if head else None,
            "log_bytes": _log_bytes(settings),
        },
        "sqlite": _sqlite()._asdict(),
    }


def _terminals(settings: Settings, records: Records | None) -> Iterator[dict[str, object]]:
    for name, terminal in settings.terminals.items():
        told: dict[str, object] = {
            "name": name,
            "url": terminal.origin + terminal.base_path,
            "api": terminal.release.name,
            "mode": None,
            "mode_reason": None,
            "capture": None,
        }
        if records is not None:
            mode, due = records.mode_of(name), records.capture_due(name)
            told |= {
                "mode": str(mode.mode),
                "mode_reason": mode.reason,
                "capture": {"due": due.due, "since": due.since, "reason": due.reason},
            }
        yield told


def _as_lines(settings: Settings, records: Records | None) -> list[str]:
    lines = ["terminals"]
    for name, terminal in settings.terminals.items():
        lines += fields([(name, f"{terminal.origin}{terminal.base_path}  release {terminal.release.name}")])
        if records is not None:
            lines += _habits(name, records.mode_of(name), records.capture_due(name))
    lines += ["journal", f"  {settings.journal}"]
    if records is None:
        lines.append("  not there yet: the first operation makes it")
    else:
        head = records.head()
        lines.append(f"  {head.seq} facts, head {head.digest[:_HEAD_SHOWN]}")
        lines += _large_log(settings)
    return [*lines, paragraph(f"SQLite {_sqlite()}", first="  ")]


def _habits(name: str, mode: ModeChoice, due: DueCapture) -> list[str]:
    told = f"DUE: {due.reason}. Run `tillproof capture --terminal {name}`" if due.due else f"not due: {due.reason}"
    return fields([("mode", f"{mode.mode}: {mode.reason}"), ("capture", told)], indent=4)


def _doubts_as_dict(pairs: list[tuple[Operation, Outcome]]) -> dict[str, object]:
    if not pairs:
        return {"unsettled": [], "in_doubt": []}
    from tools.cli.doubts import as_dict  # noqa: PLC0415 - on most days there are none, and a monitor looks all day

    return as_dict(pairs)


def _doubts_as_lines(pairs: list[tuple[Operation, Outcome]]) -> list[str]:
    if not pairs:
        return ["unsettled", "  nothing"]
    from tools.cli.doubts import as_lines  # noqa: PLC0415 - as above

    return as_lines(pairs)
