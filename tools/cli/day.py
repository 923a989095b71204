"""Day: all that was done on one day, and what somebody still has to look at."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, tzinfo

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import say, say_json

_FORM = "YYYY-MM-DD"


def _date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    with suppress(ValueError):
        day = date.fromisoformat(value)
        if day.isoformat() == value:  # the parser knows other forms as well, weeks among them
            return day
    raise click.BadParameter(f"{value!r} is no day; give {_FORM}, or leave it out for today")


def _zone(_: click.Context, __: click.Parameter, value: str | None) -> tzinfo | None:
    if value is None:
        return None
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - heavy, and few ask for it

    try:
        return ZoneInfo(value)
    except (LookupError, ValueError, OSError):  # a name that is none, no name at all, or a folder of names
        raise click.BadParameter(
            f"{value!r} is no zone that this machine knows; give one such as Europe/Oslo, or leave it out for the "
            "machine's own. On Windows the list comes with `pip install tzdata`"
        ) from None


@click.command(
    epilog=examples("tillproof day", "tillproof day 2026-11-23 --operations", "tillproof day --zone Europe/Oslo --json")
)
@click.argument("day", metavar="[DATE]", required=False, callback=_date)
@click.option("--zone", metavar="ZONE", callback=_zone, help="Whose midnight counts; else the machine's own.")
@click.option("--operations", "listed", is_flag=True, help="List every operation as well; --json always does.")
@shared
@click.pass_obj
def day(ask: Ask, *, day: date | None, zone: tzinfo | None, listed: bool) -> Exit:
    """Add up a day, and name what somebody has to look at.

    Today, or the DATE (YYYY-MM-DD). Totals by terminal, kind and outcome, never
    across currencies; its captures compared with the journal, and which operations
    would explain a difference; what was in doubt at its end; alarms; what persons
    ruled. Exit code 30 while anything of it is not settled.
    """
    today = datetime.now().astimezone(zone).date()
    if day is not None and day > today:
        raise CommandError(f"date: {day} has not come yet; today is {today}")
    with records_of(ask) as records, bar("adding up"):
        found = records.day(day or today, zone)
    from tools.cli.day_sheet import as_dict, as_lines  # noqa: PLC0415 - brings the house

    if ask.as_json:
        say_json(as_dict(found, zone))
    else:
        say(as_lines(found, zone, over=found.span.day < today, listed=listed))
    return Exit.SETTLED if found.settled else Exit.UNSETTLED
