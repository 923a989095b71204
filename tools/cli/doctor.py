"""The doctor: what is looked at is in ``tools/doctor``; here are only its options, its page and its exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.exits import Exit
from tools.cli.logs import configure_logs
from tools.cli.paper import paragraph, say, say_json

if TYPE_CHECKING:
    from tools.doctor import Line

_WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL", "not_checked": "--"}
_WIDEST = 24
"""Of the second column; a longer name moves its own line, and no other."""

_OF_THE_USER = frozenset({"configuration", "keys"})
"""What every other command would refuse as wrong usage."""


@click.command(epilog=examples("tillproof doctor", "tillproof doctor --quick --json"))
@click.option("--quick", is_flag=True, help="Leave out what takes long: the whole chain of a big journal.")
@shared
@click.pass_obj
def doctor(ask: Ask, *, quick: bool) -> Exit:
    """Find out what is wrong with a till.

    One line for each thing that can be, with what to do about it. Safe while the
    till is paying: nothing is changed, no money moves. Exit code 0 if nothing failed
    (warnings do not count), 2 for configuration and keys, 1 for anything else, 30 if
    only an operation is in doubt.
    """
    configure_logs(ask)
    from tools.doctor import examine  # noqa: PLC0415 - brings the house

    with bar("examining") as tell:
        lines = examine(ask.path, quick=quick, tell=tell)
    if ask.as_json:
        say_json(_as_dict(lines))
    else:
        say(_as_lines(lines))
    return _exit(lines)


def _exit(lines: Sequence[Line]) -> Exit:
    failed = {line.check for line in lines if line.verdict == "fail"}
    if failed & _OF_THE_USER:
        return Exit.USAGE
    if failed - {"operations"}:
        return Exit.FAULT
    unsettled = any(line.measured.get("unsettled") for line in lines if line.check == "operations")
    return Exit.UNSETTLED if unsettled else Exit.SETTLED


def _as_dict(lines: Sequence[Line]) -> dict[str, object]:
    counted = Counter(str(line.verdict) for line in lines)
    worst = next((word for word in ("fail", "warn") if counted[word]), "ok")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": worst,
        "counts": {word: counted[word] for word in _WORDS},
        "checks": [line.as_dict() for line in lines],
    }


def _as_lines(lines: Sequence[Line]) -> list[str]:
    names = [_name(line) for line in lines]
    width = min(max(map(len, names), default=0), _WIDEST)
    told = []
    for name, line in zip(names, lines, strict=True):
        start = f"{_WORDS[line.verdict]:<4}  {name:<{width}}  "
        indent = " " * (6 + width + 2)
        why = f"not checked: {line.finding}" if line.verdict == "not_checked" else line.finding
        told.append(paragraph(why, first=start, rest=indent))
        if line.remedy is not None:
            told.append(paragraph(line.remedy, first=f"{indent}-> ", rest=f"{indent}   "))
    return [*told, "", _summary(lines)]


def _name(line: Line) -> str:
    return f"{line.check} {line.about}" if line.about else line.check


def _summary(lines: Sequence[Line]) -> str:
    counted = Counter(str(line.verdict) for line in lines)
    parts = [
        f"{counted[verdict]} {word}"
        for verdict, word in (("fail", "failed"), ("warn", "to look at"), ("not_checked", "not checked"), ("ok", "ok"))
        if counted[verdict]
    ]
    failed = [_name(line) for line in lines if line.verdict == "fail"]
    return paragraph(f"{', '.join(parts)}." + (f" Begin with: {failed[0]}." if failed else ""))
