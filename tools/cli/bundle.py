"""Bundle: everything about one incident in one file, which may leave the house."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.errors import NotWritten
from tools.cli.exits import Exit
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import paragraph, say, say_json
from tools.cli.target import new_file

if TYPE_CHECKING:
    from tillproof import Records, Settings
    from tools.incident import Account, Gathered, Sources, Veil


@click.command(
    epilog=examples(
        "tillproof bundle bill-1042 -o incident.zip",
        "tillproof simulate --replay incident.zip   # whoever gets it plays it again",
    )
)
@click.argument("names", metavar="REFERENCE|ID…", nargs=-1, required=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The zip to write."
)
@click.option("--receipts", is_flag=True, help="With the receipts, card numbers masked; else without.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@shared
@click.pass_obj
def bundle(ask: Ask, *, names: tuple[str, ...], output: Path, receipts: bool, force: bool) -> Exit:
    """Put everything about an incident into one file.

    The story, the facts and the operations around it, what went over the wire, the
    configuration without keys, what the doctor says, versions. Masked, and scanned for
    keys and card numbers before there is a file; only you can read it. Journal and log
    are only read, also while the till is paying. Where the journal is damaged, what
    could not be had is named.
    """
    settings = settings_of(ask)
    from tools.incident import gather, versions, write_bundle  # noqa: PLC0415 - heavy

    missing: list[str] = []
    with ExitStack() as opened, bar("gathering"):
        records = _opened(ask, missing)
        if records is not None:
            opened.enter_context(records)
        veil = _veil(ask, settings, missing)
        accounts = _accounts(records, names, veil, missing)
        sources = _sources(ask, settings, records, accounts, receipts=receipts)
        gathered = gather(sources, veil, missing)
    _must_be_clean(gathered, veil)
    with new_file(output, force=force, journal=settings.journal) as file:
        write_bundle(file, gathered.parts, made_by=f"tillproof {versions()['tillproof']}")
    _tell(ask, output, gathered)
    return Exit.SETTLED


def _opened(ask: Ask, missing: list[str]) -> Records | None:
    """The journal, also where it cannot be trusted; None where it cannot even be read."""
    from tillproof import JournalError  # noqa: PLC0415 - heavy

    try:
        return records_of(ask)
    except JournalError as distrust:
        missing.append(f"the journal cannot be trusted: {distrust}")
    try:
        return records_of(ask, unverified=True)
    except JournalError as refusal:
        missing.append(f"operations and stories are left out, for the journal cannot be read: {refusal}")
        return None


def _accounts(records: Records | None, names: Sequence[str], veil: Veil, missing: list[str]) -> list[Account]:
    """The named operations, each once, oldest first."""
    from engine import ImpossibleHistory  # noqa: PLC0415 - heavy
    from tillproof import JournalError  # noqa: PLC0415 - heavy

    found: dict[str, Account] = {}
    for name in names if records is not None else ():
        try:
            account = _account(records, name, veil) if records is not None else None
        except (JournalError, ImpossibleHistory) as damage:
            missing.append(f"{name} is left out: {damage}")
            continue
        if account is not None:
            found[account.told["operation_id"]] = account
    return sorted(found.values(), key=lambda one: str(one.told["opened_at"]))


def _account(records: Records, name: str, veil: Veil) -> Account:
    from tools.cli.show import page, told  # noqa: PLC0415 - brings the house
    from tools.incident import Account  # noqa: PLC0415 - heavy

    return Account(told=told(records, name), story="\n".join(page(records, name, veil.text)))


def _veil(ask: Ask, settings: Settings, missing: list[str]) -> Veil:
    """What hides every key that this machine can read, and its folders."""
    from tillproof import BadInput, read_settings  # noqa: PLC0415 - heavy
    from tools.incident import Veil  # noqa: PLC0415 - heavy

    keys: list[str] = []
    for name in settings.terminals:
        try:
            terminal = read_settings(ask.path, os.environ, keys_of=name).terminals[name]
        except BadInput:
            missing.append(f"the keys of {name} cannot be read here, so they could not be looked for")
            continue
        keys.append(terminal.integration_key.reveal())
        keys += [terminal.secret_key.reveal()] if terminal.release.signs else []
    folders = {str(ask.path.absolute().parent): "(till)", str(settings.journal.parent.resolve()): "(journal)"}
    return Veil(keys=keys, folders={**folders, str(Path.home()): "(home)"})


def _sources(
    ask: Ask, settings: Settings, records: Records | None, accounts: Sequence[Account], *, receipts: bool
) -> Sources:
    from tools.incident import Sources  # noqa: PLC0415 - heavy

    def doctor() -> Mapping[str, Any]:
        from tools.doctor import examine  # noqa: PLC0415 - brings the house

        return {"checks": [line.as_dict() for line in examine(ask.path, quick=True)]}

    return Sources(
        settings=settings,
        document=tomllib.loads(ask.path.read_text("utf-8")),
        records=records,
        accounts=accounts,
        summary=_summary,
        days=_days,
        doctor=doctor,
        receipts=receipts,
    )


def _summary(records: Records, name: str) -> Mapping[str, Any]:
    from tools.cli.words import with_times  # noqa: PLC0415 - as above

    operation = records.operation(name)
    return with_times(operation, records.outcome_of(operation.order.operation_id))


def _days(records: Records, times: Iterable[str]) -> Mapping[str, Any]:
    """The days on which it began: totals, captures, rulings, doubts, strays."""
    from tools.cli.day_sheet import as_dict  # noqa: PLC0415 - as above

    days = sorted({datetime.fromisoformat(at).astimezone().date() for at in times})
    return {day.isoformat(): as_dict(records.day(day), None) for day in days}


def _must_be_clean(gathered: Gathered, veil: Veil) -> None:
    found = gathered.found(veil)
    if found:
        raise NotWritten(
            f"nothing was written, because this would have left the house: {'; '.join(found[:5])}. It is a fault of "
            "ours, or of what stands in the wire log: report it, with these words only"
        )


def _tell(ask: Ask, output: Path, gathered: Gathered) -> None:
    if ask.as_json:
        say_json(
            {
                "file": str(output),
                "operations": [ending.as_dict() for ending in gathered.endings],
                "parts": {name: len(content) for name, content in sorted(gathered.parts.items())},
                "strangers": gathered.strangers,
                "missing": gathered.missing,
            }
        )
        return
    say(
        [
            paragraph(f"{output} holds the incident, and only you can read it. Look into it before you send it."),
            *(paragraph(str(ending), first="  ") for ending in gathered.endings),
            *(paragraph(f"{identity} is another till's", first="  ") for identity in gathered.strangers),
            *(paragraph(sentence, first="  missing: ", rest="    ") for sentence in gathered.missing),
            paragraph(f"Whoever gets it plays it again: `tillproof simulate --replay {output.name}`"),
        ]
    )
