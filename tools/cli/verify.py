"""Whether the journal fits together, and how far it goes: for paper, and back from paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import fields, paragraph, say, say_json

if TYPE_CHECKING:
    from journal import Slip
    from tillproof import Verification


def _slip(_: click.Context, __: click.Parameter, value: str | None) -> Slip | None:
    if value is None:
        return None
    from journal import Slip  # noqa: PLC0415 - heavy

    try:
        return Slip.read(value)
    except ValueError as problem:
        raise click.BadParameter(f"{problem}; `tillproof journal head` prints one") from None


@click.command(
    epilog=examples(
        "tillproof journal verify",
        "tillproof journal verify --head 1042:6f1d0c57b3a24e98",
    )
)
@click.option(
    "--head",
    "slip",
    callback=_slip,
    metavar="NUMBER:DIGEST",
    help="The head as it was printed, on the slip of a day's close say; of the digest 16 digits will do.",
)
@shared
@click.pass_obj
def verify(ask: Ask, *, slip: Slip | None) -> Exit:
    """Read the whole journal and say whether it fits together.

    Checks the chain of digests, that no entry is missing, and that the table of
    operations is what the facts say. That nothing was cut off at its end, only a
    head can prove that was printed before: give it with --head. Exit code 1 if
    anything does not fit.
    """
    with records_of(ask, unverified=True) as records, bar("checking", "SQLite's own check") as tell:
        found = records.verify(tell)
        path = records.settings.journal
        missing = slip.contradicted_by(path) if slip is not None else None
    breaks = [*found.breaks, *([missing] if missing is not None else [])]
    from journal import sqlite_report  # noqa: PLC0415 - heavy, and the door comes first

    if ask.as_json:
        reached = {"given": str(slip), "reached": missing is None} if slip is not None else None
        report = {"facts": found.facts, "head": found.head, "breaks": breaks, "slip": reached}
        say_json({"journal": str(path), **report, "sqlite": sqlite_report()._asdict()})
    else:
        shown = [*_verified(found, breaks, str(path)), *fields([("SQLite", str(sqlite_report()))])]
        say([*shown, *([] if slip is None or missing is not None else [_reaches(slip)])])
    return Exit.FAULT if breaks else Exit.SETTLED


def _verified(found: Verification, breaks: list[str], path: str) -> list[str]:
    told = fields([("file", path), ("facts", str(found.facts)), ("head", found.head)])
    if not breaks:
        return ["The journal fits together.", *told]
    return [
        f"The journal does NOT fit together, in {len(breaks)} place(s).",
        *told,
        *(paragraph(sentence, first="  !!! ", rest="      ") for sentence in breaks),
        "Delete nothing, -wal least of all; keep all of it for whoever has to look",
        "into it, and put back the newest copy.",
    ]


def _reaches(slip: Slip) -> str:
    return paragraph(f"Nothing was cut off: all that it held when this head was printed, at fact {slip.seq}, is there.")


@click.command(epilog=examples("tillproof journal head | lp"))
@shared
@click.pass_obj
def head(ask: Ask) -> Exit:
    """Print the head of the journal, NUMBER:DIGEST, and nothing else.

    On paper, away from this machine, it proves later that nothing was cut off:
    `tillproof journal verify --head` takes it. The slip of a capture has it too.
    """
    with records_of(ask) as records:
        found = records.head()
        path = records.settings.journal
    from journal import Slip  # noqa: PLC0415 - heavy, and the door comes first

    slip = str(Slip.of(found))
    if ask.as_json:
        say_json({"journal": str(path), "head": slip, "facts": found.seq, "digest": found.digest})
    else:
        say([slip])
    return Exit.SETTLED
