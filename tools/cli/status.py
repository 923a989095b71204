"""Status: what is there, and what is unsettled now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import NoJournal
from tools.cli.exits import Exit
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import fields, paragraph, say, say_json
from tools.cli.sums import Sums, counted, sums_of
from tools.cli.times import age, age_s
from tools.cli.words import advice, alarm_lines, headline, named, with_times

if TYPE_CHECKING:
    from journal import SqliteReport
    from tillproof import DueCapture, Head, ModeChoice, Operation, Outcome, Records, Settings

_HEAD_SHOWN = 16
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the journal tells; of each terminal, by its name, the mode and the capture."""

    head: Head
    unsettled: list[tuple[Operation, Outcome]]
    modes: Mapping[str, ModeChoice]
    captures: Mapping[str, DueCapture]


@click.command(epilog=examples("tillproof status", "tillproof status --json"))
@shared
@click.pass_obj
def status(ask: Ask) -> Exit:
    """Tell what is unsettled, and the money in doubt.

    Also the mode of each terminal, and whether its day has to be closed. Asks no
    terminal and changes nothing; works beside a running till. Exit code 30 while
    anything is unsettled, else 0: made for a monitor.
    """
    settings = settings_of(ask)
    try:
        with records_of(ask) as records:
            found = _find(records)
    except NoJournal:
        found = None
    if ask.as_json:
        say_json(_as_dict(settings, found))
    else:
        say(_as_lines(settings, found))
    return Exit.UNSETTLED if found and found.unsettled else Exit.SETTLED


def _find(records: Records) -> _Found:
    terminals = records.settings.terminals
    return _Found(
        head=records.head(),
        unsettled=[(records.operation(outcome.operation_id), outcome) for outcome in records.unsettled()],
        modes={name: records.mode_of(name) for name in terminals},
        captures={name: records.capture_due(name) for name in terminals},
    )


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


def _as_dict(settings: Settings, found: _Found | None) -> dict[str, object]:
    unsettled = found.unsettled if found else []
    return {
        "terminals": list(_terminals(settings, found)),
        "journal": {
            "path": str(settings.journal),
            "exists": found is not None,
            "facts": found.head.seq if found else 0,
            "head": found.head.digest if found else None,
            "log_bytes": _log_bytes(settings),
        },
        "sqlite": asdict(_sqlite()),
        "unsettled": [
            {**with_times(*pair), "age_s": age_s(pair[0].opened_at), "advice": advice(pair[1])} for pair in unsettled
        ],
        "in_doubt": [
            {"currency": currency, "kind": kind, "amount_minor": minor, "operations": count}
            for (currency, kind), (minor, count) in _in_doubt(unsettled).items()
        ],
    }


def _terminals(settings: Settings, found: _Found | None) -> Iterator[dict[str, object]]:
    for name, terminal in settings.terminals.items():
        told: dict[str, object] = {
            "name": name,
            "url": terminal.origin + terminal.base_path,
            "api": terminal.release.name,
            "mode": None,
            "mode_reason": None,
            "capture": None,
        }
        if found is not None:
            mode, due = found.modes[name], found.captures[name]
            told |= {
                "mode": str(mode.mode),
                "mode_reason": mode.reason,
                "capture": {"due": due.due, "since": due.since, "reason": due.reason},
            }
        yield told


def _as_lines(settings: Settings, found: _Found | None) -> list[str]:
    unsettled = found.unsettled if found else []
    return [*_places(settings, found), *_unsettled(unsettled), *_money(_in_doubt(unsettled))]


def _places(settings: Settings, found: _Found | None) -> list[str]:
    lines = ["terminals"]
    for name, terminal in settings.terminals.items():
        lines += fields([(name, f"{terminal.origin}{terminal.base_path}  release {terminal.release.name}")])
        if found is not None:
            lines += _habits(name, found.modes[name], found.captures[name])
    lines += ["journal", f"  {settings.journal}"]
    if found is None:
        lines.append("  not there yet: the first operation makes it")
    else:
        lines.append(f"  {found.head.seq} facts, head {found.head.digest[:_HEAD_SHOWN]}")
        lines += _large_log(settings)
    return [*lines, paragraph(f"SQLite {_sqlite()}", first="  ")]


def _habits(name: str, mode: ModeChoice, due: DueCapture) -> list[str]:
    told = f"DUE: {due.reason}. Run `tillproof capture --terminal {name}`" if due.due else f"not due: {due.reason}"
    return fields([("mode", f"{mode.mode}: {mode.reason}"), ("capture", told)], indent=4)


_NO_ANSWER = "no answer is on record: its guest is paying at this moment, or the till has stopped"


def _unsettled(pairs: list[tuple[Operation, Outcome]]) -> list[str]:
    if not pairs:
        return ["unsettled", "  nothing"]
    lines = ["unsettled"]
    for operation, outcome in pairs:
        lines += [
            paragraph(f"{headline(outcome)}: {outcome.reference}", first="  "),
            *alarm_lines(outcome),
            *fields(
                [
                    ("what", f"{named(outcome)}, {age(age_s(operation.opened_at))} old"),
                    ("why", "" if outcome.alarm else outcome.reason or _NO_ANSWER),
                    ("do now", advice(outcome)),
                ],
                indent=4,
            ),
        ]
    return lines


def _money(sums: Sums) -> list[str]:
    if not sums:
        return []
    return [
        "money in doubt",
        *(
            paragraph(f"{amount_text(minor, currency)} in {counted(count, kind)}", first="  ")
            for (currency, kind), (minor, count) in sums.items()
        ),
    ]


def _in_doubt(pairs: list[tuple[Operation, Outcome]]) -> Sums:
    return sums_of((outcome for _, outcome in pairs), "in_doubt")


def amount_text(minor: int, currency: str) -> str:
    """A sum as text. A sum may be more than one terminal can take, so it is no ``Money``; its decimals are."""
    from tillproof import Money  # noqa: PLC0415 - heavy

    decimals = len(str(Money(1, currency)).split()[0].partition(".")[2])
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d} {currency}" if decimals else f"{whole} {currency}"
